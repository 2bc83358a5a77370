"""What people enter beside decisions: forecasts kept, hours spent, outcomes. Rows are only ever added."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables.columns import big, number, serial, text


class Forecast(SQLModel, table=True):
    """A forecast of a tool as it was made, so that it can be held against what was spent.

    Money is in millionths of `currency`. `given` is a JSON object of what was said with it, `points` a JSON list of
    {point, title, factor, low, likely, high, mean, spread} of the points that cost something; hours are texts.
    """

    __tablename__ = "forecast"
    __table_args__ = (Index("ix_forecast_tool", "tool_id"),)

    id: int | None = serial()
    at: int = big()
    tool_id: str = text()
    by: str = text()
    currency: str | None = text(nullable=True)
    quote: int | None = big(nullable=True)
    low: int = big()
    likely: int = big()
    high: int = big()
    given: str = text()
    points: str = text()


class ForecastActual(SQLModel, table=True):
    """The minutes that one point of one tool took; the latest row of a point stands.

    `cost` is what they cost at the rate of that day, in millionths of `currency`, with the overhead; `factor` what the
    point's hours were multiplied by in the forecast, as text.
    """

    __tablename__ = "forecast_actual"
    __table_args__ = (Index("ix_forecast_actual_tool", "tool_id"),)

    id: int | None = serial()
    at: int = big()
    tool_id: str = text()
    point: str = text()
    minutes: int = number()
    factor: str = text()
    cost: int = big()
    currency: str | None = text(nullable=True)
    by: str = text()


class Outcome(SQLModel, table=True):
    """What a tool brought in a month, as its business owner says; the latest row of a tool and month stands.

    `month` is YYYYMM, `revenue` millionths of `currency`; `actor_id` the person whose word it is, `by` who entered it.
    """

    __tablename__ = "outcome"
    __table_args__ = (Index("ix_outcome_tool", "tool_id"),)

    id: int | None = serial()
    at: int = big()
    tool_id: str = text()
    month: int = number()
    leads: int | None = big(nullable=True)
    reach: int | None = big(nullable=True)
    revenue: int | None = big(nullable=True)
    currency: str | None = text(nullable=True)
    actor_id: int = number()
    by: str = text()
