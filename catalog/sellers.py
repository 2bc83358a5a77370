"""Matching of statement descriptors, after their grammar: the seller's text against all that a seller is called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.behind import TAIL, begins_house_word, has_clue, is_anothers, is_place
from catalog.called import begins_longer, by_beginning, found_as, look_up
from catalog.descriptors import GLUED, RESELLERS, Descriptor, Via, is_reference, parse_descriptor
from catalog.domains import find_host
from catalog.found import Found
from catalog.lengths import LEAD, may_be, stops
from catalog.normal import key, tokens
from catalog.places import PLACE_WORDS, PLACES, unknown_words
from catalog.scripts import billed_script
from catalog.tables import Hit, Tables, own_words, seller_words
from catalog.words import (
    BILLING,
    CODES,
    CURRENCIES,
    FORMS,
    SOFTWARE,
)
from model.match import Matcher

#: Merchant category codes that say software: computer software stores, programming, digital goods (applications, large
#: merchants). Acquirers choose them, so they are a second clue and no proof.
SOFTWARE_CODES = frozenset({"5734", "7372", "5817", "5818"})
#: Top-level domains under which hardly anything but software is sold. `cloud` is none: hotels and travel agencies have
#: theirs there as well.
_SOFTWARE_TLDS = frozenset({"io", "ai", "app", "dev", "software"})
#: An ordinary word of so many letters is a rare name for a company.
_RARE = 9
#: A product behind its company's name must be so long.
_PRODUCT = 5
_LONGEST_NAME = 6
_DIRECT, _RESELLER, _TILL, _OFFICE = Via.DIRECT, Via.RESELLER, Via.TILL, Via.OFFICE
_DESCRIPTOR = Matcher.DESCRIPTOR
_DOTTED = re.compile(r"[a-z]\.[a-z]{2,}", re.IGNORECASE)
_GLUED_LEGAL = re.compile(r"(?:gmbh|ltd|inc|llc|com)[a-z]*|(?:pty|pte)(?:l(?:td|im[a-z]*)?)?|limi[a-z]*|corp[a-z]*")
#: What stands in front of a host, and the endings that need nothing in front.
_BEFORE_HOST = frozenset({"www", "http", "https"})
_ENDINGS = frozenset({"com", "io", "ai", "net", "co"})
#: What is only looked at where one of them is there.
_STARTS, _ENDS = ("www", "http"), frozenset((ending,) for ending in _ENDINGS)
_GLUED_DOMAIN = re.compile(r"www([a-z0-9-]{3,60}?)(com|couk|net|io)")


_BEHIND_ITEM = SOFTWARE | PLACE_WORDS | CODES
_SEAT = CODES | CURRENCIES | FORMS
_GLUED = tuple(GLUED)


def find_seller(tables: Tables, parsed: Descriptor, *, mcc: str | None = None) -> Found | None:
    """Return the tool that a parsed descriptor pays for. `mcc` is the charge's category code, a second clue."""
    if parsed.via is _OFFICE:
        return None  # a ticket office took it for an event
    found = (
        (_by_product(tables, parsed.product) if parsed.product else None)
        or (_by_whole(tables, parsed.whole) if parsed.whole else None)
        or (_by_item(tables, parsed) if parsed.item is not None else None)
        or _by_domain(tables, parsed)
    )
    if found is not None:
        return found
    words = seller_words(_without_hosts(parsed))
    if not begins_longer(tables, parsed):
        clue = parsed.via is _RESELLER or mcc in SOFTWARE_CODES
        found = _by_name(tables, parsed, words, clue=clue)
        if found is not None or parsed.via is _TILL:
            return found
    found = by_beginning(tables, parsed)
    if found is not None or parsed.via is _TILL:
        return found
    return _by_glued(tables, parsed) or _by_last(tables, words) or _by_script(tables, parsed)


def says_software(parsed: Descriptor, *, mcc: str | None = None) -> bool:
    """Return whether the text (or the charge's code) itself says software, although no tool is known."""
    if mcc in SOFTWARE_CODES or parsed.via is _RESELLER:
        return True
    return (
        parsed.via is not _TILL
        and parsed.via is not _OFFICE
        and any(host.rpartition(".")[2] in _SOFTWARE_TLDS for host in parsed.domains)
    )


def _by_product(tables: Tables, product: str) -> Found | None:
    hit = tables.names.get(key(product))
    why = f"The descriptor has the form of {product}'s charges, which is {{name}}."
    return hit and Found(hit.id, Matcher.DESCRIPTOR, product, 0.9, why)


def _by_whole(tables: Tables, text: str) -> Found | None:
    """Match a line that only seems to begin with a bank's word: `CB INSIGHTS`, `CREDIT KARMA`."""
    words = seller_words(text)
    for stop in stops(tables.lengths, words, _LONGEST_NAME, 2):
        hit = tables.sellers.get(" ".join(words[:stop]))
        if hit is not None and hit.sure and not unknown_words(words[stop:], TAIL):
            return found_as(hit, " ".join(words[:stop]), 0.85)
    return None


def _by_item(tables: Tables, parsed: Descriptor) -> Found | None:
    """`LOGMEIN*GOTOWEBINAR`, `MAILCHIMP *MISC`: what stands behind the star may be the product, or only a reference."""
    item, brand = _words(parsed.item or ""), _words(parsed.brand)
    both = (*brand, *item)
    whole = tables.sellers.get(" ".join(both)) if may_be(tables.lengths, "".join(both)) else None
    if whole is not None:
        return found_as(whole, parsed.seller, 0.93)
    if not item or item[0] in BILLING:
        return None
    hit = look_up(tables, item) or _leading(tables, item)
    if hit is None:
        return None
    known = tables.tools[hit.id]
    if parsed.domains:
        product = _by_domain(tables, parsed)
        same = product is not None and tables.tools[product.id].vendor == known.vendor
        if product is not None and known.name == known.vendor and same:
            return product  # of a house and a product by its domain: `TRELLO.COM* ATLASSIAN`
        if product is not None and not same and _is_host(parsed.brand):
            return None  # whose host it is sold something of its own: `MONDAY.COM *WORK OS`
    return found_as(hit, " ".join(item), 0.9) if hit.sure or tokens(known.vendor)[:1] == brand[:1] else None


def _leading(tables: Tables, item: tuple[str, ...]) -> Hit | None:
    """Return the longest name that leads the item, where a place, a code or a word of software stands behind it."""
    for stop in stops(tables.lengths, item, _LONGEST_NAME):
        hit = look_up(tables, item[:stop])
        behind = item[stop:]
        if hit is not None and behind and (behind[0] in _BEHIND_ITEM or not unknown_words(behind, CODES)):
            return hit
    return None


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a seller's text without hosts and references."""
    kept = (word for word in text.split() if word.isalpha() or not (_is_host(word) or is_reference(word)))
    return tokens(" ".join(kept))


def _is_host(word: str) -> bool:
    return "." in word and bool(_DOTTED.search(word))


def _by_domain(tables: Tables, parsed: Descriptor) -> Found | None:
    hosts: Sequence[str] = parsed.domains
    if not hosts:  # a host that has its dots is read as it stands: the brand in `TOOL.COM.PAY-INVOICE.TOP` is none
        words = tokens(parsed.seller)
        if words and (words[1:2] in _ENDS or words[0].startswith(_STARTS)):
            hosts = _spelt_domains(words)
    for host in hosts:
        found = find_host(tables, host)
        if found is not None and tables.tools[found.id].name.casefold() not in RESELLERS:
            return found._replace(confidence=0.95, why=f"The descriptor has {host} in it, a domain of {{name}}.")
        printed = None if found else tables.sellers.get(key(host))
        if printed is not None and printed.form == "descriptor" and printed.sure:
            return found_as(printed, host, 0.9)  # no domain of its own, but what it prints: `NAME-CHEAP.COM*`
    return None


def _spelt_domains(words: tuple[str, ...]) -> list[str]:
    """Return the domains that a bank wrote without dots: `godaddy com`, `wwweukhostcom`, `www contabo com`."""
    hosts = []
    glued = _GLUED_DOMAIN.fullmatch(words[0]) if words[0].startswith("www") else None
    if glued:
        hosts.append(f"{glued[1]}.{'co.uk' if glued[2] == 'couk' else glued[2]}")
    spelt = next((at for at, word in enumerate(words) if word not in _BEFORE_HOST), len(words))
    name, *ending = words[spelt : spelt + 3] or [""]
    if ending and (spelt or (ending[0] in _ENDINGS and not unknown_words(words[2:], TAIL))):
        hosts += [f"{name}.{'.'.join(ending)}", f"{name}.{ending[0]}"] if spelt else [f"{name}.{ending[0]}"]
    return hosts


def _by_name(tables: Tables, parsed: Descriptor, words: tuple[str, ...], *, clue: bool) -> Found | None:
    """Match the whole text, or the name that leads it where what follows is place, legal form, billing or software."""
    counts = stops(tables.lengths, words, _LONGEST_NAME)
    if counts and not clue:
        clue = (parsed.item is not None and _is_billing(parsed.item)) or bool(
            parsed.entry and parsed.entry.partition(" ")[0] in BILLING
        )
    for stop in counts:
        hit = look_up(tables, words[:stop])
        if hit is None:
            continue
        confidence = _judge(tables, hit, words[:stop], words[stop:], clue=clue, till=parsed.via is _TILL)
        if confidence is not None:
            return found_as(hit, " ".join(words[:stop]), confidence)
    return None


def _without_hosts(parsed: Descriptor) -> str:
    """Return the seller's text without hosts and without references that would fall apart: `T-44112`."""
    if not parsed.domains and "-" not in parsed.seller:
        return parsed.seller
    return " ".join(
        word
        for at, word in enumerate(parsed.seller.split())
        if not any(host in word.casefold() for host in parsed.domains)
        and not (at and "-" in word and is_reference(word))
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


def _judge(
    tables: Tables, hit: Hit, head: tuple[str, ...], tail: tuple[str, ...], *, clue: bool, till: bool
) -> float | None:
    known = tables.tools[hit.id]
    own = own_words(known) if tail else frozenset()
    bare = _without_names(tables, hit, tail)
    tail, clue = bare, clue or bare != tail
    unknown = [word for word in unknown_words(tail, TAIL) if word not in own]
    if unknown and hit.sure and tail[-1].isdigit():
        unknown = [word for word in unknown if len(word) > 1]  # the letter of a reference: `SURVEYMONKEY* T 4471`
    if unknown and hit.sure and begins_house_word(unknown[0]):
        unknown = unknown[1:]  # the field cut off `UNBOUNCE MARKETING SOLU`
    if is_anothers(tail, own, unknown):
        return None
    if _proves(hit, head, tail):
        return 0.9 if not unknown else None if till or not is_place(head, tail, unknown) else 0.75
    legal = tail[:1] != () and tail[0] in FORMS
    if till or len(unknown) > (2 if legal else 0):
        return None
    if legal and len(head) == 1 and len(head[0]) >= _RARE and not unknown:
        return 0.7  # so long a word is hardly the name of another company of the same form
    return 0.75 if clue or has_clue(head, tail, own, shortest=4 if known.word else 3) else None


def _without_names(tables: Tables, hit: Hit, tail: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tail without another name of the same tool at its start: `KOLSQUARE BRAND AND CELEBRITIES SAS`."""
    for stop in stops(tables.lengths, tail, _LONGEST_NAME):
        other = tables.sellers.get(" ".join(tail[:stop]))
        if other is not None and other.id == hit.id and (hit.sure or other.sure):
            return tail[stop:]
    return tail


def _proves(hit: Hit, head: tuple[str, ...], tail: tuple[str, ...]) -> bool:
    if hit.form in {"descriptor", "legal"}:
        return hit.sure
    length = len("".join(head))
    enough = length > 4 or (length == 4 and not any(map(is_reference, tail)))
    return hit.sure and enough and not (tail and hit.form == "name without its suffix")


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
                return found_as(hit, name, 0.75)
    return None


def _by_script(tables: Tables, parsed: Descriptor) -> Found | None:
    """Match a line of two scripts, or of one without blanks: `キントーン利用料`, `フリー(カ) FREEE KK TOKYO`."""
    if parsed.seller.isascii():
        return None
    words = tokens(parsed.seller)
    others = tuple(filter(None, (billed_script(word) for word in words if not word.isascii())))
    latin = seller_words(" ".join(word for word in words if word.isascii()))
    hits = [look_up(tables, (word,)) for word in others]
    known = [hit for hit in hits if hit is not None]
    if known and len(known) == len(hits) and len({hit.id for hit in known}) == 1:
        own = own_words(tables.tools[known[0].id])
        billed = sum(map(len, others)) < sum(len(word) for word in words if not word.isascii())
        if (known[-1].sure or billed) and not unknown_words(latin, TAIL | own):
            return found_as(known[-1], others[-1], 0.8)
    for stop in () if known else stops(tables.lengths, latin, _LONGEST_NAME):
        hit = look_up(tables, latin[:stop])
        formed = latin[stop - 1] in FORMS or (latin[stop : stop + 1] != () and latin[stop] in FORMS)
        if hit is not None and hit.sure and (formed or not others) and not unknown_words(latin[stop:], TAIL):
            return found_as(hit, " ".join(latin[:stop]), 0.75)
    return None


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
        hit = look_up(tables, (word[:stop],))
        if hit is not None and hit.sure:
            rest = word[stop:]
            glued = any(map(str.isdigit, rest)) and len(rest) >= 8 and stop > 5
            legal = _GLUED_LEGAL.fullmatch(rest) if stop > 5 or len(word) > 8 else None
            return found_as(hit, word[:stop], 0.8) if glued or (legal and len(word) >= 9) else None
    return None
