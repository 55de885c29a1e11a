"""Answer a call of a product and meter it: what was released is used, once; a refusal is free."""

from collections.abc import Mapping
from dataclasses import dataclass

from shuce.foundation.evidence.recording import command
from shuce.foundation.organizations.models import Signature
from shuce.lifecycle.cleanroom.commands import put_to_node
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.market.models import Call, ProductKey
from shuce.lifecycle.market.serving import Admitted, admit_call, keep_call
from shuce.lifecycle.revenue.commands import meter_call
from shuce.node import Receipt


@dataclass(frozen=True)
class Served:
    """What a caller gets: the released figures, and the call by which they can be told of."""

    call: Call
    question: Question


def serve(key: ProductKey, number: str, values: Mapping[str, str], *, by: Signature) -> Served:
    """Answer one call of the product `number` with a key, as its holder; meter what is released.

    The node works outside any transaction. What came is kept, and metered, all at once or not.
    """
    admitted = admit_call(key, number, values, by=by)
    receipt = put_to_node(admitted.call.service.query.grant, admitted.sql, by=by)
    return Served(admitted.call, _keep_and_meter(admitted, receipt, by=by))


@command
def _keep_and_meter(admitted: Admitted, receipt: Receipt, *, by: Signature) -> Question:
    question = keep_call(admitted, receipt, by=by)
    if question.verdict == Verdict.RELEASED:
        meter_call(admitted.call, by=by)
    return question
