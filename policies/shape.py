"""What the room speaks of: policies, their expressions and cases, verdicts, and what was refused."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from model.facts import NAMES, Attributes, Facts
from policies.logic import Node
from policies.thresholds import Threshold
from policies.wording import Message

GAPS = ("integration", "security", "support", "cost", "overlap", "lifecycle", "mobile", "consent", "ai")
SEVERITIES = ("critical", "high", "medium", "low")
#: From the loosest on: a policy is on in its own profile and in all stricter ones.
PROFILES = ("light", "standard", "strict")
#: `watch` shows findings and opens nothing; `off` is not judged.
MODES = ("on", "watch", "off")

#: A compiled expression: takes an activation, returns True, False, or None for unknown.
Program = Callable[[object], bool | None]


class Outcome(StrEnum):
    """What is judged of a policy that applies, or may apply, to a tool."""

    MET = "met"
    VIOLATED = "violated"
    UNKNOWN = "unknown"


#: What a case expects of a policy that does not apply.
NOT_APPLICABLE = "not_applicable"
EXPECTED = (*Outcome, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Expression:
    """One checked CEL expression and the facts it reads.

    `text` has the values of its thresholds put in, `written` their names, which are `uses`. `atoms` are the programs of
    the leaves of `tree`, by their text; empty where all facts count at once.
    """

    text: str
    names: tuple[str, ...]
    written: str
    uses: frozenset[str]
    program: Program = field(repr=False, compare=False)
    tree: Node = field(repr=False, compare=False)
    atoms: Mapping[str, Program] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One worked example: what is known of a tool, and what the policy must say of it."""

    attributes: Attributes
    facts: Facts
    now: datetime
    expect: str
    note: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a policy with the names of its thresholds in braces."""

    title: str
    message: Message
    why: str
    do: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)  # no slots: what follows from the fields is kept beside them
class Policy:
    """One rule, whole and checked. `pack` is its file's name, `severity` what it does to systems and money.

    Its words and expressions have the values of its `thresholds` put in; `written` are the words without. `overridden`
    names what the company or its profile changed of it, with what its file says: (("mode", "on"),).
    """

    id: str
    title: str
    gap: str
    severity: str
    customer_severity: str
    profile: str
    mode: str
    applies: Expression
    require: Expression
    message: Message
    why: str
    do: tuple[str, ...]
    refs: tuple[str, ...]
    cases: tuple[Case, ...]
    pack: str
    file: str
    line: int
    thresholds: tuple[Threshold, ...] = ()
    written: Written | None = None
    overridden: tuple[tuple[str, str], ...] = ()

    @functools.cached_property
    def reads(self) -> tuple[str, ...]:
        """The facts that decide, in the order of their first mention."""
        return tuple(dict.fromkeys((*self.applies.names, *self.require.names)))

    @functools.cached_property
    def own_records(self) -> bool:
        """Whether only our own records decide: then it can be met on a tool of which nothing else is known."""
        return all(NAMES[name].own for name in self.reads)


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """Why a policy, or a whole file, is not evaluated. `policy` is its id where it could be read."""

    file: str
    line: int
    column: int
    message: str
    policy: str | None = None

    def __str__(self) -> str:
        """Return it as `FILE:LINE:COLUMN: message`."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Pack:
    """What was loaded: the policies that can be judged, and what was refused, which is never met."""

    policies: tuple[Policy, ...]
    refused: tuple[Refusal, ...] = ()

    def in_force(self, profile: str = PROFILES[-1]) -> tuple[Policy, ...]:
        """Return the policies that are judged under a profile: its own and those of looser ones, none that is off.

        Raises ValueError where there is no such profile.
        """
        if profile not in PROFILES:
            raise ValueError(f"there is no profile {profile}: it is one of {', '.join(PROFILES)}")
        known = PROFILES[: PROFILES.index(profile) + 1]
        return tuple(p for p in self.policies if p.mode != "off" and p.profile in known)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says of one tool.

    `facts_read` are the facts that decide, attributes included; `missing` those whose absence keeps it unknown.
    `message` says what is amiss, and is empty where nothing is. `queued`: somebody is to act or to be asked; an unknown
    verdict is not queued where it is unknown whether the policy applies at all.
    """

    policy: str
    verdict: Outcome
    facts_read: tuple[str, ...]
    missing: tuple[str, ...]
    message: str
    queued: bool
