"""What people type, and the signs in it that nobody types."""

import re

# Control signs, and signs that turn the direction of what follows.
UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\ufffe\uffff\ud800-\udfff]")


def as_typed(text: str) -> str:
    """Return a text without the signs that nobody types and no screen shows."""
    return UNTYPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
