"""Merkle tree hashing as RFC 6962 section 2.1 defines it, with SHA-256 or, beside it, SM3."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from struct import iter_unpack
from typing import Self

from cryptography.hazmat.primitives import hashes

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()

_LEAF = sha256(b"\x00")
_NODE = sha256(b"\x01")

Digest = Callable[[bytes], bytes]


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of an entry's `body` as a leaf (32 bytes)."""
    digest = _LEAF.copy()
    digest.update(body)
    return digest.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbouring subtrees (32 bytes each)."""
    digest = _NODE.copy()
    digest.update(left + right)
    return digest.digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the root over already hashed `leaves`: the RFC's recursion, word for word.

    The reference that the tiles are tested against; for a real log use `root_at`.
    """
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    # The left part is the largest power of two smaller than the whole: never rebalanced
    # when the log grows, which is what makes consistency proofs possible.
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root_hash(leaves[:split]), root_hash(leaves[split:]))


def parents(row: bytes) -> bytes:
    """Return the hashes above a `row` of concatenated hashes; an odd last one is left out."""
    # Copying a started digest costs half of what starting one does.
    start = _NODE.copy
    above = []
    for (pair,) in iter_unpack("64s", row[: len(row) // 64 * 64]):
        digest = start()
        digest.update(pair)
        above.append(digest.digest())
    return b"".join(above)


def heights(row: bytes) -> tuple[bytes, ...]:
    """Return `row` and every row of complete subtrees above it, up to height 8 of a tile."""
    rows = [row]
    while len(rows) <= 8 and len(rows[-1]) >= 2 * HASH_BYTES:
        rows.append(parents(rows[-1]))
    return tuple(rows)


def tile_hashes(row: bytes) -> bytes:
    """Return the subtree hashes of full tiles (256 hashes each) laid end to end."""
    for _ in range(8):
        row = parents(row)
    return row


def fold(peaks: Iterable[bytes]) -> bytes:
    """Return the root over `peaks`, complete subtrees from the largest (left) to the smallest."""
    root = b""
    for peak in reversed(tuple(peaks)):
        root = node_hash(peak, root) if root else peak
    return root or EMPTY_ROOT


def sm3(message: bytes) -> bytes:
    """Return the SM3 digest of `message` (GB/T 32905-2016), 32 bytes."""
    hasher = hashes.Hash(hashes.SM3())
    hasher.update(message)
    return hasher.finalize()


class Frontier:
    """The right edge of a growing tree: at most one complete subtree of each height.

    Enough to go on appending and to give the root, in 32 × log2(size) bytes. The SM3 tree that may
    stand beside the SHA-256 one is kept this way: `Frontier(digest=sm3)`.
    """

    def __init__(self, peaks: Sequence[bytes] = (), size: int = 0, *, digest: Digest = sm3) -> None:
        if len(peaks) != size.bit_count() or any(len(peak) != HASH_BYTES for peak in peaks):
            raise ValueError(f"a tree of {size} has {size.bit_count()} peaks of {HASH_BYTES} bytes")
        self.peaks = list(peaks)
        self.size = size
        self._digest = digest

    def add(self, body: bytes) -> None:
        """Append an entry's `body`."""
        top = self._digest(b"\x00" + body)
        size = self.size
        while size & 1:
            top = self._digest(b"\x01" + self.peaks.pop() + top)
            size >>= 1
        self.peaks.append(top)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over everything added so far."""
        root = b""
        for peak in reversed(self.peaks):
            root = self._digest(b"\x01" + peak + root) if root else peak
        return root or self._digest(b"")

    def to_bytes(self) -> bytes:
        """Return the state to store: eight bytes of size (big-endian), then the peaks."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, state: bytes, *, digest: Digest = sm3) -> Self:
        """Read back what `to_bytes` gave. Raises ValueError for anything else."""
        peaks = [state[at : at + HASH_BYTES] for at in range(8, len(state), HASH_BYTES)]
        return cls(peaks, int.from_bytes(state[:8], "big"), digest=digest)
