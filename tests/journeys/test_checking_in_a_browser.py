"""People check: a receipt on a second phone, and a bundle in the browser."""

import http.server
import io
import json
import re
import threading
from functools import partial
from pathlib import Path

import pytest
from pypdf import PdfReader

from pb.trials.demo import FINISHED, VOTING
from tests.journeys.test_voting_in_a_browser import CHOOSING, TRACKING_CODE, tick
from tests.results.bundles import (
    a_round,
    b64,
    checkpoints_over,
    leaf_of_row,
    pack,
    result_of,
    signed,
)

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SECONDS = 60_000  # of patience, in thousandths, on a busy machine
ENDED = "[data-said]:not([data-said=busy])"
BON, BUNDLE = f"/ronde/{VOTING}/controle/bon", f"/ronde/{FINISHED}/controle/bundel"
LEDGER = re.compile(r"/controle/logboek/(\w+\.jsonl?)$")


@pytest.fixture(scope="module")
def letters(town):
    """Letters from the last on: journeys that vote take theirs from the first."""
    return iter(reversed(town.codes))


@pytest.fixture(scope="module")
def drawn():
    """A round of plain values, whose keys a test has."""
    return a_round(seed="in a browser")


def vote(window, code, *places):
    """Vote, and return the titles that were chosen and the path of the receipt's address."""
    window.open(CHOOSING)
    numbers = tick(window, *places)
    window.press("Kijk uw keuzes na")
    window.press("Ja, dit zijn mijn keuzes")
    window.page.locator("#code").fill(code)
    window.press("Verstuur mijn stem")
    link = window.page.get_by_role("link", name="Controleer mijn stem op een andere telefoon")
    return numbers, link.get_attribute("href")


def said(window, kind="[data-receipt]"):
    window.page.locator(kind + ENDED).wait_for(timeout=SECONDS)
    return window.page.locator(kind).get_attribute("data-said")


def sent_by(window):
    """Return all that left a browser: addresses with what is behind them, headers and bodies."""
    return " ".join(window.sent)


def listening(window):
    """Let a window remember all that it sends."""
    window.sent = []
    window.page.on("request", lambda each: window.sent.extend(
        [each.url, str(each.headers), each.post_data or ""]
    ))  # fmt: skip
    return window


# --- the receipt -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def voted(visitors, letters):
    """Somebody who voted, with the page of the receipt open: window, numbers, and address."""
    window = listening(visitors.fresh())
    yield window, *vote(window, next(letters), 0, 4)
    window.context.close()


def test_a_receipt_is_checked_on_a_second_phone(fresh, voted):
    first, numbers, receipt = voted
    assert first.faults() == {}
    tracking_code = TRACKING_CODE.search(first.words())[0]

    second = listening(fresh())
    second.open(receipt)

    assert said(second) in {"waits", "sealed"}
    assert second.page.url == second.home + BON
    shown = second.page.locator("[data-plans] li").all_inner_texts()
    assert {re.match(r"P0*(\d+)", each)[1] for each in shown} == numbers
    assert second.page.locator("[data-code] code").inner_text() == tracking_code
    assert second.faults() == {}
    secret = [part for part in receipt.partition("#")[2].split(".") if len(part) > 40]
    assert len(secret) == 3
    for part in secret:
        assert part not in sent_by(first)
        assert part not in sent_by(second)
        assert part not in str(second.context.storage_state())


def instead(window, files):
    """Let a window read these public files instead of those of the service."""

    def answer(route):
        body = files.get(LEDGER.search(route.request.url)[1])
        route.abort() if body == b"" else route.fulfill(
            status=404 if body is None else 200, body=body or b""
        )

    window.page.route(LEDGER, answer)


def public_files(drawn, size=None, gone=None):
    """Return the public files of a round after so many lines; gone: a ballot line left out."""
    copy = drawn.copy()
    for seal in copy.seals:
        seal[:] = [fact for fact in seal if gone is None or fact.get("c") != gone]
    files = copy.files()
    lines = files["ledger.jsonl"].splitlines(keepends=True)[:size]
    ledger = b"".join(lines)
    return files | {
        "ledger.jsonl": ledger,
        "checkpoints.jsonl": checkpoints_over(ledger, [1, len(lines)], copy.keys.log),
    }


WORDS = {
    "waits": "Wacht op de volgende verzegeling",
    "sealed": "Staat in het logboek",
    "missing": "ONTBREEKT",
    "broken": "Het openbare logboek klopt niet",
    "early": "Het openbare logboek begint als het stemmen opent",
    "unreachable": "Het openbare logboek komt niet binnen",
    "unsigned": "Dit stembewijs is niet van ons",
}


@pytest.mark.parametrize("verdict", WORDS)
def test_the_page_says_where_the_ballot_of_a_receipt_stands(fresh, drawn, verdict):
    row = drawn.ballots[0]
    files = {
        "waits": lambda: public_files(drawn, size=3),
        "sealed": lambda: public_files(drawn),
        "missing": lambda: public_files(drawn, gone=leaf_of_row(row)),
        "broken": lambda: public_files(drawn) | {"config.json": b"{}"},
        "early": dict,
        "unreachable": lambda: {"config.json": b""},
        "unsigned": lambda: public_files(a_round(seed="another")),
    }[verdict]()
    phone = fresh()
    instead(phone, files)

    phone.open(f"{BON}#{drawn.receipt(row, 3).partition('#')[2]}")

    assert said(phone) == verdict
    assert WORDS[verdict] in phone.words()
    others = [words for other, words in WORDS.items() if other != verdict]
    assert [words for words in others if words in phone.words()] == []
    assert phone.violations() == []
    assert phone.page.locator("[data-receipt-says]").is_visible() is (
        verdict in {"waits", "sealed", "missing"}
    )


def test_one_phone_sees_its_ballot_wait_and_then_stand_in_the_ledger(fresh, drawn):
    files = public_files(drawn, size=3)
    phone = fresh()
    instead(phone, files)
    phone.open(f"{BON}#{drawn.receipt(drawn.ballots[5], 3).partition('#')[2]}")
    assert said(phone) == "waits"

    files.update(public_files(drawn))
    phone.page.get_by_role("button", name="Kijk nog een keer").click()

    phone.page.locator("[data-receipt][data-said=sealed]").wait_for()


def test_a_second_scan_in_the_same_tab_is_read_too(fresh, drawn):
    first, second = (drawn.receipt(row, 3).partition("#")[2] for row in drawn.ballots[:2])
    phone = fresh()
    instead(phone, public_files(drawn))
    phone.open(f"{BON}#{first}")
    assert said(phone) == "sealed"
    before = phone.page.locator("[data-code] code").inner_text()

    phone.page.evaluate("(hash) => { location.hash = hash; }", second)

    phone.page.locator("[data-code] code", has_not_text=before).wait_for()
    assert said(phone) == "sealed"
    assert phone.page.url == phone.home + BON


@pytest.mark.parametrize("language", ["nl", "ar"])
@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda receipt: receipt[:-3], "unreadable"),
        (lambda receipt: receipt.replace("#v1.", "#v1.x"), "unreadable"),
        # The phone that voted shows other choices than it sent.
        (lambda receipt: re.sub(r"\.[\d,]+(\.\d+\.[\w-]+)$", r".1\1", receipt), "unsigned"),
    ],
)
def test_a_receipt_that_was_changed_is_told(fresh, voted, language, change, verdict):
    phone = fresh(language)

    phone.open(change(voted[2]))

    assert said(phone) == verdict
    assert phone.page.locator("[data-receipt-says]").is_hidden()
    assert phone.faults() == {}


def test_without_a_receipt_the_page_says_what_to_do(fresh):
    phone = fresh()
    phone.open(BON)

    assert said(phone) == "none"
    assert "Scan de QR-code op uw stembewijs" in phone.words()


def test_without_javascript_the_page_says_what_to_do(fresh):
    phone = fresh(java_script_enabled=False)
    phone.open(BON + "#v1.x")

    assert "Zonder JavaScript kan deze pagina niets controleren" in phone.words()
    assert "zoek dan uw controlecode" in phone.words()


def test_a_library_hosts_the_page_that_checks_with_two_scripts(fresh, voted, tmp_path, town):
    """The page of docs/checking.md as it stands there, on a web server of somebody else."""
    receipt = voted[2]
    [page] = re.findall(
        r"```html\n(.*?)```", (ROOT / "docs" / "checking.md").read_text(), re.DOTALL
    )
    ledger = f"{town.home}/ronde/{VOTING}/controle/logboek/"
    changed = re.sub(r'data-ledger="[^"]*"', f'data-ledger="{ledger}"', page)
    assert changed != page
    (tmp_path / "check.html").write_text(changed)
    for name in ("receipt.js", "verify.js"):
        (tmp_path / name).write_bytes((ROOT / "static" / "js" / name).read_bytes())
    serve = partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as library:
        threading.Thread(target=library.serve_forever, daemon=True).start()
        phone = fresh()
        address = f"http://127.0.0.1:{library.server_address[1]}/check.html"
        phone.page.goto(f"{address}#{receipt.partition('#')[2]}")
        verdict = said(phone)
        assert verdict in {"waits", "sealed"}
        assert phone.page.url == address
        assert phone.page.locator("[data-plans] li").count() == 2
        assert phone.violations() == []
        library.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass


# --- the bundle ------------------------------------------------------------------------------


def choose_file(window, raw):
    window.page.locator("#bundle-file").set_input_files(
        {"name": "bundel.zip", "mimeType": "application/zip", "buffer": raw}
    )
    return said(window, "[data-bundle]")


def states(window):
    rows = window.page.locator("[data-check^=V]")
    return [row.get_attribute("data-state") for row in rows.all()]


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_a_good_bundle_holds_and_nothing_of_it_is_sent(fresh, drawn, language):
    window = fresh(language)
    window.open(BUNDLE)
    window.page.wait_for_load_state("networkidle")
    window.requested.clear()

    assert choose_file(window, drawn.raw()) == "holds"

    # A browser may fetch letters of a font for words that appear.
    assert [url for url in window.requested if "/static/" not in url] == []
    assert states(window) == ["holds"] * 16
    assert window.page.locator("[data-happened-list] li").count() == 11
    assert window.page.locator("[data-sum]").inner_text().count("64") == 1
    chosen = window.page.locator("[data-chosen-list] li").all_inner_texts()
    selected = json.loads(result_of(drawn.round_pb()))["selected"]
    assert [text.split()[0] for text in chosen] == selected
    assert all("€" in text for text in chosen)
    for width in (390, 1280):
        window.resize(width)
        assert window.faults() == {}


def test_a_tampered_bundle_is_told_with_the_check_and_what_is_wrong(fresh, drawn):
    files = drawn.files()
    changed = drawn.copy()
    changed.ballots[3]["sig"] = b64(bytes(64))
    window = fresh()
    window.open(BUNDLE)

    assert choose_file(window, changed.raw()) == "fails"

    assert states(window) == ["holds"] * 10 + ["fails"] + ["skipped"] * 5
    assert window.page.locator("[data-chosen]").is_hidden()
    row = window.page.locator("[data-check=V10]")
    assert "Klopt niet" in row.inner_text()
    assert "is not signed by the key of its letter" in row.inner_text()
    assert window.faults() == {}
    # Another file after it begins from the start.
    outside = pack(signed(files | {"roll.txt": files["roll.txt"][:-1]}, {}))
    assert choose_file(window, outside) == "fails"
    assert states(window)[1] == "fails"
    assert choose_file(window, b"this is no bundle") == "unreadable"
    assert choose_file(window, drawn.raw()) == "holds"


def test_what_somebody_kept_is_compared_by_keyboard(fresh, drawn):
    window = fresh()
    window.open(BUNDLE)
    keys = window.page.keyboard
    window.page.locator("[data-bundle] summary").focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.type(drawn.fingerprint().lower())
    keys.press("Tab")
    keys.press("Tab")
    keys.type(drawn.receipt(drawn.ballots[0], 3))

    assert choose_file(window, drawn.raw()) == "kept"
    assert window.page.locator("[data-check=receipt]").get_attribute("data-state") == "holds"
    window.page.locator("#kept-fingerprint").fill("0" * 20)
    assert choose_file(window, drawn.raw()) == "differs"
    assert states(window)[3] == "fails"


def test_the_bundle_of_this_website_holds(fresh):
    window = fresh()
    window.open(BUNDLE)

    window.page.get_by_role("button", name="Haal het bestand van deze website").click()

    assert said(window, "[data-bundle]") == "holds"
    assert window.foreign() == []


def test_a_bundle_is_dropped_on_the_page(fresh, drawn):
    window = fresh()
    window.open(BUNDLE)
    drop = """async ([selector, encoded]) => {
      const bytes = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'bundel.zip'));
      const event = new DragEvent('drop', { dataTransfer: transfer, cancelable: true });
      document.querySelector(selector).dispatchEvent(event);
    }"""

    window.page.evaluate(drop, ["[data-bundle-drop]", b64(drawn.raw())])

    assert said(window, "[data-bundle]") == "holds"


def test_without_javascript_the_page_explains_python(fresh):
    window = fresh(java_script_enabled=False)
    window.open(BUNDLE)

    assert f"python3 verify.py bundel-{FINISHED}.zip" in window.words()
    assert not window.page.locator("#bundle-file").is_visible()


# --- paper -----------------------------------------------------------------------------------


def test_the_receipt_prints_on_one_page_with_a_qr_code_that_can_be_scanned(fresh, letters):
    window = fresh(width=1280)
    _, receipt = vote(window, next(letters), 0, 1, 2)
    window.press("Laat de QR-code zien")
    assert window.faults() == {}
    link = window.page.get_by_role("link", name="Controleer mijn stem op een andere telefoon")
    assert link.get_attribute("href") == receipt

    printed = window.page.pdf(format="A4")
    window.page.emulate_media(media="print")

    assert window.page.locator("svg.pb-qr").bounding_box()["width"] >= 200  # some 53 mm
    assert len(PdfReader(io.BytesIO(printed)).pages) == 1
