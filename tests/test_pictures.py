"""The pictures of the pages: those that the script takes, that pages show, and that lie in the folder are the same."""

import re
import struct
from pathlib import Path
from types import SimpleNamespace

from docs import take_screenshots as script

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/pictures"
_SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
#: No page has more to load, and a repository keeps every picture that it ever had.
MOST = 8


def pages():
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def shown():
    """Return (page, text beside the picture, file) of each picture on a page."""
    return [
        (page.relative_to(ROOT).as_posix(), text, (page.parent / target).resolve())
        for page in pages()
        for text, target in _SHOWN.findall(page.read_text(encoding="utf-8"))
        if "://" not in target
    ]


def test_the_script_takes_exactly_the_pictures_that_lie_there():
    assert {one.file for one in script.PICTURES} == set(FOLDER.iterdir())
    assert len(script.PICTURES) == len({one.name for one in script.PICTURES}) <= MOST


def test_every_picture_on_a_page_is_there_and_every_picture_is_on_a_page():
    named = {file for _, _, file in shown()}

    assert [(page, file.name) for page, _, file in shown() if not file.is_file()] == []
    assert {file for file in named if file.parent == FOLDER} == set(FOLDER.iterdir())


def test_every_picture_says_in_words_what_is_seen():
    assert [(page, text) for page, text, _ in shown() if len(text.split()) < 6] == []


def test_no_picture_is_large():
    assert [file.name for file in FOLDER.iterdir() if not 2_000 < file.stat().st_size <= script.LARGEST] == []
    assert script.LARGEST == 120_000


def test_a_picture_is_as_wide_and_high_as_the_script_says():
    assert {one.name: size(one.file.read_bytes()) for one in script.PICTURES} == {
        one.name: one.size for one in script.PICTURES
    }


def size(data: bytes) -> tuple[int, int]:
    """Return width and height of a lossy WebP (RFC 9649, sections 2.5 and 2.7): a VP8 frame, alone or behind a VP8X."""
    assert (data[:4], data[8:12]) == (b"RIFF", b"WEBP")
    at = data.index(b"\x9d\x01\x2a") + 3
    width, height = struct.unpack("<HH", data[at : at + 4])
    return width & 0x3FFF, height & 0x3FFF


def test_phone_desk_and_dark_are_all_shown():
    widths = {one.size[0] for one in script.PICTURES}

    assert min(widths) < 400
    assert max(widths) > 1200
    assert {one.dark for one in script.PICTURES} == {True, False}


def test_the_pictures_show_nobody_but_people_of_the_demo():
    assert {email.partition("@")[2] for email in script._PEOPLE.values()} == {"tarnvik.example"}


def test_nothing_is_taken_where_a_name_is_strange_or_there_is_no_browser(monkeypatch, capsys):
    monkeypatch.setattr(script, "shutil", SimpleNamespace(which=lambda name: None))

    assert (script.main(["queue"]), capsys.readouterr().err) == (2, "there is no Chromium\n")
    assert (script.main(["queue", "quue"]), capsys.readouterr().err) == (2, "there is no picture quue\n")


def test_the_browser_can_reach_nothing_but_loopback():
    assert "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1" in script._FLAGS
