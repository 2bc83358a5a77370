"""The words of a message: what is known of its events now, filled into templates. Pure words: no secret, no content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gate.audience import Audience, Row
from gate.cases import REQUESTED
from gate.notify import EVENTS, Notify
from gate.templating import PLACES, Templates, Words
from model.facts import VOCABULARY
from storage import cases as stored
from storage import kept, letters, questions
from storage.store import Connection
from storage.times import from_ms, iso

_LONGEST = 300
#: Words by which chats call everybody: a tool's name must not.
_CALLS = re.compile(r"@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE)
_OUTCOMES = {
    "approved": "is approved",
    "approved_with_conditions": "is approved with conditions",
    "rejected": "is not approved",
    "retired": "is retired",
}
_STAGES = {
    "new": "nobody has taken it up yet",
    "questions": "questions are open",
    "review": "it is to be decided",
    "second_key": "the other side has to sign",
}
_WAITS = {"security": "the reviewers", "owner": "the owner", "it": "IT", "marketing": "Marketing"}
_ORDER = {event: at for at, event in enumerate(EVENTS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be said of some events: to people in words, to programs as a document by the template's name."""

    words: Words
    values: Mapping[str, str]


class Writer:
    """Writes letters from what the store knows now."""

    def __init__(
        self,
        connection: Connection,
        notify: Notify,
        templates: Templates,
        at: datetime,
        token: Callable[[Row], str | None] = lambda _question: None,
    ) -> None:
        """Take one transaction, and what gives the token that opens a question, where its addressee alone reads."""
        self._connection, self._notify, self._templates, self._token = connection, notify, templates, token
        self._audience = Audience(connection, notify, at)

    def letter(self, rows: Sequence[Row]) -> Letter | None:
        """Return one letter on events that still hold; None where none does."""
        held = sorted((r for r in rows if not self._audience.overtaken(r)), key=lambda r: (_ORDER[r["kind"]], r["id"]))
        by_case: dict[object, list[Row]] = {}
        for row in held:
            by_case.setdefault(about(row), []).append(row)
        parts = [self._part(found) for found in by_case.values()]
        if len(parts) < 2:
            return parts[0] if parts else None
        items = "\n".join(f"- {part.words.title}" for part in parts)
        told = {"count": str(len(parts)), "items": items, "link": self._link("cases") or "", "event": "digest"}
        values = _blank() | told
        return self._letter("digest", values)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _part(self, rows: Sequence[Row]) -> Letter:
        """Return what is said of the events of one case: the title of the first, the words of all."""
        found = [self._letter(self._template(row), self._values(row)) for row in rows]
        if len(found) == 1:
            return found[0]
        text = "\n\n".join(part.words.text for part in found)
        words = Words(found[0].words.title, text)
        return Letter(words=words, values={**found[0].values, "text": text})

    def _template(self, row: Row) -> str:
        """Return by which template an event is told: one that takes back, and one of a request, have their own."""
        told = row["payload"]
        if "undone" in told:
            return "undone"
        case = stored.case(self._connection, told["case"]) if row["kind"] == "case_opened" else None
        return "case_requested" if case is not None and case["kind"] == REQUESTED else str(row["kind"])

    def _letter(self, name: str, values: dict[str, str]) -> Letter:
        words = self._templates.words(name, values)
        return Letter(words=words, values=values | {"title": words.title, "text": words.text})

    def _values(self, row: Row) -> dict[str, str]:
        told = row["payload"]
        known = {"event": row["kind"], "at": iso(row["at"])} | self._tool(told.get("tool"))
        known |= self._case(told) if told.get("case") else {"link": self._link("tools", told.get("tool"))}
        if "undone" in told:
            known |= self._undone(told)
        elif row["kind"] in {"decided", "condition_due", "approval_expires", "case_opened"}:
            known |= self._ruled(row["kind"], told)
        if "question" in told:
            known |= self._question(told["question"])
        if "source" in told:
            known |= {"source": told["source"], "link": self._link("coverage")}
        return _blank() | {name: safe(value) for name, value in known.items() if value}

    def _tool(self, tool: str | None) -> dict[str, str | None]:
        row = letters.tool(self._connection, tool) if tool else None
        named = {"tool": row["name"], "vendor": row["vendor"]} if row else {"tool": tool}
        return named | {"tool_id": tool, "category": (row["category"] or "").replace("_", " ") if row else None}

    def _case(self, told: Row) -> dict[str, str | None]:
        row = stored.case(self._connection, told["case"]) or {}
        side = told.get("side")
        return {
            "case": str(told["case"]),
            "why": row.get("why"),
            "unit": told.get("unit"),
            "link": self._link("cases", told["case"]),
            "stage": _STAGES.get(row.get("stage", "")),
            "waits": _WAITS.get(row.get("waiting_for") or ""),
            "side": _WAITS[side] if side else None,
            **self._due(row.get("due_at")),
        }

    def _due(self, due: int | None) -> dict[str, str | None]:
        day = None if due is None else from_ms(due).astimezone(ZoneInfo(self._notify.zone)).date()
        return {"due": None if day is None else _day(day), "due_day": None if day is None else day.isoformat()}

    def _ruled(self, event: str, told: Row) -> dict[str, str | None]:
        row = self._audience.decision(told["decision"]) if "decision" in told else self._by_rule(told["case"])
        if row is None:
            return {"standing": "nobody has decided on it yet"}
        detail = row["detail"]
        if event == "case_opened":
            return {"standing": f"the rule {detail['rule']} approved it; a person may look at it again"}
        until, conditions = detail.get("review_by"), detail.get("conditions")
        found = {
            "outcome": _OUTCOMES.get(detail["status"], "is in review again"),
            "sentence": self._said(row, "sentence"),
            "rule": detail.get("rule"),
            "review_by": _day(date.fromisoformat(until)) if until else None,
            "conditions": str(len(conditions)) if isinstance(conditions, list) else None,
            "link": self._link("tools", told["tool"]),
        }
        return found | (self._promise(row, told) if "due" in told else {})

    def _undone(self, told: Row) -> dict[str, str | None]:
        was, tool = self._audience.made(told["undone"]), letters.tool(self._connection, told["tool"])
        now = tool["status"] if tool else "new"
        before = ", as before" if now in _OUTCOMES else ""
        return {
            "event": "undone",
            "outcome": _OUTCOMES.get(was["detail"]["status"], "is in review again") if was else None,
            "standing": _OUTCOMES.get(now, "waits for a decision again") + before,
            "link": self._link("tools", told["tool"]),
        }

    def _by_rule(self, case: int) -> dict[str, Any] | None:
        """Return the decision by which a rule let the tool of a case in."""
        number = next(
            (e["detail"]["decision"] for e in stored.events(self._connection, case) if "rule" in e["detail"]), None
        )
        return None if number is None else self._audience.decision(number)

    def _promise(self, row: Row, told: Row) -> dict[str, str | None]:
        due = _day(date.fromisoformat(told["due"]))
        condition = self._said(row, told["condition"]) if "condition" in told else None
        timed = {"late" if told["late"] else "soon": due} if "late" in told else {}
        return {"condition": condition, "due": due, "due_day": told["due"]} | timed

    def _said(self, row: Row, name: str) -> str | None:
        return kept.text_of(self._connection, row["detail"].get("words", {}).get(name))

    def _question(self, number: int) -> dict[str, str | None]:
        row = questions.question(self._connection, number)
        fact = VOCABULARY.get(row["fact"]) if row else None
        token = self._token(row) if row else None
        link = self._link("questions", number) if token is None else self._link("answer", token)
        told = {"question": (fact.question or fact.meaning) if fact else None, "link": link}
        return told | self._due(row["due_at"] if row else None)

    def _link(self, *parts: object) -> str | None:
        return None if self._notify.base_url is None else "/".join(map(str, (self._notify.base_url, *parts)))


def about(row: Row) -> object:
    """Return what an event is about: its case, else its tool, else its source. One message tells all about one."""
    told = row["payload"]
    return told.get("case") or told.get("tool") or told.get("source")


def safe(text: str) -> str:
    """Return text that systems or people wrote as one short line that calls nobody and marks nothing up."""
    plain = "".join(" " if unicodedata.category(c) in {"Zl", "Zp", "Cc"} else c for c in text)
    plain = "".join(c for c in plain if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"})
    plain = _CALLS.sub("\uff20", plain.replace("<", "\u2039").replace(">", "\u203a"))
    plain = " ".join(plain.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def _blank() -> dict[str, str]:
    return dict.fromkeys(PLACES, "")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
