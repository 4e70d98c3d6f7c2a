"""Tracking codes on the public list: how they are typed, written and paged.

A code never stands in an address: the list is searched with a form that is posted, and paged
by the first symbol only.
"""

from collections.abc import Mapping

ON_ONE_PAGE = 100
GROUP = 4
LETTER_CODE = 24
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def normal(typed: str) -> str:
    """Return a typed code as it is stored: capitals, without spaces and hyphens.

    Letters that look like figures are read as those figures; codes never hold them.
    """
    return "".join(sign for sign in typed.upper() if sign.isalnum()).translate(LOOK_ALIKES)


def is_of_a_letter(typed: str) -> bool:
    """Tell whether somebody typed the voting code of a letter, which is twice as long."""
    return len(normal(typed)) == LETTER_CODE


def written(code: str) -> str:
    """Return a code in groups of four, as it stands on a receipt."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def place(sizes: Mapping[str, int], begin: str, page: int) -> tuple[str, int, int, int]:
    """Return which part of the list to show: first symbol, page, pages, and first line.

    sizes: number of codes per first symbol, sorted. What does not exist becomes the first.
    """
    begin = begin if begin in sizes else next(iter(sizes), "")
    pages = max(1, -(-sizes.get(begin, 0) // ON_ONE_PAGE))
    page = page if 1 <= page <= pages else 1
    return begin, page, pages, (page - 1) * ON_ONE_PAGE
