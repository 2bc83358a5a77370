"""`ostiary insights gate`, `decisions` and `waiting`: how fast the gate answers, and how well."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import click

from commands.figures import listed_tools
from commands.listing import Listing, limit_option, show
from commands.opening import Desk, reading
from commands.shape import Program, command, pass_program
from gate import measures
from gate.measures import ENOUGH, Rows, Story
from gate.working_time import WorkingTime
from reports.columns import Column, number, said, share
from reports.words import UNKNOWN, plural
from reports.words import money as money_text
from reports.words import share as share_text
from scanner.facts.reading import world
from scanner.headline import outside
from storage import kept
from storage import measures as stored
from storage.times import from_ms

_FEW = f"Of fewer than {ENOUGH} cases no median is said; n says of how many a figure is. Days are working days."
_NO_CASES = "No case was opened yet. `ostiary scan` or `ostiary ingest` opens one for what Marketing uses or bought."
_SIDES = {"it": "IT", "marketing": "Marketing", "owner": "the owner"}
_STAGES = {
    "new": "nobody has taken it up",
    "questions": "questions are asked",
    "review": "somebody looks at it",
    "second_key": "the second signature is missing",
}

days_option = click.option(
    "--days", type=click.IntRange(1, 3660), default=365, show_default=True, help="Count back so many days."
)


def _spell(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,.1f}".removesuffix(".0")


def _days(field: str, title: str, *, rank: int = 0) -> Column:
    return Column(title=title, cell=lambda row, _z: _spell(row[field]), rank=rank, right=True)


class Counted:
    """What the measures are counted from, read once; as of --as-of, else of the last run or of what happened since."""

    def __init__(self, desk: Desk, days: int) -> None:
        """`days` is how far back to count."""
        self._desk, self._days = desk, days

    @functools.cached_property
    def rows(self) -> Rows:
        """The rows of the store."""
        at, time = self._desk.as_of_ms(), _working_time(self._desk)
        with self._desk.store.read() as connection:
            events, ruled = stored.events(connection), kept.decisions(connection)
            now = self._now(at, [row["at"] for row in (*events, *ruled)])
            return Rows(
                cases=stored.cases(connection),
                events=events,
                decisions=ruled,
                requests=stored.requests(connection),
                bands=stored.bands(connection),
                since=now - timedelta(days=self._days),
                now=now,
                time=time,
            )

    @functools.cached_property
    def stories(self) -> list[Story]:
        """What became of each case."""
        return measures.stories(self.rows)

    def _now(self, at: int, happened: Sequence[int]) -> datetime:
        return from_ms(at if self._desk.as_of is not None else max([at, *happened]))


def _working_time(desk: Desk) -> WorkingTime:
    set_ = desk.settings.gate
    return WorkingTime(zone=desk.company.timezone, holidays=set_.holidays, weekend=set_.weekend)


# --- the figures -----------------------------------------------------------------------------------------------------


def _value(row: Mapping[str, Any], _zone: object) -> str:
    told = [share_text(row["share"])] if row["share"] is not None else []
    told += [money_text(row["money"])] if row["money"] else []
    if row["median"] is not None:
        told.append(f"{_spell(row['median'])} days")
    return "\n".join(told) or UNKNOWN


def _of_days(row: Mapping[str, Any], field: str) -> str:
    return _spell(row[field]) if row["figure"] in _IN_DAYS else "-"


#: The figures that are numbers of days; the others are parts of a whole.
_IN_DAYS = frozenset({"days_to_decision", "backlog_age"})
MEASURES = Listing(
    noun="figure",
    fields=("figure", "n", "count", "share", "median", "p90", "longest", "money", "about", "see"),
    columns=(
        Column(title="Figure", cell=_value, right=True),
        number("n", "n"),
        Column(title="What it is", cell=lambda row, _z: said(row["about"]), wraps=True, least=30),
        Column(title="9 of 10 within", cell=lambda row, _z: _of_days(row, "p90"), right=True, rank=2),
        Column(title="Longest", cell=lambda row, _z: _of_days(row, "longest"), right=True, rank=3),
        Column(title="The list behind it", cell=lambda row, _z: row["see"], rank=1),
    ),
    empty=_NO_CASES,
)


@command("insights gate --days 90", name="gate")
@days_option
@pass_program
def gate(program: Program, *, days: int) -> None:
    """Show how fast the gate answers and how well: days, backlog, fast lane, overturned, asked before, shadow."""
    with reading(program) as desk:
        counted = Counted(desk, days)
        rows = figures(desk, counted) if counted.rows.cases or counted.rows.requests else []
        show(desk, MEASURES, rows, limit=0, notes=lambda: [_FEW])


def figures(desk: Desk, counted: Counted) -> list[dict[str, Any]]:
    """Return the headline figures: figure, n, count, share, median, p90, longest, money, about, see."""
    rows, stories = counted.rows, counted.stories
    return [
        _decided(measures.days_to_decision(rows, stories)[0]),
        _waits(measures.waiting_where(rows, stories)),
        _late(measures.backlog(rows, stories)),
        _figure("fast_lane", measures.fast_lane(rows, stories), "of the answers were a rule's, at once", "decisions"),
        _overturned(measures.overturned(rows)),
        _figure(
            "requested_before",
            measures.requested_before(rows, stories),
            "of the tools that came to the gate were asked for before somebody used them",
            "cases",
        ),
        *_shadow_money(desk),
        _shadow_tools(listed_tools(desk)),
    ]


def _figure(name: str, found: Mapping[str, Any], about: str, see: str, **more: Any) -> dict[str, Any]:
    listing = see if see in {"cases", "tools", "review decisions"} else f"insights {see}"
    row: dict[str, Any] = dict.fromkeys(MEASURES.fields[1:-2])
    row |= {field: found[field] for field in row if field in found} | more
    return {"figure": name, **row, "about": about, "see": f"ostiary {listing}"}


def _decided(found: Mapping[str, Any]) -> dict[str, Any]:
    return _figure(
        "days_to_decision", found, "until people decided: half of the cases took so long or less", "decisions"
    )


def _waits(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if not found or not found[0]["days"]:
        return _figure("waiting_where", {"n": len(found) and found[0]["n"]}, "no case has waited for a day", "waiting")
    first = found[0]
    about = f"of all days went by while {_where(first)}"
    return _figure("waiting_where", {"n": first["n"], "share": first["share"]}, about, "waiting")


def _where(row: Mapping[str, Any]) -> str:
    stage = _STAGES.get(row["stage"], row["stage"].replace("_", " "))
    return f"{stage} (for {_SIDES.get(row['side'], row['side'])})"


def _late(found: Mapping[str, Any]) -> dict[str, Any]:
    about = f"of the cases that wait now are late; {found['count']} of {found['n']}"
    return _figure("backlog_age", found, about if found["n"] else "no case waits", "cases")


def _overturned(found: Mapping[str, Any]) -> dict[str, Any]:
    young = f"; {found['open']} more are younger than that" if found["open"] else ""
    about = f"of the decisions were taken back or decided otherwise within 90 days{young}"
    return _figure("overturned", found, about, "review decisions")


def _shadow_money(desk: Desk) -> list[dict[str, Any]]:
    """Return spend outside IT, as `insights` has it."""
    at, company, index = desk.as_of_ms(), desk.company, desk.index
    with desk.store.read() as connection:
        seen = world(connection, company, at, kept.decisions(connection), index)
    return [
        _figure("shadow_spend", {}, row["about"], "outside", share=row["share"], money=row["money"])
        for row in outside(seen)
    ]


def _shadow_tools(tools: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found = measures.unapproved(tools)
    return _figure("shadow_tools", found, "of the tools that people use or money goes to are not approved", "tools")


# --- the lists behind them -------------------------------------------------------------------------------------------

DECIDED = Listing(
    noun="row",
    fields=(
        *("risk", "band", "n", "median", "p90", "longest"),
        *(f"{side}_{name}" for side in measures.SIDES for name in ("median", "p90")),
    ),
    columns=(
        Column(title="Cases", cell=lambda row, _z: f"{row['risk']} risk {row['band']}" if row["risk"] else "all"),
        number("n", "n"),
        _days("median", "Median"),
        _days("p90", "9 of 10 within"),
        _days("longest", "Longest", rank=5),
        _days("it_median", "IT's part", rank=1),
        _days("marketing_median", "Marketing's", rank=2),
        _days("owner_median", "The owner's", rank=3),
        _days("it_p90", "IT, 9 of 10", rank=4),
        _days("marketing_p90", "Marketing, 9 of 10", rank=6),
        _days("owner_p90", "Owner, 9 of 10", rank=7),
    ),
    empty=_NO_CASES,
    covered=False,
)


@command("insights decisions --format csv", name="decisions")
@days_option
@limit_option
@pass_program
def decisions(program: Program, *, days: int, limit: int | None) -> None:
    """List the working days until people decided, by band of risk, and for whom cases waited in them."""
    with reading(program) as desk:
        counted = Counted(desk, days)
        rows = measures.days_to_decision(counted.rows, counted.stories) if counted.rows.cases else []
        show(desk, DECIDED, rows, limit=limit, notes=lambda: [_FEW])


WAITING = Listing(
    noun="row",
    fields=("stage", "side", "n", "days", "share", "median", "p90", "now"),
    columns=(
        Column(title="While", cell=lambda row, _z: _STAGES.get(row["stage"], said(row["stage"])), wraps=True, least=14),
        Column(title="Waiting for", cell=lambda row, _z: _SIDES.get(row["side"], said(row["side"]))),
        number("n", "n"),
        number("days", "Days"),
        share("share", "Share"),
        _days("median", "Median", rank=1),
        _days("p90", "9 of 10 within", rank=2),
        number("now", "There now", rank=3),
    ),
    empty=_NO_CASES,
    covered=False,
)


@command("insights waiting --days 90", name="waiting")
@days_option
@limit_option
@pass_program
def waiting(program: Program, *, days: int, limit: int | None) -> None:
    """List where cases wait: at which stage and for whom, with the working days that went by there."""
    with reading(program) as desk:
        counted = Counted(desk, days)
        rows = measures.waiting_where(counted.rows, counted.stories)
        late = measures.backlog(counted.rows, counted.stories)
        told = f"{plural(late['n'], 'case')} {'waits' if late['n'] == 1 else 'wait'} now, {late['count']} of them late."
        show(desk, WAITING, rows, limit=limit, notes=lambda: [told, _FEW])
