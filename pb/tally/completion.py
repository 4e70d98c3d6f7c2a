"""Equal shares as it is used: raise the shares until the money is spent, then complete.

Source: the yardstick of the rules, section 2.4: ADD1 with the exhaustive stop, then greedy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pb.tally.counting import Count
from pb.tally.election import Election, Project
from pb.tally.equal_shares import Run, electorate_for, run_once
from pb.tally.errors import CountRefused
from pb.tally.explanation import Reason
from pb.tally.most_votes import fund_in_order
from pb.tally.outcome import Ending, Outcome
from pb.tally.pots import Pots
from pb.tally.ties import Stage, Tie

if TYPE_CHECKING:
    from pb.tally.rules import Rule

#: How often the shares are raised at most, so that a count always ends.
MOST_INCREMENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Raised:
    """The run whose outcome counts, the share of each voter in it, and why it was the last.

    ties: of all runs up to and including the one that showed that it was the last.
    """

    run: Run
    endowment: Fraction
    increments: int
    ending: Ending
    ties: tuple[Tie, ...]


def equal_shares(election: Election, rule: "Rule") -> Outcome:
    """Fund projects with equal shares, raise the shares step by step, and complete.

    Completion funds what still fits, the most votes first. It keeps to the theme ceilings when
    the rule does.
    Raises CountRefused when the shares would have to be raised too often.
    """
    count = Count(election, rule)
    admitted = count.in_order(count.admit(), count.votes)
    candidates = [project for project in admitted if count.votes[project.id]]
    if not candidates:
        return _complete(count, admitted, None)
    raised = raise_shares(count, candidates)
    count.ties.extend(raised.ties)
    for purchase in raised.run.purchases:
        payment = purchase.highest_payment
        count.select(purchase.project, 1, Reason.FITS_SHARES, highest_payment=payment)
    bought = raised.run.bought
    unfunded = [project for project in admitted if project.id not in bought]
    for project in candidates:
        if project.id not in bought:
            _record_miss(count, project, raised.run)
    return _complete(count, unfunded, raised)


def raise_shares(count: Count, candidates: Sequence[Project]) -> Raised:
    """Run with the budget divided by the voters, then with ever higher shares.

    Returns the first run after which no candidate fits the money that is left (when the rule is
    exhaustive) or all are bought; otherwise the last run before one that overspends.
    """
    election, rule = count.election, count.rule
    electorate = electorate_for(election, candidates)
    endowment = Fraction(election.budget, election.voters)
    ties: dict[tuple[tuple[str, ...], str], Tie] = {}
    last: tuple[Run, Fraction] | None = None
    for increments in range(MOST_INCREMENTS + 1):
        pots = count.pots.copy()
        run = run_once(electorate, candidates, endowment, pots, count.tie_order)
        for tie in run.ties:
            ties.setdefault((tie.tied, tie.criterion), replace(tie, increment=increments))
        if not run.is_complete and last is not None:
            known = tuple(ties.values())
            return Raised(*last, increments - 1, Ending.NEXT_OVERSPENDS, known)
        ending = _ending(run, candidates, pots, exhaustive=rule.exhaustive)
        if ending is not None:
            return Raised(run, endowment, increments, ending, tuple(ties.values()))
        last = run, endowment
        endowment += rule.increment
    raise CountRefused(
        f"the shares were raised {MOST_INCREMENTS} times and money is still left; "
        "choose a larger increment"
    )


def _ending(
    run: Run, candidates: Sequence[Project], pots: Pots, *, exhaustive: bool
) -> Ending | None:
    """Return why the shares need not be raised after this run, or None."""
    bought = run.bought
    unfunded = [project for project in candidates if project.id not in bought]
    if not unfunded:
        return Ending.ALL_FUNDED
    held_back = [project for project in unfunded if pots.allows(project)]
    if not held_back or (exhaustive and all(project.cost > pots.pool for project in held_back)):
        return Ending.NOTHING_MORE_FITS
    return None


def _record_miss(count: Count, project: Project, run: Run) -> None:
    """Record why equal shares did not fund a project that somebody chose."""
    comes_back = count.rule.has_second_pass
    if not count.pots.allows(project):
        may_change = comes_back and not count.rule.ceilings_in_remainder
        count.skip(project, 1, Reason.THEME_CEILING_REACHED, comes_back=may_change)
        return
    left = run.purses.left_for(project)
    reason = Reason.SHARES_TOO_SMALL
    count.skip(project, 1, reason, comes_back=comes_back, supporters_left=left)


def _complete(count: Count, unfunded: Sequence[Project], raised: Raised | None) -> Outcome:
    """Fund what fits the money that is left, the most votes first, and return the outcome."""
    if count.rule.has_second_pass:
        ordered = count.in_order(unfunded, count.votes)
        count.note_ties(ordered, count.votes, Stage.COMPLETION)
        count.pots.pour_together(keep_theme_ceilings=count.rule.ceilings_in_remainder)
        fund_in_order(count, ordered, pass_number=2)
    if raised is None:
        return count.outcome()
    return count.outcome(
        endowment=raised.endowment, increments=raised.increments, ending=raised.ending
    )
