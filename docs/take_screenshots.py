"""Takes the pictures of docs/pictures/: the demo company in the system's Chromium, at a fixed moment.

python docs/take_screenshots.py [NAME...]    take all of them, or those named

The company is filled into a temporary folder and served on loopback; the browser can reach nothing else.
"""

from __future__ import annotations

import base64
import logging
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file

import structlog  # noqa: E402
import uvicorn  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from commands import faces  # noqa: E402
from commands.acting import gate_of  # noqa: E402
from commands.opening import Desk, writing  # noqa: E402
from commands.settings import Settings  # noqa: E402
from commands.shape import Program  # noqa: E402
from gate import accounts  # noqa: E402
from gate.roles import Role  # noqa: E402
from reports.terminal import progress  # noqa: E402
from scanner.demo import COMPANY, DemoClock, load  # noqa: E402
from web import sessions  # noqa: E402
from web.app import make_app, protected  # noqa: E402
from web.office import Office, WebSettings  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
#: The largest picture, in bytes.
LARGEST = 120_000
DESK, PHONE = (1280, 860), (390, 720)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions"),
    *("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--force-device-scale-factor=1", "--hide-scrollbars"),
)
#: Who is in the pictures: people of the demo company.
_PEOPLE: Mapping[Role, str] = {
    Role.ADMINISTRATOR: "nanna.kallestrup@tarnvik.example",
    Role.REVIEWER: "nele.lund@tarnvik.example",
    Role.APPROVER_MARKETING: "birgit.aalund@tarnvik.example",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page as somebody sees it. `path` may be found out in the browser; `top` is what the picture begins with.

    `then` is done on the page before the picture is taken.
    """

    name: str
    role: Role
    path: str | Callable[[Page, str], str]
    size: tuple[int, int] = DESK
    dark: bool = False
    top: str | None = None
    then: Callable[[Page], None] | None = None

    @property
    def file(self) -> Path:
        """Where it lies."""
        return FOLDER / f"{self.name}.webp"


def _first_case(page: Page, url: str) -> str:
    page.goto(f"{url}/cases")
    return str(page.locator("table.list tbody th a").first.get_attribute("href"))


def _name_a_tool(page: Page) -> None:
    page.get_by_label("Its name, or its web address").fill("Piktochart")
    page.get_by_role("button", name="Continue").click()


PICTURES: Sequence[Picture] = (
    Picture(name="home-of-security", role=Role.REVIEWER, path="/"),
    Picture(name="queue", role=Role.REVIEWER, path="/cases"),
    Picture(name="case", role=Role.REVIEWER, path=_first_case),
    Picture(name="inventory", role=Role.APPROVER_MARKETING, path="/inventory"),
    Picture(
        name="request-on-a-phone", role=Role.APPROVER_MARKETING, path="/requests/new", size=PHONE, then=_name_a_tool
    ),
    Picture(name="connections", role=Role.REVIEWER, path="/connections", size=(1280, 540), top="figure"),
    Picture(name="insights", role=Role.APPROVER_MARKETING, path="/insights"),
    Picture(name="tool-in-the-dark", role=Role.REVIEWER, path="/tools/zapier", dark=True),
)


def main(names: Sequence[str]) -> int:
    """Take the pictures of these names, or all; return the exit status."""
    wanted = [one for one in PICTURES if not names or one.name in names]
    strange = sorted(set(names) - {one.name for one in wanted})
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if strange or browser is None:
        sys.stderr.write(f"there is no picture {', '.join(strange)}\n" if strange else "there is no Chromium\n")
        return 2
    FOLDER.mkdir(exist_ok=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with TemporaryDirectory(prefix="ostiary-pictures-") as folder, _filled(Path(folder)) as desk:
        office = _office(desk)
        with _served(office) as url, sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=browser, args=list(_FLAGS))
            sizes = [_take(opened, office, url, one) for one in wanted]
            opened.close()
    return 1 if max(sizes) > LARGEST else 0


class _Later:
    """The demo's moment, an hour on: its last run is over. It stands still, so that pictures are the same each time."""

    def now(self) -> datetime:
        return DemoClock().now() + timedelta(hours=1)


@contextmanager
def _filled(folder: Path) -> Iterator[Desk]:
    """Yield the desk of the demo company, with accounts for the people in the pictures."""
    program, settings = Program(db=f"sqlite:///{folder}/demo.db"), Settings(folder=folder, company=COMPANY)
    with writing(program, settings=settings, clock=_Later()) as desk, progress(sys.stderr) as told:
        (folder / "exports").mkdir()
        load(desk.rooms(told), folder / "exports")
        at, trail = desk.clock.now(), desk.trail()
        with desk.store.write() as connection:
            first = accounts.begin(connection, trail, _PEOPLE[Role.ADMINISTRATOR], by="user:pictures", at=at).account
            for role in (one for one in _PEOPLE if one is not Role.ADMINISTRATOR):
                accounts.add(connection, trail, first, _PEOPLE[role], [role], at=at)
        yield desk


def _office(desk: Desk) -> Office:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        web = WebSettings(public_url=f"http://127.0.0.1:{free.getsockname()[1]}")
    return faces.office(desk, web, lambda *, checked=True: gate_of(desk, checked=checked))


@contextmanager
def _served(office: Office) -> Iterator[str]:
    """Yield the address of the application, which is served until the block ends."""
    app, port = protected(make_app(office)), int(office.web.public_url.rpartition(":")[2])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    yield office.web.public_url
    server.should_exit = True
    thread.join(timeout=10)


def _take(browser: Browser, office: Office, url: str, wanted: Picture) -> int:
    """Write a picture; return its size in bytes."""
    (width, height), scheme = wanted.size, "dark" if wanted.dark else "light"
    options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce", **options)
    context.add_cookies([{"name": "ostiary", "value": _session(office, wanted.role), "url": url}])
    page = context.new_page()
    path = wanted.path if isinstance(wanted.path, str) else wanted.path(page, url)
    answer = page.goto(url + path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{wanted.name}: {path} is not there")
    if wanted.then is not None:
        wanted.then(page)
    page.wait_for_load_state("networkidle")
    if wanted.top is not None:
        page.locator(wanted.top).first.evaluate("found => found.scrollIntoView()")
    # Playwright writes PNG and JPEG alone; of such pages WebP is a third of either at the same sharpness.
    shot = context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": 85})
    wanted.file.write_bytes(base64.b64decode(shot["data"]))
    context.close()
    size = wanted.file.stat().st_size
    sys.stdout.write(f"{wanted.file.relative_to(ROOT)}: {size:,} bytes{' (TOO LARGE)' if size > LARGEST else ''}\n")
    return size


def _session(office: Office, role: Role) -> str:
    at = office.clock.now()
    with office.store.write() as connection:
        account = accounts.the_account(connection, _PEOPLE[role], at)
        return sessions.start(connection, account.id, office.web, at=at, agent="pictures")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
