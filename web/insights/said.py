"""Words and amounts that all insights share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gate.measures import unapproved
from gate.roles import Role
from web.charts import Say, in_currency
from web.here import Here
from web.ports.insights import Figures
from web.snapshot import Snapshot

Row = Mapping[str, Any]
_DESK = frozenset({Role.REVIEWER, Role.APPROVER_IT, Role.AUDITOR, Role.ADMINISTRATOR})
#: Whom a case waits for, and at what.
SIDES = {"it": "IT", "marketing": "Marketing", "owner": "who was asked"}
STAGES = {
    "new": "nobody has taken it up",
    "questions": "questions are being asked",
    "review": "somebody looks at it",
    "second_key": "the second signature is missing",
}
_UNAPPROVED: tuple[Snapshot, Mapping[str, Any]] | None = None
SEEN = "charges that were read, by the unit of whoever paid or the budget on the charge"


def at_desk(here: Here) -> bool:
    """Return whether who reads works at the desk: words for those who run it are for them."""
    return bool(here.account.roles & _DESK)


def tool_path(here: Here, tool: str) -> str:
    """Return where a tool is shown to who reads: to the desk as a tool, to others as an entry of the inventory."""
    return f"/tools/{tool}" if at_desk(here) else f"/inventory/{tool}"


def category_path(here: Here, slug: str) -> str:
    """Return where all tools of a category are listed for who reads."""
    return f"/tools?category={slug}" if at_desk(here) else f"/inventory?job={slug}&use=all"


def unapproved_tools(here: Here) -> Mapping[str, Any]:
    """Return of how many tools in use or paid for (n) how many are not approved (count, share)."""
    global _UNAPPROVED  # noqa: PLW0603 (one value, of the snapshot of the moment)
    shot = here.snapshot
    if _UNAPPROVED is None or _UNAPPROVED[0] is not shot:
        _UNAPPROVED = shot, unapproved(shot.tools)
    return _UNAPPROVED[1]


def money_in(here: Here, currency: str) -> Say:
    """Return what writes millionths of a currency, without cents."""
    return in_currency(currency, lambda micros, code: here.locale.money(micros, code, cents=False))


def total(rows: Iterable[Row], field: str) -> list[dict[str, Any]]:
    """Return money of rows added up, each currency by itself."""
    found: dict[str, int] = {}
    for row in rows:
        for one in row[field] or ():
            found[one["currency"]] = found.get(one["currency"], 0) + one["amount_micros"]
    return [{"currency": currency, "amount_micros": found[currency]} for currency in sorted(found)]


def said_money(here: Here, amounts: Sequence[Row]) -> str:
    """Return money in words: `€1,200 and US$300`."""
    return joined(here.locale.sums(amounts, cents=False))


def joined(words: Sequence[str]) -> str:
    """Return words in a sentence: `a, b and c`."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def days(value: float | None) -> str:
    """Return working days in words."""
    if value is None:
        return "unknown"
    number = f"{value:,.1f}".removesuffix(".0")
    return f"{number} day" if number == "1" else f"{number} days"


def amount(amounts: Sequence[Row] | None) -> int | None:
    """Return what sorts money: the largest of its amounts; None where it is unknown or nothing."""
    return max((one["amount_micros"] for one in amounts), default=None) if amounts else None


def category(here: Here, slug: str | None) -> str:
    """Return the title of a category."""
    return "no category" if slug is None else here.office.tools.categories.get(slug, slug.replace("_", " "))


def person(here: Here, row: Row) -> str:
    """Return a person by name where who reads may see names, else by number."""
    named = row.get("address") if here.sees_names("*") else None
    return str(named) if named else f"Person {row['person']}"


def since(figures: Figures, rows: Sequence[Row]) -> str:
    """Return what months rows tell of."""
    months = sorted({row["month"] for row in rows})
    return f"{months[0]} to {months[-1]}" if months else str(figures.as_of)[:10]
