"""A result: what was counted, by which rule, and why each plan was chosen or not.

A count is a pure function of the frozen ballot list, the sealed framework and the opened
ballots: the same input gives the same bytes. What is published is exactly what was counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pb.foundation.errors import N_, NotFound, NotPermitted, Unacceptable, WrongState
from pb.foundation.money import Cents
from pb.proposals.domain import label_of
from pb.tally.election import BallotKind
from pb.tally.outcome import Outcome, ProjectResult, Step
from pb.tally.ties import Tie

STATEMENT_AT_MOST = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPlan:
    """A plan as it stood on the ballot list. ``withdrawn``: by its owner during voting."""

    number: int
    title: str
    cost: Cents
    area_id: str
    theme_id: str
    lot_number: int
    titles: Mapping[str, str] = field(default_factory=dict)
    withdrawn: bool = False

    @property
    def id(self) -> str:
        """Return the name of the plan in the count and on pages, such as P12."""
        return label_of(self.number)

    def title_in(self, language: str) -> str:
        """Return the title in a language, or the Dutch one."""
        return self.titles.get(language) or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Pot:
    """An area with its money or a theme with its ceiling. ``limit`` None: no ceiling."""

    id: str
    name: str
    limit: Cents | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTurnout:
    """How many letters went to an area and how many were voted with.

    voted: None where so few voted that it would tell (the ballot box hides it).
    """

    area_id: str
    name: str
    eligible: int
    voted: int | None

    @property
    def share(self) -> float | None:
        """Return the turnout between 0 and 1, or None when it is not shown."""
        if self.voted is None or not self.eligible:
            return None
        return self.voted / self.eligible


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One counted round. ``plans`` in the order of their numbers; money in cents.

    outcome: by the rule of the framework; it decides. what_if: the same ballots under the
    other default rule, to learn from; it decides nothing.
    """

    round_slug: str
    title: str
    framework_version: int
    framework_hash: str
    leftover_goes: str
    kind: BallotKind
    plans: tuple[CountedPlan, ...]
    areas: tuple[Pot, ...]
    themes: tuple[Pot, ...]
    turnout: tuple[AreaTurnout, ...]
    outcome: Outcome
    what_if: Outcome | None

    @property
    def election_hash(self) -> str:
        """Return the SHA-256 of the .pb file that was counted; empty when nobody voted."""
        return self.outcome.input_sha256

    @property
    def chosen(self) -> list[CountedPlan]:
        """Return the chosen plans, most votes first."""
        return self._by_votes(chosen=True)

    @property
    def not_chosen(self) -> list[CountedPlan]:
        """Return the plans that were not chosen, most votes first."""
        return self._by_votes(chosen=False)

    @property
    def eligible(self) -> int:
        """Return how many people could vote."""
        return sum(area.eligible for area in self.turnout)

    @property
    def voted(self) -> int:
        """Return how many ballots were counted, those on which nothing was chosen included."""
        return self.outcome.voters + self.outcome.blank_ballots

    def name_of(self, kind: str, group_id: str) -> str:
        """Return the name of an area or theme; kind: ``area`` or ``theme``."""
        pots = self.areas if kind == "area" else self.themes
        return next((pot.name for pot in pots if pot.id == group_id), group_id)

    def plan_with_id(self, plan_id: str) -> CountedPlan:
        """Return the plan that the count knows by this name. Raises PlanNotCounted."""
        for plan in self.plans:
            if plan.id == plan_id:
                return plan
        raise PlanNotCounted

    def is_chosen(self, plan: CountedPlan) -> bool:
        """Tell whether a plan was chosen."""
        return plan.id in self.outcome.selected

    def is_completed(self, plan: CountedPlan) -> bool:
        """Tell whether a plan was chosen out of what the rule itself had left."""
        return plan.id in self.outcome.completed

    def part_of(self, plan: CountedPlan) -> Cents | None:
        """Return what a plan got that could not be paid in full, or None."""
        partly = self.outcome.partly_funded
        return Cents(partly[1]) if partly and partly[0] == plan.id else None

    def votes(self, plan: CountedPlan) -> int:
        """Return on how many ballots a plan was named."""
        return self.of(plan).votes

    def of(self, plan: CountedPlan) -> ProjectResult:
        """Return what the count says about a plan."""
        return self.outcome.projects[plan.id]

    def plan(self, number: int) -> CountedPlan:
        """Return the plan with this number. Raises PlanNotCounted."""
        for plan in self.plans:
            if plan.number == number:
                return plan
        raise PlanNotCounted

    def find_plan(self, number: int) -> CountedPlan | None:
        """Return the plan with this number, or None when nobody could vote on it."""
        return next((plan for plan in self.plans if plan.number == number), None)

    def steps_of(self, plan: CountedPlan) -> list[Step]:
        """Return every step in which a plan was looked at, in the order of the count."""
        return [step for step in self.outcome.steps if step.project == plan.id]

    def deciding_step(self, plan: CountedPlan) -> Step:
        """Return the step that settled a plan."""
        reason = self.of(plan).reason
        return next(step for step in reversed(self.steps_of(plan)) if step.reason is reason)

    def ties_of(self, plan: CountedPlan) -> list[Tie]:
        """Return the ties in which a plan stood."""
        return [tie for tie in self.outcome.ties if plan.id in (tie.winner, tie.rival)]

    def _by_votes(self, *, chosen: bool) -> list[CountedPlan]:
        plans = [plan for plan in self.plans if self.is_chosen(plan) is chosen]
        return sorted(plans, key=lambda plan: (-self.votes(plan), plan.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The count was proposed by one person and waits for another."""

    staff_id: int
    label: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count that was done: its result, and the two people who started it, by function."""

    result: Result
    result_hash: str
    proposed_by: str
    confirmed_by: str
    counted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What the council said when it published a result, in its own words."""

    statement: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBallot:
    """One line of the public list: a tracking code and the numbers of the chosen plans."""

    code: str
    choices: tuple[int, ...]
    points: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotPage:
    """One page of the public list of tracking codes, sorted by code."""

    ballots: tuple[ListedBallot, ...]
    begins: tuple[str, ...]
    begin: str
    page: int
    pages: int
    total: int


class VotingStillOpen(WrongState):
    """Somebody wants to count before voting has closed."""

    sentence = N_("Stemmen kan nog tot %(closes)s. Daarna kunt u de telling starten.")


class CountNotProposed(WrongState):
    """Somebody confirms a count that nobody proposed."""

    sentence = N_("Niemand heeft de telling nog klaargezet. Zet hem eerst klaar.")


class SecondCounterNeeded(NotPermitted):
    """The person who proposed the count wants to confirm it as well."""

    sentence = N_("U heeft de telling klaargezet. Een andere collega moet hem starten.")


class CountAlreadyProposed(WrongState):
    """The count was proposed already and waits for a second person."""

    sentence = N_("De telling staat al klaar. Een andere collega kan hem nu starten.")


class AlreadyCounted(WrongState):
    """There is an outcome, and it cannot be counted again or changed."""

    sentence = N_("De stemmen zijn al geteld. Niemand kan de uitslag veranderen.")


class CountsDisagree(WrongState):
    """Two programs count the same ballots and differ; nothing may be kept or published."""

    sentence = N_(
        "Twee programma's telden de stemmen en vonden niet hetzelfde. Er is niets bewaard en niets "
        "bekendgemaakt. De stemmen zijn veilig. Bel de beheerder van deze website."
    )


class CountedOtherwise(WrongState):
    """The ledger names another count than this one, and it can name only one."""

    sentence = N_(
        "Het openbare logboek noemt al een andere telling dan deze. Er is niets bewaard en niets "
        "bekendgemaakt. De stemmen zijn veilig. Bel de beheerder van deze website."
    )


class CountImpossible(WrongState):
    """The rule cannot count these ballots."""

    sentence = N_(
        "Met deze regel zijn deze stemmen niet te tellen. Er is niets bewaard en niets "
        "bekendgemaakt. De stemmen zijn veilig. Bel de beheerder van deze website."
    )


class NotCounted(WrongState):
    """There is no outcome to read or publish yet."""

    sentence = N_("De stemmen zijn nog niet geteld.")


class ResultNotPublished(WrongState):
    """The outcome is not public yet."""

    sentence = N_("De uitslag is nog niet bekend. Kijk op de pagina van de ronde wanneer hij komt.")


class StatementMissing(Unacceptable):
    """The council publishes without words of its own, or with too many."""

    sentence = N_("Schrijf zelf iets boven de uitslag, in hoogstens %(most)s tekens.")


class PlanNotCounted(NotFound):
    """No plan of the ballot list has this number."""

    sentence = N_("Dit plan stond niet op de stemlijst.")


class NoWhatIf(NotFound):
    """The other rule could not count these ballots."""

    sentence = N_("Voor deze ronde is er geen andere telling.")


class ResultDamaged(Exception):
    """What is stored is not what was counted: the bytes and their hash differ."""
