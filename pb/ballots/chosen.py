"""What a visitor marked so far, kept in the visitor's own browser and nowhere else.

The cookie is signed, holds no code, and loses the choices when the ballot is cast. What stays
is that a vote was sent from this browser, until the voter closes the visit ('Afsluiten').
"""

from flask import session

from pb.ballots.domain import BallotList, Marks

KEY = "chosen"
VOTED = "voted"


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
    """Throw the choices away: they are in the ballot box now. Keep only that there was a vote."""
    session[VOTED] = sorted({*session.get(VOTED, []), slug})
    session[KEY] = {other: kept for other, kept in session.get(KEY, {}).items() if other != slug}
    if not session[KEY]:
        del session[KEY]


def has_voted(slug: str) -> bool:
    """Tell whether somebody voted in this browser and did not close the visit yet."""
    return slug in session.get(VOTED, [])
