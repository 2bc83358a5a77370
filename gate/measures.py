"""How fast and how well the gate answers, counted from what happened to cases; pure: rows in, figures out.

A day is a working day that ended (`gate.working_time`): what is decided on the day on which it came took 0. A fast lane
answers at once, so days to decision are those of people alone. Percentiles are of the nearest rank, and unknown of
fewer than `ENOUGH` cases; every figure says of how many it is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gate.cases import APPROVED
from gate.decisions import in_force
from gate.working_time import WorkingTime
from policies.risk import BANDS, UNKNOWN
from storage.times import from_ms

#: Of fewer cases a percentile says nothing.
ENOUGH = 5
#: A decision that is taken back, or decided otherwise, within so long was overturned.
OVERTURNED = timedelta(days=90)
#: Whom a case may wait for.
SIDES = ("it", "marketing", "owner")
#: How a case ends by a decision that was not made on it; however else it ends without one, it ends without an answer.
_DECIDED = "decided"
_WAITS = {"security": "it"}
_RISKS = ("technology", "customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What is counted: rows of cases, their events, all decisions and requests, each in order of time.

    `bands` leads from the digest of a state to its bands of (technology, customer) risk. All is counted from `since`
    up to `now`.
    """

    cases: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]]
    decisions: Sequence[dict[str, Any]]
    requests: Sequence[Mapping[str, Any]]
    bands: Mapping[str, tuple[str, str]]
    since: datetime
    now: datetime
    time: WorkingTime = field(default_factory=WorkingTime)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A case at a stage, waiting for a side, for so many working days."""

    stage: str
    side: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What became of one case: when it was answered first (None: not yet), by what, and where it waited until then.

    `by`: person, rule or list; None without an answer. `left` says that it ended without one. `days` are all that
    passed until the answer, or until now.
    """

    case: Mapping[str, Any]
    opened: datetime
    answered: datetime | None
    by: str | None
    left: bool
    technology: str
    customer: str
    stays: tuple[Stay, ...]
    days: int

    def waited(self, side: str) -> int:
        """Return the working days for which the case waited for a side."""
        return sum(stay.days for stay in self.stays if stay.side == side)


# --- stories ---------------------------------------------------------------------------------------------------------


def stories(rows: Rows) -> list[Story]:
    """Return what became of each case that was opened by now."""
    happened: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for event in rows.events:
        if from_ms(event["at"]) <= rows.now:
            happened[event["case_id"]].append(event)
    made = {row["id"]: row for row in rows.decisions}
    return [
        _story(case, happened[case["id"]], made, rows) for case in rows.cases if from_ms(case["opened_at"]) <= rows.now
    ]


def _story(
    case: Mapping[str, Any], events: Sequence[Mapping[str, Any]], made: Mapping[int, Mapping[str, Any]], rows: Rows
) -> Story:
    opened = from_ms(case["opened_at"])
    decided = next((event for event in events if event["kind"] == "decided"), None)
    closed = None if case["closed_at"] is None else from_ms(case["closed_at"])
    closed = closed if closed is not None and closed <= rows.now else None
    left = decided is None and closed is not None and case["stage"] != _DECIDED
    answered = closed if decided is None and not left else None
    by = "list" if answered is not None else None
    bands = (UNKNOWN, UNKNOWN)
    if decided is not None:
        answered, by = from_ms(decided["at"]), "rule" if decided["detail"].get("rule") else "person"
        bands = _bands(made.get(decided["detail"].get("decision", 0)), rows.bands)
    end = answered or closed or rows.now
    return Story(
        case=case,
        opened=opened,
        answered=answered,
        by=by,
        left=left,
        technology=bands[0],
        customer=bands[1],
        stays=tuple(_stays(opened, end, events, rows.time)),
        days=rows.time.passed(opened, end),
    )


def _bands(row: Mapping[str, Any] | None, known: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Return the bands of risk as they were when it was decided."""
    detail = {} if row is None else row["detail"]
    return known.get(detail.get("state") or "", (UNKNOWN, detail.get("customer_risk") or UNKNOWN))


def _stays(opened: datetime, end: datetime, events: Iterable[Mapping[str, Any]], time: WorkingTime) -> Iterator[Stay]:
    """Yield where a case waited, one after the other: their days add up to those of the whole."""
    stage, side, since = "new", "it", opened
    for event in events:
        at = from_ms(event["at"])
        if event["kind"] != "stage" or at > end:
            continue
        yield Stay(stage=stage, side=side, days=time.passed(since, at))
        waits = event["detail"]["waits"]
        stage, side, since = event["detail"]["to"], _WAITS.get(waits, waits), at
    yield Stay(stage=stage, side=side, days=time.passed(since, end))


def answered(rows: Rows, found: Iterable[Story]) -> list[Story]:
    """Return the stories whose answer fell into the time that is counted."""
    return [story for story in found if story.answered is not None and rows.since <= story.answered]


def waiting_now(found: Iterable[Story]) -> list[Story]:
    """Return the stories that wait for an answer now; what a rule has let in and people only look at does not."""
    return [story for story in found if story.answered is None and not story.left]


# --- percentiles -----------------------------------------------------------------------------------------------------


def median(days: Sequence[int]) -> float | None:
    """Return the middle, or the mean of the two in the middle; None of fewer than `ENOUGH`."""
    if len(days) < ENOUGH:
        return None
    ordered, half = sorted(days), len(days) // 2
    return float(ordered[half]) if len(days) % 2 else (ordered[half - 1] + ordered[half]) / 2


def p90(days: Sequence[int]) -> int | None:
    """Return the 90th percentile by nearest rank: nine of ten took so long or less; None of fewer than `ENOUGH`."""
    return sorted(days)[math.ceil(len(days) * 9 / 10) - 1] if len(days) >= ENOUGH else None


def share(count: int, of: int) -> float | None:
    """Return a part of the whole, 0..1; None of nothing."""
    return round(count / of, 4) if of else None


# --- days to decision ------------------------------------------------------------------------------------------------


def days_to_decision(rows: Rows, found: Iterable[Story]) -> list[dict[str, Any]]:
    """Return a row for all cases that people or lists decided, and one for each band of each risk that occurs.

    Fields: risk (technology, customer; null for all), band, n, median, p90 and longest of the whole, and for each side
    `SIDE_median` and `SIDE_p90` of the days for which the case waited for it.
    """
    chosen = [story for story in answered(rows, found) if story.by != "rule"]
    groups: list[tuple[str | None, str | None, list[Story]]] = [(None, None, chosen)]
    for risk in _RISKS:
        for band in (BANDS[0], UNKNOWN, *BANDS[1:]):
            of = [story for story in chosen if getattr(story, risk) == band]
            groups += [(risk, band, of)] if of else []
    return [_days(risk, band, of) for risk, band, of in groups]


def _days(risk: str | None, band: str | None, of: Sequence[Story]) -> dict[str, Any]:
    whole = [story.days for story in of]
    row = {"risk": risk, "band": band, "n": len(of), "median": median(whole), "p90": p90(whole)}
    row |= {"longest": max(whole, default=None)}
    for side in SIDES:
        waited = [story.waited(side) for story in of]
        row |= {f"{side}_median": median(waited), f"{side}_p90": p90(waited)}
    return row


# --- waiting where ---------------------------------------------------------------------------------------------------


def waiting_where(rows: Rows, found: Sequence[Story]) -> list[dict[str, Any]]:
    """Return a row a stage and side at which cases waited, where most days went first.

    Counted are cases that people or lists answered in the time, and those that wait now. Fields: stage, side, n (cases
    that were there), days, share (of all days), median and p90 (days a case), now (cases that are there now).
    """
    open_ = waiting_now(found)
    days: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for story in [*(one for one in answered(rows, found) if one.by != "rule"), *open_]:
        for stay in story.stays:
            days[stay.stage, stay.side][story.case["id"]] += stay.days
    here = [(story.stays[-1].stage, story.stays[-1].side) for story in open_]
    total = sum(sum(of.values()) for of in days.values())
    made = [_stay(key, [*of.values()], total, here.count(key)) for key, of in days.items()]
    return sorted(made, key=lambda row: (-row["days"], row["stage"], row["side"]))


def _stay(key: tuple[str, str], days: Sequence[int], total: int, now: int) -> dict[str, Any]:
    row = {"stage": key[0], "side": key[1], "n": len(days), "days": sum(days), "share": share(sum(days), total)}
    return row | {"median": median(days), "p90": p90(days), "now": now}


def backlog(rows: Rows, found: Iterable[Story]) -> dict[str, Any]:
    """Return how many cases wait now (n), how old they are in working days, and how many are late (count, share)."""
    open_ = waiting_now(found)
    ages = [story.days for story in open_]
    late = sum(s.case["due_at"] is not None and from_ms(s.case["due_at"]) < rows.now for s in open_)
    whole = {"n": len(open_), "count": late, "share": share(late, len(open_))}
    return whole | {"median": median(ages), "p90": p90(ages), "longest": max(ages, default=None)}


# --- shares ----------------------------------------------------------------------------------------------------------


def fast_lane(rows: Rows, found: Iterable[Story]) -> dict[str, Any]:
    """Return of how many answers given here (n) how many a rule gave at once (count, share)."""
    given = [story for story in answered(rows, found) if story.by != "list"]
    count = sum(story.by == "rule" for story in given)
    return {"n": len(given), "count": count, "share": share(count, len(given))}


def overturned(rows: Rows) -> dict[str, Any]:
    """Return of how many decisions on cases (n) how many were taken back or decided otherwise within 90 days.

    `open` are those younger than that which were not: they may still be.
    """
    made = [row for row in rows.decisions if from_ms(row["at"]) <= rows.now]
    of = [r for r in made if r["kind"] == "status" and "case" in r["detail"] and rows.since <= from_ms(r["at"])]
    undone = {row["object"]: from_ms(row["at"]) for row in made if row["kind"] == "undo"}
    standing: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in in_force(made):
        if row["kind"] == "status":
            standing[row["object"]].append(row)
    fell = {row["id"] for row in of if _fell(row, undone, standing[row["object"]])}
    young = sum(row["id"] not in fell and rows.now < from_ms(row["at"]) + OVERTURNED for row in of)
    return {"n": len(of), "count": len(fell), "share": share(len(fell), len(of)), "open": young}


def _fell(row: Mapping[str, Any], undone: Mapping[str, datetime], standing: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a decision fell; `standing` are those in force on the same thing."""
    until = from_ms(row["at"]) + OVERTURNED
    taken_back = undone.get(f"decision:{row['id']}")
    if taken_back is not None and taken_back <= until:
        return True
    return any(
        later["id"] > row["id"]
        and later["detail"]["status"] != row["detail"]["status"]
        and from_ms(later["at"]) <= until
        for later in standing
    )


def requested_before(rows: Rows, found: Iterable[Story]) -> dict[str, Any]:
    """Return of how many tools that came to the gate first in this time (n) how many were asked for before (count).

    A tool that was found in use and asked for afterwards was found; one that a case left as not Marketing's is neither.
    """
    came = [(from_ms(row["at"]), 0, row["tool_id"]) for row in rows.requests if from_ms(row["at"]) <= rows.now]
    came += [(one.opened, int(one.case["kind"] == "found"), one.case["tool_id"]) for one in found if not one.left]
    first: dict[str, tuple[datetime, int]] = {}
    for at, was_found, tool in sorted(came):
        first.setdefault(tool, (at, was_found))
    new = [was_found for at, was_found in first.values() if rows.since <= at]
    count = new.count(0)
    return {"n": len(new), "count": count, "share": share(count, len(new))}


def unapproved(tools: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return of how many tools that people use or money goes to (n) how many are not approved (count, share).

    `tools` are rows of the listing of tools; those that are noise are not counted.
    """
    used = [row for row in tools if not row["noise"] and (row["people"] or row["spend_12m"])]
    count = sum(row["status"] not in APPROVED for row in used)
    return {"n": len(used), "count": count, "share": share(count, len(used))}
