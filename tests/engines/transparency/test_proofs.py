import random
from hashlib import sha256

import pytest

from shuce.engines.transparency import (
    EMPTY_ROOT,
    CachedTiles,
    MemoryTiles,
    ProofWrong,
    append,
    consistency_proof,
    inclusion_proof,
    root_at,
    verify_consistency,
    verify_inclusion,
)

MOST = 300
LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(70_000)]


@pytest.fixture(scope="module")
def tiles():
    tiles = CachedTiles(MemoryTiles())
    append(tiles, 0, LEAVES)
    return tiles


@pytest.fixture(scope="module")
def roots(tiles):
    return [root_at(tiles, size) for size in range(MOST + 1)]


def test_every_entry_of_every_size_is_proved(tiles, roots):
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = inclusion_proof(tiles, index, size)
            verify_inclusion(LEAVES[index], index, size, proof, roots[size])


def test_every_size_is_proved_to_be_the_past_of_every_later_one(tiles, roots):
    for new in range(MOST + 1):
        for old in range(new + 1):
            verify_consistency(old, roots[old], new, roots[new], consistency_proof(tiles, old, new))


def test_proofs_cross_the_tiles_of_a_large_log(tiles):
    size = len(LEAVES)
    root = root_at(tiles, size)
    for place in (0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999):
        proof = inclusion_proof(tiles, place, size)
        verify_inclusion(LEAVES[place], place, size, proof, root)
        old = root_at(tiles, place + 1)
        verify_consistency(place + 1, old, size, root, consistency_proof(tiles, place + 1, size))


def test_no_altered_proof_is_accepted(tiles, roots):
    draw = random.Random(6962)
    for _ in range(2000):
        size = draw.randrange(2, MOST + 1)
        index, old = draw.randrange(size), draw.randrange(1, size)
        path = altered(inclusion_proof(tiles, index, size), draw)
        with pytest.raises(ProofWrong):
            verify_inclusion(LEAVES[index], index, size, path, roots[size])
        path = altered(consistency_proof(tiles, old, size), draw)
        with pytest.raises(ProofWrong):
            verify_consistency(old, roots[old], size, roots[size], path)


def test_a_true_proof_proves_nothing_else(tiles, roots):
    draw = random.Random(9162)
    for _ in range(500):
        size = draw.randrange(3, MOST + 1)
        index = draw.randrange(size - 1)
        proof = inclusion_proof(tiles, index, size)
        for leaf, place, whole, root in (
            (LEAVES[index + 1], index, size, roots[size]),
            (LEAVES[index], index + 1, size, roots[size]),
            (LEAVES[index], index, size, roots[size - 1]),
            (LEAVES[index], size, size, roots[size]),
        ):
            with pytest.raises(ProofWrong):
                verify_inclusion(leaf, place, whole, proof, root)


def test_one_size_has_one_root_and_nothing_has_one_root(roots):
    verify_consistency(5, roots[5], 5, roots[5], [])
    verify_consistency(0, EMPTY_ROOT, 5, roots[5], [])
    for old, old_root, new, new_root in (
        (5, roots[4], 5, roots[5]),
        (0, roots[1], 5, roots[5]),
        (6, roots[6], 5, roots[5]),
    ):
        with pytest.raises(ProofWrong):
            verify_consistency(old, old_root, new, new_root, [])


def test_what_the_log_does_not_hold_cannot_be_asked_for(tiles):
    with pytest.raises(ValueError, match="among"):
        inclusion_proof(tiles, 5, 5)
    with pytest.raises(ValueError, match="past"):
        consistency_proof(tiles, 6, 5)


def altered(proof: list[bytes], draw: random.Random) -> list[bytes]:
    """Return `proof` with one bit flipped, one hash more, less, cut short or put elsewhere."""
    path = list(proof)
    at = draw.randrange(len(path)) if path else 0
    way = draw.randrange(5) if path else 1
    if way == 0:
        bit = draw.randrange(256)
        whole = int.from_bytes(path[at], "big") ^ 1 << bit
        path[at] = whole.to_bytes(32, "big")
    elif way == 1:
        path.insert(at, draw.randbytes(32))
    elif way == 2:
        del path[at]
    elif way == 3:
        path[at] = path[at][:-1]
    else:
        path.reverse()
        if path == proof:
            path.append(path[0])
    return path
