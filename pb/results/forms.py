"""The forms of the count: the council's own words, and the search for a tracking code."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from pb.results.domain import STATEMENT_AT_MOST
from pb.web.forms import Form


class PublicationForm(Form):
    """Asks the council what it wants to say above the facts."""

    statement = TextAreaField(
        _l("Wat wil de wijkraad zeggen?"),
        [
            DataRequired(_l("Schrijf in uw eigen woorden iets boven de uitslag.")),
            Length(max=STATEMENT_AT_MOST),
        ],
    )

    def to_statement(self) -> str:
        """Return the words. Call only after validation."""
        statement: str = self.statement.data
        return statement


class CodeForm(Form):
    """Asks for a tracking code."""

    code = StringField(
        _l("Uw controlecode"), [DataRequired(_l("Vul uw controlecode in.")), Length(max=60)]
    )

    def to_code(self) -> str:
        """Return the code as typed. Call only after validation."""
        code: str = self.code.data
        return code
