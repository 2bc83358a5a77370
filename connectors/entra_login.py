"""Microsoft Entra's sign-in for programs, through msal: a secret or a certificate proves the app registration.

Facts: msal 1.39, `ConfidentialClientApplication` (its own cache of tokens; failures are answers, not exceptions);
learn.microsoft.com, "OAuth 2.0 client credentials flow", "Microsoft Entra authentication and authorization error codes"
(the numbers behind AADSTS), and "Microsoft Graph national cloud deployments" (which sign-in goes with which Graph).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from connectors.http import Answer, Http, Rejected
from connectors.live import Wire
from connectors.source_tables import Address, Secret
from model.errors import AccessDenied, ConfigError, Unreachable

_NUMBER = re.compile(r"\bAADSTS(\d{5,8})\b")
_KEY = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_PORTAL = "Certificates & secrets of the app registration"
_NO_TENANT = (
    "no such tenant in this cloud",
    "check tenant_id (Entra admin center, Overview); a tenant of a national cloud also needs login_url and graph_url",
)
_OTHER_CLOUD = (
    "sign-in and Graph are not of the same cloud as the tenant",
    "set login_url and graph_url to those of the tenant's cloud",
)
#: What is wrong with all of the source, and what to do.
_WRONG = {
    90002: _NO_TENANT,
    900023: _NO_TENANT,
    500011: _OTHER_CLOUD,
    900382: _OTHER_CLOUD,
    700016: (
        "the tenant has no app with this client_id",
        "check client_id (the app registration's Application ID) and tenant_id",
    ),
}
#: What is wrong with the credential, and what to do.
_REFUSED = {
    7000215: ("the client secret is wrong", f"take the secret's Value, not its Secret ID, from {_PORTAL}"),
    7000222: (
        "the client secret has expired",
        f"create a new one under {_PORTAL}, and put its Value where client_secret points",
    ),
    700024: ("this machine's clock is wrong, or the certificate's time is over", "set the clock, then try again"),
    700027: (
        "the app registration does not have this certificate",
        f"upload it under {_PORTAL}, or point client_certificate at the one that is there",
    ),
    7000112: ("the app is disabled", "enable it: Enterprise applications, Properties, Enabled for users to sign in"),
    53003: (
        "Conditional Access blocks the app",
        "let this machine in, in the policy for workload identities",
    ),
}


class Keys(Protocol):
    """What of the configuration the sign-in needs."""

    @property
    def tenant_id(self) -> str: ...  # noqa: D102
    @property
    def client_id(self) -> str: ...  # noqa: D102
    @property
    def client_secret(self) -> Secret | None: ...  # noqa: D102
    @property
    def client_certificate(self) -> Secret | None: ...  # noqa: D102
    @property
    def login_url(self) -> Address: ...  # noqa: D102
    @property
    def graph_url(self) -> Address: ...  # noqa: D102


class Login:
    """An `Auth` for Graph. What Entra refused once is not asked for again in the same session."""

    def __init__(self, keys: Keys, wire: Wire) -> None:
        self._keys, self._wire = keys, wire
        self._line = _Line(wire, keys.login_url)
        self._app: Any = None
        self._refused: AccessDenied | Unreachable | None = None

    def close(self) -> None:
        """Let go of connections and tokens."""
        self._app = None
        self._line.close()

    def headers(self, _method: str, _url: str) -> Mapping[str, str]:
        """Return the token. Raises AccessDenied (credential), Unreachable (tenant, cloud), ConfigError."""
        if self._refused is not None:
            raise self._refused
        told = self._connected().acquire_token_for_client(scopes=[f"{self._keys.graph_url}/.default"])
        token = told.get("access_token")
        if not isinstance(token, str):
            self._refused = _refusal(told)
            raise self._refused
        return {"Authorization": f"Bearer {token}"}

    def renew(self, _answer: Answer) -> bool:
        """Drop the token: a new one may do better."""
        if self._app is None:
            return False
        self._app.remove_tokens_for_client()
        return True

    def _connected(self) -> Any:
        if self._app is None:
            import msal  # type: ignore[import-untyped]  # noqa: PLC0415 (it takes its time to load)

            authority = f"https://{urlsplit(self._keys.login_url).netloc}/{self._keys.tenant_id}"
            credential = self._credential()
            try:
                self._app = msal.ConfidentialClientApplication(
                    self._keys.client_id,
                    client_credential=credential,
                    authority=authority,
                    instance_discovery=False,  # the configuration says which sign-in is trusted
                    http_client=self._line,
                )
            except (ValueError, KeyError):
                # msal's words hold the whole answer of the discovery of the tenant: they are not repeated.
                self._refused = _refusal(self._line.told())
                raise self._refused from None
        return self._app

    def _credential(self) -> Any:
        if self._keys.client_secret is not None:
            return self._keys.client_secret.read(self._wire.secrets)
        assert self._keys.client_certificate is not None
        return _certificate(self._keys.client_certificate, self._wire)


def _certificate(reference: Secret, wire: Wire) -> dict[str, str]:
    """Return key and certificate of a PEM file for msal, which makes the SHA-256 thumbprint of them itself."""
    from cryptography import x509  # noqa: PLC0415 (it takes its time to load)
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    text = reference.read(wire.secrets)
    key, certificate = _KEY.search(text), _CERTIFICATE.search(text)
    if key is None or certificate is None:
        raise ConfigError(f"{reference.reference} must hold both the private key and the certificate, as PEM")
    try:
        found = load_pem_private_key(key[0].encode(), password=None)
        ends = x509.load_pem_x509_certificate(certificate[0].encode()).not_valid_after_utc
    except (ValueError, TypeError):
        raise ConfigError(f"{reference.reference} is no key without a password, with its certificate, as PEM") from None
    if not isinstance(found, RSAPrivateKey):
        raise ConfigError(f"{reference.reference} is no RSA key, and Entra takes no other")
    if ends < wire.now():
        raise AccessDenied(
            f"the certificate of the app ended on {ends:%Y-%m-%d}",
            f"make a new one, upload it under {_PORTAL}, and point client_certificate at it",
            lacking=False,
        )
    return {"private_key": key[0], "public_certificate": certificate[0]}


def _refusal(told: Mapping[str, Any]) -> AccessDenied | Unreachable:
    """Return what an error answer of the token service means, by its numbers; its words may hold anything."""
    found = [n for n in told.get("error_codes") or () if isinstance(n, int)]
    found += [int(n) for n in _NUMBER.findall(str(told.get("error_description")))]
    for number in found:
        if number in _WRONG:
            reason, remedy = _WRONG[number]
            return Unreachable(f"{reason} (AADSTS{number})", remedy, everything=True)
        if number in _REFUSED:
            reason, remedy = _REFUSED[number]
            return AccessDenied(f"{reason} (AADSTS{number})", remedy, lacking=False)
    named = f"AADSTS{found[0]}" if found else "without saying why"
    look = f"look the number up at https://login.microsoftonline.com/error?code={found[0]}" if found else None
    remedy = look or "check tenant_id, client_id, the credential and login_url against the app registration"
    return AccessDenied(f"Entra refused the app's sign-in ({named})", remedy, lacking=False)


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer as msal wants it."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Raise nothing: what is no good answer, and no refusal either, was raised before."""


class _Line:
    """The HTTP client that msal calls through: patient and suspicious as every other call, to one host only."""

    def __init__(self, wire: Wire, login: Address) -> None:
        self._login = login
        self._last: Answer | None = None
        self._http = Http(wire, login, self)

    def close(self) -> None:
        """Let go of connections; msal calls it, too."""
        self._http.close()

    def get(self, url: str, params: Mapping[str, str] | None = None, **more: Any) -> _Reply:
        """Get for msal."""
        return self._reply(lambda: self._http.get(self._target(url), params or None, headers=_sent(more)))

    def post(self, url: str, params: Any = None, data: Mapping[str, Any] | None = None, **more: Any) -> _Reply:
        """Post a form for msal, whose assertion comes as bytes."""
        del params  # msal has none for Entra
        form = {name: v.decode() if isinstance(v, bytes) else str(v) for name, v in (data or {}).items()}
        return self._reply(lambda: self._http.post(self._target(url), form=form, headers=_sent(more)))

    def told(self) -> dict[str, Any]:
        """Return the last refusal; nothing where there was none."""
        try:
            found = msgspec.json.decode(self._last.body if self._last else b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
        return found if isinstance(found, dict) else {}

    # As the `Auth` of its own calls it proves nothing, and hears the refusals.

    def headers(self, _method: str, _url: str) -> Mapping[str, str]:
        """Return no header: the proof is in the form."""
        return {}

    def renew(self, answer: Answer) -> bool:
        """Keep the refusal, which msal has to see; a second try does no better."""
        self._last = answer
        return False

    def _target(self, url: str) -> str:
        """Return the path where the host is the configured one, else the whole address, which is then refused."""
        parts = urlsplit(url)
        if parts.netloc != urlsplit(self._login).netloc:
            return url
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _reply(self, call: Any) -> _Reply:
        self._last = None
        try:
            answer = call()
        except Rejected as error:
            answer = self._last = error.answer
        except AccessDenied:
            if self._last is None:
                raise
            answer = self._last
        return _Reply(answer.status, answer.body.decode("utf-8", "replace"), answer.headers)


def _sent(more: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in (more.get("headers") or {}).items()}
