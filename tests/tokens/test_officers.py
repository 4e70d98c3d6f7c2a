"""Three officers, of whom any two open: every pair, no single one, and nobody who guesses (T28)."""

import copy
import pickle
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PublicKey, SealedBox
from nacl.signing import VerifyKey

from pb.tokens.domain import mint_code
from pb.tokens.officers import (
    CHEAP,
    PAIRS,
    STRONG,
    LockBroken,
    PublicHalfDiffers,
    SharedKey,
    UnlockedKey,
    lock_for_pair,
    make_key,
    make_officer,
    normal,
    suggestion,
    unlock_for_pair,
    unlock_officer,
    unlock_with_envelope,
)

ROUND = "dorrewold/proef"
WORDS = {1: "de griffier fietst langs", 2: "een teller eet appels", 3: "notaris zonder paraplu"}

passphrases = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=16, max_size=60)


def officer(number, words=None, name=ROUND, **changes):
    chosen = words or WORDS[number]
    return make_officer(number, "Functie", chosen, round_id=name, cost=CHEAP, **changes)


@pytest.fixture(scope="module")
def officers():
    return {number: officer(number) for number in WORDS}


@pytest.fixture(scope="module")
def recovery():
    return mint_code()


@pytest.fixture(scope="module")
def count_key(officers, recovery):
    return make_key(SharedKey.COUNT, officers.values(), recovery, ROUND)


@pytest.fixture(scope="module")
def unlocked(officers):
    return {number: unlock_officer(officers[number], WORDS[number], ROUND) for number in WORDS}


# --- who opens ---------------------------------------------------------------------------


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("turned", [False, True])
def test_every_pair_opens_in_any_order(count_key, unlocked, pair, turned):
    one, other = reversed(pair) if turned else pair

    opened = unlock_for_pair(count_key, unlocked[one], unlocked[other], ROUND)

    sealed = SealedBox(PublicKey(count_key.public_key)).encrypt(b"stem")
    assert opened.open(sealed) == b"stem"


@pytest.mark.parametrize("single", WORDS)
def test_no_single_officer_opens_anything(count_key, unlocked, single):
    """Whatever one officer takes off, with one key or the same key twice, the key stays locked."""
    private = bytes(unlock_for_pair(count_key, unlocked[1], unlocked[2], ROUND).revealed())
    for locked in count_key.for_pairs.values():
        layers = [locked]
        for _ in range(2):
            try:
                layers.append(unlocked[single].open(layers[-1]))
            except LockBroken:
                break
        assert len(layers) < 3
        assert all(private not in layer for layer in layers)


def test_two_officers_do_not_open_the_lock_of_another_pair(count_key, unlocked):
    swapped = replace(
        count_key, for_pairs=dict.fromkeys(PAIRS, count_key.for_pairs[1, 3])
    )  # fmt: skip

    with pytest.raises(LockBroken):
        unlock_for_pair(swapped, unlocked[1], unlocked[2], ROUND)


@pytest.mark.parametrize("words", ["de griffier fietst", "", "De griffier fietst langs", WORDS[2]])
def test_a_wrong_passphrase_unlocks_no_officer(officers, words):
    with pytest.raises(LockBroken):
        unlock_officer(officers[1], words, ROUND)


def test_a_passphrase_unlocks_its_officer_in_its_round_only(officers):
    with pytest.raises(LockBroken):
        unlock_officer(officers[1], WORDS[1], "dorrewold/elders")
    with pytest.raises(LockBroken):
        unlock_officer(replace(officers[1], number=2), WORDS[1], ROUND)


def test_the_envelope_opens_and_no_other_code_does(count_key, recovery):
    opened = unlock_with_envelope(count_key, recovery, ROUND)

    assert opened.public_key == count_key.public_key
    with pytest.raises(LockBroken):
        unlock_with_envelope(count_key, mint_code(), ROUND)
    with pytest.raises(LockBroken):
        unlock_with_envelope(count_key, recovery, "dorrewold/elders")
    with pytest.raises(LockBroken):
        unlock_with_envelope(replace(count_key, purpose=SharedKey.REVOCATION), recovery, ROUND)


# --- who tampers -------------------------------------------------------------------------


def test_a_lock_of_another_round_or_purpose_is_refused(officers, unlocked, count_key, recovery):
    for name, purpose in product((ROUND, "dorrewold/elders"), SharedKey):
        other = make_key(purpose, officers.values(), recovery, name)
        for pair in PAIRS:
            mixed = replace(
                count_key, for_pairs={**count_key.for_pairs, pair: other.for_pairs[pair]}
            )
            with pytest.raises(LockBroken):
                unlock_for_pair(mixed, unlocked[pair[0]], unlocked[pair[1]], ROUND)


def test_a_key_that_an_attacker_locked_is_refused(officers, unlocked, count_key):
    planted = UnlockedKey(SharedKey.COUNT, bytes(range(32)))
    lock = lock_for_pair(planted, officers[1], officers[2], ROUND)

    with pytest.raises(LockBroken):
        unlock_for_pair(
            replace(count_key, for_pairs={(1, 2): lock}), unlocked[1], unlocked[2], ROUND
        )


@pytest.mark.parametrize("half", ["box_public_key", "verify_key"])
def test_another_public_half_beside_a_right_passphrase_is_noticed(officers, half):
    """Or keys would be locked anew for who put it there."""
    swapped = replace(officers[1], **{half: getattr(officers[2], half)})

    with pytest.raises(PublicHalfDiffers):
        unlock_officer(swapped, WORDS[1], ROUND)
    with pytest.raises(LockBroken) as found:
        unlock_officer(swapped, "niet deze wachtzin", ROUND)
    assert not isinstance(found.value, PublicHalfDiffers)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_byte_anywhere_opens_nothing(officers, unlocked, count_key, recovery, data):
    locked = data.draw(st.sampled_from([count_key.for_pairs[1, 2], officers[1].locked,
                                        count_key.for_envelope]))  # fmt: skip
    place = data.draw(st.integers(0, len(locked) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = locked[:place] + bytes([locked[place] ^ flip]) + locked[place + 1 :]

    with pytest.raises(LockBroken):
        opened_after(changed, locked, officers[1], unlocked, count_key, recovery)


def opened_after(changed, locked, first, unlocked, count_key, recovery):
    """Open what was changed in the place of what was locked."""
    if locked is first.locked:
        return unlock_officer(replace(first, locked=changed), WORDS[1], ROUND)
    if locked is count_key.for_envelope:
        return unlock_with_envelope(replace(count_key, for_envelope=changed), recovery, ROUND)
    mixed = replace(count_key, for_pairs={(1, 2): changed})
    return unlock_for_pair(mixed, unlocked[1], unlocked[2], ROUND)


# --- for all passphrases -----------------------------------------------------------------


@given(
    words=st.lists(passphrases, min_size=3, max_size=3, unique_by=normal),
    pair=st.sampled_from(PAIRS),
)
@settings(max_examples=40, deadline=None)
def test_whatever_three_people_choose_any_two_of_them_open(words, pair):
    three = [officer(number, chosen) for number, chosen in enumerate(words, start=1)]
    key = make_key(SharedKey.REVOCATION, three, mint_code(), ROUND)
    one, other = (unlock_officer(three[each - 1], words[each - 1], ROUND) for each in pair)

    assert unlock_for_pair(key, one, other, ROUND).public_key == key.public_key


@given(right=passphrases, wrong=passphrases)
@settings(max_examples=60, deadline=None)
def test_only_the_same_passphrase_unlocks(right, wrong):
    made = officer(1, right)

    if normal(right) == normal(wrong):
        assert unlock_officer(made, wrong, ROUND).number == 1
    else:
        with pytest.raises(LockBroken):
            unlock_officer(made, wrong, ROUND)


def test_a_letter_may_be_typed_in_two_ways_and_with_a_space_around():
    made = officer(1, "café op de hoek van de dijk")

    assert unlock_officer(made, "  cafe\u0301 op de hoek van de dijk\n", ROUND)


# --- what it is made of ------------------------------------------------------------------


def test_every_officer_and_every_lock_is_fresh(officers, count_key):
    again = officer(1)
    other = make_key(SharedKey.COUNT, officers.values(), mint_code(), ROUND)

    assert again.salt != officers[1].salt
    assert again.box_public_key != officers[1].box_public_key
    assert other.public_key != count_key.public_key
    assert len(set(count_key.for_pairs.values())) == 3


def test_a_passphrase_costs_what_rfc_9106_recommends():
    assert (STRONG.memory, STRONG.passes, STRONG.lanes) == (65_536, 3, 4)
    made = make_officer(1, "Griffier", WORDS[1], round_id=ROUND, cost=STRONG)

    assert unlock_officer(made, WORDS[1], ROUND).number == 1
    with pytest.raises(LockBroken):
        unlock_officer(replace(made, cost=CHEAP), WORDS[1], ROUND)


def test_an_officer_signs_and_keeps_the_signing_key_under_another_passphrase(officers, unlocked):
    kept = unlocked[2].private_halves()[32:]
    again = officer(2, "een heel andere wachtzin", signing_key=kept)

    signature = unlock_officer(again, "een heel andere wachtzin", ROUND).sign(b"pb-bundle/1")

    assert again.verify_key == officers[2].verify_key
    assert VerifyKey(officers[2].verify_key).verify(b"pb-bundle/1", signature)
    assert again.box_public_key != officers[2].box_public_key


def test_what_is_unlocked_shows_nothing_and_is_not_written_down(count_key, unlocked):
    key = unlock_for_pair(count_key, unlocked[1], unlocked[2], ROUND)
    for secret, private in (
        (key, bytes(key.revealed())),
        (unlocked[1], unlocked[1].private_halves()),
    ):
        shown = repr(secret) + str(secret) + f"{secret}"
        assert private.hex() not in shown
        assert repr(private)[2:-1] not in shown
        for write_down in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                write_down(secret)


def test_what_is_locked_does_not_show_itself(officers, count_key):
    assert "locked" not in repr(officers[1])
    assert "for_pairs" not in repr(count_key)


def test_suggestions_are_long_random_and_easy_to_read_aloud():
    found = {suggestion() for _ in range(200)}

    assert len(found) == 200
    assert all(len(each) == 23 and not set(each) & set("01lo") for each in found)
