"""The web application: every route with its permission, and what is said where something goes wrong."""

from __future__ import annotations

import gzip
import json
import mimetypes
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from model.errors import OstiaryError, Refused, Unavailable
from web import api
from web.access import DECLARED, Open
from web.errors import NotOurs, SignInFirst, Wrong
from web.here import Here, refusal
from web.office import Office
from web.pages import ALL
from web.pages.entering import LONGEST_ONWARD
from web.problems import PROBLEM, problem
from web.protect import Protected
from web.snapshot import Snapshots
from web.templating import STATIC, asset, environment

_YEAR = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
log = structlog.get_logger("web")


def make_app(office: Office) -> FastAPI:
    """Return the application, without what stands around it: `protected` adds that."""
    app = FastAPI(title="Ostiary", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.office, app.state.templates = office, environment()
    app.state.snapshots = Snapshots(office)
    # Included, a router would be asked as a whole; one list of routes is what the test of permissions walks.
    for router in (_own(), *(pages.router for pages in ALL)):
        app.router.routes.extend(router.routes)
    api.add(app)
    _handle(app)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4)
    undeclared = [path for path, needs in declared(app) if needs is None]
    if undeclared:
        raise RuntimeError(f"routes that declare no permission: {', '.join(undeclared)}")
    return app


def protected(app: FastAPI) -> ASGIApp:
    """Return the application with limits, headers and the log around it, as it is served."""
    web = app.state.office.web
    return Protected(app, secure=web.is_secure, behind_proxy=web.behind_proxy, told=_told)


def declared(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """Yield each route as `METHOD PATH` with what it needs; None where it does not say."""
    for route in app.routes:
        if isinstance(route, Route) or hasattr(route, "endpoint"):
            methods = ",".join(sorted((getattr(route, "methods", None) or set()) - {"HEAD"}))
            yield f"{methods} {route.path}", getattr(route.endpoint, DECLARED, None)  # type: ignore[attr-defined]
        else:
            yield f"* {getattr(route, 'path', route)}", None


# --- what is served beside pages -------------------------------------------------------------------------------------


def _own() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    files = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.is_file()}
    packed = {name: gzip.compress(body, 9) for name, body in files.items()}

    async def static(file: str, request: Request) -> Response:
        if file not in files:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        suffix = file[file.rfind(".") :]
        kind = _TYPES.get(suffix) or mimetypes.guess_type(file)[0] or "application/octet-stream"
        headers = {"cache-control": _YEAR, "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(packed[file], media_type=kind, headers=headers)
        return Response(files[file], media_type=kind, headers=headers)

    def health(request: Request) -> JSONResponse:
        try:
            with request.app.state.office.store.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except OstiaryError:
            return JSONResponse({"status": "the database does not answer"}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"status": "ok"})

    async def icon() -> RedirectResponse:
        return RedirectResponse(asset("icon.svg"), HTTPStatus.MOVED_PERMANENTLY)

    for path, endpoint in (("/static/{file}", static), ("/healthz", health), ("/favicon.ico", icon)):
        setattr(endpoint, DECLARED, Open.ANYBODY)
        router.add_api_route(path, endpoint, methods=["GET", "HEAD"], response_model=None)
    return router


# --- what is said where something goes wrong -------------------------------------------------------------------------


def _handle(app: FastAPI) -> None:
    app.add_exception_handler(SignInFirst, _sign_in_first)
    app.add_exception_handler(NotOurs, _not_ours)
    app.add_exception_handler(Wrong, _wrong)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _broken)


def _is_api(path: str) -> bool:
    return path.startswith("/api/")


def _say(request: Request, status: HTTPStatus, what: str, do: str = "", **more: Any) -> Response:
    """Answer with a page, or with a problem document where a program asks."""
    number = getattr(request.state, "request_id", None)
    if _is_api(request.url.path):
        return problem(status, what, do, request=number, **more)
    page = "error_part.html" if request.headers.get("hx-request") == "true" else "error.html"
    with Here.of(request) as here:
        with suppress(OstiaryError):  # what does not answer may be the database: then nobody is known
            here.know()
        return here.render(page, status, what=what, do=do, number=number, kept=_kept(request), again=False)


def _kept(request: Request) -> list[tuple[str, str]]:
    form = getattr(request.state, "form", None)
    return form.kept() if form is not None else []


async def _sign_in_first(request: Request, _error: Exception) -> Response:
    if _is_api(request.url.path):
        said = "This takes a token: send it as `Authorization: Bearer TOKEN`."
        found = problem(HTTPStatus.UNAUTHORIZED, "Nobody is signed in.", said)
        found.headers["www-authenticate"] = "Bearer"
        return found
    if request.headers.get("hx-request") == "true":
        headers = {"hx-redirect": "/sign-in"}
        return HTMLResponse("", HTTPStatus.UNAUTHORIZED, headers)
    if request.method in {"GET", "HEAD"}:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        here = here if len(here) <= LONGEST_ONWARD else "/"
        return RedirectResponse(f"/sign-in?{urlencode({'next': here})}" if here != "/" else "/sign-in", 303)
    with Here.of(request) as page:
        return page.render("signed_out.html", HTTPStatus.UNAUTHORIZED, kept=_kept(request), path=request.url.path)


async def _not_ours(request: Request, _error: Exception) -> Response:
    ours = request.headers.get("sec-fetch-site") == "same-origin"
    what = "This form was made before you signed in again." if ours else "This form does not come from a page of ours."
    if _is_api(request.url.path) or not ours:
        return _say(request, HTTPStatus.FORBIDDEN, what, "Open the page again, and send it from there.")
    with Here.of(request) as here:
        here.know()
        return here.render("send_again.html", HTTPStatus.FORBIDDEN, kept=_kept(request), path=request.url.path)


async def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, Wrong)
    return _say(request, error.status, error.what, error.do, **error.more)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _say(request, HTTPStatus.CONFLICT, refusal(error), "Nothing was changed.")


async def _unavailable(request: Request, error: Exception) -> Response:
    log.warning("unavailable", said=str(error))
    found = _say(request, HTTPStatus.SERVICE_UNAVAILABLE, "The database is busy.", "Try again in a moment.")
    found.headers["retry-after"] = "5"
    return found


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [
        {"where": ".".join(str(part)[:100] for part in one["loc"][1:][:10]) or "body", "what": str(one["msg"])[:300]}
        for one in error.errors()[:_FAULTS]
    ]
    if not _is_api(request.url.path) and all(one["loc"][0] == "path" for one in error.errors()):
        return _say(request, HTTPStatus.NOT_FOUND, "There is nothing at this address.", "Check it, or go home.")
    named = "; ".join(f"{one['where']}: {one['what']}" for one in faults[:5])
    return _say(
        request, HTTPStatus.UNPROCESSABLE_ENTITY, f"This cannot be read: {named}.", "Correct it.", errors=faults
    )


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    what, do = _STATUS.get(status, (f"{status.phrase}.", "Go back, and try it otherwise."))
    found = _say(request, status, what, do)
    for name, value in (error.headers or {}).items():
        found.headers[name] = value
    return found


async def _gone(_request: Request, _error: Exception) -> Response:
    # Whoever sent it went away before all of it was here: nothing was done, and nobody reads this.
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _broken(request: Request, _error: Exception) -> Response:
    return _say(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side.",
        "Nothing was changed by this. Try again; if it happens again, tell whoever runs Ostiary the number below.",
    )


#: So many faults of one request are told: a body may hold any number.
_FAULTS = 20
_STATUS = {
    HTTPStatus.NOT_FOUND: ("There is nothing at this address.", "Check it, or go home."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("That cannot be done at this address.", "Go back, and use the page's buttons."),
    HTTPStatus.BAD_REQUEST: ("This cannot be read.", "Go back, and send it again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("This is too much at once.", "Send less: one million bytes at most."),
    HTTPStatus.TOO_MANY_REQUESTS: ("That was too often.", "Wait a minute, and try again."),
}


def _told(scope: Scope, status: HTTPStatus) -> tuple[bytes, bytes]:
    """Return content type and body of a refusal that no route has seen."""
    what, do = _STATUS.get(status, (status.phrase, ""))
    if _is_api(scope["path"]):
        body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": f"{what} {do}"}
        return PROBLEM.encode(), json.dumps(body).encode()
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{what}</title><link rel="stylesheet" href="{asset("site.css")}"><main class="page"><h1>{what}</h1>'
        f'<p>{do}</p><p><a href="/">Go home</a></p></main></html>'
    )
    return b"text/html; charset=utf-8", page.encode()
