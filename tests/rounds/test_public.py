"""The menu of a round: what matters now stands in the bar, the other pages are one press away."""

from html.parser import HTMLParser

import pytest

from pb.rounds.access import IN_FRONT, PAGES
from pb.rounds.domain import ORDER, State
from pb.rounds.rights import may
from tests.builders import DATES, a_plan, a_round

ROUND = "/ronde/proef"


class Menu(HTMLParser):
    """Reads the main menu of a page: addresses in the bar, in the fold, and of this page."""

    def __init__(self, html):
        super().__init__()
        self.bar, self.fold, self.current = [], [], []
        self.inside, self.folded = False, False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "nav":
            self.inside = given.get("aria-label") == "Hoofdmenu"
        elif tag == "details":
            self.folded = True
        elif tag == "a" and self.inside:
            (self.fold if self.folded else self.bar).append(given["href"])
            if "aria-current" in given:
                self.current.append(given["href"])

    def handle_endtag(self, tag):
        if tag == "nav":
            self.inside = False
        elif tag == "details":
            self.folded = False


@pytest.fixture
def slug(app, clock):
    slug = a_round()
    clock.move_to(DATES.proposals_open)
    a_plan(slug)
    return slug


def test_the_bar_has_what_matters_now_and_the_rest_is_one_press_away(slug, resident):
    menu = Menu(resident.get(ROUND).text)

    assert menu.bar == ["/", ROUND, f"{ROUND}/kaders", f"{ROUND}/plannen"]
    assert menu.fold == [f"{ROUND}/terugkijken", f"{ROUND}/logboek"]


def test_the_page_that_is_shown_always_stands_in_the_bar(slug, resident):
    menu = Menu(resident.get(f"{ROUND}/logboek").text)

    assert menu.current == [f"{ROUND}/logboek"]
    assert menu.bar[-1] == f"{ROUND}/logboek"
    assert menu.fold == [f"{ROUND}/terugkijken"]


def test_nothing_is_folded_when_everything_matters(app, resident):
    a_round()

    menu = Menu(resident.get(ROUND).text)

    assert menu.bar == ["/", ROUND, f"{ROUND}/kaders", f"{ROUND}/logboek"]
    assert menu.fold == []


@pytest.mark.parametrize("state", sorted(set(State) - {State.PREPARATION}))
def test_every_state_puts_two_to_four_pages_in_front(state):
    possible = [end for end, _, act in PAGES if may(act, state, frozenset())]

    assert 2 <= len(IN_FRONT[state]) <= 4
    assert set(IN_FRONT[state]) <= set(possible)


@pytest.mark.parametrize("state", ORDER[1:])
def test_the_page_of_the_state_itself_is_in_front(state):
    about = {
        State.OPEN_FOR_PROPOSALS: "/plannen",
        State.VOTING: "/stemmen",
        State.RESULT_PUBLISHED: "/uitslag",
        State.EXECUTION: "/voortgang",
        State.EVALUATION: "/terugkijken",
    }

    assert about.get(state, "") in IN_FRONT[state]
