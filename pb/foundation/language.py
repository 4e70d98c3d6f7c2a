"""The languages of the service and the direction in which each is read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code, its own name, and its reading direction."""

    code: str
    name: str
    direction: str = "ltr"


DUTCH = Language("nl", "Nederlands")
ENGLISH = Language("en", "English")
TURKISH = Language("tr", "Türkçe")
ARABIC = Language("ar", "العربية", "rtl")
POLISH = Language("pl", "Polski")

# The order is the order of the language switch: Dutch first, as decided.
LANGUAGES = {each.code: each for each in (DUTCH, ENGLISH, TURKISH, ARABIC, POLISH)}

# Offered on pages: the languages whose catalogue is complete (tests/web/test_wording.py).
OFFERED = (DUTCH, ENGLISH, ARABIC)
