"""What it takes under equal shares with the share of the outcome, and what supporters had.

Source: the yardstick of the rules, section 2.8 b to e. A project that is not bought changes
nothing for the others, so what its supporters have before each round stays what it was. With the
cost c it is bought in a round, if not before, when they could pay more than c under the key of
the project bought then (or exactly c, when it goes first among equals); or after the last round,
when they have c together; or in the completion, which is a count by most votes.

As in ``shares``, floats with a bound on their error decide what they can. Here all payments are
known exactly, so errors do not pile up: what a voter has is the share minus some of the payments,
a sum of at most ``rounds`` floats that are each correctly rounded. What floats cannot decide is
computed exactly: with all payments over one common denominator, that is a few whole numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm

import numpy as np
from numpy.typing import NDArray

from pb.tally.adding import added, added_rows
from pb.tally.arrays import Arrays
from pb.tally.election import Project
from pb.tally.electorate import Numbers
from pb.tally.halving import last
from pb.tally.limits import Limits
from pb.tally.notebook import Notebook
from pb.tally.outcome import Pass
from pb.tally.rules import Completion, Utility
from pb.tally.shares import ROUNDING, SAFETY
from pb.tally.takes_votes import Queue
from pb.tally.tallied import Tallied

#: Newton's method on the sums of a round ends sooner; this only keeps it from never ending.
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class SupportersMoney:
    """What the supporters of a project that was not bought had and did. Money in cents.

    effective: the highest share of the cost that they could pay in any round, exact.
    left: what they had in the end, exact. spent: project id -> what they paid for it, cut to
        whole cents; those they paid nothing for are left out.
    """

    effective: Fraction
    left: Fraction
    spent: Mapping[str, int]


class Supporters:
    """The supporters of one project through all rounds of a run.

    money: a row per round and one for the end, a column per group; in cents, as floats.
    """

    def __init__(self, rounds: "Rounds", project: Project) -> None:
        """Find the supporters and follow their money."""
        electorate, place = rounds.arrays.electorate, rounds.arrays.place_of[project.id]
        self.rows = electorate.groups[place]
        self.weights = np.ones(len(self.rows))
        if rounds.weighted and electorate.points is not None:
            points = electorate.points[place]
            self.rows, self.weights = self.rows[points > 0], points[points > 0]
        self.sizes = electorate.sizes[self.rows]
        self.voters = int(self.sizes.sum())
        self.parts = rounds.table[:, self.rows].astype(np.float64)
        self.until = rounds.run.spent_out[self.rows]
        paid = np.cumsum(self.parts * rounds.paid[:, None], axis=0)
        self.money = np.vstack([np.zeros((1, len(self.rows))), paid])
        np.subtract(rounds.share, self.money, out=self.money)
        self.money[np.arange(rounds.number + 1)[:, None] > self.until] = 0.0
        self.at_cost = self.sums(rounds.caps(float(project.cost)))
        # Of a sum over all supporters: their money, the capped parts, and the adding.
        self.error = (
            SAFETY
            * float(self.sizes.sum())
            * (rounds.error + (len(self.rows) + 8) * ROUNDING * rounds.share)
        )

    def sums(self, caps: Numbers) -> Numbers:
        """Return per round what they could pay when nobody pays more than the cap per weight."""
        return added_rows(np.minimum(self.money[:-1], caps[:, None] * self.weights), self.sizes)

    def paid(self, number: int, cap: float) -> tuple[float, float]:
        """Return what they could pay in a round up to a cap, and the weights that would."""
        money, limit = self.money[number], cap * self.weights
        weights = added(self.sizes * self.weights, money > limit)
        return added(self.sizes, np.minimum(money, limit)), weights


class Rounds:
    """The rounds of a run that counts, with exact payments over one common denominator."""

    def __init__(self, arrays: Arrays, tallied: Tallied) -> None:
        """Prepare the rounds. The tallied count must be one by equal shares."""
        if tallied.shares is None:
            raise AssertionError("only a count by equal shares has rounds")
        run, notebook = tallied.shares.run, tallied.notebook
        candidates = run.candidates
        self.arrays, self.run, self.notebook = arrays, run, notebook
        self.by_cost = candidates.utility is Utility.COST
        self.weighted = candidates.weights is not None
        self.winners = [candidates.projects[place] for place in run.bought]
        self.number = len(self.winners)
        self.payments = run.payments(self.number)
        self.common = lcm(run.share.denominator, *(pay.denominator for pay in self.payments))
        self.whole_share = int(run.share * self.common)
        self.whole_payments = [int(pay * self.common) for pay in self.payments]
        self.share = float(run.share)
        self.paid = np.array([float(pay) for pay in self.payments])
        self.table = candidates.table[run.bought]
        # What is paid for one unit of cost: the caps of a project are this times its cost.
        self.per_cost = [
            pay / winner.cost for pay, winner in zip(self.payments, self.winners, strict=True)
        ]
        self.caps_per_cost = np.array([float(each) for each in self.per_cost])
        self.error = SAFETY * (self.number + 8) * ROUNDING * 3.0 * self.share
        self.limits = self._limits()

    def caps(self, cost: float | Numbers) -> Numbers:
        """Return per round the cap per weight for a project with a cost."""
        return self.caps_per_cost * cost if self.by_cost else self.paid

    def exact_cap(self, number: int, cost: int) -> Fraction:
        """Return the exact cap per weight of a round."""
        return self.per_cost[number] * cost if self.by_cost else self.payments[number]

    def room(self, number: int, project: Project) -> int | None:
        """Return the most a project may cost in a round for its area and themes; None: no limit."""
        return self.limits[min(number, len(self.limits) - 1)].room(project)

    def exact_sum(self, supporters: Supporters, number: int, cap: Fraction) -> Fraction:
        """Return exactly what supporters could pay in a round, or have in the end, up to a cap."""
        money, limit = supporters.money[number], float(cap) * supporters.weights
        solvent = supporters.until >= number
        near = solvent & (np.abs(money - limit) <= 4.0 * self.error + 8.0 * ROUNDING * limit)
        rich = solvent & (money > limit) & ~near
        poor = solvent & ~rich & ~near
        total = cap * int(added(supporters.sizes * supporters.weights, rich))
        total += self._exact_money(supporters, poor, number)
        if near.any():
            purses = self.run.exact_purses(supporters.rows[near], number)
            weights, sizes = supporters.weights[near], supporters.sizes[near]
            for purse, weight, size in zip(purses, weights, sizes, strict=True):
                total += min(purse, cap * int(weight)) * int(size)
        return total

    def somebody_pays_in_full(self, supporters: Supporters, number: int, cap: Fraction) -> bool:
        """Tell whether a supporter has the cap before a round.

        When supporters can pay exactly the cost, and nobody has as much as the cap, the payment
        is what the richest has: below the cap, and so better than the winner, not equal to it.
        """
        money, limit = supporters.money[number], float(cap) * supporters.weights
        close = 4.0 * self.error + 8.0 * ROUNDING * limit
        solvent = supporters.until >= number
        if (solvent & (money > limit + close)).any():
            return True
        near = solvent & (money >= limit - close)
        purses = self.run.exact_purses(supporters.rows[near], number)
        weights = supporters.weights[near]
        return any(p >= cap * int(w) for p, w in zip(purses, weights, strict=True))

    def exact_left(self, supporters: Supporters) -> Fraction:
        """Return exactly what supporters have in the end."""
        return self._exact_money(supporters, supporters.until >= self.number, self.number)

    def exact_spent(self, supporters: Supporters, number: int) -> Fraction:
        """Return exactly what supporters paid for the project that was bought in a round."""
        chose = supporters.parts[number] > 0
        poor = chose & (supporters.until == number)
        full = chose & (supporters.until > number)
        weight = int(added(supporters.sizes * supporters.parts[number], full))
        return self.payments[number] * weight + self._exact_money(supporters, poor, number)

    def _exact_money(
        self, supporters: Supporters, mask: NDArray[np.bool_], number: int
    ) -> Fraction:
        """Return exactly what those in the mask, who never were short, have before a round."""
        sizes = supporters.sizes[mask]
        if not len(sizes):
            return Fraction(0)
        whole = self.whole_share * int(sizes.sum())
        counts = added_rows(supporters.parts[:number, mask], sizes)
        for payment, voters in zip(self.whole_payments, counts.tolist(), strict=False):
            if voters:
                whole -= payment * int(voters)
        return Fraction(whole, self.common)

    def _limits(self) -> list[Limits]:
        """Return what was left per area and theme before each round and in the end."""
        limits = Notebook(self.arrays.election, self.notebook.rule, self.arrays.figures).limits
        if not limits.bind:
            return [limits]
        found = [limits.copy()]
        for winner in self.winners:
            limits.spend(winner)
            found.append(limits.copy())
        return found


class SharesTakes:
    """Finds the highest winning cost and the fewest extra votes, and where the money went."""

    def __init__(self, arrays: Arrays, tallied: Tallied) -> None:
        """Prepare the rounds and the completion."""
        self._arrays = arrays
        self._notebook = tallied.notebook
        self._rounds = Rounds(arrays, tallied)
        self._completion = self._queue()
        # One is kept, since everything is asked of one project before the next.
        self._supporters = lru_cache(maxsize=1)(lambda each: Supporters(self._rounds, each))
        run = self._rounds.run
        bought = set(run.bought)
        self._missed = {
            each.id for place, each in enumerate(run.candidates.projects) if place not in bought
        }

    def missed(self, project: Project) -> bool:
        """Tell whether somebody supports a project that the run did not buy."""
        return project.id in self._missed

    def money_of(self, project: Project) -> SupportersMoney:
        """Return what the supporters of a project that was not bought had and did."""
        rounds, supporters = self._rounds, self._supporters(project)
        return SupportersMoney(
            effective=self._effective(project, supporters),
            left=rounds.exact_left(supporters),
            spent=self._spent(supporters),
        )

    def __call__(self, project: Project) -> tuple[int | None, int | None]:
        """Return the highest winning cost in cents and the fewest extra votes of a project."""
        votes, rule = self._notebook.votes[project.id], self._notebook.rule
        budget = self._arrays.election.budget
        too_few = rule.minimum_votes - votes
        if not project.cost:
            return None, too_few  # It is funded as soon as it is admitted.
        supporters = self._supporters(project)
        cost: int | None = None
        if too_few <= 0:
            ceiling = min(project.cost - 1, budget)
            cost = self._cost_in_run(project, supporters, ceiling)
            if self._completion and cost < ceiling:
                cost = max(cost, self._completion.highest_cost(project, votes, ceiling))
        if project.cost > budget:
            return cost, None
        found = [self._extra_in_run(project, supporters)]
        if self._completion:
            found.append(self._completion.fewest_extra(project, votes, 1))
        extras = [extra for extra in found if extra is not None]
        return cost, max(too_few, min(extras)) if extras else None

    def _queue(self) -> Queue | None:
        """Return the completion as a queue, or None when there is none."""
        notebook = self._notebook
        if notebook.rule.completion is not Completion.VOTES:
            return None
        limits = Notebook(self._arrays.election, notebook.rule, self._arrays.figures).limits
        for winner in self._rounds.winners:
            limits.spend(winner)
        limits.pour_together(limits.pool, keep_theme_ceilings=notebook.rule.ceilings_in_remainder)
        steps = [step for step in notebook.steps if step.pass_ is Pass.COMPLETION]
        return Queue(notebook, steps, notebook.votes, limits)

    # --- the highest cost ------------------------------------------------------------------

    def _cost_in_run(self, project: Project, supporters: Supporters, ceiling: int) -> int:
        """Return the highest cost up to a ceiling with which the run buys a project."""
        rounds = self._rounds
        most = [self._ceiling(number, project, ceiling) for number in range(rounds.number + 1)]
        best = int(min(most[-1], rounds.exact_left(supporters) // 1))
        # The round with the highest sum first: after it, few others can have more to offer.
        for number in np.argsort(-supporters.at_cost, kind="stable").tolist():
            if most[number] > best and self._may_win(supporters, number, best + 1):
                guess = self._guess(supporters, number, most[number])
                found = self._highest_in(project, supporters, number, guess, most[number])
                best = max(best, found)
        return best

    def _ceiling(self, number: int, project: Project, ceiling: int) -> int:
        """Return the highest cost that the limits of a round allow."""
        room = self._rounds.room(number, project)
        return ceiling if room is None else min(ceiling, room)

    def _guess(self, supporters: Supporters, number: int, most: int) -> int:
        """Return about the highest cost up to ``most`` that supporters could pay in a round.

        By cost: what they can pay minus the cost is concave in the cost and zero at zero, so
        Newton's method comes down on its last zero from the right.
        """
        rounds = self._rounds
        cost = float(most)
        for _ in range(MOST_STEPS):
            cap = float(rounds.caps(cost)[number])
            paid, weights = supporters.paid(number, cap)
            if not rounds.by_cost:
                return int(min(cost, paid))
            falls = 1.0 - float(rounds.caps_per_cost[number]) * weights
            if cost - paid <= supporters.error or falls <= 0:
                break
            cost = max(0.0, cost - (cost - paid) / falls)
        return int(cost)

    def _may_win(self, supporters: Supporters, number: int, cost: int) -> bool:
        """Tell whether floats leave it open that a project is bought in a round for a cost."""
        cap = float(self._rounds.caps(float(cost))[number])
        return supporters.paid(number, cap)[0] + supporters.error >= cost

    def _highest_in(
        self, project: Project, supporters: Supporters, number: int, guess: int, most: int
    ) -> int:
        """Return the highest cost up to ``most`` for which a round buys a project."""
        winner, order = self._rounds.winners[number], self._notebook.order

        def is_bought(cost: int) -> bool:
            cap = self._rounds.exact_cap(number, cost)
            paid = self._rounds.exact_sum(supporters, number, cap)
            return paid > cost or (
                paid == cost
                and (
                    order.key(project, cost=cost) < order.key(winner)
                    or not self._rounds.somebody_pays_in_full(supporters, number, cap)
                )
            )

        low, high, reach = min(guess, most), min(guess, most) + 1, 1
        while high <= most and is_bought(high):
            low, high, reach = high, min(high + reach, most + 1), 2 * reach
        while low > 0 and not is_bought(low):  # For nothing it is bought.
            low, high, reach = max(0, low - reach), low, 2 * reach
        return last(is_bought, low, high)

    # --- the fewest votes ------------------------------------------------------------------

    def _extra_in_run(self, project: Project, supporters: Supporters) -> int | None:
        """Return the fewest extra votes with which the run buys a project; None: none do."""
        rounds, cost, run = self._rounds, project.cost, self._rounds.run
        weight = self._arrays.full_vote if rounds.weighted else 1
        best: int | None = None
        if run.share and self._ceiling(rounds.number, project, cost) >= cost:
            short = (cost - rounds.exact_left(supporters)) / run.share
            best = max(0, -(-short.numerator // short.denominator))
        if not rounds.number:
            return best
        paying = np.minimum(rounds.share, rounds.caps(float(cost)) * weight)
        short_of = cost - supporters.at_cost - supporters.error
        least = short_of / (paying * SAFETY)
        for number in np.argsort(least, kind="stable").tolist():
            if best is not None and least[number] >= best:
                return best
            if self._ceiling(number, project, cost) >= cost:
                found = self._extra_in(project, supporters, number, weight)
                best = found if best is None else min(best, found)
        return best

    def _extra_in(self, project: Project, supporters: Supporters, number: int, weight: int) -> int:
        """Return the fewest extra votes with which a round buys a project."""
        rounds, order = self._rounds, self._notebook.order
        cap = rounds.exact_cap(number, project.cost)
        short = project.cost - rounds.exact_sum(supporters, number, cap)
        votes = self._notebook.votes[project.id]
        enough = short / min(rounds.run.share, cap * weight)
        extra = max(0, -(-enough.numerator // enough.denominator))
        winner = rounds.winners[number]
        if extra == enough and order.key(project, votes=votes + extra) > order.key(winner):
            in_full = rounds.run.share >= cap * weight
            extra += in_full or rounds.somebody_pays_in_full(supporters, number, cap)
        return extra

    # --- the money -------------------------------------------------------------------------

    def _effective(self, project: Project, supporters: Supporters) -> Fraction:
        """Return the highest share of the cost that supporters could pay, in any round."""
        rounds = self._rounds
        cost = project.cost
        left = rounds.exact_left(supporters)
        best = left / cost
        if not rounds.number:
            return best
        sums = supporters.at_cost
        highest = max(float(left), float(sums.max())) - supporters.error
        for number in np.flatnonzero(sums + supporters.error >= highest).tolist():
            cap = rounds.exact_cap(number, cost)
            best = max(best, rounds.exact_sum(supporters, number, cap) / cost)
        return best

    def _spent(self, supporters: Supporters) -> dict[str, int]:
        """Return what supporters paid for each project that was bought, cut to whole cents."""
        rounds = self._rounds
        if not rounds.number:
            return {}
        full = supporters.until > np.arange(rounds.number)[:, None]
        totals = rounds.paid * added_rows(supporters.parts * full, supporters.sizes)
        short = np.flatnonzero(supporters.until < rounds.number)
        last_round = supporters.until[short]
        amounts = supporters.sizes[short] * supporters.money[last_round, short]
        totals += np.bincount(last_round, amounts, rounds.number)
        spent = {}
        for number, (winner, total) in enumerate(zip(rounds.winners, totals.tolist(), strict=True)):
            amount: float | Fraction = total
            if total and abs(total - round(total)) <= supporters.error:
                amount = rounds.exact_spent(supporters, number)
            if amount >= 1:
                spent[winner.id] = int(amount // 1)
        return spent
