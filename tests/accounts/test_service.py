from datetime import timedelta

import pytest

from pb.accounts import passwords, service, storage
from pb.accounts.actor import Actor
from pb.accounts.domain import (
    EmailTaken,
    NoAdministratorLeft,
    PasswordNotYours,
    PasswordTooShort,
    Role,
    RolesMissing,
    SignInRefused,
    StaffNotFound,
)
from tests.builders import START

PASSWORD = "een lang wachtwoord"
pytestmark = pytest.mark.usefixtures("app")


def a_member(email="jo@dorrewold.example", *roles, name="Jo Jansen"):
    return service.add(
        name, email, "Adviseur", frozenset(roles or {Role.REVIEWER}), PASSWORD, now=START
    )


def minutes(number):
    return START + timedelta(minutes=number)


# --- accounts ----------------------------------------------------------------------------


def test_an_account_is_kept_with_its_roles():
    kept = a_member("jo@dorrewold.example", Role.REVIEWER, Role.COUNTER)

    assert service.get(kept.id) == kept
    assert kept.roles == {Role.REVIEWER, Role.COUNTER}
    assert kept.active


def test_an_address_has_one_account_whatever_its_capitals():
    a_member("jo@dorrewold.example")

    with pytest.raises(EmailTaken):
        a_member("Jo@Dorrewold.example ")


def test_an_account_needs_a_role_and_a_long_password():
    with pytest.raises(RolesMissing):
        service.add("Jo", "jo@x.example", "Adviseur", frozenset(), PASSWORD, now=START)
    with pytest.raises(PasswordTooShort):
        service.add("Jo", "jo@x.example", "Adviseur", frozenset({Role.HELPER}), "kort", now=START)
    assert service.list_all() == []


def test_accounts_are_listed_in_use_first_then_by_name():
    for name in ("Wim", "anna", "Bo"):
        a_member(f"{name}@dorrewold.example", name=name)
    service.close(2, by=None, now=START)

    assert [member.name for member in service.list_all()] == ["Bo", "Wim", "anna"]


def test_the_password_itself_is_nowhere_in_the_store(settings):
    a_member()
    secret = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    kept = storage.find_password_hash("jo@dorrewold.example")
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert storage.find_session(secret.encode()) is None


def test_other_roles_hold_from_the_next_page():
    member = a_member()
    secret = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    service.change_roles(member.id, frozenset({Role.COUNTER}), "Teller", by=None, now=START)

    assert service.resume(secret, now=minutes(1)).roles == {Role.COUNTER}
    assert service.resume(secret, now=minutes(1)).label == "Teller"


def test_the_last_administrator_stays_one():
    boss = a_member("boss@dorrewold.example", Role.ADMINISTRATOR)

    with pytest.raises(NoAdministratorLeft):
        service.change_roles(boss.id, frozenset({Role.HELPER}), "Helper", by=None, now=START)
    with pytest.raises(NoAdministratorLeft):
        service.close(boss.id, by=None, now=START)

    assert service.get(boss.id) == boss
    assert [act.what for act in service.list_acts()] == ["Account gemaakt."]


def test_an_administrator_may_go_when_there_is_another():
    boss = a_member("boss@dorrewold.example", Role.ADMINISTRATOR)
    a_member("tweede@dorrewold.example", Role.ADMINISTRATOR)

    service.close(boss.id, by=None, now=START)

    assert not service.get(boss.id).active


def test_accounts_change_freely_where_nobody_is_administrator_yet():
    member = a_member()

    service.change_roles(member.id, frozenset({Role.COUNTER}), "Teller", by=None, now=START)

    assert service.get(member.id).roles == {Role.COUNTER}


def test_what_was_done_to_accounts_is_listed_with_who_did_it():
    boss = a_member("boss@dorrewold.example", Role.ADMINISTRATOR, name="Bo Baas")
    member = a_member()
    service.change_roles(
        member.id, frozenset({Role.COUNTER}), "Teller", by=Actor.of(boss), now=minutes(5)
    )

    newest = service.list_acts()[0]
    assert (newest.what, newest.by, newest.about) == ("Rollen veranderd.", "Bo Baas", "Jo Jansen")
    assert newest.at == minutes(5)
    assert service.list_acts()[1].by == ""


def test_an_unknown_account_is_refused_everywhere():
    for act in (
        lambda: service.get(7),
        lambda: service.get_by_email("niemand@dorrewold.example"),
        lambda: service.close(7, by=None, now=START),
        lambda: service.give_new_password(7, by=None, now=START),
    ):
        with pytest.raises(StaffNotFound):
            act()


# --- signing in --------------------------------------------------------------------------


def test_the_right_password_signs_in():
    member = a_member()

    secret = service.sign_in(" JO@dorrewold.example", PASSWORD, now=START)

    assert len(secret) >= 43  # 256 bits in base64
    assert service.resume(secret, now=START) == member


@pytest.mark.parametrize(
    ("email", "password"),
    [("jo@dorrewold.example", "een ander wachtwoord"), ("wie@dorrewold.example", PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(email, password):
    a_member()

    with pytest.raises(SignInRefused) as refused:
        service.sign_in(email, password, now=START)
    assert refused.value.values == {}


def test_an_unknown_address_costs_as_much_work_as_a_wrong_password(monkeypatch):
    a_member()
    compared = []
    real = passwords.CHEAP.verify
    monkeypatch.setattr(
        type(passwords.CHEAP), "verify", lambda _self, *given: compared.append(1) or real(*given)
    )
    for email in ("jo@dorrewold.example", "wie@dorrewold.example"):
        with pytest.raises(SignInRefused):
            service.sign_in(email, "een ander wachtwoord", now=START)

    assert len(compared) == 2


def test_a_closed_account_cannot_sign_in_and_its_sign_ins_end():
    member = a_member()
    secret = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    service.close(member.id, by=None, now=START)

    assert service.resume(secret, now=START) is None
    with pytest.raises(SignInRefused):
        service.sign_in("jo@dorrewold.example", PASSWORD, now=START)


def test_a_reopened_account_signs_in_anew():
    member = a_member()
    before = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)
    service.close(member.id, by=None, now=START)
    service.reopen(member.id, by=None, now=START)

    assert service.resume(before, now=START) is None
    assert service.sign_in("jo@dorrewold.example", PASSWORD, now=START)


def test_work_keeps_a_sign_in_alive_and_a_pause_ends_it():
    a_member()
    secret = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    assert service.resume(secret, now=minutes(14))
    assert service.resume(secret, now=minutes(28))
    assert service.resume(secret, now=minutes(44)) is None


def test_after_eight_hours_everybody_signs_in_again():
    a_member()
    secret = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    for quarter in range(1, 48):
        assert service.resume(secret, now=minutes(10 * quarter))
    assert service.resume(secret, now=minutes(480))
    assert service.resume(secret, now=minutes(481)) is None


def test_reading_pages_writes_at_most_once_a_minute(count_statements):
    a_member()
    secret = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)
    count_statements()

    service.resume(secret, now=START + timedelta(seconds=59))
    assert not any(each.startswith("UPDATE") for each in count_statements())
    service.resume(secret, now=START + timedelta(seconds=60))
    assert any(each.startswith("UPDATE") for each in count_statements())
    service.resume(secret, now=START + timedelta(seconds=61))
    assert len(count_statements()) == 1


def test_signing_out_ends_the_sign_in_for_whoever_copied_the_cookie():
    a_member()
    secret = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)
    other = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    service.sign_out(secret)
    service.sign_out(secret)

    assert service.resume(secret, now=START) is None
    assert service.resume(other, now=START)


def test_sign_ins_are_listed_and_one_can_be_ended():
    member = a_member()
    first = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)
    second = service.sign_in("jo@dorrewold.example", PASSWORD, now=minutes(5))

    newest, oldest = service.list_sessions(member.id, now=minutes(5))
    assert service.is_this(newest, second)
    assert not service.is_this(newest, first)
    service.revoke_session(member.id, oldest.id_hash)

    assert service.list_sessions(member.id, now=minutes(5)) == [newest]
    assert service.resume(first, now=minutes(5)) is None
    assert service.resume(second, now=minutes(5))


def test_nobody_ends_the_sign_in_of_somebody_else():
    member, other = a_member(), a_member("bo@dorrewold.example")
    secret = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)
    (sign_in,) = service.list_sessions(member.id, now=START)

    service.revoke_session(other.id, sign_in.id_hash)

    assert service.resume(secret, now=START)


def test_old_sign_ins_are_forgotten_at_the_next_one():
    member = a_member()
    service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    service.sign_in("jo@dorrewold.example", PASSWORD, now=START + timedelta(hours=9))

    assert len(storage.list_sessions(member.id)) == 1


def test_a_hash_with_old_parameters_is_renewed_at_sign_in():
    a_member()
    older = passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    storage.set_password_hash(1, older.hash(PASSWORD))
    storage.session().commit()

    service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    assert not passwords.is_outdated(storage.find_password_hash("jo@dorrewold.example"))


# --- other passwords ---------------------------------------------------------------------


def test_another_password_ends_the_sign_ins_elsewhere():
    member = a_member()
    here = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)
    there = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    service.change_password(member, PASSWORD, "nog een lang wachtwoord", secret=here, now=START)

    assert service.resume(here, now=START)
    assert service.resume(there, now=START) is None
    assert service.sign_in("jo@dorrewold.example", "nog een lang wachtwoord", now=START)
    with pytest.raises(SignInRefused):
        service.sign_in("jo@dorrewold.example", PASSWORD, now=START)


def test_who_does_not_know_the_present_password_cannot_change_it():
    member = a_member()
    here = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    with pytest.raises(PasswordNotYours):
        service.change_password(member, "gok", "nog een lang wachtwoord", secret=here, now=START)
    with pytest.raises(PasswordTooShort):
        service.change_password(member, PASSWORD, "kort", secret=here, now=START)
    assert service.sign_in("jo@dorrewold.example", PASSWORD, now=START)


def test_a_forgotten_password_is_replaced_by_an_invented_one():
    member = a_member()
    there = service.sign_in("jo@dorrewold.example", PASSWORD, now=START)

    invented = service.give_new_password(member.id, by=None, now=START)

    assert service.resume(there, now=START) is None
    assert service.sign_in("jo@dorrewold.example", invented, now=START)
