"""Amounts of money as statements write them, read exactly into integer micros. Pure; no float anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from model.errors import Malformed

#: Active codes of ISO 4217 and those of the last decade.
_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
    VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
CURRENCIES = frozenset(_CODES.split())
#: Signs that belong to one currency only; "$", "¥" and "kr" do not.
_SIGNS = """
    £ GBP € EUR ₹ INR ₩ KRW ₺ TRY ₪ ILS ₽ RUB zł PLN kč CZK ft HUF us$ USD a$ AUD c$ CAD r$ BRL nz$ NZD hk$ HKD s$ SGD
    sfr. CHF fr. CHF
"""
_ONE_CURRENCY = dict(zip(_SIGNS.split()[::2], _SIGNS.split()[1::2], strict=True))
_WORDS = sorted(
    {*CURRENCIES, *_ONE_CURRENCY, "kr.", "kr", "rs.", "rs", "$", "¥", "¢", "฿", "₫", "₱", "₦"}, key=len, reverse=True
)
_CURRENCY = "|".join(re.escape(word) for word in _WORDS)
_MARKS = re.compile(rf"\s*(?:({_CURRENCY})|(CR|DR|[-+()]))\s*", re.IGNORECASE)
_CORE = re.compile(r"(?:(?<![0-9A-Za-z])[.,])?[0-9](?:.*[0-9])?", re.DOTALL)
_DASHES = str.maketrans(dict.fromkeys("−–—‐‑﹣－", "-") | dict.fromkeys("\u200e\u200f\u202a\u202c\ufeff"))  # noqa: RUF001 (signs that statements use)
_PLAIN = re.compile(r"(-?)([0-9]{1,12})\.([0-9]{2})")
_GAPS = "'’` \u00a0\u2007\u2009\u202f"  # noqa: RUF001 (thousands separators of Switzerland and France)


def _grammar(decimal: str, thousands: str) -> re.Pattern[str]:
    """Return the form of a number; groups have three digits, or two before the last three (lakhs and crores)."""
    gap = f"(?P<gap>[{re.escape(thousands + _GAPS)}])"
    whole = rf"[0-9]{{1,3}}{gap}(?:[0-9]{{2,3}}(?P=gap))*[0-9]{{3}}|[0-9]*"
    return re.compile(rf"(?P<whole>{whole})(?:{re.escape(decimal)}(?P<fraction>[0-9]+))?")


_GRAMMARS = {".": _grammar(".", ","), ",": _grammar(",", ".")}


def parse_amount(text: str, decimal: str = ".") -> int:
    """Return the amount in micros; `decimal` is "." or ",", the other one separates thousands.

    Negative are a minus on either side, parentheses, and CR (a credit); DR is a debit. A currency's sign or code
    may stand on either side. Digits below a micro are rounded half-even. Raises Malformed for all else, for an
    amount that says both signs, and beyond 64 bits.
    """
    plain = _PLAIN.fullmatch(text) if decimal == "." else None
    if plain:
        micros = int(plain[2]) * 1_000_000 + int(plain[3]) * 10_000
        return -micros if plain[1] else micros
    core, marks = _split(text)
    match = _GRAMMARS[decimal].fullmatch(core)
    if match is None:
        raise Malformed("the amount is not a number")
    micros = _micros(re.sub("[^0-9]", "", match["whole"]), match["fraction"] or "")
    return -micros if _negative(marks) else micros


def _split(text: str) -> tuple[str, list[str]]:
    """Return the number and the marks around it. Raises Malformed where anything else stands there."""
    clean = text.translate(_DASHES)
    core = _CORE.search(clean)
    if core is None:
        raise Malformed("no amount")
    marks = []
    for side in (clean[: core.start()], clean[core.end() :]):
        found = list(_MARKS.finditer(side))
        if "".join(match[0] for match in found) != side and side.strip():
            raise Malformed("the amount is not a number")
        marks += [match[2].upper() for match in found if match[2]]
    return core[0], marks


def _negative(marks: list[str]) -> bool:
    """Tell whether the marks say negative. Raises Malformed where they contradict each other."""
    less = {mark for mark in marks if mark in {"-", "(", ")", "CR"}}
    more = {mark for mark in marks if mark in {"+", "DR"}}
    if (less and more) or ("(" in less) != (")" in less) or len(marks) != len(set(marks)):
        raise Malformed("the amount says two signs")
    return bool(less)


def _micros(whole: str, fraction: str) -> int:
    if len(whole) + len(fraction) > 60:
        raise Malformed("the amount is too large")
    scale = int(10 ** max(len(fraction) - 6, 0))
    micros, rest = divmod(int((whole or "0") + f"{fraction:0<6}"), scale)
    micros += int(rest * 2 > scale or (rest * 2 == scale and micros % 2 == 1))
    if micros >= 2**63:
        raise Malformed("the amount is too large")
    return micros


def is_negative(text: str) -> bool | None:
    """Tell the sign of an amount's text without knowing its decimal separator; None for zero and for nonsense."""
    if _PLAIN.fullmatch(text):
        return text[0] == "-" if text.strip("-0.") else None
    try:
        core, marks = _split(text)
        return _negative(marks) if re.search("[1-9]", core) else None
    except Malformed:
        return None


def currency_in(text: str) -> str | None:
    """Return the ISO code of the currency that the text itself names, or None ("$" alone names none)."""
    for match in _MARKS.finditer(text.translate(_DASHES)):
        word = (match[1] or "").casefold()
        if word in _ONE_CURRENCY or word.upper() in CURRENCIES:
            return _ONE_CURRENCY.get(word, word.upper())
    return None


class DecimalVotes:
    """Decides the decimal separator of a whole column."""

    def __init__(self) -> None:
        self._votes = {".": 0, ",": 0}
        self._doubtful = {".": 0, ",": 0}

    def add(self, text: str) -> None:
        """Take one cell into account: two digits behind a sole mark make it decimal, two such marks thousands."""
        core = _CORE.search(text)
        marks = [c for c in core[0] if c in ".,"] if core else []
        if not core or not marks:
            return
        last, digits = marks[-1], len(core[0]) - 1 - core[0].rfind(marks[-1])
        other = "," if last == "." else "."
        if marks.count(last) > 1:
            self._votes[other] += 1
        elif other in marks or digits != 3 or core[0][0] in "0.,":
            self._votes[last] += 1
        else:
            self._doubtful[last] += 1

    def decimal(self) -> str | None:
        """Return "." or ",", or None where no cell tells them apart."""
        if self._votes["."] == self._votes[","]:
            return None
        return max(self._votes, key=self._votes.__getitem__)

    def likely(self) -> str:
        """Return what `decimal` says, else the reading of money: a sole mark before three digits parts thousands."""
        return self.decimal() or ("," if self._doubtful["."] > self._doubtful[","] else ".")

    @property
    def doubtful(self) -> bool:
        """Whether the choice matters and no cell made it."""
        return self.decimal() is None and any((*self._votes.values(), *self._doubtful.values()))


def detect_decimal(samples: Iterable[str]) -> str | None:
    """Return "." or "," as the whole column shows it, or None where it cannot be told."""
    votes = DecimalVotes()
    for sample in samples:
        votes.add(sample)
    return votes.decimal()
