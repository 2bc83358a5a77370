"""Asking for a tool, one thing at a time: which, what is known of it, what for, with which data, and then it is sent.

Each page carries what was said before in hidden fields, so that nothing of it is kept here until it is sent, and
nothing is lost by an error, by going back or by signing in anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import Query

from gate import plain_words, requests
from gate.cases import APPROVED
from gate.requests import Target, Wanted
from gate.roles import Act
from model.errors import Refused
from model.signal import fold
from storage import requests as stored
from storage.times import to_ms
from web import once
from web.access import Pages
from web.here import Here, refusal
from web.may_use import MayUse, may_use
from web.ports.requests import Meant
from web.prices import NoPrice, price_of

pages = Pages("/requests")
Row = Mapping[str, Any]
#: The pages in order, each with the fields that it asks for.
STEPS: Mapping[str, tuple[str, ...]] = {
    "tool": ("name",),
    "known": ("job",),
    "use": ("purpose", "unit", "people"),
    "details": ("data", "needs", "price", "currency", "period"),
    "check": (),
}
_ORDER = tuple(STEPS)
#: What is carried beside the fields of the steps.
_CARRIED = ("checked", once.FIELD)
_SEVERAL = frozenset({"data", "needs"})
#: Systems to which a tool is tied, as people call them.
NEEDS: Mapping[str, str] = {
    "crm": "The CRM, where customers and deals are",
    "warehouse": "The data warehouse, where reports come from",
    "cdp": "The customer data platform",
    "consent": "The cookie banner and people's consent",
    "ads": "Advertising accounts",
    "support_desk": "The help desk for customers",
}
_LONGEST_NAME, _MOST_PEOPLE = 200, 1_000_000
_SHOWN = 5
#: So begin the ids of tools that nobody could name yet.
_FORMER = "new-"
NOT_LISTED = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known at once of a tool that somebody wants.

    `same` are tools that may be used for the job (with `units`), `mine` one's own request, `near` names that may be
    meant. `is_free` says that it may be used without any request.
    """

    meant: Meant
    use: MayUse
    row: Row | None
    terms: Row | None
    units: Sequence[Row]
    same: Sequence[Row]
    mine: Row | None
    asked: Row | None
    near: Sequence[tuple[str, str]]
    is_free: bool

    @property
    def tool(self) -> Target:
        """The tool that is meant."""
        return self.meant.tool


@pages.get("/new", Act.REQUEST)
def begin(here: Here, tool: str = Query("", max_length=4_000), name: str = Query("", max_length=4_000)) -> Any:
    """Ask which tool; where an address names one, say at once what is known of it."""
    if not tool.strip():
        here.form.put("name", name)
        return _show(here, "tool")
    here.form.put("name", _called(here, tool))
    check(here, "tool")
    return _show(here, "tool" if here.form.errors else "known")


def _called(here: Here, tool: str) -> str:
    """Return the name by which a tool of an address is asked for: its id where the name is not its own alone."""
    row, terms = here.snapshot.tool(tool), here.snapshot.terms(tool)
    known = row["name"] if row is not None else terms["tool"] if terms is not None else tool
    return known if len(_so_called(here, known)) < 2 else tool


def _so_called(here: Here, name: str) -> list[Row]:
    """Return the tools in use that a name means by itself: the one of that id, else those of exactly that name."""
    own = here.snapshot.tool(name.strip())
    if own is not None:
        return [own]
    known: dict[str, list[Row]] = here.request.scope.setdefault("ostiary.called", {})
    if name not in known:
        wanted = fold(name)
        found = here.snapshot.tools.search(name) if wanted.strip() else []
        known[name] = [row for row in found if fold(row["name"] or "") == wanted]
    return known[name]


def _meant(here: Here, job: str | None) -> Meant:
    """Return the tool that the form names. Raises Refused where several have the name."""
    name = here.form.get("name")
    # A provisional tool is known by its earlier ids, too: these are looked up.
    listed = None if name.startswith(_FORMER) else [row["id"] for row in _so_called(here, name)]
    return here.office.requests.meant(name, job, listed)


@pages.get("/known", Act.REQUEST)
def known(here: Here, name: str = Query("", max_length=4_000)) -> Any:
    """Show which tools that are known here a name may mean, as somebody types it."""
    found = here.snapshot.tools.search(name) if len(name.strip()) > 1 else []
    first = [row for row in found if fold(name) in fold(row["name"] or "") and not row["noise"]][:_SHOWN]
    rows = [(row, may_use(here.snapshot.terms(row["id"]))) for row in first]
    return here.render("request_hints.html", rows=rows)


@pages.post("/new", Act.REQUEST)
def go_on(here: Here) -> Any:
    """Take what one page asked for and show the next, or the one that somebody goes back to."""
    form = here.form
    step = form.get("step") if form.get("step") in STEPS else "tool"
    if form.get("go") in STEPS:
        return _show(here, form.get("go"))
    check(here, step)
    if form.errors:
        return _show(here, step, HTTPStatus.UNPROCESSABLE_ENTITY)
    after = _ORDER[min(_ORDER.index(step) + 1, len(_ORDER) - 1)]
    return _show(here, "check" if form.get("checked") and step != "tool" else after)


@pages.post("", Act.REQUEST)
def send(here: Here) -> Any:
    """Send the request, once, and lead to its answer."""
    for step in _ORDER[:-1]:
        check(here, step)
        if here.form.errors:
            return _show(here, step, HTTPStatus.UNPROCESSABLE_ENTITY)
    port = here.office.requests
    try:
        wanted = port.plain(requests.check(_wanted(here)))
        found = port.forecast(wanted)
        told = None if found is None else {"one_off": found["one_off"], "run": found["run"]}
        gate = here.gate()
        with here.office.store.write() as connection:
            before = once.earlier(here, connection)
            if before is not None:
                return here.see(before)
            asked = requests.ask(connection, gate, wanted, here.account, forecast=told, hub=port.hub(wanted.unit))
            path = f"/requests/{asked.request}" if asked.request else f"/inventory/{wanted.tool.id}"
            once.answered(here, connection, path)
    except Refused as error:
        return _show(here, "check", HTTPStatus.CONFLICT, problem=refusal(error))
    said = "Your request is sent." if asked.request else "You may use it already, so nothing had to be asked."
    return here.see(path, said)


# --- what a page asks for --------------------------------------------------------------------------------------------


def check(here: Here, step: str) -> None:
    """Note what is wrong with what a page asked for."""
    form = here.form
    if step == "tool":
        _check_name(here)
    elif step == "known" and form.get("job") not in {"", NOT_LISTED, *here.office.inventory.jobs}:
        form.errors["job"] = "Choose one of the jobs, or that none of them fits"
    elif step == "use":
        _check_use(here)
    elif step == "details":
        _check_details(here)


def _check_name(here: Here) -> None:
    given = here.form.need("name", "Write the name of the tool, or its web address")
    if not given or here.form.errors:
        return
    if len(_so_called(here, given)) > 1:
        here.form.errors["name"] = "Several tools have this name: choose which one you mean"
        return
    try:
        plain_words.name(given, "the name")
        _meant(here, None)
    except Refused as error:
        here.form.errors["name"] = refusal(error)


def _check_use(here: Here) -> None:
    form = here.form
    form.need("purpose", "Say what you want to do with it, in a sentence or two")
    if len(form.get("purpose")) > plain_words.LONGEST:
        form.errors["purpose"] = f"Say it in {plain_words.LONGEST:,} characters at most"
    form.whole("people", "Write how many people as a number, such as 12", least=1, most=_MOST_PEOPLE)
    if len(form.get("unit")) > plain_words.LONGEST_NAME:
        form.errors["unit"] = f"Write the team in {plain_words.LONGEST_NAME} characters at most"
    units = here.account.units
    if units and form.get("unit") not in units:
        form.errors["unit"] = "Choose one of your teams"


def _check_details(here: Here) -> None:
    form, port = here.form, here.office.requests
    if set(form.all("data")) - set(port.data):
        form.errors["data"] = "Choose among the kinds of data on this page"
    if set(form.all("needs")) - set(requests.NEEDS):
        form.errors["needs"] = "Choose among the systems on this page"
    if not form.get("price"):
        return
    if form.choice("currency", tuple(port.currencies), "Choose the currency of the price") in port.currencies:
        try:
            price_of(form.get("price"), form.get("currency"))
        except NoPrice as error:
            form.errors["price"] = str(error)
    form.choice("period", ("year", "month"), "Say whether that is for a month or for a year")


def price(here: Here) -> int | None:
    """Return the price of a year in millionths; None where none was said, or not as one is written."""
    form = here.form
    try:
        found = price_of(form.get("price"), form.get("currency")) if form.get("price") else None
    except NoPrice:
        return None
    return None if found is None else found * (12 if form.get("period") == "month" else 1)


def _wanted(here: Here) -> Wanted:
    form, cost = here.form, price(here)
    return Wanted(
        tool=about(here).tool,
        purpose=form.get("purpose"),
        unit=form.get("unit") or None,
        people=form.whole("people", ""),
        data=tuple(form.all("data")),
        needs=tuple(form.all("needs")),
        price=cost,
        currency=None if cost is None else form.get("currency"),
    )


# --- what is known at once -------------------------------------------------------------------------------------------


def about(here: Here) -> About:
    """Return what is known of the tool that the form names. Raises Refused where several have the name."""
    form, port, shot = here.form, here.office.requests, here.snapshot
    job = form.get("job")
    meant = _meant(here, job if job in here.office.inventory.jobs else None)
    tool = meant.tool
    terms, row = shot.terms(tool.id), shot.tool(tool.id)
    standing = [one for one in stored.requests(here.connection, tool=tool.id) if _stands(one)]
    use = may_use(terms)
    return About(
        meant=meant,
        use=use,
        row=row,
        terms=terms,
        units=[] if row is None else _units(here, tool.id),
        same=_same(here, tool),
        mine=next((one for one in standing if one["account_id"] == here.account.id), None),
        asked=next((one for one in standing if one["account_id"] != here.account.id), None),
        near=[pair for pair in port.near(form.get("name")) if pair[0] != tool.id] if tool.provisional else [],
        is_free=terms is not None and terms["status"] in APPROVED and not terms["case"],
    )


def _stands(request: Row) -> bool:
    return request["state"] == "open" and request["withdrawn_at"] is None


def _same(here: Here, tool: Target) -> list[Row]:
    rows = here.snapshot.inventory.grouped("category").get(tool.category, ()) if tool.category else ()
    found = [row for row in rows if row["status"] in APPROVED and row["tool_id"] != tool.id]
    return [{**row, "units": _units(here, row["tool_id"])} for row in found[:_SHOWN]]


def _units(here: Here, tool: str) -> list[Row]:
    return list(stored.units(here.connection, tool, to_ms(here.looking.as_of)))


# --- the pages -------------------------------------------------------------------------------------------------------


def _show(here: Here, step: str, status: HTTPStatus = HTTPStatus.OK, *, problem: str | None = None) -> Any:
    """Show a page. Where the tool that was said cannot be meant (any more), the first one asks for it again."""
    found = None
    if step != "tool":
        try:
            if not here.form.get("name"):
                check(here, "tool")
            else:
                found = about(here)
        except Refused as error:
            here.form.errors["name"] = refusal(error)
        if found is None:
            return _show(here, "tool", HTTPStatus.UNPROCESSABLE_ENTITY)
    more = _of_step(here, step)
    return here.render(
        f"request_{step}.html",
        status,
        form=here.form,
        problem=problem,
        step=step,
        about=found,
        carried=_carried(here, step),
        number=_ORDER.index(step) + 1,
        steps=len(_ORDER),
        **more,
    )


def _of_step(here: Here, step: str) -> dict[str, Any]:
    port, jobs = here.office.requests, here.office.inventory.jobs
    if step == "tool":
        choices = _so_called(here, here.form.get("name")) if here.form.errors.get("name") else []
        return {"choices": choices if len(choices) > 1 else []}
    if step == "known":
        listed = sorted(jobs.items(), key=lambda pair: pair[1].casefold())
        return {"jobs": [("", "Choose what it is for"), *listed, (NOT_LISTED, "None of these, or I do not know")]}
    if step == "use":
        return {"unit": _own_unit(here), "units": here.account.units, "jobs": jobs}
    if step == "details":
        kinds = [(kind, said[:1].upper() + said[1:]) for kind, said in port.data.items()]
        return {"kinds": kinds, "needs": list(NEEDS.items()), "currencies": port.currencies}
    if step == "check":
        return {"kinds": port.data, "needs": NEEDS, "price": price(here), "jobs": jobs}
    return {}


def _own_unit(here: Here) -> str:
    units = here.account.units
    return units[0] if len(units) == 1 else stored.unit_of(here.connection, here.account.id) or ""


def _carried(here: Here, step: str) -> list[tuple[str, str]]:
    """Return what was said on other pages, to be sent with this one."""
    form = here.form
    if step == "check":
        form.put(once.FIELD, form.get(once.FIELD) or once.token())
        form.put("checked", "1")
    names = [name for other, fields in STEPS.items() if other != step for name in fields]
    pairs = [(name, form.get(name)) for name in (*names, *_CARRIED) if name not in _SEVERAL]
    pairs += [(name, value) for name in names if name in _SEVERAL for value in form.all(name)]
    return [pair for pair in pairs if pair[1]]
