"""What the first visitor would wait for is made when the server starts."""

from web.ahead import make_ahead


def at_once(call):
    call()


def test_the_first_visitor_waits_for_nothing(app, office, monkeypatch):
    make_ahead(app, beside=at_once)

    monkeypatch.setattr(office.listed, "lists", None)  # nothing could be made now
    monkeypatch.setattr(office.insights._counting, "_make", None)
    monkeypatch.setattr("commands.faces.connections.listings.connections", None)
    assert app.state.snapshots.current().tools
    assert office.insights.current().value.lists
    assert office.money.current() is not None
    assert office.connections.rows(app.state.snapshots.current().version.mark.run).rows


def test_what_cannot_be_made_keeps_nothing_else_from_it(app, office, monkeypatch, caplog):
    def broken():
        raise OSError("the disk is gone")

    monkeypatch.setattr(office.insights, "current", broken)

    make_ahead(app, beside=at_once)

    assert office.money._counting._now is not None
    (told,) = [record for record in caplog.records if record.name == "ostiary.web"]
    assert "made ahead" in told.message


def test_it_is_made_beside_what_is_asked_meanwhile(app):
    begun = []

    make_ahead(app, beside=begun.append)

    assert len(begun) == 1
    assert app.state.snapshots._now is None
