"""The receipt for a second phone: what its QR code says, and that nothing of it is ever sent."""

import io
import re
import time
from html import unescape

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from pb.ballots.receipts import qr_code_of
from tests.ballots.test_public import CODE, SLUG, choose, code, hidden_fields, voting

__all__ = ["code", "voting"]  # fixtures
ADDRESS = f"https://stem.dorrewold.example/ronde/{SLUG}/controle/bon"
BLACK = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")
MOST_CPU = 0.030  # seconds, of the whole request that casts a vote, at the 95th percentile


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


def address_on(page):
    path = re.search(r'href="([^"]*/controle/bon#[^"]*)"', page.text)[1]
    return unescape(path)


def test_the_qr_code_says_the_address_that_the_link_says(resident, code):
    page = receipt_of(resident, code)

    path = address_on(page)
    side, black = re.search(
        r'class="pb-qr"[^>]* viewBox="0 0 (\d+) \1".*?<path[^>]* d="([^"]*)"', page.text
    ).groups()
    assert path.startswith(f"/ronde/{SLUG}/controle/bon#v1.")
    assert read(black, int(side)) == f"https://stem.dorrewold.example{path}"


def test_an_address_with_every_sign_of_choices_is_read_back():
    for choices in ("3,7,12", "[3,2],[7,1],[112,10]", ""):
        address = f"{ADDRESS}#v1.{'A' * 43}.12.{'_-' * 21}x.{choices}.123456.{'z' * 86}"

        qr_code = qr_code_of(address)

        assert read(qr_code.path, qr_code.side) == address


def test_the_receipt_is_in_no_cookie_log_or_store_and_is_not_sent_back(resident, code, caplog):
    fragment = address_on(receipt_of(resident, code)).partition("#")[2]

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


@pytest.mark.parametrize("measured", [40])
def test_drawing_a_qr_code_leaves_casting_within_its_time(measured):
    """The whole request has 30 ms of this processor; the drawing takes some 4 of them."""
    address = f"{ADDRESS}#v1.{'A' * 43}.1.{'B' * 43}.3,7,12,15,23.1234.{'C' * 86}"
    qr_code_of(address)  # the first time reads tables
    taken = []
    for _ in range(measured):
        began = time.thread_time()
        qr_code_of(address)
        taken.append(time.thread_time() - began)

    assert sorted(taken)[int(measured * 0.95)] < MOST_CPU / 2


def test_the_drawing_is_small_enough_for_a_slow_line():
    path = qr_code_of(f"{ADDRESS}#v1.{'A' * 43}.1.{'Zx_9' * 10}.3,7,12.1234.{'Cq-7' * 21}").path

    assert len(path) < 20_000
    assert len(io.BytesIO(path.encode()).getvalue()) == len(path)  # plain ASCII
