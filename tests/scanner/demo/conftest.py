"""The demo company, read once for all its tests into a database of its own."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from commands.company_policies import company_pack
from commands.settings import Settings
from scanner.demo import COMPANY, load
from scanner.run import shipped_pack
from storage.listings import tools
from tests.scanner.house import House


@pytest.fixture(scope="session")
def demo(tmp_path_factory, empty_store):
    """A house that the demo was loaded into; `outcomes` has what each run did."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(empty_store, folder / "store.db")
    house = House(folder, company=COMPANY)
    # A company that has chosen nothing is judged by the standard profile, as the command does it.
    chosen = company_pack(Settings(folder=folder), shipped_pack)
    house.outcomes = load(replace(house.rooms, pack=lambda: chosen), folder / "exports")
    yield house
    house.store.close()


@pytest.fixture(scope="session")
def listed(demo):
    """The tools as `ostiary tools` lists them."""
    with demo.store.read() as connection:
        return tools.tools(connection, base_currency=COMPANY.base_currency)
