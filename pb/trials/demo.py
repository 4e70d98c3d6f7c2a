"""The demonstration: De Ganzerik in four rounds, with people, letters and codes to try it out.

Everything gets into the stores through the services. One round is finished and in execution;
the same neighbourhood stands three times more where residents or staff have something to do.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from secrets import choice, token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from pb.accounts import service as accounts
from pb.accounts.actor import Actor
from pb.accounts.domain import Role
from pb.database.migrations import migrations_folder
from pb.foundation.errors import N_, WrongState
from pb.foundation.money import euros
from pb.foundation.settings import Settings
from pb.results import service as results
from pb.results.domain import Result
from pb.rounds import service as rounds
from pb.tally import pabulib
from pb.tally.count import count
from pb.tally.outcome import Outcome
from pb.tally.rules import EQUAL_SHARES
from pb.tokens.commands import letter_facts
from pb.tokens.domain import Printable
from pb.tokens.letters import write_letters
from pb.trials.aftermath import follow_up, look_back
from pb.trials.ganzerik import BALLOTS_FILE, ROUND_FILE, Ganzerik
from pb.trials.installation import installed, settings_in
from pb.trials.moved_dates import MovedDates
from pb.trials.officers import LABELS
from pb.trials.story import Staff, Story

ZONE = ZoneInfo("Europe/Amsterdam")
MARK, FACTS, LETTERS = ".pb-demo", "demo.json", "letters"
FINISHED, OPEN, IN_REVIEW, VOTING = (
    *("ganzerik-klaar", "ganzerik-plannen", "ganzerik-toetsen", "ganzerik-stemmen"),
)
# Which day of the example is today, in each round.
TODAY_IS = {
    FINISHED: "2027-04-01",
    OPEN: "2026-04-17",
    IN_REVIEW: "2026-06-11",
    VOTING: "2026-09-13",
}
ADDITIONS = {
    FINISHED: "",
    OPEN: ": plannen indienen",
    IN_REVIEW: ": samen haalbaar maken",
    VOTING: ": stemmen",
}
VOTED_ALREADY = 240
SAMPLE_LETTERS = 4  # of each area; the first of each has a code that is printed
GOOD_FOR = timedelta(days=7)  # then the clock nears the first closing moment

PEOPLE = (
    ("projectleider", "Projectleider buurtbudget", Role.ROUND_MANAGER),
    ("collega", "Projectleider buurtbudget, tweede", Role.ROUND_MANAGER),
    ("adviseur", "Adviseur groen, spelen en ontmoeten", Role.REVIEWER),
    ("techniek", "Adviseur water, verkeer en veiligheid", Role.REVIEWER),
    ("helper", "Opbouwwerker", Role.HELPER),
    ("teller", "Teller", Role.COUNTER),
    ("wijkraad", "Wijkraad De Ganzerik", Role.COUNCIL),
    ("begeleider", "Bureau Tussenbeide", Role.FACILITATOR),
    ("controleur", "Controleur", Role.AUDITOR),
    ("beheerder", "Beheerder", Role.ADMINISTRATOR),
)
SYMBOLS = "abcdefghijkmnpqrstuvwxyz23456789"

# Called with what is being done.
Tell = Callable[[str], None]


class DemoDiffers(WrongState):
    """The count of the demonstration is not the one in its data file."""

    sentence = N_(
        "De telling van de demonstratie klopt niet: %(found)s in plaats van %(expected)s."
    )


class FolderIsNotADemo(WrongState):
    """The folder holds something else, which a demonstration must not overwrite."""

    sentence = N_("In de map %(folder)s staat iets anders. Kies een lege map.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What somebody needs to look around; kept in the folder beside the stores.

    Nothing here is secret to who owns the folder: it is a demonstration. rounds: slug and
    title. accounts: address, label and role; all have one password. codes: three that have
    not voted yet. owner_links: where an owner finds a plan with something to answer.
    officers: function and passphrase of the three who hold the keys of the voting round.
    """

    stamp: str
    secret_key: str
    built_on: str
    good_until: str
    password: str
    rounds: Mapping[str, str]
    accounts: Sequence[tuple[str, str, str]]
    codes: Sequence[str]
    letters: Sequence[str]
    owner_links: Mapping[str, str]
    officers: Sequence[tuple[str, str]]
    checked: Sequence[str]


def default_folder() -> Path:
    """Return ``var/demo`` in the checkout; in the present folder when pb is installed."""
    checkout = Path(__file__).resolve().parents[2]
    base = checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
    return base / "var" / "demo"


def settings_of(folder: Path, secret_key: str, port: int) -> Settings:
    """Return the settings of a demonstration that is served on this machine only."""
    return settings_in(
        folder,
        secret_key=secret_key,
        public_address=f"http://127.0.0.1:{port}",
        secure_cookies=False,
    )


def find(folder: Path) -> Demo | None:
    """Return the demonstration that was finished in this folder, or None."""
    try:
        return Demo(**json.loads((folder / FACTS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def why_rebuild(demo: Demo, now: datetime) -> str:
    """Return why a demonstration cannot be used any more; empty when it can."""
    if demo.stamp != stamp():
        return "pb or its data changed since the demonstration was built"
    if now.isoformat() >= demo.good_until:
        return f"the demonstration is of {demo.built_on[:10]}, and its rounds have moved on"
    return ""


def stamp() -> str:
    """Return a digest of everything that a demonstration is made of."""
    parts = [ROUND_FILE, BALLOTS_FILE, *sorted(Path(__file__).parent.glob("*.py"))]
    parts += sorted(migrations_folder().glob("*/versions/*.py"))
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.name.encode() + b"\0" + part.read_bytes())
    return digest.hexdigest()


def clear(folder: Path) -> None:
    """Empty a folder for a new demonstration. Raises FolderIsNotADemo."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARK).exists():
            raise FolderIsNotADemo(folder=str(folder))
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True)
    (folder / MARK).touch()


def build(folder: Path, now: datetime, port: int, tell: Tell) -> Demo:
    """Fill an empty folder with the demonstration, and return what somebody needs to know.

    Raises FolderIsNotADemo, and DemoDiffers when the count is not what the data file says.
    """
    clear(folder)
    secret_key = token_urlsafe(32)
    password = "-".join("".join(choice(SYMBOLS) for _ in range(4)) for _ in range(4))
    with installed(settings_of(folder, secret_key, port)) as app:
        tell("accounts for ten people")
        staff = _add_people(password, now - timedelta(days=500))
        today = now.astimezone(ZONE).date()
        stories = {slug: _story(slug, staff, today) for slug in TODAY_IS}
        checked = _bring_to_execution(app, stories[FINISHED], tell)
        tell("a round open for plans")
        stories[OPEN].announce(ADDITIONS[OPEN])
        stories[OPEN].send_plans()
        tell("a round in review")
        stories[IN_REVIEW].announce(ADDITIONS[IN_REVIEW])
        stories[IN_REVIEW].send_plans()
        stories[IN_REVIEW].review()
        samples = _bring_to_voting(app, stories[VOTING], tell)
        for slug in TODAY_IS:
            rounds.record_clock(slug, now)
        tell("sample letters")
        with app.test_request_context():
            files = write_letters(samples, letter_facts(VOTING), folder / LETTERS)
        demo = Demo(
            stamp=stamp(),
            secret_key=secret_key,
            built_on=now.isoformat(),
            good_until=(now + GOOD_FOR).isoformat(),
            password=password,
            rounds={slug: rounds.get(slug, now).title for slug in TODAY_IS},
            accounts=[(_address(name), label, role.value) for name, label, role in PEOPLE],
            codes=[each.code.grouped() for each in samples[::SAMPLE_LETTERS]],
            letters=[str(path) for path in files],
            owner_links=_owner_links(stories),
            officers=_officers(stories[VOTING]),
            checked=checked,
        )
    _keep(folder, demo)
    return demo


def _story(slug: str, staff: Staff, today: date) -> Story:
    dates = MovedDates(date.fromisoformat(TODAY_IS[slug]), today, ZONE)
    return Story(slug, Ganzerik(dates), staff, until=datetime.combine(today, time(), tzinfo=ZONE))


def _address(name: str) -> str:
    return f"{name}@dorrewold.example"


def _add_people(password: str, now: datetime) -> Staff:
    """Make an account for every role, some twice; the same password for all, as it is a demo."""
    actors = {}
    for name, label, role in PEOPLE:
        member = accounts.add(
            name=f"{label} (demo)", email=_address(name), label=label,
            roles=frozenset({role}), password=password, now=now,
        )  # fmt: skip
        actors[name] = Actor.of(member)
    return Staff(
        manager=actors["projectleider"],
        colleague=actors["collega"],
        neighbourhood_reviewer=actors["adviseur"],
        technical_reviewer=actors["techniek"],
        counter=actors["teller"],
        council=actors["wijkraad"],
    )


def _bring_to_execution(app: Flask, story: Story, tell: Tell) -> list[str]:
    tell("a finished round: framework, plans, reviews")
    story.announce(ADDITIONS[FINISHED])
    _bring_to_ballot_list(story)
    tell("a finished round: 5,310 letters")
    story.make_letters(lambda _done, _total: None)
    tell("a finished round: 803 ballots")
    story.cast(app, lambda _done: None)
    tell("a finished round: count, publication, follow-up")
    story.count()
    checked = _checked(story)
    follow_up(story)
    look_back(story)
    return checked


def _bring_to_voting(app: Flask, story: Story, tell: Tell) -> list[Printable]:
    tell("a round in which people vote")
    story.announce(ADDITIONS[VOTING])
    _bring_to_ballot_list(story)
    story.make_letters(lambda _done, _total: None)
    story.cast(app, lambda _done: None, at_most=VOTED_ALREADY)
    areas = [area for area in story.example.framework().areas if not area.whole]
    return [each for area in areas for each in story.letters_of(area.id)[:SAMPLE_LETTERS]]


def _bring_to_ballot_list(story: Story) -> None:
    story.send_plans()
    story.review()
    story.look_again()
    story.prove()
    story.publish_list()


def _checked(story: Story) -> list[str]:
    """Compare the count with the data file, and both what-ifs; return what was found.

    Raises DemoDiffers.
    """
    data, result = story.example.data, results.result(story.slug)
    found = [_compared("most votes", result, result.outcome, data["result"])]
    file = pabulib.parse(results.election_file(story.slug), "uitslag.pb")
    election = pabulib.to_election(file)
    for expected in data["what_if"]:
        with_ceilings = expected["settings"]["theme_ceilings_used"]
        rule = replace(EQUAL_SHARES, theme_ceilings=with_ceilings)
        name = f"equal shares {'with' if with_ceilings else 'without'} theme ceilings"
        found.append(_compared(name, result, count(election, rule), expected))
    return found


def _compared(rule: str, result: Result, outcome: Outcome, expected: Mapping[str, Any]) -> str:
    numbers = {plan.id: plan.number for plan in result.plans}
    chosen = {f"P{numbers[name]:02d}" for name in outcome.selected}
    if chosen != set(expected["selected_ids"]) or outcome.spent != euros(expected["spent_eur"]):
        raise DemoDiffers(
            found=f"{rule}: {len(chosen)} ({outcome.spent // 100})",
            expected=f"{len(expected['selected_ids'])} ({expected['spent_eur']})",
        )
    return f"{rule}: {len(chosen)} plans, € {outcome.spent // 100:,}, as in the data file"


def _owner_links(stories: Mapping[str, Story]) -> dict[str, str]:
    """Return addresses of owners who have something to answer, or to write."""
    return {
        f"{slug} {plan}": f"/ronde/{slug}/mijn/{stories[slug].links[plan]}"
        for slug, plan in ((IN_REVIEW, "P06"), (OPEN, "P04"), (FINISHED, "P02"))
    }


def _officers(story: Story) -> list[tuple[str, str]]:
    """Return who hold the keys of a round, and what each of them types."""
    return [
        (f"{number}: {LABELS[number]}", passphrase)
        for number, passphrase in sorted(story.officers.passphrases.items())
    ]


def _keep(folder: Path, demo: Demo) -> None:
    """Write what must be known again; last, so that a demo is there whole or not at all."""
    handle = os.open(folder / FACTS, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(demo), file, ensure_ascii=False, indent=1)
