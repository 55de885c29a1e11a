from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.transparency import EMPTY_ROOT, Frontier, leaf_hash, root_hash, sm3

# The eight leaves and roots that Certificate Transparency implementations test with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def sha(message: bytes) -> bytes:
    return sha256(message).digest()


def test_the_empty_tree_has_the_root_the_rfc_gives():
    assert root_hash([]) == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_vectors_give_the_published_roots(size):
    assert root_hash([leaf_hash(body) for body in LEAVES[:size]]).hex() == ROOTS[size - 1]


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_changing_any_entry_changes_the_root(entries, data):
    leaves = [leaf_hash(entry) for entry in entries]
    index = data.draw(st.integers(0, len(leaves) - 1))
    altered = [*leaves]
    altered[index] = leaf_hash(entries[index] + b"!")
    assert root_hash(altered) != root_hash(leaves)


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_frontier_gives_the_reference_root_and_can_be_put_away(entries):
    frontier = Frontier(digest=sha)
    for entry in entries:
        frontier.add(entry)
        frontier = Frontier.from_bytes(frontier.to_bytes(), digest=sha)
    assert frontier.root() == root_hash([leaf_hash(entry) for entry in entries])


def test_a_frontier_that_was_cut_short_is_refused():
    frontier = Frontier()
    frontier.add(b"a")
    with pytest.raises(ValueError, match="peaks"):
        Frontier.from_bytes(frontier.to_bytes()[:-1])


def test_sm3_gives_the_digest_of_the_standard():
    """GB/T 32905-2016, annex A.1."""
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
