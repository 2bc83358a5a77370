"""How long it takes to judge tools by the policies that come with the program; the promise is half a second.

`different`: every tool differs from every other one in its counts, money and days, and a fifth of its facts is unknown.
`equal`: the same with the numbers of a small company, where many tools are alike in what a policy reads.

    python benchmarks/bench_policies.py [--tools N] [--repeat N] [--output FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file

from model.facts import ATTRIBUTES, VOCABULARY, Attributes, Fact, Facts, Known, Type, Unknown, Value
from policies.engine import judge_all, load
from policies.shape import Policy

NOW = datetime(2026, 11, 20, tzinfo=UTC)
#: Seconds that the issue promises for 5,000 tools by 15 policies.
PROMISED = 0.5

Tool = tuple[str, Attributes, Facts]
Draw = Callable[[random.Random], Value]

DIFFERENT: Mapping[Type, Draw] = {
    Type.BOOL: lambda r: r.random() < 0.5,
    Type.INT: lambda r: r.randrange(100_000),
    Type.FLOAT: lambda r: r.random(),
    Type.MONEY: lambda r: r.randrange(10**12),
    Type.DATE: lambda r: date(2000, 1, 1) + timedelta(days=r.randrange(9_800)),
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


def seconds(policies: tuple[Policy, ...], tools: list[Tool], repeat: int) -> list[float]:
    """Return how long each of several rounds took."""
    found = []
    for _ in range(repeat):
        started = time.perf_counter()
        for _verdict in judge_all(policies, tools, NOW):
            pass
        found.append(time.perf_counter() - started)
    return found


def main() -> int:
    """Measure, print, write; return 1 where the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=int, default=5_000, help="how many tools (default %(default)s)")
    parser.add_argument(
        "--repeat",
        type=int,
        default=7,
        help="how many rounds (default %(default)s); the best one counts: noise only adds",
    )
    parser.add_argument("--output", type=Path, help="where to write the result as JSON")
    args = parser.parse_args()
    policies = load().in_force()
    result: dict[str, float] = {"tools": args.tools, "policies": len(policies)}
    for name, draw in (("different", DIFFERENT), ("equal", EQUAL)):
        chance = random.Random(1)
        tools = [tool(number, draw, chance) for number in range(args.tools)]
        verdicts = sum(1 for _ in judge_all(policies, tools, NOW))
        rounds = seconds(policies, tools, args.repeat)
        taken = min(rounds)
        result |= {f"{name}_seconds": round(taken, 4), f"{name}_verdicts": verdicts}
        result[f"{name}_median"] = round(statistics.median(rounds), 4)
        pairs = args.tools * len(policies)
        print(f"{name:10} {taken:.3f} s for {pairs:,} pairs, {verdicts:,} verdicts: {pairs / taken:,.0f} pairs/s")
        print(f"{'':10} {result[f'{name}_median']:.3f} s in the median of {args.repeat} rounds")
    allowed = PROMISED * args.tools * len(policies) / 75_000
    print(f"promised: {allowed:.3f} s; the slower one took {result['different_seconds'] / allowed:.0%} of it")
    if args.output:
        args.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(result["different_seconds"] > allowed)


if __name__ == "__main__":
    sys.exit(main())
