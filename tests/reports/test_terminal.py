"""Tables, pages and progress."""

import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reports import columns, terminal
from reports.columns import keep

COLUMNS = (
    columns.text("name", "Tool", least=10),
    columns.word("status", "Status", rank=1),
    columns.money("spend", "12 months", rank=2),
    columns.day("seen", "Last seen", rank=3),
    columns.text("id", "Id", rank=4, least=10),
)
ROWS = [
    {
        "name": "A tool with a rather long name",
        "status": "in_review",
        "spend": [{"currency": "EUR", "amount_micros": 1_234_560_000}, {"currency": "USD", "amount_micros": 1_000_000}],
        "seen": "2026-06-30T12:00:00Z",
        "id": "a-tool",
    },
    {"name": "B", "status": "rejected", "spend": None, "seen": None, "id": None},
]


class Tty(io.StringIO):
    def isatty(self):
        return True


def drawn(width, rows=ROWS, shape=COLUMNS, out=None):
    out = out or io.StringIO()
    terminal.Screen(out, width=width, zone=ZoneInfo("Europe/London")).table(shape, rows)
    return out.getvalue()


def test_a_table_shows_values_as_people_say_them():
    text = drawn(100)

    assert "EUR 1,234.56" in text
    assert "USD 1.00" in text
    assert "30 Jun 2026" in text
    assert "in review" in text
    assert "unknown" in text


def test_columns_go_in_the_order_of_their_rank():
    heads = {width: drawn(width).splitlines()[0].split("  ") for width in (100, 56, 40, 22)}

    titles = {width: [t.strip() for t in found if t.strip()] for width, found in heads.items()}
    assert titles[100] == ["Tool", "Status", "12 months", "Last seen", "Id"]
    assert titles[56] == ["Tool", "Status", "12 months", "Last seen"]
    assert titles[40] == ["Tool", "Status", "12 months"]
    assert titles[22] == ["Tool", "Status"]


@given(
    st.integers(10, 200),
    st.lists(st.tuples(st.text(max_size=80), st.text(max_size=20)), max_size=6),
)
def test_no_line_is_wider_than_the_screen_whatever_the_names(width, pairs):
    shape = (columns.text("a", "A"), columns.text("b", "B", rank=1))

    text = drawn(width, [{"a": a, "b": b} for a, b in pairs], shape)

    assert all(cell_len(line) <= width for line in text.split("\n"))


def test_numbers_stand_right():
    lines = drawn(40, [{"n": 5}, {"n": 1234}], (columns.number("n", "People"),)).splitlines()

    assert [line for line in lines[2:] if line] == ["     5", " 1,234"]


def test_a_long_name_wraps_and_nothing_of_it_is_lost():
    name = "word " * 20 + "unbreakable" * 8

    text = drawn(30, [{"name": name}], (columns.text("name", "Tool"),))

    assert "".join("".join(text.splitlines()[2:]).split()) == "".join(name.split())


def test_data_is_taken_neither_for_markup_nor_for_terminal_sequences():
    text = drawn(80, [{"name": "[red]x[/red] \x1b[2J\x1b]0;evil\x07 :smile: [link=http://x]y"}], COLUMNS[:1])

    assert "[red]x[/red] :smile: [link=http://x]y" in text
    assert "\x1b" not in text


def test_lines_do_not_end_in_blanks():
    screen = terminal.Screen(out := io.StringIO(), width=60)
    screen.heading("Title", "about")
    screen.line("A sentence that is long enough to be wrapped at the end of the line, twice even.")
    screen.facts([("Name", "value"), ("Longer name", "x " * 60)])
    screen.table(COLUMNS, ROWS)

    assert [line for line in out.getvalue().splitlines() if line != line.rstrip()] == []


def test_there_is_no_colour_where_there_is_no_terminal():
    assert "\x1b" not in drawn(80)


def test_on_a_terminal_few_words_have_a_colour(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert "\x1b[31mrejected" in drawn(80, out=Tty())


def test_no_color_is_heeded(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[31m" not in drawn(80, out=Tty())


def test_a_command_is_never_broken():
    terminal.Screen(out := io.StringIO(), width=20).command("ostiary review merge a-long-id another-long-id", "Do:")

    assert "    ostiary review merge a-long-id another-long-id\n" in out.getvalue()


def test_the_width_is_what_columns_says_or_the_terminals_or_100(monkeypatch):
    monkeypatch.setenv("COLUMNS", "77")
    assert terminal.width_of(io.StringIO()) == 77

    monkeypatch.setenv("COLUMNS", "wide")
    assert terminal.width_of(io.StringIO()) == 100


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 60)), min_size=1, max_size=8),
    st.integers(8, 200),
)
def test_widths_fill_the_room_and_never_more(sizes, room):
    least, full = [a for a, _ in sizes], [a + b for a, b in sizes]

    widths = terminal.spread(least, full, [[width] for width in full], room)

    assert sum(widths) <= max(room, len(sizes))
    assert all(1 <= w <= f for w, f in zip(widths, full, strict=True))
    assert sum(widths) == min(sum(full), room) or sum(least) > room


def test_room_goes_where_most_cells_would_be_wrapped():
    assert terminal.spread([5, 5], [10, 10], [[2, 2, 10], [9, 10, 10]], 15) == [5, 10]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 40)), min_size=1, max_size=8), st.integers(1, 200))
def test_what_matters_most_is_never_dropped(shape, room):
    made = [columns.Column(title="x", cell=lambda _r, _z: "", rank=rank) for rank, _ in shape]

    kept = keep(made, [width for _, width in shape], room, 2)

    assert {i for i, (rank, _) in enumerate(shape) if rank == 0} <= set(kept)
    dropped = [shape[i][0] for i in range(len(shape)) if i not in kept]
    assert not dropped or min(dropped) >= max(1, *(shape[i][0] for i in kept), 0)
    assert kept == sorted(kept)


def test_elsewhere_than_on_a_terminal_progress_is_one_line_a_step():
    err = io.StringIO()

    with terminal.progress(err) as told:
        told.step("Reading \x1b[2J2 files", 100)
        told.advance(50)
        told.step("Identifying")

    assert err.getvalue() == "Reading 2 files ...\nIdentifying ...\n"


def test_on_a_terminal_progress_says_what_and_how_far(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    err = Tty()

    with terminal.progress(err) as told:
        told.advance()
        told.step("Reading 2 files", 100)
        told.advance(50)
        told.step("Rolling up", 2)
        told.advance(2)

    assert "Rolling up" in err.getvalue()
    assert "100%" in err.getvalue()


@pytest.mark.parametrize(("values", "said"), [(None, "unknown"), ([], "none known"), (["a", "b"], "a, b")])
def test_a_list_says_whether_it_is_empty_or_unknown(values, said):
    column = columns.listed("x", "X", none="none known")

    assert column.cell({"x": values}, ZoneInfo("UTC")) == said
