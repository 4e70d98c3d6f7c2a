"""Equal shares as it is used: raise the shares, buy, complete, and compare with most votes.

Source: the yardstick of the rules, sections 2.3 and 2.4. One run stands in ``shares``, the
raising in ``raising``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pb.tally.election import Project
from pb.tally.electorate import Electorate
from pb.tally.epsilon import buy_with_everybody
from pb.tally.money import CENTS_PER_UNIT
from pb.tally.notebook import Notebook
from pb.tally.outcome import Ending, NextRun, Pass, Reason
from pb.tally.raising import Raised, raise_shares
from pb.tally.rules import Completion, Start, Stop
from pb.tally.shares import Candidates, Run


@dataclass(slots=True)
class SharesCount:
    """What equal shares did beside what the notebook holds.

    run: the run that counts. start: the first share of every voter, in cents.
    next_run: what one increase more would have bought, when that was asked for.
    """

    run: Run
    raised: Raised
    start: Fraction
    next_run: NextRun | None = None


def equal_shares(
    notebook: Notebook,
    electorate: Electorate,
    *,
    share: Fraction | None,
    explained: bool,
) -> SharesCount | None:
    """Count by equal shares; return None when no candidate has a supporter.

    share: count once with this share of every voter, instead of raising.
    explained: find the runners-up and the next run too.
    Raises CountRefused when the shares would have to be raised too often.
    """
    rule, admitted = notebook.rule, notebook.admit()
    index = {project.id: place for place, project in enumerate(notebook.election.projects)}
    places = [index[project.id] for project in admitted]
    candidates = Candidates(electorate, admitted, places, rule.utility, notebook.order)
    limits = notebook.limits.copy()  # As they are now: purchases use up those of the notebook.

    def new_run(endowment: Fraction) -> Run:
        return Run(candidates, endowment, limits.copy())

    start = first_share(notebook) if share is None else share
    if not len(candidates):
        _finish(notebook, new_run(start), admitted)
        return None

    once = share is not None or not rule.add1
    raised = raise_shares(
        start, rule.step, new_run,
        (lambda _: Ending.SINGLE) if once else _ending_of(notebook, admitted),
        notebook.election.budget,
    )  # fmt: skip
    run = raised.run
    if explained:
        run = new_run(raised.run.share)
        run.go(runners_up=True)
    _note(notebook, candidates, run, raised)
    count = SharesCount(run=run, raised=raised, start=start)
    _finish(notebook, run, admitted)
    if explained and raised.ending in (Ending.EXHAUSTED, Ending.OVERSPENDING):
        count.next_run = _next_run(notebook, raised, new_run(raised.run.share + rule.step))
    return count


def first_share(notebook: Notebook) -> Fraction:
    """Return the first share of every voter, in cents; the whole budget when nobody voted."""
    share = Fraction(notebook.election.budget, max(1, notebook.figures.voters))
    if notebook.rule.start is Start.FLOOR:
        return Fraction(share // CENTS_PER_UNIT * CENTS_PER_UNIT)
    return share


def _ending_of(notebook: Notebook, admitted: Sequence[Project]) -> Callable[[Run], Ending | None]:
    """Return a function that tells why a run within the budget is the last, or None."""
    stop = notebook.rule.stop

    def ending(run: Run) -> Ending | None:
        candidates, bought = run.candidates, set(run.bought)
        left = [place for place in range(len(candidates)) if place not in bought]
        if not left:
            return Ending.ALL_FUNDED
        rest = notebook.left - run.cost
        fits = [place for place in left if run.limits.allows(candidates.projects[place])]
        if not fits:
            return Ending.EXHAUSTED
        if stop is Stop.OVERSPENDING:
            return None
        costs = [candidates.costs[place] for place in fits]
        if stop is Stop.EXHAUSTIVE_ALL:
            supported = {project.id for project in candidates.projects}
            costs += [each.cost for each in admitted if each.id not in supported]
        return Ending.EXHAUSTED if min(costs) > rest else None

    return ending


def _note(notebook: Notebook, candidates: Candidates, run: Run, raised: Raised) -> None:
    """Record the purchases of the run that counts, and the ties of all runs."""
    for winner, rival in raised.ties:
        projects = candidates.projects
        notebook.note_tie(Pass.SHARES, projects[winner], projects[rival])
    payments = run.payments(len(run.purchases))
    for purchase, payment in zip(run.purchases, payments, strict=True):
        place = purchase.offer.place
        in_full = int(candidates.electorate.sizes[purchase.full].sum())
        runner_up = purchase.runner_up
        notebook.select(
            Pass.SHARES, candidates.projects[place], Reason.FITS_SHARES,
            payment=payment,
            effective_votes=candidates.costs[place] / payment,
            paid_in_full=in_full,
            paid_less=candidates.support[place] - in_full,
            runner_up=runner_up and candidates.projects[runner_up.place].id,
            runner_up_payment=runner_up and runner_up.exact,
        )  # fmt: skip


def _finish(notebook: Notebook, run: Run, admitted: Sequence[Project]) -> None:
    """Record what a run did not buy, and complete when the rule does."""
    funded = {project.id for project in notebook.selected}
    unfunded = [project for project in admitted if project.id not in funded]
    completion = notebook.rule.completion
    _skip_the_others(notebook, run, unfunded)
    if completion is Completion.VOTES:
        notebook.complete(unfunded)
    elif completion is Completion.EPSILON:
        buy_with_everybody(notebook, run, unfunded)


def _skip_the_others(notebook: Notebook, run: Run, unfunded: Sequence[Project]) -> None:
    """Record why equal shares did not buy a project.

    Those that nobody supports never took part; they are left to the completion when there is one.
    """
    candidates = run.candidates
    lost = {rival for _, rival in run.ties}
    places = {project.id: place for place, project in enumerate(candidates.projects)}
    completes = notebook.rule.completion is not Completion.NONE
    for project in notebook.in_order(unfunded, notebook.votes):
        place = places.get(project.id)
        if place is None:
            if not completes:
                notebook.skip(Pass.SHARES, project, Reason.NO_VOTES)
            continue
        area_left = notebook.limits.area_left(project)
        if place in lost:
            reason = Reason.TIE_LOST
        elif area_left is not None and project.cost > area_left:
            reason = Reason.AREA_BUDGET_TOO_SMALL
        elif not notebook.limits.allows(project):
            reason = Reason.THEME_CEILING_REACHED
        elif candidates.support[place] * run.share < project.cost:
            reason = Reason.NEVER_AFFORDABLE
        else:
            reason = Reason.SUPPORTERS_SPENT
        notebook.skip(Pass.SHARES, project, reason, more_to_come=completes)


def _next_run(notebook: Notebook, raised: Raised, run: Run) -> NextRun:
    """Return what one more increase buys, to its end."""
    if raised.following is not None:
        run = raised.following
    else:
        run.go()
    free = [project for project in notebook.selected if not project.cost]
    names = [run.candidates.projects[place].id for place in run.bought]
    return NextRun(
        endowment=run.share, cost=run.cost, selected=(*(each.id for each in free), *names)
    )
