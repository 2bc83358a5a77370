"""Tools: the list of all that is in use, and the page of one with all that is known of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import RedirectResponse

from gate import accounts
from gate.roles import Act
from model.facts import NAMES, UNANSWERED, VOCABULARY
from reports.words import clean, plural
from storage import queries
from web.access import Pages
from web.charts import Bar, Words, months
from web.errors import not_found
from web.here import Here
from web.listing_tools import STATUSES, Wanted, find
from web.lists import exported, page_of
from web.tool_words import (
    AREAS,
    MATCHERS,
    RECORDS,
    changed,
    evidence_path,
    evidence_said,
    month_said,
    noise_said,
    ruling,
    tool_path,
    units_said,
    who,
)

pages = Pages("/tools")
Row = Mapping[str, Any]
#: So many of each kind are shown; the rest is counted, and lists have it.
PEOPLE, RECORDS_SHOWN, CHARGES, CHANGES = 8, 20, 24, 12


# --- the list --------------------------------------------------------------------------------------------------------


@pages.get("", Act.LOOK)
def tools(here: Here) -> Any:
    """List the tools as the address filters them."""
    shot, wanted = here.snapshot, Wanted.of(here.request.query_params)
    found = find(shot, wanted)
    file = exported(here, found.rows, here.office.tools.fields, "tools")
    if file is not None:
        return file
    page = page_of(here, found.rows, noun="tool" if len(found.rows) == 1 else "tools", known=len(shot.tools))
    categories = here.office.tools.categories
    return here.render(
        "tools.html",
        page=replace(page, sort=wanted.sort or None),
        wanted=wanted,
        provisional=found.provisional,
        hidden=found.hidden.total(),
        hidden_why=noise_said(_by_rule(here, found.hidden)),
        categories=_choices(shot.tools.counts("category"), lambda slug: categories.get(slug, slug)),
        sources=_choices(shot.tools.counts("sources"), str),
        statuses=STATUSES,
        title_of=categories,
        stale_since=shot.stale_since,
    )


def _by_rule(here: Here, hidden: Counter[str]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for mark, number in hidden.items():
        counted[here.office.tools.noise(mark)[0]] += number
    return dict(counted.most_common())


def _choices(counted: Mapping[Any, int], title: Any) -> list[tuple[str, str, int]]:
    found = [(value, title(value), number) for value, number in counted.items() if value is not None]
    found.sort(key=lambda one: one[1].casefold())
    unknown = counted.get(None)
    return found + ([("unknown", "unknown", unknown)] if unknown else [])


# --- one tool --------------------------------------------------------------------------------------------------------


def the_tool(here: Here, wanted: str) -> Row:
    """Return the row of a tool. Raises Wrong where there is none of that id."""
    row = here.snapshot.tool(wanted)
    if row is None:
        rows = here.office.listed.lists([wanted]).tools
        row = rows[0] if rows else None
    if row is None:
        raise not_found(
            "There is no tool of that name, or not any more.",
            "It may have become another one: search for it in the list.",
        )
    return row


@pages.get("/{tool}", Act.LOOK)
def tool(here: Here, tool: str) -> Any:
    """Show all that is known of one tool; a former id leads to what it is by now."""
    if here.snapshot.tool(tool) is None:
        now = here.office.tools.find(tool)
        if len(now) > 1:
            return RedirectResponse("/tools?" + urlencode({"search": tool, "noise": "shown"}), 303)
        if now and now[0] != tool:
            return RedirectResponse(tool_path(now[0]), 303)
    row = the_tool(here, tool)
    known = here.office.tools.known(tool)
    named = here.sees_names(tool)
    decisions = _decisions(here, row, known["decisions"], named=named)
    return here.render(
        "tool.html",
        tool=row,
        known=known,
        named=named,
        until=here.session.revealed.get(tool) if here.session else None,
        terms=here.snapshot.terms(tool),
        case=here.snapshot.open_case(tool),
        cases=here.snapshot.cases.grouped("tool_id").get(tool, ()),
        category=here.office.tools.categories.get(row["category"] or "", row["category"]),
        noise=here.office.tools.noise(row["noise"]) if row["noise"] else None,
        alike=[one for one in known["identities"] if one["imitates"]],
        units=units_said(Counter(one["unit"] for one in known["persons"])),
        use=_use(row, known["months"]),
        money=_money(here, row, known["charges"]),
        connections=here.office.connections.of_tool(tool, named=named),
        findings=_findings(known["findings"]),
        titles=defaultdict(str, ((one["policy"], one["title"]) for one in known["findings"])),
        answers=_answers(decisions),
        decisions=decisions,
        persons_by_address={one["address"]: one["person"] for one in known["persons"]},
        shown=(PEOPLE, RECORDS_SHOWN, CHARGES, CHANGES),
        following=here.office.tools.following.state,
        **_WORDS,
    )


#: Facts that are asked of people: name -> question, in the order of the vocabulary.
QUESTIONS = {fact.name: fact.question for fact in VOCABULARY.values() if fact.question}
_WORDS: Mapping[str, Any] = {
    "questions": QUESTIONS,
    "meanings": {fact.name: fact.meaning.rstrip(".") for fact in NAMES.values()},
    "unanswered": UNANSWERED,
    "matchers": MATCHERS,
    "records_said": RECORDS,
    "areas_said": AREAS,
    "evidence_path": evidence_path,
    "evidence_said": evidence_said,
    "month_said": month_said,
    "changed": changed,
    "tool_path": tool_path,
}


def _findings(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return findings that stand, those that are waived, and those that could not be judged."""
    open_ = [row for row in rows if row["verdict"] == "violated" and row["state"] == "open"]
    waived = [row for row in rows if row["state"] == "waived"]
    lacking = [row for row in rows if row["verdict"] == "unknown" and row["state"] == "open"]
    return {"open": open_, "waived": waived, "unknown": lacking}


def _decisions(here: Here, tool: Row, rows: Sequence[Row], *, named: bool) -> list[dict[str, Any]]:
    """Return decisions, the latest first, each with who made it and what it says."""
    addresses = accounts.addresses(here.connection)
    actors = {row["detail"]["actor"] for row in rows if row["kind"] == "owner"}
    actors |= {int(row["by"].removeprefix("person:")) for row in rows if row["by"].startswith("person:")}
    persons = queries.actor_names(here.connection, actors)
    addresses |= {f"person:{number}": name for number, name in persons.items()}
    called = {tool["id"]: tool["name"]}
    for row in rows:
        for name in ("into", "to", "tool"):
            other = row["detail"].get(name)
            if isinstance(other, str):
                called.setdefault(other, here.office.tools.called(other) or other)
    found = []
    for row in reversed(rows):
        said = ruling(row, called)
        if row["kind"] == "owner":
            said = f"{said}: {clean(persons.get(row['detail']['actor'], 'somebody'))}"
        elif row["kind"] == "status" and row["detail"].get("review_by"):
            until = here.locale.day(date.fromisoformat(row["detail"]["review_by"]))
            said = f"{said}, to be looked at again by {until}"
        elif row["kind"] == "answer":
            said = f"{row['question'] or row['detail']['fact']} {row['said']}"
        found.append({**row, "by_said": who(row["by"], addresses, named=named), "what": said})
    return found


def _answers(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what people say of the tool and holds: the latest answer to each question, and each side's rating."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if row["in_force"] and row["kind"] in {"answer", "rating"}:
            key = (row["kind"], row["detail"]["fact"] if row["kind"] == "answer" else row["detail"]["side"])
            found.setdefault(key, row)
    return [*found.values()]


def _use(tool: Row, rows: Sequence[Row]) -> Any:
    if not rows:
        return None
    last = rows[-1]
    title = (
        f"{plural(last['people'], 'person', 'people')} used {clean(tool['name'])[:80]} in {month_said(last['month'])}"
    )
    words = Words(key="use", title=title, source="sign-ins that sources list", empty="No sign-in was seen.")

    def said(number: float) -> str:
        return plural(int(number), "person", "people")

    bars = [Bar(row["month"], (row["people"],)) for row in rows]
    return months(words, bars, said=said, tick=lambda number: f"{number:,.0f}")


def _money(here: Here, tool: Row, rows: Sequence[Row]) -> list[Any]:
    """Return one chart a currency: what was charged, by month."""
    by: dict[str, Counter[str]] = {}
    for row in rows:
        for one in row["total"]:
            by.setdefault(one["currency"], Counter())[row["month"]] += one["amount_micros"]
    charts = []
    for currency, spent in sorted(by.items(), key=lambda one: -sum(one[1].values())):

        def said(value: float, currency: str = currency) -> str:
            return here.locale.money(int(value), currency, cents=False)

        last = max(spent)
        title = f"{clean(tool['name'])[:80]} cost {said(spent[last])} in {month_said(last)}"
        key = "money-" + "".join(c for c in currency.casefold() if c.isascii() and c.isalnum())
        words = Words(key=key, title=title, source="charges on cards and statements", empty="No charge was seen.")
        charts.append(months(words, [Bar(month, (value,)) for month, value in spent.items()], said=said))
    return charts[:3]


# --- its people ------------------------------------------------------------------------------------------------------

_PEOPLE = ("person", "address", "unit", "marketing", "kind", "successes", "last_at")


@pages.get("/{tool}/people", Act.LOOK)
def people(here: Here, tool: str) -> Any:
    """List who uses a tool: by number, or by name where that may be seen."""
    row, named = the_tool(here, tool), here.sees_names(tool)
    rows: Sequence[Row] = here.office.tools.people(tool)
    fields = _PEOPLE if named else tuple(name for name in _PEOPLE if name != "address")
    unit = here.request.query_params.get("unit", "")
    kept = [one for one in rows if not unit or (one["unit"] or "unknown") == unit]
    # What may not be shown does not leave by another door.
    file = exported(here, [{name: one[name] for name in fields} for one in kept], fields, "people")
    if file is not None:
        return file
    sorts = {
        "person": lambda one: (one["address"] or "").casefold() if named else one["person"],
        "unit": lambda one: one["unit"] and one["unit"].casefold(),
        "sign_ins": lambda one: one["successes"],
        "last": lambda one: one["last_at"],
    }
    page = page_of(here, kept, noun="person" if len(kept) == 1 else "people", known=len(rows), sorts=sorts)
    units = units_said(Counter(one["unit"] for one in rows))
    return here.render("tool_people.html", tool=row, page=page, named=named, units=units, unit=unit)
