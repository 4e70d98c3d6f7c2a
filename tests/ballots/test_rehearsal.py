"""The rehearsal: what opens, what is kept of it, and that voting waits for it."""

import pytest
from nacl.public import PrivateKey

from pb.ballots import rehearsal
from pb.ballots import service as ballots
from pb.ballots.domain import CountKeyFails
from pb.database.base import db
from pb.rounds import service as rounds
from pb.rounds.domain import NotInThisState, State
from pb.tokens import ceremony
from pb.tokens.ceremony_rules import CeremonyMissing, PassphraseWrong, TwoOfficersNeeded
from pb.tokens.officers import PAIRS, SharedKey
from tests.ballots.voting import LISTED, SLUG, a_listed_round, letters_for
from tests.builders import START, a_framework, a_round, an_actor
from tests.ceremonies import PASSPHRASES, appoint, hold_ceremony, typed


@pytest.fixture
def made(app):
    """A round whose keys were made, and with which nobody rehearsed."""
    a_round()
    appoint(SLUG, LISTED)
    ceremony.make_keys(SLUG, keep=lambda _: None, by=an_actor(), now=LISTED)


def rehearse(*pair, said=None):
    rehearsal.rehearse(SLUG, said or typed(*pair), by=an_actor(), now=LISTED)


@pytest.mark.parametrize("pair", PAIRS)
def test_each_pair_rehearses_and_it_is_remembered(made, pair):
    rehearse(*reversed(pair))
    rehearse(*pair)

    found = ceremony.find(SLUG)
    assert found.rehearsed == {pair}
    assert not found.is_rehearsed


@pytest.mark.parametrize("pairs", [PAIRS[:2], PAIRS[1:], PAIRS[::2], PAIRS])
def test_once_every_officer_took_part_the_voting_may_open(made, pairs):
    for pair in pairs:
        rehearse(*pair)

    assert ceremony.find(SLUG).is_rehearsed


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ([(1, PASSPHRASES[1]), (2, "niet deze wachtzin")], PassphraseWrong),
        ([(1, PASSPHRASES[1]), (1, PASSPHRASES[1])], TwoOfficersNeeded),
        ([(1, PASSPHRASES[1])], TwoOfficersNeeded),
    ],
)
def test_who_does_not_open_has_not_rehearsed(made, said, refusal):
    before = rounds.log(SLUG)

    with pytest.raises(refusal):
        rehearse(said=said)

    assert ceremony.find(SLUG).rehearsed == frozenset()
    assert rounds.log(SLUG) == before


def test_a_rehearsal_casts_nothing(made):
    for pair in PAIRS:
        rehearse(*pair)

    with db.engines["ballots"].connect() as connection:
        for table in ("ballots", "roll", "letters", "pending"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0  # noqa: S608


def test_without_keys_and_without_a_known_round_nobody_rehearses(app):
    a_round()
    with pytest.raises(CeremonyMissing):
        rehearse(1, 2)
    rounds.create("vroeg", a_framework(), by=an_actor(), now=START)
    with pytest.raises(NotInThisState):
        rehearsal.rehearse("vroeg", typed(), by=an_actor(), now=START)


@pytest.mark.parametrize("which", [0, 1])
def test_a_public_half_that_nobody_can_open_is_found_out(made, monkeypatch, which):
    """As when somebody put another public key into the store after the ceremony."""
    purposes = list(ceremony.find(SLUG).public_keys)
    right = ceremony.public_key
    other = bytes(PrivateKey.generate().public_key)
    monkeypatch.setattr(
        ceremony,
        "public_key",
        lambda slug, purpose: other if purpose is purposes[which] else right(slug, purpose),
    )

    with pytest.raises(CountKeyFails):
        rehearse(1, 2)

    assert ceremony.find(SLUG).rehearsed == frozenset()


def test_the_box_seals_to_the_key_that_was_rehearsed(app):
    a_listed_round()
    letters_for(SLUG)

    box = ballots.prepare(SLUG, by=an_actor(), now=LISTED)

    assert box.count_public_key == ceremony.public_key(SLUG, SharedKey.COUNT)
    assert State.VOTING in rounds.get(SLUG, LISTED).passed


def test_a_ceremony_for_tests_rehearses_with_every_pair(app):
    a_round()
    hold_ceremony(SLUG, LISTED)

    assert ceremony.find(SLUG).rehearsed == frozenset(PAIRS)
