import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from shuce.engines.auction import (
    BadSeal,
    CannotOpen,
    Closing,
    Offer,
    SealedBid,
    accepts_share,
    open_bid,
    release_share,
    seal,
    shamir,
)
from shuce.engines.auction.sealing import _share_digest, public_key_of

pytestmark = pytest.mark.clause("G-8")

PRIVATE = {number: sha256(f"custodian {number}".encode()).digest() for number in (1, 2, 3)}
PUBLIC = [public_key_of(key) for key in PRIVATE.values()]
CLOSING = Closing("拍-1", 10, datetime(2026, 3, 2, 9, tzinfo=UTC), checkpoint="signed")
AMOUNT = 123456789


@pytest.fixture
def sealed():
    return seal("拍-1", "甲公司", [Offer(1, AMOUNT)], PUBLIC, 2)


def released(sealed, *numbers):
    return {n: release_share(sealed, n, PRIVATE[n], closing=CLOSING) for n in numbers}


@pytest.mark.parametrize("numbers", [(1, 2), (1, 3), (2, 3), (1, 2, 3)])
def test_any_two_of_three_custodians_open_it_without_the_bidder(sealed, numbers):
    opened = open_bid(sealed, released(sealed, *numbers))
    assert opened.offers == (Offer(1, AMOUNT),)
    assert opened.as_bid(index=7).keeps_its_commitment("拍-1")
    assert not opened.as_bid(index=7).keeps_its_commitment("拍-2")


def test_one_custodian_alone_cannot(sealed):
    with pytest.raises(CannotOpen, match="1 份"):
        open_bid(sealed, released(sealed, 3))


def test_no_byte_stored_before_the_close_tells_the_amount():
    """The amount is there in no spelling, and another amount makes bytes of the same length."""
    stored = json.dumps(seal("拍-1", "甲", [Offer(1, AMOUNT)], PUBLIC, 2).to_json()).encode()
    spellings = [
        str(AMOUNT),
        f"{AMOUNT:,}",
        f"{AMOUNT / 100}",
        f"{AMOUNT:x}",
        str(AMOUNT)[:6],
        AMOUNT.to_bytes(8, "big").hex(),
        AMOUNT.to_bytes(4, "little").hex(),
        str(AMOUNT).encode().hex(),
    ]
    texts = [stored, bytes.fromhex(json.loads(stored)["ciphertext"])]
    for share in json.loads(stored)["shares"]:
        texts.append(bytes.fromhex(share["ciphertext"]))
    for text in texts:
        for spelling in spellings:
            assert spelling.encode() not in text
        assert AMOUNT.to_bytes(4, "big") not in text
    other = json.dumps(seal("拍-1", "甲", [Offer(1, 1)], PUBLIC, 2).to_json()).encode()
    assert len(other) == len(stored)


def test_the_same_bid_sealed_twice_shares_nothing_to_compare(sealed):
    again = seal("拍-1", "甲公司", [Offer(1, AMOUNT)], PUBLIC, 2)
    assert again.commitment != sealed.commitment
    assert again.ciphertext != sealed.ciphertext


def test_a_sealed_bid_survives_storage(sealed):
    kept = SealedBid.from_json(json.loads(json.dumps(sealed.to_json())))
    assert kept == sealed
    assert kept.digest == sealed.digest


def test_a_custodian_releases_nothing_without_this_auction_s_signed_closing(sealed):
    for closing in (replace(CLOSING, auction="拍-2"), replace(CLOSING, checkpoint="")):
        with pytest.raises(BadSeal, match="截止"):
            release_share(sealed, 1, PRIVATE[1], closing=closing)


def test_a_bad_share_is_named_and_the_good_ones_still_open(sealed):
    shares = released(sealed, 1, 2, 3)
    shares[2] = bytes(32)
    assert open_bid(sealed, shares).bad_shares == (2,)
    del shares[1]
    with pytest.raises(CannotOpen) as refusal:
        open_bid(sealed, shares)
    assert refusal.value.bad_shares == (2,)


def test_a_custodian_finds_out_at_once_that_its_share_is_not_the_published_one(sealed):
    assert all(accepts_share(sealed, n, PRIVATE[n]) for n in PRIVATE)
    assert not accepts_share(sealed, 1, PRIVATE[2])
    assert not accepts_share(sealed, 9, PRIVATE[1])
    first, *others = sealed.shares
    for broken in (
        replace(first, digest="00" * 32),
        replace(first, ciphertext="00" + first.ciphertext[2:]),
        replace(first, ephemeral="00" * 32),
    ):
        assert not accepts_share(replace(sealed, shares=(broken, *others)), 1, PRIVATE[1])


def test_shares_of_no_one_polynomial_void_the_bid_whoever_opens_it(sealed):
    """A bidder in league with custodian 3 deals it a share of another key, digest and all."""
    shares = released(sealed, 1, 2, 3) | {3: bytes(range(32))}
    digest = _share_digest(sealed.commitment, 3, shares[3])
    crooked = replace(sealed, shares=(*sealed.shares[:2], replace(sealed.shares[2], digest=digest)))
    for numbers in ((1, 2), (1, 3), (2, 3)):
        with pytest.raises(BadSeal, match="彼此不一致"):
            open_bid(crooked, {n: shares[n] for n in numbers})


def test_a_seal_that_is_none_is_void_and_no_traceback(sealed):
    first, *others = sealed.shares
    shares = released(sealed, 1, 2)
    short = _share_digest(sealed.commitment, 1, b"short")
    for crooked, given in (
        (replace(sealed, k=0), shares),
        (replace(sealed, shares=(replace(first, number=300), *others)), shares),
        (replace(sealed, shares=(*others, first)), shares),
        (replace(sealed, shares=(replace(first, digest=short), *others)), shares | {1: b"short"}),
        (replace(sealed, ciphertext="no hex"), shares),
    ):
        with pytest.raises(BadSeal, match="无效"):
            open_bid(crooked, given)
    assert not accepts_share(replace(sealed, k=9), 1, PRIVATE[1])
    broken = replace(sealed, shares=(replace(first, ephemeral="no hex"), *others))
    assert not accepts_share(broken, 1, PRIVATE[1])


def test_a_rival_cannot_pass_off_a_copied_bid_as_its_own(sealed):
    for copied in (replace(sealed, bidder="乙公司"), replace(sealed, auction="拍-2")):
        with pytest.raises(BadSeal):
            open_bid(copied, released(sealed, 1, 2))


def test_a_changed_ciphertext_is_void(sealed):
    flipped = f"{int(sealed.ciphertext[0], 16) ^ 1:x}" + sealed.ciphertext[1:]
    with pytest.raises(BadSeal, match="密文"):
        open_bid(replace(sealed, ciphertext=flipped), released(sealed, 1, 2))


def test_what_was_sealed_is_a_bid_or_it_is_void(monkeypatch):
    for written in (
        b"[]",
        b"{",
        b'[["1","5"]]',
        b'[[1,"1e99"]]',
        b'[[1,"-5"]]',
        b"7",
        b'[[1, "5"]]',
    ):
        monkeypatch.setattr("shuce.engines.auction.sealing.written_offers", lambda _, w=written: w)
        sealed = seal("拍-1", "甲公司", [Offer(1, 5)], PUBLIC, 2)
        with pytest.raises(BadSeal):
            open_bid(sealed, released(sealed, 1, 2))


def test_the_key_is_split_and_not_copied(sealed):
    shares = released(sealed, 1, 2)
    assert shamir.combine(shares) not in shares.values()
