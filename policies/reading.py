"""From a document to a policy: every key is checked, and every fault is named with its place and what to do."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from model.facts import NAMES
from policies.casework import read_case
from policies.documents import Fields, Items, Node, Place, Scalar
from policies.expressions import Fault, unknown_name
from policies.nearest import cut, near
from policies.shape import (
    EXPECTED,
    GAPS,
    MODES,
    NOT_APPLICABLE,
    PROFILES,
    SEVERITIES,
    Case,
    Expression,
    Policy,
    Refusal,
    Written,
)
from policies.thresholds import MOST, Threshold, from_document, wrong_name
from policies.thresholds import say as with_thresholds
from policies.wording import Message, placeholders

REQUIRED = ("id", "title", "gap", "severity", "profile", "applies", "require", "message", "why", "do", "cases")
KEYS = (*REQUIRED, "mode", "with", "refs")
SIDES = ("technology", "customer")
ID = r"[A-Z][A-Z0-9]{1,9}-\d{2,4}"
_ID = re.compile(ID)
_REFS = Path(__file__).parent / "refs.csv"

#: Checks and compiles an expression with thresholds. Raises Faulty.
Compile = Callable[[str, Mapping[str, Threshold]], Expression]


class Faulty(ValueError):
    """An expression that is refused; `faults` say where and what to do."""

    def __init__(self, faults: Collection[Fault]) -> None:
        super().__init__("; ".join(message for _, message in faults))
        self.faults = sorted(faults)


@functools.cache
def references() -> dict[str, str]:
    """Return the references that a policy may name, with their titles."""
    with _REFS.open(encoding="utf-8", newline="") as file:
        return {row["ref"]: f"{row['standard']}: {row['title']}" for row in csv.DictReader(file)}


def read_policy(node: Node, file: str, pack: str, compile_: Compile) -> Policy | list[Refusal]:
    """Return the policy of a document, or everything that is wrong with it."""
    return _Reader(file, pack, compile_).read(node)


def worded(policy: Policy, thresholds: tuple[Threshold, ...], written: Written) -> Policy:
    """Return a policy that says the values of its thresholds in its words."""
    return replace(
        policy,
        thresholds=thresholds,
        written=written,
        title=with_thresholds(written.title, thresholds),
        message=Message(with_thresholds(written.message.text, thresholds), written.message.names),
        why=with_thresholds(written.why, thresholds),
        do=tuple(with_thresholds(step, thresholds) for step in written.do),
    )


class _Reader:
    """Reads one document; collects what is wrong in `_wrong`, so that a person sees all of it at once."""

    def __init__(self, file: str, pack: str, compile_: Compile) -> None:
        self._file, self._pack, self._compile = file, pack, compile_
        self._wrong: list[tuple[Place, str]] = []
        self._fields: dict[str, tuple[Place, Node]] = {}
        self._place = Place(1, 1)
        self._thresholds: dict[str, Threshold] = {}
        self._sound_with = True

    def read(self, node: Node) -> Policy | list[Refusal]:
        self._place = node.place
        if not isinstance(node, Fields):
            return self._refused("", [(node.place, f"a policy is a list of keys and values: {', '.join(REQUIRED)}")])
        self._fields = dict(node.fields)
        self._keys()
        name = self._id()
        policy = self._policy(name)
        return self._refused(name, self._wrong) if self._wrong else policy

    def _refused(self, name: str, wrong: list[tuple[Place, str]]) -> list[Refusal]:
        return sorted(Refusal(self._file, p.line, p.column, message, name or None) for p, message in wrong)

    def _policy(self, name: str) -> Policy:
        self._read_thresholds()
        applies, require = self._expression("applies"), self._expression("require")
        self._unused(applies.uses | require.uses)
        written = Written(self._line("title"), self._message(), self._line("why"), tuple(self._texts("do")))
        policy = Policy(
            id=name,
            title=written.title,
            gap=self._word("gap", GAPS),
            severity=self._side(SIDES[0]),
            customer_severity=self._side(SIDES[1]),
            profile=self._word("profile", PROFILES),
            mode=self._word("mode", MODES) if "mode" in self._fields else MODES[0],
            applies=applies,
            require=require,
            message=written.message,
            why=written.why,
            do=written.do,
            refs=tuple(self._refs()),
            cases=tuple(self._cases((*applies.names, *require.names), written.message.reads)),
            pack=self._pack,
            file=self._file,
            line=self._place.line,
        )
        return worded(policy, tuple(self._thresholds.values()), written) if self._thresholds else policy

    def _fault(self, place: Place, message: str) -> None:
        self._wrong.append((place, message))

    def _keys(self) -> None:
        for key, (place, _) in self._fields.items():
            if key not in KEYS:
                meant = near(key, KEYS, 0.6)
                hint = f"did you mean {meant}?" if meant else "leave it out"
                self._fault(place, f"there is no key {cut(key)}: {hint}")
        missing = [key for key in REQUIRED if key not in self._fields]
        if missing:
            self._fault(self._place, f"missing: {', '.join(missing)}")

    def _id(self) -> str:
        text = self._line("id")
        if text and not _ID.fullmatch(text):
            self._fault(self._fields["id"][1].place, "an id is capitals, a hyphen and a number, such as SEC-03")
            return ""
        return text

    def _scalar(self, key: str) -> Scalar | None:
        """Return the text of a key; None where it is missing, which is said once for all keys."""
        if key not in self._fields:
            return None
        node = self._fields[key][1]
        if not isinstance(node, Scalar) or not node.text.strip():
            self._fault(node.place, f"{key} is a text: write one")
            return None
        return node

    def _line(self, key: str) -> str:
        found = self._scalar(key)
        return " ".join(found.text.split()) if found else ""

    def _word(self, key: str, allowed: tuple[str, ...], node: Node | None = None) -> str:
        found = node or self._fields.get(key, (None, None))[1]
        if found is None:
            return ""
        if isinstance(found, Scalar) and found.text in allowed:
            return found.text
        self._fault(found.place, f"{key} is one of {', '.join(allowed)}")
        return ""

    def _side(self, side: str) -> str:
        if "severity" not in self._fields:
            return ""
        place, node = self._fields["severity"]
        sides = node.fields if isinstance(node, Fields) else {}
        if side == SIDES[0] and set(sides) != set(SIDES):
            self._fault(place, "severity has both sides: {technology: high, customer: medium}")
        return self._word(f"severity of {side}", SEVERITIES, sides[side][1]) if side in sides else ""

    def _expression(self, key: str) -> Expression:
        found = self._scalar(key)
        if found and self._sound_with:
            try:
                return self._compile(found.text.strip(), self._thresholds)
            except Faulty as error:
                skipped = len(found.text) - len(found.text.lstrip())
                for at, message in error.faults:
                    self._fault(found.at(at + skipped), f"{key}: {message}")
        return self._compile("true", {})

    def _message(self) -> Message:
        found = self._scalar("message")
        if found is None:
            return Message("", ())
        try:
            named = placeholders(found.text)
        except ValueError as error:
            named = []
            self._fault(found.at(error.args[0]), "a brace without its other half: a fact stands between { and }")
        for at, name in named:
            if name not in NAMES and name not in self._thresholds:
                self._fault(found.at(at), f"message: {unknown_name(name)}")
        return Message(self._line("message"), tuple(dict.fromkeys(n for _, n in named if n in NAMES)))

    def _read_thresholds(self) -> None:
        """Read `with`. Where one of them is wrong the expressions are not read: all of them would seem wrong."""
        if "with" not in self._fields:
            return
        place, node = self._fields["with"]
        before = len(self._wrong)
        if not isinstance(node, Fields) or not 0 < len(node.fields) <= MOST:
            self._fault(place, f"with holds thresholds by their names, {MOST} at most: {{admins: 4, idle: 90d}}")
        else:
            for name, (at, given) in node.fields.items():
                self._read_threshold(name, at, given)
        self._sound_with = len(self._wrong) == before

    def _read_threshold(self, name: str, place: Place, given: Node) -> None:
        if wrong := wrong_name(name):
            self._fault(place, wrong)
            return
        try:
            self._thresholds[name] = from_document(name, given)
        except ValueError as error:
            self._fault(given.place, str(error))

    def _unused(self, used: Collection[str]) -> None:
        """Say which thresholds change nothing; not where an expression is refused, which may use them."""
        if self._wrong or not self._thresholds:
            return
        fields = self._fields["with"][1]
        assert isinstance(fields, Fields)
        for name in self._thresholds:
            if name not in used:
                self._fault(fields.fields[name][0], f"neither applies nor require uses the threshold {name}")

    def _items(self, key: str, what: str) -> Iterator[Node]:
        if key not in self._fields:
            return
        node = self._fields[key][1]
        if isinstance(node, Items) and (node.items or key == "refs"):
            yield from node.items
        else:
            self._fault(node.place, f"{key} is a list: {what}")

    def _texts(self, key: str) -> Iterator[str]:
        for node in self._items(key, "one line each, beginning with a hyphen"):
            if isinstance(node, Scalar) and node.text.strip():
                yield " ".join(node.text.split())
            else:
                self._fault(node.place, f"each entry of {key} is a text (one with a colon in it stands in quotes)")

    def _refs(self) -> Iterator[str]:
        for node in self._items("refs", "[CIS-5.3, ISO27001-A.5.18]"):
            text = node.text if isinstance(node, Scalar) else ""
            if text in references():
                yield text
                continue
            meant = near(text, references(), 0.6)
            hint = f": did you mean {meant}?" if meant else ": docs/reference/policies.md lists them"
            self._fault(node.place, f"there is no reference {cut(text)}{hint}" if text else "a reference is a word")

    def _cases(self, reads: tuple[str, ...], mentions: tuple[str, ...]) -> Iterator[Case]:
        """Yield the cases. They are read only where the expressions are sound: else all of them would seem wrong."""
        sound = not self._wrong
        found: list[str] = []
        place = self._fields["cases"][1].place if "cases" in self._fields else self._place
        for node in self._items("cases", "at least one each of met, violated and unknown"):
            case = read_case(node, dict.fromkeys(reads), mentions, EXPECTED)
            if isinstance(case, Case):
                found.append(case.expect)
                yield case
            elif sound:
                self._wrong.extend(case)
        missing = [outcome for outcome in EXPECTED if outcome not in found and outcome != NOT_APPLICABLE]
        if sound and not self._wrong and "cases" in self._fields and missing:
            self._fault(place, f"cases: there is none that expects {', '.join(missing)}")
