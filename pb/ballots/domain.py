"""A ballot box and what one ballot may hold: frozen values, every limit, every refusal.

The ballot box carries its own copy of everything that binds a ballot: the plans on the list
and the rules, frozen when the box was prepared. So what a ballot is checked against can be
hashed, published and checked by anybody, and casting needs one store only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from pb.foundation.errors import N_, NotFound, NotPermitted, Unacceptable, WrongState
from pb.foundation.money import Cents
from pb.frameworks.domain import BallotRules
from pb.rounds.domain import (
    ORDER,
    STATE_LABELS,
    NotInThisState,
    Round,
    State,
    VotingClosed,
    VotingNotOpen,
)
from pb.tally.election import BallotKind

# What a voter marked on the screen: per plan number 1 (chosen), points, or a place from 1.
# May break every rule; becomes a BallotContent by ``content_of``.
Marks: TypeAlias = Mapping[int, int]

# Plans as plan numbers; points as [plan number, points].
WrittenContent: TypeAlias = list[int] | list[list[int]]


class BoxState(StrEnum):
    """What people decided about a ballot box; the clock decides too, see ``BoxHours``."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class WhySuperseded(StrEnum):
    """Why a ballot does not count any more."""

    REVOTE = "revote"
    REVOKED = "revoked"
    PAPER = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPlan:
    """A plan as it stands on the ballot list: a frozen copy. cost: cents."""

    number: int
    lot_number: int
    title: str
    cost: Cents
    area_id: str
    theme_id: str
    summary: str = ""
    place: str = ""
    titles: Mapping[str, str] = field(hash=False)

    def title_in(self, language: str) -> str:
        """Return the title in a language, or the owner's own words."""
        return self.titles.get(language) or self.title


@dataclass(frozen=True, slots=True)
class BallotContent:
    """What one voter chose.

    choices: plan numbers; in order of preference on a ranked ballot, else in rising order.
    points: for each choice, in the same order; empty on every other kind of ballot.
    """

    choices: tuple[int, ...]
    points: tuple[int, ...] = ()

    def written(self) -> WrittenContent:
        """Return the choices as they stand in the canonical body of a ballot."""
        if self.points:
            return [list(pair) for pair in zip(self.choices, self.points, strict=True)]
        return list(self.choices)

    @classmethod
    def read(cls, written: object) -> "BallotContent":
        """Return what ``written`` says. Raises ContentUnreadable."""
        if not isinstance(written, list) or not written:
            raise ContentUnreadable
        if all(_is_whole(each) for each in written):
            return cls(tuple(written))
        if all(isinstance(pair, list) and len(pair) == 2 for pair in written) and all(
            _is_whole(part) for pair in written for part in pair
        ):
            return cls(tuple(pair[0] for pair in written), tuple(pair[1] for pair in written))
        raise ContentUnreadable


@dataclass(frozen=True)
class BallotList:
    """The frozen ballot list: the plans in the order of their lots, and the rules."""

    plans: tuple[ListedPlan, ...]
    rules: BallotRules
    theme_names: Mapping[str, str]

    @cached_property
    def by_number(self) -> Mapping[int, ListedPlan]:
        """Return the plans by their number."""
        return {plan.number: plan for plan in self.plans}

    @property
    def kind(self) -> BallotKind:
        """Return what voters are asked to do."""
        return self.rules.kind

    @property
    def most_choices(self) -> int:
        """Return how many plans one ballot may name."""
        most = 1 if self.kind is BallotKind.CHOOSE_ONE else self.rules.max_choices
        return min(most, len(self.plans))

    @property
    def fewest_choices(self) -> int:
        """Return how many plans one ballot must name."""
        return min(self.rules.min_choices, self.most_choices)

    def chosen(self, marks: Marks) -> list[ListedPlan]:
        """Return the marked plans that are on the list, in the order of their lots."""
        return [plan for plan in self.plans if plan.number in marks]

    def cost_of(self, marks: Marks) -> Cents:
        """Return what the marked plans cost together."""
        return Cents(sum(plan.cost for plan in self.chosen(marks)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxHours:
    """Whether a box takes ballots: what people decided, and the hours of the clock.

    result_by: when the result is promised; only to tell who comes too late.
    """

    state: BoxState
    opens_at: datetime
    closes_at: datetime
    result_by: datetime

    def refuse_unless_open(self, now: datetime) -> None:
        """Raise VotingNotOpen, VotingPaused or VotingClosed unless a ballot may be cast now.

        The opening moment is open, the closing moment is closed: 20.00 sharp is too late.
        """
        if now >= self.closes_at or self.state is BoxState.CLOSED:
            raise VotingClosed(closed=self.closes_at, result=self.result_by)
        if self.state is BoxState.PAUSED:
            raise VotingPaused
        if now < self.opens_at:
            raise VotingNotOpen(opens=self.opens_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotBox:
    """A ballot box as it stands in the ballot store.

    document_hash: SHA-256 of the canonical JSON of the ballot list, 32 bytes.
    count_public_key: 32 bytes, X25519; ballots are sealed to it until closing.
    ledger_size: the lines of the public ledger at its last checkpoint; 0 before voting opened.
    """

    hours: BoxHours
    ballot_list: BallotList
    document_hash: bytes
    count_public_key: bytes
    ledger_size: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that a ballot is in. version: how often this letter voted, from 1.

    counts: False when the same page comes again after a later ballot replaced this one.
    fragment: what stands behind the # of the receipt's address, signed; it holds the choices, so
        it is never part of what is sent to a server. Empty when the ballot does not count.
    repeated: the same page came before, and this time nothing was cast.
    """

    tracking_code: str
    version: int
    counts: bool = True
    fragment: str = field(default="", repr=False)
    repeated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class CurrentBallot:
    """What a letter's ballot says now, for who holds the letter."""

    content: BallotContent
    tracking_code: str
    version: int


def refuse_unless_voting(voting_round: Round) -> None:
    """Raise VotingNotOpen, VotingPaused or VotingClosed unless the round is in its voting.

    Raises NotInThisState for a round that was stopped.
    """
    dates, state = voting_round.framework.dates, voting_round.state
    if state is State.PAUSED:
        raise VotingPaused
    if state not in ORDER:
        raise NotInThisState(now=STATE_LABELS[state])
    if ORDER.index(state) < ORDER.index(State.VOTING):
        raise VotingNotOpen(opens=dates.voting_opens)
    if state is not State.VOTING:
        raise VotingClosed(closed=dates.voting_closes, result=dates.result_by)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class ChoicesRefused(Unacceptable):
    """A ballot breaks a rule; the voter sees the own choices again and can mend them."""


class ContentUnreadable(ChoicesRefused):
    """What was sent is not a ballot of this kind."""

    sentence = N_("Wij kunnen uw keuzes niet lezen. Ga terug en kies opnieuw.")


class SubmissionUnreadable(Unacceptable):
    """A ballot came without the number of its page."""

    sentence = N_(
        "Wij kunnen deze pagina niet lezen. Ga terug naar uw keuzes en probeer het opnieuw."
    )


class ReceiptUnreadable(Unacceptable):
    """What was sent is not a receipt that this service signed for this round."""

    sentence = N_(
        "Dit stembewijs is niet van ons, of niet van deze ronde. Ga terug naar de pagina met uw "
        "stembewijs en probeer het opnieuw."
    )


class VotingPaused(WrongState):
    """People stopped the voting for a while."""

    sentence = N_(
        "Het stemmen staat even stil. Wij zeggen op de pagina van de ronde waarom. "
        "Probeer het later nog eens."
    )


class VotedBefore(WrongState):
    """Another ballot was cast with this letter than the page knew of.

    version: the one that counts now. Told only to who holds the whole code.
    """

    sentence = N_("Met deze stemcode is al gestemd. Wilt u uw vorige stem vervangen?")

    @property
    def version(self) -> int:
        """Return the version that a new ballot would replace."""
        version = self.values["version"]
        return version if isinstance(version, int) else 0


class NotVotedYet(NotFound):
    """Nobody voted with this letter. Told only to who holds the whole code."""

    sentence = N_("Met deze stemcode is nog niet gestemd.")


class BoxMissing(WrongState):
    """The ballot box of this round is not prepared yet."""

    sentence = N_("Het stemmen is nog niet voorbereid.")


class ListEmpty(WrongState):
    """No plan stands on the ballot list."""

    sentence = N_("Er staat geen plan op de stemlijst. Maak eerst de stemlijst bekend.")


class BoxInUse(WrongState):
    """Ballots may be in the box already, so that it cannot be prepared again."""

    sentence = N_("Het stemmen is al begonnen. De stembus staat vast.")


class VotingGoesOn(WrongState):
    """Ballots are asked for while they can still be cast."""

    sentence = N_("Het stemmen is nog bezig. Tellen kan na %(closes)s.")


class CountKeyFails(NotPermitted):
    """The rehearsal failed: a ballot that was sealed now could not be opened later."""

    sentence = N_("De sleutel van de telling werkt niet. Open het stemmen niet. Bel de beheerder.")
