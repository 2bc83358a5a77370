"""Microsoft Entra's logs over Graph: windows cut into slices, five calls in ten seconds, and the licence they need.

Facts: learn.microsoft.com/graph, "List signIns" (newest first, at most 1,000 a page; `createdDateTime` takes ge, le),
"List directoryAudits", "Microsoft Graph service-specific throttling limits" (reports: five requests in ten seconds for
an app and tenant); wide windows time out while they are paged, so they are read in slices, oldest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from connectors.http import Answer, Auth, Http, check_new
from connectors.live import Page, Window, Wire
from connectors.patience import Pace
from connectors.source_tables import Address
from model.errors import AccessDenied, Transient

_MOST = 1000
_NARROWEST, _FIRST, _WIDEST = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
#: A slice of more pages than this was too wide, one of at most so many too narrow.
_MANY, _FEW = 20, 2
#: Said also of licensed tenants now and then, and where Directory.Read.All lacks ("Known issues", licence checks).
_UNLICENSED = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
_CHANCES = 3


@dataclass(frozen=True, slots=True)
class Log:
    """One log: its path, the field of its time, and what else is asked of its records."""

    path: str
    field: str
    besides: str = ""

    def filter(self, since: datetime, until: datetime) -> str:
        """Return the filter of a window, whole seconds wide, both ends in it."""
        end = until if until.microsecond == 0 else until + timedelta(seconds=1)
        bounds = f"{self.field} ge {_seconds(since)} and {self.field} le {_seconds(end)}"
        return f"{bounds} and {self.besides}" if self.besides else bounds


class _Next(msgspec.Struct):
    link: str | None = msgspec.field(name="@odata.nextLink", default=None)


def followed(http: Http, answer: Answer) -> Iterator[bytes]:
    """Yield the body of a listing's page and of all that follow it; `@odata.nextLink` is taken as it stands."""
    seen = {answer.url}
    while True:
        yield answer.body
        try:
            link = msgspec.json.decode(answer.body, type=_Next).link
        except msgspec.ValidationError:
            link = None  # no page at all: whoever cuts it into records says so
        if link is None:
            return
        check_new(link, seen)
        answer = http.get(link)


class Reports:
    """Reads logs."""

    def __init__(self, wire: Wire, graph: Address, auth: Auth) -> None:
        self._chances = _CHANCES
        self._http = Http(wire, graph, auth, pace=Pace(5, 10), retry=self._may_pass)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    def pages(self, log: Log, window: Window) -> Iterator[Page]:
        """Yield a log's pages, slice after slice, oldest slice first; the last page of each says how far it goes.

        Slices grow where little happens and shrink where much does, or where Graph does not get to a slice's end.
        """
        begin, width = window.since, _FIRST
        while True:
            end = min(begin + width, window.until)
            held, pages = b"", 0
            try:
                for body in self._slice(log, begin, end, 1 if window.probe else _MOST):
                    if pages:
                        yield Page(body=held)
                    held, pages = body, pages + 1
            except Transient:
                if end - begin <= _NARROWEST:
                    raise
                width = _NARROWEST
                continue
            yield Page(body=held, until=end)
            if end >= window.until:
                return
            begin, width = end, _next_width(width, pages)

    def _slice(self, log: Log, since: datetime, until: datetime, most: int) -> Iterator[bytes]:
        params: dict[str, str | int] = {"$filter": log.filter(since, until), "$top": most}
        try:
            yield from followed(self._http, self._http.get(log.path, params))
        except AccessDenied as error:
            if _UNLICENSED in error.permission:
                raise _no_licence() from None
            raise
        self._chances = _CHANCES

    def _may_pass(self, answer: Answer) -> bool:
        """Tell whether a refusal for want of a licence is given another chance; what is refused for good has none."""
        if answer.status != 403 or _UNLICENSED.encode() not in answer.body or not self._chances:
            return False
        self._chances -= 1
        return True


def _no_licence() -> AccessDenied:
    return AccessDenied(
        f"this tenant has no Entra ID P1 or P2, which its sign-in logs need ({_UNLICENSED})",
        "if it has, grant Directory.Read.All and let an administrator consent; if not, leave the sign-ins out: skip ="
        ' ["sign_ins", "non_interactive_sign_ins", "service_principal_sign_ins", "managed_identity_sign_ins"];'
        " consents, grants, apps and people are read without it",
        lacking=False,
    )


def _next_width(width: timedelta, pages: int) -> timedelta:
    if pages > _MANY:
        return max(width / 2, _NARROWEST)
    return min(width * 2, _WIDEST) if pages <= _FEW else width


def _seconds(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
