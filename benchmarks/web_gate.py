"""What people of the invented company did at the gate: accounts, cases, decisions, questions, requests, the trail."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from benchmarks.web_company import DAY, NOW, STREAMS, UNITS, Invented, Tool
from gate import decisions, terms
from gate.accounts import hashed
from gate.audit import Trail, canonical
from gate.material import material
from gate.roles import Role
from model.facts import VOCABULARY
from storage.times import from_ms, to_ms

_NOW = to_ms(NOW)
#: Role -> so many accounts.
_ROLES = {
    Role.ADMINISTRATOR: 3,
    Role.REVIEWER: 10,
    Role.APPROVER_IT: 6,
    Role.APPROVER_MARKETING: 8,
    Role.BUSINESS_USER: 20,
    Role.AUDITOR: 3,
}
_STAGES = (("new", "security"), ("questions", "owner"), ("review", "security"), ("second_key", "marketing"))
_ASKED = tuple(fact.name for fact in VOCABULARY.values() if fact.question and not fact.derived)[:40]
_CONDITIONS = ("Only with single sign-on", "No export of contacts", "Sign the data processing agreement")


class Gate:
    """Rows by table, made in the order of time: numbers of decisions are those that the trail names."""

    def __init__(self, company: Invented) -> None:
        """Let it all happen."""
        self.company, self._chance = company, random.Random(5)
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
        self._texts: dict[str, str] = {}
        self._states: dict[str, str] = {}
        self.tokens: list[dict[str, str]] = []
        self.statuses: dict[str, str] = {}
        self._accounts()
        self._listed()
        self._cases()
        self._afterwards()
        self._finish()

    def _add(self, table: str, **row: Any) -> int:
        self.rows[table].append({"id": len(self.rows[table]) + 1} | row)
        return len(self.rows[table])

    def _word(self, words: str) -> str:
        digest = hashlib.sha256(words.encode()).hexdigest()
        self._texts[digest] = words
        return digest

    def _decide(  # noqa: PLR0917 (who, what and when, in the order in which it is told)
        self, at: int, by: str, kind: str, about: str, detail: Mapping[str, Any], reason: str
    ) -> int:
        row = {"at": at, "by": by, "kind": kind, "object": about, "detail": canonical(dict(detail))}
        number = self._add("decision", **row, reason_hash=self._word(reason), origin=None)
        if kind == "status":
            self.statuses[about.removeprefix("tool:")] = decisions.status({"detail": detail}, NOW.date())
        return number

    def _account(self, role: Role) -> str:
        numbers = [row["id"] for row in self.rows["account"] if role in json.loads(row["roles"])]
        return f"account:{self._chance.choice(numbers)}"

    # --- who and what ------------------------------------------------------------------------------------------------

    def _accounts(self) -> None:
        actor = 3 * self.company.size.persons + 100
        source = len(STREAMS)
        for role, count in _ROLES.items():
            for n in range(count):
                actor += 1
                email, token = f"{role.replace('_', '.')}.{n + 1}@norrvik.example", f"ost_bench_{role}_{n + 1}"
                self._add(
                    "actor", source_id=source, native_id=email, address=email, name=None, aliases=None, kind="person"
                )
                self.rows["actor"][-1]["id"] = actor
                units = json.dumps(["Marketing"] if role == Role.APPROVER_MARKETING and n % 4 == 3 else [])
                since = {"valid_from": _NOW - 500 * DAY, "valid_to": None, "made_at": _NOW - 500 * DAY}
                self._add(
                    "account", actor_id=actor, roles=json.dumps([role]), units=units, token_hash=hashed(token), **since
                )
                self.tokens.append({"email": email, "role": role, "token": token})
        self._add("delegation", account_id=16, to_account_id=17, since=_NOW - 2 * DAY, until=_NOW + 9 * DAY)

    def _listed(self) -> None:
        """Take over what the company's own list said a year ago: two of ten tools."""
        for tool in self.company.tools[::5]:
            status = ("approved", "approved", "approved_with_conditions", "approved", "rejected", "retired")[
                tool.number // 5 % 6
            ]
            detail: dict[str, Any] = {"status": status, "decided_on": "2025-09-01"}
            words = {"sentence": self._word(f"You may use it for {tool.category or 'your work'}.")}
            if status == "approved_with_conditions":
                words["conditions"] = self._word("Single sign-on only; no export of contacts")
            until = NOW.date() + timedelta(days=tool.number % 500 - 30)
            detail |= {"words": words} | ({"review_by": until.isoformat()} if status.startswith("approved") else {})
            self._decide(
                _NOW - 400 * DAY + tool.number,
                "source:approved:it",
                "status",
                f"tool:{tool.id}",
                detail,
                "It is on the list.",
            )

    # --- cases -------------------------------------------------------------------------------------------------------

    def _cases(self) -> None:
        """Open cases on other tools than every tenth, on which some were closed; of a few tools both."""
        size, tools = self.company.size, self.company.tools
        closed = size.cases - size.open_cases
        for n in range(closed):
            self._closed(tools[(n * 10 + 1) % len(tools)], _NOW - 300 * DAY + n * (250 * DAY // closed))
        step = max(1, len(tools) // size.open_cases)
        for n in range(size.open_cases):
            self._open(tools[(n * step + 2) % len(tools)], n)

    def _case(self, tool: Tool, at: int, **row: Any) -> int:
        known = {"kind": "found", "tool_id": tool.id, "opened_at": at, "opened_by_run": 1 + (_NOW - at) // DAY % 80}
        known |= {"why": f"{30 + tool.number % 70}% of its people are in marketing", "owner_business": None}
        known |= {"owner_technical": None, "unit": UNITS[tool.number % len(UNITS)], "reopens": None, "spent": None}
        number = self._add("review_case", **(known | {"closed_at": None, "assignee": None, "stage_at": at} | row))
        self._event(number, at, "system", "opened", why=known["why"], reopens=None, unit=known["unit"])
        return number

    def _event(self, case: int, at: int, by: str, kind: str, **detail: Any) -> None:
        self._add("case_event", case_id=case, at=at, by=by, kind=kind, detail=json.dumps(detail, sort_keys=True))

    def _closed(self, tool: Tool, at: int) -> None:
        ended = at + (2 + tool.number % 12) * DAY
        by = self._account(Role.REVIEWER)
        row = {"state": "closed", "stage": "decided", "waiting_for": None, "due_at": at + 10 * DAY, "closed_at": ended}
        case = self._case(tool, at, **row, assignee=by)
        self._event(case, at + DAY, "system", "stage", to="review", waits="security", **{"from": "new"})
        self._event(case, at + DAY, by, "assigned", to=int(by.partition(":")[2]))
        outcome = ("approve", "approve", "approve_with_conditions", "reject", "retire")[tool.number // 10 % 5]
        self._sign_and_decide(case, tool, outcome, ended, by)

    def _sign_and_decide(self, case: int, tool: Tool, outcome: str, at: int, by: str) -> None:
        state, left = (self._state(tool, n) for n in (0, 1))
        words = {"sentence": self._word(f"{tool.name}: {outcome.replace('_', ' ')}.")}
        stated: dict[str, Any] = {}
        if outcome == "approve_with_conditions":
            words |= {f"condition_{n}": self._word(f"{_CONDITIONS[n - 1]} ({tool.name})") for n in (1, 2)}
            due = from_ms(at).date() + timedelta(days=60)
            stated["conditions"] = [
                {"text": f"condition_{n}", "owner": 1 + tool.number % self.company.size.persons, "due": due.isoformat()}
                for n in (1, 2)
            ]
        if outcome in {"approve", "approve_with_conditions"}:
            stated["review_by"] = (from_ms(at).date() + timedelta(days=365)).isoformat()
        if outcome == "retire" and tool.number % 20 == 1:
            stated["instead_of"] = self.company.tools[(tool.number + 9) % len(self.company.tools)].id
        agreed = terms.agreed(terms.Terms(outcome=outcome, reason="x", sentence="x"))
        for number, side in enumerate(("it", "marketing")):
            who = by if side == "it" else self._account(Role.APPROVER_MARKETING)
            detail = {"case": case, "outcome": outcome, "side": side, "state": state, "terms": agreed, "on": stated}
            detail |= {"account": int(who.partition(":")[2]), "words": words}
            signed = self._decide(at - 1 + number, who, "signature", f"case:{case}", detail, "The agreement was read.")
            self._event(case, at - 1 + number, who, "signed", side=side, outcome=outcome, decision=signed)
        status = {"approve": "approved", "reject": "rejected", "retire": "retired"}.get(
            outcome, "approved_with_conditions"
        )
        until = {"move_by": (NOW.date() + timedelta(days=40)).isoformat()} if outcome == "retire" else {}
        detail = stated | until | {"status": status, "case": case, "signature": signed, "state": state, "words": words}
        detail |= {"customer_risk": "medium", "dissent": [], "people": tool.people}
        made = self._decide(at, by, "status", f"tool:{tool.id}", detail, "It does the job and the risks are known.")
        self._event(case, at, by, "decided", decision=made, outcome=outcome)
        self._event(case, at, "system", "settled", decision=made, state=left)

    def _state(self, tool: Tool, n: int) -> str:
        found = [
            {"policy": p.id, "verdict": "violated", "state": "open"}
            for p in self.company.policies[n + tool.number % 9 : 12 : 2]
        ]
        facts = {"spend.annual": tool.number % 9 * 10**9, "people.count": tool.people}
        state = material(
            facts,
            found,
            [("crm", "read", "medium")],
            [("business", 1 + tool.number % 4000)],
            {"technology": "medium", "customer": "low"},
        )
        self._states[state.digest] = json.dumps(state.plain(), sort_keys=True, ensure_ascii=False)
        return state.digest

    def _open(self, tool: Tool, n: int) -> None:
        opened, (stage, waits) = _NOW - (n % 25) * DAY, _STAGES[(0, 0, 0, 1, 2, 3)[n % 6]]
        assignee = None if stage == "new" else self._account(Role.REVIEWER)
        row = {
            "state": "open",
            "stage": stage,
            "waiting_for": waits,
            "due_at": opened + (3 + n % 14) * DAY,
            "assignee": assignee,
        }
        kind = "requested" if n % 12 == 0 else "found"
        case = self._case(tool, opened, **row, kind=kind)
        if assignee is not None:
            self._event(case, opened + 60_000, "system", "stage", to=stage, waits=waits, **{"from": "new"})
            self._event(case, opened + 60_000, assignee, "assigned", to=int(assignee.partition(":")[2]))
        if kind == "requested":
            self._request(tool, case, opened)
        if stage in {"questions", "second_key"}:
            self._ask(tool, case, opened, n)

    def _request(self, tool: Tool, case: int, at: int) -> None:
        by = self._account(Role.BUSINESS_USER)
        row = {
            "case_id": case,
            "tool_id": tool.id,
            "name": tool.name,
            "account_id": int(by.partition(":")[2]),
            "at": at,
        }
        row |= {"category": tool.category, "unit": UNITS[tool.number % len(UNITS)], "people": 8, "data": '["contacts"]'}
        row |= {"needs": "[]", "price": 12_000_000_000, "currency": "EUR", "answered": "{}"}
        number = self._add("request", **row, purpose_hash=self._word(f"We want {tool.name} for the campaign."))
        self._event(case, at, by, "requested", request=number)

    def _ask(self, tool: Tool, case: int, at: int, n: int) -> None:
        by = self._account(Role.REVIEWER)
        for k in range(3):
            fact = _ASKED[(n + k * 7) % len(_ASKED)]
            row: dict[str, Any] = {
                "tool_id": tool.id,
                "case_id": case,
                "fact": fact,
                "asks": VOCABULARY[fact].asks,
                "asked_by": by,
            }
            row |= {"actor_id": 1 + (n * 3 + k) % self.company.size.persons, "asked_at": at, "due_at": at + 5 * DAY}
            ended = {"state": "answered", "closed_at": at + DAY} if k == 0 else {"state": "open", "closed_at": None}
            answer = self._answer(tool, fact, at + DAY, row["actor_id"]) if k == 0 else None
            number = self._add("question", **row, **ended, answer=answer, link_hash=None, link_until=None)
            self._event(case, at, by, "question_ask", question=number, fact=fact, to=row["actor_id"])

    def _answer(self, tool: Tool, fact: str, at: int, actor: int) -> int:
        detail = {"fact": fact, "value": True, "until": "2027-11-01"}
        return self._decide(at, f"person:{actor}", "answer", f"tool:{tool.id}", detail, "Answered without a note.")

    # --- the rest ----------------------------------------------------------------------------------------------------

    def _afterwards(self) -> None:
        """Conditions met, owners named, findings waived, answers given, and some of it taken back."""
        chance, tools, at = self._chance, self.company.tools, _NOW - 40 * DAY
        for row in [r for r in self.rows["decision"] if r["kind"] == "status" and '"conditions":[' in r["detail"]][::2]:
            detail = {"case": json.loads(row["detail"])["case"], "decision": row["id"], "condition": "condition_1"}
            self._decide(at, self._account(Role.REVIEWER), "condition_met", row["object"], detail, "It is signed.")
        for n in range(1_000):
            detail = {
                "side": ("business", "technical")[n % 2],
                "actor": 1 + chance.randrange(self.company.size.persons),
            }
            self._decide(
                at + n, self._account(Role.REVIEWER), "owner", f"tool:{tools[n * 7 % len(tools)].id}", detail, "Named."
            )
        for n in range(2_000):
            about = f"finding:{self.company.policies[n % 50].id}:{tools[n * 3 % len(tools)].id}"
            detail = {"until": (NOW.date() + timedelta(days=n % 200 - 20)).isoformat()}
            self._decide(
                at + n, self._account(Role.REVIEWER), "waive", about, detail, "Accepted until the contract ends."
            )
        for n in range(3_000):
            self._answer(tools[n * 5 % len(tools)], _ASKED[n % len(_ASKED)], at + n, 1 + n)
        owners = [row["id"] for row in self.rows["decision"] if row["kind"] == "owner"][::10]
        for n, number in enumerate(owners):
            self._decide(at + DAY + n, self._account(Role.REVIEWER), "undo", f"decision:{number}", {}, "A slip.")

    def _finish(self) -> None:
        self.rows["decision"].sort(key=lambda row: row["id"])
        self.rows["text"] = [{"hash": digest, "body": words} for digest, words in self._texts.items()]
        self.rows["material_state"] = [{"digest": digest, "body": body} for digest, body in self._states.items()]
        self.rows["audit"] = list(_audited(self.rows))


def _audited(rows: Mapping[str, Iterable[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    """Yield the trail: a row for each account and for each decision, chained."""
    trail, before = Trail(None), ""
    told = [
        ("user:root", "account.add", f"account:{row['id']}", {"account": row["id"]}, row["made_at"])
        for row in rows["account"]
    ]
    told += [
        (
            row["by"],
            f"decision.{row['kind']}",
            row["object"],
            {"decision": row["id"], "reason": row["reason_hash"]},
            row["at"],
        )
        for row in rows["decision"]
    ]
    for n, (actor, act, about, detail, at) in enumerate(told, 1):
        row = {"n": n, "at": at, "actor": actor, "act": act, "object": about, "detail": canonical(detail)}
        before = trail.mac(before, row)
        yield row | {"mac": before}


_TABLES = (
    *("account", "actor", "delegation", "decision", "review_case", "case_event", "question", "request"),
    *("material_state", "text", "audit"),
)
