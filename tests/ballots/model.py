"""A ballot box in plain Python: what must be true after each act, written from the rules alone.

It knows no store and no service. Each act says which refusal must come, or changes what is known;
so a test can let the real services live beside it and compare everything (voting.md 2.6, 3.6, 4.1).
Leaves are taken from receipts and worked out again by the formats of docs/bundle.md.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pb.ballots.domain import VotedBefore, VotingPaused
from pb.proposals.domain import PlanIsFixed
from pb.rounds.domain import NotInThisState, VotingClosed
from pb.tokens.ceremony_rules import PassphraseWrong
from pb.tokens.domain import CodeReplaced, CodeUnknown, VotedOnPaper
from pb.tokens.replacement import LetterIsPaper, LetterIsSpare, LetterIsVoid, PackIsOpen
from tests.results.bundles import b64, ballot_line, canonical, event, inner_of, leaf_of

SMALLEST_SEAL = 20
BETWEEN_SEALS = timedelta(hours=1)
QUIET = timedelta(hours=2)  # before closing; what is cast then is sealed when it closed
VOID = {"revoked": CodeReplaced, "paper": VotedOnPaper, "spare": CodeUnknown}


@dataclass
class Vote:
    """One ballot of a letter. why: None while it counts. choices: None once they are gone."""

    version: int
    leaf: bytes
    submission: bytes
    choices: tuple[int, ...] | None
    why: str | None = None


@dataclass
class Letter:
    """A letter and its ballots. is_void_at_desk: by its number, not only by its key."""

    serial: str
    code: str
    key: bytes
    area: str
    status: str = "issued"
    is_void_at_desk: bool = False
    votes: list[Vote] = field(default_factory=list)

    @property
    def version(self):
        """How often the holder knows to have voted: the version that counts, or 0."""
        return next((vote.version for vote in self.votes if vote.why is None), 0)

    def sent(self, submission):
        return next((vote for vote in self.votes if vote.submission == submission), None)


def leaf_in(fragment, round_id):
    """Return the leaf that a receipt speaks of, from what stands behind the # of its address."""
    _, key, version, nonce, choices, _, _ = fragment.split(".")
    body = canonical({"c": json.loads(f"[{choices}]"), "nonce": b64(of_url(nonce)), "r": round_id})
    return leaf_of(of_url(key), int(version), inner_of(body.decode()))


def of_url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Model:
    """The letters, the box, its round and its ledger."""

    def __init__(self, letters, beginning, opens, closes):
        """beginning: the two lines that the ledger begins with, as they wait for the opening."""
        self.letters = letters
        self.opens, self.closes, self.round_closes = opens, closes, closes
        self.state, self.is_paused = "open", False
        self.withdrawn, self.counted_without = set(), None
        self.lines, self.seals, self.sealed_at = [], [], None
        self.events, self.leaves = list(beginning), set()
        self.lost = set()

    # --- what is known ---------------------------------------------------------------------------

    def of(self, status):
        return [letter for letter in self.letters if letter.status == status]

    def votes(self):
        return [(letter, vote) for letter in self.letters for vote in letter.votes]

    def counted(self):
        """The choices that count, by ballot key."""
        return {letter.key: vote.choices for letter, vote in self.votes() if vote.why is None}

    def pack(self, area):
        return 1 + sorted({letter.area for letter in self.letters}).index(area)

    # --- votes -----------------------------------------------------------------------------------

    def refuses_vote(self, letter, submission, expected, now):
        """Return the refusal of a ballot; None when it is kept, or was kept before."""
        if letter.status in VOID:
            return VOID[letter.status]
        if letter.sent(submission):
            return None
        return self.refuses_time(now) or (VotedBefore if letter.version != expected else None)

    def refuses_time(self, now):
        if now >= self.closes or self.state == "closed":
            return VotingClosed
        return VotingPaused if self.state == "paused" else None

    def before_vote(self, letter, now):
        """Asking for a vote lets the box follow its round, and the ledger begin."""
        if letter.status in VOID:
            return
        self.follow()
        if not self.lines:
            self.tick(now)

    def voted(self, letter, leaf, submission, choices):
        for vote in letter.votes:
            if vote.why is None:
                vote.why, vote.choices = "revote", None
        version = max((vote.version for vote in letter.votes), default=0) + 1
        letter.votes.append(Vote(version, leaf, submission, choices))
        self.leaves.add(leaf)

    # --- the desk --------------------------------------------------------------------------------

    def refuses_desk(self, now):
        """Return why nobody at the desk can act on letters now; the box follows its round."""
        if self.is_paused:
            return NotInThisState
        self.follow()
        return self.refuses_time(now)

    def refuses_report(self, letter, passphrases_fit, now):
        """What the desk knows of a letter comes first; what only its key tells comes last."""
        if refusal := self.refuses_desk(now):
            return refusal
        if letter.status == "spare":
            return LetterIsSpare
        if letter.is_void_at_desk:
            return LetterIsVoid
        if not passphrases_fit:
            return PassphraseWrong
        return {"revoked": LetterIsVoid, "paper": LetterIsPaper}.get(letter.status)

    def refuses_pack(self, area, now):
        is_open = not any(letter.area == area for letter in self.of("spare"))
        return self.refuses_desk(now) or (PackIsOpen if is_open else None)

    def refuses_paper(self, letter):
        return VOID.get(letter.status) or (VotingClosed if self.state == "closed" else None)

    def void(self, letter, why):
        self.take_out(letter, why)
        self.tell(why, keys=[b64(letter.key)])

    def take_out(self, letter, why):
        letter.status = why
        for vote in letter.votes:
            if vote.why is None:
                vote.why, vote.choices = why, None

    def open_pack(self, area):
        self.tell("spares", pack=self.pack(area))
        self.issue(self.pack(area))

    def issue(self, number):
        for letter in self.of("spare"):
            if self.pack(letter.area) == number:
                letter.status = "issued"

    # --- the round -------------------------------------------------------------------------------

    def pause(self, reason):
        self.is_paused = True
        if self.state != "closed":
            self.state = "paused"
        self.tell_while_voting("pause", reason=reason)

    def resume(self, reason):
        self.is_paused = False
        self.tell_while_voting("resume", reason=reason)
        self.follow()

    def follow(self):
        """The box opens again with its round, and closes later with it; never once it closed."""
        if self.is_paused or self.state == "closed":
            return
        self.state = "open"
        if self.round_closes > self.closes:
            self.closes = self.round_closes
            self.tell("extended", closes=f"{self.closes:%Y-%m-%dT%H:%MZ}")

    @property
    def ends(self):
        """When voting ends by the box and by the round, which can differ after a restore."""
        return max(self.closes, self.round_closes)

    def refuses_withdrawal(self, plan, now):
        if self.is_paused:
            return NotInThisState
        if now >= self.round_closes:
            return VotingClosed
        return PlanIsFixed if plan in self.withdrawn else None

    # --- the ledger ------------------------------------------------------------------------------

    def tell(self, kind, **members):
        self.events.append(canonical(event(kind, **members)))

    def tell_while_voting(self, kind, **members):
        if self.lines and self.state != "closed":
            self.tell(kind, **members)

    def tick(self, now):
        """Seal what is due."""
        if not self.lines:
            if self.state == "open" and self.opens <= now < self.closes:
                self.events.insert(2, canonical(event("open")))
                self.seal(self.opens)
            return
        leaves = self.leaves_are_due(now)
        if leaves or any(not is_notice(line) for line in self.events):
            self.seal(now, leaves=leaves)

    def leaves_are_due(self, now):
        if self.state != "open" or len(self.leaves) < SMALLEST_SEAL:
            return False
        if now >= self.closes:
            return True
        return now < self.closes - QUIET and now >= self.sealed_at + BETWEEN_SEALS

    def seal(self, now, *, leaves=False):
        added = [line for line in self.events if leaves or not is_notice(line)]
        self.events = [line for line in self.events if line not in added]
        if leaves:
            added += sorted(canonical(ballot_line(b64(leaf))) for leaf in self.leaves)
            self.leaves = set()
        if added:
            self.lines += added
            self.seals.append(len(self.lines))
            self.sealed_at = now

    def close(self, now):
        """Closing for the count fixes which plans are withdrawn, and seals all that waits."""
        if self.state == "closed":
            return
        self.state = "closed"
        self.counted_without = frozenset(self.withdrawn)
        for plan in sorted(self.counted_without):
            self.tell("plan_withdrawn", plan=plan)
        if not self.lines:
            self.events.insert(2, canonical(event("open")))
        self.seal(now, leaves=True)
        why = [vote.why for _, vote in self.votes()]
        self.tell(
            "closed",
            cast=why.count(None),
            superseded=why.count("revote"),
            withdrawn=why.count("revoked") + why.count("paper"),
        )
        self.seal(now)

    def expect_count(self, lines):
        """A count that was cut off after the closing may have said what it counted, and once."""
        if len(lines) > len(self.lines):
            (line,) = lines[len(self.lines) :]
            assert json.loads(line)["k"] == "count"
            self.lines.append(line)
            self.seals.append(len(self.lines))

    # --- after a loss ----------------------------------------------------------------------------

    def restored(self, lines, seals, now):
        """The backup that this is gets to know the lines that were published after it.

        Returns the leaves of the ballots that are lost.
        """
        new, known = lines[len(self.lines) :], {vote.leaf for _, vote in self.votes()}
        facts = [json.loads(line) for line in lines]
        if new:
            self.lines, self.seals, self.sealed_at = list(lines), list(seals), now
            self.events = [line for line in self.events if line not in new]
            self.leaves -= leaves_of(facts)
            self.follow_published([json.loads(line) for line in new])
        told = [json.loads(line) for line in (*lines, *self.events)]
        told = {leaf for each in told if each.get("k") == "restored" for leaf in each["missing"]}
        missing = sorted(b64(leaf) for leaf in leaves_of(facts) - known)
        missing = [leaf for leaf in missing if leaf not in told]
        self.lost = {base64.b64decode(leaf) for leaf in told | set(missing)}
        if missing:
            self.tell("restored", missing=missing)
        return missing

    def follow_published(self, facts):
        by_key = {b64(letter.key): letter for letter in self.letters}
        for fact in facts:
            if fact.get("k") == "spares":
                self.issue(fact["pack"])
            if fact.get("k") == "extended":
                self.closes = max(self.closes, datetime.fromisoformat(fact["closes"]))
            if fact.get("k") == "closed":
                self.state = "closed"
        if self.state == "closed" and self.counted_without is None:
            told = (fact["plan"] for fact in facts if fact.get("k") == "plan_withdrawn")
            self.counted_without = frozenset(told)
        for fact in facts:
            if fact.get("k") in {"revoked", "paper"}:
                for key in fact["keys"]:
                    self.take_out(by_key[key], fact["k"])


def leaves_of(facts):
    return {base64.b64decode(fact["c"]) for fact in facts if fact["t"] == "ballot"}


def is_notice(line):
    return json.loads(line).get("k") == "notice"
