"""What a voter marks and types, read as values."""

import json
import re
from dataclasses import dataclass, fields

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from pb.ballots.domain import (
    BallotContent,
    BallotList,
    ContentUnreadable,
    SubmissionUnreadable,
)
from pb.foundation.typed import as_typed
from pb.tally.election import BallotKind
from pb.tokens.replacement import LONGEST_SERIAL, REPORT_LABELS, WhyReported
from pb.web.forms import Form, choices
from pb.web.passphrases import TwoOfficersForm
from pb.web.wording import gettext

CHOICES = "choices"
READ = "lees"
SUBMISSION = re.compile(r"[0-9a-f]{32}")
MOST_DIGITS = 6


class ChoicesForm(Form):
    """The cards of the ballot list: boxes to tick, or a number per plan."""

    def to_marks(self, ballot_list: BallotList) -> dict[int, int]:
        """Return what was marked, whether or not it keeps the rules.

        A number that cannot be read counts as empty; the page then shows it as empty.
        """
        if ballot_list.kind in {BallotKind.CUMULATIVE, BallotKind.ORDINAL}:
            return {
                plan.number: _number(request.form.get(f"{CHOICES}-{plan.number}", ""))
                for plan in ballot_list.plans
            }
        return {_number(each): 1 for each in request.form.getlist(CHOICES)}

    def to_plan_to_read(self) -> int | None:
        """Return the plan that the voter wants to read first, or None."""
        return _number(request.form.get(READ, "")) or None


class CodeForm(Form):
    """Asks for the code of the letter; carries the ballot and the number of the page."""

    code = StringField(
        _("Uw stemcode"),
        description=_("24 letters en cijfers. De streepjes hoeft u niet te typen."),
    )
    submission = HiddenField()
    content = HiddenField()
    again = HiddenField()


@dataclass(frozen=True, slots=True, repr=False)  # Code and choices do not slip into a log.
class SentBallot:
    """What the page with the code sent. Read without the form, which only draws it.

    content: the ballot as JSON. submission: the number of the page. again: the code, locked, on
    the page that asks whether an earlier ballot must be replaced.
    """

    code: str
    content: str
    submission: str
    again: str

    @classmethod
    def read(cls) -> "SentBallot":
        """Return what this request sent; what is missing is empty."""
        sent = request.form
        return cls(*(as_typed(sent.get(field.name, "")) for field in fields(cls)))

    def to_content(self) -> BallotContent:
        """Return the ballot. Raises ContentUnreadable."""
        try:
            return BallotContent.read(json.loads(self.content))
        except (ValueError, RecursionError):  # not JSON, or nested without end
            raise ContentUnreadable from None

    def to_submission(self) -> bytes:
        """Return the number of the page, 16 bytes. Raises SubmissionUnreadable."""
        if not SUBMISSION.fullmatch(self.submission):
            raise SubmissionUnreadable
        return bytes.fromhex(self.submission)


class ReceiptForm(Form):
    """Carries a receipt back, in the body of a request, to get its QR code."""

    receipt = HiddenField()


class InterruptionForm(Form):
    """Asks which body stops the voting, and why."""

    body = StringField(
        _("Wie besluit dit?"), [InputRequired(_("Schrijf op wie dit besluit.")), Length(max=200)]
    )
    reason = TextAreaField(
        _("Waarom?"),
        [InputRequired(_("Schrijf op waarom. Iedereen kan dit lezen.")), Length(max=2_000)],
    )


class ResumptionForm(Form):
    """Asks why the voting can go on."""

    reason = TextAreaField(
        _("Waarom kan het verder?"),
        [InputRequired(_("Schrijf op waarom. Iedereen kan dit lezen.")), Length(max=2_000)],
    )


class ReportedLetterForm(TwoOfficersForm):
    """Asks which letter was reported and why, and two officers for their passphrases."""

    serial = StringField(
        _("Briefnummer"),
        [InputRequired(_("Vul het briefnummer in.")), Length(max=LONGEST_SERIAL)],
        description=_("Zes cijfers, een streepje en nog één cijfer, zoals 004711-8."),
    )
    why = RadioField(
        _("Wat is er met de brief?"),
        [InputRequired(_("Kies wat er met de brief is."))],
    )

    def offer_reasons(self) -> None:
        """Let people choose why, in the language of the page."""
        self.why.choices = choices((why, gettext(label)) for why, label in REPORT_LABELS.items())

    def to_reason(self) -> WhyReported:
        """Return why the letter was reported. Call only after validation."""
        return WhyReported(self.why.data)


def _number(written: str) -> int:
    written = written.strip()
    if not written.isascii() or not written.isdigit() or len(written) > MOST_DIGITS:
        return 0
    return int(written)
