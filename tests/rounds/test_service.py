"""A round is announced by two, moved by the clock, and interrupted only with a reason."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from pb.foundation.money import euros
from pb.frameworks import service as frameworks
from pb.frameworks.domain import (
    DateMovedEarlier,
    FixedByNow,
    Framework,
    FrameworkIncomplete,
    FrameworkIsSealed,
    ReasonMissing,
    SecondPersonNeeded,
)
from pb.rounds import service as rounds
from pb.rounds.domain import GateClosed, NotInThisState, SlugTaken, State, StepSkipped
from tests.builders import DATES, START, a_framework, a_round, an_actor


def test_a_framework_is_sealed_by_two_different_people(app):
    manager, colleague = an_actor(), an_actor(staff_id=2)
    rounds.create("proef", a_framework(), by=manager, now=START)
    frameworks.sign("proef", by=manager, now=START)

    with pytest.raises(SecondPersonNeeded):
        frameworks.sign("proef", by=manager, now=START)
    assert frameworks.sign("proef", by=colleague, now=START).sealed_at == START
    with pytest.raises(FrameworkIsSealed):
        frameworks.sign("proef", by=colleague, now=START)


def test_a_changed_concept_must_be_signed_again(app):
    manager, colleague = an_actor(), an_actor(staff_id=2)
    rounds.create("proef", a_framework(), by=manager, now=START)
    frameworks.sign("proef", by=manager, now=START)
    frameworks.draft("proef", a_framework(why="Anders."), by=manager, now=START)

    assert frameworks.sign("proef", by=colleague, now=START).sealed_at is None


def test_a_framework_that_does_not_add_up_cannot_be_signed(app):
    rounds.create("proef", a_framework(total=euros(1)), by=an_actor(), now=START)

    with pytest.raises(FrameworkIncomplete):
        frameworks.sign("proef", by=an_actor(), now=START)


def test_a_round_cannot_be_announced_before_its_framework_is_sealed(app):
    rounds.create("proef", a_framework(), by=an_actor(), now=START)

    with pytest.raises(GateClosed):
        rounds.announce("proef", by=an_actor(), now=START)


def test_after_sealing_a_change_is_a_new_public_version_with_a_reason(app):
    slug = a_round()
    manager, colleague = an_actor(), an_actor(staff_id=2)
    later = a_framework(dates=replace(DATES, voting_closes=DATES.voting_closes + timedelta(days=7)))

    with pytest.raises(ReasonMissing):
        frameworks.draft(slug, later, by=manager, now=START)
    frameworks.draft(slug, later, by=manager, now=START, reason="De brieven zijn later klaar.")
    assert frameworks.get(slug).number == 1
    frameworks.sign(slug, by=manager, now=START)
    frameworks.sign(slug, by=colleague, now=START)

    assert [each.number for each in frameworks.versions(slug)] == [2, 1]
    assert frameworks.versions(slug)[1].framework == a_framework()
    assert frameworks.get(slug).reason == "De brieven zijn later klaar."


def test_a_date_never_moves_earlier(app):
    slug = a_round()
    earlier = a_framework(dates=replace(DATES, result_by=DATES.result_by - timedelta(days=1)))

    with pytest.raises(DateMovedEarlier):
        frameworks.draft(slug, earlier, by=an_actor(), now=START, reason="Haast.")


@pytest.mark.parametrize("name", [each.name for each in fields(Framework)])
def test_once_plans_are_in_only_dates_contact_and_help_may_change(app, name):
    slug = a_round()
    changes = {
        "dates": replace(DATES, result_by=DATES.result_by + timedelta(days=1)),
        "contact": replace(a_framework().contact, phone="0800 1234"),
        **dict.fromkeys(("helpers", "offline_ways"), ("Het wijkhuis",)),
        "desks": a_framework().desks[:1],
        "languages": ("nl", "en"),
    }
    changed = replace(a_framework(), **{name: changes.get(name)})  # The others: to nothing at all.

    if name in changes:
        frameworks.draft(slug, changed, by=an_actor(), now=DATES.proposals_close, reason="Beter.")
    else:
        with pytest.raises(FixedByNow):
            frameworks.draft(slug, changed, by=an_actor(), now=DATES.proposals_close, reason="Nee.")


def test_a_version_with_other_money_is_not_sealed_any_more_once_plans_are_in(app):
    slug, manager = a_round(), an_actor()
    before = DATES.proposals_close - timedelta(seconds=1)
    more = a_framework(upkeep_per_year=a_framework().upkeep_per_year + 100)
    frameworks.draft(slug, more, by=manager, now=before, reason="Er is meer.")
    frameworks.sign(slug, by=manager, now=before)

    with pytest.raises(FixedByNow):
        frameworks.sign(slug, by=an_actor(staff_id=2), now=DATES.proposals_close)
    assert frameworks.get(slug).number == 1


def test_the_clock_writes_what_it_opened_into_the_log(app):
    slug = a_round()

    rounds.record_clock(slug, DATES.proposals_close)
    rounds.record_clock(slug, DATES.proposals_close)

    clock_entries = [entry for entry in rounds.log(slug) if entry.by == "De klok"]
    assert [entry.at for entry in clock_entries] == [DATES.proposals_close, DATES.proposals_open]


def test_a_paused_round_goes_on_where_the_clock_is(app):
    slug = a_round()
    with pytest.raises(ReasonMissing):
        rounds.interrupt(slug, State.PAUSED, body="College", reason=" ", by=an_actor(), now=START)
    rounds.interrupt(
        slug, State.PAUSED, body="College", reason="Storing.", by=an_actor(), now=START
    )

    assert rounds.get(slug, DATES.proposals_open).state is State.PAUSED
    rounds.resume(slug, reason="Opgelost.", by=an_actor(), now=DATES.proposals_open)
    assert rounds.get(slug, DATES.proposals_open).state is State.OPEN_FOR_PROPOSALS


def test_a_cancelled_round_stays_cancelled(app):
    slug = a_round()
    rounds.interrupt(
        slug, State.CANCELLED, body="Raad", reason="Geen geld.", by=an_actor(), now=START
    )

    with pytest.raises(NotInThisState):
        rounds.resume(slug, reason="Toch.", by=an_actor(), now=START)


def test_people_cannot_skip_a_state(app):
    slug = a_round()

    with pytest.raises(StepSkipped):
        rounds.enter(slug, State.BALLOT_PUBLISHED, by=an_actor(), now=START)


@pytest.mark.parametrize("slug", ["", "Hoofd", "twee  woorden", "-streep", "a" * 61, "proef/x"])
def test_a_slug_is_small_letters_figures_and_dashes(app, slug):
    with pytest.raises(SlugTaken):
        rounds.create(slug, a_framework(), by=an_actor(), now=START)


def test_a_slug_is_used_once(app):
    a_round()

    with pytest.raises(SlugTaken):
        rounds.create("proef", a_framework(), by=an_actor(), now=START)
