"""An invented large company, as rows of the tables: tools, people, use, facts, findings. Same seed, same rows."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from catalog.categories import CATEGORIES
from model.facts import VOCABULARY, Type
from policies.shape import Policy
from storage.times import to_ms

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = 86_400_000
_SYLLABLES = ("quill", "fox", "mara", "ten", "lumo", "brik", "sol", "vanta", "pike", "ora", "hel", "dro", "mint", "zed")
_ENDINGS = ("ly", "io", "hub", "flow", "desk", "base", "cast", "form", "mind", "works", "lane", "pad")
_FIRST = (
    "Ana",
    "Bo",
    "Chidi",
    "Dagny",
    "Emre",
    "Freja",
    "Goran",
    "Hana",
    "Ines",
    "Jomo",
    "Kirsi",
    "Lars",
    "Mei",
    "Noor",
)
_LAST = (
    "Aukland",
    "Berg",
    "Costa",
    "Dahl",
    "Eze",
    "Ferreira",
    "Gupta",
    "Holm",
    "Ito",
    "Jansen",
    "Kaya",
    "Lind",
    "Moreau",
)
UNITS = tuple(f"Marketing/Team {n}" for n in range(1, 11)) + tuple(
    f"Division {n}/Group {m}" for n in range(1, 7) for m in range(1, 6)
)
_REASONS = (
    "nobody has answered yet",
    "no list of assignments names the tool",
    "no source states the roles in the tool",
    "google:main/tokens refused: https://www.googleapis.com/auth/admin.directory.user.security (Google 403 forbidden)",
    "no registration that states it was read",
    "no stream of sign-ins that could name the tool was read to its end",
)
#: Source -> its streams, each with its mode; numbers are given in this order.
STREAMS: Mapping[str, Mapping[str, str]] = {
    "people": {"people": "snapshot"},
    "okta:main": {"users": "snapshot", "apps": "snapshot", "assignments": "snapshot", "sign_ins": "events"},
    "google:main": {"users": "snapshot", "tokens": "snapshot", "login": "events", "saml": "events"},
    "entra:main": {"apps": "snapshot", "signins": "events", "oauth2_grants": "snapshot"},
    "approved:it": {"decisions": "events"},
    "card:company": {"charges": "events"},
    "card:travel": {"charges": "events"},
    "aws:billing": {"costs": "events"},
    "onelogin:emea": {"apps": "snapshot", "events": "events"},
    "ostiary": {"accounts": "snapshot"},
}


@dataclass(frozen=True, slots=True)
class Size:
    """How large the company is; a finding is one of a policy on a tool, whether it stands or may apply."""

    tools: int = 20_000
    findings: int = 500_000
    cases: int = 5_000
    open_cases: int = 3_000
    persons: int = 8_000


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool, and how many people use it."""

    number: int
    id: str
    name: str
    vendor: str | None
    category: str | None
    marketing: int | None
    noise: str | None
    people: int

    @property
    def provisional(self) -> bool:
        """Whether nobody has named it."""
        return self.id.startswith("new-")


class Invented:
    """The company. `known` are tools of the catalogue (id, name, vendor, category), of which the first are used."""

    def __init__(
        self, size: Size, known: Sequence[tuple[str, str, str | None, str]], policies: Sequence[Policy]
    ) -> None:
        """Invent it."""
        self.size, self.policies = size, sorted(policies, key=lambda policy: policy.id)
        self._known = known[: size.tools * 7 // 20]
        self.chance = random.Random(8)

    @cached_property
    def tools(self) -> list[Tool]:
        """The tools by number, from 0."""
        chance, order = random.Random(1), list(range(self.size.tools))
        chance.shuffle(order)
        return [self._tool(number, order[number], chance) for number in range(self.size.tools)]

    def _tool(self, number: int, rank: int, chance: random.Random) -> Tool:
        people = min(int(self.size.persons * 0.5 / (rank + 1) ** 0.7), self.size.persons)
        noise = "one-off-visit" if chance.random() < 0.06 else None
        if number < len(self._known):
            known = self._known[number]
            return Tool(number, *known, int(CATEGORIES[known[3]].marketing), noise, people)
        made = "".join(chance.sample(_SYLLABLES, 2)) + chance.choice(_ENDINGS)
        name = f"{made.capitalize()} {number}"
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        is_new = chance.random() < 0.8
        tool = f"new-{made}-{number}-{digest}" if is_new else f"own-{made}-{number}"
        category = None if chance.random() < 0.7 else chance.choice(list(CATEGORIES))
        marketing = None if category is None else int(CATEGORIES[category].marketing)
        return Tool(number, tool, name, f"{made.capitalize()} GmbH", category, marketing, noise, people)

    # --- people and use ----------------------------------------------------------------------------------------------

    @cached_property
    def stream_numbers(self) -> dict[tuple[str, str], int]:
        """Source and stream -> the stream's number."""
        pairs = [(source, stream) for source, of in STREAMS.items() for stream in of]
        return {pair: number for number, pair in enumerate(pairs, 1)}

    def actors(self) -> Iterator[tuple[Any, ...]]:
        """Yield id, source_id, native_id, address, name, aliases, kind: each person three times, then services."""
        sources = list(STREAMS)
        for at, source in enumerate(("people", "okta:main", "google:main")):
            for n in range(self.size.persons):
                name = f"{_FIRST[n % len(_FIRST)]} {_LAST[n // 14 % len(_LAST)]}"
                address = f"{name.replace(' ', '.').casefold()}.{n}@norrvik.example"
                number = at * self.size.persons + n + 1
                yield number, sources.index(source) + 1, f"{source[0].upper()}-{n:05d}", address, name, None, "person"
        for n in range(100):
            yield 3 * self.size.persons + n + 1, 2, f"svc-{n}", None, f"Service {n}", None, "service"

    def persons(self) -> Iterator[tuple[Any, ...]]:
        """Yield actor_id, valid_from, valid_to, person_id, how, kind, unit, marketing."""
        for actor in range(1, 3 * self.size.persons + 1):
            person = (actor - 1) % self.size.persons + 1
            unit = UNITS[person % len(UNITS)]
            yield actor, 0, None, person, "address", "person", unit, int(unit.startswith("Marketing"))
        for n in range(100):
            actor = 3 * self.size.persons + n + 1
            yield actor, 0, None, actor, "itself", "service", None, None

    def identities(self) -> Iterator[tuple[int, int, str, dict[str, str], Tool]]:
        """Yield id, source_id, key, app and the tool: three of each tool."""
        for tool in self.tools:
            slug = tool.id.replace("new-", "")[:40]
            for at, (source, field, value) in enumerate(
                (
                    (2, "app_id", f"0oa{tool.number:08d}"),
                    (3, "client_id", f"{tool.number:09d}.apps"),
                    (6, "descriptor", slug.upper()),
                )
            ):
                yield 3 * tool.number + at + 1, source, f"{field}:{value}", {field: value, "label": tool.name}, tool

    def usage(self) -> list[tuple[int, ...]]:
        """Return rows of the roll-up by their key: each who uses a tool in one to four of the last months."""
        chance, stream = random.Random(3), self.stream_numbers["okta:main", "sign_ins"]
        months = [
            (202611, to_ms(NOW) - 9 * DAY),
            (202610, to_ms(NOW) - 35 * DAY),
            (202609, to_ms(NOW) - 66 * DAY),
            (202605, to_ms(NOW) - 190 * DAY),
        ]
        rows: list[tuple[int, ...]] = []
        for tool in self.tools:
            begin = chance.randrange(self.size.persons)
            for n in range(tool.people):
                actor = self.size.persons + (begin + n * 7) % self.size.persons + 1
                for month, at in months[: 1 + (n + tool.number) % 4]:
                    rows.append(
                        (
                            stream,
                            month,
                            3 * tool.number + 1,
                            actor,
                            n % 3 + 1,
                            1 + n % 30,
                            n % 5 == 0,
                            at,
                            at + n % 8 * DAY,
                            n % 4,
                            0b1011,
                        )
                    )
        rows.sort()
        return rows

    def figures(self, tool: Tool) -> tuple[Any, ...]:
        """Return tool_id, people, people_ever, first_seen, last_seen, sources, spend_12m, spend_total."""
        paid = tool.number % 3 == 0
        sources = ["okta:main", *(["google:main"] if tool.number % 2 else []), *(["card:company"] if paid else [])]
        money = {"EUR": (tool.people * 90 + 120) * 1_000_000} if paid else {}
        money |= {"USD": 990_000_000} if tool.number % 30 == 0 else {}
        spent = json.dumps(money, sort_keys=True)
        seen = to_ms(NOW) - (tool.number % 60) * DAY
        return (
            tool.id,
            tool.people,
            tool.people + tool.people // 4,
            seen - 400 * DAY,
            seen,
            json.dumps(sorted(sources)),
            spent,
            spent,
        )

    # --- facts and findings ------------------------------------------------------------------------------------------

    @cached_property
    def _variants(self) -> dict[str, list[tuple[str | None, str | None]]]:
        """Fact -> (value, reason) of some tools each."""
        return {
            name: [self._variant(name, n) for n in range(8)] for name in sorted(VOCABULARY) if VOCABULARY[name].derived
        }

    def _variant(self, name: str, n: int) -> tuple[str | None, str | None]:
        fact = VOCABULARY[name]
        if n % 2 and name not in {"people.count", "people.marketing", "people.marketing_share"}:
            return None, _REASONS[(n + len(name)) % len(_REASONS)]
        value: Any = {
            Type.BOOL: n % 4 == 0,
            Type.INT: n * 3,
            Type.FLOAT: n / 8,
            Type.MONEY: n * 1_200_000_000,
            Type.DATE: (date(2027, 1, 15) + timedelta(days=n * 40)).isoformat(),
            Type.DURATION: n * 3_600,
            Type.STRING: f"text {n}",
            Type.ENUM: fact.values[n % len(fact.values)] if fact.values else "other",
            Type.LIST: list(fact.values[:2]) if fact.values else ["openid", "email"],
        }[fact.type]
        return json.dumps(value), None

    def facts(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of facts by their key: what a run derives of each tool, and a few former versions."""
        then, now = to_ms(NOW) - 200 * DAY, to_ms(NOW) - 30 * DAY
        for tool in sorted(self.tools, key=lambda one: one.id):
            evidence = json.dumps([f"signal:okta:main/apps/0oa{tool.number:08d}"])
            for at, (name, variants) in enumerate(self._variants.items()):
                value, reason = variants[(tool.number * 5 + at) % 8]
                value = str(tool.people) if name == "people.count" else value
                known = (evidence, now) if value is not None else ("[]", None)
                if (tool.number + at) % 25 == 0:
                    yield tool.id, name, then, now, None, _REASONS[0], "[]", None
                    yield tool.id, name, now, None, value, reason, *known
                else:
                    yield tool.id, name, then, None, value, reason, *known

    def findings(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of findings by their key: half of all findings stand in the table, the others may apply."""
        each, count = self.size.findings // self.size.tools, len(self.policies)
        ordered = sorted(self.tools, key=lambda one: one.id)
        for at, policy in enumerate(self.policies):
            for tool in ordered:
                place = (at - tool.number * 5) % count
                if place < each // 2 + 1:
                    yield from self._finding(policy, tool, place)

    def _finding(self, policy: Policy, tool: Tool, place: int) -> Iterator[tuple[Any, ...]]:
        then, now = to_ms(NOW) - 120 * DAY, to_ms(NOW) - (tool.number % 50) * DAY
        kind = (tool.number + place * 3) % 20
        verdict, state, queued, once, watched, until = (
            ("violated", "open", 1, 1, 0, None)
            if kind < 4
            else ("met", "resolved", 0, 1, 0, None)
            if kind < 6
            else ("violated", "waived", 0, 1, 0, f"2027-0{1 + tool.number % 9}-15")
            if kind == 6
            else ("violated", "open", 0, 1, 1, None)
            if kind == 7
            else ("unknown", "open", 1, 0, 0, None)
        )
        names = policy.applies.names[:2] + policy.require.names[:2]
        missing = [name for name in policy.require.names if "." in name][:2] if verdict == "unknown" else []
        evidence = [f"signal:okta:main/sign_ins/ev{tool.number}{n}" for n in range(4)]
        reading: list[dict[str, Any]] = [
            {"fact": n, "value": None, "said": "unknown", "reason": _REASONS[0], "evidence": []}
            if n in missing
            else {"fact": n, "value": 3, "said": "3", "evidence": evidence}
            for n in names
        ]
        said = f"cannot be judged: {', '.join(missing)} unknown" if missing else f"{tool.people} people; {policy.title}"
        row = (
            policy.gap,
            policy.severity,
            policy.customer_severity,
            said,
            json.dumps(reading),
            json.dumps(missing) if missing else None,
        )
        if (tool.number + place) % 12 == 0:
            yield policy.id, tool.id, then, now, "unknown", "open", 0, 1, 0, 1, *row, None
            then = now
        yield policy.id, tool.id, then, None, verdict, state, once, queued, watched, 1, *row, until

    def may_apply(self) -> Iterator[tuple[str, str]]:
        """Yield tool_id and policies: the other half of its findings."""
        each, count = self.size.findings // self.size.tools, len(self.policies)
        half = each // 2 + 1
        for tool in self.tools:
            chosen = [self.policies[(tool.number * 5 + n) % count] for n in range(half, each)]
            entries = {p.id: [p.gap, 2, 1, 0, [n for n in p.applies.names if "." in n][:2]] for p in chosen}
            yield tool.id, json.dumps(entries, sort_keys=True, separators=(",", ":"))
