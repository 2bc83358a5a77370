"""Real and third-party records of the formats that exist, beside what an independent script counted in them."""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measuring import table, write_result
from benchmarks.places import DATA, arguments
from benchmarks.stepwise import run_ingest
from benchmarks.truth import read_expected

#: FORMAT -> where its records lie in the folder of real files.
FILES = {
    "okta-system-log": ("sso/okta_dev_docs_events.jsonl", "sso/panther_okta_systemlog.jsonl"),
    "okta-apps": ("inventory/okta_*.json", "inventory/cartography_okta_application.json"),
    "google-activities": ("sso/panther_gsuite_activityevent.jsonl", "sso/scubagoggles_google_reports_*.json"),
    "google-tokens": ("inventory/cartography_googleworkspace_api.json",),
    "google-users": ("inventory/cartography_googleworkspace_api.json",),
    "aws-cloudtrail": ("sso/panther_aws_cloudtrail.jsonl",),
    "onelogin-events": ("sso/panther_onelogin_events.jsonl",),
    "duo-logs": ("sso/panther_duo_*.jsonl",),
}
#: Roles under which expected.json counts what is no app: the system that wrote the log, a service of AWS that was
#: called, and one field that was counted under two names.
NO_APP = frozenset({"log source itself", "eventSource", "APP_NAME"})
#: Some files hold recorded conversations with an interface, not an export: what is a record of a FORMAT in them.
RECORDED: dict[str, Callable[[dict[str, Any]], bool]] = {
    "okta-apps": lambda found: "signOnMode" in found and "label" in found,
    "google-tokens": lambda found: found.get("kind") == "admin#directory#token",
    "google-users": lambda found: "primaryEmail" in found,
}
_SEEN = """
    SELECT i.app ->> 'label', coalesce(i.app ->> 'app_id', i.app ->> 'client_id'),
        coalesce((SELECT sum(u.successes + u.failures) FROM usage u WHERE u.identity_id = i.id), 0)
        + (SELECT count(*) FROM record r WHERE r.identity_id = i.id AND r.valid_to IS NULL),
        (SELECT count(*) FROM (SELECT actor_id FROM usage WHERE identity_id = i.id UNION
                               SELECT actor_id FROM record WHERE identity_id = i.id) WHERE actor_id > 0)
    FROM identity i ORDER BY i.id"""


@dataclass(frozen=True, slots=True)
class Seen:
    """An app as one of the two counts has it; a count that it does not give is None."""

    name: str | None
    native_id: str | None
    events: int | None
    users: int | None


@dataclass(slots=True)
class Compared:
    """Both counts of one file as one FORMAT."""

    file: str
    form: str
    streams: dict[str, Any]
    records: int | None
    persons: int
    both: list[tuple[Seen, Seen]] = field(default_factory=list)
    only_ours: list[Seen] = field(default_factory=list)
    only_expected: list[Seen] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield what differs, one sentence each."""
        for ours, theirs in self.both:
            if theirs.events is not None and (ours.events, ours.users) != (theirs.events, theirs.users):
                counted = f"{ours.events} events of {ours.users} people, expected {theirs.events} of {theirs.users}"
                yield f"{ours.name or ours.native_id}: {counted}"
        for seen in self.only_ours:
            yield f"{seen.name or seen.native_id}: only ours, {seen.events} events"
        for seen in self.only_expected:
            yield f"{seen.name or seen.native_id}: only expected, {seen.events or 'no'} events"


def same(ours: Seen, theirs: Seen) -> bool:
    """Whether both name the same app: by its id where both have one, else by its name."""
    if ours.native_id and theirs.native_id:
        return ours.native_id == theirs.native_id
    return ours.name is not None and theirs.name is not None and ours.name.casefold() == theirs.name.casefold()


def match(compared: Compared, ours: list[Seen], theirs: list[Seen]) -> None:
    """Sort two lists of apps into what both have and what one of them has."""
    left = list(theirs)
    for seen in ours:
        other = next((t for t in left if same(seen, t)), None)
        if other is None:
            compared.only_ours.append(seen)
        else:
            left.remove(other)
            compared.both.append((seen, other))
    compared.only_expected = left


def stored(database: str) -> tuple[list[Seen], int]:
    """Return the apps that a store knows, and how many people."""
    with sqlite3.connect(database) as connection:
        people = connection.execute(
            "SELECT count(*) FROM record WHERE kind = 'person' AND valid_to IS NULL"
        ).fetchone()[0]
        return [Seen(*row) for row in connection.execute(_SEEN)], people


def expected_apps(entry: dict[str, Any]) -> list[Seen]:
    """Return the apps of one file of expected.json."""
    apps = (a for a in entry.get("apps", []) if a.get("role") not in NO_APP)
    return [Seen(a.get("name"), a.get("id"), a.get("events"), a.get("users")) for a in apps]


def recorded(value: object, wanted: Callable[[dict[str, Any]], bool], under: str = "") -> Iterator[dict[str, Any]]:
    """Yield the records anywhere in a recorded conversation, also inside of answers that are kept as text.

    A token says whose it is by `userKey`; where the conversation keeps tokens by person, `under` is that key.
    """
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, dict) and wanted(value):
        yield {"userKey": under} | value
        return
    parts = value.items() if isinstance(value, dict) else [(under, v) for v in value] if isinstance(value, list) else ()
    for key, part in parts:
        yield from recorded(part, wanted, key)


def as_export(form: str, path: Path, folder: str) -> Path:
    """Return a file as an export would be: the records of a recorded conversation, one a line; others as they are."""
    if form not in RECORDED or path.name.startswith("okta_dev"):
        return path
    found = recorded(json.loads(path.read_text(encoding="utf-8")), RECORDED[form])
    export = Path(folder, f"{form}-{path.stem}.jsonl")
    export.write_text("".join(json.dumps(each) + "\n" for each in found), encoding="utf-8")
    return export


def compare_file(form: str, path: Path, entry: dict[str, Any], folder: str) -> Compared:
    """Ingest one file into a store of its own and compare."""
    name = path.relative_to(DATA).as_posix()
    database = f"{folder}/{form}-{path.name}.db"
    run = run_ingest(form, database, [str(as_export(form, path, folder))])
    apps, people = stored(database)
    streams: Any = run["streams"]
    compared = Compared(name, form, streams, entry.get("records"), people)
    match(compared, apps, [] if form == "google-users" else expected_apps(entry))
    return compared


def compare_all(folder: str) -> list[Compared]:
    """Compare all files of all formats."""
    expected = read_expected(DATA / "expected.json")
    pairs = [(form, path) for form, globs in FILES.items() for g in globs for path in sorted(DATA.glob(g))]
    return [compare_file(f, p, expected.get(p.relative_to(DATA).as_posix(), {}), folder) for f, p in pairs]


def show(found: list[Compared]) -> None:
    """Print the table and what differs."""
    rows = [
        (
            f"{c.form} {Path(c.file).name}",
            c.records if c.records is not None else "-",
            *_counts(c),
            c.persons,
            len(c.both),
            len(c.only_ours),
            len(c.only_expected),
        )
        for c in found
    ]
    heads = (
        "format and file",
        "records",
        "read",
        "quarantined",
        "people",
        "apps in both",
        "ours only",
        "expected only",
    )
    print(table("Real and third-party records", heads, rows))
    for compared in found:
        for line in compared.lines():
            print(f"  {Path(compared.file).name}: {line}")


def _counts(compared: Compared) -> tuple[int, int]:
    return max(s[0] for s in compared.streams.values()), max(s[2] for s in compared.streams.values())


def main() -> None:
    args = arguments(__doc__).parse_args()
    if not (DATA / "expected.json").is_file():
        sys.exit(f"{DATA}: the real files are not there")
    with tempfile.TemporaryDirectory(prefix="ostiary-bench-") as folder:
        found = compare_all(folder)
    show(found)
    told = [{"file": c.file, "format": c.form, "streams": c.streams, "differs": list(c.lines())} for c in found]
    write_result(args.output or args.load / "results" / "third_party.json", {"files": told}, [])


if __name__ == "__main__":
    main()
