"""An account: a member of the staff, or of the council or bureau, who may act in the house.

Residents have no account; they act through private links and the codes on letters.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pb.foundation.errors import N_, NotFound, NotPermitted, Unacceptable


class Role(StrEnum):
    """What somebody who signs in is trusted with (product.md 3.2)."""

    ROUND_MANAGER = "round_manager"
    REVIEWER = "reviewer"
    HELPER = "helper"
    COUNTER = "counter"
    COUNCIL = "council"
    FACILITATOR = "facilitator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    Role.ROUND_MANAGER: N_("Projectleider buurtbudget"),
    Role.REVIEWER: N_("Adviseur"),
    Role.HELPER: N_("Helper"),
    Role.COUNTER: N_("Teller"),
    Role.COUNCIL: N_("Wijkraad"),
    Role.FACILITATOR: N_("Procesbegeleider"),
    Role.AUDITOR: N_("Controleur"),
    Role.ADMINISTRATOR: N_("Beheerder"),
}

# Officers' sessions: voting.md 6.
IDLE_AT_MOST = timedelta(minutes=15)
SIGNED_IN_AT_MOST = timedelta(hours=8)
# A session is noted as seen at most this often, so that reading pages hardly ever writes.
NOTED_EVERY = timedelta(minutes=1)

PASSWORD_AT_LEAST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody who signs in. ``label``: the function that the public sees, never the name."""

    id: int
    name: str
    email: str
    label: str
    roles: frozenset[Role]
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSession:
    """One sign-in of a staff member, listed for them and revocable."""

    id_hash: bytes
    staff_id: int
    started_at: datetime
    seen_at: datetime

    def is_alive(self, now: datetime) -> bool:
        """Tell whether this session still holds at ``now``."""
        return now - self.seen_at <= IDLE_AT_MOST and now - self.started_at <= SIGNED_IN_AT_MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAct:
    """Something that was done to an account. ``what``: a marked Dutch sentence.

    by: the name of who did it; empty for the command line.
    about: the name of whose account it is.
    """

    number: int
    at: datetime
    by: str
    about: str
    what: str


def refuse_weak(password: str) -> None:
    """Raise PasswordTooShort unless a password has twelve characters or more."""
    if len(password) < PASSWORD_AT_LEAST:
        raise PasswordTooShort(characters=PASSWORD_AT_LEAST)


def tidy_email(written: str) -> str:
    """Return an address as it is kept and compared: no spaces around it, small letters."""
    return written.strip().lower()


class SignInRefused(NotPermitted):
    """The address is unknown, the password is wrong, or the account is closed."""

    sentence = N_("Het e-mailadres of het wachtwoord klopt niet. Probeer het nog eens.")


class SignInPaused(NotPermitted):
    """Too many wrong passwords came from this network for this account."""

    sentence = N_(
        "Er is te vaak een verkeerd wachtwoord ingevuld. Wacht tien minuten. "
        "Lukt het dan niet? Bel de beheerder."
    )


class StaffNotFound(NotFound):
    """There is no staff member with this id."""

    sentence = N_("Deze collega staat niet in de lijst.")


class EmailTaken(Unacceptable):
    """Another account has this address."""

    sentence = N_("Er is al een account met dit e-mailadres.")


class PasswordTooShort(Unacceptable):
    """A password has too few characters."""

    sentence = N_("Een wachtwoord heeft minstens %(characters)s tekens.")


class PasswordNotYours(Unacceptable):
    """Somebody changes a password and does not know the present one."""

    sentence = N_("Uw wachtwoord van nu klopt niet. Vul het nog eens in.")


class RolesMissing(Unacceptable):
    """An account would have no role, and so could open no door."""

    sentence = N_("Kies minstens één rol.")


class NoAdministratorLeft(Unacceptable):
    """Nobody could give out accounts any more."""

    sentence = N_("Dit is de laatste beheerder. Maak eerst een andere collega beheerder.")
