"""Slows down the guessing of passphrases: per network, counted after a failure."""

from collections.abc import Iterator
from contextlib import contextmanager

from pb.foundation.errors import N_, NotPermitted
from pb.tokens.ceremony_rules import PassphraseWrong
from pb.web.limits import count_failure, has_room

WHAT = "passphrase"


class TooManyPassphrases(NotPermitted):
    """This network sent too many wrong passphrases in a short time."""

    sentence = N_("Er zijn te veel verkeerde wachtzinnen ingevuld. Wacht tien minuten.")


@contextmanager
def passphrases_counted() -> Iterator[None]:
    """Try passphrases inside: a wrong one is counted, and after too many none is tried.

    Raises TooManyPassphrases.
    """
    if not has_room(WHAT):
        raise TooManyPassphrases
    try:
        yield
    except PassphraseWrong:
        count_failure(WHAT)
        raise
