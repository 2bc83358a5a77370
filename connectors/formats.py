"""What a FORMAT of `ostiary ingest` is: how a file is read into records, and a record into signals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from model.errors import Malformed
from model.signal import Signal
from model.stream import Stream

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a reader and a translator may know beside the record itself.

    `read_at` is when the file was saved (its modification time; now for standard input): the time of a
    snapshot's signals that carry none of their own. `zone` is the company's, for days and times without one.
    `profile` holds the settings of a statement (see `connectors.card_form`), as given in the configuration or by
    `--set`; `note` takes sentences that the user should see; `page` is told of each page whether it names another.
    `nothing_of` is told of each person of whom the file says that nothing is held, by the name that the source gives.
    `path` is where the file lies, for readers that hand it to an engine; None for standard input.
    """

    source: str
    file: str = "-"
    read_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    zone: ZoneInfo = _UTC
    currency: str | None = None
    profile: Mapping[str, str] = field(default_factory=dict)
    note: Callable[[str], None] = lambda _text: None
    page: Callable[[bool], None] = lambda _more: None
    nothing_of: Callable[[str], None] = lambda _person: None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it stands in the file: its number from 1, and its bytes (JSON) or its cells by field (tables).

    `count` is how many records of the source it stands for, where the reader rolls up.
    """

    number: int
    data: Any
    count: int = 1


@dataclass(frozen=True, slots=True)
class Bad:
    """A place in the file where no record could be read (or `count` of them); the reason never quotes the content."""

    number: int
    reason: str
    count: int = 1


Reader = Callable[[BinaryIO, Context], Iterator[Raw | Bad]]
Translator = Callable[[Any, Context], Iterator[Signal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One FORMAT.

    `read` raises WrongFormat (nothing of it was read), AccessDenied (the file is a saved error answer) or
    Interrupted (the file breaks off; what was yielded before is kept). `translate` raises Malformed.
    `system` names the source where no `--source` is given.
    `bulk` is the SQL of the second lane, where there is one.
    `merge` makes one of what was read of all files of a run, before it is translated: where a reader rolls up, and what
    belongs together may lie in several files. It is given and returns the `data` of records, a list of hashable rows.
    """

    name: str
    about: str
    system: str
    streams: tuple[Stream, ...]
    read: Reader
    translate: Translator
    bulk: str | None = None
    merge: Callable[[Sequence[Any]], list[Any]] | None = None


def text(value: object) -> str | None:
    """Return a trimmed text, or None for what is absent: None, "", and the words sources write for nothing."""
    if not isinstance(value, str):
        return None
    stripped = value.strip()
    return None if stripped.casefold() in {"", "null", "none", "unknown app", "n/a"} else stripped


def require(value: object, what: str) -> str:
    """Return a trimmed text. Raises Malformed that names the field where it is absent."""
    found = text(value)
    if found is None:
        message = f"no {what}"
        raise Malformed(message)
    return found


def present(**facts: object) -> dict[str, Any]:
    """Return the facts that are known: a fact that is absent is left out."""
    return {name: value for name, value in facts.items() if value is not None and value not in ("", ())}
