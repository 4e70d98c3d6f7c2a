"""The demonstration: four rounds where they should be, and a count that is the data file's."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pb.accounts.domain import Role
from pb.app import create_app
from pb.evaluations import service as evaluations
from pb.followups import service as followups
from pb.followups.domain import Status
from pb.proposals import service as proposals
from pb.proposals.domain import ProposalState
from pb.results import service as results
from pb.reviews import service as reviews
from pb.reviews.domain import Mark
from pb.rounds import service as rounds
from pb.rounds.domain import State
from pb.trials import demo
from tests.pages import Browser
from tests.trials.conftest import NOW

SPEAKS_AGAINST = {"niet", "bekeken:", "aanpassing", "mits"}
CHOSEN = {4, 16, 2, 8, 3, 7, 11, 13, 1, 9, 5, 12}


@pytest.fixture
def found(demo_folder):
    """What the demonstration says about itself."""
    return demo.find(demo_folder)


@pytest.fixture
def shown(demo_folder, found, tmp_path):
    """The app on a copy of the demonstration."""
    copy = tmp_path / "copy"
    shutil.copytree(demo_folder, copy)
    app = create_app(demo.settings_of(copy, found.secret_key, 8080), lambda: NOW)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    with app.app_context():
        yield app


def test_each_round_is_in_the_state_that_it_shows(shown):
    states = {slug: rounds.get(slug, NOW).state for slug in demo.TODAY_IS}

    assert states == {
        demo.FINISHED: State.EXECUTION,
        demo.OPEN: State.OPEN_FOR_PROPOSALS,
        demo.IN_REVIEW: State.REVIEW,
        demo.VOTING: State.VOTING,
    }


def test_the_states_last_for_as_long_as_the_demonstration_is_used(shown):
    then = NOW + demo.GOOD_FOR

    assert rounds.get(demo.OPEN, then).state is State.OPEN_FOR_PROPOSALS
    assert rounds.get(demo.IN_REVIEW, then).state is State.REVIEW
    assert rounds.get(demo.VOTING, then).state is State.VOTING
    assert rounds.get(demo.VOTING, then).framework.dates.voting_closes > then


def test_the_finished_round_has_the_result_of_the_data_file(shown):
    result = results.result(demo.FINISHED)

    assert {plan.number for plan in result.chosen} == CHOSEN
    assert result.outcome.spent == 11_630_000
    assert result.outcome.voters == 803


def test_the_what_ifs_of_the_data_file_were_checked(found):
    assert [line.split(",")[0] for line in found.checked] == [
        "most votes: 12 plans",
        "equal shares with theme ceilings: 12 plans",
        "equal shares without theme ceilings: 13 plans",
    ]
    assert "€ 114,200" in found.checked[2]


def test_plans_have_the_verdicts_of_the_data_file(shown):
    plans = {plan.number: plan for plan in proposals.list_sent(demo.FINISHED)}
    refused = {number for number, plan in plans.items() if plan.state is ProposalState.NOT_FEASIBLE}

    assert len(plans) == 24
    assert refused == {17, 18, 19, 20, 21, 22, 23}
    assert plans[24].state is ProposalState.MERGED
    assert plans[24].answer.merged_into == 7
    assert plans[20].answer.next_step
    assert plans[14].answer.reconsideration.startswith("Trappen die aan de bovenkant")


def test_every_answer_to_a_criterion_has_a_remark_that_fits_it(shown):
    for slug in (demo.FINISHED, demo.IN_REVIEW):
        for plan in proposals.list_sent(slug):
            for answer in reviews.get(slug, plan.number).answers:
                assert answer.remark, f"{slug} {plan.label} {answer.criterion}"
                if answer.mark is Mark.YES:
                    assert not SPEAKS_AGAINST & set(answer.remark.casefold().split())


def test_plans_are_on_the_list_with_the_lot_and_cost_of_the_data_file(shown):
    plans = {plan.number: plan for plan in proposals.ballot_list(demo.FINISHED)}

    assert plans[7].lot_number == 12
    assert {number: plans[number].cost // 100 for number in (4, 6, 7, 12, 16)} == {
        4: 14_200, 6: 9_750, 7: 3_900, 12: 19_500, 16: 8_400,
    }  # fmt: skip


def test_every_chosen_plan_is_where_the_data_file_says(shown):
    board = followups.board(demo.FINISHED, today=NOW.date())
    status = {each.number: each.status for each in board.chosen}

    assert status[11] is Status.DELAYED
    assert status[9] is Status.CHANGED
    assert status[12] is Status.WAITING_FOR_PERMIT
    assert {number for number, each in status.items() if each is Status.DONE} == {4, 8}
    assert {number for number, each in status.items() if each is Status.IN_MAINTENANCE} == {13, 16}
    assert sum(each.spent for each in board.chosen) // 100 == 58_740
    assert all(each.promise for each in board.chosen)


def test_what_was_learned_is_public_and_what_misses_shows_itself(shown):
    places = evaluations.mirror(demo.FINISHED, NOW)

    assert [place.state.value for place in places if place.evaluation] == [
        "announced", "open_for_proposals", "review", "voting", "result_published",
    ]  # fmt: skip
    assert [place.state.value for place in places if place.misses] == [
        "reconsideration", "ballot_published", "counting",
    ]  # fmt: skip


def test_a_promise_that_nobody_keeps_shows_itself_late(shown):
    later = NOW.date() + timedelta(days=60)

    assert followups.board(demo.FINISHED, today=NOW.date()).late == 1
    assert followups.board(demo.FINISHED, today=later).late > 3


def test_the_review_has_something_for_owner_and_reviewer(shown):
    states = {plan.state for plan in proposals.list_sent(demo.IN_REVIEW)}

    assert ProposalState.ADAPTATION_OFFERED in states
    assert ProposalState.SUBMITTED in states


def test_an_owner_is_asked_for_less_than_was_sent(shown):
    plan = proposals.get(demo.IN_REVIEW, 6)

    assert "zeven toestellen" in plan.summary
    assert next((line.label, line.amount // 100) for line in plan.cost_lines) == (
        "Zeven beweegtoestellen", 7_550,
    )  # fmt: skip
    assert plan.cost == 1_120_000
    assert "vijf toestellen" in proposals.get(demo.FINISHED, 6).summary


def test_every_role_can_sign_in(shown, found):
    assert {role for _, _, role in found.accounts} == set(Role)
    for address, _, _ in found.accounts:
        client = shown.test_client()
        form = {"email": address, "password": found.password}
        assert client.post("/beheer/aanmelden", data=form).status_code == 303


def test_two_of_the_printed_officers_open_the_voting_round_after_it(demo_folder, found, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(demo_folder, copy)
    with create_app(demo.settings_of(copy, found.secret_key, 8080), lambda: NOW).app_context():
        closed = rounds.get(demo.VOTING, NOW).framework.dates.voting_closes
    app = create_app(demo.settings_of(copy, found.secret_key, 8080), lambda: closed)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    counter, manager = app.test_client(), app.test_client()
    for client, name in ((counter, "teller"), (manager, "projectleider")):
        form = {"email": f"{name}@dorrewold.example", "password": found.password}
        client.post("/beheer/aanmelden", data=form)
    desk = f"/beheer/ronde/{demo.VOTING}/telling"
    (_, one), _, (_, other) = found.officers
    said = {"first": "1", "first_passphrase": one, "second": "3", "second_passphrase": other}

    assert counter.post(f"{desk}/klaarzetten").status_code == 303
    assert manager.post(f"{desk}/starten", data=said).status_code == 303

    with app.app_context():
        assert results.count(demo.VOTING).result.outcome.voters == demo.VOTED_ALREADY


def test_each_printed_code_votes(shown, found):
    for number, code in enumerate(found.codes):
        form = {
            "submission": f"{number:032x}", "content": "[1,2]", "again": "", "code": code,
        }  # fmt: skip
        answer = shown.test_client().post("/ronde/ganzerik-stemmen/stemmen/code", data=form)
        assert answer.status_code == 200


def test_the_links_of_owners_open(shown, found):
    for path in found.owner_links.values():
        assert shown.test_client().get(path).status_code == 200


def test_there_are_letters_to_print(demo_folder, found):
    assert found.letters
    for path in found.letters:
        assert path.endswith("-sample.pdf")
        assert Path(path).read_bytes().startswith(b"%PDF-")


def test_a_demonstration_is_used_again_for_a_week(found):
    assert demo.why_rebuild(found, NOW + timedelta(days=6)) == ""
    assert "moved on" in demo.why_rebuild(found, NOW + timedelta(days=8))


def test_a_folder_with_something_else_is_not_touched(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(demo.FolderIsNotADemo):
        demo.clear(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_demonstration_that_was_cut_short_is_not_used(tmp_path):
    demo.clear(tmp_path / "half")

    assert demo.find(tmp_path / "half") is None
    demo.clear(tmp_path / "half")
