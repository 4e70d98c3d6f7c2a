"""Changes of the verifier after which everything that is promised is still so, and why."""

#: (the line, what was changed) -> the reason.
EQUIVALENT: dict[tuple[str, str], str] = {
    (
        'raise ValueError(f"{text} is no whole number")',
        "without raise ValueError(f'{text} is no whole number')",
    ): "what is read instead, nothing, is written otherwise: the text is not canonical",
}
