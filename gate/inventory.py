"""The inventory: what may be used for which job, on which conditions, who answers for it, and what to use instead.

It holds every tool on whose status somebody, a rule or a list decided. Pure: rows in, rows out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gate import conditions, decisions
from gate.cases import APPROVED
from model.facts import NEVER, Known, Unknown
from model.signal import fold
from storage.times import iso

#: Statuses of tools that are not to be used (any more).
LEAVING = frozenset({"rejected", "retired"})
#: The facts that the inventory reads.
FACTS = ("contract.end", "contract.notice_deadline", "contract.auto_renews", "lifecycle.end_of_life")
#: So many tools are named to be used instead where nobody has said which.
_ALTERNATIVES = 3
#: Sides on which somebody answers for a tool, as fields name them.
_SIDES = {"business": "owner_business", "technical": "owner_technical", "deputy": "deputy"}
_ABOUT = "tool:"
#: What stands where the words of a condition were erased.
ERASED = "its words were erased"
#: Words of so few letters are sought as they are; of longer ones a last s is no matter.
_SHORT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the inventory is made of.

    `tools` are rows of the listing of tools, and of tools that were decided on before anybody used them; `words` gives
    a text by its hash; `facts` are those of `FACTS`; `owners` leads from tool and side to an actor, `persons` from an
    actor to the person, `names` from either to the name, `accounts` from `account:N` to the address; `identifiers` are
    the names that sources have for a tool; `cases` are open ones; `today` gives the id that a tool of an earlier
    decision has by now; `jobs` words a category as a job, `titles` as the catalogue calls it; `catalogued` says whether
    the catalogue has an id, `lasting` what of an id stays whatever a source calls the app.
    """

    tools: Sequence[Mapping[str, Any]]
    decisions: Sequence[dict[str, Any]]
    words: Callable[[str | None], str | None]
    day: date
    facts: Mapping[str, Mapping[str, Known | Unknown]] = field(default_factory=dict)
    owners: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    persons: Mapping[int, int] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    identifiers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cases: Mapping[str, int] = field(default_factory=dict)
    jobs: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    today: Callable[[str], str] = lambda tool: tool
    catalogued: Callable[[str], bool] = lambda _tool: True
    lasting: Callable[[str], str] = lambda tool: tool


def inventory(of: Material) -> list[dict[str, Any]]:
    """Return a row a tool that was decided on, by job (Marketing's first), and then those with most people first."""
    names = {row["id"]: row["name"] for row in of.tools}
    found = decided(of)
    return beside(found.rows, found.instead, lambda tool: names.get(tool, tool))


@dataclass(frozen=True, slots=True)
class Decided:
    """Rows of tools that were decided on, without what depends on other tools, and what their decisions name.

    `instead` leads from a tool to the one that its decision names: to be used instead, or replaced by it.
    """

    rows: list[dict[str, Any]]
    instead: dict[str, str]


def decided(of: Material) -> Decided:
    """Return what was decided on each tool, in the order of the decisions."""
    standing = decisions.in_force(of.decisions)
    ruled = {of.today(row["object"].removeprefix(_ABOUT)): row for row in standing if row["kind"] == "status"}
    known = {row["id"]: row for row in of.tools}
    met = conditions.met(of.decisions)
    owners = _owners(of, standing)
    chosen = {tool: row for tool, row in ruled.items() if tool in known and row["detail"]["status"] != "new"}
    return Decided(
        [_row(of, known[tool], row, met.get(row["id"], {}), owners.get(tool, {})) for tool, row in chosen.items()],
        {
            tool: of.today(row["detail"]["instead_of"])
            for tool, row in chosen.items()
            if row["detail"].get("instead_of")
        },
    )


def beside(
    rows: Sequence[dict[str, Any]], instead: Mapping[str, str], name: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Return all rows of `decided` in order, each with what to use instead of its tool; `name` names a tool."""
    at = {row["tool_id"]: row for row in rows}
    same: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        same.setdefault(row["category"], []).append(row)
    others = Others(row=at.get, same=lambda category: same.get(category, ()), said=instead, name=name)
    return sorted((row | others.instead(row) for row in rows), key=order)


def order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what the rows of the inventory are sorted by."""
    return row["category"] is None, not row["marketing"], row["job"] or "", *_rank(row)


def _rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
    order = {status: at for at, status in enumerate(("approved", "approved_with_conditions", "in_review", "retired"))}
    return order.get(row["status"], len(order)), -(row["people"] or 0), row["tool"].casefold(), row["tool_id"]


def _row(
    of: Material,
    tool: Mapping[str, Any],
    ruled: Mapping[str, Any],
    met: Mapping[str, int],
    owners: Mapping[str, str],
) -> dict[str, Any]:
    detail = ruled["detail"]
    status = decisions.status({"detail": detail}, of.day)
    stated = _conditions(of, detail, met)
    until = detail.get("review_by")
    category = tool["category"]
    return {
        "tool_id": tool["id"],
        "tool": tool["name"],
        "vendor": tool["vendor"],
        "category": category,
        "category_title": None if category is None else of.titles.get(category, category),
        "job": None if category is None else of.jobs.get(category, of.titles.get(category, category)),
        "status": status,
        "sentence": of.words(detail.get("words", {}).get("sentence")),
        "conditions": [one["text"] for one in stated],
        "condition_details": stated,
        "owners": list(dict.fromkeys(owners[side] for side in _SIDES if side in owners)),
        **{named: owners.get(side) for side, named in _SIDES.items()},
        "people": tool["people"],
        "spend_12m": tool["spend_12m"],
        "spend_12m_base": tool["spend_12m_base"],
        **_renewal(of, tool["id"]),
        "review_by": until if status in APPROVED or detail["status"] in APPROVED else None,
        "move_by": _move_by(of, tool["id"], detail) if status in LEAVING else None,
        "decided_on": detail.get("decided_on") or str(iso(ruled["at"]))[:10],
        "decided_by": _by(of, str(ruled["by"])),
        "decision": ruled["id"],
        "case": of.cases.get(tool["id"]),
        "technology_risk": tool.get("technology_risk"),
        "customer_risk": tool.get("customer_risk"),
        "marketing": tool["marketing"],
        "first_seen": tool["first_seen"],
        "last_seen": tool["last_seen"],
        "stable_id": of.lasting(tool["id"]),
        "catalogue_id": tool["id"] if of.catalogued(tool["id"]) else None,
        "identifiers": list(of.identifiers.get(tool["id"], ())),
    }


# --- parts of a row --------------------------------------------------------------------------------------------------


def _conditions(of: Material, detail: Mapping[str, Any], met: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the conditions in plain words, each with owner, day, and state: open, met or overdue.

    A list that the company keeps words all of them in one text, without owner or day.
    """
    words, stated = detail.get("words", {}), detail.get("conditions")
    if not isinstance(stated, list):
        told = of.words(words["conditions"]) or ERASED if "conditions" in words else None
        return [] if told is None else [{"text": told, "owner": None, "due": None, "state": "open"}]
    return [
        {
            "text": of.words(words.get(one["text"])) or ERASED,
            "owner": _name(of, one.get("owner")),
            "due": one.get("due"),
            "state": _state(of, one, met),
        }
        for one in stated
    ]


def _state(of: Material, one: Mapping[str, Any], met: Mapping[str, int]) -> str:
    if one["text"] in met:
        return "met"
    due = one.get("due")
    return "overdue" if due is not None and date.fromisoformat(due) < of.day else "open"


def _owners(of: Material, standing: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return tool -> side -> name: what was decided stands before what lists declare."""
    found = {tool: dict(sides) for tool, sides in of.owners.items()}
    for row in standing:
        if row["kind"] == "owner" and row["detail"].get("actor"):
            tool = of.today(row["object"].removeprefix(_ABOUT))
            found.setdefault(tool, {})[row["detail"]["side"]] = row["detail"]["actor"]
    return {
        tool: {side: name for side, actor in sides.items() if (name := _name(of, actor)) is not None}
        for tool, sides in found.items()
    }


def _name(of: Material, actor: int | None) -> str | None:
    return None if actor is None else of.names.get(of.persons.get(actor, actor), of.names.get(actor))


def _renewal(of: Material, tool: str) -> dict[str, Any]:
    end, notice, renews = (_fact(of, tool, name) for name in FACTS[:3])
    return {"renews_at": _day(end), "decide_by": _day(notice), "auto_renews": renews}


def _move_by(of: Material, tool: str, detail: Mapping[str, Any]) -> str | None:
    """Return by when people have to have moved: what was said, else the product's end, else the contract's."""
    said = detail.get("move_by") or detail.get("review_by")
    return said or _day(_fact(of, tool, "lifecycle.end_of_life")) or _day(_fact(of, tool, "contract.end"))


def _fact(of: Material, tool: str, name: str) -> Any:
    found = of.facts.get(tool, {}).get(name)
    return found.value if isinstance(found, Known) else None


def _day(found: Any) -> str | None:
    return found.isoformat() if isinstance(found, date) and found != NEVER else None


def _by(of: Material, by: str) -> str:
    """Return who decided, as people say it."""
    kind, _, name = by.partition(":")
    if kind == "account":
        return of.accounts.get(by, by)
    if kind == "rule":
        return f"the rule {name.partition('@')[0]}"
    return f"the list {name}" if kind == "source" else name or by


class Others:
    """What to use instead of tools that are not to be used: what was decided, else what does the same job.

    A decision names it either way: that on the tool that is left says what to use, that on an approved one what it
    replaces.
    """

    def __init__(
        self,
        *,
        row: Callable[[str], Mapping[str, Any] | None],
        same: Callable[[str], Iterable[Mapping[str, Any]]],
        said: Mapping[str, str],
        name: Callable[[str], str],
    ) -> None:
        """`row` gives the row of a tool, `same` those of a category, `said` what decisions name, `name` a name."""
        self._row, self._same, self._said, self._name = row, same, said, name
        self._replacing: dict[str, list[str]] = {}
        for tool, replaced in said.items():
            self._replacing.setdefault(replaced, []).append(tool)
        self._first: dict[str, list[str]] = {}

    def instead(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the three fields of a row; empty where the tool may be used."""
        tool, category = row["tool_id"], row["category"]
        if row["status"] not in LEAVING:
            return self._told([], None)
        said = self._said.get(tool)
        if said is not None and not self._is(said, LEAVING):
            return self._told([said], "decided")
        if replacing := self._ranked(self._row(other) for other in self._replacing.get(tool, ())):
            return self._told(replacing, "decided")
        same = self._first_of(category) if category else []
        return self._told(same, "same job" if same else None)

    def touched(
        self, row: Mapping[str, Any], tools: Collection[str], categories: Collection[str | None], named: Collection[str]
    ) -> bool:
        """Return whether the three fields may be others since `tools` are: of these `categories`, naming `named`."""
        tool = row["tool_id"]
        if tool in tools:
            return True
        if row["status"] not in LEAVING:
            return False
        return row["category"] in categories or tool in named or self._said.get(tool) in tools

    def _is(self, tool: str, statuses: Collection[str]) -> bool:
        row = self._row(tool)
        return row is not None and row["status"] in statuses

    def _ranked(self, rows: Iterable[Mapping[str, Any] | None]) -> list[str]:
        return [row["tool_id"] for row in sorted((r for r in rows if r and r["status"] in APPROVED), key=_rank)]

    def _first_of(self, category: str) -> list[str]:
        if category not in self._first:
            self._first[category] = self._ranked(self._same(category))[:_ALTERNATIVES]
        return self._first[category]

    def _told(self, tools: Sequence[str], why: str | None) -> dict[str, Any]:
        return {"instead_of": [self._name(tool) for tool in tools], "instead_ids": list(tools), "instead_why": why}


# --- looking up ------------------------------------------------------------------------------------------------------


def matching(
    rows: Iterable[dict[str, Any]],
    *,
    category: str | None = None,
    owner: str | None = None,
    search: str | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of a category, of an owner (a part of the name), and that hold all words that are sought."""
    words = stems(search or "")
    return [
        row
        for row in rows
        if (category is None or row["category"] == category)
        and (owner is None or any(fold(owner) in fold(name) for name in row["owners"]))
        and holds(row, words)
    ]


def stems(words: str) -> list[str]:
    """Return words as they are sought: folded, longer ones without a last s."""
    return [word.removesuffix("s") if len(word) > _SHORT else word for word in fold(words).split()]


def holds(row: Mapping[str, Any], words: Sequence[str]) -> bool:
    """Return whether all words (as `stems` gives them) are found in a row."""
    told = fold(text_of(row)) if words else ""
    return all(word in told for word in words)


def text_of(row: Mapping[str, Any]) -> str:
    """Return the text of a row in which words are sought."""
    names = ("tool", "vendor", "job", "category_title", "category", "sentence", "tool_id")
    said = [*(row[name] or "" for name in names), *row["conditions"]]
    return " ".join([*said, str(row["category"] or "").replace("_", " ")])
