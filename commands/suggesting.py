"""Candidates: what an unknown name may be, each with the one command that accepts it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from catalog.aliases import Aliases
from catalog.identify import identify_line
from catalog.index import Index
from catalog.suggest import Candidate, Suggester
from model.match import StringKind
from model.signal import AppIdentity

_NO_ALIASES = Aliases()
#: So many candidates are shown of one name.
_SHOWN = 5


@lru_cache(maxsize=1)
def suggester(index: Index) -> Suggester:
    """Return what finds candidates in an index, made once."""
    return Suggester(index.tables)


def answers(lines: Iterable[bytes], index: Index, aliases: Aliases = _NO_ALIASES) -> Iterator[dict[str, Any]]:
    """Yield the answers of `ostiary identify` with `candidates` beside them: none where a tool is identified."""
    for line in lines:
        if line.strip():
            answer = identify_line(index, line, aliases)
            yield answer | {"candidates": [] if _is_settled(answer) else _candidates(json.loads(line), index)}


def _is_settled(answer: dict[str, Any]) -> bool:
    return answer["tool_id"] is not None or answer["why"].startswith("error: ")


def _candidates(asked: dict[str, Any], index: Index) -> list[dict[str, Any]]:
    kind, value = StringKind(asked["kind"]), asked["value"]

    def accept(found: Candidate) -> str:
        return f"ostiary catalog alias {shlex.quote(value)} {found.tool_id} --kind {kind.value} --reason TEXT"

    genuine = index.read(kind, value).imitates
    return _rows(suggester(index).suggest(kind, value, _SHOWN), genuine, accept)


def of_tool(tool: dict[str, Any], index: Index) -> list[dict[str, Any]]:
    """Return the candidates of a provisional tool, as `tools show` has it: by all its names, the likeliest first.

    What it imitates is none of them: a look-alike is to be looked at, not to be taken for the genuine tool.
    """
    best: dict[str, Candidate] = {}
    for named in tool["identities"]:
        for found in suggester(index).suggest_app(AppIdentity(**named["app"]), _SHOWN):
            if found.tool_id not in best or found.score > best[found.tool_id].score:
                best[found.tool_id] = found
    ranked = sorted(best.values(), key=lambda c: (-c.score, c.tool.casefold(), c.tool_id))
    genuine = {named["imitates"] for named in tool["identities"]}
    known = [c for c in ranked if c.tool not in genuine]
    return _rows(known[:_SHOWN], None, lambda c: f"ostiary review merge {tool['id']} {c.tool_id} --reason TEXT")


def of_merchant(merchant: str, index: Index) -> list[dict[str, Any]]:
    """Return what a merchant of unmatched money may be, the likeliest first."""
    found = suggester(index).suggest(StringKind.CARD_DESCRIPTOR, merchant, _SHOWN)
    rule = f"ostiary spend rule {shlex.quote(merchant)} tool --tool"
    return _rows(found, None, lambda c: f"{rule} {c.tool_id} --reason TEXT")


def _rows(found: Iterable[Candidate], genuine: str | None, accept: Callable[[Candidate], str]) -> list[dict[str, Any]]:
    return [one._asdict() | {"accept": accept(one)} for one in found if one.tool != genuine]
