"""What can be done with a framework: draft, sign by two, and publish a new version."""

import dataclasses
from datetime import datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.foundation.errors import N_, NotPermitted
from pb.frameworks import storage
from pb.frameworks.check import problems_of
from pb.frameworks.domain import (
    ConceptChanged,
    DateMovedEarlier,
    FixedByNow,
    Framework,
    FrameworkIncomplete,
    FrameworkIsSealed,
    FrameworkNotFound,
    FrameworkVersion,
    ReasonMissing,
    SecondPersonNeeded,
    VersionState,
)
from pb.journal import service as journal

SIGNATURES = 2
#: What a new version may change still when plans cannot come in any more.
CHANGEABLE = ("dates", "contact", "helpers", "desks", "offline_ways", "languages")


def get(round_slug: str) -> FrameworkVersion:
    """Return the sealed version in force, or the concept. Raises FrameworkNotFound."""
    return storage.get_in_force(round_slug)


def list_in_force() -> dict[str, FrameworkVersion]:
    """Return per round slug the version in force, or its concept."""
    return storage.list_in_force()


def versions(round_slug: str) -> list[FrameworkVersion]:
    """Return every version of a round's framework, the newest first."""
    return storage.list_versions(round_slug)


def get_version(round_slug: str, number: int) -> FrameworkVersion:
    """Return one version. Raises FrameworkNotFound."""
    for version in storage.list_versions(round_slug):
        if version.number == number:
            return version
    raise FrameworkNotFound


def find_concept(round_slug: str) -> FrameworkVersion | None:
    """Return the version that waits for signatures, or None."""
    newest = storage.list_versions(round_slug)[:1]
    return next((each for each in newest if each.state is VersionState.CONCEPT), None)


def draft(
    round_slug: str, framework: Framework, *, by: Actor, now: datetime, reason: str = ""
) -> int:
    """Keep a concept and return its version number; earlier signatures under it lapse.

    The first version needs no reason. A later one does, and may move dates only later; once no
    plans come in any more, it may change no more than ``CHANGEABLE``.
    Raises ReasonMissing, DateMovedEarlier, FixedByNow.
    """
    with transaction():
        known = storage.list_versions(round_slug)
        sealed = next((each for each in known if each.state is VersionState.SEALED), None)
        if sealed is not None:
            if not reason.strip():
                raise ReasonMissing
            refuse_earlier_dates(sealed.framework, framework, now)
            refuse_what_is_fixed(sealed.framework, framework, now)
        if known and known[0].state is VersionState.CONCEPT:
            number = known[0].number
            storage.change_concept(round_slug, number, framework, reason=reason)
            what = N_("Versie %(number)s van de kaders is veranderd.")
        else:
            number = len(known) + 1
            storage.add_version(round_slug, number, framework, reason=reason)
            what = N_("Versie %(number)s van de kaders is geschreven.")
        journal.record(
            round_slug,
            what,
            now=now,
            by=by.label,
            staff_id=by.staff_id,
            reason=reason,
            number=number,
        )
    return number


def sign(
    round_slug: str, *, by: Actor, now: datetime, text_hash: str | None = None
) -> FrameworkVersion:
    """Sign the concept; the second, different person seals it. Returns the version.

    text_hash: of the text that was read; a signature never goes to words that nobody saw.

    Raises ConceptChanged; FixedByNow when it changes what is fixed by now; FrameworkIsSealed when
    there is no concept; FrameworkIncomplete when it breaks its own rules; SecondPersonNeeded when
    this person signed already; NotPermitted when nobody in particular signs.
    """
    if by.staff_id is None:
        raise NotPermitted
    with transaction():
        concept = find_concept(round_slug)
        if concept is None:
            raise FrameworkIsSealed
        if concept.number > 1:
            refuse_what_is_fixed(get(round_slug).framework, concept.framework, now)
        if text_hash is not None and text_hash != concept.hash:
            raise ConceptChanged
        if problems := problems_of(concept.framework):
            raise FrameworkIncomplete(problems=problems[0].sentence % dict(problems[0].values))
        if by.staff_id in concept.signed_by:
            raise SecondPersonNeeded
        signed = storage.sign(round_slug, concept.number, by.staff_id)
        if len(signed) < SIGNATURES:
            what = N_("Versie %(number)s van de kaders is getekend door de eerste persoon.")
        else:
            storage.seal(round_slug, concept.number, now)
            what = N_("Versie %(number)s van de kaders is verzegeld. Kenmerk: %(hash)s.")
        journal.record(
            round_slug,
            what,
            now=now,
            by=by.label,
            staff_id=by.staff_id,
            reason=concept.reason,
            number=concept.number,
            hash=concept.hash,
        )
        return get_version(round_slug, concept.number)


def refuse_what_is_fixed(sealed: Framework, changed: Framework, now: datetime) -> None:
    """Raise FixedByNow when more changes than may, once plans cannot come in any more."""
    if now < sealed.dates.proposals_close:
        return
    kept = {name: getattr(sealed, name) for name in CHANGEABLE}
    if dataclasses.replace(changed, **kept) != sealed:
        raise FixedByNow


def refuse_earlier_dates(sealed: Framework, changed: Framework, now: datetime) -> None:
    """Raise DateMovedEarlier when a date moves earlier, or a date that has passed moves."""
    for field in dataclasses.fields(sealed.dates):
        before: datetime = getattr(sealed.dates, field.name)
        after: datetime = getattr(changed.dates, field.name)
        if after < before or (after != before and before <= now):
            raise DateMovedEarlier(date=before)
