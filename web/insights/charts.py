"""The charts of insights: each answers one question by its title, and has the numbers beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from web.charts import (
    Bar,
    Chart,
    Part,
    Range,
    Renewal,
    Share,
    Words,
    bars,
    distribution,
    each_currency,
    months,
    ranges,
    shares,
)
from web.charts import renewals as calendar
from web.here import Here
from web.insights.said import SEEN, SIDES, STAGES, Row, category, days, money_in, person, tool_path
from web.ports.insights import Decided, Figures

#: So many bars are drawn; the list below has all.
_MOST = 12


def outside(here: Here, figures: Figures, rows: Sequence[Row]) -> list[Chart]:
    """Draw what tools cost by month, and who paid; the currencies of the rows that are listed."""
    listed = {row["currency"] for row in rows}
    found: dict[str, list[Row]] = defaultdict(list)
    for row in (one for one in figures.lists["months"] if one["currency"] in listed):
        found[row["currency"]].append(row)
    order = sorted(found, key=lambda currency: (currency != figures.currency, -len(found[currency]), currency))
    return [_outside(here, currency, found[currency]) for currency in order]


def _outside(here: Here, currency: str, rows: Sequence[Row]) -> Chart:
    parts = (Part("not paid by IT", "second"), Part("paid by IT"), Part("nobody knows who paid", "unsure"))
    columns = [Bar(row["month"], tuple(_of(row[name]) for name in ("outside", "inside", "unplaced"))) for row in rows]
    said = money_in(here, currency)
    words = Words(
        key=f"outside-{currency.lower()}" if currency.isascii() and currency.isalpha() else "outside-other",
        title=_outside_title(here, currency, rows),
        source=SEEN,
        empty=f"No charge in {currency} was read.",
    )
    return months(words, columns, said=said, parts=parts)


def _of(amounts: Sequence[Row] | None) -> int:
    return sum(one["amount_micros"] for one in amounts or ())


def _outside_title(here: Here, currency: str, rows: Sequence[Row]) -> str:
    paid, other, unplaced = (sum(_of(row[name]) for row in rows) for name in ("inside", "outside", "unplaced"))
    if unplaced > paid + other:
        return f"Of most of what tools cost in {currency} nobody knows who paid"
    if other + paid <= 0:
        return f"What tools cost in {currency} by month"
    share = here.locale.share(min(max(other / (other + paid), 0.0), 1.0))
    return f"Of what tools cost in {currency}, others than IT paid {share}"


def overlap(here: Here, _figures: Figures, rows: Sequence[Row]) -> list[Chart]:
    """Draw where people work in two tools of one kind."""
    shown = [Bar(category(here, row["category"]), (row["shared_people"],)) for row in rows[:_MOST]]
    words = Words(
        key="overlap",
        title=_overlap_title(here, rows),
        source="sign-ins and other traces of use of the last 90 days",
        empty="Of no kind of work it is known who uses two tools.",
    )
    return (
        [bars(words, shown, said=_people, parts=(Part("work in two or more"),), label="Kind of work")] if rows else []
    )


def _people(value: float) -> str:
    return f"{value:,.0f} {'person' if value == 1 else 'people'}"


def _overlap_title(here: Here, rows: Sequence[Row]) -> str:
    known = [row for row in rows if row["shared_people"]]
    if not known:
        return "Nobody is known to work in two tools of one kind"
    most = max(known, key=lambda row: row["shared_people"])
    return f"Most people work in two tools of one kind in {category(here, most['category']).lower()}"


def people(here: Here, _figures: Figures, rows: Sequence[Row]) -> list[Chart]:
    """Draw on whom most tools hang."""
    tools: dict[int, set[str]] = defaultdict(set)
    named: dict[int, str] = {}
    for row in rows:
        tools[row["person"]].add(row["tool_id"])
        named[row["person"]] = person(here, row)
    order = sorted(tools, key=lambda number: (-len(tools[number]), named[number]))
    shown = [Bar(named[number], (len(tools[number]),), f"/insights/people?person={number}") for number in order[:_MOST]]
    if not shown:
        return []
    most = len(tools[order[0]])
    words = Words(
        key="people",
        title=f"{most} {'tool hangs' if most == 1 else 'tools hang'} on one and the same person",
        source="lists of owners and administrators, charges, and rights that were given",
        empty="No tool hangs on one person alone.",
    )
    return [bars(words, shown, said=_tools, parts=(Part("tools that hang on them"),), label="Person")]


def _tools(value: float) -> str:
    return f"{value:,.0f} {'tool' if value == 1 else 'tools'}"


def cost(here: Here, figures: Figures, rows: Sequence[Row]) -> list[Chart]:
    """Draw which tools cost most for each person."""
    held = each_currency(
        (row["tool"], (row["per_person"],), tool_path(here, row["tool_id"])) for row in rows if row["per_person"]
    )
    found = []
    for currency in sorted(held, key=lambda name: (name != figures.currency, name)):
        order = sorted(held[currency], key=lambda bar: -(bar.total or 0))[:_MOST]
        words = Words(
            key=f"cost-{currency.lower()}" if currency.isascii() and currency.isalpha() else "cost-other",
            title=f"In {currency}, {order[0].label} costs most for each person who uses it",
            source="charges of the last 12 months, divided by the people seen in the last 90 days",
            empty="Of no tool both is known.",
        )
        found.append(bars(words, order, said=money_in(here, currency), parts=(Part("for each person"),), label="Tool"))
    return found


def seats(here: Here, _figures: Figures, rows: Sequence[Row]) -> list[Chart]:
    """Draw how many of the bought seats are used."""
    shown = [
        Share(
            row["tool"],
            None if row["seats_unused"] is None else row["seats_bought"] - row["seats_unused"],
            row["seats_bought"],
            href=tool_path(here, row["tool_id"]),
        )
        for row in rows[:_MOST]
    ]
    unused = sum(row["seats_unused"] or 0 for row in rows)
    words = Words(
        key="seats",
        title=f"{unused:,} bought {'seat is' if unused == 1 else 'seats are'} not used by anybody",
        source="seats as an owner or a contract says, people as they were seen in the last 90 days",
        empty="Of no tool it is known how many seats were bought.",
    )
    return (
        [shares(words, shown, said=lambda value: f"{value:,.0f}", label="Tool", yes="used", no="not used")]
        if shown
        else []
    )


def renewals(here: Here, figures: Figures, rows: Sequence[Row]) -> list[Chart]:
    """Draw which contracts are to be decided by when."""
    shown = [
        Renewal(
            date.fromisoformat(row["decide_by"]),
            row["tool"],
            "decided" if row["decided"] else "renews" if row["auto_renews"] else "decide",
            note=", ".join(here.locale.sums(row["spend_12m"], cents=False)) or "none seen",
            href=tool_path(here, row["tool_id"]),
        )
        for row in rows
    ]
    soon = sum(0 <= row["days_left"] <= 90 and not row["decided"] for row in rows)
    words = Words(
        key="renewals",
        title=f"{soon} {'contract is' if soon == 1 else 'contracts are'} to be decided within 90 days",
        source="contracts as owners and documents say",
        empty="Of no contract the end is known.",
    )
    today = date.fromisoformat(str(figures.as_of)[:10])
    return [calendar(words, shown, today=today, unknown_ends=figures.ends_unknown, note="12 months")] if rows else []


def decisions(decided: Decided) -> list[Chart]:
    """Draw how many working days it took until people decided."""
    whole = decided.rows[0] if decided.rows else {}
    middle = whole.get("median")
    words = Words(
        key="decisions",
        title="Too few were decided to say how long a decision takes" if middle is None
        else f"Half of the decisions took {days(middle)} or less",
        source="what happened to each tool that waited for a decision; a day is a working day that ended",
        empty="Nobody has decided on a tool in this time.",
    )  # fmt: skip
    return [
        distribution(words, decided.days, median=middle, p90=whole.get("p90"), said=days, waiting=decided.backlog["n"])
    ]


def waiting(rows: Sequence[Row]) -> list[Chart]:
    """Draw where the days go."""
    if not rows or not rows[0]["days"]:
        return []
    shown = [Bar(where(row), (row["days"],)) for row in rows]
    words = Words(
        key="waiting",
        title=f"Most days go by while {STAGES.get(rows[0]['stage'], 'it waits')}",
        source="what happened to each tool that waited for a decision, in working days",
        empty="Nothing has waited for a day.",
    )
    return [bars(words, shown, said=days, parts=(Part("working days"),), label="While")]


def where(row: Row) -> str:
    """Return at what, and for whom, tools waited."""
    stage = STAGES.get(row["stage"], row["stage"].replace("_", " "))
    return f"{stage[:1].upper()}{stage[1:]} (for {SIDES.get(row['side'], row['side'])})"


def answers(rows: Sequence[Row]) -> list[Chart]:
    """Draw how good the answers are."""
    shown = [Share(row["about"], row["count"], row["n"], href=row["href"]) for row in rows]
    words = Words(
        key="answers",
        title=_answers_title(rows),
        source="decisions and requests that were recorded, and the list of tools",
        empty="There was nothing to decide in this time.",
    )
    return [shares(words, shown, said=lambda value: f"{value:,.0f}", label="Measure")]


def _answers_title(rows: Sequence[Row]) -> str:
    last = rows[-1]
    if not last["n"]:
        return "No tool is in use or paid for yet"
    return f"Of {last['n']:,} tools in use or paid for, {last['count']:,} are not approved"


def forecasts(here: Here, rows: Sequence[Row]) -> list[Chart]:
    """Draw whether it cost what was forecast."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["currency"] or "no currency"].append(row)
    return [_forecast(here, currency, of) for currency, of in sorted(found.items())]


def _forecast(here: Here, currency: str, rows: Sequence[Row]) -> Chart:
    closed = [row for row in rows if row["complete"]]
    held = sum(bool(row["inside"]) for row in closed)
    shown = [
        Range(row["tool"], row["low_micros"], row["actual_micros"], row["high_micros"], tool_path(here, row["tool_id"]))
        for row in rows[:_MOST]
    ]
    words = Words(
        key=f"forecasts-{currency.lower()}" if currency.isascii() and currency.isalpha() else "forecasts-other",
        title=f"{held} of {len(closed)} finished connections cost what was forecast" if closed
        else "No connection that was forecast is finished yet",
        source="forecasts that were kept before the work, and the hours entered for it",
        empty="No forecast was kept yet.",
    )  # fmt: skip
    return ranges(words, shown, said=money_in(here, currency), label="Tool", likely="spent so far")


#: Page of insights -> what draws its charts.
DRAWN: Mapping[str, Callable[[Here, Figures, Sequence[Row]], list[Chart]]] = {
    "outside": outside,
    "overlap": overlap,
    "people": people,
    "cost": cost,
    "seats": seats,
    "renewals": renewals,
}
