"""Suggestions: which known tool a string that nobody could name may be. For a person to judge; they name nothing.

Spelling alone proves nothing, so this stands beside the matchers and is loaded only where somebody asks for it. Names
are compared only with those that share rare groups of three letters with them, so that a string costs a millisecond.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rapidfuzz import fuzz

from catalog.descriptors import parse_descriptor
from catalog.domains import spf_hosts
from catalog.hosts import decode_idn, parse_host, site_of
from catalog.normal import compact, drop_ends, is_number, key, readable, tokens
from catalog.places import PLACE_WORDS
from catalog.tables import Tables
from catalog.words import BILLING, COMMON, DECORATION, LEGAL, SEGMENT, SOFTWARE, TRADE
from model.match import StringKind
from model.signal import AppIdentity

#: Below this a likeness is chance; of short texts more must agree.
_LEAST, _LEAST_SHORT, _LONG = 0.72, 0.84, 8
#: A name that stands whole in a longer one is worth so much, where it is most of it; less where it is little of it.
_WITHIN = 0.9
#: So many names are compared, those with most in common.
_COMPARED = 60
#: Groups of three letters that more names than this have say nothing.
_FREQUENT = 400
#: Texts of fewer letters are like too much.
_SHORT = 4
_LONGEST = 60
#: A word that leads others is compared by itself where it is so long, and is worth less.
_LEADING, _LED = 6, 0.9
_FILLING = DECORATION | LEGAL | SEGMENT | SOFTWARE | BILLING | PLACE_WORDS
_WORDS = _FILLING | TRADE | COMMON
_HOSTS = frozenset({StringKind.DOMAIN, StringKind.URL, StringKind.REDIRECT_URI, StringKind.SCRIPT_HOST})


class Candidate(NamedTuple):
    """A tool that a string may be: how like it is (0..1), and why in one sentence."""

    tool_id: str
    tool: str
    score: float
    why: str


class Suggester:
    """Finds candidates in the compiled tables; made once, asked often."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        owners = {name: hit.id for name, hit in (*tables.sellers.items(), *tables.names.items())}
        owners |= {label: tool for label, tool in tables.brands.items() if label not in owners}
        self._names = sorted(name for name in owners if _SHORT <= len(name) <= _LONGEST and name not in _WORDS)
        self._owners = [owners[name] for name in self._names]
        self._joined = [name.replace(" ", "") for name in self._names]
        self._having: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(self._joined):
            for group in _groups(name):
                self._having[group].append(at)

    def suggest(self, kind: StringKind, value: str, limit: int = 5) -> list[Candidate]:
        """Return what a string may be, the likeliest first; nothing for what is no name, host or statement's line."""
        return self._best(_texts(kind, value), limit)

    def suggest_app(self, app: AppIdentity, limit: int = 5) -> list[Candidate]:
        """Return what an app may be by all that its source calls it, the likeliest first."""
        given = (
            (StringKind.APP_NAME, app.label),
            (StringKind.CARD_DESCRIPTOR, app.descriptor),
            (StringKind.DOMAIN, app.domain),
            (StringKind.URL, app.url),
            (StringKind.ENTITY_ID, app.entity_id),
            (StringKind.BUNDLE_ID, app.bundle_id),
            (StringKind.MARKETPLACE_PRODUCT, app.product_code),
            (StringKind.APP_NAME, app.catalog_key),
        )
        return self._best((text for kind, value in given if value for text in _texts(kind, value)), limit)

    def _best(self, texts: Iterable[str], limit: int) -> list[Candidate]:
        given = [*dict.fromkeys(texts)]
        # A name leads what else is said: its first word is compared where the whole is like nothing.
        alike = [c for text in given for c in self._alike(text)] or [
            c._replace(score=round(_LED * c.score, 2)) for text in given for c in self._alike(_lead(text))
        ]
        best: dict[str, Candidate] = {}
        for found in alike:
            if found.tool_id not in best or found.score > best[found.tool_id].score:
                best[found.tool_id] = found
        return heapq.nsmallest(limit, best.values(), key=lambda c: (-c.score, c.tool.casefold(), c.tool_id))

    def _alike(self, text: str) -> Iterator[Candidate]:
        words = tokens(text)
        joined = "".join(words)
        if not _SHORT <= len(joined) <= _LONGEST:
            return
        for at in self._near(joined):
            score = _score(words, joined, self._names[at], self._joined[at])
            if score >= (_LEAST if len(joined) >= _LONG else _LEAST_SHORT):
                tool = self._tables.tools[self._owners[at]]
                yield Candidate(tool.id, tool.name, round(score, 2), _why(text, self._names[at], tool.name, score))

    def _near(self, joined: str) -> list[int]:
        """Return the names that share most rare groups of letters with a text."""
        shared: Counter[int] = Counter()
        for group in _groups(joined):
            having = self._having.get(group, ())
            if len(having) <= _FREQUENT:
                shared.update(having)
        return [at for at, _ in heapq.nsmallest(_COMPARED, shared.items(), key=lambda pair: (-pair[1], pair[0]))]


def _lead(text: str) -> str:
    first, _, rest = text.partition(" ")
    return first if rest and len(first) >= _LEADING and first not in _WORDS else ""


def _groups(joined: str) -> set[str]:
    """Return the groups of three letters, the beginning marked: it is what people get right."""
    marked = f"^{joined}"
    return {marked[at : at + 3] for at in range(len(marked) - 2)}


def _score(words: tuple[str, ...], joined: str, name: str, other: str) -> float:
    spelt = fuzz.ratio(joined, other) / 100
    ordered = fuzz.token_sort_ratio(" ".join(words), name) / 100 if len(words) > 1 else 0.0
    return max(spelt, 0.95 * ordered, _within(words, tuple(name.split()), len(joined), len(other)))


def _within(words: tuple[str, ...], name: tuple[str, ...], length: int, other: int) -> float:
    """Return what it is worth that one text has all words of the other: the more of it they are, the more."""
    shorter, longer = sorted((words, name), key=len)
    if shorter == longer or not set(shorter) <= set(longer):
        return 0.0
    return _WITHIN * (0.7 + 0.3 * min(length, other) / max(length, other))


def _why(text: str, name: str, tool: str, score: float) -> str:
    if key(text) == name or compact(text) == name.replace(" ", ""):
        return f"“{text}” is what {tool} is called, which alone is no proof."
    if set(name.split()) < set(tokens(text)):
        return f"“{name}”, a name of {tool}, stands in “{text}”."
    if set(tokens(text)) < set(name.split()):
        return f"“{text}” stands in “{name}”, a name of {tool}."
    return f"“{text}” is spelt {score:.0%} like “{name}”, a name of {tool}."


# --- what of a string is compared ------------------------------------------------------------------------------------


def _texts(kind: StringKind, value: str) -> Iterator[str]:
    """Yield the texts of a string that may be a name, without what is said around names."""
    if kind is StringKind.CARD_DESCRIPTOR:
        parsed = parse_descriptor(value)
        yield from _bare(parsed.payee or "")
        yield from _bare(parsed.item or "")
        yield from (label for host in parsed.domains for label in _label(host))
    elif kind in _HOSTS or kind is StringKind.DNS_CNAME:
        yield from _label(parse_host(value.rsplit(maxsplit=1)[-1]) if value.strip() else None)
    elif kind is StringKind.ENTITY_ID:
        host = parse_host(value)
        yield from _label(host) if host else _bare(value.removeprefix("urn:").partition(":")[0])
    elif kind is StringKind.DNS_SPF:
        yield from (label for host in spf_hosts(value) for label in _label(host))
    elif kind is StringKind.BUNDLE_ID:
        yield from (part for part in value[:256].split(".")[1:] if part.casefold() not in _WORDS)
    elif kind in {StringKind.APP_NAME, StringKind.MARKETPLACE_PRODUCT}:
        yield from _bare(value)


def _bare(value: str) -> Iterator[str]:
    text = readable(value)
    words = drop_ends(tokens(text), _FILLING) if text else ()
    kept = tuple(word for word in words if not is_number(word))
    # One ordinary word is like many a name, and means none.
    if kept and not (len(kept) == 1 and kept[0] in _WORDS):
        yield " ".join(kept)


def _label(host: str | None) -> Iterator[str]:
    site = site_of(host) if host else None
    if site:
        yield decode_idn(site).partition(".")[0].replace("-", " ")
