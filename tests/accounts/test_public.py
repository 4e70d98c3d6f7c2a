from datetime import timedelta

import pytest

from pb.accounts import service
from pb.accounts.domain import Role
from tests.builders import START

PASSWORD = "een lang wachtwoord"
SIGN_IN = "/beheer/aanmelden"
EMAIL = "jo@dorrewold.example"


@pytest.fixture
def jo(app):
    return service.add(
        "Jo Jansen", EMAIL, "Adviseur", frozenset({Role.REVIEWER}), PASSWORD, now=START
    )


def cookie(client):
    return client.get_cookie("__Host-pb")


def test_the_right_password_leads_to_the_desk(resident, jo):
    answer = resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 303
    assert answer.location == "/beheer"
    assert "Jo Jansen" in resident.get("/beheer/account").text


def test_the_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(resident, jo):
    answer = resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})

    sent = answer.headers["Set-Cookie"]
    assert sent.startswith("__Host-pb=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in sent
    assert "Domain" not in sent


def test_a_wrong_password_shows_the_form_again_with_the_address(resident, jo):
    answer = resident.post(SIGN_IN, data={"email": EMAIL, "password": "verkeerd"})

    assert answer.status_code == 403
    assert "Het e-mailadres of het wachtwoord klopt niet" in answer.text
    assert EMAIL in answer.text
    assert "verkeerd" not in answer.text
    assert resident.get("/beheer/account").status_code == 303


def test_an_empty_form_says_what_to_fill_in(resident, app):
    answer = resident.post(SIGN_IN, data={"email": "geen adres", "password": ""})

    assert answer.status_code == 422
    assert "Dit is geen e-mailadres" in answer.text
    assert "Vul uw wachtwoord in" in answer.text


def test_who_wanted_a_page_gets_it_after_signing_in(resident, jo):
    sent_away = resident.get("/beheer/account")
    assert sent_away.location == f"{SIGN_IN}?terug=/beheer/account"

    answer = resident.post(sent_away.location, data={"email": EMAIL, "password": PASSWORD})

    assert answer.location == "/beheer/account"


def test_nobody_is_sent_to_another_site(resident, jo):
    answer = resident.post(
        f"{SIGN_IN}?terug=//kwaad.example/", data={"email": EMAIL, "password": PASSWORD}
    )

    assert answer.location == "/beheer"


def test_who_is_signed_in_already_goes_on(resident, jo):
    resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})

    assert resident.get(SIGN_IN).location == "/beheer"


def test_a_sign_in_gets_a_fresh_cookie_that_keeps_only_the_language(resident, jo):
    resident.get("/taal/en")
    with resident.session_transaction() as kept:
        kept["iets"] = "van voor het aanmelden"
        kept["csrf_token"] = "bekend bij een ander"

    resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})

    with resident.session_transaction() as kept:
        assert kept["language"] == "en"
        assert "iets" not in kept
        assert kept.get("csrf_token") != "bekend bij een ander"


def test_signing_out_makes_a_copied_cookie_worthless(resident, web_app, jo):
    resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})
    thief = web_app.test_client()
    thief.set_cookie("__Host-pb", cookie(resident).value)
    assert thief.get("/beheer/account").status_code == 200

    answer = resident.post("/beheer/afmelden")

    assert (answer.status_code, answer.location) == (303, "/")
    assert resident.get("/beheer/account").status_code == 303
    assert thief.get("/beheer/account").status_code == 303


def test_signing_out_twice_does_no_harm(resident, app):
    assert resident.post("/beheer/afmelden").status_code == 303


def test_signing_out_needs_a_form(resident, app):
    assert resident.get("/beheer/afmelden").status_code == 405


def test_after_a_quarter_of_an_hour_the_sign_in_page_comes_back(resident, clock, jo):
    resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})
    clock.advance(minutes=15, seconds=1)

    assert resident.get("/beheer/account").status_code == 303


def test_a_forged_form_signs_nobody_in(web_app, resident, jo):
    web_app.config["WTF_CSRF_ENABLED"] = True

    forged = resident.post(
        SIGN_IN, data={"email": EMAIL, "password": PASSWORD, "csrf_token": "geraden"}
    )
    honest = resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})

    assert forged.status_code == 400
    assert honest.status_code == 303


def test_a_resident_without_a_cookie_costs_no_query_about_staff(resident, count_statements):
    count_statements()

    resident.get("/privacy")
    resident.get("/beheer")

    assert not any("staff" in each for each in count_statements())


def test_a_member_of_the_staff_costs_one_query_a_page(resident, jo, count_statements):
    resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})
    count_statements()

    resident.get("/beheer")

    assert len([each for each in count_statements() if "staff" in each]) == 1


# --- guessing ----------------------------------------------------------------------------


def guess(client, times, email=EMAIL, **environment):
    for _ in range(times):
        answer = client.post(
            SIGN_IN,
            data={"email": email, "password": "een gok"},
            environ_overrides=environment,
        )
    return answer


def test_after_thirty_guesses_even_the_right_password_waits(resident, jo):
    assert guess(resident, 30).status_code == 403

    answer = resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 403
    assert "Wacht tien minuten" in answer.text


def test_guesses_from_elsewhere_lock_nobody_out(resident, jo):
    guess(resident, 31, REMOTE_ADDR="203.0.113.7")

    answer = resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 303


def test_guesses_at_one_account_leave_colleagues_alone(resident, jo):
    guess(resident, 31, email="bo@dorrewold.example")

    assert resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD}).status_code == 303


def test_an_unknown_account_waits_like_a_known_one(resident, app):
    guess(resident, 30, email="wie@dorrewold.example")

    answer = guess(resident, 1, email=" Wie@Dorrewold.example")

    assert "Wacht tien minuten" in answer.text


def test_signing_in_often_is_no_guessing(resident, jo):
    for _ in range(35):
        answer = resident.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 303
    assert len(service.list_sessions(jo.id, now=START + timedelta(minutes=1))) == 35


def test_the_sign_in_page_does_not_say_that_somebody_is_at_work(app, resident):
    page = resident.get("/beheer/aanmelden").text

    assert "U werkt in het beheer" not in page
    assert "Dit is het beheer van" in page
