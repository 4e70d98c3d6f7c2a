"""What one ballot paid under equal shares, from the result alone.

Every voter begins with the same share. For each plan that was bought and that the ballot names,
the voter pays the payment of that plan, or what is left when that is less. These are the sums of
the count itself, so over all ballots they add up to the cost of each plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from pb.proposals.domain import label_of
from pb.results.domain import ListedBallot
from pb.tally.outcome import Decision, Outcome, Pass
from pb.tally.rules import Utility


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What the share of one voter went to. Exact, in cents.

    payments: plan id -> cents, in the order of purchase; only plans that the ballot names.
    """

    share: Fraction
    payments: Mapping[str, Fraction]

    @property
    def left(self) -> Fraction:
        """What is left of the share."""
        return self.share - sum(self.payments.values())


def weights_of(ballot: ListedBallot, outcome: Outcome) -> dict[str, int]:
    """Return by how much each plan on a ballot counts: plan id -> points, or 1.

    No framework weighs the places on a ranked ballot, so those count as 1.
    """
    names = [label_of(number) for number in ballot.choices]
    if outcome.rule.utility is Utility.POINTS and ballot.points:
        points = (given * outcome.points_scale for given in ballot.points)
        return dict(zip(names, points, strict=True))
    return dict.fromkeys(names, 1)


def paid(outcome: Outcome, weights: Mapping[str, int]) -> Paid | None:
    """Return what a ballot paid, or None when the outcome is not one of equal shares."""
    if outcome.endowment is None:
        return None
    left, payments = outcome.endowment, {}
    for step in outcome.steps:
        bought = step.pass_ is Pass.SHARES and step.decision is Decision.SELECTED
        if bought and step.payment is not None and weights.get(step.project):
            amount = min(left, step.payment * weights[step.project])
            payments[step.project] = amount
            left -= amount
    return Paid(share=outcome.endowment, payments=payments)
