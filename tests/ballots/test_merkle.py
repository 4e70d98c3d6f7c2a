"""The tree over the ledger: the vectors of Certificate Transparency, and every proof."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pb.ballots.merkle import (
    EMPTY_ROOT,
    LineMissing,
    proof_of,
    root_from_proof,
    root_of,
)

# The reference vectors of RFC 6962 as Certificate Transparency's own tests have them.
LINES = [
    bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
] + [bytes(range(0x60, 0x70))]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


class Definition:
    """RFC 6962, 2.1 and 2.1.1, word for word, over the first lines of a list.

    Trees of other sizes share most of what lies under them, so each part is hashed once.
    """

    def __init__(self, lines):
        self.lines, self.known = lines, {}

    def root(self, begin, end):
        if (begin, end) not in self.known:
            self.known[begin, end] = self._root(begin, end)
        return self.known[begin, end]

    def _root(self, begin, end):
        if begin == end:
            return hashlib.sha256(b"").digest()
        if end - begin == 1:
            return hashlib.sha256(b"\0" + self.lines[begin]).digest()
        middle = self.middle(begin, end)
        both = self.root(begin, middle) + self.root(middle, end)
        return hashlib.sha256(b"\1" + both).digest()

    def middle(self, begin, end):
        """Return where the largest power of two below the size ends."""
        split = 1
        while split * 2 < end - begin:
            split *= 2
        return begin + split

    def proof(self, place, begin, end):
        if end - begin == 1:
            return []
        middle = self.middle(begin, end)
        if place < middle:
            return [*self.proof(place, begin, middle), self.root(middle, end)]
        return [*self.proof(place, middle, end), self.root(begin, middle)]


def test_the_roots_are_those_of_certificate_transparency():
    assert root_of([]) == EMPTY_ROOT
    assert [root_of(LINES[:size]).hex() for size in range(1, 9)] == list(ROOTS)


def test_every_line_of_every_tree_up_to_300_has_the_proof_of_the_definition():
    lines = [b"%d" % number for number in range(300)]
    defined, proofs = Definition(lines), 0

    for size in range(1, 301):
        root = defined.root(0, size)
        assert root_of(lines[:size]) == root
        for place in range(size):
            proof = proof_of(lines[:size], place)
            assert proof == defined.proof(place, 0, size)
            assert root_from_proof(lines[place], place, size, proof) == root
            assert len(proof) <= (size - 1).bit_length()
            proofs += 1

    assert proofs == 300 * 301 // 2


@given(some.integers(2, 60), some.data())
def test_a_proof_fits_no_other_line_place_or_size(size, data):
    lines = [b"%d" % number for number in range(size)]
    root, place = root_of(lines), data.draw(some.integers(0, size - 1))
    proof = proof_of(lines, place)

    assert root_from_proof(b"other", place, size, proof) != root
    other = data.draw(some.integers(0, size - 1).filter(lambda each: each != place))
    assert root_from_proof(lines[place], other, size, proof) != root
    for changed in ([*proof, proof[0]], proof[:-1], [bytes(32), *proof[1:]]):
        assert root_from_proof(lines[place], place, size, changed) != root
    assert root_from_proof(lines[place], size, size, proof) is None


def test_there_is_no_proof_of_a_line_that_is_not_there():
    with pytest.raises(LineMissing):
        proof_of([b"one"], 1)
