"""How a node reaches its register: HTTPS with verification, calls going out only, each one signed.

A request carries the node's name, a moment, a nonce and an Ed25519 signature over them, the
address and the body. Nothing else proves who asks: no password, no cookie, no client certificate.
"""

import hashlib
import http.client
import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shuce.kernel.refusals import Obstacle
from shuce.node.refusals import NodeRefused
from shuce.node.wording import canonical

NODE, AT, NONCE, SIGNATURE = (
    "X-Shuce-Node",
    "X-Shuce-At",
    "X-Shuce-Nonce",
    "X-Shuce-Signature",
)
_PURPOSE = "shuce-node-request-v1"
# A register that answers more than this is none.
_MOST = 64 * 1024 * 1024


class Unreachable(Exception):
    """The register does not answer now; it may later."""


class TurnedAway(NodeRefused):
    """The register answered, and said no. `status` is HTTP's."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(Obstacle("登记簿拒绝：{reason}", reason=reason))
        self.status = status


def sign_request(
    key: Ed25519PrivateKey, node_id: str, path: str, body: bytes, at: datetime
) -> dict[str, str]:
    """Return the headers that prove who sends `body` to the operation `path`, and when."""
    headers = {NODE: node_id, AT: at.isoformat(), NONCE: secrets.token_hex(16)}
    return headers | {SIGNATURE: key.sign(_signed_bytes(headers, path, body)).hex()}


def is_request_signed(
    headers: Mapping[str, str], path: str, body: bytes, public_key: bytes
) -> bool:
    """Say whether the node of `public_key` signed this very request."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(headers.get(SIGNATURE, "")), _signed_bytes(headers, path, body)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class Line:
    """The way to one register. `ca` is a file of certificates to trust instead of the system's."""

    url: str
    ca: str = ""

    def post(self, path: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Any:
        """Send `body` to an operation of the register and return its JSON answer."""
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname:
            raise NodeRefused(Obstacle("登记簿地址应以 https:// 开头"))
        address = f"{parts.path.rstrip('/')}/sources/wire/{path}"
        sent = {"Content-Type": "application/json", **headers}
        try:
            trust = ssl.create_default_context(cafile=self.ca or None)
            connection = http.client.HTTPSConnection(
                parts.hostname, parts.port or 443, timeout=seconds, context=trust
            )
            try:
                connection.request("POST", address, body, sent)
                answer = connection.getresponse()
                status, content = answer.status, answer.read(_MOST)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as fault:
            raise Unreachable(str(fault)) from fault
        return _read(status, content)


def _read(status: int, content: bytes) -> Any:
    try:
        told = json.loads(content)
    except ValueError:
        told = None
    if status == 200 and isinstance(told, dict):
        return told
    if isinstance(told, dict) and 400 <= status < 500:
        raise TurnedAway(status, str(told.get("reason", status))[:300])
    # A proxy's page, a register that is being restarted: not its answer.
    raise Unreachable(f"HTTP {status}")


def _signed_bytes(headers: Mapping[str, str], path: str, body: bytes) -> bytes:
    return canonical(
        {
            "purpose": _PURPOSE,
            "path": path,
            "node": headers.get(NODE, ""),
            "at": headers.get(AT, ""),
            "nonce": headers.get(NONCE, ""),
            "body": hashlib.sha256(body).hexdigest(),
        }
    )
