"""A fragment is drawn once for the same values, and never for others."""

import pytest
from flask import g
from markupsafe import Markup

from pb.foundation.typed import as_typed
from pb.web import fragments
from pb.web.fragments import HOLE, filled, remembered, remembered_each


class Macro:
    """A macro that counts how often it drew."""

    def __init__(self):
        self.drawn = []

    def __call__(self, *values):
        self.drawn.append(values)
        return Markup("<p>{}</p>").format(values[0])


@pytest.fixture
def macro(app):
    with app.test_request_context():
        yield Macro()


def test_the_same_values_are_drawn_once(macro):
    assert remembered(macro, "P12", 3) == remembered(macro, "P12", 3) == "<p>P12</p>"
    assert len(macro.drawn) == 1


def test_other_values_are_drawn_anew(macro):
    remembered(macro, "P12", 3)
    remembered(macro, "P12", 4)

    assert len(macro.drawn) == 2


def test_another_language_is_drawn_anew(macro):
    g.language = "nl"
    remembered(macro, "P12")
    g.language = "ar"
    remembered(macro, "P12")

    assert len(macro.drawn) == 2


def test_a_text_is_never_taken_for_markup_that_looks_the_same(macro):
    assert remembered(macro, Markup("<b>x</b>")) == "<p><b>x</b></p>"
    assert remembered(macro, "<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


def test_what_follows_from_the_values_is_no_part_of_the_key(macro):
    remembered(macro, "P12", beside=["drawn with this"])
    remembered(macro, "P12", beside=["and not with this"])

    assert macro.drawn == [("P12", ["drawn with this"])]


def test_rows_are_drawn_one_after_the_other(macro):
    assert remembered_each(macro, [("P1",), ("P2",)], "nl") == "<p>P1</p>\n<p>P2</p>"
    assert macro.drawn == [("P1", "nl"), ("P2", "nl")]


def test_what_is_kept_has_a_bound(macro, monkeypatch):
    monkeypatch.setattr(fragments, "KEPT_AT_MOST", 10)
    for number in range(50):
        remembered(macro, number)

    assert len(fragments._drawn) <= 10


def test_holes_are_filled_in_order_and_what_fills_them_is_escaped():
    drawn = Markup("<a href='{0}'>{0}</a>").format(HOLE)

    assert filled(drawn, "/p", "<b> & " + HOLE) == "<a href='/p'>&lt;b&gt; &amp; " + HOLE + "</a>"
    assert filled(drawn, Markup("<i>")) == "<a href='<i>'><i></a>"
    assert isinstance(filled(drawn, "x", "y"), Markup)


@pytest.mark.parametrize("values", [(), ("a", "b"), ("a", "b", "c", "d")])
def test_every_hole_has_a_value_and_every_value_a_hole(values):
    with pytest.raises(ValueError, match=r"zip\(\)"):
        filled(Markup("{0}{0}{0}").format(HOLE), *values)


def test_a_fragment_without_holes_stays_as_it_is():
    assert filled(Markup("<p>"), "never seen") == "<p>"


def test_nobody_can_type_a_hole():
    assert as_typed(f"Straat{HOLE}") == "Straat"
