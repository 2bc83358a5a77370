"""Policies: what must hold of every tool, why, and what it makes, or would make if changed, of the present data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from gate.roles import Act
from storage.listings import finding_pages
from storage.listings.findings import SEVERITIES, lately
from web.access import Pages
from web.errors import not_found
from web.here import Here
from web.lists import Key, exported, page_of
from web.ports.listed import Row
from web.ports.policies import Change, Counts, Faults, Tried
from web.snapshot import Until

pages = Pages("/policies")
#: So many tools that violate a policy, and moves of its findings, stand on its page.
_SHOWN = 15
#: Of more tools the counts may be as old as the last run.
_MANY = 500
PROFILES = ("light", "standard", "strict")
MODES = {"on": "judged", "watch": "watched only", "off": "off"}
OUTCOMES: Mapping[str, str] = {
    "violated": "violated",
    "met": "met",
    "unknown": "cannot be judged",
    "may_apply": "unknown whether it applies",
    "not_applicable": "does not concern it",
}
_NOTHING = Counts()
_SORTS: Mapping[str, Key] = {
    "title": lambda row: row["title"].casefold(),
    "gap": lambda row: row["gap"],
    "technology": lambda row: SEVERITIES.index(row["severity"]),
    "customers": lambda row: SEVERITIES.index(row["customer_severity"]),
    "violated": lambda row: row["violated"],
    "unknown": lambda row: row["unknown"],
    "met": lambda row: row["met"],
}


@pages.get("", Act.LOOK)
def policies(here: Here) -> Any:
    """List the policies, as the address filters them."""
    port, wanted = here.office.policies, _wanted(here)
    counts = _counts(here)
    known = [_with_counts(row, counts) for row in port.rows()]
    rows = sorted((row for row in known if _is_wanted(row, wanted)), key=lambda row: -(row["violated"] or 0))
    file = exported(here, rows, [*port.fields, "violated", "unknown", "met"], "policies")
    if file is not None:
        return file
    noun = "policy" if len(rows) == 1 else "policies"
    return here.render(
        "policies.html",
        page=page_of(here, rows, noun=noun, known=len(known), sorts=_SORTS),
        wanted=wanted,
        gaps=port.gaps,
        severities=SEVERITIES,
        profiles=PROFILES,
        modes=MODES,
        profile=port.profile,
        judged=sum(row["mode"] != "off" for row in known),
        own=sum(bool(row["overridden"]) and "profile" not in dict(row["overridden"]) for row in known),
        refused=port.refused(),
    )


def _wanted(here: Here) -> dict[str, str]:
    query = here.request.query_params
    choices: Mapping[str, Sequence[str]] = {
        "gap": here.office.policies.gaps,
        "severity": SEVERITIES,
        "profile": PROFILES,
        "mode": [*MODES, "yours"],
        "now": ["violated", "unknown", "met"],
    }
    found = {name: value if (value := query.get(name, "")) in known else "" for name, known in choices.items()}
    return found | {"q": query.get("q", "").strip()[:200]}


def _is_wanted(row: Row, wanted: Mapping[str, str]) -> bool:
    words = wanted["q"].casefold().split()
    text = f"{row['id']} {row['title']} {row['why']} {row['gap']} {row['applies']} {row['require']}".casefold()
    own = bool(row["overridden"]) and "profile" not in dict(row["overridden"])
    return (
        all(word in text for word in words)
        and wanted["gap"] in {"", row["gap"]}
        and wanted["severity"] in {"", row["severity"], row["customer_severity"]}
        and wanted["profile"] in {"", row["profile"]}
        and (wanted["mode"] in {"", row["mode"]} or (wanted["mode"] == "yours" and own))
        and (not wanted["now"] or bool(row[wanted["now"]]))
    )


def _counts(here: Here) -> Mapping[str, Counts]:
    """Return what policies make of the present data: judged once until somebody acts; of many tools, until a run."""
    many = len(here.snapshot.tools) > _MANY
    until = Until.RUN if many else Until.ACT
    return here.snapshot.once("policies", lambda: here.office.policies.counts(here.connection), until)


def _with_counts(row: Row, counts: Mapping[str, Counts]) -> dict[str, Any]:
    if row["mode"] == "off":
        return {**row, "violated": None, "unknown": None, "met": None}
    found = counts.get(row["id"], _NOTHING)
    return {**row, "violated": found.violated, "unknown": found.unknown, "met": None if found.met < 0 else found.met}


# --- risk ------------------------------------------------------------------------------------------------------------


@pages.get("/risk", Act.LOOK)
def risk(here: Here) -> Any:
    """Show the rules by which findings make a band of risk."""
    rows, refused, own = here.office.policies.risk_rules()
    fields = ("side", "number", "band", "severity", "findings", "gaps", "known", "unjudged", "rule", "file", "line")
    file = exported(here, rows, fields, "risk-rules")
    if file is not None:
        return file
    sides = list(dict.fromkeys(row["side"] for row in rows))
    return here.render("policy_risk.html", rows=rows, sides=sides, refused=refused, own=own)


# --- one -------------------------------------------------------------------------------------------------------------


@pages.get("/{policy}", Act.LOOK)
def policy(here: Here, policy: str) -> Any:
    """Show one policy."""
    return _one(here, _whole(here, policy))


def _whole(here: Here, policy: str) -> Row:
    found = here.office.policies.whole(policy.upper()) if len(policy) <= 40 else None
    if found is None:
        refused = [row for row in here.office.policies.refused() if row["policy"] == policy.upper()]
        if refused:
            where = "; ".join(f"{row['file']}:{row['line']}:{row['column']}: {row['message']}" for row in refused)
            raise not_found(f"{policy.upper()} is refused, so it is not judged.", f"To mend it: {where}")
        raise not_found("There is no policy of that id.", "Look for it among the policies.")
    return found


def _one(here: Here, whole: Row, status: HTTPStatus = HTTPStatus.OK, tried: Tried | None = None) -> Any:
    wanted = {"policy": whole["id"], "state": "open", "verdict": "violated"}
    rows, total = finding_pages.page(here.connection, wanted, limit=_SHOWN, offset=0)
    counts = None
    if whole["mode"] != "off":
        counts = _counts(here).get(whole["id"], _NOTHING)
    changes = [] if tried is None else [_named(here, row) for row in tried.changes]
    return here.render(
        "policy.html",
        status,
        policy=whole,
        found=rows,
        total=total,
        counts=counts,
        moves=lately(here.connection, whole["id"], _SHOWN),
        outcomes=OUTCOMES,
        tried=tried,
        changes=changes[:_MOST_CHANGES],
        more=max(0, len(changes) - _MOST_CHANGES),
    )


#: So many tools that would change are listed.
_MOST_CHANGES = 200


def _named(here: Here, row: Row) -> dict[str, Any]:
    tool = here.snapshot.tool(row["tool_id"])
    return {**row, "tool": row["tool_id"] if tool is None else tool["name"]}


@pages.post("/{policy}/try", Act.RUN)
def try_out(here: Here, policy: str) -> Any:
    """Judge the present data by a changed policy; nothing is kept."""
    whole, form = _whole(here, policy), here.form
    change = Change(
        applies=form.need("applies", "Say which tools it concerns, or true for all"),
        require=form.need("require", "Say what must hold"),
        thresholds={
            one["name"]: form.need(f"with-{one['name']}", f"Enter {one['name']}: {one['kind']}")
            for one in whole["thresholds"]
        },
    )
    if form.errors:
        return _one(here, whole, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        tried = here.office.policies.tried(here.connection, whole["id"], change)
    except Faults as error:
        for fault in error.faults:
            where = "" if fault.field.startswith("with-") else f"Line {fault.line}, column {fault.column}: "
            form.errors.setdefault(fault.field, f"{where}{fault.message}")
        return _one(here, whole, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _one(here, whole, tried=tried)
