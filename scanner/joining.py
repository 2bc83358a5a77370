"""Joining: identities of one source that are one app, because the source gives it two ids and told both together.

Microsoft Entra names an app by its app id in sign-ins and by the object id of its service principal in grants; the
service principal itself, and a consent, tell both. So a grant and a sign-in are two identities of one app as soon as
anything tells the two ids together, in whatever order the files come: it is derived anew each time from all that is
known, and no number of an identity ever changes. The rule knows nothing of Entra: what shares a client id within a
source is one app.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from model.signal import AppIdentity
from scanner.identifying import Evidence


def joined(found: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence, in order; identities of one app have all that any of them says of it, and one key for all.

    Where they differ a registration is right, then the identity that was met first. Splits still find the identity by
    the key of its own (`own_key`).
    """
    groups: dict[tuple[str, str], list[Evidence]] = {}
    for one in found:
        if one.app.client_id is not None:
            groups.setdefault((one.source, one.app.client_id), []).append(one)
    alike = {one.number: whole for group in groups.values() if len(group) > 1 for one, whole in _whole(group)}
    return [alike.get(one.number, one) for one in found]


def _whole(group: list[Evidence]) -> Iterable[tuple[Evidence, Evidence]]:
    named: dict[str, str] = {}
    for one in sorted(group, key=lambda e: (not e.registered, e.number)):
        named = one.app.named() | named
    app = AppIdentity(**named)
    key = AppIdentity(client_id=app.client_id).key()
    software = any(one.software for one in group)
    return [(one, replace(one, app=app, key=key, own_key=one.key, software=software)) for one in group]
