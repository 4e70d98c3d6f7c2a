"""A whole round with a lost letter: it voted, was replaced by a drawn envelope, and all adds up."""

import json

import pytest

from pb.ballots import sealing
from pb.ballots import service as ballots
from pb.ballots.ledger import Fact
from pb.database.base import ballot_transaction
from pb.results import service, verify
from pb.results.verify import unpack
from tests.ballots.desk import letters, open_pack, void, vote
from tests.ballots.voting import SLUG, a_voting_round
from tests.results.votes import count, publish


@pytest.fixture
def bundle(app, tmp_path):
    """The bundle of a round of 24 letters and 40 spares, in which three letters were reported."""
    voting = a_voting_round(spare_permille=30)
    sent, spares = letters(voting), letters(voting, spare=True)
    for _, code in sent[:9]:
        vote(code, 1, 2)
    vote(sent[1][1], 3, expected_version=1)
    void(sent[0][0])  # voted once
    void(sent[1][0])  # voted twice
    void(sent[10][0])  # never voted
    open_pack()
    for _, code in spares[:2]:
        vote(code, 2, 3)
    void(spares[0][0])  # the new one is lost as well
    with ballot_transaction() as connection:
        sealing.record(connection, SLUG, Fact.NOTICE, what="many-from-one-network", n=17)
    count()
    publish()
    path = tmp_path / "bundle.zip"
    path.write_bytes(service.bundle(SLUG))
    return path


def lines(bundle, name):
    return [json.loads(line) for line in unpack(bundle.read_bytes())[name].splitlines()]


def events(bundle):
    return [fact for fact in lines(bundle, "ledger.jsonl") if fact["t"] == "event"]


def test_the_bundle_verifies_and_says_what_happened(bundle, capsys):
    assert verify.main([str(bundle)]) == 0

    said = capsys.readouterr().out
    assert "1 letters were revoked" in said
    assert "the spare letters of pack 1 were handed out" in said


def test_every_letter_and_every_ballot_is_accounted_for(bundle):
    closed = next(event for event in events(bundle) if event["k"] == "closed")

    assert {**closed, "k": "", "t": ""} == {
        "cast": 7 + 1, "superseded": 1, "withdrawn": 3, "k": "", "t": "",
    }  # fmt: skip
    assert [event["k"] for event in events(bundle) if event["k"] in {"revoked", "spares"}] == [
        "revoked", "revoked", "revoked", "spares", "revoked",
    ]  # fmt: skip
    assert len(lines(bundle, "ballots.jsonl")) == 8
    assert {line["why"] for line in lines(bundle, "withdrawn.jsonl")} == {"revoked"}


def test_no_withdrawn_ballot_keeps_its_choices(bundle):
    for line in lines(bundle, "withdrawn.jsonl"):
        assert set(line) == {"bk", "inner", "version", "why"}


def test_nothing_in_the_bundle_joins_an_old_letter_to_a_new_one(bundle):
    """Every event of letters names keys of one kind only, and no ballot says where it is from."""
    spares = {line.split()[0].decode() for line in
              unpack(bundle.read_bytes())["spares.txt"].splitlines()}  # fmt: skip

    for event in events(bundle):
        keys = set(event.get("keys", ()))
        assert keys <= spares or not keys & spares
        assert not ({"keys", "pack"} <= set(event))
    assert all(
        set(ballot) == {"bk", "body", "sig", "version"} for ballot in lines(bundle, "ballots.jsonl")
    )


def test_the_letters_of_an_opened_pack_count_as_issued(bundle):
    turnout = ballots.turnout(SLUG)

    assert turnout.letters == 24 + 20 - 4
