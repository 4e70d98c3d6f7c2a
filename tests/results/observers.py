"""Somebody who checks a bundle quickly, and what people keep of a round."""

import json

from pb.results import verify
from pb.results.verify import Kept, Recounter, verify_bytes
from tests.results import bundles


def count_here(program, election):
    """Count in this process: the same program, without starting Python again."""
    assert program == bundles.PROGRAMS["recount.py"]
    try:
        return bundles.result_of(election)
    except (bundles.recount.Refused, bundles.recount.Unreadable) as refused:
        raise verify.DoesNotHold(str(refused)) from None


HERE = Recounter(run=count_here)


def look_at(raw, **kept):
    """Check a bundle quickly: nothing is left out."""
    return verify_bytes(raw, Kept(**kept), counter=HERE)


def kept_checkpoints(drawn):
    """Return the notes of all checkpoints of a round."""
    lines = drawn.files()["checkpoints.jsonl"].splitlines()
    return [json.loads(line)["note"] for line in lines]


def kept_keys(drawn):
    """Return the verifier keys of a round: of the log, and of the officers."""
    keys = drawn.config["keys"]
    return [keys["log"], *keys["officers"]]
