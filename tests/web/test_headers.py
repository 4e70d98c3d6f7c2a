"""Every answer forbids what we do not use."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("address", ["/", "/bestaat-niet", "/ronde/geen", "/beheer"])
def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(resident, address):
    answer = resident.get(address)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_strict_transport_is_asked_only_over_https(resident):
    assert "Strict-Transport-Security" not in resident.get("/").headers
    secure = resident.get("/", base_url="https://stem.dorrewold.example")
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]


def test_a_form_without_protection_is_refused_with_a_sentence(web_app):
    web_app.config["WTF_CSRF_ENABLED"] = True

    answer = FlaskClient(web_app).post("/beheer/aanmelden", data={"email": "a", "password": "b"})

    assert answer.status_code == 400
    assert "te lang open" in answer.text
