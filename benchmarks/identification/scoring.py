"""Scoring of labelled signals: strict, by kind and difficulty, with confidence intervals.

A row of the labels is `{"id","kind","value","tool","vendor","category","marketing","difficulty","borderline"?}`; `tool`
null says that nothing may be named. A prediction is what `ostiary identify` answers. The right tool is the one of the
same name, or of a name that `accepted.json` puts beside it; a vendor or a family in place of a product is wrong.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_LEGAL = re.compile(r"\b(inc|llc|ltd|limited|gmbh|corp|corporation|company|sas|bv|ag|plc|srl|ab)\b\.?")
_SUFFIX = re.compile(r"\.(com|io|ai|co|net|app|org|me|ly|fm|so|de|fr|ru|tv|chat|email)\b")

#: Slugs whose neighbours count as nearly right, from the labelling rules: sold as one, or bought for one job.
_NEAR = (
    "email_marketing marketing_automation sms_push_messaging",
    "web_analytics product_analytics_replay",
    "abm_intent data_enrichment sales_engagement crm",
    "attribution_measurement mobile_attribution call_tracking link_management bi_dashboards",
    "ads_programmatic ads_search_social dmp_identity",
    "landing_pages forms_surveys cms_web",
    "content_marketing design_creative video_marketing dam_brand",
    "social_media influencer pr_comms community_reviews loyalty_referral",
    "cdp tag_management consent_privacy",
    "ecommerce_marketing ecommerce_platform affiliate_partner local_marketing",
    "events_webinars scheduling",
    "chat_conversational customer_experience",
)
_GROUP = {slug: number for number, slugs in enumerate(_NEAR) for slug in slugs.split()}


def plain(name: str | None) -> str:
    """Return a name without case, accents, legal form, blanks and top-level domain, as writers of it agree."""
    if not name:
        return ""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"\(.*?\)", " ", text.replace("&", " and ").replace("+", " plus "))
    return re.sub(r"[^a-z0-9]+", "", _LEGAL.sub(" ", _SUFFIX.sub("", text))) or name.casefold()


class Names:
    """Which names mean the same tool: `accepted` gives the further right names of a label's tool."""

    def __init__(self, accepted: Mapping[str, Iterable[str]]) -> None:
        """Take the names by name, in any spelling."""
        self._accepted = {plain(name): {plain(other) for other in others} for name, others in accepted.items()}

    def same(self, label: str | None, predicted: str | None) -> bool:
        """Whether a predicted name is the label's tool."""
        wanted, found = plain(label), plain(predicted)
        return bool(wanted and found) and (wanted == found or found in self._accepted.get(wanted, ()))

    def all_of(self, label: str) -> set[str]:
        """Return every form of a label's name, made plain."""
        return {plain(label), *self._accepted.get(plain(label), ())}


@dataclass(slots=True)
class Paid:
    """Of the statement lines: how many say who took the money as their label does."""

    lines: int = 0
    reseller: int = 0  # the same merchant of record, or none in both
    labelled: int = 0  # lines whose label has a counterparty
    counterparty: int = 0  # the same name, or one within the other, without place, legal form and case


def paid(rows: Iterable[Mapping[str, Any]], predictions: Mapping[str, Mapping[str, Any]]) -> Paid:
    """Return how well counterparty and merchant of record are told."""
    total = Paid()
    for row in rows:
        if row["kind"] != "card_descriptor":
            continue
        said = predictions.get(row["id"], {})
        total.lines += 1
        total.reseller += plain(row.get("merchant_of_record")) == plain(said.get("merchant_of_record"))
        if row.get("counterparty"):
            total.labelled += 1
            total.counterparty += is_party(row["counterparty"], said.get("counterparty"))
    return total


def is_party(label: str, said: str | None) -> bool:
    """Whether two names of a counterparty are one: equal, or one within the other."""
    one, other = plain(label), plain(said)
    return bool(one and other) and (one in other or (len(other) > 2 and other in one))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. B. Wilson, 1927); (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(slots=True)
class Score:
    """Counts of one group of rows."""

    named_rows: int = 0  # rows that hold a tool
    null_rows: int = 0  # rows in which nothing may be named
    right: int = 0
    wrong: int = 0  # another tool was named, or one where none is
    silent_nulls: int = 0
    category: int = 0  # of the right ones: the same category
    near: int = 0
    marked: int = 0  # of the right ones: rows whose label has a category

    @property
    def precision(self) -> float:
        """Return the share of what was named that is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Return the share of the rows with a tool whose tool was named."""
        return self.right / self.named_rows if self.named_rows else 1.0

    @property
    def silence(self) -> float:
        """Return the share of the rows without a tool in which none was named."""
        return self.silent_nulls / self.null_rows if self.null_rows else 1.0


@dataclass(slots=True)
class Report:
    """Scores by group, and the rows that are wrong."""

    groups: dict[str, Score] = field(default_factory=dict)
    missed: list[dict[str, Any]] = field(default_factory=list)

    def of(self, name: str) -> Score:
        """Return a group's score."""
        return self.groups.setdefault(name, Score())


def score(
    rows: Iterable[Mapping[str, Any]],
    predictions: Mapping[str, Mapping[str, Any]],
    names: Names,
    known: set[str] | None = None,
) -> Report:
    """Score rows against predictions by id. With `known` (plain names), rows of other tools are left out."""
    report = Report()
    for row in rows:
        if known is not None and row["tool"] and not names.all_of(row["tool"]) & known:
            continue
        said = predictions.get(row["id"], {})
        for name in ("all", f"kind {row['kind']}", f"difficulty {row['difficulty']}"):
            _count(report.of(name), row, said, names)
        if not _is_right(row, said, names):
            found = {"said": said.get("tool"), "matcher": said.get("matcher"), "why": said.get("why")}
            report.missed.append({**row, **found})
    return report


def _is_right(row: Mapping[str, Any], said: Mapping[str, Any], names: Names) -> bool:
    return names.same(row["tool"], said.get("tool")) if row["tool"] else said.get("tool") is None


def _count(total: Score, row: Mapping[str, Any], said: Mapping[str, Any], names: Names) -> None:
    right, named = _is_right(row, said, names), said.get("tool") is not None
    if not row["tool"]:
        total.null_rows += 1
        total.silent_nulls += right
        total.wrong += named
        return
    total.named_rows += 1
    total.right += right
    total.wrong += named and not right
    if right and row["category"]:
        one, other = row["category"], said.get("category")
        total.marked += 1
        total.category += one == other
        total.near += one == other or (one in _GROUP and _GROUP[one] == _GROUP.get(str(other)))
