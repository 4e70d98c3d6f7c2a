"""Starting the count with two people, reading it, and publishing it as the council."""

import pytest

from pb.accounts.actor import Actor
from pb.accounts.domain import Role
from pb.results import service
from pb.rounds import service as rounds
from pb.rounds.domain import State
from pb.web import limits
from tests.builders import DATES
from tests.ceremonies import PASSPHRASES, in_form
from tests.people import Person
from tests.results.votes import CLOSED, COUNTED, PUBLISHED, SLUG

STAFF = f"/beheer/ronde/{SLUG}"


def test_before_closing_the_page_says_until_when_and_offers_no_button(voted, sign_in, clock):
    clock.move_to(DATES.voting_opens)
    counter = sign_in(Role.COUNTER)
    page = counter.get(f"{STAFF}/telling/starten").text

    assert "Een tussenstand is er niet." in page
    assert "Zet de telling klaar" not in page.split("</ol>")[-1]
    assert counter.post(f"{STAFF}/telling/klaarzetten").status_code == 409


def test_the_steps_say_whether_voting_is_still_open(voted, sign_in, clock):
    clock.move_to(DATES.voting_opens)
    counter = Person(sign_in(Role.COUNTER)).open(f"{STAFF}/telling/starten")
    counter.sees("Het stemmen is nog bezig").does_not_see("Het stemmen is gesloten", "(klaar)")

    clock.move_to(CLOSED)
    counter = Person(sign_in(Role.ROUND_MANAGER)).open(f"{STAFF}/telling/starten")

    counter.sees("Het stemmen is gesloten (klaar)").does_not_see("Het stemmen is nog bezig")


def test_two_members_of_the_staff_start_the_count(voted, sign_in, clock):
    clock.move_to(CLOSED)
    first, second = sign_in(Role.COUNTER), sign_in(Role.ROUND_MANAGER)

    assert first.post(f"{STAFF}/telling/klaarzetten").status_code == 303
    assert "Vraag nu een andere collega" in first.get(f"{STAFF}/telling/starten").text
    assert "Start de telling" in second.get(f"{STAFF}/telling/starten").text
    assert first.post(f"{STAFF}/telling/starten", data=in_form()).status_code == 403
    answer = second.post(f"{STAFF}/telling/starten", data=in_form(2, 3))

    assert answer.status_code == 303
    assert "4 van de 5" in second.get(answer.location).text
    assert rounds.get(SLUG, CLOSED).state is State.COUNTING


def test_a_function_with_a_percent_sign_is_shown_as_it_is(voted, sign_in, clock):
    clock.move_to(CLOSED)
    by = Actor(staff_id=99, label="Teller (50% van de week)", roles=frozenset({Role.COUNTER}))
    service.propose(SLUG, by=by, now=CLOSED)

    assert "50% van de week" in sign_in(Role.COUNTER).get(f"{STAFF}/telling/starten").text


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNTER, Role.ROUND_MANAGER}, key=str))
def test_others_cannot_start_the_count(voted, sign_in, clock, role):
    clock.move_to(CLOSED)
    somebody = sign_in(role)

    assert somebody.get(f"{STAFF}/telling/starten").status_code == 403
    assert somebody.post(f"{STAFF}/telling/klaarzetten").status_code == 403
    assert somebody.post(f"{STAFF}/telling/starten").status_code == 403


READERS = {Role.COUNTER, Role.ROUND_MANAGER, Role.COUNCIL, Role.AUDITOR}


@pytest.mark.parametrize("role", sorted(Role, key=str))
def test_only_some_of_the_staff_read_the_count_before_it_is_public(counted, sign_in, clock, role):
    clock.move_to(COUNTED)
    answer = sign_in(role).get(f"{STAFF}/telling")

    assert answer.status_code == (200 if role in READERS else 403)
    assert ("Bankjes" in answer.text) == (role in READERS)


def test_a_resident_is_sent_to_the_sign_in_page(counted, resident, clock):
    clock.move_to(COUNTED)

    assert resident.get(f"{STAFF}/telling").status_code == 303
    assert resident.post(f"{STAFF}/uitslag-bekendmaken").status_code == 303


def test_the_council_publishes_with_words_of_its_own(counted, sign_in, resident, clock):
    clock.move_to(PUBLISHED)
    council = sign_in(Role.COUNCIL)
    assert "De feiten eronder staan vast." in council.get(f"{STAFF}/uitslag-bekendmaken").text
    answer = council.post(f"{STAFF}/uitslag-bekendmaken", data={"statement": "Wat een feest!"})

    assert answer.status_code == 303
    assert "Wat een feest!" in resident.get(answer.location).text


def test_without_words_the_council_is_asked_again(counted, sign_in, clock):
    clock.move_to(PUBLISHED)
    council = sign_in(Role.COUNCIL)
    answer = council.post(f"{STAFF}/uitslag-bekendmaken", data={"statement": "  "})

    assert answer.status_code == 422
    assert "Schrijf in uw eigen woorden" in answer.text
    assert rounds.get(SLUG, PUBLISHED).state is State.COUNTING


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNCIL}, key=str))
def test_only_the_council_publishes(counted, sign_in, clock, role):
    clock.move_to(PUBLISHED)
    answer = sign_in(role).post(f"{STAFF}/uitslag-bekendmaken", data={"statement": "Ik ook."})

    assert answer.status_code == 403
    assert service.is_counted(SLUG)
    assert rounds.get(SLUG, PUBLISHED).state is State.COUNTING


def test_after_publication_the_council_cannot_publish_again(published, sign_in, clock):
    clock.move_to(PUBLISHED)
    council = sign_in(Role.COUNCIL)

    assert council.get(f"{STAFF}/uitslag-bekendmaken").status_code == 409
    assert council.post(f"{STAFF}/uitslag-bekendmaken", data={"statement": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first_passphrase": "niet deze wachtzin"}, "klopt niet: 1 (Griffier)."),
        ({"second_passphrase": "niet deze wachtzin"}, "klopt niet: 2 (Teller)."),
        ({"second": "1", "second_passphrase": PASSPHRASES[1]}, "twee verschillende sleutelhouders"),
        ({"first_passphrase": ""}, "Vul de wachtzin in."),
        ({"first": "9"}, "Eerste sleutelhouder"),
    ],
)
def test_officers_who_do_not_open_get_a_sentence_and_nothing_is_counted(
    voted, sign_in, clock, changes, sentence
):
    clock.move_to(CLOSED)
    sign_in(Role.COUNTER).post(f"{STAFF}/telling/klaarzetten")
    manager = sign_in(Role.ROUND_MANAGER)

    answer = manager.post(f"{STAFF}/telling/starten", data=in_form() | changes)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not any(words in answer.text for words in PASSPHRASES.values())
    assert not service.is_counted(SLUG)
    assert rounds.get(SLUG, CLOSED).state is State.VOTING


def test_guessing_at_the_count_is_stopped(voted, sign_in, clock, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 2)
    clock.move_to(CLOSED)
    sign_in(Role.COUNTER).post(f"{STAFF}/telling/klaarzetten")
    manager = sign_in(Role.ROUND_MANAGER)
    wrong = in_form() | {"first_passphrase": "niet deze wachtzin"}

    statuses = [
        manager.post(f"{STAFF}/telling/starten", data=data).status_code
        for data in (wrong, wrong, in_form())
    ]

    assert statuses == [422, 422, 403]
    assert not service.is_counted(SLUG)
