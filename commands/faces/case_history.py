"""What happened to a case, as a conversation: who, when, what, and the words of both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gate import accounts, states
from gate.keys import Side
from gate.views import called
from model.facts import NAMES
from storage import cases as stored
from storage import kept, queries, requests
from storage.store import Connection
from storage.times import iso

Row = dict[str, Any]
_STAGES = {"new": "waits to be taken up", "questions": "waits for answers", "review": "is in review"}
_ENDS = {"approve": "approved", "approve_with_conditions": "approved with conditions", "reject": "rejected"}
#: Kinds of events that only the program itself needs.
_SILENT = frozenset({states.SETTLED})


def history(
    connection: Connection, case: int, value: Callable[[str, Any], str], plain: Callable[[str], str]
) -> list[Row]:
    """Return what happened, in order.

    A row has at, who (an address; None: the program), said, word (what somebody wrote), sentence (for the other side),
    decision (a number) and undone.
    """
    events = [event for event in stored.events(connection, case) if event["kind"] not in _SILENT]
    teller = _Teller(connection, events, value, plain)
    return [row for event in events if (row := teller.row(event)) is not None]


class _Teller:
    """Tells events in words; decisions, accounts and requests are looked up once."""

    def __init__(
        self,
        connection: Connection,
        events: Iterable[Row],
        value: Callable[[str, Any], str],
        plain: Callable[[str], str],
    ) -> None:
        rows = list(events)
        self._connection, self._value, self._plain = connection, value, plain
        self._named = accounts.addresses(connection)
        numbers = {event["detail"]["decision"] for event in rows if "decision" in event["detail"]}
        self._decisions = {row["id"]: row for row in kept.numbered(connection, numbers)}

    def row(self, event: Row) -> Row | None:
        """Return one event, None where there is nothing to tell."""
        kind, detail = event["kind"], event["detail"]
        tell = getattr(self, f"_{kind}", None)
        said = kind.replace("_", " ") if tell is None else tell(detail)
        if said is None:
            return None
        if kind == "assigned" and event["by"] == f"account:{detail['to']}":
            said = "took it up"
        decision = self._decisions.get(detail.get("decision"))
        found: Row = {
            "at": iso(event["at"]),
            "who": None if kind == "decided" else self._who(event["by"]),
            "kind": kind,
            "said": said,
        }
        found |= {"word": None, "sentence": None, "decision": None, "undone": bool(decision and decision["undone"])}
        return found | self._words(kind, detail, decision)

    def _words(self, kind: str, detail: Mapping[str, Any], decision: Row | None) -> Row:
        if kind == "signed" and decision is not None:
            sentence = self._text(decision["detail"].get("words", {}).get("sentence"))
            return {"word": self._text(decision["reason_hash"]), "sentence": sentence, "decision": decision["id"]}
        if kind == "question_withdraw":
            return {"word": self._text(detail.get("reason"))}
        if kind == "requested":
            found = requests.requests(self._connection, number=detail["request"])
            return {"word": self._text(found[0]["purpose_hash"])} if found else {}
        if kind == "decided" and decision is not None:
            rule = bool(detail.get("rule"))
            return {"decision": decision["id"], "word": self._text(decision["reason_hash"]) if rule else None}
        return {}

    def _text(self, digest: str | None) -> str | None:
        return kept.text_of(self._connection, digest)

    def _who(self, by: str) -> str | None:
        if by == "system":
            return None
        kind, _, number = by.partition(":")
        if kind == "person":
            return "somebody by a link"
        return self._named.get(by, number or by)

    def _account(self, number: int) -> str:
        return self._named.get(f"account:{number}", f"account {number}")

    def _opened(self, detail: Mapping[str, Any]) -> str:
        back = " again" if detail.get("reopens") else ""
        return f"The case was opened{back}: {self._plain(str(detail['why']))}"

    def _requested(self, _detail: Mapping[str, Any]) -> str:
        return "asked for it"

    def _request_withdrawn(self, _detail: Mapping[str, Any]) -> str:
        return "took the request back"

    def _assigned(self, detail: Mapping[str, Any]) -> str:
        return f"gave it to {self._account(detail['to'])}"

    def _handed_back(self, _detail: Mapping[str, Any]) -> str:
        return "handed it back"

    def _routed(self, detail: Mapping[str, Any]) -> str:
        return f"A rule gave it to {self._account(detail['to'])}"

    def _stage(self, detail: Mapping[str, Any]) -> str:
        if detail["to"] == "second_key":
            return f"It waits for {called(Side(detail['waits']))} to sign"
        return f"It {_STAGES.get(detail['to'], detail['to'])}"

    def _signed(self, detail: Mapping[str, Any]) -> str:
        stead = f" in the stead of {self._account(detail['for'])}" if "for" in detail else ""
        return f"signed for {called(Side(detail['side']))}{stead}: {str(detail['outcome']).replace('_', ' ')}"

    def _decided(self, detail: Mapping[str, Any]) -> str:
        ended = _ENDS.get(detail["outcome"], f"{detail['outcome']}d".replace("_", " "))
        return f"A rule decided: {ended}" if detail.get("rule") else f"With that it is decided: {ended}"

    def _sampled(self, _detail: Mapping[str, Any]) -> str:
        return "It stays open for a person to look at what the rule did"

    def _question_ask(self, detail: Mapping[str, Any]) -> str:
        to = detail.get("to")
        whom = "nobody is known who could answer" if to is None else queries.actor_name(self._connection, to)
        return f"asked ({whom}): {_question(detail['fact'])}"

    def _question_withdraw(self, detail: Mapping[str, Any]) -> str:
        return f"took a question back: {_question(detail['fact'])}"

    def _question_link(self, detail: Mapping[str, Any]) -> str:
        return f"made a new link to a question: {_question(detail['fact'])}"

    def _question_answer(self, detail: Mapping[str, Any]) -> str:
        row = self._decisions.get(detail["decision"])
        said = "" if row is None else f" {self._value(detail['fact'], row['detail']['value'])}"
        return f"answered: {_question(detail['fact'])}{said}"


def _question(fact: str) -> str:
    return (NAMES[fact].question or fact) if fact in NAMES else fact
