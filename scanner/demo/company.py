"""Who works in the demo company: Tarnvik, an invented maker of outdoor gear, its people, teams and cost centres.

Nobody here exists. All addresses lie in `.example` (RFC 2606).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from model.company import Company

#: The last moment of the data, 31 October 2026 in the company's zone: everything counts back from it.
AS_OF = datetime(2026, 10, 31, 22, 59, 59, 999000, tzinfo=UTC)
#: The two moments at which the exports were saved: when the sources were connected, and at the end.
FIRST_SAVED = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)
LAST_SAVED = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)
#: The months of the data, and how many of them the first exports hold.
MONTHS = tuple(f"{2025 + (9 + n) // 12}-{(9 + n) % 12 + 1:02}" for n in range(13))
FIRST_MONTHS = 9
RENAMED = "2026-07"

HOME, ALIAS, AGENCY, BOUGHT = (
    "tarnvik.example",
    "tarnvik-outdoor.example",
    "nordlicht-studio.example",
    "hollerbach.example",
)

COMPANY = Company(
    name="Tarnvik",
    domains=(HOME, ALIAS),
    timezone="Europe/Copenhagen",
    base_currency="EUR",
    # Performance Marketing was called Growth, and was nobody's division, until July 2026: both names are Marketing's.
    marketing_units=("Marketing", "Growth", "Performance Marketing", "4100"),
    it_units=("Information Technology", "6100"),
    fiscal_year_start=1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team: `mfa` says whether its people sign in with a second factor; `before` is its name before the renaming."""

    key: str
    name: str
    division: str
    cost_center: str
    size: int
    mfa: bool = False
    before: str | None = None


TEAMS = (
    Team(key="cmo", name="Marketing Management", division="Marketing", cost_center="4100", size=1, mfa=True),
    Team(key="brand", name="Brand & Content", division="Marketing", cost_center="4100", size=6),
    Team(
        key="performance",
        name="Performance Marketing",
        division="Marketing",
        cost_center="4100",
        size=5,
        before="Growth",
    ),
    Team(key="lifecycle", name="CRM & Lifecycle", division="Marketing", cost_center="4100", size=4, mfa=True),
    Team(key="events", name="Events & Partnerships", division="Marketing", cost_center="4100", size=3),
    Team(key="mops", name="Marketing Operations", division="Marketing", cost_center="4100", size=3, mfa=True),
    Team(key="sales", name="Sales", division="Commercial", cost_center="3100", size=18, mfa=True),
    Team(key="commerce", name="Digital Commerce", division="Commercial", cost_center="3300", size=12, mfa=True),
    Team(key="service", name="Customer Service", division="Commercial", cost_center="3500", size=12),
    Team(key="retail", name="Retail Operations", division="Commercial", cost_center="3700", size=22),
    Team(key="product", name="Product & Design", division="Product", cost_center="5200", size=16, mfa=True),
    Team(key="supply", name="Supply Chain", division="Product", cost_center="5400", size=14),
    Team(key="finance", name="Finance", division="Central Services", cost_center="6200", size=9, mfa=True),
    Team(key="people", name="People & Culture", division="Central Services", cost_center="6300", size=6),
    Team(key="it", name="Information Technology", division="Central Services", cost_center="6100", size=7, mfa=True),
    Team(key="legal", name="Legal", division="Central Services", cost_center="6400", size=2, mfa=True),
)
TEAM = {team.key: team for team in TEAMS}
MARKETING = tuple(team.key for team in TEAMS if team.division == "Marketing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person, or what looks like one: `kind` is employee, agency, shared or bought (of the company bought in 2026).

    `alias` is a second address that the directories vouch for; `second_team` is that of a second contract. `left` is
    the last day.
    """

    key: str
    name: str
    address: str
    team: str | None = None
    kind: str = "employee"
    alias: str | None = None
    second_team: str | None = None
    start: date = date(2023, 4, 1)
    left: date | None = None

    @property
    def digest(self) -> str:
        """A stable number of its own, as 32 hexadecimal digits: what the ids of all sources are made of."""
        return hashlib.blake2s(self.key.encode(), digest_size=16).hexdigest()

    @property
    def okta_id(self) -> str:
        """How Okta names the person."""
        return f"00u{self.digest[:17]}"

    @property
    def google_id(self) -> str:
        """How Google names the person."""
        return f"1{int(self.digest[:15], 16):020d}"

    @property
    def entra_id(self) -> str:
        """How Entra names the person."""
        return guid(f"user/{self.key}")

    @property
    def employee_number(self) -> str:
        """How the HR system names the person's first contract."""
        return f"T-{int(self.digest[:6], 16) % 90000 + 10000}"


def guid(name: str) -> str:
    """Return a stable GUID for a name."""
    h = hashlib.blake2s(name.encode(), digest_size=16).hexdigest()
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:]}"


#: The people of Marketing by team, in order: `brand:2` in a story means the first two.
_NAMED = {
    "cmo": "Birgit Aalund",
    "brand": "Emil Thorsager|Lea Winterfeld|Oskar Hjelm|Paula Brinkmann|Rasmus Dalgaard|Yara Sondermann",
    "performance": "Malte Kronberg|Ida Fuglsang|Deniz Aydemir|Frida Holm Lauritsen|Tom Achterberg",
    "lifecycle": "Sofie Lindqvist|Henrik Baltzer|Noor Verhaegen|Klara Stein",
    "events": "Ines Aukland|Jonathan Priem|Maja Sundby",
    "mops": "Viktor Rehn|Amira Castell|Gustav Elmquist",
}
_FIRST = (
    "Adam", "Alma", "Anders", "Anna", "Astrid", "Axel", "Benno", "Bodil", "Carla", "Cato", "Dagny", "David",
    "Ebba", "Edda", "Eirik", "Elin", "Elsa", "Erik", "Esther", "Eva", "Falk", "Finn", "Freja", "Georg", "Greta",
    "Hanna", "Harald", "Helge", "Ilse", "Ingrid", "Isak", "Jakob", "Jette", "Johan", "Jorun", "Julia", "Karin",
    "Karsten", "Kira", "Knut", "Lars", "Laura", "Liv", "Lorenz", "Magnus", "Maren", "Marta", "Mats", "Mira",
    "Moritz", "Nanna", "Nele", "Nils", "Olga", "Ole", "Pia", "Ragna", "Rieke", "Runa",
)  # fmt: skip
_LAST = (
    "Abelsen", "Amundsen", "Anker", "Bakker", "Bergfeld", "Birk", "Blom", "Bohlen", "Brandvold", "Buchholt",
    "Carstens", "Claasen", "Dahlke", "Drost", "Ebersbach", "Eklund", "Enger", "Falster", "Fjord", "Frandsen",
    "Gade", "Gjerde", "Groth", "Haldorsen", "Harms", "Hauge", "Heide", "Ibsen", "Iversen", "Jansohn", "Juhl",
    "Kallestrup", "Kjeldsen", "Knudtzon", "Krog", "Lauenstein", "Lie", "Lohse", "Lund", "Mohr", "Moe", "Nagel",
    "Nyborg", "Oster", "Overgaard", "Petzold", "Quist", "Raabe", "Rosenvold", "Rustad", "Sandvik", "Skov",
    "Staal", "Tangen", "Thaler", "Uhl", "Vang", "Vestby", "Wiese", "Wulff", "Zander",
)  # fmt: skip


def _address(name: str, domain: str = HOME) -> str:
    return f"{'.'.join(name.lower().split())}@{domain}"


def _marketing() -> Iterator[Person]:
    for team, names in _NAMED.items():
        for name in names.split("|"):
            joined = date(2026, 5, 4) if name == "Yara Sondermann" else date(2023, 4, 1)
            yield Person(
                key=f"{team}/{name}",
                name=name,
                address=_address(name),
                team=team,
                alias="sofie.brandt@tarnvik.example" if name == "Sofie Lindqvist" else None,
                second_team="retail" if name == "Ines Aukland" else None,
                start=joined,
            )


def _others() -> Iterator[Person]:
    number = 0
    for team in (t for t in TEAMS if t.key not in MARKETING):
        for _ in range(team.size):
            name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number * 7 % len(_LAST)]}"
            yield Person(key=f"{team.key}/{name}", name=name, address=_address(name), team=team.key)
            number += 1


#: Who left: the last day, and the team that they were in.
LEAVERS = (
    Person(
        key="jonas",
        name="Jonas Wieland",
        address="jonas.wieland@tarnvik.example",
        team="performance",
        left=date(2026, 3, 31),
    ),
    Person(key="mette", name="Mette Ravn", address="mette.ravn@tarnvik.example", team="brand", left=date(2026, 8, 31)),
    Person(
        key="karl", name="Karl Osterby", address="karl.osterby@tarnvik.example", team="sales", left=date(2026, 1, 31)
    ),
)
#: People of an agency who have accounts in the company's identity provider.
OUTSIDERS = (
    Person(key="nora", name="Nora Falkenried", address="nora@nordlicht-studio.example", kind="agency"),
    Person(key="timo", name="Timo Bergstedt", address="timo@nordlicht-studio.example", kind="agency"),
)
#: Mailboxes that several people use.
SHARED = (
    Person(key="social", name="Tarnvik Social", address="social@tarnvik.example", kind="shared"),
    Person(key="marketing", name="Tarnvik Marketing", address="marketing@tarnvik.example", kind="shared"),
)
#: The people of Hollerbach, bought in 2026: their own directory knows no departments, and HR does not know them yet.
BOUGHT_PEOPLE = tuple(
    Person(key=f"hollerbach/{name}", name=name, address=_address(name, BOUGHT), kind="bought")
    for name in (
        "Agnes Hollerbach", "Bruno Hollerbach", "Cem Yildiran", "Dora Weidlich",
        "Enno Tiarks", "Franka Loose", "Gero Stamm", "Hilke Poppinga",
    )
)  # fmt: skip


@cache
def employees() -> tuple[Person, ...]:
    """Return the 140 people of today, team by team."""
    return (*_marketing(), *_others())


@cache
def everybody() -> dict[str, Person]:
    """Return all people, leavers, outsiders and shared mailboxes by key."""
    return {p.key: p for p in (*employees(), *LEAVERS, *OUTSIDERS, *SHARED, *BOUGHT_PEOPLE)}


@cache
def who(names: str) -> tuple[Person, ...]:
    """Return the people that a story names, each once.

    `brand` is a team, `sales:6` its first six, `sales#6` the sixth alone, `jonas` a single key, `all` everybody of
    today, `marketing*` the division, `hollerbach` those bought. Raises KeyError.
    """
    found: dict[str, Person] = {}
    for word in names.split():
        team, mark, number = word.replace("#", ":#").partition(":")
        chosen = _members(team)
        if mark:
            last = int(number.removeprefix("#"))
            chosen = chosen[last - 1 : last] if number.startswith("#") else chosen[:last]
        found |= {person.key: person for person in chosen}
    return tuple(found.values())


def _members(team: str) -> tuple[Person, ...]:
    if team == "all":
        return employees()
    if team == "marketing*":
        return tuple(p for p in employees() if p.team in MARKETING)
    if team == "hollerbach":
        return BOUGHT_PEOPLE
    if team in TEAM:
        return tuple(p for p in employees() if p.team == team)
    return (everybody()[team],)
