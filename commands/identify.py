"""`ostiary identify`: JSON lines in, JSON lines out. Loads the catalogue and nothing else."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import cast

import click

from catalog.aliases import Aliases, aliases_of
from catalog.bulk import Readable, answer_stream
from catalog.index import Index
from catalog.overlay import load_overlaid
from commands.settings import catalogue_in_use, database_url, find_config, overlay_of
from commands.shape import Program, command, pass_program
from storage.aliases import standing_aliases


@command("""identify <<< '{"id": 1, "kind": "domain", "value": "eu1.example.mailchimp.com"}'""")
@click.option("--suggest", is_flag=True, help="Also what an unidentified string may be: candidates, for a person.")
@pass_program
def identify(program: Program, *, suggest: bool) -> None:
    """Say which tool a string is.

    Reads JSON lines {"id", "kind", "value"} from standard input and writes one JSON line each, in order: id, tool,
    tool_id, vendor, category, marketing, matcher, confidence and why. Kinds: app_name domain url redirect_uri
    entity_id card_descriptor marketplace_product dns_spf dns_txt dns_cname script_host bundle_id client_id.
    What comes slowly is answered line by line; what comes in bulk by all cores. With --suggest there is a field more,
    candidates: tool_id, tool, score, why, and the command that accepts one. The company's overlay (--config) and what
    people ruled by `ostiary catalog alias` (--db) are known.
    """
    index, aliases = taught(program)
    if suggest:
        _suggest(index, aliases)
        return
    with contextlib.closing(answer_stream(cast("Readable", sys.stdin.buffer), index, aliases)) as answers:
        for block in answers:
            sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()


def taught(program: Program) -> tuple[Index, Aliases]:
    """Return the catalogue with the company's overlay, and the aliases of the decisions in the database.

    What of the overlay is refused is said on standard error. A database that is not there has taught nothing.
    """
    index, known = load_overlaid(overlay_of(find_config(program)), entries=catalogue_in_use().entries)
    for problem in known.problems:
        click.echo(f"Overlay: {problem}; this entry is left out", err=True)
    return index, aliases_of(standing_aliases(database_url(program)), index.entry)


def _suggest(index: Index, aliases: Aliases) -> None:
    from commands.suggesting import answers  # noqa: PLC0415 (its library is loaded only where somebody asks for it)

    for answer in answers(sys.stdin.buffer, index, aliases):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
