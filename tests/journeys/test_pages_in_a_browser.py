"""A walk over every page in a real browser, for residents, owners of plans and the staff.

Each page is loaded once per language and looked at on a phone and at a desk. A new page that is
not in ``walk.py`` fails the first test here.
"""

import re

import pytest

from pb.trials.demo import FINISHED
from tests.journeys.walk import NO_PAGE, PAGES, PUBLIC
from tests.journeys.windows import DIRECTIONS

pytestmark = pytest.mark.browser

LANGUAGES, WIDTHS = ("nl", "ar"), (390, 1280)
# Signs of a value that was shown without words for it.
UNFINISHED = re.compile(r"%\(|\{\{|\bNone\b|\bNaN\b|\bundefined\b|&(?:amp|lt|#\d+);")
# What follows a person while they choose or type, and what is for one of both alone.
LIVE = ".pb-budget, [data-code-feedback], noscript, [data-needs-script], [data-receipt-answer]"
MAIN_PAGES = [page for page in PAGES if page.name in {
    "overview.home", "rounds.show-voting", "proposals.index-open", "proposals.show-voting",
    "my_plan.write-draft", "ballots.choose", "ballots.check", "ballots.ask_code", "results.show",
    "results.steps", "followups.index", "followups.owner", "staff_overview.desk-manager",
    "staff_reviews.show", "staff_followups.show-chosen",
}]  # fmt: skip
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""


def by_name(pages):
    return pytest.mark.parametrize("page", pages, ids=[page.name for page in pages])


def test_the_walk_passes_every_page_of_the_service(web_app):
    views = {
        rule.endpoint for rule in web_app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    walked = {page.view for page in PAGES if not page.view.startswith("errors.")}

    assert views - walked - set(NO_PAGE) == set(), "Give each a line in walk.py."
    assert (walked | set(NO_PAGE)) - views == set(), "These are no views any more."
    assert walked & set(NO_PAGE) == set()
    names = [page.name for page in PAGES]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@by_name(PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_well_made_on_a_phone_and_at_a_desk(visitors, town, language, page):
    window = visitors.window(page.visitor, language)
    window.resize(WIDTHS[0])
    path = town.path(page.address)

    assert window.open(path) == page.status
    assert window.page.url == town.home + path, "the page sent its visitor away"
    root = window.page.locator("html")
    assert root.get_attribute("lang") == language
    assert root.get_attribute("dir") == DIRECTIONS[language]
    assert UNFINISHED.findall(window.page.locator("body").inner_text()) == []
    for width in WIDTHS:
        window.resize(width)
        assert window.faults() == {}, f"at {width} pixels"


@by_name(PUBLIC)
def test_a_public_page_says_the_same_without_javascript(visitors, town, page):
    with_it = visitors.window(page.visitor)
    without = visitors.window(page.visitor, java_script_enabled=False)
    said = []
    for window in (with_it, without):
        window.open(town.path(page.address))
        window.page.evaluate(
            "(live) => document.querySelectorAll(live).forEach((each) => each.remove())", LIVE
        )
        controls = "main :is(a, button, input:not([type=hidden]), select, textarea)"
        # Sorted: some lists stand in an order of each visitor's own.
        said.append((sorted(window.words().split()), window.page.locator(controls).count()))

    assert said[0] == said[1]


@by_name(MAIN_PAGES)
def test_a_page_fits_a_window_of_320_pixels_and_wide_spaced_text(visitors, town, page):
    """320 pixels is what 400 % zoom leaves of 1280; the spacing is that of WCAG 1.4.12."""
    window = visitors.window(page.visitor, bypass_csp=True)
    window.resize(320)
    window.open(town.path(page.address))

    assert window.sticks_out() == []
    window.page.add_style_tag(content=SPACING)
    assert window.sticks_out() == []
    cut_off = window.page.evaluate("""() => Array.from(document.querySelectorAll('main *'))
      .filter((each) => getComputedStyle(each).overflowY === 'hidden'
        && each.clientHeight > 2 && each.scrollHeight > each.clientHeight + 2)
      .map((each) => `${each.tagName} ${each.className}`)""")
    assert cut_off == []


@by_name(MAIN_PAGES)
def test_a_page_can_be_used_in_forced_colours(visitors, town, page):
    window = visitors.window(page.visitor, forced_colors="active", color_scheme="dark")
    window.open(town.path(page.address))

    assert len(window.page.screenshot(full_page=True)) > 5_000
    unseen = window.page.evaluate("""() => Array.from(document.querySelectorAll(
        'main button, main select, main textarea, '
        + 'main input:not([type=hidden], [type=checkbox], [type=radio])'))
      .filter((each) => getComputedStyle(each).textDecorationLine === 'none')
      .filter((each) => each.getClientRects().length)
      .filter((each) => getComputedStyle(each).borderStyle === 'none')
      .map((each) => `${each.tagName} ${each.className} ${each.textContent.trim()}`)""")
    assert unseen == [], "without a border nobody sees where these are"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_folded_pages_of_a_round_open_by_keyboard(fresh, language, width):
    window = fresh(language, width=width)
    window.open(f"/ronde/{FINISHED}")
    window.page.locator(".pb-nav summary").focus()
    closed = window.focus()

    window.page.keyboard.press("Enter")
    stops = []
    for _ in window.page.locator(".pb-nav__more a").all():
        window.page.keyboard.press("Tab")
        stops.append(window.focus())

    assert len(stops) == 5
    for stop in (closed, *stops):
        assert stop["ring"]
        assert stop["inside"]
        assert stop["uncovered"]
    assert window.faults() == {}
    with window.page.expect_navigation():
        window.page.keyboard.press("Enter")
    assert window.page.url.endswith("/logboek")
    assert window.page.locator(".pb-nav [aria-current]").is_visible()


def test_the_folded_pages_of_a_round_open_without_javascript(fresh):
    window = fresh(java_script_enabled=False)
    window.open(f"/ronde/{FINISHED}")
    link = window.page.locator(".pb-nav__more a").first
    assert not link.is_visible()

    window.page.locator(".pb-nav summary").click()

    assert link.is_visible()
