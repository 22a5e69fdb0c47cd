"""The tree of the log: known values, and proofs that hold for every tree and for nothing else.

The leaves and roots are those with which the first implementation of RFC 6962 is tested and which every one since
repeats (google/certificate-transparency, ``merkletree`` tests); ``anew`` below computes the roots from the words of the
RFC, without anything of ours, and agrees with them.
"""

from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.reputation.domain import merkle, tiles
from services.reputation.domain.merkle import EMPTY, Node, Span, extends, includes, leaf_hash, root_of
from services.reputation.domain.tiles import Tile, edge_of, grown, node_from, tile_of, tiles_of
from tests.effort import EFFORT

LEAVES = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Consistency proofs of the same tests, from the first size to the second.
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
SOME = settings(max_examples=max(1, round(25 * EFFORT)), deadline=None, suppress_health_check=list(HealthCheck))


def anew(leaves):
    """The Merkle Tree Hash in the words of RFC 6962, section 2.1."""
    if len(leaves) < 2:
        return sha256(b"\x00" + leaves[0]).digest() if leaves else sha256().digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + anew(leaves[:k]) + anew(leaves[k:])).digest()


class Tree:
    """A tree in tiles, as the service keeps it; appended in parts of ``step`` leaves."""

    def __init__(self, data, step=7):
        self.hashes = [leaf_hash(one) for one in data]
        self.tiles = {}
        for start in range(0, len(data), step):
            edge = {tile: self.tiles[tile] for tile in edge_of(start)}
            self.tiles |= grown(edge, start, self.hashes[start : start + step])

    def read(self, node):
        return node_from(self.tiles, node)

    def root(self, size):
        return merkle.head(size, self.read)

    def inclusion(self, index, size):
        return merkle.prove(merkle.inclusion_spans(index, size), self.read)

    def consistency(self, first, second):
        return merkle.prove(merkle.consistency_spans(first, second), self.read)


def numbered(count):
    return [str(number).encode() for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size):
    hashes = [leaf_hash(one) for one in LEAVES[:size]]
    assert root_of(hashes).hex() == anew(LEAVES[:size]).hex() == Tree(LEAVES).root(size).hex() == ROOTS[size]


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_the_published_consistency_proofs_come_out(first, second):
    proof = Tree(LEAVES).consistency(first, second)
    assert [one.hex() for one in proof] == CONSISTENCY[first, second]
    roots = [bytes.fromhex(ROOTS[size]) for size in (first, second)]
    assert extends(first, roots[0], second, roots[1], proof)


def test_every_proof_of_every_tree_of_up_to_forty_leaves_holds():
    tree = Tree(numbered(40))
    roots = [anew(numbered(size)) for size in range(41)]
    for size in range(1, 41):
        assert tree.root(size) == roots[size]
        for index in range(size):
            assert includes(roots[size], size, index, tree.hashes[index], tree.inclusion(index, size))
        for first in range(1, size + 1):
            assert extends(first, roots[first], size, roots[size], tree.consistency(first, size))


def test_the_empty_tree_is_the_start_of_every_tree_and_of_no_wrong_one():
    tree = Tree(numbered(3))
    assert extends(0, EMPTY, 3, tree.root(3), [])
    assert not extends(0, tree.root(1), 3, tree.root(3), [])
    assert not extends(3, tree.root(3), 2, tree.root(2), [])


@pytest.mark.parametrize("size", [2, 3, 7, 8])
def test_what_lies_between_the_root_and_the_entries_is_no_entry(size):
    tree = Tree(numbered(size))
    root, proof = tree.root(size), tree.inclusion(0, size)
    assert not includes(root, size, 0, root, [])
    assert not includes(root, size, 0, merkle.node_hash(tree.hashes[0], tree.hashes[1]), proof[1:])


@SOME
@given(st.integers(1, 700), st.data())
def test_proofs_hold_for_random_logs_and_not_for_another_leaf_place_size_or_root(size, data):
    tree = Tree(numbered(size), step=data.draw(st.integers(1, 300)))
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    root, leaf, proof = tree.root(size), tree.hashes[index], tree.inclusion(index, size)
    assert root == root_of(tree.hashes)
    assert includes(root, size, index, leaf, proof)
    assert includes(root, size, other, leaf, proof) == (other == index)
    assert not includes(leaf_hash(root), size, index, leaf, proof)
    assert not includes(root, size, index, leaf_hash(leaf), proof)
    assert not includes(root, size, index, leaf, [*proof, leaf])
    if proof:
        assert not includes(root, size, index, leaf, proof[:-1])
        at = data.draw(st.integers(0, len(proof) - 1))
        assert not includes(root, size, index, leaf, [*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :]])


@SOME
@given(st.integers(1, 700), st.data())
def test_a_rewritten_removed_or_reordered_entry_has_no_proof_of_consistency(size, data):
    first = data.draw(st.integers(1, size))
    before = Tree(numbered(size), step=300)
    proof = before.consistency(first, size)
    assert extends(first, before.root(first), size, before.root(size), proof)
    at, what = data.draw(st.integers(0, first - 1)), data.draw(st.sampled_from(("rewritten", "removed", "swapped")))
    changed = numbered(size)
    if what == "rewritten":
        changed[at] = b"something else"
    elif what == "removed":
        del changed[at]
        changed.append(b"one more")
    else:
        other = data.draw(st.integers(0, size - 1).filter(lambda place: place != at)) if size > 1 else at
        if other == at:
            return
        changed[at], changed[other] = changed[other], changed[at]
    after = Tree(changed, step=300)
    assert not extends(first, before.root(first), size, after.root(size), after.consistency(first, size))
    assert not extends(first, before.root(first), size, after.root(size), proof)


@SOME
@given(st.integers(0, 140_000), st.integers(0, 400))
def test_an_append_reads_the_begun_tiles_only_and_leaves_full_ones_alone(size, count):
    edge = {tile: b"\x11" * 32 * ((size >> 8 * tile.level) % 256) for tile in edge_of(size)}
    changed = grown(edge, size, [leaf_hash(str(at).encode()) for at in range(count)])
    for tile, hashes in changed.items():
        assert len(hashes) <= 256 * 32
        assert hashes.startswith(edge.get(tile, b""))
        assert tile.number >= (size >> 8 * tile.level) // 256


def test_a_tile_that_is_shorter_than_the_tree_says_is_noticed_before_anything_is_built_on_it():
    with pytest.raises(ValueError, match="has 3 hashes and not 4"):
        grown({Tile(0, 0): b"\x11" * 96}, 4, [EMPTY])
    with pytest.raises(ValueError, match="ends before"):
        node_from({Tile(0, 0): b"\x11" * 96}, Node(0, 3))


def test_a_proof_over_a_million_entries_reads_a_handful_of_tiles():
    million = 1_000_000
    assert len(tiles_of([*merkle.inclusion_spans(123_456, million), Span(0, million)])) <= 5
    assert len(tiles_of([*merkle.consistency_spans(654_321, million), Span(0, 654_321), Span(0, million)])) <= 8
    assert tile_of(Node(19, 1)) == tiles.Tile(2, 0)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_proof_is_made_of_an_entry_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="there is no leaf"):
        merkle.inclusion_spans(index, size)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3)])
def test_no_proof_is_made_between_trees_that_do_not_follow_each_other(first, second):
    with pytest.raises(ValueError, match="is not the start"):
        merkle.consistency_spans(first, second)
