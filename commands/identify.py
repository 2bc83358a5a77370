"""`ostiary identify`: JSON lines in, JSON lines out. Loads the catalogue and nothing else."""

from __future__ import annotations

import json
import sys

from catalog.identify import identify_lines
from commands.settings import find_config
from commands.shape import Program, command, pass_program


@command("""identify <<< '{"id": 1, "kind": "domain", "value": "eu1.example.mailchimp.com"}'""")
@pass_program
def identify(program: Program) -> None:
    """Say which tool a string is.

    Reads JSON lines {"id", "kind", "value"} from standard input and writes one JSON line each, in order: id, tool,
    tool_id, vendor, category, marketing, matcher, confidence and why. Kinds: app_name domain url redirect_uri
    entity_id card_descriptor marketplace_product dns_spf dns_txt dns_cname script_host bundle_id client_id.
    """
    find_config(program)
    lines = sys.stdin.buffer
    for answer in identify_lines(lines):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        if lines.isatty():
            sys.stdout.flush()
