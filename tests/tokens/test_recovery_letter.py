"""The letter for the sealed envelope: one page, readable aloud, with the code once."""

import io
import multiprocessing

import pytest
from pypdf import PdfReader

from pb.tokens import recovery_letter as letters
from pb.tokens.ceremony_rules import EnvelopeUnprintable
from pb.tokens.domain import mint_code
from pb.tokens.recovery_letter import EnvelopeFacts, recovery_letter

FACTS = {
    "municipality": "Gemeente Dorrewold",
    "round_title": "Buurtbudget De Ganzerik 2026",
    "slug": "ganzerik-2026",
    "officers": ("Griffier", "Teller", "Notaris"),
    "made": "maandag 7 september 2026, 9.00 uur",
}


def letter(code, **changes):
    return PdfReader(io.BytesIO(recovery_letter(code, EnvelopeFacts(**FACTS | changes))))


def text_of(document):
    return " ".join(document.pages[0].extract_text().split())


@pytest.fixture(scope="module")
def code():
    return mint_code()


@pytest.fixture(scope="module")
def document(code):
    return letter(code)


def test_the_code_stands_on_one_page_in_two_rows(document, code):
    assert len(document.pages) == 1
    groups = code.grouped()
    assert f"{groups[:14]} {groups[15:]}" in text_of(document)


@pytest.mark.parametrize(
    "words",
    [
        "Gemeente Dorrewold",
        "Buurtbudget De Ganzerik 2026",
        "maandag 7 september 2026, 9.00 uur",
        "Breng de envelop naar de notaris.",
        "Wis daarna het bestand",
        "Alleen als twee sleutelhouders hun wachtzin kwijt zijn.",
        "pb key wrap ganzerik-2026 --officer 1 --recovery",
        "1: Griffier",
        "3: Notaris",
    ],
)
def test_the_letter_says(document, words):
    assert words in text_of(document)


def test_the_file_is_pdf_ua_1_with_a_title_and_a_language(document):
    root = document.trailer["/Root"]

    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert document.metadata.title == "Herstelcode Buurtbudget De Ganzerik 2026"


def test_what_a_municipality_wrote_is_printed_as_it_is(code):
    text = text_of(letter(code, round_title="#let *x* = $y$", officers=("_a_", "`b`", "@c")))

    assert "#let *x* = $y$" in text
    assert "1: _a_" in text
    assert "3: @c" in text


def test_long_names_still_fit_on_one_page(code):
    assert len(letter(code, round_title="Buurtbudget " * 15, officers=("F" * 80,) * 3).pages) == 1


def test_a_symbol_without_a_shape_is_refused_with_a_sentence(code):
    with pytest.raises(EnvelopeUnprintable):
        letter(code, round_title="Buurtbudget \U0001f333")


def test_no_process_stays_behind_and_what_goes_wrong_does_not_tell_the_code(code, monkeypatch):
    monkeypatch.setattr(letters, "_set", end_at_once)

    with pytest.raises(RuntimeError) as found:
        recovery_letter(code, EnvelopeFacts(**FACTS))

    assert code.grouped()[:14] not in str(found.value)
    assert multiprocessing.active_children() == []


def end_at_once(_values, answer):
    """Stand in for a process that the system kills."""
    answer.close()
