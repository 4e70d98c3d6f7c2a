"""The one way to count: an election and a rule in, an outcome with every reason out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256

from pb.tally.arrays import Arrays
from pb.tally.election import Election, Project
from pb.tally.electorate import served
from pb.tally.equal_shares import first_share
from pb.tally.outcome import Ending, Outcome, Pass, ProjectResult, Step
from pb.tally.rules import Comparison, Family, Rule
from pb.tally.tallied import Tallied, tally
from pb.tally.ties import Tie
from pb.tally.what_it_takes import what_it_takes


def count(election: Election, rule: Rule, *, seed: str | None = None) -> Outcome:
    """Count an election by a rule and explain the outcome.

    seed: draw the lots by it, as ``docs/result-file.md`` says, in the place of those given.
    The same election and rule give the same outcome, whatever the order of the input.
    Raises CountRefused when the rule cannot count this election.
    """
    if seed is not None:
        election = replace(election, projects=_with_lots(election.projects, seed))
    arrays = Arrays.of(election, rule)
    tallied = tally(arrays, rule, explained=True)
    notebook, funded = tallied.notebook, tallied.funded
    ties = _weighed_ties(arrays, rule, tallied)
    by_area, by_theme = _spent_by_group(election, notebook.selected)
    completed = {project.id for project in notebook.completed}
    first = [project for project in notebook.selected if project.id not in completed]
    shares = tallied.shares
    return Outcome(
        rule=rule,
        title=election.title,
        currency=election.currency,
        input_sha256=election.input_sha256,
        seed=seed,
        budget=election.budget,
        selected=tuple(project.id for project in (*first, *notebook.completed)),
        completed=tuple(project.id for project in notebook.completed),
        partly_funded=notebook.partly_funded,
        steps=tuple(notebook.steps),
        ties=ties,
        projects=_projects(arrays, tallied, ties),
        voters=election.voters,
        blank_ballots=election.blank_ballots,
        voters_with_a_funded_choice=served(election, funded),
        points_scale=election.points_scale,
        spent_by_area=by_area,
        spent_by_theme=by_theme,
        ending=_ending(tallied),
        start_endowment=_start(tallied),
        endowment=shares.run.share if shares else None,
        increments=shares.raised.increments if shares else None,
        next_run=shares.next_run if shares else None,
        comparison=tallied.comparison,
        fallbacks=shares.raised.fallbacks if shares else 0,
    )


def _start(tallied: Tallied) -> Fraction | None:
    """Return the first share of every voter, also when nobody supports anything."""
    is_shares = tallied.rule.family is Family.EQUAL_SHARES
    voted = tallied.notebook.figures.voters > 0
    return first_share(tallied.notebook) if is_shares and voted else None


def _ending(tallied: Tallied) -> Ending | None:
    """Return why the shares were raised no further; None when other rules decided."""
    if tallied.shares is not None:
        return tallied.shares.raised.ending
    shares_decided = tallied.rule.family is Family.EQUAL_SHARES
    return Ending.NO_CANDIDATES if shares_decided else None


def _weighed_ties(arrays: Arrays, rule: Rule, tallied: Tallied) -> tuple[Tie, ...]:
    """Return the ties, each with whether another outcome follows when the rival goes first."""
    ties, shares = tallied.notebook.ties, tallied.shares
    # Who lost no tie while shares were raised raises them alike when going first.
    lost_in_shares = {tie.rival for tie in ties if tie.stage == Pass.SHARES}
    share = shares.run.share if shares and rule.comparison is Comparison.NONE else None
    changes = {}
    for name in {tie.rival for tie in ties}:
        known = None if name in lost_in_shares else share
        changes[name] = tally(arrays, rule, first=name, share=known).funded != tallied.funded
    weighed = (replace(tie, changes_outcome=changes[tie.rival]) for tie in ties)
    return tuple(sorted(weighed, key=lambda tie: (tie.stage, tie.winner, tie.rival)))


def _projects(arrays: Arrays, tallied: Tallied, ties: Iterable[Tie]) -> dict[str, ProjectResult]:
    """Return what became of every project, in the order of the ids."""
    notebook, funded = tallied.notebook, tallied.funded
    takes = what_it_takes(arrays, tallied)
    lost: dict[str, set[str]] = {}
    for tie in ties:
        lost.setdefault(tie.rival, set()).add(tie.winner)
    deciding = _deciding_steps(notebook.steps, funded)
    found = {}
    for project in sorted(arrays.election.projects, key=lambda each: each.id):
        name = project.id
        take = takes[name]
        held = take.money
        found[name] = ProjectResult(
            votes=notebook.votes[name],
            score=notebook.scores[name],
            cost=project.cost,
            selected=name in funded,
            reason=deciding[name].reason,
            lost_ties_to=tuple(sorted(lost.get(name, ()))),
            left_at_completion=notebook.left_at_completion.get(name),
            max_winning_cost=take.max_winning_cost,
            extra_votes=take.extra_votes,
            effective_support=held.effective if held else None,
            supporters_left=held.left if held else None,
            supporters_spent=held.spent if held else {},
        )
    return found


def _deciding_steps(steps: Iterable[Step], funded: set[str]) -> Mapping[str, Step]:
    """Return the step that says why: the last, or that of the shares when completion refused."""
    deciding: dict[str, Step] = {}
    for step in steps:
        known = deciding.get(step.project)
        keeps = known is not None and known.pass_ is Pass.SHARES and step.project not in funded
        if not keeps:
            deciding[step.project] = step
    return deciding


def _spent_by_group(
    election: Election, selected: Iterable[Project]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return what was spent per area and per theme, also where nothing was."""
    areas = {project.area for project in election.projects if project.area}
    themes = {theme for project in election.projects for theme in project.themes}
    by_area = dict.fromkeys(sorted(areas | set(election.area_budgets)), 0)
    by_theme = dict.fromkeys(sorted(themes | set(election.theme_ceilings)), 0)
    for project in selected:
        if project.area:
            by_area[project.area] += project.cost
        for theme in project.themes:
            by_theme[theme] += project.cost
    return by_area, by_theme


def _with_lots(projects: Iterable[Project], seed: str) -> tuple[Project, ...]:
    """Return the projects with a lot number drawn by a seed: the place by a hash of both."""
    listed = list(projects)
    drawn = sorted(listed, key=lambda each: sha256(f"{seed}|{each.id}".encode()).hexdigest())
    lots = {project.id: place for place, project in enumerate(drawn, start=1)}
    return tuple(replace(project, lot=lots[project.id]) for project in listed)
