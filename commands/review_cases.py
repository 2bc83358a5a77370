"""`ostiary review take`, `assign`, `decide`, `agree`, `condition`, `revoke-rule`: a case on its way to its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from commands.acting import account, as_option, gate_of
from commands.deciding import reason_option
from commands.figures import the_tool
from commands.listing import tell
from commands.opening import Desk, writing
from commands.shape import Group, Program, check_date, command, pass_program
from gate import accounts, conditions, reviewing, undoing
from gate.keys import OUTCOMES, Side
from gate.reviewing import Review, Signed
from gate.roles import Account
from gate.terms import Condition, Terms
from model.errors import Refused
from reports.words import plural
from storage import cases, queries
from storage.store import Connection

_CASE = click.argument("case", metavar="CASE", type=int)


@command("review take 3 --as bo@example.com", name="take")
@_CASE
@as_option
@pass_program
def take(program: Program, case: int) -> None:
    """Take a case up: it is yours, and its clock for reviewing starts."""
    with writing(program, new=False) as desk:
        _assign(desk, case, None)


@command("review assign 3 bo@example.com --as ana@example.com", name="assign")
@_CASE
@click.argument("email", metavar="EMAIL")
@as_option
@pass_program
def assign(program: Program, case: int, email: str) -> None:
    """Give a case to somebody who may work on it."""
    with writing(program, new=False) as desk:
        _assign(desk, case, email)


def _assign(desk: Desk, case: int, email: str | None) -> None:
    gate = gate_of(desk)
    with desk.store.write() as connection:
        by = account(connection, desk)
        to = by if email is None else accounts.the_account(connection, email)
        Review(connection, gate, case, by).assign(to)
        name = _name(connection, case)
    told = {"case": case, "assignee": to.email}
    tell(desk, told, f"Case {case} ({name}) is with {to.email} now.", *_look(case))


@command(
    'review decide 3 approve --reason "Read the DPA" --sentence "You may use it." --as bo@example.com', name="decide"
)
@_CASE
@click.argument("outcome", type=click.Choice([*OUTCOMES]))
@reason_option
@click.option("--sentence", required=True, metavar="TEXT", help="One plain sentence for the other side.")
@click.option(
    "--condition", "stated", multiple=True, metavar='"TEXT;EMAIL;DATE"', help="What is done, by whom, until which day."
)
@click.option(
    "--review-by",
    callback=check_date,
    metavar="DATE",
    help="When it is looked at again; a year if not said. Of retire: by when people have moved.",
)
@click.option(
    "--instead-of", metavar="TOOL", help="The tool that it replaces; of reject and retire: the one to use instead."
)
@click.option(
    "--seen", metavar="DIGEST", help="The state that you read, as `cases show` prints it; refused if another."
)
@click.option("--side", type=click.Choice([*map(str, Side)]), help="For which side, where you may sign for both.")
@as_option
@pass_program
def decide(
    program: Program,
    case: int,
    outcome: str,
    *,
    reason: str,
    sentence: str,
    stated: tuple[str, ...],
    review_by: str | None,
    instead_of: str | None,
    seen: str | None,
    side: str | None,
) -> None:
    """Sign a case: the tool is decided on once every side that must has signed the same. `review agree` is the second.

    OUTCOME is approve, approve_with_conditions, reject or retire. Where customers may be harmed, or nobody knows, IT
    and Marketing both have to sign to let a tool in.
    """
    with writing(program, new=False) as desk:
        other = None if instead_of is None else the_tool(desk, instead_of)

        def say(connection: Connection) -> Terms:
            return Terms(
                outcome=outcome,
                reason=reason,
                sentence=sentence,
                conditions=tuple(_condition(connection, text) for text in stated),
                review_by=None if review_by is None else date.fromisoformat(review_by[:10]),
                instead_of=other,
                seen=seen,
                side=None if side is None else Side(side),
            )

        _sign(desk, case, lambda review, connection: review.sign(say(connection)))


@command('review agree 3 --reason "The business case holds" --as cmo@example.com', name="agree")
@_CASE
@reason_option
@as_option
@pass_program
def agree(program: Program, case: int, reason: str) -> None:
    """Turn the second key: sign for your side what the other one signed, on its terms and on the state it read."""
    with writing(program, new=False) as desk:
        _sign(desk, case, lambda review, _connection: review.agree(reason))


@click.group("condition", cls=Group, example='review condition met 3 1 --reason "Signed" --as bo@example.com')
def condition() -> None:
    """Say what became of the conditions of an approval."""


@condition.command("met", example='review condition met 3 1 --reason "The DPA is signed" --as bo@example.com')
@_CASE
@click.argument("number", metavar="N", type=int)
@reason_option
@as_option
@pass_program
def met(program: Program, case: int, number: int, reason: str) -> None:
    """Record that a condition is met; `cases show` numbers them. One that is late brings the case back."""
    with writing(program, new=False) as desk:
        gate = gate_of(desk)
        with desk.store.write() as connection:
            made = conditions.meet(connection, gate, (case, number), reason, account(connection, desk))
        told = {"decision": made, "kind": "review condition met", "case": case, "condition": number}
        undo = f"ostiary review undo {made} --reason TEXT"
        tell(desk, told | {"undo": undo}, f"Condition {number} of case {case} is met (decision {made}).", _UNDO, undo)


@command('review revoke-rule FAST-01 --reason "It let in too much" --as bo@example.com', name="revoke-rule")
@click.argument("rule", metavar="RULE")
@reason_option
@as_option
@pass_program
def revoke_rule(program: Program, rule: str, reason: str) -> None:
    """Take back all approvals of a rule at once, and let it approve nothing more until it says something else.

    The next run opens a case for each tool. Takes the role of an approver for IT.
    """
    with writing(program, new=False) as desk:
        gate = gate_of(desk)
        with desk.store.write() as connection:
            tools = undoing.revoke(connection, gate, rule, reason, account(connection, desk))
        told = {"kind": "review revoke-rule", "rule": rule, "tools": tools}
        line = f"{plural(len(tools), 'approval')} of {rule} {'is' if len(tools) == 1 else 'are'} taken back."
        more = f"{rule} approves nothing more until it says something else ([gate] rules)."
        tell(desk, told, line, more, "The next run opens their cases:", "ostiary cases")


# --- inside ----------------------------------------------------------------------------------------------------------

_UNDO = "To undo it:"


def _sign(desk: Desk, case: int, say: Callable[[Review, Connection], Signed]) -> None:
    gate = gate_of(desk)
    with desk.store.write() as connection:
        by = account(connection, desk)
        done = say(Review(connection, gate, case, by), connection)
        row, row_of = reviewing.words(connection, case)[-1], cases.case(connection, case) or {}
        name, status = _name(connection, case), cases.status_of_tool(connection, str(row_of["tool_id"])) or "new"
    _tell(desk, case, by, done, {"outcome": row["detail"]["outcome"], "tool": name, "status": status})


def _tell(desk: Desk, case: int, by: Account, done: Signed, said: dict[str, Any]) -> None:
    stead = None if done.key.of is None else done.key.of.email
    told = {"kind": "review decide", "case": case, "signature": done.signature, "decision": done.decision, **said}
    told |= {"side": done.key.side.value, "for": stead, "missing": sorted(done.standing.missing)}
    outcome, side = said["outcome"].replace("_", " "), _SIDES[done.key.side]
    behalf = "" if stead is None else f", in the stead of {stead}"
    lines = [f"{by.email} signed for {side}{behalf}: {outcome} (signature {done.signature})."]
    if done.decision is None:
        lines += _waits(done)
        undo = f"ostiary review undo {done.signature} --reason TEXT --as {by.email}"
        lines += ["To take your word back:", undo]
    else:
        status = said["status"].replace("_", " ")
        undo = f"ostiary review undo {done.decision} --reason TEXT --as {by.email}"
        lines += [f"{said['tool']} is {status} from now on (decision {done.decision}).", _UNDO, undo]
    tell(desk, told | {"undo": undo}, *lines)


_SIDES = {Side.IT: "IT", Side.MARKETING: "Marketing"}


def _waits(done: Signed) -> list[str]:
    missing = " and ".join(_SIDES[side] for side in sorted(done.standing.missing))
    found = [f"The case waits for {missing} to sign the same."]
    if done.standing.dissent:
        found.append("The other side has said otherwise; that is recorded, and stands until it says something else.")
    return found


def _condition(connection: Connection, text: str) -> Condition:
    """Return a condition as it is written on the line. Raises Refused."""
    parts = [part.strip() for part in text.rsplit(";", 2)]
    if len(parts) != 3 or not all(parts):
        raise Refused('a condition is written "TEXT;EMAIL;DATE", such as "Sign the DPA;ana@example.com;2027-01-31"')
    what, email, day = parts
    actor = queries.actor_of_address(connection, email)
    if actor is None:
        raise Refused(f"nobody is known by the address {email!r}: ingest the directory, or give them an account first")
    try:
        due = date.fromisoformat(day)
    except ValueError:
        raise Refused(f"{day!r} is no day: write 2027-01-31") from None
    return Condition(text=what, owner=actor, due=due)


def _name(connection: Connection, case: int) -> str:
    found = cases.case(connection, case)
    tool = str((found or {})["tool_id"])
    return queries.tool_name(connection, tool) or tool


def _look(case: int) -> tuple[str, str]:
    return "To see it with all that is known:", f"ostiary cases show {case}"
