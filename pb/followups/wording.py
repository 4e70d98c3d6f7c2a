"""Follow-ups as pages show them: the timeline in words, and the sentence of a late promise."""

from dataclasses import dataclass

from pb.followups.domain import STATUS_LABELS, FollowUp, Message
from pb.web.formats import day, moment
from pb.web.wording import gettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message for components/timeline.html."""

    kind: str
    author: str
    when: str
    title: str
    text: str


def lines(messages: list[Message]) -> list[Line]:
    """Return messages in the language of the page, in the order given."""
    return [
        Line(
            kind=message.speaker.value,
            author=str(gettext(message.author)) if message.author else "",
            when=moment(message.at),
            title=_title(message),
            text=message.text,
        )
        for message in messages
    ]


def _title(message: Message) -> str:
    if message.status is None:
        return ""
    status = gettext(STATUS_LABELS[message.status])
    if message.moved_to is not None:
        moved = day(message.moved_to)
        return str(gettext("%(status)s. De nieuwe datum is %(day)s.", status=status, day=moved))
    if message.decided_by:
        return str(
            gettext("%(status)s. %(body)s besloot dit.", status=status, body=message.decided_by)
        )
    return str(status)


def late_sentence(follow_up: FollowUp) -> str:
    """Return what residents read when a promised message did not come."""
    if follow_up.promise is None:
        return ""
    return str(
        gettext(
            "Wij hadden u een bericht beloofd op %(day)s. Dat is er nog niet. "
            "De projectleider is gevraagd.",
            day=day(follow_up.promise.due),
        )
    )


def late_finish_sentence(follow_up: FollowUp) -> str:
    """Return what residents read when a plan should have been finished."""
    if follow_up.planned_finish is None:
        return ""
    finish = day(follow_up.planned_finish)
    return str(gettext("Dit plan zou klaar zijn op %(day)s. Het is nog niet klaar.", day=finish))
