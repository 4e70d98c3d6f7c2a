"""The ballot proof: what the ballot will say of a plan, and its owner's word that it is right."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pb.foundation.errors import N_, Unacceptable, WrongState


class ReachedBy(StrEnum):
    """How somebody of the staff heard from an owner that the proof is right."""

    PHONE = "phone"
    VISIT = "visit"
    MESSAGE = "message"


REACHED_LABELS = {
    ReachedBy.PHONE: N_("Gebeld"),
    ReachedBy.VISIT: N_("Gesproken"),
    ReachedBy.MESSAGE: N_("Bericht gekregen"),
}
REACHED_ON_LABELS = {
    ReachedBy.PHONE: N_("Gebeld op %(day)s."),
    ReachedBy.VISIT: N_("Gesproken op %(day)s."),
    ReachedBy.MESSAGE: N_("Bericht gekregen op %(day)s."),
}
# What the public log says of each; no word about who was reached, or where.
REACHED_ENTRIES = {
    ReachedBy.PHONE: N_(
        "Gebeld op %(day)s: de planeigenaar van plan %(plan)s is akkoord met de tekst."
    ),
    ReachedBy.VISIT: N_(
        "Gesproken op %(day)s: de planeigenaar van plan %(plan)s is akkoord met de tekst."
    ),
    ReachedBy.MESSAGE: N_(
        "Bericht gekregen op %(day)s: de planeigenaar van plan %(plan)s is akkoord met de tekst."
    ),
}


@dataclass(frozen=True, slots=True)
class Reached:
    """How and when somebody of the staff reached an owner."""

    by: ReachedBy
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """What an owner said of the proof of a plan, the last time.

    error: what the owner says is wrong; empty when nothing is. signed_by: the function that
    wrote it down. reached: None when the owner pressed the button.
    Whether it still counts stands on the plan: a change of its words makes another proof.
    """

    number: int
    error: str = ""
    reported_at: datetime | None = None
    signed_at: datetime | None = None
    signed_by: str = ""
    reached: Reached | None = None


class NothingToSign(WrongState):
    """The plan does not go on the ballot list as it stands."""

    sentence = N_("Dit plan komt nu niet op de stemlijst. Daarom is er niets na te kijken.")


class ProofChanged(Unacceptable):
    """The plan changed between the moment it was shown and the moment it was found right."""

    sentence = N_("Het plan is net veranderd. Kijk het nog een keer na.")


class ErrorNotTold(Unacceptable):
    """An owner says that something is wrong, and not what."""

    sentence = N_("Schrijf op wat er niet klopt.")


class ReachedLater(Unacceptable):
    """Somebody was reached on a day that is still to come."""

    sentence = N_("Deze dag is nog niet geweest. Vul de dag in waarop u de planeigenaar sprak.")


class NothingCorrected(Unacceptable):
    """A correction changes nothing."""

    sentence = N_("U heeft niets veranderd. Verbeter de tekst.")
