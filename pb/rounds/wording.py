"""The words for what a framework and a round hold, for pages: labels, rows and sentences."""

from typing import Any

from pb.foundation.errors import N_
from pb.foundation.language import LANGUAGES
from pb.frameworks.domain import (
    DATE_LABELS,
    Answer,
    Dates,
    DecisionPower,
    Framework,
)
from pb.frameworks.wording import NAMES, rule_in_words
from pb.journal.domain import Entry
from pb.rounds.domain import ORDER, State, end_of
from pb.tally.election import BallotKind
from pb.web.formats import moment, money, series
from pb.web.wording import gettext, translated

POWERS = {
    DecisionPower.BINDING: N_("Bewoners beslissen, binnen de kaders."),
    DecisionPower.CO_DECIDE: N_("Bewoners en gemeente beslissen samen."),
    DecisionPower.CONSULT: N_("De gemeente vraagt raad en beslist zelf."),
    DecisionPower.INFORM: N_("De gemeente vertelt wat zij doet."),
}
BALLOTS = {
    BallotKind.APPROVAL: N_("U kiest %(least)s tot %(most)s plannen."),
    BallotKind.CHOOSE_ONE: N_("U kiest één plan."),
    BallotKind.KNAPSACK: N_("U kiest plannen die samen niet meer kosten dan %(budget_money)s."),
    BallotKind.CUMULATIVE: N_("U verdeelt %(points)s punten over de plannen."),
    BallotKind.ORDINAL: N_("U zet hoogstens %(most)s plannen op volgorde."),
}
ANSWERS = {
    Answer.YES: N_("Ja"),
    Answer.MOSTLY: N_("Grotendeels"),
    Answer.NO: N_("Nee"),
}


def power(framework: Framework) -> str:
    """Return who decides, with the reason when residents do not."""
    sentence = gettext(POWERS[framework.decision_power])
    return " ".join(part for part in (sentence, framework.decision_power_reason) if part)


def ballot(framework: Framework) -> str:
    """Return in one sentence what a voter may put on a ballot."""
    rules = framework.ballot
    values = {
        "least": rules.min_choices,
        "most": rules.max_choices,
        "budget_money": rules.max_cost or 0,
        "points": rules.points,
    }
    return translated(BALLOTS[rules.kind], values)


def desks(shown: Framework) -> list[tuple[str, str]]:
    """Return per desk where and when it is, and the own names of the languages spoken there."""
    return [
        (
            gettext("%(place)s: %(when)s", place=desk.place, when=desk.when),
            series(LANGUAGES[code].name for code in desk.languages),
        )
        for desk in shown.desks
    ]


def framework(shown: Framework) -> dict[str, Any]:
    """Return rows and sentences for the page of a framework."""
    return {
        "area_rows": [(area.name, money(area.budget)) for area in shown.areas],
        "theme_rows": [
            (theme.name, "–" if theme.ceiling is None else money(theme.ceiling))
            for theme in shown.themes
        ],
        "precondition_rows": [
            (gettext(each.label), gettext(ANSWERS[each.answer]), each.explanation)
            for each in shown.preconditions
        ],
        "desks": desks(shown),
        "date_rows": [
            (gettext(label), moment(getattr(shown.dates, name)))
            for name, label in DATE_LABELS.items()
        ],
        "ballot_words": ballot(shown),
        "rule_name": gettext(NAMES[shown.counting.rule]),
        "rule_steps": rule_in_words(shown.counting.full_rule, shown.counting.leftover),
        "power": power(shown),
    }


def stage_dates(dates: Dates) -> dict[str, str]:
    """Return per state until when it lasts, for the states that have a date."""
    ends = {state: end_of(state, dates) for state in ORDER}
    return {
        state.value: gettext("tot %(moment)s", moment=moment(end))
        for state, end in ends.items()
        if end is not None and state is not State.EXECUTION
    }


#: How the timeline shows who acted; everybody else works for the municipality.
KIND_OF_FUNCTION = {
    N_("De klok"): "system",
    N_("Planeigenaar"): "owner",
    N_("Wijkraad"): "council",
}


def log(entries: list[Entry]) -> list[dict[str, object]]:
    """Return journal entries as the timeline shows them, in the order given."""
    return [
        {
            "kind": KIND_OF_FUNCTION.get(entry.by, "staff"),
            "author": gettext(entry.by),
            "when": moment(entry.at),
            "title": translated(entry.what, entry.values),
            # Words of our own when it was chosen from a list, else what somebody wrote.
            "text": gettext(entry.reason) if entry.reason else "",
        }
        for entry in entries
    ]
