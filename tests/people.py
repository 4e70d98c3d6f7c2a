"""People who use the service as people do: open a page, fill in its form, press a button.

A form is sent with everything that stands in it, hidden fields too, plus what the person fills
in; a field that is not on the page cannot be filled in.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict


@dataclass
class FoundForm:
    """A form on a page: where it goes, what stands in it, and the words on its buttons."""

    action: str
    method: str
    values: MultiDict = field(default_factory=MultiDict)
    names: set = field(default_factory=set)
    buttons: list = field(default_factory=list)


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, html, address):
        super().__init__()
        self.address, self.found, self.current = address, [], None
        self.select = self.option = self.textarea = self.button = self.link = None
        self.links = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            action = given.get("action") or self.address
            self.current = FoundForm(action, given.get("method", "get"))
            self.found.append(self.current)
        elif tag == "a":
            self.link = [given.get("href"), ""]
            self.links.append(self.link)
        elif self.current is None:
            return
        elif tag == "input":
            self.remember_input(given)
        elif tag == "select":
            self.select = given.get("name")
            self.current.names.add(self.select)
        elif tag == "option" and "selected" in given:
            self.current.values.add(self.select, given.get("value", ""))
        elif tag == "textarea":
            self.textarea = given.get("name")
            self.current.names.add(self.textarea)
            self.current.values.add(self.textarea, "")
        elif tag == "button":
            self.button = [given.get("name"), given.get("value", ""), ""]
            self.current.buttons.append(self.button)

    def remember_input(self, given):
        kind, name = given.get("type", "text"), given.get("name")
        if not name:
            return
        self.current.names.add(name)
        if kind not in {"checkbox", "radio"} or "checked" in given:
            self.current.values.add(name, given.get("value", "on" if kind == "checkbox" else ""))

    def handle_data(self, data):
        if self.link is not None:
            self.link[1] += data
        elif self.button is not None:
            self.button[2] += data
        elif self.textarea is not None:
            self.current.values[self.textarea] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.current = None
        elif tag == "a":
            self.link = None
        elif tag == "textarea":
            self.current.values[self.textarea] = self.current.values[self.textarea].removeprefix(
                "\n"
            )
            self.textarea = None
        elif tag == "select":
            self.select = None
        elif tag == "button":
            self.button = None


class Person:
    """Somebody with a browser. ``page`` is what they see now."""

    def __init__(self, client: FlaskClient):
        self.client, self.page = client, None

    def open(self, address):
        """Open a page and look at it."""
        self.page = self.client.get(address, follow_redirects=True)
        assert self.page.status_code == 200, f"{address}: {self.page.status_code} {self.words()}"
        return self

    def follow(self, words):
        """Open the link with these words."""
        for address, text in Forms(self.page.text, self.page.request.path).links:
            if words in " ".join(text.split()):
                return self.open(address)
        raise AssertionError(f"no link {words!r} on {self.page.request.path}")

    def press(self, button, *, expecting=200, **answers):
        """Fill in the form with this button and press it; follow where it leads."""
        forms = Forms(self.page.text, self.page.request.path).found
        for form in forms:
            for name, value, words in form.buttons:
                if button in " ".join(words.split()):
                    return self.send(form, name, value, answers, expecting)
        raise AssertionError(
            f"no button {button!r} on {self.page.request.path}: "
            f"{[[b[2].strip() for b in form.buttons] for form in forms]}"
        )

    def send(self, form, name, value, answers, expecting):
        # A page with two forms gives each a prefix; people do not see it.
        short = {name.rsplit("-", 1)[-1]: name for name in form.names}
        answers = {short.get(name, name): answer for name, answer in answers.items()}
        unknown = set(answers) - form.names
        assert not unknown, f"not on the page: {unknown}; there are {sorted(form.names)}"
        values = MultiDict(form.values)
        for key, answer in answers.items():
            values.setlist(key, answer if isinstance(answer, list) else [answer])
        if name:
            values.add(name, value)
        self.page = self.client.open(
            form.action, method=form.method.upper(), data=values, follow_redirects=True
        )
        assert self.page.status_code == expecting, (
            f"{form.action}: {self.page.status_code} {self.words()}"
        )
        return self

    def sees(self, *words):
        """Check that these words stand on the page."""
        text = self.words()
        for each in words:
            assert each in text, f"{each!r} does not stand on {self.page.request.path}: {text}"
        return self

    def does_not_see(self, *words):
        """Check that none of these words stand on the page."""
        for each in words:
            assert each not in self.words(), f"{each!r} stands on {self.page.request.path}"
        return self

    def words(self):
        """Return the text of the page as a person reads it."""
        return Words(self.page.text).text()


class Colleague(Person):
    """Somebody of the staff; signs in again when the session has ended."""

    def __init__(self, client, email, password):
        super().__init__(client)
        self.email, self.password = email, password

    def open(self, address):
        """Open a page, by way of the sign-in page when that comes first."""
        super().open(address)
        if self.page.request.path == "/beheer/aanmelden":
            self.press("Meld mij aan", email=self.email, password=self.password)
            super().open(address)
        return self


class Words(HTMLParser):
    """Collects the text of a page."""

    def __init__(self, html):
        super().__init__()
        self.parts = []
        self.feed(html)

    def handle_data(self, data):
        self.parts.append(data)

    def text(self):
        return " ".join(" ".join(self.parts).split())
