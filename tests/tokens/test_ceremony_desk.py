"""The ceremony over HTTP, as three people at a table do it, and what they may type wrong."""

import io
import re

import pytest
from pypdf import PdfReader

from pb.accounts.domain import Role
from pb.rounds import service as rounds
from pb.tokens import ceremony, unlocking
from pb.tokens import service as tokens
from pb.tokens.officers import SharedKey
from pb.tokens.order import LetterOrder
from pb.web import limits
from tests.ballots.voting import LETTERS, LISTED, SLUG, a_listed_round
from tests.builders import a_round, an_actor
from tests.ceremonies import LABELS, PASSPHRASES, appoint, hold_ceremony, in_form
from tests.people import Person

DESK = f"/beheer/ronde/{SLUG}"
PAGE = f"{DESK}/sleutels"
CODE = re.compile(r"((?:[0-9A-Z]{4}-){2}[0-9A-Z]{4})\s+((?:[0-9A-Z]{4}-){2}[0-9A-Z]{4})")
NEW = "een splinternieuwe wachtzin"


@pytest.fixture
def known(app, clock):
    """A round that was announced; more is not needed for its keys."""
    clock.move_to(LISTED)
    return a_round()


@pytest.fixture
def listed(app, clock):
    """A round whose ballot list is published, so that letters can be made."""
    clock.move_to(LISTED)
    return a_listed_round()


@pytest.fixture
def held(known):
    """A ceremony that was held and rehearsed."""
    return hold_ceremony(SLUG, LISTED)


@pytest.fixture
def people(known, sign_in):
    return three_people(sign_in)


def three_people(sign_in):
    """Three people with a browser each, of whom one is no manager."""
    return {
        1: Person(sign_in(Role.ROUND_MANAGER, email="een@dorrewold.example")),
        2: Person(sign_in(Role.ROUND_MANAGER, email="twee@dorrewold.example")),
        3: Person(sign_in(Role.COUNTER)),
    }


def code_in(answer):
    """Read the recovery code off the letter, as who opens the envelope does."""
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    (page,) = PdfReader(io.BytesIO(answer.data)).pages
    return "-".join(CODE.search(page.extract_text()).groups())


def choose(person, number, passphrase=None, again=None, **expecting):
    words = PASSPHRASES[number] if passphrase is None else passphrase
    person.open(PAGE).press(
        "Bewaar mijn wachtzin",
        label=LABELS[number],
        passphrase=words,
        again=words if again is None else again,
        **expecting,
    )


def test_three_people_hold_the_ceremony_from_the_first_word_to_the_voting(listed, sign_in):
    people = three_people(sign_in)
    for number, person in people.items():
        person.open(PAGE).sees(f"Sleutelhouder {number} kiest een wachtzin", f"{number - 1} van 3")
        choose(person, number)
    manager = people[1].open(PAGE).sees("Griffier", "Teller", "Notaris")
    manager.press("Maak de sleutels en de brief")
    code = code_in(manager.page)
    manager.open(PAGE).sees("Zonder oefening gaat het stemmen niet open.")
    letters = letters_for_the_keys()
    manager.open(f"{DESK}/stembus").sees("Oefen eerst met de sleutels.")
    manager.follow("Oefen met twee sleutelhouders").sees("Elke sleutelhouder moet een keer meedoen")
    manager.press("Open de proefstem", **in_form(1, 2)).sees("Nog niet")
    people[3].open(f"{PAGE}/oefenen").press("Open de proefstem", **in_form(1, 3))
    people[3].sees("Elke sleutelhouder heeft geoefend.")
    people[3].press("Open de proefstem", **in_form(2, 3)).sees("Alle drie de tweetallen")
    manager.open(PAGE).sees("De sleutels zijn klaar")
    manager.open(f"{DESK}/stembus").press("Open het stemmen op de afgesproken dag")

    assert len(letters) == 24
    opened = unlocking.unlock_by_envelope(SLUG, code)
    assert opened[SharedKey.COUNT].public_key == ceremony.public_key(SLUG, SharedKey.COUNT)


def letters_for_the_keys():
    """The letters of a round whose ceremony was held on the page."""
    tokens.propose(SLUG, LetterOrder(letters=LETTERS), by=an_actor(), now=LISTED)
    tokens.confirm(SLUG, by=an_actor(staff_id=2), now=LISTED)
    return tokens.mint(SLUG, by=an_actor(), now=LISTED).printables


@pytest.mark.parametrize(
    ("words", "again", "sentence"),
    [
        ("kort", None, "Kies een wachtzin van minstens 16 tekens"),
        ("x" * 30, None, "Kies een wachtzin van minstens 16 tekens"),
        ("", "", "Kies een wachtzin."),
        (NEW, "iets anders", "De twee wachtzinnen zijn niet gelijk."),
    ],
)
def test_a_passphrase_that_will_not_do_is_told_beside_the_field(people, words, again, sentence):
    choose(people[1], 1, words, again, expecting=422)

    people[1].sees(sentence)
    assert not ceremony.find(SLUG).officers


def test_what_was_typed_is_never_shown_again(people):
    choose(people[1], 1, NEW, "iets anders dan dat", expecting=422)

    assert NEW not in people[1].page.text
    assert 'value="Griffier"' in people[1].page.text


def test_pressing_twice_does_not_make_one_person_two_officers(people):
    client = people[1].client
    data = {"officer-number": "1", "officer-label": "Griffier", "officer-passphrase": NEW,
            "officer-again": NEW}  # fmt: skip

    assert client.post(f"{PAGE}/sleutelhouder", data=data).status_code == 303
    again = client.post(f"{PAGE}/sleutelhouder", data=data)

    assert again.status_code == 409
    assert "koos al een wachtzin" in again.text
    assert list(ceremony.find(SLUG).officers) == [1]


@pytest.mark.parametrize("number", ["", "0", "4", "een", "1' OR 1"])
def test_a_number_that_is_no_officer_is_refused(people, number):
    data = {"officer-number": number, "officer-label": "Griffier", "officer-passphrase": NEW,
            "officer-again": NEW}  # fmt: skip

    assert people[1].client.post(f"{PAGE}/sleutelhouder", data=data).status_code == 404
    assert not ceremony.find(SLUG).officers


def test_the_page_offers_a_passphrase_and_another_one_each_time(people):
    offered = re.compile(r"<code>((?:[a-z2-9]{5}-){3}[a-z2-9]{5})</code>")

    found = {offered.search(people[1].open(PAGE).page.text)[1] for _ in range(5)}

    assert len(found) == 5


def test_keys_are_not_made_before_there_are_three_or_twice(people):
    appoint(SLUG, LISTED, 1, 2)
    client = people[1].client

    too_early = client.post(f"{PAGE}/maken")
    assert too_early.status_code == 409
    assert "Er zijn drie sleutelhouders nodig." in too_early.text
    appoint(SLUG, LISTED, 3)
    assert client.post(f"{PAGE}/maken").status_code == 200
    assert client.post(f"{PAGE}/maken").status_code == 409


def test_beginning_again_is_possible_until_there_are_letters(listed, sign_in):
    people = three_people(sign_in)
    hold_ceremony(SLUG, LISTED)
    people[1].open(PAGE).press("Begin opnieuw").sees("Sleutelhouder 1 kiest een", "0 van 3")
    hold_ceremony(SLUG, LISTED)
    letters_for_the_keys()

    people[1].open(PAGE).does_not_see("Begin opnieuw")
    assert people[1].client.post(f"{PAGE}/opnieuw").status_code == 409


WRONG = [
    ({"first_passphrase": "niet deze wachtzin"}, "klopt niet: 1 (Griffier)."),
    ({"second_passphrase": "niet deze wachtzin"}, "klopt niet: 2 (Teller)."),
    ({"second": "1", "second_passphrase": PASSPHRASES[1]}, "twee verschillende sleutelhouders"),
    ({"second_passphrase": ""}, "Vul de wachtzin in."),
]


@pytest.mark.parametrize(("changes", "sentence"), WRONG)
@pytest.mark.parametrize("door", ["wachtzin", "envelop", "oefenen"])
def test_two_who_do_not_open_get_a_sentence_and_nothing_changes(
    people, held, door, changes, sentence
):
    prefix = {"wachtzin": "change-", "envelop": "envelope-", "oefenen": ""}[door]
    data = in_form() | changes
    data = {f"{prefix}{name}": value for name, value in data.items()}
    more = {"change-officer": "3", "change-wanted": NEW, "change-again": NEW}
    before, log = ceremony.find(SLUG), rounds.log(SLUG)

    answer = people[1].client.post(f"{PAGE}/{door}", data=data | more)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not any(words in answer.text for words in PASSPHRASES.values())
    assert ceremony.find(SLUG) == before
    assert rounds.log(SLUG) == log


def test_a_forgotten_passphrase_is_replaced_with_the_two_others(people, held):
    people[2].open(PAGE).press(
        "Bewaar de nieuwe wachtzin",
        first="1",
        first_passphrase=PASSPHRASES[1],
        second="2",
        second_passphrase=PASSPHRASES[2],
        officer="3",
        label="",
        wanted=NEW,
        again=NEW,
    )

    assert ceremony.find(SLUG).rehearsed == {(1, 2)}
    assert unlocking.unlock(SLUG, SharedKey.COUNT, [(2, PASSPHRASES[2]), (3, NEW)])


def test_another_envelope_is_a_letter_of_its_own(people, held):
    people[1].open(PAGE).press("Maak een nieuwe brief", **in_form(2, 3))

    code = code_in(people[1].page)
    assert code != held
    assert unlocking.unlock_by_envelope(SLUG, code)


def test_guessing_is_stopped_for_the_network_that_guesses(people, held, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 3)
    wrong = in_form() | {"first_passphrase": "niet deze wachtzin"}
    client = people[1].client

    found = [client.post(f"{PAGE}/oefenen", data=wrong).status_code for _ in range(5)]

    assert found == [422, 422, 422, 403, 403]
    stopped = client.post(f"{PAGE}/oefenen", data=in_form())
    assert stopped.status_code == 403
    assert "te veel verkeerde wachtzinnen" in stopped.text
    elsewhere = client.post(
        f"{PAGE}/oefenen", data=in_form(), environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 303


def test_the_letter_is_dutch_also_for_who_reads_english(people):
    appoint(SLUG, LISTED)

    answer = people[1].client.post(f"{PAGE}/maken", headers={"Accept-Language": "en"})

    (page,) = PdfReader(io.BytesIO(answer.data)).pages
    assert "uur" in page.extract_text().split("Gemaakt op")[1].splitlines()[0]


def test_the_page_proposes_a_pair_that_did_not_rehearse_yet(people):
    appoint(SLUG, LISTED)
    people[1].client.post(f"{PAGE}/maken")
    chosen = re.compile(r'<option selected value="(\d)">')
    for pair in (("1", "2"), ("1", "3"), ("2", "3")):
        people[1].open(f"{PAGE}/oefenen")
        assert tuple(chosen.findall(people[1].page.text)) == pair
        people[1].press("Open de proefstem", **in_form(*(int(number) for number in pair)))


def test_without_keys_there_is_nothing_to_rehearse(people):
    answer = people[1].client.get(f"{PAGE}/oefenen")

    assert answer.status_code == 409
    assert "Doe eerst de sleutelceremonie" in answer.text


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ROUND_MANAGER, Role.COUNTER}, key=str))
def test_others_see_how_far_it_is_and_can_do_nothing(held, sign_in, role):
    somebody = sign_in(role)

    page = somebody.get(PAGE)

    assert page.status_code == 200
    assert "De sleutels zijn klaar" in page.text
    assert "<button" not in page.text.split("<main")[1].split("</main>")[0]
    for door in ("sleutelhouder", "maken", "opnieuw", "wachtzin", "envelop", "oefenen"):
        assert somebody.post(f"{PAGE}/{door}").status_code == 403


@pytest.mark.parametrize("step", [0, 1, 3, "made", "rehearsed"])
@pytest.mark.parametrize("language", ["nl", "en", "ar"])
def test_the_page_is_well_made_in_every_step(people, step, language):
    if isinstance(step, int) and step:
        appoint(SLUG, LISTED, *range(1, step + 1))
    elif step == "made":
        appoint(SLUG, LISTED)
        people[1].client.post(f"{PAGE}/maken")
    elif step == "rehearsed":
        hold_ceremony(SLUG, LISTED)

    assert people[1].client.get(PAGE, headers={"Accept-Language": language}).status_code == 200
