"""What people rule of a tool: it is another one, part of it is, its name, noise, owners, answers. All can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse

from gate.accounts import named
from gate.answers import askable, expected
from gate.roles import Act, require
from model.errors import Refused
from model.facts import VOCABULARY
from reports.words import clean
from storage import cases
from storage.listings import tools as listings
from web.access import Open, Pages
from web.here import Here, refusal
from web.pages.entering import own_path
from web.pages.tools import QUESTIONS, the_tool
from web.tool_words import KINDS_OF_NAME, tool_path

pages = Pages()
Row = Mapping[str, Any]
#: So long a page waits for what follows from a decision, in seconds; after that it shows how far it is.
PATIENCE = 1.5
#: So many tools are offered to choose from.
OFFERED = 12
_REASON = "Say why: it is kept with the decision, and whoever asks later reads it"
_NAMED = "It has a name already: say that it is another tool, or that a part of it is."
_SIDES = (
    ("business", "Business owner", "runs it, and answers for how it is used"),
    ("technical", "Technical owner", "knows how it is set up and connected"),
    ("deputy", "Deputy", "stands in for the business owner"),
)


def by(here: Here, tool: str, act: Act = Act.CORRECT) -> str:
    """Return how decisions name who is signed in. Raises Refused where that may not act on this tool."""
    require(here.account, act, at=here.at, unit=cases.unit_of(here.connection, tool))
    return named(here.account)


def done(here: Here, what: str, number: int, said: str, onward: str) -> Any:
    """Let what follows from a decision be derived; show it, or how far it is where that takes longer."""
    following = here.office.tools.following
    following.ask(what)
    undo = f"/decisions/{number}/undo"
    if following.wait(PATIENCE):
        return here.see(onward, said, undo=undo)
    return here.see("/following", said, undo=undo, next=onward)


def meant(here: Here, field: str, *, but: str | None = None) -> str | None:
    """Return the id of the tool that a field names by id or name; note in the form where it is none, or several."""
    text = here.form.need(field, "Say which tool it is")
    if not text or field in here.form.errors:
        return None
    if here.office.tools.called(text) is not None:
        found = [text]
    else:
        found = here.office.tools.find(text)
        found = found or [
            row["id"] for row in here.office.tools.catalogued(text, 50) if row["name"].casefold() == text.casefold()
        ]
    if len(found) == 1 and found[0] != but:
        return found[0]
    near = ", ".join(clean(row["name"]) for row in offered(here, text, but)[:3])
    what = (
        "It is that tool already: say another one"
        if found == [but]
        else f"Several tools are called {clean(text)[:60]}"
        if found
        else f"There is no tool called {clean(text)[:60]}"
    )
    here.form.errors[field] = what + (f"; there are {near}" if near and not found else "")
    return None


def offered(here: Here, words: str, but: str | None) -> list[dict[str, Any]]:
    """Return tools in which words are found: those in use first, then those of the catalogue."""
    if not words.strip():
        return []
    used = [row for row in here.snapshot.tools.search(words) if row["id"] != but]
    found = [
        {
            "id": row["id"],
            "name": row["name"],
            "vendor": row["vendor"],
            "category": row["category"],
            "people": row["people"],
        }
        for row in sorted(used, key=lambda row: len(row["name"]))[:OFFERED]
    ]
    known = {row["id"] for row in used}
    rest = here.office.tools.catalogued(words, OFFERED)
    return (found + [row | {"people": None} for row in rest if row["id"] not in known and row["id"] != but])[:OFFERED]


# --- it is another tool ----------------------------------------------------------------------------------------------


@pages.get("/tools/{tool}/merge", Act.CORRECT)
def merge_page(here: Here, tool: str, search: str = "", into: str = "") -> Any:
    """Choose the tool that it is; then say why."""
    return _merge(here, the_tool(here, tool), search=search[:200], into=into[:300])


def _merge(here: Here, tool: Row, *, search: str = "", into: str = "", problem: str | None = None) -> HTMLResponse:
    called = here.office.tools.called(into) if into else None
    chosen = None if called is None or into == tool["id"] else {"id": into, "name": called}
    asks = chosen is None and not search and tool["provisional"]
    return here.render(
        "tool_merge.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.UNPROCESSABLE_ENTITY if here.form.errors else HTTPStatus.OK,
        tool=tool,
        into=chosen,
        there=here.snapshot.tool(into) if chosen else None,
        search=search,
        found=offered(here, search, tool["id"]) if chosen is None else [],
        candidates=here.office.tools.candidates(tool["id"]) if asks else [],
        names=listings.identities(here.connection, tool["id"]),
        categories=here.office.tools.categories,
        problem=problem,
    )


@pages.post("/tools/{tool}/merge", Act.CORRECT)
def merge(here: Here, tool: str) -> Any:
    """Rule that a tool is another one."""
    row, reason = the_tool(here, tool), here.form.need("reason", _REASON)
    into = meant(here, "into", but=tool)
    if here.form.errors or into is None:
        return _merge(here, row, into=here.form.get("into"))
    try:
        number = here.office.tools.merge(tool, into, reason, by(here, tool))
    except Refused as error:
        return _merge(here, row, into=into, problem=_told(error))
    said = f"{clean(row['name'])[:80]} is {clean(here.office.tools.called(into) or into)[:80]} from now on."
    return done(here, "review merge", number, said, tool_path(into))


# --- part of it is another tool --------------------------------------------------------------------------------------


@pages.get("/tools/{tool}/split", Act.CORRECT)
def split_page(here: Here, tool: str) -> Any:
    """Choose which name of a source is another tool, and which."""
    return _form(here, "tool_split.html", the_tool(here, tool))


@pages.post("/tools/{tool}/split", Act.CORRECT)
def split(here: Here, tool: str) -> Any:
    """Rule that one name of a source is another tool."""
    row = the_tool(here, tool)
    known = {f"{one['source']}/{one['key']}": one for one in listings.identities(here.connection, tool)}
    identity = here.form.choice("identity", tuple(known), "Choose which name is another tool")
    which = here.form.choice("which", ("known", "new"), "Say whether it is a tool that is known, or a new one")
    to = meant(here, "to", but=tool) if which == "known" else None
    name = here.form.need("name", "Say what it is called") if which == "new" else None
    reason = here.form.need("reason", _REASON)
    if here.form.errors:
        return _form(here, "tool_split.html", row)
    try:
        number = here.office.tools.split(identity, to, name, reason, by(here, tool))
    except Refused as error:
        return _form(here, "tool_split.html", row, problem=_told(error))
    said = f"{clean(identity)[:100]} is {clean(name or here.office.tools.called(to or '') or '')[:80]} from now on."
    return done(here, "review split", number, said, tool_path(to) if to else tool_path(tool))


# --- names -----------------------------------------------------------------------------------------------------------


@pages.get("/tools/{tool}/name", Act.CORRECT)
def name_page(here: Here, tool: str) -> Any:
    """Say what a tool is called that nobody has named."""
    return _form(here, "tool_name.html", the_tool(here, tool))


@pages.post("/tools/{tool}/name", Act.CORRECT)
def name(here: Here, tool: str) -> Any:
    """Name a provisional tool: all that sources call it is one tool of that name."""
    row = the_tool(here, tool)
    named_, reason = here.form.need("name", "Say what it is called"), here.form.need("reason", _REASON)
    if len(named_) > 200:
        here.form.errors["name"] = "A name has 200 characters at most"
    keys = [f"{one['source']}/{one['key']}" for one in listings.identities(here.connection, tool)]
    if here.form.errors:
        return _form(here, "tool_name.html", row)
    if not row["provisional"] or not keys:
        return _form(here, "tool_name.html", row, problem=_NAMED)
    try:
        numbers = here.office.tools.name(keys, named_, reason, by(here, tool))
    except Refused as error:
        return _form(here, "tool_name.html", row, problem=_told(error))
    return done(here, "review split", numbers[-1], f"It is called {clean(named_)} from now on.", tool_path(tool))


@pages.get("/tools/{tool}/alias", Act.CORRECT)
def alias_page(here: Here, tool: str) -> Any:
    """Teach a name by which a tool is known."""
    return _form(here, "tool_alias.html", the_tool(here, tool))


@pages.post("/tools/{tool}/alias", Act.CORRECT)
def alias(here: Here, tool: str) -> Any:
    """Rule that a string is this tool, now and whenever it comes again."""
    row = the_tool(here, tool)
    kind = here.form.choice("kind", tuple(one for one, _ in KINDS_OF_NAME), "Choose what kind of name it is")
    value, reason = here.form.need("value", "Write the name as sources write it"), here.form.need("reason", _REASON)
    if here.form.errors:
        return _form(here, "tool_alias.html", row)
    try:
        force = bool(here.form.get("force"))
        number = here.office.tools.alias(kind, value, tool, reason, by(here, tool), force=force)
    except Refused as error:
        return _form(
            here, "tool_alias.html", row, problem=_told(error), forceable="--force with a reason" in str(error)
        )
    said = f"{clean(value)[:80]} is {clean(row['name'])[:80]} whenever it comes."
    return done(here, "catalog alias", number, said, tool_path(tool))


# --- noise, owners, answers ------------------------------------------------------------------------------------------


@pages.get("/tools/{tool}/noise", Act.CORRECT)
def noise_page(here: Here, tool: str) -> Any:
    """Say what it does to mark a tool as noise, or as none."""
    return _noise(here, the_tool(here, tool))


def _noise(here: Here, tool: Row, problem: str | None = None) -> HTMLResponse:
    mark = here.office.tools.noise(tool["noise"]) if tool["noise"] else None
    return _form(here, "tool_noise.html", tool, problem=problem, mark=mark)


@pages.post("/tools/{tool}/noise", Act.CORRECT)
def noise(here: Here, tool: str) -> Any:
    """Rule that a tool is noise, or that it is none."""
    row, reason = the_tool(here, tool), here.form.need("reason", _REASON)
    is_noise = here.form.choice("noise", ("yes", "no"), "Say whether it is noise") == "yes"
    if here.form.errors:
        return _noise(here, row)
    try:
        number = here.office.tools.mark(tool, reason, by(here, tool), noise=is_noise)
    except Refused as error:
        return _noise(here, row, _told(error))
    said = f"{clean(row['name'])[:80]} is {'noise: lists hide it' if is_noise else 'no noise'} from now on."
    return done(here, "review noise", number, said, tool_path(tool))


@pages.get("/tools/{tool}/owner", Act.CORRECT)
def owner_page(here: Here, tool: str) -> Any:
    """Say who answers for a tool."""
    return _form(here, "tool_owner.html", the_tool(here, tool), sides=_SIDES)


@pages.post("/tools/{tool}/owner", Act.CORRECT)
def owner(here: Here, tool: str) -> Any:
    """Rule who answers for a tool on a side."""
    row = the_tool(here, tool)
    side = here.form.choice("side", tuple(one for one, _, _ in _SIDES), "Choose for what")
    address, reason = (
        here.form.need("address", "Enter an address, such as ana@example.com"),
        here.form.need("reason", _REASON),
    )
    if here.form.errors:
        return _form(here, "tool_owner.html", row, sides=_SIDES)
    try:
        number = here.office.tools.own(tool, side, address, reason, by(here, tool))
    except Refused as error:
        return _form(here, "tool_owner.html", row, problem=_told(error), sides=_SIDES)
    here.office.tools.following.ask("review own")
    role = "deputy" if side == "deputy" else f"{side} owner"
    return here.see(tool_path(tool), f"{clean(address)[:80]} is {role} from now on.", undo=f"/decisions/{number}/undo")


@pages.get("/tools/{tool}/answer", Act.ANSWER)
def answer_page(here: Here, tool: str, fact: str = "") -> Any:
    """Choose a question and answer it."""
    return _answer(here, the_tool(here, tool), fact if fact in QUESTIONS else "")


def _answer(here: Here, tool: Row, fact: str, problem: str | None = None) -> HTMLResponse:
    found = VOCABULARY.get(fact)
    how = expected(askable(fact)) if found else ""
    return _form(here, "tool_answer.html", tool, problem=problem, fact=found, how=how, questions=QUESTIONS)


@pages.post("/tools/{tool}/answer", Act.ANSWER)
def answer(here: Here, tool: str) -> Any:
    """Record an answer; the policies hear it at once."""
    row, fact = the_tool(here, tool), here.form.choice("fact", tuple(QUESTIONS), "Choose a question")
    value, until = here.form.need("value", "Write the answer"), here.form.day("until")
    if here.form.errors:
        return _answer(here, row, fact if fact in QUESTIONS else "")
    try:
        who, document, note = by(here, tool, Act.ANSWER), here.form.get("document"), here.form.get("note")
        number, unheard = here.office.tools.answer(
            tool, fact, value, who, until=until, document=document or None, note=note or None
        )
    except Refused as error:
        return _answer(here, row, fact, _told(error))
    here.office.tools.following.ask("review answer")
    said = f"Your answer is kept. {unheard}" if unheard else "Your answer is kept, and the policies have heard it."
    return here.see(tool_path(tool) + "#known", said, undo=f"/decisions/{number}/undo")


# --- what all of them share ------------------------------------------------------------------------------------------


def _form(here: Here, template: str, tool: Row, *, problem: str | None = None, **context: Any) -> HTMLResponse:
    status = HTTPStatus.CONFLICT if problem else HTTPStatus.UNPROCESSABLE_ENTITY if here.form.errors else HTTPStatus.OK
    names = listings.identities(here.connection, tool["id"])
    told: dict[str, Any] = {"forceable": False, "kinds": KINDS_OF_NAME, "names": names, **context}
    return here.render(template, status, tool=tool, problem=problem, **told)


def _told(error: Refused) -> str:
    said = str(error).replace("--force with a reason rules otherwise", "tick the box at the end to rule otherwise")
    for word, instead in (
        ("(--to ID) ", ""),
        ("(--name NAME)", ""),
        ("--force rules", "It rules"),
        (" with --reason TEXT", ""),
    ):
        said = said.replace(word, instead)
    return refusal(Refused(said))


# --- how far it is ---------------------------------------------------------------------------------------------------


@pages.get("/following", Open.SIGNED_IN)
def following(here: Here, onward: str = "/tools") -> Any:
    """Show how far it is with what follows from a decision; go on where all is done."""
    onward = own_path(here.request.query_params.get("next") or onward)
    state = here.office.tools.following.state
    if state is None:
        if here.is_partial:
            return HTMLResponse("", headers={"hx-redirect": onward})
        return RedirectResponse(onward, HTTPStatus.SEE_OTHER)
    again = f"/following?{urlencode({'next': onward})}"
    return here.render("following.html", state=state, onward=onward, again=again)
