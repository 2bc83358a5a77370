import gzip
import io
import os
import random
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import connectors.unpacked
from connectors.inputs import Input, find_inputs, printable
from connectors.unpacked import Unpacked
from model.errors import AccessDenied, ConfigError, Interrupted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINES = b"".join(b'{"n": %d, "noise": "%x"}\n' % (n, random.Random(n).getrandbits(64)) for n in range(20_000))
SKIPPABLE = b"\x50\x2a\x4d\x18\x03\0\0\0abc"
PACKERS = {
    "gzip": gzip.compress,
    "gzip of many members": lambda data: b"".join(
        gzip.compress(data[at : at + 900]) for at in range(0, len(data), 900)
    ),
    "zstd": zstandard.compress,
    "zstd of two frames": lambda data: zstandard.compress(data[:700]) + zstandard.compress(data[700:]),
    "zstd after a skippable frame": lambda data: SKIPPABLE + zstandard.compress(data),
    "plain": lambda data: data,
}


def names(inputs):
    return [found.name for found in inputs]


def joined(read, size):
    return b"".join(iter(lambda: read(size), b""))


def refuse(monkeypatch, method, refused):
    """Make the file system refuse one path: the suite may run as root, whom no mode bits stop."""
    original = getattr(Path, method)

    def guarded(self, *args, **kwargs):
        if str(self) == str(refused):
            raise PermissionError(13, "Permission denied", str(self))
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Path, method, guarded)


class Failing(io.RawIOBase):
    """A disk that fails after some bytes."""

    def __init__(self, data):
        super().__init__()
        self._data = io.BytesIO(data)

    def read(self, size=-1, /):
        return self._data.read(min(size, 50)) or self._fail()

    def _fail(self):
        raise OSError(5, "Input/output error")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("logs/b.json", "logs/a.json", "logs/2026/c.json", "logs/.hidden.json", "logs/a.src.tsv", "other.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def test_a_file_is_found_with_its_size_and_time(tree):
    os.utime("other.json", (1_700_000_000, 1_700_000_000))

    (found,) = find_inputs(["other.json"])

    assert found == Input("other.json", Path("other.json"), 10, datetime.fromtimestamp(1_700_000_000, UTC))


def test_a_folder_gives_all_files_below_it_in_order(tree):
    found = names(find_inputs(["logs"]))

    assert found == ["logs/.hidden.json", "logs/2026/c.json", "logs/a.json", "logs/a.src.tsv", "logs/b.json"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("logs/*.json", ["logs/a.json", "logs/b.json"]),
        ("logs/[a]*", ["logs/a.json", "logs/a.src.tsv"]),
        ("*/20??", ["logs/2026/c.json"]),
        ("**/*.json", ["other.json", "logs/a.json", "logs/b.json", "logs/2026/c.json"]),
        ("logs/.h*", ["logs/.hidden.json"]),
        ("./logs/b*", ["./logs/b.json"]),
    ],
)
def test_a_quoted_glob_is_expanded(tree, pattern, expected):
    assert names(find_inputs([pattern])) == expected


def test_an_absolute_glob_is_expanded(tree):
    assert names(find_inputs([f"{tree}/logs/b.*"])) == [f"{tree}/logs/b.json"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tree):
    Path("report[1].json").write_bytes(b"x")

    assert names(find_inputs(["report[1].json"])) == ["report[1].json"]


def test_a_file_that_is_named_twice_is_read_once(tree):
    assert names(find_inputs(["logs/a.json", "logs/*.json", "logs/a.json"])) == ["logs/a.json", "logs/b.json"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nowhere.json", "nowhere.json does not exist"),
        ("logs/*.csv", "logs/*.csv matches no file"),
        ("other.json/*", "other.json/* matches no file"),
        ("void", "the folder void holds no files"),
        ("", "a path is empty"),
        ("a\0b", "null byte"),
    ],
)
def test_a_path_that_names_nothing_is_a_mistake_that_is_told(tree, path, says):
    Path("void/within").mkdir(parents=True)

    with pytest.raises(ConfigError) as told:
        find_inputs(["other.json", path])

    assert says in str(told.value)


def test_a_link_that_leads_back_up_ends(tree):
    Path("logs/again").symlink_to("..")

    found = names(find_inputs(["logs"]))

    assert found.count("logs/a.json") == 1
    assert "logs/again/other.json" in found


def test_a_pipe_inside_a_folder_is_left_aside(tree):
    os.mkfifo("logs/pipe")

    assert "logs/pipe" not in names(find_inputs(["logs"]))


def test_a_link_to_nothing_inside_a_folder_is_no_silent_gap(tree):
    Path("logs/z").symlink_to("gone.json")

    found = find_inputs(["logs"], now=NOW)[-1]

    assert (found.name, found.modified) == ("logs/z", NOW)
    with pytest.raises(Interrupted, match="the file could not be opened: No such file"):
        found.open()


def test_a_file_without_the_right_to_read_it_is_refused_when_opened(tree, monkeypatch):
    refuse(monkeypatch, "open", "other.json")
    (found,) = find_inputs(["other.json"])

    with pytest.raises(AccessDenied) as told:
        found.open()

    assert told.value.permission == "read other.json"
    assert "right to read" in told.value.remedy


def test_a_folder_without_the_right_to_list_it_is_refused_when_opened(tree, monkeypatch):
    refuse(monkeypatch, "iterdir", "logs")
    monkeypatch.setattr(os, "scandir", lambda path: (_ for _ in ()).throw(PermissionError(13, "no", str(path))))

    (found,) = find_inputs(["logs"])

    assert found.name == "logs"
    with pytest.raises(AccessDenied, match="read logs"):
        found.open()


@pytest.mark.parametrize("path", ["logs", "logs/*", "**/*.json", "logs/*/*.json"])
def test_a_sub_folder_that_can_not_be_listed_surfaces(tree, monkeypatch, path):
    refuse(monkeypatch, "iterdir", "logs/2026")

    assert "logs/2026" in names(find_inputs([path]))


def test_a_path_that_may_not_even_be_looked_at_is_refused_not_missing(tree, monkeypatch):
    refuse(monkeypatch, "stat", "secret/a.json")
    refuse(monkeypatch, "is_dir", "secret/a.json")

    (found,) = find_inputs(["secret/a.json"], now=NOW)

    assert found == Input("secret/a.json", Path("secret/a.json"), 0, NOW)
    with pytest.raises(AccessDenied):
        found.open()


def test_standard_input_is_read_once_and_left_open(monkeypatch):
    raw = io.BytesIO(gzip.compress(LINES))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=raw))

    (found,) = find_inputs(["-", "-"], now=NOW)
    with found.open() as data:
        content = data.read()

    assert (found.name, found.path, found.modified) == ("-", None, NOW)
    assert content == LINES
    assert not raw.closed


def test_a_name_that_is_no_text_is_shown_in_printable_form(tree):
    name = os.fsdecode(b"caf\xe9\n.json")
    Path(name).write_bytes(b"x")

    (found,) = find_inputs([name])

    assert found.name == "caf\\xe9\\x0a.json"
    assert found.name.encode()
    with found.open() as data:
        assert data.read() == b"x"


@given(st.text(st.characters(), min_size=1))
def test_every_name_has_a_printable_form(name):
    shown = printable(name)

    assert shown.isprintable()
    assert shown.encode()
    assert shown == name or not name.isprintable()


@pytest.mark.parametrize("packer", PACKERS.values(), ids=PACKERS)
@pytest.mark.parametrize("name", ["export.json", "export.gz", "export.zst"])
def test_what_a_file_holds_decides_not_how_it_is_called(tmp_path, packer, name):
    (tmp_path / name).write_bytes(packer(LINES))
    (found,) = find_inputs([str(tmp_path / name)])

    with found.open() as data:
        assert data.read() == LINES
        assert data.read() == b""


@pytest.mark.parametrize("packer", PACKERS.values(), ids=PACKERS)
@settings(max_examples=25, deadline=None)
@given(
    content=st.binary(max_size=3000).map(lambda b: b.replace(b"\x1f\x8b", b"xx").replace(b"\x2a\x4d\x18", b"yyy")),
    size=st.integers(1, 700),
)
def test_all_ways_of_reading_give_the_same_bytes(packer, content, size):
    content = b" " + content
    packed = packer(content)

    def opened():
        return Unpacked(io.BytesIO(packed))

    assert joined(opened().read, size) == content
    assert joined(opened().read1, size) == content
    assert joined(opened().readline, size) == content
    assert list(opened()) == list(io.BytesIO(content))
    assert io.BufferedReader(opened()).read() == content


def read_to_the_cut(cut):
    """What could be read of a cut file; it must end by saying that it is cut."""
    data = Unpacked(io.BytesIO(cut))
    read = b""
    with pytest.raises(Interrupted, match="the file is cut short"):  # noqa: PT012 (the point is when it is raised)
        while piece := data.read(10_000):
            read += piece
    return read


def is_whole(cut):
    """Whether a cut fell between two members or frames, where nothing is missing that could be told."""
    if cut.startswith(b"\x1f\x8b"):
        try:
            return bool(gzip.decompress(cut))
        except (EOFError, gzip.BadGzipFile):  # the second where one byte of the next member is left
            return False
    return cut in {zstandard.compress(LINES[:700]), SKIPPABLE}


CUT_PACKERS = {name: packer for name, packer in PACKERS.items() if name != "plain"}


@pytest.mark.parametrize("packer", CUT_PACKERS.values(), ids=CUT_PACKERS)
@settings(max_examples=20, deadline=None)
@given(share=st.floats(0.01, 0.99))
def test_a_cut_file_gives_what_was_readable_and_then_says_so(packer, share):
    packed = packer(LINES[:200_000])
    cut = packed[: max(5, int(len(packed) * share))]
    assume(not is_whole(cut))

    assert LINES.startswith(read_to_the_cut(cut))


@pytest.mark.parametrize("packer", CUT_PACKERS.values(), ids=CUT_PACKERS)
def test_a_cut_at_any_byte_but_between_two_members_says_so(packer):
    packed = packer(LINES[:2_000])
    cuts = [packed[:at] for at in range(5, len(packed))]
    assert sum(map(is_whole, cuts)) <= 2

    for cut in cuts:
        if not is_whole(cut):
            assert LINES.startswith(read_to_the_cut(cut))


def test_a_cut_between_two_members_can_not_be_told_from_the_end():
    with Unpacked(io.BytesIO(gzip.compress(b"one") + gzip.compress(b"two"))) as data:
        assert data.read() == b"onetwo"


@pytest.mark.parametrize("packer", [gzip.compress, zstandard.compress])
def test_a_cut_file_gives_most_of_what_it_holds(packer):
    packed = packer(LINES)
    data = Unpacked(io.BytesIO(packed[: len(packed) * 9 // 10]))

    assert len(data.read()) > len(LINES) // 2
    with pytest.raises(Interrupted):
        data.read()


@pytest.mark.parametrize("reading", [lambda d: d.read(), lambda d: d.read1(), lambda d: d.readline()])
def test_after_a_break_every_way_of_reading_says_so(reading):
    data = Unpacked(io.BytesIO(gzip.compress(LINES)[:-9]))
    data.read()

    for _ in range(2):
        with pytest.raises(Interrupted):
            reading(data)


def test_leaving_the_context_tells_of_a_break_that_no_read_has_told_of():
    with (
        pytest.raises(Interrupted),
        Unpacked(io.BytesIO(gzip.compress(LINES)[:-9])) as data,
    ):
        data.read()


def test_leaving_the_context_hides_no_other_error():
    def leave():
        with Unpacked(io.BytesIO(gzip.compress(LINES)[:-9])) as data:
            data.read()
            raise KeyError

    with pytest.raises(KeyError):
        leave()


@pytest.mark.parametrize("packer", [gzip.compress, zstandard.compress])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_interrupted_or_whole_but_nothing_else(packer, data):
    content = LINES[:3000]
    packed = bytearray(packer(content))
    packed[data.draw(st.integers(4, len(packed) - 1))] ^= data.draw(st.integers(1, 255))

    stream = Unpacked(io.BytesIO(bytes(packed)))
    try:
        while stream.read(1000):
            pass
    except Interrupted as told:
        assert str(told).startswith("the file is ")  # noqa: PT017 (either outcome is right)


def test_a_wrong_checksum_is_a_damage():
    packed = bytearray(gzip.compress(LINES))
    packed[-6] ^= 1
    data = Unpacked(io.BytesIO(bytes(packed)))

    data.read()

    with pytest.raises(Interrupted, match="the file is damaged"):
        data.read()


def test_zeros_after_the_last_member_are_padding_and_other_things_are_a_damage():
    with Unpacked(io.BytesIO(gzip.compress(b"one") + b"\0" * 200_000 + gzip.compress(b"two") + b"\0\0")) as data:
        assert data.read() == b"onetwo"

    junk = Unpacked(io.BytesIO(gzip.compress(b"one") + b"junk, long enough to be looked at"))
    assert junk.read() == b"one"
    with pytest.raises(Interrupted):
        junk.read()


def test_a_disk_that_fails_interrupts_after_what_it_gave():
    data = Unpacked(Failing(LINES[:120]))

    assert data.read() == LINES[:120]
    with pytest.raises(Interrupted, match="the file could not be read to its end: Input/output error"):
        data.read()


def test_a_bomb_is_unpacked_in_pieces():
    data = Unpacked(io.BytesIO(zstandard.compress(bytes(64 << 20)) + zstandard.compress(b"!")))

    assert len(data.read(1000)) == 1000
    assert len(data._buffer) <= (32 << 20)


def test_without_the_fast_library_the_standard_one_does_the_same(monkeypatch):
    monkeypatch.setattr(connectors.unpacked, "_inflate", zlib)

    with Unpacked(io.BytesIO(gzip.compress(LINES) + gzip.compress(b"x"))) as data:
        assert data.read() == LINES + b"x"


@pytest.mark.parametrize("content", [b"", b"\x1f", b"\x28\xb5\x2f", b"(x"])
def test_a_file_shorter_than_any_mark_is_plain(content):
    with Unpacked(io.BytesIO(content)) as data:
        assert data.readable()
        assert data.read() == content


def test_text_can_be_read_through_it():
    with io.TextIOWrapper(Unpacked(io.BytesIO(gzip.compress("é\nü\n".encode()))), encoding="utf-8") as lines:
        assert list(lines) == ["é\n", "ü\n"]
