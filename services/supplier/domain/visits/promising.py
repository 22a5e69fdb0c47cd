"""What homes are told: a span in which the crew begins. Every later plan keeps what was told."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.kernel.timespan import Timespan
from services.supplier.domain.visits.model import Day, Plan

QUARTER = timedelta(minutes=15)
WIDTH = timedelta(minutes=60)


def promise(start: datetime, width: timedelta = WIDTH) -> Timespan:
    """Return what is told of a visit planned for ``start``: from the quarter of an hour at or before it on."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    begin = hour + (start - hour) // QUARTER * QUARTER
    return Timespan(begin, begin + width)


def promised(day: Day, plan: Plan, width: timedelta = WIDTH) -> Day:
    """Return the day with a promise for each home that is in the plan and was told nothing before."""
    starts = plan.starts()
    homes = (
        replace(home, promised=promise(starts[home.home_id], width))
        if home.promised is None and home.home_id in starts
        else home
        for home in day.homes
    )
    return replace(day, homes=tuple(homes))
