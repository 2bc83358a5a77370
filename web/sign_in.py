"""Signing in by OpenID Connect: what the provider publishes, the question put to it, and whether its answer is true.

OpenID Connect Core 1.0 (code flow, section 3.1), Discovery 1.0, PKCE (RFC 7636, S256), RFC 9207 (`iss` of the answer)
and RP-Initiated Logout 1.0. Sent are the client's id and secret, the code and its verifier, to the provider alone.
"""

from __future__ import annotations

import binascii
import json
import secrets
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.httpx_client.oauth2_client import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from model.errors import OstiaryError
from model.ports import Clock
from web.office import Provider

#: What may sign an ID token: keys that only the provider has. `none` and a shared secret (HS256) never do.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
#: Clocks may differ by so much.
LEEWAY = timedelta(minutes=1)
#: Documents and keys are fetched anew after so long; keys that an unknown signature asks for, so often at most.
_FRESH, _AGAIN = timedelta(hours=1), timedelta(seconds=10)
#: Seconds to connect and to answer; the longest answer in bytes; the longest token in characters.
_CONNECT, _ANSWER, _LARGEST, _LONGEST = 5.0, 10.0, 1_000_000, 100_000
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_KEYS: Mapping[str, Any] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
#: What an ID token is checked for, in the words of errors.
_CLAIMS = ("exp", "nonce", "iss", "aud", "azp", "nbf", "iat", "at_hash", "sub")
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NotReached(OstiaryError):
    """The provider does not answer, or not as a provider does. The text says what; an administrator can mend it."""

    status = HTTPStatus.BAD_GATEWAY


class NotTrue(OstiaryError):
    """An answer that is not the provider's to this question, or not any more. The text says why, and quotes nothing."""

    status = HTTPStatus.BAD_REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that was begun: where to send the browser, and what must be known again when it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(slots=True)
class _Kept:
    """Something that was fetched, and when."""

    value: Any = None
    at: datetime | None = field(default=None)

    def is_younger(self, now: datetime, than: timedelta) -> bool:
        return self.at is not None and timedelta(0) <= now - self.at < than


class OpenID:
    """One provider. Its documents are kept for an hour, and kept on with while it cannot be reached."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        """Take a provider; nothing is fetched yet."""
        self.provider, self._clock = provider, clock
        self._document, self._jwks, self._lock = _Kept(), _Kept(), threading.Lock()
        self._trust: ssl.SSLContext | None = None

    # --- the conversation --------------------------------------------------------------------------------------------

    def begin(self, back: str) -> Begun:
        """Return where to send a browser that is to come back to `back`. Raises NotReached."""
        document = self.document()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client(scope=" ".join(self.provider.scopes), code_challenge_method="S256") as client:
            url, _ = client.create_authorization_url(
                document["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, redirect_uri=back
            )
        return Begun(url=url, state=state, nonce=nonce, verifier=verifier)

    def finish(self, begun: Begun, code: str, back: str) -> tuple[dict[str, Any], str]:
        """Return who signed in, as the provider's claims, and the ID token. Raises NotReached, NotTrue.

        What the ID token leaves out is asked of the provider's userinfo: Okta leaves addresses and groups there
        (support.okta.com, "Okta Groups or Attribute Missing from Id Token").
        """
        answer = self._exchange(begun, code, back)
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str) or len(token) > _LONGEST:
            raise NotTrue("the answer has no ID token: the scope `openid` is missing")
        claims = self.verified(token, begun.nonce, access if isinstance(access, str) else None)
        if isinstance(access, str) and self._lacks(claims):
            claims = self._informed(access, claims) | claims
        return claims, token

    def _lacks(self, claims: Mapping[str, Any]) -> bool:
        groups = self.provider.groups_claim
        told = groups in claims or groups in (claims.get("_claim_names") or ()) or "hasgroups" in claims
        return "email" not in claims or bool(self.provider.roles and not told)

    def ending(self, hint: str | None, back: str) -> str | None:
        """Return where the provider's own session ends, None where it does not say. Raises NotReached."""
        found = self.document().get("end_session_endpoint")
        if not isinstance(found, str) or not is_safe(found):
            return None
        asked = {"client_id": self.provider.client_id, "post_logout_redirect_uri": back, "id_token_hint": hint}
        return str(httpx2.URL(found).copy_merge_params({name: value for name, value in asked.items() if value}))

    def examine(self) -> None:
        """Fetch what sign-in needs before anybody signs in. Raises NotReached, with what to do."""
        self.document()
        if not self._keys(renew=False):
            raise NotReached("its key document has no key that can sign an ID token")

    # --- what the provider publishes ---------------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        """Return the discovery document (Discovery 1.0, section 4). Raises NotReached."""
        with self._lock:
            found: dict[str, Any] = self._fresh(self._document, self._read_document, renew=False)
            return found

    def _read_document(self) -> dict[str, Any]:
        found = self._json(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        issuer = found.get("issuer")
        if not isinstance(issuer, str) or issuer.rstrip("/") != self.provider.issuer.rstrip("/"):
            raise NotReached(
                "its document names another issuer: [web.sign_in] issuer is written as the document has it"
            )
        for name in _NEEDED:
            if not isinstance(found.get(name), str) or not is_safe(found[name]):
                raise NotReached(f"its document names no {name} over HTTPS")
        if not self._algorithms(found):
            raise NotReached("it signs its ID tokens by no algorithm that can be verified: choose RS256 there")
        return found

    def _algorithms(self, document: Mapping[str, Any]) -> list[str]:
        said = document.get("id_token_signing_alg_values_supported")
        return [name for name in ALGORITHMS if name in (said if isinstance(said, list) else ["RS256"])]

    def _keys(self, *, renew: bool) -> list[Any]:
        document = self.document()
        with self._lock:
            kept: list[Any] = self._fresh(self._jwks, lambda: self._read_keys(document["jwks_uri"]), renew=renew)
            return kept

    def _read_keys(self, url: str) -> list[Any]:
        found = self._json(url).get("keys")
        listed = found if isinstance(found, list) else []
        return [key for one in listed if (key := _key(one)) is not None]

    def _fresh(self, kept: _Kept, read: Any, *, renew: bool) -> Any:
        now = self._clock.now()
        if kept.is_younger(now, _AGAIN if renew else _FRESH):
            return kept.value
        try:
            kept.value = read()
        except NotReached:
            if kept.at is None:
                raise
            return kept.value  # what was true an hour ago serves while the provider is away
        kept.at = now
        return kept.value

    # --- whether it is true ------------------------------------------------------------------------------------------

    def verified(self, token: str, nonce: str, access_token: str | None = None) -> dict[str, Any]:
        """Return the claims of an ID token that the provider signed for us, now. Raises NotTrue, NotReached.

        OpenID Connect Core 1.0, section 3.1.3.7. A key that is not known yet, or signs otherwise, is asked for once.
        """
        document = self.document()
        header = _header(token)
        algorithm = header.get("alg")
        if algorithm not in self._algorithms(document):
            raise NotTrue("the ID token is signed by an algorithm that is not allowed")
        claims = self._signed(token, header, self._keys(renew=False))
        if claims is None:
            claims = self._signed(token, header, self._keys(renew=True))
        if claims is None:
            raise NotTrue("the ID token is not signed by a key of the provider")
        issuers = [document["issuer"], *_ALSO.get(document["issuer"], ())]
        options = {"iss": {"values": issuers}, "aud": {"value": self.provider.client_id}}
        params = {"nonce": nonce, "client_id": self.provider.client_id, "access_token": access_token}
        now, leeway = int(self._clock.now().timestamp()), int(LEEWAY.total_seconds())
        try:
            CodeIDToken(claims, header, options, params).validate(now, leeway)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise NotTrue(f"the ID token does not hold: {_wrong(error)}") from None
        if not claims["sub"]:
            raise NotTrue("the ID token does not hold: sub")
        return claims

    @staticmethod
    def _signed(token: str, header: Mapping[str, Any], keys: list[Any]) -> dict[str, Any] | None:
        named = header.get("kid")
        for key in keys:
            if named is not None and key.kid is not None and key.kid != named:
                continue
            try:
                registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
                return dict(jwt.decode(token, key, registry=registry).claims)
            except (JoseError, ValueError, TypeError):
                continue
        return None

    # --- the wire ----------------------------------------------------------------------------------------------------

    @contextmanager
    def _client(self, **more: Any) -> Iterator[Any]:
        if self._trust is None:
            self._trust = ssl.create_default_context(cafile=None)
            if self.provider.certificates:
                self._trust.load_verify_locations(self.provider.certificates)
        timeout = httpx2.Timeout(_ANSWER, connect=_CONNECT)
        with OAuth2Client(
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret,
            verify=self._trust,
            timeout=timeout,
            follow_redirects=False,
            **more,
        ) as client:
            yield client

    def _json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        host, sent = urlsplit(url).hostname, {"Accept": "application/json", **(headers or {})}
        try:
            with self._client() as client:
                answer = client.request("GET", url, withhold_token=True, headers=sent)
                if answer.status_code != HTTPStatus.OK:
                    raise NotReached(f"{host} answers {answer.status_code} where it should have a document")
                found = json.loads(answer.content) if len(answer.content) <= _LARGEST else None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise NotReached(f"{host} cannot be reached ({type(error).__name__})") from None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise NotReached(f"{host} answers with something that is no document")
        return found

    def _exchange(self, begun: Begun, code: str, back: str) -> Mapping[str, Any]:
        document = self.document()
        said = document.get("token_endpoint_auth_methods_supported")
        way = "client_secret_post" if isinstance(said, list) and "client_secret_post" in said else "client_secret_basic"
        try:
            with self._client(token_endpoint_auth_method=way) as client:
                found = client.fetch_token(
                    document["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    redirect_uri=back,
                    code_verifier=begun.verifier,
                )
        except OAuthError as error:
            raise _exchange_refused(error.error) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise NotReached(f"its token endpoint cannot be reached ({type(error).__name__})") from None
        except (ValueError, TypeError, AttributeError):
            raise NotReached("its token endpoint answers with something that is no token") from None
        return found if isinstance(found, Mapping) else {}

    def _informed(self, access: str, claims: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the userinfo says of the same person (Core 1.0, section 5.3.2), nothing where there is none."""
        url = self.document().get("userinfo_endpoint")
        if not isinstance(url, str) or not is_safe(url):
            return {}
        found = self._json(url, {"Authorization": f"Bearer {access}"})
        if found.get("sub") != claims["sub"]:
            raise NotTrue("the userinfo is of somebody else than the ID token")
        return found


#: Google writes its issuer in two ways (developers.google.com/identity, "Validating an ID token").
_ALSO = {"https://accounts.google.com": ("accounts.google.com",)}


def is_safe(url: str) -> bool:
    """Return whether what is sent there is not read on the way: HTTPS, or this machine."""
    try:
        found = urlsplit(url)
        return bool(found.hostname) and (
            found.scheme == "https" or (found.scheme == "http" and found.hostname in _LOOPBACK)
        )
    except ValueError:
        return False


def challenge(verifier: str) -> str:
    """Return what the provider is shown of a verifier before (RFC 7636, S256)."""
    return str(create_s256_code_challenge(verifier))


def _key(found: Any) -> Any:
    """Return a public key that may sign; None for others: a secret one, one for encryption, one of unknown make."""
    if not isinstance(found, dict) or found.get("use", "sig") != "sig":
        return None
    kind = _KEYS.get(found.get("kty", ""))
    try:
        return None if kind is None else kind.import_key(found)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        return None


def _header(token: str) -> dict[str, Any]:
    try:
        return dict(jws.extract_compact(token.encode()).headers())
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        raise NotTrue("the ID token is none") from None


def _wrong(error: Exception) -> str:
    """Return what is wrong in a word, such as the claim; never what stood in it."""
    found = str(error) if isinstance(error, ClaimError) else ""
    named = [name for name in _CLAIMS if name in found]
    return named[0] if named else type(error).__name__


def _exchange_refused(code: Any) -> OstiaryError:
    """Return what a refusal of the token endpoint means (RFC 6749, section 5.2)."""
    if code == "invalid_grant":
        return NotTrue("the provider takes this sign-in no more: it was used before, or waited for too long")
    if code in {"invalid_client", "unauthorized_client"}:
        return NotReached("it does not take [web.sign_in] client_id and client_secret: the secret may have expired")
    return NotReached("it refuses to say who signed in")


__all__ = ["Begun", "NotReached", "NotTrue", "OpenID", "challenge", "is_safe"]
