"""The policies as the company has them: those of the program, packs of its own, its profile and its overrides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.categories import CATEGORIES
from commands.toml_places import Path as TomlPath
from commands.toml_places import Place, nearest, places
from policies.engine import PACKS, compiler, load
from policies.overrides import Choice, Override, chosen
from policies.shape import Pack

if TYPE_CHECKING:
    from commands.settings import Settings

#: The table of the configuration.
TABLE = "policies"


def company_pack(settings: Settings, shipped: Callable[[], Pack]) -> Pack:
    """Return the policies that are judged in this company, what is off among them, and what was refused."""
    choice = settings.policies or Choice()
    own = [Path(folder) for folder in choice.packs]
    pack = load([PACKS, *own], CATEGORIES) if own else shipped()
    found = chosen(pack, choice, compiler(CATEGORIES))
    empty = [choice.refusal(None, ("packs",), _nothing(path)) for path in own if path.is_dir() and not _files(path)]
    return Pack(found.policies, (*found.refused, *empty))


def _files(folder: Path) -> list[Path]:
    return list(folder.glob("*.yaml"))


def _nothing(folder: Path) -> str:
    return f"policies.packs: {folder} holds no file *.yaml: put one there, or leave the folder out"


def choice_of(path: Path, table: dict[str, Any]) -> Choice:
    """Return what a checked table of a configuration file chooses; paths count from the file's folder."""
    folder = path.absolute().parent
    known = places(path.read_text(encoding="utf-8"))
    return Choice(
        profile=table["profile"],
        packs=tuple(str(folder / Path(given).expanduser()) for given in table["packs"]),
        overrides={name: _override(given) for name, given in table["override"].items()},
        file=str(path),
        places={
            at[2:] if at[1:2] == ("override",) else at[1:]: place for at, place in known.items() if at[:1] == (TABLE,)
        },
    )


def _override(given: dict[str, Any]) -> Override:
    return Override(
        mode=given["mode"],
        severity=given["severity"]["technology"],
        customer_severity=given["severity"]["customer"],
        thresholds=given["thresholds"],
    )


def place_of(path: Path, key: TomlPath) -> Place:
    """Return where a key of a configuration file stands, or the table that should hold it; line and column from 1."""
    return nearest(places(path.read_text(encoding="utf-8")), key)
