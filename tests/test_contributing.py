"""The recipes of CONTRIBUTING.md work as they stand."""

import importlib.util
import io
import json
import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from werkzeug import Response

import connectors
from catalog.categories import CATEGORIES
from commands.policy import policy
from connectors.formats import Context, Raw
from connectors.registry import FORMATS
from model.errors import Malformed
from policies.engine import PACKS, load
from policies.reading import KEYS
from policies.testing import run_cases
from tests.connectors.live import Live, Waiting
from tests.scanner.house import House

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CONTEXT = Context(source="github:acme", read_at=datetime(2026, 11, 1, tzinfo=UTC))


def block(language):
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def github(tmp_path):
    """Import the worked example from a file, as the registry would."""
    path = tmp_path / "github_recipe.py"
    path.write_text(block("python"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("github_recipe", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["github_recipe"] = module  # its annotations are looked up there
    spec.loader.exec_module(module)
    yield module
    del sys.modules["github_recipe"]


def installed(**changed):
    made = {"id": 7, "app_id": 3, "app_slug": "mail-merge", "permissions": {"members": "read", "contents": "write"}}
    return json.dumps({**made, **changed}).encode()


def test_the_worked_format_reads_a_saved_answer(github):
    (fmt,) = github.FORMATS
    answer = b'{"total_count": 2, "installations": [' + installed() + b"," + installed(id=8) + b"]}"

    records = list(fmt.read(io.BytesIO(answer), CONTEXT))
    signals = [signal for record in records for signal in fmt.translate(record.data, CONTEXT)]

    assert all(isinstance(record, Raw) for record in records)
    assert [signal.native_id for signal in signals] == ["7", "8"]
    assert {signal.stream for signal in signals} == {stream.name for stream in fmt.streams}


def test_the_worked_format_translates_what_the_record_says(github):
    (signal,) = github.installation(installed(suspended_at="2026-01-01T00:00:00Z"), CONTEXT)

    assert signal.app.named() == {"app_id": "3", "label": "mail-merge"}
    assert signal.facts == {"enabled": False, "scopes": ("contents:write", "members:read")}
    assert signal.seen_at == CONTEXT.read_at


def test_one_line_makes_the_worked_format_known(github, monkeypatch):
    monkeypatch.setitem(sys.modules, "connectors.github", github)
    monkeypatch.setattr(connectors, "github", github, raising=False)
    registry = (ROOT / "connectors/registry.py").read_text(encoding="utf-8")
    listed = registry.replace("from connectors import (\n", "from connectors import (\n    github,\n")

    names = {}
    exec(listed.replace("    okta_live.SOURCE,\n", f"    okta_live.SOURCE,\n{block('python-line')}"), names)

    assert "github-installations" in names["FORMATS"]
    assert names["SOURCES"]["github"] is github.SOURCE
    assert "okta-apps" in names["FORMATS"]


def test_the_worked_source_is_scanned_page_by_page(github, monkeypatch, httpserver, tmp_path):
    def page(request):
        at = int(request.args.get("page", 1))
        link = {"Link": f'<{request.base_url}?per_page=100&page={at + 1}>; rel="next"'} if at < 3 else {}
        return Response(b'{"installations": [' + installed(id=at) + b"]}", headers=link)

    httpserver.expect_request("/orgs/acme/installations").respond_with_handler(page)
    monkeypatch.setitem(FORMATS, "github-installations", github.FORMATS[0])
    house = House(tmp_path, clock=Waiting())
    live = Live(house, known={"github": github.SOURCE})
    live.environment["GITHUB_TOKEN"] = "t"
    live.tables = tomllib.loads(github.SOURCE.example)["sources"]
    live.tables["github"]["api_url"] = httpserver.url_for("").rstrip("/")

    live.scan()

    assert live.coverage()["github", "installations"]["status"] == "complete"
    assert [row["native_id"] for row in house.rows("SELECT native_id FROM record ORDER BY 1")] == ["1", "2", "3"]
    assert httpserver.log[0][0].headers["Authorization"] == "Bearer t"
    house.store.close()


@pytest.mark.parametrize("record", [installed(app_slug=" "), installed(id="s3cret"), b'{"id": 1}', b"[]", b"\xff", b""])
def test_the_worked_format_refuses_a_malformed_record_without_quoting_it(github, record):
    with pytest.raises(Malformed) as refused:
        list(github.installation(record, CONTEXT))

    assert "s3cret" not in str(refused.value)


def test_the_worked_entry_has_what_every_entry_needs():
    entry = yaml.safe_load(block("yaml"))

    assert {"id", "name", "vendor", "category", "domains"} <= set(entry)
    assert (ROOT / f"catalog/entries/{entry['category']}.yaml").exists()


def test_the_worked_entry_uses_no_key_that_the_table_leaves_out():
    documented = {
        key for row in re.findall(r"^\| (`.*?) \|", PAGE, flags=re.MULTILINE) for key in re.findall(r"`(\w+)`", row)
    }

    assert set(yaml.safe_load(block("yaml"))) <= documented


def test_every_key_of_the_catalogue_is_documented():
    documented = {
        key for row in re.findall(r"^\| (`.*?) \|", PAGE, flags=re.MULTILINE) for key in re.findall(r"`(\w+)`", row)
    }
    files = sorted((ROOT / "catalog/entries").glob("*.yaml"))
    used = {key for path in files for key in re.findall(r"^(\w+):", path.read_text(encoding="utf-8"), re.MULTILINE)}

    assert used - documented == set()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`make ([a-z-]+)", PAGE))))
def test_every_make_target_of_the_page_exists(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.search(rf"^{name}:", makefile, flags=re.MULTILINE)


# --- a new policy ----------------------------------------------------------------------------------------------------


@pytest.fixture
def worked(tmp_path):
    """Load the worked policy from a file of its own, beside those that come with the program."""
    path = tmp_path / "unused.yaml"
    path.write_text(block("yaml-policy"), encoding="utf-8")
    return load([PACKS, path], CATEGORIES)


def test_the_worked_policy_is_taken_and_its_id_is_free(worked):
    assert [str(refusal) for refusal in worked.refused] == []
    assert [policy.id for policy in worked.policies if policy.pack == "unused"] == ["OWN-01"]


def test_the_worked_cases_come_out_as_they_say(worked):
    results = [result for result in run_cases(worked.policies) if result.policy.pack == "unused"]

    assert [result.got for result in results] == ["met", "violated", "unknown", "not_applicable"]
    assert all(result.passed for result in results)


def test_the_table_of_a_policy_names_its_keys_and_no_others():
    table = PAGE.partition("### A new policy")[2]
    documented = {
        key for row in re.findall(r"^\| (`.*?) \|", table, flags=re.MULTILINE) for key in re.findall(r"`(\w+)`", row)
    }

    assert documented == set(KEYS)


def test_the_commands_of_the_recipe_exist():
    named = set(re.findall(r"ostiary policy (\w+)", PAGE))

    assert named == {"check", "test"}
    assert named <= set(policy.commands)
