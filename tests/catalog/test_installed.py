"""Which catalogue is in use: the program's own, a release, and back again; what is damaged is said."""

import json

import pytest

from catalog.cache import content_hash
from catalog.installed import InUse, in_use, install, undo
from catalog.load import ENTRIES
from model.errors import ConfigError, Refused

ENTRY = b"id: a\nname: Aaaa\nvendor: Aaaa\ncategory: crm\ndomains: [aaaa.com]\n"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "catalogue"


def test_without_an_installed_release_the_programs_own_is_in_use(folder):
    found = in_use(folder)

    assert found == InUse(ENTRIES, None)
    assert found.content() == content_hash(ENTRIES)
    assert found.sentence().endswith("(came with the program)")
    assert not folder.exists()


def test_an_installed_release_is_in_use_with_its_files(folder):
    install(folder, "aa11", {"crm.yaml": ENTRY})

    found = in_use(folder)
    assert found.version == "aa11"
    assert [(f.name, f.read_bytes()) for f in found.entries.iterdir()] == [("crm.yaml", ENTRY)]
    assert "installed by `ostiary catalog update`" in found.sentence()


def test_going_back_leads_through_what_was_in_use_to_the_programs_own(folder):
    install(folder, "aa11", {"crm.yaml": ENTRY})
    install(folder, "bb22", {"crm.yaml": ENTRY * 1})

    versions = []
    for _ in range(2):
        undo(folder)
        versions.append(in_use(folder).version)

    assert versions == ["aa11", None]
    with pytest.raises(Refused, match="none before it"):
        undo(folder)


def test_a_release_installed_again_is_whole_again_and_stands_once_in_the_history(folder):
    install(folder, "aa11", {"crm.yaml": ENTRY})
    (folder / "aa11/crm.yaml").write_bytes(b"changed")
    (folder / "aa11/other.yaml").write_bytes(b"added")

    install(folder, "aa11", {"crm.yaml": ENTRY})

    assert [f.name for f in (folder / "aa11").iterdir()] == ["crm.yaml"]
    assert (folder / "aa11/crm.yaml").read_bytes() == ENTRY
    undo(folder)
    assert in_use(folder).version is None


def test_what_can_not_be_written_leaves_what_was_in_use(folder):
    install(folder, "aa11", {"crm.yaml": ENTRY})

    with pytest.raises(OSError, match="no/such"):
        install(folder, "bb22", {"no/such.yaml": ENTRY})

    assert in_use(folder).version == "aa11"
    assert sorted(f.name for f in folder.iterdir()) == ["aa11", "in-use.json"]


def test_a_release_that_is_gone_is_said_and_can_be_left(folder):
    install(folder, "aa11", {"crm.yaml": ENTRY})
    (folder / "aa11").rename(folder / "elsewhere")

    with pytest.raises(ConfigError, match=r"aa11 is gone .*--undo"):
        in_use(folder)

    undo(folder)
    assert in_use(folder).version is None


@pytest.mark.parametrize("content", ["", "{}", "[1]", '["../../etc"]', "\0"])
def test_a_damaged_note_of_what_is_in_use_is_said_and_leads_nowhere(folder, content):
    folder.mkdir(parents=True)
    (folder / "in-use.json").write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"in-use\.json is damaged"):
        in_use(folder)


def test_the_note_names_versions_alone(folder):
    install(folder, "aa11", {"crm.yaml": ENTRY})

    assert json.loads((folder / "in-use.json").read_bytes()) == ["aa11"]
