"""One point of the integration forecast: whether a tool needs it, what makes it more or less, and what it costs.

All money is integer millionths; a point's mean and spread are rounded once, half to even.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from statistics import NormalDist
from typing import Any

from model.facts import Attributes, Facts, Known
from policies.engine import evaluate
from policies.forecast import SETTINGS, Driver, Point, Table, holds, out_of_bounds, reads
from policies.shape import Expression

MICROS = 1_000_000
#: What a point may be: costed, or not.
NEEDED, ASSUMED, EXISTS, UNNEEDED, STRUCK = "needed", "assumed", "exists", "not needed", "struck out"
#: Where a value came from that was said with the forecast itself.
GIVEN = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for all points: day rates in millionths by role, and the numbers of `policies.forecast.SETTINGS`.

    `unset` names those that the company never set, so that the examples of the file stand in for them.
    """

    rates: Mapping[str, int]
    values: Mapping[str, Fraction]
    currency: str | None = None
    unset: tuple[str, ...] = ()

    def an_hour(self, role: str) -> Fraction:
        """Return the rate of an hour in millionths."""
        return Fraction(self.rates[role]) / self.values["hours_a_day"]

    @property
    def deviations(self) -> Fraction:
        """How many spreads the ends of the range stand from its middle: 1.28 for the 10th to the 90th percentile."""
        return Fraction(round(NormalDist().inv_cdf(float(1 + self.values["range"]) / 2) * 100), 100)


def an_hour_with_overhead(held: Settings, role: str) -> Fraction:
    """Return what an hour of work costs with the overhead, in millionths."""
    return held.an_hour(role) * (1 + held.values["overhead"])


def settings(table: Table, given: Mapping[str, Any], currency: str | None) -> Settings:
    """Return the settings of a table with those that the company sets: `rates` by role, and others by name.

    Raises ValueError that names the key.
    """
    values, rates = dict(table.settings), {role: _micros(rate) for role, rate in table.rates.items()}
    for name, value in given.items():
        if name in SETTINGS:
            values[name] = Fraction(str(value))
            if wrong := out_of_bounds(name, values[name]):
                raise ValueError(f"forecast.{wrong}")
    own = {role: _micros(Fraction(str(rate))) for role, rate in given.get("rates", {}).items()}
    unset = [f"rates.{role}" for role in rates if role not in own] + [name for name in values if name not in given]
    unset += [] if currency else ["company.base_currency"]
    return Settings(rates=rates | own, values=values, currency=currency, unset=tuple(unset))


def _micros(amount: Fraction) -> int:
    return round(amount * MICROS)


# --- what is forecast ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A tool found or wanted: what is known of it, what was said with the forecast, and what was struck out.

    `quote` is the first year's price in millionths, `uplift` what the plan that the points need costs beside it.
    """

    name: str
    attributes: Attributes
    facts: Facts
    now: datetime
    answers: Mapping[str, bool | int] = field(default_factory=dict)
    struck: frozenset[str] = frozenset()
    quote: int | None = None
    uplift: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One point of one tool. Hours have the factors in them, `high` the widening too; money is in millionths.

    `factors` are (what it is, the factor); `open` the drivers that nobody has answered; `because` what the sentence
    says of it; `read` and `unknown` the facts and questions that were asked, with their values where there are any.
    """

    point: Point
    state: str
    because: str
    low: Fraction = Fraction(0)
    likely: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    narrow: Fraction = Fraction(0)
    factor: Fraction = Fraction(1)
    factors: tuple[tuple[str, Fraction], ...] = ()
    open: tuple[Driver, ...] = ()
    rate: Fraction = Fraction(0)
    read: Mapping[str, object] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def costs(self) -> bool:
        """Whether it is in the sum."""
        return self.state in {NEEDED, ASSUMED}

    @property
    def mean(self) -> int:
        """The PERT mean in millionths: (low + 4 likely + high) / 6."""
        return round((self.low + 4 * self.likely + self.high) / 6 * self.rate)

    @property
    def spread(self) -> int:
        """The PERT spread in millionths: (high - low) / 6."""
        return round((self.high - self.low) / 6 * self.rate)

    @property
    def least(self) -> int:
        """The low hours in millionths."""
        return round(self.low * self.rate)

    @property
    def run(self) -> int:
        """What it costs a year, in millionths."""
        return round(self.point.run * self.rate) if self.costs else 0

    def answered(self) -> Line:
        """Return it as it would be with every open driver answered by no."""
        return replace(self, high=self.narrow, open=())


#: What expressions said of the values that they read, by text and values: shared by the forecasts of many tools.
Heard = dict[tuple[object, ...], bool | None]
#: So many are kept.
_MOST_HEARD = 50_000


# --- one point -------------------------------------------------------------------------------------------------------


class Asker:
    """Asks the conditions of points of one tool; what expressions said before is `heard`."""

    def __init__(self, held: Settings, subject: Subject, heard: Heard) -> None:
        self._settings, self._subject, self._heard = held, subject, heard

    def ask(self, expression: Expression) -> bool | None:
        """Return what an expression says of the tool, None for unknown."""
        key = (expression.text, *map(self._value, expression.names))
        if key not in self._heard:
            of = self._subject
            if len(self._heard) >= _MOST_HEARD:
                self._heard.clear()
            self._heard[key] = evaluate(expression, of.attributes, of.facts, of.now)
        return self._heard[key]

    def _holds(self, condition: Any) -> bool | None:
        return holds(condition, self.ask, self._subject.answers)

    def line(self, point: Point) -> Line:
        """Return a point with its factors, and all that was read for it."""
        state = self.state(point)
        read, sources, unknown = self._read(point)
        beside: dict[str, Any] = {"point": point, "state": state, "read": read, "sources": sources, "unknown": unknown}
        if state not in {NEEDED, ASSUMED}:
            return Line(because=point.because, **beside)
        factors, open_, because = self._drivers(point)
        factor = math.prod((value for _, value in factors), start=Fraction(1))
        factor = min(factor, point.most) if point.most else factor
        narrow = point.high * factor
        return Line(
            because=self._said(because or point.because),
            low=point.low * factor,
            likely=point.likely * factor,
            high=narrow * self._settings.values["widening"] ** len(open_),
            narrow=narrow,
            factor=factor,
            factors=tuple(factors),
            open=tuple(open_),
            rate=self._settings.an_hour(point.role),
            **beside,
        )

    def state(self, point: Point) -> str:
        """Return whether the tool needs a point, may need it, has it, or does without."""
        if point.id in self._subject.struck:
            return STRUCK
        needed = self._holds(point.applies)
        if needed is False:
            return UNNEEDED
        if point.exists is not None and self._holds(point.exists):
            return EXISTS
        return NEEDED if needed else ASSUMED

    def _drivers(self, point: Point) -> tuple[list[tuple[str, Fraction]], list[Driver], str]:
        """Return the factors that hold, the drivers that nobody has answered, and what the sentence says by them."""
        factors: list[tuple[str, Fraction]] = []
        open_: list[Driver] = []
        because = ""
        for driver in point.drivers:
            found = self._factor(driver)
            if found is None:
                open_.append(driver)
            elif found[0] != 1:
                factors.append((driver.ask, found[0]))
                because = because or found[1]
        return factors, open_, because

    def _factor(self, driver: Driver) -> tuple[Fraction, str] | None:
        """Return the factor of a driver, 1 where it does not hold, with its reason; None where nobody has answered."""
        if driver.each is not None:
            count = self._subject.answers.get(driver.each.question)
            if count is None:
                return None
            steps = -(-max(0, int(count) - driver.each.beyond) // driver.each.step)
            return 1 + driver.each.plus * steps, ""
        for level in driver.levels:
            held = self._holds(level.when)
            if held is None:
                return None
            if held:
                return level.factor, level.because
        return Fraction(1), ""

    def _said(self, because: str) -> str:
        """Return a reason with the values of the facts and answers that it names."""
        for name in [part.partition("}")[0] for part in because.split("{")[1:]]:
            because = because.replace(f"{{{name}}}", _plain(self._value(name)))
        return because

    def _value(self, name: str) -> object:
        if name in self._subject.answers:
            return self._subject.answers[name]
        if name in self._subject.attributes:
            return self._subject.attributes[name]
        if name == "now":
            return self._subject.now
        fact = self._subject.facts.get(name)
        return fact.value if isinstance(fact, Known) else None

    def _read(self, point: Point) -> tuple[dict[str, object], dict[str, str], tuple[str, ...]]:
        names = list(dict.fromkeys(_names(point)))
        found = {name: self._value(name) for name in names}
        sources = {name: self._source(name) for name, value in found.items() if value is not None}
        known = {name: value for name, value in found.items() if value is not None}
        return known, sources, tuple(name for name, value in found.items() if value is None)

    def _source(self, name: str) -> str:
        fact = self._subject.facts.get(name)
        if isinstance(fact, Known):
            return fact.evidence[0] if fact.evidence else "our records"
        return "the tool's record" if name in self._subject.attributes else GIVEN


def _names(point: Point) -> Iterator[str]:
    yield from reads(point.applies)
    yield from reads(point.exists)
    for driver in point.drivers:
        if driver.each is not None:
            yield driver.each.question
        for level in driver.levels:
            yield from reads(level.when)


def _plain(value: object) -> str:
    if value is None:
        return "an unknown number of"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
