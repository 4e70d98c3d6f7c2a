"""Back to where somebody came from, and never to another site."""

import re
from urllib.parse import urlsplit

LONGEST = 1000
UNSEEN = re.compile(r"[\x00-\x20\x7f\\]")  # browsers skip some of these, or read them as "/"


def own_path(written: str | None, otherwise: str) -> str:
    """Return a path of this service as written, or ``otherwise`` when it is anything else."""
    if not written or len(written) > LONGEST or UNSEEN.search(written):
        return otherwise
    try:
        parts = urlsplit(written)
    except ValueError:
        return otherwise
    is_ours = written.startswith("/") and not written.startswith("//")
    return written if is_ours and not parts.scheme and not parts.netloc else otherwise
