"""How the answer to a question is given on a page, by the kind of fact that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model.fact import Fact, Type
from web.forms import Form

#: Name of the field that holds an answer, and of what stands beside it.
FIELD, UNIT, NEVER = "answer", "answer_unit", "answer_never"
#: The answer that is none: whoever was asked does not know it.
UNKNOWN = "unknown"
_KINDS: Mapping[Type, str] = {
    Type.BOOL: "choice",
    Type.ENUM: "choice",
    Type.DATE: "day",
    Type.INT: "number",
    Type.FLOAT: "number",
    Type.MONEY: "money",
    Type.DURATION: "duration",
}
#: Values of the vocabulary that need more than their own word.
_WORDS: Mapping[str, str] = {
    "higher_plan": "Only a higher plan does",
    "opt_out_done": "Unless we object, and we did",
    "opt_out_open": "Unless we object, and we did not yet",
    "iso27001": "ISO 27001",
    "soc2_type2": "SOC 2 type 2",
    "csa_star": "CSA STAR",
    "ios": "iOS",
    "macos": "macOS",
    "scc": "Standard contractual clauses",
    "bcr": "Binding corporate rules",
}
_NOT_KNOWN = (UNKNOWN, "I do not know")
_UNITS = (("h", "hours"), ("d", "days"))
_SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """How a fact is asked: `kind` is choice, several, day, number, money, duration or text.

    `options` are pairs of value and label, `unit` is what a number counts, `hint` how an answer is written.
    """

    kind: str
    options: Sequence[tuple[str, str]] = ()
    unit: str = ""
    hint: str = ""


def control(fact: Fact, currency: str | None) -> Control:
    """Return how a fact is asked for."""
    if fact.type is Type.LIST and fact.values:
        return Control(kind="several", options=_labels(fact.values))
    kind = _KINDS.get(fact.type, "text")
    if fact.type is Type.BOOL:
        return Control(kind=kind, options=(("yes", "Yes"), ("no", "No"), _NOT_KNOWN))
    if fact.type is Type.ENUM:
        return Control(kind=kind, options=(*_labels(fact.values), _NOT_KNOWN))
    if kind == "number" and fact.unit.startswith(_SHARE):
        return Control(kind=kind, unit="per cent", hint="From 0 to 100")
    if kind == "number":
        return Control(kind=kind, unit="per cent" if fact.unit == "percent" else fact.unit)
    if kind == "money":
        return Control(kind=kind, unit=currency or "", hint="Such as 1200 or 1,200.50")
    if kind == "duration":
        return Control(kind=kind, options=_UNITS)
    hint = "Several? Part them with commas" if fact.type is Type.LIST else ""
    return Control(kind=kind, hint=hint)


def _labels(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, _WORDS.get(value, value.replace("_", " ").capitalize())) for value in values)


def typed(form: Form, fact: Fact) -> str:
    """Return the answer of a form as `gate.answers.parse` reads it; note in the form where there is none."""
    known = control(fact, None)
    if known.kind == "day" and form.get(NEVER):
        return "never"
    found = ", ".join(form.all(FIELD)) if known.kind == "several" else form.get(FIELD)
    if not found:
        form.errors[FIELD] = _MISSING.get(known.kind, "Write your answer")
    if known.kind == "duration" and found:
        return f"{found} {form.get(UNIT) or 'h'}"
    if known.kind == "number" and fact.unit.startswith(_SHARE) and found:
        return found if found.endswith("%") else f"{found} %"
    return found


_MISSING = {
    "choice": "Choose one of the answers",
    "several": "Choose at least one of the answers",
    "day": "Choose a day, or that there was none",
    "number": "Write a number",
    "money": "Write an amount",
    "duration": "Write how long",
}
#: What is said where an answer is none: how one is written.
WRONG = {
    "choice": "Choose one of the answers",
    "several": "Choose among the answers on this page",
    "day": "Choose a day, such as 30 June 2026",
    "number": "Write a number, such as 1200",
    "money": "Write an amount, such as 1200 or 1,200.50",
    "duration": "Write a whole number",
    "text": "Write it in 500 characters at most",
}
