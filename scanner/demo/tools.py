"""What the demo company uses: all stories, in one order."""

from __future__ import annotations

from scanner.demo.campaigns import CAMPAIGNS
from scanner.demo.everyday import EVERYDAY
from scanner.demo.forgotten import FORGOTTEN
from scanner.demo.stories import Story

STORIES: tuple[Story, ...] = (*EVERYDAY, *CAMPAIGNS, *FORGOTTEN)

#: What cards pay for that is no tool: holder, text, amount, day, months (of 2025 and 2026), merchant category code.
#: The two coffees are two coffees: one card, one day, one price.
OTHER_MONEY: tuple[tuple[str, str, str, int, str, str], ...] = (
    ("sales:1", "SHELL 5873", "72.61", 14, "all", "5541"),
    ("sales:1", "HOTEL NORDSTERN", "138.00", 15, "2025-11 2026-02 2026-05 2026-09", "7011"),
    ("mops:1", "DRUCKEREI LUND", "1460.00", 20, "2026-03 2026-08", "2741"),
    ("events:1", "FAEHRE OST", "88.40", 18, "2026-05 2026-06", "4111"),
    ("brand:1", "KAFFEE FRANZ HAMBURG", "3.80", 29, "2026-09", "5814"),
    ("brand:1", "KAFFEE FRANZ HAMBURG", "3.80", 29, "2026-09", "5814"),
    ("mops:1", "NORDLICHT STUDIO", "4200.00", 26, "2025-12 2026-03 2026-06 2026-09", "7333"),
)
