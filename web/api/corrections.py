"""What people rule of a tool: it is another one, part of it is, its name, noise, owners, answers, ratings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from gate import ratings
from gate.accounts import named
from gate.keys import Side
from gate.roles import Act, require
from model.errors import Refused
from storage import cases
from storage.listings import tools as listings
from storage.store import Connection
from web.access import Open
from web.api.bodies import Day, Email, Unit, said
from web.api.models_more import Answered, Following, Made, MadeBeside
from web.api.routing import Api, Id, Line, Passage, Reason, Row, Sent, refused
from web.api.tools import the_tool
from web.errors import not_found
from web.here import Here

api = Api("Corrections")
KindOfName = Literal[
    "app_name", "domain", "url", "card_descriptor", "client_id", "entity_id", "redirect_uri", "bundle_id",
    "script_host", "marketplace_product", "dns_spf", "dns_txt", "dns_cname",
]  # fmt: skip
Step = Literal["low", "medium", "high"]


class Merge(Sent):
    """`into` is the id of the tool that it is; one of the catalogue that was not seen yet, too."""

    into: Line
    reason: Reason


class Split(Sent):
    """`identity` (SOURCE/KEY, one of `identities`) is another tool: a known one (`to`), or a new one (`name`)."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [said("to", "string"), said("name", "string")]})

    identity: Annotated[Line, Field(max_length=2_000)]
    to: Line | None = None
    name: Unit | None = None
    reason: Reason

    @model_validator(mode="after")
    def _one(self) -> Split:
        if (self.to is None) == (self.name is None):
            raise ValueError("say `to` (a tool that is known) or `name` (a new one), and not both")
        return self


class Name(Sent):
    """What a tool is called that nobody has named."""

    name: Unit
    reason: Reason


class Alias(Sent):
    """A string that is this tool, whenever it comes; `force` rules so even where it tells little."""

    kind: KindOfName
    value: Annotated[Line, Field(max_length=2_000)]
    force: Annotated[bool, Field(strict=True)] = False
    reason: Reason


class Noise(Sent):
    """Whether lists hide a tool."""

    noise: Annotated[bool, Field(strict=True)]
    reason: Reason


class Owner(Sent):
    """Who answers for a tool."""

    side: Literal["business", "technical", "deputy"]
    address: Email
    reason: Reason


class Said(Sent):
    """An answer to a fact that no source shows; it holds for a year where no day is named."""

    fact: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9_]+$", max_length=100)]
    value: Annotated[Passage, Field(max_length=4_000)]
    until: Day | None = None
    document: Annotated[Passage | None, Field(description="Title or address of what says so.")] = None
    note: Passage | None = None


class Rate(Sent):
    """How one side sees a tool. `side` is needed of who may rate for both."""

    importance: Step
    risk: Step
    side: Literal["it", "marketing"] | None = None
    reason: Reason


def _beside(here: Here, tool: str, what: str, act: Callable[[str, str], int | list[int]]) -> Row:
    """Rule something of a tool; what follows is derived beside. `act` takes the tool's id and who rules."""
    name = the_tool(here, tool)["id"]
    try:
        require(here.account, Act.CORRECT, at=here.at, unit=cases.unit_of(here.connection, name))
        made = act(name, named(here.account))
    except Refused as error:
        raise refused(error) from None
    here.office.tools.following.ask(what)
    return {"decisions": made if isinstance(made, list) else [made]}


@api.post("/tools/{tool}/merge", Act.CORRECT, MadeBeside, within=False)
def merge_tool(here: Here, tool: Id, body: Merge) -> Row:
    """Rule that a tool is another one."""
    port = here.office.tools
    if port.called(body.into) is None:
        raise not_found("There is no tool of the id that `into` names.", "`GET /api/v1/tools?search=` finds it.")
    return _beside(here, tool, "review merge", lambda name, by: port.merge(name, body.into, body.reason, by))


@api.post("/tools/{tool}/split", Act.CORRECT, MadeBeside, within=False)
def split_tool(here: Here, tool: Id, body: Split) -> Row:
    """Rule that one name of a source is another tool."""
    port, name = here.office.tools, the_tool(here, tool)["id"]
    known = {f"{one['source']}/{one['key']}" for one in listings.identities(here.connection, name)}
    if body.identity not in known:
        raise not_found("The tool has no such name.", "`identities` of `GET /api/v1/tools/{tool}` has them.")
    if body.to is not None and port.called(body.to) is None:
        raise not_found("There is no tool of the id that `to` names.", "`GET /api/v1/tools?search=` finds it.")
    return _beside(
        here, tool, "review split", lambda _, by: port.split(body.identity, body.to, body.name, body.reason, by)
    )


@api.post("/tools/{tool}/name", Act.CORRECT, MadeBeside, within=False)
def name_tool(here: Here, tool: Id, body: Name) -> Row:
    """Name a tool that the catalogue does not know: all that sources call it is one tool of that name."""
    row = the_tool(here, tool)
    keys = [f"{one['source']}/{one['key']}" for one in listings.identities(here.connection, row["id"])]

    def act(_: str, by: str) -> list[int]:
        if not row["provisional"] or not keys:
            raise Refused("it has a name already: say that it is another tool, or that a part of it is")
        return here.office.tools.name(keys, body.name, body.reason, by)

    return _beside(here, tool, "review split", act)


@api.post("/tools/{tool}/alias", Act.CORRECT, MadeBeside, within=False)
def alias_tool(here: Here, tool: Id, body: Alias) -> Row:
    """Rule that a string is this tool, now and whenever it comes again."""
    port = here.office.tools
    return _beside(
        here,
        tool,
        "catalog alias",
        lambda name, by: port.alias(body.kind, body.value, name, body.reason, by, force=body.force),
    )


@api.post("/tools/{tool}/noise", Act.CORRECT, MadeBeside, within=False)
def mark_tool(here: Here, tool: Id, body: Noise) -> Row:
    """Rule that a tool is noise, which lists hide, or that it is none."""
    port = here.office.tools
    return _beside(here, tool, "review noise", lambda name, by: port.mark(name, body.reason, by, noise=body.noise))


@api.post("/tools/{tool}/owner", Act.CORRECT, MadeBeside, within=False)
def own_tool(here: Here, tool: Id, body: Owner) -> Row:
    """Rule who answers for a tool."""
    port = here.office.tools
    return _beside(here, tool, "review own", lambda name, by: port.own(name, body.side, body.address, body.reason, by))


@api.post("/tools/{tool}/answer", Act.ANSWER, Answered, within=False)
def answer_tool(here: Here, tool: Id, body: Said) -> Row:
    """Answer what no source shows, without having been asked; the policies hear it at once."""
    name = the_tool(here, tool)["id"]
    try:
        require(here.account, Act.ANSWER, at=here.at, unit=cases.unit_of(here.connection, name))
        made, unheard = here.office.tools.answer(
            name, body.fact, body.value, named(here.account), until=body.until, document=body.document, note=body.note
        )
    except Refused as error:
        raise refused(error) from None
    here.office.tools.following.ask("review answer")
    return {"decision": made, "unheard": unheard}


@api.post("/tools/{tool}/rate", Act.RATE, Made)
def rate_tool(here: Here, connection: Connection, tool: Id, body: Rate) -> Row:
    """Say how important and how risky one's side thinks a tool is."""
    side = None if body.side is None else Side(body.side)
    reason = here.office.tools.masked(body.reason)
    name = the_tool(here, tool)["id"]
    try:
        made = ratings.rate(
            connection,
            here.gate(),
            here.account,
            name,
            importance=body.importance,
            risk=body.risk,
            reason=reason,
            side=side,
        )
    except Refused as error:
        raise refused(error) from None
    return {"decision": made}


@api.get("/following", Open.SIGNED_IN, Following)
def get_following(here: Here) -> Row:
    """Return how far it is what follows from decisions on which tool is which, who owns it and what was answered."""
    state = here.office.tools.following.state
    if state is None:
        return {"is_done": True, "step": None, "done": 0, "total": None, "problem": None}
    return {"is_done": False, "step": state.step, "done": state.done, "total": state.total, "problem": state.problem}
