"""Attacks on a round: each changes a ``Drawn`` as somebody would who can write everything.

They are tried on rounds that are drawn (``test_verify_attacks``) and on one that was held through
the service (``test_observer_story``). The victim is a letter that voted twice.
"""

import base64
import json

from tests.results import bundles
from tests.results.bundles import (
    b64,
    ballot_line,
    event,
    public,
    some_keys,
    taken_out,
    verifier_key,
)

#: What observers kept. The later checkpoint is the last before closing, over all ballots.
OBSERVERS = ("nothing", "fingerprint", "opening", "later", "keys", "receipt")


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
    taken |= {
        key for kind in ("revoked", "paper") for fact in drawn.events(kind) for key in fact["keys"]
    }
    taken |= {line.split(" ")[0] for line in drawn.spares}
    return [key for key in (line.split(" ")[0] for line in drawn.roll) if key not in taken]


def out_of_ledger(drawn, *rows):
    gone = {bundles.leaf_of_row(row) for row in rows}
    for seal in drawn.seals:
        seal[:] = [fact for fact in seal if fact.get("c") not in gone]


def say_in_meta(drawn, key, value):
    """Change what the election says beside its plans and votes."""
    pair = next(pair for pair in drawn.config["election"]["meta"] if pair[0] == key)
    pair[1] = value


def into_ledger(drawn, *rows):
    """Put the leaves of ballots in the first seal."""
    drawn.seals[1] += [ballot_line(bundles.leaf_of_row(row)) for row in rows]


def before_closing(drawn, *facts):
    """Append events after all that was sealed before closing."""
    closing = next(
        place
        for place, seal in enumerate(drawn.seals)
        if any(fact.get("k") == "closed" for fact in seal)
    )
    drawn.seals.insert(closing, list(facts))


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
    say_in_meta(drawn, "budget", "5000")


@attack("accepted", "accepted", "V5", "V5", "accepted", "accepted")
def another_rule_after_opening(drawn):
    say_in_meta(drawn, "rule", "equalshares")


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
    drawn.config["keys"]["officers"][2] = verifier_key(f"{drawn.origin}/officer-3", key)


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
    voted_before = {row["bk"] for row in drawn.withdrawn}
    fact = next(fact for fact in drawn.events("paper") if set(fact["keys"]) - voted_before)
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
