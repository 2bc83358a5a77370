"""A statement is read once, and what somebody makes of it is a copy."""

from sqlalchemy import text

from storage.statements import statement, statement_of_some


def test_the_same_words_are_the_same_statement():
    assert statement("SELECT 1") is statement("SELECT 1")
    assert statement("SELECT 1") is not statement("SELECT 2")


def test_whoever_binds_a_value_changes_a_copy():
    kept = statement("SELECT :value")
    bound = kept.bindparams(value=5)

    assert bound is not kept
    assert kept.compile().params == {"value": None}


def test_a_list_stands_in_the_place_of_one_parameter(connection):
    asked = statement_of_some("SELECT count(*) FROM account WHERE id IN :of_some")

    assert [connection.scalar(asked, {"of_some": keys}) for keys in ([1], [1, 2, 3], [])] == [0, 0, 0]
    assert connection.scalar(text("SELECT 1")) == 1
