"""What is prepared gives what SQLAlchemy gives, in the same transaction, and hides from nobody."""

import secrets

import pytest
import sqlalchemy as sa

from pb.ballots import storage as ballots
from pb.database.base import BALLOTS, ballot_reading, current_municipality, db, reading
from pb.database.prepared import Prepared
from pb.frameworks import storage as frameworks
from pb.proposals import list_storage
from pb.proposals import storage as proposals
from pb.rounds import storage as rounds
from pb.tokens import storage as tokens
from tests.ballots.boxes import cast, key_of
from tests.ballots.voting import SLUG, a_voting_round
from tests.builders import DATES

PARTICIPATION = {
    "round": rounds.GET_ROUND,
    "framework": frameworks.IN_FORCE,
    "cards": proposals.CARDS,
    "withdrawn": list_storage.WITHDRAWN,
}
BALLOT_STORE = {
    "box": ballots.BOX,
    "hours": ballots.HOURS_SHARED,
    "hours alone": ballots.HOURS_ALONE,
    "versions": ballots.VERSIONS,
    "status": tokens.STATUS,
    "status locked": tokens.STATUS_LOCKED,
}
NUMBERS = Prepared(sa.select(proposals.proposals.c.number))


@pytest.fixture
def names(app):
    """What the statements ask for: a round with plans, a pause and a ballot."""
    code = a_voting_round().codes[0]
    submission = secrets.token_bytes(16)
    cast(code, 1, 2, now=DATES.voting_opens, submission=submission)
    return {
        "municipality": current_municipality(),
        "slug": SLUG,
        "round_slug": SLUG,
        "ballot_key": key_of(code),
        "submission": submission,
    }


def the_long_way(connection, prepared, names):
    return [tuple(row) for row in connection.execute(prepared.statement, names)]


@pytest.mark.parametrize("prepared", PARTICIPATION.values(), ids=PARTICIPATION)
def test_the_participation_store_gives_the_same_both_ways(names, prepared):
    connection = reading()

    found = [tuple(row) for row in prepared.rows(connection, names)]

    assert found == the_long_way(connection, prepared, names)


@pytest.mark.parametrize("prepared", BALLOT_STORE.values(), ids=BALLOT_STORE)
def test_the_ballot_store_gives_the_same_both_ways(names, prepared):
    with ballot_reading() as connection:
        found = [tuple(row) for row in prepared.rows(connection, names)]

        assert len(found) == 1
        assert found == the_long_way(connection, prepared, names)


def test_a_moment_comes_back_with_its_zone(names):
    with ballot_reading() as connection:
        assert ballots.HOURS_SHARED.row(connection, names).closes_at == DATES.voting_closes


def test_what_was_not_found_is_none_and_what_is_no_single_row_is_a_fault(names):
    connection = reading()

    assert rounds.GET_ROUND.row(connection, names | {"slug": "nergens"}) is None
    with pytest.raises(sa.exc.MultipleResultsFound):
        NUMBERS.row(connection, {})


def test_a_reading_is_a_transaction_that_ends_with_its_block(names):
    with ballot_reading() as connection:
        ballots.BOX.row(connection, names)

        assert connection.in_transaction()


def test_what_was_added_and_not_committed_yet_is_seen(names):
    before = {card.number for card in proposals.list_cards(SLUG, verdicts_known=True)}
    proposals.set_state(SLUG, 1, proposals.ProposalState.WITHDRAWN)

    after = {card.number for card in proposals.list_cards(SLUG, verdicts_known=True)}

    assert before - after == {1}


@pytest.mark.parametrize("bind", [None, BALLOTS])
def test_whoever_listens_to_a_store_hears_what_is_prepared(names, bind):
    heard = []

    def remember(_connection, _cursor, statement, *_rest):
        heard.append(statement)

    sa.event.listen(db.engines[bind], "before_cursor_execute", remember)
    if bind is None:
        found = rounds.GET_ROUND.rows(reading(), names)
    else:
        with ballot_reading() as connection:
            found = ballots.BOX.rows(connection, names)
    sa.event.remove(db.engines[bind], "before_cursor_execute", remember)

    assert len(found) == 1
    assert len(heard) == 1


def test_a_statement_that_breaks_leaves_the_store_usable(names):
    broken = Prepared(sa.select(sa.literal_column("no_such_column")).select_from(ballots.boxes))
    for _ in range(20):  # more often than the pool has connections
        with pytest.raises(Exception, match="no_such_column"), ballot_reading() as connection:
            broken.rows(connection, {})

    with ballot_reading() as connection:
        assert tokens.STATUS.row(connection, names).status == "issued"
