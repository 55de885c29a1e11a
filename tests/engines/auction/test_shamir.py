import os
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.engines.auction.shamir import combine, divide, multiply, split

pytestmark = pytest.mark.clause("G-8")

byte = st.integers(0, 255)


@given(byte, byte, byte)
def test_the_field_is_one(a, b, c):
    assert multiply(a, b) == multiply(b, a)
    assert multiply(a, multiply(b, c)) == multiply(multiply(a, b), c)
    assert multiply(a, b ^ c) == multiply(a, b) ^ multiply(a, c)
    assert multiply(a, 1) == a
    if b:
        assert multiply(divide(a, b), b) == a


def test_the_field_is_that_of_aes():
    assert multiply(0x57, 0x83) == 0xC1  # the example of FIPS 197, section 4.2


@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=40), st.data())
def test_any_k_shares_give_the_secret_and_every_other_share(secret, data):
    n = data.draw(st.integers(1, 6))
    k = data.draw(st.integers(1, n))
    shares = split(secret, k, n, os.urandom)
    for chosen in combinations(shares, k):
        some = {number: shares[number] for number in chosen}
        assert combine(some) == secret
        assert all(combine(some, number) == share for number, share in shares.items())


def test_k_minus_one_shares_fit_every_secret_equally_well():
    """With one share of two, each of the 256 secrets is explained by exactly one other share."""
    shares = split(b"\x2a", 2, 3, os.urandom)
    explained = {combine({1: shares[1], 2: bytes([other])}) for other in range(256)}
    assert len(explained) == 256


@pytest.mark.parametrize(("k", "n"), [(0, 1), (3, 2), (2, 256)])
def test_a_split_that_makes_no_sense_is_refused(k, n):
    with pytest.raises(ValueError, match="k"):
        split(b"x", k, n, os.urandom)
