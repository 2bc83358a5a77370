"""Google's sign-in for programs: a service account's key proves who calls, domain-wide delegation for whom.

Facts: developers.google.com/identity/protocols/oauth2/service-account: the JWT (RS256; `iss`, `sub`, `scope`, `aud`,
`iat`, `exp` an hour ahead at most), the grant type, tokens of an hour, and "JWT error codes".
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from connectors.http import Answer, Http, Rejected
from connectors.live import Wire
from connectors.source_tables import Address, Secret
from model.errors import AccessDenied, ConfigError, Interrupted, RateLimited, Transient

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: A token is renewed this long before its end, and a clock that is off by more than this is worth a second try.
_EARLY, _OFF = timedelta(minutes=2), timedelta(minutes=1)
_LIVES = timedelta(minutes=30)
_UNDELEGATED = ("unauthorized_client", "access_denied")
_NEW_KEY = "make a new key of the service account (Google Cloud console, IAM, Service accounts, Keys)"
#: Google's word, a part of its sentence that tells cases of one word apart, what is wrong, and what to do.
_REFUSALS = (
    ("invalid_grant", "user id", "there is no account of that address", "mend `administrator`"),
    ("invalid_grant", "email", "there is no account of that address", "mend `administrator`"),
    ("invalid_grant", "account not found", "there is no such account", "mend `administrator` or the key"),
    ("invalid_grant", "signature", "the key is not, or no longer, one of the service account", _NEW_KEY),
    ("invalid_grant", "short-lived", "this machine's clock is wrong", "set the clock, best by NTP"),
    (
        "admin_policy_enforced",
        "",
        "a policy of the company keeps the scope from apps",
        "trust the client under API controls",
    ),
    ("disabled_client", "", "the service account or its key is disabled", "enable it in the Google Cloud console"),
    ("deleted_client", "", "the service account was deleted", "make a new one, and delegate to it"),
    ("invalid_client", "", "the service account is not known", _NEW_KEY),
)


class Keys(Protocol):
    """What of the configuration a sign-in needs."""

    @property
    def administrator(self) -> str: ...  # noqa: D102
    @property
    def service_account_key(self) -> Secret: ...  # noqa: D102
    @property
    def token_url(self) -> Address: ...  # noqa: D102


class _Key(msgspec.Struct, tag_field="type", tag="service_account"):
    """A key file as Google gives it; what else stands in it is not read."""

    client_email: str
    private_key: str
    private_key_id: str | None = None
    client_id: str | None = None
    project_id: str | None = None

    def __repr__(self) -> str:
        return f"_Key({self.client_email!r})"


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: int = 3600

    def __repr__(self) -> str:
        return "_Granted()"


class Delegation:
    """Signs in as the administrator, a token for each scope: one that lacks costs its own streams only."""

    def __init__(self, keys: Keys, wire: Wire) -> None:
        self.keys, self.wire = keys, wire
        parts = urlsplit(keys.token_url)
        self._path = parts.path or "/"
        self._http = Http(wire, f"{parts.scheme}://{parts.netloc}")

    def scope(self, scope: str) -> Scoped:
        """Return the sign-in for one scope."""
        return Scoped(self, scope)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    @property
    def project(self) -> str:
        """The Google Cloud project of the service account."""
        return self._key().project_id or "the service account"

    def fetch(self, scope: str) -> _Granted:
        """Get a token; once more where the answer tells that this machine's clock is wrong. Raises AccessDenied."""
        heard = self.wire.offset
        try:
            return self._ask(scope)
        except (Rejected, AccessDenied) as error:
            if not self._clock_moved(heard):
                raise self._told(scope, error) from None
        try:
            return self._ask(scope)
        except (Rejected, AccessDenied) as error:
            raise self._told(scope, error) from None

    def _ask(self, scope: str) -> _Granted:
        answer = self._http.post(
            self._path, form={"grant_type": _GRANT, "assertion": self._assertion(scope)}, signed=False
        )
        try:
            return msgspec.json.decode(answer.body, type=_Granted)
        except msgspec.ValidationError:
            raise AccessDenied("the token endpoint gave no token", "check token_url", lacking=False) from None

    def _assertion(self, scope: str) -> str:
        import jwt  # noqa: PLC0415 (cryptography takes its time to load)

        key, now = self._key(), self.wire.now()
        claims = {
            "iss": key.client_email,
            "sub": self.keys.administrator,
            "scope": scope,
            "aud": str(self.keys.token_url),
            "iat": int(now.timestamp()),
            "exp": int((now + _LIVES).timestamp()),
        }
        try:
            headers = {"kid": key.private_key_id} if key.private_key_id else None
            return jwt.encode(claims, key.private_key, algorithm="RS256", headers=headers)
        except (jwt.PyJWTError, ValueError, TypeError):
            raise self._no_key("its private_key is no private key (PEM)") from None

    def _key(self) -> _Key:
        try:
            return msgspec.json.decode(self.keys.service_account_key.read(self.wire.secrets), type=_Key)
        except msgspec.DecodeError:
            raise self._no_key("it needs type service_account, client_email and private_key") from None

    def _no_key(self, why: str) -> ConfigError:
        return ConfigError(f"{self.keys.service_account_key!r} is not a service account's key as JSON: {why}")

    def _clock_moved(self, before: timedelta | None) -> bool:
        offset = self.wire.offset
        return offset is not None and abs(offset - (before or timedelta(0))) > _OFF

    def _told(self, scope: str, error: Rejected | AccessDenied) -> AccessDenied:
        """Say what Google's error means: its word is stable, and its sentence is read but never repeated."""
        code = error.code if isinstance(error, Rejected) else error.permission
        word = code.removeprefix("OAuth ")
        if word in _UNDELEGATED:
            client = self._key().client_id or "of the service account"
            return AccessDenied(f"{scope} is not delegated to client {client} ({word})", "delegate it")
        said = _sentence(error.answer) if isinstance(error, Rejected) else ""
        for known, part, wrong, remedy in _REFUSALS:
            if word == known and part in said:
                return AccessDenied(f"{wrong} ({word})", remedy, lacking=False)
        remedy = "check administrator and service_account_key against the service account"
        return AccessDenied(code, remedy, lacking=False)


@dataclass(slots=True)
class _Held:
    text: str
    ends: datetime

    def __repr__(self) -> str:
        return "_Held()"


class Scoped:
    """An `Auth` for one scope; calls side by side share its token."""

    def __init__(self, delegation: Delegation, scope: str) -> None:
        self._delegation, self._scope = delegation, scope
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def headers(self, _method: str, _url: str) -> Mapping[str, str]:
        """Return the token's header. Raises AccessDenied, ConfigError, Interrupted."""
        with self._lock:
            now = self._delegation.wire.now()
            if self._held is None or self._held.ends <= now:
                granted = self._fetch()
                ends = self._delegation.wire.now() + timedelta(seconds=granted.expires_in) - _EARLY
                self._held = _Held(granted.access_token, ends)
            return {"Authorization": f"Bearer {self._held.text}"}

    def _fetch(self) -> _Granted:
        try:
            return self._delegation.fetch(self._scope)
        except (RateLimited, Transient) as error:
            # The call that waits for the token would be as patient again each time: minutes would become hours.
            raise Interrupted(f"the sign-in at Google: {error}") from None

    def renew(self, _answer: Answer) -> bool:
        """Forget the token."""
        with self._lock:
            self._held = None
        return True


def _sentence(answer: Answer) -> str:
    try:
        said = msgspec.json.decode(answer.body, type=dict[str, msgspec.Raw]).get("error_description")
        return msgspec.json.decode(said, type=str).casefold() if said is not None else ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
