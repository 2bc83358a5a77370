"""Matching of statement descriptors, after their grammar: the seller's text against all that a seller is called."""

from __future__ import annotations

import re
from bisect import bisect_left

from catalog.descriptors import (
    FEES,
    GLUED,
    PROCESSORS,
    RESELLERS,
    Descriptor,
    Via,
    is_reference,
    parse_descriptor,
)
from catalog.domains import find_host
from catalog.found import Found
from catalog.lengths import LEAD, may_be, of_length_or_more, stops
from catalog.normal import compact, key, tokens
from catalog.places import PLACE_WORDS, PLACES, place_at, unknown_words
from catalog.tables import Hit, Known, Tables, own_words, seller_words
from catalog.words import BILLING, CALLINGS, CLUES, CODES, COMPANY, CURRENCIES, FORMS, HOUSE_WORDS, SOFTWARE, TRADE
from model.match import Matcher

#: Merchant category codes that say software: computer software stores, programming, digital goods (applications, large
#: merchants). Acquirers choose them, so they are a second clue and no proof.
SOFTWARE_CODES = frozenset({"5734", "7372", "5817", "5818"})
#: Top-level domains under which hardly anything but software is sold. `cloud` is none: hotels and travel agencies have
#: theirs there as well.
_SOFTWARE_TLDS = frozenset({"io", "ai", "app", "dev", "software"})
#: A name must be cut at this length or later to be known from its beginning.
_CUT = 8
#: An ordinary word of so many letters is a rare name for a company.
_RARE = 9
#: A product behind its company's name must be so long.
_PRODUCT = 5
#: Legal forms that vendors of software have and corner shops seldom.
_STRONG_LEGAL = frozenset({"inc", "incorporated", "corp", "corporation", "pte", "oy", "ou"})
_LONGEST_NAME = 6
_DIRECT, _RESELLER, _TILL, _DESCRIPTOR = Via.DIRECT, Via.RESELLER, Via.TILL, Matcher.DESCRIPTOR
_DOTTED = re.compile(r"[a-z]\.[a-z]{2,}", re.IGNORECASE)
_GLUED_LEGAL = re.compile(r"(?:gmbh|ltd|inc|llc|com)[a-z]*|(?:pty|pte)(?:l(?:td|im[a-z]*)?)?|limi[a-z]*|corp[a-z]*")
_GLUED_DOMAIN = re.compile(r"www([a-z0-9-]{3,60}?)(com|couk|net|io)")


#: What may stand behind a seller's name beside places and numbers.
_TAIL = FORMS | CODES | CURRENCIES | BILLING | SOFTWARE | HOUSE_WORDS
_BEHIND_ITEM = SOFTWARE | PLACE_WORDS | CODES
_SEAT = CODES | CURRENCIES | FORMS
#: Words that say that the name in front of them is carried by somebody else.
_ANOTHERS = TRADE | CALLINGS
_BETWEEN = PROCESSORS.union(RESELLERS)
_GLUED = tuple(GLUED)
_GLUED_RESELLERS = tuple(prefix for prefix, reseller in GLUED.items() if reseller)


def find_seller(tables: Tables, parsed: Descriptor, *, mcc: str | None = None) -> Found | None:
    """Return the tool that a parsed descriptor pays for. `mcc` is the charge's category code, a second clue."""
    found = (
        (_by_product(tables, parsed.product) if parsed.product else None)
        or (_by_whole(tables, parsed.whole) if parsed.whole else None)
        or (_by_item(tables, parsed) if parsed.item is not None else None)
        or _by_domain(tables, parsed)
    )
    if found is not None:
        return found
    words = seller_words(_without_hosts(parsed))
    if not _is_cut(tables, parsed):
        clue = parsed.via is _RESELLER or mcc in SOFTWARE_CODES
        found = _by_name(tables, parsed, words, clue=clue)
        if found is not None or parsed.via is _TILL:
            return found
    found = _by_beginning(tables, parsed)
    if found is not None or parsed.via is _TILL:
        return found
    return _by_glued(tables, parsed) or _by_last(tables, words)


def hides_seller(known: Known, parsed: Descriptor) -> bool:
    """Return whether the tool found only takes money for others, and the line does not say that it is paid itself."""
    name = known.name.casefold()
    if name not in _BETWEEN:
        return False
    words = tokens(parsed.seller)
    if not FEES.isdisjoint(words):
        return False
    if name in RESELLERS:
        return True
    return name in PROCESSORS and bool(unknown_words(words[len(tokens(name)) :], _SEAT | HOUSE_WORDS))


def says_software(parsed: Descriptor, *, mcc: str | None = None) -> bool:
    """Return whether the text (or the charge's code) itself says software, although no tool is known."""
    if mcc in SOFTWARE_CODES or parsed.via is _RESELLER:
        return True
    return parsed.via is not _TILL and any(host.rpartition(".")[2] in _SOFTWARE_TLDS for host in parsed.domains)


def reseller_of(parsed: Descriptor, tool: str | None, vendor: str | None = None) -> str | None:
    """Return the merchant of record, also where its prefix sticks to the name of the tool found (`cbanitro pdf`).

    What stands behind `GOOGLE *` and is not Google's was bought in its app store.
    """
    if parsed.merchant_of_record is not None or tool is None:
        return parsed.merchant_of_record
    if parsed.item and vendor not in {None, "Google", "Alphabet"} and parsed.brand.casefold() == "google":
        return "Google"
    seller = compact(parsed.seller)
    if not seller.startswith(_GLUED_RESELLERS):
        return None
    name = compact(tool)
    glued = (reseller for prefix, reseller in GLUED.items() if reseller and seller.startswith(prefix + name[:5]))
    return next(glued, None)


def _by_product(tables: Tables, product: str) -> Found | None:
    hit = tables.names.get(key(product))
    why = f"The descriptor has the form of {product}'s charges, which is {{name}}."
    return hit and Found(hit.id, Matcher.DESCRIPTOR, product, 0.9, why)


def _by_whole(tables: Tables, text: str) -> Found | None:
    """Match a line that only seems to begin with a bank's word: `CB INSIGHTS`, `CREDIT KARMA`."""
    words = seller_words(text)
    for stop in stops(tables.lengths, words, _LONGEST_NAME, 2):
        hit = tables.sellers.get(" ".join(words[:stop]))
        if hit is not None and hit.sure and not unknown_words(words[stop:], _TAIL):
            return _found(hit, " ".join(words[:stop]), 0.85)
    return None


def _by_item(tables: Tables, parsed: Descriptor) -> Found | None:
    """`LOGMEIN*GOTOWEBINAR`, `MAILCHIMP *MISC`: what stands behind the star may be the product, or only a reference."""
    item, brand = _words(parsed.item or ""), _words(parsed.brand)
    both = (*brand, *item)
    whole = tables.sellers.get(" ".join(both)) if may_be(tables.lengths, "".join(both)) else None
    if whole is not None:
        return _found(whole, parsed.seller, 0.93)
    hit = _lookup(tables, item) or _lookup(tables, _without_seat(item))
    if hit is None or not item or item[0] in BILLING:
        return None
    maker = tokens(tables.tools[hit.id].vendor)
    return _found(hit, " ".join(item), 0.9) if hit.sure or maker[:1] == brand[:1] else None


def _without_seat(item: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words up to the place, the code or the word of software that stands behind the first."""
    for stop in range(1, len(item)):
        if item[stop] in _BEHIND_ITEM or not unknown_words(item[stop:], CODES):
            return item[:stop]
    return item


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a seller's text without hosts and references."""
    kept = (word for word in text.split() if word.isalpha() or not (_is_host(word) or is_reference(word)))
    return tokens(" ".join(kept))


def _is_host(word: str) -> bool:
    return "." in word and bool(_DOTTED.search(word))


def _by_domain(tables: Tables, parsed: Descriptor) -> Found | None:
    spelt = _spelt_domains(tokens(parsed.seller))
    for host in (*parsed.domains, *spelt) if spelt else parsed.domains:
        found = find_host(tables, host)
        if found is not None and tables.tools[found.id].name.casefold() not in RESELLERS:
            return found._replace(confidence=0.95, why=f"The descriptor has {host} in it, a domain of {{name}}.")
    return None


def _spelt_domains(words: tuple[str, ...]) -> list[str]:
    """Return the domains that a bank wrote without dots: `godaddy com`, `wwweukhostcom`."""
    hosts = []
    if len(words) > 1 and words[1] in {"com", "io", "ai", "net", "co"}:
        hosts.append(f"{words[0]}.{words[1]}")
    glued = _GLUED_DOMAIN.fullmatch(words[0]) if words and words[0].startswith("www") else None
    if glued:
        hosts.append(f"{glued[1]}.{'co.uk' if glued[2] == 'couk' else glued[2]}")
    return hosts


def _by_name(tables: Tables, parsed: Descriptor, words: tuple[str, ...], *, clue: bool) -> Found | None:
    """Match the whole text, or the name that leads it where what follows is place, legal form, billing or software."""
    counts = stops(tables.lengths, words, _LONGEST_NAME)
    clue = clue or (bool(counts and parsed.item) and _is_billing(parsed.item or ""))
    for stop in counts:
        hit = _lookup(tables, words[:stop])
        if hit is None:
            continue
        confidence = _judge(tables, hit, words[:stop], words[stop:], clue=clue, till=parsed.via is _TILL)
        if confidence is not None:
            return _found(hit, " ".join(words[:stop]), confidence)
    return None


def _without_hosts(parsed: Descriptor) -> str:
    if not parsed.domains:
        return parsed.seller
    return " ".join(
        word for word in parsed.seller.split() if not any(host in word.casefold() for host in parsed.domains)
    )


def _is_billing(item: str) -> bool:
    """Return whether all behind a star is words of billing and references, with a place at its end or without."""
    words = item.split()
    stop = next((at for at, word in enumerate(words) if not _is_billed(word)), len(words))
    return stop == len(words) or (stop > 0 and not unknown_words(tokens(" ".join(words[stop:])), CODES))


def _is_billed(word: str) -> bool:
    return is_reference(word) or (
        word.casefold() in BILLING and word.casefold() not in {"order", "orders", "sale", "sales"}
    )


def _lookup(tables: Tables, words: tuple[str, ...]) -> Hit | None:
    form = "".join(words)
    if not may_be(tables.lengths, form):
        return None
    hit = tables.sellers.get(" ".join(words))
    if hit is not None:
        return hit
    if len(form) >= 6:
        hit = tables.sellers.get(tables.seller_joined.get(form, ""))
        return hit if hit is not None and hit.sure else None
    return None


def _judge(
    tables: Tables, hit: Hit, head: tuple[str, ...], tail: tuple[str, ...], *, clue: bool, till: bool
) -> float | None:
    known = tables.tools[hit.id]
    own = own_words(known) if tail else frozenset()
    tail = _without_names(tables, hit, tail) if hit.sure else tail
    unknown = [word for word in unknown_words(tail, _TAIL) if word not in own]
    if _is_anothers(tail, own, unknown):
        return None
    if _proves(hit, head, tail):
        return 0.9 if not unknown else None if till or not _is_place(head, tail, unknown) else 0.75
    legal = tail[:1] != () and tail[0] in FORMS
    if till or len(unknown) > (2 if legal else 0):
        return None
    if legal and len(head) == 1 and len(head[0]) >= _RARE and not unknown:
        return 0.7  # so long a word is hardly the name of another company of the same form
    return 0.75 if clue or _has_clue(head, tail, own, shortest=4 if known.word else 3) else None


def _is_anothers(tail: tuple[str, ...], own: frozenset[str], unknown: list[str]) -> bool:
    """Return whether a trade or calling stands behind the name, and not as part of a place (`MENLO PARK`)."""
    if _ANOTHERS.isdisjoint(tail):
        return False
    if any(word in _ANOTHERS for word in unknown):
        return True
    for at, word in enumerate(tail):
        if word in _ANOTHERS and word not in own and word not in BILLING:
            return not any(place_at(tail, start) > at - start for start in range(max(0, at - 3), at + 1))
    return False


def _without_names(tables: Tables, hit: Hit, tail: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tail without another name of the same tool at its start: `KOLSQUARE BRAND AND CELEBRITIES SAS`."""
    for stop in stops(tables.lengths, tail, _LONGEST_NAME):
        other = tables.sellers.get(" ".join(tail[:stop]))
        if other is not None and other.id == hit.id:
            return tail[stop:]
    return tail


def _proves(hit: Hit, head: tuple[str, ...], tail: tuple[str, ...]) -> bool:
    if hit.form in {"descriptor", "legal"}:
        return hit.sure
    length = len("".join(head))
    enough = length > 4 or (length == 4 and not any(map(is_reference, tail)))
    return hit.sure and enough and not (tail and hit.form == "name without its suffix")


def _is_place(head: tuple[str, ...], tail: tuple[str, ...], unknown: list[str]) -> bool:
    """Return whether unknown words are likely a place: behind a legal form, or one or two behind a long coined name.

    Where a legal form follows them, they belong to another company's name (`CHERWELL PACKING LTD`).
    """
    if tail[0] in FORMS:
        return len(unknown) <= 3 and not any(word in FORMS for word in tail[tail.index(unknown[0]) :])
    if any(word in FORMS for word in tail):
        return False
    behind = tail[tail.index(unknown[-1]) + 1 :]
    if any(place_at(behind, at) for at in range(len(behind))):
        return False  # the place is known, so that the others are no place: `LUCKY ORANGE FRUIT STAND VALENCIA`
    length = len("".join(head))
    return len(unknown) <= (2 if tail[-1] in CODES else 1) and length >= (8 if tail[-1] in CODES else 10)


def _has_clue(head: tuple[str, ...], tail: tuple[str, ...], own: frozenset[str], *, shortest: int) -> bool:
    if not tail or len("".join(head)) < shortest:
        return False
    while len(tail) > 1 and (tail[0] in CODES or tail[0] in PLACE_WORDS):
        tail = tail[1:]
    reference = len(tail[0]) >= 8 and tail[0].isalnum() and not tail[0].isdigit() and is_reference(tail[0])
    of_the_name = tail[0] in own and tail[0] not in BILLING
    return of_the_name or reference or tail[0] in _STRONG_LEGAL or tail[0] in CLUES or tail[0] in COMPANY


def _by_beginning(tables: Tables, parsed: Descriptor) -> Found | None:
    """Match a name that the field cut off: at least 8 letters, the beginning of one tool's names only."""
    words = _without_end(tokens(parsed.seller))
    form = "".join(words)
    if not _CUT <= len(form) <= 30 or form in BILLING or not of_length_or_more(tables.lengths, form):
        return None
    names = _starting(tables.seller_order, form)
    if not names or (parsed.via is _DIRECT and _starting(tables.seller_names, " ".join(words) + " ")):
        return None
    hit = tables.sellers[tables.seller_joined[names[0]]]
    one = all(name.startswith(names[0]) or tables.sellers[tables.seller_joined[name]].id == hit.id for name in names)
    return _found(hit, form, 0.7) if one and hit.sure else None


def _without_end(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without numbers and codes at their end."""
    stop = len(words)
    while stop > 1 and (words[stop - 1].isdigit() or (stop > 2 and words[stop - 1] in CODES)):
        stop -= 1
    return words[:stop]


def _by_last(tables: Tables, words: tuple[str, ...]) -> Found | None:
    """Match a product behind its company: `RESTLY INC FILLOUT`, `HAUFE-LEXWARE LEXOFFICE FREIBURG`.

    The company is known by its legal form, or is the tool's own maker; behind the product only a place may stand.
    """
    form = len(words)
    if not FORMS.isdisjoint(words):
        form = next((at for at in range(1, len(words)) if words[at] in FORMS), form)
    for at in range(1, min(len(words), _LONGEST_NAME)):
        formed = at > form and words[at - 1] in _SEAT
        if not formed and at > 2:
            continue
        for stop in stops(tables.lengths, words[at:], 2):
            name = " ".join(words[at : at + stop])
            hit = tables.sellers.get(name) if len(name) >= _PRODUCT else None
            if hit is None or not hit.sure or name in PLACES:
                continue
            made = words[0] in tokens(tables.tools[hit.id].vendor)
            if (formed or made) and not unknown_words(words[at + stop :], _SEAT):
                return _found(hit, name, 0.75)
    return None


def _is_cut(tables: Tables, parsed: Descriptor) -> bool:
    """Return whether the text behind a reseller or wallet begins a longer name: `CONSTANT CO`, `MICROSOFT A`."""
    if parsed.via is _DIRECT or parsed.via is _TILL:
        return False
    words = tokens(parsed.seller)
    if len(words) < 2 or not of_length_or_more(tables.lengths, "".join(words)):
        return False
    return _lookup(tables, words) is None and bool(_starting(tables.seller_names, " ".join(words)))


def _starting(names: list[str], start: str) -> list[str]:
    """Return the names that start so, shortest first; none where there are 30 or more."""
    at = bisect_left(names, start)
    if at == len(names) or not names[at].startswith(start):
        return []
    found = [name for name in names[at : at + 30] if name.startswith(start)]
    return sorted(found, key=len) if len(found) < 30 else []


def _by_glued(tables: Tables, parsed: Descriptor) -> Found | None:
    """Match a name with a prefix or a reference glued to it: `stkshutterstock.com`, `dropboxtmc661gq4xkf`."""
    words = tokens(parsed.seller)
    if not words:
        return None
    for prefix in GLUED if words[0].startswith(_GLUED) else ():
        if words[0].startswith(prefix) and len(words[0]) > len(prefix) + 4:
            inner = parse_descriptor(parsed.seller[len(prefix) :])
            found = _by_domain(tables, inner)
            found = found or _by_name(tables, inner, seller_words(_without_hosts(inner)), clue=False)
            if found is not None:
                return found._replace(confidence=0.8)
    return _with_reference(tables, words[0])


def _with_reference(tables: Tables, word: str) -> Found | None:
    lengths = tables.lengths.get(word[:LEAD], 0)
    for stop in range(len(word) - 3 if lengths else 0, 4, -1):
        hit = _lookup(tables, (word[:stop],))
        if hit is not None and hit.sure:
            rest = word[stop:]
            glued = any(map(str.isdigit, rest)) and len(rest) >= 8 and stop > 5
            legal = _GLUED_LEGAL.fullmatch(rest) if stop > 5 or len(word) > 8 else None
            return _found(hit, word[:stop], 0.8) if glued or (legal and len(word) >= 9) else None
    return None


def _found(hit: Hit, matched: str, confidence: float) -> Found:
    return Found(hit.id, _DESCRIPTOR, matched, confidence, f"The descriptor's “{matched}” is {{name}}.")
