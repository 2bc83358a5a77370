"""The reference pages of live sources, from what the connectors declare: one a kind, and an index of them.

`docs/write_reference.py` writes them. Nothing of a page is written by hand but the guide that it leads to.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from connectors.live import Feed, Source
from model.signal import SignalKind
from model.stream import Mode, Stream

_ROOT = Path(__file__).resolve().parent.parent
#: Where the pages lie, from the repository's root.
_HERE = "docs/reference/sources"
#: What a kind of signal is in plain words.
_YIELDS = {
    SignalKind.PERSON: "people",
    SignalKind.REGISTRATION: "apps that are set up",
    SignalKind.SIGN_IN: "sign-ins",
    SignalKind.GRANT: "rights that apps hold",
    SignalKind.ASSIGNMENT: "who is given which app",
    SignalKind.INSTALLATION: "installations",
    SignalKind.AUDIT_EVENT: "what was done to apps, or at them",
}
_CLOSES = {
    "stream": "what a whole reading no longer names",
    "actor": "what a person who was asked for no longer holds",
}
_TYPES = {
    "str": "text",
    "int": "number",
    "bool": "true or false",
    "Secret": "secret: `env:NAME`, `file:PATH` or `aws-sm:NAME`",
    "Address": "address (https)",
}
#: The keys that every table may have: type, default, and what they say.
_COMMON = (
    ("kind", "text", "must be given", "which of the sources it is"),
    ("backfill_days", "number", "90", "how many days of the logs the first scan reads, as far as they are kept"),
    ("skip", "list of text", "none", "feeds that are left out; what they would show stays unseen"),
    ("certificates", "text", "none", "a file of authorities to trust beside the system's, such as a proxy's"),
)


def source_pages(folder: Path, sources: Mapping[str, Source]) -> dict[Path, str]:
    """Return the pages below a folder by the path of their file; `README.md` is the index."""
    found = {folder / f"{kind}.md": "\n".join(_page(source)) for kind, source in sources.items()}
    return {**found, folder / "README.md": "\n".join(_index(sources.values()))}


def anchor(heading: str) -> str:
    """Return what leads to a heading within a page."""
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


def _index(sources: Iterable[Source]) -> Iterator[str]:
    yield from ("# Live sources", "", "<!-- written by docs/write_reference.py: change the connectors instead -->", "")
    yield "What `ostiary scan` reads over the vendors' interfaces: streams, permissions, limits, and what stays unseen"
    yield "without each of them. `ostiary doctor` says of a source that is set up which of it works. The kinds of files"
    yield "that `ostiary ingest` reads are listed by `ostiary ingest --list`."
    yield from ("", "| kind | what it is | feeds | guide |", "|---|---|---|---|")
    for source in sources:
        feeds = ", ".join(f"`{feed.name}`" for feed in source.feeds)
        yield f"| [`{source.kind}`]({source.kind}.md) | {source.about} | {feeds} | [connect it]({_from_here(source)}) |"
    yield ""


def _page(source: Source) -> Iterator[str]:
    yield from (f"# {_title(source)}", "", _made(source), "")
    yield f'`kind = "{source.kind}"`. {source.about[0].upper()}{source.about[1:]}. Ostiary only ever reads.'
    yield from ("", "## How to connect it", "")
    yield f"[The guide]({_from_here(source)}) shows how to make the credential with the least rights:"
    yield ""
    yield from (f"- [{step}]({_from_here(source)}#{anchor(step)})" for step in steps(source))
    yield from _streams(source.feeds)
    yield from _permissions(source.feeds)
    yield from _times(source.feeds)
    yield from ("", "## Limits", "", source.limits)
    yield from _configuration(source)
    yield from _files(source.feeds)
    if source.notes:
        yield from ("", "## What to know", "")
        yield from (f"- {note}" for note in source.notes)
    yield from ("", "## What this rests on", "")
    yield from (f"- {document}" for document in source.documents)
    yield ""


def steps(source: Source) -> list[str]:
    """Return the headings of a source's guide."""
    text = (_ROOT / source.guide).read_text(encoding="utf-8")
    return re.findall(r"^## (.+)$", text, flags=re.MULTILINE)


def _from_here(source: Source) -> str:
    """Return the way from a page to the source's guide."""
    return os.path.relpath(source.guide, _HERE).replace(os.sep, "/")


def _title(source: Source) -> str:
    return source.about.partition(":")[0]


def _made(source: Source) -> str:
    return (
        f"<!-- written by docs/write_reference.py: change connectors/{source.kind}_live.py and its streams instead -->"
    )


def _streams(feeds: Iterable[Feed]) -> Iterator[str]:
    yield from ("", "## What is read", "", "| feed | stream | yields | mode | calls |", "|---|---|---|---|---|")
    for feed in feeds:
        calls = "<br>".join(f"`{call}`" for call in feed.calls)
        for stream in feed.filled:
            yield f"| `{feed.name}` | `{stream.name}` | {_yields(stream)} | {stream.mode.value} | {calls} |"
    yield ""
    yield "A *snapshot* is read whole each time; *events* go on where the last scan ended."


def _yields(stream: Stream) -> str:
    return ", ".join(_YIELDS[kind] for kind in stream.kinds) or "nothing: it is read to its end and only counted"


def _permissions(feeds: Iterable[Feed]) -> Iterator[str]:
    named: dict[str, list[Feed]] = {}
    remedies: dict[str, None] = {}
    for feed in feeds:
        for stream in feed.filled:
            remedies[stream.remedy] = None
            for permission in stream.permissions:
                found = named.setdefault(permission, [])
                if feed not in found:
                    found.append(feed)
    yield from ("", "## Permissions", "", "| permission | feeds | without it nobody sees |", "|---|---|---|")
    for permission, needing in named.items():
        blind = "<br>".join(feed.blinds for feed in needing)
        yield f"| `{permission}` | {', '.join(f'`{feed.name}`' for feed in needing)} | {blind} |"
    yield from (
        "",
        "Where one is missing, its streams are `refused`; nothing is closed and the others are read. What to do:",
        "",
    )
    yield from (f"- {remedy}" for remedy in remedies)


def _times(feeds: Iterable[Feed]) -> Iterator[str]:
    events = {stream.name: stream for feed in feeds for stream in feed.filled if stream.mode is Mode.EVENTS}
    snapshots = {stream.name: stream for feed in feeds for stream in feed.filled if stream.mode is Mode.SNAPSHOT}
    yield from ("", "## How far back and how late", "")
    if events:
        yield "| stream | kept for | who says so | read up to | read again each time |"
        yield "|---|---|---|---|---|"
    for stream in events.values():
        kept = _span(stream.retention)
        yield (
            f"| `{stream.name}` | {kept} | {stream.retention_source} | {_span(stream.lag)} ago"
            f" | the last {_span(stream.overlap)} |"
        )
    for way, words in _CLOSES.items():
        if names := [f"`{stream.name}`" for stream in snapshots.values() if stream.closes == way]:
            yield from ("", f"{', '.join(names)}: {words} is closed.")


def _span(span: timedelta | None) -> str:
    if span is None:
        return "not stated"
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if span >= length and not span % length and (unit != "day" or span > timedelta(days=1)):
            count = span // length
            return f"{count} {unit}{'s' * (count != 1)}"
    return f"{int(span.total_seconds())} seconds"


def _configuration(source: Source) -> Iterator[str]:
    yield from ("", "## Configuration", "", "```toml", source.example.rstrip("\n"), "```", "")
    yield from ("| key | type | default | what it is |", "|---|---|---|---|")
    for field in dataclasses.fields(source.config):
        plain = str(field.type).replace(" | None", "")
        default = field.default
        shown = "must be given" if default is dataclasses.MISSING else "none" if default is None else f"`{default}`"
        yield f"| `{field.name}` | {_TYPES[plain]} | {shown} | {source.keys[field.name]} |"
    yield from (f"| `{name}` | {kind} | {default} | {words} |" for name, kind, default, words in _COMMON)


def _files(feeds: Iterable[Feed]) -> Iterator[str]:
    formats: dict[str, tuple[str, list[str]]] = {}
    for feed in feeds:
        formats.setdefault(feed.format.name, (feed.format.about, []))[1].append(f"`{feed.name}`")
    yield from (
        "",
        "## The same records from files",
        "",
        "| FORMAT of `ostiary ingest` | what it reads | as the feeds |",
    )
    yield "|---|---|---|"
    yield from (f"| `{name}` | {about} | {', '.join(names)} |" for name, (about, names) in formats.items())
