from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.engines.transparency import (
    EMPTY_ROOT,
    CachedTiles,
    DirectoryTiles,
    MemoryTiles,
    TileCorrupt,
    append,
    root_at,
    root_hash,
    tile_path,
)

LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(70_000)]


class FlippingTiles(MemoryTiles):
    """Give back one bit wrong for one tile, as failing memory does."""

    def __init__(self, level: int, index: int) -> None:
        super().__init__()
        self.flipped = level, index

    def read(self, level: int, index: int) -> bytes:
        data = super().read(level, index)
        if (level, index) == self.flipped and data:
            return data[:-1] + bytes([data[-1] ^ 1])
        return data


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_however_it_grows_the_root_is_the_reference_root(steps):
    tiles = MemoryTiles()
    size = 0
    for step in steps:
        root = append(tiles, size, LEAVES[size : size + step], root=root_at(tiles, size))
        size += step
        assert root == root_at(tiles, size) == root_hash(LEAVES[:size])


def test_every_earlier_root_stays_known_at_every_size():
    tiles = MemoryTiles()
    append(tiles, 0, LEAVES[:300])
    append(tiles, 300, LEAVES[300:70_000])
    assert root_at(tiles, 0) == EMPTY_ROOT
    for size in [*range(1, 301), 511, 512, 513, 65_535, 65_536, 65_537, 70_000]:
        assert root_at(tiles, size) == root_hash(LEAVES[:size])


def test_the_specifications_example_has_the_tiles_it_says():
    """C2SP tlog-tiles: the tiles of a log of 70,000 entries."""
    tiles = MemoryTiles()
    append(tiles, 0, LEAVES)
    widths = {place: len(data) // 32 for place, data in tiles._tiles.items()}
    assert widths.pop((0, 273)) == 112
    assert widths.pop((1, 1)) == 17
    assert widths.pop((2, 0)) == 1
    assert widths == {(0, index): 256 for index in range(273)} | {(1, 0): 256}


@pytest.mark.parametrize(("level", "index"), [(0, 0), (0, 1), (0, 2), (1, 0)])
def test_a_bit_flipped_in_the_store_stops_the_log_before_it_is_signed(level, index):
    with pytest.raises(TileCorrupt) as caught:
        append(FlippingTiles(level, index), 0, LEAVES[:600])
    assert (caught.value.level, caught.value.index) == (level, index)


def test_nothing_is_built_on_tiles_that_changed_since_they_were_signed():
    tiles = MemoryTiles()
    root = append(tiles, 0, LEAVES[:10])
    tiles.write(0, 0, LEAVES[11] + tiles.read(0, 0)[32:])
    with pytest.raises(TileCorrupt):
        append(tiles, 10, LEAVES[10:12], root=root)


def test_a_tile_that_lost_its_end_is_noticed():
    tiles = MemoryTiles()
    append(tiles, 0, LEAVES[:10])
    tiles.write(0, 0, tiles.read(0, 0)[:-32])
    with pytest.raises(TileCorrupt):
        append(tiles, 10, LEAVES[10:12])


def test_what_a_crash_left_behind_is_written_over(tmp_path):
    tiles = DirectoryTiles(tmp_path)
    append(tiles, 0, LEAVES[:100])
    append(tiles, 100, LEAVES[1000:1300])  # the head was never moved to this
    assert append(tiles, 100, LEAVES[100:105]) == root_hash(LEAVES[:105])
    assert append(tiles, 105, LEAVES[105:400]) == root_hash(LEAVES[:400])


def test_files_stand_where_the_specification_puts_them(tmp_path):
    assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 5, 17) == "tile/entries/005.p/17"
    tiles = DirectoryTiles(tmp_path)
    append(tiles, 0, LEAVES[:300])
    append(tiles, 300, LEAVES[300:301])
    found = {
        file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file()
    }
    assert found == {"tile/0/000", "tile/0/001.p/44", "tile/0/001.p/45", "tile/1/000.p/1"}


def test_a_cache_sees_what_is_written_through_it():
    tiles = CachedTiles(MemoryTiles(), most=2)
    for size in range(300):
        append(tiles, size, LEAVES[size : size + 1])
        rows = tiles.rows(0, size // 256, size % 256 + 1)
        assert rows[0][-32:] == LEAVES[size]
