"""The inspector of pages is itself inspected: it finds each fault, and no fault in a good page."""

import pytest

from tests.pages import Page, complaints_about

POLICY = "default-src 'none'; script-src 'self'"
GOOD = """<!doctype html>
<html lang="nl" dir="ltr"><head><title>Plannen - Gemeente Dorrewold</title></head>
<body><main id="inhoud"><h1>Plannen</h1>
<form method="post" action="/plannen"><input type="hidden" name="csrf_token" value="x">
<label for="naam">Naam</label><input id="naam" name="naam" aria-describedby="naam-hint">
<p id="naam-hint">Uw schuilnaam</p>
<label><input type="checkbox" name="akkoord"> Akkoord</label>
<button>Verstuur</button></form>
<img src="/static/boom.svg" alt=""><a href="#inhoud">Terug</a></main></body></html>"""


def complaint(old, new, **given):
    """Return the complaints after one change in a good page."""
    assert old in GOOD
    return complaints_about(GOOD.replace(old, new), **({"policy": POLICY} | given))


def test_a_good_page_has_no_complaints():
    assert complaints_about(GOOD, POLICY) == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('lang="nl" ', "", "language"),
        ('lang="nl"', 'lang="xx"', "language"),
        ('dir="ltr"', 'dir="rtl"', "dir="),
        ('dir="ltr"', "", "dir="),
        ('lang="nl" dir="ltr"', 'lang="ar" dir="ltr"', "dir="),
        ("<h1>Plannen</h1>", "", "<h1>"),
        ("<h1>Plannen</h1>", "<h1>Plannen</h1><h1>Nog een</h1>", "<h1>"),
        ("<title>Plannen", "<title>Iets anders", "title"),
        ("<title>Plannen", "<title>Fout: Plannen", "Fout:"),
        ("<h1>Plannen</h1>", '<h1>Plannen</h1><div id="fouten"></div>', "Fout:"),
        ('<p id="naam-hint">', '<p id="naam-hint"></p><p id="naam">', "more than once"),
        ('<p id="naam-hint">', "<p>", "not on the page"),
        ('href="#inhoud"', 'href="#nergens"', "not on the page"),
        ('for="naam"', 'for="inhoud"', "label"),
        ('<label><input type="checkbox" name="akkoord"> Akkoord</label>', "<textarea>", "label"),
        ("<main", "<div", "<main>"),
        (' action="/plannen"', "", "action"),
        ('method="post" ', "", "method"),
        ('name="csrf_token"', 'name="iets"', "forged"),
        ('method="post"', 'method="get"', "address"),
        ('id="naam" ', 'id="naam" style="color:red" ', "blocks"),
        ('id="naam" ', 'id="naam" onchange="go()" ', "blocks"),
        ("<h1>", "<style>h1{}</style><h1>", "blocks"),
        ("<h1>", "<script>go()</script><h1>", "blocks"),
        ('href="#inhoud"', 'href="javascript:go()"', "blocks"),
        ('href="#inhoud"', 'href="/stemmen?code=0000-0000-0000-0000-0000-0000"', "voting code"),
        ('href="#inhoud"', 'href="/s/proef#000000000000000000000000"', "voting code"),
        (' alt=""', "", "alt"),
    ],
)
def test_each_fault_is_found_and_how_to_mend_it_is_told(old, new, word):
    found = complaint(old, new)

    assert any(word in each for each in found), found


def test_a_page_without_the_policy_is_refused():
    assert complaints_about(GOOD, "") != []
    assert complaints_about(GOOD, "script-src 'unsafe-inline'") != []


def test_a_link_to_nowhere_is_found():
    found = complaint('href="#inhoud"', 'href="/nergens"', is_page=lambda link: link == "/ergens")

    assert "/nergens" in found[0]


def test_a_page_with_errors_says_so_in_its_title_in_any_language():
    with_errors = GOOD.replace("<h1>", '<div id="fouten"></div><h1>')

    for word in ("Fout:", "Error:", "خطأ:"):
        assert complaints_about(with_errors.replace("<title>", f"<title>{word} "), POLICY) == []


def test_what_only_looks_like_a_code_is_no_code():
    for harmless in ("0" * 64, "0123456789abcdef01234567", "noord-2026-plan-voor-iedereen"):
        assert complaint('href="#inhoud"', f'href="/bestand/{harmless}"') == []


def test_a_heading_may_hold_other_tags():
    assert (
        Page('<h1>Plan <bdi lang="nl">P12</bdi> : <b>Bomen</b></h1>').heading == "Plan P12 : Bomen"
    )


# --- the browser -------------------------------------------------------------------------


def test_the_browser_refuses_a_badly_made_page(web_app, resident):
    web_app.view_functions["overview.home"] = lambda: "<h1>Zomaar</h1>"

    with pytest.raises(AssertionError, match=r"GET / \(200\) is not well made"):
        resident.get("/")


def test_the_browser_sees_each_request_apart_as_a_server_does(app, resident, clock):
    """The test itself has a context; what is remembered in it must not reach a page."""
    from flask import g

    g.language = "ar"
    g.moment = clock.now

    assert 'lang="nl"' in resident.get("/privacy").text


def test_the_browser_sends_the_field_against_forgery(web_app, resident):
    web_app.config["WTF_CSRF_ENABLED"] = True

    assert resident.post("/beheer/afmelden").status_code == 303
    assert resident.post("/beheer/afmelden", data={"csrf_token": "geraden"}).status_code == 400
