"""Changes the engine in one small way at a time, and sees whether a test notices.

    python -m tests.tally.mutation [--found FILE] [--untried] [--quick] [--every N [--after K]]
                                   [MODULE ...]

Each mutant is tried in a process of its own, which is a copy of this one: first on elections whose
outcome the plain count knows, then on the tests written by hand, then on a few drawn elections.
It is killed when one of them fails, or when it uses too much time. Those that no test can kill,
because nothing that is promised changes, are named with the reason in ``equivalent_mutants``.

--found keeps in a file what became of each mutant. What was killed before is not tried again, so
that a run can be stopped and continued, and survivors alone are tried on new tests. --untried
leaves the survivors out as well. --quick leaves out the tests on drawn elections, which take most
of the time of a survivor: a little more survives. --every tries one of so many mutants, the first
of them or the one that comes K --after it, so that several runs can share the work.

``recount`` is the other engine, in one file. What is known for it are files and the result files
that the first engine makes of them.
"""

import argparse
import ast
import gc
import json
import os
import resource
import signal
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from mmap import mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import numpy as np  # noqa: F401  # Imported here once, and not in every process anew.
import pytest

from pb.tally.election import Election
from pb.tally.outcome import Outcome
from pb.tally.rules import Rule
from tests.tally import elections as drawing
from tests.tally import plain_count
from tests.tally.drawn_files import a_file
from tests.tally.elections import elections, rules
from tests.tally.equivalent_mutants import EQUIVALENT

ENGINE = Path(__file__).parents[2] / "pb" / "tally"
HERE = Path(__file__).parent

RECOUNT = "recount"
MODULES = (
    "limits",
    "adding",
    "notebook",
    "most_votes",
    "phragmen",
    "shares",
    "raising",
    "equal_shares",
    "epsilon",
    "tallied",
    "count",
    "what_it_takes",
    "takes_votes",
    "takes_load",
    "takes_shares",
    RECOUNT,
)
#: Written by hand, or on elections that are always the same; the drawn ones come last.
TESTS = (
    "adding",
    "most_votes",
    "equal_shares",
    "phragmen",
    "ties",
    "work",
    "demo_round",
    "what_it_takes",
    "exactness",
)
TESTS_OF_THE_RECOUNT = ("recount",)
#: How many elections are known.
KNOWN, KNOWN_TO_THE_RECOUNT = 400, 250
#: How long a process, the count of one known election, and one test may compute. The slowest
#: needs a fifth of that.
MOST_SECONDS, MOST_SECONDS_OF_A_CASE, MOST_SECONDS_OF_A_TEST = 60, 1, 10

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
RENAMED = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "any": "all",
    "all": "any",
}


@dataclass(frozen=True)
class Mutant:
    """A change. text: the line of the source that it is made in.

    source: the module without the change, shared by all its mutants.
    which: 0 for the first change of this key, 1 for the second, and so on.
    """

    module: str
    line: int
    text: str
    what: str
    source: ast.Module
    change: Callable[[], None] = lambda: None
    which: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        return self.module, self.text, self.what

    @cached_property
    def tree(self) -> ast.Module:
        """The module with the change. To be asked for only in the process that tries it."""
        self.change()
        return ast.fix_missing_locations(self.source)


# --- making mutants --------------------------------------------------------------------------


def mutants_of(module: str) -> Iterator[Mutant]:
    """Yield every change of a module of the engine."""
    return mutants_in(module, (ENGINE / f"{module}.py").read_text(encoding="utf-8"))


def mutants_in(module: str, source: str) -> Iterator[Mutant]:
    """Yield every change of the source of a module."""
    lines = source.splitlines()
    tree = ast.parse(source)
    alone = _left_alone(tree)
    known = Counter[tuple[str, str]]()
    for node in list(ast.walk(tree)):
        for line, what, change in _changes(node, alone):
            text = lines[line - 1].strip()
            yield Mutant(module, line, text, what, tree, change, known[text, what])
            known[text, what] += 1


def _left_alone(tree: ast.Module) -> set[ast.AST]:
    """Return the nodes that only describe: docstrings, types, decorators, and what cannot be."""
    alone: set[ast.AST] = set()

    def leave(node: ast.AST | None) -> None:
        if node is not None:
            alone.update(ast.walk(node))

    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                leave(decorator)
        if isinstance(node, ast.FunctionDef):
            leave(node.returns)
        if isinstance(node, ast.arg | ast.AnnAssign):
            leave(node.annotation)
        if isinstance(node, ast.keyword) and node.arg == "strict":
            leave(node)
        if isinstance(node, ast.Raise) and "AssertionError" in ast.unparse(node):
            leave(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            leave(node)
    return alone


Change = tuple[int, str, Callable[[], None]]


def _changes(node: ast.AST, alone: set[ast.AST]) -> Iterator[Change]:
    """Yield the ways to change one node: the line, what is done, and a function that does it."""
    if node in alone:
        return
    yield from _without_a_statement(node, alone)
    line = getattr(node, "lineno", 0)
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            yield line, *_swap(node.ops, number, operator)
    elif isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in SWAPPED:
        other = SWAPPED[type(node.op)]()
        what = f"{_sign(node.op)} -> {_sign(other)} in {_short(node)}"
        yield line, what, lambda: setattr(node, "op", other)
    elif isinstance(node, ast.Constant):
        yield from _other_constant(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield line, f"minus left out in {_short(node)}", lambda: setattr(node, "op", ast.UAdd())
    elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        field = "id" if isinstance(node, ast.Name) else "attr"
        name = getattr(node, field)
        if name in RENAMED:
            yield line, f"{name} -> {RENAMED[name]}", lambda: setattr(node, field, RENAMED[name])
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield line, f"not ({_short(node.test)})", lambda: setattr(node, "test", _negated(node.test))
    elif isinstance(node, ast.comprehension):
        for number, test in enumerate(node.ifs):
            what = f"not ({_short(test)})"
            yield (
                test.lineno,
                what,
                lambda number=number, test=test: node.ifs.__setitem__(number, _negated(test)),
            )


def _without_a_statement(node: ast.AST, alone: set[ast.AST]) -> Iterator[Change]:
    """Yield the ways to leave out one statement of a body."""
    for part in ("body", "orelse"):
        body = getattr(node, part, None)
        if not isinstance(body, list):
            continue
        for number, statement in enumerate(body):
            kinds = ast.Expr | ast.AugAssign | ast.Continue | ast.Break | ast.Raise
            if statement in alone or not isinstance(statement, kinds):
                continue
            what = f"without {_short(statement)}"
            yield statement.lineno, what, lambda b=body, n=number: b.__setitem__(n, ast.Pass())


def _swap(
    operators: list[ast.cmpop], number: int, operator: ast.cmpop
) -> tuple[str, Callable[[], None]]:
    other = SWAPPED[type(operator)]()
    what = f"{_sign(operator)} -> {_sign(other)}"
    return what, lambda: operators.__setitem__(number, other)  # type: ignore[arg-type]


def _other_constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield (
            node.lineno,
            f"{node.value} -> {not node.value}",
            lambda: setattr(node, "value", not node.value),
        )
    elif isinstance(node.value, int | float):
        more = node.value + 1
        yield node.lineno, f"{node.value} -> {more}", lambda: setattr(node, "value", more)


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _sign(operator: ast.AST) -> str:
    return type(operator).__name__.lower()


def _short(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0][:60]


# --- trying them -----------------------------------------------------------------------------


def known_outcomes() -> list[tuple[Election, Rule, Outcome]]:
    """Return elections and rules with the outcome of the plain count."""
    drawn: list[tuple[Election, Rule]] = []

    @hypothesis.settings(
        max_examples=KNOWN,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(elections(), rules())
    def draw(election: Election, rule: Rule) -> None:
        drawn.append((election, rule))

    draw()
    return [(election, rule, plain_count.outcome(election, rule)) for election, rule in drawn]


def known_files(folder: Path) -> list[tuple[Path, str | None, bytes]]:
    """Write elections into a folder; return each with its seed and what the engine makes of it."""
    from pb.tally import pabulib
    from pb.tally.count import count

    known = []
    for case in range(KNOWN_TO_THE_RECOUNT):
        file, seed = a_file(case)
        path = folder / f"{case}.pb"
        path.write_bytes(file)
        read = pabulib.parse(file, path.name)
        outcome = count(pabulib.to_election(read), read.rule, seed=seed)
        known.append((path, seed, outcome.to_json().encode()))
    return known


@dataclass
class Trial:
    """What a changed engine must get right: cases that are known, then the tests of these names.

    is_quick: the tests on drawn elections are left out.
    holds_unchanged: whether it was seen that all hold for the engine as it is.
    killers: names of tests, those that killed last first.
    tried: the case or the test that was begun last, written by the process of a mutant.
    """

    cases: list[Any]
    holds: Callable[[Any], bool]
    tests: Sequence[str]
    is_quick: bool = False
    holds_unchanged: bool = False
    killers: list[str] = field(default_factory=list)
    tried: mmap = field(default_factory=lambda: mmap(-1, 400))

    def note(self, tried: int | str) -> None:
        """Tell the parent of this process which case, by its place, or which test is begun."""
        self.tried[:] = str(tried).encode()[:400].ljust(400)

    def holds_what_is_known(self) -> bool:
        """Count the cases up to the first that comes out otherwise."""
        for place, case in enumerate(self.cases):
            self.note(place)
            with at_most(MOST_SECONDS_OF_A_CASE):
                if not self.holds(case):
                    return False
        return True

    def begin_with_what_killed(self) -> None:
        """Put the case or the test that was begun last first: it may kill the next mutant too."""
        killer = self.tried[:].decode().strip()
        if killer.isdecimal():
            self.cases.insert(0, self.cases.pop(int(killer)))
        else:
            self.killers = [killer, *(name for name in self.killers if name != killer)]


def trial_of(module: str, folder: Path) -> Trial:
    """Return the trial for the mutants of a module."""
    if module == RECOUNT:

        def counts_alike(case: tuple[Path, str | None, bytes]) -> bool:
            from pb.tally.recount import recount

            path, seed, result = case
            return recount(path, seed=seed) == result

        return Trial(known_files(folder), counts_alike, TESTS_OF_THE_RECOUNT)

    def counts_as_the_plain_count(case: tuple[Election, Rule, Outcome]) -> bool:
        from pb.tally.count import count

        election, rule, outcome = case
        return count(election, rule) == outcome

    return Trial(known_outcomes(), counts_as_the_plain_count, TESTS)


def survives(mutant: Mutant, trial: Trial) -> bool:
    """Tell whether all tests hold for a mutant."""
    survived = holds_alone(lambda folder: _try(mutant, trial, folder))
    if not survived:
        trial.begin_with_what_killed()
    return survived


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """End this process when it computes longer than so many seconds."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def holds_alone(tried: Callable[[Path], int]) -> bool:
    """Tell whether something ends with 0 in a process of its own, which is a copy of this one.

    tried: is given a folder, which is gone afterwards.
    """
    with TemporaryDirectory() as folder:  # Of the parent: a process that is ended leaves it.
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = tried(Path(folder))
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == -signal.SIGTERM:
        raise RuntimeError("a process was ended from outside, so nothing is known of its mutant")
    return status == 0


def keep_silent_and_short(seconds: int) -> None:
    """Let this process say nothing, and end after so many seconds of work."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def _try(mutant: Mutant, trial: Trial, folder: Path) -> int:
    """Run the tests in this process, in silence, and return 0 when they all hold."""
    keep_silent_and_short(MOST_SECONDS)
    module = _put_in_place(mutant)
    if not trial.holds_what_is_known():
        return 1
    if mutant.module == RECOUNT:  # Its tests run it as a program, too.
        path = folder / "recount.py"
        path.write_text(ast.unparse(mutant.tree), encoding="utf-8")
        module.__file__ = str(path)
    return _run_tests(trial)


@dataclass
class Ordered:
    """Runs the tests that killed first, those on drawn elections last, and none for too long."""

    trial: Trial

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        ranks = {name: rank for rank, name in enumerate(self.trial.killers)}
        items.sort(
            key=lambda item: (ranks.get(item.name, len(ranks)), "few_drawn" in item.name),
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        self.trial.note(item.name)
        with at_most(MOST_SECONDS_OF_A_TEST):
            return (yield)


def _run_tests(trial: Trial) -> int:
    """Run the tests of a trial up to the first that fails; return 0 when none does."""
    files = [str(path) for name in trial.tests if (path := HERE / f"test_{name}.py").exists()]
    # That an election fails is enough; a smaller one that does is not looked for.
    drawing.a_few = hypothesis.settings(drawing.a_few, phases=[hypothesis.Phase.generate])
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    quiet = ["-x", "-q", "--noconftest", "--assert=plain", "-p", "no:cacheprovider"]
    plain = ["-o", "addopts=", "-o", "filterwarnings=", "--import-mode=importlib"]
    which = ["-m", "not nightly and not shared", "-k", "not few_drawn" if trial.is_quick else ""]
    return int(pytest.main([*quiet, *plain, *which, *files], plugins=[Ordered(trial)]))


def _put_in_place(mutant: Mutant) -> types.ModuleType:
    """Let the changed module be the one that others import, and that lies where it says it lies."""
    name = f"pb.tally.{mutant.module}"
    module = types.ModuleType(name)
    module.__file__ = str(ENGINE / f"{mutant.module}.py")
    module.__package__ = "pb.tally"
    sys.modules[name] = module
    exec(compile(mutant.tree, module.__file__, "exec"), module.__dict__)  # noqa: S102 - our own, changed
    setattr(sys.modules["pb.tally"], mutant.module, module)
    return module


@dataclass
class Score:
    """What became of the mutants of a module. survivors: those that are not known as equivalent."""

    module: str
    total: int
    equivalent: int
    survivors: list[Mutant]

    @property
    def killed(self) -> int:
        return self.total - self.equivalent - len(self.survivors)

    def __str__(self) -> str:
        found = self.total - self.equivalent
        part = 100 * self.killed / found if found else 100.0
        return (
            f"{self.module}: {self.killed} of {found} killed ({part:.1f} %), "
            f"{self.equivalent} of {self.total} are equivalent"
        )


@dataclass
class Found:
    """What became of mutants in earlier runs, kept in a file with a line of JSON for each.

    text and what are those of the mutant, so that lines may move. skips_survivors: nothing that
    was tried before is tried again.
    """

    path: Path | None = None
    skips_survivors: bool = False
    survived: dict[tuple[Any, ...], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path and self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                *key, survived = json.loads(line)
                self.survived[tuple(key)] = survived

    def survives(self, mutant: Mutant, trial: Trial) -> bool:
        """Return what is known of a mutant, or try it."""
        key = *mutant.key, mutant.which
        known = self.survived.get(key)
        if known is False or (known and self.skips_survivors):
            return known
        self.survived[key] = survives(mutant, trial)
        if self.path:
            with self.path.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps([*key, self.survived[key]]) + "\n")
        return self.survived[key]


def score(
    module: str, trial: Trial, found: Found, which: slice, report: Callable[[str], object]
) -> Score:
    """Try these mutants of a module; the known equivalent ones are not tried."""
    loaded = [name for name in sys.modules if name == f"pb.tally.{module}"]
    if loaded:
        raise RuntimeError(f"{loaded[0]} is in use already, so it cannot be changed")
    source = (ENGINE / f"{module}.py").read_text(encoding="utf-8")
    if not trial.holds_unchanged:
        trial.holds_unchanged = survives(Mutant(module, 0, "", "", ast.parse(source)), trial)
    if not trial.holds_unchanged:
        raise RuntimeError(f"the tests do not hold for {module} as it is")
    made = Score(module, 0, 0, [])
    for mutant in list(mutants_in(module, source))[which]:
        made.total += 1
        if mutant.key in EQUIVALENT:
            made.equivalent += 1
        elif found.survives(mutant, trial):
            made.survivors.append(mutant)
            report(f"{module}.py:{mutant.line}: {mutant.what}    | {mutant.text}\n")
    if not holds_alone(lambda folder: not trial.holds_what_is_known()):
        raise RuntimeError(f"{module} as it is no longer holds: what killed was not the change")
    return made


def main(arguments: Sequence[str]) -> int:
    """Try the modules that are named, or all, and write what survives and how many do not."""
    parser = argparse.ArgumentParser(prog="python -m tests.tally.mutation")
    parser.add_argument("--found", type=Path, metavar="FILE")
    parser.add_argument("--untried", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--every", type=int, metavar="N", default=1)
    parser.add_argument("--after", type=int, metavar="K", default=0)
    parser.add_argument("modules", nargs="*", metavar="MODULE", default=MODULES)
    asked = parser.parse_args(arguments)
    found = Found(asked.found, skips_survivors=asked.untried)
    which, scores = slice(asked.after, None, asked.every), []
    with TemporaryDirectory() as folder:
        trials: dict[bool, Trial] = {}
        for module in asked.modules:
            is_recount = module == RECOUNT
            if is_recount not in trials:
                trials[is_recount] = trial_of(module, Path(folder))
                trials[is_recount].is_quick = asked.quick
                gc.freeze()  # Else every process copies all of it as soon as it collects garbage.
            scores.append(score(module, trials[is_recount], found, which, _say))
            _say(f"{scores[-1]}\n")
    total, equivalent = sum(each.total for each in scores), sum(each.equivalent for each in scores)
    survivors = [mutant for each in scores for mutant in each.survivors]
    _say(f"{Score('all', total, equivalent, survivors)}\n")
    return 1 if survivors else 0


def _say(line: str) -> None:
    """Write a line at once: a run takes long."""
    sys.stdout.write(line)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
