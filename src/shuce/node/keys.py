"""The node's own keys: one to sign with, one to keep credentials unreadable at rest."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shuce.kernel.refusals import Obstacle
from shuce.node.refusals import NodeRefused


@dataclass(frozen=True)
class Keys:
    """`signing` signs receipts; `sealing` is 32 bytes for AES-256-GCM."""

    signing: Ed25519PrivateKey
    sealing: bytes

    def seal(self, text: str, *, about: str) -> bytes:
        """Return `text` encrypted for `about`: a sealed text does not open for another source."""
        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(self.sealing).encrypt(nonce, text.encode(), about.encode())

    def open(self, sealed: bytes, *, about: str) -> str:
        try:
            plain = AESGCM(self.sealing).decrypt(sealed[:12], sealed[12:], about.encode())
        except InvalidTag:
            raise NodeRefused(Obstacle("节点密钥打不开这份凭据")) from None
        return plain.decode()


def keys_in(home: Path) -> Keys:
    """Read the node's key file, made at first use and readable by its owner alone."""
    file = home / "node.key"
    if not file.exists():
        write_once(file, Ed25519PrivateKey.generate().private_bytes_raw() + secrets.token_bytes(32))
    both = file.read_bytes()
    if len(both) != 64:
        raise NodeRefused(Obstacle("节点密钥文件损坏"))
    return Keys(Ed25519PrivateKey.from_private_bytes(both[:32]), both[32:])


def write_once(file: Path, content: bytes) -> None:
    """Write a secret file for its owner alone, unless there is one.

    It is written beside and linked into place, so that two starts at once agree on one whole key.
    """
    draft = file.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()
