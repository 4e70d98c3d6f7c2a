"""A round whose ballot list is published, whose letters are made, and whose box stands ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pb.accounts.domain import Role
from pb.ballots import service as ballots
from pb.frameworks.domain import Framework
from pb.proposals import service as proposals
from pb.proposals.writing import Writing, WrittenLine
from pb.reviews import service as reviews
from pb.reviews.domain import CriterionAnswer, Decision, Mark, Verdict
from pb.tokens import service as tokens
from pb.tokens.domain import Printable
from pb.tokens.order import LetterOrder
from tests.builders import DATES, a_framework, a_round, an_actor, prove
from tests.ceremonies import hold_ceremony
from tests.replayed import replayed

SLUG = "proef"
LISTED = DATES.reconsideration_closes + timedelta(days=1)
TITLES = ("Bankjes", "Bomen", "Speelplek", "Bloemen", "Glijbaan")
LETTERS = (("A1", 12), ("A2", 12))


@dataclass(frozen=True)
class VotingRound:
    """The round and the letters that were printed for it. links: private, by plan number."""

    slug: str
    printables: Sequence[Printable]
    links: Mapping[int, str] = field(default_factory=dict)

    @property
    def codes(self) -> list[str]:
        return [each.code.grouped() for each in self.printables]


def a_listed_round(slug: str = SLUG, *, framework: Framework | None = None) -> str:
    """A round whose ballot list is published."""
    return replayed(_list_a_round, slug, framework)


def _list_a_round(slug: str, framework: Framework | None) -> str:
    _list_plans(slug, framework)
    return slug


def _list_plans(slug: str, framework: Framework | None) -> dict[int, str]:
    """Bring a round up to its ballot list; return the private links by plan number."""
    a_round(slug, framework=framework)
    rules = framework or a_framework()
    links = {
        number: _send(slug, title, theme="T2" if number % 2 else "T1", euros=1_000 * number)
        for number, title in enumerate(TITLES, start=1)
    }
    reviewer, reviewed = an_actor(Role.REVIEWER, staff_id=3), DATES.proposals_close
    answers = tuple(CriterionAnswer(criterion=each.code, mark=Mark.YES) for each in rules.criteria)
    decision = Decision(verdict=Verdict.FEASIBLE, reason="Het past.")
    for number in range(1, len(TITLES) + 1):
        reviews.assess(slug, number, answers, by=reviewer, now=reviewed)
        reviews.decide(slug, number, decision, by=reviewer, now=reviewed)
    lots = {number: number for number in range(1, len(TITLES) + 1)}
    prove(slug, now=LISTED)
    reviews.publish_ballot_list(slug, by=an_actor(), now=LISTED, lots=lots)
    return links


def letters_for(slug: str, letters=LETTERS, *, spare_permille: int = 0) -> Sequence[Printable]:
    """The letters that two people ordered, with their codes; after the key ceremony."""
    order = LetterOrder(letters=letters, spare_permille=spare_permille)
    tokens.propose(slug, order, by=an_actor(), now=LISTED)
    tokens.confirm(slug, by=an_actor(staff_id=2), now=LISTED)
    hold_ceremony(slug, LISTED)
    return tokens.mint(slug, by=an_actor(), now=LISTED).printables


def a_voting_round(
    slug: str = SLUG, *, framework: Framework | None = None, spare_permille: int = 0
) -> VotingRound:
    """A round that the clock opens for voting: move it to ``DATES.voting_opens``."""
    return replayed(prepare_a_voting, slug, framework, spare_permille)


def prepare_a_voting(
    slug: str = SLUG, framework: Framework | None = None, spare_permille: int = 0
) -> VotingRound:
    """The same, through the services every time: for who listens to what they say."""
    links = _list_plans(slug, framework)
    printables = letters_for(slug, spare_permille=spare_permille)
    ballots.prepare(slug, by=an_actor(), now=LISTED)
    return VotingRound(slug, printables, links)


def _send(slug: str, title: str, *, theme: str, euros: int) -> str:
    now = DATES.proposals_open
    secret = proposals.start_draft(slug, now=now)
    writing = Writing(
        title=title,
        summary=f"{title} voor de buurt.",
        situation="Nu is er niets.",
        place="Bij het plein",
        area_id="A1",
        theme_id=theme,
        lines=(WrittenLine("Alles", str(euros)),),
        upkeep="100",
        own_part="Wij helpen mee.",
        care="De buurt zorgt ervoor.",
        pseudonym="Een buur",
        reach="buur@voorbeeld.example",
    )
    proposals.save_draft(slug, secret, writing, now=now)
    proposals.send(slug, secret, now=now)
    return secret
