"""Jira Cloud over a socket: one issue a message, found again by its label."""

import json

import pytest
from werkzeug import Response

from connectors.outgoing.jira import Config, Jira, document_of
from connectors.outgoing.posting import basic
from connectors.outgoing.shape import NotTaken
from connectors.source_tables import Address, Secret
from model.errors import AccessDenied, ConfigError, Transient
from tests.connectors.outgoing.receiving import SECRET, http, message, wire


class Site:
    """A site that keeps issues, answers `search/jql` and refuses what Jira refuses."""

    def __init__(self, web):
        self.web, self.issues = web, []
        web.route = self.route

    def route(self, request):
        if request.headers["Authorization"] != basic("bot@example.com", SECRET)["Authorization"]:
            return Response("{}", 401)
        if request.path == "/rest/api/3/search/jql":
            asked = json.loads(request.get_data())
            found = [i for i in self.issues if any(f'labels = "{label}"' in asked["jql"] for label in i["labels"])]
            assert asked["fields"]
            return Response(json.dumps({"issues": [{"id": "1"} for _ in found], "isLast": True}))
        if request.path == "/rest/api/3/issue":
            self.issues.append(json.loads(request.get_data())["fields"])
            return Response('{"id": "1", "key": "IT-1"}', 201)
        return Response("{}", 200 if request.path == "/rest/api/3/project/IT" else 404)


@pytest.fixture
def site():
    with http() as web:
        yield Site(web)


def jira(folder, site, token=SECRET, **more):
    config = Config(site=Address(site.web.base), email="bot@example.com", token=Secret("env:T"), project="IT", **more)
    return Jira(config, wire(folder, T=token))


def test_an_issue_is_made_in_the_project_with_the_words_of_the_template(tmp_path, site):
    document = {"summary": "New: Quillfox", "description": "One\nTwo\n\nThree", "labels": ["ostiary"]}

    jira(tmp_path, site, issue_type="Review").send(message(document=document | {"priority": {"name": "High"}}))

    (issue,) = site.issues
    assert issue["project"] == {"key": "IT"}
    assert issue["issuetype"] == {"name": "Review"}
    assert issue["summary"] == "New: Quillfox"
    assert issue["priority"] == {"name": "High"}
    assert issue["labels"] == ["ostiary", f"ostiary-{message().id}"]
    assert issue["description"]["content"][0]["content"] == [
        {"type": "text", "text": "One"},
        {"type": "hardBreak"},
        {"type": "text", "text": "Two"},
    ]


def test_the_same_message_makes_no_second_issue_and_another_does(tmp_path, site):
    receiver = jira(tmp_path, site)

    for key in ("a", "a", "b"):
        receiver.send(message(key))

    assert len(site.issues) == 2


def test_an_issue_that_was_made_before_the_connection_broke_is_found_again(tmp_path, site):
    def made_and_lost(request):
        site.route(request)
        return Response("gone", 502)

    receiver = jira(tmp_path, site)
    site.web.faults += [None, made_and_lost]
    with pytest.raises(Transient):
        receiver.send(message())

    receiver.send(message())

    assert len(site.issues) == 1


def test_without_words_of_a_template_those_of_the_message_stand(tmp_path, site):
    jira(tmp_path, site).send(message(title="x" * 400))

    assert site.issues[0]["summary"] == "x" * 255
    assert len(site.issues[0]["description"]["content"]) == 2


def test_a_wrong_token_is_denied_and_not_said(tmp_path, site):
    with pytest.raises(AccessDenied, match="Jira answered with 401") as refused:
        jira(tmp_path, site, token="wr0ng").send(message())
    assert "wr0ng" not in str(refused.value)


def test_what_is_no_jira_cloud_makes_no_issue(tmp_path, site):
    site.web.route = lambda _request: Response("<html>")

    with pytest.raises(NotTaken, match="Jira Cloud"):
        jira(tmp_path, site).send(message())
    assert len(site.web.calls) == 1


def test_a_test_looks_at_the_project_and_opens_nothing(tmp_path, site):
    receiver = jira(tmp_path, site)
    receiver.check()
    assert site.web.calls == []

    receiver.test(message())
    assert [call.path for call in site.web.calls] == ["/rest/api/3/project/IT"]


def test_a_token_that_is_not_there_is_named_by_its_reference(tmp_path, site):
    with pytest.raises(ConfigError, match="env:T is not set"):
        jira(tmp_path, site, token="").check()


def test_a_project_cannot_say_more_than_its_name(tmp_path, site):
    config = Config(site=Address(site.web.base), email="bot@example.com", token=Secret("env:T"), project='I" OR "1')
    Jira(config, wire(tmp_path, T=SECRET)).send(message())

    asked = json.loads(site.web.calls[0].get_data())["jql"]
    assert asked.startswith('project = "I\\" OR \\"1" AND labels = ')


def test_a_text_without_words_is_an_empty_document():
    assert document_of("\n \n\n") == {"type": "doc", "version": 1, "content": []}
