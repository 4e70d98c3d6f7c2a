"""What a visitor marked so far, kept in the visitor's own browser and nowhere else.

The cookie is signed, holds no code, and loses the choices when the ballot is cast. Nothing in
it tells afterwards that somebody voted (docs/adr/0012).
"""

from flask import session

from pb.ballots.domain import BallotList, Marks

KEY = "chosen"


def remember(slug: str, marks: Marks, ballot_list: BallotList) -> None:
    """Keep what was marked of the plans on the list, whether or not it keeps the rules."""
    kept = {
        str(number): mark
        for number, mark in marks.items()
        if mark and number in ballot_list.by_number
    }
    session[KEY] = {**session.get(KEY, {}), slug: kept}


def marks(slug: str, ballot_list: BallotList) -> dict[int, int]:
    """Return what was marked of the plans on the list."""
    kept = session.get(KEY, {}).get(slug, {})
    return {
        int(number): mark for number, mark in kept.items() if int(number) in ballot_list.by_number
    }


def forget(slug: str) -> None:
    """Throw the choices away: they are in the ballot box now."""
    others = {other: kept for other, kept in session.pop(KEY, {}).items() if other != slug}
    if others:
        session[KEY] = others
