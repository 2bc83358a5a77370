"""Templates: the program's and the company's own, refused with file and line, filled without a gap."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.notify import EVENTS
from gate.templating import FOLDER, PLACES, Templates, load
from model.errors import ConfigError

BLANK = dict.fromkeys(PLACES, "")


def test_there_is_a_template_for_every_event_and_for_every_program():
    names = {path.name for path in FOLDER.iterdir()}

    assert names == {f"{event}.txt" for event in EVENTS} | {
        "case_requested.txt",
        "digest.txt",
        "undone.txt",
        "jira.json",
        "servicenow.json",
        "webhook.json",
    }


def test_the_templates_of_the_program_hold_as_a_companys_own():
    load(FOLDER)


@pytest.mark.parametrize("event", [*EVENTS, "case_requested", "digest", "undone"])
def test_a_template_without_anything_known_is_still_words(event):
    words = load().words(event, BLANK)

    assert words.title
    assert "$" not in words.title + words.text


def test_the_title_is_the_first_line_and_lines_without_what_they_name_are_left_out():
    made = Templates({"x.txt": "New:  $tool\n\nIt is $tool.\nBy $vendor, $tool\nAlways.\n"})

    words = made.words("x", BLANK | {"tool": "Quillfox"})

    assert (words.title, words.text) == ("New: Quillfox", "It is Quillfox.\nAlways.")


def test_a_document_is_filled_in_every_text_and_what_is_unknown_is_null():
    made = Templates({"x.json": json.dumps({"a": "$tool!", "b": ["$vendor", "plain", 3], "c": {"d": "$$5"}})})

    assert made.document("x", BLANK | {"tool": 'Q"}'}) == {"a": 'Q"}!', "b": [None, "plain", 3], "c": {"d": "$$5"}}


@given(name=st.text())
def test_no_name_breaks_out_of_a_document(name):
    found = load().document("webhook", BLANK | {"tool": name})

    assert found["tool"] == {"id": None, "name": name or None}


def test_a_file_of_the_company_stands_for_the_one_of_its_name_alone(tmp_path):
    (tmp_path / "digest.txt").write_text("Post: $count\n$items\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("no template", encoding="utf-8")

    made = load(tmp_path)

    assert made.words("digest", BLANK | {"count": "3"}).title == "Post: 3"
    assert made.words("decided", BLANK | {"tool": "Q", "outcome": "is approved"}).title == "Decided: Q is approved"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("case.txt", "x", "there is no template of that name"),
        ("digest.txt", "A\nB $$ $tol", "line 2: nothing is called $tol"),
        ("digest.txt", "A\n5 $", "line 2: a $ that is meant as such is written"),
        ("digest.txt", "\nB", "its first line is the title"),
        ("jira.json", "[]", "no JSON object"),
        ("jira.json", '{"a": ', "Expecting value"),
        ("jira.json", '{"a": "$secret"}', r"line 1: nothing is called \$secret"),
        ("digest.txt", "x" * 70_000, "64 kB"),
    ],
)
def test_a_template_that_cannot_hold_is_refused_with_its_file(tmp_path, name, content, why):
    (tmp_path / name).write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match=why.replace("$t", r"\$t").replace("a $ ", r"a \$ ")) as refused:
        load(tmp_path)
    assert name in str(refused.value)


def test_a_template_that_is_no_text_or_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "digest.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"digest\.txt"):
        load(tmp_path)

    (tmp_path / "digest.txt").unlink()
    (tmp_path / "digest.txt").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="is no folder"):
        load(tmp_path / "none")
