"""How long it takes to judge tools by policies: 5,000 by 100 in 2.5 s, 100,000 by 100 in 45 s, on two cores.

`different`: every tool differs from every other one in its counts, money and days, and a fifth of its facts is unknown.
`equal`: the same with the numbers of a small company, where many tools are alike in what a policy reads. Where there
are fewer policies than asked for they are multiplied, each copy with expressions of a text of its own. Beside each
stands the baseline of the same run: some of the tools, each policy alone, nothing shared, in one process.

    python benchmarks/bench_policies.py [--tools N] [--policies N] [--repeat N] [--processes N] [--output FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file

from model.facts import ATTRIBUTES, VOCABULARY, Attributes, Fact, Facts, Known, Type, Unknown, Value
from policies.engine import compile_expression, judge, load
from policies.parallel import judge_tools
from policies.shape import Policy

NOW = datetime(2026, 11, 20, tzinfo=UTC)
#: Microseconds a pair of tool and policy that the issue promises: for up to so many tools, and for more.
PROMISED, PROMISED_MANY, MANY = 5.0, 4.5, 50_000
#: So many tools are drawn, and judged, at a time: a hundred thousand do not fit into memory with all their facts.
_PORTION = 10_000
#: So many tools make the baseline.
_BASELINE = 200

Tool = tuple[str, Attributes, Facts]
Draw = Callable[[random.Random], Value]

DIFFERENT: Mapping[Type, Draw] = {
    Type.BOOL: lambda r: r.random() < 0.5,
    Type.INT: lambda r: r.randrange(100_000),
    Type.FLOAT: lambda r: r.random(),
    Type.MONEY: lambda r: r.randrange(10**12),
    Type.DATE: lambda r: date(2000, 1, 1) + timedelta(days=r.randrange(9_800)),
    Type.DURATION: lambda r: timedelta(hours=r.randrange(2_000)),
    Type.STRING: lambda r: f"tool {r.randrange(10**9)}",
    Type.LIST: lambda r: tuple(f"scope.{r.randrange(10**6)}" for _ in range(4)),
}
EQUAL: Mapping[Type, Draw] = {
    **DIFFERENT,
    Type.INT: lambda r: r.choice((0, 0, 0, 1, 2, 3, 5, 8, 14)),
    Type.MONEY: lambda r: r.choice((0, 0, r.randrange(10**9))),
    Type.LIST: lambda r: ("openid", "email", "profile")[: r.randrange(4)],
}


def tool(number: int, draw: Mapping[Type, Draw], chance: random.Random) -> Tool:
    """Return a tool; every fifth fact of it is unknown."""
    facts = {
        name: Unknown("okta:acme/sign_ins refused") if chance.random() < 0.2 else Known(value(fact, draw, chance))
        for name, fact in VOCABULARY.items()
    }
    attributes = {name: value(fact, draw, chance) for name, fact in ATTRIBUTES.items() if fact.type is not Type.MOMENT}
    return f"tool-{number}", attributes, facts  # type: ignore[return-value]  # attributes hold texts and truths only


def value(fact: Fact, draw: Mapping[Type, Draw], chance: random.Random) -> Value:
    """Return a value that the fact can have."""
    if fact.type is Type.ENUM:
        return chance.choice(fact.values)
    if fact.type is Type.LIST and fact.values:
        return tuple(chance.sample(fact.values, 2))
    return draw[fact.type](chance)


def multiplied(policies: Sequence[Policy], count: int) -> tuple[Policy, ...]:
    """Return so many policies; copies say the same in texts of their own, so that no two are equal."""
    found = list(policies[:count])
    while len(found) < count:
        one, number = policies[len(found) % len(policies)], len(found)
        applies = compile_expression(f"({one.applies.text}) && {number} > 0")
        require = compile_expression(f"({one.require.text}) && {number} > 0")
        found.append(replace(one, id=f"{one.id}{number}", applies=applies, require=require))
    return tuple(found)


def portions(tools: int, draw: Mapping[Type, Draw], seed: int) -> Iterator[list[Tool]]:
    """Yield the tools in portions that fit into memory."""
    chance = random.Random(seed)
    for begin in range(0, tools, _PORTION):
        yield [tool(number, draw, chance) for number in range(begin, min(begin + _PORTION, tools))]


def taken(policies: tuple[Policy, ...], tools: list[Tool], processes: int | None) -> tuple[float, int]:
    """Return how long judging took, with the verdicts held in memory, and how many there are."""
    started = time.perf_counter()
    found = list(judge_tools(policies, tools, NOW, processes=processes))
    return time.perf_counter() - started, sum(len(verdicts) for _, verdicts in found)


def baseline(policies: tuple[Policy, ...], tools: list[Tool]) -> float:
    """Return the microseconds a pair where each policy is judged alone."""
    some = tools[:_BASELINE]
    started = time.perf_counter()
    for _, attributes, facts in some:
        for policy in policies:
            judge(policy, attributes, facts, NOW)
    return (time.perf_counter() - started) / len(some) / len(policies) * 1e6


def measured(policies: tuple[Policy, ...], draw: Mapping[Type, Draw], args: argparse.Namespace) -> dict[str, float]:
    """Return what one kind of tools takes: the best of the rounds counts, for noise only adds."""
    total, verdicts, base = 0.0, 0, 0.0
    for portion in portions(args.tools, draw, 1):
        base = base or baseline(policies, portion)
        rounds = [taken(policies, portion, args.processes) for _ in range(args.repeat)]
        total += min(seconds for seconds, _ in rounds)
        verdicts += rounds[0][1]
    pairs = args.tools * len(policies)
    return {"seconds": total, "verdicts": verdicts, "us_a_pair": total / pairs * 1e6, "baseline_us_a_pair": base}


def main() -> int:
    """Measure, print, write; return 1 where the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=int, default=5_000, help="how many tools (default %(default)s)")
    parser.add_argument("--policies", type=int, default=100, help="how many policies (default %(default)s)")
    parser.add_argument("--repeat", type=int, default=5, help="how many rounds (default %(default)s); the best counts")
    parser.add_argument("--processes", type=int, help="how many processes, 1 or 2 (default: as the program decides)")
    parser.add_argument("--output", type=Path, help="where to write the result as JSON")
    args = parser.parse_args()
    shipped = load().in_force()
    policies = multiplied(shipped, args.policies)
    print(f"{args.tools:,} tools by {len(policies)} policies, {min(len(shipped), len(policies))} of them as they come")
    allowed = (PROMISED if args.tools < MANY else PROMISED_MANY) * args.tools * len(policies) / 1e6
    result: dict[str, Any] = {"tools": args.tools, "policies": len(policies), "promised_seconds": allowed}
    for name, draw in (("different", DIFFERENT), ("equal", EQUAL)):
        found = result[name] = measured(policies, draw, args)
        print(
            f"{name:10} {found['seconds']:7.3f} s of {allowed:.1f} s, {found['verdicts']:,} verdicts,"
            f" {found['us_a_pair']:.2f} us a pair; baseline {found['baseline_us_a_pair']:.2f} us a pair:"
            f" {found['baseline_us_a_pair'] / found['us_a_pair']:.1f} times as long"
        )
    if args.output:
        args.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(result["different"]["seconds"] > allowed)


if __name__ == "__main__":
    sys.exit(main())
