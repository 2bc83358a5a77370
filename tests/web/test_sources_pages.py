"""Sources: what is missing and how to mend it stands first; reading now shows how far it is, one at a time."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from commands.faces.sources import Sources
from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program
from connectors.live import Feed, Page, Source
from connectors.okta import FORMATS
from connectors.source_tables import Opened
from gate.roles import Role
from model.errors import AccessDenied, Unavailable
from scanner.demo import COMPANY
from storage import kept
from storage.lock import run_lock
from storage.store import Store
from tests.scanner.house import user
from web.pages.sources import span
from web.scanning import Read, Scans

USERS = Feed(name="users", format=FORMATS[2], calls=("GET /users",), blinds="people and their units")


@dataclass(frozen=True, kw_only=True)
class Config:
    org: str = "acme"


class Toy:
    """A live source whose pages a test scripts."""

    def __init__(self):
        self.pages_of = [Page(body=json.dumps([user("ana"), user("ben")]).encode())]
        self.source = Source(
            kind="toy",
            about="A toy: for tests",
            config=Config,
            tenant=lambda config: config.org,
            connect=lambda _config, _wire: self,
            feeds=(USERS,),
            example="",
            limits="none",
            guide="docs/how-to/connect-okta.md",
        )

    def pages(self, _feed, _window):
        for one in self.pages_of:
            if isinstance(one, BaseException):
                raise one
            yield one

    def close(self):
        pass


@pytest.fixture
def toy():
    return Toy()


@pytest.fixture
def desk(home, clock, toy):
    """The desk of a company that has a live source beside its files, read every six hours."""
    store = Store(f"sqlite:///{home / 'demo.db'}")
    settings = Settings(
        folder=home,
        company=COMPANY,
        sources={"toy": Opened(name="toy", source=toy.source, config=Config())},
        schedules={"toy": ("every: 6h", None)},
    )
    yield Desk(Program(format="json"), settings, store, empty=False, clock=clock)
    store.close()


@pytest.fixture
def scans(office, clock):
    """Scans that run while the page waits."""
    office.sources.scans = Scans(office.sources.read, clock, beside=lambda call: call())
    return office.sources.scans


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2].partition("</main>")[0]))


def test_what_is_missing_stands_first_with_how_to_grant_it(administrator):
    page = administrator.get("/coverage")
    text = text_of(page)

    assert "24 of 25 lists of your systems were read in full" in text
    first = text.partition("What is missing")[2][:900]
    assert "google:hollerbach , tokens : ✕ not allowed to read" in first
    assert "https://www.googleapis.com/auth/admin.directory.user.security (Google 403 forbidden)" in first
    assert "Grant the export what it lacks" in first
    assert "docs/how-to/connect-google.md" in first


def test_who_runs_marketing_reads_what_is_unseen_and_no_permissions(cmo):
    text = text_of(cmo.get("/coverage"))

    assert "It would tell of rights that tools hold; what only that shows is unknown." in text
    assert "IT can mend it" in text
    assert "googleapis" not in text
    assert "googleapis" not in text_of(cmo.get("/coverage/sources/google:hollerbach"))
    assert "Read now" not in text


def test_each_source_says_when_it_was_and_will_be_read(administrator):
    text = text_of(administrator.get("/coverage"))

    assert "Never read; next" in text
    assert "from files: read a newer one to renew it" in text


def test_a_source_of_files_says_how_it_is_renewed(administrator):
    page = administrator.get("/coverage/sources/card:company")

    assert "ostiary ingest card-csv PATH --source card:company" in page.text


def test_a_source_says_what_each_list_needs_and_how_late_it_is(administrator):
    text = text_of(administrator.get("/coverage/sources/google:tarnvik"))

    assert "what happened is there within 3 hours" in text
    assert "180 days" in text
    assert "https://www.googleapis.com/auth/admin.reports.audit.readonly" in text


def test_a_source_that_was_never_read_says_so(administrator):
    text = text_of(administrator.get("/coverage/sources/toy"))

    assert "Of 1 list, 1 was not read in full." in text
    assert "It is configured and has not been read yet." in text


def test_places_where_no_record_could_be_read_are_listed(administrator, office):
    with office.store.write() as connection:
        found = connection.exec_driver_sql(
            "SELECT c.run_id, c.stream_id FROM coverage c JOIN stream s ON s.id = c.stream_id"
            " WHERE s.name = 'charges' ORDER BY c.run_id DESC"
        ).first()
        connection.exec_driver_sql(
            "UPDATE coverage SET quarantined = 1 WHERE run_id = ? AND stream_id = ?", tuple(found)
        )
        connection.exec_driver_sql(
            "INSERT INTO quarantine (run_id, stream_id, file, number, reason)"
            " VALUES (?, ?, '<b>x</b>.csv', 7, 'no amount')",
            tuple(found),
        )
    names = ["card:company", "card:expenses"]
    page = next(p for p in (administrator.get(f"/coverage/sources/{n}") for n in names) if "no amount" in p.text)

    assert "&lt;b&gt;x&lt;/b&gt;.csv" in page.text
    assert "<b>x</b>" not in page.text


def test_there_is_no_page_for_a_source_that_is_not_there(administrator):
    assert administrator.get("/coverage/sources/nothing").status_code == 404
    assert administrator.get("/coverage/sources/%3Cscript%3E").status_code == 404
    assert administrator.get("/coverage/scans/7").status_code == 404
    assert administrator.get("/coverage/scans/x").status_code == 404


def test_the_list_is_exported_as_the_command_gives_it(administrator):
    found = json.loads(administrator.get("/coverage?format=json").text)

    assert len(found) == 25
    assert {"source", "stream", "status", "remedy"} <= set(found[0])


def test_an_empty_store_says_how_to_connect_a_first_source(administrator, monkeypatch):
    monkeypatch.setattr(Sources, "sources", lambda _self, _connection: [])
    monkeypatch.setattr(Sources, "live", lambda _self: [])
    text = text_of(administrator.get("/coverage"))

    assert "Nothing has been read yet" in text
    assert "ostiary ingest card-csv statement.csv" in text
    assert "Okta" in text


# --- reading now -----------------------------------------------------------------------------------------------------


def test_a_source_is_read_now_and_the_page_says_what_came_of_it(administrator, scans):
    page = administrator.act("/coverage/scan", source="toy")
    text = text_of(page)

    assert str(page.url).endswith("/coverage/scans/1")
    assert "toy was read in full" in text
    assert "toy , users ✓ read in full 2 2 0" in text
    assert "Reading toy: users" in text
    assert "Judging" in text
    assert "toy read in full, begun" in text_of(administrator.get("/coverage"))


def test_it_is_kept_in_the_trail_who_began_a_scan(administrator, scans, office):
    administrator.act("/coverage/scan", source="toy")
    with office.store.read() as connection:
        rows = [row for row in kept.audit_rows(connection) if row["act"] == "scan.start"]

    assert [row["actor"] for row in rows] == ["account:1"]


def test_a_permission_that_is_missing_stands_in_the_result(administrator, scans, toy):
    toy.pages_of = [AccessDenied("okta.users.read", "grant it in the console", lacking=True)]
    text = text_of(administrator.act("/coverage/scan", source="toy"))

    assert "toy could not be read" in text
    assert "not allowed to read" in text
    assert "okta.users.read" in text


@pytest.mark.parametrize("role", [Role.APPROVER_MARKETING, Role.BUSINESS_USER, Role.AUDITOR])
def test_who_may_not_run_scans_begins_none(role, browser, scans):
    client = browser(role)

    assert client.act("/coverage/scan", source="toy").status_code == 403
    assert scans.lately() == []


def test_a_source_of_files_cannot_be_read_from_here(administrator, scans):
    page = administrator.act("/coverage/scan", source="card:company")

    assert page.status_code == 422
    assert "This source cannot be read from here." in page.text


def test_while_it_reads_the_page_says_what_is_done_how_far_and_how_long_still(administrator, office, clock):
    told = []
    office.sources.scans = Scans(lambda _names, progress: told.append(progress), clock, beside=lambda _call: None)
    office.sources.scans.start(["toy"], "ana@example.com", timedelta(minutes=5))
    from web.scanning import _Telling  # noqa: PLC0415 (what a scan is told by)

    telling = _Telling(office.sources.scans, 1, clock)
    telling.step("Reading <b>toy</b>", 10)
    telling.advance(4)
    clock.at += timedelta(minutes=1)
    page = administrator.get("/coverage/scans/1")

    assert "toy is being read" in text_of(page)
    assert "Reading &lt;b&gt;toy&lt;/b&gt;" in page.text
    assert "4 of 10" in text_of(page)
    assert "About 4 minutes more: the last time it took 5 minutes." in text_of(page)
    assert 'hx-trigger="every 2s"' in page.text
    assert "You may leave this page" in page.text
    assert "A scan is under way" in administrator.get("/coverage").text


def test_a_second_scan_leads_to_the_first(administrator, office, clock):
    office.sources.scans = Scans(office.sources.read, clock, beside=lambda _call: None)
    administrator.act("/coverage/scan", source="toy")
    page = administrator.act("/coverage/scan", source="toy")

    assert str(page.url).endswith("/coverage/scans/1")
    assert "A scan is under way already" in page.text


def test_a_run_of_another_process_refuses_the_scan_in_words(administrator, scans, office):
    with run_lock(office.store):
        text = text_of(administrator.act("/coverage/scan", source="toy"))

    assert "toy could not be read" in text
    assert "Another scan, or what follows from a decision, is under way" in text


def test_what_breaks_down_is_said_and_the_next_scan_can_begin(clock):
    def run(names, _told):
        if names == ("bad",):
            raise RuntimeError("secret words")
        if names == ("busy",):
            raise Unavailable("no space left")
        return Read(outcome="partial", run=1, streams=[])

    scans = Scans(run, clock, beside=lambda call: call())
    outcomes = [scans.start([name], "a")[0] for name in ("bad", "busy", "good")]

    assert [one.outcome for one in outcomes] == ["failed", "failed", "partial"]
    assert outcomes[0].problem == "It broke down (RuntimeError); the log says where."
    assert outcomes[1].problem == "no space left"
    assert scans.current() is None


def test_only_the_last_scans_are_remembered(clock):
    scans = Scans(lambda _names, _told: Read(outcome="complete", run=1, streams=[]), clock, beside=lambda call: call())
    for _ in range(30):
        scans.start(["toy"], "a")

    assert len(scans.lately()) == 20
    assert scans.get(1) is None


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=100), "100 seconds"),
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(hours=3), "3 hours"),
        (timedelta(days=180), "180 days"),
        (None, "unknown"),
    ],
)
def test_a_length_of_time_is_said_in_words(length, said):
    assert span(length) == said
