"""Making the codes: two people agree, the roll is fixed once, and no code stays behind."""

import secrets
from dataclasses import replace
from time import perf_counter

import pytest
import sqlalchemy as sa

from pb.database.base import ballot_reading, ballot_transaction
from pb.foundation.errors import NotPermitted
from pb.foundation.money import euros
from pb.frameworks.domain import Area, SecondPersonNeeded
from pb.rounds import service as rounds
from pb.rounds.domain import NotInThisState
from pb.tokens import ceremony, keys, service, storage, unlocking
from pb.tokens.domain import TokenStatus, is_serial, roll_hash, round_fingerprint
from pb.tokens.keys import RoundKey
from pb.tokens.officers import SharedKey
from pb.tokens.order import (
    LetterOrder,
    OrderDiffers,
    OrderMissing,
    OrderNotConfirmed,
    OrderUnsound,
    RollDamaged,
    RollIsFixed,
    RollMissing,
    ShareUnreadable,
    parse_share,
)
from tests.ballots.voting import LISTED, SLUG, a_listed_round, a_voting_round
from tests.builders import DATES, a_framework, a_round, an_actor
from tests.ceremonies import hold_ceremony, typed

ORDER = LetterOrder(letters=(("A1", 30), ("A2", 20)), spare_permille=30)
COLLEAGUE = an_actor(staff_id=2)


@pytest.fixture
def listed(app):
    a_listed_round()
    hold_ceremony(SLUG, LISTED)
    return SLUG


def propose(order=ORDER, by=None):
    service.propose(SLUG, order, by=by or an_actor(), now=LISTED)


def confirm(by=COLLEAGUE):
    service.confirm(SLUG, by=by, now=LISTED)


def mint(**changes):
    return service.mint(SLUG, by=an_actor(), now=LISTED, **changes)


def test_two_people_agree_and_then_the_codes_are_made(listed):
    propose()
    confirm()

    minting = mint()

    assert minting.roll.is_made
    assert service.count_by_status(SLUG) == {
        ("A1", TokenStatus.ISSUED): 30,
        ("A1", TokenStatus.SPARE): 20,
        ("A2", TokenStatus.ISSUED): 20,
        ("A2", TokenStatus.SPARE): 20,
    }
    assert len(minting.printables) == 90


def test_every_letter_has_its_own_code_and_number(listed):
    propose()
    confirm()

    printables = mint().printables

    assert len({each.code for each in printables}) == 90
    assert len({each.serial for each in printables}) == 90
    assert all(is_serial(each.serial) for each in printables)
    assert printables[0].voting_address == f"https://stem.dorrewold.example/s/{SLUG}"


def test_one_person_cannot_do_it_alone(listed):
    propose()

    with pytest.raises(OrderNotConfirmed):
        mint()
    with pytest.raises(SecondPersonNeeded):
        confirm(an_actor())
    with pytest.raises(NotPermitted):
        confirm(replace(COLLEAGUE, staff_id=None))


def test_the_store_itself_refuses_one_person_twice(listed):
    propose()

    with pytest.raises(sa.exc.IntegrityError), ballot_transaction() as connection:
        storage.keep_confirmation(connection, SLUG, 1)


def test_another_proposal_needs_another_confirmation(listed):
    propose()
    confirm()

    propose(replace(ORDER, spare_permille=0), by=COLLEAGUE)

    with pytest.raises(OrderNotConfirmed):
        mint()
    with pytest.raises(SecondPersonNeeded):
        confirm()


def test_codes_are_made_once(listed):
    propose()
    confirm()
    mint()

    for again in (mint, propose, confirm):
        with pytest.raises(RollIsFixed):
            again()


def test_nothing_is_made_without_an_order(listed):
    with pytest.raises(OrderMissing):
        mint()
    with pytest.raises(OrderMissing):
        confirm()
    with pytest.raises(OrderMissing):
        service.checked_roll(SLUG)
    propose()
    with pytest.raises(RollMissing):
        service.checked_roll(SLUG)


@pytest.mark.parametrize(
    "letters",
    [
        (),
        (("A1", 30),),
        (("A1", 30), ("A2", 0)),
        (("A1", 30), ("A2", 20), ("A9", 1)),
        (("A1", 30), ("A1", 20)),
        (("A1", 999_999), ("A2", 20)),
    ],
)
def test_an_order_that_does_not_fit_the_areas_is_refused(listed, letters):
    with pytest.raises(OrderUnsound):
        propose(LetterOrder(letters=letters))


def test_the_whole_neighbourhood_gets_letters_only_when_it_is_all_there_is(app):
    whole = Area(id="A0", name="Hele wijk", budget=euros(30_000), whole=True, eligible=50)
    a_listed_round(framework=a_framework(areas=(replace(whole, id="A1"),)))

    propose(LetterOrder(letters=(("A1", 50),)))

    assert service.find_roll(SLUG).order.total == 50


def test_once_voting_opened_nobody_makes_codes(app):
    a_voting_round()

    with pytest.raises(NotInThisState):
        service.propose(SLUG, ORDER, by=an_actor(), now=DATES.voting_opens)


def test_before_the_ballot_list_is_known_nobody_makes_codes(app):
    a_round()

    with pytest.raises(NotInThisState):
        service.propose(SLUG, ORDER, by=an_actor(), now=DATES.proposals_open)


def test_a_crash_before_the_roll_is_fixed_leaves_no_roll(listed):
    propose()
    confirm()

    def disk_full(_minted):
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        mint(keep=disk_full)

    assert not service.find_roll(SLUG).is_made
    assert mint().roll.is_made


def test_the_fingerprint_is_that_of_the_log_key_and_the_roll(listed):
    propose()
    confirm()

    roll = mint().roll

    hash_of_roll = roll_hash(service.list_roll(SLUG))
    assert roll.hash == hash_of_roll
    log_key = keys.public(SLUG, RoundKey.LOG)
    assert roll.fingerprint == round_fingerprint(log_key, hash_of_roll)
    assert service.checked_roll(SLUG) == service.find_roll(SLUG)
    assert roll.shown_fingerprint in str([entry.values for entry in rounds.log(SLUG)])


@pytest.mark.parametrize("column", ["area", "ballot_key"])
def test_a_changed_roll_does_not_fit_its_fingerprint(listed, column):
    propose()
    confirm()
    mint()
    entry = service.list_roll(SLUG)[0]
    other = {"area": "A2" if entry.area == "A1" else "A1", "ballot_key": secrets.token_bytes(32)}
    with ballot_transaction() as connection:
        connection.execute(
            sa.update(storage.roll)
            .where(storage.roll.c.ballot_key == entry.ballot_key)
            .values({column: other[column]})
        )

    with pytest.raises(RollDamaged):
        service.checked_roll(SLUG)


def test_a_sealed_letter_opens_to_its_key_for_officers_alone(listed):
    propose()
    confirm()
    minting = mint()

    revocation_key = unlocking.unlock(SLUG, SharedKey.REVOCATION, typed())

    on_roll = {entry.ballot_key for entry in service.list_roll(SLUG)}
    assert {revocation_key.open(letter.sealed) for letter in minting.minted.letters} == on_roll


def test_a_roll_that_was_not_ordered_is_refused(listed):
    propose()
    confirm()
    made = service._make(SLUG, ORDER, ceremony.public_key(SLUG, SharedKey.REVOCATION), None)

    for entries, letters in (
        (made.roll[:-1], made.letters),
        (made.roll, made.letters[:-1]),
        ([replace(e, status=TokenStatus.ISSUED) for e in made.roll], made.letters),
    ):
        with pytest.raises(OrderDiffers):
            service.install_roll(SLUG, entries, letters, by=an_actor(), now=LISTED)
    with pytest.raises(ValueError, match="twice"):
        service.install_roll(
            SLUG, [*made.roll[:-1], made.roll[0]], made.letters, by=an_actor(), now=LISTED
        )


def test_codes_are_in_no_table_and_in_no_representation(listed):
    propose()
    confirm()

    minting = mint()

    with ballot_reading() as connection:
        tables = sa.inspect(connection).get_table_names()
        everything = "".join(
            str(connection.execute(sa.select(sa.text("*")).select_from(sa.table(name))).all())
            for name in tables
        )
    for each in minting.printables:
        assert each.code.revealed() not in everything
        assert each.code.grouped() not in everything
        assert each.code.revealed() not in repr(minting)


def test_progress_counts_up_to_the_total(listed):
    propose()
    confirm()
    seen = []

    mint(progress=lambda done, total: seen.append((done, total)))

    assert seen[-1] == (90, 90)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("written", "permille"), [("3%", 30), ("3", 30), (" 2,5 % ", 25), ("2.5%", 25), ("0", 0)]
)
def test_a_share_is_read_as_people_write_it(written, permille):
    assert parse_share(written) == permille


@pytest.mark.parametrize("written", ["", "-1", "veel", "21", "3,55", "1e3"])
def test_what_is_no_share_is_refused(written):
    with pytest.raises(ShareUnreadable):
        parse_share(written)


def test_spares_come_in_packs_that_hide_whom_one_goes_to():
    order = LetterOrder(letters=(("A1", 100), ("A2", 2_000)), spare_permille=30)

    assert order.spares == (("A1", 20), ("A2", 60))
    assert replace(order, spare_permille=0).spares == (("A1", 0), ("A2", 0))


@pytest.mark.nightly
def test_a_hundred_thousand_letters_take_less_than_a_minute(listed):
    propose(LetterOrder(letters=(("A1", 60_000), ("A2", 40_000))))
    confirm()

    began = perf_counter()
    mint()

    assert perf_counter() - began < 60
    assert sum(service.count_by_status(SLUG).values()) == 100_000
