"""The Merkle tree over the lines of a ledger, as in RFC 6962 and RFC 9162, section 2.1.

A *root* is 32 bytes that stand for all lines in their order. A *proof* is the list of hashes with
which anybody who has one line finds the root again, 17 hashes for 100,000 lines.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


class LineMissing(ValueError):
    """A proof is asked for a line that the tree does not have."""


def leaf_hash(line: bytes) -> bytes:
    """Return the hash of one line, 32 bytes."""
    return hashlib.sha256(b"\0" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours, 32 bytes."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(lines: Iterable[bytes]) -> bytes:
    """Return the root of the tree over these lines."""
    tree = GrowingTree()
    for line in lines:
        tree.append(line)
    return tree.root()


class GrowingTree:
    """A tree to which lines are added; knows its root at any moment in a few hashes of memory."""

    def __init__(self) -> None:
        """Start without lines."""
        self.size = 0
        self._full: list[bytes] = []  # The roots of full subtrees, the largest first.

    def append(self, line: bytes) -> None:
        """Add a line at the end."""
        self.append_hash(leaf_hash(line))

    def append_hash(self, hashed: bytes) -> None:
        """Add a line of which only the leaf hash is known."""
        place = self.size
        while place & 1:  # A full subtree of this height waits for its right neighbour.
            hashed = node_hash(self._full.pop(), hashed)
            place >>= 1
        self._full.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all lines so far."""
        if not self._full:
            return EMPTY_ROOT
        root = self._full[-1]
        for left in reversed(self._full[:-1]):
            root = node_hash(left, root)
        return root


def proof_of(lines: Sequence[bytes], place: int) -> list[bytes]:
    """Return the proof that a line stands at a place, from the lowest hash to the highest.

    Raises LineMissing.
    """
    if not 0 <= place < len(lines):
        raise LineMissing(place)
    hashes = [leaf_hash(line) for line in lines]
    return _proof(hashes, place)


def root_from_proof(line: bytes, place: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that a proof leads to, or None when it cannot be one (RFC 9162, 2.1.3.2)."""
    if not 0 <= place < size:
        return None
    at, last, found = place, size - 1, leaf_hash(line)
    for step in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def _proof(hashes: Sequence[bytes], place: int) -> list[bytes]:
    if len(hashes) == 1:
        return []
    split = 1 << (len(hashes) - 1).bit_length() - 1
    left, right = hashes[:split], hashes[split:]
    if place < split:
        return [*_proof(left, place), _root(right)]
    return [*_proof(right, place - split), _root(left)]


def _root(hashes: Sequence[bytes]) -> bytes:
    tree = GrowingTree()
    for hashed in hashes:
        tree.append_hash(hashed)
    return tree.root()
