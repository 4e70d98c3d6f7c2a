"""The residents' door: from the letter to the receipt, on paper-thin browsers too."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from pb.ballots import service
from pb.ballots.domain import WhySuperseded
from pb.foundation.money import euros
from pb.frameworks.domain import BallotRules
from pb.rounds import service as rounds
from pb.rounds.domain import State
from pb.tally.election import BallotKind
from pb.tokens.domain import mint_code
from tests.ballots.boxes import key_of
from tests.ballots.voting import SLUG, a_listed_round, a_voting_round
from tests.builders import DATES, a_framework, an_actor
from tests.ceremonies import count_key

STEMMEN = f"/ronde/{SLUG}/stemmen"
CONTROLEREN, CODE, MIJN_STEM = f"{STEMMEN}/controleren", f"{STEMMEN}/code", f"{STEMMEN}/mijn-stem"
AFTER = DATES.voting_closes + timedelta(hours=1)


@pytest.fixture
def voting(app, clock):
    """A round in its second day of voting."""
    found = a_voting_round(spare_permille=10)
    clock.move_to(DATES.voting_opens + timedelta(days=1))
    return found


@pytest.fixture
def code(voting):
    return voting.codes[0]


def hidden_fields(page) -> dict[str, str]:
    """What a browser would send along with the form of the page, without a script."""
    fields = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page.text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        fields[name[1]] = value[1].replace("&#34;", '"') if value else ""
    return fields


def choose(client, *numbers: int):
    return client.post(STEMMEN, data={"choices": [str(number) for number in numbers]})


def send_code(client, code: str):
    page = client.get(CODE)
    return client.post(CODE, data={**hidden_fields(page), "code": code})


def counted() -> list[tuple[int, ...]]:
    return sorted(ballot.content.choices for ballot in service.opened(SLUG, AFTER, count_key(SLUG)))


def test_a_vote_takes_six_requests_from_letter_to_receipt(resident, code):
    assert resident.get(f"/s/{SLUG}").status_code == 200
    assert resident.get(STEMMEN).status_code == 200
    kept = choose(resident, 1, 3)
    assert (kept.status_code, kept.location) == (303, CONTROLEREN)
    assert resident.get(CONTROLEREN).status_code == 200
    page = resident.get(CODE)
    receipt = resident.post(CODE, data={**hidden_fields(page), "code": code})

    assert receipt.status_code == 200
    assert "Gelukt. Uw stem is binnen." in receipt.text
    (ballot,) = service.opened(SLUG, AFTER, count_key(SLUG))
    assert ballot.tracking_code in receipt.text
    assert ballot.content.choices == (1, 3)


def test_every_plan_is_shown_once_with_its_cost_and_place(resident, voting):
    page = resident.get(STEMMEN).text

    assert Counter(re.findall(r'name="choices" value="(\d+)"', page)) == Counter("12345")
    assert "€ 3.000" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Bij het plein" in page
    assert "Kies 1 tot 3 plannen." in page


def test_plans_stand_in_another_order_for_another_visitor_and_stay_put_for_one(web_app, voting):
    def order(client):
        return tuple(re.findall(r'name="choices" value="(\d+)"', client.get(STEMMEN).text))

    orders = set()
    for _ in range(12):
        client = web_app.test_client()
        first = order(client)
        assert order(client) == first
        orders.add(first)

    assert len(orders) > 3


def test_too_many_choices_are_kept_and_told(resident, voting):
    page = resident.get(choose(resident, 1, 2, 3, 4).location)

    assert "U mag 3 plannen kiezen. Haal er eerst één weg." in page.text
    for again in (page, resident.get(STEMMEN)):
        assert len(re.findall(r'type="checkbox"[^>]* checked', again.text)) == 4
    assert "U heeft 4 van de 3 gekozen." in page.text


def test_nothing_chosen_is_told(resident, voting):
    page = resident.get(choose(resident).location)

    assert "U heeft nog niets gekozen." in page.text
    assert "U heeft nog niets gekozen." not in resident.get(STEMMEN).text


def test_who_sent_too_many_choices_can_go_back_in_the_browser(resident, voting):
    answer = choose(resident, 1, 2, 3, 4)

    assert (answer.status_code, answer.location) == (303, f"{STEMMEN}?nagekeken=1")
    choose(resident, 1, 2)
    assert "Haal er eerst één weg.</li>" not in resident.get(answer.location).text


def test_the_page_of_a_plan_leads_back_to_voting_while_voting_is_open(resident, voting, clock):
    assert "Terug naar stemmen" in resident.get(f"/ronde/{SLUG}/plannen/1").text
    clock.move_to(DATES.voting_opens - timedelta(hours=1))
    assert "Terug naar stemmen" not in resident.get(f"/ronde/{SLUG}/plannen/1").text


def test_without_a_script_the_counter_says_that_it_counts_later(resident, voting):
    page = resident.get(STEMMEN).text

    assert "<noscript><p" in page
    assert "Dan tellen wij dat mee als u op de knop drukt." in page


def test_the_counter_says_how_many_are_chosen(resident, voting):
    choose(resident, 1, 2)

    assert "U heeft 2 van de 3 gekozen." in resident.get(STEMMEN).text


def test_reading_a_whole_plan_keeps_what_was_ticked_without_a_script(resident, voting):
    answer = resident.post(STEMMEN, data={"choices": ["2", "4"], "lees": "5"})

    assert (answer.status_code, answer.location) == (303, f"/ronde/{SLUG}/plannen/5")
    assert len(re.findall(r'type="checkbox"[^>]* checked', resident.get(STEMMEN).text)) == 2


def test_the_check_page_names_the_choices_and_says_that_the_last_vote_counts(resident, voting):
    choose(resident, 2, 5)

    page = resident.get(CONTROLEREN).text

    assert "Dit zijn uw keuzes. Klopt het?" in page
    assert "Bomen" in page
    assert "Glijbaan" in page
    assert "Bankjes" not in page
    assert "Tot de sluiting kunt u opnieuw stemmen. Uw laatste stem telt." in page


@pytest.mark.parametrize("address", [CONTROLEREN, CODE])
def test_who_chose_nothing_goes_back_to_the_list(resident, voting, address):
    answer = resident.get(address)

    assert (answer.status_code, answer.location) == (303, STEMMEN)


def test_choices_leave_the_browser_when_the_ballot_is_cast(resident, code):
    choose(resident, 1)
    send_code(resident, code)

    with resident.session_transaction() as kept:
        assert "chosen" not in kept


def test_nothing_in_the_browser_tells_that_somebody_voted(resident, code):
    resident.get(STEMMEN)
    with resident.session_transaction() as before:
        names = set(before)
    choose(resident, 1)

    send_code(resident, code)

    with resident.session_transaction() as after:
        assert set(after) == names
    page = resident.get(STEMMEN).text
    assert "Heeft u al gestemd?" in page.split("<form")[0]
    assert f'href="{MIJN_STEM}"' in page.split("<form")[0]


def test_who_changes_the_language_of_the_receipt_comes_where_the_own_vote_can_be_read(
    resident, code
):
    choose(resident, 1, 2)
    receipt = send_code(resident, code)
    tracking_code = re.search(r"<code>([^<]*)</code>", receipt.text)[1]

    assert f"/taal/en?terug={MIJN_STEM}" in receipt.text
    page = resident.get(f"/taal/en?terug={MIJN_STEM}", follow_redirects=True)

    assert page.request.path == MIJN_STEM
    assert "Did you just vote? Then your vote is in." in page.text
    assert tracking_code not in page.text
    assert tracking_code in resident.post(MIJN_STEM, data={"code": code}).text


def test_sending_the_page_again_shows_the_same_receipt(resident, code):
    choose(resident, 1)
    data = {**hidden_fields(resident.get(CODE)), "code": code}

    first, again = (resident.post(CODE, data=data) for _ in range(2))

    assert [page.status_code for page in (first, again)] == [200, 200]
    codes = {re.search(r"<code>([^<]+)</code>", page.text)[1] for page in (first, again)}
    assert len(codes) == 1
    assert counted() == [(1,)]


def test_voting_again_asks_first_and_needs_no_second_typing(resident, code):
    choose(resident, 1)
    send_code(resident, code)
    choose(resident, 2)

    question = send_code(resident, code)

    assert question.status_code == 409
    assert "Met deze stemcode is al gestemd. Wilt u uw vorige stem vervangen?" in question.text
    assert 'name="code"' not in question.text
    receipt = resident.post(CODE, data=hidden_fields(question))
    assert receipt.status_code == 200
    assert "Uw vorige stem is vervangen." in receipt.text
    assert counted() == [(2,)]


def test_the_question_to_replace_never_holds_the_code(resident, code):
    choose(resident, 1)
    send_code(resident, code)
    choose(resident, 2)

    page = send_code(resident, code).text

    assert code not in page
    assert code.replace("-", "") not in page


def test_the_question_to_replace_holds_for_half_an_hour(resident, code, clock):
    choose(resident, 1)
    send_code(resident, code)
    choose(resident, 2)
    question = hidden_fields(send_code(resident, code))

    clock.advance(minutes=31)
    page = resident.post(CODE, data=question)

    assert page.status_code == 422
    assert "Deze pagina stond te lang open. Vul uw stemcode nog eens in." in page.text
    assert counted() == [(1,)]


def test_a_locked_code_opens_nothing_in_another_round(resident, code, clock):
    other = a_voting_round("elders")
    choose(resident, 1)
    send_code(resident, code)
    choose(resident, 2)
    question = hidden_fields(send_code(resident, code))

    page = resident.post(f"/ronde/{other.slug}/stemmen/code", data=question)

    assert page.status_code == 422


def test_two_screens_that_both_replace_do_not_overwrite_each_other_unseen(web_app, code):
    one, other = web_app.test_client(), web_app.test_client()
    for client, number in ((one, 1), (other, 2)):
        choose(client, number)
    send_code(one, code)
    asked = hidden_fields(send_code(other, code))
    choose(one, 3)
    again = hidden_fields(send_code(one, code))
    assert one.post(CODE, data=again).status_code == 200

    answer = other.post(CODE, data=asked)

    assert answer.status_code == 409
    assert counted() == [(3,)]


def without_forgery_field(page) -> str:
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", page.text)


def test_typing_error_unknown_spare_and_foreign_code_give_identical_pages(resident, voting):
    elsewhere = a_voting_round("elders")
    spare = voting.codes[-1]
    wrong = mint_code().grouped()
    choose(resident, 1)
    fields = hidden_fields(resident.get(CODE))

    answers = [
        resident.post(CODE, data={**fields, "code": each})
        for each in ("typfout", wrong[:-1] + "0", wrong, spare, elsewhere.codes[0], "")
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert len({without_forgery_field(answer) for answer in answers}) == 1
    headers = {tuple(sorted(a.headers.to_wsgi_list())) for a in answers[1:]}
    assert len({tuple(h for h in each if h[0] != "Set-Cookie") for each in headers}) == 1
    assert "Deze stemcode klopt niet." in answers[0].text


def test_a_wrong_code_is_never_shown_again(resident, voting):
    choose(resident, 1)
    fields = hidden_fields(resident.get(CODE))

    page = resident.post(CODE, data={**fields, "code": "K7M2-QX9T-4RD8-WHB3-5NPC-6VAE"})

    assert "K7M2" not in page.text


def test_a_wrong_code_keeps_the_choices_and_a_right_one_then_works(resident, code):
    choose(resident, 1, 2)
    page = send_code(resident, "typfout")

    receipt = resident.post(CODE, data={**hidden_fields(page), "code": code})

    assert receipt.status_code == 200
    assert counted() == [(1, 2)]


def test_guessing_is_slowed_down_and_a_right_code_is_still_accepted(resident, code):
    choose(resident, 1)
    fields = hidden_fields(resident.get(CODE))

    statuses = [
        resident.post(CODE, data={**fields, "code": mint_code().grouped()}).status_code
        for _ in range(34)
    ]

    assert statuses == [403] * 30 + [429] * 4
    assert resident.post(CODE, data={**fields, "code": code}).status_code == 200


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (WhySuperseded.REVOKED, "Deze stemcode is vervangen."),
        (WhySuperseded.PAPER, "Met deze brief is al op papier gestemd."),
    ],
)
def test_who_holds_a_void_letter_is_told_why(resident, code, why, words):
    service.withdraw(SLUG, key_of(code), why)
    choose(resident, 1)

    page = send_code(resident, code)

    assert page.status_code == 403
    assert words in page.text


@pytest.mark.parametrize(
    "data",
    [
        {"submission": "kort", "content": "[1]"},
        {"submission": "0" * 32, "content": ""},
        {"submission": "0" * 32, "content": "{"},
        {"submission": "0" * 32, "content": "[" * 60_000},
        {"submission": "0" * 32, "content": '["1"]'},
        {"submission": "0" * 32, "content": "[99]"},
        {"submission": "0" * 32, "content": "[1,1]"},
        {},
    ],
)
def test_a_page_that_was_tampered_with_is_refused(resident, code, data):
    page = resident.post(CODE, data={**data, "code": code})

    assert page.status_code == 422
    assert counted() == []


def test_before_opening_the_page_says_when_it_begins(resident, app, clock):
    a_listed_round()
    for moment in (DATES.proposals_open, DATES.voting_opens - timedelta(seconds=1)):
        clock.move_to(moment)
        page = resident.get(STEMMEN)
        assert page.status_code == 200
        assert "Stemmen kan nog niet. Het begint op" in page.text


def test_after_closing_every_page_says_until_when_one_could_vote(resident, code, clock):
    choose(resident, 1)
    fields = hidden_fields(resident.get(CODE))

    clock.move_to(DATES.voting_closes)

    for page in (resident.get(STEMMEN), resident.get(CONTROLEREN), resident.get(CODE)):
        assert page.status_code == 200
        assert "Stemmen kon tot maandag 6 juli 2026, 11.00 uur." in page.text
    sent = resident.post(CODE, data={**fields, "code": code})
    assert sent.status_code == 409
    assert "Stemmen kon tot" in sent.text
    assert counted() == []


def test_a_ballot_in_the_last_second_counts(resident, code, clock):
    choose(resident, 1)
    fields = hidden_fields(resident.get(CODE))
    clock.move_to(DATES.voting_closes - timedelta(seconds=1))

    assert resident.post(CODE, data={**fields, "code": code}).status_code == 200


def test_while_paused_nobody_votes_and_afterwards_the_choices_are_still_there(
    resident, code, clock
):
    choose(resident, 1)
    fields = hidden_fields(resident.get(CODE))
    pause = {"body": "College", "reason": "Storing.", "by": an_actor(), "now": clock.now}
    service.interrupt(SLUG, State.PAUSED, **pause)

    page = resident.get(STEMMEN)
    sent = resident.post(CODE, data={**fields, "code": code})

    assert "Het stemmen staat even stil" in page.text
    assert sent.status_code == 409
    service.resume(SLUG, reason="Opgelost.", by=an_actor(), now=clock.now)
    assert resident.post(CODE, data={**fields, "code": code}).status_code == 200


def test_a_pause_by_the_round_alone_stops_voting_too(resident, code, clock):
    choose(resident, 1)
    fields = hidden_fields(resident.get(CODE))
    rounds.interrupt(
        SLUG, State.PAUSED, body="College", reason="Storing.", by=an_actor(), now=clock.now
    )

    assert resident.post(CODE, data={**fields, "code": code}).status_code == 409


def test_a_resident_can_vote_when_the_round_goes_on_by_another_page(resident, code, clock):
    choose(resident, 1)
    fields = hidden_fields(resident.get(CODE))
    pause = {"body": "College", "reason": "Storing.", "by": an_actor(), "now": clock.now}
    service.interrupt(SLUG, State.PAUSED, **pause)
    rounds.resume(SLUG, reason="Opgelost.", by=an_actor(), now=clock.now)

    assert resident.post(CODE, data={**fields, "code": code}).status_code == 200


def test_who_holds_the_code_can_read_the_own_vote(resident, code):
    choose(resident, 2, 4)
    send_code(resident, code)
    resident.get(MIJN_STEM)

    page = resident.post(MIJN_STEM, data={"code": code})

    assert page.status_code == 200
    assert "Bomen" in page.text
    assert "Bloemen" in page.text
    assert "Bankjes" not in page.text


def test_reading_a_vote_that_is_not_there_or_not_ones_own(resident, code):
    assert resident.post(MIJN_STEM, data={"code": "typfout"}).status_code == 403
    page = resident.post(MIJN_STEM, data={"code": code})
    assert page.status_code == 404
    assert "Met deze stemcode is nog niet gestemd." in page.text


def test_leaving_makes_a_borrowed_computer_forget_everything(resident, code):
    choose(resident, 1)

    answer = resident.post(f"{STEMMEN}/afsluiten")

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    with resident.session_transaction() as kept:
        assert "chosen" not in kept
        assert "order" not in kept


def test_the_page_behind_the_qr_code_sets_no_cookie_and_keeps_no_code(web_app, voting):
    client = web_app.test_client()

    page = client.get(f"/s/{SLUG}")

    assert "Set-Cookie" not in page.headers
    assert "letter.js" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_code_is_in_no_address_and_in_no_cookie(resident, code):
    choose(resident, 1)
    receipt = send_code(resident, code)

    assert code not in str(receipt.headers)
    assert code not in receipt.text
    for cookie in resident._cookies.values():
        assert code not in cookie.value


KNAPSACK = BallotRules(kind=BallotKind.KNAPSACK, max_cost=euros(6_000), max_choices=5)
POINTS = BallotRules(kind=BallotKind.CUMULATIVE, points=10, max_points=6, max_choices=5)
RANKED = BallotRules(kind=BallotKind.ORDINAL, max_choices=3)
ONE = BallotRules(kind=BallotKind.CHOOSE_ONE)


def of_kind(rules, clock):
    found = a_voting_round(framework=a_framework(ballot=rules))
    clock.move_to(DATES.voting_opens + timedelta(days=1))
    return found.codes[0]


def test_a_knapsack_shows_the_money_and_refuses_too_much(resident, app, clock):
    code = of_kind(KNAPSACK, clock)

    page = resident.get(choose(resident, 3, 4).location)

    assert "Haal eerst een plan weg." in page.text
    assert choose(resident, 1, 5).status_code == 303
    assert send_code(resident, code).status_code == 200
    assert counted() == [(1, 5)]


def test_points_are_divided_with_number_fields(resident, app, clock):
    code = of_kind(POINTS, clock)

    too_many = resident.post(STEMMEN, data={"choices-1": "6", "choices-2": "5"})
    assert 'value="6"' in resident.get(too_many.location).text
    assert "Dit zijn te veel punten." in resident.get(too_many.location).text
    answer = resident.post(STEMMEN, data={"choices-1": "6", "choices-2": "", "choices-3": "4"})
    assert answer.status_code == 303
    assert "Uw punten: 6" in resident.get(CONTROLEREN).text
    assert send_code(resident, code).status_code == 200
    (ballot,) = service.opened(SLUG, AFTER, count_key(SLUG))
    assert (ballot.content.choices, ballot.content.points) == ((1, 3), (6, 4))


def test_plans_are_ranked_with_number_fields(resident, app, clock):
    code = of_kind(RANKED, clock)

    same_place = resident.post(STEMMEN, data={"choices-1": "1", "choices-2": "1"})
    assert same_place.location == f"{STEMMEN}?nagekeken=1"
    resident.post(STEMMEN, data={"choices-4": "1", "choices-2": "2"})
    assert send_code(resident, code).status_code == 200
    assert counted() == [(4, 2)]


def test_one_plan_of_one_is_chosen(resident, app, clock):
    code = of_kind(ONE, clock)

    assert "U mag één plan kiezen." in resident.get(choose(resident, 1, 2).location).text
    choose(resident, 2)
    assert send_code(resident, code).status_code == 200


@pytest.mark.parametrize("points", ["-3", "1,5", "veel", "9" * 40, "٣"])
def test_what_is_no_whole_number_of_points_counts_as_empty(resident, app, clock, points):
    of_kind(POINTS, clock)

    page = resident.post(STEMMEN, data={"choices-1": points, "choices-2": "3"})

    assert page.status_code == 303
    assert "Uw punten: 3" in resident.get(CONTROLEREN).text


def test_no_page_of_an_open_voting_holds_a_count(resident, voting, clock):
    for number, code in enumerate(voting.codes[:12]):
        choose(resident, number % 5 + 1)
        send_code(resident, code)

    for address in (STEMMEN, f"/ronde/{SLUG}", f"/ronde/{SLUG}/plannen", "/"):
        page = resident.get(address).text
        assert "12 stemmen" not in page
        assert "opkomst" not in page.lower()


def test_an_old_page_that_comes_again_says_that_a_later_vote_counts(resident, code):
    choose(resident, 1)
    old = {**hidden_fields(resident.get(CODE)), "code": code}
    first = resident.post(CODE, data=old)
    choose(resident, 2)
    resident.post(CODE, data=hidden_fields(send_code(resident, code)))

    again = resident.post(CODE, data=old)

    later = "Daarna is met deze stemcode opnieuw gestemd."
    assert later in again.text
    assert later not in first.text
    assert "Deze stem telt." not in again.text
    assert counted() == [(2,)]


def test_a_browser_keeps_no_choices_that_are_not_on_the_list(resident, code):
    page = choose(resident, 1, *range(1000, 9000))

    assert len(page.headers["Set-Cookie"]) < 400
    assert resident.get(CONTROLEREN).status_code == 200
