"""Runs what a page of docs/ shows: its commands in order, in one folder, beside what it says that they print.

A page is read like this:

- a `console` block holds commands, one a line (a backslash goes on with the next), and what a shell does with them:
  `export NAME=VALUE`, `$NAME`, `> FILE`, and `# exits with 1` behind a command that is to fail;
- a `text` block right after it is what the last of them prints: its lines come in this order in the output, spaces do
  not count, `...` stands for anything, alone on a line for any lines;
- `<NAME>` in a `text` block stands for a secret that is another one each time (letters, digits, `_`, `-`); in commands
  below it means that same secret;
- a block after a line that ends with ``save this as `FILE`:`` is written to that file;
- `serve` goes on until it is stopped, so it is not run; that it is a command, and how it is called, is looked at.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import ostiary

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAVED = re.compile(r"[Ss]ave (?:this|it) as `([\w.-]+)`[^`]*:\s*\Z")
_FAILS = re.compile(r"\s+# exits with (\d+)$")
_SECRET = re.compile(r"<([A-Z_]+)>")
#: The command that goes on until it is stopped.
LASTING = "serve"
#: So wide is the terminal of whoever reads.
WIDTH = "110"


@dataclass(frozen=True)
class Save:
    """A file that the page has the reader save."""

    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """A line to be typed, with the status that it ends with and what the page shows of its output."""

    line: str
    status: int = 0
    shown: str | None = None
    at: int = 0


def steps(page: str) -> Iterator[Save | Command]:
    """Yield what a page has its reader do, in order."""
    held: list[Command] = []
    end = 0
    for found in _BLOCK.finditer(page):
        kind, body, before = found[1], found[2], page[end : found.start()]
        end = found.end()
        saved = _SAVED.search(before)
        if kind == "text" and held and saved is None and not before.strip():
            held[-1] = Command(held[-1].line, held[-1].status, body, held[-1].at)
            continue
        yield from held
        held = []
        if saved is not None:
            yield Save(saved[1], body)
        elif kind == "console":
            held = list(_commands(body, page.count("\n", 0, found.start()) + 2))
    yield from held


def _commands(body: str, first: int) -> Iterator[Command]:
    whole, at = "", first
    for number, line in enumerate(body.splitlines(), first):
        at = at if whole else number
        if line.endswith("\\"):
            whole += line[:-1].rstrip() + " "
            continue
        whole += line.strip()
        fails = _FAILS.search(whole)
        if whole and not whole.startswith("#"):
            yield Command(_FAILS.sub("", whole), int(fails[1]) if fails else 0, at=at)
        whole = ""


@dataclass
class Shell:
    """A terminal in a folder of its own, whose clock goes on by a minute with each command."""

    folder: Path
    now: datetime
    patch: pytest.MonkeyPatch
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        """Stand in the folder, with none of the caller's settings."""
        for name in [name for name in os.environ if name.startswith("OSTIARY_")]:
            self.patch.delenv(name)
        self.patch.delenv("FORCE_COLOR", raising=False)
        self.patch.setenv("COLUMNS", WIDTH)
        self.patch.setenv("XDG_DATA_HOME", str(self.folder / "data"))
        self.patch.setattr("model.ports.SystemClock.now", lambda _self: self.now)
        self.patch.chdir(self.folder)

    def run(self, step: Save | Command) -> None:
        """Do one step. Raises AssertionError where it does not end as the page says."""
        if isinstance(step, Save):
            (self.folder / step.name).write_text(step.text, encoding="utf-8")
            return
        self.now += timedelta(minutes=1)
        line = re.sub(r"\$(\w+)", lambda name: os.environ[name[1]], _SECRET.sub(self._secret, step.line))
        words = shlex.split(line, comments=True)
        if words[0] == "export":
            for name, _, value in (word.partition("=") for word in words[1:]):
                self.patch.setenv(name, value)
            return
        assert words[0] == "ostiary", f"line {step.at}: only ostiary and export are run here: {step.line}"
        self._ostiary(step, words[1:])

    def _ostiary(self, step: Command, words: list[str]) -> None:
        into = words[words.index(">") + 1] if ">" in words else None
        words = words[: words.index(">")] if into else words
        if words[0] == LASTING:
            words = [*words, "--help"]
        done = CliRunner().invoke(ostiary, words, prog_name="ostiary")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        said = f"line {step.at}: {step.line}\nends with {done.exit_code}, not {step.status}\n{done.output}"
        assert done.exit_code == step.status, said
        if into:
            (self.folder / into).write_text(done.stdout, encoding="utf-8")
        self._compare(step, done.output)

    def _compare(self, step: Command, output: str) -> None:
        rest = [_plain(line) for line in output.splitlines()]
        for line in filter(None, map(_plain, (step.shown or "").splitlines())):
            if line == "...":
                continue
            at, found = next(((n, hit) for n, one in enumerate(rest) if (hit := self._fits(line, one))), (0, None))
            assert found, f"line {step.at}: {step.line}\ndoes not print, where the page shows it:\n{line}\n\n{output}"
            self.secrets.update({name: value for name, value in found.groupdict().items() if value})
            rest = rest[at + 1 :]

    def _fits(self, line: str, said: str) -> re.Match[str] | None:
        """Return how a line that was printed fits one that is shown; a secret known already has to be the same."""
        parts = re.split(r"(\s*\.\.\.\s*|<[A-Z_]+>)", line)
        return re.fullmatch("".join(map(self._pattern, parts)), said)

    def _pattern(self, part: str) -> str:
        if part.strip() == "...":
            return ".*"
        secret = _SECRET.fullmatch(part)
        if secret is None:
            return re.escape(part)
        known = self.secrets.get(secret[1])
        return re.escape(known) if known else f"(?P<{secret[1]}>[A-Za-z0-9_-]+)"

    def _secret(self, found: re.Match[str]) -> str:
        return self.secrets[found[1]]


def _plain(line: str) -> str:
    return " ".join(line.split())
