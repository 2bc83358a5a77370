"""Which route needs what: each declares it, and a route that does not is refused when the application is made."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from web.errors import not_found
from web.forms import form_of
from web.here import Here
from web.needs import Needs, Open

#: Attribute of an endpoint that says what it needs.
DECLARED = "__ostiary_needs__"
Endpoint = Callable[..., Any]
_LARGEST = 2**63 - 1


class Pages:
    """Routes for people. Each endpoint is a plain function `(here, ...)` and is called only where `needs` is met.

    What FastAPI reads of the path and the query stands as further arguments. `here.form` holds what was posted.
    """

    def __init__(self, prefix: str = "") -> None:
        """Begin a group of routes below a path."""
        self.router = APIRouter(prefix=prefix, include_in_schema=False, default_response_class=HTMLResponse)

    def get(self, path: str, needs: Needs) -> Callable[[Endpoint], Endpoint]:
        """Declare a page."""
        return self._route("GET", path, needs)

    def post(self, path: str, needs: Needs) -> Callable[[Endpoint], Endpoint]:
        """Declare an act; its form is checked to come from a page of ours."""
        return self._route("POST", path, needs)

    def _route(self, method: str, path: str, needs: Needs) -> Callable[[Endpoint], Endpoint]:
        def declare(endpoint: Endpoint) -> Endpoint:
            run = _posted(endpoint, needs) if method == "POST" else _read(endpoint, needs)
            methods = ["GET", "HEAD"] if method == "GET" else [method]
            self.router.add_api_route(path, run, methods=methods, name=endpoint.__name__)
            return endpoint

        return declare


def _read(endpoint: Endpoint, needs: Needs) -> Endpoint:
    # One plain function a request: FastAPI takes it to a worker thread once, not once for each dependency.
    def run(ostiary_request: Request, **given: Any) -> Any:
        with Here.of(ostiary_request) as here:
            here.admit(needs)
            _numbers(given)
            return endpoint(here, **given)

    return _declared(run, endpoint, needs)


def _posted(endpoint: Endpoint, needs: Needs) -> Endpoint:
    def run(ostiary_request: Request, ostiary_form: FormData = Depends(form_of), **given: Any) -> Any:
        with Here.of(ostiary_request, ostiary_form) as here:
            ostiary_request.state.form = here.form
            here.check_origin()
            here.admit(needs)
            if needs is not Open.LINK:
                here.check_form()
            _numbers(given)
            return endpoint(here, **given)

    return _declared(run, endpoint, needs)


def _numbers(given: dict[str, Any]) -> None:
    # A number that no database holds is one that nothing has.
    if any(isinstance(value, int) and abs(value) > _LARGEST for value in given.values()):
        raise not_found("There is nothing at this address.", "Check it, or go home.")


def _declared(run: Endpoint, endpoint: Endpoint, needs: Needs) -> Endpoint:
    own = [p for name, p in inspect.signature(run).parameters.items() if name.startswith("ostiary_")]
    asked = list(inspect.signature(endpoint, eval_str=True).parameters.values())[1:]
    shown = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*own, *asked)]
    annotations = {p.name: p.annotation for p in shown}
    functools.update_wrapper(run, endpoint, assigned=("__name__", "__doc__", "__module__", "__qualname__"), updated=())
    del run.__wrapped__  # type: ignore[attr-defined]  # else FastAPI would read the signature of what is wrapped
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = annotations
    setattr(run, DECLARED, needs)
    return run


__all__ = ["DECLARED", "Endpoint", "Needs", "Open", "Pages"]
