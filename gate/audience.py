"""Whom an event concerns now, and whether it still does: read anew whenever something is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from gate import accounts, conditions, decisions, keys, standing_in, states
from gate.keys import Side
from gate.notify import Notify
from gate.roles import Account, Role
from gate.rules import HUB
from storage import accounts as stored_accounts
from storage import cases as stored
from storage import kept, letters, outbox, questions
from storage.store import Connection

Row = Mapping[str, Any]
#: How a case ended that was none: nobody needs to hear of it.
_NONE = frozenset({"gone", "not_marketing", "withdrawn"})


class Audience:
    """People are actors: each has an address while one is known."""

    def __init__(self, connection: Connection, notify: Notify, at: datetime) -> None:
        """Take one transaction, in which nothing of what is read here changes."""
        self._connection, self._notify, self._at = connection, notify, at

    def people(self, row: Row) -> list[int]:
        """Return the actors whom an event of the outbox concerns, each address once."""
        found: dict[str, int] = {}
        for actor in _CONCERNS[row["kind"]](self, row["payload"]):
            address = letters.address_of(self._connection, actor)
            if address is not None:
                found.setdefault(address.strip().casefold(), actor)
        return list(found.values())

    def overtaken(self, row: Row) -> bool:
        """Return whether an event is none any more: the case went on, the question is answered."""
        told = row["payload"]
        if row["kind"] == "question_asked":
            question = questions.question(self._connection, told["question"])
            return question is None or question["state"] != "open"
        if row["kind"] == "source_refused":
            return (told["source"], told["run"]) not in letters.refused_sources(self._connection)
        if "undone" in told:
            return not self.heard(row) or self._decided_anew(told)
        if "decision" in told:
            return self._is_past(told)
        return self._went_on(row["kind"], told)

    def heard(self, row: Row) -> set[tuple[str, int | None]] | None:
        """Return which receivers told whom (None: a channel) of what an event takes back; None where it does not."""
        told = row["payload"]
        return outbox.told(self._connection, told["event"]) if "undone" in told else None

    def made(self, number: int) -> dict[str, Any] | None:
        """Return a decision, also one that was taken back, or None."""
        return next((row for row in self._decisions if row["id"] == number), None)

    def decision(self, number: int) -> dict[str, Any] | None:
        """Return a decision that stands, or None."""
        return next((row for row in self._standing if row["id"] == number), None)

    # --- whom --------------------------------------------------------------------------------------------------------

    def opened(self, told: Row) -> Iterable[int]:
        """Reviewers, or whichever roles are named, and the hub member of the team."""
        wanted = {*self._notify.new_tools}
        yield from self._of(lambda one: bool(one.roles & wanted) and one.covers(told["unit"]))
        if HUB in wanted:
            yield from (told["hub"],) if "hub" in told else ()
            yield from self._assignee(told)

    def assigned(self, told: Row) -> Iterable[int]:
        """Return the account to which a case was given."""
        return self._of(lambda one: one.id == told["account"])

    def signers(self, told: Row) -> Iterable[int]:
        """Those who may turn the key that is missing, by their own right or in somebody's stead.

        Not who turned the other one, nor who asked for the tool, nor who would stand in for one of those.
        """
        side, out = Side(told["side"]), self._out(told)
        may = {o.id for o, _ in self._accounts if side in keys.sides(o) and o.covers(told["unit"]) and o.id not in out}
        return self._of(lambda one: one.id not in out and not may.isdisjoint({one.id, *one.delegates}))

    def asked_for_it(self, told: Row) -> Iterable[int]:
        """Whoever asked for the tool, and who answers for its business; of an undo, who was told of the decision."""
        if "undone" in told:
            yield from sorted({to for _, to in outbox.told(self._connection, told["event"]) if to is not None})
            return
        asked = stored.requesters(self._connection, told["case"], told["tool"])
        yield from self._of(lambda one: one.id in asked)
        yield from self._owners(told, "business")

    def waited_for(self, told: Row) -> Iterable[int]:
        """Whom a stage waits for: who has the case, those who were asked, or the side that has not signed."""
        case = stored.case(self._connection, told["case"])
        waits = case["waiting_for"] if case else None
        if waits in {*Side}:
            return self.signers({**told, "side": waits})
        if waits == "owner":
            return letters.asked(self._connection, told["case"]) or self._owners(told, "business")
        return self._assignee(told) or self._desk(told["unit"])

    def questioned(self, told: Row) -> Iterable[int]:
        """Who was asked."""
        question = questions.question(self._connection, told["question"])
        return [] if question is None or question["actor_id"] is None else [question["actor_id"]]

    def administrators(self, _told: Row) -> Iterable[int]:
        """Everybody who administers."""
        return self._of(lambda one: Role.ADMINISTRATOR in one.roles)

    def promised(self, told: Row) -> Iterable[int]:
        """Who owns a condition."""
        return [told["actor"]]

    def answerable(self, told: Row) -> Iterable[int]:
        """Who answers for a tool on either side; reviewers where nobody does."""
        return [*self._owners(told, "business"), *self._owners(told, "technical")] or self._desk(None)

    # --- inside ------------------------------------------------------------------------------------------------------

    @cached_property
    def _decisions(self) -> list[dict[str, Any]]:
        return kept.decisions(self._connection)

    @cached_property
    def _standing(self) -> list[dict[str, Any]]:
        return decisions.in_force(self._decisions)

    @cached_property
    def _accounts(self) -> list[tuple[Account, int]]:
        actors = {row["id"]: row["actor_id"] for row in stored_accounts.accounts(self._connection)}
        known = accounts.accounts(self._connection, self._at)
        return [(one, actors[one.id]) for one in known if one.holds(self._at)]

    def _of(self, fits: Callable[[Account], bool]) -> list[int]:
        return [actor for one, actor in self._accounts if fits(one)]

    def _desk(self, unit: str | None) -> list[int]:
        return self._of(lambda one: Role.REVIEWER in one.roles and one.covers(unit))

    def _assignee(self, told: Row) -> list[int]:
        case = stored.case(self._connection, told["case"])
        return self._of(lambda one: case is not None and case["assignee"] == accounts.named(one))

    def _owners(self, told: Row, side: str) -> list[int]:
        return [person for of, person in states.owners(self._connection, told["tool"]) if of == side]

    def _out(self, told: Row) -> set[int]:
        """Return the accounts that have turned a key of a case, or may turn none: of whoever asked for the tool."""
        about = f"case:{told['case']}"
        signed = (r["detail"] for r in self._standing if r["kind"] == "signature" and r["object"] == about)
        known = {number for d in signed for number in (d["account"], d.get("for", d["account"]))}
        known |= stored.requesters(self._connection, told["case"], told["tool"])
        return {hand for number in known for hand in standing_in.hands(self._connection, number)}

    def _decided_anew(self, told: Row) -> bool:
        about = f"tool:{told['tool']}"
        return any(r["kind"] == "status" and r["object"] == about and r["id"] > told["undo"] for r in self._standing)

    def _is_past(self, told: Row) -> bool:
        found = self.decision(told["decision"])
        if found is None:
            return True
        later = (r for r in self._standing if r["kind"] == found["kind"] and r["object"] == found["object"])
        met = conditions.met(self._standing).get(found["id"], {})
        return bool([*later][-1]["id"] != found["id"] or told.get("condition") in met)

    def _went_on(self, event: str, told: Row) -> bool:
        case = stored.case(self._connection, told["case"])
        if case is None or event == "case_opened":
            return bool(case is None or case["stage"] in _NONE)
        if event == "case_assigned":
            return bool(case["state"] != "open" or case["assignee"] != f"account:{told['account']}")
        return bool(case["state"] != "open" or (case["stage_at"] or case["opened_at"]) != told["stage_at"])


_CONCERNS: Mapping[str, Callable[[Audience, Row], Iterable[int]]] = MappingProxyType(
    {
        "case_opened": Audience.opened,
        "case_assigned": Audience.assigned,
        "second_key": Audience.signers,
        "decided": Audience.asked_for_it,
        "question_asked": Audience.questioned,
        "reminder": Audience.waited_for,
        "escalation": Audience.administrators,
        "condition_due": Audience.promised,
        "approval_expires": Audience.answerable,
        "source_refused": Audience.administrators,
    }
)
