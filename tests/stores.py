"""Stores that are dear to fill: made once a test run, shared by its processes, and copied for every test.

`demo_store` (tests/conftest.py) is the one to ask for: an opened store of the test's own, as `ostiary demo` leaves it.
`demo_home` is the folder of such a copy, where a test wants its path or its landing files, and `demo_made` what the
command said when it made it, where a test asks about that.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

#: The name of the demo's database in its folder.
DEMO = "demo.db"


@dataclass(frozen=True)
class Made:
    """What `ostiary demo` left in a folder, not to be written to, and what it said."""

    folder: Path
    exit_code: int
    stdout: str
    stderr: str

    def copy_to(self, folder: Path) -> str:
        """Copy the database and its landing files; return the copy's URL."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return f"sqlite:///{folder / DEMO}"


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of a test run share; without xdist there is one process and its own folder."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_demo(factory: pytest.TempPathFactory) -> Made:
    """Return the demo's store, made by the first process of the run that asks."""
    place = once(run_folder(factory) / "demo-once", _make_demo)
    said = json.loads((place / "said.json").read_text(encoding="utf-8"))
    return Made(folder=place / "home", **said)


def once(place: Path, make: Callable[[Path], None]) -> Path:
    """Have `make` fill a folder unless another process has; return it. One that failed is made again."""
    with _locked(place.with_suffix(".lock")):
        if not (place / "done").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            make(place)
            (place / "done").touch()
    return place


@contextmanager
def _locked(path: Path):
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_demo(place: Path) -> None:
    from cli import ostiary  # noqa: PLC0415 (all commands, for those who ask for the demo)

    home = place / "home"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OSTIARY_CONFIG", "OSTIARY_AUDIT_KEY", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        patch.setenv("COLUMNS", "110")
        patch.setenv("OSTIARY_DB", f"sqlite:///{home / DEMO}")
        patch.chdir(home)
        done = CliRunner().invoke(ostiary, ["demo"], prog_name="ostiary")
    if done.exit_code != 3:  # what a company with one refused stream says
        raise AssertionError(done.output) from done.exception
    said = Made(home, done.exit_code, done.stdout, done.stderr)
    kept = {name: value for name, value in asdict(said).items() if name != "folder"}
    (place / "said.json").write_text(json.dumps(kept), encoding="utf-8")
