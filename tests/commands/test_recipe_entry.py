"""The recipe of CONTRIBUTING.md for a catalogue entry works as it stands: propose, check, identify."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.scanner.house import app

PAGE = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def typed(run, machine):
    """Type a line of the page as it stands; return what it says."""
    (machine / "ostiary.toml").write_text('[company]\nname = "Acme"\n[catalog]\noverlay = "own"\n', encoding="utf-8")
    (machine / "own").mkdir()
    seen = app("7zorbo", "ZS Review", name="bookmark", signOnMode="BOOKMARK")
    seen["settings"]["app"] = {"url": "https://acme.zorbostudio.com/home"}
    (machine / "apps.json").write_text(json.dumps([seen]), encoding="utf-8")
    assert run("ingest", "okta-apps", "apps.json").exit_code == 0

    def say(line, status=0):
        given, _, command = line.rpartition(" | ")
        stdin = shlex.split(given)[1].encode() if given else None
        done = run(*shlex.split(command)[1:], stdin=stdin)
        assert done.exit_code == status, (line, done.stdout, done.stderr)
        return done.stdout

    return say


def test_the_recipe_of_an_entry_works_from_end_to_end(typed, machine):
    first, second = (block.splitlines() for block in blocks("console-entry"))
    (proposed,), own = blocks("yaml-proposed"), machine / "own/tools.yaml"

    for line in first:
        typed(line)
    text = own.read_text(encoding="utf-8")
    refused = typed("ostiary catalog check", status=1)
    for filled in re.findall(r"`((?:vendor|category): [^`]+)`", PAGE):
        text = text.replace(f"{filled.partition(':')[0]}: fill-in", filled)
    own.write_text(text, encoding="utf-8")
    *_, answer = [typed(line) for line in second]

    assert re.sub(r"^#.*\n", "", own.read_text(encoding="utf-8"), flags=re.MULTILINE) == re.sub(
        r"(vendor|category): fill-in", lambda found: re.search(rf"`({found[1]}: .+?)`", PAGE)[1], proposed
    )
    assert "own/tools.yaml:1: category of own-zorbo-studio is still to be filled in" in refused
    assert (json.loads(answer)["tool"], json.loads(answer)["category"]) == ("Zorbo Studio", "design_creative")
    assert f"`{json.loads(answer)['why']}`" in PAGE
