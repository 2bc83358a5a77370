"""Invented tools and strings of every kind, for measuring identification: the same for ever under the same seed.

About six strings of ten name a tool of the catalogue in the way that sources do; the others name nobody.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from catalog.load import Tool

_SYLLABLES = (
    *(consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"),
    *("tri", "bel", "cor", "dan", "fin", "gor", "hal", "jen", "kar", "lum", "mar", "nor", "pol", "qui", "ras", "sol"),
)
_PLACES = ("San Francisco CA", "LONDON GB", "DUBLIN", "Berlin DE", "NEW YORK NY", "AMSTERDAM NL", "866-555-0142", "CA")
_PROCESSORS = ("PAYPAL *", "PADDLE.NET* ", "FS *", "SQ *", "SP ", "2CO.COM*", "DRI*", "GOOGLE *", "STRIPE* ", "SUMUP *")
_TAILS = ("INC", "LTD", "SUBSCRIPTION", "* 4XK92LPQ7", "*MONTHLY", "ANNUAL PLAN", "8885550199", "")
_DECORATIONS = (" (Prod)", " SSO", " - EMEA", " SAML", " Legacy", " - Marketing", " OIDC (Test)", "", "", "")
_SHOPS = ("BAKERY", "CAR PARK", "HOTEL", "PETROL", "CAFE", "TAXI", "DENTAL", "PIZZA", "BOOKS", "GARDEN CENTRE")
_INNER = ("Portal", "Timesheets", "Desk Booking", "Intranet", "Parking", "Wiki", "Report Builder", "Vacation Planner")
_TLDS = ("com", "com", "com", "io", "net", "co.uk", "de", "org", "ai", "fr")
_PARTS = ("app", "eu1", "www", "mail", "login", "cdn", "track.mkt", "api.eu", "go", "static")


def word(chance: random.Random, least: int = 2, most: int = 4) -> str:
    """Return an invented word of two to four syllables."""
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(least, most)))


def multiplied(tools: Sequence[Tool], times: int, chance: random.Random) -> list[Tool]:
    """Return the tools and as many again with invented names, so that the catalogue is `times` its size."""
    found = list(tools)
    for _ in range(1, times):
        found += [_invented(tool, number, chance) for number, tool in enumerate(tools, len(found))]
    return found


def _invented(tool: Tool, number: int, chance: random.Random) -> Tool:
    name = f"{word(chance)} {word(chance, 1, 2)}".title() if chance.random() < 0.4 else word(chance, 3, 5).title()
    stem = f"{name.replace(' ', '').lower()}{number}"
    return replace(
        tool,
        id=f"made-{number}",
        name=f"{name} {number}",
        vendor=f"{name} {number}" if tool.vendor == tool.name else f"{word(chance).title()} {number}",
        domains=tuple(f"{stem}{at or ''}.{domain.rpartition('.')[2]}" for at, domain in enumerate(tool.domains)),
        names=tuple(f"{word(chance).title()} {alias}" for alias in tool.names),
        descriptors=tuple(f"{word(chance)}{number}{at}" for at, _ in enumerate(tool.descriptors)),
        legal=tuple(f"{word(chance).title()} {number} {text}" for text in tool.legal),
        okta=tuple(f"{stem}{at}" for at, _ in enumerate(tool.okta)),
        client_ids=tuple(f"{number}-{at}.apps.example" for at, _ in enumerate(tool.client_ids)),
        bundle_ids=tuple(f"com.{stem}.app{at}" for at, _ in enumerate(tool.bundle_ids)),
        spf=tuple(f"spf{at}.{stem}.net" for at, _ in enumerate(tool.spf)),
        txt=tuple(f"{stem}-proof{at}" for at, _ in enumerate(tool.txt)),
        products=tuple(f"{name} {number} {at}" for at, _ in enumerate(tool.products)),
        now=None,
    )


def strings(tools: Sequence[Tool], count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return `count` distinct strings as (kind, value)."""
    chance = random.Random(seed)
    found: dict[tuple[str, str], None] = {}
    for pair in _endless(tools, chance):
        found[pair] = None
        if len(found) == count:
            break
    return list(found)


def _endless(tools: Sequence[Tool], chance: random.Random) -> Iterator[tuple[str, str]]:
    kinds = [kind for kind, (share, _, _) in _MAKERS.items() for _ in range(share)]
    while True:
        kind = chance.choice(kinds)
        _, known, unknown = _MAKERS[kind]
        yield kind, known(chance.choice(tools), chance) if chance.random() < 0.6 else unknown(chance)


def _known_name(tool: Tool, chance: random.Random) -> str:
    name = chance.choice((tool.name, tool.name, *tool.names))
    front = chance.choice(("", "", "", f"{word(chance).title()} - ", "[Mktg] ", "Okta SWA: "))
    behind = chance.choice(_DECORATIONS) + chance.choice(("", f" {chance.randint(1, 9999)}"))
    return f"{front}{name}{behind}"


def _unknown_name(chance: random.Random) -> str:
    return f"{word(chance).title()} {chance.choice(_INNER)}{chance.choice(_DECORATIONS)}"


def _known_host(tool: Tool, chance: random.Random) -> str:
    host = chance.choice(tool.domains or ("example.net",)).replace("#", "7")
    front = chance.choice(("", f"{chance.choice(_PARTS)}.", f"{word(chance)}.", f"{word(chance)}-{word(chance)}."))
    return front + host


def _unknown_host(chance: random.Random) -> str:
    home = f"{word(chance, 2, 5)}{chance.choice(('', '-' + word(chance)))}.{chance.choice(_TLDS)}"
    return chance.choice(("", f"{chance.choice(_PARTS)}.")) + home


def _slip(tool: Tool, chance: random.Random) -> str:
    """Return a known host, in one of twelve cases with a typing slip."""
    host = _known_host(tool, chance)
    if chance.random() < 11 / 12:
        return host
    at = chance.randrange(len(host))
    return host[:at] + chance.choice("abcdeo01") + host[at + 1 :]


def _url(host: str, chance: random.Random) -> str:
    return f"https://{host}/{word(chance)}/{chance.randint(1, 99999)}?ref={word(chance)}"


def _known_charge(tool: Tool, chance: random.Random) -> str:
    seller = chance.choice((tool.name, tool.name.upper(), *tool.descriptors, *tool.legal, *tool.domains[:1]))
    front = chance.choice(_PROCESSORS) if chance.random() < 0.3 else ""
    return f"{front}{seller}{_tail(chance)}"[:40].strip()


def _unknown_charge(chance: random.Random) -> str:
    front = chance.choice(_PROCESSORS) if chance.random() < 0.3 else ""
    return f"{front}{word(chance)} {chance.choice(_SHOPS)}{_tail(chance)}".upper()[:40].strip()


def _tail(chance: random.Random) -> str:
    return f" {chance.choice(_TAILS)} {chance.choice(_PLACES)}" + chance.choice(("", f" {chance.randint(1, 99999)}"))


def _known_txt(tool: Tool, chance: random.Random) -> str:
    name = "".join(c for c in tool.name.lower() if c.isalnum() and c.isascii())
    return f"{chance.choice((*tool.txt, name))}-{chance.choice(('site', 'domain'))}-verification={word(chance)}"


def _unknown_txt(chance: random.Random) -> str:
    return chance.choice((f"{word(chance)}-domain-verification={word(chance)}", f"v=DKIM1; k=rsa; p={word(chance)}"))


def _spf(host: str, chance: random.Random) -> str:
    return f"v=spf1 include:{host} ip4:192.0.2.{chance.randint(0, 255)} ~all"


def _bundle(host: str, chance: random.Random) -> str:
    return ".".join(reversed(host.split("."))) + f".{chance.choice(('android', 'app', word(chance)))}"


_Known = Callable[[Tool, random.Random], str]
#: Kind -> its share in twentieths, and how it looks for a tool and for nobody.
_MAKERS: dict[str, tuple[int, _Known, Callable[[random.Random], str]]] = {
    "app_name": (4, _known_name, _unknown_name),
    "domain": (3, _slip, _unknown_host),
    "url": (2, lambda t, c: _url(_known_host(t, c), c), lambda c: _url(_unknown_host(c), c)),
    "redirect_uri": (1, lambda t, c: _url(_known_host(t, c), c), lambda c: f"com.{word(c)}.{word(c)}://oauth"),
    "entity_id": (1, lambda t, c: _url(_known_host(t, c), c), lambda c: f"urn:{word(c)}:{word(c)}"),
    "card_descriptor": (4, _known_charge, _unknown_charge),
    "marketplace_product": (1, _known_name, _unknown_name),
    "dns_spf": (1, lambda t, c: _spf((t.spf or t.domains or ("x.net",))[0], c), lambda c: _spf(_unknown_host(c), c)),
    "dns_txt": (1, _known_txt, _unknown_txt),
    "dns_cname": (1, lambda t, c: f"{word(c)} CNAME {_known_host(t, c)}.", lambda c: f"{_unknown_host(c)}."),
    "script_host": (1, _known_host, _unknown_host),
    "bundle_id": (
        1,
        lambda t, c: c.choice((*t.bundle_ids, _bundle((t.domains or ("x.net",))[0], c))),
        lambda c: f"com.{word(c)}.{word(c)}",
    ),
    "client_id": (
        1,
        lambda t, c: c.choice((*t.client_ids, f"{c.randrange(10**12)}.apps.googleusercontent.com")),
        lambda c: f"{c.randrange(16**8):08x}-0000-4000-8000-{c.randrange(16**12):012x}",
    ),
}
