"""The desk over HTTP: a resident without a letter, a helper, two officers and a project leader."""

import pytest

from pb.accounts.domain import Role
from pb.ballots import service
from pb.rounds import service as rounds
from pb.tokens.domain import CodeReplaced, CodeUnknown
from pb.web import limits
from tests.ballots.boxes import key_of
from tests.ballots.desk import DURING, letters, open_pack, store, vote
from tests.ballots.voting import SLUG, a_voting_round
from tests.builders import DATES
from tests.ceremonies import PASSPHRASES, in_form
from tests.people import Person

DESK = f"/beheer/ronde/{SLUG}/brieven"
VOID, PACK = "Maak deze brief ongeldig", "Stel voor: pak 1 in gebruik nemen"


@pytest.fixture
def voting(app, clock):
    """A round in its voting, with twenty spare envelopes per area."""
    found = a_voting_round(spare_permille=30)
    clock.move_to(DURING)
    return found


@pytest.fixture
def helper(voting, sign_in):
    return Person(sign_in(Role.HELPER))


@pytest.fixture
def manager(voting, sign_in):
    return Person(sign_in(Role.ROUND_MANAGER))


def report(person, serial, *, why="lost", officers=(1, 2), expecting=200, **changes):
    filled_in = {"serial": serial, "why": why, **in_form(*officers), **changes}
    return person.open(DESK).press(VOID, expecting=expecting, **filled_in)


def test_a_resident_without_a_letter_gets_an_envelope_and_votes(voting, helper, manager):
    """Mrs Jansen lost her letter, somebody voted with it; she draws an envelope and votes."""
    (serial, code), *_ = letters(voting)
    vote(code, 1)
    helper.open(f"/beheer/ronde/{SLUG}").follow("Kwijtgeraakte brieven")
    helper.sees("Pak 1: Noord", "In dit pak zaten 20 enveloppen.", "Dit pak is nog dicht.")
    helper.press(PACK).sees("Een tweede collega moet bevestigen", "projectleider")
    manager.open(DESK).press("Ja, neem pak 1 in gebruik").sees("Het pak is in gebruik.")

    report(helper, serial, why="stolen").sees("De brief is ongeldig.", "trekken")

    helper.sees("Dit pak is in gebruik.", "Ongeldig gemaakt in deze ronde: 1.")
    helper.sees("Schrijf het nummer van de nieuwe envelop nergens op")
    with pytest.raises(CodeReplaced):
        vote(code, 2, expected_version=1)
    drawn = letters(voting, spare=True)[11][1]
    assert vote(drawn, 3).version == 1
    assert [ballot.ballot_key for ballot in service.superseded(SLUG)] == [key_of(code)]


def test_the_public_log_tells_functions_kinds_and_numbers_and_nothing_else(
    voting, helper, manager, resident
):
    (serial, _), *_ = letters(voting)
    helper.open(DESK).press(PACK)
    manager.open(DESK).press("Ja, neem pak 1 in gebruik")
    report(helper, serial)

    page = Person(resident).open(f"/ronde/{SLUG}/logboek")

    page.sees("Een gemelde brief is ongeldig gemaakt. Tot nu toe zijn dat er 1.")
    page.sees("Pak 1 met 20 reserve-enveloppen is in gebruik.", "De brief is kwijt")
    page.does_not_see(serial, serial[:6], "Iemand (")
    resident.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    page.open(f"/ronde/{SLUG}/logboek").sees("A reported letter was made void.", "is lost")


@pytest.mark.parametrize(
    ("serial_of", "sentence"),
    [
        (lambda voting: "", "Vul het briefnummer in."),
        (lambda voting: "12", "Dit briefnummer klopt niet."),
        (lambda voting: "004711-9", "Dit briefnummer klopt niet."),
        (lambda voting: "004711-8", "Deze ronde heeft geen brief met dit nummer."),
        (lambda voting: letters(voting, spare=True)[0][0], "Dit is een reserve-envelop"),
    ],
)
def test_a_number_that_will_not_do_is_told_and_stays_in_its_field(
    voting, helper, serial_of, sentence
):
    serial, before = serial_of(voting), store()

    report(helper, serial, expecting=422).sees(sentence)

    assert f'value="{serial}"' in helper.page.text
    assert store() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"second": "1"}, "Er zijn twee verschillende sleutelhouders nodig."),
        ({"second_passphrase": "niet deze wachtzin"}, "klopt niet: 2 (Teller)"),
        ({"second_passphrase": ""}, "Vul de wachtzin in."),
        ({"why": ""}, "Kies wat er met de brief is."),
    ],
)
def test_without_two_officers_and_a_reason_nothing_happens(voting, helper, changes, sentence):
    (serial, code), *_ = letters(voting)
    vote(code)
    before, log = store(), rounds.log(SLUG)

    report(helper, serial, expecting=422, **changes).sees(sentence)

    assert (store(), rounds.log(SLUG)) == (before, log)
    for words in (*PASSPHRASES.values(), "niet deze wachtzin"):
        assert words not in helper.page.text


@pytest.mark.parametrize("spelled", [lambda code: code, lambda code: code.replace("-", "")])
def test_a_code_that_was_typed_for_the_number_is_not_shown_again(voting, helper, spelled):
    code = spelled(letters(voting)[0][1])

    report(helper, code, expecting=422)

    assert code not in helper.page.text


def test_a_letter_is_reported_once(voting, helper):
    (serial, _), *_ = letters(voting)
    report(helper, serial)

    report(helper, serial, expecting=422).sees("Deze brief is al ongeldig.")


def test_guessing_passphrases_is_stopped_and_then_none_is_tried(voting, helper, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 3)
    (serial, code), *_ = letters(voting)
    for _ in range(3):
        report(helper, serial, expecting=422, second_passphrase="niet deze wachtzin")

    report(helper, serial, expecting=403).sees("Er zijn te veel verkeerde wachtzinnen ingevuld.")

    vote(code)


def test_one_person_is_not_two(voting, manager):
    manager.open(DESK).press(PACK)
    manager.does_not_see("Ja, neem pak 1 in gebruik").sees("Een tweede collega moet bevestigen")

    answer = manager.client.post(f"{DESK}/pak/A1/bevestiging")

    assert answer.status_code == 403
    assert "Een andere collega moet ook tekenen." in answer.text
    with pytest.raises(CodeUnknown):
        vote(letters(voting, spare=True)[0][1])


def test_a_helper_proposes_a_pack_and_puts_none_into_use(voting, helper, sign_in):
    other = sign_in(Role.HELPER, email="ander@dorrewold.example")
    helper.open(DESK).press(PACK)

    assert "Ja, neem pak 1" not in other.get(DESK).text
    assert other.post(f"{DESK}/pak/A1/bevestiging").status_code == 403


def test_a_pack_is_put_into_use_once(voting, manager):
    open_pack()

    manager.open(DESK).does_not_see(PACK)
    assert manager.client.post(f"{DESK}/pak/A1/voorstel").status_code == 409
    assert manager.client.post(f"{DESK}/pak/A9/voorstel").status_code == 404


@pytest.mark.parametrize(
    "role", [Role.REVIEWER, Role.COUNTER, Role.COUNCIL, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_who_does_not_work_at_the_desk_has_no_desk(voting, sign_in, role):
    client = sign_in(role)

    assert client.get(DESK).status_code == 403
    assert client.post(f"{DESK}/ongeldig").status_code == 403


def test_residents_are_sent_to_the_sign_in_page(voting, resident):
    assert resident.get(DESK).status_code == 303
    assert resident.post(f"{DESK}/ongeldig").status_code == 303


def test_a_round_without_spares_says_so(app, clock, sign_in):
    a_voting_round()
    clock.move_to(DURING)

    Person(sign_in(Role.HELPER)).open(DESK).sees("zijn geen reserve-enveloppen gemaakt")


def test_after_closing_the_desk_says_that_voting_is_over(voting, sign_in, clock):
    (serial, _), *_ = letters(voting)
    clock.move_to(DATES.voting_closes)
    helper, before = Person(sign_in(Role.HELPER)), store()

    report(helper, serial, expecting=409).sees("Stemmen kon tot")

    assert store() == before


def test_the_desk_speaks_english(voting, helper):
    helper.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    helper.open(DESK).sees("Lost letters", "Make this letter void", "Pack 1: Noord")
