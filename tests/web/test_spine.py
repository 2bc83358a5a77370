"""What holds of every page: who may, what a form needs, what headers an answer has, and what is said when it goes wrong."""

from gate.roles import Role


def test_home_is_for_who_is_signed_in(browser, reviewer):
    refused = browser().get("/", follow_redirects=False)
    assert (refused.status_code, refused.headers["location"]) == (303, "/sign-in")
    assert "reviewer@tarnvik.example" in reviewer.get("/").text


def test_a_form_of_another_site_does_nothing(reviewer):
    done = reviewer.post("/sign-out", data={"csrf": "wrong"})
    assert done.status_code == 403
    assert reviewer.get("/").status_code == 200
