"""The first command after a clone: a fitting Python is found, or it is said plainly what is missing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("sh", "make", "rm", "touch", "mkdir")


@pytest.fixture
def machine(tmp_path):
    """Build a machine whose PATH holds `make` and the Pythons that a test puts there; return (bin, environment)."""
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        pytest.skip(f"needs {', '.join(missing)}")
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool))
    return folder, {"PATH": str(folder), "HOME": str(tmp_path), "LC_ALL": "C"}


def install(folder: Path, name: str, version: str, *, venv: bool = True) -> None:
    """Put a pretended Python there: it answers what the Makefile asks, and makes a folder for a venv."""
    minor = int(version.split(".")[1])
    script = f"""#!/bin/sh
    case "$*" in
      *'%d.%d.%d'*) echo {version} ;;
      *'(3, 11)'*) exit {int(minor < 11)} ;;
      *ensurepip*) exit {int(not venv)} ;;
      '-m venv '*) mkdir -p "$3" ;;
      *) exit 9 ;;
    esac
    """
    (folder / name).write_text(script, encoding="utf-8")
    (folder / name).chmod(0o755)


def make(machine, *words: str) -> subprocess.CompletedProcess[str]:
    folder, environment = machine
    target = folder.parent / "venv"
    command = ["make", "--no-print-directory", "-f", str(ROOT / "Makefile"), f"VENV={target}", *words]
    return subprocess.run(command, cwd=folder.parent, env=environment, capture_output=True, text=True, check=False)


def made(machine) -> str:
    return str(machine[0].parent / "venv/.made")


def test_a_python_that_fits_is_taken(machine):
    install(machine[0], "python3", "3.9.2")
    install(machine[0], "python3.12", "3.12.1")

    done = make(machine, made(machine))

    assert done.returncode == 0, done.stderr
    assert "with python3.12 (3.12.1)" in done.stdout
    assert Path(made(machine)).exists()


def test_the_second_call_makes_nothing_again(machine):
    install(machine[0], "python3", "3.11.0")
    make(machine, made(machine))

    done = make(machine, made(machine))

    assert done.returncode == 0
    assert "Making" not in done.stdout


def test_a_machine_with_an_old_python_alone_is_told_what_to_do(machine):
    install(machine[0], "python3", "3.9.2")

    done = make(machine, made(machine))

    assert done.returncode != 0
    assert "Python 3.11 or newer" in done.stderr
    assert "too old:          python3=3.9.2" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_a_python_without_venv_is_told_what_to_install(machine):
    install(machine[0], "python3", "3.12.3", venv=False)

    done = make(machine, made(machine))

    assert done.returncode != 0
    assert "python3=3.12.3" in done.stderr
    assert "apt-get install python3-venv" in done.stderr


def test_a_machine_without_any_python_is_told_so(machine):
    done = make(machine, made(machine))

    assert done.returncode != 0
    assert "none found" in done.stderr


def test_the_python_that_is_named_is_the_one_taken(machine):
    install(machine[0], "python3.12", "3.12.1")
    install(machine[0], "mine", "3.13.0")

    done = make(machine, "PYTHON=mine", made(machine))

    assert "with mine (3.13.0)" in done.stdout


def test_a_named_python_that_does_not_fit_is_not_silently_replaced(machine):
    install(machine[0], "python3.12", "3.12.1")

    done = make(machine, "PYTHON=nowhere", made(machine))

    assert done.returncode != 0
    assert "none found at nowhere" in done.stderr


@pytest.mark.parametrize(("status", "expected"), [(0, True), (3, True), (1, False), (2, False)])
def test_the_demo_may_report_a_refused_stream_but_not_fail(machine, status, expected):
    venv = machine[0].parent / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/ostiary").write_text(f'#!/bin/sh\necho "asked: $*"\nexit {status}\n', encoding="utf-8")
    (venv / "bin/ostiary").chmod(0o755)
    ready = str(venv / ".ready-run")

    done = make(machine, f"--assume-old={ready}", "demo")

    assert (done.returncode == 0) is expected
    assert "asked: --db sqlite:///.demo/ostiary.db demo" in done.stdout


def test_what_runs_here_is_what_the_project_supports():
    declared = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert sys.version_info >= (3, int(declared[1]))
    assert f"sys.version_info < (3, {declared[1]})" in (ROOT / "Makefile").read_text(encoding="utf-8")
