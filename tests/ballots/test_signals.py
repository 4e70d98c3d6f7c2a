"""Signs of collected letters and guessed codes: told late, as numbers, and of nobody."""

import ipaddress
import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from pb.accounts.domain import Role
from pb.app import create_app
from pb.ballots import ledger_storage, sealing, service, signals
from pb.ballots.ledger import Fact, events_of
from pb.database.base import ballot_reading, db
from pb.results import service as results
from pb.tokens.domain import mint_code
from tests.ballots.boxes import cast
from tests.ballots.test_public import CODE, choose, hidden_fields
from tests.ballots.test_secrecy import everything_under
from tests.ballots.voting import LISTED, SLUG, VotingRound, a_listed_round, letters_for
from tests.builders import DATES, an_actor
from tests.ceremonies import count_key, in_form

NOON = DATES.voting_opens.replace(hour=10) + timedelta(days=3)
MIDNIGHT = NOON.replace(hour=22)  # in Amsterdam, in summer
FLAT, LIBRARY = "192.0.2.7", "198.51.100.20"


@pytest.fixture
def voting(app, clock):
    """A round in its voting with sixty letters, of which the ledger has begun."""
    a_listed_round()
    printables = letters_for(SLUG, (("A1", 60), ("A2", 1)))
    service.prepare(SLUG, by=an_actor(), now=LISTED)
    sealing.catch_up(SLUG, DATES.voting_opens)
    clock.move_to(NOON)
    return VotingRound(SLUG, printables)


def resident_at(web_app, address):
    client = web_app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def vote_from(web_app, address, codes):
    """Each code votes in a browser of its own, behind one address."""
    for code in codes:
        client = resident_at(web_app, address)
        choose(client, 1)
        fields = hidden_fields(client.get(CODE))
        assert client.post(CODE, data={**fields, "code": code}).status_code == 200


def look(web_app):
    web_app.test_client().get(f"/ronde/{SLUG}")


def waiting():
    with ballot_reading() as connection:
        return ledger_storage.list_pending_events(connection, SLUG)


def notices():
    return [
        (event["what"], event["n"])
        for event in events_of(sealing.public_ledger(SLUG).lines, Fact.NOTICE)
    ]


def test_sixteen_letters_from_one_network_on_one_day_are_told_when_the_day_is_over(
    web_app, voting, clock
):
    vote_from(web_app, FLAT, voting.codes[:17])
    vote_from(web_app, LIBRARY, voting.codes[17:32])  # fifteen: nobody is told
    look(web_app)
    assert waiting() == []

    clock.move_to(MIDNIGHT)
    look(web_app)

    assert waiting() == [b'{"k":"notice","n":17,"t":"event","what":"many-from-one-network"}']


def test_a_notice_waits_for_ballots_to_be_sealed_with(web_app, voting, clock):
    vote_from(web_app, FLAT, voting.codes[:17])
    clock.move_to(MIDNIGHT)
    look(web_app)
    sealing.catch_up(SLUG, MIDNIGHT)
    size = len(sealing.public_ledger(SLUG).lines)
    assert notices() == []

    for code in voting.codes[17:21]:
        cast(code, 1, now=MIDNIGHT)
    sealing.catch_up(SLUG, MIDNIGHT + timedelta(hours=1))

    assert notices() == [("many-from-one-network", 17)]
    assert len(sealing.public_ledger(SLUG).lines) == size + 1 + 21
    assert waiting() == []


def test_another_event_is_sealed_at_once_and_the_notice_goes_on_waiting(web_app, voting, clock):
    vote_from(web_app, FLAT, voting.codes[:16])
    clock.move_to(MIDNIGHT)
    look(web_app)

    sealing.tell(SLUG, Fact.SOFTWARE, MIDNIGHT, version="2")

    assert notices() == []
    assert len(waiting()) == 1


def test_what_is_counted_on_the_last_day_is_told_before_the_closing(web_app, voting, clock):
    clock.move_to(DATES.voting_closes - timedelta(hours=1))
    vote_from(web_app, FLAT, voting.codes[:16])
    clock.move_to(DATES.voting_closes)
    look(web_app)

    service.opened(SLUG, DATES.voting_closes, count_key(SLUG))

    assert notices() == [("many-from-one-network", 16)]
    assert b'"k":"closed"' in sealing.public_ledger(SLUG).lines[-1]


def test_the_count_lets_the_last_day_be_told_when_nobody_looked_before(
    web_app, voting, clock, sign_in
):
    """No tick, and no page since the last vote: the first who comes is who counts."""
    clock.move_to(DATES.voting_closes - timedelta(hours=1))
    vote_from(web_app, FLAT, voting.codes[:16])
    vote_from(web_app, LIBRARY, voting.codes[16:22])
    clock.move_to(DATES.voting_closes + timedelta(days=1))
    results.propose(SLUG, by=an_actor(Role.COUNTER, staff_id=99), now=clock.now)
    assert waiting() == []

    answer = sign_in(Role.ROUND_MANAGER).post(
        f"/beheer/ronde/{SLUG}/telling/starten", data=in_form()
    )

    assert answer.location.endswith("/telling"), answer.text
    assert notices() == [("many-from-one-network", 16)]
    events = [line for line in sealing.public_ledger(SLUG).lines if b'"t":"event"' in line]
    assert [json.loads(line)["k"] for line in events[-3:]] == ["notice", "closed", "count"]
    assert len(sealing.public_ledger(SLUG).lines) == 3 + 1 + 22 + 2


def test_two_networks_of_a_day_are_told_in_the_order_of_their_numbers(web_app, voting, clock):
    vote_from(web_app, FLAT, voting.codes[:18])
    vote_from(web_app, LIBRARY, voting.codes[18:34])
    clock.move_to(MIDNIGHT)
    look(web_app)

    assert [line.split(b'"n":')[1][:2] for line in waiting()] == [b"16", b"18"]


def test_one_person_who_votes_again_and_again_is_no_crowd(web_app, voting, clock):
    client = resident_at(web_app, FLAT)
    choose(client, 1)
    fields = {**hidden_fields(client.get(CODE)), "code": voting.codes[0]}

    for _ in range(20):
        client.post(CODE, data=fields)
    clock.move_to(MIDNIGHT)
    look(web_app)

    assert waiting() == []


def test_votes_of_two_days_are_not_added_up(web_app, voting, clock):
    vote_from(web_app, FLAT, voting.codes[:15])
    clock.move_to(MIDNIGHT)
    vote_from(web_app, FLAT, voting.codes[15:30])
    clock.move_to(MIDNIGHT + timedelta(days=1))
    look(web_app)

    assert waiting() == []


def test_a_desk_of_the_municipality_is_not_counted(voting, settings, clock):
    desks = (ipaddress.ip_network("198.51.100.0/24"), ipaddress.ip_network("2001:db8::/48"))
    with_desks = create_app(replace(settings, desk_networks=desks), clock)
    with_desks.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    vote_from(with_desks, LIBRARY, voting.codes[:20])
    vote_from(with_desks, "2001:db8:0:5::1", voting.codes[20:37])
    clock.move_to(MIDNIGHT)
    look(with_desks)

    assert waiting() == []
    with with_desks.app_context():
        for engine in db.engines.values():
            engine.dispose()


def test_a_thousand_wrong_codes_within_an_hour_are_told(web_app, voting, clock, caplog):
    with web_app.test_request_context(f"/ronde/{SLUG}"):
        for _ in range(999):
            signals.count_wrong_code(SLUG)
    assert "wrong codes" not in caplog.text
    caplog.set_level(logging.WARNING)
    resident_at(web_app, FLAT).post(CODE, data={"code": mint_code().grouped(), **SENT})
    clock.advance(hours=1)
    look(web_app)

    assert waiting() == [b'{"k":"notice","n":1000,"t":"event","what":"wrong-codes"}']
    assert f"Many wrong codes within an hour in round {SLUG}." in caplog.text
    assert FLAT not in caplog.text


SENT = {"submission": "0" * 32, "content": "[1]"}


def test_fewer_wrong_codes_are_everyday_life(web_app, voting, clock):
    with web_app.test_request_context(f"/ronde/{SLUG}"):
        for _ in range(999):
            signals.count_wrong_code(SLUG)
    clock.advance(hours=1)
    look(web_app)

    assert waiting() == []


def test_a_box_that_is_closed_says_nothing_any_more(web_app, voting, clock):
    vote_from(web_app, FLAT, voting.codes[:16])
    service.opened(SLUG, DATES.voting_closes, count_key(SLUG))
    clock.move_to(DATES.voting_closes)
    look(web_app)

    assert waiting() == []
    assert notices() == []


def test_no_address_is_written_down_anywhere(only_sqlite, web_app, voting, clock, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    vote_from(web_app, FLAT, voting.codes[:17])
    clock.move_to(MIDNIGHT)
    look(web_app)

    written = everything_under(tmp_path) + caplog.text.encode()

    assert FLAT.encode() not in written
    assert ipaddress.ip_address(FLAT).packed not in everything_under(tmp_path)


def test_nothing_of_it_is_in_the_browser(web_app, voting):
    client = resident_at(web_app, FLAT)
    choose(client, 1)
    fields = hidden_fields(client.get(CODE))
    client.post(CODE, data={**fields, "code": voting.codes[0]})

    with client.session_transaction() as kept:
        assert set(kept) <= {"order", "language", "csrf_token"}
