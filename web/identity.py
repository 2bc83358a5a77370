"""Whose claims these are: the address by which accounts are known, and the groups that roles follow from."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from gate import accounts
from model.errors import OstiaryError, Refused

_GOOGLE = "accounts.google.com"
_MICROSOFT = (".microsoftonline.com", ".microsoftonline.us", ".microsoftonline.cn", ".ciamlogin.com", ".windows.net")
_YES = (True, 1, "1", "true", "True")


class NotKnown(OstiaryError):
    """The provider is sure of somebody, and still nobody can be signed in. `do` is what to do about it."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.what, self.do = what, do


def address_of(claims: Mapping[str, Any], issuer: str) -> str:
    """Return the verified address of who signed in, folded as accounts have it. Raises NotKnown.

    `email_verified` must be true where the provider gives it (OpenID Connect Core 1.0, section 5.1).
    """
    if is_entra(claims, issuer):
        found = _entra(claims)
    elif urlsplit(issuer).hostname == _GOOGLE:
        found = _google(claims)
    else:
        found = claims.get("email")
        if "email_verified" in claims and claims["email_verified"] not in _YES:
            raise NotKnown("Your address is not verified there.", "Have it verified there, and sign in again.")
    try:
        if isinstance(found, str):
            return accounts.folded(found)
    except Refused:
        pass
    raise NotKnown(
        "It does not say your mail address.",
        "Whoever runs Ostiary adds the claim `email`, and the scope `email`, to the application there.",
    )


def is_entra(claims: Mapping[str, Any], issuer: str) -> bool:
    """Return whether Microsoft Entra speaks: its issuer ends in the tenant (`tid`) and `/v2.0`."""
    found = urlsplit(issuer)
    tenant = claims.get("tid")
    return (found.hostname or "").endswith(_MICROSOFT) or (
        isinstance(tenant, str) and found.path.rstrip("/").endswith(f"/{tenant}/v2.0")
    )


def _entra(claims: Mapping[str, Any]) -> Any:
    """Return the address that Entra stands in for.

    Entra gives no `email_verified`, and `email` may be whatever stands in somebody's profile unless the optional claim
    `xms_edov` is true (learn.microsoft.com, "Migrate away from using email claims for user identification or
    authorization"). The name by which people sign in, `preferred_username`, is of a domain that a tenant has proved.
    """
    if claims.get("xms_edov") in _YES and claims.get("email"):
        return claims["email"]
    return claims.get("preferred_username") or claims.get("upn")


def _google(claims: Mapping[str, Any]) -> Any:
    """Return the address that Google answers for: a Workspace domain's (`hd`), not a private account's.

    A private account may carry a company's address that was verified once, long ago (developers.google.com/identity,
    "Verify the Google ID token on your server side": Google is authoritative where `email_verified` and `hd` are set).
    """
    if claims.get("email_verified") not in _YES or not claims.get("hd"):
        raise NotKnown("This is not an account of your company at Google.", "Choose the account of your company there.")
    return claims.get("email")


def groups_of(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return the groups of who signed in; none where the claim is left out, as it is of people without groups.

    Raises NotKnown where there are too many to be told. Entra gives the object ids of 200 groups at most, and beyond
    that a reference in `_claim_names` instead, or `hasgroups` (learn.microsoft.com, "Configure group claims for
    applications"): they are unknown then, and unknown is not none.
    """
    found = claims.get(name)
    if found is None and (name in (claims.get("_claim_names") or ()) or "hasgroups" in claims):
        raise NotKnown(
            "You are in more groups than it can tell, so nobody knows which of them count here.",
            "Whoever runs Ostiary has it send only the groups assigned to the application, or app roles instead.",
        )
    if isinstance(found, str):
        return frozenset({found})
    return frozenset(one for one in found if isinstance(one, str)) if isinstance(found, list) else frozenset()
