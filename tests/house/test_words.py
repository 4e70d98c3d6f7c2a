"""Names are whole words, no room has a drawer for odds and ends, and time has one source."""

import ast
import re

import pytest

from tests.house.test_imports import HOUSE, modules

SHORTHAND = {
    "amt", "cfg", "ctx", "desc", "idx", "mgr", "msg", "num", "obj", "qty", "res", "rnd", "tmp",
    "usr", "val",
}  # fmt: skip
DRAWERS = {"common", "helper", "helpers", "info", "manager", "misc", "stuff", "util", "utils"}
READS_THE_TIME = re.compile(
    r"\bdatetime\.(now|utcnow|today)\b|\bdate\.today\b|\btime\.(time|time_ns|localtime)\b"
)
THE_CLOCK = HOUSE / "foundation" / "clock.py"

every_module = pytest.mark.parametrize(
    "module", modules(), ids=lambda path: str(path.relative_to(HOUSE))
)


def makers(tree):
    """Yield the names of functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def names_in(tree):
    """Yield every name that a module gives to something."""
    yield from makers(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def words_of(name):
    """Return the words of a name: ``StaffMember`` and ``staff_member`` have the same."""
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


@every_module
def test_names_are_whole_words(module):
    given = {module.stem, *names_in(ast.parse(module.read_text()))}

    assert {name for name in given if words_of(name) & SHORTHAND} == set()


@every_module
def test_nothing_is_a_drawer_for_odds_and_ends(module):
    given = {module.parent.name, module.stem, *makers(ast.parse(module.read_text()))}

    assert {name for name in given if words_of(name) & DRAWERS} == set()


@every_module
def test_a_round_is_called_voting_round(module):
    assert "round" not in set(names_in(ast.parse(module.read_text())))


@every_module
def test_only_the_clock_reads_the_time(module):
    if module != THE_CLOCK:
        assert READS_THE_TIME.findall(code_of(module)) == []


@every_module
def test_only_commands_speak_to_a_terminal(module):
    speaks = module.stem == "commands" or 'if __name__ == "__main__":' in module.read_text()
    if speaks or module.parent.name == "trials":
        return
    called = [
        node.lineno
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]

    assert called == []


def code_of(module):
    """Return a module without its comments and its texts."""
    tree = ast.parse(module.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.unparse(tree)


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("from datetime import datetime\nmoment = datetime.now()", True),
        ("moment = datetime.utcnow()", True),
        ("day = date.today()", True),
        ("seconds = time.time()", True),
        ("moment = clock.now()", False),
        ("seconds = time.monotonic()", False),
        ('"""Like datetime.now(), but not."""', False),
    ],
)
def test_reading_the_time_is_recognised(tmp_path, code, is_found):
    module = tmp_path / "module.py"
    module.write_text(code)

    assert bool(READS_THE_TIME.findall(code_of(module))) is is_found


def test_words_are_found_in_both_styles_of_names():
    assert words_of("RoundManager") == words_of("round_manager") == {"round", "manager"}
