"""The demo company, read once for all its tests into a database of its own."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from commands.company_policies import company_pack
from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program
from commands.standing import listed_findings
from scanner.demo import COMPANY, DemoClock, load
from scanner.demo.company import AS_OF
from scanner.replaying import stored
from scanner.run import shipped_pack
from storage import kept
from storage.listings import cases as case_listing
from storage.listings import tools
from storage.times import to_ms
from tests.scanner.demo.expected_findings import PROVISIONAL
from tests.scanner.demo.looking import IN_FORCE
from tests.scanner.house import House


def as_commanded(house):
    """Return a house's rooms as the command has them: who has chosen nothing is judged by the standard profile."""
    chosen = company_pack(Settings(folder=house.folder), shipped_pack)
    return replace(house.rooms, pack=lambda: chosen)


@pytest.fixture(scope="session")
def demo(tmp_path_factory, empty_store):
    """A house that the demo was loaded into; `outcomes` has what each run did."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(empty_store, folder / "store.db")
    house = House(folder, company=COMPANY)
    house.outcomes = load(as_commanded(house), folder / "exports")
    yield house
    house.store.close()


@pytest.fixture(scope="session")
def listed(demo):
    """The tools as `ostiary tools` lists them."""
    with demo.store.read() as connection:
        return tools.tools(connection, base_currency=COMPANY.base_currency)


@pytest.fixture(scope="session")
def called(listed):
    """Tool id -> how the tool is called in the expected list."""
    by_name = {(row["name"], source): row["id"] for row in listed if row["provisional"] for source in row["sources"]}
    return {row["id"]: row["id"] for row in listed} | {by_name[where]: name for name, where in PROVISIONAL.items()}


@pytest.fixture(scope="session")
def desk(demo):
    return Desk(Program(), Settings(folder=demo.folder), demo.store, empty=False, clock=DemoClock())


@pytest.fixture(scope="session")
def found(desk, called):
    """Policy -> how a tool is called -> its finding."""
    by_policy = {policy: {} for policy in IN_FORCE}
    for row in listed_findings(desk):
        by_policy[row["policy"]][called[row["tool_id"]]] = row
    return by_policy


@pytest.fixture(scope="session")
def open_cases(demo, called):
    """How a tool is called -> its open cases."""
    by_tool = {}
    with demo.store.read() as connection:
        for case in case_listing.cases(connection):
            if case["state"] == "open":
                by_tool.setdefault(called[case["tool_id"]], []).append(case)
    return by_tool


@pytest.fixture(scope="session")
def judged_by_all(demo):
    """The tools of today with their facts, as they are judged."""
    with demo.store.read() as connection:
        return stored(connection, COMPANY, to_ms(AS_OF), kept.decisions(connection))
