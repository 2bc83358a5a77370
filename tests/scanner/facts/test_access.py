"""access.* and integration.*: how people get in."""

import pytest

from tests.scanner.facts.worlds import (
    DRIVE,
    app,
    charge,
    decision,
    evidence,
    known,
    reason,
    record,
    refused,
    state,
    streams,
    token,
    tool,
    use,
    world,
)


def entra_app(mode):
    return record("registration", None, "entra:acme", "service_principals", "snapshot", 0, sign_on=mode)


@pytest.mark.parametrize(
    ("rows", "registered", "mode", "vaulted"),
    [
        ([app("SAML_2_0")], True, "saml", False),
        ([app("OPENID_CONNECT")], True, "oidc", False),
        ([app("WS_FEDERATION")], True, "wsfed", False),
        ([app("AUTO_LOGIN")], False, "password_vault", True),
        ([app("BOOKMARK")], False, "bookmark", False),
        ([app("BOOKMARK"), app("SAML_2_0")], True, "saml", False),
        ([app("SAML_2_0", status="INACTIVE")], False, "none", False),
        ([use(1)], False, "none", False),
        ([token(1, "openid", "email")], False, "social", False),
        ([token(1, "openid", DRIVE)], False, "none", False),
        ([token(1)], False, "none", False),
    ],
)
def test_the_strongest_active_registration_says_how_people_sign_in(rows, registered, mode, vaulted):
    quillfox = tool(*rows)

    assert known("access.sso_registered", quillfox) is registered
    assert known("access.sso_mode", quillfox) == mode
    assert known("access.vaulted_password", quillfox) is vaulted


def test_the_evidence_is_the_registration_that_says_so():
    bookmark, saml = app("BOOKMARK"), app("SAML_2_0")

    assert evidence("access.sso_mode", tool(bookmark, saml)) == (f"signal:okta:acme/apps/{saml['native_id']}",)


def test_a_mode_that_the_list_does_not_state_is_unknown():
    assert reason("access.sso_registered", tool(app("NEW_MODE"))).endswith("does not say how it signs people in")


def test_a_registration_in_a_list_that_is_refused_now_is_not_relied_on():
    quillfox = tool(app())

    assert reason(
        "access.sso_registered", quillfox, refused(world(quillfox), "okta:acme/apps", why="okta.apps.read")
    ) == ("okta:acme/apps refused: okta.apps.read")


def test_another_list_that_holds_the_tool_is_enough():
    quillfox = tool(app(), entra_app("saml"))
    found = world(quillfox, streams=[state("okta:acme", "apps", "snapshot", status="refused")])
    found.streams.append(state("entra:acme", "service_principals", "snapshot"))

    assert known("access.sso_mode", quillfox, found) == "saml"


def test_no_registration_is_known_only_where_every_app_list_was_read():
    quillfox = tool(use(1))

    assert reason("access.sso_registered", quillfox, refused(world(quillfox), "okta:acme/apps")).startswith(
        "okta:acme/apps"
    )
    assert (
        reason("access.sso_registered", quillfox, world(streams=[])) == "no app list of an identity provider was read"
    )


def test_no_mode_is_known_only_where_the_grants_are():
    quillfox = tool(use(1))
    found = refused(world(quillfox), "google:acme/tokens")

    assert known("access.sso_registered", quillfox, found) is False
    assert reason("access.sso_mode", quillfox, found).startswith("google:acme/tokens refused")


def test_sign_ins_of_services_and_older_ones_do_not_count():
    assert known("access.sign_ins", tool(use(1, successes=4), use(2, successes=5, kind="service"), use(3, 100))) == 4


def test_no_sign_ins_are_known_where_all_logs_were_read():
    assert known("access.sign_ins", tool(app())) == 0
    assert reason("access.mfa_share", tool(app())) == "nobody signed in within 90 days"


def entra_use(**more):
    return use(2, source="entra:acme", stream="sign_ins", **more)


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        ([use(1, successes=4, second_factor=1)], 0.25),
        ([entra_use(successes=4, second_factor=0)], 0.0),
        ([entra_use(successes=4, second_factor=4)], 1.0),
        ([use(1, successes=96), entra_use(successes=4, second_factor=2)], 0.5),
    ],
)
def test_the_share_of_second_factors_is_of_sources_that_state_them(rows, share):
    quillfox = tool(*rows)
    found = world(quillfox)
    found.streams.append(state("entra:acme", "sign_ins"))

    assert known("access.mfa_share", quillfox, found) == share


def test_okta_sign_ins_without_a_stated_factor_are_no_zero():
    assert reason("access.mfa_share", tool(use(1))) == "the sources of these sign-ins do not state a second factor"


@pytest.mark.parametrize(
    ("features", "provisions", "deprovisions"),
    [
        (["PUSH_NEW_USERS"], True, False),
        (["PUSH_USER_DEACTIVATION"], False, True),
        (["PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION"], True, True),
        ([], False, False),
    ],
)
def test_okta_states_what_it_provisions(features, provisions, deprovisions):
    quillfox = tool(app(features=features))

    assert known("integration.provisioning_on", quillfox) is provisions
    assert known("integration.deprovisioning_on", quillfox) is deprovisions
    assert known("access.assignment_required", quillfox) is True


@pytest.mark.parametrize("rows", [[entra_app("saml")], [charge(1)]])
def test_what_no_registration_states_is_unknown(rows):
    quillfox = tool(*rows)

    assert reason("integration.provisioning_on", quillfox) == "no registration of the tool states its features"
    assert reason("access.assignment_required", quillfox) == "no registration that states it was read"


def test_a_bookmark_lets_everybody_in():
    assert reason("access.assignment_required", tool(app("BOOKMARK"))) == "no registration that states it was read"


def test_a_refused_app_list_is_the_reason_for_its_features_too():
    quillfox = tool(app(features=["PUSH_NEW_USERS"]))

    assert reason("integration.provisioning_on", quillfox, refused(world(quillfox))).startswith(
        "okta:acme/apps refused"
    )


# --- Google's own single sign-on, of which only the log tells --------------------------------------------------------


def by_google(days=5):
    return use(1, days, source="google:acme", stream="saml")


def test_a_sign_in_through_google_shows_that_google_vouches_for_people():
    quillfox = tool(by_google())

    assert known("access.sso_registered", quillfox) is True
    assert known("access.sso_mode", quillfox) == "saml"
    assert evidence("access.sso_mode", quillfox) == ("usage:google:acme/app_id:0oa1/2026-06",)


def test_an_old_sign_in_through_google_does_not_say_how_it_is_today():
    assert "until more than 90 days ago" in reason("access.sso_registered", tool(by_google(91)))


def test_a_listed_registration_goes_before_what_googles_log_shows():
    assert known("access.sso_mode", tool(by_google(), app("OPENID_CONNECT"))) == "oidc"


def test_a_refused_log_of_google_vouches_for_nobody():
    quillfox = tool(by_google())

    said = reason("access.sso_registered", quillfox, refused(world(quillfox), "google:acme/saml"))

    assert said == "google:acme/saml refused: scope.read"


def test_with_app_list_and_log_refused_the_list_is_the_reason():
    quillfox = tool(by_google())

    assert reason("access.sso_registered", quillfox, refused(world(quillfox))).startswith("okta:acme/apps refused")


def test_googles_own_single_sign_on_is_known_from_its_log_alone():
    quillfox = tool(use(1, source="google:acme", stream="saml"))

    assert (known("access.sso_registered", quillfox), known("access.sso_mode", quillfox)) == (True, "saml")
    assert evidence("access.sso_registered", quillfox) == ("usage:google:acme/app_id:0oa1/2026-06",)


def test_whether_google_still_signs_people_in_is_unknown_once_nobody_does():
    quillfox = tool(use(1, 91, source="google:acme", stream="saml"))

    assert "gives no list of its apps" in reason("access.sso_registered", quillfox)


def test_a_refused_log_of_google_hides_its_sign_on():
    quillfox = tool(use(1))

    assert known("access.sso_registered", quillfox) is False
    assert reason("access.sso_registered", quillfox, refused(world(quillfox), "google:acme/saml")).startswith(
        "google:acme/saml"
    )


def test_a_registration_in_a_list_outweighs_googles_old_log():
    quillfox = tool(app("OPENID_CONNECT"), use(1, 91, source="google:acme", stream="saml"))

    assert known("access.sso_mode", quillfox) == "oidc"


# --- what a provider vouched for -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "vouched"),
    [
        ([use(1, successes=5, vouched=3, stated=5)], 3),
        ([use(1, vouched=3, stated=3), use(2, vouched=2, stated=3)], 5),
        ([use(1, successes=5, stated=5)], 0),
        ([use(1, oauth=3, stated=3)], 0),
        ([use(1, oauth=3, stated=3, source="entra:acme")], 3),
        ([use(1, vouched=3, stated=3), use(2, source="duo:acme")], 3),
        ([use(1, 91, vouched=0)], 0),
    ],
)
def test_sign_ins_that_a_provider_vouched_for_are_those_by_saml_and_openid_connect(rows, vouched):
    more = [state("entra:acme", "sign_ins"), state("duo:acme", "sign_ins")]
    quillfox = tool(*rows)

    assert known("access.sso_sign_ins", quillfox, world(quillfox, streams=[*streams(), *more])) == vouched


def test_a_source_that_does_not_say_how_people_signed_in_vouches_for_nobody_and_denies_nothing():
    said = "the sources of these sign-ins do not say how people signed in"

    assert reason("access.sso_sign_ins", tool(use(1))) == said
    assert reason("access.sso_sign_ins", tool(use(1, stated=3), use(2, source="duo:acme"))).startswith(("no", said[:3]))


def test_a_refused_log_vouches_for_nobody():
    quillfox = tool(use(1, vouched=3, stated=3))

    assert reason("access.sso_sign_ins", quillfox, refused(world(quillfox), "okta:acme/sign_ins")).startswith("okta")
    assert reason("access.sso_sign_ins", tool(app()), refused(world(), "google:acme/saml")).startswith("google:acme")


# --- what the plan offers --------------------------------------------------------------------------------------------


def said(fact, value):
    return decision(40, "answer", fact=fact, value=value, until="2027-01-01")


def test_a_registration_shows_that_the_plan_offers_single_sign_on():
    registration = app()

    assert known("integration.sso_available", tool(registration)) == "yes"
    assert evidence("integration.sso_available", tool(registration)) == (
        f"signal:okta:acme/apps/{registration['native_id']}",
    )
    assert reason("integration.sso_available", tool(app("BOOKMARK"))) == "nobody has answered yet"


def test_an_answer_stands_before_what_is_only_implied():
    answered = tool(app(), answers=[said("integration.sso_available", "higher_plan")])

    assert known("integration.sso_available", answered) == "higher_plan"


def test_provisioning_by_the_provider_or_by_an_answer_shows_that_the_plan_offers_it():
    assert known("integration.scim_available", tool(app(features=["PUSH_NEW_USERS"]))) == "yes"
    assert known("integration.scim_available", tool(answers=[said("integration.provisioning_on", True)])) == "yes"
    assert reason("integration.scim_available", tool(app(features=[]))) == "nobody has answered yet"
    assert reason("integration.scim_available", tool()) == "nobody has answered yet"
