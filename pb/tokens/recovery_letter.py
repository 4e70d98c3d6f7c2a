"""The letter for the sealed envelope: the recovery code, and what to do with it.

A PDF/UA-1 file, set by typst from ``templates/tokens/recovery.typ``. It is made once, in memory,
and handed to the person who asked; neither it nor the code in it is kept anywhere. It is set in a
process of its own, so that typst and the code leave nothing in a process that serves pages.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pb.tokens.ceremony_rules import EnvelopeUnprintable
from pb.tokens.domain import Code

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# What typst complains when no font has a symbol.
NO_SHAPE: Final = "could not be displayed with"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeFacts:
    """What stands in the letter beside the code. Texts are printed as they are.

    slug: what commands call the round. officers: the functions of 1, 2 and 3.
    made: "maandag 7 september 2026, 9.00 uur".
    """

    municipality: str
    round_title: str
    slug: str
    officers: tuple[str, ...]
    made: str


def recovery_letter(code: Code, facts: EnvelopeFacts) -> bytes:
    """Return the letter as a PDF of one page. Raises EnvelopeUnprintable."""
    import multiprocessing  # Here: web processes that set no letter keep its memory free.

    groups = code.grouped()
    values = {"facts": asdict(facts), "code": (groups[:14], groups[15:])}
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_set, args=(json.dumps(values), sender))
    process.start()
    sender.close()
    with receiver:
        try:
            answer: bytes | str = receiver.recv()
        except EOFError:
            answer = "the process ended before the letter was done"
    process.join()
    if isinstance(answer, bytes):
        return answer
    if NO_SHAPE in answer:
        raise EnvelopeUnprintable
    raise RuntimeError(f"The recovery letter could not be set: {answer}")


def _set(values: str, answer: "Connection") -> None:
    """Set the letter; runs in a process of its own and answers with it, or with a complaint."""
    import typst

    try:
        document = typst.compile(
            _shelf("templates") / "tokens" / "recovery.typ",
            font_paths=typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[_shelf("static") / "fonts" / "letters"],
            ),
            sys_inputs={"data": values},
            pdf_standards="ua-1",
        )
    except typst.TypstError as error:
        answer.send(error.message)
        return
    answer.send(bytes(document))


def _shelf(name: str) -> Path:
    """Return a top-level folder: beside pb/ in a checkout, inside it in a wheel."""
    package = Path(__file__).parents[1]
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
