"""The words of an expression: each with its kind and its place, and nothing that is no word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.tokens import NAME, NUMBER, SIGN, STRING, Stray, Token, tokens


def kinds(text):
    return [(token.kind, token.text) for token in tokens(text)]


def test_an_expression_is_cut_into_its_words():
    assert kinds('people.count>=3&&!(tool.name in ["a"])') == [
        (NAME, "people"),
        (SIGN, "."),
        (NAME, "count"),
        (SIGN, ">="),
        (NUMBER, "3"),
        (SIGN, "&&"),
        (SIGN, "!"),
        (SIGN, "("),
        (NAME, "tool"),
        (SIGN, "."),
        (NAME, "name"),
        (NAME, "in"),
        (SIGN, "["),
        (STRING, '"a"'),
        (SIGN, "]"),
        (SIGN, ")"),
    ]


STRINGS = [
    '"a"',
    "'a'",
    '""',
    '"it\'s"',
    r'"a\"b"',
    r"'a\'b'",
    r'"\\"',
    'r"a\\"',
    "R'\\d+'",
    'b"a"',
    'rb"a\\"',
    'bR"a"',
    '"""a"b\nc"""',
    "'''a'b\nc'''",
    'r"""a\\"""',
    '"// no comment"',
    '"a && b"',
]


@pytest.mark.parametrize("text", STRINGS)
def test_a_string_is_one_word_whatever_stands_in_it(text):
    assert kinds(f"{text} == {text}") == [(STRING, text), (SIGN, "=="), (STRING, text)]


@pytest.mark.parametrize("text", ["0", "12", "1.5", ".5", "1e3", "1.5E-3", "0x1F", "7u", "0xFFu"])
def test_a_number_is_one_word(text):
    assert kinds(f"{text} + {text}") == [(NUMBER, text), (SIGN, "+"), (NUMBER, text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a // b && c", ["a"]),
        ("a // b\n&& c", ["a", "&&", "c"]),
        ("\t a\r\n\f ", ["a"]),
        ("", []),
        ("// nothing", []),
        ("a<=b!=c==d>=e", ["a", "<=", "b", "!=", "c", "==", "d", ">=", "e"]),
        ("a?b:c", ["a", "?", "b", ":", "c"]),
        ("_a1.b_2", ["_a1", ".", "b_2"]),
        ("a/b%c*d-e", ["a", "/", "b", "%", "c", "*", "d", "-", "e"]),
    ],
)
def test_blanks_and_comments_are_no_words(text, words):
    assert [token.text for token in tokens(text)] == words


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a ; b", 2),
        ("{}", 0),
        ("a.`b`", 2),
        ('a == "b', 5),
        ("a & b", 2),
        ("a = b", 2),
        ("é", 0),
        ("a #", 2),
        ("'a\nb'", 0),
    ],
)
def test_what_is_no_word_is_refused_at_its_place(text, at):
    with pytest.raises(Stray) as stray:
        tokens(text)

    assert stray.value.at == at
    assert text not in str(stray.value)


@given(st.text(alphabet="ab1._ \n\t()[]!&|?:<>=+-*/%,\"'\\r", max_size=30))
def test_the_words_stand_in_order_where_they_say_and_leave_out_blanks_alone(text):
    try:
        found = tokens(text)
    except Stray as stray:
        found = tokens(text[: stray.at])

    ends = 0
    for token in found:
        between = text[ends : token.at]
        assert text[token.at : token.end] == token.text
        assert not between.strip() or between.strip().startswith("//")
        ends = token.end


@pytest.mark.parametrize(
    ("text", "said"),
    [("'crm'", "crm"), ('"crm"', "crm"), ('""', ""), ("'''a'''", "a"), (r'"\n"', None), ('r"a"', None), ('b"a"', None)],
)
def test_a_plain_string_says_what_stands_in_it_and_others_say_nothing(text, said):
    (token,) = tokens(text)

    assert token.said() == said


def test_only_a_string_says_anything():
    assert Token(NAME, "crm", 0).said() is None
    assert Token(NUMBER, "3", 0).said() is None
