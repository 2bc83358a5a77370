"""What identification answers: which tool a string or an identity is, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StringKind(StrEnum):
    """The kinds of string that `ostiary identify` takes."""

    APP_NAME = "app_name"
    DOMAIN = "domain"
    URL = "url"
    REDIRECT_URI = "redirect_uri"
    ENTITY_ID = "entity_id"
    CARD_DESCRIPTOR = "card_descriptor"
    MARKETPLACE_PRODUCT = "marketplace_product"
    DNS_SPF = "dns_spf"
    DNS_TXT = "dns_txt"
    DNS_CNAME = "dns_cname"
    SCRIPT_HOST = "script_host"
    BUNDLE_ID = "bundle_id"
    CLIENT_ID = "client_id"


class Matcher(StrEnum):
    """How a match was made, strongest first."""

    DECISION = "decision"
    EXACT_ID = "exact_id"
    ENTITY_ID = "entity_id"
    DOMAIN = "domain"
    VENDOR = "vendor"
    DESCRIPTOR = "descriptor"
    NAME = "name"


class SaidBy(StrEnum):
    """Who says which data of persons a tool holds: the catalogue, of such tools, or the company, of its own."""

    CATALOGUE = "catalogue"
    COMPANY = "company"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One tool of the catalogue; `marketing` follows from the category.

    `personal_data` are the kinds of data of persons that such a tool usually holds, and `personal_data_by` says whose
    word that is: None where nobody's, and what tools of the category hold is for `catalog.personal` to say.

    All but id and name are None where a tool is the company's own and nobody has said what it is.
    """

    id: str
    name: str
    vendor: str | None
    category: str | None
    marketing: bool | None
    personal_data: tuple[str, ...] = ()
    personal_data_by: SaidBy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A tool, with what matched, how sure (0..1) and one sentence that says why."""

    entry: Entry
    matcher: Matcher
    matched: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a string says: the match or None, and for a statement's line whom it names and who takes the money.

    `software` is true where the text itself says that it is software (a domain, a seller behind a software
    merchant of record), although no tool is known; `imitates` names the tool that a look-alike imitates.
    """

    match: Match | None
    why: str
    counterparty: str | None = None
    merchant_of_record: str | None = None
    software: bool = False
    imitates: str | None = None
