"""An entry of the journal: who (role), what, when and why, without personal data."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act. ``what``: a marked Dutch sentence with placeholders; ``values`` fills them.

    by: the function that acted ('Projectleider buurtbudget', or 'De klok'), never a name.
    reason: public, empty when the act needs none.
    """

    number: int
    round_slug: str
    at: datetime
    by: str
    what: str
    values: dict[str, str | int]
    reason: str = ""
