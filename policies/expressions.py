"""What an expression may say, beyond its grammar: known facts, few functions, closed values, bounded work.

The list of functions is closed, so that another engine that knows them can take this one's place, and so that nothing
gets past the check of types (`dyn`), asks whether a fact is there (`has`), or runs without an end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from model.facts import NAMES
from policies.nearest import cut, near
from policies.tokens import NAME, NUMBER, SIGN, STRING, Token

#: Characters of one expression.
LONGEST = 1000

FUNCTIONS = ("size", "int", "double", "string", "duration", "timestamp")
MACROS = ("all", "exists", "exists_one", "filter", "map")
METHODS = (*MACROS, "size", "contains", "startsWith", "endsWith", "matches")
_WORDS = frozenset({"true", "false", "in"})
_REFUSED: Mapping[str, str] = {
    "has": "has() is not allowed: name the fact itself; where it is unknown, the verdict is unknown",
    "dyn": "dyn() is not allowed: it switches the check of types off; int() and double() turn one number into another",
    "type": "type() is not allowed: the type of every fact is declared",
    "null": "null is not allowed: a fact is never null; where it is unknown, the verdict is unknown",
}

#: Fact -> values that it may be compared with, beyond those that the vocabulary closes.
Closed = Mapping[str, Collection[str]]
#: A fault: the offset in the expression, and what to do.
Fault = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the expression's meaning: a fact's whole name, a function, or a token as it is."""

    kind: str
    text: str
    token: Token


FACT, FUNCTION, METHOD, LOCAL = "fact", "function", "method", "local"


def terms(found: list[Token]) -> list[Term]:
    """Return the terms of an expression: names with dots are put together, up to a method that is called on them."""
    local = locals_of(found)
    read: list[Term] = []
    i = 0
    while i < len(found):
        end = _chain_end(found, i)
        token = found[i]
        if token.kind != NAME or token.text in _WORDS:
            read.append(Term(token.kind if token.text != "in" else SIGN, token.text, token))
        elif i and found[i - 1].text == ".":
            read.append(Term(METHOD, token.text, token))
        elif _called(found, i):
            read.append(Term(FUNCTION, token.text, token))
        else:
            name = "".join(t.text for t in found[i:end])
            read.append(Term(LOCAL if token.text in local else FACT, name, token))
            i = end - 1
        i += 1
    return read


def locals_of(found: list[Token]) -> set[str]:
    """Return the variables of macros: s of `.exists(s, ...)`."""
    return {found[i + 2].text for i, t in enumerate(found[:-2]) if t.text in MACROS and found[i + 1].text == "("}


def _chain_end(found: list[Token], start: int) -> int:
    """Return where the names with dots that begin here end; a method that is called is none of them."""
    end = start + 1
    while end + 1 < len(found) and found[end].text == "." and not _called(found, end + 1):
        end += 2
    return end


def _called(found: list[Token], i: int) -> bool:
    return i + 1 < len(found) and found[i + 1].text == "("


def names(read: list[Term]) -> tuple[str, ...]:
    """Return the facts that an expression reads, each once, in order."""
    return tuple(dict.fromkeys(term.text for term in read if term.kind == FACT))


def faults(read: list[Term], closed: Closed) -> Iterator[Fault]:
    """Yield what is wrong with a well-formed expression, in no order."""
    for i, term in enumerate(read):
        at = term.token.at
        if term.text in _REFUSED and term.kind != STRING:
            yield at, _REFUSED[term.text]
        elif term.kind == FACT and term.text not in NAMES:
            yield at, unknown_name(term.text)
        elif term.kind == FUNCTION and term.text not in FUNCTIONS:
            yield at, f"there is no function {term.text}(): there are {', '.join(FUNCTIONS)}"
        elif term.kind == METHOD and term.text not in METHODS:
            yield at, f"there is no .{term.text}: there are {', '.join(f'.{m}()' for m in METHODS)}"
        elif term.text == "!" and i and read[i - 1].text == "!":
            yield at, "two ! in a row cancel out: leave both out"
    yield from _nested(read)
    yield from _mixed(read)
    yield from _strange_values(read, closed)


def unknown_name(name: str) -> str:
    """Return what to do about a fact that does not exist."""
    meant = near(name, NAMES)
    hint = f": did you mean {meant}?" if meant else ": docs/reference/facts.md lists all"
    return f"there is no fact {cut(name)}{hint}"


def _nested(read: list[Term]) -> Iterator[Fault]:
    """Find a macro within a macro: their steps multiply."""
    open_: list[bool] = []
    for i, term in enumerate(read):
        macro = term.kind == METHOD and term.text in MACROS
        if macro and any(open_):
            yield (
                term.token.at,
                f".{term.text}() within another one: their steps multiply; say it side by side",
            )
        if term.kind == SIGN and term.text == "(":
            open_.append(bool(i) and read[i - 1].kind == METHOD and read[i - 1].text in MACROS)
        elif term.kind == SIGN and term.text == ")" and open_:
            open_.pop()


def _mixed(read: list[Term]) -> Iterator[Fault]:
    """Find a list of several kinds of literals: CEL gives up on its type, so that a slip is never found."""
    open_: list[tuple[str, set[str]]] = []
    for term in read:
        if term.kind == SIGN and term.text in "([":
            open_.append((term.text, set()))
        elif term.kind == SIGN and term.text in ")]" and open_:
            open_.pop()
        elif open_ and open_[-1][0] == "[" and (kind := _literal(term)):
            open_[-1][1].add(kind)
            if len(open_[-1][1]) > 1:
                yield term.token.at, "a list holds values of one kind: all in quotes, all whole, or all like 1.0"


def _literal(term: Term) -> str | None:
    if term.kind == NUMBER:
        return "double" if set(term.text.lower()) & set(".e") and "x" not in term.text.lower() else "whole"
    return STRING if term.kind == STRING else "bool" if term.text in {"true", "false"} else None


def _strange_values(read: list[Term], closed: Closed) -> Iterator[Fault]:
    """Find a comparison with a text that the fact never is: it would be silently false for ever."""
    for i, term in enumerate(read):
        if term.kind == SIGN and term.text in {"==", "!="} and 0 < i < len(read) - 1:
            yield from _outside(read[i - 1], [read[i + 1]], closed)
            yield from _outside(read[i + 1], [read[i - 1]], closed)
        elif term.kind == SIGN and term.text == "in" and 0 < i < len(read) - 1:
            yield from _outside(read[i + 1], [read[i - 1]], closed)
            yield from _outside(read[i - 1], _listed(read, i + 1), closed)


def _listed(read: list[Term], start: int) -> list[Term]:
    if read[start].text != "[":
        return []
    end = next((i for i in range(start, len(read)) if read[i].text == "]"), len(read))
    return read[start:end]


def _outside(fact: Term, given: list[Term], closed: Closed) -> Iterator[Fault]:
    values = closed.get(fact.text) or (NAMES[fact.text].values if fact.text in NAMES else ())
    for term in given:
        said = term.token.said()
        if fact.kind == FACT and values and said is not None and said not in values:
            meant = near(said, values)
            hint = f"did you mean {meant!r}?" if meant else f"it is one of {', '.join(sorted(values))}"
            yield term.token.at, f"{fact.text} is never {said!r}: {hint}"


def constants(read: list[Term]) -> Iterator[tuple[int, str, str]]:
    """Yield what types do not tell and a try does: (offset, an expression, what to do where it fails)."""
    for i, term in enumerate(read[:-2]):
        text = read[i + 2].token.text
        if read[i + 1].text != "(" or read[i + 2].kind != STRING:
            continue
        at = read[i + 2].token.at
        if term.text == "duration" and term.kind == FUNCTION:
            yield (
                at,
                f"duration({text}) == duration({text})",
                'no duration: write hours, such as "2160h" for 90 days',
            )
        elif term.text == "timestamp" and term.kind == FUNCTION:
            yield at, f"timestamp({text}) == timestamp({text})", 'no moment: write "2026-06-30T00:00:00Z"'
        elif term.text == "matches":
            yield at, f'"".matches({text}) in [true, false]', "no regular expression (RE2)"


def hint(message: str) -> str:
    """Return what CEL's own message says, in our words for types, with what to do where these do not fit."""
    said = message.replace("google.protobuf.Timestamp", "date").replace("google.protobuf.Duration", "duration")
    if not said.startswith(_NO_OVERLOAD):
        return said
    said = f"types do not fit:{said.removeprefix(_NO_OVERLOAD)}"
    if "double" in said and "int" in said:
        return f"{said}; write a share with a point (1.0), a count without; double(COUNT) makes them one kind"
    return f'{said}; days are compared as now - DATE <= duration("2160h")' if "date" in said else said


_NO_OVERLOAD = "found no matching overload for"
