"""One count without its explanation: which rule runs, and the comparison with most votes."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from pb.tally.arrays import Arrays
from pb.tally.electorate import Places
from pb.tally.equal_shares import SharesCount, equal_shares
from pb.tally.most_votes import most_votes
from pb.tally.notebook import Notebook
from pb.tally.outcome import Compared
from pb.tally.phragmen import phragmen
from pb.tally.rules import Areas, Comparison, Family, Remainder, Rule


@dataclass(slots=True)
class Tallied:
    """What a count decided.

    rule: by which the notebook was filled: most votes when the comparison preferred it.
    shares: None for other rules, and when nobody supports a candidate.
    """

    rule: Rule
    notebook: Notebook
    shares: SharesCount | None = None
    comparison: Compared | None = None

    @property
    def funded(self) -> set[str]:
        """The ids of the funded projects."""
        return {project.id for project in self.notebook.selected}


def tally(
    arrays: Arrays,
    rule: Rule,
    *,
    first: str | None = None,
    share: Fraction | None = None,
    explained: bool = False,
) -> Tallied:
    """Count by a rule.

    first: the id of a project that goes before all others among equals.
    share: of every voter, in cents: equal shares is counted once with it, and not compared.
    explained: look for runners-up and the next run too. Raises CountRefused.
    """
    notebook = Notebook(arrays.election, rule, arrays.figures, first)
    tallied = Tallied(rule, notebook)
    if rule.family is Family.MOST_VOTES:
        most_votes(notebook)
    elif rule.family is Family.PHRAGMEN:
        phragmen(notebook, arrays.electorate)
    else:
        tallied.shares = equal_shares(notebook, arrays.electorate, share=share, explained=explained)
        if rule.comparison is not Comparison.NONE and share is None:
            tallied = _compared(arrays, tallied, first)
    return tallied


def _compared(arrays: Arrays, tallied: Tallied, first: str | None) -> Tallied:
    """Return the outcome that more voters prefer: this one, or that of most votes."""
    rule = tallied.rule
    greedy = Rule(
        family=Family.MOST_VOTES,
        tie_order=rule.tie_order,
        minimum_votes=rule.minimum_votes,
        minimum_percent=rule.minimum_percent,
        support_quota=rule.support_quota,
        areas=Areas.TOGETHER,
        theme_ceilings=False,
        remainder=Remainder.NONE,
    )
    other = tally(arrays, greedy, first=first)
    here, there = _funded_choices(arrays, tallied), _funded_choices(arrays, other)
    if rule.comparison is Comparison.ANY_CHOICE:
        here, there = np.minimum(here, 1), np.minimum(there, 1)
    sizes = arrays.electorate.sizes
    compared = Compared(
        prefer_rule=int(sizes[here > there].sum()),
        prefer_most_votes=int(sizes[there > here].sum()),
    )
    return replace(tallied if compared.keeps_rule else other, comparison=compared)


def _funded_choices(arrays: Arrays, tallied: Tallied) -> Places:
    """Return for each group of voters how many of the projects that it named were funded."""
    electorate = arrays.electorate
    numbers = np.zeros(len(electorate.sizes), np.intp)
    for name in tallied.funded:
        numbers[electorate.groups[arrays.place_of[name]]] += 1
    return numbers
