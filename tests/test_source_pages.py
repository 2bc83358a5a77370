"""The pages of live sources say what the connectors declare, and each source has a guide that is true to it."""

import dataclasses
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from connectors.registry import FORMATS, SOURCES
from connectors.source_tables import opened
from docs.source_pages import anchor, source_pages, steps
from model.stream import Mode

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference" / "sources"
PAGES = {path.name.removesuffix(".md"): text for path, text in source_pages(FOLDER, SOURCES).items()}
KINDS = sorted(SOURCES)
EACH = pytest.mark.parametrize("kind", KINDS)


def guide(kind):
    return (ROOT / SOURCES[kind].guide).read_text(encoding="utf-8")


def section(kind, title):
    return PAGES[kind].partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_each_registered_source_has_a_page_that_is_written_as_it_is_declared_and_there_is_an_index():
    assert sorted(PAGES) == sorted([*KINDS, "README"])
    for name, text in PAGES.items():
        written = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        assert written == text, f"{name} is stale: run `python docs/write_reference.py`"


def test_no_page_is_left_over_from_a_source_that_is_gone():
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(PAGES)


def test_the_writer_of_all_reference_pages_writes_them():
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "docs/write_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert {FOLDER / f"{name}.md" for name in PAGES} <= set(module.pages())


def test_the_index_leads_to_every_page_and_every_guide():
    links = set(re.findall(r"\]\(([^)]+)\)", PAGES["README"]))

    assert links == {f"{kind}.md" for kind in KINDS} | {f"../../how-to/connect-{kind}.md" for kind in KINDS}


@EACH
def test_a_page_names_every_feed_stream_call_and_format(kind):
    read, files = section(kind, "What is read"), section(kind, "The same records from files")

    for feed in SOURCES[kind].feeds:
        assert all(f"| `{feed.name}` | `{stream.name}` |" in read for stream in feed.filled)
        assert all(f"`{call}`" in read for call in feed.calls)
        assert f"| `{feed.format.name}` | {FORMATS[feed.format.name].about} |" in files


@EACH
def test_a_page_says_exactly_which_permission_opens_what_and_what_stays_unseen_without(kind):
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", section(kind, "Permissions"), flags=re.MULTILINE))

    declared = {p: [] for feed in SOURCES[kind].feeds for stream in feed.filled for p in stream.permissions}
    for feed in SOURCES[kind].feeds:
        for permission in {p for stream in feed.filled for p in stream.permissions}:
            declared[permission].append(feed)
    assert set(rows) == set(declared)
    for permission, feeds in declared.items():
        assert all(f"`{feed.name}`" in rows[permission] and feed.blinds in rows[permission] for feed in feeds)


@EACH
def test_a_page_says_how_long_logs_are_kept_and_who_says_so(kind):
    told = section(kind, "How far back and how late")

    for feed in SOURCES[kind].feeds:
        for stream in feed.filled:
            assert f"`{stream.name}`" in told
            if stream.mode is Mode.EVENTS:
                assert f"| `{stream.name}` | {stream.retention.days} days | {stream.retention_source} |" in told
                assert stream.retention_source


@EACH
def test_a_page_lists_every_key_of_the_configuration_and_no_other(kind):
    told = re.findall(r"^\| `(\w+)` \|", section(kind, "Configuration"), flags=re.MULTILINE)

    own = [field.name for field in dataclasses.fields(SOURCES[kind].config)]
    assert told == [*own, "kind", "backfill_days", "skip", "certificates"]
    assert sorted(SOURCES[kind].keys) == sorted(own)


@EACH
def test_a_page_says_limits_and_what_it_rests_on(kind):
    assert section(kind, "Limits").strip() == SOURCES[kind].limits
    assert len(re.findall(r"^- ", section(kind, "What this rests on"), flags=re.MULTILINE)) >= 2


@EACH
def test_every_link_of_a_page_leads_to_a_heading_of_the_guide(kind):
    links = re.findall(r"\]\(([^)]+)\)", section(kind, "How to connect it"))

    whole, *to_steps = links
    assert (FOLDER / whole).resolve() == ROOT / SOURCES[kind].guide
    assert [link.partition("#")[2] for link in to_steps] == [anchor(step) for step in steps(SOURCES[kind])]
    assert len(to_steps) >= 4


# --- the guides, which are written by hand ---------------------------------------------------------------------------


@EACH
def test_a_guide_names_every_permission_and_every_feed(kind):
    text = guide(kind)

    for feed in SOURCES[kind].feeds:
        assert f"`{feed.name}`" in text
        for stream in feed.filled:
            assert all(permission in text for permission in stream.permissions)


@EACH
def test_the_tables_of_a_guide_can_be_read(kind):
    tables = re.findall(r"^```toml\n(.*?)^```$", guide(kind), flags=re.MULTILINE | re.DOTALL)

    assert tables
    for table in tables:
        (found,) = opened(tomllib.loads(table)["sources"], SOURCES).values()
        assert found.source is SOURCES[kind]


@EACH
def test_a_guide_shows_how_to_try_it_and_what_it_was_checked_against(kind):
    text = guide(kind)

    assert "ostiary doctor" in text
    assert f"ostiary scan {kind}" in text
    assert re.search(r"^Checked on \d{1,2} \w+ \d{4} against .+\*", text, flags=re.MULTILINE)


@pytest.mark.parametrize("path", ["README.md", "how-to/connect-a-first-source.md"])
def test_the_pages_and_guides_are_found_from_the_other_docs(path):
    text = (ROOT / "docs" / path).read_text(encoding="utf-8")

    assert [kind for kind in KINDS if f"connect-{kind}.md" not in text] == []
