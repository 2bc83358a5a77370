"""Corrections: what people ruled about which tool is which, read from the decisions in force, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from catalog.aliases import Normal, normal
from connectors.masking import mask_cards
from gate import decisions
from gate.audit import Trail
from gate.decisions import Ruling, said
from model.errors import Refused
from model.match import Entry, Matcher, Reading, StringKind
from model.ports import Clock
from model.signal import fold
from scanner.identifying import Corrections, Index, lasting, slug
from scanner.learned import learned
from storage import kept, queries
from storage.store import Store

#: What may be ruled of a merchant.
RULINGS = ("tool", "not-a-tool", "later")


_NOTHING: Mapping[str, str] = MappingProxyType({})


class Strings(Index, Protocol):
    """An index that reads single strings too."""

    def read(self, kind: StringKind, value: str) -> Reading:
        """Say what a string says."""
        ...


def corrections(
    rows: Iterable[dict[str, Any]], current: Mapping[str, str] = _NOTHING, known: Mapping[str, str] = _NOTHING
) -> Corrections:
    """Return what stands of merges, splits and rulings on merchants; of two about one thing the later one.

    `current` gives today's ids of provisional tools by their lasting part: a decision holds whatever a source calls the
    app by now. `known` gives them as well, with those that the catalogue knows by now: what something was ruled to be.
    """
    found = Corrections()
    for row in decisions.in_force(rows):
        about = today(row["object"].partition(":")[2], current)
        detail = {name: today(v, known or current) if name in _TOOLS else v for name, v in row["detail"].items()}
        if row["kind"] == "merge":
            found.merges.pop(about, None)  # the later one of two is also the later one in the order
            found.merges[about] = detail["into"]
            found.said[about] = said(row, f"A person ruled that {about} is {detail['into']}")
        elif row["kind"] == "split":
            found.splits[about] = detail["to"]
            found.said[about] = said(row, f"A person ruled that this is {detail.get('name') or detail['to']}")
        elif row["kind"] == "merchant":
            found.merchants[about] = {"tool": detail.get("tool"), "not-a-tool": "", "later": None}[detail["ruling"]]
            found.said[row["object"]] = said(
                row, f"A person ruled that {about} is {detail['ruling'].replace('-', ' ')}"
            )
        if detail.get("name"):
            found.named[detail.get("to") or detail["tool"]] = detail["name"]
    _break_circles(found)
    return found


#: The fields of a decision that name a tool.
_TOOLS = frozenset({"into", "to", "tool"})


def today(tool: str, current: Mapping[str, str]) -> str:
    """Return the id that a tool of an earlier decision has by now."""
    return current.get(lasting(tool), tool)


def _break_circles(found: Corrections) -> None:
    """Break circles, which would leave no tool at all: the latest decision of one holds, the one before it goes."""
    kept: dict[str, str] = {}
    for tool, into in found.merges.items():
        step = into
        while step in kept and kept[step] != tool:
            step = kept[step]
        kept.pop(step, None)
        if tool != into:
            kept[tool] = into
    found.merges = kept


class Corrector:
    """Records corrections; the caller derives anew afterwards."""

    def __init__(
        self,
        store: Store,
        trail: Trail,
        clock: Clock,
        by: str,
        *,
        catalogued: Callable[[str], bool] = lambda _tool: False,
    ) -> None:
        """`by` is who rules, such as `user:ana`; `catalogued` knows the ids of the catalogue."""
        self._store, self._trail, self._clock, self._by = store, trail, clock, by
        self._catalogued = catalogued

    def merge(self, tool: str, into: str, reason: str) -> int:
        """Rule that two tools are one; return the decision's number. Raises Refused."""
        self._require_tool(tool)
        self._require_known(into)
        if tool == into:
            raise Refused(f"{tool} is {into} already")
        return self._decide(Ruling(kind="merge", about=f"tool:{tool}", detail={"into": into}, reason=reason))

    def split(self, identity: str, to: str | None, name: str | None, reason: str) -> int:
        """Rule that an identity (SOURCE/KEY) is another tool: a known one (`to`), or a new one of that name."""
        if not self._query(lambda c: queries.has_identity(c, identity)):
            raise Refused(
                f"no source names an app {identity!r}: `ostiary tools show ID` lists the identities of a tool"
            )
        if (to is None) == (name is None):
            raise Refused("say either which tool it is (--to ID) or what a new one is called (--name NAME)")
        if to is not None:
            self._require_known(to)
        tool = to or f"own-{slug(str(name))}"
        detail = {"to": tool} | ({"name": name} if name else {})
        return self._decide(Ruling(kind="split", about=f"identity:{identity}", detail=detail, reason=reason))

    def rule_merchant(self, merchant: str, ruling: str, tool: str | None, reason: str) -> int:
        """Rule what a merchant is: a tool (a known id, or a name for a new one), not a tool, or later."""
        if ruling not in RULINGS:
            raise Refused(f"a merchant is one of {', '.join(RULINGS)}, not {ruling!r}")
        merchant = fold(merchant)
        if merchant not in self._query(queries.merchants):
            raise Refused(f"no charge names {merchant!r}: `ostiary spend --unmatched` lists the merchants")
        detail: dict[str, Any] = {"ruling": ruling}
        if ruling == "tool":
            detail |= self._tool_or_new(tool or merchant)
        return self._decide(Ruling(kind="merchant", about=f"merchant:{merchant}", detail=detail, reason=reason))

    def alias(
        self,
        kind: str,
        value: str,
        tool: str,
        reason: str | None,
        *,
        index: Strings,
        domains: Collection[str] = (),
        force: bool = False,
    ) -> int:
        """Rule that a string (of a kind that `identify` takes) is a tool, now and whenever it comes again.

        `domains` are the company's own. `force` rules against what is known for sure, and needs a reason. Raises
        Refused.
        """
        if kind not in {*StringKind}:
            raise Refused(f"a kind is one of {', '.join(StringKind)}, not {kind!r}")
        self._require_known(tool)
        value = mask_cards(value)
        found = normal(StringKind(kind), value)
        if found is None:
            raise Refused(_NO_ALIAS.get(StringKind(kind), f"{value!r} holds nothing to know it by as {kind}"))
        if force and not (reason or "").strip():
            raise Refused("--force rules against what is known: say why with --reason TEXT")
        rows = all_decisions(self._store)
        _refuse_ruled(found, corrections(rows))
        reading = learned(rows, index).over(StringKind(kind), value, index.read(StringKind(kind), value))
        against = _objection(found, tool, reading, domains)
        if against and (not force or _is_it(reading, tool)):
            raise Refused(against)
        called = index.entry(tool) or self._query(lambda c: queries.tool_name(c, tool))
        name = called.name if isinstance(called, Entry) else str(called or tool)
        detail = {"kind": found[0].value, "value": found[1], "tool": tool, "called": name}
        about = f"alias:{found[0]}:{found[1]}"
        return self._decide(Ruling(kind="alias", about=about, detail=detail, reason=reason or _LEARNED))

    def noise(self, tool: str, *, noise: bool, reason: str) -> int:
        """Rule that a tool is noise, or that it is none, whatever the rules say. Raises Refused."""
        self._require_tool(tool)
        return self._decide(Ruling(kind="noise", about=f"tool:{tool}", detail={"noise": noise}, reason=reason))

    def undo(self, number: int, reason: str) -> int:
        """Take a decision back, by a decision of its own."""
        return self._decide(Ruling(kind="undo", about=f"decision:{number}", detail={}, reason=reason))

    def _tool_or_new(self, tool: str) -> dict[str, str]:
        if self._catalogued(tool) or self._query(lambda c: queries.has_tool(c, tool)):
            return {"tool": tool}
        return {"tool": f"own-{slug(tool)}", "name": tool}

    def _require_tool(self, tool: str) -> None:
        if not self._query(lambda c: queries.has_tool(c, tool)):
            raise Refused(f"there is no tool {tool!r}: `ostiary tools` lists their ids")

    def _require_known(self, tool: str) -> None:
        if not self._catalogued(tool):
            self._require_tool(tool)

    def _query(self, ask: Any) -> Any:
        with self._store.read() as connection:
            return ask(connection)

    def _decide(self, ruling: Ruling) -> int:
        with self._store.write() as connection:
            return decisions.decide(connection, self._trail, ruling, by=self._by, at=self._clock.now())


_LEARNED = "Learned as an alias; no further reason was given."
_NO_HOST = "that leads to no public host: an address, an internal name or a public suffix can be no alias"
_NO_ALIAS = dict.fromkeys(
    (
        *(StringKind.DOMAIN, StringKind.URL, StringKind.SCRIPT_HOST, StringKind.REDIRECT_URI),
        *(StringKind.DNS_CNAME, StringKind.DNS_SPF),
    ),
    _NO_HOST,
)
#: From here on what was found by a name alone is no guess.
_SURE = 0.9
_GUESSED = frozenset({Matcher.NAME, Matcher.VENDOR, Matcher.DESCRIPTOR})


def _is_it(reading: Reading, tool: str) -> bool:
    return reading.match is not None and reading.match.entry.id == tool


def _refuse_ruled(found: Normal, ruled: Corrections) -> None:
    """Raise Refused where a ruling on the merchant would stand before the alias."""
    merchant = found[1] if found[0] is StringKind.CARD_DESCRIPTOR else None
    if merchant is not None and ruled.merchants.get(merchant) is not None:
        raise Refused(f"{ruled.said[f'merchant:{merchant}']} Undo that first: `ostiary review undo N --reason TEXT`")


def _objection(found: Normal, tool: str, reading: Reading, domains: Collection[str]) -> str | None:
    """Return what is known for sure against an alias, or None."""
    match, force = reading.match, "--force with a reason rules otherwise"
    if match is not None and (match.confidence >= _SURE or match.matcher not in _GUESSED):
        return f"it is {tool} already: {match.why}" if match.entry.id == tool else f"{match.why} {force}"
    if reading.imitates is not None:
        return f"{reading.why} {force}"
    own = next(
        (d for d in domains if found[0] is StringKind.DOMAIN and f".{d.casefold()}".endswith(f".{found[1]}")), None
    )
    return own and f"{own} is a domain of the company: all that lies on it would be {tool}; {force}"


def all_decisions(store: Store) -> list[dict[str, Any]]:
    """Return all decisions, in order."""
    with store.read() as connection:
        return kept.decisions(connection)
