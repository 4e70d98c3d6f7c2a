"""Changes of the verifier after which everything that is promised is still so, and why."""

#: (the line, what was changed) -> the reason.
EQUIVALENT: dict[tuple[str, str], str] = {
    (
        'raise ValueError(f"{text} is no whole number")',
        "without raise ValueError(f'{text} is no whole number')",
    ): "what is read instead, nothing, is written otherwise: the text is not canonical",
    ("return len(signature) == 64 and scalar < ORDER and usable_key(public)", "lt -> lte"): (
        "nobody can make a signature of which the scalar is just the order"
    ),
    ("if len(text) > 17 or abs(int(text)) >= 1 << 53:", "17 -> 18"): (
        "the second limit refuses what the first lets through"
    ),
    ("digit -= whole if digit >= whole // 2 else 0", "gte -> gt"): (
        "a digit is odd, and half of the whole is even"
    ),
    ("digit -= whole if digit >= whole // 2 else 0", "floordiv -> div in whole // 2"): (
        "the whole is even"
    ),
    ("for plus, minus, twice_z, _ in odd_multiples(*BASE, 64):", "64 -> 65"): (
        "nobody asks for one multiple more"
    ),
    ("ours, theirs = base_multiples(), odd_multiples(x, y, 8)", "8 -> 9"): (
        "nobody asks for one multiple more"
    ),
    ("while len(found) < number:", "lt -> lte"): "nobody asks for one multiple more",
    ("for place in reversed(range(1 + max((*here, *there), default=0))):", "1 -> 2"): (
        "twice nothing is nothing"
    ),
    ("for place in reversed(range(1 + max((*here, *there), default=0))):", "0 -> 1"): (
        "twice nothing is nothing"
    ),
    (
        (
            "refuse_wrong_seals([bundle.facts[begin:end] for begin, end in pairwise([0, *sizes])], "
            "bundle)"
        ),
        "0 -> 1",
    ): "the first line is an event, and those are passed over",
    (
        'points = [each[1] for each in choices] if kind == "cumulative" else [1] * len(ids)',
        "1 -> 2",
    ): "ballots without points show none",
    ("ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)", "sub -> add in PRIME - 1"): (
        "two more is half a four, and halves are left out: four times the power is the prime less 1"
    ),
    (
        "cube = below * below % PRIME * below % PRIME",
        "mult -> add in below * below % PRIME * below",
    ): "every factor but nought gives one of two numbers, and which is the root is tried after it",
    ("cube = below * below % PRIME * below % PRIME", "mult -> add in below * below"): (
        "the same: any factor but nought does"
    ),
    (
        'data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""',
        "True -> False",
    ): "what is passed over in reading is missing when it is written again, and then it differs",
    ("zeros = (scalar & -scalar).bit_length() - 1", "bitand -> bitor in scalar & -scalar"): (
        "that is the lowest bit with a minus before it, which is as long"
    ),
    ("if digit < 0:", "lt -> lte"): "a digit that is nought was passed over one line before",
    ("if digit < 0:", "0 -> 1"): "digits are odd, so none is nought",
}
