"""The Method of Equal Shares: runs with a given share of the budget for every voter.

Source: Peters, Pierczynski and Skowron, "Proportional Participatory Budgeting with Additive
Utilities", NeurIPS 2021 (arXiv:2008.13276); the yardstick of the rules, section 2.3. Ceilings
are an extension of this project. Money is in cents.

**Exact, though most of it is done with floats.** A run keeps every group's money as a float
and, beside it, a bound on how far that float can be from the truth (``Run.error``). Each float
that decides something carries a bound of its own (``Offer.error``), built from: the error of the
money that went in; the error of adding n products of floats, at most n u / (1 - n u) times the
sum of their magnitudes whatever the order of adding, with u = 2**-53 (Higham, "Accuracy and
Stability of Numerical Algorithms", section 4.2; sizes and costs are whole numbers below 2**53);
and two more roundings. Every bound is widened by ``SAFETY`` to cover the rounding of the bounds
themselves. When two offers are further apart than their bounds, the floats decide; otherwise
they are computed exactly and compared as fractions (``Run.exact_offer``), and counted.

Exact values are cheap because money has a simple form: a group that could always pay in full
has b - sum(payments of what it chose and was bought), a group that once could not has nothing.
So a payment is (cost - b * P + sum(payment_k * P_k)) / R, where P, P_k and R are whole numbers of
voters: those without enough, those of them who paid k before, and those with enough.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pb.tally.adding import added, added_rows
from pb.tally.election import Project
from pb.tally.electorate import Electorate, Numbers, Places
from pb.tally.limits import Limits
from pb.tally.rules import Utility
from pb.tally.ties import TieOrder

ROUNDING = 2.0**-53
SAFETY = 1.0 + 2.0**-20
NEVER = np.iinfo(np.int32).max

#: The most steps towards a payment; it takes three as a rule, and never more than groups.
MOST_STEPS = 10_000


class Candidates:
    """Projects with a cost and a supporter, and for each who supports it.

    order: of the ties; the lowest rank is preferred.
    rows, sizes, weights: per candidate the groups that support it, their numbers of voters, and
        what they pay per unit of the payment (their points; None when everybody pays the same).
    """

    def __init__(
        self,
        electorate: Electorate,
        projects: Sequence[Project],
        places: Sequence[int],
        utility: Utility,
        order: TieOrder,
    ) -> None:
        """Keep those of the projects that somebody supports; ``places``: in the electorate."""
        self.utility = utility
        self.electorate = electorate
        rows = [electorate.groups[place] for place in places]
        weights: list[Numbers] | None = None
        if utility is Utility.POINTS and electorate.points is not None:
            given = [electorate.points[place] for place in places]
            rows = [rows[points > 0] for rows, points in zip(rows, given, strict=True)]
            weights = [points[points > 0] for points in given]
        kept = [number for number, each in enumerate(rows) if len(each)]
        self.projects = tuple(projects[number] for number in kept)
        self.ranks = [order.rank(project) for project in self.projects]
        self.costs = [project.cost for project in self.projects]
        self.rows = [rows[number] for number in kept]
        self.weights = weights and [weights[number] for number in kept]
        self.sizes = [electorate.sizes[rows] for rows in self.rows]
        self.support = [int(sizes.sum()) for sizes in self.sizes]
        self.loads = self.sizes
        if self.weights:
            self.loads = [s * w for s, w in zip(self.sizes, self.weights, strict=True)]
        self.load = [float(loads.sum()) for loads in self.loads]
        self.adding = [(len(rows) + 8) * ROUNDING * SAFETY for rows in self.rows]
        by_cost = utility is Utility.COST
        self.per_cost = [1.0 / cost if by_cost else 1.0 for cost in self.costs]
        # When all supporters have enough; nobody can ever pay less.
        self.lowest_payments = [
            cost / load * (1.0 - 8.0 * ROUNDING)
            for cost, load in zip(self.costs, self.load, strict=True)
        ]
        self.highest_weight = 1.0
        if self.weights:
            self.highest_weight = max(float(weights.max()) for weights in self.weights)

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.projects)

    @property
    def groups(self) -> int:
        """The number of groups of voters."""
        return len(self.electorate.sizes)

    def exact_key(self, place: int, payment: Fraction) -> Fraction:
        """Return the exact number that candidates are compared by; the lowest is bought."""
        return payment / self.costs[place] if self.utility is Utility.COST else payment

    @cached_property
    def table(self) -> NDArray[Any]:
        """A row per candidate, a column per group: what it pays per unit, 0 for no supporter."""
        kind: type[np.generic] = np.uint8 if self.weights is None else np.float64
        table = np.zeros((len(self), self.groups), kind)
        for place, rows in enumerate(self.rows):
            table[place, rows] = 1 if self.weights is None else self.weights[place]
        return table

    @cached_property
    def overlaps(self) -> list[list[bool]]:
        """Whether two candidates have a supporter in common."""
        marks = []
        for rows in self.rows:
            mark = np.zeros(self.groups, np.bool_)
            mark[rows] = True
            marks.append(int.from_bytes(np.packbits(mark).tobytes()))
        return [[bool(one & other) for other in marks] for one in marks]


@dataclass(slots=True)
class Offer:
    """What a supporter of a candidate would pay now, and how exact that is.

    payment: a float; the true value is at most ``error`` away.
    is_lower_bound: the search ended early; the true value is higher than ``payment - error``.
    exact: the true value, when it had to be computed.
    poor: the supporters who have less than their part, as a mask, when known for certain.
    """

    place: int
    payment: float
    error: float
    is_lower_bound: bool = False
    exact: Fraction | None = None
    poor: NDArray[np.bool_] | None = None


@dataclass(slots=True)
class Purchase:
    """A candidate that was bought. poor: groups that paid all they had; full: those that did not.

    runner_up: the next offer, when it was asked for.
    """

    offer: Offer
    poor: Places
    full: Places
    runner_up: Offer | None = None


class Run:
    """One run with a share for every voter. Money in cents."""

    def __init__(self, candidates: Candidates, share: Fraction, limits: Limits) -> None:
        """Give every voter the share; limits is used up."""
        self.candidates = candidates
        self.share = share
        self.limits = limits
        self.money = np.full(candidates.groups, float(share))
        self.error = abs(float(share)) * ROUNDING * SAFETY
        self.spent_out = np.full(candidates.groups, NEVER, np.int32)
        self.purchases: list[Purchase] = []
        self.ties: set[tuple[int, int]] = set()
        self.fallbacks = 0
        self._limited = limits.bind
        self._bounds = list(candidates.lowest_payments)
        self._known: dict[int, tuple[Offer, int]] = {}
        self._exact: list[Fraction] = []

    @property
    def bought(self) -> list[int]:
        """The places of the candidates that were bought, in order."""
        return [purchase.offer.place for purchase in self.purchases]

    @property
    def cost(self) -> int:
        """What was bought costs together, in cents."""
        return sum(self.candidates.costs[place] for place in self.bought)

    # --- the run ---------------------------------------------------------------------------

    def go(self, *, against: "Run | None" = None, runners_up: bool = False) -> bool:
        """Buy until nobody can pay for anything.

        against: a finished run with a lower share. Then the answer tells whether every share in
            between buys the same, in the same order, with the same ties (``raising`` proves
            it); if not, this run ended as soon as that was seen and is of no use.
        runners_up: note for each purchase who would have been bought instead.
        """
        waiting = [
            (bound * self.candidates.per_cost[place], place)
            for place, bound in enumerate(self._bounds)
        ]
        heapq.heapify(waiting)
        while True:
            number = len(self.purchases)
            reference = against.highest_key(number) if against else -1.0
            seen = self._look(waiting, reference, enough=2 if runners_up else 1)
            if not seen:
                return against is None or number == len(against.purchases)
            winner, tied = self._choose(seen)
            if against is not None and not self._keeps_to(against, winner, seen):
                return False
            self.ties.update((winner.place, offer.place) for offer in tied)
            others = [offer for offer in seen if offer is not winner]
            for offer in others:
                heapq.heappush(waiting, (self._lowest_key(offer), offer.place))
            runner_up = self._choose(others)[0] if runners_up and others else None
            if runner_up:
                self.exact_key(runner_up)  # Now: the next purchase changes what it stands on.
            self._pay(winner, runner_up)

    def _look(self, waiting: list[tuple[float, int]], reference: float, enough: int) -> list[Offer]:
        """Take from the heap every candidate that can be among the ``enough`` lowest, and offer.

        reference: also everybody whose key can be as low as this. Whoever cannot be bought any
        more leaves the heap for good: money never grows.
        """
        candidates, seen = self.candidates, list[Offer]()
        highest: list[float] = []
        limit = np.inf
        while waiting and waiting[0][0] <= limit:
            _, place = heapq.heappop(waiting)
            if self._limited and not self.limits.allows(candidates.projects[place]):
                continue
            offer = self._offer(place, limit / candidates.per_cost[place])
            if offer is None:
                continue
            self._bounds[place] = max(self._bounds[place], offer.payment - offer.error)
            if offer.is_lower_bound:
                heapq.heappush(waiting, (self._lowest_key(offer), place))
                continue
            seen.append(offer)
            highest.append(self._highest_key(offer))
            if len(seen) >= enough:
                limit = max(reference, sorted(highest)[enough - 1])
        return seen

    def _choose(self, seen: Sequence[Offer]) -> tuple[Offer, list[Offer]]:
        """Return the offer with the lowest key, the preferred of equals, and the other equals."""
        lowest = min(map(self._highest_key, seen))
        close = [offer for offer in seen if self._lowest_key(offer) <= lowest]
        if len(close) == 1:
            return close[0], []
        self.fallbacks += 1
        keys = {offer.place: self.exact_key(offer) for offer in close}
        least = min(keys.values())
        equal = [offer for offer in close if keys[offer.place] == least]
        equal.sort(key=lambda offer: self.candidates.ranks[offer.place])
        return equal[0], equal[1:]

    def _keeps_to(self, against: "Run", winner: Offer, seen: Sequence[Offer]) -> bool:
        """Tell whether this round is certain for all shares between the other run's and ours.

        So it is when the same is bought, and every rival's key here is above the winner's key
        there; or equal to it, when the winner has the same key in both runs (and so goes first
        among equals: it is bought here too). ``raising`` proves it.
        """
        number = len(self.purchases)
        there = against.purchases[number].offer if number < len(against.purchases) else None
        if there is None or there.place != winner.place:
            return False
        reference = against.highest_key(number)
        for rival in seen:
            if rival is winner or self._lowest_key(rival) > reference:
                continue
            if self._highest_key(rival) < against.lowest_key(number):
                return False
            self.fallbacks += 1
            key, known = self.exact_key(rival), against.exact_key(there)
            if key < known or (key == known and self.exact_key(winner) != known):
                return False
        return True

    def _pay(self, offer: Offer, runner_up: Offer | None) -> None:
        """Let the supporters pay: their part, or all they have."""
        candidates, place = self.candidates, offer.place
        rows, poor = candidates.rows[place], offer.poor
        if poor is None:
            raise AssertionError("an offer that was not looked at to the end was accepted")
        parts = offer.payment * candidates.weights[place] if candidates.weights else offer.payment
        self.money[rows] = np.where(poor, 0.0, self.money[rows] - parts)
        solvent = self.spent_out[rows] == NEVER
        spent = rows[poor & solvent]
        self.spent_out[spent] = len(self.purchases)
        self.error = SAFETY * (
            self.error
            + offer.error * candidates.highest_weight
            + 4.0 * ROUNDING * abs(float(self.share))
        )
        self.limits.spend(candidates.projects[place])
        self.purchases.append(
            Purchase(offer=offer, poor=spent, full=rows[~poor], runner_up=runner_up)
        )

    # --- what a candidate costs its supporters ---------------------------------------------

    def _offer(self, place: int, limit: float) -> Offer | None:
        """Return what a supporter would pay, or None when they have too little together.

        The payment q solves sum(min(money, q w)) = cost. Say that those who have less than some
        q0 pay all they have and the others q w: that sum is never less than the true one, so the
        q that solves it is a lower bound; with it as the next q0 the bound rises until nobody
        changes sides, and then it is the answer. The search ends early above ``limit``.
        """
        known = self._known.get(place)
        if known and not self._paid_since(place, known[1]):
            return known[0]
        candidates, cost = self.candidates, self.candidates.costs[place]
        sizes, loads = candidates.sizes[place], candidates.loads[place]
        weights = candidates.weights[place] if candidates.weights else None
        money = self.money[candidates.rows[place]]
        adding = candidates.adding[place]
        total = added(sizes, money)
        slack = candidates.support[place] * self.error + adding * abs(total)
        if total + slack < cost:
            return None
        if total - slack < cost and self._is_short(place, cost):
            return None
        payment, spent_before = self._bounds[place], -1.0
        for _ in range(MOST_STEPS):
            poor = money < (payment if weights is None else payment * weights)
            counted = sizes * poor
            spent = float(counted.sum())
            paid = added(counted, money)
            rich = candidates.load[place] - (spent if loads is sizes else added(loads, poor))
            if rich <= 0:
                return self._settled(place, payment, np.inf)
            payment = (cost - paid) / rich
            error = SAFETY * (
                (spent * self.error + adding * (abs(paid) + cost)) / rich + 8.0 * ROUNDING * payment
            )
            if payment - error > limit:
                return Offer(place, payment, error, is_lower_bound=True)
            if spent == spent_before:
                break
            spent_before = spent
        parts = payment if weights is None else payment * weights
        doubtful = np.abs(money - parts) <= (
            self.error + (error if weights is None else error * weights)
        )
        if doubtful.any():
            return self._settled(place, payment, error)
        offer = Offer(place, payment, error, poor=poor)
        self._known[place] = (offer, len(self.purchases))
        return offer

    def _paid_since(self, place: int, number: int) -> bool:
        """Tell whether a supporter of a candidate paid for anything since a purchase."""
        shared = self.candidates.overlaps[place]
        return any(shared[purchase.offer.place] for purchase in self.purchases[number:])

    def _lowest_key(self, offer: Offer) -> float:
        per_cost = self.candidates.per_cost[offer.place]
        return (offer.payment - offer.error) * per_cost * (1.0 - 4.0 * ROUNDING)

    def _highest_key(self, offer: Offer) -> float:
        per_cost = self.candidates.per_cost[offer.place]
        return (offer.payment + offer.error) * per_cost * (1.0 + 4.0 * ROUNDING)

    def lowest_key(self, number: int) -> float:
        """Return the lowest that the key of a purchase can be."""
        return self._lowest_key(self.purchases[number].offer)

    def highest_key(self, number: int) -> float:
        """Return the highest that the key of a purchase can be; below all when there is none."""
        if number >= len(self.purchases):
            return -1.0
        return self._highest_key(self.purchases[number].offer)

    # --- exact values ----------------------------------------------------------------------

    def exact_key(self, offer: Offer) -> Fraction:
        """Return the exact key of an offer, made now or for a purchase of this run."""
        if offer.exact is None:
            if offer.poor is None:
                raise AssertionError("an offer that was not looked at to the end was compared")
            rows = self.candidates.rows[offer.place]
            before = self._purchase_of(offer)
            poor = rows[offer.poor & (self.spent_out[rows] >= before)]
            rich = self.candidates.loads[offer.place][~offer.poor].sum()
            offer.exact = self._exact_payment(offer.place, poor, int(rich), before)
        return self.candidates.exact_key(offer.place, offer.exact)

    def _purchase_of(self, offer: Offer) -> int:
        """Return how many purchases went before an offer that was accepted or is made now."""
        for number, purchase in enumerate(self.purchases):
            if purchase.offer is offer:
                return number
        return len(self.purchases)

    def _exact_payment(self, place: int, poor: Places, rich: int, before: int) -> Fraction:
        """Return what each supporter who has enough pays, when ``poor`` pay all they have."""
        return (self.candidates.costs[place] - self.exact_money(poor, before)) / rich

    def exact_money(self, groups: Places, before: int) -> Fraction:
        """Return what groups that were never short before a purchase have together then."""
        if not len(groups):
            return Fraction(0)
        sizes = self.candidates.electorate.sizes[groups]
        money = self.share * int(sizes.sum())
        table = self.candidates.table[np.ix_(self._bought(before), groups)]
        paid = added_rows(table, sizes)
        for payment, voters in zip(self.payments(before), paid, strict=True):
            if voters:
                money -= payment * int(voters)
        return money

    def _bought(self, before: int) -> Places:
        """Return the places of the first purchases."""
        return np.array(self.bought[:before], np.intp)

    def payments(self, before: int) -> list[Fraction]:
        """Return the exact payments of the first purchases, in order."""
        while len(self._exact) < before:
            number = len(self._exact)
            purchase = self.purchases[number]
            offer = purchase.offer
            if offer.exact is None:
                poor = offer.poor
                rich = 0 if poor is None else int(self.candidates.loads[offer.place][~poor].sum())
                offer.exact = self._exact_payment(offer.place, purchase.poor, rich, number)
            self._exact.append(offer.exact)
        return self._exact[:before]

    def _is_short(self, place: int, cost: int) -> bool:
        """Tell exactly whether the supporters of a candidate have less than the cost."""
        self.fallbacks += 1
        rows = self.candidates.rows[place]
        solvent = rows[self.spent_out[rows] == NEVER]
        return self.exact_money(solvent, len(self.purchases)) < cost

    def _settled(self, place: int, payment: float, error: float) -> Offer:
        """Return the exact offer where floats cannot tell who of the supporters has enough.

        Those in doubt are first taken to have enough; who has not after all makes it dearer for
        the others, so the payment rises until everybody stands on the right side.
        """
        self.fallbacks += 1
        candidates, now = self.candidates, len(self.purchases)
        rows = candidates.rows[place]
        weights = candidates.weights[place] if candidates.weights else np.ones(len(rows))
        solvent = self.spent_out[rows] == NEVER
        money = self.money[rows]
        doubtful = solvent & ~(np.abs(money - payment * weights) > self.error + error * weights)
        poor = ~solvent | (~doubtful & (money < payment * weights))
        exact_money = self.exact_purses(rows[doubtful], now)
        in_doubt = dict(zip(np.flatnonzero(doubtful).tolist(), exact_money, strict=True))
        while True:
            rich = int(candidates.loads[place][~poor].sum())
            exact = self._exact_payment(place, rows[poor & solvent], rich, now)
            fallen = [
                each for each, purse in in_doubt.items() if purse < exact * int(weights[each])
            ]
            if not fallen:
                break
            poor[fallen] = True
            for each in fallen:
                del in_doubt[each]
        near = float(exact)
        offer = Offer(place, near, 2.0 * ROUNDING * abs(near), exact=exact, poor=poor)
        self._known[place] = (offer, now)
        return offer

    def exact_purses(self, groups: Places, before: int) -> list[Fraction]:
        """Return what a voter of each group has, of groups that were never short."""
        paid = self.candidates.table[np.ix_(self._bought(before), groups)].T
        payments = self.payments(before)
        known: dict[bytes, Fraction] = {}
        purses = []
        for parts in paid:
            mark = parts.tobytes()
            if mark not in known:
                spent = (pay * int(part) for pay, part in zip(payments, parts, strict=True) if part)
                known[mark] = self.share - sum(spent, Fraction(0))
            purses.append(known[mark])
        return purses
