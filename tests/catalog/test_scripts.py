# ruff: noqa: RUF001 (letters of other scripts stand here on purpose)
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.normal import tokens
from catalog.scripts import billed_script, is_about_script
from model.match import StringKind
from tests.shipped import catalogue


def paid(text):
    match = catalogue().read(StringKind.CARD_DESCRIPTOR, text).match
    return match and match.entry.name


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("サイボウズ キントーン利用料", "Kintone"),
        ("ﾌﾘ-(ｶ) FREEE KK TOKYO", "freee"),
        ("CHATWORK 株式会社 ご利用料", "Chatwork"),
        ("チャットワーク月額料金", "Chatwork"),
        ("Sansan株式会社 利用料", "Sansan"),
        ("マネーフォワード 年額", "Money Forward Cloud"),
        ("ジョブカン利用料", "Jobcan"),
        ("金蝶 年费", "Kingdee"),
        ("用友 服务费", "Yonyou"),
        ("채널톡 이용료", "Channel Talk"),
        ("ООО ТИЛЬДА ПАБЛИШИНГ ПОДПИСКА", "Tilda"),
        ("Битрикс24 подписка", "Bitrix24"),
    ],
)
def test_a_tool_is_known_by_its_name_in_another_script(text, tool):
    assert paid(text) == tool


@pytest.mark.parametrize(
    "text",
    [
        "喫茶ノーション 大阪",
        "喫茶スパーク 京都",
        "ローソン 渋谷神南店",
        "マクドナルド 品川",
        "星巴克 上海",
        "上海钉钉子五金店",
        "ООО РОМАШКА ЦВЕТЫ МОСКВА",
        "КАФЕ СЛАК СОФИЯ",
        "ЦВЕТЯ БЛУМ ЕООД ВАРНА",
        "ΤΑΒΕΡΝΑ ΖΟΡΜΠΑΣ ΑΘΗΝΑ",
        "배달의민족 서울",
        "مطعم دبي",
        "מסעדה תל אביב",
        "キントーン研修 東京",
        "利用料",
        "株式会社",
        "喫茶 NOTION 京都",
        "酒場 ASANA 大阪",
    ],
)
def test_shops_in_other_scripts_are_no_tools(text):
    assert paid(text) is None


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("キントーン利用料", "キントーン"),
        ("キントーンの利用料金", "キントーン"),
        ("株式会社サンサン", "サンサン"),
        ("サンサン株式会社", "サンサン"),
        ("利用料", ""),
        ("スラック", "スラック"),
    ],
)
def test_billing_and_legal_forms_come_off(word, bare):
    assert billed_script("".join(tokens(word))) == "".join(tokens(bare))


def test_latin_words_are_never_about_anything_here():
    assert not is_about_script(("course", "book"))
    assert is_about_script(tokens("研修"))


@given(st.text(max_size=80))
def test_no_text_makes_it_fail(text):
    for word in tokens(text):
        assert len(billed_script(word)) <= len(word)
