"""Who guesses codes learns nothing and is slowed down; who has one is never kept out (T11, T12).

A small share runs with every change; ``-m nightly`` runs the sizes of voting.md.
"""

import gc
import ipaddress
import random
import re
from statistics import mean
from time import perf_counter

import pytest

from pb.ballots import sealing, service
from pb.tokens.domain import mint_code
from tests.ballots.desk import DURING, letters, open_pack, vote
from tests.ballots.test_public import CODE, MIJN_STEM
from tests.ballots.voting import (
    LISTED,
    SLUG,
    VotingRound,
    a_listed_round,
    a_voting_round,
    letters_for,
)
from tests.builders import an_actor

SENT = {"submission": "0" * 32, "content": "[1]", "again": ""}
PLAIN = re.compile(r'name="csrf_token"[^>]*value="[^"]*"')


@pytest.fixture
def voting(app, clock):
    """A round in its voting, with twenty spare envelopes per area that nobody handed out."""
    found = a_voting_round(spare_permille=30)
    clock.move_to(DURING)
    return found


@pytest.fixture
def wrong(voting):
    """What opens nothing, by the reason why."""
    unknown = mint_code().grouped()
    return {
        "typing error": unknown[:-1] + ("0" if unknown[-1] != "0" else "1"),
        "unknown": unknown,
        "another round": a_voting_round("elders").codes[0],
        "spare before its pack is in use": letters(voting, spare=True)[0][1],
    }


def answer_to(web_app, address, code, source="192.0.2.1"):
    client = web_app.test_client()
    client.environ_base["REMOTE_ADDR"] = source
    return client.post(address, data={**SENT, "code": code})


@pytest.mark.parametrize("address", [CODE, MIJN_STEM])
def test_whatever_is_wrong_the_answer_is_the_same_to_the_byte(web_app, wrong, address):
    client = web_app.test_client()
    client.post(address, data=SENT)  # from here on the browser has its cookie
    answers = [client.post(address, data={**SENT, "code": code}) for code in wrong.values()]

    assert {answer.status_code for answer in answers} == {403}
    assert len({PLAIN.sub("", answer.text) for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.to_wsgi_list())) for answer in answers}) == 1
    assert len({len(answer.data) for answer in answers}) == 1


def test_a_spare_is_told_from_nothing_until_its_pack_is_in_use(web_app, voting, wrong):
    spare = wrong["spare before its pack is in use"]
    assert answer_to(web_app, CODE, spare).status_code == 403

    open_pack()

    assert answer_to(web_app, CODE, spare).status_code == 200


@pytest.mark.nightly
def test_the_time_of_an_answer_does_not_tell_what_is_wrong(web_app, wrong):
    """10,000 answers of each kind, in turns of a random order, each from a network of its own."""
    client = web_app.test_client(use_cookies=False)
    sources = (str(ipaddress.ip_address(0x0A000000 + number)) for number in range(50_000))
    times = {kind: [] for kind in wrong}
    gc.disable()
    for _ in range(10_000):
        for kind in random.sample(list(wrong), len(wrong)):
            data = {**SENT, "code": wrong[kind]}
            begun = perf_counter()
            client.post(CODE, data=data, environ_base={"REMOTE_ADDR": next(sources)})
            times[kind].append(perf_counter() - begun)
    gc.enable()

    means = {kind: mean(found) * 1000 for kind, found in times.items()}
    print(means)  # noqa: T201 - a figure for docs/measurements.md
    assert max(means.values()) - min(means.values()) < 0.5, means


@pytest.mark.parametrize(
    ("guesses", "right", "share"),
    [(300, 20, 0.9), pytest.param(10_000, 1_000, 0.99, marks=pytest.mark.nightly)],
)
def test_guesses_of_a_network_are_refused_and_its_right_codes_accepted(
    app, web_app, clock, guesses, right, share
):
    a_listed_round()
    printables = letters_for(SLUG, (("A1", right), ("A2", 1)))
    service.prepare(SLUG, by=an_actor(), now=LISTED)
    clock.move_to(DURING)
    sealing.catch_up(SLUG, DURING)
    codes = [code for _, code in letters(VotingRound(SLUG, printables))]
    client = web_app.test_client(use_cookies=False)

    statuses, accepted = [], 0
    for number in range(guesses):
        data = {**SENT, "code": mint_code().grouped()}
        statuses.append(client.post(CODE, data=data).status_code)
        if number % (guesses // right) == 0:  # now and then somebody who has a letter
            fresh = {"submission": f"{number:032x}", "code": codes.pop()}
            accepted += client.post(CODE, data={**SENT, **fresh}).status_code == 200

    assert set(statuses) == {403, 429}
    assert statuses.count(429) / guesses >= share
    assert statuses.count(403) == 30
    assert accepted == right


def test_a_network_that_is_slowed_down_slows_no_other_down(web_app, voting):
    for _ in range(31):
        last = answer_to(web_app, CODE, mint_code().grouped())
    assert last.status_code == 429

    assert answer_to(web_app, CODE, mint_code().grouped(), source="192.0.2.2").status_code == 403
    assert vote(voting.codes[0]).version == 1
