"""Questions: what policies need to know and no source shows goes to the person who can answer it, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from gate import answers, decisions, evaluating, links, reviewing, telling
from gate.accounts import named
from gate.acting import Gate
from gate.needs import Need, addressee, asks_only_its_own, hanging, needed, whom
from gate.plain_words import passage
from gate.roles import Account, Act, require
from model.errors import Refused
from model.facts import VOCABULARY, Fact, Known
from storage import kept
from storage import questions as stored
from storage.store import Connection
from storage.times import from_ms, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What asking did.

    `made` are the questions that went out; `unaddressed` those for which nobody is known, which stay with the reviewer;
    `before` the facts that were asked already; `later` those that wait for another day, by the cap a person and day.
    """

    made: tuple[int, ...] = ()
    unaddressed: tuple[int, ...] = ()
    before: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


class Asking:
    """The acts on the questions of one open case, in the caller's transaction. Each raises Refused: nothing is done."""

    def __init__(self, connection: Connection, gate: Gate, number: int, by: Account) -> None:
        """Take a case in hand, alone. Raises Refused where it is closed, or `by` may not work on it."""
        kept.lock_trail(connection)
        self._connection, self._gate, self._by = connection, gate, by
        self._case = reviewing.open_case(connection, number)
        self._tool = str(self._case["tool_id"])
        require(by, Act.WORK, at=gate.at, unit=self._case["unit"])

    def ask(self, facts: Sequence[str] = (), to: str | None = None) -> Asked:
        """Ask for what policies need, or for these facts, each once: of the person who can answer it, or of `to`."""
        person = None if to is None else addressee(self._connection, self._gate, to)
        known = {row["fact"]: row for row in self._standing()}
        wanted = self._named(facts, known, person) if facts else [need.fact for need in self._wanted()]
        found: dict[str, list[Any]] = {"made": [], "unaddressed": [], "before": [], "later": []}
        for fact in wanted:
            self._one(fact, known.get(fact.name), person, found)
        go_on(self._connection, self._gate, self._case["id"])
        return Asked(**{name: tuple(values) for name, values in found.items()})

    def withdraw(self, question: Mapping[str, Any], reason: str) -> None:
        """Take back a question that is still open; it is not asked again by itself."""
        said = passage(reason, "the reason", "--reason")
        if not stored.close(self._connection, question["id"], "withdrawn", to_ms(self._gate.at)):
            raise Refused(f"question {question['id']} is {question['state']}: only an open one is withdrawn")
        digest = decisions.keep_words(self._connection, said)
        self._told("withdraw", question["id"], question["fact"], reason=digest)
        go_on(self._connection, self._gate, self._case["id"])

    def link(self, question: Mapping[str, Any]) -> str:
        """Return a new link's token for a question that went to somebody; the one before opens nothing any more."""
        if question["state"] != "open":
            raise Refused(f"question {question['id']} is {question['state']}: only an open one has a link")
        if question["actor_id"] is None:
            to = f"`ostiary review ask {question['case_id']} {question['fact']} --to EMAIL`"
            raise Refused(f"question {question['id']} went to nobody yet, so there is no link to it: {to}")
        if not self._gate.asking.links:
            raise Refused("answers by link are off: [gate] answer_links = true lets people answer without an account")
        made = _link(self._connection, self._gate, question["id"])
        self._told("link", question["id"], question["fact"], to=question["actor_id"])
        return made

    # --- inside ------------------------------------------------------------------------------------------------------

    def _standing(self) -> list[dict[str, Any]]:
        return standing(self._connection, self._gate, self._tool)

    def _wanted(self) -> Iterator[Need]:
        """Yield what is needed, without what a reviewer took back in this case."""
        rows = stored.questions(self._connection, case=self._case["id"])
        withdrawn = {row["fact"] for row in rows if row["state"] == "withdrawn"}
        for need in needed(self._connection, self._gate, self._tool):
            if need.fact.name not in withdrawn:
                yield need

    def _named(self, facts: Sequence[str], known: Mapping[str, Any], person: int | None) -> list[Fact]:
        """Return the facts of these names. Raises Refused where one is known, asked, or nobody's business any more."""
        wanted = [answers.askable(name) for name in dict.fromkeys(facts)]
        said = evaluating.known(self._connection, self._tool)
        gone = asks_only_its_own(self._connection, self._tool)
        allowed = {need.fact.name for need in needed(self._connection, self._gate, self._tool)} if gone else None
        for fact in wanted:
            row = known.get(fact.name)
            if isinstance(said.get(fact.name), Known):
                raise Refused(f"{fact.name} of {self._tool} is known: `ostiary tools show {self._tool}` says how")
            if row is not None and (row["actor_id"] is not None or person is None):
                raise Refused(_asked_before(row))
            if allowed is not None and fact.name not in allowed:
                raise Refused(f"nothing needs {fact.name} of a tool that is rejected or retired")
        return wanted

    def _one(self, fact: Fact, row: Mapping[str, Any] | None, person: int | None, found: dict[str, list[Any]]) -> None:
        """Ask for one fact; a question that went to nobody goes to somebody as soon as there is one."""
        if row is not None and row["actor_id"] is not None:
            found["before"].append(fact.name)
            return
        to = person if person is not None else whom(self._connection, self._gate, self._tool, fact.asks)
        if to is None and row is not None:
            found["before"].append(fact.name)
        elif to is not None and self._asked_today(to) >= self._gate.asking.a_day:
            found["later"].append(fact.name)
        else:
            number = self._enter(fact, to) if row is None else self._address(row, to)
            found["unaddressed" if to is None else "made"].append(number)

    def _enter(self, fact: Fact, to: int | None) -> int:
        row = {"tool_id": self._tool, "case_id": self._case["id"], "fact": fact.name, "asks": fact.asks}
        row |= {"asked_by": named(self._by), **self._sent(to)}
        number = stored.add(self._connection, row)
        return self._out(number, fact.name, to)

    def _address(self, row: Mapping[str, Any], to: int | None) -> int:
        stored.change(self._connection, row["id"], self._sent(to) | {"case_id": self._case["id"]})
        return self._out(int(row["id"]), row["fact"], to)

    def _sent(self, to: int | None) -> dict[str, Any]:
        days = self._gate.rules.clocks["questions"]
        due = self._gate.time.due(self._gate.at, days)
        return {"actor_id": to, "asked_at": to_ms(self._gate.at), "due_at": to_ms(due)}

    def _out(self, number: int, fact: str, to: int | None) -> int:
        if to is not None and self._gate.asking.links:
            _link(self._connection, self._gate, number)
        self._told("ask", number, fact, to=to)
        row = stored.question(self._connection, number)
        if to is not None and row is not None:
            telling.question_asked(self._connection, self._gate, row)
        return number

    def _asked_today(self, person: int) -> int:
        zone = ZoneInfo(self._gate.time.zone)
        begun = datetime.combine(self._gate.at.astimezone(zone).date(), time(), zone)
        return stored.asked_since(self._connection, person, to_ms(begun))

    def _told(self, act: str, number: int, fact: str, **detail: Any) -> None:
        """Note an act on the case and in the trail: numbers, and hashes of words."""
        about = {"question": number, "fact": fact, **detail}
        reviewing.happened(self._connection, self._gate, self._case["id"], f"question_{act}", named(self._by), **about)
        about["case"] = self._case["id"]
        self._gate.trail.write(
            self._connection,
            at=self._gate.at,
            actor=named(self._by),
            act=f"question.{act}",
            about=f"tool:{self._tool}",
            detail=about,
        )


def go_on(connection: Connection, gate: Gate, number: int) -> None:
    """Let a case wait for answers while somebody has a question, and go back to its review after the last one."""
    case, rows = reviewing.open_case(connection, number), stored.questions(connection, case=number)
    waits = any(row["state"] == "open" and row["actor_id"] is not None for row in rows)
    if waits:
        reviewing.move(connection, gate, case, "questions")
    elif case["stage"] == "questions":
        reviewing.move(connection, gate, case, "review")


def _link(connection: Connection, gate: Gate, number: int) -> str:
    """Give a question a new link and return its token. Raises Refused where there is no secret to sign it."""
    key = links.derived_key(gate.asking.link_key)
    stored.change(connection, number, {"link_until": links.until(gate.at)})
    row = stored.question(connection, number)
    assert row is not None
    made = links.token(key, row)
    stored.change(connection, number, {"link_hash": links.kept(made)})
    return made


def token_of(gate: Gate, question: Mapping[str, Any]) -> str | None:
    """Return the token of the link that a question has, for the message that asks it; None where it has none.

    It is made again from the key each time: nothing that opens a question is kept in a message that waits.
    """
    if not gate.asking.links or question["link_hash"] is None or question["state"] != "open":
        return None
    made = links.token(links.derived_key(gate.asking.link_key), question)
    return made if links.kept(made) == question["link_hash"] else None


def the_question(connection: Connection, number: int) -> dict[str, Any]:
    """Return a question. Raises Refused where there is none."""
    found = stored.question(connection, number)
    if found is None:
        raise Refused(f"there is no question {number}: `ostiary review questions` lists them")
    return found


def standing(connection: Connection, gate: Gate, tool: str) -> list[dict[str, Any]]:
    """Return the questions on a tool that are open, or whose answer still holds: none of them is asked again."""
    rows = stored.questions(connection, tool=tool)
    answered = [row for row in rows if row["state"] == "answered"]
    ends = _ends(connection, answered)
    today = gate.as_of.date()
    held = [row for row in answered if (until := ends.get(row["answer"])) is not None and until >= today]
    return [row for row in rows if row["state"] == "open"] + held


def _ends(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> dict[int, date]:
    """Return decision -> last day of those answers to some questions that are in force."""
    found = kept.numbered(connection, (row["answer"] for row in rows if row["answer"] is not None))
    return {
        row["id"]: date.fromisoformat(row["detail"]["until"])
        for row in found
        if row["kind"] == "answer" and not row["undone"]
    }


def _asked_before(row: Mapping[str, Any]) -> str:
    day = f"{from_ms(row['asked_at']):%d %B %Y}"
    if row["state"] == "answered":
        return f"{row['fact']} was asked on {day} and answered (question {row['id']}): the answer still holds"
    who = f"of {row['address']}" if row["actor_id"] is not None else "and nobody is known to answer it: add --to EMAIL"
    return f"{row['fact']} was asked on {day} already, {who} (question {row['id']})"


def listed(connection: Connection, gate: Gate, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return questions as they are listed: in words, with state, what hangs on each, and whether it is late.

    The open ones come first, that which settles most first; then the others, the latest first.
    """
    given = list(rows)
    tools = {str(row["tool_id"]) for row in given}
    hang = {tool: hanging(connection, tool) for tool in tools}
    worth = {tool: _worths(needed(connection, gate, tool)) for tool in tools}
    now = to_ms(gate.at)
    ends = _ends(connection, given)
    found = [_listed(row, hang[row["tool_id"]], ends, now, gate.as_of.date()) for row in given]
    return sorted(
        found, key=lambda row: (row["state"] != "open", -worth[row["tool_id"]].get(row["fact"], 0), -row["id"])
    )


def _worths(needs: Collection[Need]) -> dict[str, Fraction]:
    return {need.fact.name: need.worth for need in needs}


def _listed(
    row: Mapping[str, Any], hang: Mapping[str, list[str]], ends: Mapping[int, date], now: int, today: date
) -> dict[str, Any]:
    fact = VOCABULARY.get(row["fact"])
    state = row["state"]
    if state == "answered" and ((until := ends.get(row["answer"])) is None or until < today):
        state = "ended"  # the answer holds no more: it is asked again where a policy still needs it
    return {
        **{name: row[name] for name in ("id", "tool_id", "tool", "case_id", "fact", "asks", "answer")},
        "question": "" if fact is None else fact.question,
        "expected": "" if fact is None else answers.expected(fact),
        "to": row["address"],
        "state": state,
        "asked_at": row["asked_at"],
        "due_at": row["due_at"],
        "closed_at": row["closed_at"],
        "overdue": bool(state == "open" and row["due_at"] is not None and row["due_at"] < now),
        "findings": hang.get(row["fact"], []) if state == "open" else [],
        "link": bool(state == "open" and row["link_until"] is not None and row["link_until"] > now),
    }
