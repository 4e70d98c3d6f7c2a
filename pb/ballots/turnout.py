"""How many voted: never for what, and never so few that it would tell who."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

FEWEST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTurnout:
    """How many letters of an area were voted with; None where so few voted that it would tell."""

    area: str
    letters: int
    ballots: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """How many voted: never for what."""

    areas: tuple[AreaTurnout, ...]
    letters: int
    ballots: int | None


def turnout_of(letters: Mapping[str, int], ballots: Mapping[str, int]) -> Turnout:
    """Return the turnout per area, without numbers below ten.

    Nobody can subtract a hidden number from the total either: when what is hidden is one
    area, or is below ten together, the smallest shown area is hidden too.
    """
    found = {area: ballots.get(area, 0) for area in sorted(letters)}
    total = sum(found.values())
    hidden = {area for area, count in found.items() if count < FEWEST_SHOWN}
    shown = sorted(set(found) - hidden, key=lambda area: (found[area], area))
    while (
        hidden
        and shown
        and (len(hidden) == 1 or sum(found[area] for area in hidden) < FEWEST_SHOWN)
    ):
        hidden.add(shown.pop(0))
    return Turnout(
        areas=tuple(
            AreaTurnout(area=area, letters=letters[area], ballots=None if area in hidden else count)
            for area, count in found.items()
        ),
        letters=sum(letters.values()),
        ballots=total if total >= FEWEST_SHOWN else None,
    )
