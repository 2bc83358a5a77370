"""Findings with what their policies say, as the listing, the pages and the ends of runs show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from commands.company_policies import company_pack
from commands.listing import Listing
from commands.opening import Desk
from commands.settling import Want, missing, wants
from policies.engine import PACKS
from policies.shape import SEVERITIES, Pack, Policy
from reports.columns import Column, day, said, text, word
from scanner.run import shipped_pack
from storage.listings import findings as listings
from storage.listings.coverage import coverage

FIELDS = (
    *("id", "policy", "gap", "severity", "customer_severity", "verdict", "tool_id", "tool", "message", "evidence"),
    *("first_seen", "last_seen", "state", "title", "watched", "queued", "evaluated", "missing"),
    "waived_until",
)
#: The page of a finding, and the formats for programs, have it whole.
_GOOGLE = "https://www.googleapis.com/auth/"


def _what(row: Mapping[str, Any], _zone: object) -> str:
    watched = " (watched: nobody is asked to act)" if row["watched"] else ""
    stale = "" if row["evaluated"] else " (not evaluated by the last run: this is what was found before)"
    waived = f" (waived until {row['waived_until']})" if row.get("waived_until") else ""
    return f"{short(said(row['message']))}{watched}{stale}{waived}"


def _state(row: Mapping[str, Any]) -> str:
    return f"waived until {row['waived_until']}" if row.get("waived_until") else str(row["state"])


def today(desk: Desk) -> str:
    """Return the company's day (ISO 8601), by which waivers end."""
    return desk.clock.now().astimezone(desk.zone).date().isoformat()


def short(message: str) -> str:
    """Return a message as a table has it: Google's scopes without what all of them begin with."""
    return message.replace(_GOOGLE, "")


FINDINGS = Listing(
    noun="finding",
    fields=FIELDS,
    columns=(
        word("severity", "Severity"),
        word("policy", "Policy"),
        text("tool", "Tool", least=12),
        Column(title="What is wrong", cell=_what, wraps=True, least=24),
        text("title", "In general", rank=2, least=24),
        word("customer_severity", "Customers", rank=1),
        day("first_seen", "Since", rank=3),
        word("gap", "Gap", rank=5),
        word("verdict", "Verdict", rank=6),
        Column(title="State", cell=lambda row, _z: _state(row), rank=7),
        # Ids are there to be copied, so they are never broken.
        Column(title="Id", cell=lambda row, _z: said(row["id"]), rank=4),
    ),
    empty="No policy is violated by what was read. `ostiary findings --verdict all` shows what could not be judged.",
)
fail_option = click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    help="End with 4 where an open violated finding has this severity or a worse one.",
)


def pack_of(desk: Desk | None = None) -> Pack:
    """Return the policies as the desk's company has them; without a desk, as they come with the program."""
    if desk is None:
        return shipped_pack()
    own = desk.settings.policies
    return desk.pack if own is not None and own.packs else company_pack(desk.settings, shipped_pack)


def policies(desk: Desk | None = None) -> dict[str, Policy]:
    """Return the policies by id, those that are off among them."""
    return {policy.id: policy for policy in pack_of(desk).policies}


def listed_findings(desk: Desk, **wanted: str | None) -> list[dict[str, Any]]:
    """Return findings in force, the worst first, with their policies' titles and what unknown ones want."""
    known = policies(desk)
    with desk.store.read() as connection:
        rows = listings.findings(connection, day=today(desk), **wanted)
    return [
        row
        | {
            "title": known[row["policy"]].title if row["policy"] in known else row["policy"],
            "missing": missing(row),
        }
        for row in rows
    ]


def shown(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the fields of the listing alone."""
    return [{name: row[name] for name in FIELDS} for row in rows]


def stands(row: Mapping[str, Any]) -> bool:
    """Whether a finding is violated and open."""
    return (row["verdict"], row["state"]) == ("violated", "open")


def first_to_see(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the first of the rows, the worst, that asks somebody to act; one that is only watched where none does."""
    listed = list(rows)
    return next((row for row in listed if not row["watched"]), listed[0] if listed else None)


def fails(rows: Iterable[Mapping[str, Any]], severity: str | None) -> bool:
    """Whether an open violated finding is at least so severe; what is only watched fails nothing."""
    if severity is None:
        return False
    worst = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return any(stands(row) and row["severity"] in worst and not row["watched"] for row in rows)


def unjudged(desk: Desk, rows: Iterable[Mapping[str, Any]]) -> list[Want]:
    """Return what keeps open findings from being judged, by the reason that keeps most of them."""
    with desk.store.read() as connection:
        streams = coverage(connection)
    return wants(rows, streams)


def refused_lines(pack: Pack | None = None, *, desk: Desk | None = None) -> list[str]:
    """Return a line for each fault in a policy: what has one is not evaluated, and never met."""
    refused = (pack or pack_of(desk)).refused
    return [f"Not evaluated: {replace(refusal, file=_shown(refusal.file))}" for refusal in refused]


def place(policy: Policy) -> str:
    """Return FILE:LINE of a policy; of one that comes with the program as the repository names the file."""
    return f"{_shown(policy.file)}:{policy.line}"


def _shown(file: str) -> str:
    path, root = Path(file), PACKS.parent.parent
    return str(path.relative_to(root)) if path.is_relative_to(root) else file


def counted(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return how many findings there are by severity: `3 high, 2 low`."""
    found = [row["severity"] for row in rows]
    return ", ".join(f"{found.count(s):,} {s}" for s in SEVERITIES if s in found)
