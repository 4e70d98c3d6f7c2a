"""The words of the service: gettext catalogues, the language of a request, refusals.

Dutch is the source: every sentence in code and templates is the Dutch one, and the other
catalogues translate it.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from flask import Flask, g, request, session
from flask_babel import Babel, force_locale, get_translations
from markupsafe import Markup

from pb.foundation.errors import Refusal
from pb.foundation.language import LANGUAGES, OFFERED
from pb.web import formats

CATALOGUES = Path(__file__).with_name("translations")


def language_of_request() -> str:
    """Return the language that the visitor chose, else what the browser asks, else Dutch."""
    if "language" not in g:
        offered = [language.code for language in OFFERED]
        chosen = session.get("language")
        g.language = (
            chosen
            if chosen in offered
            else request.accept_languages.best_match(offered, default="nl")
        )
    language: str = g.language
    return language


def gettext(sentence: str, **values: object) -> str:
    """Return a sentence in the language of this request, its values filled in."""
    found: str = catalogue().ugettext(sentence)
    return found % values if values else found


def ngettext(one: str, more: str, number: int, /, **values: object) -> str:
    """Return the sentence for this number, in the language of this request."""
    found: str = catalogue().ungettext(one, more, number)
    return found % {"num": number, **values}


def _on_page(sentence: str, /, **values: object) -> Markup:
    """Return a sentence for a page: ours, so it may hold markup; its values are escaped."""
    return Markup(catalogue().ugettext(sentence)) % values  # noqa: S704 - from our catalogues


def _number_on_page(one: str, more: str, number: int, /, **values: object) -> Markup:
    """Return the sentence for this number for a page."""
    found = catalogue().ungettext(one, more, number)
    return Markup(found) % {"num": number, **values}  # noqa: S704 - from our catalogues


def catalogue() -> NullTranslations:
    """Return the words of the language of this request."""
    return _catalogue(g.get("language", "nl"))


@cache
def _catalogue(language: str) -> NullTranslations:
    """Return the words of a language: one of ours, so that there are a few at most."""
    # The extension looks the catalogue up for every sentence of a page; once is enough.
    with force_locale(language):
        found: NullTranslations = get_translations()
    return found


def translated(sentence: str, values: Mapping[str, object]) -> str:
    """Return a marked sentence in the language of the page, its values filled in.

    Values that are text are translated too when the catalogue knows them; those whose name
    ends in ``_money`` are cents; moments are shown in the municipality's zone.
    """
    return str(gettext(sentence)) % {name: _shown(name, value) for name, value in values.items()}


def _shown(name: str, value: object) -> object:
    if name.endswith("_money") and isinstance(value, int):
        return formats.money(value)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, str) and value:
        return gettext(value)
    return value


def sentence_of(refusal: Refusal) -> str:
    """Return a refusal's sentence for the person who reads it."""
    return translated(refusal.sentence, refusal.values)


def offer_words(app: Flask) -> None:
    """Set up gettext and give templates the words and the reading direction."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    app.config["BABEL_DEFAULT_LOCALE"] = "nl"
    Babel(app, locale_selector=language_of_request)
    app.jinja_env.globals["translated"] = translated
    # What Jinja's own ``_`` does in three calls of a page, in one.
    app.jinja_env.globals.update(_=_on_page, gettext=_on_page, ngettext=_number_on_page)

    @app.before_request
    def choose_language() -> None:
        language_of_request()

    @app.context_processor
    def language() -> dict[str, Any]:
        code = g.get("language", "nl")
        return {
            "language": code,
            "text_direction": LANGUAGES[code].direction,
            "languages": OFFERED,
        }


__all__ = ["gettext", "language_of_request", "ngettext", "offer_words", "sentence_of", "translated"]
