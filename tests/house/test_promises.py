"""Every promise about voting names the tests that guard it, and these exist (docs/checking.md)."""

import ast
import re

from pb.web.assets import folder
from tests.house.test_imports import HOUSE

ROOT = HOUSE.parent
PROMISES = 10
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| (\d+)\. (.*)$", re.MULTILINE)


def promises():
    """Return the rows of the table, by number."""
    text = (ROOT / "docs" / "checking.md").read_text()
    return {int(number): row for number, row in ROW.findall(text)}


def functions_of(path):
    tree = ast.parse((ROOT / path).read_text())
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_every_promise_names_a_test():
    assert sorted(promises()) == list(range(1, PROMISES + 1))
    unguarded = [number for number, row in promises().items() if not TEST.search(row)]
    assert unguarded == []


def test_every_test_that_is_named_exists():
    named = [found for row in promises().values() for found in TEST.findall(row)]

    assert len(named) >= PROMISES
    assert [each for each in named if each[1] not in functions_of(each[0])] == []


def test_the_page_of_the_promises_has_as_many():
    page = (folder("templates") / "results" / "check_yourself.html").read_text()
    [listed] = re.findall(r"<ol>(.*?)</ol>", page, re.DOTALL)

    assert listed.count("<li>") == PROMISES
