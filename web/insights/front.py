"""The first page of insights: one figure each, with a sentence that says what it is, and the list behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate.measures import unapproved
from reports.words import plural
from web.here import Here
from web.insights.said import SIDES, STAGES, Row, days, said_money, total
from web.ports.insights import Decided, Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: what is shown large (None: unknown), the sentence below it, and where the list behind it is."""

    large: str | None
    about: str
    path: str
    see: str = "See the list"


Section = tuple[str, list[Figure]]


def sections(here: Here, figures: Figures, decided: Decided) -> list[Section]:
    """Return the figures under their headings."""
    return [
        ("Money", [*_outside(here, figures), *_unused(here, figures), _seats(here, figures), _cost(here, figures)]),
        ("Tools and people", [_overlap(here, figures), _people(here, figures), _unapproved(here), _renewals(here, figures)]),
        ("Decisions", [*_decisions(here, decided), _differences(here, figures)]),
        ("What came of it", [_outcomes(here, figures), _forecasts(here, figures)]),
    ]


def _number(here: Here, value: int) -> str:
    return here.locale.number(value)


def _share(here: Here, value: float | None) -> str | None:
    return None if value is None else here.locale.share(value)


def _outside(here: Here, figures: Figures) -> Iterator[Figure]:
    path = "/insights/outside"
    told = [row for row in figures.headline if row["figure"] == "outside_it"]
    if not figures.it_units:
        about = "What part of the money IT did not pay: nobody has said yet which units are IT's."
        yield Figure(large=None, about=about, path=path)
        return
    for row in told:
        if row["share"] is None and not row["money"]:
            yield Figure(large=None, about="What tools cost is unknown: no charge was read.", path="/coverage", see="Sources")
        elif row["share"] is None:
            currency = row["money"][0]["currency"]
            known = said_money(here, row["money"])
            about = f"What part of the money in {currency} IT did not pay: {known} for certain, but of too much it is not known who paid."
            yield Figure(large=None, about=about, path=f"{path}?currency={currency}")
        else:
            currency = row["money"][0]["currency"]
            about = f"of what tools cost in {currency} in 12 months was not paid by IT: {said_money(here, row['money'])}."
            yield Figure(large=_share(here, row["share"]), about=about, path=f"{path}?currency={currency}")


def _unused(here: Here, figures: Figures) -> Iterator[Figure]:
    rows = figures.lists["unused"]
    lacking = f" Of {plural(figures.use_unknown, 'more tool')} it is not known." if figures.use_unknown else ""
    paid = [row for row in rows if row["kind"] == "paid_unused"]
    money = f", at {said_money(here, total(paid, 'spend_12m'))} in 12 months" if paid else ""
    one = len(paid) == 1
    yield Figure(
        large=_number(here, len(paid)),
        about=f"{'tool is' if one else 'tools are'} paid for and nobody uses {'it' if one else 'them'}{money}.{lacking}",
        path="/insights/unused?kind=paid_unused",
    )
    free = len(rows) - len(paid)
    about = "tool is used and no money is seen for it." if free == 1 else "tools are used and no money is seen for them."
    yield Figure(large=_number(here, free), about=about, path="/insights/unused?kind=used_unpaid")


def _seats(here: Here, figures: Figures) -> Figure:
    rows, path = figures.lists["seats"], "/insights/seats"
    if not rows:
        return Figure(large=None, about="Unused seats are unknown: of no tool it is known how many were bought.", path=path, see="How to say it")
    sure = [row for row in rows if row["seats_unused"] is not None]
    unused, cost = sum(row["seats_unused"] for row in sure), total(sure, "unused_cost_base")
    money = f", which cost {said_money(here, cost)} a year" if cost else ""
    about = f"bought {'seat is' if unused == 1 else 'seats are'} not used by anybody{money}, at {plural(len(sure), 'tool')} whose seats are known."
    return Figure(large=_number(here, unused), about=about, path=path)


def _cost(here: Here, figures: Figures) -> Figure:
    rows = figures.lists["cost"]
    first = next((row for row in rows if row["per_person"]), None)
    if first is None:
        return Figure(large=None, about="What a tool costs for each person is unknown.", path="/insights/cost")
    about = f"for each person in 12 months: {first['tool'][:80]} is the dearest of {plural(len(rows), 'tool')} that cost money."
    return Figure(large=said_money(here, first["per_person"]), about=about, path="/insights/cost")


def _overlap(here: Here, figures: Figures) -> Figure:
    rows = figures.lists["overlap"]
    shared = sum(row["shared_people"] or 0 for row in rows)
    about = f"{'job is' if len(rows) == 1 else 'jobs are'} done by two tools or more; {plural(shared, 'person works', 'people work')} in two for one job."
    return Figure(large=_number(here, len(rows)), about=about, path="/insights/overlap")


def _people(here: Here, figures: Figures) -> Figure:
    rows = figures.lists["people"]
    tools, persons = {row["tool_id"] for row in rows}, {row["person"] for row in rows}
    gone = len({row["tool_id"] for row in rows if row["left"]})
    left = f" At {gone} of them that person has left." if gone else ""
    about = f"{'tool hangs' if len(tools) == 1 else 'tools hang'} on one person alone, {plural(len(persons), 'person', 'people')} in all.{left}"
    return Figure(large=_number(here, len(tools)), about=about, path="/insights/people")


def _unapproved(here: Here) -> Figure:
    found = unapproved(here.snapshot.tools)
    about = f"of the tools that people use or money goes to are not approved: {found['count']:,} of {found['n']:,}."
    return Figure(large=_share(here, found["share"]), about=about, path="/insights/answers", see="How it is counted")


def _renewals(here: Here, figures: Figures) -> Figure:
    rows, path = figures.lists["renewals"], "/insights/renewals"
    if not rows:
        return Figure(large=None, about="Renewals are unknown: of no contract the end is known.", path=path, see="How to say it")
    soon = sum(0 <= row["days_left"] <= 90 and not row["decided"] for row in rows)
    about = f"{'contract is' if soon == 1 else 'contracts are'} to be decided within 90 days, of {len(rows):,} whose end is known."
    return Figure(large=_number(here, soon), about=about, path=path, see="See the calendar")


def _decisions(here: Here, decided: Decided) -> Iterator[Figure]:
    whole: Row = decided.rows[0] if decided.rows else {"n": 0, "median": None, "p90": None}
    if whole["median"] is None:
        about = f"How long a decision takes is unknown: {plural(whole['n'], 'was', 'were')} made by people in 12 months, too few to say."
        yield Figure(large=None, about=about.replace("0 were", "none was"), path="/insights/decisions")
    else:
        about = f"is what half of the {whole['n']:,} decisions took at most; nine of ten took {days(whole['p90'])} at most. Working days."
        yield Figure(large=days(whole["median"]), about=about, path="/insights/decisions", see="See them all")
    late = decided.backlog
    about = f"{'tool waits' if late['n'] == 1 else 'tools wait'} for a decision now; {late['count']:,} of them longer than promised."
    yield Figure(large=_number(here, late["n"]), about=about, path="/cases", see="See the queue")
    yield from _where(here, decided.waiting)
    quick = decided.fast_lane
    if quick["n"]:
        about = f"of the answers came at once, by a rule: {quick['count']:,} of {quick['n']:,}."
        yield Figure(large=_share(here, quick["share"]), about=about, path="/insights/answers")
    before = decided.requested_before
    if before["n"]:
        about = f"of new tools were asked for before somebody used or bought them: {before['count']:,} of {before['n']:,}."
        yield Figure(large=_share(here, before["share"]), about=about, path="/insights/answers")


def _where(here: Here, rows: Sequence[Row]) -> Iterator[Figure]:
    if rows and rows[0]["days"]:
        first = rows[0]
        about = f"of the waiting goes by while {STAGES.get(first['stage'], 'it waits')} (for {SIDES.get(first['side'], first['side'])})."
        yield Figure(large=_share(here, first["share"]), about=about, path="/insights/waiting", see="See where")


def _differences(here: Here, figures: Figures) -> Figure:
    rows, path = figures.lists["differences"], "/insights/differences"
    both, alone = figures.rated
    if not both and not alone and not rows:
        return Figure(large=None, about="Whether Marketing and IT see a tool differently is unknown: nobody has rated one.", path=path)
    about = f"{'tool is' if len(rows) == 1 else 'tools are'} seen differently by Marketing and IT; both rated {both:,}, one side alone {alone:,}."
    return Figure(large=_number(here, len(rows)), about=about, path=path)


def _outcomes(here: Here, figures: Figures) -> Figure:
    path = "/insights/outcomes"
    if not figures.lists["outcomes"]:
        return Figure(large=None, about="What tools brought is unknown: nobody has entered it yet.", path=path, see="How to say it")
    about = f"{'tool has' if figures.brought == 1 else 'tools have'} figures of what {'it' if figures.brought == 1 else 'they'} brought in 12 months."
    return Figure(large=_number(here, figures.brought), about=about, path=path)


def _forecasts(here: Here, figures: Figures) -> Figure:
    rows, path = figures.lists["forecasts"], "/insights/forecasts"
    closed = [row for row in rows if row["complete"]]
    if not closed:
        return Figure(large=None, about="Whether connecting tools cost what was forecast is unknown: none is finished.", path=path)
    held = sum(bool(row["inside"]) for row in closed)
    return Figure(large=f"{held} of {len(closed)}", about="finished connections cost what was forecast; 8 of 10 should.", path=path)
