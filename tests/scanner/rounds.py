# ruff: noqa: T201 (what it prints is what the tests read)
"""Run as a process of its own: ingests that are cut off, are refused a folder, or run out of space.

python -m tests.scanner.rounds WHAT FOLDER [N]
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import event

from connectors.objects import Folder
from model.errors import ConfigError, Unavailable
from tests.scanner.house import House, app, charges, few_policies, user
from tests.scanner.house import event as sign_in

MONTHS = ("2025-12-05T10:00:00Z", "2026-01-05T10:00:00Z", "2026-02-05T10:00:00Z")


def log_files(house, count, each):
    """Write files of sign-ins over three months, with repeats and one bad record in each."""
    for n in range(count):
        numbers = [n * each + k for k in range(each)]
        lines = [
            sign_in(k, app=("HubSpot", "Canva", "Quillwood")[k % 3], person=f"p{k % 7}", published=MONTHS[k % 3])
            for k in numbers
        ]
        house.write(f"log/{n}.jsonl", [*lines, lines[0], {"uuid": "x"}])
    return house.files / "log"


def work(house, *, count=3, each=20, processes=None):
    """Ingest one file of each kind that leaves something in the store."""
    house.ingest("okta-users", house.write("users.json", [user(f"p{n}") for n in range(4)]))
    house.ingest("okta-apps", house.write("apps.json", [app("hubspot", "HubSpot at Acme"), app("2", "Asana")]))
    house.ingest("okta-system-log", log_files(house, count, each), processes=processes)
    house.ingest(
        "card-csv", house.write("card.csv", charges(("2026-02-03", "ZOOM.US", "14.00"), ("2026-02-04", "Shell", "9")))
    )


class Fuse:
    """Ends the process by SIGKILL when it is reached for the n-th time."""

    def __init__(self, at):
        self.left = at

    def __call__(self, *_args):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def in_child(act):
    """Run `act` in a child; return whether it came to its end."""
    child = os.fork()
    if child == 0:
        act()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status in {0, signal.SIGKILL}, status
    return status == 0


def killed_work(folder, at):
    """Work in a folder, and be killed around the n-th commit or landing file."""
    house, fuse = House(folder, pack=few_policies), Fuse(at)
    put = Folder.put

    def putting(self, local, name):
        fuse()
        put(self, local, name)
        fuse()

    event.listen(house.store.engine, "commit", fuse)
    with patch.object(Folder, "put", putting):
        work(house)


def completed(folder, path):
    """Do the work anew, and write down what the store then says."""
    house = House(folder, pack=few_policies)
    work(house)
    stored = house.one("SELECT count(*) AS n FROM landing_file WHERE state = 'committed'")
    assert stored == len(list(house.objects.names())), "a landing file is lost, or one lies about"
    path.write_text(json.dumps(house.picture()))


def kill(folder, step):
    """Cut the work off at every `step`-th moment, then do it anew: the store says the same as if nothing had been."""
    assert in_child(lambda: completed(folder / "whole", folder / "whole.json"))
    expected = json.loads((folder / "whole.json").read_text())
    at, killed = 1, True
    while killed:
        one = folder / str(at)
        killed = not in_child(lambda one=one, at=at: killed_work(one, at))
        assert in_child(lambda one=one: completed(one, folder / "again.json"))
        again = json.loads((folder / "again.json").read_text())
        different = [name for name in expected if expected[name] != again[name]]
        assert not different, f"killed at {at}: {different}"
        at += step
    print(at)


def interrupt(folder):
    """Read two files, then wait for Ctrl-C."""
    house = House(folder, pack=few_policies)
    files, seen = log_files(house, 5, 20), []

    class Waiting:
        def step(self, what, total=None):
            pass

        def advance(self, by=1):
            seen.append(by)
            if len(seen) == 2:
                print("ready", flush=True)
                signal.pause()

    house.progress = Waiting()
    try:
        house.ingest("okta-system-log", files)
    except KeyboardInterrupt:
        print("interrupted", flush=True)


def endless(folder):
    """Ingest in worker processes, to be killed from outside at any moment."""
    house = House(folder, pack=few_policies)
    files = log_files(house, 6, 400)
    print("ready", flush=True)
    house.ingest("okta-system-log", files, processes=2)
    print("done", flush=True)


def refused(folder):
    """Give up every right, then ingest a folder that may not be listed and a file that may not be read."""
    house = House(folder, pack=few_policies)
    work(house, count=1)  # loads all that a run loads: this Python may lie where another user cannot read it
    shutil.rmtree(house.files)
    folder.chmod(0o777)
    for path in (
        house.write("open/apps.json", [app(1)]),
        house.write("shut/apps.json", [app(2)]),
        house.write("file.json", [app(3)]),
    ):
        path.parent.chmod(0o755)
        path.chmod(0o644)
    house.files.chmod(0o755)
    (house.files / "shut").chmod(0)
    (house.files / "file.json").chmod(0)
    (folder / "mine").mkdir(mode=0o777)
    (folder / "mine").chmod(0o777)
    house.store.close()
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    mine = House(folder / "mine", index=house.index, pack=few_policies)
    mine.files = house.files
    mine.ingest("okta-apps", house.files)
    print(
        json.dumps(
            {
                "coverage": mine.coverage()["apps"],
                "records": [r["native_id"] for r in mine.rows("SELECT * FROM record")],
            }
        )
    )


def full(folder):
    """Ingest more than there is space for, then the same again with space."""
    house = House(folder, pack=few_policies)
    given = Path(os.environ["FILES"])
    try:
        house.ingest("okta-apps", given)
    except (ConfigError, Unavailable, OSError) as error:
        print(json.dumps({"error": str(error)}))
        return
    print(json.dumps({"records": house.one("SELECT count(*) AS n FROM record WHERE valid_to IS NULL")}))


if __name__ == "__main__":
    what, where, *rest = sys.argv[1:]
    globals()[what](Path(where), *map(int, rest))
