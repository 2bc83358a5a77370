"""Loads policies and judges facts by them. The only place that knows the CEL library.

Expressions are CEL (github.com/google/cel-spec), checked against the type of every fact when they are loaded. A fact
that is not known is left out of the activation, and CEL's `&&` and `||` absorb what is missing: so a verdict is met,
violated or unknown, and never met by silence. Work is bounded: expressions are short, their loops are not nested (see
`bounds`), regular expressions are RE2, and the library stops an evaluation at its budget, which counts as unknown.
"""

from __future__ import annotations

import copyreg
import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from operator import itemgetter
from pathlib import Path
from typing import Any

from cel_expr_python import cel

from model.facts import NAMES, PYTHON, Attributes, Facts, Known, Type
from policies import bounds, expressions
from policies.loading import load_files
from policies.logic import Kind, Node, skeleton, undecided
from policies.reading import Compile, Faulty
from policies.shape import Expression, Outcome, Pack, Policy, Program, Verdict
from policies.thresholds import Filled, Threshold, filled
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


_NO_THRESHOLDS: Mapping[str, Threshold] = {}
#: Characters of an expression with the values of its thresholds.
_LONGEST_FILLED = 5 * expressions.LONGEST

# --- expressions -----------------------------------------------------------------------------------------------------


def compile_expression(
    text: str, closed: expressions.Closed | None = None, thresholds: Mapping[str, Threshold] = _NO_THRESHOLDS
) -> Expression:
    """Return a checked expression of type BOOL. Raises Faulty with every fault found, by offset.

    `closed` names the values of facts that the vocabulary leaves open, such as the categories of the catalogue.
    `thresholds` are put in by their names.
    """
    whole = _put_in(text, thresholds)
    try:
        return _compiled(whole, text, closed or {})
    except Faulty as error:
        raise Faulty([(whole.back(at), say) for at, say in error.faults]) from None


def _put_in(text: str, thresholds: Mapping[str, Threshold]) -> Filled:
    """Return an expression with its thresholds. Raises Faulty."""
    if len(text) > expressions.LONGEST:
        raise Faulty([(expressions.LONGEST, f"longer than {expressions.LONGEST} characters: make it two policies")])
    try:
        found = tokens(text)
    except Stray as error:
        raise Faulty([(error.at, str(error))]) from None
    if shadowed := expressions.locals_of(found) & {*thresholds}:
        at = next(token.at for token in found if token.text in shadowed)
        raise Faulty([(at, f"{min(shadowed)} is a threshold of the policy: give the variable another name")])
    whole = filled(text, found, thresholds)
    if len(whole.text) > _LONGEST_FILLED:
        raise Faulty([(0, f"longer than {_LONGEST_FILLED} characters with its thresholds: make it two policies")])
    return whole


def _compiled(whole: Filled, written: str, closed: expressions.Closed) -> Expression:
    text = whole.text
    found = tokens(text)
    terms = expressions.terms(found)
    if faults := [*expressions.faults(terms, closed), *bounds.faults(terms)]:
        raise Faulty(faults)
    program = _checked(text)
    if wrong := [(at, say) for at, tried, say in expressions.constants(terms) if _program(tried)(_NOTHING) is None]:
        raise Faulty(wrong)
    tree = skeleton(text, found)
    atoms = {} if _flat(tree) else {atom: _program(atom) for atom in tree.atoms()}
    return Expression(text, expressions.names(terms), written, whole.used, program, tree, atoms)


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


def compiler(categories: Collection[str] = ()) -> Compile:
    """Return what compiles expressions; `categories` are those that `tool.category` may be compared with."""
    closed = {"tool.category": {*categories, ""}} if categories else {}

    def compile_(text: str, thresholds: Mapping[str, Threshold]) -> Expression:
        return compile_expression(text, closed, thresholds)

    return compile_


def load(paths: Iterable[Path] = (PACKS,), categories: Collection[str] = ()) -> Pack:
    """Return the policies of files and folders (`*.yaml`), and what was refused, with place and reason.

    A policy that is refused does not keep the others from being loaded. Of two with one id the first one stays.
    `categories` are the slugs that `tool.category` may be compared with; where none are given, any may stand.
    """
    return load_files(paths, compiler(categories))


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
    bench = Bench(policies)
    for tool, attributes, facts in tools:
        for verdict in bench.judge(values_of(attributes, facts, now)):
            if verdict is not None:
                yield tool, verdict


class Bench:
    """Policies that are judged together. Equal expressions are one, and an expression is asked once for equal values.

    `policies` are those that are judged; `names` are what their expressions and messages read.
    """

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = tuple(policy for policy in policies if policy.mode != "off")
        asked: dict[str, _Asked] = {}
        self._rules = [_Rule(policy, asked) for policy in self.policies]
        self._reads = sorted({name for policy in self.policies for name in policy.reads})
        said = (name for policy in self.policies for name in policy.message.reads)
        self.names = tuple(sorted({*self._reads, *said}))

    def judge(self, values: Values) -> list[Verdict | None]:
        """Return what each policy says of a tool of which `names` have these values, None where it does not apply."""
        subject = _Subject(values, self._reads)
        return [rule.judge(subject) for rule in self._rules]


def values_of(attributes: Attributes, facts: Facts, now: datetime) -> dict[str, object]:
    """Return every word of the vocabulary with its value, None for what is unknown.

    Raises ValueError for a name that is none, and for a moment without a zone.
    """
    values: dict[str, object] = dict(_NONE_KNOWN)
    values["now"] = now
    values.update(attributes)
    values.update([(name, fact.value) for name, fact in facts.items() if type(fact) is Known])
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
#: After so many tools an expression whose answers are found again less often than one in so many keeps them no more.
_TRIED, _WORTH = 1_000, 8


class _Asked:
    """One expression, with what it said of the values that it has met."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression
        self._key = itemgetter(*expression.names) if expression.names else len
        self._known: dict[object, bool | None] = {}
        #: What atoms say -> the names of facts that would settle it. A few conditions have few answers.
        self._open: dict[tuple[bool | None, ...], frozenset[str]] = {}
        self._last: _Subject | None = None
        self._said: bool | None = None
        self._asked = self._hits = 0

    def of(self, subject: _Subject) -> bool | None:
        if subject is not self._last:  # several policies ask the same of one tool
            self._last, self._said = subject, self._evaluated(subject)
        return self._said

    def _evaluated(self, subject: _Subject) -> bool | None:
        if self._asked > _TRIED and self._hits * _WORTH < self._asked:
            return self.expression.program(subject.activation)
        self._asked += 1
        key = self._key(subject.values)
        try:
            found = self._known[key]
        except KeyError:
            found = self.expression.program(subject.activation)
            if len(self._known) < _KEPT:
                self._known[key] = found
            return found
        self._hits += 1
        return found

    def missing(self, subject: _Subject) -> tuple[str, ...]:
        """Return the unknown facts that would settle it; those in a branch that is settled already are left out."""
        expression = self.expression
        absent = tuple([name for name in expression.names if subject.values[name] is None])
        if not expression.atoms or len(absent) < 2:
            return absent
        unknown = {*absent}
        said = tuple([atom.of(subject, unknown) for atom in self._atoms])
        try:
            named = self._open[said]
        except KeyError:
            named = self._open[said] = self._settling(said)
        return tuple([name for name in absent if name in named])

    @functools.cached_property
    def _atoms(self) -> list[_Atom]:
        return [_Atom(text, program) for text, program in self.expression.atoms.items()]

    def _settling(self, said: tuple[bool | None, ...]) -> frozenset[str]:
        """Return what the atoms read that keep the expression unknown where its atoms say this."""
        truth = dict(zip(self.expression.atoms, said, strict=True))
        open_ = {*undecided(self.expression.tree, truth.__getitem__)}
        return frozenset(name for atom in self._atoms if atom.text in open_ for name in atom.names)


class _Atom:
    """One condition of an expression; `strict`: it is unknown wherever a fact is that it reads."""

    def __init__(self, text: str, program: Program) -> None:
        self.text, self.program = text, program
        found = tokens(text)
        self.names = frozenset(expressions.names(expressions.terms(found)))
        self._strict = not any(token.text in _LAZY for token in found)

    def of(self, subject: _Subject, unknown: set[str]) -> bool | None:
        if self._strict and not self.names.isdisjoint(unknown):
            return None
        return self.program(subject.activation)


#: What may leave a part of an atom out, so that an unknown fact in it does not matter.
_LAZY = frozenset({"&&", "||", "?", *expressions.MACROS})


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


def _again(text: str) -> Expression:
    return compile_expression(text)


#: Sent to another process, an expression is compiled there anew.
copyreg.pickle(Expression, lambda expression: (_again, (expression.text,)))


def evidence_of(verdict: Verdict, facts: Facts) -> tuple[str, ...]:
    """Return the keys of the evidence behind a verdict, each once, in the order of the facts that it reads."""
    found = (facts[name] for name in verdict.facts_read if name in facts)
    return tuple(dict.fromkeys(key for fact in found if isinstance(fact, Known) for key in fact.evidence))
