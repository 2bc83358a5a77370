"""The grammar of labels: how admins and marketplaces write a tool's name, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from catalog.normal import drop_ends, tokens
from catalog.words import DECORATION

_LEAD = re.compile(
    r"^(?:(?:prod|prd|dev|test|tst|uat|qa|stg|stage|staging|sandbox|sso|saml|old|legacy|z{2,4})[-_]"
    r"|\[[^\]]{0,200}\]|\([^)]{0,200}\)|(?:okta )?(?:swa|sso|saml|oidc|app|idp|bookmark)\s?:|copy of\b"
    r"|(?:do not use|dnu)\b\W*"
    r"|(?:sso|saml|log ?in|sign[ -]?(?:in|on)|single sign[ -]?on)(?: app)? (?:for|to|into|with)\b)\s*",
    re.IGNORECASE,
)
#: Plain letters with which no lead begins.
_NO_LEAD = frozenset("efghjkmnrvwxyEFGHJKMNRVWXY0123456789")
_PARENTHESIS = re.compile(r"[(\[\uff08\u3010]([^()\[\]\uff08\uff09\u3010\u3011]*)[)\]\uff09\u3011]")
_OPENING = re.compile(r"[(\[\uff08\u3010]")
_SEGMENTS = re.compile(
    r"\s+[-\u2010-\u2015|/\u00b7\u2022>\u2192~]+\s+|\s*[:|\uff1a\uff5c]\s+|\s*[\uff1a\uff5c\u2013\u2014]\s*"
)
#: What is between any two segments has one of these signs in it, or one beyond ASCII.
_SIGNS = re.compile(r"[-|/>~:\u0080-\U0010ffff]")
_BY = re.compile(r"\s+(?:by|from|powered by)\s+(.+)$", re.IGNORECASE)


class Label(NamedTuple):
    """A label taken apart: its segments, what stood in parentheses, and the maker that it names."""

    segments: tuple[tuple[str, ...], ...]
    asides: tuple[str, ...]
    maker: str | None
    head: str = ""


def parse_label(text: str, *, makers: bool = True) -> Label:
    """Return the parts of a label such as `[Mktg] Heap by Contentsquare - EMEA (Prod)`; `makers`: `by` names one."""
    lead = _LEAD.match(text) if text[:1] not in _NO_LEAD else None
    main = text[lead.end() :] if lead else text
    asides: tuple[str, ...] = ()
    if "(" in main or "[" in main or (not main.isascii() and _OPENING.search(main)):
        asides = tuple(_PARENTHESIS.findall(main))
        main = _PARENTHESIS.sub(" ", main)
    parts = [part for part in _SEGMENTS.split(main) if part.strip()] if _SIGNS.search(main) else [main]
    parts = parts or [main]
    by = _BY.search(parts[-1]) if makers and _may_say_maker(parts[-1].lower()) else None
    if by:
        parts[-1] = parts[-1][: by.start()]
    segments = tuple([words for part in parts if (words := tokens(part))])
    return Label(segments, asides, by[1] if by else None, parts[0])


def _may_say_maker(lower: str) -> bool:
    return "by" in lower or "from" in lower


def forms(words: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Return the words, and the same without decoration in front, and at both ends; each once."""
    if words[0] not in DECORATION and words[-1] not in DECORATION:
        return (words,)
    return dict.fromkeys((words, drop_start(words), drop_ends(words, DECORATION)))


def drop_start(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without decoration in front; all where all are decoration."""
    if words and words[0] not in DECORATION:
        return words
    start = next((at for at, word in enumerate(words) if word not in DECORATION), 0)
    return words[start:]


def before_for(tail: tuple[str, ...]) -> tuple[str, ...]:
    """Cut what a product is made for, or runs on: `Clearscope for Google Docs`, `Quantum Metric on Google Cloud`."""
    if "for" not in tail and "on" not in tail:
        return tail
    return next((tail[:at] for at, word in enumerate(tail) if word in {"for", "on"} and at + 1 < len(tail)), tail)
