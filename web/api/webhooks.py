"""Webhooks: what programs are told, how they know that it is genuine, and what could not be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from gate.notify import EVENTS
from gate.roles import Act
from model.errors import Refused
from storage import outbox
from storage.store import Connection
from web.api.bodies import WHOLE
from web.api.models import Day, Message, Moment
from web.api.routing import LARGEST, Api, Row, Sent, refused
from web.here import Here

api = Api("Webhooks")
#: How far the time of a message may lie from its reader's, both ways.
TOLERANCE = timedelta(minutes=5)
#: Events of a document that are no events of their own: several at once, one that is taken back, one to try with.
MORE = {
    "undone": "a decision was taken back",
    "digest": "several of these at once: `text` lists them",
    "test": "somebody tries whether it arrives",
}
_SHOWN = 50


class Webhook(BaseModel):
    """A configured webhook. Its address and its secret stand in the configuration, and are told to nobody."""

    name: str
    events: list[str]
    units: list[str]


class Told(Message):
    """A message that was told at `told_at`, or that was not needed any more (`needless`)."""

    told_at: Moment | None


class Webhooks(BaseModel):
    """The configured webhooks, the last messages that were told to them, and those that were not."""

    items: list[Webhook]
    told: list[Told]
    waiting: list[Message]


_Number = Annotated[int, Field(ge=1, le=LARGEST), WHOLE]


class Again(Sent):
    """The numbers of messages that were given up."""

    messages: Annotated[list[_Number], Field(min_length=1, max_length=100)]


class Retried(BaseModel):
    """The messages that are tried again."""

    retried: list[int]


@api.get("/webhooks", Act.RUN, Webhooks)
def list_webhooks(here: Here) -> Row:
    """Return which programs are told what, the last messages to them, and those that did not arrive, with why."""
    port = here.office.webhooks
    told, waiting = port.told(here.connection, _SHOWN), port.waiting(here.connection)
    return {"items": port.receivers(), "told": told, "waiting": waiting}


@api.post("/webhooks/retry", Act.RUN, Retried)
def retry_messages(here: Here, connection: Connection, body: Again) -> Row:
    """Have messages tried again that were given up, with the next `ostiary work`."""
    del here
    for number in body.messages:
        if not outbox.retry(connection, number):
            raise refused(Refused(f"message {number} was not given up: `ostiary work list` shows those that were"))
    return {"retried": body.messages}


# --- what is told ----------------------------------------------------------------------------------------------------


class OfTool(BaseModel):
    """The tool that it is about."""

    id: str | None
    name: str | None


class Notice(BaseModel):
    """What a webhook is sent, as the template that comes with the program has it; what nobody knows is null.

    `id` is the same however often it is sent; `text` is what people are told, `link` leads to the page.
    """

    id: str
    at: Moment
    event: str
    title: str | None
    text: str | None
    tool: OfTool
    case: str | None
    unit: str | None
    due: Day | None
    link: str | None


_STANDARD = "[Standard Webhooks 1.0](https://github.com/standard-webhooks/standard-webhooks)"
HOW = f"""Sent by `POST`, signed as {_STANDARD} has it:

- `webhook-id`: the same for the same message, however often it is sent. Keep the ids that you have read, and pass
  over one that comes again.
- `webhook-timestamp`: seconds since 1970. Refuse what is more than {TOLERANCE.seconds // 60} minutes from your clock.
- `webhook-signature`: `v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body` by the secret of the receiver;
  there may be several, with blanks between them. Compare in constant time, over the body as it came.

Answer with any status of 200 to 299; what is answered otherwise is sent again, later and later, and then waits for a
person (`GET /webhooks`). A company may change what is sent by a template of its own."""
notices = APIRouter()


def _declare(event: str, said: str) -> None:
    def told(body: Notice) -> None:
        """Stand for the receiver, which is not ours."""

    told.__doc__ = HOW
    notices.add_api_route(
        event, told, methods=["POST"], name=event, operation_id=f"on_{event}", summary=f"{said[:1].upper()}{said[1:]}",
        tags=["Webhooks"], status_code=204, responses={204: {"description": "You have it."}},
    )  # fmt: skip


for _event, _said in {**EVENTS, **MORE}.items():
    _declare(_event, _said)
