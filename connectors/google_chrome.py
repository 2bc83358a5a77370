"""Google Chrome: which online services managed browsers went to.

Facts: the discovery document chromemanagement.v1 in google-api-python-client (revision 20261104),
`customers.reports.findSaasUsage`: at most 200 of a page, counts and times for each service and organisational unit; the
answer names no sort of its own, and leaves out an empty list. Google also tells who went there
(`findSaasUsageProfiles`): that is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from connectors.formats import Bad, Context, Format, Raw, text
from connectors.json_records import records
from connectors.native import derived
from connectors.recognised import has, recognised
from connectors.times import parse_time
from connectors.wire import decode
from model.errors import Malformed
from model.signal import AppIdentity, Signal, SignalKind
from model.stream import Mode, Stream

CHROME_SAAS = Stream(
    name="chrome_saas",
    kinds=(SignalKind.AUDIT_EVENT,),
    mode=Mode.SNAPSHOT,
    permissions=("https://www.googleapis.com/auth/chrome.management.reports.readonly",),
    remedy=(
        "Enable the Chrome Management API, grant the service account the scope (admin console, Security, API controls,"
        " domain-wide delegation), give its administrator the right to see Chrome reports, and have browsers managed"
        ' with reporting on; where they are not, set skip = ["chrome_saas"].'
    ),
)
VISITED = "visited_in_chrome"


class _Report(msgspec.Struct, rename="camel"):
    app: Any = None
    organization: Any = None
    primary_domain: Any = None
    last_navigation_time: Any = None
    org_unit_id: Any = None


def saas_usage(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one service that was visited; of whom and how often is not kept. Raises Malformed."""
    found = decode(raw, _Report, "a report of a service")
    app = AppIdentity(domain=text(found.primary_domain), label=text(found.app), vendor=text(found.organization))
    if app.domain is None and app.label is None:
        raise Malformed("the report names no service")
    yield Signal(
        stream=CHROME_SAAS.name,
        kind=SignalKind.AUDIT_EVENT,
        native_id=derived((app.domain, app.label, text(found.org_unit_id))),
        seen_at=context.read_at if found.last_navigation_time is None else parse_time(found.last_navigation_time),
        app=app,
        facts={"action": VISITED},
    )


def _read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    found = records(data, lists=("saasReports",), page=context.page)
    return recognised(found, has("app"), "a report of a service (app)")


FORMATS: tuple[Format, ...] = (
    Format(
        name="google-chrome-saas",
        about="Google Chrome: services that managed browsers went to (Chrome Management API, reports:findSaasUsage)",
        system="google",
        streams=(CHROME_SAAS,),
        read=_read,
        translate=saas_usage,
    ),
)
