"""Changes of the engine after which everything that is promised is still so, and why."""

#: (module, the line, what was changed) -> the reason.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("adding", "PORTION = 8_192", "8192 -> 8193"): "any size of portion gives the same sum",
    ("adding", "if len(numbers) <= PORTION:", "not (len(numbers) <= PORTION)"): (
        "one portion or several: only the time differs"
    ),
    ("adding", "if len(numbers) <= PORTION:", "lte -> lt"): "one portion is the whole",
    ("notebook", "self.has_second_pass = False", "False -> True"): (
        "only what most votes takes asks for it, and most votes has set it by then"
    ),
    ("raising", "self._rest = 0", "0 -> 1"): "the first step ends a rest of one step",
    (
        "count",
        "lots = {project.id: place for place, project in enumerate(drawn, start=1)}",
        "1 -> 2",
    ): ("all lots are drawn, and only their order is ever used"),
    ("tallied", "numbers[electorate.groups[arrays.place_of[name]]] += 1", "1 -> 2"): (
        "the numbers of both outcomes are doubled, and only compared with each other and with one"
    ),
    ("epsilon", "return dict.fromkeys(groups, 1)", "1 -> 2"): (
        "all pay alike, whatever number it is that all have"
    ),
    ("epsilon", "self.parts = lcm(1, *(purse.denominator for purse in exact))", "1 -> 2"): (
        "any common multiple of the denominators will do: what is told is divided by it again"
    ),
}
