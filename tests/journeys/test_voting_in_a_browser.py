"""Residents vote and write plans in a real browser: on a phone, by keyboard, without scripts."""

import re

import pytest

from pb.trials.demo import OPEN, VOTING

pytestmark = pytest.mark.browser

START, CHOOSING = f"/s/{VOTING}", f"/ronde/{VOTING}/stemmen"
TRACKING_CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})+\b")
MOST = 5


@pytest.fixture(scope="module")
def letters(town):
    """Letters that nobody has used: each journey takes one."""
    return iter(town.codes)


@pytest.fixture
def code(letters):
    return next(letters)


def tick(window, *places):
    """Choose the plans at these places of the page; return their numbers."""
    boxes = window.page.locator("[name=choices]")
    for place in places:
        # As people do: they touch the words, not the square.
        window.page.locator(f"label[for='{boxes.nth(place).get_attribute('id')}']").click()
    return {boxes.nth(place).get_attribute("value") for place in places}


def chosen(window):
    """Return the numbers of the plans on the page that names the choices."""
    numbers = window.page.locator(".pb-chosen .pb-card__number").all_inner_texts()
    return {each.split()[-1].lstrip("P0") for each in numbers}


def submit(window):
    """Send the form of the page with its own button, in any language; look at what comes."""
    window.page.locator("main form button[type=submit]").first.click()
    window.page.wait_for_load_state("load")
    assert window.faults() == {}


def no_address_holds(code, window):
    plain = code.replace("-", "")
    seen = [*window.requested, window.page.url]
    assert [url for url in seen if plain in re.sub(r"[^0-9A-Z]", "", url.upper())] == []


# --- on a phone --------------------------------------------------------------------------


def test_a_resident_votes_on_a_phone_and_votes_again(fresh, code):
    window = fresh()
    window.open(CHOOSING)
    meter = window.page.locator("[data-budget-words]")
    pips = window.page.locator(".pb-budget__pip--on")
    assert (meter.inner_text(), pips.count()) == (f"U heeft 0 van de {MOST} gekozen.", 0)
    wanted = tick(window, 0, 3, 8)
    assert (meter.inner_text(), pips.count()) == (f"U heeft 3 van de {MOST} gekozen.", 3)
    assert window.page.locator(".pb-budget").evaluate("e => e.getBoundingClientRect().top") >= 0

    window.press("Kijk uw keuzes na")
    assert (window.heading, chosen(window)) == ("Dit zijn uw keuzes. Klopt het?", wanted)
    window.press("Ja, dit zijn mijn keuzes")
    field = window.page.locator("#code")
    field.fill(code.lower().replace("-", "")[:20])
    assert "4" in window.page.locator("[data-code-feedback]").inner_text()
    field.fill(code.lower().replace("-", " "))
    assert field.input_value() == code
    assert window.faults() == {}
    window.press("Verstuur mijn stem")
    assert window.heading == "Gelukt. Uw stem is binnen."
    first = TRACKING_CODE.search(window.words())[0]
    assert window.faults() == {}

    window.open(CHOOSING)
    again = tick(window, 1, 4)
    window.press("Kijk uw keuzes na")
    window.press("Ja, dit zijn mijn keuzes")
    window.page.locator("#code").fill(code)
    window.press("Verstuur mijn stem")
    assert window.heading == "Er is al gestemd met deze code"
    assert window.faults() == {}
    window.press("Ja, vervang mijn vorige stem")
    assert "Uw vorige stem is vervangen" in window.words()
    assert TRACKING_CODE.search(window.words())[0] != first

    window.open(f"{CHOOSING}/mijn-stem")
    window.page.locator("#code").fill(code)
    window.press("Laat mijn stem zien")
    assert (window.heading, chosen(window)) == ("Dit is uw stem nu", again)
    assert window.faults() == {}
    no_address_holds(code, window)


def test_the_bar_says_when_there_are_too_many_plans_and_so_does_the_server(fresh):
    window = fresh()
    window.open(CHOOSING)
    over = window.page.locator("[data-budget-over]")
    tick(window, *range(MOST))
    assert not over.is_visible()
    tick(window, MOST)
    assert over.is_visible()

    window.press("Kijk uw keuzes na")
    assert window.page.title().startswith("Fout:")
    assert window.page.locator("[name=choices]:checked").count() == MOST + 1
    assert window.faults() == {}


def test_a_wrong_code_is_told_and_the_choices_stay(fresh, code):
    window = fresh()
    window.open(CHOOSING)
    tick(window, 2)
    window.press("Kijk uw keuzes na")
    window.press("Ja, dit zijn mijn keuzes")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    window.page.locator("#code").fill(wrong)
    feedback = window.page.locator("[data-code-feedback]")
    assert feedback.get_attribute("data-state") == "wrong"
    window.press("Verstuur mijn stem")
    assert window.page.title().startswith("Fout:")
    assert window.page.locator("#code").get_attribute("aria-invalid") == "true"
    assert window.faults() == {}
    window.page.locator("#code").fill(code)
    window.press("Verstuur mijn stem")
    assert window.heading == "Gelukt. Uw stem is binnen."


# --- a scanned letter, in Arabic ---------------------------------------------------------


def test_a_scanned_code_leaves_the_address_first_and_fills_the_field(fresh, code):
    window = fresh("ar")
    # Before any script of the page runs nobody else can have seen the address.
    window.context.add_init_script(
        "addEventListener('DOMContentLoaded', () => { window.seenAtStart = location.href; });"
    )
    window.open(f"{START}#{code}")
    assert window.page.evaluate("window.seenAtStart") == window.home + START
    assert window.page.url == window.home + START
    assert code not in str(window.context.storage_state())
    assert window.page.evaluate("history.length") <= 2
    assert window.faults() == {}

    window.page.locator("main a.nl-button").click()
    window.page.wait_for_load_state("load")
    wanted = tick(window, 0, 1)
    assert window.faults() == {}
    submit(window)
    assert chosen(window) == wanted
    window.page.locator("main a.nl-button--primary").click()
    window.page.wait_for_load_state("load")
    assert window.page.locator("#code").input_value() == code
    assert window.page.locator("[data-code-feedback]").get_attribute("data-state") == "good"
    assert window.page.locator("#code").evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert window.faults() == {}
    submit(window)
    assert window.page.locator("[data-forget-code]").count() == 1
    assert TRACKING_CODE.search(window.words())
    assert window.page.evaluate("sessionStorage.length") == 0
    no_address_holds(code, window)


# --- without JavaScript, and by keyboard -------------------------------------------------


def test_a_resident_votes_without_javascript(fresh, code):
    window = fresh(java_script_enabled=False)
    window.open(f"{START}#{code}")
    window.press("Begin met stemmen")
    wanted = tick(window, 5, 6)
    window.press("Kijk uw keuzes na")
    assert chosen(window) == wanted
    window.press("Terug")
    assert window.page.locator("[name=choices]:checked").count() == len(wanted)
    assert f"U heeft {len(wanted)} van de {MOST} gekozen." in window.words()
    window.press("Kijk uw keuzes na")
    window.press("Ja, dit zijn mijn keuzes")
    window.page.locator("#code").fill(code.lower())
    window.press("Verstuur mijn stem")
    assert window.heading == "Gelukt. Uw stem is binnen."
    assert TRACKING_CODE.search(window.words())
    window.press("Afsluiten")
    assert window.page.url == f"{window.home}/ronde/{VOTING}"
    assert window.context.cookies() == []
    no_address_holds(code, window)


def test_reading_a_plan_keeps_the_choices_without_javascript(fresh):
    window = fresh(java_script_enabled=False)
    window.open(CHOOSING)
    tick(window, 0, 1)
    window.page.locator(".pb-card__read").nth(4).click()
    window.page.wait_for_load_state("load")
    assert "/plannen/" in window.page.url
    window.open(CHOOSING)
    assert window.page.locator("[name=choices]:checked").count() == 2


class Keyboard:
    """Somebody without a mouse, who looks at every stop whether it can be seen."""

    def __init__(self, window):
        self.window, self.keys = window, window.page.keyboard

    def go_to(self, selector, at_most=200):
        """Press Tab until the focus is there."""
        for _ in range(at_most):
            self.keys.press("Tab")
            here = self.window.focus()
            if here is None:
                continue
            assert here["ring"], f"no ring: {here}"
            assert here["inside"], f"not on the screen: {here}"
            assert here["uncovered"], f"under something else: {here}"
            if self.window.page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return self
        raise AssertionError(f"{selector} is not reached")

    def press(self, key):
        self.keys.press(key)
        return self

    def press_and_wait(self, key):
        with self.window.page.expect_navigation():
            self.keys.press(key)
        return self


@pytest.mark.parametrize("width", [390, 1280])
def test_a_resident_votes_by_keyboard_only(fresh, code, width):
    window = fresh(width=width)
    window.open(START)
    keyboard = Keyboard(window)
    keyboard.go_to(".nl-skip-link").press("Enter")
    keyboard.go_to("main a.nl-button").press_and_wait("Enter")
    keyboard.go_to("[name=choices]").press("Space")
    keyboard.go_to("[name=choices]").press("Space").press("Space").press("Space")
    assert window.page.locator("[name=choices]:checked").count() == 2
    keyboard.go_to("footer a")
    window.page.locator("[name=choices]").last.focus()
    # Enter in a box sends the form; its own button stands in the bar above.
    keyboard.press_and_wait("Enter")
    assert len(chosen(window)) == 2
    keyboard.go_to("main a.nl-button--primary").press_and_wait("Enter")
    keyboard.go_to("#code")
    window.page.keyboard.type(code.lower().replace("-", ""))
    assert window.page.locator("#code").input_value() == code
    keyboard.go_to("main button").press_and_wait("Enter")
    assert window.heading == "Gelukt. Uw stem is binnen."
    keyboard.go_to("main button").press_and_wait("Enter")
    assert window.heading == "Uw stembewijs"
    keyboard.go_to("main button").press_and_wait("Enter")
    assert window.page.url == f"{window.home}/ronde/{VOTING}"


# --- writing a plan ----------------------------------------------------------------------


def test_a_plan_is_written_and_sent_without_javascript(fresh):
    window = fresh(java_script_enabled=False)
    window.open(f"/ronde/{OPEN}/plannen/nieuw")
    window.press("Ik begin")
    link = window.page.url.rsplit("/", 1)[0]
    typed = {
        "title": "Een vijver voor kikkers & padden",
        "summary": "Wij graven een kleine vijver.\nMet riet.",
        "situation": "Er ligt nu gras.",
        "place": "Achter de school",
        "line_1-label_text": "Graven",
        "line_1-amount": "drieduizend",
        "line_2-label_text": "Riet",
        "line_2-amount": "22.500",
        "upkeep": "100",
        "own_part": "Wij scheppen zelf.",
        "care": "De school.",
        "pseudonym": "De Kikkers",
        "reach": "06-00000000",
    }
    for name, words in typed.items():
        window.page.locator(f"[name='{name}']").fill(words)
    window.page.locator("[name=theme_id]").select_option(index=1)
    window.press("Bewaar en reken uit")

    kept = {name: window.page.locator(f"[name='{name}']").input_value() for name in typed}
    assert kept == typed
    assert "Dit is geen bedrag: drieduizend" in window.words()
    assert window.page.locator(".pb-notice--warning").count() >= 1, "the plan costs too much"
    assert window.sticks_out() == []

    window.press("Ga verder")
    assert window.page.get_by_role("button", name="Verstuur mijn plan").count() == 0
    window.open(link.removeprefix(window.home) + "/schrijven")
    window.page.locator("[name='line_1-amount']").fill("3.000")
    window.page.locator("[name='line_2-amount']").fill("250,50")
    window.page.locator("[name=area_id]").select_option(index=1)
    window.press("Ga verder")
    assert "3.250,50" in window.words()
    window.press("Verstuur mijn plan")
    assert window.page.url == f"{link}/gelukt"
    assert re.search(r"\bP\d\d\b", window.words())
    assert link in window.page.content()
    window.open(link.removeprefix(window.home))
    assert "Een vijver voor kikkers & padden" in window.words()


def test_a_plan_that_is_not_finished_says_what_is_missing_beside_the_fields(fresh):
    window = fresh()
    window.open(f"/ronde/{OPEN}/plannen/nieuw")
    window.press("Ik begin")
    window.page.locator("[name=title]").fill("Alleen een naam")
    window.press("Ga verder")
    assert window.faults() == {}
    assert window.page.locator("[name=title]").count() == 0
    missing = window.page.locator("main a[href*='schrijven']")
    assert missing.count() >= 1
