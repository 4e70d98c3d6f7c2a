"""Changes of the verifier after which everything that is promised is still so, and why."""

#: (the line, what was changed) -> the reason.
EQUIVALENT: dict[tuple[str, str], str] = {}
