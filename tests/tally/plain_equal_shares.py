"""Equal shares written down as plainly as can be, one voter at a time, to check the engine."""

from fractions import Fraction

from pb.tally.election import Election, count_votes, named_on
from pb.tally.ties import Criterion, TieOrder


def bought_at(election: Election, share: Fraction, criteria: tuple[Criterion, ...]) -> list[str]:
    """Return what is bought, in order, when every voter starts with a share (in cents)."""
    votes = count_votes(election)
    order = TieOrder(criteria, election.projects, votes)
    voters = [named_on(ballot) for ballot, times in election.ballots.items() for _ in range(times)]
    money = [share] * len(voters)
    left = [p for p in election.projects if votes[p.id] and 0 < p.cost <= election.budget]
    bought = []
    while True:
        offers = []
        for project in left:
            supporters = [i for i, named in enumerate(voters) if project.id in named]
            payment = highest_payment(project.cost, [money[i] for i in supporters])
            if payment is not None:
                price = payment / project.cost
                offers.append((price, order.rank(project), project, payment, supporters))
        if not offers:
            return bought
        _, _, project, payment, supporters = min(offers, key=lambda offer: offer[:2])
        for i in supporters:
            money[i] -= min(money[i], payment)
        left.remove(project)
        bought.append(project.id)


def highest_payment(cost: int, purses: list[Fraction]) -> Fraction | None:
    """Return the least q for which the sum of min(purse, q) is the cost, or None."""
    rest = Fraction(cost)
    for position, purse in enumerate(sorted(purses)):
        equal = rest / (len(purses) - position)
        if equal <= purse:
            return equal
        rest -= purse
    return None


def raised(election: Election, criteria: tuple[Criterion, ...], increment: int) -> list[str]:
    """Return what is bought when the shares are raised until nothing more fits."""
    votes = count_votes(election)
    costs = {project.id: project.cost for project in election.projects}
    supported = {p.id for p in election.projects if votes[p.id] and 0 < p.cost <= election.budget}
    share = Fraction(election.budget, election.voters)
    last: list[str] = []
    while True:
        bought = bought_at(election, share, criteria)
        left = election.budget - sum(costs[name] for name in bought)
        if left < 0:
            return last
        if all(costs[name] > left for name in supported - set(bought)):
            return bought
        last = bought
        share += increment
