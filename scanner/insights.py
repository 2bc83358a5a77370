"""Insights: tools that do one job, people on whom a tool hangs, spend outside IT, cost a person, and what is unused.

Everything is counted from the same world that the facts are derived from, by the functions that derive them, so that
a page of insights and the facts of a tool never disagree. Money is never added across currencies.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from model.facts import UNANSWERED, VOCABULARY, Facts, Known, Value
from scanner.facts import grants, ownership, people, spend
from scanner.facts.assigned import assigned
from scanner.facts.world import Subject, World, ms
from storage.times import from_ms, month_text

#: Currency -> millionths.
Money = dict[str, int]
#: Of so much of the money of a month the unit must be known, or no share is said.
PLACED = Fraction(4, 5)


def listed(amounts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return money as listings have it, by currency."""
    return [{"currency": currency, "amount_micros": amounts[currency]} for currency in sorted(amounts)]


def summed(charges: Iterable[Any]) -> Money:
    """Return charges added up, each currency by itself."""
    found: Money = {}
    for charge in charges:
        found[charge.currency] = found.get(charge.currency, 0) + int(charge.amount_micros)
    return found


def added(many: Iterable[Mapping[str, int]]) -> Money:
    """Return money added up, each currency by itself."""
    found: Money = {}
    for amounts in many:
        for currency, amount in amounts.items():
            found[currency] = found.get(currency, 0) + amount
    return found


def amounts(money: Iterable[Mapping[str, Any]]) -> Money:
    """Return money as listings have it, by currency."""
    return {one["currency"]: one["amount_micros"] for one in money}


def divided(amounts: Mapping[str, int], by: int) -> Money:
    """Return each amount divided by a count, rounded half to even. Raises ZeroDivisionError."""
    return {currency: round(Fraction(amount, by)) for currency, amount in amounts.items()}


def in_base(amounts: Mapping[str, int], base: str | None) -> list[dict[str, Any]] | None:
    """Return money in the base currency, None where a part of it is in another."""
    return None if base is None or set(amounts) - {base} else listed(amounts)


def value(facts: Facts, name: str) -> Value | None:
    """Return the value of a fact, None where it is unknown."""
    fact = facts.get(name)
    return fact.value if isinstance(fact, Known) else None


def reason(facts: Facts, name: str) -> str | None:
    """Return why a fact is unknown; None where it is known."""
    fact = facts.get(name)
    if fact is None:
        return UNANSWERED if VOCABULARY[name].question else "no source at hand gives it"
    return None if isinstance(fact, Known) else fact.reason


def users(subject: Subject, world: World) -> frozenset[int]:
    """Return who used a tool within 90 days, as `people.count` counts them."""
    return frozenset(people.recent(subject, world, 90))


def visible(world: World) -> Iterator[Subject]:
    """Yield the tools that are not noise."""
    return (subject for _, subject in sorted(world.subjects.items()) if not subject.noise)


# --- overlap ---------------------------------------------------------------------------------------------------------


def overlap(world: World, known: Mapping[str, Facts]) -> list[dict[str, Any]]:
    """Return a row a category in which two tools or more are in use, those with most shared people first.

    `people` are those seen in any of the tools, `shared_people` those seen in two or more; `people_unknown` names the
    tools of which it is not known who uses them, `spend_unknown` those whose spend is not. Counts are null where no
    tool's people are known.
    """
    since = ms(world.since(90))
    found: dict[str, list[Subject]] = defaultdict(list)
    for subject in visible(world):
        if subject.category and subject.lively(since):
            found[subject.category].append(subject)
    rows = [_overlap(category, tools, world, known) for category, tools in found.items() if len(tools) > 1]
    return sorted(rows, key=lambda row: (-(row["shared_people"] or 0), -len(row["tools"]), row["category"]))


def _overlap(category: str, subjects: Sequence[Subject], world: World, known: Mapping[str, Facts]) -> dict[str, Any]:
    subjects = sorted(subjects, key=lambda subject: (-len(users(subject, world)), subject.name.casefold(), subject.id))
    seen = Counter(number for subject in subjects for number in users(subject, world))
    shared = sum(count > 1 for count in seen.values())
    money = added(summed(subject.charges) for subject in subjects)
    blind = [s for s in subjects if value(known[s.id], "people.count") is None]
    told = bool(seen) or len(blind) < len(subjects)
    return {
        "category": category,
        "tools": [subject.name for subject in subjects],
        "tool_ids": [subject.id for subject in subjects],
        "approved": [s.name for s in subjects if s.status in {"approved", "approved_with_conditions"}],
        "people": len(seen) if told else None,
        "shared_people": shared if told else None,
        "shared_share": round(shared / len(seen), 4) if seen else None,
        "people_unknown": [s.name for s in blind],
        "spend_12m": listed(money),
        "spend_12m_base": in_base(money, world.company.base_currency),
        "spend_unknown": [s.name for s in subjects if value(known[s.id], "spend.annual") is None],
    }


# --- key people ------------------------------------------------------------------------------------------------------


def key_people(world: World, known: Mapping[str, Facts], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return a row a person and tool where that person alone administers, pays, owns or gave the grants.

    A role counts only where the fact behind it is known: one payer seen where others could not be read proves nothing.
    Those who hold most tools alone come first. `names` are how listings name persons.
    """
    rows = []
    for subject in visible(world):
        alone: dict[int, list[str]] = defaultdict(list)
        for role, number in _alone(subject, world, known[subject.id]):
            alone[number].append(role)
        rows += [_key_person(subject, world, number, roles, names) for number, roles in sorted(alone.items())]
    tools = Counter(row["person"] for row in rows)
    told = [row | {"tools_alone": tools[row["person"]]} for row in rows]
    return sorted(told, key=lambda row: (-row["tools_alone"], row["person"], row["tool"].casefold(), row["tool_id"]))


def _alone(subject: Subject, world: World, facts: Facts) -> Iterator[tuple[str, int]]:
    """Yield (role, person) of everybody who alone has a role."""
    having: dict[str, tuple[str, Callable[[], set[int]]]] = {
        "administers": ("access.admins", lambda: _admins(subject, world)),
        "pays": ("spend.payers", lambda: {c.person_id for c in subject.charges if c.person_id}),
        "gave the grants": ("grants.people", lambda: _granted(subject, world)),
    }
    for role, (fact, of) in having.items():
        holders = of() if value(facts, fact) == 1 else set()
        if len(holders) == 1:
            yield role, next(iter(holders))
    owners = _owners(subject, world)
    if len(owners) == 1:
        yield "owns", next(iter(owners))


def _admins(subject: Subject, world: World) -> set[int]:
    found = assigned(subject, world)
    given = getattr(found, "people", {})
    return {number for number, rows in given.items() if any(row["facts"].get("admin") for row in rows)}


def _granted(subject: Subject, world: World) -> set[int]:
    return {grant["person_id"] for grant in grants.active(subject, world) if grant["person_id"]}


def _owners(subject: Subject, world: World) -> set[int]:
    """Return who is recorded as an owner or deputy, by a list or by a decision."""
    sides = (ownership.BUSINESS, ownership.TECHNICAL, ownership.DEPUTY)
    return {one.person for side in sides for one in ownership.named(side, subject, world) if one.person}


def _key_person(
    subject: Subject, world: World, number: int, roles: Sequence[str], names: Mapping[int, str]
) -> dict[str, Any]:
    person = world.people.get(number)
    return {
        "person": names.get(number),
        "unit": None if person is None else person.unit,
        "left": world.has_left(number),
        "tool_id": subject.id,
        "tool": subject.name,
        "status": subject.status,
        "roles": list(roles),
        "people": len(users(subject, world)),
        "spend_12m": listed(summed(subject.charges)),
    }


# --- money -----------------------------------------------------------------------------------------------------------


def outside_it(world: World) -> list[dict[str, Any]]:
    """Return a row a month and currency: what tools cost, and which part was not paid by IT; the latest month first.

    `share` is null where the unit that paid is known for less than four fifths of the money, or no unit of IT is.
    """
    found: dict[tuple[int, str], dict[bool | None, list[Any]]] = defaultdict(lambda: defaultdict(list))
    tools: dict[tuple[int, str], set[str]] = defaultdict(set)
    zone = ZoneInfo(world.company.timezone)
    for subject in visible(world):
        for charge in (*subject.earlier, *subject.charges):
            key = (local_month(charge.seen_at, zone), charge.currency)
            found[key][spend.is_it(charge, world) if world.company.it_units else None].append(charge)
            tools[key].add(subject.id)
    order = sorted(found, key=lambda key: (-key[0], key[1]))
    return [{"month": month_text(k[0]), **split(k[1], found[k]), "tools": len(tools[k])} for k in order]


def local_month(at: int, zone: ZoneInfo) -> int:
    """Return the month of a time as YYYYMM, as the company counts months."""
    day = from_ms(at).astimezone(zone)
    return day.year * 100 + day.month


def split(currency: str, by_side: Mapping[bool | None, Sequence[Any]]) -> dict[str, Any]:
    """Return charges of one currency by who paid: IT (true), another unit (false), nobody knows (null)."""
    inside, outside, unplaced = (_sum(by_side.get(side, ())) for side in (True, False, None))
    gross = {side: sum(abs(c.amount_micros) for c in charges) for side, charges in by_side.items()}
    placed = Fraction(gross.get(True, 0) + gross.get(False, 0), sum(gross.values())) if sum(gross.values()) else 0
    sure = placed >= PLACED and inside + outside > 0
    return {
        "currency": currency,
        "total": listed({currency: inside + outside + unplaced}),
        "outside": listed({currency: outside}) if placed else None,
        "inside": listed({currency: inside}) if placed else None,
        "unplaced": listed({currency: unplaced}),
        "share": round(min(max(outside / (inside + outside), 0.0), 1.0), 4) if sure else None,
    }


def _sum(charges: Iterable[Any]) -> int:
    return sum(int(charge.amount_micros) for charge in charges)


def costs(world: World, known: Mapping[str, Facts], brought: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a row a tool that money went to: the cost a year and for each active person, the dearest a person first.

    `brought` are outcomes of the last 12 months, by tool (leads, reach, revenue as money). What is null is unknown;
    `why` says why the cost in the base currency is.
    """
    rows = [_cost(s, known[s.id], brought.get(s.id, {}), world) for s in visible(world) if s.charges]
    return sorted(rows, key=lambda row: (-_largest(row["per_person"]), row["tool"].casefold(), row["tool_id"]))


def _cost(subject: Subject, facts: Facts, brought: Mapping[str, Any], world: World) -> dict[str, Any]:
    money, count = summed(subject.charges), value(facts, "people.count")
    each = divided(money, count) if isinstance(count, int) and count else None
    of_base = value(facts, "spend.per_active_person")
    per_base = {world.company.base_currency or "": of_base} if isinstance(of_base, int) else None
    leads = brought.get("leads")
    return {
        "tool_id": subject.id,
        "tool": subject.name,
        "category": subject.category,
        "people": count,
        "spend_12m": listed(money),
        "spend_12m_base": in_base(money, world.company.base_currency),
        "per_person": None if each is None else listed(each),
        "per_person_base": None if per_base is None else listed(per_base),
        "leads_12m": leads,
        "reach_12m": brought.get("reach"),
        "revenue_12m": brought.get("revenue"),
        "cost_per_lead": listed(divided(money, leads)) if leads else None,
        "why": reason(facts, "spend.per_active_person"),
    }


def _largest(amounts: Sequence[Mapping[str, Any]] | None) -> int:
    return max((amount["amount_micros"] for amount in amounts or ()), default=-1)


# --- unused, unpaid, renewals ----------------------------------------------------------------------------------------


def unused(world: World, known: Mapping[str, Facts]) -> list[dict[str, Any]]:
    """Return the tools that are paid and that nobody uses, and those that are used and that nobody is seen to pay.

    Both need to be known: a tool of which nobody was seen, where a stream was refused, is neither.
    """
    rows = []
    for subject in visible(world):
        facts, money = known[subject.id], summed(subject.charges)
        count, paid = value(facts, "people.count"), value(facts, "spend.annual")
        if any(amount > 0 for amount in money.values()) and count == 0:
            rows.append(_waste("paid_unused", subject, facts, money))
        elif paid == 0 and not money and isinstance(count, int) and count:
            rows.append(_waste("used_unpaid", subject, facts, money))
    return sorted(
        rows, key=lambda row: (row["kind"], -_largest(row["spend_12m"]), -row["people"], row["tool"].casefold())
    )


def _waste(kind: str, subject: Subject, facts: Facts, money: Money) -> dict[str, Any]:
    return {
        "kind": kind,
        "tool_id": subject.id,
        "tool": subject.name,
        "category": subject.category,
        "status": subject.status,
        "people": value(facts, "people.count"),
        "last_used": _day(value(facts, "people.last_used")),
        "spend_12m": listed(money),
        "last_charge": _day(value(facts, "spend.last_charge")),
    }


def undecided(world: World, known: Mapping[str, Facts]) -> int:
    """Return of how many tools it cannot be said whether they are used and paid."""
    lacking = ("people.count", "spend.annual")
    return sum(any(value(known[s.id], name) is None for name in lacking) for s in visible(world))


def _day(found: Value | None) -> str | None:
    return found.isoformat() if isinstance(found, date) else None


def seats(world: World, known: Mapping[str, Facts]) -> list[dict[str, Any]]:
    """Return a row a tool whose bought seats are known, those whose unused seats cost most first."""
    rows = [
        _seats(s, known[s.id], world) for s in visible(world) if value(known[s.id], "spend.seats_bought") is not None
    ]
    return sorted(
        rows, key=lambda row: (-_largest(row["unused_cost_base"]), -(row["seats_unused"] or 0), row["tool_id"])
    )


def _seats(subject: Subject, facts: Facts, world: World) -> dict[str, Any]:
    bought, part = value(facts, "spend.seats_bought"), value(facts, "spend.seats_unused_share")
    whole = value(facts, "spend.annual")
    assert isinstance(bought, int)
    left = None if not isinstance(part, float) else round(bought * part)
    cost = round(Fraction(whole * left, bought)) if isinstance(whole, int) and left is not None and bought else None
    return {
        "tool_id": subject.id,
        "tool": subject.name,
        "seats_bought": bought,
        "people": value(facts, "people.count"),
        "seats_unused": left,
        "unused_share": None if not isinstance(part, float) else round(part, 4),
        "spend_12m": listed(summed(subject.charges)),
        "unused_cost_base": None if cost is None else listed({world.company.base_currency or "": cost}),
        "why": reason(facts, "spend.seats_unused_share"),
    }


def renewals(world: World, known: Mapping[str, Facts]) -> list[dict[str, Any]]:
    """Return a row a tool whose contract has an end that is known, the first to be decided first.

    `decide_by` is the last day of notice, or the end where no notice is known; `days_left` counts to it and is negative
    where it has passed.
    """
    rows = [_renewal(s, known[s.id], world) for s in visible(world) if value(known[s.id], "contract.end") is not None]
    return sorted(rows, key=lambda row: (row["decide_by"], row["tool"].casefold(), row["tool_id"]))


def _renewal(subject: Subject, facts: Facts, world: World) -> dict[str, Any]:
    end, notice = value(facts, "contract.end"), value(facts, "contract.notice_deadline")
    by = notice if isinstance(notice, date) else end
    assert isinstance(by, date)
    money = summed(subject.charges)
    return {
        "tool_id": subject.id,
        "tool": subject.name,
        "end": _day(end),
        "decide_by": by.isoformat(),
        "days_left": (by - world.as_of.date()).days,
        "auto_renews": value(facts, "contract.auto_renews"),
        "decided": value(facts, "contract.renewal_decided"),
        "spend_12m": listed(money),
        "why": reason(facts, "contract.notice_deadline"),
    }
