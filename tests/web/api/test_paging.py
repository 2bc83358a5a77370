"""Lists by pages: every row once, whatever comes and goes before the cursor; what is a cursor, and what is none."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.listings import finding_pages
from web.api.answers import packed, page_of, unpacked
from web.errors import Wrong

#: An act between two pages: rows that come (new keys) or go, by places before the cursor.
ACTS = st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=6)


def rows_of(keys):
    return [{"id": key} for key in keys]


@given(st.integers(0, 60), st.integers(1, 9), st.lists(ACTS, max_size=12))
def test_every_row_comes_exactly_once_while_rows_come_and_go_before_the_cursor(count, limit, acts):
    keys, fresh, cursor, seen = list(range(count)), count, None, []
    gone = set()
    while True:
        page = page_of(rows_of(keys), "id", cursor=cursor, limit=limit)
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        assert page["total"] == len(keys)
        if cursor is None:
            break
        for comes, place in acts.pop() if acts else ():
            edge = keys.index(seen[-1]) if seen[-1] in keys else None
            if edge is None:
                continue
            if comes:
                keys.insert(place % (edge + 1), fresh)
                fresh += 1
            elif edge:
                gone.add(keys.pop(place % edge))
    assert [key for key in seen if key < count] == [key for key in range(count) if key in seen]
    assert {*seen} | gone >= {*range(count)}
    assert len(seen) == len({*seen})


@pytest.mark.parametrize("lost", [1, 2, 7])
def test_where_the_last_rows_go_the_ones_before_them_are_known(lost):
    keys = list(range(30))
    page = page_of(rows_of(keys), "id", cursor=None, limit=10)
    left = [100, *keys[: 10 - lost], *keys[10:]]

    assert page_of(rows_of(left), "id", cursor=page["next"], limit=3)["items"] == rows_of([10, 11, 12])


def test_where_all_of_them_are_gone_it_goes_on_at_the_same_place():
    page = page_of(rows_of(range(30)), "id", cursor=None, limit=10)

    assert page_of(rows_of(range(50, 80)), "id", cursor=page["next"], limit=1)["items"] == rows_of([60])
    assert page_of([], "id", cursor=page["next"], limit=1) == {"items": [], "total": 0, "next": None}


def test_only_the_rows_of_the_page_are_made_into_what_is_shown():
    made = []
    page = page_of(
        rows_of(range(9)), "id", cursor=None, limit=2, shown=lambda row: made.append(row) or {"n": row["id"]}
    )

    assert page["items"] == [{"n": 0}, {"n": 1}]
    assert len(made) == 2


@pytest.mark.parametrize(
    "text",
    ["x", "!!", "e30", "bnVsbA", "W10", packed(["1"]), packed([True]), packed([2**60]), packed([1, 2]), "ä", "W" * 400]
    + [base64.urlsafe_b64encode(one).decode() for one in (b"[1e999]", b"[" * 200, b"\xff\xff")],
)
def test_what_no_answer_gave_is_no_cursor(text):
    with pytest.raises(Wrong, match="none of ours"):
        page_of(rows_of(range(3)), "id", cursor=text, limit=1)


@given(st.lists(st.integers(0, 2**50) | st.booleans() | st.text(max_size=20)))
def test_what_was_packed_is_unpacked(values):
    assert unpacked(packed(values)) == values


# --- the lists of the interface --------------------------------------------------------------------------------------

LISTS = [
    "/tools?noise=shown",
    "/tools?sort=name",
    "/cases?state=all",
    "/findings",
    "/findings?state=",
    "/inventory?use=all",
]
MORE = [
    "/connections",
    "/money?show=all",
    "/policies",
    "/coverage",
    "/decisions",
    "/changes?since=2025-01-01",
    "/audit",
]
KEYS = {"/connections": ("tool_id", "system", "right", "consent"), "/coverage": ("source", "stream"), "/audit": ("n",)}
KEYS |= {"/inventory": ("tool_id",), "/money": ("merchant",)}


@pytest.mark.parametrize("path", [one for one in (*LISTS, *MORE) if not one.endswith("=")])
def test_all_pages_together_are_the_list(reader, path):
    names, join = KEYS.get(path.partition("?")[0], ("id",)), "&" if "?" in path else "?"
    whole = reader.get(f"{path}{join}limit=500").json()
    found, cursor = [], ""
    while True:
        page = reader.get(f"{path}{join}limit=23{cursor}").json()
        found += page["items"]
        assert page["total"] == whole["total"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    keys = [tuple(row[name] for name in names) for row in found]
    assert len(keys) == len({*keys}) == whole["total"]
    assert found[:500] == whole["items"]


def test_findings_follow_on_a_place_that_is_gone_by_now(world):
    with world[1].store.read() as connection:
        rows, total = finding_pages.after(connection, {}, None, limit=100_000)
        assert len(rows) == total
        for at in (0, 7, len(rows) // 2, len(rows) - 2):
            place = finding_pages.place(rows[at])
            assert finding_pages.after(connection, {}, place, limit=3)[0] == rows[at + 1 : at + 4]
            gone = place._replace(policy=f"{place.policy}!")
            assert finding_pages.after(connection, {}, gone, limit=1)[0] == rows[at + 1 : at + 2]


@pytest.mark.parametrize("path", ["/tools", "/findings", "/questions", "/audit", "/decisions", "/requests"])
@pytest.mark.parametrize(
    "cursor", ["bnVsbA", packed(["high", "worst", True, "a", "b"]), packed([2**60]), packed([None])]
)
def test_a_cursor_that_is_none_is_a_problem(reader, path, cursor):
    got = reader.get(f"{path}?cursor={cursor}")

    assert got.status_code == 422
    assert "none of ours" in got.json()["title"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "limit=1&limit=2", "unknown=1", "Limit=3", "body={}"]
)
def test_a_query_that_is_none_is_refused(reader, query):
    got = reader.get(f"/tools?{query}")

    assert got.status_code == 422
    assert got.headers["content-type"] == "application/problem+json"


def test_a_problem_names_what_there_is_to_ask_for(reader):
    assert "category, cursor, limit, marketing" in reader.get("/tools?colour=red").json()["detail"]


# --- entity tags -----------------------------------------------------------------------------------------------------


def test_what_a_program_has_is_not_sent_again(reader):
    first = reader.get("/tools?limit=5")
    again = reader.get("/tools?limit=5", headers={"if-none-match": f'W/"x", {first.headers["etag"]}'})

    assert first.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert reader.get("/tools?limit=6", headers={"if-none-match": first.headers["etag"]}).status_code == 200
    assert reader.get("/tools?limit=6", headers={"if-none-match": "*"}).status_code == 304


def test_a_tag_is_another_once_something_is_decided(desk_program):
    etag = desk_program.get("/cases/1").headers["etag"]
    desk_program.act("/cases/1/take")

    assert desk_program.get("/cases/1", headers={"if-none-match": etag}).status_code == 200


def test_a_cursor_is_of_letters_that_stand_in_an_address(reader):
    cursor = reader.get("/tools?limit=3").json()["next"]

    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[0] == 3
