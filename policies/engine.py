"""Loads policies and judges facts by them. The only place that knows the CEL library.

Expressions are CEL (github.com/google/cel-spec), checked against the type of every fact when they are loaded. A fact
that is not known is left out of the activation, and CEL's `&&` and `||` absorb what is missing: so a verdict is met,
violated or unknown, and never met by silence. Work is bounded: expressions are short, their loops are not nested,
regular expressions are RE2, and the library stops an evaluation at its budget of steps, which counts as unknown.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from operator import itemgetter
from pathlib import Path
from typing import Any

from cel_expr_python import cel

from model.facts import NAMES, PYTHON, Attributes, Facts, Known, Type
from policies import expressions
from policies.documents import Unreadable, documents, read_text
from policies.logic import Kind, Node, skeleton, undecided
from policies.reading import Faulty, read_policy
from policies.shape import Expression, Outcome, Pack, Policy, Program, Refusal, Verdict
from policies.tokens import Stray, tokens

#: The policies that come with the program.
PACKS = Path(__file__).parent / "packs"

_TYPES: Mapping[Type, cel.Type] = {
    Type.BOOL: cel.Type.BOOL,
    Type.INT: cel.Type.INT,
    Type.FLOAT: cel.Type.DOUBLE,
    Type.MONEY: cel.Type.INT,
    Type.DATE: cel.Type.TIMESTAMP,
    Type.MOMENT: cel.Type.TIMESTAMP,
    Type.DURATION: cel.Type.DURATION,
    Type.STRING: cel.Type.STRING,
    Type.ENUM: cel.Type.STRING,
    Type.LIST: cel.Type.List(cel.Type.STRING),
}
_ENVIRONMENT = cel.NewEnv(variables={name: _TYPES[fact.type] for name, fact in NAMES.items()})
_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")

#: The values of one tool by the names of facts and attributes; None for what is unknown.
Values = Mapping[str, object]


# --- expressions -----------------------------------------------------------------------------------------------------


def compile_expression(text: str, closed: expressions.Closed | None = None) -> Expression:
    """Return a checked expression of type BOOL. Raises Faulty with every fault found, by offset.

    `closed` names the values of facts that the vocabulary leaves open, such as the categories of the catalogue.
    """
    if len(text) > expressions.LONGEST:
        raise Faulty([(expressions.LONGEST, f"longer than {expressions.LONGEST} characters: make it two policies")])
    try:
        found = tokens(text)
    except Stray as error:
        raise Faulty([(error.at, str(error))]) from None
    terms = expressions.terms(found)
    if faults := list(expressions.faults(terms, closed or {})):
        raise Faulty(faults)
    program = _checked(text)
    if wrong := [(at, say) for at, tried, say in expressions.constants(terms) if _program(tried)(_NOTHING) is None]:
        raise Faulty(wrong)
    tree = skeleton(text, found)
    atoms = {} if _flat(tree) else {atom: _program(atom) for atom in tree.atoms()}
    return Expression(text, expressions.names(terms), program, tree, atoms)


def _checked(text: str) -> Program:
    try:
        compiled = _ENVIRONMENT.compile(text)
    except RuntimeError as error:
        raise Faulty(_faults(text, str(error))) from None
    if compiled.return_type() != cel.Type.BOOL:
        said = compiled.return_type().name().rpartition(".")[2].lower()
        raise Faulty([(0, f"this is a value of type {said}, not true or false: compare it with something")])
    return _runner(compiled)


def _faults(text: str, message: str) -> list[expressions.Fault]:
    """Return what the library says against an expression, with offsets."""
    begins = [0, *(match.end() for match in re.finditer("\n", text))]
    found = [(begins[int(line) - 1] + int(column) - 1, said) for line, column, said in _ERROR.findall(message)]
    return [(at, expressions.hint(said)) for at, said in found] or [(0, "nested too deeply: make it two policies")]


def _program(text: str) -> Program:
    return _runner(_ENVIRONMENT.compile(text))


def _runner(compiled: cel.Expression) -> Program:
    """Return the program of an expression; an error of any kind, a fact left out above all, is None."""
    evaluate = compiled.eval

    def run(activation: object) -> bool | None:
        try:
            value = evaluate(activation).value()
        except RuntimeError:
            return None
        return value if type(value) is bool else None

    return run


def _flat(tree: Node) -> bool:
    """Return whether all unknown facts of an unknown expression count: plain conditions, joined in one way."""
    return all(not part.parts for part in tree.parts) and tree.kind in {Kind.ATOM, Kind.AND, Kind.OR}


_NOTHING = _ENVIRONMENT.Activation({})


# --- loading ---------------------------------------------------------------------------------------------------------


def load(paths: Iterable[Path] = (PACKS,), categories: Collection[str] = ()) -> Pack:
    """Return the policies of files and folders (`*.yaml`), and what was refused, with place and reason.

    A policy that is refused does not keep the others from being loaded. Of two with one id the first one stays.
    `categories` are the slugs that `tool.category` may be compared with; where none are given, any may stand.
    """
    closed = {"tool.category": {*categories, ""}} if categories else {}
    compile_ = functools.partial(compile_expression, closed=closed)
    found: dict[str, Policy] = {}
    refused: list[Refusal] = []
    for path in _files(paths):
        for policy in _read(path, compile_):
            if isinstance(policy, Refusal):
                refused.append(policy)
            elif policy.id in found:
                first = found[policy.id]
                text = f"the id {policy.id} is taken by {first.file}:{first.line}: give this policy one of its own"
                refused.append(Refusal(policy.file, policy.line, 1, text, policy.id))
            else:
                found[policy.id] = policy
    return Pack(tuple(found.values()), tuple(refused))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _read(path: Path, compile_: Callable[[str], Expression]) -> Iterator[Policy | Refusal]:
    try:
        text = read_text(path)
    except Unreadable as error:
        yield Refusal(str(path), error.place.line, error.place.column, str(error))
        return
    except OSError as error:
        yield Refusal(str(path), 1, 1, f"cannot be read: {error.strerror}")
        return
    for node in documents(text):
        if isinstance(node, Unreadable):
            yield Refusal(str(path), node.place.line, node.place.column, str(node))
            continue
        policy = read_policy(node, str(path), path.stem, compile_)
        yield from [policy] if isinstance(policy, Policy) else policy


# --- judging ---------------------------------------------------------------------------------------------------------


def judge(policy: Policy, attributes: Attributes, facts: Facts, now: datetime) -> Verdict | None:
    """Return what a policy says of a tool; None where it does not apply. Raises ValueError where a value cannot be."""
    return _Rule(policy, {}).judge(_Subject(values_of(attributes, facts, now), policy.reads))


def evaluate(expression: Expression, attributes: Attributes, facts: Facts, now: datetime) -> bool | None:
    """Return what one expression says of a tool, None for unknown. Raises ValueError where a value cannot be."""
    return _Asked(expression).of(_Subject(values_of(attributes, facts, now), expression.names))


def judge_all(
    policies: Sequence[Policy], tools: Iterable[tuple[str, Attributes, Facts]], now: datetime
) -> Iterator[tuple[str, Verdict]]:
    """Yield (tool id, verdict) of every tool and every policy that applies, or may apply, to it, in order.

    Policies that are off are left out. What an expression says follows from the values that it reads: it is evaluated
    where these differ from all before. Raises as `judge` does.
    """
    asked: dict[str, _Asked] = {}
    rules = [_Rule(policy, asked) for policy in policies if policy.mode != "off"]
    reads = sorted({name for rule in rules for name in rule.policy.reads})
    for tool, attributes, facts in tools:
        subject = _Subject(values_of(attributes, facts, now), reads)
        for rule in rules:
            verdict = rule.judge(subject)
            if verdict is not None:
                yield tool, verdict


def values_of(attributes: Attributes, facts: Facts, now: datetime) -> dict[str, object]:
    """Return every word of the vocabulary with its value, None for what is unknown.

    Raises ValueError for a name that is none, and for a moment without a zone.
    """
    values: dict[str, object] = dict(_NONE_KNOWN)
    values["now"] = now
    values.update(attributes)
    values.update({name: fact.value for name, fact in facts.items() if isinstance(fact, Known)})
    if len(values) != len(_NONE_KNOWN) or now.tzinfo is None:
        strange = sorted(set(values) - set(NAMES)) or ["now, which has no time zone,"]
        raise ValueError(f"{', '.join(strange)}: no word of the vocabulary; see model/facts.py")
    return values


_NONE_KNOWN: Mapping[str, None] = dict.fromkeys(NAMES)


class _Subject:
    """One tool while it is judged; its activation is made once, where one is needed."""

    def __init__(self, values: Values, reads: Iterable[str]) -> None:
        self.values, self._reads = values, reads

    @functools.cached_property
    def activation(self) -> cel.Activation:
        known: dict[str, object] = {}
        for name in self._reads:
            value = self.values[name]
            if value is not None:
                kind, convert = _TO_CEL[name]
                if type(value) is not kind:
                    raise ValueError(f"{name} is of type {NAMES[name].type} and cannot be a {type(value).__name__}")
                known[name] = convert(value) if convert else value
        return _ENVIRONMENT.Activation(known)


@functools.lru_cache(maxsize=4096)  # days recur
def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


_CONVERTED: Mapping[Type, Callable[[Any], object]] = {Type.DATE: _midnight, Type.LIST: list}
#: Name -> (type of its values in Python, what turns them into what the library takes; None where nothing does).
_TO_CEL = {name: (PYTHON[fact.type], _CONVERTED.get(fact.type)) for name, fact in NAMES.items()}
#: So many answers of one expression are kept: enough for one run, and an end to memory in a long one.
_KEPT = 20_000


class _Asked:
    """One expression, with what it said of the values that it has met."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression
        self._key = itemgetter(*expression.names) if expression.names else len
        self._known: dict[object, bool | None] = {}

    def of(self, subject: _Subject) -> bool | None:
        key = self._key(subject.values)
        try:
            return self._known[key]
        except KeyError:
            found = self.expression.program(subject.activation)
            if len(self._known) < _KEPT:
                self._known[key] = found
            return found

    def missing(self, subject: _Subject) -> tuple[str, ...]:
        """Return the unknown facts that would settle it; those in a branch that is settled already are left out."""
        expression = self.expression
        absent = tuple([name for name in expression.names if subject.values[name] is None])
        if not expression.atoms or len(absent) < 2:
            return absent
        open_ = " ".join(undecided(expression.tree, lambda atom: expression.atoms[atom](subject.activation)))
        named = expressions.names(expressions.terms(tokens(open_)))
        return tuple([name for name in absent if name in named])


class _Rule:
    """One policy while tools are judged; rules with equal expressions share what those have said."""

    def __init__(self, policy: Policy, asked: dict[str, _Asked]) -> None:
        self.policy = policy
        self._applies, self._require = (
            asked.setdefault(expression.text, _Asked(expression)) for expression in (policy.applies, policy.require)
        )
        self._met = Verdict(policy.id, Outcome.MET, policy.reads, (), "", queued=False)
        self._unknown = functools.lru_cache(maxsize=256)(self._unsaid)

    def judge(self, subject: _Subject) -> Verdict | None:
        applies = self._applies.of(subject)
        if applies is False:
            return None
        if applies is None:
            return self._unknown(self._applies.missing(subject), queued=False)
        met = self._require.of(subject)
        if met:
            return self._met
        if met is None:
            return self._unknown(self._require.missing(subject), queued=True)
        message = self.policy.message.said(subject.values)
        return Verdict(self.policy.id, Outcome.VIOLATED, self.policy.reads, (), message, queued=True)

    def _unsaid(self, missing: tuple[str, ...], *, queued: bool) -> Verdict:
        what = "cannot be judged" if queued else "may apply"
        why = f"{', '.join(missing)} unknown" if missing else "the expression fails on these values"
        return Verdict(self.policy.id, Outcome.UNKNOWN, self.policy.reads, missing, f"{what}: {why}", queued)


def evidence_of(verdict: Verdict, facts: Facts) -> tuple[str, ...]:
    """Return the keys of the evidence behind a verdict, each once, in the order of the facts that it reads."""
    found = (facts[name] for name in verdict.facts_read if name in facts)
    return tuple(dict.fromkeys(key for fact in found if isinstance(fact, Known) for key in fact.evidence))
