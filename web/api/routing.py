"""Routes for programs: permission, query and body checked, problems as documents, entity tags, acts done once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gate.roles import RIGHTS, Act
from model.errors import Refused
from web.access import DECLARED, Endpoint, Needs
from web.api.answers import Row, page_of, tagged
from web.api.strict import Strict
from web.api.twice import Kept, alone, asked, within
from web.errors import NotOurs, Wrong, forbidden
from web.here import Here, refusal

#: So many rows a page has where nothing is said, and at most.
ROWS, MOST = 50, 500
PREFIX = "/api/v1"
#: No number of ours is larger, and JSON has no larger one exactly (RFC 8259, section 6).
LARGEST = 2**53 - 1
#: A text with anything in it; what has a NUL in it no database takes.
_SOMETHING, _PLAIN = r"^[^\x00]*[^\x00\s\x85][^\x00]*$", r"^[^\x00]*$"

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many rows at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=400, pattern="^[A-Za-z0-9_-]+$", description="Where to go on: `next` of the page before."),
]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Id = Annotated[str, Path(min_length=1, max_length=300, pattern=_PLAIN)]
Sought = Annotated[str, Query(max_length=200, pattern=_PLAIN, description="Words that are all found in it.")]
Filter = Annotated[str | None, Query(max_length=300, pattern=_PLAIN)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_SOMETHING)]
Passage = Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=_SOMETHING)]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00\r\n]*[^\x00\s\x85][^\x00\r\n]*$")
]
Reason = Annotated[Passage, Field(description="Why. It is kept with the decision, and whoever asks later reads it.")]


class Sent(BaseModel):
    """What is sent: a field that we do not know is refused, so that nothing is lost by a slip of the pen."""

    model_config = ConfigDict(extra="forbid", strict=False)


class Problem(BaseModel):
    """What went wrong (RFC 9457): `title` is what happened, `detail` what to do about it.

    `request` is the number by which the log knows the request, `errors` say what is wrong where in what was sent.
    """

    type: str
    title: str
    status: int
    detail: str
    request: str | None = None
    errors: list[Fault] | None = None


class Fault(BaseModel):
    """What is wrong with one field: `where` names it, `what` says it."""

    where: str
    what: str


#: Status -> what it means here, of anything that is asked for, and of acts beside.
REFUSALS = {
    400: "What was sent cannot be read.",
    401: "Nobody is signed in, or the token holds no more.",
    403: "The account, or the token, may not do this.",
    404: "There is no such thing, or not for you.",
    422: "What was sent is not what is expected here: `errors` says where.",
    429: "That was too often: wait as long as `Retry-After` says.",
    503: "The database is busy: ask again after `Retry-After` seconds.",
}
OF_ACTS = {
    409: "Refused: it was decided meanwhile, or is not allowed. Nothing was changed.",
    413: "That was too much at once.",
    415: "This takes `application/json` alone.",
}


class Api:
    """Routes for programs. An endpoint is a plain function `(here, ...)` that returns rows, a mapping or a Response."""

    def __init__(self, tag: str) -> None:
        """Begin a group of routes under a heading of the reference."""
        self.router = APIRouter(prefix=PREFIX, tags=[tag], route_class=Strict)

    def get(self, path: str, needs: Needs, model: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare a route that reads; `model` is what it answers with."""
        return self._route("GET", path, needs, model, Kept(status=200))

    def post(
        self, path: str, needs: Needs, model: Any, status: int = 200, *, within: bool = True, secret: bool = False
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare a route that acts: `(here, connection, ...)`, in one transaction with the key that makes it once.

        Not `within`, the act has transactions of its own and is called without a connection; if the program dies in
        the midst of it, the key stays taken, and whoever sends it again is told to look. A `secret` answer is shown
        once: it is not kept for who asks again.
        """
        return self._route("POST", path, needs, model, Kept(status=status, is_secret=secret), within_one=within)

    def delete(self, path: str, needs: Needs, model: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare a route that ends something, as `post` does."""
        return self._route("DELETE", path, needs, model, Kept(status=200))

    def _route(
        self, method: str, path: str, needs: Needs, model: Any, kept: Kept, *, within_one: bool = True
    ) -> Callable[[Endpoint], Endpoint]:
        def declare(endpoint: Endpoint) -> Endpoint:
            run = (
                _reading(endpoint, needs) if method == "GET" else _acting(endpoint, needs, kept, within_one=within_one)
            )
            said = REFUSALS if method == "GET" else REFUSALS | OF_ACTS
            self.router.add_api_route(
                path,
                run,
                methods=[method],
                name=endpoint.__name__,
                operation_id=endpoint.__name__,
                response_model=None,
                status_code=kept.status,
                responses={
                    kept.status: {"model": model},
                    **{code: {"description": text} for code, text in said.items()},
                },
                openapi_extra={"x-needs": str(needs), **({"x-shown-once": True} if kept.is_secret else {})},
            )
            return endpoint

        return declare


def _reading(endpoint: Endpoint, needs: Needs) -> Endpoint:
    known = {name for name in inspect.signature(endpoint).parameters if name != "here"}

    def run(ostiary_request: Request, **given: Any) -> Any:
        with Here.of(ostiary_request) as here:
            here.admit(needs)
            _only_known(ostiary_request, known)
            return tagged(here, endpoint(here, **given))

    return _declared(run, endpoint, needs)


def _acting(endpoint: Endpoint, needs: Needs, kept: Kept, *, within_one: bool) -> Endpoint:
    known = {name for name in inspect.signature(endpoint).parameters if name not in {"here", "connection"}}

    def run(ostiary_request: Request, **given: Any) -> Any:
        with Here.of(ostiary_request) as here:
            here.admit(needs)
            if here.session is not None and ostiary_request.headers.get("x-csrf-token") != here.session.csrf:
                raise NotOurs
            _only_known(ostiary_request, known)
            wanted = asked(here, given)
            if within_one:
                return within(here, wanted, kept, lambda connection: endpoint(here, connection, **given))
            return alone(here, wanted, kept, lambda: endpoint(here, **given))

    return _declared(run, endpoint, needs)


def _declared(run: Endpoint, endpoint: Endpoint, needs: Needs) -> Endpoint:
    taken = inspect.signature(endpoint, eval_str=True).parameters.values()
    given = [p for p in taken if p.name not in {"here", "connection"}]
    request = inspect.Parameter("ostiary_request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    shown = [request, *(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in given)]
    functools.update_wrapper(run, endpoint, assigned=("__name__", "__doc__", "__module__", "__qualname__"), updated=())
    del run.__wrapped__  # type: ignore[attr-defined]  # else FastAPI would read the signature of what is wrapped
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in shown}
    setattr(run, DECLARED, needs)
    return run


def _only_known(request: Request, known: set[str]) -> None:
    takes = known - {"body", *request.path_params}
    given = [name for name, _ in request.query_params.multi_items()]
    if twice := next((name for name in given if given.count(name) > 1), None):
        raise Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, f"{twice[:60]!r} is said twice.", "Say each once.")
    strange = sorted({*given} - takes)
    if strange:
        what = f"This takes no {strange[0][:60]!r}."
        raise Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, what, f"It takes: {', '.join(sorted(takes)) or 'nothing'}.")


def refused(error: Refused) -> Wrong:
    """Return a refusal of the gate as an error of the interface."""
    return Wrong(HTTPStatus.CONFLICT, refusal(error), "Nothing was changed.")


def limited(here: Here, *acts: Act) -> None:
    """Raise Wrong where a token has none of some acts: what its account may do by the gate it may not.

    For routes that anybody may ask for, because the gate says by the thing at hand who may.
    """
    if here.token is not None and not here.token.acts & {*acts}:
        named = " or ".join(str(act) for act in acts if RIGHTS[act])
        raise forbidden(f"This token may not {named}.", "Make one that may, at /account.")


__all__ = ["Api", "Cursor", "Limit", "Number", "Row", "Sent", "limited", "page_of", "refused"]
