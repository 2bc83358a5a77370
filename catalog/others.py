"""What a statement's line says of somebody else's business although a tool's name stands in it.

A course, a conference, a consultant or a mug carries the name of the tool that it is about; a ticket office, a wallet
and a reseller take money for others; a house of software sells films, games and phones as well. None of it is a tool.
"""

from __future__ import annotations

import re

from catalog.descriptors import FEES, GLUED, PROCESSORS, RESELLERS, TAKINGS, Descriptor
from catalog.normal import compact, tokens
from catalog.places import in_place, unknown_words
from catalog.scripts import is_about_script
from catalog.tables import Known, own_words
from catalog.words import BILLING, CODES, CURRENCIES, FORMS, HOUSE_WORDS, MERCHANDISE, TEACHING

_SEAT = CODES | CURRENCIES | FORMS
_BETWEEN = PROCESSORS.union(RESELLERS)
_GLUED_RESELLERS = tuple(prefix for prefix, reseller in GLUED.items() if reseller)
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
    if name in RESELLERS:
        return True
    return name in PROCESSORS and bool(unknown_words(words[len(tokens(name)) :], _SEAT | HOUSE_WORDS))


def sells_tickets(known: Known, parsed: Descriptor) -> bool:
    """Return whether a ticket office took the money for an event: `SYMPLA *WORKSHOP VENDAS`."""
    if not parsed.item or known.name.casefold() not in OFFICES:
        return False
    words = tokens(parsed.item)
    return bool(unknown_words([w for w in words if not any(map(str.isdigit, w))], _OFFICE_FEES | _SEAT))


def hands_over(known: Known, parsed: Descriptor, matched: str) -> bool:
    """Return whether the line is of takings that the tool hands over: `SQUARE INC DES:SQ DEPOSIT`, `... AUSZAHLUNG`."""
    if parsed.entry is not None and not TAKINGS.isdisjoint(parsed.entry.split(" ")):
        return True
    if known.category not in {"nm_finance", "ecommerce_platform", "events_webinars"}:
        return False
    if _TOP_UP.search(parsed.seller):
        return True
    words = TAKINGS.intersection(tokens(parsed.seller))
    if not words:
        return False
    return not words <= own_words(known).union(tokens(matched))


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
