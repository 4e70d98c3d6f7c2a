"""The rules of the look, docs/look.md, as far as a machine can see them."""

import gzip
import json
import re

import pytest

from docs.vendoring import bundle_css, themes
from docs.vendoring.bundle_css import DECLARATION, STATIC, TEMPLATES, VARIABLE

CSS = STATIC / "css"
OWN = [path for path in bundle_css.parts() if STATIC / "vendor" not in path.parents]
SITE = (CSS / "site.css").read_text(encoding="utf-8")
THEMES = sorted(path.stem for path in (CSS / "themes").glob("*.css"))
COMPONENTS = TEMPLATES / "components"
PHYSICAL = re.compile(
    r"[;{\s](?:(?:margin|padding|border)-(?:left|right|top|bottom)[\w-]*"
    r"|(?:min-|max-)?(?:width|height)|left|right|top|bottom|float)\s*:(?!\s*[\d.]+(?:rem|px)\s*\))"
    r"|text-align:\s*(?:left|right)"
)
TEXT_ON_GROUND = [
    ("--pb-text", "--pb-paper"),
    ("--pb-text", "--pb-shade"),
    ("--pb-text", "--pb-tint"),
    ("--pb-text", "--pb-tint-light"),
    ("--pb-text-subtle", "--pb-paper"),
    ("--pb-accent-text", "--pb-paper"),
    ("--pb-accent-text", "--pb-tint"),
    ("--pb-on-accent", "--pb-accent"),
    ("--pb-on-accent", "--pb-accent-deep"),
    ("--nl-link-color", "--pb-paper"),
    ("--nl-link-color", "--pb-tint-light"),
    ("--nl-link-hover-color", "--pb-paper"),
    ("--nl-button-primary-color", "--nl-button-primary-background-color"),
    ("--nl-button-primary-hover-color", "--nl-button-primary-hover-background-color"),
    ("--nl-button-secondary-color", "--pb-paper"),
    ("--nl-button-primary-negative-color", "--nl-button-primary-negative-background-color"),
    ("--basis-focus-color", "--basis-focus-background-color"),
    ("--basis-color-default-color-default", "--pb-tint"),
    ("--basis-color-default-color-default", "--basis-color-default-bg-default"),
    ("--basis-color-default-inverse-color-default", "--basis-color-default-inverse-bg-subtle"),
    ("--basis-color-default-inverse-color-default", "--basis-color-default-inverse-bg-default"),
    ("--basis-color-highlight-color-document", "--basis-color-highlight-bg-active"),
    ("--basis-form-control-color", "--basis-form-control-background-color"),
    ("--basis-form-control-color", "--basis-form-control-invalid-background-color"),
    ("--basis-color-negative-color-default", "--pb-paper"),
    *(
        (f"--basis-color-{kind}-color-{which}", f"--basis-color-{kind}-bg-default")
        for kind in ("positive", "negative", "warning", "info")
        for which in ("default", "document")
    ),
]
SEEN_ON_GROUND = [
    ("--basis-form-control-border-color", "--pb-paper"),
    ("--basis-color-default-border-default", "--pb-paper"),
    ("--pb-accent", "--basis-color-default-bg-default"),
    ("--basis-color-negative-border-default", "--pb-paper"),
    ("--basis-focus-outline-color", "--pb-paper"),
    ("--basis-focus-outline-color", "--basis-focus-inverse-outline-color"),
    ("--basis-focus-inverse-outline-color", "--pb-accent"),
]


def colour_in(theme, name):
    """Return ``#rrggbb`` of a token, as it is computed under a municipality's theme."""
    general = re.findall(r"\.voorbeeld-theme \{(.*?)\n\}", SITE, flags=re.DOTALL)
    chosen = re.findall(rf"\.voorbeeld-theme\.{theme} \{{(.*?)\n\}}", SITE, flags=re.DOTALL)
    tokens = dict(DECLARATION.findall("\n".join([*general, *chosen])))
    value = tokens[name]
    while found := VARIABLE.search(value):
        value = tokens[found[1]]
    return value


def test_the_bundle_is_made_of_its_parts():
    assert bundle_css.bundle() == SITE, "run: python docs/vendoring/bundle_css.py"


def test_the_bundle_is_small_enough_for_a_cheap_phone():
    assert len(gzip.compress(SITE.encode(), 6)) < 25_000


def test_every_component_has_a_stylesheet_of_the_same_name():
    templates = {path.stem for path in COMPONENTS.glob("*.html")}
    stylesheets = {path.stem for path in (CSS / "components").glob("*.css")}

    assert templates == stylesheets


def test_a_component_defines_a_macro_of_its_own_name():
    pieces = {"mark", "table"}  # a drawing that is included; a table is the caller's rows
    for path in COMPONENTS.glob("*.html"):
        if path.stem not in pieces:
            assert f"{{% macro {path.stem}(" in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_a_stylesheet_never_insists(path):
    assert "!important" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_a_stylesheet_names_sides_by_the_direction_of_the_text(path):
    rules = re.sub(r"@media[^{]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert PHYSICAL.findall(rules) == []


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_colours_are_tokens_so_that_a_theme_reaches_them(path):
    if path.parent.name == "themes":
        return
    rules = re.sub(r'/\*.*?\*/|url\(".*?"\)', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules) == []


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_every_token_that_is_read_is_declared(path):
    declared = set(re.findall(r"(--[\w-]+)\s*:", SITE))
    read = set(VARIABLE.findall(path.read_text(encoding="utf-8")))

    assert read - declared == set()


def test_everything_a_stylesheet_asks_for_lies_here():
    for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", SITE):
        assert address.startswith("data:image/svg+xml") or (CSS / address).resolve().exists()


def test_the_themes_are_as_the_maker_makes_them():
    choices = json.loads((themes.HERE / "themes.json").read_text(encoding="utf-8"))

    assert sorted(choices) == THEMES
    for name, chosen in choices.items():
        made = themes.theme(name, chosen)
        assert (CSS / "themes" / f"{name}.css").read_text(encoding="utf-8") == made


@pytest.mark.parametrize("theme", [*THEMES, "none"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_is_readable_in_every_theme(theme, text, ground):
    assert themes.contrast(colour_in(theme, text), colour_in(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", [*THEMES, "none"])
@pytest.mark.parametrize(("mark", "ground"), SEEN_ON_GROUND)
def test_edges_and_bars_are_seen_in_every_theme(theme, mark, ground):
    assert themes.contrast(colour_in(theme, mark), colour_in(theme, ground)) >= 3


@pytest.mark.parametrize("page", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_holds_no_style_no_script_and_trusts_no_text(page):
    text = page.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son\w+=\"|javascript:|\|\s*safe\b", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


# Pages work without scripts, so these are short; but the verifier is a program of its own.
MOST_LINES = {"verify.js": 1_500, "receipt.js": 200, "bundle.js": 150}
READS_FILES = {"receipt.js", "bundle.js"}


@pytest.mark.parametrize("script", sorted((STATIC / "js").glob("*.js")), ids=lambda p: p.name)
def test_a_script_is_short_and_sends_nothing(script):
    text = script.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= MOST_LINES.get(script.name, 100)
    forbidden = r"XMLHttpRequest|sendBeacon|WebSocket|EventSource|innerHTML|eval\(|cookie"
    assert not re.search(forbidden, text)
    if script.name in READS_FILES:
        # Public files, the same for everybody, asked for without saying who asks or sending a word.
        assert text.count("fetch(") == text.count('credentials: "omit"') == 1
        assert not re.search(r"\b(method|body|headers)\s*:", text)
    else:
        assert "fetch(" not in text


def test_the_script_of_a_letter_clears_the_address_before_it_keeps_the_code():
    text = (STATIC / "js" / "letter.js").read_text(encoding="utf-8")

    assert text.index("history.replaceState") < text.index("sessionStorage")
