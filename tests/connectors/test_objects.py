"""Where landing files lie: an object appears whole or not at all, and nothing lies outside of the folder."""

import stat

import pytest

from connectors.objects import Folder
from model.errors import ConfigError, Unavailable


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "landing")


@pytest.fixture
def local(tmp_path):
    path = tmp_path / "local"
    path.write_bytes(b"content")
    return path


def test_what_was_put_is_there_and_can_be_taken_away(folder, local):
    folder.put(local, "1/202603/a.parquet")

    assert folder.fetch("1/202603/a.parquet").read_bytes() == b"content"
    folder.delete("1/202603/a.parquet")
    folder.delete("1/202603/a.parquet")
    with pytest.raises(FileNotFoundError):
        folder.fetch("1/202603/a.parquet")


def test_put_twice_is_put_once_and_an_object_never_changes(folder, local):
    folder.put(local, "1/a.parquet")
    before = folder.fetch("1/a.parquet").stat().st_mtime_ns
    local.write_bytes(b"other")

    folder.put(local, "1/a.parquet")

    assert folder.fetch("1/a.parquet").read_bytes() == b"content"
    assert folder.fetch("1/a.parquet").stat().st_mtime_ns == before


def test_the_folder_is_its_owners(folder, local):
    folder.put(local, "1/a.parquet")

    assert stat.S_IMODE(folder.root.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(folder.fetch("1/a.parquet").stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("name", ["../out.parquet", "1/../../out.parquet", "/etc/out.parquet", "a/../../landing2/x"])
def test_a_name_that_leads_out_of_the_folder_is_refused(folder, local, name):
    for use in (lambda: folder.put(local, name), lambda: folder.fetch(name), lambda: folder.delete(name)):
        with pytest.raises(ConfigError, match="lies outside of"):
            use()

    assert not (folder.root.parent / "out.parquet").exists()


def test_a_link_that_leads_out_of_the_folder_is_refused(folder, local, tmp_path):
    folder.root.mkdir()
    (folder.root / "out").symlink_to(tmp_path)

    with pytest.raises(ConfigError, match="lies outside of"):
        folder.fetch("out/local")


def test_names_are_listed_in_order_and_by_their_beginning(folder, local):
    for name in ("2/a.parquet", "1/b.parquet", "1/a.parquet"):
        folder.put(local, name)
    (folder.root / "1" / ".c.parquet").write_bytes(b"half")
    (folder.root / "1" / "notes.txt").write_bytes(b"")

    assert list(folder.names()) == ["1/a.parquet", "1/b.parquet", "2/a.parquet"]
    assert list(folder.names("1/")) == ["1/a.parquet", "1/b.parquet"]
    assert list(Folder(folder.root / "none").names()) == []


def test_a_copy_that_breaks_off_leaves_nothing_and_says_what_to_do(folder, local, monkeypatch):
    def full(_source, target):
        target.write_bytes(b"con")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("connectors.objects.shutil.copyfile", full)

    with pytest.raises(Unavailable, match="No space left on device; free some space"):
        folder.put(local, "1/a.parquet")

    assert [path for path in folder.root.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_says_what_to_do(local):
    with pytest.raises(Unavailable, match="mend the folder"):
        Folder(local / "inner").put(local, "1/a.parquet")


def test_what_is_put_away_is_a_copy(folder, local):
    folder.put(local, "1/a.parquet")

    assert local.exists()
