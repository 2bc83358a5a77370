"""A company's own list of tools and what was decided about them, as CSV."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from connectors.day_columns import read_with_order
from connectors.formats import Bad, Context, Format, Raw, present, require
from connectors.formats import text as known
from connectors.masking import mask_cards
from connectors.tables import Columns, fold_header, header_names
from connectors.times import business_day, day_start, parse_day
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Signal, SignalKind, fold
from model.stream import Mode, Stream

DECISIONS = Stream(name="decisions", kinds=(SignalKind.DECLARATION,), mode=Mode.EVENTS)

TOOL_COLUMNS = Columns(
    header_names(
        {
            "tool": """
            tool | tool name | name | app | app name | application | application name | product | product name |
            software | service | system | anwendung
        """,
            "vendor": """
            vendor | vendor name | supplier | provider | company | manufacturer | publisher | anbieter | hersteller
        """,
            "domain": """
            domain | domains | url | website | web site | site | homepage | link | address
        """,
            "status": """
            status | decision | approval | approval status | tool status | state | verdict | approved | freigabe |
            entscheidung
        """,
            "owner": """
            owner | owner email | tool owner | business owner | responsible | contact | verantwortlich
        """,
            "decided_on": """
            decided on | decision date | decided | decided at | approved on | approval date | date | datum
        """,
            "review_by": """
            review by | review date | review on | next review | valid until | expires | expires on | expiry date |
            renewal date | gültig bis
        """,
            "conditions": """
            conditions | condition | restrictions | requirements | limits | auflagen
        """,
            "reason": """
            reason | notes | note | comment | comments | justification | rationale | remarks | begründung
        """,
            "category": """
            category | tool category | capability | kategorie
        """,
        }
    ),
    required=(("tool",), ("status",)),
)

_STATUS = header_names(
    {
        "approved": """
            approved | allowed | sanctioned | accepted | permitted | supported | standard | yes | ok | y | true | in use
            | live | whitelisted | allowlisted | freigegeben | genehmigt | ja
        """,
        "approved_with_conditions": """
            approved with conditions | conditional | conditionally approved | approved conditionally | restricted |
            limited | approved with restrictions | limited use | tolerated | bedingt freigegeben | mit auflagen
        """,
        "rejected": """
            rejected | denied | declined | refused | prohibited | forbidden | blocked | banned | not approved | not
            allowed | unapproved | unsanctioned | disallowed | blacklisted | blocklisted | no | n | false | abgelehnt |
            verboten | nein
        """,
        "retired": """
            retired | phased out | phase out | end of life | eol | deprecated | sunset | decommissioned | discontinued |
            archived | abgekündigt | stillgelegt
        """,
        "in_review": """
            in review | under review | review | pending | pending review | requested | submitted | open | in progress |
            evaluating | evaluation | in evaluation | assessment | in prüfung | beantragt
        """,
    }
)
_WORDS = {theirs: ours for ours, words in _STATUS.items() for theirs in words}
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})")


def read_approved_tools_csv(stream: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    """Yield the rows, with the date order of the file beside them. Raises as `read_table` does."""
    yield from read_with_order(stream, TOOL_COLUMNS, ("decided_on", "review_by"), context)


def translate_approved_tools_csv(row: Any, context: Context) -> Iterator[Signal]:
    """Yield the decision of a row. Raises Malformed without a tool, for an unknown status and a wrong date."""
    tool = mask_cards(require(row.get("tool"), "tool"))
    status = _WORDS.get(fold_header(require(row.get("status"), "status")))
    if status is None:
        raise Malformed("the status is none of approved, approved_with_conditions, rejected, retired, in_review")
    decided_on, review_by = (_day(row, name, context) for name in ("decided_on", "review_by"))
    domain = host_of(row.get("domain", ""))
    yield Signal(
        stream=DECISIONS.name,
        kind=SignalKind.DECLARATION,
        native_id=_native_id(tool, domain, status, decided_on),
        seen_at=day_start(parse_day(decided_on, "ymd"), context.zone) if decided_on else context.read_at,
        app=AppIdentity(domain=domain, label=tool, vendor=_text(row, "vendor")),
        actor=_owner(known(row.get("owner"))),
        facts=present(
            status=status,
            decided_on=decided_on,
            review_by=review_by,
            **{name: _text(row, name) for name in ("conditions", "reason", "category")},
        ),
    )


def host_of(text: str) -> str | None:
    """Return the host that a URL or a domain names, lower case and without `www.`, or None where it names none."""
    found = known(text)
    if found is None:
        return None
    first = re.split(r"[\s,;]+", found)[0]
    try:
        host = urlsplit(first if "://" in first else f"//{first}").hostname or ""
        host = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        return None
    host = host.removesuffix(".").removeprefix("www.").removeprefix("*.")
    return host if _HOST.fullmatch(host) else None


def _text(row: Mapping[str, str], name: str) -> str | None:
    found = known(row.get(name))
    return mask_cards(found) if found else None


def _day(row: Mapping[str, str], name: str, context: Context) -> str | None:
    given = known(row.get(name))
    return business_day(given, row["order"], context.zone).isoformat() if given else None


def _native_id(tool: str, domain: str | None, status: str, decided_on: str | None) -> str:
    """Return the decision's own key: a tool decided anew, or otherwise, is another decision."""
    parts = (fold(tool), domain or "", status, decided_on or "")
    return hashlib.sha256("\x1f".join(parts).encode(errors="replace")).hexdigest()[:32]


def _owner(given: str | None) -> Actor | None:
    if given is None:
        return None
    match = _ADDRESS.search(given)
    if match is None:
        return Actor(native_id=f"name:{fold(given)}", name=given)
    address = match[0].casefold()
    return Actor(native_id=address, address=address)


FORMAT = Format(
    name="approved-tools-csv",
    about="The company's list of tools as CSV: tool, status (both required), vendor, domain, owner, dates, conditions",
    system="approved",
    streams=(DECISIONS,),
    read=read_approved_tools_csv,
    translate=translate_approved_tools_csv,
)
