"""The cookie of a visitor is signed with the secret of this installation and read by no other."""

from dataclasses import replace

from pb.app import create_app


def order_of(client):
    with client.session_transaction() as kept:
        return kept.get("order")


def with_cookie(app, value):
    client = app.test_client()
    client.set_cookie("__Host-pb", value)
    return client


def test_a_cookie_is_read_where_it_was_signed_and_not_elsewhere(web_app, settings, clock):
    other = create_app(replace(settings, secret_key="another secret for tests"), clock)
    visitor = web_app.test_client()
    with visitor.session_transaction() as kept:
        kept["order"] = "seed"
    signed = visitor.get_cookie("__Host-pb").value

    assert order_of(with_cookie(web_app, signed)) == "seed"
    assert order_of(with_cookie(other, signed)) is None
    assert order_of(with_cookie(web_app, signed[:-1] + "?")) is None
