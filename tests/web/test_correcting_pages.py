"""What people rule of a tool: another one, its name, noise, owners, answers; and what follows from it."""

import re
from datetime import timedelta

import pytest

from gate import accounts
from gate.roles import Role
from model.errors import Unavailable
from storage import kept
from web.following import Following

PROVISIONAL = "new-peakpitch-965fcacb"


def titles(page: str) -> list[str]:
    """Return the names of the rows of the first list."""
    body = page.split("<tbody>", 1)[1].split("</tbody>", 1)[0] if "<tbody>" in page else ""
    return [
        re.sub("<[^>]+>", "", name) for name in re.findall(r'<th scope="row"><a href="/tools/[^>]*>(.*?)</a>', body)
    ]


def decided(office, kind):
    """Return the decisions of a kind with their reasons, in order."""
    with office.store.read() as connection:
        rows = [row for row in kept.decisions(connection) if row["kind"] == kind]
        return [row | {"reason": kept.text_of(connection, row["reason_hash"])} for row in rows]


def settled(office):
    """Wait for what follows from a decision."""
    assert office.tools.following.wait(120)
    assert office.tools.following.state is None


# --- rulings ---------------------------------------------------------------------------------------------------------


def test_a_tool_becomes_another_one_and_the_lists_follow(reviewer, office):
    page = reviewer.get("/tools/new-basecamp-44a0e41b/merge?into=basecamp").text
    assert "1 name, 140 people" in page
    done = reviewer.act(
        "/tools/new-basecamp-44a0e41b/merge", into="basecamp", reason="Our own account, 4111111111111111"
    )
    assert done.status_code == 200
    assert "from now on" in done.text
    settled(office)
    [made] = decided(office, "merge")
    assert (made["object"], made["detail"]) == ("tool:new-basecamp-44a0e41b", {"into": "basecamp"})
    assert made["by"].startswith("account:")
    assert "4111111111111111" not in made["reason"]
    after = reviewer.get("/tools/new-basecamp-44a0e41b")
    assert after.url.path == "/tools/basecamp"
    assert "a person said so" in after.text
    assert "A person ruled that" in after.text
    assert f"/decisions/{made['id']}/undo" in after.text


def test_merging_searches_tools_in_use_and_of_the_catalogue(reviewer):
    page = reviewer.get("/tools/hubspot/merge?search=mailch").text
    assert "into=mailchimp" in page
    assert "3 people here" in page
    assert "No tool is called so" in reviewer.get("/tools/hubspot/merge?search=qqqqzz").text


def test_a_provisional_tool_shows_what_it_may_be(reviewer):
    page = reviewer.get("/tools/new-basecamp-44a0e41b/merge").text
    assert "What it may be" in page
    assert "into=basecamp" in page


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"into": "mailchimp", "reason": ""}, 422, "Say why"),
        ({"into": "hubspot", "reason": "Same"}, 422, "It is that tool already"),
        ({"into": "no such tool", "reason": "My long reason"}, 422, "There is no tool called no such tool"),
    ],
)
def test_a_merge_that_cannot_be_says_why_and_decides_nothing(reviewer, office, fields, status, said):
    page = reviewer.act("/tools/hubspot/merge", **fields)
    assert page.status_code == status
    assert said in page.text
    assert decided(office, "merge") == []


def test_part_of_a_tool_becomes_a_new_one(reviewer, office):
    page = reviewer.get("/tools/zapier/split").text
    identity = re.search(r'value="(card:company/[^"]+)"', page)[1]
    done = reviewer.act(
        "/tools/zapier/split", identity=identity, which="new", name="Zap card", reason="Another contract"
    )
    assert done.status_code == 200
    settled(office)
    [made] = decided(office, "split")
    assert made["detail"] == {"to": "own-zap-card", "name": "Zap card"}
    assert reviewer.get("/tools/own-zap-card").status_code == 200


def test_a_split_keeps_what_was_typed_where_something_is_missing(reviewer):
    page = reviewer.act("/tools/zapier/split", identity="x/y", which="new", name="", reason="Because of this")
    assert page.status_code == 422
    assert "Choose which name is another tool" in page.text
    assert "Say what it is called" in page.text
    assert "Because of this" in page.text


def test_a_provisional_tool_is_named_by_all_that_sources_call_it(reviewer, office):
    done = reviewer.act(f"/tools/{PROVISIONAL}/name", name="Peak Pitch", reason="Asked the team")
    assert done.status_code == 200
    settled(office)
    assert {row["detail"]["name"] for row in decided(office, "split")} == {"Peak Pitch"}
    assert reviewer.get(f"/tools/{PROVISIONAL}").url.path == "/tools/own-peak-pitch"


def test_a_tool_that_has_a_name_is_not_named_again(reviewer, office):
    page = reviewer.act("/tools/hubspot/name", name="Hub", reason="Shorter")
    assert page.status_code == 409
    assert "It has a name already" in page.text
    assert "Shorter" in page.text
    assert decided(office, "split") == []


def test_a_name_is_taught_and_what_is_known_for_sure_stands_before_it(reviewer, office):
    fields = {"kind": "domain", "value": "mailchimp.com", "reason": "It redirects"}
    refused = reviewer.act("/tools/hubspot/alias", **fields)
    assert refused.status_code == 409
    assert "tick the box" in refused.text
    assert 'name="force"' in refused.text
    assert "--" not in refused.text.split('role="alert"')[1].split("</div>")[0]
    assert (
        reviewer.act("/tools/hubspot/alias", kind="app_name", value="Our Hub", reason="So we call it").status_code
        == 200
    )
    [made] = decided(office, "alias")
    assert made["detail"]["tool"] == "hubspot"
    settled(office)


def test_a_tool_is_noise_and_is_none_again(reviewer, office):
    assert reviewer.act("/tools/crisp/noise", noise="yes", reason="A trial").status_code == 200
    settled(office)
    assert "Crisp" not in titles(reviewer.get("/tools?sort=name").text)
    assert reviewer.act("/tools/crisp/noise", noise="no", reason="It is used").status_code == 200
    settled(office)
    assert "Crisp" in titles(reviewer.get("/tools?sort=name").text)


def test_an_owner_is_set_and_stands_on_the_page_at_once(reviewer, office):
    who_ = "amira.castell@tarnvik.example"
    done = reviewer.act("/tools/calendly/owner", side="business", address=who_, reason="Runs it")
    assert who_ in done.text
    assert f"{who_} is business owner from now on." in done.text
    wrong = reviewer.act("/tools/calendly/owner", side="business", address="nobody@else.example", reason="Runs it")
    assert wrong.status_code == 409
    assert "no source lists" in wrong.text.casefold()
    assert "nobody@else.example" in wrong.text
    settled(office)


def test_an_answer_is_kept_and_heard(reviewer, office):
    page = reviewer.get("/tools/hubspot/answer?fact=data.dpa_signed").text
    assert "Does a data processing agreement cover" in page
    wrong = reviewer.act("/tools/hubspot/answer", fact="data.dpa_signed", value="perhaps", note="as far as I know")
    assert wrong.status_code == 409
    assert "yes or no" in wrong.text
    assert "as far as I know" in wrong.text
    done = reviewer.act("/tools/hubspot/answer", fact="data.dpa_signed", value="yes", document="DPA of 3 March")
    assert "Your answer is kept" in done.text
    assert "DPA of 3 March" in done.text
    [made] = decided(office, "answer")
    assert made["detail"]["value"] is True
    settled(office)


def test_an_account_of_other_units_may_not_rule(browser, office, clock):
    with office.store.write() as connection:
        first = accounts.the_account(connection, "administrator@tarnvik.example", clock.now())
        accounts.change(
            connection,
            office.trail(),
            first,
            "reviewer@tarnvik.example",
            roles=None,
            units=["Elsewhere"],
            at=clock.now(),
        )
    page = browser(Role.REVIEWER).act("/tools/hubspot/noise", noise="yes", reason="Not mine")
    assert page.status_code == 409
    assert "acts for Elsewhere only" in page.text
    assert "Not mine" in page.text
    assert decided(office, "noise") == []


# --- what follows ----------------------------------------------------------------------------------------------------


def test_what_follows_is_done_once_more_for_a_decision_made_meanwhile():
    asked, waiting = [], []
    following = Following(
        lambda _told, what: asked.append(what) or (following.ask("second") if what == "first" else None),
        beside=waiting.append,
    )
    following.ask("first")
    assert following.state is not None
    assert not following.wait(0)
    waiting.pop()()
    assert asked == ["first", "second"]
    assert waiting == []
    assert following.state is None
    assert following.wait(0)


def test_what_follows_waits_for_a_scan_that_is_under_way():
    tries, pauses = [], []

    def derive(told, _what):
        tries.append(told.state)
        told.step("Judging", 4)
        told.advance(3)
        if len(tries) < 3:
            raise Unavailable("another run is under way")

    following = Following(derive, beside=lambda call: call(), pause=pauses.append)
    following.ask("review merge")
    assert len(tries) == 3
    assert len(pauses) == 2
    assert tries[1].waits
    assert following.state is None


def test_what_cannot_follow_says_that_the_decision_stands(caplog):
    def derive(_told, _what):
        raise ValueError("secret")

    following = Following(derive, beside=lambda call: call())
    following.ask("review merge")
    assert "The decision stands" in following.state.problem
    assert "secret" not in following.state.problem


def test_the_page_says_how_far_it_is_and_leads_on_when_all_is_done(reviewer, office):
    following = office.tools.following
    following._beside = lambda _call: None
    following.ask("review merge")
    following.step("Judging", 62)
    following.advance(31)
    page = reviewer.get("/following?next=/tools/hubspot").text
    assert "Judging" in page
    assert 'value="31" max="62"' in page
    assert 'href="/tools/hubspot"' in page
    assert "the lists are made anew" in reviewer.get("/tools/hubspot").text
    following._run = None
    following._state = None
    assert (
        reviewer.get("/following?next=/tools/hubspot", follow_redirects=False).headers["location"] == "/tools/hubspot"
    )
    assert reviewer.get("/following?next=//evil.example", follow_redirects=False).headers["location"] == "/"
    part = reviewer.get("/following?next=/tools/hubspot", headers={"hx-request": "true"}, follow_redirects=False)
    assert part.headers["hx-redirect"] == "/tools/hubspot"


def test_the_session_that_ends_in_a_form_keeps_what_was_typed(reviewer, clock):
    token = reviewer.csrf()
    clock.at += timedelta(hours=13)
    page = reviewer.post(
        "/tools/hubspot/noise", data={"csrf": token, "noise": "yes", "reason": "A reason that is long"}
    )
    assert page.status_code == 401
    assert "A reason that is long" in page.text
