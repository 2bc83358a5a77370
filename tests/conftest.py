"""What holds for all tests."""

import os

import pytest
from hypothesis import HealthCheck, settings

# A busy machine draws and runs examples slowly: that says nothing of the code. Where a change is judged (CI) the
# examples are the same every time, so that it is judged by what it changes; everywhere else they are drawn anew.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory):
    """What `ostiary demo` left and said, made once a run for all its processes: `folder` (look, but do not write),
    `exit_code`, `stdout`, `stderr`."""
    from tests.stores import made_demo  # noqa: PLC0415 (the whole program, for those who ask for it)

    return made_demo(tmp_path_factory)


@pytest.fixture
def demo_home(demo_made, tmp_path):
    """A folder of the test's own with a copy of the demo's database (demo.db) and its landing files."""
    demo_made.copy_to(tmp_path / "demo-home")
    return tmp_path / "demo-home"


@pytest.fixture
def demo_store(demo_home):
    """An opened store as `ostiary demo` leaves it, in `demo_home`: the test's own, to read and to write."""
    from storage.store import Store  # noqa: PLC0415 (a test of the model opens no store)

    store = Store(f"sqlite:///{demo_home / 'demo.db'}")
    yield store
    store.close()
