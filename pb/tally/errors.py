"""What the tally refuses, each with one sentence for the person who asked."""


class InvalidElection(ValueError):
    """The values given do not form an election (for instance a ballot names no known project)."""


class CountRefused(ValueError):
    """The election is sound, but this rule cannot count it."""


class UnwritableElection(ValueError):
    """The election holds something that the Pabulib format cannot carry."""


class UnreadableElection(ValueError):
    """A file is not a readable election. The message names the file and the line."""

    def __init__(self, file_name: str, line: int | None, problem: str) -> None:
        """Keep where it went wrong (``line`` counts from 1, None for the whole file) and why."""
        place = file_name if line is None else f"{file_name}, line {line}"
        super().__init__(_on_one_line(f"{place}: {problem}"))
        self.file_name = file_name
        self.line = line
        self.problem = problem


def _on_one_line(text: str) -> str:
    """Return a text with every sign that ends a line or steers a terminal written out."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
