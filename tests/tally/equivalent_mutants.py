"""Changes of the engine after which everything that is promised is still so, and why."""

#: (module, the line, what was changed) -> the reason.
EQUIVALENT: dict[tuple[str, str, str], str] = {}
