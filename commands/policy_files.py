"""`ostiary policy case` and `schema`: what helps to write policies."""

from __future__ import annotations

import json

import click

from commands.company_policies import company_pack
from commands.figures import the_tool
from commands.opening import reading
from commands.policy_history import present
from commands.shape import Command, Failure, Program, pass_program
from policies.fixtures import case_of
from policies.nearest import near
from policies.schema import schema
from policies.shape import Policy
from scanner.run import shipped_pack


@click.command("case", cls=Command, example="policy case --from-tool Zapier SEC-02")
@click.option("--from-tool", "tool", required=True, metavar="ID|NAME", help="The tool whose facts are taken.")
@click.argument("policy_id", metavar="POLICY")
@pass_program
def case(program: Program, tool: str, policy_id: str) -> None:
    """Write a case of a policy from what is known of a real tool, with no names of persons: paste it under `cases`."""
    with reading(program) as desk:
        policies = {policy.id: policy for policy in company_pack(desk.settings, shipped_pack).policies}
        policy = _named(policies, policy_id)
        wanted = the_tool(desk, tool)
        now = present(desk)
        found = next((one for one in now.tools if one[0] == wanted), None)
        if found is None:
            raise Failure(f"nothing has been judged of {wanted} yet: `ostiary rebuild` derives its facts")
        named = desk.is_catalogued(wanted)
        note = f"as of a real tool on {now.at:%Y-%m-%d}"
        click.echo(case_of(policy, found[1], found[2], now.at, named=named, note=note), nl=False)


def _named(policies: dict[str, Policy], policy_id: str) -> Policy:
    found = policies.get(policy_id.upper())
    if found is None:
        meant = near(policy_id.upper(), policies)
        raise Failure(f"there is no policy {policy_id!r}" + (f": did you mean {meant}?" if meant else ""))
    return found


@click.command("schema", cls=Command, example="policy schema")
def print_schema() -> None:
    """Print the JSON Schema of a policy, for an editor that checks and completes YAML while it is written."""
    click.echo(json.dumps(schema(), indent=1, ensure_ascii=False))
