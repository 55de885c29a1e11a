"""The node beside the data. By default it runs in this process, behind the same interface."""

import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from shuce.node import Node


def node_here() -> Node:
    """Return the node of this register's home; it knows the register's key."""
    return _node_at(Path(settings.HOME))


def register_key() -> Ed25519PrivateKey:
    """Return the key that signs the register's jobs, made at first use, outside the database."""
    file = Path(settings.HOME) / "keys" / "register"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(file.read_bytes())


@cache
def _node_at(home: Path) -> Node:
    node = Node(home / "node")
    node.enrol(register_key().public_key().public_bytes_raw())
    return node
