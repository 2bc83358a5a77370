"""A small catalogue of made-up and well-known tools, so that a test says which entry it is about."""

from __future__ import annotations

import pytest

from catalog.index import Index
from catalog.load import Tool
from catalog.tables import Tables, compile_tables

TOOLS = (
    Tool(
        id="quillfox",
        name="Quillfox",
        vendor="Quillfox",
        category="email_marketing",
        domains=("quillfox.com", "qfx-mail.net", "d1quillfox2x.cloudfront.net"),
        names=("Letterfox",),
        descriptors=("QLFX",),
        legal=("Quillfox Letters GmbH",),
        okta=("quillfoxsaml",),
        client_ids=("0A1B2C3D-0000-4000-8000-00000000aaaa",),
        bundle_ids=("com.quillfox.sender",),
        spf=("servers.qfx-mail.net",),
        txt=("qfx-proof",),
        products=("Campaign Studio Gold",),
    ),
    Tool(
        id="lantern",
        name="Lantern",
        vendor="Lantern Metrics",
        category="product_analytics_replay",
        domains=("lantern.io", "lanterncdn.com"),
        legal=("Lantern Inc",),
        word=True,
    ),
    Tool(
        id="orbit-social",
        name="Orbit",
        vendor="Bigco",
        category="social_media",
        domains=("orbit.example-social.com", "orbit.com"),
        names=("Orbitgramme",),
        word=True,
    ),
    Tool(
        id="bigco-suite",
        name="Bigco Suite",
        vendor="Bigco",
        category="nm_productivity",
        domains=("bigco.com", "bigco.net"),
    ),
    Tool(
        id="bigco-adlight", name="Adlight", vendor="Bigco", category="ads_search_social", domains=("adlight.bigco.com",)
    ),
    Tool(id="metricly", name="Metricly.io", vendor="Metricly", category="seo", domains=("metricly.io",)),
    Tool(id="glow-dam", name="Glowworm DAM", vendor="Glowworm", category="dam_brand", domains=("glowworm.de",)),
    Tool(
        id="tricorder", name="Tricorder Analytics", vendor="Trico", category="web_analytics", domains=("tricorder.app",)
    ),
    Tool(id="timekeepr", name="Time Keepr", vendor="Time Keepr", category="nm_hr", domains=("timekeepr.com",)),
    Tool(
        id="eventbrite", name="Eventbrite", vendor="Eventbrite", category="events_webinars", domains=("eventbrite.com",)
    ),
    Tool(id="mktnumbers", name="Numberpost", vendor="Numberpost", category="email_marketing", domains=("npost#.com",)),
    Tool(
        id="oldname",
        name="Oldbrand",
        vendor="Quillfox",
        category="email_marketing",
        domains=("oldbrand.com",),
        now="quillfox",
        ended="2023",
    ),
    Tool(id="vwq", name="VWQ", vendor="VWQ", category="ab_testing_personalization", domains=("vwq.com",)),
)


@pytest.fixture(scope="session")
def tables() -> Tables:
    return compile_tables(TOOLS)


@pytest.fixture
def index(tables: Tables) -> Index:
    return Index(tables, "test")
