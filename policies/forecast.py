"""The table of the integration forecast as data: points, drivers, questions, and the settings that hold for all."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from model.fact import ASKED
from model.facts import NAMES, VOCABULARY
from policies.documents import Node, Place, Scalar
from policies.engine import compile_expression
from policies.reading import Faulty
from policies.shape import Expression, Refusal
from policies.tables import Checker, Row

#: The table that comes with the program.
TABLE = Path(__file__).parent / "forecast.yaml"
#: Whose day rate a point is counted at.
ROLES = ("it", "data", "privacy", "crm", "app_team")
KINDS = ("yes_no", "count")
#: What a tool may have to be tied to.
NEEDS = VOCABULARY["integration.needs"].values
#: The settings beside the rates, with the least and the most that each may be.
SETTINGS: Mapping[str, tuple[Fraction, Fraction]] = {
    "hours_a_day": (Fraction(1), Fraction(24)),
    "overhead": (Fraction(0), Fraction(5)),
    "correlation": (Fraction(0), Fraction(1)),
    "range": (Fraction(1, 10), Fraction(99, 100)),
    "run_low": (Fraction(0), Fraction(1)),
    "run_high": (Fraction(1), Fraction(10)),
    "widening": (Fraction(1), Fraction(3)),
    "stop": (Fraction(1), Fraction(10)),
}
_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition over an answer: `above` a count, or `wanted` yes or no; unknown where nobody answered.

    `named` makes no of what nobody answered: what a request does not name, it does not want.
    """

    question: str
    above: int | None = None
    wanted: bool = True
    named: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which all, or any one, must hold, in three-valued logic."""

    every: bool
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """An expression that counts only where it is known to hold: what is not known is no."""

    expression: Expression


Condition = Expression | Asked | Joined | Seen


@dataclass(frozen=True, slots=True)
class Level:
    """A factor that counts where a condition holds; `because` is what the sentence then says of the point."""

    factor: Fraction
    when: Condition
    because: str = ""


@dataclass(frozen=True, slots=True)
class Each:
    """Counts: `plus` for every `step` (also one that is begun) of an answer beyond a number."""

    question: str
    beyond: int
    step: int
    plus: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What makes a point more or less: the first of `levels` that holds, or a count. `ask` says what is open."""

    ask: str
    who: str
    levels: tuple[Level, ...] = ()
    each: Each | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to be integrated: hours of one tool, all sides together, without overhead."""

    id: str
    title: str
    because: str
    applies: Condition
    low: Fraction
    likely: Fraction
    high: Fraction
    role: str
    run: Fraction
    exists: Condition | None = None
    drivers: tuple[Driver, ...] = ()
    most: Fraction | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What no fact holds; `found` is the answer for a tool that is in use already, None where there is none."""

    id: str
    kind: str
    ask: str
    found: bool | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a file says; with a fault in it there are no points, but the faults with their places."""

    points: tuple[Point, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)
    rates: Mapping[str, Fraction] = field(default_factory=dict)
    settings: Mapping[str, Fraction] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()
    file: str = ""


def answer(question: Question, text: str) -> bool | int:
    """Return the answer that is written: yes or no, or a whole number. Raises ValueError that says how to write it."""
    if question.kind == "yes_no":
        found = {"yes": True, "no": False, "true": True, "false": False}.get(text.strip().casefold())
        if found is None:
            raise ValueError(f"{question.id} is yes or no")
        return found
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        raise ValueError(f"{question.id} is a whole number")
    return int(text)


def load_table(path: Path = TABLE, categories: Collection[str] = ()) -> Table:
    """Return the table of a file. `categories` are the slugs of the catalogue; where none are given, any may stand."""
    return _Reader(path, categories).read()


class _Reader:
    """Reads one file; faults are collected by its checker."""

    def __init__(self, path: Path, categories: Collection[str]) -> None:
        self._checker, self._path = Checker(path), path
        self._closed = {"tool.category": {*categories, ""}} if categories else {}
        self._questions: dict[str, Question] = {}

    def read(self) -> Table:
        node = self._checker.whole()
        parts = ("settings", "points", "questions")
        row = {} if node is None else self._checker.row(node, "the file", parts[:2], parts[2:])
        for item in self._checker.items(row, "questions"):
            self._question(item)
        points = [self._point(item) for item in self._checker.items(row, "points")]
        self._once(points)
        rates, settings = self._settings(row)
        refused = tuple(sorted(self._checker.refused))
        if refused:
            return Table(refused=refused, file=str(self._path))
        return Table(
            points=tuple(points),
            questions=self._questions,
            rates=rates,
            settings=settings,
            file=str(self._path),
        )

    def _once(self, points: list[Point]) -> None:
        ids = [point.id for point in points]
        for at, point in enumerate(points):
            if point.id and point.id in ids[:at]:
                self._checker.fault(
                    Place(point.line, 1), f"there is a point {point.id} above: give this one another id"
                )

    def _settings(self, row: Row) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
        if "settings" not in row:
            return {}, {}
        given = self._checker.row(row["settings"][1], "settings", ("rates", *SETTINGS))
        rates = self._checker.row(given["rates"][1], "rates", ROLES) if "rates" in given else {}
        paid = {role: self._checker.decimal(rates, role) or Fraction(1) for role in ROLES}
        found = {name: self._checker.decimal(given, name, above_zero=False) for name in SETTINGS}
        for name, value in found.items():
            if value is not None and (wrong := out_of_bounds(name, value)):
                self._checker.fault(given[name][1].place, wrong)
        return paid, {name: value for name, value in found.items() if value is not None}

    def _question(self, node: Node) -> None:
        row = self._checker.row(node, "a question", ("id", "kind", "ask"), ("found",))
        name, kind = self._id(row), self._checker.word_of(row, "kind", KINDS)
        question = Question(name, kind, self._checker.text(row, "ask"))
        if "found" in row and kind:
            try:
                question = Question(name, kind, question.ask, answer(question, self._checker.text(row, "found")))
            except ValueError as error:
                self._checker.fault(row["found"][1].place, str(error))
        if name in self._questions:
            self._checker.fault(node.place, f"there is a question {name} above: give this one another id")
        self._questions[name] = question

    def _id(self, row: Row) -> str:
        name = self._checker.text(row, "id")
        if name and not _ID.fullmatch(name):
            self._checker.fault(row["id"][1].place, "an id is small letters, digits and underscores, such as way_out")
        return name

    def _point(self, node: Node) -> Point:
        required = ("id", "title", "because", "applies", "hours", "role", "run")
        row = self._checker.row(node, "a point", required, ("exists", "drivers", "most"))
        low, likely, high = self._hours(row)
        return Point(
            id=self._id(row),
            title=self._checker.text(row, "title"),
            because=self._because(row),
            applies=self._of(row, "applies") or _ALWAYS,
            exists=self._of(row, "exists"),
            low=low,
            likely=likely,
            high=high,
            role=self._checker.word_of(row, "role", ROLES),
            run=self._checker.decimal(row, "run", above_zero=False) or Fraction(0),
            drivers=tuple(self._driver(item) for item in self._checker.items(row, "drivers")),
            most=self._checker.decimal(row, "most"),
            line=node.place.line,
        )

    def _hours(self, row: Row) -> tuple[Fraction, Fraction, Fraction]:
        cells = [{"hours": (item.place, item)} for item in self._checker.items(row, "hours")]
        found = [self._checker.decimal(cell, "hours") for cell in cells]
        values = [value for value in found if value is not None]
        if "hours" in row and (len(values) != 3 or values != sorted(values)):
            self._checker.fault(row["hours"][1].place, "hours are three numbers: low, likely and high, in this order")
            return Fraction(1), Fraction(1), Fraction(1)
        return (values[0], values[1], values[2]) if values else (Fraction(1), Fraction(1), Fraction(1))

    def _driver(self, node: Node) -> Driver:
        row = self._checker.row(node, "a driver", ("ask", "who"), ("factor", "when", "because", "levels", *_EACH))
        forms = [form for form in ("factor", "levels", "each") if form in row]
        if row and len(forms) != 1:
            self._checker.fault(node.place, "a driver has one of factor (with when), levels and each")
        level = (self._level(node, ("ask", "who")),) if forms == ["factor"] else ()
        levels = tuple(self._level(item) for item in self._checker.items(row, "levels"))
        who = self._checker.word_of(row, "who", ASKED)
        return Driver(ask=self._checker.text(row, "ask"), who=who, levels=level or levels, each=self._each(row))

    def _level(self, node: Node, beside: Collection[str] = ()) -> Level:
        row = self._checker.row(node, "a level", ("factor", "when"), ("because", *beside))
        factor = self._checker.decimal(row, "factor") or Fraction(1)
        return Level(factor, self._of(row, "when") or _ALWAYS, self._because(row))

    def _each(self, row: Row) -> Each | None:
        if "each" not in row:
            return None
        missing = [key for key in _EACH if key not in row]
        if missing:
            self._checker.fault(row["each"][0], f"missing beside each: {', '.join(missing)}")
            return None
        question = self._checker.word(row["each"][1], "question", self._questions)
        beyond, step = self._checker.count(row, "beyond") or 0, self._checker.count(row, "step", 1) or 1
        self._kind(question, "count", row["each"][1].place)
        return Each(question, beyond, step, self._checker.decimal(row, "plus") or Fraction(0))

    def _because(self, row: Row) -> str:
        text = self._checker.text(row, "because")
        for name in _BRACES.findall(text):
            if name not in NAMES and name not in self._questions:
                self._checker.fault(row["because"][1].place, f"because: there is no fact and no question {name}")
        return text

    # --- conditions --------------------------------------------------------------------------------------------------

    def _of(self, row: Row, key: str) -> Condition | None:
        return self._condition(row[key][1]) if key in row else None

    def _condition(self, node: Node) -> Condition:
        if isinstance(node, Scalar):
            return self._expression(node)
        row = self._checker.row(node, "a condition", (), ("any", "all", "asked", "named", "seen", "is", "above"))
        forms = [form for form in ("any", "all", "asked", "named", "seen") if form in row]
        if len(forms) != 1:
            self._checker.fault(
                node.place, "a condition is an expression, or has one of any, all, asked, named and seen"
            )
            return _ALWAYS
        if forms[0] in {"any", "all"}:
            return Joined(forms[0] == "all", tuple(map(self._condition, self._checker.items(row, forms[0]))))
        if forms[0] == "seen":
            return self._seen(row["seen"][1])
        return self._asked(row, forms[0])

    def _seen(self, node: Node) -> Condition:
        if not isinstance(node, Scalar):
            self._checker.fault(node.place, "seen has an expression")
            return _ALWAYS
        found = self._expression(node)
        return Seen(found) if isinstance(found, Expression) else found

    def _asked(self, row: Row, form: str) -> Condition:
        node = row[form][1]
        question = self._checker.word(node, "question", self._questions)
        above = self._checker.count(row, "above")
        if form == "named":
            count = question in self._questions and self._questions[question].kind == "count"
            return Asked(question, above=0 if count else None, named=True)
        if above is not None:
            self._kind(question, "count", node.place)
            return Asked(question, above=above)
        if "is" not in row:
            self._checker.fault(node.place, "asked has is (yes or no) or above beside it")
        self._kind(question, "yes_no", node.place)
        return Asked(question, wanted=self._checker.word_of(row, "is", ("yes", "no")) == "yes")

    def _kind(self, question: str, kind: str, place: Place) -> None:
        if question in self._questions and self._questions[question].kind != kind:
            self._checker.fault(place, f"the question {question} is not of kind {kind}")

    def _expression(self, node: Scalar) -> Condition:
        try:
            return compile_expression(node.text.strip(), self._closed)
        except Faulty as error:
            skipped = len(node.text) - len(node.text.lstrip())
            for at, message in error.faults:
                self._checker.fault(node.at(at + skipped), message)
            return _ALWAYS


_ALWAYS: Condition = Joined(every=True, parts=())
_EACH = ("each", "beyond", "step", "plus")


def out_of_bounds(name: str, value: Fraction) -> str | None:
    """Return what is wrong with the value of a setting, or None."""
    least, most = SETTINGS[name]
    return None if least <= value <= most else f"{name} is between {float(least):g} and {float(most):g}"


#: Asks a condition of a tool: True, False, or None for unknown.
Ask = Callable[[Expression], bool | None]


def holds(condition: Condition, ask: Ask, answers: Mapping[str, bool | int]) -> bool | None:
    """Return whether a condition holds, None where that is unknown; `ask` says what an expression is."""
    if isinstance(condition, Joined):
        found = [holds(part, ask, answers) for part in condition.parts]
        if (not condition.every) in found:
            return not condition.every
        return None if None in found else condition.every
    if isinstance(condition, Asked):
        given = answers.get(condition.question)
        if given is None:
            return False if condition.named else None
        return given > condition.above if condition.above is not None else bool(given) == condition.wanted
    if isinstance(condition, Seen):
        return ask(condition.expression) is True
    return ask(condition)


def reads(condition: Condition | None) -> Iterator[str]:
    """Yield the facts and questions that a condition reads."""
    if isinstance(condition, Joined):
        for part in condition.parts:
            yield from reads(part)
    elif isinstance(condition, Asked):
        yield condition.question
    elif isinstance(condition, Seen):
        yield from condition.expression.names
    elif condition is not None:
        yield from condition.names
