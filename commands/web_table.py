"""`[web]` of the configuration: its keys, checked, and what they mean."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StrictBool

from commands.toml_tables import Table, reference
from connectors.secrets import References
from gate.roles import Role
from model.errors import ConfigError
from web.office import Provider, WebSettings


def _address(text: str) -> str:
    found = urlsplit(text)
    if found.scheme not in {"http", "https"} or not found.hostname or found.query or found.fragment:
        raise ValueError("an address is written https://ostiary.example.com")
    return text.rstrip("/")


#: Issuers of Entra that stand for every company there is: who signs in by them may be anybody (learn.microsoft.com,
#: "OpenID Connect on the Microsoft identity platform").
_EVERYBODY = ("common", "organizations", "consumers")


def _issuer(text: str) -> str:
    found = urlsplit(_address(text))
    if found.scheme == "http" and found.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("an issuer is reached by https://; by http:// on this machine alone")
    if found.path.strip("/").partition("/")[0] in _EVERYBODY and found.path.rstrip("/").endswith("/v2.0"):
        raise ValueError("name your own tenant in it: https://login.microsoftonline.com/TENANT-ID/v2.0")
    return text


def _scopes(given: tuple[str, ...]) -> tuple[str, ...]:
    if "openid" not in given:
        raise ValueError("`openid` is one of them: without it nobody says who signs in")
    return given


def _role(name: str) -> str:
    if name not in {*Role}:
        raise ValueError(f"a role is one of {', '.join(Role)}")
    return name


_Address = Annotated[str, AfterValidator(_address)]


class SignInTable(Table):
    """`[web.sign_in]`: an OpenID Connect provider; `roles` leads from a group to the roles of who is in it."""

    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: str = Field(min_length=1)
    client_secret: Annotated[str, AfterValidator(reference)]
    name: str = Field(default="your company's account", min_length=1, max_length=60)
    groups_claim: str = Field(default="groups", min_length=1)
    scopes: Annotated[tuple[str, ...], AfterValidator(_scopes)] = ("openid", "email", "profile")
    certificates: str | None = Field(default=None, min_length=1)
    roles: dict[str, tuple[Annotated[str, AfterValidator(_role)], ...]] = Field(default_factory=dict)


class WebTable(Table):
    """`[web]`."""

    public_url: _Address = "http://127.0.0.1:8000"
    idle_minutes: int = Field(default=60, ge=5, le=24 * 60)
    longest_hours: int = Field(default=12, ge=1, le=7 * 24)
    behind_proxy: StrictBool = False
    sign_in: SignInTable | None = None


def web_settings(found: WebTable, secrets: References, folder: Path = Path()) -> WebSettings:
    """Return the settings; secrets are read now, and files count from `folder`. Raises ConfigError."""
    return WebSettings(
        public_url=found.public_url,
        provider=None if found.sign_in is None else _provider(found.sign_in, secrets, folder),
        idle=timedelta(minutes=found.idle_minutes),
        longest=timedelta(hours=found.longest_hours),
        behind_proxy=found.behind_proxy,
    )


def _provider(found: SignInTable, secrets: References, folder: Path) -> Provider:
    return Provider(
        issuer=found.issuer,
        client_id=found.client_id,
        client_secret=_secret(found.client_secret, secrets),
        name=found.name,
        groups_claim=found.groups_claim,
        roles={group: frozenset(Role(role) for role in roles) for group, roles in found.roles.items()},
        scopes=found.scopes,
        certificates=None if found.certificates is None else str(folder / Path(found.certificates).expanduser()),
    )


def _secret(named: str, secrets: References) -> str:
    try:
        return secrets.resolve(named)
    except ConfigError as error:
        raise ConfigError(f"web.sign_in.client_secret: {error}") from None
