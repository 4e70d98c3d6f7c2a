"""The ceremony through the services: its order, its refusals, and who opens what afterwards."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from nacl.public import PrivateKey
from nacl.signing import VerifyKey

from pb.accounts.domain import Role
from pb.ballots import rehearsal
from pb.database.base import ballot_transaction, db
from pb.rounds import service as rounds
from pb.rounds.domain import NotInThisState
from pb.tokens import ceremony, unlocking
from pb.tokens import ceremony_storage as storage
from pb.tokens import service as tokens
from pb.tokens.ceremony_rules import (
    CeremonyMissing,
    KeysAreMade,
    KeysDamaged,
    KeysInUse,
    OfficerKnown,
    OfficersChanged,
    OfficersMissing,
    OfficerUnknown,
    PassphraseTaken,
    PassphraseWeak,
    PassphraseWrong,
    RecoveryCodeWrong,
    RehearsalMissing,
    TwoOfficersNeeded,
)
from pb.tokens.domain import mint_code
from pb.tokens.officers import PAIRS, STRONG, SharedKey
from pb.tokens.order import LetterOrder
from tests.ballots.voting import LISTED, SLUG, a_listed_round, a_voting_round
from tests.builders import DATES, START, a_framework, a_round, an_actor
from tests.ceremonies import LABELS, PASSPHRASES, appoint, hold_ceremony, typed

COUNTER = an_actor(Role.COUNTER, staff_id=4)
NEW = "een splinternieuwe wachtzin"
CEREMONY_TABLES = ("officers", "shared_keys", "pair_locks", "rehearsals")


@pytest.fixture
def known(app):
    """A round that was announced; more is not needed for its keys."""
    return a_round()


@pytest.fixture
def ordered(app):
    """A round whose letters two people agreed on."""
    a_listed_round()
    tokens.propose(SLUG, LetterOrder(letters=(("A1", 2), ("A2", 2))), by=an_actor(), now=LISTED)
    tokens.confirm(SLUG, by=an_actor(staff_id=2), now=LISTED)


@pytest.fixture
def recovery(known):
    """The recovery code of a ceremony that was held."""
    return hold_ceremony(SLUG, LISTED)


def make_keys(**changes):
    values = {"keep": lambda _: None, "by": COUNTER, "now": LISTED} | changes
    ceremony.make_keys(SLUG, **values)


def change(number, passphrase=NEW, *, opened_by=None, **changes):
    ceremony.change_passphrase(
        SLUG, number, passphrase, opened_by=opened_by or typed(), by=COUNTER, now=LISTED, **changes
    )


def stored():
    """Return everything that the ballot store holds of the ceremony."""
    with db.engines["ballots"].connect() as connection:
        return {
            name: sorted(
                tuple(row)
                for row in connection.execute(sa.select(db.metadatas["ballots"].tables[name]))
            )
            for name in CEREMONY_TABLES
        }


def opens(*pair, words=None):
    words = PASSPHRASES | (words or {})
    return unlocking.unlock_all(SLUG, [(number, words[number]) for number in pair])


# --- in order ----------------------------------------------------------------------------


def test_three_officers_choose_and_then_the_keys_are_made_once(known):
    appoint(SLUG, LISTED)
    printed = []

    make_keys(keep=printed.append)

    found = ceremony.find(SLUG)
    assert {number: each.label for number, each in found.officers.items()} == LABELS
    assert found.is_made
    assert not found.is_rehearsed
    assert len(printed) == 1
    with pytest.raises(KeysAreMade):
        make_keys()
    with pytest.raises(KeysAreMade):
        appoint(SLUG, LISTED, 1)


def test_officers_may_come_in_any_order_but_nobody_takes_a_place_twice(known):
    appoint(SLUG, LISTED, 3, 1)

    with pytest.raises(OfficersMissing):
        make_keys()
    with pytest.raises(OfficerKnown):
        appoint(SLUG, LISTED, 1)
    with pytest.raises(OfficerUnknown):
        ceremony.appoint(SLUG, 4, "Vierde", NEW, by=COUNTER, now=LISTED)
    appoint(SLUG, LISTED, 2)
    make_keys()


@pytest.mark.parametrize("words", ["", "kort", "x" * 40, "abababababababababab", "y" + "z" * 201])
def test_a_weak_passphrase_is_refused_and_nothing_is_kept(known, words):
    with pytest.raises(PassphraseWeak):
        ceremony.appoint(SLUG, 1, "Griffier", words, by=COUNTER, now=LISTED)

    assert not ceremony.find(SLUG).officers


def test_two_officers_may_not_choose_the_same(known):
    appoint(SLUG, LISTED, 1)

    with pytest.raises(PassphraseTaken):
        ceremony.appoint(SLUG, 2, "Teller", f" {PASSPHRASES[1]} ", by=COUNTER, now=LISTED)


def test_keys_are_made_after_the_round_is_known_and_before_the_voting(app):
    rounds.create("vroeg", a_framework(), by=an_actor(), now=START)
    a_voting_round("stemt")
    for slug, moment in (("vroeg", START), ("stemt", DATES.voting_opens)):
        with pytest.raises(NotInThisState):
            ceremony.appoint(slug, 1, "Griffier", NEW, by=COUNTER, now=moment)
        with pytest.raises(NotInThisState):
            ceremony.make_keys(slug, keep=print, by=COUNTER, now=moment)
        with pytest.raises(NotInThisState):
            ceremony.begin_again(slug, by=COUNTER, now=moment)
    a_round("bekend")
    ceremony.appoint("bekend", 1, "Griffier", NEW, by=COUNTER, now=START)


def test_while_people_vote_an_officer_still_gets_another_passphrase(app):
    a_voting_round("stemt")

    ceremony.change_passphrase(
        "stemt", 3, NEW, opened_by=typed(), by=COUNTER, now=DATES.voting_opens
    )

    assert unlocking.unlock("stemt", SharedKey.COUNT, [(1, PASSPHRASES[1]), (3, NEW)])


def test_when_the_letter_cannot_be_printed_there_are_no_keys(known):
    appoint(SLUG, LISTED)

    def jammed(_recovery):
        raise OSError("the printer is on fire")

    with pytest.raises(OSError, match="fire"):
        make_keys(keep=jammed)

    assert not ceremony.find(SLUG).is_made


def test_beginning_again_forgets_everything_until_there_are_letters(ordered):
    hold_ceremony(SLUG, LISTED)
    ceremony.begin_again(SLUG, by=COUNTER, now=LISTED)

    assert stored() == {name: [] for name in CEREMONY_TABLES}
    with pytest.raises(CeremonyMissing):
        ceremony.begin_again(SLUG, by=COUNTER, now=LISTED)
    hold_ceremony(SLUG, LISTED)
    tokens.mint(SLUG, by=an_actor(), now=LISTED)
    before = stored()
    with pytest.raises(KeysInUse):
        ceremony.begin_again(SLUG, by=COUNTER, now=LISTED)
    assert stored() == before


def test_letters_that_were_made_for_earlier_keys_are_refused(ordered):
    hold_ceremony(SLUG, LISTED)

    def begin_again(_minted):
        ceremony.begin_again(SLUG, by=COUNTER, now=LISTED)
        hold_ceremony(SLUG, LISTED)

    with pytest.raises(OfficersChanged):
        tokens.mint(SLUG, by=an_actor(), now=LISTED, keep=begin_again)

    assert not tokens.find_roll(SLUG).is_made


def test_without_a_ceremony_no_codes_are_made(ordered):

    with pytest.raises(CeremonyMissing, match="Doe eerst de sleutelceremonie"):
        tokens.mint(SLUG, by=an_actor(), now=LISTED)
    for asked in (
        lambda: ceremony.public_key(SLUG, SharedKey.COUNT),
        lambda: ceremony.rehearsed_key(SLUG, SharedKey.COUNT),
        lambda: ceremony.verify_keys(SLUG),
        lambda: unlocking.unlock(SLUG, SharedKey.COUNT, typed()),
        lambda: unlocking.unlock_by_envelope(SLUG, mint_code().revealed()),
    ):
        with pytest.raises(CeremonyMissing):
            asked()


# --- who opens ---------------------------------------------------------------------------


@pytest.mark.parametrize("pair", PAIRS)
def test_each_pair_opens_both_keys_while_the_third_is_away(recovery, pair):
    opened = opens(*pair)

    for purpose in SharedKey:
        assert opened[purpose].public_key == ceremony.public_key(SLUG, purpose)


@pytest.mark.parametrize(
    ("said", "refusal", "words"),
    [
        ([(1, PASSPHRASES[1]), (2, "niet deze wachtzin")], PassphraseWrong, "2 (Teller)"),
        ([(3, "niet deze wachtzin"), (1, PASSPHRASES[1])], PassphraseWrong, "3 (Notaris)"),
        ([(1, "fout"), (2, "ook fout")], PassphraseWrong, "1 (Griffier), 2 (Teller)"),
        ([(1, PASSPHRASES[2]), (2, PASSPHRASES[1])], PassphraseWrong, "1 (Griffier), 2 (Teller)"),
        ([(1, ""), (2, PASSPHRASES[2])], PassphraseWrong, "1 (Griffier)"),
        ([(1, PASSPHRASES[1]), (1, PASSPHRASES[1])], TwoOfficersNeeded, "twee verschillende"),
        ([(1, PASSPHRASES[1])], TwoOfficersNeeded, "twee verschillende"),
        ([], TwoOfficersNeeded, "twee verschillende"),
        (list(PASSPHRASES.items()), TwoOfficersNeeded, "twee verschillende"),
        ([(1, PASSPHRASES[1]), (4, PASSPHRASES[2])], TwoOfficersNeeded, "twee verschillende"),
    ],
)
def test_what_does_not_open_is_a_sentence_and_changes_nothing(recovery, said, refusal, words):
    before, log = stored(), rounds.log(SLUG)

    for act in (
        lambda: unlocking.unlock(SLUG, SharedKey.COUNT, said),
        lambda: unlocking.sign(SLUG, b"text", said),
        lambda: ceremony.renew_envelope(SLUG, said, keep=print, by=COUNTER, now=LISTED),
        lambda: ceremony.change_passphrase(SLUG, 3, NEW, opened_by=said, by=COUNTER, now=LISTED),
    ):
        with pytest.raises(refusal) as found:
            act()
        assert words in str(found.value)
    assert stored() == before
    assert rounds.log(SLUG) == log


def test_the_envelope_opens_both_keys(recovery):
    opened = unlocking.unlock_by_envelope(SLUG, f" {recovery.lower()} ")

    assert opened[SharedKey.COUNT].public_key == ceremony.public_key(SLUG, SharedKey.COUNT)
    for other in (mint_code().revealed(), "geen code", "", recovery[:-1] + "?"):
        with pytest.raises(RecoveryCodeWrong):
            unlocking.unlock_by_envelope(SLUG, other)


def test_keys_of_one_round_open_nothing_in_another(recovery):
    a_round("elders")
    hold_ceremony("elders", LISTED)

    assert ceremony.public_key("elders", SharedKey.COUNT) != ceremony.public_key(
        SLUG, SharedKey.COUNT
    )
    with pytest.raises(RecoveryCodeWrong):
        unlocking.unlock_by_envelope("elders", recovery)


def test_two_officers_sign_and_their_keys_are_public(recovery):
    signatures = unlocking.sign(SLUG, b"pb-bundle/1\n", typed(3, 1))
    keys = ceremony.verify_keys(SLUG)

    assert sorted(signatures) == [1, 3]
    assert sorted(keys) == [1, 2, 3]
    for number, signature in signatures.items():
        VerifyKey(keys[number]).verify(b"pb-bundle/1\n", signature)


def write(statement):
    """Change the ballot store as somebody does who got into it."""
    with ballot_transaction() as connection:
        connection.execute(statement)


def test_a_lock_that_was_exchanged_is_told_and_opens_nothing(recovery):
    write(storage.pair_locks.update().values(locked=b"iets anders"))

    with pytest.raises(KeysDamaged, match="bel de beheerder"):
        opens(1, 2)
    with pytest.raises(KeysDamaged):
        rehearsal.rehearse(SLUG, typed(), by=COUNTER, now=LISTED)
    assert unlocking.unlock_by_envelope(SLUG, recovery)


def test_a_public_half_that_was_exchanged_is_told_before_anything_is_locked_anew(recovery):
    planted = bytes(PrivateKey.generate().public_key)
    second = storage.officers.c.number == 2
    write(storage.officers.update().where(second).values(box_public_key=planted))
    before = stored()

    with pytest.raises(KeysDamaged):
        change(3)
    with pytest.raises(KeysDamaged):
        rehearsal.rehearse(SLUG, typed(), by=COUNTER, now=LISTED)
    assert stored() == before


# --- another passphrase ------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_officer_gets_another_passphrase_and_every_pair_still_opens(recovery, number):
    public = {purpose: ceremony.public_key(SLUG, purpose) for purpose in SharedKey}

    change(number)

    for pair in PAIRS:
        opened = opens(*pair, words={number: NEW})
        assert {purpose: key.public_key for purpose, key in opened.items()} == public
    with pytest.raises(PassphraseWrong):
        opens(*next(pair for pair in PAIRS if number in pair))
    assert unlocking.unlock_by_envelope(SLUG, recovery)


def test_who_is_at_the_table_keeps_the_signing_key_and_who_forgot_gets_another(recovery):
    before = ceremony.verify_keys(SLUG)

    change(2)
    assert ceremony.verify_keys(SLUG) == before
    change(3, "notaris met een paraplu", opened_by=[(1, PASSPHRASES[1]), (2, NEW)])
    after = ceremony.verify_keys(SLUG)

    assert after[3] != before[3]
    assert {number: after[number] for number in (1, 2)} == {1: before[1], 2: before[2]}


def test_a_new_passphrase_must_be_rehearsed_again(recovery):
    assert ceremony.rehearsed_key(SLUG, SharedKey.COUNT)

    change(1)

    assert ceremony.find(SLUG).rehearsed == {(2, 3)}
    with pytest.raises(RehearsalMissing):
        ceremony.rehearsed_key(SLUG, SharedKey.COUNT)


def test_somebody_else_may_take_the_place(recovery):
    change(2, label="Wethouder")

    assert ceremony.find(SLUG).officers[2].label == "Wethouder"
    entry = rounds.log(SLUG)[0]
    assert entry.values == {"number": 2, "label": "Wethouder"}


def test_a_new_passphrase_must_be_strong_and_the_own(recovery):
    before = stored()
    with pytest.raises(PassphraseWeak):
        change(3, "kort")
    with pytest.raises(PassphraseTaken):
        change(3, PASSPHRASES[1])
    with pytest.raises(OfficerUnknown):
        change(4)
    assert stored() == before


def test_when_two_passphrases_are_lost_the_envelope_gives_new_ones(recovery):
    change(1, opened_by=recovery)
    change(2, "nog een nieuwe wachtzin", opened_by=recovery)

    assert opens(1, 2, words={1: NEW, 2: "nog een nieuwe wachtzin"})
    with pytest.raises(RecoveryCodeWrong):
        change(3, "weer een andere zin", opened_by=mint_code().revealed())


def test_a_new_envelope_makes_the_old_one_worthless(recovery):
    printed = []
    ceremony.renew_envelope(SLUG, typed(2, 3), keep=printed.append, by=COUNTER, now=LISTED)

    with pytest.raises(RecoveryCodeWrong):
        unlocking.unlock_by_envelope(SLUG, recovery)
    assert unlocking.unlock_by_envelope(SLUG, printed[0].revealed())
    for pair in PAIRS:
        assert opens(*pair)


def test_two_who_change_something_at_once_do_not_overwrite_each_other(recovery, monkeypatch):
    def change_first(*arguments, **changes):
        monkeypatch.undo()
        change(1, "de griffier was sneller")
        return made(*arguments, **changes)

    made = ceremony._new_officer
    monkeypatch.setattr(ceremony, "_new_officer", change_first)

    with pytest.raises(OfficersChanged):
        change(2)

    assert opens(1, 2, words={1: "de griffier was sneller"})


# --- what is known of it -----------------------------------------------------------------


def test_the_public_log_tells_every_step_and_no_secret(recovery):
    written = "\n".join(f"{entry.what} {entry.values}" for entry in rounds.log(SLUG))

    assert "koos een wachtzin" in written
    assert ceremony.public_key(SLUG, SharedKey.COUNT).hex() in written
    assert written.count("openden samen een proefstem") == 3
    for words in PASSPHRASES.values():
        assert words not in written
    assert recovery not in written


def test_an_installation_that_asks_for_nothing_gets_strong_locks(known, app, settings):
    app.extensions["settings"] = replace(settings, cheap_passphrases=False)
    appoint(SLUG, LISTED, 1)

    assert ceremony.find(SLUG).officers[1].cost == STRONG
