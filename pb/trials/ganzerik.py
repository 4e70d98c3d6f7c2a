"""De Ganzerik: the invented neighbourhood of the demonstration, read from its data file.

Everything in it is invented: municipality, people, plans, ballots and amounts. The file tells
of one round from framework to follow-up; here it is cut into values that services take.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pb.foundation.money import Cents, euros
from pb.frameworks.domain import (
    Answer,
    Area,
    BallotRules,
    Contact,
    Counting,
    Criterion,
    Dates,
    DecisionPower,
    Desk,
    Framework,
    Precondition,
    Promise,
    Theme,
)
from pb.proposals.risk import Insurance, LiableParty, RiskKind, RiskLevel, RiskProfile
from pb.proposals.writing import Writing, WrittenLine
from pb.reviews.domain import CriterionAnswer, Decision, Mark, NextStep, Verdict
from pb.trials.moved_dates import MovedDates

DATA = Path(__file__).parent / "data"
ROUND_FILE, BALLOTS_FILE = DATA / "demo_round.json", DATA / "demo_ballots.json"

HIGHEST_COST = 20_000
LAST_DAY_TO_ASK = "2026-07-17"
PROMISED_RESULT = "2026-10-04"
FIRST_VERDICT, MERGED_ON = "2026-06-22", "2026-06-04"

WHO_CARES = {
    "residents": "Bewoners zorgen er samen voor.",
    "municipality": "De gemeente zorgt er later voor.",
    "shared": "Bewoners en gemeente zorgen er samen voor.",
    "none": "Er is geen onderhoud nodig.",
}
WHO_BUILDS = {
    "residents": "Wij doen het zelf.",
    "municipality": "De gemeente voert het uit. Wij denken mee.",
    "together": "Wij doen het samen met de gemeente.",
}
INSURED = {
    "municipality": (LiableParty.MUNICIPALITY, Insurance.MUNICIPALITY),
    "owner_with_volunteer_insurance": (LiableParty.OWNER, Insurance.VOLUNTEERS),
    "owner_with_own_insurance": (LiableParty.OWNER, Insurance.OWN),
}
# What a reviewer found per criterion: the file has the answers, and not the facts behind them.
FOUND = {
    "public_ground": "Iedereen mag er komen en de gemeente is de eigenaar.",
    "cost_range": "De kosten liggen tussen het minimum en het maximum.",
    "maintenance": "Het onderhoud blijft onder het maximum.",
    "theme_fit": "Het past bij het gekozen thema.",
    "competence": "De gemeente beslist hier zelf over.",
    "legal": "Er is geen wet die dit verbiedt.",
    "technical": "De plek is geschikt.",
    "not_already_planned": "De gemeente had hier zelf geen plan voor.",
    "no_profit": "Niemand verdient hieraan.",
    "on_time": "Het kan op tijd klaar zijn.",
    "open_to_all": "Iedereen uit de wijk mag meedoen of heeft er iets aan.",
}
# A criterion that the file calls not needed: another one had decided already.
NO_OBJECTION = "Op dit punt zag de adviseur geen bezwaar."
WITH_A_CHANGE = "Dit kan met een aanpassing van het plan."
THE_REASON = "Hierom is het plan niet haalbaar."
# The file tells no words for these; they are invented here, as everything is.
COST_REASON = "De adviseur rekende de prijzen na, met btw en onvoorzien."
# What the owner agreed to change in the review; see the adaptation in the file.
SENT_AS = {
    "P06": {
        "vijf toestellen": "zeven toestellen",
        "Vijf beweegtoestellen": "Zeven beweegtoestellen",
    }
}
WIDER = "Ruimere opzet, eerste schatting"
ROUGH = "Schatting van de planeigenaar"
FIRST_ADVICE = "U kunt om herziening vragen. Dan kijkt een andere adviseur naar uw plan."
REQUESTS = {
    "P14": "De trappen kunnen ook vast aan de bovenkant. Dan raken zij de muur niet.",
    "P20": "De fontein kan kleiner. Dan is er minder stroom nodig.",
}
REACH = "Via de balie van Buurthuis De Brug"
HAND_IN, MEETING_ROOM = "Op papier inleveren", "meeting_room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A plan that goes on inside another one. ``into``: its id in the file."""

    into: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconsidered:
    """An owner's request for a second look, and the answer.

    first_reason, first_at: the first verdict, where the file has only the later one.
    """

    request: str
    asked_at: datetime
    granted: bool
    explanation: str
    decided_at: datetime
    first_reason: str
    first_at: datetime

    @property
    def first(self) -> Decision:
        """Return the first verdict on a plan that became feasible after the second look."""
        return Decision(
            verdict=Verdict.NOT_FEASIBLE,
            reason=self.first_reason,
            advice=FIRST_ADVICE,
            next_step=NextStep.HELP_FOR_NEXT_ROUND,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What the municipality said of a plan. ``technical``: which of two reviewers said it.

    adaptation: what the owner was asked to agree with, and agreed with at ``adapted_at``.
    """

    answers: tuple[CriterionAnswer, ...]
    decision: Decision
    at: datetime
    technical: bool
    adaptation: str
    adapted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplePlan:
    """One plan of the file. ``reviewed_…``: what stood on the ballot list."""

    id: str
    submitted_at: datetime
    writing: Writing
    titles: Mapping[str, str]
    reviewed_cost: Cents
    reviewed_summary: str
    lot_number: int | None
    review: Reviewed
    risk: RiskProfile | None
    merge: Merge | None
    reconsidered: Reconsidered | None

    @property
    def number(self) -> int:
        """Return the number that the plan has in the file."""
        return int(self.id[1:])


class Ganzerik:
    """The file, with every date moved so that ``as_of`` in it falls on another day."""

    def __init__(self, dates: MovedDates) -> None:
        self.dates = dates
        self.data: dict[str, Any] = json.loads(ROUND_FILE.read_text(encoding="utf-8"))

    def framework(self, addition: str = "") -> Framework:
        """Return the framework; ``addition`` comes behind the title, to tell rounds apart."""
        data, kept, voting = self.data, self.data["framework"], self.data["voting"]
        told = self.data["round"]
        help_by, walk_in = data["help_offers"][:2]
        return Framework(
            title=f"Buurtbudget {data['neighbourhood']['name']} {self.year}{addition}",
            neighbourhood=data["neighbourhood"]["name"],
            council=data["neighbourhood"]["council_name"],
            why=told["why"],
            decision_power=DecisionPower.BINDING,
            decision_power_reason="",
            promise=Promise(
                text=told["promise"]["text"],
                signed_by=tuple(told["promise"]["signed_by"]),
                exceptions=tuple(told["promise"]["exceptions"]),
            ),
            preconditions=tuple(self._precondition(each) for each in data["preconditions"]),
            contact=Contact(
                name=help_by["role_label"],
                phone="0900-0000000",
                hours=help_by["availability"],
                email="buurtbudget@dorrewold.example",
            ),
            helpers=tuple(
                f"{each['role_label']}, met een vervanger"
                for each in data["help_offers"]
                if each["role"] != MEETING_ROOM
            ),
            total=euros(kept["total_budget_eur"]),
            areas=tuple(
                Area(
                    id=area["id"],
                    name=area["name"],
                    budget=euros(kept["area_budgets_eur"][area["id"]]),
                    whole=area["id"] == "A0",
                    description=area["description"],
                    eligible=area["eligible_voters"],
                )
                for area in data["areas"]
            ),
            themes=tuple(
                Theme(
                    id=theme["id"],
                    name=theme["name"],
                    ceiling=euros(theme["ceiling_eur"]),
                    icon=theme["icon"],
                    examples=theme["examples"],
                )
                for theme in data["themes"]
            ),
            min_cost=euros(kept["min_cost_eur"]),
            max_cost=euros(kept["max_cost_eur"]),
            upkeep_per_year=euros(kept["maintenance_max_municipality_eur_per_year"]),
            upkeep_years=kept["maintenance_municipality_max_years"],
            criteria=tuple(
                Criterion(
                    code=each["code"],
                    label=self.dates.text(each["label"], kept["sealed_on"]),
                    help=each["help"],
                )
                for each in kept["criteria"]
            ),
            who_may_propose=kept["who_may_submit"],
            who_may_not_propose=kept["who_may_not_submit"],
            who_may_vote=self.dates.text(voting["eligibility"]["rule"], kept["sealed_on"]),
            voting_age=voting["eligibility"]["min_age"],
            plans_per_owner=kept["max_proposals_per_owner"],
            offline_ways=(
                f"{walk_in['role_label']}: {walk_in['availability']}",
                *(f"{HAND_IN}: {point}" for point in voting["paper_return_points"]),
            ),
            desks=tuple(_desk(desk) for desk in voting["desks"]),
            dates=self._dates(),
            ballot=BallotRules(
                min_choices=voting["min_choices"], max_choices=voting["max_choices"]
            ),
            counting=Counting(leftover=kept["leftover_rule"]),
            languages=tuple(told["languages"]),
        )

    def _precondition(self, kept: dict[str, Any]) -> Precondition:
        return Precondition(
            code=kept["code"],
            label=kept["label"],
            answer=Answer(kept["answer"]),
            explanation=self.dates.text(kept["explanation"], kept["checked_on"]),
        )

    @property
    def year(self) -> int:
        """Return the year in which people vote."""
        return self.dates.day(self.data["voting"]["opens_at"]).year

    def _dates(self) -> Dates:
        steps = {step["state"]: step for step in self.data["round"]["timeline"]}
        voting, at = self.data["voting"], self.dates.at
        return Dates(
            proposals_open=at(steps["open_for_proposals"]["starts_on"], 9),
            proposals_close=at(steps["open_for_proposals"]["ends_on"], 23, 59),
            reconsideration_opens=at(steps["reconsideration"]["starts_on"], 9),
            reconsideration_closes=at(LAST_DAY_TO_ASK, 23, 59),
            voting_opens=at(voting["opens_at"], 9),
            voting_closes=at(voting["closes_at"], 20),
            result_by=at(PROMISED_RESULT, 20),
            completed_by=at(self.data["framework"]["completion_deadline"], 20),
        )

    @cached_property
    def plans(self) -> tuple[ExamplePlan, ...]:
        """Return the plans by number."""
        return tuple(self._plan(each) for each in self.data["proposals"])

    def _plan(self, kept: dict[str, Any]) -> ExamplePlan:
        reviewed_cost = kept["cost_reviewed_eur"] or kept["cost_submitted_eur"]
        return ExamplePlan(
            id=kept["id"],
            submitted_at=self.dates.at(kept["submitted_at"], 10, int(kept["id"][1:])),
            writing=self._writing(kept),
            titles=kept["title_translations"] or {},
            reviewed_cost=euros(reviewed_cost),
            reviewed_summary=kept["summary"],
            lot_number=kept["ballot_number"],
            review=self._review(kept, reviewed_cost),
            risk=_risk(kept["risk"]),
            merge=self._merge(kept),
            reconsidered=self._reconsidered(kept["id"]),
        )

    def _writing(self, kept: dict[str, Any]) -> Writing:
        upkeep = kept["maintenance"] or {}
        offers = [f"{offer[0].upper()}{offer[1:]}." for offer in kept["support"]["offers"]]
        return Writing(
            title=kept["title"],
            summary=_as_sent(kept, kept["summary"]),
            place=kept["place"],
            area_id=kept["area_id"],
            theme_id=kept["theme_id"],
            lines=tuple(_first_estimate(kept)),
            upkeep=str(upkeep.get("municipality_eur_per_year", "")),
            own_part=" ".join([*filter(None, [WHO_BUILDS.get(kept["executed_by"])]), *offers]),
            care=WHO_CARES.get(upkeep.get("done_by", ""), ""),
            pseudonym=kept["owner"]["pseudonym"],
            reach=REACH,
            under_16=kept["owner"]["guardian_consent"] is not None,
            guardian_consent=bool(kept["owner"]["guardian_consent"]),
        )

    def _review(self, kept: dict[str, Any], reviewed_cost: int) -> Reviewed:
        review, helped = kept["review"], kept["help"] or {}
        said_on, is_no = review["decided_on"], review["verdict"] == "not_feasible"
        adaptation = {} if self._takes_in_another(kept["id"]) else review["adaptation"] or {}
        by_agreement = review["adaptation"] or review["verdict"] == "merged"
        differs = not by_agreement and reviewed_cost != kept["cost_submitted_eur"]
        return Reviewed(
            answers=tuple(
                _answer(code, written, yes_if=code == _adapted(kept, adaptation))
                for code, written in review["criteria"].items()
            ),
            decision=Decision(
                verdict=Verdict.NOT_FEASIBLE if is_no else Verdict.FEASIBLE,
                reason=self.dates.text(review["reason"], said_on),
                advice=self.dates.text(review["advice"] or helped.get("given") or "", said_on),
                next_step=NextStep(review["next_step"]) if is_no else None,
                cost=euros(reviewed_cost) if differs else None,
                cost_reason=COST_REASON if differs else "",
            ),
            at=self.dates.at(said_on, 15),
            technical=_is_technical(review["reviewer_roles"]),
            adaptation=adaptation.get("text", ""),
            adapted_at=(
                self.dates.at(adaptation["accepted_by_owner_on"], 12) if adaptation else None
            ),
        )

    def _takes_in_another(self, plan_id: str) -> bool:
        return any(each["review"]["merged_into"] == plan_id for each in self.data["proposals"])

    def _merge(self, kept: dict[str, Any]) -> Merge | None:
        review = kept["review"]
        if review["merged_into"] is None:
            return None
        note = f"{review['reason']} {review['advice']}"
        return Merge(into=review["merged_into"], note=note, at=self.dates.at(MERGED_ON, 12))

    def _reconsidered(self, plan_id: str) -> Reconsidered | None:
        for kept in self.data["reconsiderations"]:
            if kept["proposal_id"] == plan_id:
                granted = kept["outcome"] == "granted"
                return Reconsidered(
                    request=REQUESTS[plan_id],
                    asked_at=self.dates.at(kept["requested_on"], 11),
                    granted=granted,
                    explanation=self.dates.text(kept["explanation"], kept["decided_on"]),
                    decided_at=self.dates.at(kept["decided_on"], 15),
                    first_reason=kept["first_reason"] if granted else "",
                    first_at=self.dates.at(FIRST_VERDICT, 15),
                )
        return None

    def used_letters(self, area_id: str) -> int:
        """Return how many valid ballots came from an area: used codes less invalid papers.

        The file says how many codes each area used (812) and not from which area the 9 invalid
        papers came; they are taken evenly off the three areas.
        """
        used = {each["area_id"]: each["used"] for each in self.data["turnout"]["by_area"]}
        invalid: int = self.data["turnout"]["paper_invalid"]
        share: int = used[area_id] - invalid // len(used)
        return share

    def ballots(self) -> Iterator[tuple[int, ...]]:
        """Yield the 803 valid ballots as plan numbers; their order in the file is no order."""
        kept = json.loads(BALLOTS_FILE.read_text(encoding="utf-8"))
        for ballot in kept["ballots"]:
            yield tuple(sorted(int(choice[1:]) for choice in ballot["choices"]))


def _desk(desk: Mapping[str, Any]) -> Desk:
    begin, end = (desk[key].replace(":", ".") for key in ("from_time", "to_time"))
    return Desk(
        place=desk["place"],
        when=f"{desk['day']} {begin} tot {end} uur",
        languages=tuple(desk["languages"]),
    )


def _adapted(kept: dict[str, Any], adaptation: Mapping[str, str]) -> str:
    """Return the criterion that an adaptation was needed for; the file does not say which."""
    if not adaptation:
        return ""
    return "cost_range" if kept["cost_submitted_eur"] > HIGHEST_COST else "technical"


def _answer(code: str, written: str, *, yes_if: bool) -> CriterionAnswer:
    if written == "no":
        return CriterionAnswer(code, Mark.NO, THE_REASON)
    if yes_if:
        return CriterionAnswer(code, Mark.YES_IF, WITH_A_CHANGE)
    return CriterionAnswer(code, Mark.YES, NO_OBJECTION if written == "not_needed" else FOUND[code])


def _risk(kept: Mapping[str, str] | None) -> RiskProfile | None:
    """Return the risk card of a plan; the file has one for every plan on the ballot."""
    if kept is None:
        return None
    liable, insurance = INSURED[kept["liable_party"]]
    return RiskProfile(
        kind=RiskKind(kept["type"]),
        level=RiskLevel(kept["level"]),
        liable=liable,
        insurance=insurance,
        note=kept["note"],
    )


def _is_technical(roles: list[str]) -> bool:
    """Tell which of the two reviewers of the demonstration looks at it."""
    words = ("water", "safety", "traffic", "lighting", "legal", "business")
    return any(word in roles[0] for word in words)


def _as_sent(kept: dict[str, Any], text: str) -> str:
    """Return a text of a plan as its owner first sent it: the file has the reviewed one."""
    for reviewed, sent in SENT_AS.get(kept["id"], {}).items():
        text = text.replace(reviewed, sent)
    return text


def _first_estimate(kept: dict[str, Any]) -> Iterator[WrittenLine]:
    """Yield the cost lines as the owner first sent them: their sum is the cost as sent.

    The file has the lines of the reviewed plan. What was cheaper at first lacks the last
    lines; what was dearer has a line more, or a line that was dearer.
    """
    left = kept["cost_submitted_eur"]
    more = left - sum(line["amount_eur"] for line in kept["cost_lines"])
    for line in kept["cost_lines"]:
        label = _as_sent(kept, line["label"])
        amount = min(left, line["amount_eur"] + (more if label != line["label"] else 0))
        if amount:
            yield WrittenLine(label, str(amount))
        left -= amount
    if left:
        yield WrittenLine(WIDER if kept["cost_lines"] else ROUGH, str(left))
