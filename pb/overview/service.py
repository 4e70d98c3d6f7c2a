"""What the pages that look into every room need to know."""

from dataclasses import dataclass
from datetime import datetime

from pb.accounts.domain import Role
from pb.frameworks.domain import Contact
from pb.overview import storage
from pb.overview.domain import Door, Duty, doors, duties, public_rounds
from pb.rounds import service as rounds
from pb.rounds.domain import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The first page: three doors and the rounds that anybody may read."""

    doors: tuple[Door, Door, Door]
    rounds: list[Round]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDesk:
    """One round on the desk of somebody of the staff.

    mine: what waits for this person. others: what waits for colleagues.
    """

    voting_round: Round
    mine: list[Duty]
    others: list[Duty]


def home(now: datetime) -> Home:
    """Return what the first page shows."""
    public = public_rounds(rounds.list_all(now))
    return Home(doors=doors(public, now), rounds=public)


def desk(roles: frozenset[Role], now: datetime) -> list[OnDesk]:
    """Return every round with what waits in it: first those that wait for these roles."""
    found = []
    for voting_round in rounds.list_all(now):
        waiting = duties(voting_round, now)
        found.append(
            OnDesk(
                voting_round=voting_round,
                mine=[duty for duty in waiting if duty.is_for(roles)],
                others=[duty for duty in waiting if not duty.is_for(roles)],
            )
        )
    return sorted(found, key=lambda each: not each.mine)


def contact(now: datetime) -> Contact | None:
    """Return whom to call about the service: the contact of the first public round."""
    public = public_rounds(rounds.list_all(now))
    return public[0].framework.contact if public else None


def health() -> dict[str, bool]:
    """Tell of each store whether it answers."""
    return {
        "participation": storage.participation_store_answers(),
        "ballots": storage.ballot_store_answers(),
    }
