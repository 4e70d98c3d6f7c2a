"""Every way in which an operator rewrites a round after the result: a name, and who writes it.

The attacks on any round, and those that need what only an operator of a real one has: a ballot
that he copied before it was replaced, envelopes that he kept, programs of his own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.results import attacks, bundles
from tests.results.attacks import ATTACKS, LEDGER_KEPT
from tests.results.bundles import b64, event, leaf_of_row, public, some_keys
from tests.results.dishonest_operator import Operator

Rewriting = Callable[[Operator], dict[str, bytes]]
#: No plan was withdrawn in the round of the story, so none can be brought back.
LEFT_OUT = "a withdrawn plan brought back"


@dataclass(frozen=True)
class Copied:
    """What an operator kept of a round while it went on.

    first_vote: the line of a ballot that was replaced later. spare: ballot key and private key of
    an envelope that was never handed out. late: the ballot keys of who voted after a checkpoint.
    """

    first_vote: dict[str, object]
    spare: tuple[bytes, Ed25519PrivateKey]
    late: list[bytes]


def rewritings(copied: Copied) -> Mapping[str, Rewriting]:
    """Return what the operator does, by name: functions that return the files he publishes."""
    known = {name: function for name, (function, _) in ATTACKS.items() if name != LEFT_OUT}
    changes = {name: _changed(name, change) for name, change in {**known, **_own(copied)}.items()}
    return {
        **changes,
        "another result": _with_another_result,
        "another result, and a recount.py that gives it": _with_another_recount,
        "a verify.py that finds nothing": _with_another_verifier,
    }


def _changed(name: str, change: Callable[[bundles.Drawn], object]) -> Rewriting:
    def write(operator: Operator) -> dict[str, bytes]:
        drawn = operator.the_round()
        change(drawn)
        drawn.seals = [seal for seal in drawn.seals if seal]
        drawn.sort()
        return operator.files_of(drawn, ledger_kept=name in LEDGER_KEPT)

    return write


def _own(copied: Copied) -> dict[str, Callable[[bundles.Drawn], object]]:
    letter, private = copied.spare

    def drop_the_second_vote(drawn):
        row = attacks.victim(drawn)
        attacks.out_of_ledger(drawn, row)
        attacks.delete(drawn, row)
        drawn.ballots.append(copied.first_vote)  # Its line stands in the ledger already.

    def delete(drawn, letters):
        for row in [row for row in drawn.ballots if row["bk"] in set(map(b64, letters))]:
            attacks.out_of_ledger(drawn, row)
            drawn.ballots.remove(row)

    def close_earlier(drawn):
        delete(drawn, copied.late)
        drop_the_second_vote(drawn)

    def vote_with_the_spare(drawn):
        row = drawn.sign_ballot(letter, 1, [5], key=private)
        drawn.ballots.append(row)
        last = [seal for seal in drawn.seals if any(fact["t"] == "ballot" for fact in seal)][-1]
        last.append(bundles.ballot_line(leaf_of_row(row)))

    def move_it_to_the_open_pack(drawn):
        vote_with_the_spare(drawn)
        drawn.spares.remove(f"{b64(letter)} 2")
        drawn.spares.append(f"{b64(letter)} 1")

    def hand_its_pack_out(drawn):
        vote_with_the_spare(drawn)
        attacks.before_closing(drawn, event("spares", pack=2))

    def make_more_spares(drawn):
        for number in range(5):
            key = b64(public(some_keys(f"more spares {number}").log))
            drawn.roll.append(f"{key} A1")
            drawn.spares.append(f"{key} 1")

    def another_key_of_the_ledger(drawn):
        drawn.keys.log = some_keys("of the attacker").log
        drawn.config["keys"]["log"] = bundles.verifier_key(drawn.origin, drawn.keys.log)

    return {
        "the second vote dropped as if it was never cast": drop_the_second_vote,
        "voting said to be closed earlier": close_earlier,
        "a late ballot deleted and the ledger rewritten from there": (
            lambda drawn: delete(drawn, copied.late[:1])
        ),
        "a spare kept back, said to be of the pack that was handed out": move_it_to_the_open_pack,
        "a spare kept back, its pack handed out openly": hand_its_pack_out,
        "more spare letters than were made": make_more_spares,
        "another last day of voting": (
            lambda drawn: attacks.say_in_meta(drawn, "date_end", "22.06.2026")
        ),
        "another key of the ledger": another_key_of_the_ledger,
    }


def _with_another_result(operator: Operator) -> dict[str, bytes]:
    drawn = operator.the_round()
    return operator.files_of(drawn, result=_another_result(drawn))


def _with_another_recount(operator: Operator) -> dict[str, bytes]:
    drawn = operator.the_round()
    result = _another_result(drawn)
    program = f"import sys\nsys.stdout.buffer.write({result!r})\n".encode()
    return operator.files_of(drawn, result=result, programs={"recount.py": program})


def _with_another_verifier(operator: Operator) -> dict[str, bytes]:
    program = b'print("Everything holds.")\n'
    return operator.files_of(operator.the_round(), programs={"verify.py": program})


def _another_result(drawn: bundles.Drawn) -> bytes:
    """Return the result with the names of two plans exchanged."""
    result = drawn.files()["result.json"].replace(b'"P01"', b'"-"').replace(b'"P02"', b'"P01"')
    return result.replace(b'"-"', b'"P02"')
