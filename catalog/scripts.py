"""Words of statements in scripts other than Latin: billing, legal forms, and what is about a tool."""
# ruff: noqa: RUF001 (letters of other scripts stand here on purpose)

from __future__ import annotations

import re

from catalog.normal import tokens

#: Words of billing that stick to a name in a script without blanks, or stand behind it.
_BILLED = """
    ご利用料金 利用料金 ご利用料 利用料 使用料 利用代金 利用代 料金 月額料金 月額費用 月額 年額料金 年額 年間費用
    年間契約 年間 サブスクリプション サブスク ライセンス料 ライセンス費 ライセンス 会費 プラン 代金
    服务费 订阅费 订阅 年费 月费 会员费 会员 续费 套餐 充值 使用费 软件 软件费
    이용료 구독료 구독 요금 사용료 결제"""
#: Legal forms that stick to it.
_CORPORATE = "株式会社 주식회사 股份有限公司 网络科技有限公司 科技有限公司 有限公司"
#: The same in scripts with blanks, in the form of `tokens`.
BILLED_WORDS = frozenset(
    tokens(
        "подписка подписку оплата лицензия лицензии тариф абонемент абонентска такса συνδρομή"
        " ооо зао оао ао ип еоод оод"
    )
)
#: Lessons, books and agencies.
_ABOUT = """
    研修 セミナー 講座 講習 書籍 教材 勉強会 代理店 コンサル 培训 课程 书店 代理商 图书 강의 교육 도서
    курс обучени тренинг семинар агентство книга σεμινάρι دورة"""


def _any(texts: str) -> str:
    return "|".join(sorted(("".join(tokens(text)) for text in texts.split()), key=len, reverse=True))


_STUCK = re.compile(f"の?(?:{_any(f'{_BILLED} {_CORPORATE}')})$")
_FORM_BEFORE = re.compile(f"^(?:{_any(_CORPORATE)}|カ(?=.{{4}}))")
_SAID = re.compile(_any(_ABOUT))


def billed_script(word: str) -> str:
    """Return a word of `tokens` without the words of billing, and the legal form, that stick to it; may be empty."""
    return _STUCK.sub("", _FORM_BEFORE.sub("", _STUCK.sub("", word)))


def is_about_script(words: tuple[str, ...]) -> bool:
    """Return whether words of `tokens` speak of a lesson, a book or an agency."""
    return any(not word.isascii() and _SAID.search(word) for word in words)
