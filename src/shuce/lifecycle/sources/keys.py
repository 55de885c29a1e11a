"""The register's own key: a file beside the database, never in it."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from shuce.node.keys import write_once


def register_key() -> Ed25519PrivateKey:
    """Return the key that signs the register's jobs and orders, made at first use."""
    file = Path(settings.HOME) / "keys" / "register"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(file, Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(file.read_bytes())


def register_public_key() -> bytes:
    return register_key().public_key().public_bytes_raw()
