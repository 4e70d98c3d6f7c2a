import re

import pytest

from pb.accounts import passwords


@pytest.fixture
def strong():
    """Passwords as outside of tests."""
    before = passwords.Cost.is_cheap
    passwords.choose_cost(lambda: False)
    yield
    passwords.choose_cost(before)


@pytest.fixture
def cheap():
    before = passwords.Cost.is_cheap
    passwords.choose_cost(lambda: True)
    yield
    passwords.choose_cost(before)


def test_a_password_is_kept_as_argon2id_with_the_parameters_of_the_library(strong):
    kept = passwords.hash_of("een lang wachtwoord")

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_right(kept, "een lang wachtwoord")
    assert not passwords.is_right(kept, "een ander wachtwoord")


def test_two_equal_passwords_are_kept_differently(cheap):
    assert passwords.hash_of("een lang wachtwoord") != passwords.hash_of("een lang wachtwoord")


def test_nothing_kept_and_something_broken_fit_no_password(cheap):
    assert not passwords.is_right(None, "een lang wachtwoord")
    assert not passwords.is_right("geen argon2", "een lang wachtwoord")


def test_an_unknown_address_is_compared_with_a_hash_that_costs_as_much(strong):
    nobody = passwords._hash_of_nobody(passwords.STRONG)

    assert not passwords.is_outdated(nobody)
    assert nobody.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_cheap_hash_is_outdated_where_hashes_are_strong(strong):
    assert passwords.is_outdated(passwords.CHEAP.hash("een lang wachtwoord"))
    assert not passwords.is_outdated(passwords.hash_of("een lang wachtwoord"))


def test_an_invented_password_can_be_read_aloud():
    invented = {passwords.invent() for _ in range(100)}

    assert len(invented) == 100
    for password in invented:
        assert re.fullmatch(r"[abcdefghijkmnpqrstuvwxyz2-9]{5}(-[a-z2-9]{5}){3}", password)


def test_the_symbols_of_an_invented_password_hold_five_bits_each():
    assert len(set(passwords.SYMBOLS)) == 32
