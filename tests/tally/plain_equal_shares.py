"""Equal shares written down as plainly as can be, one voter at a time, to check the engine.

From the yardstick of the rules, section 2.3, and docs/result-file.md. All money is a Fraction of
cents; nothing is grouped, kept or guessed. Beside the values that go in, nothing is shared with
the engine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pb.tally.election import Project

#: What each voter pays per unit of the payment for what he or she supports: project id -> weight.
Voter = dict[str, int]


@dataclass
class Purchase:
    """One round: who was bought, for which payment, and what everybody had before it."""

    project: Project
    payment: Fraction
    money: list[Fraction]
    runner_up: Project | None = None
    runner_up_payment: Fraction | None = None


@dataclass
class PlainRun:
    """One run. ties: (winner, rival) ids. money: of every voter at the end."""

    share: Fraction
    purchases: list[Purchase] = field(default_factory=list)
    ties: set[tuple[str, str]] = field(default_factory=set)
    money: list[Fraction] = field(default_factory=list)

    @property
    def bought(self) -> list[Project]:
        return [purchase.project for purchase in self.purchases]

    @property
    def cost(self) -> int:
        return sum(project.cost for project in self.bought)


def run(
    voters: Sequence[Voter],
    projects: Sequence[Project],
    share: Fraction,
    *,
    by_cost: bool,
    rank: Callable[[Project], object],
    fits: Callable[[Project, list[Project]], bool] = lambda project, bought: True,
) -> PlainRun:
    """Buy until nobody can pay for anything. fits: beside what is bought, under the limits."""
    found = PlainRun(share, money=[share] * len(voters))
    while True:
        offers = []
        for project in projects:
            if project in found.bought or not fits(project, found.bought):
                continue
            payment = lowest_payment(project, voters, found.money)
            if payment is not None:
                key = payment / project.cost if by_cost else payment
                offers.append((key, rank(project), project, payment))
        if not offers:
            return found
        offers.sort(key=lambda offer: offer[:2])
        key, _, project, payment = offers[0]
        found.ties |= {(project.id, other.id) for same, _, other, _ in offers[1:] if same == key}
        purchase = Purchase(project, payment, found.money)
        if len(offers) > 1:
            purchase.runner_up, purchase.runner_up_payment = offers[1][2:]
        found.purchases.append(purchase)
        found.money = [
            money - min(money, payment * voter.get(project.id, 0))
            for money, voter in zip(found.money, voters, strict=True)
        ]


def lowest_payment(
    project: Project, voters: Sequence[Voter], money: Sequence[Fraction]
) -> Fraction | None:
    """Return the least q for which the sum of min(money, q w) is the cost, or None."""
    purses = [
        (purse, voter[project.id])
        for purse, voter in zip(money, voters, strict=True)
        if voter.get(project.id)
    ]
    if not purses or sum(purse for purse, _ in purses) < project.cost:
        return None
    purses.sort(key=lambda each: each[0] / each[1])
    rest = Fraction(project.cost)
    for place, (purse, weight) in enumerate(purses):
        payment = rest / sum(weight for _, weight in purses[place:])
        if payment * weight <= purse:
            return payment
        rest -= purse
    raise AssertionError("supporters with enough money could not pay")


def level_of(
    project: Project, voters: Sequence[Voter], money: Sequence[Fraction]
) -> Fraction | None:
    """Return what each voter who does not support a project pays at most, in the epsilon step.

    None when all have too little together; 0 when supporters have enough by themselves.
    """
    if sum(money) < project.cost:
        return None
    mine = [bool(voter.get(project.id)) for voter in voters]
    short = project.cost - sum(purse for purse, is_mine in zip(money, mine, strict=True) if is_mine)
    if short <= 0:
        return Fraction(0)
    others = sorted(purse for purse, is_mine in zip(money, mine, strict=True) if not is_mine)
    for place, purse in enumerate(others):
        level = Fraction(short, len(others) - place)
        if level <= purse:
            return level
        short -= purse
    raise AssertionError("all with enough money could not pay")
