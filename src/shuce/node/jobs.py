"""Jobs: a question, or an order about a de-identified set, under one grant, signed by the register.

Each kind is signed for its own purpose: a question can never be taken for an order, whatever its
text says.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shuce.node.wording import canonical

_QUESTION, _SET = "shuce-node-job-v1", "shuce-node-set-v1"


@dataclass(frozen=True)
class SignedJob:
    """A question and who asks it. `signature` is Ed25519 over all other fields.

    With `of_set`, `sql` holds an order of `node.sets` instead of a question.
    """

    job_id: str
    grant_id: str
    actor: str
    sql: str
    issued_at: datetime
    nonce: str
    signature: bytes = b""
    of_set: bool = False

    @property
    def signed_bytes(self) -> bytes:
        """Return what the signature covers: sorted, unambiguous, bound to this purpose."""
        return canonical(
            {
                "purpose": _SET if self.of_set else _QUESTION,
                "job_id": self.job_id,
                "grant_id": self.grant_id,
                "actor": self.actor,
                "sql": self.sql,
                "issued_at": self.issued_at.isoformat(),
                "nonce": self.nonce,
            }
        )


def sign_job(
    key: Ed25519PrivateKey,
    *,
    job_id: str,
    grant_id: str,
    actor: str,
    sql: str,
    issued_at: datetime,
    nonce: str = "",
    of_set: bool = False,
) -> SignedJob:
    """Return the job signed with the register's key; without `nonce`, with a fresh one."""
    if issued_at.tzinfo is None:
        raise ValueError("issued_at needs a time zone")
    nonce = nonce or secrets.token_hex(16)
    job = SignedJob(job_id, grant_id, actor, sql, issued_at, nonce, of_set=of_set)
    return replace(job, signature=key.sign(job.signed_bytes))


def is_signed_by(job: SignedJob, public_key: bytes) -> bool:
    """Say whether `job` carries a good signature of the raw Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(job.signature, job.signed_bytes)
    except (InvalidSignature, ValueError):
        return False
    return True
