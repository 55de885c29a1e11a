"""What the tests of nodes share: a moment, the register's key, and a job signed with it."""

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shuce.kernel.refusals import Refused
from shuce.node import AnyNode, SignedJob, sign_job

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOTAL = "SELECT count(*) AS n FROM persons"
REGISTER = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
# What `rule_of` says where the register did not even ask.
NOT_ASKED = "NOT ASKED"


def job(sql: str = TOTAL, grant: str = "G1", at: datetime = NOW) -> SignedJob:
    return sign_job(REGISTER, job_id="J1", grant_id=grant, actor="M1", sql=sql, issued_at=at)


def rule_of(node: AnyNode, asked: SignedJob, now: datetime = NOW) -> str:
    """Return the rule by which a job is refused."""
    try:
        return node.answer(asked, now=now).rule
    except Refused:
        return NOT_ASKED
