"""A plan: what a resident asks for, from first draft to the list that is voted on.

A draft holds words exactly as typed (``writing.py``). Sending reads them into a Proposal
and gives it a number, shown as P12. Its private link is the owner's only key.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pb.foundation.errors import N_, NotFound, Unacceptable, WrongState
from pb.foundation.money import Cents
from pb.proposals.risk import RiskCard

# Figures and letters that cannot be mistaken for each other; case does not matter.
LINK_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LINK_LENGTH = 28  # 140 random bits
LOOK_ALIKES = str.maketrans({"o": "0", "i": "1", "l": "1"})


class ProposalState(StrEnum):
    """Where one plan stands (product.md 3.2, plan states)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ON_HOLD = "on_hold"
    IN_REVIEW = "in_review"
    QUESTION_OPEN = "question_open"
    ADAPTATION_OFFERED = "adaptation_offered"
    FEASIBLE = "feasible"
    NOT_FEASIBLE = "not_feasible"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    ON_BALLOT = "on_ballot"
    SELECTED = "selected"
    NOT_SELECTED = "not_selected"


STATE_LABELS = {
    ProposalState.DRAFT: N_("Nog niet verstuurd"),
    ProposalState.SUBMITTED: N_("Binnen"),
    ProposalState.ON_HOLD: N_("Even niet te zien"),
    ProposalState.IN_REVIEW: N_("Wij kijken of het kan"),
    ProposalState.QUESTION_OPEN: N_("Wij hebben een vraag voor u"),
    ProposalState.ADAPTATION_OFFERED: N_("Er ligt een voorstel voor u klaar"),
    ProposalState.FEASIBLE: N_("Haalbaar"),
    ProposalState.NOT_FEASIBLE: N_("Niet haalbaar"),
    ProposalState.MERGED: N_("Samen verder met een ander plan"),
    ProposalState.WITHDRAWN: N_("Ingetrokken"),
    ProposalState.ON_BALLOT: N_("Op de stemlijst"),
    ProposalState.SELECTED: N_("Gekozen"),
    ProposalState.NOT_SELECTED: N_("Niet gekozen"),
}

# No verdict yet: a reviewer, the owner or the facilitator still has something to do.
UNSETTLED = frozenset(
    {
        ProposalState.SUBMITTED,
        ProposalState.IN_REVIEW,
        ProposalState.QUESTION_OPEN,
        ProposalState.ADAPTATION_OFFERED,
    }
)
WITH_VERDICT = frozenset({ProposalState.FEASIBLE, ProposalState.NOT_FEASIBLE})
NOT_PUBLIC = frozenset({ProposalState.ON_HOLD, ProposalState.WITHDRAWN})
MAY_BE_HELD = UNSETTLED | WITH_VERDICT
MAY_BE_CHANGED = UNSETTLED | WITH_VERDICT | {ProposalState.ON_HOLD}
MAY_BE_WITHDRAWN = MAY_BE_CHANGED | {ProposalState.ON_BALLOT}


class Origin(StrEnum):
    """Why a plan got a new version."""

    OWNER = "owner"
    ADAPTATION = "adaptation"
    MERGE = "merge"


# The line that makes the sum right again when an adaptation changes the cost.
ADAPTED_COST = N_("Aanpassing na de toets")


@dataclass(frozen=True, slots=True)
class CostLine:
    """One thing that costs money: its name and its cents. Only ADAPTED_COST goes below zero."""

    label: str
    amount: Cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a plan says. ``cost`` is the sum of its lines, made by the server.

    situation: how it is there now. place: empty when the owner does not know yet.
    upkeep: cents a year for the municipality, None when the owner left it open.
    own_part: what residents do themselves. care: who looks after it later.
    """

    title: str
    summary: str
    situation: str
    place: str
    area_id: str
    theme_id: str
    cost_lines: tuple[CostLine, ...]
    cost: Cents
    upkeep: Cents | None
    own_part: str
    care: str
    pseudonym: str

    def content(self) -> "Content":
        """Return what the plan says, apart from where it stands."""
        return Content(**{name: getattr(self, name) for name in Content.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Content):
    """An earlier version of a plan, kept readable. ``note``: why a later one came."""

    number: int
    until: datetime
    origin: Origin
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The municipality's answer to a plan, as everyone may read it once verdicts are known.

    verdict: FEASIBLE, NOT_FEASIBLE or MERGED. cost: as reviewed, None when unchanged;
    cost_reason: why it differs. next_step: a marked sentence. merged_into: a plan number.
    reconsideration: the public explanation of a second look, empty when there was none.
    """

    verdict: ProposalState
    reason: str
    at: datetime
    by: str
    advice: str = ""
    next_step: str = ""
    cost: Cents | None = None
    cost_reason: str = ""
    merged_into: int | None = None
    reconsideration: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Content):
    """A plan that was sent. ``number`` is unique in its round.

    titles: translations of the title by language code. version: 1 when sent.
    first_cost: what the owner estimated when the plan was sent. lot_number: once drawn.
    held_from, held_reason: while ON_HOLD, the state before and the public reason.
    signed_proof: the hash of the ballot proof that its owner found right, else None.
    """

    number: int
    state: ProposalState
    version: int
    titles: dict[str, str]
    first_cost: Cents
    submitted_at: datetime
    answer: Answer | None = None
    held_from: ProposalState | None = None
    held_reason: str = ""
    lot_number: int | None = None
    risk: RiskCard | None = None
    signed_proof: str | None = None

    @property
    def label(self) -> str:
        """Return the number as everyone knows it, such as ``P12``."""
        return label_of(self.number)

    @property
    def is_public(self) -> bool:
        """Tell whether everyone may read the words of this plan."""
        return self.state not in NOT_PUBLIC

    @property
    def final_cost(self) -> Cents:
        """Return what the plan costs after review; the owner's sum when nobody changed it."""
        reviewed = self.answer.cost if self.answer else None
        return self.cost if reviewed is None else reviewed

    def title_in(self, language: str) -> str:
        """Return the title in a language, or as the owner wrote it."""
        return self.titles.get(language) or self.title

    def as_public(self, *, verdicts_known: bool) -> "Proposal":
        """Return the plan as everyone may see it now: no verdict before its time."""
        state = state_as_public(self.state, verdicts_known=verdicts_known)
        return self._shown(state, verdicts_known)

    def as_owner(self, *, verdicts_known: bool) -> "Proposal":
        """Return the plan as its owner may see it now: with questions and offers."""
        state = state_as_owner(self.state, verdicts_known=verdicts_known)
        return self._shown(state, verdicts_known)

    def _shown(self, state: ProposalState, verdicts_known: bool) -> "Proposal":
        merged = self.state is ProposalState.MERGED
        return replace(
            self,
            state=state,
            answer=self.answer if verdicts_known or merged else None,
            risk=self.risk if verdicts_known else None,
        )


def state_as_owner(state: ProposalState, *, verdicts_known: bool) -> ProposalState:
    """Return the state of a plan as its owner may see it now."""
    is_early = state in WITH_VERDICT and not verdicts_known
    return ProposalState.IN_REVIEW if is_early else state


def state_as_public(state: ProposalState, *, verdicts_known: bool) -> ProposalState:
    """Return the state of a plan as everyone may see it now; what an owner is asked is theirs."""
    if state in {ProposalState.QUESTION_OPEN, ProposalState.ADAPTATION_OFFERED}:
        return ProposalState.IN_REVIEW
    return state_as_owner(state, verdicts_known=verdicts_known)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCard:
    """A plan as a list shows it: only values that a card is drawn from, and all hashable.

    cost: as reviewed once that may be known. written_titles: translations of the title as
    JSON text, which is read only when a card is drawn.
    """

    number: int
    state: ProposalState
    title: str
    written_titles: str
    summary: str
    area_id: str
    theme_id: str
    cost: Cents

    @property
    def label(self) -> str:
        """Return the number as everyone knows it, such as ``P12``."""
        return label_of(self.number)

    def speaks(self, language: str) -> bool:
        """Tell whether the title is there in a language; plans are written in Dutch."""
        return language == "nl" or language in json.loads(self.written_titles)

    def title_in(self, language: str) -> str:
        """Return the title in a language, or as the owner wrote it."""
        title: str = json.loads(self.written_titles).get(language) or self.title
        return title


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the owner gets after sending: the number of the plan and the private link."""

    number: int
    secret: str


def label_of(number: int) -> str:
    """Return a plan's number as everyone knows it, such as ``P12``; two figures or more."""
    return f"P{number:02d}"


def new_secret() -> str:
    """Return the secret of a new private link: 140 random bits."""
    return "".join(secrets.choice(LINK_ALPHABET) for _ in range(LINK_LENGTH))


def hash_of(secret: str) -> bytes:
    """Return what is stored of a private link; typing errors with o, i and l are forgiven."""
    return hashlib.sha256(secret.strip().lower().translate(LOOK_ALIKES).encode()).digest()


def refuse_unless_in(plan: Proposal, states: frozenset[ProposalState]) -> None:
    """Raise PlanIsFixed unless the plan is in one of these states."""
    if plan.state not in states:
        raise PlanIsFixed(state=STATE_LABELS[plan.state])


def matching(plans: Iterable[PlanCard], *, area_id: str = "", theme_id: str = "") -> list[PlanCard]:
    """Return the plans of an area and a theme, in the order given; empty means any."""
    return [
        plan for plan in plans if area_id in {"", plan.area_id} and theme_id in {"", plan.theme_id}
    ]


class PlanNotFound(NotFound):
    """The round has no plan with this number, or none that may be read."""

    sentence = N_("Dit plan bestaat niet. Kijk of het nummer klopt.")


class PrivateLinkUnknown(NotFound):
    """No plan has this private link."""

    sentence = N_(
        "Deze persoonlijke link kennen wij niet. Kijk of het adres helemaal klopt. "
        "Bent u de link kwijt? Bel ons."
    )


class NotSentYet(WrongState):
    """Something asks for a sent plan, and this one is still a draft."""

    sentence = N_("U heeft dit plan nog niet verstuurd. Verstuur het eerst.")


class PlanIncomplete(Unacceptable):
    """A plan cannot be sent: something is missing or cannot be read."""

    sentence = N_("Uw plan is nog niet klaar. Kijk hieronder wat er nog mist.")


class PlanIsFixed(WrongState):
    """Somebody wants to change, hold or withdraw a plan that does not move any more."""

    sentence = N_("Dit plan staat op '%(state)s'. Dit kan nu niet meer.")


class NotOnHold(WrongState):
    """Somebody releases a plan that everyone can see already."""

    sentence = N_("Dit plan is al voor iedereen te zien.")
