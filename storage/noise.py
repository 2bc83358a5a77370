"""What tells noise from use: who came when, what was paid, what is held."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from model.signal import METHODS, Method
from storage.times import month_of

_LINKED = " JOIN link l ON l.identity_id = {0}.identity_id AND l.valid_to IS NULL AND l.tool_id IS NOT NULL"
#: Records of what somebody set up on purpose: to no such thing a person merely came by.
_SET_UP = (
    *("registration", "assignment", "installation", "connection", "contract", "declaration", "sender", "dns_record"),
    *("site_tag", "app_sdk", "device_app", "account_access"),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def visits(connection: Connection, as_of: int, most: int) -> list[Any]:
    """Return the visits of tools that at most so many persons ever used, as of a moment in milliseconds.

    A row has tool_id, person_id and address (None where nobody is named), month and days (a 31-bit map) or first_at,
    and read_until, the end of what was read of its stream without a gap at the end (None: nothing). A visit is a
    sign-in, or the moment at which a grant was given.
    """
    state = _state(connection)
    return list(
        connection.execute(
            text(
                "WITH few AS (SELECT tool_id FROM figures WHERE people_ever <= :most), whole AS ("
                " SELECT stream_id, max(window_end) AS read_until FROM coverage"
                " WHERE status = 'complete' GROUP BY stream_id), seen AS ("
                " SELECT l.tool_id, u.stream_id, u.actor_id, u.month, u.days, u.first_at"
                f" FROM usage u{_LINKED.format('u')} JOIN few f ON f.tool_id = l.tool_id"
                " WHERE u.successes > 0 AND u.first_at <= :as_of AND u.month <= :month"
                " UNION ALL SELECT l.tool_id, r.stream_id, r.actor_id, 0, 0, r.seen_at"
                f" FROM record r{_LINKED.format('r')} JOIN few f ON f.tool_id = l.tool_id"
                f" WHERE r.kind = 'grant' AND r.seen_at <= :as_of AND coalesce({state}, '') <> 'revoked')"
                " SELECT s.tool_id, p.person_id, a.address, s.month, s.days, s.first_at, w.read_until"
                " FROM seen s LEFT JOIN actor_person p ON p.actor_id = s.actor_id AND p.valid_to IS NULL"
                " LEFT JOIN actor a ON a.id = s.actor_id LEFT JOIN whole w ON w.stream_id = s.stream_id"
            ),
            {"as_of": as_of, "most": most, "month": month_of(as_of)},
        )
    )


def days_of(month: int, days: int) -> set[int]:
    """Return the days of a month's 31-bit map, counted from 1970."""
    first = (datetime(month // 100, month % 100, 1, tzinfo=UTC) - _EPOCH).days
    return {first + bit for bit in range(31) if days >> bit & 1}


def any_charge(connection: Connection) -> bool:
    """Whether any charge was ever read."""
    return connection.scalar(text("SELECT 1 FROM record WHERE kind = 'charge' LIMIT 1")) is not None


def charged(connection: Connection, as_of: int) -> set[str]:
    """Return the tools that any charge went to."""
    sql = (
        f"SELECT DISTINCT l.tool_id FROM record r{_LINKED.format('r')} WHERE r.kind = 'charge' AND r.seen_at <= :as_of"
    )
    return set(connection.scalars(text(sql), {"as_of": as_of}))


def holding(connection: Connection, as_of: int) -> set[str]:
    """Return the tools to which anybody's grant is in force: of a grant that events tell of, the last one counts."""
    rows = connection.execute(
        text(
            f"SELECT l.tool_id, r.stream_id, r.identity_id, r.actor_id, {_state(connection)} AS state"
            f" FROM record r{_LINKED.format('r')} WHERE r.kind = 'grant' AND r.valid_to IS NULL AND r.seen_at <= :as_of"
            " ORDER BY r.seen_at, r.native_id"
        ),
        {"as_of": as_of},
    )
    last = {(row.stream_id, row.identity_id, row.actor_id): row for row in rows}
    return {row.tool_id for row in last.values() if row.state != "revoked"}


def set_up(connection: Connection) -> set[str]:
    """Return the tools that somebody set up: at the identity provider (as for SAML or OIDC), or elsewhere."""
    kinds = ", ".join(f"'{kind}'" for kind in _SET_UP)
    sso = ", ".join(str(METHODS.index(method)) for method in (Method.SAML, Method.OIDC))
    sql = (
        f"SELECT l.tool_id FROM record r{_LINKED.format('r')} WHERE r.kind IN ({kinds}) AND r.valid_to IS NULL"
        f" UNION SELECT l.tool_id FROM usage u{_LINKED.format('u')} WHERE u.method IN ({sso}) AND u.successes > 0"
    )
    return set(connection.scalars(text(sql)))


def imitating(connection: Connection) -> set[str]:
    """Return the tools of which any name imitates another tool."""
    sql = "SELECT DISTINCT tool_id FROM link WHERE valid_to IS NULL AND tool_id IS NOT NULL AND imitates IS NOT NULL"
    return set(connection.scalars(text(sql)))


def _state(connection: Connection) -> str:
    postgresql = connection.dialect.name == "postgresql"
    return "r.facts::json ->> 'state'" if postgresql else "json_extract(r.facts, '$.state')"
