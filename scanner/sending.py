"""The worker: takes what the outbox holds, sends it, and notes what became of it.

A message is sent at least once: it is marked after it was handed over, and what dies in between is sent again with the
same id. Whoever holds a row holds it for the time of its lease, so that two workers never send the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.outgoing.registry import Configured
from connectors.outgoing.shape import Message, NotTaken, Receiver
from gate import letters, spreading
from gate.notify import Notify, Reach
from gate.reminding import remind
from gate.rules import Rules
from gate.spreading import NOBODY, OVERTAKEN
from gate.templating import Templates
from gate.working_time import WorkingTime
from model.errors import OstiaryError, RateLimited
from model.ports import Clock
from storage import letters as known
from storage import outbox
from storage.store import Connection, Store
from storage.times import to_ms

#: Longer than the longest call to a receiver, and than Jira takes to find an issue that was just made.
LEASE = timedelta(minutes=5)
#: A message is tried so often, over four to nine hours, and then waits for a person.
TRIES = 10
#: The first pause at most, doubled each time, half of it by chance.
_STEP = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(days=1)
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What reminders need of the gate."""

    at: datetime
    rules: Rules
    time: WorkingTime


@dataclass(slots=True)
class Worked:
    """What one round did: messages told, put off, given up, and those that nobody needs any more."""

    told: int = 0
    waiting: int = 0
    given_up: int = 0
    dropped: int = 0
    said: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the worker works with. `open` gives the receiver of a configuration, `token` what opens a question."""

    store: Store
    clock: Clock
    notify: Notify
    receivers: Mapping[str, Configured]
    templates: Templates
    open: Callable[[Configured], Receiver]
    rules: Rules
    time: WorkingTime
    jitter: Callable[[], float]
    token: Callable[[Mapping[str, Any]], str | None] = lambda _question: None


class Worker:
    """Works off the outbox, one round at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def work(self) -> Worked:
        """Enter what is due by now, share it out, and send what is to be sent. Raises nothing that receivers do."""
        for step in (self._remind, self._spread, self._gather):
            with self._desk.store.write() as connection:
                step(connection, self._desk.clock.now())
        return self._send()

    def _remind(self, connection: Connection, at: datetime) -> None:
        remind(connection, Moment(at=at, rules=self._desk.rules, time=self._desk.time))

    def _spread(self, connection: Connection, at: datetime) -> None:
        spreading.spread(connection, self._desk.notify, at)

    def _gather(self, connection: Connection, at: datetime) -> None:
        spreading.gather(connection, self._desk.notify, at)

    # --- sending -----------------------------------------------------------------------------------------------------

    def _send(self) -> Worked:
        """Send what is due. A receiver that fails rests until the next round, and holds up no other."""
        done, resting = Worked(), self._undisturbed()
        opened: dict[str, Receiver] = {}
        for _ in range(_MOST):
            held = self._claim(resting)
            if held is None:
                break
            error = self._sent(held, opened)
            if error is not None and not isinstance(error, NotTaken):
                resting.add(held["kind"])
            self._note(held, error, done)
        return done

    def _undisturbed(self) -> set[str]:
        """Return the kinds of rows that are not sent now: people and channels have quiet hours."""
        if self._desk.notify.quiet_until(self._desk.clock.now()) is None:
            return set()
        return {f"send:{one.name}" for one in self._desk.notify.recipients if one.reach is not Reach.MACHINE}

    def _claim(self, resting: set[str]) -> dict[str, Any] | None:
        now = self._desk.clock.now()
        with self._desk.store.write() as connection:
            return outbox.claim(connection, to_ms(now), to_ms(now + LEASE), resting)

    def _sent(self, held: dict[str, Any], opened: dict[str, Receiver]) -> Exception | None:
        """Send one message; return what kept it, None where it was told."""
        name = held["kind"].partition(":")[2]
        try:
            if name not in self._desk.receivers:
                raise NotTaken("the configuration has no receiver of this name any more")  # noqa: TRY301 (as the others)
            message = self._message(held, self._desk.receivers[name])
            if name not in opened:
                opened[name] = self._desk.open(self._desk.receivers[name])
            opened[name].send(message)
        except Exception as error:  # noqa: BLE001 (the receiver's boundary: one of them cannot hold up the others)
            return error
        return None

    def _message(self, held: dict[str, Any], receiver: Configured) -> Message:
        """Write a message from what is known now. Raises _Dropped where nobody needs it any more."""
        told, now = held["payload"], self._desk.clock.now()
        with self._desk.store.read() as connection:
            rows = outbox.rows(connection, told["events"])
            token = self._desk.token if told["to"] is not None else lambda _question: None
            letter = letters.Writer(connection, self._desk.notify, self._desk.templates, now, token).letter(rows)
            address = None if told["to"] is None else known.address_of(connection, told["to"])
        if letter is None:
            raise _Dropped(OVERTAKEN)
        if told["to"] is not None and address is None:
            raise NotTaken(NOBODY)
        template = receiver.kind.template
        document = self._desk.templates.document(template, letter.values) if template else {}
        return Message(
            key=held["key"], title=letter.words.title, text=letter.words.text, at=now, to=address, document=document
        )

    def _note(self, held: dict[str, Any], error: Exception | None, done: Worked) -> None:
        """Note what became of a row, unless another worker holds it by now."""
        now = self._desk.clock.now()
        with self._desk.store.write() as connection:
            if error is None:
                done.told += outbox.settle(connection, held, to_ms(now))
            elif isinstance(error, _Dropped):
                done.dropped += outbox.settle(connection, held, to_ms(now), str(error))
            elif isinstance(error, NotTaken) or held["attempts"] >= TRIES:
                done.given_up += outbox.give_up(connection, held, self._said(held, error, done))
            else:
                at = to_ms(now + self._wait(held["attempts"], error))
                done.waiting += outbox.give_back(connection, held, self._said(held, error, done), at)

    def _said(self, held: dict[str, Any], error: Exception, done: Worked) -> str:
        """Return why a message was not sent: our own words, or the class alone of an error that is not ours."""
        ours = isinstance(error, OstiaryError)
        said = str(error) if ours else f"{type(error).__name__}: please report this"
        line = f"{held['kind'].partition(':')[2]}: {said}"
        if line not in done.said:
            done.said.append(line)
        return said

    def _wait(self, attempts: int, error: Exception) -> timedelta:
        """Return how long to wait: a doubling pause, or what the receiver asks for where that is longer."""
        asked = timedelta(seconds=error.wait) if isinstance(error, RateLimited) else timedelta(0)
        pause: timedelta = _STEP * 2 ** (attempts - 1) * (0.5 + self._desk.jitter() / 2)
        return min(max(pause, asked), _LONGEST_WAIT)


class _Dropped(NotTaken):
    """Nobody needs to hear of it any more."""


def examine(receiver: Receiver, test: Message | None) -> str | None:
    """Return what is wrong with a receiver, None where it works; only with a message to `test` anybody is called."""
    try:
        receiver.check()
        if test is not None:
            receiver.test(test)
    except OstiaryError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 (the receiver's boundary)
        return f"{type(error).__name__}: please report this"
    return None
