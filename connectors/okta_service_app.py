"""Okta's sign-in for programs: a key proves the service app, and (DPoP) each call proves who holds the token.

Facts: Okta Developer, "Implement OAuth for Okta with a service app" (the organisation's own token endpoint, only
private_key_jwt, tokens of an hour) and "Configure OAuth 2.0 Demonstrating Proof-of-Possession"; RFC 9449.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from connectors.http import Answer, Http, Rejected
from connectors.kept_tokens import KeptTokens
from connectors.live import Wire
from connectors.source_tables import Address, Secret
from model.errors import AccessDenied, ConfigError

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: A token is renewed this long before its end, and a clock that is off by more than this is worth a second try.
_EARLY, _OFF = timedelta(minutes=2), timedelta(minutes=1)
_WANTS_PROOF = ("use_dpop_nonce", "invalid_dpop_proof")
_LACKING = ("invalid_scope", "consent_required", "access_denied")


class Keys(Protocol):
    """What of the configuration a service app needs."""

    @property
    def org_url(self) -> Address: ...  # noqa: D102
    @property
    def client_id(self) -> str | None: ...  # noqa: D102
    @property
    def private_key(self) -> Secret | None: ...  # noqa: D102
    @property
    def key_id(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    ends: datetime

    def __repr__(self) -> str:
        return f"_Token({self.kind})"


class ServiceApp:
    """Signs in as the app, a token for each scope: one that was not granted costs its own streams only."""

    def __init__(self, keys: Keys, wire: Wire) -> None:
        self._keys, self._wire = keys, wire
        self._http = Http(wire, keys.org_url)
        self._tokens = KeptTokens(self._fetch, lambda token: token.ends > wire.now())
        self._proof: _Proof | None = None

    def scope(self, scope: str) -> Scoped:
        """Return the sign-in for one scope."""
        return Scoped(self, scope)

    def close(self) -> None:
        """Let go of connections and tokens."""
        self._tokens.clear()
        self._http.close()

    def headers(self, scope: str, method: str, url: str) -> Mapping[str, str]:
        """Return the token for a scope, and the proof that it is ours. Raises AccessDenied."""
        token = self._tokens.get(scope)
        found = {"Authorization": f"{token.kind} {token.text}"}
        if token.kind == "DPoP" and self._proof is not None:
            found["DPoP"] = self._proof.of(method, url, self._wire.now(), token.text)
        return found

    def renew(self, scope: str, answer: Answer) -> bool:
        """Drop the token; take the nonce where one is asked for."""
        if self._proof is not None and "dpop-nonce" in answer.headers:
            self._proof.nonce = answer.headers["dpop-nonce"]
            if "use_dpop_nonce" in answer.headers.get("www-authenticate", ""):
                return True
        return self._tokens.forget(scope)

    def _fetch(self, scope: str) -> _Token:
        """Get a token; twice more where the answer asks for a proof, and once where our clock was wrong."""
        heard = self._wire.offset
        for _ in range(4):
            try:
                return self._token(self._ask(scope))
            except Rejected as error:
                if error.code.endswith(_WANTS_PROOF) and self._take_nonce(error.answer):
                    continue
                if self._clock_moved(heard):
                    heard = self._wire.offset
                    continue
                raise _refused(error.code) from None
            except AccessDenied as error:
                if not self._clock_moved(heard):
                    raise _refused(error.permission) from None
                heard = self._wire.offset
        raise _refused("Okta keeps asking for another proof")

    def _take_nonce(self, answer: Answer) -> bool:
        """Begin to prove, or prove with the nonce given; False where both were done."""
        nonce = answer.headers.get("dpop-nonce")
        if self._proof is not None and nonce in {None, self._proof.nonce}:
            return False
        self._proof = self._proof or _Proof()
        self._proof.nonce = nonce
        return True

    def _clock_moved(self, before: timedelta | None) -> bool:
        """Whether Okta's answer told that this machine's clock is wrong: the assertion is then made anew."""
        return self._wire.offset is not None and abs(self._wire.offset - (before or timedelta(0))) > _OFF

    def _ask(self, scope: str) -> Answer:
        path = "/oauth2/v1/token"
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": _ASSERTION,
            "client_assertion": self._assertion(f"{self._keys.org_url}{path}"),
        }
        proof = self._proof
        headers = {"DPoP": proof.of("POST", f"{self._keys.org_url}{path}", self._wire.now())} if proof else {}
        return self._http.post(path, form=form, headers=headers, signed=False)

    def _assertion(self, audience: str) -> str:
        import jwt  # noqa: PLC0415 (cryptography takes its time to load)

        key, algorithm = self._key()
        now = self._wire.now()
        claims = {
            "aud": audience,
            "iss": self._keys.client_id,
            "sub": self._keys.client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "jti": str(uuid.uuid4()),
        }
        headers = {"kid": self._keys.key_id} if self._keys.key_id else {}
        try:
            return jwt.encode(claims, key, algorithm=algorithm, headers=headers)
        except (jwt.PyJWTError, ValueError, TypeError):
            raise _bad_key(self._keys) from None

    def _key(self) -> tuple[Any, str]:
        """Return the private key, from PEM or JWK, and its algorithm."""
        import jwt  # noqa: PLC0415 (as above)
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

        assert self._keys.private_key is not None
        text = self._keys.private_key.read(self._wire.secrets)
        try:
            if text.startswith("{"):
                key = jwt.PyJWK.from_json(text, algorithm=None).key
            else:
                key = load_pem_private_key(text.encode(), password=None)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            raise _bad_key(self._keys) from None
        curves = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
        return key, curves.get(key.curve.name, "ES256") if isinstance(key, EllipticCurvePrivateKey) else "RS256"

    def _token(self, answer: Answer) -> _Token:
        held = answer.json()
        text, lives = held.get("access_token"), held.get("expires_in")
        if not isinstance(text, str) or not isinstance(lives, int):
            raise AccessDenied("the token endpoint gave no token", "check org_url and the service app", lacking=False)
        kind = "DPoP" if str(held.get("token_type")).lower() == "dpop" else "Bearer"
        return _Token(kind, text, self._wire.now() + timedelta(seconds=lives) - _EARLY)


class Scoped:
    """An `Auth` for one scope."""

    def __init__(self, app: ServiceApp, scope: str) -> None:
        self._app, self._scope = app, scope

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        """Return the token's header, with its proof. Raises AccessDenied."""
        return self._app.headers(self._scope, method, url)

    def renew(self, answer: Answer) -> bool:
        """Drop the token; take the nonce where one is asked for."""
        return self._app.renew(self._scope, answer)


class _Proof:
    """Makes DPoP proofs with a key that lives as long as the session."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 (as above)

        self._key = ec.generate_private_key(ec.SECP256R1())
        self.nonce: str | None = None

    def of(self, method: str, url: str, now: datetime, token: str | None = None) -> str:
        """Return the proof for one call (RFC 9449, section 4.2): the address counts without its query."""
        import jwt  # noqa: PLC0415 (as above)
        from jwt.algorithms import ECAlgorithm  # noqa: PLC0415

        parts = urlsplit(url)
        claims: dict[str, Any] = {
            "htm": method,
            "htu": f"{parts.scheme}://{parts.netloc}{parts.path}",
            "iat": int(now.timestamp()),
            "jti": str(uuid.uuid4()),
        }
        if self.nonce is not None:
            claims["nonce"] = self.nonce
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        public = msgspec.json.decode(ECAlgorithm.to_jwk(self._key.public_key()))
        header = {"typ": "dpop+jwt", "jwk": {name: public[name] for name in ("kty", "crv", "x", "y")}}
        return jwt.encode(claims, self._key, algorithm="ES256", headers=header)


def _refused(code: str) -> AccessDenied:
    if code.endswith(_LACKING):
        return AccessDenied(code, "grant the scope to the service app", lacking=True)
    return AccessDenied(code, "check client_id, private_key and key_id against the service app in Okta", lacking=False)


def _bad_key(keys: Keys) -> ConfigError:
    return ConfigError(f"{keys.private_key!r}: that is no private key as PEM or JWK")
