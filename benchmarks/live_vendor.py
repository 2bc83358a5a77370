"""A tenant of Okta's shape over a socket, for `bench_live.py`: pages made as they are asked for, none of them kept.

`live_vendor.py PEOPLE EVENTS` serves until its standard input ends; the first line of standard output is its address.
Every 50th call is answered with 429 and a rest of 30 seconds, every 83rd with 503: whoever reads must be patient.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

APPS = 40
#: What a page of each listing holds at most (Okta: logs 1000, users and apps 200, people of an app 500).
_MOST = {"logs": 1000, "users": 200, "apps": 200}
_PART = 500
_DAYS = timedelta(days=80)
_EVENT = (
    b'{"uuid":"%s","published":"%s","eventType":"user.authentication.sso","version":"0","severity":"INFO",'
    b'"legacyEventType":"app.auth.sso","displayMessage":"User single sign on to app","actor":{"id":"00u%06d","type":'
    b'"User","alternateId":"person%d@acme.example","displayName":"Person %d","detailEntry":null},"client":{"userAgent":'
    b'{"rawUserAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/'
    b'131.0.0.0 Safari/537.36","os":"Mac OS 14.5.0 (Sonoma)","browser":"CHROME"},"zone":"null","device":"Computer",'
    b'"id":null,"ipAddress":"198.51.100.%d","geographicalContext":{"city":"Berlin","state":"Land Berlin","country":'
    b'"Germany","postalCode":"10115","geolocation":{"lat":52.5196,"lon":13.4069}}},"device":null,'
    b'"authenticationContext":{"authenticationProvider":null,"credentialProvider":null,"credentialType":null,"issuer":'
    b'null,"interface":null,"authenticationStep":0,"rootSessionId":"idx%d","externalSessionId":"idx%d"},"outcome":'
    b'{"result":"SUCCESS","reason":null},"target":[{"id":"0oa%03d","type":"AppInstance","alternateId":"Tool %d",'
    b'"displayName":"SAML 2.0 App","detailEntry":{"signOnModeType":"SAML_2_0"}},{"id":"0ua%06d","type":"AppUser",'
    b'"alternateId":"person%d@acme.example","displayName":"Person %d","detailEntry":null}],"transaction":{"type":"WEB",'
    b'"id":"%s","detail":{}},"debugContext":{"debugData":{"requestId":"%s","dtHash":"3b4f0a1c","initiationType":'
    b'"SP_INITIATED","signOnMode":"SAML 2.0","requestUri":"/app/tool/exk1/sso/saml","url":"/app/tool/exk1/sso/saml?"}},'
    b'"securityContext":{"asNumber":64496,"asOrg":"example","isp":"example","domain":"example.net","isProxy":false},'
    b'"request":{"ipChain":[{"ip":"198.51.100.%d","geographicalContext":null,"version":"V4","source":null}]}}'
)
_USER = (
    b'{"id":"00u%06d","status":"ACTIVE","created":"2024-01-01T00:00:00.000Z","profile":{"login":"person%d@acme.example",'
    b'"email":"person%d@acme.example","firstName":"Person","lastName":"%d","department":"%s","title":"Manager"}}'
)
_APP = (
    b'{"id":"0oa%03d","name":"template_saml_2_0","label":"Tool %d","status":"ACTIVE","signOnMode":"SAML_2_0","created":'
    b'"2025-01-02T03:04:05.000Z","lastUpdated":"2025-06-07T08:09:10.000Z","features":[],"visibility":{"hide":{"web":'
    b'false,"iOS":false}},"settings":{"app":{},"signOn":{}}}'
)
_ASSIGNED = (
    b'{"id":"00u%06d","scope":"USER","status":"ACTIVE","created":"2025-02-03T04:05:06.000Z","credentials":{"userName":'
    b'"person%d@acme.example"},"_links":{"app":{"href":"%s/api/v1/apps/0oa%03d"}}}'
)


class Tenant:
    """So many people, each assigned to one of the apps, and so many sign-ins of the last 80 days."""

    def __init__(self, people: int, events: int) -> None:
        """Count the events back from now."""
        self.people, self.events, self.base = people, events, ""
        self._begun = datetime.now(UTC) - _DAYS - timedelta(days=1)
        self._step = _DAYS / events

    def event(self, number: int) -> bytes:
        """Return a sign-in."""
        person, app = number * 7919 % self.people, (number * number + number // 7) % APPS
        moment = (self._begun + number * self._step).isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()
        uuid, host = b"%08x-0000-4000-8000-%012x" % (number, number), number % 250
        who = (person, person, person)
        return _EVENT % (uuid, moment, *who, host, number, number, app, app, *who, uuid[:27], uuid[:27], host)

    def user(self, number: int) -> bytes:
        """Return a person; one of ten is in Marketing."""
        return _USER % (number, number, number, number, b"Sales" if number % 10 else b"Marketing")

    def app(self, number: int) -> bytes:
        """Return an app."""
        return _APP % (number, number)

    def assigned(self, app: int, number: int) -> bytes:
        """Return one of the people of an app."""
        person = number * APPS + app
        return _ASSIGNED % (person, person, self.base.encode(), app)

    def listing(self, path: str) -> tuple[Callable[[int], bytes], int, int]:
        """Return what makes an item of a listing, how many there are, and how many a page holds at most."""
        parts = path.removeprefix("/api/v1/").split("/")
        whole = {
            "logs": (self.event, self.events),
            "users": (self.user, self.people),
            "apps": (self.app, APPS),
        }
        if len(parts) == 1:
            return *whole[parts[0]], _MOST[parts[0]]
        app = int(parts[1].removeprefix("0oa"))
        count = len(range(app, self.people, APPS)) if parts[2] == "users" else 0
        return lambda number: self.assigned(app, number), count, _PART


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer in one piece: in two, the second waits until the first one is acknowledged, which takes 40 ms.
    wbufsize, disable_nagle_algorithm = -1, True
    tenant: ClassVar[Tenant]
    calls: ClassVar[int] = 0
    patient: ClassVar[threading.Lock] = threading.Lock()

    def do_GET(self) -> None:
        """Answer with a page, or ask for patience."""
        with self.patient:
            _Handler.calls += 1
            number = self.calls
        if number % 50 == 0:
            self._send(
                429, b'{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit"}', "Retry-After: 30"
            )
        elif number % 83 == 0:
            self._send(503, b'{"errorCode":"E0000009","errorSummary":"Internal Server Error"}')
        else:
            self._page()

    def _page(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        make, count, most = self.tenant.listing(address.path)
        begin = int(query.get("after", 0))
        end = min(begin + min(int(query.get("limit", most)), most), count)
        headers = []
        if end < count or address.path.endswith("/logs"):  # the log always names a next page
            follow = urlencode({k: v for k, v in query.items() if k != "since"} | {"after": end})
            headers.append(f'Link: <{self.tenant.base}{address.path}?{follow}>; rel="next"')
        self._send(200, b"[%s]" % b",".join(map(make, range(begin, end))), *headers)

    def _send(self, status: int, body: bytes, *headers: str) -> None:
        # Without a `Date`: the reader's waits are simulated, and this clock would be far behind its own.
        self.send_response_only(status)
        for name, _, value in (header.partition(": ") for header in headers):
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(people: str, events: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    _Handler.tenant = Tenant(int(people), int(events))
    _Handler.tenant.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(_Handler.tenant.base, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
