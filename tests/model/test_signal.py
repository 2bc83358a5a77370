"""A signal cannot be built from what would later look like knowledge, and an app is told by its strongest name."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.signal import APP_FIELDS, FACTS, FOLDED, KEY_FIELDS, METHODS, AppIdentity, Method, Signal, SignalKind, fold

AT = datetime(2026, 3, 1, tzinfo=UTC)
texts = st.text(min_size=1, max_size=12)


def grant(**changed):
    return Signal(**{"stream": "tokens", "kind": SignalKind.GRANT, "native_id": "1", "seen_at": AT} | changed)


# --- what is refused -------------------------------------------------------------------------------------------------


def test_every_kind_has_its_own_facts():
    assert set(FACTS) == set(SignalKind)
    assert all(FACTS[kind] for kind in SignalKind)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"amount_micros": 1}, "grant has no fact amount_micros of type int"),
        ({"native": "yes"}, "grant has no fact native of type str"),
        ({"scopes": ["email"]}, "grant has no fact scopes of type list"),
        ({"consent": None}, "grant has no fact consent of type NoneType"),
    ],
)
def test_a_fact_of_another_kind_or_type_is_refused(facts, said):
    with pytest.raises(ValueError, match=said):
        grant(facts=facts)


def test_a_refusal_does_not_quote_the_value():
    with pytest.raises(ValueError, match="no fact") as told:
        grant(facts={"native": "4111 1111 1111 1111"})

    assert "4111" not in str(told.value)


@pytest.mark.parametrize("changed", [{"native_id": ""}, {"seen_at": AT.replace(tzinfo=None)}])
def test_a_signal_without_an_id_or_with_a_time_of_no_zone_is_refused(changed):
    with pytest.raises(ValueError, match="a signal needs a native id and an aware time"):
        grant(**changed)


def test_the_facts_of_a_kind_are_taken():
    assert grant(facts={"scopes": ("email",), "native": False}).facts["scopes"] == ("email",)


# --- the key of an app -----------------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(APP_FIELDS), texts))
def test_the_key_is_that_of_the_strongest_name_and_names_its_field(named):
    strongest = next((field for field in KEY_FIELDS if field in named), None)
    app = AppIdentity(**named)

    if strongest is None:
        with pytest.raises(ValueError, match="names no app"):
            app.key()
    else:
        assert app.key().partition(":")[0] == strongest


@given(texts, texts)
def test_a_label_counts_only_where_nothing_else_is_given(app_id, label):
    assert AppIdentity(app_id=app_id, label=label).key() == AppIdentity(app_id=app_id).key()
    assert AppIdentity(label=label).key() == f"label:{fold(label)}"


@pytest.mark.parametrize("field", sorted(FOLDED))
def test_names_that_people_write_are_the_same_in_any_case_and_spacing(field):
    one, other = AppIdentity(**{field: "Mail  Chimp"}), AppIdentity(**{field: " MAIL chimp "})

    assert one.key() == other.key() == f"{field}:mail chimp"


@pytest.mark.parametrize("field", sorted({*KEY_FIELDS} - FOLDED))
def test_ids_are_taken_letter_by_letter(field):
    assert AppIdentity(**{field: "A"}).key() != AppIdentity(**{field: "a"}).key()


@given(st.dictionaries(st.sampled_from(APP_FIELDS), texts))
def test_only_what_is_there_is_named_in_the_order_of_declaration(named):
    found = AppIdentity(**named).named()

    assert found == named
    assert list(found) == [field for field in APP_FIELDS if field in named]


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text) == fold(f"  {text}\t")


def test_the_store_keeps_places_of_methods_so_their_order_stands():
    """A method that is inserted, and not appended, would rename those of every stored sign-in."""
    assert METHODS == (Method.UNKNOWN, Method.SAML, Method.OIDC, Method.OAUTH, Method.PASSWORD, Method.API)
