"""Receipts: what the node judged and what it let out, signed by the node."""

from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shuce.engines.guard.verdicts import Verdict
from shuce.node.wording import canonical, digest

_PURPOSE = "shuce-node-receipt-v1"


@dataclass(frozen=True)
class Receipt:
    """The node's answer. `verdict` is "released" or "refused"; `digest` covers columns and rows.

    `signature` (hex) covers everything but the columns, rows and reason, whose place `digest`
    takes, so that a receipt can be kept as evidence without the figures.
    """

    job_id: str
    grant_id: str
    verdict: str
    rule: str
    reason: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    suppressed: int
    epsilon: float
    answered_at: str
    digest: str
    node: str
    signature: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what evidence keeps: the signed fields and the signature, no figures."""
        return {**_signed_fields(self), "signature": self.signature}


def make_receipt(
    verdict: Verdict, *, job_id: str, grant_id: str, answered_at: str, key: Ed25519PrivateKey
) -> Receipt:
    """Return the signed receipt of a verdict."""
    columns, rows = tuple(verdict.columns), tuple(verdict.rows)
    unsigned = Receipt(
        job_id,
        grant_id,
        "released" if verdict.is_released else "refused",
        str(verdict.rule or ""),
        verdict.reason,
        columns,
        rows,
        verdict.suppressed_groups,
        verdict.epsilon,
        answered_at,
        digest({"columns": columns, "rows": rows}),
        key.public_key().public_bytes_raw().hex(),
    )
    signature = key.sign(canonical(_signed_fields(unsigned))).hex()
    return Receipt(**{**unsigned.__dict__, "signature": signature})


def without_figures(receipt: Receipt) -> Receipt:
    """Return a receipt that still names the digest of its figures, and no longer holds them."""
    return replace(receipt, columns=(), rows=())


def with_figures_of(receipt: Receipt, other: Receipt) -> Receipt:
    """Return a receipt with the figures of another; whether they are its own, its digest tells."""
    return replace(receipt, columns=other.columns, rows=other.rows)


def is_receipt_genuine(receipt: Receipt, public_key: bytes) -> bool:
    """Say whether the node of `public_key` signed this receipt over these very figures."""
    if receipt.digest != digest({"columns": receipt.columns, "rows": receipt.rows}):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(receipt.signature), canonical(_signed_fields(receipt))
        )
    except (InvalidSignature, ValueError):
        return False
    return receipt.node == public_key.hex()


def _signed_fields(receipt: Receipt) -> dict[str, Any]:
    return {
        "purpose": _PURPOSE,
        "job_id": receipt.job_id,
        "grant_id": receipt.grant_id,
        "verdict": receipt.verdict,
        "rule": receipt.rule,
        "suppressed": receipt.suppressed,
        "epsilon": str(receipt.epsilon),
        "answered_at": receipt.answered_at,
        "digest": receipt.digest,
        "node": receipt.node,
    }
