"""A language is offered only when every sentence has words in it."""

import re

import pytest

from pb.foundation.errors import Refusal
from pb.foundation.language import DUTCH, OFFERED
from pb.web.catalogues import read, sentences, untranslated

OTHERS = [language.code for language in OFFERED if language != DUTCH]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def gathered():
    return {message.id for message in sentences() if message.id}


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_has_words_in_an_offered_language(code, gathered):
    catalogue = read(code)

    assert {message.id for message in catalogue if message.id} == gathered, (
        "run: python -m pb.web.catalogues"
    )
    assert untranslated(catalogue) == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_keeps_every_placeholder(code):
    for message in read(code):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = {name for each in ids for name in PLACEHOLDER.findall(each)}
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        for each in words:
            found = set(PLACEHOLDER.findall(each))
            # A plural form may spell its number out: Arabic has words for one and two.
            assert found <= wanted, message.id
            assert wanted - found <= ({"num"} if len(words) > 1 else set()), message.id


def test_every_refusal_has_a_sentence_of_its_own_family(app, gathered):
    def families(refusal):
        yield refusal
        for each in refusal.__subclasses__():
            yield from families(each)

    for refusal in families(Refusal):
        # The trials speak on the command line only, and in English.
        if refusal.__module__.startswith("pb.") and not refusal.__module__.startswith("pb.trials"):
            assert refusal.sentence in gathered, refusal
