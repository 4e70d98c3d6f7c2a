"""A review: every criterion answered, a verdict that follows from the answers, a reason.

``yes_if`` becomes an adaptation that only the owner can accept. Somebody who does not
agree with a no asks for reconsideration, and another reviewer decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pb.foundation.errors import N_, NotFound, NotPermitted, Unacceptable, WrongState
from pb.foundation.money import Cents
from pb.proposals.domain import ADAPTED_COST, Content, CostLine


class Mark(StrEnum):
    """A reviewer's answer to one criterion."""

    YES = "yes"
    YES_IF = "yes_if"
    NO = "no"


MARK_LABELS = {Mark.YES: N_("Ja"), Mark.YES_IF: N_("Ja, mits"), Mark.NO: N_("Nee")}


class Verdict(StrEnum):
    """The outcome of a review; it follows from the answers."""

    FEASIBLE = "feasible"
    FEASIBLE_IF = "feasible_if"
    NOT_FEASIBLE = "not_feasible"


VERDICT_LABELS = {
    Verdict.FEASIBLE: N_("Haalbaar"),
    Verdict.FEASIBLE_IF: N_("Haalbaar met een aanpassing"),
    Verdict.NOT_FEASIBLE: N_("Niet haalbaar"),
}


class NextStep(StrEnum):
    """What happens with a plan that is not feasible."""

    DONE_BY_MUNICIPALITY = "done_by_municipality"
    REFERRED_TO_PARTNER = "referred_to_partner"
    OTHER_FUND = "other_fund"
    HELP_FOR_NEXT_ROUND = "help_for_next_round"
    PASSED_TO_POLICY = "passed_to_policy"
    RIGHT_TO_CHALLENGE = "right_to_challenge"


NEXT_STEP_LABELS = {
    NextStep.DONE_BY_MUNICIPALITY: N_("De gemeente doet dit zelf."),
    NextStep.REFERRED_TO_PARTNER: N_("Een andere organisatie helpt u verder."),
    NextStep.OTHER_FUND: N_("Er is misschien ander geld."),
    NextStep.HELP_FOR_NEXT_ROUND: N_("Wij helpen u met een plan voor de volgende ronde."),
    NextStep.PASSED_TO_POLICY: N_("Wij nemen uw idee mee in nieuw beleid."),
    NextStep.RIGHT_TO_CHALLENGE: N_("U kunt de gemeente uitdagen: neem de taak over."),
}


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    """The answer to one criterion; ``mark`` is None while it is open."""

    criterion: str
    mark: Mark | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer decides. cost: cents as reviewed, None when the owner's sum stands."""

    verdict: Verdict
    reason: str
    advice: str = ""
    next_step: NextStep | None = None
    cost: Cents | None = None
    cost_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review of one plan. ``decision`` is None until a verdict was confirmed.

    decided_by: the function that decided; decided_by_id: the account, never shown.
    """

    number: int
    answers: tuple[CriterionAnswer, ...] = ()
    decision: Decision | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    decided_by_id: int | None = None

    def answer_to(self, criterion: str) -> CriterionAnswer:
        """Return the answer to a criterion, an open one when there is none."""
        for answer in self.answers:
            if answer.criterion == criterion:
                return answer
        return CriterionAnswer(criterion)

    def outcome(self, criteria: Iterable[str]) -> Verdict | None:
        """Return the verdict that follows from the answers; None while one is open."""
        marks = {self.answer_to(code).mark for code in criteria}
        if None in marks:
            return None
        if Mark.NO in marks:
            return Verdict.NOT_FEASIBLE
        return Verdict.FEASIBLE_IF if Mark.YES_IF in marks else Verdict.FEASIBLE


class OfferKind(StrEnum):
    """What an owner is asked to agree with."""

    ADAPTATION = "adaptation"
    MERGE_AWAY = "merge_away"  # this plan goes on inside its partner
    MERGE_IN = "merge_in"  # this plan takes its partner in
    CORRECTION = "correction"  # a mistake in the words of a feasible plan is mended


class OfferState(StrEnum):
    """What became of an offer. Lapsed: taken back, or the other owner said no."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """What a plan would say after a change. cost: cents."""

    title: str
    summary: str
    place: str
    cost: Cents

    def applied_to(self, content: Content) -> Content:
        """Return the plan's words with this change; one cost line makes the sum right."""
        lines = content.cost_lines
        if self.cost != content.cost:
            lines = tuple(line for line in lines if line.label != ADAPTED_COST)
            change = Cents(self.cost - sum(line.amount for line in lines))
            lines = (*lines, CostLine(ADAPTED_COST, change)) if change else lines
        return replace(
            content,
            title=self.title,
            summary=self.summary,
            place=self.place,
            cost=self.cost,
            cost_lines=lines,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An adaptation as it was put to an owner. Only the owner can say yes.

    note: 'Zo kan het wel: …'. partner: the other plan of a merge.
    """

    number: int
    sequence: int
    kind: OfferKind
    state: OfferState
    adaptation: Adaptation
    note: str
    offered_at: datetime
    offered_by: str
    offered_by_id: int | None
    partner: int | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A reviewer's question to an owner, and the answer once it is there."""

    number: int
    sequence: int
    question: str
    asked_at: datetime
    asked_by: str
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconsideration:
    """An owner's request for a second look; ``granted`` is None until it is decided."""

    number: int
    reason: str
    asked_at: datetime
    granted: bool | None = None
    explanation: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""


class CriterionOpen(WrongState):
    """A verdict is asked before every criterion has an answer."""

    sentence = N_("Nog niet alle vragen hebben een antwoord. Beantwoord ze eerst.")


class VerdictDoesNotFollow(Unacceptable):
    """The confirmed verdict is not the one that follows from the answers."""

    sentence = N_("Dit oordeel past niet bij de antwoorden. Kijk de antwoorden nog eens na.")


class TextMissing(Unacceptable):
    """A text that everyone will read is empty."""

    sentence = N_("Schrijf de reden op. De planeigenaar en iedereen leest dit.")


class AdviceMissing(Unacceptable):
    """A no comes without advice or next step."""

    sentence = N_("Zegt u nee? Geef dan ook een advies en een volgende stap.")


class CostReasonMissing(Unacceptable):
    """The cost as reviewed differs and nobody says why."""

    sentence = N_("U verandert het bedrag. Schrijf op waarom, en waar de prijs vandaan komt.")


class CostOutsideFramework(Unacceptable):
    """A feasible plan would cost more or less than the framework allows."""

    sentence = N_(
        "Het plan kost %(cost_money)s. "
        "Het moet tussen %(least_money)s en %(most_money)s zijn om haalbaar te zijn."
    )


class NotToReview(WrongState):
    """The plan has no verdict to give or change now."""

    sentence = N_("Aan dit plan valt nu niets te toetsen.")


class OfferGone(WrongState):
    """There is no such open offer any more."""

    sentence = N_("Dit voorstel is er niet meer. Kijk op de pagina van uw plan hoe het staat.")


class NoQuestion(WrongState):
    """There is no open question to this owner."""

    sentence = N_("Er staat geen vraag voor u open.")


class MergeWithItself(Unacceptable):
    """A plan is to be merged with itself."""

    sentence = N_("Kies een ander plan om samen mee verder te gaan.")


class NoReviewYet(NotFound):
    """A plan has no verdict that everyone may read."""

    sentence = N_("De toets van dit plan is er nog niet.")


class NothingToReconsider(WrongState):
    """Only a no can be reconsidered, and only once."""

    sentence = N_("Voor dit plan kunt u nu geen herziening vragen.")


class ReconsiderationClosed(WrongState):
    """The days to ask for reconsideration are over."""

    sentence = N_("Herziening vragen kon tot %(closed)s.")


class SameReviewer(NotPermitted):
    """Whoever gave the first verdict may not decide on the second look."""

    sentence = N_("U gaf het eerste oordeel. Een collega moet over de herziening besluiten.")
