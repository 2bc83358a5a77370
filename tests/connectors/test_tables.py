"""Delimited text is read however it comes, and what is no table is refused as a whole."""

import csv
import io
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.formats import Bad, Context, Raw
from connectors.tables import Columns, fold_header, header_names, open_table, read_table, spooled
from model.errors import AccessDenied, ConfigError, Interrupted, OstiaryError, WrongFormat

COLUMNS = Columns(
    header_names({"name": "name | full name", "sum": "sum | amount", "note": "note"}), (("name",), ("sum",))
)
TABLE = b"Name;Amount;Note\nanna;1;x\nbert;2;y\n"
ROWS = [{"name": "anna", "sum": "1", "note": "x"}, {"name": "bert", "sum": "2", "note": "y"}]
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\r\n"), max_size=20)


class Breaking(io.BytesIO):
    """Gives its content, then fails."""

    def __init__(self, content, error):
        super().__init__(content)
        self.error = error

    def read(self, size=-1):
        chunk = super().read(size)
        if chunk:
            return chunk
        raise self.error


def read(content, **profile):
    notes = []
    found = list(read_table(io.BytesIO(content), COLUMNS, Context(source="t", profile=profile, note=notes.append)))
    return found, notes


def data(content, **profile):
    return [row.data for row in read(content, **profile)[0]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_separator_line_end_and_encoding_are_found(separator, end, encoding):
    text = TABLE.decode().replace(";", separator).replace("\n", end)

    assert data(text.encode(encoding)) == ROWS


def test_the_number_is_the_line_on_which_the_row_begins():
    found, _ = read(b'Statement\n\nName,Amount\nanna,1\n"bert\nor\nso",2\n\ncarl,3\n')

    assert [(row.number, row.data["name"]) for row in found] == [(4, "anna"), (5, "bert\nor\nso"), (9, "carl")]


def test_blanks_around_cells_and_header_names_are_left_aside():
    assert data(b'NAME; Amount ; note\n anna ; 1;"x "\nbert; "2";\xc2\xa0y\n') == ROWS


def test_a_header_is_compared_without_case_and_marks():
    assert fold_header("  Full_NAME (*) ") == "full name"
    assert data(b"Full_Name,SUM:\nanna,1\n") == [{"name": "anna", "sum": "1"}]


def test_lines_before_the_header_are_passed_over():
    assert data(b"Account statement; page 1\n\nperiod;2026-01\n" + TABLE) == ROWS


def test_empty_rows_and_a_repeated_header_are_skipped():
    assert data(TABLE.replace(b"bert", b";;\n\n , \nName;Amount;Note\nbert").replace(b" , \n", b"")) == ROWS


def test_a_cell_that_is_blank_is_absent():
    assert data(b"name,amount,note\nanna,1,\n") == [{"name": "anna", "sum": "1"}]


def test_nul_bytes_are_dropped():
    assert data(TABLE.replace(b"anna", b"an\0na")) == ROWS


def test_a_row_of_the_wrong_width_is_bad_and_the_next_is_read():
    found, _ = read(b"name,amount,note\nanna,1\nbert,2,y,z\ncarl,3,\n")

    assert [type(row) for row in found] == [Bad, Bad, Raw]
    assert [row.number for row in found] == [2, 3, 4]
    assert "fewer" in found[0].reason
    assert "more" in found[1].reason


def test_trailing_blank_cells_are_no_cells():
    assert data(TABLE.replace(b";x\n", b";x;;\n")) == ROWS
    assert data(TABLE.replace(b"Note\n", b"Note;;\n")) == ROWS


def test_a_quotation_mark_that_never_closes_costs_its_own_line_only():
    found, _ = read(b'name,amount\nanna,1\n"bert,2\ncarl,3\n')

    assert [row.number for row in found] == [2, 3, 4]
    assert isinstance(found[1], Bad)
    assert found[2].data["name"] == "carl"


def test_a_stray_quotation_mark_far_from_the_end_costs_its_own_line_only():
    rows = b"".join(b"carl,%d\n" % n for n in range(500))

    found, _ = read(b'name,amount\n"bert,2\n' + rows)

    assert [type(row) for row in found] == [Bad] + [Raw] * 500


def test_a_mark_inside_a_cell_is_text():
    assert data(b'name,amount\n12" screen,1\n"say ""hi""",2\n') == [
        {"name": '12" screen', "sum": "1"},
        {"name": 'say "hi"', "sum": "2"},
    ]


def test_an_endless_cell_is_bad():
    found, _ = read(b'name,amount\n"' + b"x" * 200_000 + b'",1\nanna,1\n')

    assert [type(row) for row in found] == [Bad, Raw]


def test_lines_in_two_encodings_are_each_read_right_and_a_note_says_so():
    filler = b"".join(b"n%d;1;\n" % n for n in range(20_000))
    content = b"name;amount;note\n" + filler + "zoë;1;\u2013\n".encode("cp1252") + "zoë;1;\u2013\n".encode()

    found, notes = read(content)

    assert found[-1].data == found[-2].data == {"name": "zoë", "sum": "1", "note": "\u2013"}
    assert notes == ["encoding windows-1252 (1 lines, the first is line 20002)"]


def test_a_file_in_utf_8_gives_no_note():
    assert read("name;amount\nzoë;1\n".encode())[1] == []


def test_bytes_of_no_encoding_do_not_stop_the_reading():
    assert data(b"name;amount\n\x81\xff;1\n")[0]["sum"] == "1"


def test_the_profile_names_encoding_separator_and_columns():
    content = "wer|was,wieviel\nжизнь|x,5\n".encode("koi8-r")

    assert data(content, encoding="koi8-r", separator="pipe", name="Wer", sum="was,wieviel") == [
        {"name": "жизнь", "sum": "x,5"}
    ]


@pytest.mark.parametrize("profile", [{"encoding": "klingon"}, {"separator": "ab"}])
def test_a_setting_that_is_none_is_a_configuration_error(profile):
    with pytest.raises(ConfigError):
        read(TABLE, **profile)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b" \r\n\r\n\t", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0rest", "Excel"),
        (bytes(range(256)) * 20, "binary"),
        (b"\0\1\2\3" * 100, "binary"),
        (b'{"a": 1}\n{"a": 2}\n', "JSON"),
        (b'[{"a": 1}]', "JSON"),
        (b'{"a": "' + b"x" * 200_000 + b'"}', "JSON"),
        (b"<!DOCTYPE html><html>", "page"),
        (b'<?xml version="1.0"?>', "page"),
        (b"hello world", "no column for name, sum"),
        (b"a,b,c\n1,2,3\n", "no column for name, sum"),
    ],
)
def test_what_is_no_such_table_is_refused_as_a_whole(content, says):
    with pytest.raises(WrongFormat, match=says):
        read(content)


def test_a_missing_column_is_named_with_the_setting_that_names_it():
    with pytest.raises(WrongFormat, match=r"no column for sum .*--set sum=COLUMN"):
        read(b"name,total price\nanna,1\n")


def test_a_column_that_a_setting_names_must_be_there():
    with pytest.raises(WrongFormat, match="setting note"):
        read(TABLE, note="remarks")


def test_a_saved_refusal_is_access_denied():
    with pytest.raises(AccessDenied) as caught:
        read(b'{"ok": false, "error": "missing_scope", "needed": "transactions:read"}')

    assert "transactions:read" in caught.value.permission
    assert caught.value.remedy


@pytest.mark.parametrize("error", [EOFError(), OSError(), zlib.error()])
def test_a_file_that_breaks_off_gives_what_came_before_and_is_interrupted(error):
    found = []

    with pytest.raises(Interrupted):
        found.extend(read_table(Breaking(b"name,amount\n" + b"anna,1\n" * 20_000, error), COLUMNS, Context(source="t")))
    rows = read_table(Breaking(b"name,amount\n" + b"anna,1\n" * 20_000, error), COLUMNS, Context(source="t"))
    assert next(rows).data == {"name": "anna", "sum": "1"}


def test_a_spooled_copy_of_a_broken_file_ends_with_its_last_whole_line():
    with spooled(Breaking(b"name,amount\nanna,1\nbert,12", EOFError())) as (copy, broken):
        assert copy.read() == b"name,amount\nanna,1\n"
        assert isinstance(broken, Interrupted)


def test_a_spooled_copy_of_a_whole_file_is_the_file():
    content = b"name,amount\n" * 50_000 + b"the end"

    with spooled(io.BytesIO(content)) as (copy, broken):
        assert copy.read() == content
        assert broken is None


def test_the_layout_tells_what_was_found_where():
    layout = open_table(io.BytesIO(b"preamble\n" + TABLE), COLUMNS, Context(source="t")).layout

    assert (layout.separator, layout.line) == (";", 2)
    assert layout.headers == {"name": "Name", "sum": "Amount", "note": "Note"}


@given(
    st.lists(st.tuples(CELLS.filter(lambda c: c.strip()), CELLS), max_size=20), st.sampled_from([",", ";", "\t", "|"])
)
@example([("a\r\nb", '"')], ",")
def test_what_csv_writes_is_read_back(rows, separator):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([("name", "amount"), *rows])

    found = data(text.getvalue().encode())

    expected = [{"name": name.strip(), "sum": amount.strip()} for name, amount in rows]
    kept = [{key: lines(value) for key, value in row.items() if value} for row in expected]
    assert [{key: lines(value) for key, value in row.items()} for row in found] == [row for row in kept if row]


def lines(text):
    """A quoted line end is read as LF, whichever it was."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@given(st.binary(max_size=400))
@example(b'name,amount\n"')
@example(b'name,amount\n1\r2,3"\n')
def test_hostile_bytes_raise_nothing_but_our_errors(content):
    for whole in (content, b"name,amount\n" + content, content + b"\nname;amount\nx;1\n"):
        try:
            found, _ = read(whole)
        except OstiaryError:
            continue
        assert all(isinstance(row, Raw | Bad) for row in found)
