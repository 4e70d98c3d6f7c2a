"""What the form of a new round holds before anybody typed: a usual round, to be changed."""

from datetime import date, time, timedelta
from typing import Any

from pb.frameworks.check import PROPOSALS_AT_LEAST, RECONSIDERATION_AT_LEAST, VOTING_AT_LEAST

AREAS, THEMES, CRITERIA = 5, 6, 12
VOTING_AGE = 12
PLANS_PER_OWNER = 2
UPKEEP_YEARS = 5
LEAST_CHOICES, MOST_CHOICES = 1, 5
# How long the work takes between two dates that residents wait for.
PREPARING, REVIEWING, PRINTING = timedelta(weeks=4), timedelta(weeks=8), timedelta(weeks=5)
COUNTING, CARRYING_OUT = timedelta(weeks=2), timedelta(weeks=52)
OPENS, CLOSES = time(9), time(20)


def starting_point(today: date) -> dict[str, Any]:
    """Return what is proposed for a new round, as a person would have typed it."""
    return {
        "upkeep_years": UPKEEP_YEARS,
        "voting_age": VOTING_AGE,
        "plans_per_owner": PLANS_PER_OWNER,
        "min_choices": LEAST_CHOICES,
        "max_choices": MOST_CHOICES,
        "areas": [{}] * AREAS,
        "themes": [{}] * THEMES,
        "criteria": [{}] * CRITERIA,
        **proposed_dates(today),
    }


def proposed_dates(today: date) -> dict[str, str]:
    """Return the dates of a round that begins soon, with the least terms that are allowed."""
    proposals_open = today + PREPARING
    proposals_close = proposals_open + PROPOSALS_AT_LEAST
    reconsideration_opens = proposals_close + REVIEWING
    reconsideration_closes = reconsideration_opens + RECONSIDERATION_AT_LEAST
    voting_opens = reconsideration_closes + PRINTING
    voting_closes = voting_opens + VOTING_AT_LEAST
    result_by = voting_closes + COUNTING
    return {
        "proposals_open": _typed(proposals_open, OPENS),
        "proposals_close": _typed(proposals_close, CLOSES),
        "reconsideration_opens": _typed(reconsideration_opens, OPENS),
        "reconsideration_closes": _typed(reconsideration_closes, CLOSES),
        "voting_opens": _typed(voting_opens, OPENS),
        "voting_closes": _typed(voting_closes, CLOSES),
        "result_by": _typed(result_by, CLOSES),
        "completed_by": _typed(result_by + CARRYING_OUT, CLOSES),
    }


def _typed(day: date, hour: time) -> str:
    return f"{day.isoformat()}T{hour:%H:%M}"
