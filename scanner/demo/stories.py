"""What a story of the demo company is made of: one tool, and every trace that it leaves in the company's systems."""

from __future__ import annotations

from dataclasses import dataclass

#: The first and the last month of the data.
FIRST, LAST = "2025-10", "2026-10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Sign-ins of people (see `company.who`), so many a month each, from and until a month."""

    by: str
    since: str = FIRST
    until: str = LAST
    monthly: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class OktaApp:
    """An app as the Okta administrator set it up: `key` is Okta's catalogue key, `mode` the sign-on mode."""

    label: str
    key: str = "template_saml_2_0"
    mode: str = "SAML_2_0"
    url: str | None = None
    created: str = "2024-02-01"
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Access to a person's Google account: `number` stands in the client id; `until` is the last month it stands."""

    number: int
    label: str
    by: str
    since: str
    scopes: tuple[str, ...] = ()
    until: str | None = None
    native: bool = False
    unregistered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraApp:
    """An enterprise application of the Entra tenant, with its sign-ins and what people or admins granted it."""

    name: str
    domain: str
    app_id: str | None = None
    publisher: str | None = None
    by: str = ""
    granted_by: str = ""
    scopes: str = ""
    for_all: bool = False
    open_to_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Charges on a card, one a month on a day; `book` is the statement (company or expenses), `by` who holds the card.

    `amount` is in the currency's major unit; a negative one is a refund.
    """

    text: str
    amount: str
    day: int
    by: str
    book: str = "company"
    since: str = FIRST
    until: str = LAST
    currency: str = "EUR"
    mcc: str | None = "5734"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A monthly line of the AWS bill, in US dollars: `publisher` is the vendor, also behind the marketplace."""

    service: str
    publisher: str
    amount: str
    account: str
    marketplace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A line of IT's list of tools."""

    tool: str
    status: str
    decided: str
    owner: str
    domain: str = ""
    review_by: str = ""
    conditions: str = ""
    reason: str = ""
    saved: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One tool of the demo company. `about` is what a colleague would tell of it over a coffee."""

    about: str
    okta: OktaApp | None = None
    uses: tuple[Use, ...] = ()
    saml: str | None = None
    saml_uses: tuple[Use, ...] = ()
    grants: tuple[Grant, ...] = ()
    entra: EntraApp | None = None
    pays: tuple[Pay, ...] = ()
    bill: Bill | None = None
    rulings: tuple[Ruling, ...] = ()
