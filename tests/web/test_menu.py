"""A menu is drawn once for all pages that stand in the same place."""

import pytest

from pb.web.menu import MenuItem, place_in

ROUND = "/ronde/proef"
ITEMS = tuple(MenuItem(ROUND + end, end) for end in ("", "/plannen", "/stemmen"))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (ROUND, ROUND),
        (f"{ROUND}/plannen", f"{ROUND}/plannen"),
        (f"{ROUND}/plannen/7", f"{ROUND}/plannen/"),
        (f"{ROUND}/plannen/8", f"{ROUND}/plannen/"),
        (f"{ROUND}/plannenmakers", f"{ROUND}/"),
        ("/privacy", "/"),
        ("/ronde/proefballon", "/"),
    ],
)
def test_a_page_stands_at_an_item_below_one_or_nowhere(path, place):
    assert place_in(ITEMS, path) == place
