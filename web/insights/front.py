"""The first page of insights: one figure each, with a sentence that says what it is, and the list behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.words import clean, plural
from scanner.headline import SOON
from web.here import Here
from web.insights.said import SIDES, STAGES, Row, days, said_money, total, unapproved_tools
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
        (
            "Tools and people",
            [_overlap(here, figures), _people(here, figures), _unapproved(here), _renewals(here, figures)],
        ),
        ("Decisions", [*_decisions(here, decided), _differences(here, figures)]),
        ("What came of it", [_outcomes(here, figures), _forecasts(figures)]),
    ]


def _number(here: Here, value: int) -> str:
    return here.locale.number(value)


def _share(here: Here, value: float | None) -> str | None:
    return None if value is None else here.locale.share(value)


def _do(count: int, one: str, many: str) -> str:
    """Return the words for one thing, or for many."""
    return one if count == 1 else many


# --- money -----------------------------------------------------------------------------------------------------------


def _outside(here: Here, figures: Figures) -> Iterator[Figure]:
    path = "/insights/outside"
    if not figures.it_units:
        about = "What part of the money IT did not pay: nobody has said yet which units are IT's."
        yield Figure(large=None, about=about, path=path)
        return
    for row in (one for one in figures.headline if one["figure"] == "outside_it"):
        if row["share"] is None and not row["money"]:
            about = "What tools cost: no charge was read."
            yield Figure(large=None, about=about, path="/coverage", see="Sources")
            continue
        currency, known = row["money"][0]["currency"], said_money(here, row["money"])
        if row["share"] is None:
            about = f"What part of the money in {currency} IT did not pay: {known} for certain,"
            about += " but of too much it is not known who paid."
        else:
            about = f"of what tools cost in {currency} in 12 months was not paid by IT: {known}."
        yield Figure(large=_share(here, row["share"]), about=about, path=f"{path}?currency={currency}")


def _unused(here: Here, figures: Figures) -> Iterator[Figure]:
    rows = figures.lists["unused"]
    paid = [row for row in rows if row["kind"] == "paid_unused"]
    about = _do(len(paid), "tool is paid for and nobody uses it", "tools are paid for and nobody uses them")
    about += f", at {said_money(here, total(paid, 'spend_12m'))} in 12 months." if paid else "."
    about += f" Of {plural(figures.use_unknown, 'more tool')} it is not known." if figures.use_unknown else ""
    yield Figure(large=_number(here, len(paid)), about=about, path="/insights/unused?kind=paid_unused")
    free = len(rows) - len(paid)
    about = _do(free, "tool is used and no money is seen for it.", "tools are used and no money is seen for them.")
    yield Figure(large=_number(here, free), about=about, path="/insights/unused?kind=used_unpaid")


def _seats(here: Here, figures: Figures) -> Figure:
    rows, path = figures.lists["seats"], "/insights/seats"
    if not rows:
        about = "Seats that nobody uses: of no tool it is known how many were bought."
        return Figure(large=None, about=about, path=path, see="How to say it")
    sure = [row for row in rows if row["seats_unused"] is not None]
    unused, cost = sum(row["seats_unused"] for row in sure), total(sure, "unused_cost_base")
    about = _do(unused, "bought seat is not used by anybody", "bought seats are not used by anybody")
    about += f", which cost {said_money(here, cost)} a year" if cost else ""
    about += f", at {plural(len(sure), 'tool')} whose seats are known."
    return Figure(large=_number(here, unused), about=about, path=path)


def _cost(here: Here, figures: Figures) -> Figure:
    rows = figures.lists["cost"]
    first = next((row for row in rows if row["per_person"]), None)
    if first is None:
        return Figure(large=None, about="What a tool costs for each person who uses it.", path="/insights/cost")
    about = f"for each person in 12 months: {clean(first['tool'])[:80]} is the dearest of {plural(len(rows), 'tool')}"
    return Figure(large=said_money(here, first["per_person"]), about=f"{about} that cost money.", path="/insights/cost")


# --- tools and people ------------------------------------------------------------------------------------------------


def _overlap(here: Here, figures: Figures) -> Figure:
    rows = figures.lists["overlap"]
    shared = plural(sum(row["shared_people"] or 0 for row in rows), "person works", "people work")
    about = _do(len(rows), "job is done by two tools or more", "jobs are done by two tools or more")
    return Figure(
        large=_number(here, len(rows)), about=f"{about}; {shared} in two for one job.", path="/insights/overlap"
    )


def _people(here: Here, figures: Figures) -> Figure:
    rows = figures.lists["people"]
    tools, persons = {row["tool_id"] for row in rows}, {row["person"] for row in rows}
    gone = len({row["tool_id"] for row in rows if row["left"]})
    about = _do(len(tools), "tool hangs on one person alone", "tools hang on one person alone")
    about += f", {plural(len(persons), 'person', 'people')} in all."
    about += f" At {gone} of them that person has left." if gone else ""
    return Figure(large=_number(here, len(tools)), about=about, path="/insights/people")


def _unapproved(here: Here) -> Figure:
    found = unapproved_tools(here)
    about = "of the tools that people use or money goes to are not approved:"
    about += f" {_number(here, found['count'])} of {_number(here, found['n'])}."
    return Figure(large=_share(here, found["share"]), about=about, path="/insights/answers", see="How it is counted")


def _renewals(here: Here, figures: Figures) -> Figure:
    rows, path = figures.lists["renewals"], "/insights/renewals"
    if not rows:
        about = "Contracts to be decided soon: of no contract the end is known."
        return Figure(large=None, about=about, path=path, see="How to say it")
    soon = sum(0 <= row["days_left"] <= SOON and not row["decided"] for row in rows)
    about = _do(soon, "contract is", "contracts are")
    about += f" to be decided within {SOON} days, of {_number(here, len(rows))} whose end is known."
    return Figure(large=_number(here, soon), about=about, path=path, see="See the calendar")


# --- decisions -------------------------------------------------------------------------------------------------------


def _decisions(here: Here, decided: Decided) -> Iterator[Figure]:
    yield _taken(here, decided)
    late = decided.backlog
    about = _do(late["n"], "tool waits for a decision now", "tools wait for a decision now")
    about += f"; {_number(here, late['count'])} of them longer than promised."
    yield Figure(large=_number(here, late["n"]), about=about, path="/cases", see="See the queue")
    yield from _where(here, decided.waiting)
    yield from _shares(here, decided)


def _taken(here: Here, decided: Decided) -> Figure:
    whole: Row = decided.rows[0] if decided.rows else {"n": 0, "median": None, "p90": None}
    path = "/insights/decisions"
    if whole["median"] is None:
        made = (
            f"people made {_number(here, whole['n'])} in 12 months, too few to say" if whole["n"] else "none was made"
        )
        return Figure(large=None, about=f"How long a decision takes: {made}.", path=path)
    about = f"is what half of the {_number(here, whole['n'])} decisions took at most;"
    about += f" nine of ten took {days(whole['p90'])} at most. Working days."
    return Figure(large=days(whole["median"]), about=about, path=path)


def _where(here: Here, rows: Sequence[Row]) -> Iterator[Figure]:
    if rows and rows[0]["days"]:
        stage, side = STAGES.get(rows[0]["stage"], "it waits"), SIDES.get(rows[0]["side"], rows[0]["side"])
        about = f"of the waiting goes by while {stage} (for {side})."
        yield Figure(large=_share(here, rows[0]["share"]), about=about, path="/insights/waiting", see="See where")


def _shares(here: Here, decided: Decided) -> Iterator[Figure]:
    told = (
        (decided.fast_lane, "of the answers came at once, by a rule"),
        (decided.overturned, "of the decisions were overturned within 90 days"),
        (decided.requested_before, "of new tools were asked for before somebody used or bought them"),
    )
    for found, about in told:
        if found["n"]:
            about_ = f"{about}: {_number(here, found['count'])} of {_number(here, found['n'])}."
            yield Figure(large=_share(here, found["share"]), about=about_, path="/insights/answers")


def _differences(here: Here, figures: Figures) -> Figure:
    rows, path = figures.lists["differences"], "/insights/differences"
    both, alone = figures.rated
    if not both and not alone and not rows:
        about = "Whether Marketing and IT see a tool differently: nobody has rated one yet."
        return Figure(large=None, about=about, path=path)
    about = _do(len(rows), "tool is", "tools are") + " seen differently by Marketing and IT;"
    about += f" both rated {_number(here, both)}, one side alone {_number(here, alone)}."
    return Figure(large=_number(here, len(rows)), about=about, path=path)


# --- what came of it -------------------------------------------------------------------------------------------------


def _outcomes(here: Here, figures: Figures) -> Figure:
    path = "/insights/outcomes"
    if not figures.lists["outcomes"]:
        about = "What tools brought: nobody has entered it yet."
        return Figure(large=None, about=about, path=path, see="How to say it")
    about = _do(figures.brought, "tool has figures of what it brought", "tools have figures of what they brought")
    return Figure(large=_number(here, figures.brought), about=f"{about} in 12 months.", path=path)


def _forecasts(figures: Figures) -> Figure:
    rows, path = figures.lists["forecasts"], "/insights/forecasts"
    closed = [row for row in rows if row["complete"]]
    if not closed:
        about = "Whether connecting tools cost what was forecast: none is finished."
        return Figure(large=None, about=about, path=path)
    held = sum(bool(row["inside"]) for row in closed)
    about = "finished connections cost what was forecast; 8 of 10 should."
    return Figure(large=f"{held} of {len(closed)}", about=about, path=path)
