"""Most votes first, as long as it fits: per area and theme, then from one remainder.

Source: the yardstick of the rules, section 2.2: G1 (skip), G2 (no skip), G4 (ceilings), G5
(leftover), G6 (exclusive groups) and G7 (pots).
"""

from collections.abc import Sequence

from pb.tally.election import Project
from pb.tally.notebook import Notebook
from pb.tally.outcome import Pass, Reason
from pb.tally.rules import Areas, Remainder

#: The share of its cost that must be left for the first project that was not reached, in percent.
NEARLY_ENOUGH = 80

_LOOKED_AT_AGAIN = (
    Reason.AREA_BUDGET_TOO_SMALL,
    Reason.BUDGET_TOO_SMALL,
    Reason.THEME_CEILING_REACHED,
    Reason.AFTER_THE_STOP,
)


def most_votes(notebook: Notebook) -> None:
    """Fund projects in order of score, and then do with the remainder what the rule says.

    The second pass is left out when nothing but the whole budget held a project back: it could
    not fund anything.
    """
    rule, limits = notebook.rule, notebook.limits
    candidates = notebook.admit()
    more_to_come = rule.remainder is Remainder.SECOND_PASS and (
        limits.bind or rule.has_pots or not rule.skip
    )
    notebook.has_second_pass = more_to_come
    reasons: dict[str, Reason] = {}
    carried = 0
    for money, projects in _pots(notebook, candidates):
        limits.pool = money + carried
        notebook.note_neighbours(projects, notebook.scores, Pass.VOTES)
        reasons |= _fund_in_order(notebook, projects, more_to_come=more_to_come)
        carried = limits.pool if rule.areas is Areas.POTS_TOP_UP else 0
    unfunded = [project for project in candidates if project.id in reasons]
    if more_to_come:
        again = [each for each in unfunded if reasons[each.id] in _LOOKED_AT_AGAIN]
        _second_pass(notebook, again)
        return
    # In this remainder no budget of an area and no ceiling of a theme binds.
    limits.pour_together(notebook.left, keep_theme_ceilings=False)
    if rule.remainder is Remainder.PARTIAL:
        _fund_partly(notebook, unfunded)
    elif rule.remainder is Remainder.EIGHTY_PERCENT and unfunded:
        first = unfunded[0]
        if 100 * notebook.left >= NEARLY_ENOUGH * first.cost:
            notebook.select(Pass.REMAINDER, first, Reason.FITS_EIGHTY_PERCENT)


def _pots(notebook: Notebook, candidates: Sequence[Project]) -> list[tuple[int, Sequence[Project]]]:
    """Return the pots in their order, each with its money in cents and its candidates."""
    election = notebook.election
    if not notebook.rule.has_pots:
        return [(election.budget, candidates)]
    named = election.area_budgets
    pots: list[tuple[int, Sequence[Project]]] = [
        (money, [project for project in candidates if project.area == area])
        for area, money in named.items()
    ]
    rest = max(0, election.budget - sum(named.values()))
    pots.append((rest, [project for project in candidates if project.area not in named]))
    return pots


def _fund_in_order(
    notebook: Notebook, candidates: Sequence[Project], *, more_to_come: bool
) -> dict[str, Reason]:
    """Fund every project that fits, in the order given; return why the others were not."""
    refused: dict[str, Reason] = {}
    stopped = False
    for project in candidates:
        obstacle = Reason.AFTER_THE_STOP if stopped else _obstacle(notebook, project)
        if obstacle is None:
            notebook.select(Pass.VOTES, project, _grounds(notebook, project))
            continue
        notebook.skip(Pass.VOTES, project, obstacle, more_to_come=more_to_come)
        refused[project.id] = obstacle
        stopped = stopped or (not notebook.rule.skip and obstacle is not Reason.RIVAL_FUNDED)
    return refused


def _obstacle(notebook: Notebook, project: Project) -> Reason | None:
    """Return what keeps a project from being funded now: the money first, then the theme."""
    limits = notebook.limits
    if _has_funded_rival(notebook, project):
        return Reason.RIVAL_FUNDED
    area_left = limits.area_left(project)
    if area_left is not None and project.cost > area_left:
        return Reason.AREA_BUDGET_TOO_SMALL
    if project.cost > limits.pool:
        return Reason.BUDGET_TOO_SMALL
    return None if limits.allows(project) else Reason.THEME_CEILING_REACHED


def _grounds(notebook: Notebook, project: Project) -> Reason:
    """Return which money funds a project that fits."""
    has_area = notebook.limits.area_left(project) is not None
    return Reason.FITS_AREA_BUDGET if has_area else Reason.FITS_BUDGET


def _has_funded_rival(notebook: Notebook, project: Project) -> bool:
    """Tell whether another project of one of its exclusive groups is funded already."""
    if not notebook.rule.exclusive_groups:
        return False
    funded = {each.id for each in notebook.selected}
    groups = (group for group in notebook.election.exclusive_groups if project.id in group)
    return any(not funded.isdisjoint(group) for group in groups)


def _second_pass(notebook: Notebook, candidates: Sequence[Project]) -> None:
    """Look once more at what did not fit, without the areas, against all that is left."""
    notebook.limits.pour_together(
        notebook.left, keep_theme_ceilings=notebook.rule.ceilings_in_remainder
    )
    for project in candidates:
        obstacle = _obstacle(notebook, project)
        if obstacle is Reason.BUDGET_TOO_SMALL:
            obstacle = Reason.REMAINDER_TOO_SMALL
        if obstacle is None:
            notebook.select(Pass.REMAINDER, project, Reason.FITS_REMAINDER)
        else:
            notebook.skip(Pass.REMAINDER, project, obstacle)


def _fund_partly(notebook: Notebook, unfunded: Sequence[Project]) -> None:
    """Give what is left to the first project that was not funded, rivals of others aside."""
    left = notebook.left
    waiting = (each for each in unfunded if not _has_funded_rival(notebook, each))
    first = next(waiting, None)
    if first is not None and left > 0:
        notebook.fund_partly(first, left)
