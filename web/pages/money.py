"""Money without a tool: merchants ruled one after the other, and what is hidden as noise, by which rule."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from gate import undoing
from gate.accounts import named
from gate.roles import Act, require
from model.errors import Refused
from model.signal import fold
from reports.words import clean
from storage import cases
from web.access import Pages
from web.errors import not_found
from web.here import Here, refusal
from web.lists import exported, page_of
from web.pages.correcting import PATIENCE, meant, offered
from web.unmatched import BY_HAND, KEYS, Row, Ruled, Rulings, hidden, key_of, less, sought

pages = Pages("/money")
#: What the address may ask for -> what that is called.
SHOWS = {"": "still to be ruled", "ruled": "ruled already", "all": "all"}
_UNDONE = "Taken back where it was ruled."
_WHY = "It was said so on the page of money without a tool."


@pages.get("", Act.LOOK)
def unmatched(here: Here, q: str = "", show: str = "") -> Any:
    """List merchants of money that belongs to no tool, the largest first."""
    counted = here.office.money.current()
    if counted is None:
        return here.render("money_counting.html", failed=here.office.money.failed)
    rulings, found = Rulings(here.connection, here.at), counted.value
    open_, ruled = rulings.split(found)
    rows = _wanted(found.rows, open_, ruled, show, rulings)
    rows = sought(rows, q)
    file = exported(here, [_exported(row, rulings) for row in rows], here.office.money.fields, "money-without-a-tool")
    if file is not None:
        return file
    page = page_of(here, rows, noun="merchant" if len(rows) == 1 else "merchants", known=len(found.rows))
    return here.render(
        "money.html",
        page=page,
        told=rulings.told([row["merchant"] for row in page.rows]),
        lately=rulings.lately(),
        left=less(found.total, ruled),
        to_rule=len(open_),
        ruled=len(ruled),
        counted=counted,
        q=q[:200],
        show=show if show in SHOWS else "",
        shows=SHOWS,
        hidden=sum(map(len, hidden(here).values())),
        following=here.office.tools.following.state,
        **_words(here),
    )


def _wanted(
    rows: Sequence[Row], open_: Sequence[Row], ruled: Sequence[Row], show: str, rulings: Rulings
) -> Sequence[Row]:
    if show == "all":
        return rows
    if show == "ruled":
        return ruled
    fresh = rulings.fresh() if ruled else set()
    if not fresh:
        return open_
    gone = {row["merchant"] for row in ruled} - fresh
    return [row for row in rows if row["merchant"] not in gone]


def _exported(row: Row, rulings: Rulings) -> Row:
    ruled = rulings.of(row["merchant"])
    said = (
        {"ruling": None, "decision": None}
        if ruled is None
        else {"ruling": ruled["detail"]["ruling"], "decision": ruled["id"]}
    )
    return {**row, **said}


def _words(here: Here) -> dict[str, Any]:
    return {"key_of": key_of, "may_rule": here.may(Act.CORRECT), "called": here.office.tools.called}


# --- ruling ----------------------------------------------------------------------------------------------------------


@pages.post("/rule", Act.CORRECT)
def rule(here: Here) -> Any:
    """Rule what a merchant is, by one press: no software, private, or later."""
    row = _merchant(here, here.form.get("merchant"))
    key = here.form.get("as")
    if key not in KEYS:
        raise not_found("There is no such ruling.", "Go back, and use one of the buttons.")
    ruling, reason, said = KEYS[key]
    merchant = row["merchant"]
    before = Rulings(here.connection, here.at).of(merchant)
    try:
        _require(here, None)
        if before is None or before["detail"]["ruling"] != ruling:
            here.office.money.rule(merchant, ruling, None, reason, named(here.account))
            here.office.tools.following.ask("spend rule")
    except Refused as error:
        return _refused(here, row, refusal(error))
    return _answered(here, row, f"{_shown(merchant)}: {said}.")


def _require(here: Here, tool: str | None) -> None:
    unit = None if tool is None else cases.unit_of(here.connection, tool)
    require(here.account, Act.CORRECT, at=here.at, unit=unit)


def _shown(merchant: str) -> str:
    return clean(merchant)[:80] or "(no name)"


def _refused(here: Here, row: Row, problem: str) -> Any:
    if here.is_partial:
        return _one(here, row, HTTPStatus.CONFLICT, problem)
    return here.render("money_refused.html", HTTPStatus.CONFLICT, row=row, problem=problem, **_words(here))


def _answered(here: Here, row: Row, said: str) -> Any:
    """Show the row as it is now where a script asked for it, else the list where the row stands."""
    if here.is_partial:
        return _one(here, row)
    now = _now(here, row["merchant"])
    undo = f"/decisions/{now.decision}/undo" if now is not None else None
    return here.see(f"{_back(here)}#{key_of(row['merchant'])}", said, undo=undo)


def _back(here: Here) -> str:
    kept_ = {name: here.form.get(name) for name in ("q", "show", "page") if here.form.get(name)}
    return "/money" + (f"?{urlencode(kept_)}" if kept_ else "")


def _now(here: Here, merchant: str) -> Ruled | None:
    """Return what is in force on a merchant by now; the connection of the request may have begun before the act."""
    with here.office.store.read() as connection:
        return Rulings(connection, here.at).told([merchant]).get(merchant)


def _one(here: Here, row: Row, status: HTTPStatus = HTTPStatus.OK, problem: str | None = None) -> Any:
    return here.render(
        "money_one.html", status, row=row, one=_now(here, row["merchant"]), problem=problem, **_words(here)
    )


@pages.post("/undo", Act.CORRECT)
def undo(here: Here) -> Any:
    """Take back what was ruled of a merchant, at once."""
    merchant = fold(here.form.get("merchant"))
    ruled = Rulings(here.connection, here.at).of(merchant)
    row = _known(here, merchant) or _gone(merchant)
    if ruled is None:
        return _answered(here, row, f"Nothing is ruled of {_shown(merchant)}.")
    try:
        with here.office.store.write() as connection:
            undoing.undo(connection, here.gate(), ruled["id"], _UNDONE, here.account)
    except Refused as error:
        return _refused(here, row, refusal(error))
    here.office.tools.following.ask("review undo")
    return _answered(here, row, f"What was ruled of {_shown(merchant)} is taken back.")


def _known(here: Here, merchant: str) -> Row | None:
    counted = here.office.money.current()
    return None if counted is None else counted.value.by_merchant.get(merchant)


def _merchant(here: Here, merchant: str) -> Row:
    found = _known(here, fold(merchant))
    if found is None:
        raise not_found(
            "No money without a tool went to a merchant of this name.",
            "It may belong to a tool by now: look at the list.",
        )
    return found


def _gone(merchant: str) -> Row:
    """Return the row of a merchant whose money belongs to a tool by now."""
    empty = dict.fromkeys(("merchant_of_record", "share", "first_charge", "last_charge", "why", "ruling", "decision"))
    return {"merchant": merchant, "charges": 0, "total": [], "total_base": None, **empty}


# --- it is a tool ----------------------------------------------------------------------------------------------------


@pages.get("/tool", Act.CORRECT)
def tool_page(here: Here, merchant: str = "", search: str = "") -> Any:
    """Choose the tool that a merchant's charges are for."""
    return _tool(here, _merchant(here, merchant), search[:200])


def _tool(here: Here, row: Row, search: str, status: HTTPStatus = HTTPStatus.OK, problem: str | None = None) -> Any:
    candidates = here.office.money.candidates(row["merchant"])
    return here.render(
        "money_tool.html",
        status,
        row=row,
        search=search,
        found=offered(here, search, None),
        candidates=[] if search else candidates,
        categories=here.office.tools.categories,
        problem=problem,
    )


@pages.post("/tool", Act.CORRECT)
def tool(here: Here) -> Any:
    """Rule which tool a merchant's charges are for: a known one, or a new one by its name."""
    row = _merchant(here, here.form.get("merchant"))
    is_new = here.form.get("new") == "1"
    into = here.form.need("tool", "Say which tool it is") if is_new else meant(here, "tool")
    if into is None or here.form.errors:
        return _tool(here, row, here.form.get("tool")[:200], HTTPStatus.UNPROCESSABLE_ENTITY)
    called = here.office.tools.called(into) or into
    try:
        _require(here, into)
        here.office.money.rule(row["merchant"], "tool", into, here.form.get("reason") or _WHY, named(here.account))
    except Refused as error:
        return _tool(here, row, "", HTTPStatus.CONFLICT, refusal(error))
    following = here.office.tools.following
    following.ask("spend rule")
    now = _now(here, row["merchant"])
    undo = f"/decisions/{now.decision}/undo" if now is not None else None
    following.wait(PATIENCE)
    return here.see(
        "/money", f"{_shown(row['merchant'])} is {_shown(called)}: its charges follow, also those to come.", undo=undo
    )


# --- noise -----------------------------------------------------------------------------------------------------------


@pages.get("/noise", Act.LOOK)
def noise(here: Here) -> Any:
    """List the rules that hide tools as noise, each with how many and why."""
    found, known = hidden(here), here.office.money.noise_rules()
    rows = [{"id": id_, "title": title, "why": why, "tools": len(found.pop(id_, ()))} for id_, title, why in known]
    by_hand = found.pop(BY_HAND, [])
    for mark in sorted(found):
        title, why = here.office.tools.noise(mark)
        rows.append({"id": mark, "title": title, "why": why, "tools": len(found[mark])})
    counted = here.office.money.current()
    ruled = [] if counted is None else Rulings(here.connection, here.at).split(counted.value)[1]
    return here.render("money_noise.html", rows=rows, by_hand=len(by_hand), ruled=ruled)


@pages.get("/noise/{rule}", Act.LOOK)
def noise_tools(here: Here, rule: str) -> Any:
    """List the tools that one rule hides."""
    rows = hidden(here).get(rule, [])
    known = {id_: (title, why) for id_, title, why in here.office.money.noise_rules()}
    if rule == BY_HAND:
        title, why = "Hidden by hand", "Somebody said of each of them that nobody need look at it."
    elif rule in known:
        title, why = known[rule]
    elif rows:
        title, why = here.office.tools.noise(rule)
    else:
        raise not_found("There is no such rule.", "Look at the list of rules.")
    fields = ("id", "name", "vendor", "category", "people", "first_seen", "last_seen", "noise")
    file = exported(here, rows, fields, f"noise-{rule}")
    if file is not None:
        return file
    sorts = {
        "name": lambda row: row["name"].casefold(),
        "people": lambda row: row["people"],
        "last_seen": lambda row: row["last_seen"],
    }
    page = page_of(here, rows, noun="tool" if len(rows) == 1 else "tools", sorts=sorts)
    return here.render("money_hidden.html", page=page, title=title, why=why, by_hand=rule == BY_HAND)
