"""The command line's door to the trials: demo, replay, bench."""

import shutil
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pb.app import create_app
from pb.foundation.clock import system_clock
from pb.tally.errors import CountRefused, UnreadableElection
from pb.trials import bench as benchmark
from pb.trials import bench_bundle as bundle_benchmark
from pb.trials import bench_cast as cast_benchmark
from pb.trials import bench_report, real_election
from pb.trials import bench_tally as tally_benchmark
from pb.trials import demo as demonstration
from pb.trials.demo import Demo
from pb.trials.replay import BUNDLE, Replayed
from pb.trials.replay import replay as replay_election
from pb.trials.server import PortTaken, refuse_taken, serve
from pb.trials.staging import Progress
from pb.web.commands import REFUSED, UNREADABLE, refusals_shown, say, say_json

SHAPES = click.Choice(["text", "json"])


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--no-serve", is_flag=True, help="Fill the stores, print what is there, and stop.")
@click.option("--fresh", is_flag=True, help="Throw an earlier demonstration away first.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=demonstration.default_folder,
    help="Where the stores lie; var/demo when left out.",
)
def demo(port: int, no_serve: bool, fresh: bool, folder: Path) -> None:
    """Serve De Ganzerik, an invented neighbourhood, in four rounds on this machine."""
    folder = folder.resolve()
    try:
        if not no_serve:
            refuse_taken(port)
        with refusals_shown():
            found = prepared(folder, port, fresh=fresh)
    except PortTaken as taken:
        say(str(taken))
        sys.exit(REFUSED)
    click.echo(summary(found, port, served=not no_serve))
    if not no_serve:
        settings = demonstration.settings_of(folder, found.secret_key, port)
        serve(partial(create_app, settings, system_clock), port)


def prepared(folder: Path, port: int, *, fresh: bool) -> Demo:
    """Return the demonstration in a folder; builds it when it is missing or out of date."""
    found = demonstration.find(folder)
    why = demonstration.why_rebuild(found, system_clock()) if found else ""
    if found and not fresh and not why:
        return found
    if why:
        say(f"Building again: {why}.")
    return demonstration.build(folder, system_clock(), port, lambda what: say(f"  … {what}"))


def summary(found: Demo, port: int, *, served: bool) -> str:
    """Return what somebody needs to look around."""
    home = f"http://127.0.0.1:{port}"
    lines = ["", "De Ganzerik, an invented neighbourhood, in four rounds", ""]
    lines += [f"  {title:<52} {home}/ronde/{slug}" for slug, title in found.rounds.items()]
    lines += ["", f"Vote at {home}/ronde/ganzerik-stemmen with one of these codes", ""]
    lines += [f"  {code}" for code in found.codes]
    lines += ["", f"Sign in as staff at {home}/beheer, all with the password  {found.password}", ""]
    lines += [f"  {address:<32} {label}" for address, label, _ in found.accounts]
    lines += ["", "Two of these three officers open the votes of that round, once it closed", ""]
    lines += [f"  {officer:<32} {passphrase}" for officer, passphrase in found.officers]
    lines += ["", "Private links of three owners", ""]
    lines += [f"  {plan:<24} {home}{path}" for plan, path in found.owner_links.items()]
    lines += ["", "Letters to print", "", *(f"  {path}" for path in found.letters), ""]
    lines += [f"Counted  {line}" for line in found.checked]
    lines += [
        "",
        "Paper and desk ballots of the example were cast through the online ballot box for now.",
        "Dates moved, so that the example ends today; everything in it is invented.",
    ]
    if served:
        lines += ["", f"Serving on {home}  (Ctrl+C stops it)"]
    return "\n".join(lines)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "shape", type=SHAPES, default="text", help="How to print the outcome.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the stores and the result in this new folder; otherwise nothing is kept.",
)
@click.option(
    "--bundle",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.zip",
    help="Write the bundle, signed with demo keys, to this new file; pb verify checks it.",
)
def replay(file: Path, shape: str, folder: Path | None, bundle: Path | None) -> None:
    """Replay a real election (a Pabulib FILE.pb) through the whole stack."""
    if bundle is not None and bundle.exists():
        say(f"{bundle} is there already; name a new file.")
        sys.exit(REFUSED)
    try:
        election = real_election.read(file)
    except UnreadableElection as unreadable:
        say(str(unreadable))
        sys.exit(UNREADABLE)
    if folder is not None and folder.exists() and any(folder.iterdir()):
        say(f"{folder} is not empty; name a new folder.")
        sys.exit(REFUSED)
    try:
        with refusals_shown(), TemporaryDirectory(prefix="pb-replay-") as temporary:
            stores = folder or Path(temporary)
            replayed = replay_election(election, stores, shown_progress())
            if bundle is not None:
                shutil.copyfile(stores / BUNDLE, bundle)
    except CountRefused as refused:
        say(str(refused))
        sys.exit(REFUSED)
    if shape == "json":
        say_json(replayed.as_dict())
    else:
        click.echo(written(replayed))


@click.group()
def bench() -> None:
    """Measure, beside the bare limits of what pb is built on."""


@bench.command()
@click.option(
    "--seconds",
    type=click.FloatRange(1, 120),
    default=9.0,
    show_default=True,
    help="How long each thing is measured.",
)
@click.option("--format", "shape", type=SHAPES, default="text", help="How to print the figures.")
def web(seconds: float, shape: str) -> None:
    """Measure the pages and the ballot box under gunicorn; takes some minutes."""
    with refusals_shown():
        figures = benchmark.bench(seconds, shown_progress())
    if shape == "json":
        say_json(bench_report.report(figures))
    else:
        click.echo(bench_report.written(figures))


@bench.command(name="bundle")
@click.option("--letters", type=click.IntRange(100, 500_000), default=100_000, show_default=True)
@click.option("--ballots", type=click.IntRange(1, 500_000), default=30_000, show_default=True)
@click.option("--format", "shape", type=SHAPES, default="text", help="How to print the figures.")
def bench_bundle(letters: int, ballots: int, shape: str) -> None:
    """Measure a large round: minting, casting, the bundle, and checking it; some minutes."""
    found = bundle_benchmark.bench(letters, min(ballots, letters), shown_progress())
    if shape == "json":
        say_json(found)
    else:
        click.echo(bundle_benchmark.written(found), nl=False)


@bench.command(name="cast")
@click.option("--letters", type=click.IntRange(200, 500_000), default=100_000, show_default=True)
@click.option(
    "--ballots",
    type=click.IntRange(100, 500_000),
    default=10_000,
    show_default=True,
    help="How many ballots lie in the box the first time; the second time as many as letters.",
)
@click.option(
    "--journeys",
    type=click.IntRange(1, 50_000),
    default=1_000,
    show_default=True,
    help="How many visitors are measured each time.",
)
@click.option("--format", "shape", type=SHAPES, default="text", help="How to print the figures.")
def bench_cast(letters: int, ballots: int, journeys: int, shape: str) -> None:
    """Measure what a ballot costs the processor, with few and with many in the box."""
    if not journeys + cast_benchmark.WARMING <= ballots < letters:
        raise click.UsageError("There must be more ballots than journeys, and yet more letters.")
    with refusals_shown():
        found = cast_benchmark.bench(letters, ballots, journeys, shown_progress())
    if shape == "json":
        say_json(found)
    else:
        click.echo(cast_benchmark.written(found), nl=False)


@bench.command(name="tally")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--pabutools", "python", help="A Python that has pabutools; this one when it has.")
@click.option("--format", "shape", type=SHAPES, default="text", help="How to print the figures.")
def bench_tally(files: tuple[Path, ...], python: str | None, shape: str) -> None:
    """Measure the count on Pabulib files or folders, beside pabutools where it is there."""
    paths = [path for each in files for path in ([each] if each.is_file() else each.glob("*.pb"))]
    show, rows = shown_progress(), []
    for row in tally_benchmark.bench(paths, python or tally_benchmark.python_with_pabutools()):
        rows.append(row)
        show("files", len(rows), len(paths))
    if shape == "json":
        say_json([asdict(row) for row in rows])
    else:
        click.echo(tally_benchmark.written(rows), nl=False)


def shown_progress() -> Progress:
    """Return a progress that rewrites one line on standard error while a person watches."""
    watched = sys.stderr.isatty()

    def show(label: str, done: int, total: int) -> None:
        if watched:
            end = "\n" if done >= total else ""
            click.echo(f"\r{label:>10}  {done:>7,} of {total:,}{end}", err=True, nl=False)

    return show


def written(replayed: Replayed) -> str:
    """Return what a replay found, for a person."""
    election, in_file = replayed.election, replayed.selected_in_file
    turnout = replayed.accepted / max(1, replayed.letters)
    agrees = "the file names none"
    if in_file is not None:
        same = set(in_file) == set(replayed.selected)
        agrees = "the same as in the file" if same else "not the same as in the file"
    lines = [
        election.framework.title,
        f"Plans      {len(election.plans)}, budget {money(election.framework.total)}",
        f"Ballots    {replayed.accepted:,} counted, {len(election.file.ballots):,} in the file",
        f"Letters    {replayed.letters:,}, turnout {turnout:.1%}",
        f"Votes      {'every total equals the file' if replayed.votes_equal else 'DIFFER'}",
        f"Chosen     {len(replayed.selected)} plans for {money(replayed.spent)}: {agrees}",
        f"           {', '.join(replayed.selected)}",
        f"Speed      {replayed.cast_per_second:,.0f} ballots a second, each a write to disk",
    ]
    lines += [f"{step:<10} {spent:8.2f} s" for step, spent in replayed.seconds.items()]
    for plan, times in replayed.election.repeats.items():
        lines.append(f"Repeats    {plan} stands {times} times more on ballots that name it already")
    lines += [f"Note       {note}" for note in election.notes]
    return "\n".join(lines)


def money(cents: int) -> str:
    """Return an amount for the terminal."""
    return f"€ {cents / 100:,.0f}" if cents % 100 == 0 else f"€ {cents / 100:,.2f}"
