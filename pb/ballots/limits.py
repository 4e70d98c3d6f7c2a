"""Every limit on one ballot, and the refusal that says in a voter's words which one it breaks.

All limits bind here, on the server, whatever the page showed; the frozen ballot list and its
rules are the only yardstick.
"""

from collections import Counter

from pb.ballots.domain import BallotContent, BallotList, ChoicesRefused, ContentUnreadable, Marks
from pb.foundation.errors import N_
from pb.frameworks.domain import BallotRules
from pb.tally.election import BallotKind


def content_of(marks: Marks, ballot_list: BallotList) -> BallotContent:
    """Return the ballot that a voter marked.

    Raises every refusal of ``refuse_unless_allowed``, and RankTwice when two plans share a
    place. On a ranked ballot an empty place is closed up: 1, 3 means first and second.
    """
    marked = {number: mark for number, mark in marks.items() if mark}
    points: tuple[int, ...] = ()
    choices = tuple(sorted(marked))
    if ballot_list.kind is BallotKind.ORDINAL:
        if len(set(marked.values())) != len(marked):
            raise RankTwice
        choices = tuple(sorted(marked, key=lambda number: marked[number]))
    elif ballot_list.kind is BallotKind.CUMULATIVE:
        points = tuple(marked[number] for number in choices)
    content = BallotContent(choices, points)
    refuse_unless_allowed(content, ballot_list)
    return content


def marks_of(content: BallotContent, ballot_list: BallotList) -> dict[int, int]:
    """Return the marks on the screen that make this ballot."""
    if ballot_list.kind is BallotKind.ORDINAL:
        return {number: place for place, number in enumerate(content.choices, 1)}
    if content.points:
        return dict(zip(content.choices, content.points, strict=True))
    return dict.fromkeys(content.choices, 1)


def refuse_unless_allowed(content: BallotContent, ballot_list: BallotList) -> None:
    """Raise a refusal, the first that holds, unless this ballot keeps every rule.

    NothingChosen, UnknownChoice, ChosenTwice, TooFewChoices, OnlyOneChoice, TooManyChoices,
    CostsTooMuch, TooManyOfTheme, ThemeCostsTooMuch, TooManyPoints, TooManyPointsForOne,
    ContentUnreadable.
    """
    _refuse_wrong_shape(content, ballot_list)
    _refuse_wrong_number(content, ballot_list)
    _refuse_wrong_cost(content, ballot_list)
    if ballot_list.kind is BallotKind.CUMULATIVE:
        _refuse_wrong_points(content, ballot_list.rules)


def _refuse_wrong_shape(content: BallotContent, ballot_list: BallotList) -> None:
    if not content.choices:
        raise NothingChosen
    if not ballot_list.by_number.keys() >= set(content.choices):
        raise UnknownChoice
    if len(set(content.choices)) != len(content.choices):
        raise ChosenTwice
    has_points = ballot_list.kind is BallotKind.CUMULATIVE
    if len(content.points) != (len(content.choices) if has_points else 0):
        raise ContentUnreadable
    is_ranked = ballot_list.kind is BallotKind.ORDINAL
    if not is_ranked and list(content.choices) != sorted(content.choices):
        raise ContentUnreadable


def _refuse_wrong_number(content: BallotContent, ballot_list: BallotList) -> None:
    chosen = len(content.choices)
    if chosen > ballot_list.most_choices:
        if ballot_list.most_choices == 1:
            raise OnlyOneChoice
        raise TooManyChoices(maximum=ballot_list.most_choices)
    if chosen < ballot_list.fewest_choices:
        raise TooFewChoices(minimum=ballot_list.fewest_choices, chosen=chosen)
    of_theme = Counter(ballot_list.by_number[number].theme_id for number in content.choices)
    for theme, most in ballot_list.rules.max_choices_of_theme:
        if of_theme[theme] > most:
            raise TooManyOfTheme(theme=ballot_list.theme_names.get(theme, theme), maximum=most)


def _refuse_wrong_cost(content: BallotContent, ballot_list: BallotList) -> None:
    plans = [ballot_list.by_number[number] for number in content.choices]
    spent = sum(plan.cost for plan in plans)
    most = ballot_list.rules.max_cost
    if most is not None and spent > most:
        raise CostsTooMuch(spent_money=spent, budget_money=most)
    for theme, most_of_theme in ballot_list.rules.max_cost_of_theme:
        spent = sum(plan.cost for plan in plans if plan.theme_id == theme)
        if spent > most_of_theme:
            raise ThemeCostsTooMuch(
                theme=ballot_list.theme_names.get(theme, theme),
                spent_money=spent,
                budget_money=most_of_theme,
            )


def _refuse_wrong_points(content: BallotContent, rules: BallotRules) -> None:
    if any(points < 1 for points in content.points):
        raise ContentUnreadable
    if any(points > rules.max_points for points in content.points):
        raise TooManyPointsForOne(maximum=rules.max_points)
    if sum(content.points) > rules.points:
        raise TooManyPoints(given=sum(content.points), maximum=rules.points)


class NothingChosen(ChoicesRefused):
    """A ballot names no plan."""

    sentence = N_("U heeft nog niets gekozen. Kies minstens één plan.")


class TooFewChoices(ChoicesRefused):
    """A ballot names fewer plans than it must."""

    sentence = N_("Kies minstens %(minimum)s plannen. U heeft er nu %(chosen)s gekozen.")


class TooManyChoices(ChoicesRefused):
    """A ballot names more plans than it may."""

    sentence = N_("U mag %(maximum)s plannen kiezen. Haal er eerst één weg.")


class OnlyOneChoice(ChoicesRefused):
    """A ballot names more than one plan, where one may be chosen."""

    sentence = N_("U mag één plan kiezen. Haal de andere weg.")


class UnknownChoice(ChoicesRefused):
    """A ballot names a plan that is not on the list."""

    sentence = N_("Dit plan staat niet op de stemlijst. Kies een plan uit de lijst.")


class ChosenTwice(ChoicesRefused):
    """A ballot names a plan twice."""

    sentence = N_("Een plan staat twee keer in uw keuzes. Haal er één weg.")


class RankTwice(ChoicesRefused):
    """Two plans stand on the same place of a ranked ballot."""

    sentence = N_("Twee plannen staan op dezelfde plaats. Geef elk plan een eigen plaats.")


class CostsTooMuch(ChoicesRefused):
    """The chosen plans cost more together than one voter may spend."""

    sentence = N_(
        "Uw plannen kosten samen %(spent_money)s. U mag %(budget_money)s verdelen. "
        "Haal eerst een plan weg."
    )


class TooManyOfTheme(ChoicesRefused):
    """A ballot names more plans of one theme than it may."""

    sentence = N_(
        "Van het thema %(theme)s mag u %(maximum)s plannen kiezen. Haal er eerst één weg."
    )


class ThemeCostsTooMuch(ChoicesRefused):
    """The chosen plans of one theme cost more together than they may."""

    sentence = N_(
        "Uw plannen van het thema %(theme)s kosten samen %(spent_money)s. "
        "Dat mag %(budget_money)s zijn. Haal eerst een plan weg."
    )


class TooManyPoints(ChoicesRefused):
    """A ballot gives more points than there are."""

    sentence = N_("U gaf %(given)s punten. U heeft er %(maximum)s. Haal eerst punten weg.")


class TooManyPointsForOne(ChoicesRefused):
    """A ballot gives one plan more points than a plan may get."""

    sentence = N_("Een plan mag %(maximum)s punten krijgen. Haal eerst punten weg.")
