"""From a signed root down to the leaves: which hashes of an export can be relied on."""

from collections.abc import Iterator
from itertools import islice, product
from typing import Protocol

from shuce.engines.transparency.growth import root_of_edge
from shuce.engines.transparency.hashing import HASH_BYTES, tile_hashes
from shuce.engines.transparency.tiles import TILE_BYTES, TILE_WIDTH, MemoryTiles, edge_tiles

# Four levels of partial tiles with three readings each; nothing honest needs more.
_MOST_EDGES = 81


class Source(Protocol):
    """What an export says: its tiles, and its entries hashed afresh."""

    def tile(self, level: int, index: int, width: int) -> bytes: ...
    def leaves(self, index: int) -> bytes: ...


class Trust:
    """The tiles that a signed root vouches for, whatever the stored ones say.

    A tile is taken from the file, else from the tiles below it, else (level 0) from the entries:
    whichever hashes to what the level above asks for. `damaged` lists the (level, index) whose
    file is not what was signed, `unknown` those that nothing here can stand in for.
    """

    def __init__(self, source: Source, size: int) -> None:
        self.size = size
        self.tiles = MemoryTiles()
        self.damaged: list[tuple[int, int]] = []
        self.unknown: list[tuple[int, int]] = []
        self._source = source

    def reach(self, root: bytes) -> bool:
        """Start from `root`: say whether the right edge of the tree can be made to give it."""
        places = edge_tiles(self.size)
        stored = [self._source.tile(*place) for place in places]
        if root_of_edge(stored) == root and _is_whole(stored, places):
            return self._settle(places, stored)
        readings = [list(dict.fromkeys(self._readings(*place))) for place in places]
        for edge in islice(product(*readings), _MOST_EDGES):
            if root_of_edge(edge) == root:
                return self._settle(places, list(edge))
        return False

    def descend(self) -> None:
        """Go down from the right edge and settle every full tile of every level."""
        top = max((level for level, _, _ in edge_tiles(self.size)), default=0)
        for level in range(top - 1, -1, -1):
            for index in range((self.size >> 8 * level) // TILE_WIDTH):
                at = index % TILE_WIDTH * HASH_BYTES
                expected = self.tiles.read(level + 1, index // TILE_WIDTH)[at : at + HASH_BYTES]
                self._settle_full(level, index, expected)

    def leaves(self, index: int) -> bytes:
        """Return the leaf hashes of tile `index` that are vouched for; b"" when none are."""
        return self.tiles.read(0, index)

    def _settle(self, places: list[tuple[int, int, int]], edge: list[bytes]) -> bool:
        for (level, index, width), tile in zip(places, edge, strict=True):
            self.tiles.write(level, index, tile)
            if self._source.tile(level, index, width) != tile:
                self.damaged.append((level, index))
        return True

    def _settle_full(self, level: int, index: int, expected: bytes) -> None:
        stored = self._source.tile(level, index, TILE_WIDTH)
        if not expected:
            self.unknown.append((level, index))
        elif len(stored) == TILE_BYTES and tile_hashes(stored) == expected:
            self.tiles.write(level, index, stored)
        else:
            self.damaged.append((level, index))
            for tile in self._readings(level, index, TILE_WIDTH):
                if tile_hashes(tile) == expected:
                    self.tiles.write(level, index, tile)
                    return
            self.unknown.append((level, index))

    def _readings(self, level: int, index: int, width: int) -> Iterator[bytes]:
        """Yield what tile (level, index) may have been, the stored one first."""
        long = width * HASH_BYTES
        stored = self._source.tile(level, index, width)
        if len(stored) == long:
            yield stored
        if level == 0:
            hashed = self._source.leaves(index)
            if len(hashed) >= long:
                yield hashed[:long]
            return
        below = [
            self._source.tile(level - 1, index * TILE_WIDTH + at, TILE_WIDTH) for at in range(width)
        ]
        if all(len(tile) == TILE_BYTES for tile in below):
            yield tile_hashes(b"".join(below))
        if level == 1:
            below = [self._source.leaves(index * TILE_WIDTH + at) for at in range(width)]
            if all(len(tile) == TILE_BYTES for tile in below):
                yield tile_hashes(b"".join(below))


def _is_whole(edge: list[bytes], places: list[tuple[int, int, int]]) -> bool:
    return all(
        len(tile) == width * HASH_BYTES for tile, (_, _, width) in zip(edge, places, strict=True)
    )
