"""Keys that sign notes: Ed25519, which any verifier knows, and SM2 beside it."""

import base64
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from gmalg import SM2
from gmalg.errors import PointNotOnCurveError

from shuce.engines.transparency.notes import BadNote, Verifier, decode_base64, is_key_name

ED25519 = b"\x01"
# C2SP signed-note leaves 0xff, with a longer identifier, for kinds it has given no byte.
SM2_SM3 = b"\xffshuce/sm2-with-sm3"
# GM/T 0009-2012: who signs, where nothing else was agreed.
SM2_USER = b"1234567812345678"


@dataclass(frozen=True)
class Ed25519Verifier:
    """A public Ed25519 key (32 bytes, RFC 8032) under a name."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.public) != 32:
            raise BadNote("a key has a name without spaces or plus, and 32 bytes")

    @property
    def key_id(self) -> bytes:
        return _key_id(self.name, ED25519 + self.public)

    @property
    def vkey(self) -> str:
        return _vkey(self.name, ED25519 + self.public)

    def verify(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Ed25519Signer:
    """A private Ed25519 key (its 32-byte seed, RFC 8032) under a name."""

    name: str
    seed: bytes

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.verifier.vkey!r})"

    @cached_property
    def verifier(self) -> Ed25519Verifier:
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Ed25519Verifier(self.name, key.public_key().public_bytes_raw())

    @cached_property
    def key_id(self) -> bytes:
        return self.verifier.key_id

    @property
    def vkey(self) -> str:
        return self.verifier.vkey

    @property
    def skey(self) -> str:
        """The key as text to keep secret, as Go's note package writes it."""
        return f"PRIVATE+KEY+{_vkey(self.name, ED25519 + self.seed, self.key_id)}"

    @classmethod
    def from_skey(cls, skey: str) -> Self:
        """Read what `skey` gave. Raises BadNote for anything else."""
        name, key_id, data = _parts(skey.removeprefix("PRIVATE+KEY+"))
        if not skey.startswith("PRIVATE+KEY+") or data[:1] != ED25519 or len(data) != 33:
            raise BadNote("no private Ed25519 key")
        signer = cls(name, data[1:])
        if signer.key_id != key_id:
            raise BadNote("the key's id is not that of the key")
        return signer

    def sign(self, text: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)


@dataclass(frozen=True)
class SM2Verifier:
    """A public SM2 key (65 bytes, GB/T 32918) under a name; signs the note's text with SM3."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.public) != 65 or self.public[:1] != b"\x04":
            raise BadNote("a key has a name without spaces or plus, and 65 bytes")
        try:
            sound = SM2(uid=SM2_USER).verify_pk(self.public)
        except (PointNotOnCurveError, ValueError) as error:
            raise BadNote("no point of the SM2 curve") from error
        if not sound:
            raise BadNote("no point of the SM2 curve")

    @property
    def key_id(self) -> bytes:
        return _key_id(self.name, SM2_SM3 + self.public)

    @property
    def vkey(self) -> str:
        return _vkey(self.name, SM2_SM3 + self.public)

    def verify(self, text: bytes, signature: bytes) -> bool:
        if len(signature) != 64:
            return False
        checker = SM2(uid=SM2_USER, pk=self.public)
        return bool(checker.verify(text, signature[:32], signature[32:]))


@dataclass(frozen=True)
class SM2Signer:
    """A private SM2 key (32 bytes) under a name. Signing takes some 20 ms."""

    name: str
    secret: bytes

    def __repr__(self) -> str:
        return f"SM2Signer({self.verifier.vkey!r})"

    @cached_property
    def verifier(self) -> SM2Verifier:
        return SM2Verifier(self.name, SM2(uid=SM2_USER).generate_pk(self.secret))

    @cached_property
    def key_id(self) -> bytes:
        return self.verifier.key_id

    @property
    def vkey(self) -> str:
        return self.verifier.vkey

    def sign(self, text: bytes) -> bytes:
        r, s = SM2(self.secret, SM2_USER, self.verifier.public).sign(text)
        return bytes(r.rjust(32, b"\0") + s.rjust(32, b"\0"))


def new_key(name: str) -> Ed25519Signer:
    """Return a fresh Ed25519 key; `name` should be a schema-less URL, such as the log's origin."""
    return Ed25519Signer(name, Ed25519PrivateKey.generate().private_bytes_raw())


def new_sm2_key(name: str) -> SM2Signer:
    """Return a fresh SM2 key."""
    secret, _ = SM2().generate_keypair()
    return SM2Signer(name, secret.rjust(32, b"\0"))


def verifier_of(vkey: str) -> Verifier:
    """Return the key that `vkey` (name+id+key) writes. Raises BadNote when it is none we know."""
    name, key_id, data = _parts(vkey)
    verifier: Ed25519Verifier | SM2Verifier
    if data.startswith(SM2_SM3):
        verifier = SM2Verifier(name, data.removeprefix(SM2_SM3))
    elif data[:1] == ED25519:
        verifier = Ed25519Verifier(name, data[1:])
    else:
        raise BadNote("a kind of key not known here")
    if verifier.key_id != key_id:
        raise BadNote("the key's id is not that of the key")
    return verifier


def _key_id(name: str, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + key).digest()[:4]


def _vkey(name: str, key: bytes, key_id: bytes | None = None) -> str:
    return f"{name}+{(key_id or _key_id(name, key)).hex()}+{base64.b64encode(key).decode()}"


def _parts(text: str) -> tuple[str, bytes, bytes]:
    name, _, rest = text.strip().partition("+")
    key_id, _, key = rest.partition("+")
    if (
        not is_key_name(name)
        or len(key_id) != 8
        or any(c not in "0123456789abcdef" for c in key_id)
    ):
        raise BadNote("a key is written name+id+key")
    return name, bytes.fromhex(key_id), decode_base64(key)
