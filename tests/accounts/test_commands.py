import json

import pytest
from click.testing import CliRunner

from pb.accounts import service
from pb.accounts.commands import staff
from pb.accounts.domain import EmailTaken, Role
from tests.builders import START

JO = ["--name", "Jo", "--email", "jo@x.example", "--label", "Adviseur", "--role", "reviewer"]


@pytest.fixture
def run(app):
    """Return a function that runs ``pb staff`` with arguments and gives what it printed."""

    def with_arguments(*arguments, typed=""):
        return CliRunner().invoke(
            staff, arguments, obj=lambda: app, input=typed, catch_exceptions=True
        )

    return with_arguments


def test_the_first_account_is_made_with_an_invented_password(run):
    answer = run("add", *JO, "--role", "administrator")

    password = answer.stdout.split()[-1]
    assert answer.exit_code == 0
    assert service.sign_in("jo@x.example", password, now=START)
    assert service.get(1).roles == {Role.REVIEWER, Role.ADMINISTRATOR}


def test_a_password_that_is_asked_for_is_not_shown(run):
    answer = run("add", *JO, "--ask", typed="een lang wachtwoord\neen lang wachtwoord\n")

    assert answer.exit_code == 0
    assert "een lang wachtwoord" not in answer.stdout
    assert service.sign_in("jo@x.example", "een lang wachtwoord", now=START)


def test_an_account_as_json_has_its_password_once(run):
    made = json.loads(run("add", *JO, "--format", "json").stdout)
    (listed,) = json.loads(run("list", "--format", "json").stdout)

    assert made.pop("password")
    assert listed == made
    assert listed["roles"] == ["reviewer"]


def test_the_list_says_who_is_closed(run):
    run("add", *JO)
    service.close(1, by=None, now=START)

    assert "jo@x.example  Jo  [reviewer]  (closed)" in run("list").stdout


def test_a_second_account_for_an_address_is_refused(run):
    run("add", *JO)

    answer = run("add", *JO)

    assert answer.exit_code == 1
    assert isinstance(answer.exception, EmailTaken)


def test_an_unknown_role_is_wrong_use(run):
    assert run("add", *JO, "--role", "koning").exit_code == 2


def test_a_new_password_replaces_the_old_one(run):
    run("add", *JO)

    password = run("password", "jo@x.example").stdout.split()[-1]

    assert service.sign_in("jo@x.example", password, now=START)
