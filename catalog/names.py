"""Matching of names: an app's label, a marketplace product's title.

A name proves a tool where it stands alone, or leads a text whose other words speak of software. A name inside a longer
one proves nothing, and a name that is an ordinary word needs a second clue: its category, its maker, or standing alone.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from catalog.domains import find_host
from catalog.found import Found
from catalog.hosts import parse_host
from catalog.normal import drop_ends, is_number, readable, tokens
from catalog.tables import Hit, Tables, own_words
from catalog.words import CLUES, DECORATION, ENVIRONMENT, LEGAL, SEGMENT, SOFTWARE, TRADE
from model.match import Matcher

#: No name in the field has more words.
_LONGEST_NAME = 7
_LEAD = re.compile(r"^(?:\[[^\]]*\]|\([^)]*\)|okta swa:|swa:|sso:|app:|saml:)\s*", re.IGNORECASE)
_PARENTHESIS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_SEGMENTS = re.compile(r"\s+[-\u2013\u2014|/\u00b7\u2022>]+\s+|\s*[:|]\s+")
_BY = re.compile(r"\s+(?:by|from|powered by)\s+(.+)$", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+){1,5}", re.IGNORECASE)


class Label(NamedTuple):
    """A label taken apart: its segments, what stood in parentheses, and the maker that it names."""

    segments: tuple[tuple[str, ...], ...]
    asides: tuple[str, ...]
    maker: str | None


def parse_label(text: str) -> Label:
    """Return the parts of a label such as `[Mktg] Heap by Contentsquare - EMEA (Prod)`."""
    lead = _LEAD.match(text)
    main = text[lead.end() :] if lead else text
    asides: tuple[str, ...] = ()
    if "(" in main or "[" in main:
        asides = tuple(_PARENTHESIS.findall(main))
        main = _PARENTHESIS.sub(" ", main)
    parts = [part for part in _SEGMENTS.split(main) if part.strip()] or [main]
    by = _BY.search(parts[-1])
    if by:
        parts[-1] = parts[-1][: by.start()]
    segments = tuple(words for part in parts if (words := tokens(part)))
    return Label(segments, asides, by[1] if by else None)


def find_name(tables: Tables, value: str, vendor: str | None = None) -> Found | None:
    """Return the tool that a label names. `vendor` is the publisher that the source states beside it, a second clue."""
    text = readable(value)
    if text is None:
        return None
    words = tokens(text)
    whole = tables.names.get(" ".join(words)) or _joined(tables, words)
    if whole is not None:
        return _found(whole, text, 0.95 if whole.sure or _made_by(tables, whole, vendor) else 0.8)
    if " " not in text and "." in text:
        host = parse_host(text)
        owner = find_host(tables, host) if host else None
        return owner and owner._replace(confidence=0.93)
    return _in_label(tables, text, vendor) or _in_slug(tables, text)


def _in_label(tables: Tables, text: str, vendor: str | None) -> Found | None:
    label = parse_label(text)
    for at, words in enumerate(label.segments):
        if at and not _is_frame(label.segments[at - 1]):
            break
        rest = tuple(word for other in label.segments[at + 1 :] for word in _before_for(other))
        for form in dict.fromkeys((words, drop_ends(words, DECORATION))):
            found = _in_segment(tables, form, rest, label.maker or vendor, named=label.maker)
            if found is not None:
                return found
    return _in_asides(tables, label)


def _is_frame(words: tuple[str, ...]) -> bool:
    return all(word in SEGMENT or word in DECORATION or is_number(word) for word in words)


def _in_segment(
    tables: Tables, words: tuple[str, ...], rest: tuple[str, ...], maker: str | None, *, named: str | None
) -> Found | None:
    for stop in range(min(len(words), _LONGEST_NAME), 0, -1):
        head = words[:stop]
        hit = tables.names.get(" ".join(head))
        loose = hit is None and stop > 1
        hit = _joined(tables, head) if loose else hit
        if hit is None or (named and not _made_by(tables, hit, named)):
            continue
        confidence = _judge(tables, hit, _before_for(words[stop:]), rest, made=_made_by(tables, hit, maker))
        if confidence is not None and not (loose and confidence < 0.8):
            return _found(hit, " ".join(head), confidence)
        return None
    return None


def _before_for(tail: tuple[str, ...]) -> tuple[str, ...]:
    """Cut what a product is made for: `Clearscope for Google Docs`."""
    if "for" not in tail:
        return tail
    return next((tail[:at] for at, word in enumerate(tail) if word == "for" and at + 1 < len(tail)), tail)


def _judge(tables: Tables, hit: Hit, tail: tuple[str, ...], rest: tuple[str, ...], *, made: bool) -> float | None:
    """Return how sure a leading name is, given the words behind it and those of later segments; None: no proof."""
    known = tables.tools[hit.id]
    words = tuple(word for word in (*tail, *rest) if word not in DECORATION)
    if not words or (not tail and _is_frame(rest)):
        return 0.93 if hit.sure or made else 0.8
    category = own_words(known)
    if any(word in TRADE and word not in category for word in words) or _names_other(tables, hit, tail):
        return None
    told = [word in category or word in SOFTWARE or word in LEGAL or is_number(word) for word in words]
    clue = made or any(word in category or word in CLUES or word in LEGAL for word in words)
    if hit.sure:
        return _judge_sure(hit, tail, known_words=all(told), clue=clue or any(told))
    strict = all(told) or not tail or (told.count(False) == 1 and sum(word in category for word in words) > 1)
    return 0.8 if strict and clue else None


def _judge_sure(hit: Hit, tail: tuple[str, ...], *, known_words: bool, clue: bool) -> float | None:
    if known_words:
        return 0.9
    return 0.75 if (len(tail) <= 2 or clue) and len(tail) <= 6 and hit.form != "name without its suffix" else None


def _names_other(tables: Tables, hit: Hit, tail: tuple[str, ...]) -> bool:
    for word in tail:
        other = tables.names.get(word)
        if other is not None and other.sure and other.id != hit.id and word not in SOFTWARE:
            return tables.tools[other.id].vendor != tables.tools[hit.id].vendor
    return False


def _made_by(tables: Tables, hit: Hit, maker: str | None) -> bool:
    if maker is None:
        return False
    known, words = tables.tools[hit.id], drop_ends(tokens(maker), LEGAL)
    own = (drop_ends(tokens(known.vendor), LEGAL), tokens(known.name))
    return any(words[: len(name)] == name or name[: len(words)] == words for name in own if words and name)


def _in_asides(tables: Tables, label: Label) -> Found | None:
    """`Acquia DAM (Widen)`: the name that people know stands in parentheses."""
    for aside in label.asides:
        hit = tables.names.get(" ".join(drop_ends(tokens(aside), DECORATION)))
        if hit is not None and hit.sure:
            return _found(hit, aside, 0.8)
    return None


def _in_slug(tables: Tables, text: str) -> Found | None:
    """`acme-hypeauditor-prod`: a slug of company, tool and environment."""
    if " " in text:
        return None
    parts = text.casefold().replace("_", "-").split("-")
    if not _SLUG.fullmatch(text) or len(parts) < 3 or parts[-1] not in ENVIRONMENT:
        return None
    form = "".join(parts[1:-1])
    hit = tables.names.get(tables.joined.get(form, ""))
    return _found(hit, form, 0.8) if hit is not None and hit.sure else None


def _joined(tables: Tables, words: tuple[str, ...]) -> Hit | None:
    """Return the hit of a name that differs in its blanks only; short ones are left alone."""
    form = "".join(words)
    hit = tables.names.get(tables.joined.get(form, "")) if len(form) >= 6 else None
    return hit if hit is not None and hit.sure else None


def _found(hit: Hit, matched: str, confidence: float) -> Found:
    how = "is" if confidence >= 0.95 else "names"
    return Found(hit.id, Matcher.NAME, matched, confidence, f"“{matched}” {how} {{name}}.")
