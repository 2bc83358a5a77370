"""Where the keys of a TOML file stand."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.toml_places import nearest, places

TEXT = """\
# a comment with a = b
name = "x = [y]"   # another
[policies]
profile = "light"
packs = ["a", 'b',
  "c = d"]

[policies.override.SEC-20]
mode = "watch"
severity = {technology = "low", customer = "high"}
with = {admins = 6, kinds = ["a", "b"], idle = "90d"}
  [policies.override."SEC-02".with]
  a.b = 3
text = '''
[no.table]
c = 1'''
[[many]]
d = {e = {f = 1}}
"""
EXPECTED = {
    ("name",): (2, 1),
    ("policies",): (3, 1),
    ("policies", "profile"): (4, 1),
    ("policies", "packs"): (5, 1),
    ("policies", "override", "SEC-20"): (8, 1),
    ("policies", "override", "SEC-20", "mode"): (9, 1),
    ("policies", "override", "SEC-20", "severity"): (10, 1),
    ("policies", "override", "SEC-20", "severity", "technology"): (10, 13),
    ("policies", "override", "SEC-20", "severity", "customer"): (10, 33),
    ("policies", "override", "SEC-20", "with"): (11, 1),
    ("policies", "override", "SEC-20", "with", "admins"): (11, 9),
    ("policies", "override", "SEC-20", "with", "kinds"): (11, 21),
    ("policies", "override", "SEC-20", "with", "idle"): (11, 41),
    ("policies", "override", "SEC-02", "with"): (12, 3),
    ("policies", "override", "SEC-02", "with", "a", "b"): (13, 3),
    ("policies", "override", "SEC-02", "with", "text"): (14, 1),
    ("many",): (17, 1),
    ("many", "d"): (18, 1),
    ("many", "d", "e"): (18, 6),
    ("many", "d", "e", "f"): (18, 11),
}


def test_every_key_stands_where_it_stands():
    assert tomllib.loads(TEXT)
    assert places(TEXT) == EXPECTED


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("policies", "profile"), (4, 1)),
        (("policies", "zzz"), (3, 1)),
        (("policies", "override", "SEC-20", "with", "zzz"), (11, 1)),
        (("zzz",), (1, 1)),
        ((), (1, 1)),
    ],
)
def test_what_is_not_there_stands_in_the_nearest_table(path, place):
    assert nearest(EXPECTED, path) == place


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    assert all(line >= 1 and column >= 1 for line, column in places(text).values())


WORDS = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
VALUES = st.one_of(st.integers(), st.booleans(), st.from_regex(r"[a-z #=\[\]{}.,]{0,9}", fullmatch=True))


def written(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@given(
    st.dictionaries(
        WORDS, st.dictionaries(WORDS, VALUES | st.dictionaries(WORDS, VALUES, max_size=3), max_size=4), max_size=3
    )
)
def test_it_finds_the_keys_that_the_standard_library_reads(tables):
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {written(value)}\n" for key, value in of.items())
        for name, of in tables.items()
    )

    found = places(text)

    expected = set()
    for name, of in tomllib.loads(text).items():
        expected.add((name,))
        for key, value in of.items():
            expected.add((name, key))
            expected |= {(name, key, inner) for inner in value} if isinstance(value, dict) else set()
    assert set(found) == expected
