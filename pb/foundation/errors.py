"""Refusals: the expected ways in which the service says no.

A refusal is part of the conversation with a person, not a bug. Rooms subclass one of the
four families below and write the sentence for the person, in Dutch B1, beside the class.
``pb/web/error_pages.py`` is the only place that turns a refusal into a page; the sentence
is translated there, by its text.
"""

from typing import ClassVar


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a sentence for translation later. Returns it unchanged."""
    return sentence


class Refusal(Exception):
    """Base of every expected error.

    sentence: Dutch B1 with named placeholders: what is wrong, what to do, who helps.
    values: what the placeholders stand for; never a code, a name or an address.
    """

    sentence: ClassVar[str] = N_("Dit kan niet.")

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.sentence % values)


class NotFound(Refusal):
    """There is no such thing, or this person may not know that there is."""

    sentence = N_("Deze pagina bestaat niet. Kijk of het adres klopt.")


class NotPermitted(Refusal):
    """The thing exists, but this person may not do this to it."""

    sentence = N_("U mag dit niet doen. Denkt u dat dit niet klopt? Bel ons.")


class WrongState(Refusal):
    """The round is not in the state in which this can be done."""

    sentence = N_("Dit kan nu niet. Kijk op de pagina van de ronde wat er nu kan.")


class Unacceptable(Refusal):
    """What was sent breaks a rule of the framework or cannot be read."""

    sentence = N_("Dit past niet in de regels van deze ronde.")
