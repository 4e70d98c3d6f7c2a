"""The mirror of a round as pages show it."""

from pb.evaluations.domain import Place
from pb.web.wording import gettext


def missing(places: list[Place]) -> list[str]:
    """Return the names of the states that are over and have no lesson."""
    return [gettext(place.label) for place in places if place.misses]
