"""What the Pabulib format cannot hold, so that nothing is written that reads back otherwise."""

from collections.abc import Iterable

from pb.tally.election import Election, Project
from pb.tally.errors import UnwritableElection
from pb.tally.money import MOST_CENTS
from pb.tally.pabulib_meta import LONGEST_NUMBER
from pb.tally.pabulib_sections import LONGEST_LINE, SECTIONS

_MOST_POINT_DIGITS = 9


def refuse_names(given: Iterable[str], computed: set[str]) -> None:
    """Raise UnwritableElection for keys or columns that follow from the election, or are none."""
    for name in given:
        if name in computed:
            raise UnwritableElection(f"'{name}' follows from the election and cannot be given")
        if not name or name != name.strip():
            raise UnwritableElection(f"'{name}' cannot be the name of a key or a column")


def refuse_what_does_not_fit(election: Election) -> None:
    """Raise UnwritableElection for what would not be read back as it is."""
    if not election.projects or not election.ballots or not election.budget:
        raise UnwritableElection("a file holds a budget, at least one project and one ballot")
    for project in election.projects:
        _refuse_project(project)
    groups = (*election.area_budgets, *election.theme_ceilings)
    limits = election.limits
    themes = (
        *limits.minimum_choices_by_theme,
        *limits.maximum_choices_by_theme,
        *limits.maximum_cost_by_theme,
    )
    _refuse_words((*groups, *themes))
    rivals = [name for group in election.exclusive_groups for name in group]
    if any("|" in name for name in rivals) or not all(election.exclusive_groups):
        raise UnwritableElection("an exclusive group is empty, or a project in it holds a '|'")
    if any(len(set(group)) != len(group) for group in election.exclusive_groups):
        raise UnwritableElection("an exclusive group names a project twice")
    if not election.currency or election.currency != election.currency.strip():
        raise UnwritableElection("the currency is empty or holds spaces that get lost")
    if election.title != election.title.strip():
        raise UnwritableElection("the title holds spaces that get lost")
    _refuse_numbers(election)
    _refuse_points(election)


def _refuse_project(project: Project) -> None:
    """Raise UnwritableElection for a project that would not be read back as it is."""
    _refuse_words((project.id, *project.themes))
    if project.id.upper() in SECTIONS:
        raise UnwritableElection("a project has the name of a section as its id")
    if project.name != project.name.strip() or project.area != project.area.strip():
        raise UnwritableElection("the name or area of a project holds spaces that get lost")
    if len(set(project.themes)) != len(project.themes):
        raise UnwritableElection("a project names a theme twice")
    if not 0 <= project.lot < 10**LONGEST_NUMBER:
        raise UnwritableElection("a lot is below zero or too high")


def _refuse_numbers(election: Election) -> None:
    """Raise UnwritableElection for a number or an amount that would not be read back."""
    limits = election.limits
    amounts = [
        election.budget,
        limits.maximum_cost,
        limits.minimum_project_cost,
        limits.maximum_project_cost,
        *(project.cost for project in election.projects),
        *election.area_budgets.values(),
        *election.theme_ceilings.values(),
        *limits.maximum_cost_by_theme.values(),
    ]
    numbers = [
        limits.minimum_choices,
        limits.maximum_choices,
        *limits.minimum_choices_by_theme.values(),
        *limits.maximum_choices_by_theme.values(),
    ]
    if any(amount is not None and not 0 <= amount <= MOST_CENTS for amount in amounts):
        raise UnwritableElection("an amount of money is below zero or too high")
    if any(number is not None and not 0 <= number < 10**LONGEST_NUMBER for number in numbers):
        raise UnwritableElection("a limit is below zero or too high")
    if limits.maximum_choices == 0:
        raise UnwritableElection("nothing may be chosen")


def _refuse_points(election: Election) -> None:
    """Raise UnwritableElection for points that would not be read back as they are."""
    limits, scale = election.limits, election.points_scale
    given = {
        choice[1] for ballot in election.ballots for choice in ballot if not isinstance(choice, str)
    }
    limited = {limits.minimum_points, limits.maximum_points, limits.points_per_project} - {None}
    for points in given | limited:
        if points is not None and not 0 <= points < scale * 10**_MOST_POINT_DIGITS:
            raise UnwritableElection("a number of points is below zero or too high")
    if scale > 1 and not any(points % 10 for points in given):
        raise UnwritableElection("points are multiplied by more than makes them whole")


def _refuse_words(words: Iterable[str]) -> None:
    """Raise UnwritableElection for a word of a list that would be read back as another."""
    for word in words:
        if not word or word != word.strip() or "," in word:
            raise UnwritableElection(f"'{word}' is empty, or holds a comma or spaces around it")


def refuse_what_cannot_be_read(text: str) -> None:
    """Raise UnwritableElection when a reader would stumble over a sign or a long line."""
    if "\0" in text or "\r\n" in text:
        raise UnwritableElection("a text holds a NUL byte or a line end that gets lost")
    if max(map(len, text.split("\n"))) > LONGEST_LINE:
        raise UnwritableElection(f"a line has more than {LONGEST_LINE:,} signs")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnwritableElection("a text holds half a sign") from None
