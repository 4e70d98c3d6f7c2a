"""Who can rewrite what without being noticed, and by whom it is noticed.

An attack changes a round. The attackers differ in the keys with which they sign it again: an
outsider has none, an official one, the operator that of the log, and the last all keys, of the
officers too. Nobody has the keys on the letters. Who lacks a key can sign wrongly, or put a key
of his own in the place of the one he lacks. The observers differ in what they kept.

Where nothing is noticed the cell says "accepted". None is worse than the table in the design.
"""

from functools import cache

import pytest

from tests.results.attacks import (
    ATTACKS,
    LEDGER_KEPT,
    OBSERVERS,
    into_ledger,
    letter_of,
    out_of_ledger,
    victim,
)
from tests.results.bundles import (
    ORIGIN,
    a_round,
    pack,
    signed,
    some_keys,
    taken_out,
    verifier_key,
)
from tests.results.observers import kept_checkpoints, kept_keys, look_at

ORDER = [f"V{number}" for number in range(16)] + ["receipt", "accepted"]


@cache
def honest():
    """Return the round as it was. Somebody in it voted twice: the victim."""
    return a_round(seed="attacked", lost=0)


@cache
def honest_files():
    return honest().copy().files()


@cache
def kept_by(observer):
    """Return what an observer kept of the round as it was."""
    drawn = honest().copy()
    checkpoints = kept_checkpoints(drawn)
    kept = {
        "fingerprint": {"fingerprint": drawn.fingerprint()},
        "opening": {"checkpoint": checkpoints[0]},
        "later": {"checkpoint": checkpoints[3]},
        "keys": {"keys": "\n".join(kept_keys(drawn))},
        "receipt": {"receipt": drawn.receipt(victim(drawn), 3)},
    }
    return kept.get(observer, {})


# --- who attacks -----------------------------------------------------------------------------


def rewritten(name):
    """Return the round after an attack, sorted again."""
    drawn = honest().copy()
    function, _ = ATTACKS[name]
    function(drawn)
    drawn.sort()
    return drawn


def files_of(drawn, name):
    """Return the files, with the old ledger where the attack leaves it."""
    files = drawn.files()
    if name in LEDGER_KEPT:
        files |= {key: honest_files()[key] for key in ("ledger.jsonl", "checkpoints.jsonl")}
    return files


def with_all_keys(name):
    drawn = rewritten(name)
    officers = drawn.keys.officers
    return pack(signed(files_of(drawn, name), {1: officers[0], 2: officers[1]}))


def with_the_key_of_one_officer(name):
    drawn = rewritten(name)
    drawn.keys.log = some_keys("of the attacker").log
    return pack(signed(files_of(drawn, name), {1: drawn.keys.officers[0]}))


def with_the_key_of_one_officer_for_two(name):
    drawn = rewritten(name)
    drawn.keys.log = some_keys("of the attacker").log
    first = drawn.keys.officers[0]
    return pack(signed(files_of(drawn, name), {1: first, 2: first}))


def with_the_log_key(name):
    drawn = rewritten(name)
    files = files_of(drawn, name)
    return pack(files | {"manifest.sig": honest_files()["manifest.sig"]})


def without_keys(name):
    drawn = rewritten(name)
    own = some_keys("of the attacker")
    drawn.keys.log = own.log
    return pack(signed(files_of(drawn, name), {1: own.officers[0], 2: own.officers[1]}))


def with_own_officers(name):
    """The operator puts officers of his own in config.json."""
    drawn = rewritten(name)
    put_own_officers(drawn)
    officers = drawn.keys.officers
    return pack(signed(files_of(drawn, name), {1: officers[0], 2: officers[1]}))


def with_own_everything(name):
    """An outsider, or an official, puts own keys in config.json."""
    drawn = rewritten(name)
    drawn.keys.log = some_keys("of the attacker").log
    drawn.config["keys"]["log"] = verifier_key(ORIGIN, drawn.keys.log)
    put_own_officers(drawn)
    officers = drawn.keys.officers
    return pack(signed(files_of(drawn, name), {1: officers[0], 2: officers[1]}))


def put_own_officers(drawn):
    drawn.keys.officers = some_keys("of the attacker").officers
    drawn.config["keys"]["officers"] = [
        verifier_key(f"{ORIGIN}/officer-{number}", key)
        for number, key in enumerate(drawn.keys.officers, start=1)
    ]


def first_of(*checks):
    return min(checks, key=ORDER.index)


def seen(raw):
    """Return which check catches a bundle, for each observer."""
    return {
        observer: look_at(raw, **kept_by(observer)).failed or "accepted" for observer in OBSERVERS
    }


def test_the_round_as_it_was_is_accepted_by_everybody():
    raw = pack(honest_files())

    assert seen(raw) == dict.fromkeys(OBSERVERS, "accepted")


def test_there_are_attacks_of_every_kind():
    assert len(ATTACKS) >= 25
    caught = {check for _, table in ATTACKS.values() for check in table.values()}
    assert caught >= {"V3", "V5", "V8", "V10", "V11", "V12", "V15", "receipt", "accepted"}


@pytest.mark.parametrize("name", ATTACKS)
def test_with_all_keys_it_is_caught_where_the_table_says(name):
    assert seen(with_all_keys(name)) == ATTACKS[name][1]


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize(
    "attacked",
    [
        without_keys,
        with_the_key_of_one_officer,
        with_the_key_of_one_officer_for_two,
        with_the_log_key,
    ],
)
def test_without_the_keys_of_two_officers_nobody_accepts_anything(name, attacked):
    assert seen(attacked(name)) == dict.fromkeys(OBSERVERS, "V1")


@pytest.mark.parametrize("name", ATTACKS)
def test_own_keys_of_officers_are_noticed_by_who_kept_keys_or_a_checkpoint(name):
    table = ATTACKS[name][1]
    noticed = {"opening": "V5", "later": "V5", "keys": "V3"}
    if name in LEDGER_KEPT:  # The ledger still begins with the old config.json.
        noticed = dict.fromkeys(OBSERVERS, "V6") | {"keys": "V3"}
    wanted = {each: first_of(table[each], noticed.get(each, "accepted")) for each in OBSERVERS}

    assert seen(with_own_officers(name)) == wanted


@pytest.mark.parametrize("name", ATTACKS)
def test_a_bundle_with_nothing_but_own_keys_is_noticed_by_who_kept_anything(name):
    alone = "V5" if name in LEDGER_KEPT else "accepted"
    noticed = {"nothing": alone, "fingerprint": "V3", "opening": "V5", "later": "V5",
               "keys": "V3", "receipt": first_of(alone, "receipt")}  # fmt: skip
    table = ATTACKS[name][1]
    # Signed by nobody's key: what the log key caught for a receipt is now no receipt at all.
    wanted = {each: first_of(table["nothing"], noticed[each]) for each in OBSERVERS}

    assert seen(with_own_everything(name)) == wanted
    if wanted["nothing"] == "accepted":
        report = look_at(with_own_everything(name))
        assert "no more than that the bundle agrees with itself" in report.verdict()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a false revocation logged openly", "1 letters were revoked"),
        ("a false mark of paper logged openly", "1 letters were marked as voted on paper"),
        ("a ballot said to be lost openly", "2 ballots were lost with the disks"),
        ("a plan withdrawn openly", "plan 1 was withdrawn"),
    ],
)
def test_what_is_done_openly_is_listed(name, change):
    report = look_at(with_all_keys(name), **kept_by("later"))

    assert report.verified
    assert any(each.endswith(change) for each in report.changes)


@pytest.mark.parametrize(
    ("name", "became"),
    [
        ("a notice taken out", "stands in the ledger and counts."),
        ("a false revocation logged openly", "stands in the ledger and was withdrawn."),
        ("a ballot said to be lost openly", "stands in the ledger and was lost with the disks."),
    ],
)
def test_who_kept_a_receipt_is_told_what_became_of_the_ballot(name, became):
    report = look_at(with_all_keys(name), **kept_by("receipt"))

    assert report.checks[-1].sentence.endswith(became)


def test_who_kept_a_receipt_of_a_vote_that_was_replaced_is_told():
    drawn = honest().copy()
    old = next(row for row in drawn.superseded)
    # What the voter's first receipt says; its body is not in the bundle.
    body = drawn.sign_ballot(letter_of(old), old["version"], [1, 2])
    drawn.superseded[drawn.superseded.index(old)] = taken_out(body, "revote")
    out_of_ledger(drawn, old)
    into_ledger(drawn, body)
    drawn.sort()
    report = look_at(drawn.raw(), receipt=drawn.receipt(body, 3))

    assert report.checks[-1].sentence.endswith("stands in the ledger and was replaced.")
