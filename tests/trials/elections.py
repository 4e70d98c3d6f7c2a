"""Small elections as Pabulib text: name only what a test is about."""

from pathlib import Path

SMALL = Path(__file__).parent / "data" / "klein.pb"
# Only for tests that carry pytest.mark.shared.
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "pabulib"


def an_election(
    vote_type: str = "approval",
    votes: tuple[str, ...] = ("1,2", "2", "3,1"),
    points: tuple[str, ...] = (),
    costs: tuple[str, ...] = ("1000", "2000", "3000"),
    **meta: str,
) -> str:
    """Return the text of an election with a project per cost and a voter per vote."""
    facts = {
        "description": "Proef",
        "num_projects": str(len(costs)),
        "num_votes": str(len(votes)),
        "budget": "4000",
        "vote_type": vote_type,
        "rule": "greedy",
        **meta,
    }
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in facts.items())]
    lines += ["PROJECTS", "project_id;cost;name"]
    lines += [f"{number};{cost};Plan {number}" for number, cost in enumerate(costs, start=1)]
    lines += ["VOTES", "voter_id;vote;points" if points else "voter_id;vote"]
    for voter, vote in enumerate(votes, start=1):
        lines.append(f"{voter};{vote};{points[voter - 1]}" if points else f"{voter};{vote}")
    return "\n".join(lines) + "\n"


def write(folder: Path, text: str) -> Path:
    """Write an election to a file and return its path."""
    path = folder / "proef.pb"
    path.write_text(text, encoding="utf-8")
    return path
