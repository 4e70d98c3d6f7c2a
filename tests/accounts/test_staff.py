import re

import pytest

from pb.accounts import service
from pb.accounts.domain import Role
from tests.builders import START

PASSWORD = "een lang wachtwoord"
ACCOUNT = "/beheer/account"
MEMBERS = "/beheer/medewerkers"


@pytest.fixture
def administrator(sign_in):
    return sign_in(Role.ADMINISTRATOR)


@pytest.fixture
def jo(app):
    return service.add(
        "Jo Jansen",
        "jo@dorrewold.example",
        "Adviseur",
        frozenset({Role.REVIEWER}),
        PASSWORD,
        now=START,
    )


def another_browser(web_app, email):
    client = web_app.test_client()
    client.post("/beheer/aanmelden", data={"email": email, "password": PASSWORD})
    return client


# --- one's own account -------------------------------------------------------------------


def test_everybody_sees_where_they_are_signed_in_and_can_end_it(sign_in, web_app, app):
    here = sign_in(Role.REVIEWER)
    there = another_browser(web_app, "reviewer@dorrewold.example")
    page = here.get(ACCOUNT).text
    assert page.count("Beëindig deze aanmelding") == 1
    (other,) = re.findall(r'name="sign_in" value="([0-9a-f]{64})"', page)

    answer = here.post("/beheer/account/aanmelding", data={"sign_in": other})

    assert answer.location == ACCOUNT
    assert there.get(ACCOUNT).status_code == 303
    assert here.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize("nonsense", ["", "zz", "00", "a"])
def test_nonsense_ends_no_sign_in(sign_in, nonsense):
    here = sign_in(Role.REVIEWER)

    assert here.post("/beheer/account/aanmelding", data={"sign_in": nonsense}).status_code == 303
    assert here.get(ACCOUNT).status_code == 200


def test_another_password_is_kept(sign_in, web_app):
    here = sign_in(Role.REVIEWER)
    wanted = {"present": PASSWORD, "wanted": "nog een lang wachtwoord"}

    answer = here.post(
        "/beheer/account/wachtwoord", data=wanted | {"again": "nog een lang wachtwoord"}
    )

    assert answer.status_code == 303
    fresh = web_app.test_client()
    email = "reviewer@dorrewold.example"
    signed_in = fresh.post(
        "/beheer/aanmelden", data={"email": email, "password": "nog een lang wachtwoord"}
    )
    assert signed_in.status_code == 303


@pytest.mark.parametrize(
    ("filled_in", "sentence"),
    [
        ({"present": PASSWORD, "wanted": "kort", "again": "kort"}, "minstens 12 tekens"),
        ({"present": PASSWORD, "wanted": "x" * 12, "again": "y" * 12}, "niet gelijk"),
        ({"present": "gok", "wanted": "x" * 12, "again": "x" * 12}, "van nu klopt niet"),
    ],
)
def test_a_password_that_cannot_be_kept_is_explained(sign_in, filled_in, sentence):
    answer = sign_in(Role.REVIEWER).post("/beheer/account/wachtwoord", data=filled_in)

    assert answer.status_code == 422
    assert sentence in answer.text


# --- the accounts of all -----------------------------------------------------------------


def test_an_administrator_makes_an_account_that_works_at_once(administrator, web_app):
    page = administrator.post(
        f"{MEMBERS}/nieuw",
        data={
            "name": "Bo de Boer",
            "email": "Bo@dorrewold.example",
            "label": "Teller",
            "roles": ["counter", "helper"],
        },
    )
    password = re.search(r"<code>([a-z0-9-]{23})</code>", page.text)[1]

    fresh = web_app.test_client()
    signed_in = fresh.post(
        "/beheer/aanmelden", data={"email": "bo@dorrewold.example", "password": password}
    )
    assert signed_in.status_code == 303
    assert password not in administrator.get(MEMBERS).text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"roles": []}, "Kies minstens één rol"),
        ({"email": "bo"}, "Dit is geen e-mailadres"),
        ({"email": "administrator@dorrewold.example"}, "al een account met dit e-mailadres"),
        ({"name": ""}, "Vul de naam in"),
        ({"roles": ["koning"]}, "koning"),
    ],
)
def test_an_account_that_cannot_be_made_is_explained(administrator, changed, sentence):
    filled_in = {"name": "Bo", "email": "bo@x.example", "label": "Teller", "roles": ["counter"]}

    answer = administrator.post(f"{MEMBERS}/nieuw", data=filled_in | changed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Teller" in answer.text


def test_an_administrator_changes_what_somebody_may_do(administrator, jo):
    answer = administrator.post(
        f"{MEMBERS}/{jo.id}", data={"label": "Teller", "roles": ["counter"]}
    )

    assert answer.location == MEMBERS
    assert service.get(jo.id).roles == {Role.COUNTER}
    assert "Rollen veranderd." in administrator.get(MEMBERS).text


def test_the_roles_of_an_account_are_ticked_on_its_page(administrator, jo):
    page = administrator.get(f"{MEMBERS}/{jo.id}").text

    assert re.findall(r'value="(\w+)" checked', page) == ["reviewer"]


def test_the_last_administrator_cannot_put_down_the_keys(administrator):
    answer = administrator.post(f"{MEMBERS}/1", data={"label": "Helper", "roles": ["helper"]})

    assert answer.status_code == 422
    assert "laatste beheerder" in answer.text
    assert administrator.post(f"{MEMBERS}/1/sluiten").status_code == 422


def test_an_account_is_closed_and_opened_again(administrator, web_app, jo):
    colleague = another_browser(web_app, jo.email)

    administrator.post(f"{MEMBERS}/{jo.id}/sluiten")
    assert colleague.get(ACCOUNT).status_code == 303
    assert "Dit account is gesloten" in administrator.get(f"{MEMBERS}/{jo.id}").text

    administrator.post(f"{MEMBERS}/{jo.id}/openen")
    assert another_browser(web_app, jo.email).get(ACCOUNT).status_code == 200


def test_a_new_password_is_shown_once(administrator, jo):
    page = administrator.post(f"{MEMBERS}/{jo.id}/wachtwoord").text

    password = re.search(r"<code>([a-z0-9-]{23})</code>", page)[1]
    assert service.sign_in(jo.email, password, now=START)


def test_an_unknown_account_has_no_page(administrator):
    assert administrator.get(f"{MEMBERS}/99").status_code == 404
    assert administrator.post(f"{MEMBERS}/99/sluiten").status_code == 404


# --- who may come here -------------------------------------------------------------------

FOR_ADMINISTRATORS = [
    ("GET", MEMBERS),
    ("GET", f"{MEMBERS}/nieuw"),
    ("POST", f"{MEMBERS}/nieuw"),
    ("GET", f"{MEMBERS}/1"),
    ("POST", f"{MEMBERS}/1"),
    ("POST", f"{MEMBERS}/1/wachtwoord"),
    ("POST", f"{MEMBERS}/1/sluiten"),
    ("POST", f"{MEMBERS}/1/openen"),
]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_see_the_accounts_of_others(sign_in, role):
    client = sign_in(role)

    for method, path in FOR_ADMINISTRATORS:
        assert client.open(path, method=method).status_code == 403, (method, path)
    assert service_unchanged(client)


def service_unchanged(client):
    return client.get(ACCOUNT).status_code == 200


def test_strangers_are_sent_to_the_sign_in_page(resident, app):
    own = [("GET", ACCOUNT), ("POST", f"{ACCOUNT}/wachtwoord"), ("POST", f"{ACCOUNT}/aanmelding")]
    for method, path in FOR_ADMINISTRATORS + own:
        answer = resident.open(path, method=method)
        assert answer.status_code == 303, (method, path)
        assert answer.location.startswith("/beheer/aanmelden")
