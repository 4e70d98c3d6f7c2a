"""A browser for tests that refuses a badly made page, whatever the test was about.

Each complaint says what is wrong and how to mend it. Two more things make it honest: every
request starts without the context of the test, as in a server, and it sends the hidden field
against forgery as a form would.
"""

import contextvars
import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import has_app_context, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from pb.database import base as database
from pb.foundation.language import LANGUAGES
from pb.tokens.domain import CodeRefused, parse

ANSWERS_ITSELF = {"hidden", "submit", "button", "reset", "image"}
POINTS_TO_IDS = ("aria-describedby", "aria-labelledby", "aria-controls", "for")
# Six groups of four symbols, however they are parted: the shape of a voting code.
CODE_SHAPE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Za-z]{4}[-+ .]?){5}[0-9A-Za-z]{4}(?![0-9A-Za-z])"
)


class Page(HTMLParser):
    """Reads a page once and remembers what the rules are about."""

    def __init__(self, html):
        super().__init__()
        self.html_tag = {}
        self.titles, self.headings = [], []
        self.ids, self.mentioned_ids = Counter(), set()
        self.asked, self.labelled = [], set()
        self.links, self.forms, self.pictures = [], [], []
        self.inline = []
        self.mains = 0
        self.labels_open = 0
        self.collects = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        self.remember_names(given)
        self.remember_inline(tag, given)
        if tag == "html":
            self.html_tag = given
        elif tag in {"title", "h1"}:
            self.collects = self.titles if tag == "title" and not self.titles else self.headings
            self.collects.append("")
        elif tag == "main":
            self.mains += 1
        elif tag == "label":
            self.labels_open += 1
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "img":
            self.pictures.append(given)
        elif tag == "form":
            self.forms.append(given | {"fields": set()})
        elif tag in {"input", "select", "textarea"}:
            self.remember_question(given)

    def handle_endtag(self, tag):
        if tag in {"title", "h1"}:
            self.collects = None
        elif tag == "label":
            self.labels_open -= 1

    def handle_data(self, text):
        if self.collects is not None:
            self.collects[-1] += text

    def remember_names(self, given):
        if "id" in given:
            self.ids[given["id"]] += 1
        for name in POINTS_TO_IDS:
            self.mentioned_ids |= set(given.get(name, "").split())
        if given.get("href", "").startswith("#"):
            self.mentioned_ids.add(given["href"][1:])
        self.labelled |= {given["for"]} if "for" in given else set()

    def remember_inline(self, tag, given):
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(f"<{tag}>")
        for name, value in given.items():
            if name == "style" or name.startswith("on"):
                self.inline.append(f'{name}="{value}"')
            if value.strip().lower().startswith("javascript:"):
                self.inline.append(value)

    def remember_question(self, given):
        if self.forms and "name" in given:
            self.forms[-1]["fields"].add(given["name"])
        if given.get("type") in ANSWERS_ITSELF:
            return
        if not (self.labels_open or given.get("aria-label") or given.get("aria-labelledby")):
            self.asked.append(given)

    @property
    def heading(self):
        return words(self.headings[0]) if self.headings else ""

    @property
    def title(self):
        return words(self.titles[0]) if self.titles else ""

    @property
    def has_errors(self):
        return "fouten" in self.ids


def words(text):
    return " ".join(text.split())


def complaints_about_skeleton(page):
    """Yield what is wrong with the language, the headings and the ids."""
    code, direction = page.html_tag.get("lang"), page.html_tag.get("dir")
    if code not in LANGUAGES:
        yield f'<html lang="{code}"> is not a language of ours. Extend public.html or staff.html.'
    elif direction != LANGUAGES[code].direction:
        yield f'<html dir="{direction}"> does not fit {code}. Write dir="{{{{ text_direction }}}}".'
    if len(page.headings) != 1:
        yield f"The page has {len(page.headings)} <h1> and needs one: {page.headings}"
    title = page.title.split(": ", 1)[-1] if page.has_errors else page.title
    if not page.heading or not (
        page.title.startswith(page.heading) or title.startswith(page.heading)
    ):
        yield (
            f"The title '{page.title}' does not begin with the heading '{page.heading}'. Put the "
            "same words in {% block title %} and in <h1>."
        )
    if page.has_errors == page.title.startswith(page.heading):
        yield (
            "A page with the error summary has 'Fout:' before its title, and no other page has. "
            "Write {% set page_has_errors = form.errors|length > 0 %} above {% block title %}."
        )
    if page.mains != 1:
        yield f"The page has {page.mains} <main> and needs one. Extend public.html or staff.html."
    twice = sorted(name for name, times in page.ids.items() if times > 1)
    if twice:
        yield f"These ids stand more than once: {twice}. Give each its own, or a form a prefix."
    nowhere = sorted(page.mentioned_ids - set(page.ids) - {""})
    if nowhere:
        yield f"Something points to these ids, but they are not on the page: {nowhere}"


def complaints_about_questions(page, forgery_is_checked):
    """Yield what is wrong with the forms and their fields."""
    for given in page.asked:
        if given.get("id") not in page.labelled:
            name = given.get("name") or given.get("id") or "?"
            yield f"The question '{name}' has no label. Use field() from components/field.html."
    for form in page.forms:
        method = form.get("method", "").lower()
        if method not in {"get", "post"} or not form.get("action"):
            yield (
                f'A form has method="{method}" and action="{form.get("action", "")}". Write both: '
                '<form method="post" action="{{ request.path }}">.'
            )
        if method == "post" and forgery_is_checked and "csrf_token" not in form["fields"]:
            yield (
                f"The form to {form.get('action')} can be forged. Write {{{{ form.hidden_tag() }}}}"
                ' in it, or <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">.'
            )
        if method == "get" and "csrf_token" in form["fields"]:
            yield f"The form to {form.get('action')} would put csrf_token in the address."


def without_receipt(link):
    """Return a link without the keys and signatures of a receipt, which are long and random.

    By chance some part of them has the shape of a code, and one in 32 of those would check.
    """
    before, receipt, _ = link.partition("/controle/bon#v1.")
    return before + receipt


def complaints_about_safety(page, policy):
    """Yield what the policy would block, and what must never stand in an address."""
    if not policy or "unsafe" in policy:
        yield "The page has no strict Content-Security-Policy. It must pass pb/web/headers.py."
    if page.inline:
        yield (
            f"Our policy blocks what stands inside the page: {page.inline}. Style goes to "
            "static/css, script to static/js."
        )
    for link in page.links:
        if any(is_code(found) for found in CODE_SHAPE.findall(without_receipt(link))):
            yield "A link holds a voting code. Codes go in the body of a form, never in an address."
    for picture in page.pictures:
        if "alt" not in picture:
            yield f'<img src="{picture.get("src")}"> has no alt. Write alt="" if it only decorates.'


def is_code(text):
    """Tell whether a text of the right shape has the check symbol of a voting code."""
    try:
        parse(text.replace("+", " "))
    except CodeRefused:
        return False
    return True


def complaints_about_links(page, is_page):
    """Yield links to addresses of ours that no view answers to."""
    nowhere = sorted({link for link in page.links if is_own(link) and not is_page(link)})
    if nowhere:
        yield f"No page has these addresses: {nowhere}. Write url_for(…), or leave the link out."


def is_own(link):
    return link.startswith("/") and not link.startswith("//")


def complaints_about(html, policy, *, forgery_is_checked=True, is_page=lambda _link: True):
    """Return every complaint about a page, each with how to mend it."""
    page = Page(html)
    return [
        *complaints_about_links(page, is_page),
        *complaints_about_skeleton(page),
        *complaints_about_questions(page, forgery_is_checked),
        *complaints_about_safety(page, policy),
    ]


class Browser(FlaskClient):
    """Opens pages and inspects each one; sends the hidden field that a form would send."""

    def open(self, *args, **kwargs):
        if self.sends_a_form(kwargs):
            kwargs["data"] = {"csrf_token": self.csrf_token(), **(kwargs.get("data") or {})}
        forget_what_was_read()
        # As in a server: nothing that the test looked up is there when a request begins.
        response = contextvars.Context().run(super().open, *args, **kwargs)
        forget_what_was_read()
        self.inspect(response)
        return response

    def inspect(self, response):
        if response.mimetype != "text/html" or response.status_code in range(300, 400):
            return
        found = complaints_about(
            response.text,
            response.headers.get("Content-Security-Policy", ""),
            forgery_is_checked=self.forgery_is_checked,
            is_page=self.is_page,
        )
        if found:
            where = f"{response.request.method} {response.request.path} ({response.status_code})"
            raise AssertionError("\n- ".join([f"{where} is not well made:", *found]))

    def is_page(self, link):
        """Tell whether the app has a view for an address, whatever the view then says."""
        try:
            self.application.url_map.bind("localhost").match(urlsplit(link).path, method="GET")
        except RequestRedirect:
            return True
        except HTTPException:
            return False
        return True

    @property
    def forgery_is_checked(self):
        return self.application.config.get("WTF_CSRF_ENABLED", True)

    def sends_a_form(self, kwargs):
        return (
            self.forgery_is_checked
            and kwargs.get("method") == "POST"
            and isinstance(kwargs.get("data"), dict | None)
            and not kwargs.keys() & {"json", "input_stream", "query_string"}
        )

    def csrf_token(self):
        """Return a token for this browser's cookie."""
        return contextvars.Context().run(self._csrf_token)

    def _csrf_token(self):
        with self.session_transaction() as kept:
            before = dict(kept)
        with self.application.test_request_context():
            session.update(before)
            token, secret = generate_csrf(), session["csrf_token"]
        with self.session_transaction() as kept:
            kept["csrf_token"] = secret
        return token


def forget_what_was_read():
    """End the reading of the test itself: a store shows one moment until then."""
    if has_app_context() and "sqlalchemy" in database.current_app.extensions:
        database.session().rollback()
