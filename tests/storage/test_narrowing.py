"""One statement asks of some things, or of all."""

import pytest

from storage.narrowing import of_some

SQL = "SELECT id, name FROM tool WHERE name <> :other{of_some} ORDER BY id"


@pytest.fixture
def ask(connection, filling):
    for n in range(1_203):
        filling.tool(f"t{n:04}", name=f"Tool {n}")

    def asked(wanted, sql=SQL, column="id", other="Tool 2"):
        return [row.id for row in of_some(connection, sql, column, wanted, other=other)]

    return asked


def test_nothing_named_means_all(ask):
    assert len(ask(None)) == 1_202


def test_some_are_found_beside_what_else_is_asked(ask):
    assert ask({"t0003", "t0001", "t0002", "nothing"}) == ["t0001", "t0003"]


def test_a_text_is_one_key_and_no_list_of_letters(ask):
    assert ask("t0007") == ["t0007"]


def test_of_no_key_nothing_is_found(ask):
    assert ask([]) == []


def test_more_keys_than_a_statement_takes_are_all_found_once(ask):
    wanted = [f"t{n:04}" for n in range(1_100)]

    assert ask(wanted, other="") == wanted


def test_keys_may_be_numbers(connection, filling):
    first, second = (filling.actor(name) for name in ("ana", "bo"))
    sql = "SELECT native_id FROM actor WHERE 1 = 1{of_some}"

    assert [row.native_id for row in of_some(connection, sql, "id", {second})] == ["bo"]
    assert {row.native_id for row in of_some(connection, sql, "id", [first, second])} == {"ana", "bo"}
