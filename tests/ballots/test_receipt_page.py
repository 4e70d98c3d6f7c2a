"""The receipt for a second phone: what its QR code says, and that nothing of it is ever sent."""

import io
import re
from datetime import timedelta
from html import unescape

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from pb.ballots.receipts import qr_code_of
from tests.ballots.boxes import CLOSES
from tests.ballots.test_public import CODE, SLUG, choose, code, hidden_fields, voting

__all__ = ["code", "voting"]  # fixtures
ADDRESS = f"https://stem.dorrewold.example/ronde/{SLUG}/controle/bon"
BLACK = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")
QR_CODE = f"/ronde/{SLUG}/stemmen/stembewijs"
TRACKING_CODE = re.compile(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</code>")


def drawn(svg_path, side, scale=4):
    """Draw a path of black modules, as a browser does."""
    picture = Image.new("L", (side * scale, side * scale), 255)
    pencil = ImageDraw.Draw(picture)
    for left, top, width in (map(int, run) for run in BLACK.findall(svg_path)):
        box = (left * scale, top * scale, (left + width) * scale - 1, (top + 1) * scale - 1)
        pencil.rectangle(box, fill=0)
    return picture


def read(svg_path, side):
    [found] = zxingcpp.read_barcodes(np.asarray(drawn(svg_path, side)))
    return found.text


def receipt_of(resident, code):
    choose(resident, 1, 2)
    page = resident.get(CODE)
    return resident.post(CODE, data={**hidden_fields(page), "code": code})


def qr_page_of(resident, page):
    """Ask for the QR code, as the button on the page of the receipt does."""
    return resident.post(QR_CODE, data={"receipt": hidden_fields(page)["receipt"]})


def address_on(page):
    path = re.search(r'href="([^"]*/controle/bon#[^"]*)"', page.text)[1]
    return unescape(path)


def test_the_qr_code_says_the_address_that_the_link_says(resident, code):
    receipt = receipt_of(resident, code)

    page = qr_page_of(resident, receipt)

    path = address_on(page)
    side, black = re.search(
        r'class="pb-qr"[^>]* viewBox="0 0 (\d+) \1".*?<path[^>]* d="([^"]*)"', page.text
    ).groups()
    assert path == address_on(receipt)
    assert path.startswith(f"/ronde/{SLUG}/controle/bon#v1.")
    assert read(black, int(side)) == f"https://stem.dorrewold.example{path}"


def test_the_page_with_the_qr_code_says_the_tracking_code_too(resident, code):
    receipt = receipt_of(resident, code)
    [tracking_code] = TRACKING_CODE.findall(receipt.text)

    page = qr_page_of(resident, receipt)

    assert TRACKING_CODE.findall(page.text) == [tracking_code]


def test_the_qr_code_can_be_had_after_the_voting_closed(resident, code, clock):
    receipt = receipt_of(resident, code)

    clock.move_to(CLOSES + timedelta(minutes=5))

    assert 'class="pb-qr"' in qr_page_of(resident, receipt).text


def without(part):
    return lambda receipt: ".".join(each for n, each in enumerate(receipt.split(".")) if n != part)


def with_part(part, change):
    def changed(receipt):
        parts = receipt.split(".")
        parts[part] = change(parts[part])
        return ".".join(parts)

    return changed


CHANGES = (
    lambda receipt: "",
    lambda receipt: "x",
    lambda receipt: receipt[:-1],
    lambda receipt: receipt + "A",
    lambda receipt: receipt.replace("v1.", "v2."),
    lambda receipt: "<b>" + receipt,
    *map(without, range(7)),
    with_part(1, lambda key: "AB"[key[0] == "A"] + key[1:]),
    with_part(2, lambda version: "2"),
    with_part(3, lambda nonce: nonce[::-1]),
    with_part(4, lambda choices: "1"),
    with_part(4, lambda choices: "[" * 3_000),
    with_part(4, lambda choices: "9" * 4_000),
    with_part(4, lambda choices: ""),
    with_part(5, lambda size: str(int(size) + 1)),
    with_part(6, lambda signature: "A" * 86),
)


def test_a_qr_code_is_drawn_only_of_what_the_service_signed(resident, code):
    receipt = hidden_fields(receipt_of(resident, code))["receipt"]

    for change in CHANGES:
        page = resident.post(QR_CODE, data={"receipt": change(receipt)})

        assert page.status_code == 422, change(receipt)
        assert "Dit stembewijs is niet van ons" in page.text
        assert 'class="pb-qr"' not in page.text


def test_an_address_with_every_sign_of_choices_is_read_back():
    for choices in ("3,7,12", "[3,2],[7,1],[112,10]", ""):
        address = f"{ADDRESS}#v1.{'A' * 43}.12.{'_-' * 21}x.{choices}.123456.{'z' * 86}"

        qr_code = qr_code_of(address)

        assert read(qr_code.path, qr_code.side) == address


def test_the_receipt_is_in_no_cookie_log_or_address(resident, code, caplog):
    page = receipt_of(resident, code)
    qr_page_of(resident, page)
    fragment = address_on(page).partition("#")[2]

    secret = [part for part in fragment.split(".") if len(part) > 40]
    cookies = str(list(resident._cookies.values()))
    assert len(secret) == 3
    for part in secret:
        assert part not in cookies
        assert part not in caplog.text


def test_the_page_that_checks_is_the_same_for_every_receipt(resident, voting):
    pages = {resident.get(f"/ronde/{SLUG}/controle/bon").text for _ in range(2)}

    assert len(pages) == 1
    [page] = pages
    assert page.index("js/receipt.js") < page.index("js/verify.js"), "clears the address first"
    assert re.search(r'<script src="[^"]*receipt\.js[^"]*"></script>', page), "without defer"


def test_public_files_may_be_read_by_a_page_of_somebody_else(resident, code):
    receipt_of(resident, code)

    for name in ("ledger.jsonl", "checkpoints.jsonl", "config.json", "projects.json"):
        response = resident.get(f"/ronde/{SLUG}/controle/logboek/{name}")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    page = resident.get(f"/ronde/{SLUG}/controle/logboek")
    assert "Access-Control-Allow-Origin" not in page.headers


def test_the_drawing_is_small_enough_for_a_slow_line():
    path = qr_code_of(f"{ADDRESS}#v1.{'A' * 43}.1.{'Zx_9' * 10}.3,7,12.1234.{'Cq-7' * 21}").path

    assert len(path) < 20_000
    assert len(io.BytesIO(path.encode()).getvalue()) == len(path)  # plain ASCII
