"""The compiled tables: from the catalogue's records to the dictionaries that the matchers look into."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from catalog.hosts import registrable, suffixes
from catalog.lengths import lengths_of
from catalog.load import Tool
from catalog.normal import drop_ends, key, tokens
from catalog.places import PLACE_WORDS
from catalog.words import (
    BILLING,
    BORNE,
    BY_CATEGORY,
    COMMON,
    DECORATION,
    FORMS,
    LEGAL,
    SAME_FORM,
    SEGMENT,
    SOFTWARE,
    TRADE,
)

#: A name of fewer letters proves nothing beside other words.
_SHORT = 4
#: A name without its suffix must be at least so long to stand for the tool.
_BARE = 6


#: A label of a domain that is no home page must be so long to be imitated.
_LONG_LABEL = 10


#: A single word of these lists is no proof, even where the catalogue does not call it an ordinary word.
_ORDINARY = (SOFTWARE, DECORATION, SEGMENT, BILLING, TRADE, PLACE_WORDS, LEGAL, *BY_CATEGORY.values())


class Known(NamedTuple):
    """What the tables keep of a tool."""

    id: str
    name: str
    vendor: str
    category: str
    word: bool
    now: str | None
    ended: str | None = None
    goods: bool = False
    personal_data: str | None = None
    ended_source: str | None = None


_VENDOR = attrgetter("vendor")


class Hit(NamedTuple):
    """A name found: whose it is, whether it proves the tool by itself, and what kind of name it is."""

    id: str
    sure: bool
    form: str


@dataclass(frozen=True, slots=True)
class Tables:
    """All look-up tables. Keys are normalised; values are tool ids, or hits for names.

    `told` are the tools of which the company's own records say that they hold data of persons. Those from `under` on
    follow from the others: `under` has the owners of the domains below a domain, `seller_names`, `seller_order` and
    `brand_names` are keys in their order, `brand_ends` the brands backwards in their order, and `houses` the vendors of
    many tools. `endings` are the last labels of the domains. The lengths (`catalog.lengths`) are of names and sellers
    by five letters (`lengths`), of brands and of brands backwards by three.
    """

    tools: dict[str, Known] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    okta: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    bundles: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    spf: dict[str, str] = field(default_factory=dict)
    txt: dict[str, str] = field(default_factory=dict)
    names: dict[str, Hit] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    sellers: dict[str, Hit] = field(default_factory=dict)
    seller_joined: dict[str, str] = field(default_factory=dict)
    brands: dict[str, str] = field(default_factory=dict)
    under: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seller_names: list[str] = field(default_factory=list)
    seller_order: list[str] = field(default_factory=list)
    brand_names: list[str] = field(default_factory=list)
    brand_ends: list[str] = field(default_factory=list)
    houses: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    lengths: dict[str, int] = field(default_factory=dict)
    brand_lengths: dict[str, int] = field(default_factory=dict)
    end_lengths: dict[str, int] = field(default_factory=dict)


#: Tables whose values are tool ids, hits, and names of another table.
OWNED = ("okta", "clients", "bundles", "domains", "spf", "txt", "brands")
HITS = ("names", "sellers")
JOINED = {"joined": "names", "seller_joined": "sellers"}
#: What follows from the other tables.
LENGTHS = ("lengths", "brand_lengths", "end_lengths")
DERIVED = ("under", "seller_names", "seller_order", "brand_names", "brand_ends", "houses", "endings", *LENGTHS)
#: A misspelt brand is looked for where so many letters at its beginning, or at its end, are a brand's.
BRAND_LEAD = 3
FIELDS = ("tools", *OWNED, *HITS, *JOINED)
#: A vendor with so many products has apps of several of them in one name space.
_HOUSE = 8


def compile_tables(tools: Iterable[Tool]) -> Tables:
    """Return the tables of these tools. A record with the id of an earlier one adds to it; first come, first served."""
    tables = Tables()
    records = list(tools)
    for tool in records:
        about = (tool.word, tool.now, tool.ended, tool.goods, _kinds(tool), tool.ended_source)
        known = Known(tool.id, tool.name, tool.vendor, tool.category, *about)
        tables.tools.setdefault(tool.id, known)
        _add_exact(tables, tool)
    _add_names(tables, records)
    _add_sellers(tables, records)
    _join(tables.names, tables.joined)
    _join(tables.sellers, tables.seller_joined)
    _add_brands(tables, records)
    return in_order(tables)


def _kinds(tool: Tool) -> str | None:
    return None if tool.personal_data is None else " ".join(tool.personal_data)


@lru_cache(maxsize=8192)
def own_words(known: Known) -> frozenset[str]:
    """Return the words that are a tool's own: of its category, its maker and its name."""
    return BY_CATEGORY[known.category].union(tokens(f"{known.vendor} {known.name}"))


def in_order(tables: Tables) -> Tables:
    """Fill what follows from the other tables, and return them."""
    tables.seller_names[:] = sorted(tables.sellers)
    tables.seller_order[:] = sorted(tables.seller_joined)
    tables.brand_names[:] = sorted(tables.brands)
    tables.brand_ends[:] = sorted(brand[::-1] for brand in tables.brands)
    of_vendor = Counter(map(_VENDOR, tables.tools.values()))
    tables.houses.update(vendor for vendor, tools in of_vendor.items() if tools >= _HOUSE)
    tables.under.update(_owners_below(tables.domains))
    tables.endings.update(domain.rpartition(".")[2] for domain in tables.domains)
    tables.lengths.update(lengths_of({**tables.names, **tables.sellers}))
    tables.brand_lengths.update(lengths_of(tables.brand_names, BRAND_LEAD))
    tables.end_lengths.update(lengths_of(tables.brand_ends, BRAND_LEAD))
    return tables


def _owners_below(domains: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return, for every domain of two labels or more that has domains of tools below it, whose these are."""
    owners: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for domain, tool in domains.items():
        for parent in _parents(domain):
            owners[parent][tool] = None
    return {parent: tuple(sorted(tools)) for parent, tools in owners.items()}


def _parents(domain: str) -> list[str]:
    return [parent for parent in suffixes(domain.partition(".")[2]) if "." in parent]


def overlay(tables: Tables, extra: Iterable[Tool]) -> Tables:
    """Return tables in which the company's own records win over the catalogue's, which stay as they are."""
    copied: dict[str, Any] = {each.name: getattr(tables, each.name).copy() for each in fields(Tables)}
    return overlay_onto(Tables(**copied), extra)


def overlay_onto(tables: Tables, extra: Iterable[Tool]) -> Tables:
    """Take the company's own records into the tables and return them; what follows is mended where they change it."""
    own = compile_tables(extra)
    held = _holding(tables, own)
    _merge(tables.seller_names, (name for name in own.sellers if name not in tables.sellers))
    _merge(tables.seller_order, (form for form in own.seller_joined if form not in tables.seller_joined))
    brands = [brand for brand in own.brands if brand not in tables.brands]
    _merge(tables.brand_names, brands)
    _merge(tables.brand_ends, (brand[::-1] for brand in brands))
    for name in FIELDS:
        if name != "tools":
            getattr(tables, name).update(getattr(own, name))
    added = {id_: tool for id_, tool in own.tools.items() if id_ not in tables.tools}
    tables.tools.update(added | held)
    tables.told.update(id_ for id_, tool in own.tools.items() if tool.personal_data)
    vendors = set(map(_VENDOR, own.tools.values()))
    of_vendor = Counter(vendor for vendor in map(_VENDOR, tables.tools.values()) if vendor in vendors)
    tables.houses.update(vendor for vendor, tools in of_vendor.items() if tools >= _HOUSE)
    tables.under.update(_owners_below(_beside(tables.domains, own.domains)))
    tables.endings.update(own.endings)
    for name in LENGTHS:
        table = getattr(tables, name)
        table.update({lead: table.get(lead, 0) | lengths for lead, lengths in getattr(own, name).items()})
    return tables


def _merge(listed: list[str], added: Iterable[str]) -> None:
    """Add to a sorted list; sorting what is nearly sorted costs one walk."""
    listed.extend(added)
    listed.sort()


def _holding(tables: Tables, own: Tables) -> dict[str, Known]:
    """Return the tools of both to which the company's own records add kinds of personal data."""
    held: dict[str, Known] = {}
    for id_, tool in own.tools.items():
        if tool.personal_data is not None and (known := tables.tools.get(id_)) is not None:
            kinds = f"{known.personal_data or ''} {tool.personal_data}".split()
            held[id_] = known._replace(personal_data=" ".join(dict.fromkeys(kinds)))
    return held


def _beside(domains: Mapping[str, str], added: Iterable[str]) -> dict[str, str]:
    """Return those of the domains that lie below a parent of an added one: only there an added one changes `under`."""
    parents = tuple({f".{parent}" for domain in added for parent in _parents(domain)})
    return {domain: tool for domain, tool in domains.items() if domain.endswith(parents)}


def _add_exact(tables: Tables, tool: Tool) -> None:
    for table, values in (
        (tables.okta, tool.okta),
        (tables.clients, tool.client_ids),
        (tables.bundles, tool.bundle_ids),
        (tables.domains, tool.domains),
        (tables.spf, tool.spf),
        (tables.txt, tool.txt),
    ):
        for value in values:
            table.setdefault(value.casefold(), tool.id)


def _add_names(tables: Tables, tools: list[Tool]) -> None:
    for tool in tools:
        _put(
            tables.names,
            tool.name,
            Hit(tool.id, not tool.word and _long(tool.name) and not _ordinary(tool.name), "name"),
        )
    for tool in tools:
        for alias in tool.names:
            _put(tables.names, alias, Hit(tool.id, _alias_is_sure(tool, alias), "alias"))
        for product in tool.products:
            _put(tables.names, product, Hit(tool.id, sure=True, form="product"))
    for name, hit in _derived(tools):
        _put(tables.names, name, hit)


def _alias_is_sure(tool: Tool, alias: str) -> bool:
    words, name = tokens(alias), tokens(tool.name)
    if name[:1] == ("the",) and words == name[1:]:
        return False  # `Trade Desk`: without its article it is what anybody has
    return _long(alias) and not _ordinary(alias) and (not tool.word or len(words) > 1 or _coined(tool, words[0]))


def _coined(tool: Tool, alias: str) -> bool:
    """Whether another name of a tool that is called by an ordinary word is none itself: `Appboy` of Braze.

    It is long enough, and neither a shorter form of the name, `Acoustic` of Acoustic Campaign, nor its words written
    together, `IdealMedia`.
    """
    return len(alias) >= _BARE and not "".join(tokens(tool.name)).startswith(alias) and alias not in COMMON


def _ordinary(name: str) -> bool:
    words = tokens(name)
    return len(words) == 1 and any(words[0] in ordinary for ordinary in _ORDINARY)


def _long(name: str) -> bool:
    return sum(map(len, tokens(name))) >= _SHORT


def _derived(tools: list[Tool]) -> Iterator[tuple[str, Hit]]:
    """Yield names that follow from others: vendor and name together, the vendor of one tool, a name without its TLD."""
    of_vendor = Counter(key(tool.vendor) for tool in tools)
    for tool in tools:
        name, vendor = tokens(tool.name), drop_ends(tokens(tool.vendor), LEGAL)
        if vendor and name[: len(vendor)] != vendor:
            yield f"{tool.vendor} {tool.name}", Hit(tool.id, sure=True, form="vendor and name")
        bare, dot, suffix = tool.name.rpartition(".")
        if dot and suffix.isalpha() and len(tokens(bare)) == 1 and not _is_word(tool, bare):
            yield bare, Hit(tool.id, sure=True, form="name without its suffix")
        one_tool = of_vendor[key(tool.vendor)] == 1
        if one_tool and vendor != name and _starts(vendor, name) and len("".join(vendor)) > 2:
            # A tool is called by more than its vendor's one word where that is anybody's: Titan Mail, Influence.co.
            anybodys = len(vendor) == 1 and (tool.word or len(vendor[0]) <= 7)
            yield " ".join(vendor), Hit(tool.id, not anybodys, "vendor")


def _is_word(tool: Tool, bare: str) -> bool:
    """Whether a name without its suffix is only a word: `Data` is no proof of Data.ai, not even as a whole label."""
    return tool.word or len(bare) < _BARE or bare.casefold() in COMMON or _ordinary(bare)


def _starts(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return shorter > 0 and one[:shorter] == other[:shorter]


def _add_sellers(tables: Tables, tools: list[Tool]) -> None:
    tables.sellers.update({name: hit for name, hit in tables.names.items() if hit.form == "name"})
    for tool in tools:
        for form, values in (("descriptor", tool.descriptors), ("legal", tool.legal)):
            for value in values:
                words = seller_words(value)
                bare = " ".join(drop_ends(words, FORMS))
                _put(tables.sellers, " ".join(words), _seller_hit(tool, value, form))
                _put(tables.sellers, bare, _seller_hit(tool, bare, form))
    for name, hit in tables.names.items():
        if hit.form != "product":
            tables.sellers.setdefault(name, hit)
    for word in BORNE:
        if word in tables.sellers:
            tables.sellers[word] = tables.sellers[word]._replace(sure=False)


_OTHER_FORMS = frozenset(SAME_FORM)


def seller_words(text: str) -> tuple[str, ...]:
    """Return the words of a seller's name, its legal form in one way: `Limited` is `ltd`, `S.A.` one word."""
    words = tokens(text)
    if _OTHER_FORMS.isdisjoint(words) and 1 not in map(len, words):
        return words
    found: list[str] = []
    at = 0
    while at < len(words):
        word, form = words[at], 1
        if len(word) <= 2:
            form = next((n for n in (4, 3, 2) if _is_spelt_form(words[at : at + n], n)), 1)
            word = "".join(words[at : at + form])
        found.append(SAME_FORM.get(word, word))
        at += form
    return tuple(found)


def _is_spelt_form(words: tuple[str, ...], length: int) -> bool:
    """Return whether these are the letters of a legal form: `s a`, `g m b h`, `sp z o o`."""
    if len(words) < length or len(words[0]) > 2 or any(len(word) > 2 for word in words):
        return False
    return "".join(words) in FORMS and (len(words[0]) == 1 or words[0] == "sp")


def _seller_hit(tool: Tool, value: str, form: str) -> Hit:
    words = tokens(value)
    return Hit(
        tool.id, not (tool.word and words == tokens(tool.name)) and not (len(words) == 1 and _ordinary(value)), form
    )


def _put(table: dict[str, Hit], name: str, hit: Hit) -> None:
    normal = key(name)
    if normal:
        table.setdefault(normal, hit)


def _join(table: dict[str, Hit], joined: dict[str, str]) -> None:
    """Fill `joined` with the names written without blanks, leaving out what would then mean two tools."""
    forms: defaultdict[str, list[str]] = defaultdict(list)
    for name in table:
        forms[name.replace(" ", "")].append(name)
    for form, names in forms.items():
        if len({table[name].id for name in names}) == 1:
            joined[form] = min(names, key=lambda name: (not table[name].sure, name))


def _add_brands(tables: Tables, tools: list[Tool]) -> None:
    """Fill `brands`, the labels that a look-alike imitates, where the name is no ordinary word.

    They are of the home page, and long ones of the other domains: `google-analytics.com`.
    """
    homes = [(tool, registrable(tool.domains[0])) for tool in tools if tool.domains and not tool.word]
    # Whose whole domain it is comes before whose host lies there.
    for tool, home in sorted(homes, key=lambda one: one[0].domains[0] != one[1]):
        label = home.partition(".")[0] if home else ""
        if len(label) >= 5:
            tables.brands.setdefault(label, tool.id)
    for tool in tools:
        for domain in () if tool.word else tool.domains[1:]:
            label, _, ending = domain.partition(".")
            if len(label) >= _LONG_LABEL and "." not in ending and "#" not in label:
                tables.brands.setdefault(label, tool.id)
