"""Requests that no page of ours sends get a sentence and the right status."""

from urllib.parse import urlencode

import pytest

SIGN_IN = "/beheer/aanmelden"


@pytest.mark.parametrize("address", ["/ronde/a%00b", "/ronde/a%00b/plannen", "/beheer/ronde/%00"])
def test_an_address_with_a_nul_is_no_page(resident, address):
    assert resident.get(address).status_code == 404


def test_the_name_of_a_host_that_cannot_be_read_is_refused(resident):
    answer = resident.get("/", headers={"Host": "x" * 300})

    assert answer.status_code == 400
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_wrong_method_is_told_which_ones_there_are(resident):
    answer = resident.put("/")

    assert answer.status_code == 405
    assert answer.allow.as_set() == {"get", "head", "options"}


@pytest.mark.parametrize("body", ["[1,2]", '{"email": 1}', '"x"', "null", "{"])
def test_a_form_that_comes_as_json_counts_as_empty(resident, body):
    answer = resident.post(SIGN_IN, data=body, content_type="application/json")

    assert answer.status_code == 422
    assert "Vul uw e-mailadres in." in answer.text


def test_signs_that_nobody_types_are_taken_out_of_every_answer(resident):
    typed = {"email": "ie\0m\N{RIGHT-TO-LEFT OVERRIDE}and@b.nl", "password": "x"}

    answer = resident.post(SIGN_IN, data=typed)

    assert answer.status_code == 403
    assert 'value="iemand@b.nl"' in answer.text


def test_a_field_with_a_strange_name_is_left_out(resident):
    body = urlencode({"email": "a@b.nl", "password": "x", "areas-²-name": "x"})

    answer = resident.post(SIGN_IN, data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 403
