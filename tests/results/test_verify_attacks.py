"""Who can rewrite what without being noticed, and by whom it is noticed.

An attack changes a round. The attackers differ in the keys with which they sign it again: an
outsider has none, an official one, the operator that of the log, and the last all keys, of the
officers too. Nobody has the keys on the letters. Who lacks a key can sign wrongly, or put a key
of his own in the place of the one he lacks. The observers differ in what they kept.

Where nothing is noticed the cell says "accepted". None is worse than the table in the design.
"""

import base64
import json
from functools import cache

import pytest

from tests.results import bundles
from tests.results.bundles import (
    ORIGIN,
    a_round,
    b64,
    ballot_line,
    event,
    pack,
    public,
    signed,
    some_keys,
    taken_out,
    verifier_key,
)
from tests.results.observers import kept_checkpoints, kept_keys, look_at

ORDER = [f"V{number}" for number in range(16)] + ["receipt", "accepted"]
#: What they kept. The later checkpoint is the last before closing; all ballots were sealed then.
OBSERVERS = ("nothing", "fingerprint", "opening", "later", "keys", "receipt")


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


def victim(drawn):
    return next(row for row in drawn.ballots if row["version"] == 2)


def letter_of(row):
    return base64.b64decode(row["bk"])


def choices_of(row):
    return json.loads(row["body"])["c"]


def other_choices(drawn, row):
    """Return choices of somebody who chose something else."""
    return next(
        choices_of(other) for other in drawn.ballots if choices_of(other) != choices_of(row)
    )


def unused(drawn):
    """Return the letters that nobody used, without spares."""
    taken = {row["bk"] for row in drawn.ballots + drawn.withdrawn}
    taken |= {key for kind in ("revoked", "paper") for key in drawn.events(kind)[0]["keys"]}
    taken |= {line.split(" ")[0] for line in drawn.spares}
    return [key for key in (line.split(" ")[0] for line in drawn.roll) if key not in taken]


def out_of_ledger(drawn, *rows):
    gone = {bundles.leaf_of_row(row) for row in rows}
    for seal in drawn.seals:
        seal[:] = [fact for fact in seal if fact.get("c") not in gone]


def into_ledger(drawn, *rows):
    """Put the leaves of ballots in the first seal."""
    drawn.seals[1] += [ballot_line(bundles.leaf_of_row(row)) for row in rows]


def before_closing(drawn, *facts):
    """Append events after all that was sealed before closing."""
    drawn.seals.insert(len(drawn.seals) - 3, list(facts))


def exchange(drawn, old, new):
    out_of_ledger(drawn, old)
    drawn.ballots.remove(old)
    drawn.ballots.append(new)
    into_ledger(drawn, new)


def delete(drawn, row):
    """Take a letter's ballots out of the files, as if it had never voted."""
    rows = [each for each in drawn.ballots + drawn.superseded if each["bk"] == row["bk"]]
    drawn.ballots = [each for each in drawn.ballots if each not in rows]
    drawn.superseded = [each for each in drawn.superseded if each not in rows]
    return rows


# --- the attacks -----------------------------------------------------------------------------

ATTACKS = {}
LEDGER_KEPT = set()


def attack(*caught, ledger="rewritten"):
    """Say which check catches it for each observer, when the attacker has all keys."""

    def register(function):
        name = function.__name__.replace("_", " ")
        ATTACKS[name] = (function, dict(zip(OBSERVERS, caught, strict=True)))
        if ledger == "kept":
            LEDGER_KEPT.add(name)
        return function

    return register


def everywhere(check, later=None):
    return (check, check, check, later or check, check, check)


@attack(*everywhere("V8", later="V5"))
def a_ballot_with_a_key_that_is_not_on_the_roll(drawn):
    row = drawn.sign_ballot(bytes(31) + b"\5", 1, choices_of(victim(drawn)), key=drawn.keys.log)
    drawn.ballots.append(row)
    into_ledger(drawn, row)


@attack("accepted", "V3", "V5", "V5", "accepted", "accepted")
def a_ballot_with_a_key_that_is_put_on_the_roll(drawn):
    key = some_keys("of the attacker").log
    drawn.keys.letters[public(key)] = key
    drawn.roll.append(b64(public(key)))
    row = drawn.sign_ballot(public(key), 1, choices_of(victim(drawn)))
    drawn.ballots.append(row)
    into_ledger(drawn, row)


@attack(*everywhere("V10", later="V5"))
def a_ballot_for_an_unused_letter(drawn):
    letter = base64.b64decode(unused(drawn)[0])
    row = drawn.sign_ballot(letter, 1, choices_of(victim(drawn)), key=drawn.keys.log)
    drawn.ballots.append(row)
    into_ledger(drawn, row)


@attack(*everywhere("V10", later="V5"))
def other_choices_in_a_ballot(drawn):
    row = victim(drawn)
    new = drawn.sign_ballot(letter_of(row), 2, other_choices(drawn, row), key=drawn.keys.log)
    exchange(drawn, row, new)


@attack(*everywhere("V10"), ledger="kept")
def other_choices_in_a_ballot_while_the_ledger_stays(drawn):
    other_choices_in_a_ballot(drawn)


@attack(*everywhere("V10", later="V5"))
def the_signature_of_another_ballot(drawn):
    row = victim(drawn)
    new = drawn.ballots[0] if drawn.ballots[0] is not row else drawn.ballots[1]
    exchange(drawn, row, row | {"body": new["body"], "sig": new["sig"]})


@attack("accepted", "accepted", "V5", "V5", "accepted", "accepted")
def another_cost_after_opening(drawn):
    plan = max(drawn.projects["plans"], key=lambda plan: plan["lot_number"])
    plan["cost"] = 100
    row = drawn.config["election"]["rows"][plan["number"] - 1]
    row[1] = "1"


@attack(*everywhere("V3"))
def another_cost_on_the_ballot_list_alone(drawn):
    drawn.projects["plans"][0]["cost"] += 100


@attack("accepted", "accepted", "V5", "V5", "accepted", "accepted")
def another_budget_after_opening(drawn):
    drawn.config["election"]["meta"][6][1] = "5000"


@attack("accepted", "accepted", "V5", "V5", "accepted", "accepted")
def another_rule_after_opening(drawn):
    drawn.config["election"]["meta"][8][1] = "equalshares"


@attack("accepted", "accepted", "V5", "V5", "accepted", "accepted")
def another_title_after_opening(drawn):
    one, other = drawn.projects["plans"][:2]
    one["title"], other["title"] = other["title"], one["title"]


@attack("accepted", "accepted", "V5", "V5", "accepted", "accepted")
def a_wider_limit_after_opening(drawn):
    drawn.projects["rules"]["max_choices"] = 9


@attack("accepted", "accepted", "V5", "V5", "accepted", "accepted")
def smaller_seals_after_opening(drawn):
    drawn.config["smallest_seal"] = 1


@attack("accepted", "accepted", "V5", "V5", "V3", "accepted")
def another_officer_after_opening(drawn):
    key = some_keys("of the attacker").officers[0]
    drawn.config["keys"]["officers"][2] = verifier_key(f"{ORIGIN}/officer-3", key)


@attack("accepted", "V3", "V5", "V5", "accepted", "accepted")
def a_letter_less_on_the_roll(drawn):
    gone = unused(drawn)[0]
    drawn.roll = [line for line in drawn.roll if not line.startswith(gone)]


@attack("accepted", "V3", "V5", "V5", "accepted", "accepted")
def a_letter_in_another_area(drawn):
    place = next(at for at, line in enumerate(drawn.roll) if line.endswith(" A1"))
    drawn.roll[place] = drawn.roll[place].replace(" A1", " A2")


@attack("accepted", "accepted", "V5", "V5", "accepted", "accepted")
def an_ordinary_letter_made_a_spare(drawn):
    drawn.spares.append(f"{unused(drawn)[0]} 2")


@attack(*everywhere("V12"), ledger="kept")
def a_ballot_deleted_while_the_ledger_stays(drawn):
    delete(drawn, victim(drawn))


@attack("accepted", "accepted", "accepted", "V5", "accepted", "receipt")
def a_ballot_deleted_and_the_ledger_rewritten(drawn):
    out_of_ledger(drawn, *delete(drawn, victim(drawn)))


@attack("accepted", "accepted", "accepted", "V5", "accepted", "receipt")
def an_older_ballot_brought_back_and_the_ledger_rewritten(drawn):
    row = victim(drawn)
    out_of_ledger(drawn, *delete(drawn, row))
    old = drawn.sign_ballot(letter_of(row), 1, other_choices(drawn, row))  # the voter made it
    drawn.ballots.append(old)
    into_ledger(drawn, old)


@attack(*everywhere("V12"), ledger="kept")
def an_older_ballot_brought_back_while_the_ledger_stays(drawn):
    an_older_ballot_brought_back_and_the_ledger_rewritten(drawn)


@attack(*everywhere("V10", later="V5"))
def an_older_ballot_said_to_be_the_last(drawn):
    row = victim(drawn)
    old = drawn.sign_ballot(letter_of(row), 1, other_choices(drawn, row))
    exchange(drawn, row, old | {"version": 2})


@attack(*everywhere("V10", later="V5"))
def a_ballot_replaced_once_more(drawn):
    row = victim(drawn)
    drawn.superseded.append(taken_out(row, "revote"))
    new = drawn.sign_ballot(letter_of(row), 3, other_choices(drawn, row), key=drawn.keys.log)
    drawn.ballots.remove(row)
    drawn.ballots.append(new)
    into_ledger(drawn, new)


@attack("V11", "V11", "V11", "V5", "V11", "V11")
def a_first_vote_hidden(drawn):
    row = next(each for each in drawn.superseded if each["bk"] == victim(drawn)["bk"])
    drawn.superseded.remove(row)
    out_of_ledger(drawn, row)


@attack(*everywhere("V8", later="V5"))
def a_ballot_counted_twice(drawn):
    drawn.ballots.append(victim(drawn))
    into_ledger(drawn, victim(drawn))


@attack(*everywhere("V8"), ledger="kept")
def a_ballot_counted_twice_while_the_ledger_stays(drawn):
    drawn.ballots.append(victim(drawn))


@attack(*everywhere("V8", later="V5"))
def a_ballot_of_a_spare_that_was_not_handed_out(drawn):
    spare = next(line for line in drawn.spares if line.endswith(" 2")).split(" ")[0]
    row = drawn.sign_ballot(base64.b64decode(spare), 1, choices_of(victim(drawn)))
    drawn.ballots.append(row)
    into_ledger(drawn, row)


@attack(*everywhere("V10", later="V5"))
def a_ballot_of_a_spare_handed_out_for_it(drawn):
    spare = next(line for line in drawn.spares if line.endswith(" 2")).split(" ")[0]
    letter = base64.b64decode(spare)
    row = drawn.sign_ballot(letter, 1, choices_of(victim(drawn)), key=drawn.keys.log)
    drawn.ballots.append(row)
    into_ledger(drawn, row)
    before_closing(drawn, event("spares", pack=2))


@attack("accepted", "accepted", "accepted", "V5", "accepted", "accepted")
def a_false_revocation_and_the_ledger_rewritten(drawn):
    row = victim(drawn)
    drawn.ballots.remove(row)
    drawn.withdrawn.append(taken_out(row, "revoked"))
    (fact,) = drawn.events("revoked")
    fact["keys"] = sorted([*fact["keys"], row["bk"]])


@attack(*everywhere("accepted"))
def a_false_revocation_logged_openly(drawn):
    row = victim(drawn)
    drawn.ballots.remove(row)
    drawn.withdrawn.append(taken_out(row, "revoked"))
    before_closing(drawn, event("revoked", keys=[row["bk"]]))


@attack(*everywhere("V11"))
def a_ballot_withdrawn_without_a_reason(drawn):
    row = victim(drawn)
    drawn.ballots.remove(row)
    drawn.withdrawn.append(taken_out(row, "revoked"))


@attack(*everywhere("accepted"))
def a_false_mark_of_paper_logged_openly(drawn):
    row = victim(drawn)
    drawn.ballots.remove(row)
    drawn.withdrawn.append(taken_out(row, "paper"))
    before_closing(drawn, event("paper", keys=[row["bk"]]))
    drawn.audit["not_returned"] += 1


@attack(*everywhere("V15"))
def a_mark_of_paper_that_is_not_accounted_for(drawn):
    before_closing(drawn, event("paper", keys=[unused(drawn)[0]]))


@attack("accepted", "accepted", "accepted", "V5", "accepted", "accepted")
def a_mark_of_paper_taken_out_and_the_ledger_rewritten(drawn):
    (fact,) = drawn.events("paper")
    voted_before = {row["bk"] for row in drawn.withdrawn}
    fact["keys"] = [key for key in fact["keys"] if key in voted_before]
    drawn.audit["not_returned"] -= 1


@attack(*everywhere("accepted"))
def a_ballot_said_to_be_lost_openly(drawn):
    rows = delete(drawn, victim(drawn))
    before_closing(drawn, event("restored", missing=[bundles.leaf_of_row(row) for row in rows]))


@attack(*everywhere("V12"))
def a_ballot_said_to_be_lost_that_counts(drawn):
    leaf = bundles.leaf_of_row(victim(drawn))
    before_closing(drawn, event("restored", missing=[leaf]))


@attack(*everywhere("accepted"))
def a_plan_withdrawn_openly(drawn):
    before_closing(drawn, event("plan_withdrawn", plan=1))


@attack("accepted", "accepted", "accepted", "V5", "accepted", "accepted")
def a_withdrawn_plan_brought_back(drawn):
    for seal in drawn.seals:
        seal[:] = [fact for fact in seal if fact.get("k") != "plan_withdrawn"]


@attack("accepted", "accepted", "accepted", "V5", "accepted", "accepted")
def a_notice_taken_out(drawn):
    for seal in drawn.seals:
        seal[:] = [fact for fact in seal if fact.get("k") != "notice"]


@attack("V12", "V12", "V12", "V5", "V12", "V12")
def a_line_without_a_ballot(drawn):
    drawn.seals[1].append(ballot_line(b64(bytes(32))))


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
