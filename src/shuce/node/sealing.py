"""What two nodes say to one another past the register: keys for one job, and sealed parcels.

Each node makes a fresh X25519 key for each job and signs it with the key it is known by. Both keys
together give one secret; who carries the letters learns nothing of it and can change nothing.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shuce.engines.fusion import Dishonest
from shuce.node.wording import canonical

_PURPOSE = "shuce-node-hello-v1"


@dataclass(frozen=True)
class Shared:
    """What both nodes know of one job and nobody else: a key to seal with, a secret for masks."""

    sealing: bytes
    masking: bytes

    def seal(self, plain: bytes, *, job: str, step: int) -> bytes:
        """Seal what one step hands to the next. Each step of a job is sealed once."""
        return AESGCM(self.sealing).encrypt(step.to_bytes(12, "big"), plain, _about(job, step))

    def open(self, sealed: bytes, *, job: str, step: int) -> bytes:
        try:
            return AESGCM(self.sealing).decrypt(step.to_bytes(12, "big"), sealed, _about(job, step))
        except (InvalidTag, ValueError):
            raise Dishonest("sealed") from None


def hello(key: Ed25519PrivateKey, fresh: X25519PrivateKey, *, job: str, side: str) -> bytes:
    """Return the public half of a fresh key with this node's signature: 32 and 64 bytes."""
    public = fresh.public_key().public_bytes_raw()
    return public + key.sign(_signed(public, job, side))


def shared(told: bytes, other: bytes, fresh: X25519PrivateKey, *, job: str, side: str) -> Shared:
    """Return the secret with the node of the raw key `other`, which took part `side`."""
    public, signature = told[:32], told[32:]
    try:
        Ed25519PublicKey.from_public_bytes(other).verify(signature, _signed(public, job, side))
        secret = fresh.exchange(X25519PublicKey.from_public_bytes(public))
    except (InvalidSignature, ValueError):
        raise Dishonest("hello") from None
    made = HKDF(hashes.SHA256(), 64, salt=bytes.fromhex(job), info=b"shuce-fusion-v1")
    both = made.derive(secret)
    return Shared(both[:32], both[32:])


def _signed(public: bytes, job: str, side: str) -> bytes:
    return canonical({"purpose": _PURPOSE, "job": job, "side": side, "key": public.hex()})


def _about(job: str, step: int) -> bytes:
    return f"{job}/{step}".encode()
