"""Where the tree lives: tiles of up to 256 hashes, as C2SP tlog-tiles lays them out.

A tile (level, index) holds the hashes of 256 neighbouring subtrees of 256**level entries each. The
rightmost tile of a level is partial and grows; a full tile never changes again.
"""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from shuce.engines.transparency.hashing import HASH_BYTES, heights

TILE_WIDTH = 256
TILE_BYTES = TILE_WIDTH * HASH_BYTES


Place = tuple[int, int, int]
"""Level, index and width of a tile."""


class TileCorrupt(Exception):
    """A stored tile is not what was written: missing, too short, or with other hashes."""

    def __init__(self, level: int, index: int, why: str) -> None:
        super().__init__(f"tile {tile_path(level, index)}: {why}")
        self.level = level
        self.index = index


class Tiles(Protocol):
    """A store of tiles, in a database or files."""

    def read(self, level: int, index: int) -> bytes:
        """Return the tile's hashes so far, end to end; b"" when there is none."""
        ...

    def write(self, level: int, index: int, hashes: bytes) -> None:
        """Put `hashes` (1 to 256) in the tile's place, whatever stood there."""
        ...

    def read_many(self, places: Sequence[Place]) -> dict[tuple[int, int], bytes]:
        """Return the tiles at `places` by level and index, in one go; missing ones may be left out.

        The width of a place only says where to look first: what is returned may be wider.
        """
        ...


class MemoryTiles:
    """Tiles in a dictionary."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], bytes] = {}

    def read(self, level: int, index: int) -> bytes:
        return self._tiles.get((level, index), b"")

    def write(self, level: int, index: int, hashes: bytes) -> None:
        self._tiles[level, index] = bytes(hashes)

    def read_many(self, places: Sequence[Place]) -> dict[tuple[int, int], bytes]:
        return {(level, index): self.read(level, index) for level, index, _ in places}


class DirectoryTiles:
    """Tiles as files that any web server can serve: `tile/0/x001/234`, `tile/0/x001/235.p/17`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, level: int, index: int) -> bytes:
        try:
            return (self.folder / tile_path(level, index)).read_bytes()
        except FileNotFoundError:
            widest = max(self._partials(level, index), default=0)
            if not widest:
                return b""
            return (self.folder / tile_path(level, index, widest)).read_bytes()

    def write(self, level: int, index: int, hashes: bytes) -> None:
        width = len(hashes) // HASH_BYTES
        path = self.folder / tile_path(level, index, width)
        path.parent.mkdir(parents=True, exist_ok=True)
        # A reader sees the old file or the whole new one, also when the power fails.
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
        with fresh.open("wb") as file:
            file.write(hashes)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        # Wider leftovers come from an append that was never signed; they would be read first.
        if width < TILE_WIDTH:
            (self.folder / tile_path(level, index)).unlink(missing_ok=True)
        for other in self._partials(level, index):
            if other > width or width == TILE_WIDTH:
                (self.folder / tile_path(level, index, other)).unlink(missing_ok=True)

    def read_many(self, places: Sequence[Place]) -> dict[tuple[int, int], bytes]:
        found = {}
        for level, index, width in places:
            try:
                path = os.path.join(self.folder, tile_path(level, index, width))
                with open(path, "rb", buffering=0) as file:
                    found[level, index] = file.read(TILE_BYTES)
            except FileNotFoundError:
                found[level, index] = self.read(level, index)
        return found

    def _partials(self, level: int, index: int) -> list[int]:
        folder = (self.folder / tile_path(level, index, 1)).parent
        try:
            return [int(name) for name in os.listdir(folder) if name.isdecimal()]
        except FileNotFoundError:
            return []


class CachedTiles:
    """Keep the subtree hashes of the tiles used last, so that a proof is look-ups only.

    `most` tiles of 16 KB each. Reads and writes go through to the store, so that what `append`
    reads back is what the store holds.
    """

    def __init__(self, tiles: Tiles, most: int = 1024) -> None:
        self._tiles = tiles
        self._most = most
        self._rows: dict[tuple[int, int], tuple[int, tuple[bytes, ...]]] = {}
        self._gathered: dict[tuple[int, int], bytes] = {}
        # Every proof of one size has the same ragged right edge.
        self.spans: dict[tuple[int, int], bytes] = {}

    def read(self, level: int, index: int) -> bytes:
        return self._tiles.read(level, index)

    def write(self, level: int, index: int, hashes: bytes) -> None:
        self._rows.pop((level, index), None)
        self._gathered.pop((level, index), None)
        self.spans.clear()
        self._tiles.write(level, index, hashes)

    def read_many(self, places: Sequence[Place]) -> dict[tuple[int, int], bytes]:
        return self._tiles.read_many(places)

    def gather(self, places: Sequence[Place]) -> None:
        """Read in one go what `rows` will be asked for and does not have yet."""
        missing = []
        for place in places:
            kept = self._rows.get(place[:2])
            if kept is None or kept[0] < place[2]:
                missing.append(place)
        if len(missing) > 1:
            self._gathered = self._tiles.read_many(missing)

    def rows(self, level: int, index: int, width: int) -> tuple[bytes, ...]:
        """Return the tile's `heights` over at least its first `width` hashes."""
        kept = self._rows.get((level, index))
        if kept is not None and kept[0] >= width:
            return kept[1]
        stored = self._gathered.pop((level, index), b"")
        if len(stored) >= width * HASH_BYTES:
            rows = heights(stored[: width * HASH_BYTES])
        else:
            rows = heights(read_tile(self._tiles, level, index, width))
        while len(self._rows) >= self._most:
            self._rows.pop(next(iter(self._rows)), None)
        self._rows[level, index] = width, rows
        return rows


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path that tlog-tiles gives a tile; level "entries" for an entry bundle."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{name}{partial}"


def read_tile(tiles: Tiles, level: int, index: int, width: int) -> bytes:
    """Return the first `width` hashes of a tile. Raises TileCorrupt when it has fewer."""
    stored = tiles.read(level, index)
    if len(stored) < width * HASH_BYTES:
        raise TileCorrupt(level, index, f"{len(stored)} bytes, {width * HASH_BYTES} expected")
    return stored[: width * HASH_BYTES]


def width_at(size: int, level: int, index: int) -> int:
    """Return how many hashes tile (level, index) has in a tree of `size` entries."""
    return max(0, min(TILE_WIDTH, (size >> 8 * level) - index * TILE_WIDTH))


def edge_tiles(size: int) -> list[tuple[int, int, int]]:
    """Return (level, index, width) of the partial tiles at the right edge, from level 0 up."""
    edge = []
    level = 0
    while count := size >> 8 * level:
        if width := count % TILE_WIDTH:
            edge.append((level, count // TILE_WIDTH, width))
        level += 1
    return edge


def tiles_of_path(index: int, size: int) -> list[Place]:
    """Return the tiles that entry `index` of `size` and the right edge lie in, from level 0 up."""
    places: dict[Place, None] = {}
    level = 0
    while count := size >> 8 * level:
        index >>= 8
        for at in (index, count // TILE_WIDTH):
            if width := min(TILE_WIDTH, count - at * TILE_WIDTH):
                places[level, at, width] = None
        level += 1
    return list(places)
