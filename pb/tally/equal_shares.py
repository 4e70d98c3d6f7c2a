"""The Method of Equal Shares: one run, with a given share of the budget for every voter.

Source: Peters, Pierczynski and Skowron, "Proportional Participatory Budgeting with Additive
Utilities", NeurIPS 2021 (arXiv:2008.13276), with the cost as utility; the yardstick of the rules,
section 2.3. Theme ceilings are an extension of this project.

All money is exact. During a run every voter's money is a whole number of parts of a cent: after
each purchase the parts are made finer, so that each payment is a whole number as well.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from pb.tally.election import Election, Project, named_on
from pb.tally.pots import Pots
from pb.tally.ties import Stage, Tie, TieOrder


@dataclass(frozen=True, slots=True)
class Electorate:
    """The voters, in groups that chose the same candidates.

    sizes: the number of voters of each group.
    groups_for: project id -> the groups whose voters chose it (positions in ``sizes``).
    votes: project id -> the number of voters who chose it.
    """

    sizes: tuple[int, ...]
    groups_for: Mapping[str, tuple[int, ...]]
    votes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Purchase:
    """A project that its supporters pay for; the most that one of them pays, in cents."""

    project: Project
    highest_payment: Fraction


class Purses:
    """What each voter of each group has left, as a whole number of parts of a cent."""

    def __init__(self, electorate: Electorate, endowment: Fraction) -> None:
        """Give every voter the same share."""
        self._electorate = electorate
        self._parts_per_cent = endowment.denominator
        self._money = [endowment.numerator] * len(electorate.sizes)

    def price(self, project: Project) -> Fraction | None:
        """Return what a full payer gives per cent of the cost, or None when it is too dear."""
        payment = self._highest_payment(project)
        if payment is None:
            return None
        total, payers = payment
        return Fraction(total, payers * project.cost * self._parts_per_cent)

    def pay(self, project: Project) -> None:
        """Let the supporters of a project pay for it, all the same or all that they have."""
        payment = self._highest_payment(project)
        if payment is None:
            raise AssertionError("a project was bought that its supporters cannot pay for")
        total, payers = payment
        common = gcd(total, payers)
        finer, share = payers // common, total // common
        if finer > 1:
            self._parts_per_cent *= finer
            self._money = [money * finer for money in self._money]
        for group in self._electorate.groups_for[project.id]:
            self._money[group] = max(0, self._money[group] - share)

    def left_for(self, project: Project) -> Fraction:
        """Return what the supporters of a project together have left, in cents."""
        sizes = self._electorate.sizes
        groups = self._electorate.groups_for[project.id]
        parts = sum(self._money[group] * sizes[group] for group in groups)
        return Fraction(parts, self._parts_per_cent)

    def _highest_payment(self, project: Project) -> tuple[int, int] | None:
        """Return the most that a supporter pays, as a fraction in parts of a cent.

        Everyone pays the same, except those who have less: they pay all they have. We start as if
        all could pay the same. Those who cannot, pay all they have, which makes it dearer for
        the others, and so on until all who are left can pay.
        Returns (total, payers): each of the ``payers`` who pay in full pays total / payers.
        None when the supporters together have less than the cost.
        """
        money, sizes = self._money, self._electorate.sizes
        total = project.cost * self._parts_per_cent
        able = [
            (money[group], sizes[group])
            for group in self._electorate.groups_for[project.id]
            if money[group]
        ]
        while able:
            payers = sum(size for _, size in able)
            share = -(-total // payers)  # Whoever has less than the rounded share has too little.
            still_able = [purse for purse in able if purse[0] >= share]
            if len(still_able) == len(able):
                return total, payers
            total -= sum(left * size for left, size in able if left < share)
            able = still_able
        return None


@dataclass(frozen=True, slots=True)
class Run:
    """What one run bought, in order, and what the voters have left.

    is_complete: False when the run was cut off because it spent more than the budget.
    """

    purchases: tuple[Purchase, ...]
    ties: tuple[Tie, ...]
    purses: Purses
    is_complete: bool

    @property
    def bought(self) -> set[str]:
        """The ids of the projects that were bought."""
        return {purchase.project.id for purchase in self.purchases}


def electorate_for(election: Election, candidates: Iterable[Project]) -> Electorate:
    """Group the voters by which of the candidates they chose. Points and ranks do not count."""
    running = {project.id for project in candidates}
    grouped: Counter[tuple[str, ...]] = Counter()
    for ballot, voters in election.ballots.items():
        if chosen := tuple(sorted(running.intersection(named_on(ballot)))):
            grouped[chosen] += voters
    groups_for: defaultdict[str, list[int]] = defaultdict(list)
    votes: Counter[str] = Counter()
    sizes = []
    for position, (chosen, voters) in enumerate(sorted(grouped.items())):
        sizes.append(voters)
        for name in chosen:
            groups_for[name].append(position)
            votes[name] += voters
    return Electorate(
        tuple(sizes), {name: tuple(groups) for name, groups in groups_for.items()}, dict(votes)
    )


def run_once(
    electorate: Electorate,
    candidates: Sequence[Project],
    endowment: Fraction,
    pots: Pots,
    tie_order: TieOrder,
) -> Run:
    """Buy projects with the shares of their supporters until no supporters can pay for one.

    candidates: projects with a cost above zero and at least one supporter.
    endowment: the share of each voter, in cents.
    pots: is used up. A project that does not fit its ceilings is not bought. The run is cut off
        once the pool is overspent.
    """
    purses = Purses(electorate, endowment)
    # A project can never cost a voter less per cent of its cost than when all pay the same, and
    # it only gets dearer as voters run out of money. So the last known price is a lower bound.
    waiting = [
        (Fraction(1, electorate.votes[project.id]), tie_order.rank(project), project)
        for project in candidates
    ]
    heapq.heapify(waiting)
    purchases: list[Purchase] = []
    ties: list[Tie] = []
    while pots.pool >= 0 and (cheapest := _take_cheapest(waiting, purses, pots)):
        price, tied = cheapest
        ordered = tie_order.in_order(tied)
        if len(ordered) > 1:
            names = tuple(project.id for project in ordered)
            criterion = tie_order.criterion_for_first(ordered)
            ties.append(Tie(stage=Stage.EQUAL_SHARES, tied=names, criterion=criterion))
        for loser in ordered[1:]:
            heapq.heappush(waiting, (price, tie_order.rank(loser), loser))
        winner = ordered[0]
        purses.pay(winner)
        pots.spend(winner)
        purchases.append(Purchase(winner, price * winner.cost))
    return Run(tuple(purchases), tuple(ties), purses, is_complete=pots.pool >= 0)


_Waiting = list[tuple[Fraction, int, Project]]


def _take_cheapest(
    waiting: _Waiting, purses: Purses, pots: Pots
) -> tuple[Fraction, list[Project]] | None:
    """Take from the heap all projects that share the lowest exact price, and return them.

    The price is what each full payer gives per cent of the cost (rho in the paper). Projects that
    cannot be bought any more are dropped; others go back with the price that is now known.
    """
    known: _Waiting = []
    lowest: Fraction | None = None
    while waiting and (lowest is None or waiting[0][0] <= lowest):
        _, rank, project = heapq.heappop(waiting)
        price = purses.price(project) if pots.allows(project) else None
        if price is not None:
            known.append((price, rank, project))
            lowest = price if lowest is None else min(lowest, price)
    if lowest is None:
        return None
    tied = []
    for entry in known:
        if entry[0] == lowest:
            tied.append(entry[2])
        else:
            heapq.heappush(waiting, entry)
    return lowest, tied
