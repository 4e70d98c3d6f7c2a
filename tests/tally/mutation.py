"""Changes the engine in one small way at a time, and sees whether a test notices.

    python -m tests.tally.mutation [MODULE ...]

Each mutant is tried in a process of its own, which is a copy of this one: first on elections whose
outcome the plain count knows, then on the tests written by hand, then on a few drawn elections.
It is killed when one of them fails, or when it uses too much time. Those that no test can kill,
because nothing that is promised changes, are named with the reason in ``equivalent_mutants``.

``recount`` is the other engine, in one file. What is known for it are files and the result files
that the first engine makes of them.
"""

import ast
import os
import resource
import signal
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import numpy as np  # noqa: F401  # Imported here once, and not in every process anew.
import pytest

from pb.tally.election import Election
from pb.tally.outcome import Outcome
from pb.tally.rules import Rule
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
#: How many elections are known, and the seconds that a process may compute.
KNOWN, KNOWN_TO_THE_RECOUNT = 400, 250
MOST_SECONDS = 45

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
    """A change. text: the line of the source that it is made in; tree: the module with it."""

    module: str
    line: int
    text: str
    what: str
    tree: ast.Module

    @property
    def key(self) -> tuple[str, str, str]:
        return self.module, self.text, self.what


# --- making mutants --------------------------------------------------------------------------


def mutants_of(module: str) -> Iterator[Mutant]:
    """Yield every change of a module of the engine."""
    return mutants_in(module, (ENGINE / f"{module}.py").read_text(encoding="utf-8"))


def mutants_in(module: str, source: str) -> Iterator[Mutant]:
    """Yield every change of the source of a module."""
    lines = source.splitlines()
    as_it_is = ast.parse(source)
    alone = _left_alone(as_it_is)
    for place, node in enumerate(ast.walk(as_it_is)):
        for number, _ in enumerate(_changes(node, alone)):
            tree = ast.parse(source)
            changes = list(_changes(list(ast.walk(tree))[place], _left_alone(tree)))
            line, what, change = changes[number]
            change()
            yield Mutant(
                module, line, lines[line - 1].strip(), what, ast.fix_missing_locations(tree)
            )


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
    for field in ("body", "orelse"):
        body = getattr(node, field, None)
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


@dataclass(frozen=True)
class Trial:
    """What a changed engine must get right: what is known, and then the tests of these names."""

    holds_what_is_known: Callable[[], bool]
    tests: Sequence[str]


def trial_of(module: str, folder: Path) -> Trial:
    """Return the trial for the mutants of a module."""
    if module == RECOUNT:
        files = known_files(folder)

        def counts_the_files_alike() -> bool:
            from pb.tally.recount import recount

            return all(recount(path, seed=seed) == result for path, seed, result in files)

        return Trial(counts_the_files_alike, TESTS_OF_THE_RECOUNT)
    known = known_outcomes()

    def counts_as_the_plain_count() -> bool:
        from pb.tally.count import count

        return all(count(election, rule) == outcome for election, rule, outcome in known)

    return Trial(counts_as_the_plain_count, TESTS)


def survives(mutant: Mutant, trial: Trial) -> bool:
    """Tell whether all tests hold for a mutant."""
    return holds_alone(lambda folder: _try(mutant, trial, folder))


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
    _put_in_place(mutant, folder)
    if not trial.holds_what_is_known():
        return 1
    return _run_tests(trial.tests)


def _run_tests(names: Sequence[str]) -> int:
    """Run the tests of these names, those on drawn elections last."""
    files = [str(path) for name in names if (path := HERE / f"test_{name}.py").exists()]
    quiet = [
        "-x",
        "-q",
        "--noconftest",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        "-o",
        "filterwarnings=",
    ]
    mode = ["--import-mode=importlib", "-m", "not nightly and not shared"]
    for which in ("not few_drawn", "few_drawn"):
        ended = pytest.main([*quiet, *mode, "-k", which, *files])
        if ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return 1
    return 0


def _put_in_place(mutant: Mutant, folder: Path) -> None:
    """Let the changed module be the one that others import, and that lies where it says it lies."""
    name = f"pb.tally.{mutant.module}"
    module = types.ModuleType(name)
    module.__file__ = str(ENGINE / f"{mutant.module}.py")
    if mutant.module == RECOUNT:  # Its tests run it as a program, too.
        path = folder / "recount.py"
        path.write_text(ast.unparse(mutant.tree), encoding="utf-8")
        module.__file__ = str(path)
    module.__package__ = "pb.tally"
    sys.modules[name] = module
    exec(compile(mutant.tree, module.__file__, "exec"), module.__dict__)  # noqa: S102
    setattr(sys.modules["pb.tally"], mutant.module, module)


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


def score(module: str, trial: Trial, report: Callable[[str], object] = lambda line: None) -> Score:
    """Try every mutant of a module; the known equivalent ones are not tried."""
    loaded = [name for name in sys.modules if name == f"pb.tally.{module}"]
    if loaded:
        raise RuntimeError(f"{loaded[0]} is in use already, so it cannot be changed")
    source = (ENGINE / f"{module}.py").read_text(encoding="utf-8")
    if not survives(Mutant(module, 0, "", "nothing", ast.parse(source)), trial):
        raise RuntimeError(f"the tests do not hold for {module} as it is")
    found = Score(module, 0, 0, [])
    for mutant in mutants_of(module):
        found.total += 1
        if mutant.key in EQUIVALENT:
            found.equivalent += 1
        elif survives(mutant, trial):
            found.survivors.append(mutant)
            report(f"{module}.py:{mutant.line}: {mutant.what}    | {mutant.text}\n")
    return found


def main(names: Sequence[str]) -> int:
    """Try the modules that are named, or all, and write what survives and how many do not."""
    scores = []
    with TemporaryDirectory() as folder:
        trials: dict[bool, Trial] = {}
        for module in names or MODULES:
            is_recount = module == RECOUNT
            if is_recount not in trials:
                trials[is_recount] = trial_of(module, Path(folder))
            scores.append(score(module, trials[is_recount], sys.stdout.write))
            sys.stdout.write(f"{scores[-1]}\n")
            sys.stdout.flush()
    sums = Counter[str]()
    for each in scores:
        sums.update(total=each.total, equivalent=each.equivalent, survivors=len(each.survivors))
    whole = Score(
        "all", sums["total"], sums["equivalent"], [m for s in scores for m in s.survivors]
    )
    sys.stdout.write(f"{whole}\n")
    return 1 if whole.survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
