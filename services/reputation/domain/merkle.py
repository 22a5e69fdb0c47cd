"""The Merkle tree of a log: RFC 9162, "Certificate Transparency Version 2.0", section 2.1, hashed as in RFC 6962.

A tree of n leaves is cut into *full* subtrees, whose hashes never change any more: the one at ``Node(height, place)``
is that of the leaves ``place * 2**height`` up to ``(place + 1) * 2**height``. Whoever can read full subtrees makes the
root and every proof of any size with O(log n) of them, so that nothing here reads the leaves. See LOG.md.

Hashes are bytes of SHA-256. Makers raise ``ValueError`` where an index or a size is not in the tree; verifiers only
tell whether a proof holds, because what they are given comes from strangers.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

HASH = 32  # bytes
EMPTY = sha256(b"").digest()  # the root of a tree without leaves


class Node(NamedTuple):
    """A full subtree of ``2**height`` leaves, the ``place``-th of its height from the left, from 0 on."""

    height: int
    place: int


ReadNode = Callable[[Node], bytes]


class Span(NamedTuple):
    """The leaves from ``start`` (included) to ``end`` (excluded), as the recursion of the RFC splits them."""

    start: int
    end: int

    @property
    def nodes(self) -> list[Node]:
        """The full subtrees that it consists of, from left to right: never more than the height of the tree."""
        found, start = [], self.start
        while start < self.end:
            height = (self.end - start).bit_length() - 1
            found.append(Node(height, start >> height))
            start += 1 << height
        return found

    def hashed(self, read: ReadNode) -> bytes:
        """Return MTH of its leaves: the last two subtrees are joined first."""
        *before, last = self.nodes
        joined = read(last)
        for node in reversed(before):
            joined = node_hash(read(node), joined)
        return joined

    def split(self) -> tuple["Span", "Span"]:
        """Return it in two, the left one as large a power of two as is less than all of it."""
        middle = self.start + (1 << (self.end - self.start - 1).bit_length() - 1)
        return Span(self.start, middle), Span(middle, self.end)


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of the leaf that holds ``data``."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves, computed anew from all of them in O(n)."""
    if not leaves:
        return EMPTY
    row = list(leaves)
    # Level by level; one that is left over goes up as it is, which gives the tree of the RFC.
    while len(row) > 1:
        above = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = above + row[len(row) & ~1 :]
    return row[0]


def head(size: int, read: ReadNode) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return Span(0, size).hashed(read) if size else EMPTY


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return whose hashes prove that leaf ``index`` is in the tree of ``size`` leaves (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    whole, beside = Span(0, size), []
    while whole.end - whole.start > 1:
        left, right = whole.split()
        whole, other = (left, right) if index < left.end else (right, left)
        beside.append(other)
    return beside[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """Return whose hashes prove that ``first`` leaves are the start of ``second`` (RFC 9162, 2.1.4.1)."""
    if not 0 < first <= second:
        raise ValueError(f"a tree of {first} is not the start of one of {second}")
    whole, beside = Span(0, second), []
    while first != whole.end:
        left, right = whole.split()
        whole, other = (left, right) if first <= left.end else (right, left)
        beside.append(other)
    # The root of the old tree itself is known to who asks; any other subtree at which the descent ends is not.
    ending = [whole] if whole.start else []
    return ending + beside[::-1]


def prove(spans: Sequence[Span], read: ReadNode) -> list[bytes]:
    """Return the hashes of the spans of a proof."""
    return [span.hashed(read) for span in spans]


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether ``proof`` shows the hash of a leaf at ``index`` below ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, made = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            made = node_hash(other, made)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            made = node_hash(made, other)
        here, last = here >> 1, last >> 1
    return last == 0 and made == root


def extends(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether ``proof`` shows that the second tree only adds to the first one (RFC 9162, 2.1.4.2).

    Every tree adds to the empty one; the RFC leaves that case out.
    """
    if first == second or first == 0:
        return not proof and first_root == (second_root if first else EMPTY) and first <= second
    if not 0 < first < second or not proof:
        return False
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, other)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
