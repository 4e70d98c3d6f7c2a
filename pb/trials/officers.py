"""The three officers of a trial: they make the keys, rehearse, and open what must be opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pb.accounts.actor import Actor
from pb.ballots import rehearsal
from pb.tokens import ceremony
from pb.tokens.ceremony_rules import Typed
from pb.tokens.domain import Code
from pb.tokens.officers import PAIRS, suggestion

LABELS = {1: "Griffier", 2: "Teller", 3: "Notaris"}


@dataclass(frozen=True, slots=True)
class Officers:
    """Who holds the keys of a round in a trial. passphrases: by number, known to the trial only."""

    passphrases: Mapping[int, str] = field(repr=False)

    def pair(self, first: int = 1, second: int = 2) -> Typed:
        """Return what two of them type."""
        return [(number, self.passphrases[number]) for number in (first, second)]


def make_keys(slug: str, *, by: Actor, now: datetime) -> Officers:
    """Hold the ceremony of a round and rehearse with every pair; return who can open.

    Nobody prints the envelope: a trial has no notary.
    """
    officers = Officers({number: suggestion() for number in LABELS})
    for number, label in LABELS.items():
        ceremony.appoint(slug, number, label, officers.passphrases[number], by=by, now=now)
    ceremony.make_keys(slug, keep=_throw_away, by=by, now=now)
    for first, second in PAIRS:
        rehearsal.rehearse(slug, officers.pair(first, second), by=by, now=now)
    return officers


def _throw_away(_recovery: Code) -> None:
    """Keep nothing."""
