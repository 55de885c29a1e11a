"""Answer calls of products, hand out reports, and meter both: once each; a refusal is free."""

from collections.abc import Mapping
from dataclasses import dataclass

from shuce.foundation.evidence.recording import command
from shuce.foundation.organizations.models import Signature
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused
from shuce.lifecycle.cleanroom.commands import put_to_node
from shuce.lifecycle.cleanroom.deliveries import Taken
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import FileForm, Verdict
from shuce.lifecycle.market.editions import take_edition
from shuce.lifecycle.market.models import Call, Edition, ProductKey
from shuce.lifecycle.market.queries import contract_of_buyer
from shuce.lifecycle.market.serving import Admitted, admit_call, keep_call
from shuce.lifecycle.revenue.commands import meter_call, meter_edition
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


@command
def take(edition: Edition, form: FileForm, *, by: Signature) -> Taken:
    """Take an edition of a report as a file; the first taking under a contract is metered."""
    contract = contract_of_buyer(edition.product, by.member)
    if contract is None:
        raise Refused(Obstacle("本单位没有这个产品的合同", Clause.N_5))
    taken = take_edition(edition, contract, form, by=by)
    if not contract.usages.filter(serial=edition.id).exists():
        meter_edition(contract, edition, by=by)
    return taken
