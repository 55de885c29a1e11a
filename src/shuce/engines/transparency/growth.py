"""How the log grows: new leaves into tiles, and the root of what the tiles hold."""

from collections.abc import Sequence

from shuce.engines.transparency.hashing import EMPTY_ROOT, HASH_BYTES, fold, heights, tile_hashes
from shuce.engines.transparency.tiles import (
    TILE_BYTES,
    TILE_WIDTH,
    CachedTiles,
    TileCorrupt,
    Tiles,
    edge_tiles,
    read_tile,
)


def append(tiles: Tiles, size: int, leaves: Sequence[bytes], *, root: bytes | None = None) -> bytes:
    """Add leaf hashes after the first `size` entries and return the new root.

    Every tile written is read back and hashed a second time; `TileCorrupt` when it differs in one
    bit. With `root`, the root that was last signed, the tiles at the edge are first held against
    it, so that nothing is built on what changed in the store since. Idempotent: what a crash left
    beyond `size` is written over.
    """
    if any(len(leaf) != HASH_BYTES for leaf in leaves):
        raise ValueError(f"leaves are hashes of {HASH_BYTES} bytes")
    if root is not None and root_at(tiles, size) != root:
        level, index, _ = (edge_tiles(size) or [(0, 0, 0)])[0]
        raise TileCorrupt(level, index, f"the tiles do not give the root signed at {size}")
    edge: dict[int, bytes] = {}
    level, count, fresh = 0, size, b"".join(leaves)
    while fresh:
        first, width = divmod(count, TILE_WIDTH)
        row = (read_tile(tiles, level, first, width) if width else b"") + fresh
        for at in range(0, len(row), TILE_BYTES):
            tiles.write(level, first + at // TILE_BYTES, row[at : at + TILE_BYTES])
        whole = len(row) // TILE_BYTES * TILE_BYTES
        edge[level] = row[whole:]
        fresh = tile_hashes(row[:whole])
        # Hashing what the store gives, not what we hold, catches a bit that flipped in between or
        # within the first hashing: one such bit, once signed, ends the life of a log.
        if tile_hashes(_read_back(tiles, level, first, row)[:whole]) != fresh:
            raise TileCorrupt(level, first, "hashed twice, it gave two hashes")
        level, count = level + 1, count // TILE_WIDTH
    new_size = size + len(leaves)
    expected = root_of_edge(
        [
            edge[level] if level in edge else read_tile(tiles, level, index, width)
            for level, index, width in edge_tiles(new_size)
        ]
    )
    if root_at(tiles, new_size) != expected:
        raise TileCorrupt(0, new_size // TILE_WIDTH, "read twice, it gave two roots")
    return expected


def root_at(tiles: Tiles, size: int) -> bytes:
    """Return the root of the first `size` entries, from the tiles at its right edge."""
    if not size:
        return EMPTY_ROOT
    return root_of_edge(
        [read_tile(tiles, level, index, width) for level, index, width in edge_tiles(size)]
    )


def tile_rows(tiles: Tiles, level: int, index: int, width: int) -> tuple[bytes, ...]:
    """Return the `heights` of a tile, kept ones where the store keeps them."""
    if isinstance(tiles, CachedTiles):
        return tiles.rows(level, index, width)
    return heights(read_tile(tiles, level, index, width))


def root_of_edge(edge: Sequence[bytes]) -> bytes:
    """Return the root of a tree whose right edge has these partial tiles, from level 0 up."""
    peaks: list[bytes] = []
    for tile in reversed(edge):
        peaks += _peaks(tile)
    return fold(peaks)


def _peaks(tile: bytes) -> list[bytes]:
    """Return the complete subtrees of a partial tile, the largest first."""
    rows = heights(tile)
    width = len(tile) // HASH_BYTES
    peaks = []
    done = 0
    for height in range(len(rows) - 1, -1, -1):
        if width >> height & 1:
            at = (done >> height) * HASH_BYTES
            peaks.append(rows[height][at : at + HASH_BYTES])
            done += 1 << height
    return peaks


def _read_back(tiles: Tiles, level: int, first: int, row: bytes) -> bytes:
    """Return what the store gives for the tiles just written; TileCorrupt unless it is `row`."""
    stored = []
    for at in range(0, len(row), TILE_BYTES):
        index = first + at // TILE_BYTES
        stored.append(tiles.read(level, index))
        if stored[-1] != row[at : at + TILE_BYTES]:
            raise TileCorrupt(level, index, "what was read back is not what was written")
    return b"".join(stored)
