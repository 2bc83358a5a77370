"""YAML with places: where everything stands, and what is not taken at all."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies import documents as module
from policies.documents import Fields, Items, Place, Scalar, Unreadable, documents, read_text


def only(text):
    (found,) = documents(text)
    return found


def value(text):
    return only(f"v: {text}").fields["v"][1]


def refused(text):
    found = only(text)
    assert isinstance(found, Unreadable)
    return found.place.line, found.place.column, str(found)


def test_a_document_knows_where_everything_stands():
    found = only("# above\na: 1\nb:\n  - x\n  - {c: [y]}\n")

    assert isinstance(found, Fields)
    assert found.place == Place(2, 1)
    assert {key: place for key, (place, _) in found.fields.items()} == {"a": Place(2, 1), "b": Place(3, 1)}
    items = found.fields["b"][1]
    assert isinstance(items, Items)
    assert [item.place for item in items.items] == [Place(4, 5), Place(5, 5)]
    assert items.items[1].fields["c"][1].items[0].place == Place(5, 10)


@pytest.mark.parametrize("text", ["on", "yes", "1", "1.50", "2026-01-01", "null", "~", "0x1F", "!!int 7"])
def test_a_value_is_the_text_that_stands_there(text):
    found = value(text)

    assert isinstance(found, Scalar)
    assert found.text == text.removeprefix("!!int ")


@pytest.mark.parametrize(
    ("text", "bare"), [("a", True), ("'a'", False), ('"a"', False), ("|\n  a", False), (">\n  a", False)]
)
def test_quotes_and_blocks_are_told_from_bare_words(text, bare):
    assert value(text).bare is bare


PLACES = [
    # the text, the offset, where it stands (the value begins at 1:4)
    ("people.count", 0, (1, 4)),
    ("people.count", 7, (1, 11)),
    ("people.count", 99, (1, 15)),
    ('"people.count"', 0, (1, 5)),
    ("'it''s so'", 3, (1, 9)),
    ("'it''s so'", 5, (1, 11)),
    (r'"a\"b c"', 4, (1, 10)),
    (r'"caf\u00e9 x"', 5, (1, 15)),
    ("a\n  b", 2, (2, 3)),
    (">\n  a b\n  c", 4, (3, 3)),
    (">-\n\n  a", 1, (3, 3)),
    ("|\n  a\n    b", 4, (3, 5)),
    ("|+\n  a\n  b", 2, (3, 3)),
    ("''", 0, (1, 4)),
]


@pytest.mark.parametrize(("text", "offset", "place"), PLACES)
def test_a_character_is_found_where_it_stands_however_it_is_written(text, offset, place):
    assert value(text).at(offset) == Place(*place)


@given(st.text(alphabet="ab =&|.'\"\n", min_size=1, max_size=40), st.sampled_from([None, "'", '"', "|", ">"]))
def test_the_place_of_a_character_holds_that_character(text, style):
    written = "# one\n" + yaml.dump({"v": text}, default_style=style, width=30, allow_unicode=True)
    found = only(written)
    lines = written.split("\n")
    scalar = next(node for _, node in found.fields.values())

    for offset, character in enumerate(scalar.text):
        place = scalar.at(offset)
        if not character.isspace():
            assert lines[place.line - 1][place.column - 1] == character


def test_places_count_from_the_top_of_the_file_in_every_document():
    first, second = documents("---\na: 1\n---\n# more\nb: |\n  x\n  y\n")

    assert first.place == Place(2, 1)
    assert second.fields["b"][1].at(2) == Place(7, 3)


def test_hyphens_within_a_value_begin_no_document():
    assert only("a: |\n  ---\n  b\nc: '--- d'\n").fields["a"][1].text == "---\nb\n"


@pytest.mark.parametrize("text", ["", "---", "---\n\n---\n# nothing\n", "\n\n"])
def test_what_is_empty_holds_no_document(text):
    assert list(documents(text)) == []


def test_a_document_that_is_no_yaml_does_not_hide_the_next():
    found = list(documents("a: [\n---\nb: 1\n---\nc: {\n---\nd: 2\n"))

    assert [type(one) for one in found] == [Unreadable, Fields, Unreadable, Fields]
    assert [one.place.line for one in found] == [2, 3, 6, 7]


REFUSED = [
    ("a: &x 1", 1, 4, "anchors and aliases"),
    ("a: *x", 1, 4, "anchors and aliases"),
    ("a: 1\nb: 2\na: 3", 3, 1, "the key a stands here a second time"),
    ("? {b: 1}\n: c", 1, 3, "a key is a plain word"),
    ("a: b: c", 1, 5, "not YAML: mapping values are not allowed"),
    ("a:\n\t- b", 2, 1, "not YAML: found character that cannot start any token"),
    ("a: 'b", 1, 7, "not YAML: found unexpected end of stream"),
    ("a: \x00", 1, 4, "not YAML: a character that YAML does not allow"),
    ("a: @b", 1, 4, "not YAML: found character that cannot start"),
    ("a: 1\n...\nb: 1", 2, 1, "not YAML"),
    ("[" * 13, 1, 13, "nested deeper than 12 levels"),
]


@pytest.mark.parametrize(("text", "line", "column", "said"), REFUSED)
def test_what_is_refused_is_refused_at_its_place(text, line, column, said):
    found = refused(text)

    assert said in found[2]
    assert found[0] == line or said == "not YAML"
    assert found[1] == column or said.startswith("not YAML")


def test_masses_of_values_are_refused_before_they_are_built(monkeypatch):
    monkeypatch.setattr(module, "MOST_NODES", 10)

    assert refused(f"a: [{'b, ' * 20}]")[2].startswith("more than 10 values in one document")
    assert isinstance(only(f"a: [{'b, ' * 7}]"), Fields)


def test_a_byte_order_mark_and_line_ends_of_other_systems_change_nothing(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: 1\r\nb: é\r\n".encode())

    found = only(read_text(path))

    assert {key: (place.line, node.text) for key, (place, node) in found.fields.items()} == {
        "a": (1, "1"),
        "b": (2, "é"),
    }


def test_a_large_file_is_refused_and_one_at_the_limit_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 2048)
    path = tmp_path / "a.yaml"
    path.write_text("#" * 2048, encoding="utf-8")
    assert len(read_text(path)) == 2048

    path.write_text("#" * 2049, encoding="utf-8")

    with pytest.raises(Unreadable, match="larger than 2 kB"):
        read_text(path)


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_are_refused_at_a_place_within_them(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)

    try:
        place = Place(len(read_text(path).split("\n")), 1)
    except Unreadable as error:
        place = error.place

    assert 1 <= place.line <= data.count(b"\n") + 1
    assert 1 <= place.column <= len(data) + 1
