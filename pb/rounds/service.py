"""What can be done with a round. One function is one act and one transaction."""

import re
from datetime import datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.foundation.errors import N_
from pb.frameworks import service as frameworks
from pb.frameworks.domain import Framework, FrameworkVersion, ReasonMissing, VersionState
from pb.journal import service as journal
from pb.journal.domain import Entry
from pb.rounds import storage
from pb.rounds.domain import (
    BY_CLOCK,
    ORDER,
    STATE_LABELS,
    GateClosed,
    Interruption,
    NotInThisState,
    Round,
    SlugTaken,
    State,
    refuse_unless_next,
    state_at,
)
from pb.rounds.rights import Act, is_possible

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_AT_MOST = 60


def create(slug: str, framework: Framework, *, by: Actor, now: datetime) -> None:
    """Make a round in preparation with a concept framework. Raises SlugTaken.

    The first version of the framework is the first line of its public log.
    """
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_AT_MOST:
        raise SlugTaken
    with transaction():
        storage.add(slug, now)
        frameworks.draft(slug, framework, by=by, now=now)


def get(slug: str, now: datetime) -> Round:
    """Return the round as it stands at ``now``. Raises RoundNotFound."""
    return _at(storage.get(slug), frameworks.get(slug), now)


def list_all(now: datetime) -> list[Round]:
    """Return every round: first those where residents can act, then the newest."""
    versions = frameworks.list_in_force()
    found = [_at(kept, versions[kept.slug], now) for kept in storage.list_all()]
    return sorted(
        found, key=lambda each: each.state not in {State.OPEN_FOR_PROPOSALS, State.VOTING}
    )


def _at(kept: storage.KeptRound, version: FrameworkVersion, now: datetime) -> Round:
    dates = version.framework.dates
    return Round(
        slug=kept.slug,
        state=state_at(kept.entered, kept.passed, dates, kept.interruption, now),
        entered=kept.entered,
        passed=kept.passed,
        framework=version.framework,
        framework_version=version.number,
        framework_hash=None if version.state is VersionState.CONCEPT else version.hash,
        interruption=kept.interruption,
    )


def refuse_unless(slug: str, act: Act, now: datetime) -> Round:
    """Return the round when an act is possible in its present state.

    Services ask this inside their own transaction, so that a door is not the only guard.
    Raises RoundNotFound, NotInThisState.
    """
    voting_round = get(slug, now)
    if not is_possible(act, voting_round.state):
        raise NotInThisState(now=STATE_LABELS[voting_round.state])
    return voting_round


def announce(slug: str, *, by: Actor, now: datetime) -> None:
    """Make the sealed framework known. Raises GateClosed before it is sealed."""
    with transaction():
        refuse_unless(slug, Act.ANNOUNCE, now)
        if frameworks.get(slug).state is not VersionState.SEALED:
            raise GateClosed(missing=N_("Twee mensen moeten de kaders tekenen."))
        enter(slug, State.ANNOUNCED, by=by, now=now)


def enter(slug: str, state: State, *, by: Actor, now: datetime) -> None:
    """Enter the next state that people enter. Called by the room in which it begins.

    Raises StepSkipped when ``state`` does not follow the present one directly.
    """
    with transaction():
        voting_round = get(slug, now)
        refuse_unless_next(voting_round.state, state)
        _record_clock(voting_round)
        storage.set_entered(slug, state)
        _journal(slug, N_("Nieuwe fase: %(state)s."), by=by, now=now, state=STATE_LABELS[state])


def pass_gate(slug: str, gate: State, *, by: Actor, now: datetime) -> None:
    """Let the clock enter a state from now on: review is complete, or codes are made."""
    with transaction():
        if gate in storage.get(slug).passed:
            return
        storage.add_passed(slug, gate)
        what = {
            State.RECONSIDERATION: N_("Alle plannen hebben een oordeel."),
            State.VOTING: N_("De stembus staat klaar."),
        }[gate]
        _journal(slug, what, by=by, now=now)


def withdraw_gate(slug: str, gate: State, *, by: Actor, now: datetime) -> None:
    """Take a passed gate back, while the clock has not entered its state yet.

    Raises NotInThisState when the round is already there or beyond.
    """
    with transaction():
        voting_round = get(slug, now)
        if voting_round.state in ORDER and ORDER.index(voting_round.state) >= ORDER.index(gate):
            raise NotInThisState(now=STATE_LABELS[voting_round.state])
        storage.remove_passed(slug, gate)
        _journal(
            slug,
            N_("Er is toch nog werk voor: %(state)s."),
            by=by,
            now=now,
            state=STATE_LABELS[gate],
        )


def interrupt(slug: str, kind: State, *, body: str, reason: str, by: Actor, now: datetime) -> None:
    """Pause or cancel a round, with the body that decided and a public reason.

    Raises NotInThisState from the result on, ReasonMissing without body or reason.
    """
    if kind not in {State.PAUSED, State.CANCELLED}:
        raise ValueError(f"{kind} is not an interruption.")
    if not body.strip() or not reason.strip():
        raise ReasonMissing
    with transaction():
        voting_round = refuse_unless(slug, Act.INTERRUPT, now)
        _record_clock(voting_round)
        storage.set_interruption(slug, Interruption(kind=kind, body=body, reason=reason, since=now))
        what = N_("De ronde staat stil. %(body)s besloot dit.")
        if kind is State.CANCELLED:
            what = N_("De ronde is gestopt. %(body)s besloot dit.")
        _journal(slug, what, by=by, now=now, reason=reason, body=body)


def resume(slug: str, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a paused round go on where the clock now puts it. Raises NotInThisState."""
    if not reason.strip():
        raise ReasonMissing
    with transaction():
        voting_round = get(slug, now)
        if voting_round.state is not State.PAUSED:
            raise NotInThisState(now=STATE_LABELS[voting_round.state])
        storage.set_interruption(slug, None)
        _journal(slug, N_("De ronde gaat verder."), by=by, now=now, reason=reason)


def log(slug: str) -> list[Entry]:
    """Return the public log of a round, the newest entry first."""
    return journal.list_for_round(slug)


def record_clock(slug: str, now: datetime) -> None:
    """Write what the clock did since the last act into the public log; safe to repeat."""
    with transaction():
        _record_clock(get(slug, now))


def _record_clock(voting_round: Round) -> None:
    """Journal the states that the clock entered since a person entered one."""
    if voting_round.entered not in ORDER or voting_round.interruption is not None:
        return
    first = ORDER.index(voting_round.entered) + 1
    last = ORDER.index(voting_round.state) + 1
    dates = voting_round.framework.dates
    moments = {
        State.OPEN_FOR_PROPOSALS: dates.proposals_open,
        State.REVIEW: dates.proposals_close,
        State.RECONSIDERATION: dates.reconsideration_opens,
        State.VOTING: dates.voting_opens,
    }
    known = {entry.values.get("state") for entry in journal.list_for_round(voting_round.slug)}
    for state in ORDER[first:last]:
        if state in BY_CLOCK and STATE_LABELS[state] not in known:
            journal.record(
                voting_round.slug,
                N_("De klok opende: %(state)s."),
                now=moments[state],
                by=N_("De klok"),
                state=STATE_LABELS[state],
            )


def _journal(
    slug: str, what: str, *, by: Actor, now: datetime, reason: str = "", **values: str | int
) -> None:
    journal.record(slug, what, now=now, by=by.label, staff_id=by.staff_id, reason=reason, **values)
