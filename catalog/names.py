"""Matching of names: an app's label, a marketplace product's title.

A name proves a tool where it stands alone, or leads a text whose other words speak of software. A name inside a longer
one proves nothing, and a name that is an ordinary word needs a second clue: its category, its maker, or standing alone.
"""

from __future__ import annotations

import re

from catalog.domains import find_host
from catalog.found import Found
from catalog.hosts import parse_host
from catalog.labels import Label, before_for, drop_start, forms, parse_label
from catalog.lengths import may_be, stops
from catalog.normal import compact, drop_ends, is_number, key, readable, tokens
from catalog.tables import Hit, Known, Tables, own_words
from catalog.words import (
    ABOUT,
    CLUES,
    DECORATION,
    DEPARTMENT,
    ENVIRONMENT,
    JOINING,
    LEGAL,
    PURPOSES,
    REGION,
    SEGMENT,
    SOFTWARE,
    TRADE,
)
from model.match import Matcher

#: What may stand around any name, an ordinary word too.
_AROUND = DECORATION | REGION | DEPARTMENT
_FRAMING = SEGMENT | _AROUND
_NAME = Matcher.NAME
#: No name in the field has more words; with more words behind it a name is part of a sentence.
_LONGEST_NAME, _LONGEST_TAIL = 7, 6
#: One word, spelled as any other; `HubSpot` and `Pond5` are not.
_PLAIN_NAME = re.compile(r"[A-Z]?[a-z]+")
#: A name of fewer letters is not looked for behind a company's.
_CLEAR = 5
#: What a host begins like; whether it is one is asked of its owner.
_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24})(?:/\S*)?(?=\s|$)", re.IGNORECASE)
#: Where a word begins in `HubSpotCRM`.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+){1,5}", re.IGNORECASE)


def find_name(tables: Tables, value: str, vendor: str | None = None) -> Found | None:
    """Return the tool that a label names. `vendor` is the publisher that the source states beside it, a second clue."""
    text = readable(value)
    if text is None:
        return None
    words = tokens(text)
    whole = _named(tables, words)
    if whole is not None:
        return _found(whole, text, 0.95 if whole.sure or _made_by(tables, whole, vendor) else 0.8)
    if " " not in text and "." in text:
        host = parse_host(text)
        owner = find_host(tables, host) if host else None
        return owner and owner._replace(confidence=0.93)
    found = _in_label(tables, text, vendor) or _in_slug(tables, text)
    return found or (_in_humps(tables, text, vendor) if " " not in text and text.isascii() else None)


def _in_humps(tables: Tables, text: str, vendor: str | None) -> Found | None:
    """`HubSpotCRM`, `ZoomSSO`; an ordinary word in a coined one is somebody else's name: `ClearCompany`, `AppRemo`."""
    apart = _HUMP.sub(" ", text)
    found = _in_label(tables, apart, vendor) if apart != text else None
    if found is None:
        return None
    name = tokens(found.matched)
    hit, around = _named(tables, name), [word for word in tokens(apart) if word not in name]
    return found if (hit and hit.sure) or all(word in ENVIRONMENT for word in around) else None


def _in_label(tables: Tables, text: str, vendor: str | None) -> Found | None:
    label = parse_label(text)
    by_host = _by_host(tables, label)
    if by_host is not None:
        return by_host
    for at, words in enumerate(label.segments):
        if at and not _is_frame(label.segments[at - 1]):
            break
        rest = tuple([word for other in label.segments[at + 1 :] for word in before_for(other)])
        for form in forms(words):
            found = _in_segment(tables, form, rest, label, label.maker or vendor)
            if found is not None:
                return found
    if label.maker:
        return _with_maker(tables, text)  # `Atlas by Citation` is a name as it stands
    return _in_asides(tables, label) or _behind_company(tables, label)


def _with_maker(tables: Tables, text: str) -> Found | None:
    """Return the tool whose name has a `by` in it, alone but for decoration."""
    label = parse_label(text, makers=False)
    for at, words in enumerate(label.segments):
        hit, form = _alone(tables, words)
        if hit is not None and hit.sure and all(map(_is_frame, label.segments[:at] + label.segments[at + 1 :])):
            return _found(hit, form, 0.93)
    return None


def _is_frame(words: tuple[str, ...]) -> bool:
    """Whether a segment only says whose the app is: a team, a stage, a company with its legal form."""
    return _has_legal_form(words) or all(word in _FRAMING or is_number(word) for word in words)


def _has_legal_form(words: tuple[str, ...]) -> bool:
    return len(words) > 1 and words[-1] in LEGAL


def _by_host(tables: Tables, label: Label) -> Found | None:
    """`Gleam.io Competitions`, `Newsletter (gleam.io)`: a tool's own domain in place of its name, or beside it."""
    for text in (label.head, *label.asides):
        if "." not in text:
            continue
        written = _HOST.match(text.strip())
        host = parse_host(written[1]) if written else None
        owner = find_host(tables, host) if host else None
        if owner is not None and written is not None:
            known = own_words(tables.tools[owner.id])
            tail = tokens(text.strip()[written.end() :])
            if not any(word in TRADE and word not in known for word in tail):
                return owner._replace(confidence=0.9)
    return None


def _in_segment(
    tables: Tables, words: tuple[str, ...], rest: tuple[str, ...], label: Label, maker: str | None
) -> Found | None:
    least = _words_of_host(label.head) if "." in label.head else 0
    for stop in stops(tables.lengths, words, _LONGEST_NAME):
        head = words[:stop]
        hit = tables.names.get(" ".join(head))
        loose = hit is None and stop > 1
        hit = _joined(tables, head) if loose else hit
        if hit is None or (label.maker and not _made_by(tables, hit, label.maker)):
            continue
        if stop < least or not (hit.sure or _goes_with(tables, hit, label)):
            return None
        tail = _made_for(tables, hit, words[stop:])
        confidence = _judge(tables, hit, head, tail, rest, made=_made_by(tables, hit, maker))
        if confidence is not None and not (loose and confidence < 0.8):
            return _found(hit, " ".join(head), confidence)
        return None
    return None


def _words_of_host(head: str) -> int:
    """Return how many words a name must have in a label that begins with a host: it is all of the host, or no name."""
    written = _HOST.match(head)
    return len(tokens(written[1])) if written and parse_host(written[1]) else 0


def _goes_with(tables: Tables, hit: Hit, label: Label) -> bool:
    """Whether what stands in parentheses may stand beside an ordinary word that names the tool: `Beacon (Hospital)`."""
    known = own_words(tables.tools[hit.id])
    return not any(word in TRADE and word not in known for aside in label.asides for word in tokens(aside))


def _made_for(tables: Tables, hit: Hit, tail: tuple[str, ...]) -> tuple[str, ...]:
    """Cut what the product is made for; behind an ordinary word only where that is software: `Mutiny on the Bounty`."""
    bare = before_for(tail)
    if hit.sure or len(bare) == len(tail):
        return bare
    behind = tail[len(bare) + 1 :]
    known = (tables.names.get(" ".join(behind[:count])) for count in (1, 2, 3))
    return bare if all(word in _FRAMING or word in SOFTWARE for word in behind) or any(known) else tail


def _judge(
    tables: Tables,
    hit: Hit,
    matched: tuple[str, ...],
    tail: tuple[str, ...],
    rest: tuple[str, ...],
    *,
    made: bool,
) -> float | None:
    """Return how sure a leading name is, given the words behind it and those of later segments; None: no proof."""
    known = tables.tools[hit.id]
    length, tail = len(tail), _undecorated(tail)
    decorated = length > len(tail)
    words = (*tail, *(word for word in rest if word not in DECORATION))
    if not words or (not tail and _is_frame(rest)):
        return 0.93 if hit.sure or made else 0.8
    category = own_words(known)
    if any(word in TRADE and word not in category for word in words) or _names_other(tables, hit, tail):
        return None
    words = _with_pairs(words, category)
    told = [word in category or word in SOFTWARE or word in LEGAL or is_number(word) for word in words]
    clue = made or any(word in category or word in CLUES or word in LEGAL for word in words)
    if hit.sure and not all(told) and (length > _LONGEST_TAIL or (not decorated and _ends_elsewhere(known, tail))):
        return None
    if hit.sure:
        clue = clue or any(told) or decorated or any(word in PURPOSES for word in words)
        return _judge_sure(tables, hit, matched, tail, known_words=all(told), clue=clue)
    if not any(word.isascii() for word in words):
        return 0.75  # an ordinary word of English is none where the rest is written in another script
    own = sum(word in category for word in words)
    shown = own > 1 or (own == 1 and any(word in CLUES for word in words))
    strict = all(told) or not tail or (told.count(False) == 1 and shown)
    if strict and clue:
        return 0.8
    return 0.75 if own and _says_software(words, told) else None


def _undecorated(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without decoration, regions, and the number of what is dropped: `saml 2 0`."""
    kept: list[str] = []
    dropped = False
    for word in words:
        dropped = word in _AROUND or (dropped and is_number(word))
        if not dropped:
            kept.append(word)
    return tuple(kept)


def _with_pairs(words: tuple[str, ...], category: frozenset[str]) -> tuple[str, ...]:
    """Join neighbours that are one word of the category: `pop ups`."""
    for at in range(len(words) - 1):
        if words[at] + words[at + 1] in category and words[at] not in category:
            return (*words[:at], words[at] + words[at + 1], *_with_pairs(words[at + 2 :], category))
    return words


def _says_software(words: tuple[str, ...], told: list[bool]) -> bool:
    """`Braze Customer Engagement Platform`: all words are what software does, and not by chance."""
    known = all(is_told or word in PURPOSES for word, is_told in zip(words, told, strict=True))
    return known and (any(word in CLUES for word in words) or sum(word in PURPOSES for word in words) > 1)


def _judge_sure(
    tables: Tables, hit: Hit, matched: tuple[str, ...], tail: tuple[str, ...], *, known_words: bool, clue: bool
) -> float | None:
    if known_words:
        return 0.9
    if tail and _is_other_product(tables, tables.tools[hit.id], tail[0]):
        return None
    tail = tuple(word for word in tail if word not in JOINING)
    if _is_apart(tables.tools[hit.id], matched):
        return None
    if tail and not clue and _is_phrase(tables, hit, matched, tail):
        return None
    return 0.75 if (len(tail) <= 2 or clue) and hit.form != "name without its suffix" else None


def _is_other_product(tables: Tables, known: Known, word: str) -> bool:
    """Whether a vendor of many products is named, and the word after it may be one that the catalogue does not have."""
    house = known.name == known.vendor and known.vendor in tables.houses
    return house and word.isascii() and word not in PURPOSES and word not in SOFTWARE


def _is_phrase(tables: Tables, hit: Hit, name: tuple[str, ...], tail: tuple[str, ...]) -> bool:
    """Whether name and tail may be a phrase of plain words: `Meltwater Flood Alerts`, `Visitor Queue Display`."""
    if not all(word.isascii() for word in tail):
        return False
    known = tables.tools[hit.id]
    if len(name) == 1:
        return len(tail) > 1 and hit.form == "name" and _PLAIN_NAME.fullmatch(known.name) is not None
    product = known.vendor != known.name and tokens(known.vendor)[:1] == name[:1]  # `Oracle Eloqua` is no phrase
    return not product and name[0] != "the" and all(len(word) > 2 and word.isalpha() for word in name)


def _ends_elsewhere(known: Known, tail: tuple[str, ...]) -> bool:
    """Whether a name that may be a word leads to a thing that is no software: `Rippling Effects Studio Till`."""
    strange = [
        word.isascii() and not (word in SOFTWARE or word in PURPOSES or word in SEGMENT or is_number(word))
        for word in tail
    ]
    return sum(strange) > 1 and strange[-1] and _PLAIN_NAME.fullmatch(known.name) is not None


def _is_apart(known: Known, name: tuple[str, ...]) -> bool:
    """Whether a tool's one word is written as two, which then are anybody's: `Square Space Planner`."""
    return len(name) > 1 and (" ".join(name)) != key(known.name) and "".join(name) == compact(known.name)


def _names_other(tables: Tables, hit: Hit, tail: tuple[str, ...]) -> bool:
    for word in tail:
        other = tables.names.get(word) if word not in SOFTWARE else None
        if other is not None and other.sure and other.id != hit.id:
            return tables.tools[other.id].vendor != tables.tools[hit.id].vendor
    return False


def _made_by(tables: Tables, hit: Hit, maker: str | None) -> bool:
    if maker is None:
        return False
    known, words = tables.tools[hit.id], drop_ends(tokens(maker), LEGAL)
    other = tables.names.get(" ".join(words))
    if other is not None and tables.tools[other.id].vendor == known.vendor:
        return True
    own = (drop_ends(tokens(known.vendor), LEGAL), tokens(known.name))
    return any(words[: len(name)] == name or name[: len(words)] == words for name in own if words and name)


def _in_asides(tables: Tables, label: Label) -> Found | None:
    """`Acquia DAM (Widen)`: the name that people know stands in parentheses."""
    for aside in label.asides:
        hit = tables.names.get(" ".join(drop_ends(tokens(aside), DECORATION)))
        if hit is not None and hit.sure:
            return _found(hit, aside, 0.8)
    return None


def _behind_company(tables: Tables, label: Label) -> Found | None:
    """`Contoso - Klaviyo`, `Contoso Klaviyo SSO`: a company that no tool is called by stands in front of the name."""
    for at in range(1, len(label.segments)):
        hit, form = _alone(tables, label.segments[at])
        if hit is not None and not hit.sure:
            break
        if hit is not None:
            company = tuple(word for words in label.segments[:at] for word in words if word not in _FRAMING)
            later = all(_is_frame(words) for words in label.segments[at + 1 :])
            decorated = " ".join(label.segments[at]) != form
            return _found(hit, form, 0.75) if later and _is_company(tables, company, signed=decorated) else None
    if len(label.segments) > 1 and not all(map(_is_frame, label.segments[1:])):
        return None
    decorated = any(word in ENVIRONMENT for aside in label.asides for word in tokens(aside))
    return _in_tail(tables, label.segments[0], decorated=decorated) if label.segments else None


def _in_tail(tables: Tables, words: tuple[str, ...], *, decorated: bool) -> Found | None:
    stop = len(words)
    while stop and (words[stop - 1] in ENVIRONMENT or words[stop - 1] in REGION or is_number(words[stop - 1])):
        decorated = decorated or words[stop - 1] in ENVIRONMENT
        stop -= 1
    for start in range(max(1, stop - 3), stop):
        hit, form = _alone(tables, words[start:stop])
        if hit is not None and hit.sure and len(form) >= _CLEAR:
            company = words[:start]
            theirs = len(company) <= 4 and _is_company(tables, company, signed=decorated)
            signed = decorated or _has_legal_form(company) or not any(word.isascii() for word in company)
            return _found(hit, form, 0.75) if theirs and signed else None
    return None


def _alone(tables: Tables, words: tuple[str, ...]) -> tuple[Hit | None, str]:
    """Return the hit of words that are a name and nothing else but decoration, and its form."""
    bare = drop_start(words)
    while bare:
        for form in (words, bare) if len(bare) < len(words) else (bare,):
            hit = _named(tables, form)
            if hit is not None:
                return hit, " ".join(form)
        words = bare = bare[:-1] if bare[-1] in DECORATION else ()
    return None, ""


def _is_company(tables: Tables, words: tuple[str, ...], *, signed: bool) -> bool:
    """Whether words may be a customer's name: no words of software or of tasks, and no tool's sure name among them.

    A trade is part of one only where the label is `signed`, with words of a sign-on set-up in it.
    """
    if _has_legal_form(words):
        return True
    if not 0 < len(words) <= 4 or not words[0].isalpha():
        return False
    for word in words:
        if word in ABOUT or word in SOFTWARE or word in PURPOSES or (word in TRADE and not signed):
            return False
    known = (tables.names.get(name) for name in (*words, " ".join(words)))
    return not any(other is not None and other.sure for other in known)


def _in_slug(tables: Tables, text: str) -> Found | None:
    """`acme-hypeauditor-prod`: a slug of company, tool and environment."""
    if " " in text or not _SLUG.fullmatch(text):
        return None
    parts = text.casefold().replace("_", "-").split("-")
    if len(parts) < 3 or parts[-1] not in ENVIRONMENT:
        return None
    form = "".join(parts[1:-1])
    hit = tables.names.get(tables.joined.get(form, ""))
    return _found(hit, form, 0.8) if hit is not None and hit.sure else None


def _named(tables: Tables, words: tuple[str, ...]) -> Hit | None:
    """Return the hit of words that are a whole name, but for its blanks."""
    if not may_be(tables.lengths, "".join(words)):
        return None
    return tables.names.get(" ".join(words)) or _joined(tables, words)


def _joined(tables: Tables, words: tuple[str, ...]) -> Hit | None:
    """Return the hit of a name that differs in its blanks only; short ones are left alone."""
    form = "".join(words)
    hit = tables.names.get(tables.joined.get(form, "")) if len(form) >= 6 else None
    return hit if hit is not None and hit.sure else None


def _found(hit: Hit, matched: str, confidence: float) -> Found:
    why = f"“{matched}” {'is' if confidence >= 0.95 else 'names'} {{name}}."
    return Found(hit.id, _NAME, matched, confidence, why)
