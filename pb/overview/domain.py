"""What a resident can do now, and what waits for whom of the staff, over all rounds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pb.accounts.domain import Role
from pb.foundation.errors import N_
from pb.rounds.domain import ORDER, Round, State, is_voting_over
from pb.rounds.rights import RIGHTS, Act, is_possible, may

CHOOSE_BELOW = N_("Er zijn meer rondes. Kies hieronder uw buurt.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One of the three doors on the first page.

    sentence, values: what can be done now, as a marked sentence. page: the endpoint of the
    first step, or "" when the visitor first chooses a round. slug: of the round.
    """

    title: str
    sentence: str
    values: dict[str, datetime]
    page: str = ""
    slug: str = ""


def public_rounds(rounds: Iterable[Round]) -> list[Round]:
    """Return the rounds that anybody may read, in the same order."""
    return [each for each in rounds if may(Act.READ, each.state, frozenset())]


def doors(rounds: Sequence[Round], now: datetime) -> tuple[Door, Door, Door]:
    """Return the doors for an idea, for help and for a vote, as they stand now."""
    return _idea_door(rounds), _help_door(rounds), _vote_door(rounds, now)


def _idea_door(rounds: Sequence[Round]) -> Door:
    title = N_("Ik heb een idee")
    for state, sentence, date in (
        (
            State.OPEN_FOR_PROPOSALS,
            N_("Stuur uw plan in. Dat kan tot %(moment)s."),
            "proposals_close",
        ),
        (
            State.ANNOUNCED,
            N_("Schrijf uw plan alvast op. Insturen kan vanaf %(moment)s."),
            "proposals_open",
        ),
    ):
        found = [each for each in rounds if each.state is state]
        if found:
            return _door(title, sentence, found, "proposals.start", date)
    return Door(title=title, sentence=N_("Een plan insturen kan nu niet."), values={})


def _help_door(rounds: Sequence[Round]) -> Door:
    title = N_("Ik wil meehelpen")
    found = [each for each in rounds if has_plans(each)]
    if found:
        sentence = N_("Bekijk de plannen in uw buurt. Wilt u helpen? Bel ons.")
        return _door(title, sentence, found, "proposals.index")
    return Door(title=title, sentence=N_("Er zijn nu nog geen plannen."), values={})


def has_plans(voting_round: Round) -> bool:
    """Tell whether residents can read plans that somebody still works on."""
    goes_on = voting_round.state in ORDER[: ORDER.index(State.EVALUATION)]
    return goes_on and is_possible(Act.READ_PLANS, voting_round.state)


def _vote_door(rounds: Sequence[Round], now: datetime) -> Door:
    title = N_("Ik wil stemmen")
    for holds, sentence, page, date in _VOTE_SENTENCES:
        found = [each for each in rounds if holds(each, now)]
        if found:
            return _door(title, sentence, found, page, date)
    return Door(title=title, sentence=N_("Stemmen kan nu niet."), values={})


def _is_open(voting_round: Round, now: datetime) -> bool:
    return voting_round.state is State.VOTING and not _is_over(voting_round, now)


def _is_over(voting_round: Round, now: datetime) -> bool:
    return is_voting_over(voting_round.state, voting_round.framework.dates, now)


def _is_to_come(voting_round: Round, now: datetime) -> bool:
    before = voting_round.state in ORDER[: ORDER.index(State.VOTING)]
    return before and now < voting_round.framework.dates.voting_opens


def _is_counted(voting_round: Round, now: datetime) -> bool:
    return voting_round.state is State.COUNTING or _is_over(voting_round, now)


def _is_published(voting_round: Round, _now: datetime) -> bool:
    return is_possible(Act.READ_RESULT, voting_round.state)


# The first that holds for a round is what the door says.
_VOTE_SENTENCES: tuple[tuple[Callable[[Round, datetime], bool], str, str, str], ...] = (
    (
        _is_open,
        N_("Stemmen kan tot %(moment)s. Houd uw brief met de code bij de hand."),
        "ballots.choose",
        "voting_closes",
    ),
    (
        _is_to_come,
        N_("Stemmen kan vanaf %(moment)s. U krijgt een brief met een code."),
        "rounds.show",
        "voting_opens",
    ),
    (
        _is_counted,
        N_("Het stemmen is voorbij. De uitslag komt uiterlijk %(moment)s."),
        "rounds.show",
        "result_by",
    ),
    (
        _is_published,
        N_("Het stemmen is voorbij. De uitslag is bekend."),
        "results.show",
        "",
    ),
)


def _door(title: str, sentence: str, found: Sequence[Round], page: str, date: str = "") -> Door:
    """Return the door to one round, or to the list below when there are more."""
    if len(found) > 1:
        return Door(title=title, sentence=CHOOSE_BELOW, values={})
    dates = found[0].framework.dates
    values = {"moment": getattr(dates, date)} if date else {}
    return Door(title=title, sentence=sentence, values=values, page=page, slug=found[0].slug)


# --- the staff's desk --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something that waits for somebody. ``roles``: who may do it now, from the rights.

    page: the endpoint of the staff's page where it is done.
    """

    act: Act
    sentence: str
    page: str
    roles: frozenset[Role]
    until: datetime | None

    def is_for(self, roles: frozenset[Role]) -> bool:
        """Tell whether somebody with these roles can do it."""
        return bool(self.roles & roles)


# What must be done in each state before the round can go on, in order.
DUTIES: dict[State, tuple[tuple[Act, str, str], ...]] = {
    State.PREPARATION: (
        (Act.EDIT_FRAMEWORK, N_("Maak de kaders af."), "staff_rounds.edit_framework"),
        (
            Act.SIGN_FRAMEWORK,
            N_("Teken de kaders. Dat doen twee mensen."),
            "staff_rounds.read_framework",
        ),
        (Act.ANNOUNCE, N_("Maak de kaders bekend."), "staff_rounds.show"),
    ),
    State.OPEN_FOR_PROPOSALS: (
        (Act.MODERATE, N_("Lees de nieuwe plannen."), "staff_proposals.index"),
        (Act.REVIEW, N_("Toets de plannen die er al zijn."), "staff_reviews.index"),
    ),
    State.REVIEW: ((Act.REVIEW, N_("Geef elk plan een oordeel."), "staff_reviews.index"),),
    State.RECONSIDERATION: (
        (
            Act.DECIDE_RECONSIDERATION,
            N_("Beslis over elk verzoek om herziening."),
            "staff_reviews.index",
        ),
        (
            Act.PUBLISH_BALLOT_LIST,
            N_("Maak de stemlijst bekend."),
            "staff_ballot_list.ballot_list",
        ),
    ),
    State.BALLOT_PUBLISHED: (
        (
            Act.MAKE_KEYS,
            N_("Laat drie sleutelhouders de sleutels maken, en oefen ermee."),
            "staff_ceremony.show",
        ),
        (Act.MAKE_TOKENS, N_("Maak de codes en zet de stembus klaar."), "staff_ballots.box"),
    ),
    State.COUNTING: (
        (Act.PUBLISH_RESULT, N_("Maak de uitslag bekend."), "staff_results.publication"),
    ),
    State.RESULT_PUBLISHED: (
        (Act.START_EXECUTION, N_("Begin met uitvoeren."), "staff_followups.index"),
    ),
    State.EXECUTION: (
        (
            Act.POST_STAFF_UPDATE,
            N_("Schrijf hoe het met elk gekozen plan staat."),
            "staff_followups.index",
        ),
        (
            Act.END_EXECUTION,
            N_("Sluit het uitvoeren af als alles klaar is."),
            "staff_followups.index",
        ),
    ),
    State.EVALUATION: (
        (
            Act.WRITE_EVALUATION,
            N_("Schrijf van elke fase een les op."),
            "staff_evaluations.index",
        ),
        (Act.CLOSE, N_("Kijk terug en sluit de ronde af."), "staff_evaluations.index"),
    ),
    State.PAUSED: (
        (Act.RESUME, N_("Laat de ronde verder gaan, of stop hem."), "staff_rounds.ask_resume"),
    ),
}
COUNT_NOW = (Act.COUNT, N_("Start de telling. Dat doen twee mensen."), "staff_results.start")


def duties(voting_round: Round, now: datetime) -> list[Duty]:
    """Return what waits in a round, in the order in which it is done."""
    waiting = list(DUTIES.get(voting_round.state, ()))
    if _is_over(voting_round, now):
        waiting.append(COUNT_NOW)
    return [
        Duty(
            act=act,
            sentence=sentence,
            page=page,
            roles=frozenset(role for role in RIGHTS[act][voting_round.state] if role is not None),
            until=voting_round.state_ends(),
        )
        for act, sentence, page in waiting
        if not _is_done(act, voting_round)
    ]


def _is_done(act: Act, voting_round: Round) -> bool:
    """Tell whether the round itself shows that an act is done, or cannot be done yet."""
    is_sealed = voting_round.framework_hash is not None
    match act:
        case Act.EDIT_FRAMEWORK | Act.SIGN_FRAMEWORK:
            return is_sealed
        case Act.ANNOUNCE:
            return not is_sealed
        case Act.MAKE_KEYS | Act.MAKE_TOKENS:
            return State.VOTING in voting_round.passed
        case _:
            return False
