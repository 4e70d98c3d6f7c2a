"""One round of De Ganzerik, brought along act by act through the services.

Every act happens at its own moment, as the people of the example did it; acts of today and
later are left to whoever looks around.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from flask import Flask

from pb.accounts.actor import Actor
from pb.ballots import service as ballots
from pb.ballots.domain import BallotContent
from pb.frameworks import service as frameworks
from pb.proposals import moderation
from pb.proposals import service as proposals
from pb.proposals.ballot_list import proof_of
from pb.results import service as results
from pb.reviews import offers, second_look, sign_off
from pb.reviews import service as reviews
from pb.reviews.domain import Adaptation, CriterionAnswer, Mark
from pb.rounds import service as rounds
from pb.tokens import service as tokens
from pb.tokens.domain import Printable
from pb.tokens.order import LetterOrder
from pb.trials.casting import cast_all
from pb.trials.ganzerik import ExamplePlan, Ganzerik
from pb.trials.officers import Officers, make_keys

SPARE_PERMILLE = 30
STATEMENT = (
    "De wijkraad dankt alle 803 stemmers en alle planeigenaren. Dit is de uitslag. "
    "Staat uw plan er niet bij? Wij bellen u deze week over een volgende stap."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who acts in the rounds of the demonstration; every act that asks for two gets two."""

    manager: Actor
    colleague: Actor
    neighbourhood_reviewer: Actor
    technical_reviewer: Actor
    counter: Actor
    council: Actor

    def reviewer(self, *, technical: bool) -> Actor:
        """Return who reviews plans of one of the two sorts."""
        return self.technical_reviewer if technical else self.neighbourhood_reviewer


@dataclass(slots=True)
class Story:
    """A round on its way. until: acts before this moment are done, later ones are not.

    officers: who hold the keys, once there are letters.
    links, numbers: per plan id of the file, the private link and the number in this round.
    """

    slug: str
    example: Ganzerik
    staff: Staff
    until: datetime
    links: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    printables: list[Printable] = field(default_factory=list, repr=False)
    officers: Officers = field(default_factory=lambda: Officers({}), repr=False)

    @property
    def plans(self) -> list[ExamplePlan]:
        """Return the plans that were sent before ``until``."""
        return [plan for plan in self.example.plans if plan.submitted_at < self.until]

    def announce(self, addition: str = "") -> None:
        """Write the framework, let two people seal it, and make it known."""
        at, staff = self.example.dates.at, self.staff
        framework = self.example.framework(addition)
        rounds.create(self.slug, framework, by=staff.manager, now=at("2026-03-03"))
        frameworks.sign(self.slug, by=staff.manager, now=at("2026-03-13"))
        frameworks.sign(self.slug, by=staff.colleague, now=at("2026-03-16", 9))
        rounds.announce(self.slug, by=staff.manager, now=at("2026-03-16", 11))

    def send_plans(self) -> None:
        """Send the plans by number, each at its own moment, and translate their names."""
        for plan in self.plans:
            moment = plan.submitted_at
            secret = proposals.start_draft(self.slug, now=moment)
            proposals.save_draft(self.slug, secret, plan.writing, now=moment)
            number = proposals.send(self.slug, secret, now=moment).number
            self.links[plan.id], self.numbers[plan.id] = secret, number
            if plan.titles:
                moderation.set_titles(
                    self.slug, number, plan.titles, by=self.staff.manager, now=moment
                )

    def review(self) -> None:
        """Give the verdicts in the order of their days."""
        acts: list[tuple[datetime, Callable[[ExamplePlan, datetime], None], ExamplePlan]] = []
        for plan in self.plans:
            if plan.merge:
                acts.append((plan.merge.at, self._merge, plan))
            elif plan.reconsidered and plan.reconsidered.granted:
                acts.append((plan.reconsidered.first_at, self._say_no_at_first, plan))
            elif plan.review.adapted_at:
                offered_at = plan.review.adapted_at - timedelta(days=2)
                acts.append((offered_at, self._offer, plan))
                acts.append((plan.review.adapted_at, self._accept, plan))
            else:
                acts.append((plan.review.at, self._decide, plan))
        for moment, act, plan in sorted(acts, key=lambda each: (each[0], each[2].number)):
            if moment < self.until:
                act(plan, moment)

    def _decide(self, plan: ExamplePlan, moment: datetime) -> None:
        number, reviewer = self.numbers[plan.id], self._reviewer(plan)
        reviews.assess(self.slug, number, plan.review.answers, by=reviewer, now=moment)
        reviews.decide(self.slug, number, plan.review.decision, by=reviewer, now=moment)

    def _say_no_at_first(self, plan: ExamplePlan, moment: datetime) -> None:
        number, reviewer = self.numbers[plan.id], self._reviewer(plan)
        if plan.reconsidered is None:
            return
        refusal = CriterionAnswer("technical", Mark.NO, plan.reconsidered.first_reason)
        answers = tuple(
            refusal if each.criterion == refusal.criterion else each for each in plan.review.answers
        )
        reviews.assess(self.slug, number, answers, by=reviewer, now=moment)
        reviews.decide(self.slug, number, plan.reconsidered.first, by=reviewer, now=moment)

    def _offer(self, plan: ExamplePlan, moment: datetime) -> None:
        number, reviewer = self.numbers[plan.id], self._reviewer(plan)
        reviews.assess(self.slug, number, plan.review.answers, by=reviewer, now=moment)
        offers.offer(
            self.slug, number, _as_reviewed(plan), note=plan.review.adaptation,
            by=reviewer, now=moment,
        )  # fmt: skip

    def _accept(self, plan: ExamplePlan, moment: datetime) -> None:
        link = self.links[plan.id]
        offer = offers.find_offer(self.slug, link)
        offers.answer_offer(self.slug, link, offer.sequence, accepted=True, now=moment)

    def _merge(self, plan: ExamplePlan, moment: datetime) -> None:
        if plan.merge is None:
            return
        into = next(each for each in self.plans if each.id == plan.merge.into)
        offers.offer_merge(
            self.slug, self.numbers[plan.id], self.numbers[into.id], _as_reviewed(into),
            note=plan.merge.note, by=self._reviewer(plan), now=moment - timedelta(days=2),
        )  # fmt: skip
        for each in (plan, into):
            self._accept(each, moment)

    def _reviewer(self, plan: ExamplePlan) -> Actor:
        return self.staff.reviewer(technical=plan.review.technical)

    def look_again(self) -> None:
        """Let owners ask for a second look, and another reviewer decide."""
        for plan in self.plans:
            again = plan.reconsidered
            if again is None:
                continue
            second = self.staff.reviewer(technical=not plan.review.technical)
            second_look.ask(self.slug, self.links[plan.id], again.request, now=again.asked_at)
            second_look.decide(
                self.slug, self.numbers[plan.id], granted=again.granted,
                explanation=again.explanation, by=second, now=again.decided_at,
            )  # fmt: skip

    def prove(self) -> None:
        """Fill in the risk cards, and let owners find right what the ballot will say."""
        at = self.example.dates.at
        for plan in self.plans:
            number = self.numbers[plan.id]
            if plan.lot_number is None or plan.risk is None:
                continue
            reviewer = self._reviewer(plan)
            reviews.fill_risk_card(
                self.slug, number, plan.risk, by=reviewer, now=at("2026-07-16", 17)
            )
            proof = proof_of(proposals.get(self.slug, number))
            sign_off.sign(self.slug, self.links[plan.id], proof, now=at("2026-07-17"))

    def publish_list(self) -> None:
        """Freeze the ballot list in the order of the lot that the file tells."""
        lots = {self.numbers[plan.id]: plan.lot_number for plan in self.plans if plan.lot_number}
        reviews.publish_ballot_list(
            self.slug, lots=lots, by=self.staff.manager, now=self.example.dates.at("2026-07-20")
        )

    def make_letters(self, show: Callable[[int, int], None]) -> None:
        """Make a code for every person who may vote, spares too, and set up the ballot box."""
        at, staff = self.example.dates.at, self.staff
        areas = [area for area in self.example.framework().areas if not area.whole]
        order = LetterOrder(
            letters=tuple(sorted((area.id, area.eligible) for area in areas)),
            spare_permille=SPARE_PERMILLE,
        )
        tokens.propose(self.slug, order, by=staff.manager, now=at("2026-08-17"))
        tokens.confirm(self.slug, by=staff.colleague, now=at("2026-08-18"))
        self.officers = make_keys(self.slug, by=staff.counter, now=at("2026-08-18", 14))
        minting = tokens.mint(self.slug, by=staff.manager, now=at("2026-08-19"), progress=show)
        self.printables = minting.printables
        ballots.prepare(self.slug, by=staff.manager, now=at("2026-08-31"))

    def letters_of(self, area_id: str) -> list[Printable]:
        """Return the letters that residents of an area got; never a spare one."""
        start = 0
        for area in sorted(self.example.framework().areas, key=lambda area: area.id):
            if area.whole:
                continue
            if area.id == area_id:
                return self.printables[start : start + area.eligible]
            start += area.eligible
        return []

    def cast(self, app: Flask, show: Callable[[int], None], at_most: int | None = None) -> int:
        """Cast ballots of the file with letters from the three areas; return how many.

        Paper and desk ballots go the same way for now. No letter knows which ballot of the
        file it will get: the ballots of the file have no area.
        """
        letters: list[Printable] = []
        for area in self.example.framework().areas:
            if not area.whole:
                used = self.example.used_letters(area.id)
                letters += islice(reversed(self.letters_of(area.id)), used)
        contents = (BallotContent(choices) for choices in self.example.ballots())
        waiting = islice(zip(_mixed(letters), contents, strict=False), at_most)
        opens = self.example.framework().dates.voting_opens
        return cast_all(app, self.slug, waiting, now=opens + timedelta(hours=1), progress=show)

    def count(self) -> None:
        """Let two people count, and the council publish."""
        at, staff = self.example.dates.at, self.staff
        results.propose(self.slug, by=staff.counter, now=at("2026-09-29", 19))
        typed = self.officers.pair()
        results.confirm(self.slug, typed, by=staff.manager, now=at("2026-09-29", 19, 5))
        results.publish(self.slug, STATEMENT, by=staff.council, now=at("2026-10-02"))


def _as_reviewed(plan: ExamplePlan) -> Adaptation:
    return Adaptation(
        title=plan.writing.title,
        summary=plan.reviewed_summary,
        place=plan.writing.place,
        cost=plan.reviewed_cost,
    )


def _mixed(letters: Sequence[Printable]) -> list[Printable]:
    """Return letters of all areas in turn, so that some ballots come from each."""
    step = 7  # No divisor of 803, so every letter comes once.
    return [letters[place * step % len(letters)] for place in range(len(letters))]
