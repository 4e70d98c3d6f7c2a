"""What may happen in a key ceremony, and every no that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pb.foundation.errors import N_, NotFound, Unacceptable, WrongState
from pb.tokens.officers import (
    LONGEST_PASSPHRASE,
    NUMBERS,
    PASSPHRASE_AT_LEAST,
    Officer,
    Pair,
    SharedKey,
    normal,
)

# What two people type: the number of an officer and a passphrase, twice.
Typed = Sequence[tuple[int, str]]

DIFFERENT_SYMBOLS_AT_LEAST = 6


class CeremonyMissing(WrongState):
    """Something needs the keys of the round before three officers made them."""

    sentence = N_("Doe eerst de sleutelceremonie: drie sleutelhouders maken de sleutels.")


class OfficersMissing(WrongState):
    """The keys were asked for before all three officers chose a passphrase."""

    sentence = N_("Er zijn drie sleutelhouders nodig. Laat eerst iedereen een wachtzin kiezen.")


class OfficerKnown(WrongState):
    """A place at the table is taken; only beginning again empties it."""

    sentence = N_("Deze sleutelhouder koos al een wachtzin. Gaat het om een ander? Begin opnieuw.")


class OfficerUnknown(NotFound):
    """There are three officers, and this is none of them."""

    sentence = N_("Deze sleutelhouder bestaat niet. Er zijn er drie: 1, 2 en 3.")


class OfficersChanged(WrongState):
    """Somebody else changed something about the officers while this was done."""

    sentence = N_("Iemand anders veranderde net iets aan de sleutels. Open de pagina opnieuw.")


class KeysAreMade(WrongState):
    """The keys are there; officers get another passphrase, not another key."""

    sentence = N_("De sleutels zijn al gemaakt.")


class KeysInUse(WrongState):
    """Letters were made for these keys, so they cannot be thrown away."""

    sentence = N_("De stemcodes zijn al gemaakt met deze sleutels. Opnieuw beginnen kan niet meer.")


class RehearsalMissing(WrongState):
    """An officer never opened anything: nobody knows whether it would work."""

    sentence = N_("Oefen eerst met de sleutels. Elke sleutelhouder moet een keer hebben meegedaan.")


class PassphraseWeak(Unacceptable):
    """A passphrase is too short, too long or hardly anything but repetition."""

    sentence = N_(
        "Kies een wachtzin van minstens %(least)s tekens, met genoeg verschillende tekens."
    )


class PassphraseTaken(Unacceptable):
    """Two officers would have one passphrase, so that one of them could open alone."""

    sentence = N_("Een andere sleutelhouder koos deze wachtzin ook. Kies allebei een andere.")


class PassphraseWrong(Unacceptable):
    """A passphrase does not fit its officer."""

    sentence = N_("De wachtzin van deze sleutelhouder klopt niet: %(officers)s.")


class TwoOfficersNeeded(Unacceptable):
    """Fewer than two different officers, or an officer who does not exist."""

    sentence = N_("Er zijn twee verschillende sleutelhouders nodig.")


class KeysDamaged(WrongState):
    """What is kept of the keys does not fit together: an accident, or somebody tampered."""

    sentence = N_("De sleutels in de opslag kloppen niet meer. Stop hier en bel de beheerder.")


class KeyDestroyed(WrongState):
    """The key was destroyed after the objection period, as was promised."""

    sentence = N_("Deze sleutel is vernietigd. Er is niets meer mee te openen.")


class RecoveryCodeWrong(Unacceptable):
    """What was typed is not the code in the envelope of this round."""

    sentence = N_("Deze herstelcode klopt niet. Kijk of u alle 24 tekens heeft ingevuld.")


class EnvelopeUnprintable(Unacceptable):
    """The name of the round or a function has a symbol that the fonts do not have."""

    sentence = N_(
        "De envelop kan niet worden gemaakt. Gebruik gewone letters voor de functies en de titel."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """How far the ceremony of a round is, as every colleague may know.

    public_keys: empty until the keys are made. rehearsed: the pairs that opened a dummy ballot
    with the passphrases of today.
    """

    officers: Mapping[int, Officer]
    public_keys: Mapping[SharedKey, bytes]
    rehearsed: frozenset[Pair]

    @property
    def is_made(self) -> bool:
        """Tell whether the keys are there."""
        return bool(self.public_keys)

    @property
    def is_complete(self) -> bool:
        """Tell whether all three officers chose a passphrase."""
        return set(self.officers) == set(NUMBERS)

    @property
    def is_rehearsed(self) -> bool:
        """Tell whether every officer took part in a rehearsal that opened."""
        return {number for pair in self.rehearsed for number in pair} == set(NUMBERS)


def refuse_weak(passphrase: str) -> None:
    """Raise PassphraseWeak for what can be guessed too easily."""
    used = normal(passphrase)
    is_long_enough = PASSPHRASE_AT_LEAST <= len(used) <= LONGEST_PASSPHRASE
    if not is_long_enough or len(set(used)) < DIFFERENT_SYMBOLS_AT_LEAST:
        raise PassphraseWeak(least=PASSPHRASE_AT_LEAST)


def refuse_unless_two(typed: Typed) -> None:
    """Raise TwoOfficersNeeded unless two different officers speak."""
    numbers = [number for number, _ in typed]
    if len(numbers) != 2 or len(set(numbers)) != 2 or not set(numbers) <= set(NUMBERS):
        raise TwoOfficersNeeded
