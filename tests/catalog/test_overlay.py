"""The company's overlay: read with file and line of every problem, checked against the catalogue, stronger than it."""

import json
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.index import load_index
from catalog.overlay import Overlay, load_overlaid, read_overlay
from model.errors import ConfigError
from model.match import StringKind
from model.signal import AppIdentity

OWN = """
id: acme-portal
name: Acme Partner Portal
vendor: Acme
category: crm
domains: [portal.acme-works.com]
names: [Partnerwelt]
client_ids: [9f0e-portal]
"""
QUILLFOX = """
id: quillfox
name: Quillfox
vendor: Quillfox
category: email_marketing
domains: [quillfox.com]
client_ids: [0a1b-quillfox]
bundle_ids: [com.quillfox.sender]
spf: [servers.quillfox.com]
txt: [qfx-proof]
okta: [quillfoxsaml]
---
id: front
name: Front
vendor: Front
category: email_marketing
domains: [front.com]
word: true
"""


@pytest.fixture
def catalogue(tmp_path):
    folder = tmp_path / "entries"
    folder.mkdir()
    (folder / "email_marketing.yaml").write_text(QUILLFOX, encoding="utf-8")
    return folder


@pytest.fixture
def index(catalogue, tmp_path):
    return load_index(folder=catalogue, cache=tmp_path / "cache")


@pytest.fixture
def write(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()

    def written(text, name="tools.yaml"):
        (folder / name).write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
        return folder

    return written


def overlaid(folder, catalogue, tmp_path):
    return load_overlaid(folder, entries=catalogue, cache=tmp_path / "cache")


def test_an_own_tool_is_recognised_by_all_that_its_record_holds(write, catalogue, tmp_path):
    index, found = overlaid(write(OWN), catalogue, tmp_path)

    assert found.problems == ()
    assert index.entry("acme-portal").name == "Acme Partner Portal"
    for kind, value in (
        (StringKind.DOMAIN, "eu.portal.acme-works.com"),
        (StringKind.APP_NAME, "Partnerwelt"),
        (StringKind.CLIENT_ID, "9F0E-PORTAL"),
    ):
        assert index.read(kind, value).match.entry.id == "acme-portal"


def test_a_record_with_the_id_of_a_known_tool_adds_to_it(write, catalogue, tmp_path):
    index, found = overlaid(
        write("id: quillfox\nnames: [Rundbrief]\ndomains: [rundbrief.acme-works.com]\n"), catalogue, tmp_path
    )

    assert found.problems == ()
    assert index.read(StringKind.APP_NAME, "Rundbrief").match.entry.name == "Quillfox"
    assert index.read(StringKind.DOMAIN, "rundbrief.acme-works.com").match.entry.id == "quillfox"
    assert index.read(StringKind.DOMAIN, "app.quillfox.com").match.entry.id == "quillfox"
    assert index.entry("quillfox").vendor == "Quillfox"


def test_adding_to_a_tool_with_an_ordinary_word_for_a_name_makes_the_word_no_proof(write, catalogue, tmp_path):
    plain = load_index(folder=catalogue, cache=tmp_path / "cache")

    index, _ = overlaid(write("id: front\ndomains: [front.acme-works.com]\n"), catalogue, tmp_path)

    for name in ("Front Desk Booking", "Front", "Front Row"):
        assert index.read(StringKind.APP_NAME, name) == plain.read(StringKind.APP_NAME, name)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (
            OWN.replace("portal.acme-works.com", "quillfox.com"),
            "domain quillfox.com of acme-portal belongs to quillfox",
        ),
        (OWN.replace("9f0e-portal", "0A1B-quillfox"), "client id 0A1B-quillfox of acme-portal belongs to quillfox"),
        (OWN + "bundle_ids: [com.quillfox.sender]\n", "bundle id com.quillfox.sender of acme-portal belongs to"),
        (OWN + "spf: [servers.quillfox.com]\n", "SPF host servers.quillfox.com of acme-portal belongs to quillfox"),
        (OWN + "txt: [qfx-proof]\n", "TXT key qfx-proof of acme-portal belongs to quillfox"),
        (OWN + "okta: [quillfoxsaml]\n", "Okta key quillfoxsaml of acme-portal belongs to quillfox"),
        (OWN.replace("category: crm", "category: crmm"), "unknown category crmm"),
        (OWN.replace("category: crm", "category: fill-in"), "category of acme-portal is still to be filled in"),
        (OWN.replace("vendor: Acme", "vendor: fill-in"), "vendor of acme-portal is still to be filled in"),
        (OWN + "schema: 2\n", "of schema 2, and this program knows 1: install a newer Ostiary"),
        ("id: quillfox\nschema: 2\nnames: [Rundbrief]\n", "of schema 2, and this program knows 1"),
        (OWN + "now: acme-portal\n", "acme-portal became itself"),
        (OWN + "personal_data: [shoes]\n", "shoes of acme-portal is no kind of personal data"),
        (
            "id: quillfox\nended_source: https://quillfox.com/end\n",
            "ended_source of quillfox is the catalogue's to say",
        ),
        (OWN + "colour: blue\n", "unknown key colour"),
        (OWN.replace("vendor: Acme\n", ""), "key vendor is missing"),
        (OWN.replace("[portal.acme-works.com]", "[co.uk]"), "co.uk is a public suffix"),
        (OWN.replace("[portal.acme-works.com]", "[https://x]"), "https://x is no plain lower-case domain"),
        (OWN + "ended: soon\n", "ended must be a year, or a day"),
        (OWN + "now: nothing\n", "acme-portal became nothing, which is unknown"),
        (OWN.replace("id: acme-portal", "id: Acme Portal"), "Acme Portal is no slug"),
        ("id: quillfox\nvendor: Acme\ndomains: []\n", "the catalogue knows quillfox by another vendor"),
        ("id: quillfox\nword: true\n", "word of quillfox is the catalogue's to say"),
        ("- a list\n", "an entry must be a mapping"),
        ("id: [broken\n", "not YAML"),
    ],
)
def test_a_wrong_record_is_refused_with_file_and_line_and_the_rest_loads(write, index, record, says):
    good = "id: zebra-desk\nname: Zebra Desk\nvendor: Acme\ncategory: crm\ndomains: [zebra.acme-works.com]\n"

    found = read_overlay(write(f"{good}---\n{textwrap.dedent(record).lstrip()}"), index)

    assert [tool.id for tool in found.tools] == ["zebra-desk"]
    (problem,) = found.problems
    assert problem.startswith(("own/tools.yaml:7: ", "own/tools.yaml:8: "))
    assert says in problem


def test_of_two_records_that_claim_one_domain_the_first_holds(write, index):
    second = (
        OWN.replace("acme-portal", "acme-other").replace("Partner Portal", "Other").replace("Partnerwelt", "Anders")
    )

    found = read_overlay(write(OWN + "---" + second.replace("9f0e", "1111")), index)

    assert [tool.id for tool in found.tools] == ["acme-portal"]
    assert found.problems == (
        "own/tools.yaml:9: domain portal.acme-works.com of acme-other belongs to acme-portal (own/tools.yaml:1)",
    )


def test_tools_that_became_each_other_are_refused_each_at_its_line_and_the_rest_loads(write, catalogue, tmp_path):
    def record(id_, **more):
        fields = {"id": id_, "name": id_, "vendor": "Acme", "category": "crm", "domains": f"[{id_}.com]"} | more
        return "".join(f"{name}: {value}\n" for name, value in fields.items())

    ring = [record("acme-a", now="acme-b"), record("acme-b", now="acme-c"), record("acme-c", now="acme-a")]

    index, found = overlaid(write("---\n".join([*ring, record("acme-d")])), catalogue, tmp_path)

    assert [tool.id for tool in found.tools] == ["acme-d"]
    assert found.problems == (
        "own/tools.yaml:1: acme-a became itself by way of acme-b",
        "own/tools.yaml:8: acme-b became itself by way of acme-c",
        "own/tools.yaml:15: acme-c became itself by way of acme-a",
    )
    assert index.read(StringKind.DOMAIN, "acme-d.com").match.entry.id == "acme-d"


def test_kinds_of_personal_data_are_added_to_those_that_the_catalogue_names(write, catalogue, tmp_path):
    (catalogue / "crm.yaml").write_text(
        "id: zz\nname: Zzyx\nvendor: Zz\ncategory: crm\ndomains: [zzyx.com]\npersonal_data: [contacts]\n",
        encoding="utf-8",
    )
    folder = write("id: zz\npersonal_data: [contacts, payment]\n---\nid: quillfox\npersonal_data: [behaviour]\n")

    index, found = overlaid(folder, catalogue, tmp_path)

    assert found.problems == ()
    assert index.entry("zz").personal_data == ("contacts", "payment")
    assert index.entry("quillfox").personal_data == ("behaviour",)
    assert index.entry("front").personal_data == ()


def test_two_additions_stand_side_by_side(write, index):
    found = read_overlay(write("id: quillfox\nnames: [Rundbrief]\n---\nid: front\nnames: [Vorderseite]\n"), index)

    assert (len(found.tools), found.problems) == (2, ())


def test_an_own_tool_may_have_become_one_of_the_catalogue(write, index):
    found = read_overlay(write(OWN + "now: quillfox\n"), index)

    assert (len(found.tools), found.problems) == (1, ())


def test_a_name_of_the_company_wins_over_the_catalogues(write, catalogue, tmp_path):
    index, found = overlaid(write(OWN.replace("Partnerwelt", "Quillfox")), catalogue, tmp_path)

    assert found.problems == ()
    assert index.read(StringKind.APP_NAME, "Quillfox").match.entry.id == "acme-portal"
    assert index.read_app(AppIdentity(domain="quillfox.com", label="Quillfox")).match.entry.id == "quillfox"


def test_every_file_is_read_whatever_its_name(write, index):
    write(OWN)
    folder = write("id: quillfox\nnames: [Rundbrief]\n", "more.yml")

    assert [tool.id for tool in read_overlay(folder, index).tools] == ["quillfox", "acme-portal"]


def test_a_file_that_may_not_be_read_is_a_problem_and_not_a_crash(write, index, tmp_path):
    folder = write(OWN)
    (folder / "gone.yaml").symlink_to(tmp_path / "nowhere")

    found = read_overlay(folder, index)

    assert len(found.tools) == 1
    assert found.problems[0].startswith("own/gone.yaml:1: cannot be read: ")


def test_a_folder_that_is_not_there_is_named(index, tmp_path):
    with pytest.raises(ConfigError, match="there is no folder"):
        read_overlay(tmp_path / "none", index)


def test_without_an_overlay_the_index_is_the_catalogues(catalogue, index, tmp_path):
    plain, found = load_overlaid(None, entries=catalogue, cache=tmp_path / "cache")

    assert (plain.version, found) == (index.version, Overlay())


def test_the_version_says_what_the_overlay_holds_and_not_where(write, catalogue, tmp_path):
    first, _ = overlaid(write(OWN), catalogue, tmp_path)
    moved, _ = overlaid(write("# a comment\n" + OWN.lstrip()), catalogue, tmp_path)
    changed, _ = overlaid(write(OWN.replace("Partnerwelt", "Partnerland")), catalogue, tmp_path)

    assert first.version == moved.version != changed.version


def test_a_checked_overlay_is_read_from_the_cache_and_anew_once_it_changes(write, catalogue, tmp_path, monkeypatch):
    folder = write(OWN + "---\nid: broken\n")
    before = overlaid(folder, catalogue, tmp_path)
    monkeypatch.setattr("catalog.overlay.documents", lambda _path: pytest.fail("read again"))

    again = overlaid(folder, catalogue, tmp_path)

    assert again[1] == before[1]
    assert again[0].version == before[0].version
    monkeypatch.undo()
    write(OWN)
    assert overlaid(folder, catalogue, tmp_path)[1].problems == ()


@pytest.mark.parametrize("content", ["", "[]", '{"tools": [{"no": 1}], "problems": []}', "\0"])
def test_a_damaged_cache_is_made_anew(write, catalogue, tmp_path, content):
    folder = write(OWN)
    before = overlaid(folder, catalogue, tmp_path)[1]
    (kept,) = (tmp_path / "cache").glob("overlay-*.json")
    kept.write_text(content, encoding="utf-8")

    assert overlaid(folder, catalogue, tmp_path)[1] == before


def test_a_cache_that_can_not_be_written_is_done_without(write, catalogue, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    _, found = load_overlaid(write(OWN), entries=catalogue, cache=tmp_path / "file")

    assert len(found.tools) == 1


@pytest.mark.parametrize("content", [b"id: \xff\xfe", b"\0", b"id: 2024-99-99"])
def test_bytes_that_are_no_text_and_days_that_are_none_are_told_with_their_line(write, index, content):
    folder = write(OWN)
    (folder / "bad.yaml").write_bytes(content)

    found = read_overlay(folder, index)

    assert len(found.tools) == 1
    assert found.problems[0].startswith("own/bad.yaml:1: not YAML: ")


VALUES = st.one_of(st.text(max_size=20), st.integers(), st.none(), st.lists(st.text(max_size=9), max_size=3))
KEYS = st.sampled_from(["id", "name", "vendor", "category", "domains", "names", "word", "ended", "now", "txt", "x"])


@given(st.lists(st.dictionaries(KEYS, VALUES), max_size=4))
def test_no_record_whatsoever_crashes_or_takes_from_the_catalogue(tmp_path_factory, records):
    folder = tmp_path_factory.mktemp("any")
    entries = folder / "entries"
    entries.mkdir()
    (entries / "email_marketing.yaml").write_text(QUILLFOX, encoding="utf-8")
    own = folder / "own"
    own.mkdir()
    (own / "a.yaml").write_text("\n---\n".join(map(json.dumps, records)), encoding="utf-8")

    index, found = load_overlaid(own, entries=entries, cache=folder / "cache")

    assert index.read(StringKind.DOMAIN, "quillfox.com").match.entry.id == "quillfox"
    assert all(problem.startswith("own/a.yaml:") for problem in found.problems)
    broken = any("not YAML" in problem for problem in found.problems)
    assert broken or len(found.tools) + len(found.problems) >= len(records)
