"""De Ganzerik as the demonstration builds it, with the states that the demonstration lacks.

The demonstration has four rounds, in which residents have something to do. Pages of the staff
also live in the states between; the same neighbourhood stands there once more for each.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from flask import Flask
from pypdf import PdfReader

from pb.accounts import service as accounts
from pb.accounts.actor import Actor
from pb.accounts.domain import Role
from pb.frameworks import service as frameworks
from pb.proposals import moderation
from pb.proposals import service as proposals
from pb.proposals.writing import Writing, WrittenLine
from pb.results import service as results
from pb.reviews import offers, second_look
from pb.reviews import service as reviews
from pb.reviews.domain import CriterionAnswer, Mark
from pb.rounds import service as rounds
from pb.rounds.domain import State
from pb.trials import demo
from pb.trials.ganzerik import Ganzerik
from pb.trials.installation import installed
from pb.trials.moved_dates import MovedDates
from pb.trials.story import Staff, Story

PREPARATION, ANNOUNCED, SECOND_LOOK, LISTED, COUNTED, PAUSED = (
    *("ganzerik-voorbereiding", "ganzerik-bekend", "ganzerik-herziening"),
    *("ganzerik-stemlijst", "ganzerik-telling", "ganzerik-stil"),
)
# Which day of the example is today, and what the title says more.
MORE_ROUNDS = {
    PREPARATION: ("2026-03-14", ": in voorbereiding"),
    ANNOUNCED: ("2026-03-20", ": bekendgemaakt"),
    SECOND_LOOK: ("2026-07-05", ": herziening"),
    LISTED: ("2026-08-10", ": stemlijst"),
    COUNTED: ("2026-09-30", ": telling"),
    PAUSED: ("2026-04-17", ": stilgezet"),
}
CAST_BEFORE_THE_COUNT = 60
# Plans of the round in review, by the verdict that follows from their answers.
WITH_ANSWERS = {"P11": Mark.YES, "P10": Mark.YES_IF, "P17": Mark.NO}
HELD = "P07"
ON_A_LETTER = re.compile(r"Uw stemcode\s+(\S+)\s+(\S+)")

DRAFT = Writing(
    title="Een boekenkast in de straat",
    summary="Buren ruilen boeken bij een kast op de hoek.",
    situation="Er staat nu een lege bloembak.",
    place="Hoek Lindepad",
    area_id="A1",
    lines=(WrittenLine("Kast", "900"), WrittenLine("Plaatsen", "ongeveer 200")),
    upkeep="50",
    own_part="Wij houden de kast netjes.",
    care="De buren.",
    pseudonym="De Leesclub",
    reach="06-00000000",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """An installation that runs. codes: one of each printed letter; secrets: of private links.

    addresses: where a member of the staff signs in, by role.
    """

    home: str
    password: str
    addresses: Mapping[Role, str]
    codes: list[str]
    secrets: Mapping[str, str]

    def path(self, pattern: str) -> str:
        """Return an address of a page; ``{names}`` in it are filled in with secrets."""
        return pattern.format(**self.secrets)


def build(folder: Path, now: datetime, port: int) -> Town:
    """Fill a folder with the demonstration, and with a round in every state that it lacks."""
    found = demo.build(folder, now, port, lambda _what: None)
    with installed(demo.settings_of(folder, found.secret_key, port)) as app:
        staff = the_staff()
        today = now.astimezone(demo.ZONE).date()
        stories = {slug: a_story(slug, day, staff, today) for slug, (day, _) in MORE_ROUNDS.items()}
        in_preparation(stories.pop(PREPARATION))
        for slug, story in stories.items():
            story.announce(MORE_ROUNDS[slug][1])
        paused(stories[PAUSED], now)
        reconsidered(stories[SECOND_LOOK])
        listed(stories[LISTED])
        counted(app, stories[COUNTED])
        assessed(staff, now)
        secrets = {
            **{name.replace(" ", "_").replace("-", "_"): link.rsplit("/", 1)[-1]
               for name, link in found.owner_links.items()},
            **drafted_and_asked(staff, now),
            "not_feasible": stories[SECOND_LOOK].links["P18"],
            "feasible": stories[SECOND_LOOK].links["P02"],
        }  # fmt: skip
    return Town(
        home=f"http://127.0.0.1:{port}",
        password=found.password,
        addresses={Role(role): address for address, _, role in reversed(found.accounts)},
        codes=[code for letters in found.letters for code in codes_on(Path(letters))],
        secrets=secrets,
    )


def codes_on(letters: Path) -> list[str]:
    """Read the codes off printed letters, as their receivers do."""
    found = [ON_A_LETTER.search(page.extract_text()) for page in PdfReader(letters).pages]
    return [f"{each[1]}-{each[2]}" for each in found if each]


def the_staff() -> Staff:
    actors = {member.email.split("@")[0]: Actor.of(member) for member in accounts.list_all()}
    return Staff(
        manager=actors["projectleider"],
        colleague=actors["collega"],
        neighbourhood_reviewer=actors["adviseur"],
        technical_reviewer=actors["techniek"],
        counter=actors["teller"],
        council=actors["wijkraad"],
    )


def a_story(slug: str, day: str, staff: Staff, today: date) -> Story:
    dates = MovedDates(date.fromisoformat(day), today, demo.ZONE)
    until = datetime.combine(today, time(), tzinfo=demo.ZONE)
    return Story(slug, Ganzerik(dates), staff, until=until)


def in_preparation(story: Story) -> None:
    """Written and signed by one; a second signature is asked."""
    at, manager = story.example.dates.at, story.staff.manager
    framework = story.example.framework(MORE_ROUNDS[PREPARATION][1])
    rounds.create(story.slug, framework, by=manager, now=at("2026-03-03"))
    frameworks.sign(story.slug, by=manager, now=at("2026-03-13"))


def paused(story: Story, now: datetime) -> None:
    story.send_plans()
    rounds.interrupt(
        story.slug, State.PAUSED, body="Het college",
        reason="De dijk wordt eerst hersteld.", by=story.staff.manager, now=now,
    )  # fmt: skip


def reconsidered(story: Story) -> None:
    """Every plan has a verdict; one owner asked for a second look and waits."""
    story.send_plans()
    story.review()
    plan = next(each for each in story.plans if each.id == "P14")
    second_look.ask(
        story.slug, story.links[plan.id], plan.reconsidered.request, now=plan.reconsidered.asked_at
    )


def listed(story: Story) -> None:
    story.send_plans()
    story.review()
    story.look_again()
    story.prove()
    story.publish_list()


def counted(app: Flask, story: Story) -> None:
    """Two people counted; the council has not published yet."""
    listed(story)
    story.make_letters(lambda _done, _total: None)
    story.cast(app, lambda _done: None, at_most=CAST_BEFORE_THE_COUNT)
    at = story.example.dates.at
    results.propose(story.slug, by=story.staff.counter, now=at("2026-09-29", 19))
    results.confirm(
        story.slug, story.officers.pair(), by=story.staff.manager, now=at("2026-09-29", 19, 5)
    )


def assessed(staff: Staff, now: datetime) -> None:
    """Plans of which the criteria are answered and the verdict is not confirmed; one is held."""
    codes = [each.code for each in rounds.get(demo.IN_REVIEW, now).framework.criteria]
    for plan, mark in WITH_ANSWERS.items():
        answers = tuple(
            CriterionAnswer(code, mark if code == codes[0] else Mark.YES, "Zie het advies.")
            for code in codes
        )
        reviews.assess(demo.IN_REVIEW, int(plan[1:]), answers, by=staff.technical_reviewer, now=now)
    moderation.hold(
        demo.OPEN,
        int(HELD[1:]),
        reason="Er staat een telefoonnummer in.",
        by=staff.council,
        now=now,
    )


def drafted_and_asked(staff: Staff, now: datetime) -> dict[str, str]:
    """Return private links: of a draft with an unreadable amount, of a plan with a question."""
    draft, asked = (proposals.start_draft(demo.OPEN, now=now) for _ in range(2))
    proposals.save_draft(demo.OPEN, draft, DRAFT, now=now)
    whole = replace(DRAFT, theme_id=rounds.get(demo.OPEN, now).framework.themes[0].id,
                    lines=(WrittenLine("Kast", "900"),))  # fmt: skip
    proposals.save_draft(demo.OPEN, asked, whole, now=now)
    number = proposals.send(demo.OPEN, asked, now=now).number
    offers.ask(
        demo.OPEN, number, "Past de kast naast de bloembak?",
        by=staff.neighbourhood_reviewer, now=now,
    )  # fmt: skip
    return {"draft": draft, "asked": asked}
