"""One count without its explanation: which rule runs, and the comparison with most votes."""

from dataclasses import dataclass, replace
from fractions import Fraction

from pb.tally.arrays import Arrays
from pb.tally.election import named_on
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
    mine, theirs = tallied.funded, other.funded
    prefer_mine = prefer_theirs = 0
    for ballot, voters in arrays.election.ballots.items():
        names = named_on(ballot)
        here, there = sum(name in mine for name in names), sum(name in theirs for name in names)
        if rule.comparison is Comparison.ANY_CHOICE:
            here, there = min(here, 1), min(there, 1)
        prefer_mine += voters * (here > there)
        prefer_theirs += voters * (there > here)
    compared = Compared(prefer_rule=prefer_mine, prefer_most_votes=prefer_theirs)
    return replace(tallied if compared.keeps_rule else other, comparison=compared)
