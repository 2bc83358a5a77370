"""What a statement's line says of somebody else's business although a tool's name stands in it.

A course, a conference, a consultant or a mug carries the name of the tool that it is about; a ticket office, a wallet
and a reseller take money for others; a house of software sells films, games and phones as well. None of it is a tool.
"""

from __future__ import annotations

import re
from itertools import pairwise

from catalog.descriptors import FEES, GLUED, PROCESSORS, RESELLERS, TAKINGS, Descriptor
from catalog.normal import compact, tokens
from catalog.places import in_place, unknown_words
from catalog.scripts import is_about_script
from catalog.tables import Known, own_words
from catalog.words import BILLING, CODES, CURRENCIES, FORMS, MERCHANDISE, TEACHING

_SEAT = CODES | CURRENCIES | FORMS
_BETWEEN = PROCESSORS.union(RESELLERS)
_GLUED_RESELLERS = tuple(prefix for prefix, reseller in GLUED.items() if reseller)
_CHARGED_WORDS = """
    subscription subscr monthly annual yearly renewal plan license licence invoice abonnement abo
    assinatura suscripcion abbonamento canone gebuehr gebuehren gebuhr gebuhren frais"""
#: What a payment service says where it charges for itself, besides its fees.
_CHARGED = frozenset(_CHARGED_WORDS.split())
#: What a house of software charges besides its software.
_BESIDE = TEACHING | MERCHANDISE
#: Where what stands behind a star is an event of somebody else: ticket offices, by their names in lower case.
OFFICES = frozenset(
    ["eventbrite", "sympla", "peatix", "ticket tailor", "tito", "luma", "meetup", "billetto", "billetweb",
     "weezevent", "helloasso", "humanitix", "trybooking", "eventzilla", "see tickets", "ticketsource", "ticketspice",
     "ticketweb", "ticketbud", "ticketleap", "universe tickets", "townscript", "konfhub", "explara", "partiful",
     "pretix", "regiondo", "weeztix", "heysummit"]
)  # fmt: skip
#: What ticket offices charge their organisers for themselves.
_OFFICE_FEES = BILLING | FEES | {"organizer", "organiser", "organizers", "organisers", "ads", "boost", "payout"}
#: What houses of software sell to persons at home: films, music, games, dating, phones and their storage.
_AT_HOME = re.compile(
    r"you\s?tube\s?(?:premium|prem\b|music|tv|kids|red\b|super|member|movies|primetime)|(?:google|goog)\s?\*?\s?youtube\w"
    r"|google\s?\*?\s?(?:tv|movies|books|fiber|fi\b|nest|stadia|pixel|home|music|news\b|audiobooks|play\s?pass|fitbit)"
    r"|apple\s?\*?\s?(?:music|tv|arcade|fitness)|xbox|game\s?pass|minecraft|play\s?station|\bpsn\b|nintendo|mojang"
    r"|prime\s?video|amazon\s?\*?\s?(?:music|kids|prime|fresh|luna)|kindle|audible|discord\s?\*?\s?nitro|nitro\s?(?:mo|year)"
    r"|snap\w*\s?(?:\+|plus)|telegram\s?premium|twitch\s?(?:sub|bits|turbo)|linkedin\s?\*?\s?games|meta\s?\*?\s?(?:quest|store)"
    r"|oculus|instagram\s?\*?\s?(?:sub|verif)|facebook\s?\*?\s?(?:dating|games?|stars|marketplace)|whatsapp\s?\*?\s?games"
    r"|microsoft\s?\*?\s?(?:xbox|game|movies|rewards|solitaire|family)|tumblr\s?\*?\s?shop|duolingo\s?\*?\s?(?:super|family)",
    re.IGNORECASE,
)
#: Words that tell together: `ASANA USER GROUP`, and who calls for a well-known house: `MICROSOFT TECH SUPPORT 888555`.
_PAIRS = {
    "group": frozenset({"user", "users", "admins", "fans"}),
    "support": frozenset({"tech", "technical", "pc", "computer", "remote"}),
}
_TELLING = _BESIDE.union(_PAIRS)
#: Houses that hold or move the money of their customers, besides those of `_BETWEEN`; names in lower case.
_MOVERS = PROCESSORS | frozenset(
    ["wise", "revolut business", "payoneer", "airwallex", "equals money", "mangopay", "cashfree payments", "paysafe",
     "paystack", "dlocal", "ebanx", "worldline", "skrill", "tipalti", "bill", "trustly", "fiserv", "global payments"]
)  # fmt: skip
#: How a payer's reference is called: what it names was paid to somebody else.
_PAYERS = frozenset({"ref", "reference", "memo", "verwendungszweck", "svwz", "motif", "referencia", "causale"})
_LOADS = """
    topup topups reload load loads loaded loading wallet wallets funding funds fund prefund recharge rechargement
    recarga recargas ricarica aufladung aufladen guthaben guthabenaufladung opwaarderen opwaardering opladen doladowanie
    zasilenie dobiti feltoltes yukleme pafyllning insattning indbetaling alimentation approvisionnement abastecimiento
    fondeo ingreso provision saldo cashin cashout"""
#: What money is called that somebody puts into an account or onto a card of his own, there or from there.
_LOADED = frozenset(_LOADS.split())
_LOADED_PAIRS = (("top", "up"), ("add", "money"), ("add", "funds"), ("cash", "in"), ("cash", "out"), ("cash", "app"))
#: What an ACH entry calls wages, the taxes on them, and bills of others, which a service only hands on.
_WAGES = frozenset(
    ["net", "tax", "taxes", "payroll", "wages", "wage", "salary", "salaries", "payables", "reimburse", "reimb",
     "expenses"]
)  # fmt: skip
#: A card of a bank or wallet, of which four digits are shown: money moved to it.
_TOP_UP = re.compile(r"\* ?\d{4}\b")
#: Makers of the tools that such a line is taken for.
_HOUSES = frozenset(
    {
        *("Google", "Alphabet", "Apple", "Amazon", "Amazon Web Services", "Microsoft", "Meta", "Snap", "Discord"),
        *("Telegram", "Twitch", "LinkedIn", "Automattic", "Duolingo"),
    }
)
_HOST = re.compile(r"\S*\w\.[a-z]{2,}\S*", re.IGNORECASE)


def takes_for_others(known: Known, parsed: Descriptor) -> bool:
    """Return whether the tool found only takes money for others, and the line does not say that it is paid itself."""
    name = known.name.casefold()
    if name not in _BETWEEN:
        return False
    words = tokens(parsed.seller)
    if not FEES.isdisjoint(words):
        return False
    return name in RESELLERS or _CHARGED.isdisjoint(words)


def sells_tickets(known: Known, parsed: Descriptor) -> bool:
    """Return whether a ticket office took the money for an event: `SYMPLA *WORKSHOP VENDAS`."""
    if known.name.casefold() not in OFFICES:
        return False
    first, _, behind = parsed.seller.partition(" ")
    words = [w for w in tokens(parsed.item or (behind if "." in first else "")) if not any(map(str.isdigit, w))]
    unknown = unknown_words(words, _OFFICE_FEES | _SEAT)
    return len(unknown) > (0 if parsed.item else 1)  # behind a host one word may be a place


def hands_over(known: Known, parsed: Descriptor, matched: str) -> bool:
    """Return whether the line is of takings that the tool hands over: `SQUARE INC DES:SQ DEPOSIT`, `... AUSZAHLUNG`."""
    entry = parsed.entry.split(" ") if parsed.entry else []
    if not TAKINGS.isdisjoint(entry) or not _WAGES.isdisjoint(entry[:1]):
        return True
    if known.category == "nm_finance" and _is_loaded(known, parsed, matched):
        return True
    if known.category not in {"nm_finance", "ecommerce_platform", "events_webinars"}:
        return False
    if _TOP_UP.search(parsed.seller):
        return True
    words = TAKINGS.intersection(tokens(parsed.seller))
    if not words:
        return False
    return not words <= own_words(known).union(tokens(matched))


def _is_loaded(known: Known, parsed: Descriptor, matched: str) -> bool:
    """Return whether money was put into an account or onto a card: `PAYONEER CARD LOAD`, `WISE LTD REF P88120033`."""
    words = tokens(parsed.whole or parsed.seller)
    if not _PAYERS.isdisjoint(words) and known.name.casefold() in _MOVERS:
        return True
    own = own_words(known).union(tokens(matched))
    if not _LOADED.isdisjoint(words) and not _LOADED.intersection(words) <= own:
        return True
    return any(pair in _LOADED_PAIRS for pair in pairwise(words))


def is_about(known: Known, parsed: Descriptor, matched: str) -> bool:
    """Return whether the line is of a thing that is about the tool, or of what its house sells besides software.

    Words of the tool's own name, of what matched, of its category, and of hosts and places do not count.
    """
    words = tokens(parsed.seller)
    if not parsed.seller.isascii() and is_about_script(words):
        return True
    if not _TELLING.isdisjoint(words):
        words = tokens(_HOST.sub(" ", parsed.seller)) if parsed.domains else words
        own = own_words(known).union(tokens(matched))
        for at, word in enumerate(words):
            if word in _BESIDE and word not in own and not in_place(words, at) and not _in_app_store(words, at):
                return True
        if any(each in words and not others.isdisjoint(words) for each, others in _PAIRS.items()):
            return True
    return known.vendor in _HOUSES and _AT_HOME.search(parsed.seller) is not None


def _in_app_store(words: tuple[str, ...], at: int) -> bool:
    return words[at] == "store" and at > 0 and words[at - 1] in {"app", "apps", "play"}


def reseller_of(parsed: Descriptor, tool: str | None, vendor: str | None = None) -> str | None:
    """Return the merchant of record, also where its prefix sticks to the name of the tool found (`cbanitro pdf`).

    What stands behind `GOOGLE *` and is not Google's was bought in its app store.
    """
    if parsed.merchant_of_record is not None or tool is None:
        return parsed.merchant_of_record
    if parsed.item and vendor not in {None, "Google", "Alphabet"} and parsed.brand.casefold() == "google":
        return "Google"
    words = tokens(parsed.seller)
    if not words or not words[0].startswith(_GLUED_RESELLERS):
        return None
    seller, name = "".join(words), compact(tool)
    glued = (reseller for prefix, reseller in GLUED.items() if reseller and seller.startswith(prefix + name[:5]))
    return next(glued, None)
