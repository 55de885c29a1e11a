"""What crosses between register and node, as plain JSON and back: findings, counts and proofs.

Every shape is named here and checked on arrival. There is none that could carry a row.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused
from shuce.node.fusions import FusionSide, SignedFusion, StepDone
from shuce.node.jobs import SignedJob
from shuce.node.receipts import Receipt
from shuce.node.refusals import NodeRefused

if TYPE_CHECKING:
    from shuce.engines.erasure import Proof
    from shuce.engines.guard.foresight import Foresight
    from shuce.engines.quality import Measured, QualityRule
    from shuce.engines.scan.shapes import ScanResult, Table

Plain = dict[str, Any]
_FACT = re.compile(r"\{(\w*)[^}]*\}")
_SIMPLE_FACT = re.compile(r"\{\w+\}")


def pack_tables(tables: "tuple[Table, ...]") -> Plain:
    return {"tables": _adapter("tables").dump_python(tables, mode="json")}


def unpack_tables(body: Mapping[str, Any]) -> "tuple[Table, ...]":
    return tuple(_checked("tables", body.get("tables")))


def pack_scan(result: "ScanResult") -> Plain:
    """Pack a scan's masked findings; where the source is stays at the node."""
    return {"scan": _adapter("scan").dump_python(result, mode="json") | {"source": ""}}


def unpack_scan(body: Mapping[str, Any]) -> "ScanResult":
    found: ScanResult = _checked("scan", body.get("scan"))
    return found


def pack_rules(rules: "tuple[QualityRule, ...]") -> list[Any]:
    packed: list[Any] = _adapter("rules").dump_python(rules, mode="json")
    return packed


def unpack_rules(body: Mapping[str, Any]) -> "tuple[QualityRule, ...]":
    return tuple(_checked("rules", body.get("rules")))


def pack_measured(measured: "tuple[Measured, ...]") -> Plain:
    return {"measured": _adapter("measured").dump_python(measured, mode="json")}


def unpack_measured(body: Mapping[str, Any]) -> "tuple[Measured, ...]":
    return tuple(_checked("measured", body.get("measured")))


def pack_proof(proof: "Proof") -> Plain:
    return {"proof": _adapter("proof").dump_python(proof, mode="json")}


def unpack_proof(body: Mapping[str, Any]) -> "Proof":
    proof: Proof = _checked("proof", body.get("proof"))
    return proof


def pack_job(job: SignedJob) -> Plain:
    return {
        **vars(job),
        "issued_at": job.issued_at.isoformat(),
        "signature": job.signature.hex(),
    }


def unpack_job(body: Mapping[str, Any]) -> SignedJob:
    try:
        return SignedJob(
            **{name: str(body[name]) for name in ("job_id", "grant_id", "actor", "sql", "nonce")},
            issued_at=datetime.fromisoformat(body["issued_at"]),
            signature=bytes.fromhex(body["signature"]),
            of_set=body.get("of_set") is True,
        )
    except (KeyError, TypeError, ValueError):
        raise _unreadable() from None


def pack_receipt(receipt: Receipt) -> Plain:
    return dict(vars(receipt))


def unpack_receipt(body: Mapping[str, Any]) -> Receipt:
    try:
        told = dict(body)
        told["columns"] = tuple(str(name) for name in told["columns"])
        told["rows"] = tuple(tuple(row) for row in told["rows"])
        return Receipt(**told)
    except (KeyError, TypeError):
        raise _unreadable() from None


def pack_fusion(job: SignedFusion, side: FusionSide, step: int, message: bytes) -> Plain:
    """Pack one step of a fusion; the message is sealed for the node it goes to."""
    return {
        "fusion": job.as_json(),
        "side": side.value,
        "step": step,
        "message": b64encode(message).decode(),
    }


def unpack_fusion(body: Mapping[str, Any]) -> tuple[SignedFusion, FusionSide, int, bytes]:
    try:
        message = b64decode(body["message"], validate=True)
        side = FusionSide(body["side"])
        return SignedFusion.from_json(body["fusion"]), side, int(body["step"]), message
    except (KeyError, TypeError, ValueError):
        raise _unreadable() from None


def pack_step(done: StepDone) -> Plain:
    receipt = pack_receipt(done.receipt) if done.receipt else None
    return {"message": b64encode(done.message).decode(), "receipt": receipt}


def unpack_step(body: Mapping[str, Any]) -> StepDone:
    try:
        message = b64decode(body["message"], validate=True)
        receipt = body["receipt"]
    except (KeyError, TypeError, ValueError):
        raise _unreadable() from None
    return StepDone(message, unpack_receipt(receipt) if receipt else None)


def pack_foresight(foresight: "Foresight") -> Plain:
    return {"foresight": _adapter("foresight").dump_python(foresight, mode="json")}


def unpack_foresight(body: Mapping[str, Any]) -> "Foresight":
    foresight: Foresight = _checked("foresight", body.get("foresight"))
    return foresight


def pack_refusal(refusal: Refused) -> Plain:
    """Pack why something was refused: our own sentences with names in them, never an engine's."""
    return {
        "obstacles": [
            {
                "sentence": obstacle.sentence,
                "clause": obstacle.clause.value if obstacle.clause else "",
                "facts": {name: str(fact) for name, fact in obstacle.facts.items()},
            }
            for obstacle in refusal.obstacles
        ]
    }


def unpack_refusal(body: Mapping[str, Any]) -> tuple[Obstacle, ...]:
    """Return the obstacles a node named; a sentence that asks for more than its facts is none."""
    told = body.get("obstacles")
    found = [_obstacle(one) for one in told] if isinstance(told, list) else []
    return tuple(one for one in found if one) or (Obstacle("数据节点没有说明原因"),)


def _obstacle(told: Any) -> Obstacle | None:
    if not isinstance(told, dict) or not isinstance(told.get("facts"), dict):
        return None
    sentence = str(told.get("sentence", ""))[:300]
    facts = {str(name): str(fact)[:300] for name, fact in told["facts"].items()}
    # Only `{name}`: a format such as `{name.__class__}` would read what is not meant for it.
    asked = set(_FACT.findall(sentence))
    if asked - set(facts) or len(_FACT.findall(sentence)) != len(_SIMPLE_FACT.findall(sentence)):
        return None
    facts.pop("field", None), facts.pop("clause", None), facts.pop("sentence", None)
    clause = next((one for one in Clause if one.value == told.get("clause")), None)
    return Obstacle(sentence, clause, **facts)


def _checked(shape: str, value: Any) -> Any:
    try:
        return _adapter(shape).validate_python(value, strict=False)
    except ValidationError:
        raise _unreadable() from None


def _unreadable() -> NodeRefused:
    return NodeRefused(Obstacle("数据节点的答复读不懂，请核对两边的版本"))


@cache
def _adapter(shape: str) -> "TypeAdapter[Any]":
    # Imported at the call: a node that only answers questions starts without these engines.
    from shuce.engines import erasure, quality
    from shuce.engines.guard.foresight import Foresight
    from shuce.engines.scan import shapes

    kinds: dict[str, Any] = {
        "tables": tuple[shapes.Table, ...],
        "scan": shapes.ScanResult,
        "rules": tuple[quality.QualityRule, ...],
        "measured": tuple[quality.Measured, ...],
        "proof": erasure.Proof,
        "foresight": Foresight,
    }
    return TypeAdapter(kinds[shape])
