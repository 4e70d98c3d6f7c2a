"""Most votes first, as long as it fits: per area and theme, then from one remainder pool.

Source: the yardstick of the rules, section 2.2, G1 (skip), G4 (ceilings) and G5 (leftover).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pb.tally.counting import Count
from pb.tally.election import Election, Project
from pb.tally.explanation import Reason
from pb.tally.outcome import Outcome
from pb.tally.ties import Stage

if TYPE_CHECKING:
    from pb.tally.rules import Rule


def most_votes(election: Election, rule: "Rule") -> Outcome:
    """Fund projects in order of score.

    In the first pass a project is funded when it fits the budget of its area, the ceiling of each
    of its themes and what is left of the whole budget. What is left is then one pool, and the
    projects that were skipped are looked at once more, in the same order, without the areas.
    The second pass is left out when nothing but the whole budget held a project back: it could
    not fund anything.
    """
    count = Count(election, rule)
    candidates = count.admit()
    count.note_ties(candidates, count.scores, Stage.MOST_VOTES)
    comes_back = rule.has_second_pass and count.pots.has_limits
    skipped = fund_in_order(count, candidates, pass_number=1, comes_back=comes_back)
    if comes_back:
        count.pots.pour_together(keep_theme_ceilings=rule.ceilings_in_remainder)
        fund_in_order(count, skipped, pass_number=2)
    return count.outcome()


def fund_in_order(
    count: Count, candidates: Sequence[Project], *, pass_number: int, comes_back: bool = False
) -> list[Project]:
    """Fund every project that fits, in the order given; return those that do not.

    comes_back: what is skipped is looked at again in a later pass.
    """
    skipped = []
    for project in candidates:
        obstacle = _obstacle(count, project, pass_number)
        if obstacle is None:
            count.select(project, pass_number, _grounds(count, project, pass_number))
            continue
        again = comes_back and _may_change(count, obstacle)
        count.skip(project, pass_number, obstacle, comes_back=again)
        skipped.append(project)
    return skipped


def _obstacle(count: Count, project: Project, pass_number: int) -> Reason | None:
    """Return what keeps a project from being funded now: the money first, then the theme."""
    pots = count.pots
    area_left = pots.area_left(project)
    if area_left is not None and project.cost > area_left:
        return Reason.AREA_BUDGET_TOO_SMALL
    if project.cost > pots.pool:
        return Reason.REMAINDER_TOO_SMALL if pass_number == 2 else Reason.BUDGET_TOO_SMALL
    theme = pots.tightest_theme(project)
    if theme is not None and project.cost > theme[1]:
        return Reason.THEME_CEILING_REACHED
    return None


def _grounds(count: Count, project: Project, pass_number: int) -> Reason:
    """Return which money funds a project that fits."""
    if pass_number == 2:
        return Reason.FITS_REMAINDER
    if count.pots.area_left(project) is not None:
        return Reason.FITS_AREA_BUDGET
    return Reason.FITS_BUDGET


def _may_change(count: Count, obstacle: Reason) -> bool:
    """Tell whether an obstacle of the first pass can be gone in the second."""
    if obstacle is Reason.THEME_CEILING_REACHED:
        return not count.rule.ceilings_in_remainder
    return obstacle is Reason.AREA_BUDGET_TOO_SMALL
