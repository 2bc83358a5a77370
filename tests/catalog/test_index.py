from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest

from catalog.cache import SHAPING, cache_folder, content_hash, load_tables
from catalog.index import Index, load_index
from catalog.load import CatalogError, Tool
from catalog.packed import MAGIC, unpack
from catalog.tables import DERIVED, FIELDS, Tables, compile_tables, in_order, overlay
from model.match import Entry, Matcher, StringKind
from model.signal import AppIdentity

ENTRY = "id: quillfox\nname: Quillfox\nvendor: Quillfox\ncategory: crm\ndomains: [quillfox.com]\n"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "entries"
    folder.mkdir()
    (folder / "crm.yaml").write_text(ENTRY)
    return folder


def test_an_entry_is_told_by_its_id(index):
    assert index.entry("quillfox") == Entry(
        id="quillfox", name="Quillfox", vendor="Quillfox", category="email_marketing", marketing=True
    )
    assert index.entry("bigco-suite").marketing is False
    assert index.entry("nonsense") is None
    assert len(index) == 13


def test_an_entry_tells_the_kinds_of_personal_data_also_when_it_comes_from_the_cache(folder, tmp_path):
    (folder / "seo.yaml").write_text(
        "id: zz\nname: Zz\nvendor: Zz\ncategory: seo\ndomains: [zz.com]\npersonal_data: [contacts, behaviour]\n"
    )

    for _ in range(2):
        entry = load_index(folder=folder, cache=tmp_path / "cache").entry("zz")
        assert entry.personal_data == ("contacts", "behaviour")


def test_a_former_tool_tells_what_it_has_become(index):
    reading = index.read(StringKind.DOMAIN, "oldbrand.com")

    assert reading.match.entry.id == "oldname"
    assert reading.why.endswith("Oldbrand has become Quillfox.")


def renamed(*steps, **more):
    tools = [
        Tool(
            id=one.lower(),
            name=one,
            vendor=one,
            category="crm",
            domains=(f"{one.lower()}.com",),
            now=now and now.lower(),
            ended=more.get(one),
        )
        for one, now in steps
    ]
    return Index(compile_tables(tools), "test")


def test_a_tool_that_was_renamed_is_listed_as_todays_and_the_old_name_is_told():
    index = renamed(("Firstmark", "Secondmark"), ("Secondmark", "Thirdmark"), ("Thirdmark", None))

    for kind, value in ((StringKind.APP_NAME, "Firstmark SSO"), (StringKind.DOMAIN, "app.firstmark.com")):
        reading = index.read(kind, value)
        assert reading.match.entry.id == "thirdmark"
        assert "firstmark" in reading.why.lower()
        assert reading.why.endswith("Firstmark has become Thirdmark.")
    assert index.today("firstmark") == "thirdmark"
    assert index.entry("firstmark").name == "Firstmark"


def test_a_withdrawn_product_stays_its_own_so_that_its_end_is_not_lost():
    index = renamed(("Firstmark", "Secondmark"), ("Secondmark", None), Firstmark="2024-03-01")

    reading = index.read(StringKind.APP_NAME, "Firstmark")

    assert reading.match.entry.id == "firstmark"
    assert reading.why.endswith("Firstmark has become Secondmark.")
    assert index.today("firstmark") == "firstmark"
    assert index.ended("firstmark") == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("ended", "source", "notice"),
    [
        ("2027-06-30", "https://quill.example/end", (date(2027, 6, 30), "https://quill.example/end")),
        ("2027-06-30", None, None),
        ("2027", "https://quill.example/end", None),
        (None, None, None),
    ],
)
def test_the_day_of_an_end_is_told_where_a_page_says_it(ended, source, notice):
    made = Tool(
        id="q", name="Quill", vendor="Q", category="crm", domains=("q.example",), ended=ended, ended_source=source
    )
    index = Index(compile_tables([made]), "test")

    assert index.end_notice("q") == notice
    assert index.end_notice("no-such-tool") is None


def test_a_chain_of_names_ends_at_what_was_withdrawn():
    index = renamed(
        ("Firstmark", "Secondmark"), ("Secondmark", "Thirdmark"), ("Thirdmark", None), Secondmark="2024-03-01"
    )

    assert index.today("firstmark") == "secondmark"


def test_names_that_become_each_other_in_a_circle_end():
    index = renamed(("Firstmark", "Secondmark"), ("Secondmark", "Firstmark"))

    assert index.read(StringKind.APP_NAME, "Firstmark").match.entry.id in {"firstmark", "secondmark"}


def test_an_unknown_tool_is_its_own_today(index):
    assert index.today("nonsense") == "nonsense"


def test_a_client_id_is_the_strongest_field(index):
    app = AppIdentity(client_id="0a1b2c3d-0000-4000-8000-00000000aaaa", label="Lantern", domain="lantern.io")

    match = index.read_app(app).match

    assert match.entry.id == "quillfox"
    assert match.matcher is Matcher.EXACT_ID


@pytest.mark.parametrize(
    ("app", "tool"),
    [
        (AppIdentity(app_id="0A1B2C3D-0000-4000-8000-00000000AAAA"), "quillfox"),
        (AppIdentity(catalog_key="quillfoxsaml", label="Lantern"), "quillfox"),
        (AppIdentity(catalog_key="oidc_client", label="Quillfox"), "quillfox"),
        (AppIdentity(catalog_key="bookmark", label="Some page"), None),
        (AppIdentity(product_code="Campaign Studio Gold"), "quillfox"),
        (AppIdentity(bundle_id="com.quillfox.sender"), "quillfox"),
        (AppIdentity(entity_id="https://app.quillfox.com/saml", label="Lantern"), "quillfox"),
        (AppIdentity(domain="lantern.io", label="Quillfox"), "lantern"),
        (AppIdentity(url="https://acme.com", redirect_uri="https://app.quillfox.com/cb"), "quillfox"),
        (AppIdentity(descriptor="QUILLFOX* 123"), "quillfox"),
        (AppIdentity(label="Quillfox SSO"), "quillfox"),
        (AppIdentity(label="Lantern by Lantern Metrics", vendor="Lantern Metrics"), "lantern"),
        (AppIdentity(app_id="0oa1", label="Our thing", vendor="Glowworm"), "glow-dam"),
        (AppIdentity(label="Our thing", vendor="Bigco"), None),
        (AppIdentity(label="Our thing", vendor="\u202eGlowworm"), None),
        (AppIdentity(label="Our thing"), None),
        (AppIdentity(), None),
    ],
)
def test_the_strongest_field_that_names_a_tool_decides(index, app, tool):
    match = index.read_app(app).match

    assert (match and match.entry.id) == tool


def test_an_identity_tells_the_counterparty_beside_the_tool(index):
    reading = index.read_app(AppIdentity(descriptor="PADDLE.NET* QUILLFOX"), mcc="5734")

    assert reading.match.entry.id == "quillfox"
    assert reading.counterparty == "QUILLFOX"
    assert reading.merchant_of_record == "Paddle"
    assert reading.software


def test_an_unknown_charge_keeps_its_counterparty(index):
    reading = index.read_app(AppIdentity(descriptor="MAGNOLIA BAKERY NEW YORK"))

    assert reading.match is None
    assert reading.counterparty == "MAGNOLIA BAKERY"
    assert not reading.software


def test_a_charges_code_is_a_clue_for_an_identity_too(index):
    app = AppIdentity(descriptor="LANTERN")

    assert index.read_app(app).match is None
    assert index.read_app(app, mcc="5734").match.entry.id == "lantern"


def test_a_look_alike_is_told_beside_the_label(index):
    reading = index.read_app(AppIdentity(domain="quillf0x.com", label="Our thing"))

    assert reading.match is None
    assert reading.imitates == "Quillfox"
    assert "quillf0x.com" in reading.why


@pytest.mark.parametrize("worn", [{"label": "Quillfox"}, {"label": "Quillfox sign-in"}, {"vendor": "Quillfox"}])
def test_a_look_alike_that_wears_the_name_is_not_the_genuine_tool(index, worn):
    reading = index.read_app(AppIdentity(url="https://quillf0x.com/start", **worn))

    assert (reading.match, reading.imitates) == (None, "Quillfox")


def test_a_client_id_is_proof_beside_a_look_alike_too(index):
    app = AppIdentity(client_id="0a1b2c3d-0000-4000-8000-00000000aaaa", url="https://quillf0x.com")

    assert index.read_app(app).match.entry.id == "quillfox"


def test_reading_twice_gives_the_same_reading(index):
    first = index.read(StringKind.APP_NAME, "Quillfox SSO")

    assert index.read(StringKind.APP_NAME, "Quillfox SSO") is first


def test_the_memory_is_bounded(index, monkeypatch):
    monkeypatch.setattr("catalog.index._REMEMBERED", 3)

    for number in range(10):
        index.read(StringKind.DOMAIN, f"h{number}.com")

    assert len(index._memory) <= 3


@pytest.mark.parametrize("kind", list(StringKind))
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "\x00",
        "\u202equillfox.com",
        "%71uillfox",
        "xn--",
        "xn--a.com",
        "http://",
        "https://[::1]:99999/x",
        "1234567890",
        "-",
        "*",
        "." * 500,
        "*" * 500,
        "-" * 5000,
        "😀" * 300,
        "\ud800",
        "ﷺ" * 200,
        "a." * 5000,
        "a" * 1_000_000,
        "quillfox " * 100_000,
        "https://" + "a/" * 500_000,
        "include:" * 10_000,
        "(" * 1000,
        "((((" * 60,
        "x - " * 60,
    ],
)
def test_hostile_text_is_nobodys_whatever_its_kind(index, kind, value):
    assert index.read(kind, value).match is None


def test_a_company_can_add_to_a_tool_and_add_its_own(tables):
    own = [
        Tool(
            id="quillfox", name="Quillfox", vendor="Quillfox", category="email_marketing", names=("Newsletter machine",)
        ),
        Tool(
            id="acme-desk",
            name="Acme Desk",
            vendor="Acme",
            category="nm_support",
            domains=("desk.acme.com", "lantern.io"),
        ),
    ]

    index = Index(overlay(tables, own), "test")

    assert index.read(StringKind.APP_NAME, "Newsletter Machine").match.entry.name == "Quillfox"
    assert index.read(StringKind.DOMAIN, "lantern.io").match.entry.id == "acme-desk"
    assert index.read(StringKind.DOMAIN, "app.quillfox.com").match.entry.id == "quillfox"
    assert index.read(StringKind.CARD_DESCRIPTOR, "ACME DESK").match.entry.id == "acme-desk"


def test_the_overlay_leaves_the_catalogue_as_it_was(tables):
    before = dict(tables.domains)

    overlay(tables, [Tool(id="x", name="Xxxx", vendor="X", category="crm", domains=("lantern.io",))])

    assert tables.domains == before


def test_the_index_is_compiled_once_and_then_read(folder, tmp_path):
    cache = tmp_path / "cache"

    first, version = load_tables(folder, cache)
    files = list(cache.iterdir())
    second, again = load_tables(folder, cache)

    assert len(files) == 1
    assert first == second
    assert version == again == content_hash(folder)


def test_a_changed_entry_makes_a_new_index(folder, tmp_path):
    cache = tmp_path / "cache"
    _, before = load_tables(folder, cache)
    (folder / "crm.yaml").write_text(ENTRY.replace("quillfox.com", "quillfox.io, x.org"))

    tables, after = load_tables(folder, cache)

    assert before != after
    assert "quillfox.io" in tables.domains


def test_the_newest_compiled_files_stay(folder, tmp_path):
    cache = tmp_path / "cache"
    for number in range(6):
        (folder / "crm.yaml").write_text(ENTRY.replace("quillfox.com", f"quillfox{number}.com"))
        load_tables(folder, cache)
        for file in cache.iterdir():
            os.utime(file, ns=(file.stat().st_mtime_ns - 10**9,) * 2)

    assert len(list(cache.iterdir())) == 3
    assert any(content_hash(folder) in file.name for file in cache.iterdir())


def test_what_a_stopped_writer_left_goes_too(folder, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    for number in range(5):
        (cache / f"catalogue-left{number}").write_bytes(b"half")
        os.utime(cache / f"catalogue-left{number}", (number, number))

    load_tables(folder, cache)

    assert len(list(cache.iterdir())) == 3
    assert not (cache / "catalogue-left0").exists()


def test_an_installation_with_other_times_uses_the_same_file(folder, tmp_path):
    cache = tmp_path / "cache"
    load_tables(folder, cache)
    (written,) = cache.iterdir()
    before = written.stat().st_mtime_ns
    os.utime(folder / "crm.yaml", (1, 1))

    load_tables(folder, cache)

    assert [file.stat().st_mtime_ns for file in cache.iterdir()] == [before]


def test_an_entry_of_equal_length_and_time_is_not_taken_for_the_old_one(folder, tmp_path):
    cache = tmp_path / "cache"
    load_tables(folder, cache)
    state = (folder / "crm.yaml").stat()
    (folder / "crm.yaml").write_text(ENTRY.replace("quillfox.com", "quillfax.com"))
    os.utime(folder / "crm.yaml", ns=(state.st_atime_ns, state.st_mtime_ns))

    tables, _ = load_tables(folder, cache)

    assert list(tables.domains) == ["quillfax.com"]


def test_the_catalogue_may_lie_in_a_place_that_cannot_be_written(folder, tmp_path):
    folder.chmod(0o500)
    try:
        tables, _ = load_tables(folder, tmp_path / "cache")
    finally:
        folder.chmod(0o700)

    assert "quillfox" in tables.tools
    assert [file.name for file in folder.iterdir()] == ["crm.yaml"]


def test_writers_at_the_same_time_leave_whole_files(folder, tmp_path):
    cache = tmp_path / "cache"
    program = (
        "import sys; from pathlib import Path; from catalog.cache import load_tables;"
        "[f.unlink(missing_ok=True) or load_tables(Path(sys.argv[1]), Path(sys.argv[2]))"
        " for _ in range(40) for f in [next(Path(sys.argv[2]).glob('*.tables'), Path(sys.argv[2]) / 'none')]]"
    )
    call = [sys.executable, "-c", program, str(folder), str(cache)]

    writers = [subprocess.Popen(call) for _ in range(3)]

    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert [unpack(file.read_bytes())[1] for file in cache.glob("*.tables")] == [content_hash(folder)]


def test_the_compiled_file_is_named_after_all_code_that_shapes_it():
    program = "import sys, catalog.packed; print(*[m for m in sys.modules if m.startswith('catalog.')])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert {name.removeprefix("catalog.") for name in loaded} == set(SHAPING)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"version": "x", "tools": 3}', b"\xff", MAGIC])
def test_a_broken_cache_is_done_without(folder, tmp_path, content):
    cache = tmp_path / "cache"
    load_tables(folder, cache)
    file = next(cache.iterdir())
    file.write_bytes(content)

    tables, _ = load_tables(folder, cache)

    assert "quillfox" in tables.tools
    assert unpack(file.read_bytes()) == (tables, content_hash(folder))


def test_an_unwritable_cache_is_done_without(folder, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    tables, _ = load_tables(folder, blocked)

    assert "quillfox" in tables.tools


def test_without_a_home_there_is_no_cache(folder, monkeypatch):
    monkeypatch.setattr("catalog.cache.cache_folder", lambda: (_ for _ in ()).throw(RuntimeError))

    tables, _ = load_tables(folder)

    assert "quillfox" in tables.tools


def test_the_cache_stands_in_the_users_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "ostiary"

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "ostiary"


def test_the_version_tells_the_overlay(folder, tmp_path):
    own = Tool(id="x", name="Xxxx", vendor="X", category="crm", domains=("xxxx.com",))

    plain = load_index(folder=folder, cache=tmp_path)
    extended = load_index([own], folder=folder, cache=tmp_path)

    assert plain.version == content_hash(folder)
    assert extended.version != plain.version
    assert extended.read(StringKind.DOMAIN, "xxxx.com").match.entry.id == "x"


def test_a_wrong_entry_stops_the_load(folder, tmp_path):
    (folder / "crm.yaml").write_text("id: a\n")

    with pytest.raises(CatalogError, match=r"crm\.yaml:1"):
        load_index(folder=folder, cache=tmp_path)


def test_a_name_of_two_tools_without_blanks_is_nobodys():
    one = Tool(id="a", name="Sun Dial", vendor="A", category="crm", domains=("a.com",))
    other = Tool(id="b", name="Sundi Al", vendor="B", category="crm", domains=("b.com",))

    index = Index(compile_tables([one, other]), "test")

    assert index.read(StringKind.APP_NAME, "Sundial").match is None
    assert index.read(StringKind.APP_NAME, "Sun Dial").match.entry.id == "a"


def test_a_name_of_signs_only_is_not_in_the_tables():
    tables = compile_tables([Tool(id="a", name="Aaaa", vendor="A", category="crm", names=("!!!",), domains=("a.com",))])

    assert "" not in tables.names


def test_what_follows_from_the_tables_is_the_same_as_if_all_were_compiled_anew(tables):
    own = [
        Tool(id="own-1", name="Ferrybook", vendor="Us", category="crm", domains=("eu.ferrybook.co.uk", "ferrybook.io")),
        Tool(
            id="own-2", name="Lanternfish", vendor="Us", category="crm", domains=("lanternfish.dev",), legal=("Lf AS",)
        ),
        *(Tool(id=f"own-h{n}", name=f"Houseware {n}", vendor="House", category="crm", domains=()) for n in range(9)),
        Tool(id="quillfox", name="Quillfox", vendor="Quillfox", category="crm", domains=("deep.eu.quillfox.dev",)),
    ]

    both = overlay(tables, own)

    anew = in_order(Tables(**{name: dict(getattr(both, name)) for name in FIELDS}))
    assert {name: getattr(both, name) for name in DERIVED} == {name: getattr(anew, name) for name in DERIVED}
