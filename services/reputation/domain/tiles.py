"""Tiles: how the full subtrees of a log are kept, in few rows that are read in one go (C2SP "tlog-tiles").

The tile ``Tile(level, number)`` holds up to 256 hashes of subtrees of height ``8 * level``, side by side; what lies
between two levels is computed when it is asked for. A million leaves are 3 907 + 16 + 1 rows of up to 8 KiB.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.reputation.domain.merkle import HASH, Node, Span, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT


class Tile(NamedTuple):
    """The place of a tile: its level from the leaves on, its number from the left."""

    level: int
    number: int


Tiles = Mapping[Tile, bytes]


def tile_of(node: Node) -> Tile:
    """Return the tile from which ``node`` is made."""
    level, height = divmod(node.height, HEIGHT)
    return Tile(level, (node.place << height) // WIDTH)


def tiles_of(spans: Iterable[Span]) -> set[Tile]:
    """Return the tiles from which the hashes of all ``spans`` are made."""
    return {tile_of(node) for span in spans for node in span.nodes}


def node_from(tiles: Tiles, node: Node) -> bytes:
    """Return the hash of ``node``; raises ``KeyError`` without its tile, ``ValueError`` where that is too short."""
    height, tile = node.height % HEIGHT, tile_of(node)
    start = (node.place << height) % WIDTH
    row = hashes_of(tiles[tile])[start : start + (1 << height)]
    if len(row) != 1 << height:
        raise ValueError(f"the tile {tile} ends before {node}")
    return _joined(row)


def edge_of(size: int) -> set[Tile]:
    """Return the tiles that are begun and not full in a tree of ``size`` leaves: those that an append reads."""
    found, level = set(), 0
    while size:
        if size % WIDTH:
            found.add(Tile(level, size // WIDTH))
        size, level = size >> HEIGHT, level + 1
    return found


def grown(edge: Tiles, size: int, leaves: Sequence[bytes]) -> dict[Tile, bytes]:
    """Return the tiles that are new or longer when hashes of ``leaves`` follow the first ``size``.

    ``edge`` holds the tiles of ``edge_of(size)``; raises ``ValueError`` where one of them is not as long as it has to
    be, because whatever was made of it would be wrong for ever.
    """
    changed: dict[Tile, bytes] = {}
    fresh, level = list(leaves), 0
    while fresh:
        number, filled = divmod(size, WIDTH)
        held = hashes_of(edge[Tile(level, number)]) if filled else []
        if len(held) != filled:
            raise ValueError(f"the tile {Tile(level, number)} has {len(held)} hashes and not {filled}")
        row, above = held + fresh, []
        for start in range(0, len(row), WIDTH):
            part = row[start : start + WIDTH]
            changed[Tile(level, number + start // WIDTH)] = b"".join(part)
            if len(part) == WIDTH:
                above.append(_joined(part))
        fresh, size, level = above, size >> HEIGHT, level + 1
    return changed


def hashes_of(tile: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


def _joined(row: Sequence[bytes]) -> bytes:
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
