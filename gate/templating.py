"""Templates of what is told: files of this folder, or of the company's own, checked when they are read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from model.errors import ConfigError

#: The templates that come with the program.
FOLDER = Path(__file__).parent / "templates"
#: What a template may name; each is empty where nobody knows it.
PLACES = frozenset(
    {
        *("at", "case", "category", "condition", "conditions", "count", "due", "due_day", "event", "items"),
        *("late", "link", "outcome", "question", "review_by", "rule", "sentence", "side", "soon", "source"),
        *("stage", "standing", "text", "title", "tool", "tool_id", "unit", "vendor", "waits", "why"),
    }
)
_LONGEST = 64 << 10


@dataclass(frozen=True, slots=True)
class Words:
    """One message: a title of one line, and plain text."""

    title: str
    text: str


class Templates:
    """All templates by their file's name."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """`files` are checked texts."""
        self._files = files

    def words(self, name: str, values: Mapping[str, str]) -> Words:
        """Fill `NAME.txt`: the title is its first line; a line that names what nobody knows is left out."""
        lines = self._files[f"{name}.txt"].splitlines()
        kept = [Template(line).substitute(values) for line in lines[1:] if all(map(values.get, _named(line)))]
        return Words(" ".join(Template(lines[0]).substitute(values).split()), "\n".join(kept).strip())

    def document(self, name: str, values: Mapping[str, str]) -> dict[str, Any]:
        """Fill every text of `NAME.json`; what nobody knows is null."""
        found: dict[str, Any] = _filled(json.loads(self._files[f"{name}.json"]), values)
        return found


def load(folder: Path | None = None) -> Templates:
    """Return the templates; a file of the company's folder stands for the one of its name. Raises ConfigError."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}
    if folder is not None:
        files |= dict(_own(folder, files))
    return Templates(files)


def _own(folder: Path, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not folder.is_dir():
        raise ConfigError(f"[notify] templates: {folder} is no folder")
    for path in sorted(path for path in folder.iterdir() if path.suffix in {".txt", ".json"}):
        if path.name not in known:
            raise ConfigError(f"{path}: there is no template of that name; there are: {', '.join(known)}")
        try:
            yield path.name, _checked(path)
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
        except (ValueError, RecursionError) as error:  # also what is no UTF-8, and no JSON
            raise ConfigError(f"{path}: {error}") from None


def _checked(path: Path) -> str:
    if path.stat().st_size > _LONGEST:
        raise ValueError("a template has 64 kB at most")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json" and not isinstance(json.loads(text), dict):
        raise ValueError("the template is no JSON object")
    if not text.strip() or (path.suffix == ".txt" and not text.splitlines()[0].strip()):
        raise ValueError("its first line is the title, and is empty")
    for number, line in enumerate(text.splitlines(), 1):
        if not Template(line).is_valid():
            raise ValueError(f"line {number}: a $ that is meant as such is written $$")
        if strange := sorted({*_named(line)} - PLACES):
            raise ValueError(f"line {number}: nothing is called ${strange[0]}; there are: {', '.join(sorted(PLACES))}")
    return text


def _named(line: str) -> list[str]:
    return Template(line).get_identifiers()


def _filled(given: Any, values: Mapping[str, str]) -> Any:
    if isinstance(given, dict):
        return {key: _filled(value, values) for key, value in given.items()}
    if isinstance(given, list):
        return [_filled(value, values) for value in given]
    if not isinstance(given, str):
        return given
    named = _named(given)
    return Template(given).substitute(values) or None if named else given
