"""What was judged of a provisional tool goes on under its new id: cases, findings and facts are one history."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, text

from storage.entered import TABLES

#: The tables of what was judged, each with a column `tool_id`.
_JUDGED = ("fact", "finding", "review_case")
#: What people asked for, and were asked, each with a column `tool_id`.
_ASKED = ("request", "question")
_NAMED = " UNION ".join(f"SELECT tool_id FROM {table}" for table in _JUDGED)


def follow(connection: Connection, tools: Iterable[str], now: Callable[[str], str]) -> dict[str, str]:
    """Move what was judged of tools that are no more to what they are by now; return former id -> new id.

    `tools` are the ids in use, `now` gives today's id for an earlier one. A tool of which something was judged already
    keeps its own history: then the former one ends, as that of a tool that was merged.
    """
    used, judged = set(tools), set(connection.scalars(text(_NAMED)))
    moved: dict[str, str] = {}
    for former in sorted(judged - used):
        tool = now(former)
        if tool in used - judged and tool not in moved.values():
            moved[former] = tool
    for table in _JUDGED if moved else ():
        for former, tool in moved.items():
            sql = f"UPDATE {table} SET tool_id = :tool WHERE tool_id = :former"
            connection.execute(text(sql), {"tool": tool, "former": former})
    _follow_entered(connection, used, now)
    return moved


def _follow_entered(connection: Connection, used: set[str], now: Callable[[str], str]) -> None:
    """Move what people entered of tools that are no more: it has no history that could be torn apart."""
    for table in (*TABLES, *_ASKED):
        named = set(connection.scalars(text(f"SELECT DISTINCT tool_id FROM {table}")))
        for former in sorted(named - used):
            if (tool := now(former)) in used:
                sql = f"UPDATE {table} SET tool_id = :tool WHERE tool_id = :former"
                connection.execute(text(sql), {"tool": tool, "former": former})
