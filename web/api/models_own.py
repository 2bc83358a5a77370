"""What the interface answers with of accounts, tokens, sessions and stand-ins."""

from __future__ import annotations

from pydantic import BaseModel

from web.api.models import Moment


class Entered(BaseModel):
    """The link that signs an account in, once; it is shown this once."""

    account: int
    link: str
    until: Moment


class SignedOut(BaseModel):
    """How many sessions were ended."""

    ended: int


class Me(BaseModel):
    """Who asks: `acts` are what the session or the token may do, `sees_names` whether people are shown by name."""

    id: int
    email: str
    roles: list[str]
    units: list[str]
    acts: list[str]
    by_token: bool
    sees_names: bool


class Token(BaseModel):
    """A token, without its secret. `holds`: it opens something."""

    id: int
    name: str
    acts: list[str]
    made_at: Moment
    until: Moment
    used_at: Moment | None
    ended_at: Moment | None
    holds: bool


class MadeToken(BaseModel):
    """A new token. It is shown this once, and kept nowhere."""

    token: str
    until: Moment


class Tokens(BaseModel):
    """One's own tokens, the newest first."""

    items: list[Token]


class Session(BaseModel):
    """A browser that is signed in."""

    id: int
    agent: str | None
    made_at: Moment
    seen_at: Moment
    ends_at: Moment
    is_this: bool


class Sessions(BaseModel):
    """One's own browsers that are signed in."""

    items: list[Session]


class StandIn(BaseModel):
    """Who signs in whose stead, from when until when."""

    id: int
    account: str
    stand_in: str
    since: Moment
    until: Moment


class StandIns(BaseModel):
    """The stand-ins of one's own that run, or are to come."""

    items: list[StandIn]


class MadeStandIn(BaseModel):
    """The number of a stand-in."""

    stand_in: int


class Ended(BaseModel):
    """The number of what was ended."""

    ended: int
