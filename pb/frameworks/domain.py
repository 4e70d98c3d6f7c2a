"""A framework: the limits that a municipality sets beforehand, sealed by two people.

Nothing of a round is in code: areas, money, themes, criteria, dates, ballot and counting
rule are all values here. A sealed framework never changes; a change is a new public version.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pb.foundation.errors import N_, NotFound, NotPermitted, Unacceptable, WrongState
from pb.foundation.money import Cents
from pb.tally import rules, ties
from pb.tally.election import BallotKind
from pb.tally.rules import PRESETS, Comparison, Completion, Family, Rule


class DecisionPower(StrEnum):
    """How much residents decide; binding is the normal case (product.md S0-12)."""

    INFORM = "inform"
    CONSULT = "consult"
    CO_DECIDE = "co_decide"
    BINDING = "binding"


class CountingRule(StrEnum):
    """The published rule by which ballots become an outcome: a preset of the tally."""

    MOST_VOTES = "most_votes"
    MOST_VOTES_NO_SKIP = "most_votes_no_skip"
    EQUAL_SHARES = "equal_shares"
    EQUAL_SHARES_WIELICZKA = "equal_shares_wieliczka"
    EQUAL_SHARES_TOOL = "equal_shares_tool"
    PHRAGMEN = "phragmen"

    @property
    def preset(self) -> Rule:
        """The rule with the switches that it has of itself."""
        return PRESETS[self.value]


class TieCriterion(StrEnum):
    """One step of the total order that decides between equal plans (decisions 7)."""

    LOWER_COST = "lower_cost"
    MORE_VOTES = "more_votes"
    LOT = "lot"


class Remainder(StrEnum):
    """What happens with money that the rule itself leaves. ``OF_THE_RULE``: what the preset says.

    Equal shares could also give it out by 'epsilon'. No framework may choose that: what each
    voter pays then does not follow from the result file, so there would be no receipt of it.
    """

    OF_THE_RULE = "of_the_rule"
    SECOND_PASS = "second_pass"  # noqa: S105 - a rule of the count, not a password
    PARTIAL = "partial"
    EIGHTY_PERCENT = "eighty_percent"
    NONE = "none"

    def suits(self, rule: CountingRule) -> bool:
        """Tell whether a rule knows this way."""
        only_most_votes = self in (Remainder.PARTIAL, Remainder.EIGHTY_PERCENT)
        return rule.preset.family is Family.MOST_VOTES or not only_most_votes


class VersionState(StrEnum):
    """``concept`` > ``sealed`` > ``superseded``. Never deleted."""

    CONCEPT = "concept"
    SEALED = "sealed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the neighbourhood with its own money; ``whole`` marks the whole of it.

    budget: cents reserved for plans in this area. eligible: how many people may vote.
    """

    id: str
    name: str
    budget: Cents
    whole: bool = False
    description: str = ""
    eligible: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A subject. ``ceiling``: the most cents that may go to it, or None for no ceiling."""

    id: str
    name: str
    ceiling: Cents | None = None
    icon: str = ""
    examples: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One check that a reviewer answers for every plan."""

    code: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotRules:
    """What one ballot may hold. All limits bind at the ballot box, on the server.

    max_cost: knapsack: the most the chosen plans may cost together, in cents.
    points, max_points: cumulative: points in all, and at most for one plan.
    max_choices_of_theme, max_cost_of_theme: (theme id, limit) pairs, sorted.
    """

    kind: BallotKind = BallotKind.APPROVAL
    min_choices: int = 1
    max_choices: int = 5
    max_cost: Cents | None = None
    points: int = 0
    max_points: int = 0
    max_choices_of_theme: tuple[tuple[str, int], ...] = ()
    max_cost_of_theme: tuple[tuple[str, Cents], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How ballots are counted: a rule, and the switches that a municipality may set itself.

    ceilings_in_remainder: theme ceilings hold for the money that is left, too.
    comparison: equal shares only; most votes stands when most voters are better off with it.
    leftover: in words, where the last money goes.

    Raises SwitchDoesNotSuit when the rule does not know a switch.
    """

    rule: CountingRule = CountingRule.MOST_VOTES
    ties: tuple[TieCriterion, ...] = (
        TieCriterion.LOWER_COST,
        TieCriterion.MORE_VOTES,
        TieCriterion.LOT,
    )
    remainder: Remainder = Remainder.OF_THE_RULE
    ceilings_in_remainder: bool = True
    comparison: Comparison = Comparison.NONE
    leftover: str = ""

    def __post_init__(self) -> None:
        """Refuse what the tally could not count."""
        if not self.remainder.suits(self.rule) or not compares(self.rule, self.comparison):
            raise SwitchDoesNotSuit

    @property
    def full_rule(self) -> Rule:
        """The rule as the tally counts it, with every switch."""
        rule = replace(
            self.rule.preset,
            tie_order=tuple(ties.Criterion(criterion.value) for criterion in self.ties),
            ceilings_in_remainder=self.ceilings_in_remainder,
            comparison=self.comparison,
        )
        if self.remainder is Remainder.OF_THE_RULE:
            return rule
        if rule.family is Family.MOST_VOTES:
            return replace(rule, remainder=rules.Remainder(self.remainder.value))
        completes = self.remainder is Remainder.SECOND_PASS
        return replace(rule, completion=Completion.VOTES if completes else Completion.NONE)


def compares(rule: CountingRule, comparison: Comparison) -> bool:
    """Tell whether a rule may be compared so with most votes."""
    return comparison is Comparison.NONE or rule.preset.family is Family.EQUAL_SHARES


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The moments of a round, all in UTC. They may move later, never earlier (product 3.2).

    Open and close submitting, review, reconsideration and voting by the clock; the other
    dates are what was promised to residents.
    """

    proposals_open: datetime
    proposals_close: datetime
    reconsideration_opens: datetime
    reconsideration_closes: datetime
    voting_opens: datetime
    voting_closes: datetime
    result_by: datetime
    completed_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What college and council sign: the sentence, who signed, and the few exceptions."""

    text: str
    signed_by: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The one person every page names: who, how, and when to reach."""

    name: str
    phone: str
    hours: str
    email: str = ""


class Answer(StrEnum):
    """How far a precondition holds before a round begins."""

    YES = "yes"
    MOSTLY = "mostly"
    NO = "no"


# What must be answered, in public, before anybody is asked for plans (product.md K04).
PRECONDITIONS = {
    "livability_basics": N_("De basis in de wijk is op orde"),
    "social_infrastructure": N_("Er zijn plekken en mensen om elkaar te ontmoeten"),
    "back_office": N_("De gemeente heeft tijd en geld om te helpen"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """The answer to one of the ``PRECONDITIONS``. ``explanation``: needed unless it is yes."""

    code: str
    label: str
    answer: Answer
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A place with helpers while people vote. ``languages``: codes of what is spoken there."""

    place: str
    when: str
    languages: tuple[str, ...] = ()


# The dates in the order in which they come, as everybody reads them.
DATE_LABELS = {
    "proposals_open": N_("Plannen sturen kan vanaf"),
    "proposals_close": N_("Plannen sturen kan tot"),
    "reconsideration_opens": N_("Alle oordelen bekend op"),
    "reconsideration_closes": N_("Herziening vragen kan tot"),
    "voting_opens": N_("Stemmen kan vanaf"),
    "voting_closes": N_("Stemmen kan tot"),
    "result_by": N_("Uitslag uiterlijk"),
    "completed_by": N_("Plannen klaar uiterlijk"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """All limits of one round.

    total: cents. min_cost, max_cost: what one plan may cost, in cents.
    upkeep_per_year: the most the municipality pays for upkeep of one plan, in cents a year.
    preconditions: what was in order beforehand, in the order of ``PRECONDITIONS``.
    helpers: the functions that help residents, each with its deputy; never empty.
    offline_ways: how people take part on paper, by phone or at a desk; never empty.
    desks: where people get help with voting; never empty.
    """

    title: str
    neighbourhood: str
    council: str
    why: str
    decision_power: DecisionPower
    decision_power_reason: str
    promise: Promise
    preconditions: tuple[Precondition, ...]
    contact: Contact
    helpers: tuple[str, ...]
    total: Cents
    areas: tuple[Area, ...]
    themes: tuple[Theme, ...]
    min_cost: Cents
    max_cost: Cents
    upkeep_per_year: Cents
    upkeep_years: int
    criteria: tuple[Criterion, ...]
    who_may_propose: str
    who_may_not_propose: str
    who_may_vote: str
    voting_age: int
    plans_per_owner: int
    offline_ways: tuple[str, ...]
    desks: tuple[Desk, ...]
    dates: Dates
    ballot: BallotRules
    counting: Counting
    languages: tuple[str, ...] = ("nl",)

    def area(self, area_id: str) -> Area:
        """Return the area with this id. Raises UnknownArea."""
        for area in self.areas:
            if area.id == area_id:
                return area
        raise UnknownArea(area=area_id)

    def theme(self, theme_id: str) -> Theme:
        """Return the theme with this id. Raises UnknownTheme."""
        for theme in self.themes:
            if theme.id == theme_id:
                return theme
        raise UnknownTheme(theme=theme_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkVersion:
    """A numbered framework. ``hash``: SHA-256 of its canonical JSON, public once sealed.

    reason: why a later version was needed. signed_by: the ids of the staff who signed.
    """

    number: int
    state: VersionState
    framework: Framework
    reason: str
    hash: str
    signed_by: tuple[int, ...]
    sealed_at: datetime | None


class FrameworkNotFound(NotFound):
    """A round has no framework (version) of this number."""

    sentence = N_("Deze kaders bestaan niet. Kijk of het adres klopt.")


class UnknownArea(Unacceptable):
    """A plan names an area that the framework does not have."""

    sentence = N_("Dit gebied hoort niet bij deze ronde. Kies een gebied uit de lijst.")


class UnknownTheme(Unacceptable):
    """A plan names a theme that the framework does not have."""

    sentence = N_("Dit thema hoort niet bij deze ronde. Kies een thema uit de lijst.")


class SwitchDoesNotSuit(Unacceptable):
    """A switch of the count does not go with its rule."""

    sentence = N_("Dit past niet bij de telregel. Kies een andere regel of een ander antwoord.")


class FrameworkIsSealed(WrongState):
    """Somebody wants to edit what is sealed."""

    sentence = N_(
        "Deze kaders zijn verzegeld. U kunt ze niet stil veranderen. "
        "Maak een nieuwe versie en schrijf op waarom."
    )


class FrameworkIncomplete(Unacceptable):
    """A framework breaks its own rules and cannot be sealed; ``problems`` says which."""

    sentence = N_("De kaders zijn nog niet goed: %(problems)s")


class SecondPersonNeeded(NotPermitted):
    """The same person signs twice."""

    sentence = N_("U heeft al getekend. Een andere collega moet ook tekenen.")


class ConceptChanged(WrongState):
    """Somebody signs a text that a colleague changed in the meantime."""

    sentence = N_("Een collega heeft de kaders net veranderd. Lees ze nog een keer, en teken dan.")


class ReasonMissing(Unacceptable):
    """A public act has no public reason."""

    sentence = N_("Schrijf op waarom. Iedereen kan dit lezen.")


class DateMovedEarlier(Unacceptable):
    """A new version moves a date towards the past."""

    sentence = N_("Deze datum mag alleen later worden: %(date)s.")


class FixedByNow(Unacceptable):
    """A new version changes what plans were already judged or will be counted by."""

    sentence = N_(
        "Het indienen is voorbij. Geld, thema's, criteria en de regels voor stemmen en tellen "
        "blijven zoals zij zijn. Alleen datums, contact en hulp mogen nog anders."
    )
