"""Proofs that an entry is in the log and that a log only grew, and their check.

Made as RFC 6962 says (2.1.1, 2.1.2). The checks follow RFC 9162 (2.1.3.2, 2.1.4.2) and share no
code with the making of proofs.
"""

from collections.abc import Sequence

from shuce.engines.transparency.growth import tile_rows
from shuce.engines.transparency.hashing import EMPTY_ROOT, HASH_BYTES, fold, node_hash
from shuce.engines.transparency.tiles import CachedTiles, Tiles, tiles_of_path, width_at

_MOST_SPANS = 1024


class ProofWrong(Exception):
    """A proof does not prove what it is said to prove."""


def inclusion_proof(tiles: Tiles, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from entry `index` to the root of the first `size` entries."""
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not among {size}")
    if isinstance(tiles, CachedTiles):
        tiles.gather(tiles_of_path(index, size))
    view = _View(tiles, size)
    proof = []
    height = 0
    while (1 << height) < size:
        sibling = index >> height ^ 1
        start = sibling << height
        if start + (1 << height) <= size:
            proof.append(view.subtree(height, sibling))
        elif start < size:
            proof.append(view.span(start, size))
        height += 1
    return proof


def consistency_proof(tiles: Tiles, old_size: int, new_size: int) -> list[bytes]:
    """Return the hashes that show the first `old_size` entries to be the start of `new_size`.

    Empty for an empty old log, and for one of the same size.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"a log of {new_size} has no past of {old_size}")
    if old_size in (0, new_size):
        return []
    view = _View(tiles, new_size)
    proof: list[bytes] = []
    start, end, known = 0, new_size, True
    while old_size != end:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if old_size <= middle:
            proof.append(view.span(middle, end))
            end = middle
        else:
            proof.append(view.span(start, middle))
            start, known = middle, False
    # The old root itself is known to whoever checks, when it is one complete subtree.
    if not known:
        proof.append(view.span(start, end))
    proof.reverse()
    return proof


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise `ProofWrong` unless `leaf` is entry `index` of the `size` under `root`."""
    if not 0 <= index < size:
        raise ProofWrong(f"entry {index} is not among {size}")
    _check_hashes(leaf, root, *proof)
    place, last, top = index, size - 1, leaf
    for hash_ in proof:
        if not last:
            raise ProofWrong("the proof is too long")
        if place & 1 or place == last:
            top = node_hash(hash_, top)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            top = node_hash(top, hash_)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofWrong("the proof is too short")
    if top != root:
        raise ProofWrong(f"entry {index} leads to another root")


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise `ProofWrong` unless the log of `new_size` entries began with that of `old_size`."""
    if not 0 <= old_size <= new_size:
        raise ProofWrong(f"a log of {new_size} has no past of {old_size}")
    _check_hashes(old_root, new_root, *proof)
    if (old_size == 0 and old_root != EMPTY_ROOT) or (new_size == 0 and new_root != EMPTY_ROOT):
        raise ProofWrong("the root of an empty log is the hash of nothing")
    if old_size in (0, new_size):
        if proof:
            raise ProofWrong("the proof is too long")
        if old_size == new_size and old_root != new_root:
            raise ProofWrong("one size, two roots")
        return
    path = list(proof)
    if not old_size & old_size - 1:
        path.insert(0, old_root)
    if not path:
        raise ProofWrong("the proof is too short")
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_top = new_top = path[0]
    for hash_ in path[1:]:
        if not last:
            raise ProofWrong("the proof is too long")
        if place & 1 or place == last:
            old_top, new_top = node_hash(hash_, old_top), node_hash(hash_, new_top)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_top = node_hash(new_top, hash_)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofWrong("the proof is too short")
    if old_top != old_root:
        raise ProofWrong("the proof leads to another old root")
    if new_top != new_root:
        raise ProofWrong("the proof leads to another new root")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(hash_) != HASH_BYTES for hash_ in hashes):
        raise ProofWrong(f"a hash has {HASH_BYTES} bytes")


class _View:
    """The subtrees of a log of `size` entries, each tile hashed once."""

    def __init__(self, tiles: Tiles, size: int) -> None:
        self._tiles = tiles
        self._size = size
        self._rows: dict[tuple[int, int], tuple[bytes, ...]] = {}
        self._spans = tiles.spans if isinstance(tiles, CachedTiles) else {}

    def subtree(self, height: int, number: int) -> bytes:
        """Return the hash over the 2**height entries from number × 2**height on."""
        level, inner = divmod(height, 8)
        index = number << inner >> 8
        key = level, index
        rows = self._rows.get(key)
        if rows is None:
            width = width_at(self._size, level, index)
            rows = self._rows[key] = tile_rows(self._tiles, level, index, width)
        at = (number - (index << 8 >> inner)) * HASH_BYTES
        return rows[inner][at : at + HASH_BYTES]

    def span(self, start: int, end: int) -> bytes:
        """Return the hash over [start, end), a node of the tree or its ragged right edge."""
        if (known := self._spans.get((start, end))) is not None:
            return known
        peaks = []
        at = start
        while at < end:
            height = (end - at).bit_length() - 1
            peaks.append(self.subtree(height, at >> height))
            at += 1 << height
        if len(self._spans) >= _MOST_SPANS:
            self._spans.clear()
        self._spans[start, end] = hash_ = fold(peaks)
        return hash_
