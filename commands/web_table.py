"""`[web]` of the configuration: its keys, checked, and what they mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StrictBool

from commands.toml_tables import Table, reference
from connectors.secrets import References
from gate.roles import Role
from web.office import Provider, WebSettings


def _address(text: str) -> str:
    found = urlsplit(text)
    if found.scheme not in {"http", "https"} or not found.hostname or found.query or found.fragment:
        raise ValueError("an address is written https://ostiary.example.com")
    return text.rstrip("/")


def _role(name: str) -> str:
    if name not in {*Role}:
        raise ValueError(f"a role is one of {', '.join(Role)}")
    return name


_Address = Annotated[str, AfterValidator(_address)]


class SignInTable(Table):
    """`[web.sign_in]`: an OpenID Connect provider; `roles` leads from a group to the roles of who is in it."""

    issuer: _Address
    client_id: str = Field(min_length=1)
    client_secret: Annotated[str, AfterValidator(reference)]
    name: str = Field(default="your company's account", min_length=1, max_length=60)
    groups_claim: str = Field(default="groups", min_length=1)
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    roles: dict[str, tuple[Annotated[str, AfterValidator(_role)], ...]] = Field(default_factory=dict)


class WebTable(Table):
    """`[web]`."""

    public_url: _Address = "http://127.0.0.1:8000"
    idle_minutes: int = Field(default=60, ge=5, le=24 * 60)
    longest_hours: int = Field(default=12, ge=1, le=7 * 24)
    behind_proxy: StrictBool = False
    sign_in: SignInTable | None = None


def web_settings(found: WebTable, secrets: References) -> WebSettings:
    """Return the settings; secrets are read now. Raises ConfigError."""
    return WebSettings(
        public_url=found.public_url,
        provider=None if found.sign_in is None else _provider(found.sign_in, secrets),
        idle=timedelta(minutes=found.idle_minutes),
        longest=timedelta(hours=found.longest_hours),
        behind_proxy=found.behind_proxy,
    )


def _provider(found: SignInTable, secrets: References) -> Provider:
    return Provider(
        issuer=found.issuer,
        client_id=found.client_id,
        client_secret=secrets.resolve(found.client_secret),
        name=found.name,
        groups_claim=found.groups_claim,
        roles={group: frozenset(Role(role) for role in roles) for group, roles in found.roles.items()},
        scopes=found.scopes,
    )
