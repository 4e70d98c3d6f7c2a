"""The staff's door of the ballot box: set it up, stop it, and see how many voted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pb.accounts.domain import Role
from pb.ballots import rehearsal, service
from pb.ballots.domain import (
    BoxState,
    CountKeyFails,
    VotingClosed,
    VotingPaused,
)
from pb.database.base import ballot_transaction
from pb.frameworks import service as frameworks
from pb.frameworks.domain import ReasonMissing
from pb.rounds import service as rounds
from pb.rounds.domain import NotInThisState, State
from pb.tokens import ceremony_storage
from pb.tokens import service as tokens
from pb.tokens import storage as token_storage
from pb.tokens.ceremony_rules import RehearsalMissing
from pb.tokens.keys import KeyExposed, KeyMissing
from pb.tokens.order import OrderMissing, RollDamaged
from tests.ballots.boxes import cast
from tests.ballots.voting import LISTED, SLUG, a_listed_round, a_voting_round, letters_for
from tests.builders import DATES, a_framework, a_round, an_actor
from tests.ceremonies import count_key, typed

BOX, TURNOUT = f"/beheer/ronde/{SLUG}/stembus", f"/beheer/ronde/{SLUG}/opkomst"
DURING = DATES.voting_opens + timedelta(days=1)


def pause():
    reason = {"body": "College", "reason": "Storing"}
    service.interrupt(SLUG, State.PAUSED, **reason, by=an_actor(), now=DURING)


def test_a_manager_lets_the_clock_open_the_voting(app, sign_in, clock):
    a_listed_round()
    letters_for(SLUG)
    clock.move_to(LISTED)
    manager = sign_in(Role.ROUND_MANAGER)
    assert "Open het stemmen op de afgesproken dag" in manager.get(BOX).text

    answer = manager.post(BOX)

    assert answer.status_code == 303
    assert "Zet de stembus opnieuw klaar" in manager.get(BOX).text
    just_before = DATES.voting_opens - timedelta(seconds=1)
    assert rounds.get(SLUG, just_before).state is State.BALLOT_PUBLISHED
    assert rounds.get(SLUG, DATES.voting_opens).state is State.VOTING


def test_without_letters_there_is_no_button(app, sign_in, clock):
    a_listed_round()
    clock.move_to(LISTED)
    manager = sign_in(Role.ROUND_MANAGER)

    page = manager.get(BOX)

    assert "Maak eerst de stemcodes." in page.text
    assert manager.post(BOX).status_code == 404


def test_preparing_freezes_the_list_and_the_rules(app):
    a_voting_round()

    box = service.find_box(SLUG)

    assert [plan.number for plan in box.ballot_list.plans] == [1, 2, 3, 4, 5]
    assert box.ballot_list.rules == a_framework().ballot
    assert (box.hours.opens_at, box.hours.closes_at) == (DATES.voting_opens, DATES.voting_closes)
    assert box.document_hash.hex() in str([entry.values for entry in rounds.log(SLUG)])


def test_preparing_again_before_opening_changes_nothing(app):
    a_voting_round()
    before = service.find_box(SLUG)

    assert service.prepare(SLUG, by=an_actor(), now=LISTED) == before


def prepare(now=LISTED):
    return service.prepare(SLUG, by=an_actor(), now=now)


def test_preparing_too_early_or_too_late_is_refused(app):
    a_round()
    with pytest.raises(NotInThisState):
        prepare(DATES.proposals_open)
    a_voting_round("later")
    with pytest.raises(NotInThisState):
        service.prepare("later", by=an_actor(), now=DURING)


def test_preparing_needs_letters(app):
    a_listed_round()
    with pytest.raises(OrderMissing):
        prepare()


def test_preparing_compares_the_roll_with_the_printed_fingerprint(app):
    a_listed_round()
    letters_for(SLUG)
    with ballot_transaction() as connection:
        entry = token_storage.list_roll(connection, SLUG)[0]
        connection.execute(
            token_storage.roll.delete().where(token_storage.roll.c.ballot_key == entry.ballot_key)
        )

    with pytest.raises(RollDamaged):
        prepare()

    assert service.find_box(SLUG) is None


def test_the_box_waits_until_every_officer_rehearsed(app):
    a_listed_round()
    letters_for(SLUG)
    with ballot_transaction() as connection:
        ceremony_storage.forget_rehearsals(connection, SLUG, 3)

    with pytest.raises(RehearsalMissing):
        prepare()

    assert service.find_box(SLUG) is None
    assert State.VOTING not in rounds.get(SLUG, LISTED).passed
    rehearsal.rehearse(SLUG, typed(3, 1), by=an_actor(), now=LISTED)
    assert prepare()


def test_the_key_of_another_round_opens_nothing_and_closes_nothing(app):
    code = a_voting_round().codes[0]
    a_voting_round("elders")

    with pytest.raises(CountKeyFails):
        service.opened(SLUG, DATES.voting_closes, count_key("elders"))

    cast(code, 1, now=DURING)


def test_a_lost_log_key_is_said_plainly_and_never_made_anew(app, settings):
    a_voting_round()
    (settings.key_directory / f"dorrewold.{SLUG}.log.key").unlink()

    with pytest.raises(KeyMissing):
        tokens.checked_roll(SLUG)


def test_a_key_that_others_can_read_is_refused(app, settings):
    a_voting_round()
    (settings.key_directory / f"dorrewold.{SLUG}.log.key").chmod(0o644)

    with pytest.raises(KeyExposed):
        tokens.checked_roll(SLUG)


def test_key_files_are_for_the_service_alone(app, settings):
    a_voting_round()

    files = sorted(settings.key_directory.iterdir())

    assert [path.name.split(".")[-2] for path in files] == ["log"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_pause_stops_the_box_first_and_a_refused_pause_leaves_it_open(app, clock):
    code = a_voting_round().codes[0]

    with pytest.raises(ReasonMissing):
        service.interrupt(SLUG, State.PAUSED, body="", reason="", by=an_actor(), now=DURING)
    cast(code, 1, now=DURING)
    pause()

    with pytest.raises(VotingPaused):
        cast(code, 2, expected_version=1, now=DURING)
    assert rounds.get(SLUG, DURING).state is State.PAUSED


def test_a_later_closing_moment_holds_for_the_box_after_a_pause(app):
    code = a_voting_round().codes[0]
    pause()
    later = DATES.voting_closes + timedelta(days=2)
    dates = replace(DATES, voting_closes=later, result_by=DATES.result_by + timedelta(days=2))
    frameworks.draft(SLUG, a_framework(dates=dates), by=an_actor(), now=DURING, reason="Storing")
    for staff_id in (1, 2):
        frameworks.sign(SLUG, by=an_actor(staff_id=staff_id), now=DURING)
    service.resume(SLUG, reason="Opgelost", by=an_actor(), now=DURING)

    assert service.find_box(SLUG).hours.closes_at == later
    cast(code, 1, now=later - timedelta(seconds=1))
    with pytest.raises(VotingClosed):
        cast(code, 2, expected_version=1, now=later)


def test_the_box_follows_a_round_that_was_stopped_and_resumed_on_another_page(app):
    code = a_voting_round().codes[0]
    pause()
    rounds.resume(SLUG, reason="Opgelost", by=an_actor(), now=DURING)

    service.follow(rounds.get(SLUG, DURING))

    cast(code, 1, now=DURING)


def test_a_ballot_and_a_page_take_the_box_along_after_the_round_went_on(app):
    one, other, *_ = a_voting_round().codes
    for act in (
        lambda round_now: cast(one, 1, now=DURING, following=round_now),
        lambda round_now: service.open_box(SLUG, DURING, following=round_now),
    ):
        pause()
        rounds.resume(SLUG, reason="Opgelost", by=an_actor(), now=DURING)
        with pytest.raises(VotingPaused):
            cast(other, 1, now=DURING)

        act(rounds.get(SLUG, DURING))

        assert service.find_box(SLUG).hours.state is BoxState.OPEN


def test_a_ballot_does_not_open_a_box_that_was_closed_for_the_count(app):
    code = a_voting_round().codes[0]
    service.opened(SLUG, DATES.voting_closes, count_key(SLUG))

    with pytest.raises(VotingClosed):
        cast(code, 1, now=DURING, following=rounds.get(SLUG, DURING))


def test_a_box_that_was_opened_for_the_count_stays_closed_whatever_the_round_says(app):
    code = a_voting_round().codes[0]
    service.opened(SLUG, DATES.voting_closes, count_key(SLUG))

    service.follow(rounds.get(SLUG, DURING))

    with pytest.raises(VotingClosed):
        cast(code, 1, now=DURING)


def test_following_a_round_that_is_not_in_its_voting_changes_nothing(app):
    a_voting_round()
    pause()

    service.follow(rounds.get(SLUG, DURING))

    assert service.find_box(SLUG).hours.state is BoxState.PAUSED


def test_a_manager_stops_the_voting_and_lets_it_go_on(app, sign_in, clock):
    a_voting_round()
    clock.move_to(DURING)
    manager = sign_in(Role.ROUND_MANAGER)

    refused = manager.post(f"{BOX}/stilzetten", data={"pause-body": "College"})
    assert refused.status_code == 422
    data = {"pause-body": "College", "pause-reason": "Storing"}
    assert manager.post(f"{BOX}/stilzetten", data=data).status_code == 303
    assert service.find_box(SLUG).hours.state is BoxState.PAUSED
    page = manager.get(BOX)
    assert "Laat de ronde verdergaan" in page.text
    assert manager.post(f"{BOX}/verder", data={}).status_code == 422
    assert manager.post(f"{BOX}/verder", data={"resume-reason": "Opgelost"}).status_code == 303

    assert service.find_box(SLUG).hours.state is BoxState.OPEN


def test_turnout_shows_areas_and_hides_small_groups(app, sign_in, clock):
    voting = a_voting_round()
    clock.move_to(DURING)
    council = sign_in(Role.COUNCIL)
    for code in voting.codes[:9]:
        cast(code, 1, now=DURING)
    assert "minder dan 10" in council.get(TURNOUT).text

    for code in voting.codes[9:22]:
        cast(code, 1, now=DURING)

    page = council.get(TURNOUT).text
    assert "Noord" in page
    assert "Zuid" in page
    assert [each.ballots for each in service.turnout(SLUG).areas] == [12, 10]
    assert ">22<" in page


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.HELPER, Role.ADMINISTRATOR])
def test_others_do_not_see_the_turnout_while_voting_is_open(app, sign_in, clock, role):
    a_voting_round()
    clock.move_to(DURING)

    assert sign_in(role).get(TURNOUT).status_code == 403


def test_residents_are_sent_to_the_sign_in_page(app, resident, clock):
    a_voting_round()
    clock.move_to(DURING)

    assert resident.get(TURNOUT).status_code == 303
    assert resident.post(f"{BOX}/stilzetten").status_code == 303
