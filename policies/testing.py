"""Runs the cases of policies: what each says of its own worked examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.engine import judge
from policies.shape import NOT_APPLICABLE, Case, Policy


@dataclass(frozen=True, slots=True)
class Result:
    """One case that was run: `got` is a verdict or `not_applicable`, `message` what the policy says, if anything."""

    policy: Policy
    number: int
    case: Case
    got: str
    message: str

    @property
    def passed(self) -> bool:
        """Whether the policy says what the case expects."""
        return self.got == self.case.expect


def run_cases(policies: Iterable[Policy]) -> Iterator[Result]:
    """Yield the result of every case of every policy, whatever its mode; cases are counted from 1."""
    for policy in policies:
        for number, case in enumerate(policy.cases, 1):
            found = judge(policy, case.attributes, case.facts, case.now)
            got = NOT_APPLICABLE if found is None else str(found.verdict)
            yield Result(policy, number, case, got, found.message if found else "")
