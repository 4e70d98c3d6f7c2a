"""The voting token: nothing mistyped passes, nothing secret shows, all derive the same key."""

import copy
import hashlib
import json
import logging
import pickle
import random
import statistics
import time
import traceback
from dataclasses import asdict

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from pb.foundation.errors import NotPermitted
from pb.tokens.domain import (
    ALPHABET,
    Code,
    CodeMistyped,
    CodeReplaced,
    CodeUnknown,
    RollEntry,
    TokenStatus,
    VotedOnPaper,
    ballot_key_of_anything,
    ballot_key_pair,
    check_symbol,
    in_groups,
    is_serial,
    mint_batch,
    mint_code,
    parse,
    roll_hash,
    roll_text,
    round_fingerprint,
    serial_of,
    view_key,
)

ROUND = "ganzerik-2026"
ADDRESS = "https://stem.dorrewold.example/s/ganzerik-2026"
OFFICERS = PrivateKey.generate()

# A code whose letters read as words, so that it is easy to find in a text where it must not be.
KNOWN = "K7M2QX9T4RD8WHB35NPC6VA" + "0"


def a_batch(count=3, **changed):
    asked = {
        "round_id": ROUND,
        "area": "torenhof",
        "batch": "torenhof-1",
        "revocation_public_key": bytes(OFFICERS.public_key),
        "voting_address": ADDRESS,
    }
    return mint_batch(count, **(asked | changed))


def doubled(value, times):
    """Multiply by 2 in GF(32), as a shift and a reduction by x^5 + x^2 + 1."""
    for _ in range(times):
        value <<= 1
        if value & 0b100000:
            value ^= 0b100101
    return value


def hkdf(key, salt, purpose):
    """RFC 5869 by a library that the service does not use for it."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(key)


# --- the check symbol ------------------------------------------------------------------------


def test_every_code_adds_up_to_zero_over_gf_32():
    for _ in range(500):
        *data, check = (ALPHABET.index(symbol) for symbol in mint_code().revealed())
        total = check
        for place, value in enumerate(data):
            total ^= doubled(value, times=place + 1)

        assert total == 0


def wrong_symbols(symbols):
    for place, right in enumerate(symbols):
        for other in ALPHABET:
            if other != right:
                yield symbols[:place] + other + symbols[place + 1 :]


def swaps(symbols):
    for first in range(24):
        for second in range(first + 1, 24):
            if symbols[first] != symbols[second]:
                swapped = list(symbols)
                swapped[first], swapped[second] = swapped[second], swapped[first]
                yield "".join(swapped)


def test_no_wrong_symbol_and_no_swap_passes_in_a_thousand_codes():
    singles = missed = changed_places = 0
    for _ in range(1_000):
        symbols = mint_code().revealed()
        for wrong in wrong_symbols(symbols):
            singles += 1
            missed += check_symbol(wrong[:23]) == wrong[23]
        for wrong in swaps(symbols):
            changed_places += 1
            missed += check_symbol(wrong[:23]) == wrong[23]

    assert singles == 744_000
    assert changed_places > 260_000
    assert missed == 0


def refuse_all_errors_in(number_of_codes):
    for _ in range(number_of_codes):
        symbols = mint_code().revealed()
        for wrong in [*wrong_symbols(symbols), *swaps(symbols)]:
            try:
                parse(wrong)
            except CodeMistyped:
                continue
            pytest.fail("A code with an error was accepted.")


def test_parsing_refuses_every_wrong_symbol_and_swap():
    refuse_all_errors_in(10)


@pytest.mark.nightly
def test_parsing_refuses_every_wrong_symbol_and_swap_in_a_thousand_codes():
    refuse_all_errors_in(1_000)


# --- what people type ------------------------------------------------------------------------

LOOK_ALIKES = {"0": "0Oo", "1": "1IiLlİı"}
GAPS = [*" -._\t\n‐‑‒–—−·•", "\u00a0", "\u00ad", "\u200b", "\u200e", "\u200f", "\u202f", "\ufeff"]


@st.composite
def typed_codes(draw):
    """A code and a way in which somebody may type it."""
    data = draw(st.text(ALPHABET, min_size=23, max_size=23))
    symbols = data + check_symbol(data)
    typed = draw(st.sampled_from(["", " ", "https://stem.x.nl/s/noord#"]))
    for symbol in symbols:
        typed += draw(st.sampled_from(LOOK_ALIKES.get(symbol, symbol + symbol.lower())))
        typed += draw(st.text(st.sampled_from(GAPS), max_size=2))
    return symbols, typed


def reads_back(typed_code):
    symbols, typed = typed_code
    assert parse(typed).revealed() == symbols
    assert parse(parse(typed).grouped()).revealed() == symbols


def answers_anything(typed):
    try:
        code = parse(typed)
    except CodeMistyped:
        return
    assert set(code.revealed()) <= set(ALPHABET)
    assert len(code.revealed()) == 24


anything = st.text(st.characters(exclude_categories=()), max_size=400)
hostile = [*"ßſﬁıİ٣𝟎０Ａ#%'\"<", "\u212a", "\0", "\u202e", "\ud800"]
almost = st.text(st.sampled_from([*ALPHABET, *hostile]), min_size=20, max_size=28)


@settings(max_examples=200, deadline=None)
@given(typed_codes())
def test_a_code_is_read_however_it_is_typed(typed_code):
    reads_back(typed_code)


@settings(max_examples=400, deadline=None)
@given(anything | almost)
def test_any_text_is_a_code_or_a_refusal_and_never_an_accident(typed):
    answers_anything(typed)


@pytest.mark.nightly
def test_a_million_codes_are_read_back_and_a_million_hostile_texts_answered():
    by_chance = random.Random(20260907)  # noqa: S311
    marks = [*ALPHABET * 3, *hostile, *GAPS]
    for _ in range(1_000_000):
        symbols = mint_code().revealed()
        typed = (by_chance.choice(LOOK_ALIKES.get(each, each + each.lower())) for each in symbols)
        reads_back((symbols, by_chance.choice(GAPS).join(typed)))
        answers_anything("".join(by_chance.choices(marks, k=by_chance.randint(20, 28))))


def test_an_arabic_keyboard_types_the_same_digits():
    assert parse(KNOWN.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))) == parse(KNOWN)
    assert parse(KNOWN.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))) == parse(KNOWN)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "#", KNOWN[:23], KNOWN + "0", KNOWN[:23] + "U", KNOWN[:23] + "７", KNOWN + " " * 300],
    ids=["empty", "space", "hash", "short", "long", "U", "wide", "endless"],
)
def test_what_cannot_be_a_code_is_refused(typed):
    with pytest.raises(CodeMistyped):
        parse(typed)


def test_a_letter_that_grows_when_capitalised_does_not_become_two():
    symbols = "SS" + KNOWN[2:23]
    symbols += check_symbol(symbols)
    assert parse(symbols).revealed() == symbols
    with pytest.raises(CodeMistyped):
        parse("ß" + symbols[2:])


def test_typo_unknown_and_spare_say_the_same():
    assert CodeMistyped().sentence == CodeUnknown().sentence
    assert str(CodeMistyped()) == str(CodeUnknown())
    assert "24 tekens" in str(CodeUnknown())
    assert issubclass(CodeMistyped, NotPermitted)
    assert issubclass(CodeUnknown, NotPermitted)


def test_replaced_and_paper_are_told_plainly():
    assert "vervangen" in str(CodeReplaced())
    assert "op papier" in str(VotedOnPaper())


# --- a code does not show itself --------------------------------------------------------------


def test_a_code_never_shows_itself(caplog):
    minted = a_batch(1)
    code = minted.printables[0].code
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("pb").warning("%s %r %s", code, code, minted)
    accident = "".join(traceback.format_exception(RuntimeError(code, minted.printables)))
    shown = [str(code), repr(code), f"{code}", f"{code!r}", "%s" % code, repr([code]), repr(minted)]  # noqa: UP031

    for text in [*shown, caplog.text, accident, str(minted.printables[0])]:
        assert code.revealed() not in text
        assert code.grouped() not in text
        assert code.revealed()[:4] not in text


def test_a_code_cannot_be_pickled_copied_or_turned_into_json():
    printable = a_batch(1).printables[0]
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(printable.code)
    for attempt in (asdict, pickle.dumps):
        with pytest.raises(TypeError):
            attempt(printable)
    with pytest.raises(TypeError):
        json.dumps({"code": printable.code})


def test_a_code_does_not_change():
    code = parse(KNOWN)
    with pytest.raises(AttributeError):
        code._symbols = "other"
    with pytest.raises(AttributeError):
        code.note = "other"


def test_codes_are_equal_when_their_symbols_are():
    assert parse(KNOWN) == parse(KNOWN.lower())
    assert {parse(KNOWN), parse(KNOWN)} == {parse(KNOWN)}
    assert parse(KNOWN) != mint_code()
    assert parse(KNOWN) != KNOWN


def test_a_code_is_printed_in_six_groups_of_four():
    assert parse(KNOWN).grouped() == "K7M2-QX9T-4RD8-WHB3-5NPC-6VA0"


def test_a_code_cannot_be_made_from_symbols_that_do_not_check():
    with pytest.raises(CodeMistyped):
        Code(KNOWN[:23] + "9")


# --- keys -------------------------------------------------------------------------------------


def test_the_second_derivation_gives_the_published_vector():
    # RFC 5869, appendix A.1; the first 32 of its 42 bytes.
    salt, purpose = bytes.fromhex("000102030405060708090a0b0c"), bytes(range(0xF0, 0xFA))

    derived = hkdf(b"\x0b" * 22, salt, purpose)

    assert derived.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"


def test_the_ballot_key_is_what_another_library_derives():
    code = parse(KNOWN)
    seed = hkdf(KNOWN[:23].encode(), ROUND.encode(), b"pbstem/v1/ballot-key")
    signer = Ed25519PrivateKey.from_private_bytes(seed)

    pair = ballot_key_pair(code, ROUND)

    assert pair.public == signer.public_key().public_bytes_raw()
    assert pair.sign(b"stem") == signer.sign(b"stem")
    assert view_key(code, ROUND) == hkdf(KNOWN[:23].encode(), ROUND.encode(), b"pbstem/v1/view-key")


def test_the_keys_of_a_known_code_never_change():
    code = parse(KNOWN)

    assert ballot_key_pair(code, ROUND).public.hex() == (
        "cc5651c9f2d73f5eee8cc53ab76bea2107532e588496e459922b7d92132abcd6"
    )
    assert view_key(code, ROUND).hex() == (
        "bd11f596d685f71c257d2ae8e072358dc7ce6093f4fd7fe73bd4bd73b01a941e"
    )


def test_another_round_gives_another_key():
    code = parse(KNOWN)

    assert ballot_key_pair(code, ROUND).public != ballot_key_pair(code, "ganzerik-2027").public


def test_a_key_pair_does_not_show_its_private_half():
    assert "private" not in repr(ballot_key_pair(parse(KNOWN), ROUND))


def test_a_right_code_gets_its_key_and_a_wrong_one_a_key_of_nobody():
    right = ballot_key_of_anything(f" {KNOWN.lower()} ", ROUND)
    wrong = ballot_key_of_anything(KNOWN[:23] + "9", ROUND)

    assert right == ballot_key_pair(parse(KNOWN), ROUND).public
    assert wrong != right
    assert len(wrong) == 32
    assert ballot_key_of_anything("", ROUND) == ballot_key_of_anything("x", ROUND) == wrong


def test_a_mistyped_code_takes_as_long_as_an_unknown_one():
    def seconds(typed):
        start = time.perf_counter()
        ballot_key_of_anything(typed, ROUND)
        return time.perf_counter() - start

    pairs = [(seconds(KNOWN), seconds(KNOWN[:23] + "9")) for _ in range(400)]
    unknown, mistyped = (statistics.median(times) for times in zip(*pairs, strict=True))

    assert 0.6 < mistyped / unknown < 1.6


# --- the roll ---------------------------------------------------------------------------------


def entry(first_byte, area="torenhof", status=TokenStatus.ISSUED):
    return RollEntry(bytes([first_byte]) * 32, area, status)


def test_the_roll_is_a_sorted_line_of_key_and_area_per_letter():
    text = roll_text([entry(0xFF), entry(0x69, ""), entry(0x00, "oude-dijk")])

    # 0xFF begins with "/", which stands before the letters in ASCII.
    assert text.splitlines() == [
        "//////////////////////////////////////////8= torenhof",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= oude-dijk",
        "aWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWk=",
    ]
    assert text.endswith("=\n")


def test_the_roll_hash_does_not_depend_on_order_or_status():
    roll = a_batch(50).roll
    later = [RollEntry(each.ballot_key, each.area, TokenStatus.PAPER) for each in reversed(roll)]

    assert roll_hash(roll) == roll_hash(later)
    assert roll_hash(roll) == hashlib.sha256(roll_text(roll).encode()).digest()
    assert roll_hash(roll) != roll_hash(roll[1:])


def test_the_roll_refuses_a_key_that_comes_twice():
    with pytest.raises(ValueError, match="twice"):
        roll_text([entry(1, "torenhof"), entry(1, "oude-dijk")])


@pytest.mark.parametrize("area", ["a\nb", " a", "a\u2028b", "a\x00"])
def test_an_area_cannot_add_a_line_to_the_roll(area):
    with pytest.raises(ValueError, match="one line"):
        entry(1, area)


def test_the_fingerprint_is_a_hundred_bits_of_log_key_and_roll():
    log_key, roll = bytes(range(32)), bytes(range(32, 64))
    bits = "".join(f"{byte:08b}" for byte in hashlib.sha256(log_key + roll).digest())

    fingerprint = round_fingerprint(log_key, roll)

    assert fingerprint == "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 100, 5))
    assert len(in_groups(fingerprint)) == 24
    assert fingerprint != round_fingerprint(roll, log_key)


def test_a_fingerprint_is_never_made_of_halves():
    with pytest.raises(ValueError, match="32 bytes"):
        round_fingerprint(b"", bytes(64))


# --- minting ----------------------------------------------------------------------------------


def test_a_batch_ties_letters_roll_and_printer_together():
    minted = a_batch(20, first_number=4_711)
    open_box = SealedBox(OFFICERS).decrypt
    keys = {each.ballot_key for each in minted.roll}

    for letter, printable in zip(minted.letters, minted.printables, strict=True):
        assert letter.serial == printable.serial
        assert (letter.area, letter.batch) == ("torenhof", "torenhof-1")
        assert open_box(letter.sealed) == ballot_key_pair(printable.code, ROUND).public
        assert open_box(letter.sealed) in keys
        assert printable.url == f"{ADDRESS}#{printable.code.revealed()}"
        assert parse(printable.url) == printable.code
    assert minted.letters[0].serial == "004711-8"
    assert len(keys) == 20


def test_only_the_officers_open_a_sealed_letter():
    sealed = a_batch(1).letters[0].sealed

    with pytest.raises(CryptoError):
        SealedBox(PrivateKey.generate()).decrypt(sealed)


def test_the_roll_of_a_batch_is_not_in_the_order_of_its_letters():
    minted = a_batch(200)
    by_letter = [SealedBox(OFFICERS).decrypt(each.sealed) for each in minted.letters]

    assert [each.ballot_key for each in minted.roll] == sorted(by_letter)
    assert by_letter != sorted(by_letter)


def test_a_spare_waits_on_the_roll():
    assert {each.status for each in a_batch(2, spare=True).roll} == {TokenStatus.SPARE}
    assert {each.status for each in a_batch(2).roll} == {TokenStatus.ISSUED}


def test_neither_roll_nor_letters_hold_a_code():
    minted = a_batch(50)
    kept = repr(minted.roll) + repr(minted.letters) + roll_text(minted.roll)

    assert not any(each.code.revealed() in kept for each in minted.printables)


def mint_without_duplicates(count):
    minted = a_batch(count)
    assert len({each.code for each in minted.printables}) == count
    assert len({each.ballot_key for each in minted.roll}) == count
    assert len({each.serial for each in minted.letters}) == count


def test_two_thousand_letters_have_no_duplicate():
    mint_without_duplicates(2_000)


@pytest.mark.nightly
def test_a_hundred_thousand_letters_have_no_duplicate_and_take_less_than_a_minute():
    start = time.perf_counter()
    mint_without_duplicates(100_000)

    assert time.perf_counter() - start < 60


def test_a_machine_without_randomness_mints_nothing(monkeypatch):
    monkeypatch.setattr("pb.tokens.domain.secrets.randbits", lambda bits: 7)

    with pytest.raises(RuntimeError, match="randomness"):
        a_batch(2)


# --- serials ----------------------------------------------------------------------------------


def test_a_serial_catches_every_wrong_digit_and_swap_of_neighbours():
    for number in range(1, 100_000, 97):
        serial = serial_of(number)
        digits = serial[:6] + serial[7]
        wrong = {
            digits[:at] + other + digits[at + 1 :] for at in range(7) for other in "0123456789"
        } | {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(6)}

        assert is_serial(serial)
        assert not any(is_serial(f"{each[:6]}-{each[6]}") for each in wrong - {digits})


@pytest.mark.parametrize(
    "text", ["", "004711", "004711-", "004711-88", "0047118", "٠٠٤٧١١-8", "000000-0", "00471-18"]
)
def test_what_is_not_a_serial_is_not_taken_for_one(text):
    assert not is_serial(text)


@pytest.mark.parametrize("number", [0, -1, 1_000_000])
def test_a_letter_number_has_six_digits(number):
    with pytest.raises(ValueError, match="numbered"):
        serial_of(number)
