"""Pictures of every page, for a person to look at; not part of the normal run.

    python3 run.py test -m screenshots

They come in tests/screenshots/out, and the two of the README in docs/screenshots.
"""

from pathlib import Path

import pytest

from pb.trials.demo import FINISHED, VOTING
from tests.journeys.walk import PAGES

pytestmark = pytest.mark.screenshots

ROOT = Path(__file__).resolve().parents[2]
FOLDER, README = ROOT / "tests" / "screenshots" / "out", ROOT / "docs" / "screenshots"
LANGUAGES, WIDTHS = ("nl", "ar"), (390, 1280)
TALL = 1700  # so that some plans are on it, with their reasons


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_picture_is_taken(visitors, town, language, page):
    FOLDER.mkdir(parents=True, exist_ok=True)
    window = visitors.window(page.visitor, language)
    window.resize(WIDTHS[0])
    window.open(town.path(page.address))
    for width in WIDTHS:
        window.resize(width)
        name = f"{page.name.replace('.', '-')}-{language}-{width}.png"
        window.page.screenshot(path=FOLDER / name, full_page=True)


def test_the_pictures_of_the_readme_are_taken(fresh):
    README.mkdir(parents=True, exist_ok=True)
    ballot = fresh(width=390, device_scale_factor=2)
    ballot.open(f"/ronde/{VOTING}/stemmen")
    for place in range(2):
        ballot.page.locator("[name=choices]").nth(place).check()
    ballot.page.evaluate("scrollTo(0, 0)")
    ballot.page.mouse.move(0, 0)
    ballot.page.screenshot(path=README / "ballot-390.png")
    result = fresh(width=1280)
    result.open(f"/ronde/{FINISHED}/uitslag")
    result.page.set_viewport_size({"width": 1280, "height": TALL})
    result.page.screenshot(path=README / "result-1280.png")
