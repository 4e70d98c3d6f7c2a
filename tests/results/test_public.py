"""What everybody sees of a result, and that nobody sees anything of it too early."""

import hashlib
import re
import subprocess
import sys

import pytest

from pb.frameworks.domain import Counting, CountingRule
from pb.results import service, wording
from pb.results.codes import normal
from pb.results.payments import paid
from tests.builders import DATES, a_framework
from tests.results.votes import CLOSED, COUNTED, PUBLISHED, SLUG, a_published_round

ROUND = f"/ronde/{SLUG}"
PAGES = (
    f"{ROUND}/uitslag",
    f"{ROUND}/uitslag/telling",
    f"{ROUND}/uitslag/anders-geteld",
    f"{ROUND}/uitslag/plan/2",
    f"{ROUND}/telling.json",
    f"{ROUND}/uitslag.csv",
    f"{ROUND}/uitslag.json",
    f"{ROUND}/uitslag.pb",
    f"{ROUND}/controle",
)


@pytest.fixture
def public(published, clock):
    clock.move_to(PUBLISHED)
    return published


@pytest.mark.parametrize("moment", [DATES.voting_opens, CLOSED, COUNTED])
def test_before_publication_every_page_refuses_and_tells_nothing(
    counted_or_voted, resident, clock, moment
):
    clock.move_to(moment)

    for page in PAGES:
        answer = resident.get(page)
        assert answer.status_code == 409
        assert "Bankjes" not in answer.text
    assert resident.post(f"{ROUND}/controle", data={"code": "K7QF"}).status_code == 409


@pytest.fixture(params=["voted", "counted"])
def counted_or_voted(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("page", PAGES)
def test_after_publication_every_page_is_there(public, resident, page):
    assert resident.get(page).status_code == 200


def test_the_result_says_of_every_plan_why(public, resident):
    page = resident.get(f"{ROUND}/uitslag").text

    assert "Dank aan iedereen." in page
    assert "4 van de 5" in page
    assert "€\xa026.500 van €\xa030.000" in page
    assert (
        "Later kijken wij of het past in de restpot. "
        "Daarna was in de restpot nog €\xa03.500. Ook dat was te weinig."
    ) in page
    assert "Geteld met de regel: Meeste stemmen, binnen de grenzen." in page
    assert "Sommige plannen met meer stemmen pasten niet." in page


def test_a_small_group_of_voters_is_not_shown(public, resident):
    page = resident.get(f"{ROUND}/uitslag").text

    assert "te klein om te tonen" in page


def test_the_count_is_shown_step_by_step_with_its_ties(public, resident):
    page = resident.get(f"{ROUND}/uitslag/telling").text

    assert (
        "P03 Speelplek en P02 Bomen stonden precies gelijk. Voor ging: het plan dat minder kost. "
        "Een andere volgorde gaf een andere uitslag."
    ) in page
    assert "Bovenaan staat het plan met de meeste stemmen." in page
    assert "Later kijken wij of het past in de restpot." in page


def test_the_other_count_says_that_it_is_not_the_result(public, resident):
    page = resident.get(f"{ROUND}/uitslag/anders-geteld").text

    assert "Dit is niet de uitslag." in page
    assert "Elke stemmer krijgt een even groot deel van het geld." in page
    assert "De echte uitslag: Meeste stemmen, binnen de grenzen." in page
    assert "De andere telling: Gelijke delen." in page


@pytest.mark.parametrize(
    ("file", "kind", "name"),
    [
        ("uitslag.csv", "text/csv; charset=utf-8", f"uitslag-{SLUG}.csv"),
        ("uitslag.json", "application/json", f"uitslag-{SLUG}.json"),
        ("uitslag.pb", "text/plain; charset=utf-8", "stemmen.pb"),
        ("telling.json", "application/json", "telling.json"),
        ("recount.py", "text/x-python; charset=utf-8", "recount.py"),
    ],
)
def test_a_file_has_its_type_and_name_and_is_the_same_in_every_language(
    public, resident, file, kind, name
):
    dutch = resident.get(f"{ROUND}/{file}")
    english = resident.get(f"{ROUND}/{file}", headers={"Accept-Language": "en"})

    assert dutch.headers["Content-Type"] == kind
    assert dutch.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert dutch.data == english.data


def test_who_downloads_votes_and_program_makes_the_count_again(public, resident, tmp_path):
    """What the page says: python3 recount.py stemmen.pb."""
    for file, name in (("recount.py", "recount.py"), ("uitslag.pb", "stemmen.pb")):
        (tmp_path / name).write_bytes(resident.get(f"{ROUND}/{file}").data)
    command = [sys.executable, "-I", "recount.py", "stemmen.pb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)

    assert done.stdout == resident.get(f"{ROUND}/telling.json").data
    assert "python3 recount.py stemmen.pb" in resident.get(f"{ROUND}/controle").text


def test_the_page_shows_the_hash_of_each_file(public, resident):
    page = resident.get(f"{ROUND}/controle").text

    for name in ("json", "pb"):
        content = resident.get(f"{ROUND}/uitslag.{name}").data
        assert hashlib.sha256(content).hexdigest() in page


def test_a_voter_finds_the_own_code_without_putting_it_in_an_address(public, resident):
    receipt = public.receipts[0]
    answer = resident.post(f"{ROUND}/controle", data={"code": receipt.tracking_code.lower()})

    assert answer.status_code == 200
    assert "Deze stem is meegeteld" in answer.text
    assert receipt.tracking_code in answer.text
    assert normal(receipt.tracking_code) not in answer.request.url


def test_a_code_that_is_not_there_is_answered_kindly(public, resident):
    answer = resident.post(f"{ROUND}/controle", data={"code": "0000-0000-0000"})

    assert answer.status_code == 200
    assert "Deze code staat niet op de lijst." in answer.text


def test_searching_for_nothing_asks_for_the_code(public, resident):
    answer = resident.post(f"{ROUND}/controle", data={"code": ""})

    assert answer.status_code == 422
    assert "Vul uw controlecode in." in answer.text


def test_the_list_is_paged_by_the_first_sign_of_a_code(public, resident):
    begin = service.ballot_page(SLUG, "", 1).begins[-1]
    page = resident.get(f"{ROUND}/controle?begin={begin}&bladzijde=x").text

    for ballot in service.ballot_page(SLUG, begin, 1).ballots:
        assert f"{ballot.code[:4]}-{ballot.code[4:8]}-{ballot.code[8:]}" in page
    assert "Niemand weet welke code van u is." in page


def test_a_round_without_votes_has_a_result_page_and_no_file_of_votes(app, clock, resident):
    a_published_round(votes=())
    clock.move_to(PUBLISHED)

    assert "Er is geen plan gekozen." in resident.get(f"{ROUND}/uitslag").text
    assert resident.get(f"{ROUND}/uitslag.pb").status_code == 409
    assert "Er zijn geen stemmen" in resident.get(f"{ROUND}/controle").text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_result_can_be_read_in_another_language(public, resident, language):
    for page in PAGES:
        assert resident.get(page, headers={"Accept-Language": language}).status_code == 200


def test_the_result_page_asks_the_store_a_fixed_number_of_questions(
    public, resident, count_statements
):
    count_statements()
    resident.get(f"{ROUND}/uitslag")

    assert len(count_statements()) <= 8


def test_the_page_of_a_plan_says_what_became_of_it_and_why(public, resident):
    chosen = resident.get(f"/ronde/{SLUG}/plannen/1").text
    not_chosen = resident.get(f"/ronde/{SLUG}/plannen/2").text

    assert "Uitslag: gekozen, met 5 stemmen" in chosen
    assert "Uitslag: niet gekozen, met 4 stemmen" in not_chosen
    assert "Daarna was in de restpot nog €\xa03.500." in not_chosen
    for page, number in ((chosen, 1), (not_chosen, 2)):
        assert "Dit plan stond op de stemlijst." in page
        assert f'href="{ROUND}/uitslag"' in page
        assert f'href="{ROUND}/uitslag/plan/{number}"' in page
        assert f'href="{ROUND}/voortgang/{number}"' in page


def test_the_owner_of_a_plan_reads_the_same_reason(public, resident):
    page = resident.get(f"{ROUND}/mijn/{public.secrets[2]}").text

    assert "Uitslag: niet gekozen, met 4 stemmen" in page


def test_the_page_of_a_plan_tells_nothing_before_publication(counted, resident, clock):
    clock.move_to(COUNTED)

    assert "met 4 stemmen" not in resident.get(f"/ronde/{SLUG}/plannen/2").text


def test_a_money_bar_is_full_when_the_own_budget_is_spent(public, app):
    result = service.result(SLUG)
    with app.test_request_context():
        own = {row[0]: row for row in wording.money_rows(result, result.outcome, "area")}
        other = wording.money_rows(result, result.what_if, "area")

    assert own["Noord"][1:] == (1_900_000, "€\xa019.000 van €\xa020.000", "", 2_000_000)
    assert own["Zuid"][4] == 1_000_000
    assert {row[4] for row in other} == {3_000_000}


def test_numbers_and_names_stand_apart_in_an_arabic_chart(public, resident):
    resident.get("/taal/ar")
    page = resident.get(f"{ROUND}/uitslag").text
    steps = resident.get(f"{ROUND}/uitslag/telling").text

    assert "<bdi>P01</bdi> <bdi>Bankjes</bdi>" in page
    assert "\u2068P01\u2069 \u2068Bankjes\u2069" in steps


def test_who_types_the_code_of_the_letter_is_told_so_and_never_reads_it_back(public, resident):
    typed = "KT59-5NKS-A6YM-S2Z8-4Q9S-3DKY"
    page = resident.post(f"{ROUND}/controle", data={"code": typed}).text

    assert "Dit is de stemcode uit uw brief." in page
    assert typed not in page


def text_of(page):
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def rows_of(page, caption):
    """Return the rows of the table with this caption, as lists of texts."""
    table = page.split(f"<caption><span>{caption}</span></caption>")[1].split("</table>")[0]
    cells = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
    return [
        [text_of(cell) for cell in cells.findall(row)] for row in table.split("<tr>")[2:] if row
    ]


def test_a_page_per_plan_says_what_decided_and_what_would_have_changed_it(public, resident):
    page = text_of(resident.get(f"{ROUND}/uitslag/plan/2").text)

    assert "In de restpot was nog €\xa03.500." in page.replace("€ ", "€\xa0")
    assert "Wat had het gescheeld?" in page
    assert "Als het hoogstens" in page
    assert "Met 1 stem meer was het gekozen." in page
    assert "P03 Speelplek en P02 Bomen stonden precies gelijk." in page
    assert "Bij de andere telregel, 'Gelijke delen', was dit plan" in page


@pytest.fixture
def completed(app, clock):
    """A round in which Bankjes fits no more in its area, and is chosen out of the rest."""
    voted = a_published_round(votes=((2, 3), (2, 3), (2, 3), (1, 2, 3), (1,)))
    clock.move_to(PUBLISHED)
    return voted


def test_what_was_chosen_out_of_the_remainder_has_a_badge_of_its_own(completed, resident):
    plans = resident.get(f"{ROUND}/uitslag").text.split('class="pb-card"')
    marked = [plan for plan in plans if "Gekozen uit de restpot" in plan]

    assert [re.search(r"P\d\d", plan)[0] for plan in marked] == ["P01"]
    assert service.result(SLUG).outcome.completed == ("P01",)


@pytest.mark.parametrize("page", ["uitslag", "uitslag/telling"])
def test_the_page_says_what_the_remainder_added(completed, resident, page):
    said = text_of(resident.get(f"{ROUND}/{page}").text).replace("\xa0", " ")

    assert "Uit de restpot kwam erbij: P01 Bankjes (€ 4.000). Dat is samen € 4.000." in said


def test_a_plan_that_nobody_could_vote_on_has_no_such_page(public, resident):
    assert resident.get(f"{ROUND}/uitslag/plan/9").status_code == 404


def test_the_two_default_rules_stand_side_by_side(public, resident):
    result = service.result(SLUG)
    page = resident.get(f"{ROUND}/uitslag/anders-geteld").text
    figures = rows_of(page, "Dezelfde stemmen, twee keer geteld")
    plans = rows_of(page, "Alle plannen")

    assert figures[0] == ["Gekozen plannen", "4", str(len(result.what_if.selected))]
    assert figures[1][:2] == ["Geld verdeeld", "€ 26.500"]
    assert figures[3] == ["Stemmers met een gekozen plan", "100%", "85,7%"]
    assert [row[0][:3] for row in plans] == ["P01", "P02", "P03", "P04", "P05"]
    assert [row[1] for row in plans] == ["gekozen", "–", "gekozen", "gekozen", "gekozen"]


def test_the_count_alone_is_the_file_that_any_program_makes(public, resident):
    answer = resident.get(f"{ROUND}/telling.json")

    assert answer.data == service.result(SLUG).outcome.to_json().encode()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="telling.json"'
    assert "Twee aparte programma's telden alle stemmen." in text_of(
        resident.get(f"{ROUND}/uitslag").text
    ).replace("&#39;", "'")


def look_up(resident, receipt):
    return resident.post(f"{ROUND}/controle", data={"code": receipt.tracking_code}).text


def test_under_most_votes_a_voter_sees_which_choices_were_chosen(public, resident):
    page = look_up(resident, public.receipts[0])

    choices = page.split("Wat werd het met uw keuzes?")[1].split("</ul>")[0]
    assert text_of(choices) == ("P01 Bankjes Gekozen P02 Bomen Niet gekozen P03 Speelplek Gekozen")
    assert "Dit betaalde uw deel" not in page


@pytest.fixture
def shared(app, clock):
    """The same round, counted by equal shares."""
    counting = Counting(rule=CountingRule.EQUAL_SHARES)
    voted = a_published_round(framework=a_framework(counting=counting))
    clock.move_to(PUBLISHED)
    return voted


def test_under_equal_shares_a_voter_reads_what_the_own_share_paid(shared, resident):
    outcome = service.result(SLUG).outcome
    page = look_up(resident, shared.receipts[0])
    rows = rows_of(page, "Waar uw deel heen ging")
    found = paid(outcome, {"P01": 1, "P02": 1, "P03": 1})

    assert [row[0] for row in rows[:-2]] == [
        f"{name} {service.result(SLUG).plan_with_id(name).title}" for name in found.payments
    ]
    assert rows[-2][0] == "Nog over van uw deel"
    assert rows[-1][0] == "Uw deel"
    assert rows[-1][1] == money_in_dutch(outcome.endowment)


def money_in_dutch(cents):
    euros, rest = divmod(int(cents), 100)
    whole = f"{euros:,}".replace(",", ".")
    return f"€ {whole},{rest:02}" if rest else f"€ {whole}"


def test_under_equal_shares_the_page_says_how_the_shares_grew_and_what_came_next(shared, resident):
    page = text_of(resident.get(f"{ROUND}/uitslag/telling").text)

    assert "Het deel van elke stemmer ging in" in page
    assert "Een stap verder is elk deel" in page


def test_under_equal_shares_a_plan_shows_where_the_money_of_its_voters_went(shared, resident):
    result = service.result(SLUG)
    plan = result.not_chosen[0]
    page = resident.get(f"{ROUND}/uitslag/plan/{plan.number}").text
    rows = rows_of(page, "Het geld van deze stemmers")
    spent = result.of(plan).supporters_spent

    assert [row[0][:3] for row in rows[:-2]] == sorted(spent, key=lambda name: (-spent[name], name))
    assert [row[0] for row in rows[-2:]] == ["Nog over", "Samen hadden zij"]
    assert rows[-1][1] == money_in_dutch(result.outcome.endowment * result.votes(plan))
