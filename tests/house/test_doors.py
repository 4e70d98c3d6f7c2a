"""Every door has a guard, no page disappears unnoticed, and every query stays in one town.

``routes.txt`` lists every page with who may open it. After adding or changing a page, write it
anew and look at the difference:

    PB_WRITE_ROUTES=1 python3 run.py test tests/house/test_doors.py
"""

import ast
import os
from pathlib import Path

import pytest

from pb.accounts.access import open_to_anyone, refuse_unmarked_views, staff_only
from pb.accounts.domain import Role
from pb.rounds.rights import Act
from tests.house.test_imports import HOUSE, modules

ROUTES = Path(__file__).with_name("routes.txt")
WRITE_ANEW = "PB_WRITE_ROUTES=1 python3 run.py test tests/house/test_doors.py"
PLAIN_METHODS = {"HEAD", "OPTIONS"}


def routes(app):
    """Return a line per method and address: who may open it, and its endpoint."""
    lines = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        who = words_for(app.view_functions[rule.endpoint].access)
        lines += [
            f"{rule.rule}  {method}  {rule.endpoint}  {who}"
            for method in rule.methods - PLAIN_METHODS
        ]
    return sorted(lines)


def words_for(access):
    if isinstance(access, Act):
        return f"act: {access.value}"
    if access == "anyone":
        return "anyone"
    return "all staff" if access == frozenset(Role) else f"staff: {', '.join(sorted(access))}"


def page_of(line):
    return line.split("  ")[:2]


# --- guards ------------------------------------------------------------------------------


def test_the_app_does_not_start_with_a_view_that_nobody_guards(web_app):
    web_app.view_functions["overview.home"] = lambda: ""

    with pytest.raises(RuntimeError, match=r"overview\.home"):
        refuse_unmarked_views(web_app)


def test_a_guard_that_stands_outside_the_route_guards_nothing_and_stops_the_app(web_app):
    def unguarded():
        return ""

    web_app.view_functions["overview.home"] = unguarded
    staff_only()(unguarded)  # marks a wrapper that nobody registered

    with pytest.raises(RuntimeError):
        refuse_unmarked_views(web_app)


def test_a_mark_that_says_anyone_lets_the_app_start(web_app):
    web_app.view_functions["overview.home"] = open_to_anyone(lambda: "")

    refuse_unmarked_views(web_app)


def test_everything_inside_a_round_is_guarded_by_the_table_of_rights(web_app):
    outside = [
        rule.rule
        for rule in web_app.url_map.iter_rules()
        if "slug" in rule.arguments
        and not isinstance(web_app.view_functions[rule.endpoint].access, Act)
    ]

    assert outside == []


def test_everything_below_beheer_is_for_staff(web_app):
    in_and_out = {"/beheer/aanmelden", "/beheer/afmelden"}
    open_doors = [
        rule.rule
        for rule in web_app.url_map.iter_rules()
        if rule.rule.startswith("/beheer")
        and rule.rule not in in_and_out
        and web_app.view_functions[rule.endpoint].access == "anyone"
    ]

    assert open_doors == []


def test_what_a_link_opens_changes_nothing(web_app):
    """A page that acts is reached by a form: no rule takes GET and has a verb of acting."""
    acting = {"sluiten", "openen", "intrekken", "bekendmaken", "tekenen", "afmelden"}
    found = [
        rule.rule
        for rule in web_app.url_map.iter_rules()
        if "GET" in rule.methods and "POST" in rule.methods and rule.rule.split("/")[-1] in acting
    ]

    assert found == []


# --- the list of pages -------------------------------------------------------------------


def test_no_page_disappears_and_no_guard_changes_unnoticed(web_app):
    if os.environ.get("PB_WRITE_ROUTES") == "1":
        ROUTES.write_text("".join(f"{line}\n" for line in routes(web_app)))
    known = ROUTES.read_text().splitlines()
    now_there = routes(web_app)

    gone = [line for line in known if line not in now_there]
    assert gone == [], f"Gone, or guarded otherwise. Is this meant? Then: {WRITE_ANEW}"
    fresh = [line for line in now_there if line not in known]
    assert fresh == [], f"New pages. Look who may open them, then: {WRITE_ANEW}"


def test_no_two_views_answer_to_one_address(web_app):
    pages = [tuple(page_of(line)) for line in routes(web_app)]

    assert sorted({page for page in pages if pages.count(page) > 1}) == []


# --- every query stays in its municipality -----------------------------------------------

SPEAKS_SQL = {"select", "update", "delete", "exists"}


def functions(source):
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


def names_tenant(function):
    """Tell whether a function says itself of which municipality the rows are."""
    said = ast.unparse(function)
    return any(words in said for words in ("mine(", "of_round(", ".municipality =="))


def calls(function):
    """Yield the name and the owner of everything that a function calls."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, getattr(node.func.value, "id", "")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, ""


def queries_without_tenant(source):
    """Return the functions that ask for rows without saying of which municipality.

    They say it themselves or call a function of the same module that does.
    """
    that_say_it = {each.name for each in functions(source) if names_tenant(each)}
    found = []
    for function in functions(source):
        called = list(calls(function))
        asks = any(name in SPEAKS_SQL and owner == "sa" for name, owner in called)
        says = names_tenant(function) or that_say_it & {name for name, owner in called if not owner}
        if asks and not says:
            found.append(f"{function.name} (line {function.lineno})")
    return found


@pytest.mark.parametrize(
    "module",
    [path for path in modules() if path.stem.endswith("storage")],
    ids=lambda path: str(path.relative_to(HOUSE)),
)
def test_every_query_names_its_municipality(module):
    assert queries_without_tenant(module.read_text()) == [], (
        "Write .where(mine(Row), …) or .where(*of_round(table, slug), …)."
    )


def test_a_query_over_all_municipalities_is_recognised():
    everybody = "def list_all():\n    return sa.select(RoundRow)"
    ours = "def list_all():\n    return sa.select(RoundRow).where(mine(RoundRow))"

    assert queries_without_tenant(everybody) == ["list_all (line 1)"]
    assert queries_without_tenant(ours) == []
