"""One HTTP server for all tests of receivers."""

from __future__ import annotations

import pytest

from tests.connectors.outgoing import receiving


@pytest.fixture(scope="session", autouse=True)
def _one_server():
    receiving.SHARED.append(receiving.started())
    yield
    receiving.SHARED.pop().stop()
