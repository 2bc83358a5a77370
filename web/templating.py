"""Templates: Jinja2 with everything escaped, and the words by which pages show values."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from gate.roles import Act
from model.systems import title as system
from reports.coverage_line import is_whole
from reports.words import clean, plain, plural
from storage.listings.coverage import coverage
from web.navigation import navigation
from web.snapshot import Until

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from web.here import Here
    from web.locale import Locale

HERE = Path(__file__).resolve().parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"
#: A name longer than this is cut on a page; what is cut can be read in full by pointing or opening it.
_LONG = 80
UNKNOWN = Markup('<span class="unknown"><span aria-hidden="true">?</span> unknown</span>')
#: So many values of each kind are kept as pages show them: lists show the same ones again and again.
_KEPT = 10_000
_SPAN_ENDS = Markup("</span>")
_MONEY, _NONE_SEEN = Markup('<span class="money">'), Markup('<span class="quiet">none seen</span>')


class Templates(Environment):
    """Templates in which `row.name` of a row, which is a dictionary, is sought as its key at once.

    Jinja2 seeks an attribute first, which a dictionary never has, but for its methods: those are found as ever.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute of an object, or what a dictionary has under that name."""
        if type(obj) is dict and attribute not in _METHODS:
            try:
                return obj[attribute]
            except KeyError:
                pass
        return super().getattr(obj, attribute)

    def page(self, name: str, **said: Any) -> str:
        """Return a page, as `get_template(name).render` does, and let go at once of what it was made of.

        Macros and their contexts hold each other, and with them all rows of a page and the lists of its moment.
        """
        contexts = _made.contexts = []
        try:
            return self.get_template(name).render(said)
        finally:
            for context in contexts:
                for held in (context.vars, context.parent, context.exported_vars):
                    held.clear()
            _made.contexts = None


class _Context(Context):
    """A context that is let go with the page it was made for: its own one, or that of a template it uses."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if _made.contexts is not None:
            _made.contexts.append(self)


class _Made(threading.local):
    contexts: list[Context] | None = None


_made = _Made()
Templates.context_class = _Context
_METHODS = frozenset(dir(dict))


def environment() -> Environment:
    """Return the environment of all templates. What a template does not know is an error, never an empty place."""
    made = Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=400,
    )
    made.filters.update(
        money=money,
        number=number,
        share=share,
        day=day,
        moment=moment,
        ago=ago,
        words=words,
        plural=plural,
        name=name,
        segment=segment,
        prose=prose,
        clean=clean,
        plain=plain,
        system=system,
        pair=lambda value: (str(value), words(str(value))),
    )
    made.globals.update(asset=asset, Act=Act, unknown=unknown, coverage_of=coverage_of, navigation=navigation)
    made.globals.update(band_mark=band, status_mark=status)
    return made


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage in one line; `whole` where nothing that was asked for is missing."""

    text: str
    whole: bool


def coverage_of(here: Here) -> Coverage:
    """Return what the lists of a page rest on; who works with sources is told which one lacks, others how many."""
    if "snapshot" in vars(here):  # its rows are those of the last run that ended, and so is what they rest on
        found = here.snapshot.once("coverage", lambda: _covered(here), Until.RUN)
    else:
        found = _covered(here)
    plain, named, whole = found
    return Coverage(named if here.is_known and here.may(Act.AUDIT) else plain, whole)


def _covered(here: Here) -> tuple[str, str, bool]:
    rows = coverage(here.connection)
    if not rows:
        return "Nothing has been read yet.", "Nothing has been read yet.", False
    lacking = [f"{clean(row['source'])}/{clean(row['stream'])}" for row in rows if row["status"] != "complete"]
    read = f"{plural(len(rows) - len(lacking), 'list')} of your systems read in full"
    if not lacking:
        return f"{read}.", f"{read}.", is_whole(rows)
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    end = "not: what only that would show is unknown."
    return f"{read}; {len(lacking)} {end}", f"{read}; {lacking[0]}{more} {end}", False


@functools.cache
def asset(file: str) -> str:
    """Return the address of a shipped file; it holds the content's digest, so that browsers keep it."""
    digest = hashlib.sha256((STATIC / file).read_bytes()).hexdigest()[:12]
    return f"/static/{file}?v={digest}"


def _here(context: Context) -> Here:
    found: Here = context["here"]
    return found


def unknown(why: str | None = None) -> Markup:
    """Return how a page shows what is not known: a mark and a word, and why where that is said."""
    return (
        UNKNOWN
        if not why
        else Markup('<span class="unknown" title="{}">{}</span>').format(
            clean(why), Markup('<span aria-hidden="true">?</span> unknown')
        )
    )


@pass_context
def money(context: Context, amounts: Any, cents: bool = False) -> Markup:
    """Show money in one or several currencies, one a line; None is unknown, nothing is said to be so."""
    if amounts is None:
        return UNKNOWN
    listed = [amounts] if isinstance(amounts, Mapping) else list(amounts)
    if not listed:
        return _NONE_SEEN
    said = _here(context).locale.sums(listed, cents=cents)
    return Markup("<br>").join(_MONEY + one + _SPAN_ENDS for one in said)


@pass_context
def number(context: Context, value: float | None) -> Markup:
    """Show a count."""
    return UNKNOWN if value is None else escape(_here(context).locale.number(value))


@pass_context
def share(context: Context, value: float | None) -> Markup:
    """Show a share of 0..1."""
    return UNKNOWN if value is None else escape(_here(context).locale.share(value))


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return None


@pass_context
def day(context: Context, value: Any) -> Markup:
    """Show a day, of a date, an ISO text, or a moment in the company's zone; the exact time is there on demand."""
    if value is None or value == "":
        return UNKNOWN
    here = _here(context)
    return _day(value, here.locale, here.office.zone)


@functools.lru_cache(maxsize=_KEPT)
def _day(value: Any, locale: Locale, zone: ZoneInfo) -> Markup:
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if isinstance(value, datetime | int):
        at = _moment(value)
        assert at is not None
        local = at.astimezone(zone)
        exact = locale.moment(at, zone)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            local.isoformat(timespec="seconds"), exact, locale.day(local.date())
        )
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), locale.day(value))


@pass_context
def moment(context: Context, value: Any) -> Markup:
    """Show day and minute of a moment (ISO text, aware, or milliseconds) in the company's zone."""
    if value is None:
        return UNKNOWN
    here = _here(context)
    return _minute(value, here.locale, here.office.zone)


@functools.lru_cache(maxsize=_KEPT)
def _minute(value: Any, locale: Locale, zone: ZoneInfo) -> Markup:
    at = datetime.fromisoformat(value) if isinstance(value, str) else _moment(value)
    assert at is not None
    local = at.astimezone(zone).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(local, locale.moment(at, zone))


@pass_context
def ago(context: Context, value: Any) -> Markup:
    """Show how long ago a moment was, or how long until it, as people say it; the exact time is there on demand."""
    if value is None:
        return UNKNOWN
    here = _here(context)
    at = datetime.fromisoformat(value) if isinstance(value, str) else _moment(value)
    assert at is not None
    exact = here.locale.moment(at, here.office.zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(here.office.zone).isoformat(timespec="seconds"), exact, distance(at, here.at)
    )


def distance(at: datetime, now: datetime) -> str:
    """Return how far a moment is from now: `just now`, `3 hours ago`, `in 2 days`."""
    between = abs(now - at)
    if between < timedelta(minutes=1):
        return "just now"
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if between >= length:
            said = plural(between // length, unit)
            break
    return f"{said} ago" if at <= now else f"in {said}"


def words(value: str | None) -> str | Markup:
    """Show a word of ours, such as `approved_with_conditions`, as people say it."""
    return UNKNOWN if value is None else clean(value).replace("_", " ")


def name(value: str | None) -> Markup:
    """Show a name that others wrote: on one line, its direction kept to itself, cut where it is endless."""
    if value is None:
        return UNKNOWN
    return _name(value) if len(value) <= _LONG else _named(value)


def _named(value: str) -> Markup:
    whole = str(
        clean(value)
    )  # even of a text that says of itself that it is safe: what is kept is kept for its letters
    if not whole:
        return Markup('<span class="quiet">(no name)</span>')
    if len(whole) <= _LONG:
        return Markup("<bdi>{}</bdi>").format(whole)
    return Markup('<bdi title="{}">{}…</bdi>').format(whole, whole[: _LONG - 1])


_name = functools.lru_cache(maxsize=_KEPT)(_named)


# --- marks -----------------------------------------------------------------------------------------------------------

_BANDS = {"critical": "▲▲", "high": "▲", "medium": "◆", "low": "●", "none": "○", "unknown": "?"}
_STATUSES = {
    "approved": "✓",
    "approved_with_conditions": "✓",
    "rejected": "✕",
    "retired": "✕",
    "new": "○",
    "in_review": "…",
}


@functools.lru_cache(maxsize=200)
def band(value: str, about: str = "") -> Markup:
    """Show a band of risk or a severity: a shape and a word first, colour second."""
    mark, said = _BANDS.get(value, "·"), f"{about} {value}" if about else value
    return Markup('<span class="band band-{}"><span aria-hidden="true">{}</span> {}</span>\n').format(value, mark, said)


@functools.lru_cache(maxsize=200)
def status(value: str) -> Markup:
    """Show the status of a tool, in the inventory's words."""
    mark, said = _STATUSES.get(value, "·"), words(value)
    return Markup('<span class="status status-{}"><span aria-hidden="true">{}</span> {}</span>\n').format(
        value, mark, said
    )


def prose(value: str | None) -> Markup:
    """Show what somebody wrote, whole and in its lines, in its own direction."""
    if value is None:
        return UNKNOWN
    lines = "\n".join(clean(line) for line in value.splitlines()).strip()
    return Markup('<span class="typed" dir="auto">{}</span>').format(lines)


def segment(value: object) -> str:
    """Return a value as one segment of a path."""
    return quote(str(value), safe="")
