"""The command line's door to accounts: ``pb staff``. The first account is made here."""

import click

from pb.accounts import passwords, service
from pb.accounts.domain import Role, StaffMember
from pb.web.clock import now
from pb.web.commands import in_app, say_json

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the answer.",
)


@click.group()
def staff() -> None:
    """Accounts of the staff: make one, list them, give a new password."""


@staff.command("add")
@click.option("--name", prompt=True, help="The name, for colleagues only.")
@click.option("--email", prompt=True, help="The address to sign in with.")
@click.option("--label", prompt="Function", help="The function that the public reads.")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="What this person is trusted with; may be given more than once.",
)
@click.option("--ask", is_flag=True, help="Ask for a password instead of inventing one.")
@FORMAT
@in_app
def add(name: str, email: str, label: str, roles: tuple[str, ...], ask: bool, form: str) -> None:
    """Make an account. Without --ask a password is invented and shown once."""
    asked = click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else ""
    password = asked or passwords.invent()
    chosen = frozenset(Role(role) for role in roles)
    member = service.add(name, email, label, chosen, password, now=now())
    tell(member, "" if asked else password, form)


@staff.command("list")
@FORMAT
@in_app
def list_all(form: str) -> None:
    """List the accounts: those in use first, then by name."""
    members = service.list_all()
    if form == "json":
        say_json([facts(member) for member in members])
        return
    for member in members:
        closed = "" if member.active else "  (closed)"
        click.echo(f"{member.id:>4}  {member.email}  {member.name}  [{names(member)}]{closed}")


@staff.command("password")
@click.argument("email")
@FORMAT
@in_app
def give_new_password(email: str, form: str) -> None:
    """Replace the password of an account by an invented one, shown once."""
    member = service.get_by_email(email)
    tell(member, service.give_new_password(member.id, by=None, now=now()), form)


def tell(member: StaffMember, password: str, form: str) -> None:
    """Print an account, and its password if it is shown this once."""
    if form == "json":
        say_json(facts(member) | ({"password": password} if password else {}))
        return
    click.echo(f"{member.email}  [{names(member)}]")
    if password:
        click.echo(f"Password, shown once: {password}")


def facts(member: StaffMember) -> dict[str, object]:
    """Return an account as JSON has it."""
    return {
        "id": member.id,
        "name": member.name,
        "email": member.email,
        "label": member.label,
        "roles": sorted(member.roles),
        "active": member.active,
    }


def names(member: StaffMember) -> str:
    """Return the roles of an account as text."""
    return ", ".join(sorted(member.roles))
