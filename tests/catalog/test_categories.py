from __future__ import annotations

import pytest

from catalog.categories import CATEGORIES, is_marketing
from catalog.words import BY_CATEGORY


def test_there_are_44_marketing_categories_and_8_others():
    marketing = [c for c in CATEGORIES.values() if c.marketing]

    assert len(marketing) == 44
    assert len(CATEGORIES) - len(marketing) == 8


def test_what_is_not_marketing_starts_with_nm():
    for slug, category in CATEGORIES.items():
        assert category.slug == slug
        assert category.title
        assert category.marketing is not slug.startswith("nm_")


def test_every_category_has_words_that_tell_it():
    assert set(BY_CATEGORY) == set(CATEGORIES)
    assert all(BY_CATEGORY.values())


def test_an_unknown_category_is_an_error():
    assert is_marketing("crm")
    with pytest.raises(KeyError):
        is_marketing("nonsense")
