"""What every fake over HTTP has: a table of the configuration, a record of calls, and faults on demand."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

from werkzeug import Request, Response

#: Faults that pass by themselves: a run survives one, and a further run survives many.
PASSING = ("reset", "half", "429", "429 after", "500", "503 after", "502 page", "401")
#: Faults that do not pass within a run.
LASTING = ("403", "page", "redirect", "404")
HOST_OF_NOBODY = "http://127.0.0.2:9"
#: Seconds that a fake names in `Retry-After`.
REST = 7


@dataclass(frozen=True)
class Called:
    """One call that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class HttpFake:
    """A vendor. `faults` names by number (from 1) which calls go wrong; `always` decides for each call."""

    kind: ClassVar[str]
    #: What must never be seen anywhere: the secrets behind `environment`.
    secrets: tuple[str, ...] = ("s3cr3t-of-the-fake",)
    #: Whether its pages name the next one by its address.
    links: ClassVar[bool] = True

    def __init__(self, server: Any, clock: Any) -> None:
        self.server, self.clock = server, clock
        self.base = server.url_for("").rstrip("/")
        self.calls: list[Called] = []
        self.faults: dict[int, str] = {}
        self.always: Callable[[Called], str | None] = lambda _call: None
        self.skew = timedelta(0)
        #: Names another host in every link to a next page; leads every page to itself.
        self.elsewhere = self.circle = False
        #: Adds one broken record to every listing.
        self.spoiled = False
        self._lock = threading.Lock()
        server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    # What a vendor's own fake says.

    @property
    def table(self) -> dict[str, Any]:
        """Return `[sources.NAME]`, with secrets as references to `environment`."""
        raise NotImplementedError

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that hold the secrets."""
        return {"SECRET": self.secrets[0]}

    def route(self, call: Called) -> Response:
        """Answer a call as the vendor does."""
        raise NotImplementedError

    def error(self, status: int, call: Called) -> Response:
        """Answer with the vendor's error."""
        raise NotImplementedError

    def rename(self, names: list[str]) -> None:
        """Call apps and people by these names, one after the other."""
        raise NotImplementedError

    # What is the same for all.

    @property
    def now(self) -> Any:
        """Return the vendor's own time."""
        return self.clock.at + self.skew

    def json(self, found: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        return Response(json.dumps(found), status, headers, content_type="application/json")

    def listing(self, found: list[Any]) -> list[Any]:
        return [*found, {"broken": "a record that is none of this listing"}] if self.spoiled and found else found

    def _answer(self, request: Request) -> Response:
        call = Called(
            request.method,
            request.path,
            request.args.to_dict(),
            {name.lower(): value for name, value in request.headers.items()},
            request.get_data(),
        )
        with self._lock:
            self.calls.append(call)
            fault = self.faults.pop(len(self.calls), None) or self.always(call)
        answer = self._faulty(fault, call, request) if fault else self.route(call)
        answer.headers["Date"] = format_datetime(self.now.replace(microsecond=0), usegmt=True)
        return answer

    def _faulty(self, fault: str, call: Called, request: Request) -> Response:
        if fault == "reset":
            return self._reset(request)
        if fault == "half":
            whole = self.route(call)
            body = whole.get_data()
            half = Response(body[: len(body) // 2], whole.status_code, whole.headers)
            half.headers["Content-Length"] = str(len(body))
            half.headers["Connection"] = "close"
            half.automatically_set_content_length = False
            return half
        if fault == "page":
            return Response("<html><body>Please sign in</body></html>", 200, content_type="text/html")
        if fault == "502 page":
            return Response("<html><h1>502 Bad Gateway</h1></html>", 502, content_type="text/html")
        if fault == "redirect":
            return Response("", 302, {"Location": f"{HOST_OF_NOBODY}/login"})
        status, _, after = fault.partition(" ")
        answer = self.error(int(status), call)
        if after == "after":
            answer.headers["Retry-After"] = str(REST)
        return answer

    def _reset(self, request: Request) -> Response:
        """Break the connection before anything is said."""
        with contextlib.suppress(OSError):
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response("")
