"""The letter: whole, readable, accessible, and its code nowhere but on the page."""

import json
import os
import re
import shutil
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from PIL import Image, ImageDraw
from pypdf import PdfReader

from pb.tokens import letters
from pb.tokens.domain import (
    LetterDoesNotFit,
    LetterUnprintable,
    in_groups,
    mint_batch,
)
from pb.tokens.letters import LetterFacts, qr_drawing, write_letters, write_print_file

FACTS = LetterFacts(
    municipality="Gemeente Dorrewold",
    round_title="Buurtbudget De Ganzerik 2026",
    neighbourhood="Torenhof",
    opens="maandag 7 september 2026, 9.00 uur",
    closes="zondag 27 september 2026, 20.00 uur",
    site_address="stem.dorrewold.example/ganzerik",
    contact_phone="14 0123",
    contact_hours="maandag tot en met vrijdag, 9.00 tot 17.00 uur",
    fingerprint="K7M2QX9T4RD8WHB35NPC",
    help_places=("Buurthuis De Brug, Kastanjeplein 8", "Stadhuis, Marktplein 1"),
)


def printables(count, first_number=1):
    return mint_batch(
        count,
        round_id="ganzerik-2026",
        area="torenhof",
        batch="torenhof-1",
        revocation_public_key=bytes(PrivateKey.generate().public_key),
        voting_address="https://stem.dorrewold.example/s/buurtbudget-de-ganzerik-2026",
        first_number=first_number,
    ).printables


@pytest.fixture(scope="module")
def batch():
    return printables(3, first_number=4_711)


@pytest.fixture(scope="module")
def file(batch, tmp_path_factory):
    (path,) = write_letters(batch, FACTS, tmp_path_factory.mktemp("letters"))
    return path


@pytest.fixture(scope="module")
def document(file):
    return PdfReader(file)


def end_at_once(path, *_rest):
    """Stand in for a process that the system kills half-way its file."""
    path.write_bytes(b"%PDF-1.7 half")
    os._exit(9)


def text_of(page):
    return " ".join(page.extract_text().split())


def elements(node):
    """Yield every element of a PDF's structure tree, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        for part in node:
            yield from elements(part)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


# --- on the page ------------------------------------------------------------------------------


def test_every_letter_is_one_page_with_its_own_code_and_number(batch, document):
    assert len(document.pages) == 3
    for printable, page in zip(batch, document.pages, strict=True):
        text, code = text_of(page), printable.code.grouped()

        assert f"{code[:14]} {code[15:]}" in text
        assert f"Briefnummer {printable.serial}" in text
        others = [other for other in batch if other is not printable]
        assert not any(other.code.grouped()[:14] in text for other in others)
        assert not any(other.serial in text for other in others)


@pytest.mark.parametrize(
    "words",
    [
        "Gemeente Dorrewold",
        "Buurtbudget De Ganzerik 2026",
        "Bewoners maakten plannen voor Torenhof.",
        "Stemmen kan van maandag 7 september 2026, 9.00 uur",
        "tot zondag 27 september 2026, 20.00 uur",
        "Geef uw code aan niemand. Ook niet aan iemand die een plan heeft.",
        "Scan de QR-code met de camera van uw telefoon. Of ga naar stem.dorrewold.example/ganzerik",
        "Tot de sluiting kunt u opnieuw stemmen. Uw laatste stem telt.",
        "Buurthuis De Brug, Kastanjeplein 8",
        "Stadhuis, Marktplein 1",
        "bel 14 0123",
        "maandag tot en met vrijdag, 9.00 tot 17.00 uur",
        "Kenmerk op alle stembrieven: K7M2-QX9T-4RD8-WHB3-5NPC",
        "geen stemcodes bij zijn gekomen",
        "English: go to stem.dorrewold.example/ganzerik and choose English.",
        "Türkçe: stem.dorrewold.example/ganzerik adresine gidin ve Türkçe’yi seçin.",
        "Polski: wejdź na stem.dorrewold.example/ganzerik i wybierz język polski.",
    ],
)
def test_the_letter_says(words, document):
    assert all(words in text_of(page) for page in document.pages)


def test_arabic_comes_out_of_the_file_as_it_is_written(document):
    """A font that draws dots apart gives letters twice, and nobody can read that aloud."""
    text = document.pages[0].extract_text()
    arabic = re.sub("[^\u0600-\u06ff]", "", text)

    assert sorted(arabic) == sorted("العربيةافتحواخترالعربية")


def test_the_code_is_big_and_the_address_window_is_empty_below_the_letter_number(document):
    """The window is 45 to 90 mm from the top and 20 to 105 mm from the left (DIN 5008 B)."""
    words = []

    def look(text, matrix, _text_matrix, _font, size):
        if text.strip():
            left, top = matrix[4] / 72 * 25.4, 297 - matrix[5] / 72 * 25.4
            words.append((text.strip(), size, left, top))

    document.pages[0].extract_text(visitor_text=look)
    code = [size for text, size, _, _ in words if re.fullmatch(r"(?:\w{4}-){2}\w{4}", text)]
    window = [text for text, _, left, top in words if left < 105 and 45 < top < 90]

    assert len(code) == 2
    assert min(code) >= 16
    assert min(size for _, size, _, _ in words) >= 8
    assert window == ["Afzender: Gemeente Dorrewold", "Briefnummer 004711-8"]
    assert all(top < 60 for text, _, _, top in words if text in window)


def test_languages_that_are_not_offered_are_not_promised(batch, tmp_path):
    (path,) = write_letters(batch[:1], replace(FACTS, languages=("en",)), tmp_path)
    text = text_of(PdfReader(path).pages[0])

    assert "choose English" in text
    assert "Polski" not in text
    assert "Türkçe" not in text


# --- the QR code ------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs poppler-utils")
def test_the_qr_code_on_paper_opens_the_voting_page_with_the_code(batch, file, tmp_path):
    subprocess.run(["pdftoppm", "-r", "100", "-png", file, tmp_path / "page"], check=True)  # noqa: S607
    for printable, picture in zip(batch, sorted(tmp_path.glob("*.png")), strict=True):
        with Image.open(picture) as page:
            (found,) = zxingcpp.read_barcodes(page)
        corners = (found.position.top_left, found.position.top_right)
        millimetres = (corners[1].x - corners[0].x) / 100 * 25.4

        assert found.text == printable.url
        assert found.text.endswith("#" + printable.code.revealed())
        assert millimetres >= 25


@pytest.mark.parametrize("slug", ["a", "buurtbudget-de-ganzerik-2026", "x" * 90])
def test_the_drawing_is_a_qr_code_with_white_around_it(slug):
    content = f"https://stem.dorrewold.example/s/{slug}#K7M2QX9T4RD8WHB35NPC6VA0"
    drawing = qr_drawing(content)
    side = int(re.search(r'viewBox="0 0 (\d+)', drawing)[1])
    picture = Image.new("L", (side * 4, side * 4), 255)
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", drawing)
    for left, top, width in (map(int, run) for run in runs):
        corner = ((left + width) * 4 - 1, top * 4 + 3)
        ImageDraw.Draw(picture).rectangle((left * 4, top * 4, *corner), fill=0)

    (found,) = zxingcpp.read_barcodes(picture)

    assert found.text == content
    assert found.ec_level == "M"
    assert min(int(top) for _, top, _ in runs) == min(int(left) for left, _, _ in runs) == 4


# --- accessible -------------------------------------------------------------------------------


def test_the_file_is_pdf_ua_1_with_a_title_and_a_language(document):
    root = document.trailer["/Root"]

    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert document.metadata.title == "Stembrieven Buurtbudget De Ganzerik 2026"


def test_every_letter_has_headings_lists_a_described_picture_and_languages(document):
    tags = list(elements(document.trailer["/Root"]["/StructTreeRoot"]))
    kinds = [tag["/S"] for tag in tags]

    assert kinds.count("/H1") == 3
    assert kinds.count("/H2") == 9
    assert kinds.count("/L") == 6
    assert [tag["/Lang"] for tag in tags if "/Lang" in tag] == ["en", "tr", "ar", "pl"] * 3
    assert all("QR-code" in tag["/Alt"] for tag in tags if tag["/S"] == "/Figure")
    assert kinds.count("/Figure") == 3


def test_only_the_fonts_of_the_project_are_used(document):
    names = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for page in document.pages
        for font in page["/Resources"]["/Font"].values()
    }

    assert {name.split("-")[0] for name in names} == {"NotoSans", "NotoSansMono", "NotoSansArabic"}


# --- files ------------------------------------------------------------------------------------


def test_the_code_is_in_no_name_and_no_metadata(batch, file, document):
    metadata = document.trailer["/Root"]["/Metadata"].get_data().decode()
    around = f"{file} {document.metadata} {metadata} {document.outline}"
    alternative = " ".join(
        str(tag.get("/Alt", "")) for tag in elements(document.trailer["/Root"]["/StructTreeRoot"])
    )

    for printable in batch:
        for secret in (printable.code.revealed(), printable.code.grouped()[:14]):
            assert secret not in around
            assert secret not in alternative
            assert secret.encode() not in file.read_bytes()


def test_files_are_for_their_owner_only_and_named_after_letter_numbers(tmp_path):
    folder = tmp_path / "print" / "torenhof"
    told = []

    paths = write_letters(
        printables(5), FACTS, folder, per_file=2, progress=lambda *done: told.append(done)
    )

    assert [path.name for path in paths] == [
        "letters-000001-000002.pdf",
        "letters-000003-000004.pdf",
        "letters-000005-000005.pdf",
    ]
    assert sorted(folder.iterdir()) == paths
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [len(PdfReader(path).pages) for path in paths] == [2, 2, 1]
    assert told[-1] == (5, 5)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_writing_again_replaces_the_file(batch, tmp_path):
    (first,) = write_letters(batch, FACTS, tmp_path)
    (second,) = write_letters(batch, replace(FACTS, neighbourhood="Havenkom"), tmp_path)

    assert first == second
    assert "Havenkom" in text_of(PdfReader(second).pages[0])


def test_texts_that_do_not_fit_on_one_page_are_refused_and_leave_nothing(batch, tmp_path):
    with pytest.raises(LetterDoesNotFit):
        write_letters(batch, replace(FACTS, help_places=("Buurthuis",) * 15), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_symbol_without_a_shape_is_refused_and_leaves_nothing(batch, tmp_path):
    with pytest.raises(LetterUnprintable):
        write_letters(batch, replace(FACTS, neighbourhood="東"), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_killed_is_reported_and_leaves_nothing(batch, monkeypatch, tmp_path):
    monkeypatch.setattr(letters, "_make_file", end_at_once)
    with pytest.raises(RuntimeError, match="ended before"):
        write_letters(batch, FACTS, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_letter_that_was_written_stays_when_writing_again_fails(batch, tmp_path):
    (path,) = write_letters(batch, FACTS, tmp_path)
    with pytest.raises(LetterDoesNotFit):
        write_letters(batch, replace(FACTS, help_places=("Buurthuis",) * 15), tmp_path)

    assert list(tmp_path.iterdir()) == [path]


def test_texts_are_printed_and_never_run(batch, tmp_path):
    name = '#panic("x") *Ö* $a$ \\u{41} <b> “wijk” Česká Łódź'
    (path,) = write_letters(batch[:1], replace(FACTS, neighbourhood=name), tmp_path)

    assert f"Bewoners maakten plannen voor {name}." in text_of(PdfReader(path).pages[0])


def test_long_names_and_places_still_fit(batch, tmp_path):
    long = replace(
        FACTS,
        municipality="Gemeente Bovenkerkerdijk aan den Rijn en Omstreken",
        round_title="Buurtbudget Bovenkerkerpolder, Middelhoven en Randwijck 2026",
        neighbourhood="Bovenkerkerpolder, Middelhoven en Randwijck",
        help_places=("Buurthuis De Brug, Kastanjeplein 8, op maandag",) * 3,
        site_address="stem.bovenkerkerdijk-aan-den-rijn.nl/randwijck",
    )
    (path,) = write_letters(batch[:1], long, tmp_path)

    assert len(PdfReader(path).pages) == 1


@pytest.mark.parametrize("per_file", [0, 501])
def test_a_file_holds_at_most_five_hundred_letters(batch, per_file, tmp_path):
    with pytest.raises(ValueError, match="500"):
        write_letters(batch, FACTS, tmp_path, per_file=per_file)


def test_two_letters_with_one_number_are_not_printed(tmp_path):
    with pytest.raises(ValueError, match="same number"):
        write_letters([*printables(1), *printables(1)], FACTS, tmp_path)


def test_no_letters_give_no_files(tmp_path):
    assert write_letters([], FACTS, tmp_path) == []


# --- for the printing house -------------------------------------------------------------------


def test_only_the_printer_opens_the_print_file(batch):
    printer = PrivateKey.generate()
    sealed = write_print_file(batch, bytes(printer.public_key))

    lines = SealedBox(printer).decrypt(sealed).decode().splitlines()

    assert [json.loads(line) for line in lines] == [
        {"serial": each.serial, "code": each.code.grouped(), "url": each.url} for each in batch
    ]
    assert not any(each.code.revealed().encode() in sealed for each in batch)
    with pytest.raises(CryptoError):
        SealedBox(PrivateKey.generate()).decrypt(sealed)


def test_the_fingerprint_is_printed_in_groups(document):
    assert in_groups(FACTS.fingerprint) in text_of(document.pages[0])


def test_every_font_comes_with_its_licence():
    folder = Path(__file__).parents[2] / "static" / "fonts" / "letters"
    readme = (folder / "README.md").read_text()

    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text().upper()
    assert all(font.name in readme for font in folder.glob("*.ttf"))
