"""What everybody sees of what was learned."""

from datetime import date

from pb.rounds.domain import State
from tests.builders import DATES, a_round
from tests.evaluations.conftest import ENDED, write
from tests.followups.conftest import BEGUN
from tests.results.votes import SLUG

PAGE = f"/ronde/{SLUG}/terugkijken"


def test_the_lessons_stand_in_the_order_of_the_states(executed, clock, resident):
    clock.move_to(BEGUN)
    write(State.VOTING, now=BEGUN, lesson="De letters waren klein.", answered=1212)
    write(State.REVIEW, now=BEGUN, lesson="Het duurde te lang.", changed_on=date(2026, 6, 5))

    page = resident.get(PAGE).text

    assert page.index("Het duurde te lang.") < page.index("De letters waren klein.")
    assert "vrijdag 5 juni 2026" in page
    assert "1.212" in page
    assert "Dit moet nog gebeuren." in page


def test_the_page_says_which_states_still_miss_a_lesson(executed, clock, resident):
    clock.move_to(BEGUN)
    for state in (State.ANNOUNCED, State.OPEN_FOR_PROPOSALS, State.REVIEW, State.VOTING):
        write(state, now=BEGUN)

    page = resident.get(PAGE).text

    assert (
        "Deze fases zijn voorbij en hebben nog geen les: "
        "Herziening vragen, Stemlijst bekend, Tellen, Uitslag." in page
    )
    assert page.count("Deze fase heeft nog geen les.") == 4
    assert ">Uitvoeren</h2>" not in page


def test_nothing_misses_before_the_first_state_is_over(app, clock, resident):
    slug = a_round()
    assert resident.get(f"/ronde/{slug}/terugkijken").status_code == 409
    clock.move_to(DATES.proposals_open)

    page = resident.get(f"/ronde/{slug}/terugkijken").text

    assert "Deze fase is voorbij en heeft nog geen les: Kaders bekend." in page


def test_the_page_is_found_from_the_round_and_in_every_language(looking_back, clock, resident):
    clock.move_to(ENDED)
    assert f'href="{PAGE}"' in resident.get(f"/ronde/{SLUG}").text

    for language in ("en", "ar"):
        resident.get(f"/taal/{language}")
        assert resident.get(PAGE).status_code == 200
