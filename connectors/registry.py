"""The registry: one line a module of FORMATs, one line a live source."""

from __future__ import annotations

from connectors import (
    approved_tools_csv,
    aws_cloudtrail,
    aws_identity_center,
    aws_live,
    card_csv,
    duo,
    duo_live,
    entra,
    entra_live,
    focus,
    google,
    google_live,
    jumpcloud,
    jumpcloud_live,
    okta,
    okta_live,
    onelogin,
    onelogin_live,
    people_csv,
)
from connectors.formats import Format
from connectors.live import Source

_SOURCES = (
    okta_live.SOURCE,
    entra_live.SOURCE,
    google_live.SOURCE,
    aws_live.SOURCE,
    onelogin_live.SOURCE,
    jumpcloud_live.SOURCE,
    duo_live.SOURCE,
)

FORMATS: dict[str, Format] = {
    found.name: found
    for found in (
        *okta.FORMATS,
        *google.FORMATS,
        *entra.FORMATS,
        *aws_cloudtrail.FORMATS,
        *aws_identity_center.FORMATS,
        *onelogin.FORMATS,
        *jumpcloud.FORMATS,
        *duo.FORMATS,
        *focus.FORMATS,
        card_csv.FORMAT,
        people_csv.FORMAT,
        approved_tools_csv.FORMAT,
        *(feed.format for source in _SOURCES for feed in source.feeds),
    )
}

SOURCES: dict[str, Source] = {source.kind: source for source in _SOURCES}
