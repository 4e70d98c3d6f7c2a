"""Changes of the engine after which everything that is promised is still so, and why."""

#: (module, the line, what was changed) -> the reason.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("adding", "PORTION = 8_192", "8192 -> 8193"): "any size of portion gives the same sum",
    ("adding", "if len(numbers) <= PORTION:", "not (len(numbers) <= PORTION)"): (
        "one portion or several: only the time differs"
    ),
    ("adding", "if len(numbers) <= PORTION:", "lte -> lt"): "one portion is the whole",
}
