"""Enrolment: a one-time code brings node and register together, and each pins the other's key.

The code is made at the register and carried to the node by a person. Its first part is the secret
that lets the node in, once and for a short while; its second part is the fingerprint of the
register's key, so that a node never pins the key of somebody in between.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shuce.kernel.refusals import Obstacle
from shuce.node.letters import PROTOCOL
from shuce.node.refusals import NodeRefused
from shuce.node.wire import Line
from shuce.node.wording import canonical

_PURPOSE = "shuce-node-enrolment-v1"


def make_code(register_key: bytes) -> str:
    """Return a fresh enrolment code of the register with this raw public key."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    return f"{secret}-{fingerprint(register_key)}"


def fingerprint(public_key: bytes) -> str:
    """Return the start of the SHA-256 of a raw public key: 80 bits, for people to compare."""
    return base64.b32encode(hashlib.sha256(public_key).digest()[:10]).decode()


def digest_of_code(code: str) -> str:
    """Return what a register keeps of a code."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def application(key: Ed25519PrivateKey, code: str, *, version: str, at: datetime) -> dict[str, Any]:
    """Return a node's request to be enrolled: it holds the code and proves it holds its key."""
    public = key.public_key().public_bytes_raw().hex()
    signed = _signed_bytes(code, public, at.isoformat())
    return {
        "code": code.strip(),
        "public_key": public,
        "protocol": PROTOCOL,
        "version": version,
        "at": at.isoformat(),
        "signature": key.sign(signed).hex(),
    }


def is_application_genuine(told: Mapping[str, str]) -> bool:
    """Say whether whoever applies holds the private key of the public key they name."""
    try:
        signed = _signed_bytes(told["code"], told["public_key"], told["at"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(told["public_key"])).verify(
            bytes.fromhex(told["signature"]), signed
        )
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def admission(code: str, node_id: str, register_key: bytes) -> dict[str, Any]:
    """Return the register's answer, which only somebody who was shown the code can have made."""
    told = {"node_id": node_id, "register_key": register_key.hex(), "protocol": PROTOCOL}
    return {**told, "proof": _proof(code, told)}


def apply_at(
    line: Line, key: Ed25519PrivateKey, code: str, *, version: str, at: datetime
) -> tuple[str, bytes]:
    """Apply at the register; return the name it gave the node, and its key to be pinned."""
    body = json.dumps(application(key, code, version=version, at=at)).encode()
    told = line.post("enrol", body, {}, seconds=30)
    try:
        answer = {name: told[name] for name in ("node_id", "register_key", "protocol")}
        register_key = bytes.fromhex(answer["register_key"])
        proven = hmac.compare_digest(str(told["proof"]), _proof(code, answer))
    except (KeyError, TypeError, ValueError):
        raise NodeRefused(Obstacle("登记簿的答复读不懂")) from None
    if not proven or fingerprint(register_key) != code.strip().rpartition("-")[2]:
        raise NodeRefused(
            Obstacle("答复的不是出具登记码的那个登记簿，没有登记；请检查网络和登记码")
        )
    return str(answer["node_id"]), register_key


def _proof(code: str, told: Mapping[str, Any]) -> str:
    return hmac.new(code.strip().encode(), canonical(told), hashlib.sha256).hexdigest()


def _signed_bytes(code: str, public_key: str, at: str) -> bytes:
    return canonical(
        {"purpose": _PURPOSE, "code": digest_of_code(code), "key": public_key, "at": at}
    )
