"""The whole life of a round over HTTP, as the people who live it, from framework to closing.

Only two things happen outside the website, as in a real round: an operator makes the codes on the
command line, and the letters go by post.
"""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from pb.accounts.domain import Role
from pb.database.base import ParticipationRow, session
from pb.evaluations.domain import LOOKED_BACK_ON
from pb.rounds.domain import STATE_LABELS
from pb.tokens.commands import mint
from tests.builders import DATES
from tests.ceremonies import LABELS, PASSPHRASES, in_form
from tests.conftest import PASSWORD
from tests.people import Colleague, Person
from tests.rounds.test_staff import ANSWERS

SLUG = "buurtbudget-2026"
PHONE = "06-00000000"
ROUND, DESK = f"/ronde/{SLUG}", f"/beheer/ronde/{SLUG}"


def as_typed(moment):
    """Return a moment as the form shows it: in the municipality's zone, in winter and summer."""
    return moment.astimezone(ZoneInfo("Europe/Amsterdam")).strftime("%Y-%m-%dT%H:%M")


FRAMEWORK = {
    **ANSWERS,
    "slug": SLUG,
    "title": "Buurtbudget 2026",
    **{name: as_typed(getattr(DATES, name)) for name in DATES.__dataclass_fields__},
}

PLANS = {
    "tuin": {"title": "Een tuin op het plein", "line_1-amount": "6.000", "area_id": "A1"},
    "baan": {"title": "Een baan voor skaters", "line_1-amount": "9.500", "area_id": "A1"},
    "bank": {"title": "Een bank bij de haven", "line_1-amount": "2.500", "area_id": "A2"},
    "brug": {"title": "Een brug naar de overkant", "line_1-amount": "9.000", "area_id": "A2"},
}


@pytest.fixture
def people(app, sign_in):
    """Eight people and an owner of each plan, everybody with a browser of their own."""
    staff = {
        "manager": (Role.ROUND_MANAGER,),
        "colleague": (Role.ROUND_MANAGER,),
        "reviewer": (Role.REVIEWER,),
        "second reviewer": (Role.REVIEWER,),
        "counter": (Role.COUNTER,),
        "council": (Role.COUNCIL,),
        "facilitator": (Role.FACILITATOR,),
    }
    found = {}
    for name, roles in staff.items():
        email = f"{name.replace(' ', '.')}@dorrewold.example"
        found[name] = Colleague(sign_in(*roles, email=email), email, PASSWORD)
    residents = ["voter", "neighbour", *PLANS]
    return found | {name: Person(app.test_client()) for name in residents}


def test_a_round_lives_from_framework_to_its_closing(app, clock, people, tmp_path):
    the_framework_is_sealed_by_two_and_announced(people)
    clock.move_to(DATES.proposals_open)
    links = {name: a_plan_is_sent(people[name], PLANS[name]) for name in PLANS}
    clock.move_to(DATES.proposals_close)
    the_plans_are_reviewed_behind_closed_doors(people, links)
    clock.move_to(DATES.reconsideration_opens)
    the_verdicts_are_public_and_one_is_asked_again(people, links)
    the_owners_say_that_the_ballot_is_right(people, links, clock)
    clock.move_to(DATES.reconsideration_closes)
    the_lot_is_drawn(people)
    three_officers_make_the_keys_and_rehearse(people)
    codes = the_codes_are_made(app, people, tmp_path)
    clock.move_to(DATES.voting_opens)
    residents_vote(people, codes)
    clock.move_to(DATES.voting_closes)
    two_people_count_and_the_council_publishes(people, clock)
    a_promise_is_made_kept_and_broken(people, links, clock)
    clock.advance(days=200)
    the_plans_are_finished(people)
    everybody_looks_back_and_the_round_is_closed(people)


def the_framework_is_sealed_by_two_and_announced(people):
    manager, colleague = people["manager"], people["colleague"]
    manager.open("/beheer/ronde/nieuw").press("Maak een ronde", **FRAMEWORK)
    manager.follow("Lees en teken de kaders").press("Teken de kaders")
    manager.sees("U heeft al getekend. Een andere collega moet ook tekenen")
    people["voter"].page = people["voter"].client.get(ROUND)
    assert people["voter"].page.status_code == 404
    colleague.open(DESK).follow("Lees en teken de kaders").press("Teken de kaders")
    colleague.press("Maak de kaders bekend")
    people["voter"].open(f"{ROUND}/kaders").sees("Verzegeld", "30.000", "Wij doen het.")


def a_plan_is_sent(owner, plan):
    owner.open(f"{ROUND}/plannen/nieuw").press("Ik begin")
    link = owner.page.request.path.rsplit("/", 1)[0]
    owner.press(
        "Ga verder",
        theme_id="T1",
        summary="Een plan voor iedereen in de straat, jong en oud.",
        situation="Er is nu niets.",
        place="Het plein",
        upkeep="100",
        own_part="Wij helpen mee.",
        care="Wij en de gemeente.",
        pseudonym="De buren",
        reach=PHONE,
        **{"line_1-label_text": "Alles samen", **plan},
    )
    owner.sees(plan["title"]).press("Verstuur mijn plan").sees("Gelukt", "Het nummer is P0")
    return link


def the_plans_are_reviewed_behind_closed_doors(people, links):
    reviewer = people["reviewer"]
    reviewer.open(f"{DESK}/toetsen").sees(*(plan["title"] for plan in PLANS.values()))
    for number, name in enumerate(PLANS, start=1):
        answers = {"mark_0": "no" if name == "brug" else "yes"}
        reviewer.open(f"{DESK}/toetsen/{number}").press("Bewaar de antwoorden", **answers)
        reviewer.open(f"{DESK}/toetsen/{number}/oordeel")
        if name == "brug":
            reviewer.press(
                "Bevestig",
                reason="De grond is niet van de gemeente.",
                advice="Vraag de eigenaar om toestemming.",
                next_step="other_fund",
            )
        else:
            reviewer.press("Bevestig", reason="Het plan past in alle kaders.")
            reviewer.open(f"{DESK}/toetsen/{number}").press(
                "Bewaar de risicokaart",
                kind="self_managed_space",
                level="low",
                liable="municipality",
                insurance="municipality",
                note="De gemeente wordt eigenaar.",
            )
    people["brug"].open(links["brug"]).does_not_see("De grond is niet van de gemeente.")
    people["voter"].open(f"{ROUND}/plannen/4").does_not_see("De grond is niet van de gemeente.")
    reviewer.open(f"{DESK}/toetsen")


def the_verdicts_are_public_and_one_is_asked_again(people, links):
    people["voter"].open(f"{ROUND}/plannen/4").sees("De grond is niet van de gemeente.")
    owner = people["brug"]
    owner.open(f"{links['brug']}/herziening").press(
        "Vraag om herziening", reason="De eigenaar vindt het goed."
    )
    people["second reviewer"].open(f"{DESK}/toetsen/4/herziening").press(
        "Leg het besluit vast", granted="nee", explanation="De oever is te zwak."
    )
    people["voter"].open(f"{ROUND}/plannen/4").sees("De oever is te zwak.")


def the_owners_say_that_the_ballot_is_right(people, links, clock):
    manager, reviewer = people["manager"], people["reviewer"]
    people["tuin"].open(links["tuin"]).follow("Kijk uw plan na").sees(PLANS["tuin"]["title"])
    people["tuin"].press("Klopt").sees("U bent akkoord met de tekst.")
    owner = people["baan"].open(links["baan"]).follow("Kijk uw plan na")
    owner.follow("Er staat een fout").press("Meld de fout", error="Het plein heet Lindeplein.")
    reviewer.open(f"{DESK}/toetsen").sees("Fout gemeld").follow(PLANS["baan"]["title"])
    reviewer.sees("Het plein heet Lindeplein.").follow("Bekijk hoe het plan").follow("Verbeter een")
    reviewer.press("Vraag de planeigenaar om akkoord", place="Lindeplein", note="De naam.")
    owner.open(f"{links['baan']}/voorstel").press("Ik ga akkoord").follow("Kijk uw plan na")
    owner.sees("Lindeplein").press("Klopt")
    manager.open(f"{DESK}/stemlijst").sees("De planeigenaar zei nog niet dat de tekst klopt: P03.")
    manager.follow(PLANS["bank"]["title"]).press(
        "De planeigenaar zegt dat het klopt",
        reached="phone",
        reached_on=clock.now.date().isoformat(),
    )
    people["voter"].open(f"{ROUND}/plannen/3").sees("Risico en aansprakelijkheid")
    people["voter"].open(f"{ROUND}/logboek").sees("Gebeld op")


def the_lot_is_drawn(people):
    manager = people["manager"]
    manager.open(f"{DESK}/stemlijst").press("Maak de stemlijst bekend", seed="4 6 1 3 3 5 2 6")
    people["voter"].open(f"{ROUND}/stemlijst").sees(
        *(PLANS[name]["title"] for name in ("tuin", "baan", "bank"))
    ).does_not_see(PLANS["brug"]["title"])


def three_officers_make_the_keys_and_rehearse(people):
    for number, name in ((1, "manager"), (2, "colleague"), (3, "counter")):
        words = PASSPHRASES[number]
        people[name].open(f"{DESK}/sleutels").press(
            "Bewaar mijn wachtzin", label=LABELS[number], passphrase=words, again=words
        )
    manager = people["manager"].open(f"{DESK}/sleutels").press("Maak de sleutels en de brief")
    assert manager.page.mimetype == "application/pdf"
    manager.open(f"{DESK}/sleutels").follow("Oefen met twee sleutelhouders")
    for first, second in ((1, 2), (1, 3), (2, 3)):
        manager.press("Open de proefstem", **in_form(first, second)).sees("De proefstem ging open")
    manager.sees("Alle drie de tweetallen kunnen de stembus openen.")


def the_codes_are_made(app, people, tmp_path):
    numbers = {"letters-A1": "3", "letters-A2": "3", "spare": "0%"}
    people["manager"].open(f"{DESK}/stemcodes").press("Stel deze aantallen voor", **numbers)
    people["colleague"].open(f"{DESK}/stemcodes").press("Ja, ik bevestig deze aantallen")
    folder = tmp_path / "print"
    made = CliRunner().invoke(mint, ["--round", SLUG, "--folder", str(folder)], obj=lambda: app)
    assert made.exit_code == 0, made.output
    people["manager"].open(f"{DESK}/stembus").press("Open het stemmen op de afgesproken dag")
    printed = [json.loads(line) for line in (folder / "print.jsonl").read_text().splitlines()]
    return [letter["code"] for letter in printed]


def residents_vote(people, codes):
    voter, neighbour = people["voter"], people["neighbour"]
    vote(voter, codes[0], [1, 3]).sees("Gelukt. Uw stem is binnen.", "controlecode")
    vote(neighbour, codes[1], [2])
    for code in codes[2:5]:
        vote(neighbour, code, [2, 3])
    vote(neighbour, "0000-0000-0000-0000-0000-0000", [1], expecting=403).sees(
        "Deze stemcode klopt niet."
    )
    vote(voter, codes[0], [1], expecting=409).sees("al gestemd")
    voter.press("Ja, vervang mijn vorige stem").sees("Gelukt. Uw stem is binnen.")
    people["manager"].open(f"{DESK}/opkomst")


def vote(person, code, numbers, expecting=200):
    person.open(f"{ROUND}/stemmen").press("Kijk uw keuzes na", choices=[str(n) for n in numbers])
    person.follow("Ja, dit zijn mijn keuzes")
    return person.press("Verstuur mijn stem", code=code, expecting=expecting)


def two_people_count_and_the_council_publishes(people, clock):
    manager, counter, council = people["manager"], people["counter"], people["council"]
    late = people["voter"].client.get(f"{ROUND}/stemmen")
    assert "Stemmen kon tot" in late.text
    counter.open(f"{DESK}/telling/starten").press("Zet de telling klaar")
    assert people["voter"].client.get(f"{ROUND}/uitslag").status_code == 409
    manager.open(f"{DESK}/telling/starten").press("Start de telling", **in_form(2, 3))
    assert people["voter"].client.get(f"{ROUND}/uitslag").status_code == 409
    clock.advance(days=1)
    council.open(f"{DESK}/telling")
    council.open(f"{DESK}/uitslag-bekendmaken").press(
        "Maak de uitslag bekend", statement="Gefeliciteerd!"
    )
    people["voter"].open(f"{ROUND}/uitslag").sees("Gefeliciteerd!", "Een baan voor skaters")
    rows = people["voter"].client.get(f"{ROUND}/uitslag.csv").text
    assert "Een bank bij de haven" in rows


def a_promise_is_made_kept_and_broken(people, links, clock):
    manager, chosen = people["manager"], [2, 3]
    today = clock.now.date()
    for number, name in zip(chosen, ("baan", "bank"), strict=True):
        manager.open(f"{DESK}/voortgang/{number}").press(
            "Bewaar de afspraken",
            contact="Adviseur spelen",
            planned_start=(today + timedelta(days=30)).isoformat(),
            planned_finish=(today + timedelta(days=200)).isoformat(),
            next_message=(today + timedelta(days=14)).isoformat(),
        )
        people[name].open(f"{links[name]}/voortgang").press("Bewaar", choice="stays")
    manager.open(f"{DESK}/voortgang/1").press(
        "Zet de volgende stap online",
        kind="other_fund",
        text="De wijkraad vraagt geld bij een fonds.",
        contact="Adviseur groen",
        next_message=(today + timedelta(days=40)).isoformat(),
    )
    manager.open(f"{DESK}/voortgang").press("Begin met uitvoeren")
    manager.open(f"{DESK}/voortgang/2").press(
        "Zet het bericht online",
        status="in_progress",
        text="Wij storten het beton.",
        spent="4.000",
        next_message=(today + timedelta(days=60)).isoformat(),
    )
    people["bank"].open(f"{links['bank']}/voortgang").press(
        "Zet mijn bericht online", news="on_schedule", text="Wij schuren het hout."
    )
    clock.advance(days=20)
    late = people["voter"].open(f"{ROUND}/voortgang/3")
    late.sees("Wij hadden u een bericht beloofd", "Wij schuren het hout.")
    people["voter"].open(f"{ROUND}/voortgang/2").sees("Wij storten het beton.").does_not_see(
        "Wij hadden u een bericht beloofd"
    )
    people["voter"].open(f"{ROUND}/logboek").sees("De klok opende", "Nieuwe fase")


def the_plans_are_finished(people):
    manager = people["manager"]
    manager.open(f"{DESK}/voortgang").press("Ga terugkijken", expecting=409).sees("P02, P03")
    for number, status in ((2, "done"), (3, "stopped")):
        manager.open(f"{DESK}/voortgang/{number}").press(
            "Zet het bericht online",
            status=status,
            text="Dit was het laatste bericht.",
            decided_by="Het college",
        )
    manager.open(f"{DESK}/voortgang").press("Ga terugkijken")
    people["voter"].open(f"{ROUND}/voortgang").sees("Klaar", "Gestopt")


def everybody_looks_back_and_the_round_is_closed(people):
    manager, facilitator, voter = people["manager"], people["facilitator"], people["voter"]
    manager.open(f"{DESK}/planeigenaren").press("Bekijk").sees(PHONE)
    assert is_kept_somewhere(PHONE)
    manager.open(f"{DESK}/lessen").press("Sluit de ronde af", expecting=409).sees(
        "Er missen er nog 10. De eerste is: Kaders bekend."
    )
    voter.open(f"{ROUND}/terugkijken").sees("Deze fases zijn voorbij en hebben nog geen les")
    for state in LOOKED_BACK_ON:
        facilitator.open(f"{DESK}/lessen/{state.value}").press(
            "Zet de les online",
            lesson=f"Wij leerden iets van {STATE_LABELS[state]}.",
            change="Volgende keer doen wij het anders.",
        )
    manager.open(f"{DESK}/lessen").press("Sluit de ronde af").sees("Afgesloten")
    voter.open(f"{ROUND}/terugkijken").sees("Wij leerden iets van Stemmen.").does_not_see(
        "hebben nog geen les"
    )
    voter.open(f"{ROUND}/logboek").sees("Nieuwe fase: Afgesloten.")
    assert manager.client.get(f"{DESK}/planeigenaren").status_code == 409
    assert not is_kept_somewhere(PHONE)


def is_kept_somewhere(text):
    """Tell whether a text stands in any row of the participation store."""
    tables = ParticipationRow.metadata.sorted_tables
    return any(text in str(row) for each in tables for row in session().execute(each.select()))
