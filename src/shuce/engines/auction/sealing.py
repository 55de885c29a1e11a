"""Sealed bids: readable to nobody before the close, and afterwards openable without the bidder.

A random key encrypts the bid (AES-256-GCM); the key is split k of n (Shamir); each share is
encrypted to one custodian (X25519, HKDF-SHA256, AES-256-GCM). The bid binds its bidder by its
commitment. A bidder who thinks better of it has no say: the custodians open it.

What if the bidder deals bad shares, so that the bid opens or not as a friendly custodian likes?
Every share's digest is published with the bid. A custodian checks its own share when the bid
comes in, and the bid is not acknowledged before all have. On opening, the whole row of shares is
computed again from any k and held against the digests: if the row is not one polynomial's, every
set of k custodians finds out, so that the verdict never depends on who opens.

To open only after the close is the custodian's duty: `release_share` asks for the signed closing.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shuce.engines.auction import shamir
from shuce.engines.auction.bids import Bid, Offer, commitment, read_offers, written_offers
from shuce.engines.auction.outcome import Closing
from shuce.kernel.words import say

_BLOCK = 1024
_SALT = 32
_KEY = 32

Entropy = Callable[[int], bytes]


class BadSeal(ValueError):
    """A sealed bid that is void, and would be whoever opened it."""


class CannotOpen(ValueError):
    """Too few good shares to open a bid: ask the custodians named as bad, or others."""

    def __init__(self, message: str, bad_shares: tuple[int, ...]) -> None:
        super().__init__(message)
        self.bad_shares = bad_shares


@dataclass(frozen=True, slots=True)
class SealedShare:
    """One custodian's share of the key, encrypted to it; hex throughout."""

    number: int
    custodian: str
    ephemeral: str
    ciphertext: str
    digest: str


@dataclass(frozen=True, slots=True)
class SealedBid:
    """A bid as it is stored before the close: no byte of it tells the amount."""

    auction: str
    bidder: str
    commitment: str
    k: int
    ciphertext: str
    shares: tuple[SealedShare, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        shares = tuple(SealedShare(**share) for share in kept["shares"])
        return cls(**{**kept, "shares": shares})

    @property
    def digest(self) -> str:
        """SHA-256 of the whole, which goes into the evidence log as the bid's entry."""
        parts = [self.auction, self.bidder, self.commitment, str(self.k), self.ciphertext]
        parts += [
            f"{s.number} {s.custodian} {s.ephemeral} {s.ciphertext} {s.digest}" for s in self.shares
        ]
        return hashlib.sha256(_joined(b"shuce sealed bid 1", *map(str.encode, parts))).hexdigest()


@dataclass(frozen=True, slots=True)
class OpenedBid:
    """A bid after opening, proved against its commitment; shares found bad are named."""

    auction: str
    bidder: str
    offers: tuple[Offer, ...]
    salt: bytes
    commitment: str
    bad_shares: tuple[int, ...] = ()

    def as_bid(self, index: int) -> Bid:
        """Return the bid with its commitment's place in the evidence log."""
        return Bid(self.bidder, self.offers, index, self.commitment, self.salt)


def seal(
    auction: str,
    bidder: str,
    offers: Sequence[Offer],
    custodians: Sequence[bytes],
    k: int,
    *,
    entropy: Entropy = os.urandom,
) -> SealedBid:
    """Seal a bid to the custodians' X25519 public keys (32 bytes each), any k of whom can open it.

    The text is padded to full kilobytes, so that its length does not tell the amount.
    """
    salt, key = entropy(_SALT), entropy(_KEY)
    bound = commitment(auction, bidder, offers, salt)
    written = written_offers(offers)
    plain = salt + len(written).to_bytes(4, "big") + written
    plain += bytes(-len(plain) % _BLOCK)
    dealt = shamir.split(key, k, len(custodians), entropy)
    return SealedBid(
        auction,
        bidder,
        bound,
        k,
        _encrypt(key, plain, _joined(auction.encode(), bidder.encode(), bound.encode())).hex(),
        tuple(
            _seal_share(bound, number, share, custodians[number - 1], entropy)
            for number, share in dealt.items()
        ),
    )


def accepts_share(sealed: SealedBid, number: int, private_key: bytes) -> bool:
    """Say, as custodian, whether the share dealt to me is the one published by digest.

    A bid is acknowledged only when every custodian accepts; nothing of the bid is learnt here.
    """
    return _is_well_formed(sealed) and _open_share(sealed, number, private_key) is not None


def release_share(sealed: SealedBid, number: int, private_key: bytes, *, closing: Closing) -> bytes:
    """Return, as custodian, my share of the key, now that bidding is closed.

    The caller has checked the closing checkpoint's signature; here it must be this auction's.
    """
    if closing.auction != sealed.auction or not closing.checkpoint:
        raise BadSeal(say("没有本场拍卖的截止证明，不得开封"))
    share = _open_share(sealed, number, private_key)
    if share is None:
        raise BadSeal(say("第 {number} 号份额与公布的摘要不符", number=number))
    return share


def open_bid(sealed: SealedBid, shares: Mapping[int, bytes]) -> OpenedBid:
    """Open a bid with the released shares. Every set of k good ones gives the same verdict.

    Raises CannotOpen when good shares are too few, BadSeal when the bid itself is void.
    """
    if not _is_well_formed(sealed):
        raise BadSeal(say("密封件的份额编号或门限有误，出价无效"))
    digests = {share.number: share.digest for share in sealed.shares}
    good = {
        number: share
        for number, share in sorted(shares.items())
        if digests.get(number) == _share_digest(sealed.commitment, number, share)
    }
    bad = tuple(sorted(set(shares) - set(good)))
    if len(good) < sealed.k:
        raise CannotOpen(say("可用份额 {good} 份，需要 {k} 份", good=len(good), k=sealed.k), bad)
    chosen = dict(list(good.items())[: sealed.k])
    if any(len(share) != _KEY for share in chosen.values()):
        raise BadSeal(say("密钥份额长度有误，出价无效"))
    for number, digest in digests.items():
        if _share_digest(sealed.commitment, number, shamir.combine(chosen, number)) != digest:
            raise BadSeal(say("密钥份额彼此不一致，出价无效"))
    offers, salt = _read(sealed, shamir.combine(chosen))
    if commitment(sealed.auction, sealed.bidder, offers, salt) != sealed.commitment:
        raise BadSeal(say("开封内容与承诺不符，出价无效"))
    return OpenedBid(sealed.auction, sealed.bidder, offers, salt, sealed.commitment, bad)


def public_key_of(private_key: bytes) -> bytes:
    """Return the X25519 public key of a custodian's private key, 32 bytes each."""
    key = X25519PrivateKey.from_private_bytes(private_key).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _is_well_formed(sealed: SealedBid) -> bool:
    """Say whether the shares are numbered 1 … n and k of them can be asked for."""
    n = len(sealed.shares)
    numbered = [share.number for share in sealed.shares] == list(range(1, n + 1))
    return numbered and 1 <= sealed.k <= n <= 255


def _read(sealed: SealedBid, key: bytes) -> tuple[tuple[Offer, ...], bytes]:
    bound = _joined(sealed.auction.encode(), sealed.bidder.encode(), sealed.commitment.encode())
    try:
        plain = _decrypt(key, bytes.fromhex(sealed.ciphertext), bound)
        length = int.from_bytes(plain[_SALT : _SALT + 4], "big")
        return read_offers(plain[_SALT + 4 : _SALT + 4 + length]), plain[:_SALT]
    except (InvalidTag, ValueError, TypeError, ArithmeticError) as error:
        raise BadSeal(say("密文无法解开或格式有误，出价无效")) from error


def _seal_share(
    bound: str, number: int, share: bytes, custodian: bytes, entropy: Entropy
) -> SealedShare:
    ephemeral = X25519PrivateKey.from_private_bytes(entropy(_KEY))
    public = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(custodian))
    key = _share_key(secret, public, custodian, bound, number)
    return SealedShare(
        number,
        custodian.hex(),
        public.hex(),
        _encrypt(key, share, bound.encode()).hex(),
        _share_digest(bound, number, share),
    )


def _open_share(sealed: SealedBid, number: int, private_key: bytes) -> bytes | None:
    """Return the share, or None where it is not what the bidder published."""
    mine = next((share for share in sealed.shares if share.number == number), None)
    if mine is None or mine.custodian != public_key_of(private_key).hex():
        return None
    try:
        public = bytes.fromhex(mine.ephemeral)
        secret = X25519PrivateKey.from_private_bytes(private_key).exchange(
            X25519PublicKey.from_public_bytes(public)
        )
        key = _share_key(secret, public, bytes.fromhex(mine.custodian), sealed.commitment, number)
        share = _decrypt(key, bytes.fromhex(mine.ciphertext), sealed.commitment.encode())
    except (InvalidTag, ValueError):
        return None
    return share if _share_digest(sealed.commitment, number, share) == mine.digest else None


def _share_key(secret: bytes, public: bytes, custodian: bytes, bound: str, number: int) -> bytes:
    info = _joined(b"shuce bid share 1", public, custodian, bound.encode(), str(number).encode())
    return HKDF(SHA256(), _KEY, salt=None, info=info).derive(secret)


def _share_digest(bound: str, number: int, share: bytes) -> str:
    # The share is 32 random bytes, so its digest tells nothing of it.
    parts = (b"shuce bid share digest 1", bound.encode(), str(number).encode(), share)
    return hashlib.sha256(_joined(*parts)).hexdigest()


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    # Each key encrypts one text only, so that the nonce may be fixed.
    return AESGCM(key).encrypt(bytes(12), plain, bound)


def _decrypt(key: bytes, ciphertext: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(bytes(12), ciphertext, bound)


def _joined(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
