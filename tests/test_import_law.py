"""The import law of docs/explanation/the-house.md: which room may import which, and what from outside stands where."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: Room -> the rooms it may import beside itself.
ROOMS: Mapping[str, frozenset[str]] = {
    "model": frozenset(),
    "connectors": frozenset({"model"}),
    "catalog": frozenset({"model"}),
    "policies": frozenset({"model"}),
    "storage": frozenset({"model"}),
    "gate": frozenset({"model", "policies", "storage"}),
    "scanner": frozenset({"model", "connectors", "catalog", "policies", "storage", "gate"}),
    "reports": frozenset({"model", "storage", "gate"}),
    "web": frozenset({"model", "storage", "gate", "scanner", "reports"}),
}
ALL_ROOMS = frozenset(ROOMS) | {"commands", "cli"}

#: From outside -> the only places that may import it; one that ends in a slash is a folder.
OUTSIDE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("sqlmodel", "sqlalchemy", "alembic", "psycopg", "sqlite3"), ("storage/",)),
    "duckdb": ("storage/landing.py", "storage/parquet.py", "connectors/bulk/"),
    "click": ("cli.py", "commands/"),
    "rich": ("reports/terminal.py",),
    **dict.fromkeys(("httpx", "httpx2", "requests", "urllib3", "httplib2", "aiohttp"), ("connectors/",)),
    **dict.fromkeys(("urllib.request", "http.client", "smtplib", "ftplib", "apprise"), ("connectors/",)),
    **dict.fromkeys(("boto3", "botocore", "googleapiclient", "google", "msal"), ("connectors/",)),
    "rapidfuzz": ("catalog/suggest.py",),
    **dict.fromkeys(("authlib", "joserfc"), ("web/sign_in.py",)),
    "apscheduler": ("scanner/schedule.py",),
    **dict.fromkeys(("cel_expr_python", "common_expression_language", "cel", "celpy"), ("policies/engine.py",)),
    **dict.fromkeys(("fastapi", "starlette", "markupsafe"), ("web/",)),
    "jinja2": ("web/templating.py",),
    "babel": ("web/locale.py",),
    "limits": ("web/protect.py",),
    "uvicorn": ("commands/serve.py",),
}

#: Beside the rooms; nothing may import them.
BESIDE = frozenset({"tests", "benchmarks", "docs"})
BUILT = frozenset({"build", "dist", "htmlcov"})


@dataclass(frozen=True, order=True)
class Import:
    """One imported name, as it stands in the file: `from a import b` names `a.b`, which may be a module or not."""

    line: int
    name: str


def _base(node: ast.ImportFrom, module: str, *, package: bool) -> str:
    """Return the absolute module that `from ... import` names."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + (1 if package else 0)]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _called(node: ast.Call) -> str | None:
    """Return the module that `import_module("...")` or `__import__("...")` loads."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
    given = node.args[0] if node.args and name in {"import_module", "__import__"} else None
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def imports_of(path: Path, module: str) -> Iterator[Import]:
    """Yield every import of a file, wherever in it: late and type-only ones are imports too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module, package=path.name == "__init__.py")
            yield from (Import(node.lineno, f"{base}.{alias.name}".lstrip(".")) for alias in node.names)
        elif isinstance(node, ast.Call) and (name := _called(node)):
            yield Import(node.lineno, name)


def modules_of(root: Path) -> dict[str, Path]:
    """Return the project's own modules by dotted name, without tests, benchmarks and hidden folders."""
    tops = (top for top in sorted(root.iterdir()) if not top.name.startswith(".") and top.name not in BESIDE | BUILT)
    found = {}
    for path in (path for top in tops for path in (sorted(top.rglob("*.py")) if top.is_dir() else [top])):
        parts = path.relative_to(root).with_suffix("").parts
        if path.suffix == ".py":
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _within(name: str, top: str) -> bool:
    return name == top or name.startswith(f"{top}.")


def _outside_breach(where: str, name: str) -> str | None:
    if where.startswith("model/") and name.partition(".")[0] not in sys.stdlib_module_names | ALL_ROOMS:
        return f"model uses the standard library only, not {name}"
    for top, places in OUTSIDE.items():
        if _within(name, top) and not any(
            where == place or (place[-1] == "/" and where.startswith(place)) for place in places
        ):
            return f"{top} belongs to {', '.join(places)} alone"
    return None


def _room_breach(where: str, name: str) -> str | None:
    room, other = where.removesuffix(".py").partition("/")[0], name.partition(".")[0]
    if other in BESIDE:
        return f"nothing imports {other}"
    if other not in ALL_ROOMS or other == room or room in {"commands", "cli"} or other in ROOMS.get(room, ()):
        return None
    return f"{room} may not import {other}"


def breaches(root: Path) -> list[str]:
    """Return what breaks the law, as `file:line: what`: forbidden imports, strange rooms and circles."""
    found = []
    modules = modules_of(root)
    for module, path in modules.items():
        where = path.relative_to(root).as_posix()
        if module.split(".")[0] not in ALL_ROOMS:
            found.append(f"{where}:1: {module.split('.')[0]} is no room of the house")
        for imported in sorted(imports_of(path, module)):
            why = _room_breach(where, imported.name) or _outside_breach(where, imported.name)
            if why:
                found.append(f"{where}:{imported.line}: {why}")
    return found + [f"circle: {' -> '.join(circle)}" for circle in circles(_graph(modules))]


def _graph(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return module -> own modules it imports; a name that is no module counts for the module that holds it."""
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        names = (imported.name for imported in imports_of(path, module))
        targets = (name if name in modules else name.rpartition(".")[0] for name in names)
        graph[module] = {target for target in targets if target in modules and target != module}
    return graph


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return one circle for each group of modules that import one another, its first module repeated at the end."""
    done: set[str] = set()
    found: list[list[str]] = []

    def visit(module: str, trail: list[str]) -> None:
        if module in trail:
            found.append([*trail[trail.index(module) :], module])
        elif module not in done:
            for target in sorted(graph[module]):
                visit(target, [*trail, module])
            done.add(module)

    for module in sorted(graph):
        visit(module, [])
    return found


# --- the house itself ------------------------------------------------------------------------------------------------


def test_no_module_of_the_house_breaks_the_import_law():
    assert breaches(ROOT) == []


def test_the_walk_sees_the_house():
    modules = modules_of(ROOT)

    assert {"model.signal", "connectors.formats", "model"} <= set(modules)
    assert any(i.name == "model.signal.Signal" for i in imports_of(modules["connectors.formats"], "connectors.formats"))
    assert "model.signal" in _graph(modules)["connectors.formats"]


@pytest.mark.parametrize("room", sorted(ALL_ROOMS - {"cli"} | {"connectors/outgoing", "connectors/bulk"}))
def test_every_room_is_a_package_that_says_what_it_is(room):
    tree = ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))

    assert ast.get_docstring(tree)


def test_every_folder_of_modules_is_a_package():
    folders = {path.parent for module, path in modules_of(ROOT).items() if not _within(module, "storage.migrations")}

    assert [str(folder) for folder in sorted(folders - {ROOT}) if not (folder / "__init__.py").exists()] == []


def test_the_page_about_the_house_states_the_law_that_is_tested():
    page = (ROOT / "docs/explanation/the-house.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split("|") for line in page.splitlines() if line.startswith("| `")]
    stated = {cells[0].strip(" `"): frozenset(cells[1].replace("`", "").replace(",", " ").split()) for cells in rows}

    for room, allowed in ROOMS.items():
        assert stated[room] == (allowed or {"nothing"})
    assert stated["commands"] == stated["cli.py"] == {"everything"}
    for name, places in OUTSIDE.items():
        assert stated[name] == frozenset(places)


# --- the test itself -------------------------------------------------------------------------------------------------


def house(root: Path, files: Mapping[str, str]) -> Path:
    """Build a small house of the given files under `root`."""
    for name, source in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(source, encoding="utf-8")
    return root


FORBIDDEN = [
    ("model/signal.py", "import msgspec", "model uses the standard library only, not msgspec"),
    ("model/signal.py", "from storage.store import Store", "model may not import storage"),
    ("connectors/okta.py", "from catalog.index import Index", "connectors may not import catalog"),
    ("catalog/index.py", "import storage", "catalog may not import storage"),
    ("policies/engine.py", "import gate.evaluate", "policies may not import gate"),
    ("storage/store.py", "from connectors import formats", "storage may not import connectors"),
    ("gate/cases.py", "from scanner.rollup import x", "gate may not import scanner"),
    ("gate/cases.py", "from connectors.outgoing.jira import send", "gate may not import connectors"),
    ("scanner/demo.py", "from reports import terminal", "scanner may not import reports"),
    ("scanner/demo.py", "import cli", "scanner may not import cli"),
    ("reports/csv.py", "import policies", "reports may not import policies"),
    ("web/app.py", "from catalog import index", "web may not import catalog"),
    ("web/app.py", "from commands import tools", "web may not import commands"),
    ("model/late.py", "def f():\n    import gate", "model may not import gate"),
    (
        "model/types.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gate",
        "model may not import gate",
    ),
    ("gate/a.py", "import importlib\nimportlib.import_module('scanner.x')", "gate may not import scanner"),
    ("gate/a.py", "__import__('web')", "gate may not import web"),
    ("scanner/a.py", "import json, web.app as app", "scanner may not import web"),
    ("scanner/a.py", "from tests.support import x", "nothing imports tests"),
    ("commands/a.py", "import benchmarks.scale", "nothing imports benchmarks"),
    ("scanner/a.py", "import sqlmodel", "sqlmodel belongs to storage/ alone"),
    ("web/a.py", "from sqlalchemy import select", "sqlalchemy belongs to storage/ alone"),
    ("catalog/a.py", "import sqlite3", "sqlite3 belongs to storage/ alone"),
    ("commands/db.py", "import alembic.command", "alembic belongs to storage/ alone"),
    ("storage/store.py", "import duckdb", "duckdb belongs to storage/landing.py"),
    ("connectors/okta.py", "import duckdb", "duckdb belongs to storage/landing.py"),
    ("scanner/a.py", "import click", "click belongs to cli.py, commands/ alone"),
    ("commands/a.py", "from rich.table import Table", "rich belongs to reports/terminal.py alone"),
    ("reports/terminal_wide.py", "import rich", "rich belongs to reports/terminal.py alone"),
    ("scanner/a.py", "import httpx2", "httpx2 belongs to connectors/ alone"),
    ("scanner/a.py", "from urllib.request import urlopen", "urllib.request belongs to connectors/ alone"),
    ("scanner/a.py", "from urllib import request", "urllib.request belongs to connectors/ alone"),
    ("storage/landing.py", "import boto3", "boto3 belongs to connectors/ alone"),
    ("storage/landing.py", "from botocore.config import Config", "botocore belongs to connectors/ alone"),
    ("web/a.py", "from googleapiclient.discovery import build", "googleapiclient belongs to connectors/ alone"),
    ("web/a.py", "from google.oauth2 import service_account", "google belongs to connectors/ alone"),
    ("web/a.py", "import msal", "msal belongs to connectors/ alone"),
    ("web/app.py", "import authlib", "authlib belongs to web/sign_in.py alone"),
    ("scanner/work.py", "from apscheduler.schedulers.blocking import X", "apscheduler belongs to scanner/schedule.py"),
    ("policies/load.py", "import cel_expr_python", "cel_expr_python belongs to policies/engine.py alone"),
    ("commands/serve.py", "from fastapi import FastAPI", "fastapi belongs to web/ alone"),
    ("reports/html.py", "import starlette.responses", "starlette belongs to web/ alone"),
    ("reports/html.py", "from markupsafe import Markup", "markupsafe belongs to web/ alone"),
    ("web/sessions.py", "from joserfc import jwt", "joserfc belongs to web/sign_in.py alone"),
    ("web/app.py", "from jinja2 import Template", "jinja2 belongs to web/templating.py alone"),
    ("reports/words.py", "from babel.dates import format_date", "babel belongs to web/locale.py alone"),
    ("web/app.py", "from limits.storage import MemoryStorage", "limits belongs to web/protect.py alone"),
    ("web/app.py", "import uvicorn", "uvicorn belongs to commands/serve.py alone"),
    ("utils/text.py", "", "utils is no room of the house"),
    ("helpers.py", "", "helpers is no room of the house"),
]


@pytest.mark.parametrize(("where", "source", "why"), FORBIDDEN)
def test_a_forbidden_import_is_named_with_file_and_line(tmp_path, where, source, why):
    root = house(tmp_path, {where: source})

    found = breaches(root)

    last = max(1, len(source.splitlines()))
    assert len(found) == 1
    assert found[0].startswith(f"{where}:{last}: {why}")


ALLOWED = [
    ("model/signal.py", "from __future__ import annotations\nimport dataclasses\nfrom model.errors import Malformed"),
    ("connectors/okta.py", "import httpx2, msal\nfrom model.signal import Signal\nfrom connectors.formats import Raw"),
    ("connectors/aws.py", "import boto3\nfrom botocore.config import Config"),
    ("connectors/bulk/cur.py", "import duckdb"),
    ("storage/landing.py", "import duckdb"),
    ("storage/parquet.py", "import duckdb"),
    ("storage/migrations/versions/0001_first.py", "import sqlmodel\nfrom alembic import op"),
    ("gate/cases.py", "from policies import engine\nfrom storage.store import Store"),
    ("scanner/schedule.py", "import apscheduler\nimport connectors.registry, catalog.index, policies, storage, gate"),
    ("policies/engine.py", "import cel_expr_python"),
    ("reports/terminal.py", "from rich.table import Table\nimport gate"),
    ("web/app.py", "import fastapi\nfrom scanner import doctor\nfrom reports import csv"),
    ("web/sign_in.py", "from authlib.integrations import x\nfrom joserfc import jwt"),
    ("web/templating.py", "from jinja2.runtime import Context\nfrom markupsafe import Markup"),
    ("web/locale.py", "from babel.numbers import format_currency"),
    ("web/protect.py", "from limits.strategies import MovingWindowRateLimiter"),
    ("commands/serve.py", "def serve():\n    import uvicorn\n    from web.app import make_app"),
    (
        "commands/tools.py",
        "import click\nimport web, scanner, storage, reports, gate, catalog, connectors, policies, model",
    ),
    ("cli.py", "import click\nimport importlib\nimportlib.import_module(f'commands.{name}')"),
    ("tests/test_x.py", "import sqlmodel, click"),
    ("benchmarks/bench_x.py", "import duckdb"),
    ("scanner/urls.py", "from urllib.parse import urlsplit\nfrom http import HTTPStatus"),
    ("catalog/a.py", "import clickhouse_x, richer, googly"),
]


@pytest.mark.parametrize(("where", "source"), ALLOWED)
def test_what_the_law_allows_is_not_held_up(tmp_path, where, source):
    assert breaches(house(tmp_path, {where: source})) == []


CIRCLES = [
    ({"gate/a.py": "import gate.b", "gate/b.py": "from gate import a"}, ["gate.a", "gate.b", "gate.a"]),
    ({"gate/a.py": "from . import b", "gate/b.py": "from .a import x"}, ["gate.a", "gate.b", "gate.a"]),
    ({"gate/a.py": "def f():\n    import gate.b", "gate/b.py": "import gate.a"}, ["gate.a", "gate.b", "gate.a"]),
    (
        {"web/__init__.py": "from web.a import X", "web/a.py": "from web.b import Y", "web/b.py": "from web import Z"},
        ["web", "web.a", "web.b", "web"],
    ),
    (
        {"commands/a.py": "from cli import group", "cli.py": "from commands.a import command"},
        ["cli", "commands.a", "cli"],
    ),
]


@pytest.mark.parametrize(("files", "circle"), CIRCLES)
def test_modules_that_import_one_another_are_a_circle(tmp_path, files, circle):
    assert breaches(house(tmp_path, files)) == [f"circle: {' -> '.join(circle)}"]


def test_modules_that_share_a_third_are_no_circle(tmp_path):
    files = {
        "gate/__init__.py": "from gate.a import X",
        "gate/a.py": "from gate.c import X\nfrom gate import b",
        "gate/b.py": "from gate import c",
        "gate/c.py": "X = 1",
    }

    assert breaches(house(tmp_path, files)) == []


def test_relative_imports_are_read_as_the_absolute_ones_they_are(tmp_path):
    root = house(tmp_path, {"scanner/facts/cost.py": "from ... import web\nfrom ..a import b\nfrom .sso import c\n"})
    path = root / "scanner/facts/cost.py"

    names = [imported.name for imported in imports_of(path, "scanner.facts.cost")]

    assert names == ["web", "scanner.a.b", "scanner.facts.sso.c"]
