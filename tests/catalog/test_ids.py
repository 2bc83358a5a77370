from __future__ import annotations

import pytest

from catalog.ids import find_bundle, find_catalog_key, find_client, find_scheme, plain_id
from catalog.load import Tool
from catalog.tables import compile_tables


def found_id(found):
    return found.id if found else None


def test_a_client_id_is_exact_whatever_its_case(tables):
    assert found_id(find_client(tables, "0a1b2c3d-0000-4000-8000-00000000AAAA ")) == "quillfox"
    assert find_client(tables, "0a1b2c3d-0000-4000-8000-00000000aaab") is None
    assert find_client(tables, "") is None


@pytest.mark.parametrize(
    "key", ["quillfoxsaml", "QUILLFOXSAML", "quillfox", "quillfox_saml2_0", "letterfox", "lantern", "time_keepr"]
)
def test_a_catalogue_key_names_its_tool(tables, key):
    assert found_id(find_catalog_key(tables, key)) in {"quillfox", "lantern", "timekeepr"}


@pytest.mark.parametrize(
    "key",
    [
        "oidc_client",
        "bookmark",
        "template_saml_2_0",
        "template_swa",
        "okta_enduser",
        "saasure",
        "acme_quillfox_1",
        "",
        "zz",
    ],
)
def test_a_templates_key_proves_nothing(tables, key):
    assert find_catalog_key(tables, key) is None


@pytest.mark.parametrize(
    ("bundle", "tool"),
    [
        ("com.quillfox.sender", "quillfox"),
        ("com.quillfox.sender.debug", "quillfox"),
        ("com.quillfox.other", "quillfox"),
        ("COM.QUILLFOX.Sender", "quillfox"),
        ("com.bigco.orbit", "orbit-social"),
        ("com.bigco.bigcosuite", "bigco-suite"),
        ("com.bigco.android.apps.adlight", "bigco-adlight"),
        ("io.metricly.app", "metricly"),
        ("io.lantern.sdk", "lantern"),
        ("com.eventbrite", "eventbrite"),
    ],
)
def test_a_bundle_id_leads_to_its_tool(tables, bundle, tool):
    assert found_id(find_bundle(tables, bundle)) == tool


@pytest.mark.parametrize(
    "bundle",
    [
        "com.quill.fox",
        "com.lantern.hotel",
        "org.quillfox.app",
        "com.bigco.camera",
        "quillfox",
        "",
        "com",
        "a.b",
        "com..x",
        "12345",
    ],
)
def test_a_strange_bundle_id_is_nobodys(tables, bundle):
    assert find_bundle(tables, bundle) is None


def test_an_id_that_is_no_reversed_name_is_matched_whole(tables):
    tables.bundles["id123456"] = "quillfox"
    try:
        assert found_id(find_bundle(tables, "ID123456")) == "quillfox"
    finally:
        del tables.bundles["id123456"]


def test_a_two_letter_label_names_no_product(tables):
    tables.names["bigco ab"] = tables.names["adlight"]
    tables.joined["bigcoab"] = "bigco ab"
    try:
        assert find_bundle(tables, "com.bigco.ab") is None
    finally:
        del tables.names["bigco ab"], tables.joined["bigcoab"]


CLIENT = "0a1b2c3d-0000-4000-8000-00000000aaaa"


@pytest.mark.parametrize(
    "written",
    [
        CLIENT,
        CLIENT.upper(),
        f"{{{CLIENT}}}",
        f"{{{CLIENT.upper()}}}",
        f"({CLIENT})",
        f"[{CLIENT}]",
        f'"{CLIENT}"',
        f"'{CLIENT}'",
        f"spn:{CLIENT}",
        f"SPN:{CLIENT.upper()}",
        f"api://{CLIENT}",
        f"api://{CLIENT}/",
        f"client_id={CLIENT}",
        f"client_id={CLIENT}&scope=openid profile",
        f"?client_id={CLIENT}",
        f"clientId: {CLIENT}",
        f"client-id: {CLIENT},",
        f"appid={CLIENT}",
        f"app_id: {{{CLIENT}}}",
        f"application_id={CLIENT}",
        f"  {CLIENT}  ",
    ],
)
def test_a_client_id_is_read_without_what_consoles_put_around_it(tables, written):
    assert plain_id(written) == CLIENT
    assert found_id(find_client(tables, written)) == "quillfox"


@pytest.mark.parametrize(
    "written",
    [
        "0a1b2c3d-0000-4000-8000-00000000aaab",
        f"x{CLIENT}",
        f"{CLIENT}0",
        f"client_secret={CLIENT}",
        f"tenant:{CLIENT}",
        CLIENT.replace("-", ""),
        "{}",
        "client_id=",
        "spn:",
        "{" * 500,
        "",
    ],
)
def test_another_id_is_not_the_clients(tables, written):
    assert find_client(tables, written) is None


WORDS = compile_tables(
    (
        Tool(
            id="drift", name="Drift", vendor="Sales", category="chat_conversational", domains=("drift.com",), word=True
        ),
        Tool(
            id="heap",
            name="Heap",
            vendor="Heap",
            category="product_analytics_replay",
            domains=("heap.io",),
            bundle_ids=("com.heap",),
            word=True,
        ),
        Tool(id="quillwork", name="Quillwork", vendor="GoFar", category="events_webinars", domains=("quillwork.com",)),
        Tool(id="maker", name="Makerly", vendor="Makerly", category="nm_dev", domains=("makerly.com",)),
        Tool(id="jotter", name="Jotter", vendor="Jotter", category="forms_surveys", domains=("jotter.com.br",)),
        Tool(id="shot", name="Makerly Shot", vendor="Makerly", category="nm_dev", domains=("shot.io",)),
        Tool(id="host", name="Netlify", vendor="Netlify", category="nm_dev", domains=("netlify.app",)),
        Tool(
            id="google",
            name="Gee",
            vendor="G",
            category="nm_dev",
            client_ids=("12345678-ab.apps.googleusercontent.com",),
        ),
        Tool(id="guid", name="Guidly", vendor="G", category="nm_dev", client_ids=(CLIENT,)),
        Tool(id="slack", name="Slack", vendor="S", category="nm_dev", bundle_ids=("com.slack.desk",), word=True),
    )
)


@pytest.mark.parametrize(
    ("bundle", "tool"),
    [
        ("com.drift", "drift"),
        ("com.drift.android", "drift"),
        ("com.drift.chat", "drift"),
        ("com.drift.driftapp", "drift"),
        ("com.drift.mobile.prod", "drift"),
        ("com.drift.v2", "drift"),
        ("com.drift.racing.simulator", None),
        ("com.drift.racing", None),
        ("com.drift.---", None),
        ("com.drift.driftking", None),
        ("com.drifting.app", None),
        ("com.heap", "heap"),
        ("com.heap.android", "heap"),
        ("com.heap.sort.visualizer", None),
        ("com.quillwork.anything", "quillwork"),
        ("com.makerly.saas.quillwork", "quillwork"),
        ("com.makerly.quillwork.android", "quillwork"),
        ("com.makerly.shot", "shot"),
        ("com.makerly.shot.kids", "maker"),
        ("com.acme.quillwork", None),
        ("com.acme.intern.quillwork", None),
        ("br.com.jotter.app", "jotter"),
        ("br.com.other.app", None),
        ("app.netlify.acme", None),
    ],
)
def test_a_reversed_domain_proves_a_coined_brand_or_a_word_whose_rest_fits(bundle, tool):
    assert found_id(find_bundle(WORDS, bundle)) == tool


@pytest.mark.parametrize(
    ("uri", "tool"),
    [
        ("slack://oauth/callback", "slack"),
        ("quillwork://cb", "quillwork"),
        ("com.quillwork.app://cb", "quillwork"),
        ("com.quillwork.app:/cb", "quillwork"),
        ("msauth.com.quillwork.app://auth", "quillwork"),
        ("msauth://com.quillwork.app/Ab12%3D", "quillwork"),
        ("msauth://com.acme.app/Ab12%3D", None),
        ("msauth://", None),
        (f"msal{CLIENT}://auth", "guid"),
        (f"ms-appx-web://microsoft.aad.brokerplugin/{CLIENT}", "guid"),
        ("ms-appx-web://microsoft.aad.brokerplugin/", None),
        ("com.googleusercontent.apps.12345678-ab:/oauth2redirect", "google"),
        ("com.googleusercontent.apps.12345679-ab:/oauth2redirect", None),
        ("drift://auth", None),
        ("heap://auth", None),
        ("myapp://callback", None),
        ("notion://auth", None),
    ],
)
def test_a_scheme_that_an_app_registered_leads_to_its_tool(uri, tool):
    scheme = uri.partition(":")[0]

    assert found_id(find_scheme(WORDS, scheme, uri)) == tool
