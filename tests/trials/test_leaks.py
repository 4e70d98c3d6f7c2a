"""After a replay no code is found anywhere, and nothing tells who voted when."""

import shutil
import sqlite3
import tempfile

import pytest

from pb.ballots.envelope import tracking_code
from pb.tokens.domain import DATA_SYMBOLS, Code, ballot_key_pair
from pb.trials import real_election
from pb.trials.installation import BALLOTS, PARTICIPATION
from pb.trials.replay import SLUG, replay
from tests.trials.elections import SHARED

ROUND_ID = f"dorrewold/{SLUG}"
WORDS_OF_ORDER = {
    "at", "cast", "created", "day", "hour", "moment", "number", "order", "place", "seen",
    "sequence", "time", "when",
}  # fmt: skip

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the folder 'shared' is not here"),
]


class Traces:
    """A replay of a real election, with what it left on disk while it ran and after it."""

    def __init__(self, folder, monkeypatch) -> None:
        self.folder, self.temporary = folder / "stores", folder / "temporary"
        self.snapshots = folder / "snapshots"
        for each in (self.folder, self.temporary, self.snapshots):
            each.mkdir()
        self.codes: list[str] = []
        monkeypatch.setenv("TMPDIR", str(self.temporary))
        monkeypatch.setattr(tempfile, "tempdir", None)
        self.election = real_election.read(SHARED / "Netherlands_Assen_2024.pb")
        replay(self.election, self.folder, self.look, self.learn)

    def learn(self, printables) -> None:
        self.codes = [each.code.revealed() for each in printables]
        self.look("made", 1, 1)

    def look(self, label, done, total) -> None:
        """Keep what lies on disk, write-ahead logs and all, while the stores are open."""
        if done == total and label in {"made", "ballots"}:
            shutil.copytree(self.folder, self.snapshots / label)

    def store(self, moment, name):
        return sqlite3.connect(self.snapshots / moment / name)


@pytest.fixture(scope="module")
def traces(tmp_path_factory):
    """One replay for all tests of this file."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Traces(tmp_path_factory.mktemp("traces"), monkeypatch)


def rows_of(store):
    """Return the rows of every table of a store."""
    names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    return {name: sorted(store.execute(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608


def changed_by_casting(traces, name):
    before = rows_of(traces.store("made", name))
    after = rows_of(traces.store("ballots", name))
    return {table for table in after if after[table] != before[table]}


def spearman(places):
    """Return the rank correlation of places with the order in which they stand."""
    ranks = {place: rank for rank, place in enumerate(sorted(places))}
    count = len(places)
    squares = sum((ranks[place] - order) ** 2 for order, place in enumerate(places))
    return 1 - 6 * squares / (count * (count**2 - 1))


def ballot_key_of(code):
    return ballot_key_pair(Code(code), ROUND_ID).public


def test_no_code_is_found_in_stores_logs_or_temporary_files(traces, capfd, caplog):
    files = [path for path in traces.folder.parent.rglob("*") if path.is_file()]
    found = capfd.readouterr()
    haystacks = {str(path): path.read_bytes() for path in files}
    haystacks["output"] = (found.out + found.err + caplog.text).encode()

    assert any(path.endswith("-wal") and content for path, content in haystacks.items())
    assert len(traces.codes) == 84
    for code in traces.codes:
        grouped = "-".join(code[start : start + 4] for start in range(0, 24, 4))
        needles = [code, grouped, code[:DATA_SYMBOLS], code.lower(), grouped.lower()]
        for where, content in haystacks.items():
            assert not any(needle.encode() in content for needle in needles), where


def test_casting_writes_ballots_and_what_waits_for_the_ledger_and_nothing_else(traces):
    """Between making the codes and casting, the box is set up and its gate is passed."""
    assert changed_by_casting(traces, BALLOTS) == {
        *("ballots", "ballot_boxes", "pending"),
        *("ledger", "checkpoints"),  # The first who looks after the opening begins it.
    }
    assert changed_by_casting(traces, PARTICIPATION) <= {"journal", "rounds"}


def test_no_table_that_casting_writes_has_an_order_or_a_time(traces):
    store = traces.store("ballots", BALLOTS)
    for table in ("ballots", "pending", "superseded"):
        made = store.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()[0]
        columns = store.execute(f"PRAGMA table_info({table})").fetchall()

        assert "WITHOUT ROWID" in made
        assert not any("DATE" in kind or "TIME" in kind for _, _, kind, *_ in columns)
        assert not any(set(name.split("_")) & WORDS_OF_ORDER for _, name, *_ in columns)


def test_a_letter_and_its_ballot_share_no_row_number_and_no_serial(traces):
    store = traces.store("ballots", BALLOTS)
    columns = {
        table: {name for _, name, *_ in store.execute(f"PRAGMA table_info({table})")}
        for table in ("ballots", "letters")
    }

    assert columns["ballots"] & columns["letters"] == {"municipality", "round_slug"}


@pytest.mark.parametrize("copied", [False, True], ids=["as it lies", "vacuumed copy"])
def test_the_place_of_a_ballot_in_the_file_does_not_tell_when_it_was_cast(traces, tmp_path, copied):
    store, path = sqlite3.connect(traces.folder / BALLOTS), traces.folder / BALLOTS
    if copied:
        path = tmp_path / "copy.db"
        store.execute("VACUUM INTO ?", [str(path)])
    kept = dict(store.execute("SELECT ballot_key, signature FROM ballots"))
    content = path.read_bytes()
    in_order_of_casting = [content.index(kept[ballot_key_of(code)]) for code in traces.codes]

    assert len(set(in_order_of_casting)) == 84
    assert abs(spearman(in_order_of_casting)) < 0.4  # 84 ballots: beyond 0.4 once in 4,000 times


def test_the_published_list_does_not_tell_when_a_ballot_was_cast(traces):
    leaves = dict(
        sqlite3.connect(traces.folder / BALLOTS).execute("SELECT ballot_key, leaf FROM ballots")
    )
    public = sqlite3.connect(traces.folder / PARTICIPATION)
    rows = public.execute("SELECT code FROM counted_ballots ORDER BY rowid").fetchall()
    places = {code.replace("-", ""): place for place, (code,) in enumerate(rows)}
    in_order_of_casting = [
        places[tracking_code(leaves[ballot_key_of(code)]).replace("-", "")] for code in traces.codes
    ]

    assert abs(spearman(in_order_of_casting)) < 0.4
