"""What every room looks like, so that nobody has to guess. Sizes are shown, never judged."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.house.test_imports import AROUND, FLOOR, HOUSE, KIND_OF, STORY, modules, parts_of

TOP = HOUSE.parent
SHELVES = {
    # Folders beside those that are named after rooms.
    "templates": {"components", "errors"},
    "tests": {"house", "journeys", "screenshots", "setup"},
}
# Names that say where something is, and not what it is: a plain piece carries a noun.
NOT_A_NOUN = {"api", "base", "core", "main", "models", "routes", "tasks", "types", "views"}


def rooms():
    return [HOUSE / room for room in STORY if (HOUSE / room).is_dir()]


def names(paths):
    return [str(path.relative_to(TOP)) for path in paths]


def test_everything_in_the_house_is_part_of_the_story():
    children = {path.stem for path in HOUSE.iterdir() if path.suffix == ".py" or path.is_dir()}

    assert children - {"__init__", "__pycache__"} <= set(STORY)


def test_an_init_file_holds_a_docstring_and_nothing_else():
    bodies = {path: ast.parse(path.read_text()).body for path in HOUSE.rglob("__init__.py")}

    assert names(path for path, body in bodies.items() if len(body) != 1) == []
    assert all(isinstance(body[0], ast.Expr) for body in bodies.values())


def test_every_room_says_what_it_is_about():
    assert names(room for room in rooms() if not (room / "__init__.py").is_file()) == []


def test_every_module_begins_with_a_docstring():
    assert names(path for path in modules() if not ast.get_docstring(parse(path))) == []


def test_templates_and_tests_stand_in_folders_named_after_rooms():
    for shelf, others in SHELVES.items():
        folders = {path.name for path in (TOP / shelf).iterdir() if path.is_dir()}
        assert folders - others - {"__pycache__"} <= set(STORY), shelf


def test_every_piece_of_furniture_is_known_or_carries_a_noun():
    strangers = [
        path
        for room in rooms()
        for path in room.glob("*.py")
        if room.name not in FLOOR + AROUND and path.stem in NOT_A_NOUN
    ]

    assert names(strangers) == []


def test_every_piece_that_the_tables_name_is_there():
    named = [name.split(".") for name in KIND_OF if "." in name]

    assert [
        ".".join(name) for name in named if not HOUSE.joinpath(*name).with_suffix(".py").is_file()
    ] == []


def test_only_storage_makes_tables():
    tables = [
        path
        for path in modules()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Assign)
        and any(getattr(target, "id", "") == "__tablename__" for target in node.targets)
        and not path.stem.endswith("storage")
    ]

    assert names(tables) == []


@cache
def parse(path):
    return ast.parse(path.read_text())


def lengths(path):
    """Yield the length and name of each function of a module."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef):
            yield node.end_lineno - node.lineno + 1, f"{path.relative_to(TOP)}: {node.name}"


@pytest.mark.parametrize(("what", "usual"), [("modules", 300), ("functions", 40), ("views", 15)])
def test_the_longest_are_shown_so_that_somebody_looks(what, usual, capsys):
    if what == "modules":
        found = [
            (len(path.read_text().splitlines()), str(path.relative_to(TOP))) for path in modules()
        ]
    elif what == "functions":
        found = [each for path in modules() for each in lengths(path)]
    else:
        doors = [path for path in modules() if Path(*parts_of(path)).name in {"public", "staff"}]
        found = [each for path in doors for each in lengths(path)]
    longer = sorted((each for each in found if each[0] > usual), reverse=True)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(longer)} {what} longer than the usual {usual} lines")
        sys.stdout.write("".join(f"\n  {length:>4}  {name}" for length, name in longer[:5]))
