"""What staff fill in to sign in, to look after their account, and to look after accounts."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from pb.accounts.domain import PASSWORD_AT_LEAST, ROLE_LABELS, Role
from pb.web.forms import Form
from pb.web.wording import gettext

LONGEST_PASSWORD = 200


def an_email_field() -> EmailField:
    """Return the question for an e-mail address."""
    return EmailField(
        _("E-mailadres"),
        [
            InputRequired(_("Vul uw e-mailadres in.")),
            Length(max=200),
            Regexp(
                r"\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$",
                message=_("Dit is geen e-mailadres. Schrijf het zo: naam@gemeente.nl."),
            ),
        ],
    )


class SignInForm(Form):
    """Asks who wants to work in the back office."""

    email = an_email_field()
    password = PasswordField(
        _("Wachtwoord"),
        [InputRequired(_("Vul uw wachtwoord in.")), Length(max=LONGEST_PASSWORD)],
    )


class PasswordForm(Form):
    """Asks for the present password and twice for the wanted one."""

    present = PasswordField(
        _("Uw wachtwoord van nu"),
        [InputRequired(_("Vul uw wachtwoord van nu in.")), Length(max=LONGEST_PASSWORD)],
    )
    wanted = PasswordField(
        _("Nieuw wachtwoord"),
        [
            InputRequired(_("Vul een nieuw wachtwoord in.")),
            Length(
                min=PASSWORD_AT_LEAST,
                max=LONGEST_PASSWORD,
                message=_("Kies een wachtwoord van minstens 12 tekens."),
            ),
        ],
    )
    again = PasswordField(
        _("Nieuw wachtwoord, nog een keer"),
        [EqualTo("wanted", _("De twee nieuwe wachtwoorden zijn niet gelijk."))],
    )


def a_label_field() -> StringField:
    """Return the question for the function that the public sees."""
    return StringField(
        _("Functie"),
        [InputRequired(_("Vul de functie in.")), Length(max=80)],
        description=_("Dit ziet iedereen in het logboek. Schrijf er geen naam bij."),
    )


def a_roles_field() -> SelectMultipleField:
    """Return the question which roles somebody has."""
    return SelectMultipleField(
        _("Wat mag deze collega?"),
        [InputRequired(_("Kies minstens één rol."))],
        choices=lambda: [(role.value, gettext(ROLE_LABELS[role])) for role in Role],
    )


class MemberForm(Form):
    """Asks what somebody may do, and under which function the public sees it."""

    label = a_label_field()
    roles = a_roles_field()

    def to_roles(self) -> frozenset[Role]:
        """Return the chosen roles. Call only after validation."""
        return frozenset(Role(value) for value in self.roles.data)


class NewMemberForm(MemberForm):
    """Asks who gets an account, and then the same."""

    name = StringField(_("Naam"), [InputRequired(_("Vul de naam in.")), Length(max=120)])
    email = an_email_field()
    label = a_label_field()
    roles = a_roles_field()
