"""Signs that somebody collects letters or guesses codes; they mark no ballot and no browser.

How many letters vote from one network on one day, and how many wrong codes come in one hour, is
counted in the memory of the server, under keyed hashes. Only when the day or the hour is over
does a number leave it, without the network, and it is sealed together with later ballots. What
is counted, and what is not, stands in docs/adr/0019.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask import current_app

from pb.ballots import sealing
from pb.ballots.domain import Receipt
from pb.foundation.settings import Settings
from pb.rounds.access import current_round
from pb.web.clock import now
from pb.web.limits import counts, network_of, visitors_address

EVERYBODY = ""
AN_HOUR = timedelta(hours=1)


class Signal(StrEnum):
    """What an observer is told of."""

    MANY_FROM_ONE_NETWORK = "many-from-one-network"
    WRONG_CODES = "wrong-codes"


# From which number on it is told: more than 15 letters a day, 1,000 wrong codes an hour.
TOLD_FROM = {Signal.MANY_FROM_ONE_NETWORK: 16, Signal.WRONG_CODES: 1_000}


def count_letter(slug: str, receipt: Receipt) -> None:
    """Count a letter that voted for the first time, for the network that it came from.

    Not one that votes again, nor a page that is sent twice, or one person alone could raise an
    alarm; and nothing from a desk of the municipality, where people come to vote.
    """
    settings: Settings = current_app.extensions["settings"]
    address = visitors_address()
    if receipt.version > 1 or receipt.repeated:
        return
    if any(address in network for network in settings.desk_networks):
        return
    group = _group(slug, Signal.MANY_FROM_ONE_NETWORK)
    counts().count(group, network_of(address), until=_end_of_day(now()))


def count_wrong_code(slug: str) -> None:
    """Count a code that opens nothing, wherever it came from; tell the operator at the limit."""
    group = _group(slug, Signal.WRONG_CODES)
    if counts().count(group, EVERYBODY, until=now() + AN_HOUR) == TOLD_FROM[Signal.WRONG_CODES]:
        current_app.logger.warning("Many wrong codes within an hour in round %s.", slug)


def hand_over() -> None:
    """Let the ledger tell what ended: called before every request, and costs next to nothing."""
    ended = counts().take_ended(now())
    if not ended:
        return
    for slug in sealing.begun():
        for signal, least in TOLD_FROM.items():
            numbers = ended.get(counts().group(_group(slug, signal)), [])
            if told := [number for number in numbers if number >= least]:
                sealing.record_notice(slug, signal, told)


def _group(slug: str, signal: Signal) -> str:
    return f"{signal} {slug}"


def _end_of_day(moment: datetime) -> datetime:
    """Return when the day of the municipality ends, or the voting when that is earlier."""
    settings: Settings = current_app.extensions["settings"]
    local = moment.astimezone(ZoneInfo(settings.timezone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(midnight, current_round().framework.dates.voting_closes)
