"""The grammar of a statement's descriptor: who took the money for whom, and what the seller calls itself.

A card scheme's merchant field has about 22 characters, a processor's prefix takes 3 to 12 of them, and some banks strip
the `*` between them, so that prefix, name and reference stick together. Sources: what processors publish,
and public purchase-card statements.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from catalog.bank import entry_of, without_bank
from catalog.hosts import parse_host, registrable
from catalog.normal import is_disguised, tokens
from catalog.places import place_behind, unknown_words
from catalog.words import BILLING, CODES, CURRENCIES, FORMS

#: Statements' lines are short; what stands behind this is not looked at.
_LONGEST = 200


class Via(StrEnum):
    """How the money went: straight, through a reseller of software, a wallet, a shop's till, or a ticket office."""

    DIRECT = "direct"
    RESELLER = "reseller"
    WALLET = "wallet"
    TILL = "till"
    OFFICE = "office"


#: An enumeration's member is looked up anew each time, at seven times the price of a name.
_DIRECT, _RESELLER, _TILL, _OFFICE = Via.DIRECT, Via.RESELLER, Via.TILL, Via.OFFICE


class Descriptor(NamedTuple):
    """A descriptor taken apart.

    `seller` is the candidate text, without wrapper and processor; `brand` and `item` are its two sides where it has a
    `*`; `domains` are the public hosts in it; `payee` is the seller as a person would list it, without place;
    `product` is set where the grammar itself names a product (`FACEBK ...` is Meta Ads); `whole` is the line where
    words of the bank were taken off it, and `entry` what an ACH line says it is for. `start` is how many characters of
    prefixes stand before the seller.
    """

    seller: str
    brand: str
    item: str | None
    domains: tuple[str, ...]
    payee: str | None
    via: Via
    processor: str | None
    merchant_of_record: str | None
    product: str | None
    whole: str | None = None
    entry: str | None = None
    start: int = 0


class Start:
    """Patterns that a text may begin with; the first that does counts. They are lower case and have no groups."""

    def __init__(self, *patterns: str) -> None:
        whole = "|".join(f"({pattern})" for pattern in patterns)
        self._any = re.compile(whole, re.IGNORECASE)
        self._lower = re.compile(whole)  # several times as fast, and the same for plain letters in lower case
        self._quick = re.compile("|".join(patterns))  # without groups: twice as fast again where none matches

    def match(self, text: str) -> tuple[int, int] | None:
        """Return the number of the pattern and where it ends, or None."""
        if text.isascii():
            lower = text.lower()
            found = self._lower.match(lower) if self._quick.match(lower) else None
        else:
            found = self._any.match(text)
        return ((found.lastindex or 1) - 1, found.end()) if found else None


_PROCESSORS: tuple[tuple[str, str, Via], ...] = (
    (r"paddle(?:\.net|\.com)?\s*\*\s*|paddle\.net\s+", "Paddle", Via.RESELLER),
    (
        r"fs\s*\*\s*|fsprg(?:\.com|\.uk)?(?:\s*\*\s*|\s+|$)|(?:fastspring|fastsprg)(?:\.com)?(?:\s*\*\s*|\s+|$)",
        "FastSpring",
        Via.RESELLER,
    ),
    (
        (
            r"2co(?:\.com)?\s*\*\s*|2co\.com(?:\s+|$)|2checkout(?:\.?com?)?(?:\s*\*\s*|\s+|$)|avangate(?:\s*\*\s*|\s+|$)"
            r"|verifone\s*\*\s*"
        ),
        "2Checkout",
        Via.RESELLER,
    ),
    (r"dri\s*\*\s*|dr\s*\*\s*|dri\s+|digital\s?river(?:\s*\*\s*|\s+|$)", "Digital River", Via.RESELLER),
    (r"cleverbridge?\s*\*?\s+|cleverbridge?\s*\*|cb[ia]\s*\*\s*", "cleverbridge", Via.RESELLER),
    (r"bls\s*\*\s*|bluesnap\s*\*\s*", "BlueSnap", Via.RESELLER),
    (r"lemsqzy\s*\*?\s*|lemon\s?squeezy\s*\*\s*", "Lemon Squeezy", Via.RESELLER),
    (r"gumroad(?:\.com?)?\s*\*\s*", "Gumroad", Via.RESELLER),
    (r"polar\s*\*\s*", "Polar", Via.RESELLER),
    (r"xsolla\s*\*\s*", "Xsolla", Via.RESELLER),
    (
        r"(?:apl\s*\*?\s*)?(?:apple\.com/?bill|itunes\.com/?(?:bill)?)|apl\s*\*\s*(?:itunes|apple)\S*",
        "Apple",
        Via.RESELLER,
    ),
    (r"google\s*\*?\s*play(?![a-z])(?:\s*\*)?\s*", "Google", Via.RESELLER),
    (r"paypal\s*\*\s*|paypal\s+|pp\s*\*\s*", "PayPal", Via.WALLET),
    (r"st\s*\*\s*|stripe\s*\*\s*", "Stripe", Via.WALLET),
    (r"klarna\s*\*\s*|wl\s*\*\s*|payu\s*\*\s*|mpy\s*\*\s*|ep\s*\*\s*|nyx\s*\*\s*", "payment service", Via.WALLET),
    (r"mobilpay\s*\*\s*|netopia\s*\*\s*|mollie\s*\*\s*|adyen\s*\*\s*", "payment service", Via.WALLET),
    (
        (
            r"(?:dlocal|dlo?|ebanx|ebn|mercado\s?pago|merc\s?pago|mp|pagseguro|pags?|pagbank|pg|pagarme|vindi|iugu|asaas|iyzico|iyzi|razorpay|raz|cashfree|payu"
            r"|paystack|flw|conekta|kushki|wompi|xendit|alipay|worldpay|sumit|rapyd|paymob|tap|yoco|omise|stone|cielo|getnet)\s*\*\s*"
        ),
        "payment service",
        Via.WALLET,
    ),
    (r"sq\s*\*\s*|sq\s+", "Square", Via.TILL),
    (r"tst\s*\*\s*", "Toast", Via.TILL),
    (r"sp\s*\*\s*|sp\s+", "Shopify Payments", Via.TILL),
    (r"sumup\s*\*\s*|zettle\s*_?\*\s*|iz\s*\*\s*|iz\s+|izettle\s*\*\s*|py\s*\*\s*|clover\s*\*\s*", "till", Via.TILL),
    (r"in\s*\*\s*", "Intuit invoice", Via.TILL),
    (r"eb\s*\*\s*", "Eventbrite", Via.OFFICE),
)
_OWN = FORMS | CODES | CURRENCIES
#: Hosts of resellers, which stand behind the seller's name where a bank strips the prefix.
_OWN_HOSTS = {
    "fsprg.com": "FastSpring",
    "fastspring.com": "FastSpring",
    "2co.com": "2Checkout",
    "2checkout.com": "2Checkout",
    "paddle.net": "Paddle",
    "cleverbridge.com": "cleverbridge",
    "digitalriver.com": "Digital River",
    "lemonsqueezy.com": "Lemon Squeezy",
}
#: What stands behind a reseller's name where it names no seller.
_NOBODY = _OWN | BILLING | {"itunes", "apple", "orders"}
#: What a processor's own fees are called.
FEES = frozenset({"fee", "fees", "payout", "payouts", "billing", "commission", "commissions"})
_TAKINGS = """
    payout payouts settlement settlements stlmt deposit deposits dep auszahlung auszahlungen utbetaling
    utbetalning utbetalningar uitbetaling uitbetalingen versement versements reversement virement repasse repasses
    liquidacion liquidaciones liquidacao abono accredito accrediti wyplata vyplata kifizetes plata disbursement
    transfer transfers"""
#: What money is called that a payment service or a shop's host hands over: takings, and no charge.
TAKINGS = frozenset(_TAKINGS.split())
#: Names of tools (lower case) that take money for others and sell nothing else, and what they are called as merchants
#: of record: None for wallets and payment services. A line that leads only to one of them names no tool.
RESELLERS: dict[str, str | None] = {
    "fastspring": "FastSpring",
    "paddle": "Paddle",
    "2checkout": "2Checkout",
    "digital river": "Digital River",
    "cleverbridge": "cleverbridge",
    "bluesnap": "BlueSnap",
    "lemon squeezy": "Lemon Squeezy",
    "polar": "Polar",
    "xsolla": "Xsolla",
    "gumroad": "Gumroad",
    "apple itunes/app store": "Apple",
    "google play": "Google",
} | dict.fromkeys(
    [
        "paypal",
        "klarna",
        "amazon pay",
        "afterpay",
        "clearpay",
        "affirm",
        "alipay",
        "skrill",
        "venmo",
        "sezzle",
        "mercado pago",
    ]
)
#: The same of payment services that have services of their own: named where nothing else stands behind their name.
PROCESSORS = frozenset(
    [
        "stripe",
        "mollie",
        "adyen",
        "square",
        "sumup",
        "zettle",
        "gocardless",
        "razorpay",
        "payu",
        "worldpay",
        "braintree",
        "pagseguro",
        "checkout.com",
    ]
)
#: Prefixes of acquirers that stick to the name where a bank strips the `*`, with the reseller behind them.
GLUED = {
    "stk": None,
    "g2s": None,
    "dnh": None,
    "cba": "cleverbridge",
    "cbi": "cleverbridge",
    "dri": "Digital River",
    "2co": "2Checkout",
    "avangate": "2Checkout",
    "bls": "BlueSnap",
    "fsprg": "FastSpring",
    "paypal": None,
    "intuit": None,
    "www": None,
}
#: What the grammar itself names, with the product's name.
_PRODUCTS = (
    (r"eb\s+[^\s*]", "Eventbrite"),
    (r"google\s*\*?\s*(?:ads(?![a-z])|adws|adwords)", "Google Ads"),
    (r"google\s*\*?\s*(?:svcsapps|workspace|gsuite|g suite|apps_)", "Google Workspace"),
    (r"(?:dl\s*\*\s*)?google\s*\*?\s*cloud", "Google Cloud"),
    (r"facebk\b|fb\.me/ads|meta\s*\*?\s*ads|facebook\s*\*?\s*ads", "Meta Ads"),
    (r"linkedin\s*\*?\s*ads|linkedin\s+ad\b", "LinkedIn Ads"),
    (r"(?:microsoft|msft)\s*\*?\s*(?:ads|advertising|bing\s?ads)", "Microsoft Advertising"),
    (r"tiktok\s*\*?\s*ads", "TikTok Ads"),
    (r"amzn\s*\*?\s*advertising|amazon\s*\*?\s*ads", "Amazon Ads"),
    (r"(?:twitter\s+online|x\s+corp\.?)\s+ads", "X Ads"),
    (r"snap\s*\*?\s*ads", "Snapchat Ads"),
    (r"pinterest\s*\*?\s*ads", "Pinterest Ads"),
    (r"reddit\s*\*?\s*ads", "Reddit Ads"),
    (r"quora\s*\*?\s*ads", "Quora Ads"),
    (r"wpchrg(?:\.com)?|wpcom", "WordPress.com"),
    (r"sqsp\s*\*", "Squarespace"),
)
_NAMED = Start(*(pattern for pattern, _ in _PRODUCTS))
_STARTS = Start(*(pattern for pattern, _, _ in _PROCESSORS))
_NOISE = re.compile(
    r"(?=[+(\dcrin])(?:(?:\+\d{1,2}[-. ])?\(?\b\d{3}\)?[-. ]\d{3}[-. ]?\d{4}\b|\b\d{3}-\d{7}\b"
    r"|\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b|\bcard\s+\d{4}\b"
    r"|\b\d{1,6}[.,]\d{2}\s*(?:[A-Z]{3})?\b|\b(?:ref|inv|invoice|id|no)\.?[ :#]*\d[\w-]*)",
    re.IGNORECASE,
)
#: All of it has one of these in it: two numbers with a sign between them, or a number behind a word's last letter.
_NUMBERS = re.compile(r"\d\)?[-./, ]\d")
_MARKED = re.compile(r"[defovDEFOV]\.?[ :#]*\d")
_HOST = re.compile(r"(?:https?:?/{0,2})?([a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){1,5})", re.IGNORECASE)
_NUMBERED_NAME = re.compile(r"\d{1,3}[a-z]{4,}|[a-z]{5,}\d{1,2}[a-z]*", re.IGNORECASE)
_REFERENCE = re.compile(r"(?=[a-z#-]*\d)[a-z0-9#-]+$", re.IGNORECASE)


def parse_descriptor(text: str) -> Descriptor:
    """Return the parts of a descriptor. Never raises; at most 200 characters are looked at."""
    whole = _plain(text)
    plain = without_bank(whole)
    named = _NAMED.match(plain)
    rest, processor, via = _strip_processors(plain)
    noisy = _NUMBERS.search(rest) or _MARKED.search(rest)
    brand, star, item = (_NOISE.sub(" ", rest) if noisy else rest).partition("*")
    brand, item = brand.strip(), item.strip()
    seller = " ".join(f"{brand} {item}".split()) if noisy or star else brand
    domains = _domains(rest)
    if via is _DIRECT and domains:
        processor, via = next(((_OWN_HOSTS[h], Via.RESELLER) for h in domains if h in _OWN_HOSTS), (processor, via))
    if via is _RESELLER and _names_nobody(seller):
        seller = brand = item = ""
    unlike = plain != whole
    return Descriptor(  # by position: by name it takes twice the time
        seller,
        brand,
        item if star else None,
        domains,
        _payee(brand or item) or processor,
        via,
        processor,
        processor if via is _RESELLER or via is _OFFICE else None,
        _PRODUCTS[named[0]][1] if named else None,
        whole if unlike else None,
        entry_of(whole) if unlike and ":" in whole else None,
        len(plain) - len(rest),
    )


def is_plausible(text: str) -> bool:
    """Return whether the text can be a statement's: short enough, and without characters that are hidden or encoded."""
    if len(text) > _LONGEST:
        return False
    plain = text.isascii() and text.isprintable() and "%" not in text
    return plain or not is_disguised(" ".join(text.split()))


def _plain(text: str) -> str:
    folded = text[:_LONGEST]
    if not (folded.isascii() and folded.isprintable()):
        folded = unicodedata.normalize("NFKC", folded)
        folded = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in folded)
    return " ".join(folded.split())


def _strip_processors(text: str) -> tuple[str, str | None, Via]:
    """Return what stands behind the processors' prefixes, and the reseller or else the first processor."""
    processor, via = None, _DIRECT
    for _ in range(3):
        found = _STARTS.match(text)
        if found is None:
            break
        number, end = found
        _, name, how = _PROCESSORS[number]
        rest = tokens(text[end:]) if how is not _TILL else ()
        if rest and _is_own(rest):
            break  # the processor itself is paid: `PAYPAL INC SAN JOSE`, `STRIPE* BILLING FEES`
        if processor is None or how is _RESELLER:
            processor, via = name, how
        text = text[end:]
    return text, processor, via


def _is_own(rest: tuple[str, ...]) -> bool:
    """Return whether what stands behind a processor's name is its own: legal form and seat, or its fees."""
    if not FEES.isdisjoint(rest):
        return all(word in BILLING or word in FEES or word.isdigit() for word in rest)
    return rest[0] in FORMS and not unknown_words(rest, _OWN)


def _names_nobody(seller: str) -> bool:
    words = tokens(seller)
    return all(word.isalpha() or word.isdigit() for word in words) and not unknown_words(words, _NOBODY)


def _domains(text: str) -> tuple[str, ...]:
    if "." not in text:
        return ()
    dotted = [word for word in text.split(" ") if "." in word]
    hosts = [parse_host(match[1]) for word in dotted for match in _HOST.finditer(word)]
    return tuple(dict.fromkeys(host for host in hosts if host is not None and registrable(host) is not None))


def _payee(text: str) -> str | None:
    """Return the seller's name for a list of merchants: references, telephone numbers and the place cut off."""
    kept: list[str] = []
    if text.replace(" ", "").isalpha():
        kept, text = text.split(), ""
    for each in text.split():
        word = each
        if not word.isalpha():
            if kept and is_reference(word):
                break
            if kept and word.lower() in _OWN_HOSTS:
                break
            if "/" in word and "." in word:
                word = word.partition("/")[0]  # of an address its host: `BOLT.EU/R/26`
        kept.append("…" + word[-4:] if len(word) > 8 and sum(map(str.isdigit, word)) > 8 else word)
    payee = " ".join(_without_place(kept))
    return payee if (payee.isascii() and payee[:1].isalnum()) or tokens(payee) else None


def _without_place(words: list[str]) -> list[str]:
    """Return the words without the place and codes at their end; at least one word stays."""
    if len(words) < 2:
        return words
    plain = [word.lower().strip(".,;-") for word in words[1:]]
    while plain:
        cut = place_behind(plain)
        if not cut:
            break
        del plain[-cut:]
    return words[: len(plain) + 1]


def is_reference(word: str) -> bool:
    """Return whether a word is a number or an id rather than a name: `2863147`, `z5xh5dsvq2`, `#12`.

    A few digits before or in a longer run of letters are a name's: `123formbuilder`, `newsletter2go`.
    """
    if word.isalpha():
        return False
    if not _REFERENCE.match(word) or _NUMBERED_NAME.fullmatch(word):
        return False
    return word[0].isdigit() or word[0] in "#-" or len(word) >= 6
