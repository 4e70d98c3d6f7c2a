"""What was met while a Pabulib file was read, each in one English sentence."""


class Notes:
    """Keeps sentences in the order in which they were said, and which of them are faults.

    A fault is something that the file itself, or the format, says should be otherwise; anything
    else is only good to know. Neither stops the reading: what does is an UnreadableElection.
    """

    def __init__(self) -> None:
        self._said: dict[str, bool] = {}

    def fault(self, sentence: str) -> None:
        """Keep that something is not as the format asks, and what was made of it."""
        self._said[sentence] = True

    def remark(self, sentence: str) -> None:
        """Keep something that is allowed and that a reader should know."""
        self._said.setdefault(sentence, False)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that was said."""
        return tuple(self._said)

    @property
    def faults(self) -> tuple[str, ...]:
        """What was said of things that are not as the format asks."""
        return tuple(sentence for sentence, is_fault in self._said.items() if is_fault)


def ballots(number: int, one: str, many: str) -> str:
    """Return a sentence about a number of ballots, which is one or more."""
    return f"1 ballot {one}" if number == 1 else f"{number} ballots {many}"


def listed(names: list[str]) -> str:
    """Return ids as a list for a sentence; of a long list the first ones and how many follow."""
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


_MOST_NAMES = 40
