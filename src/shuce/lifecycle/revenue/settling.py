"""What money says against the exit of a right: use not billed, bills not paid, shares not made."""

from collections.abc import Iterator

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.market.models import Contract
from shuce.lifecycle.market.rules import ContractState
from shuce.lifecycle.revenue.models import Bill, Receipt, Usage
from shuce.lifecycle.revenue.rules import BillState
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.settling import settles


@settles
def still_owed(grant: Grant) -> Iterator[Obstacle]:
    """Yield what is still running or owed under the contracts that rest on a grant."""
    contracts = Contract.objects.filter(product__inputs__grant=grant).distinct()
    running = contracts.filter(state=ContractState.IN_FORCE)
    for contract in running.order_by("number"):
        yield Obstacle("合同{number}仍在执行，请先终止", Clause.G_8, number=contract.number)
    unbilled = Usage.objects.filter(contract__in=contracts, bill=None)
    if count := unbilled.exclude(contract__unit_price=0).count():
        yield Obstacle("还有{count}笔使用没有开单", Clause.N_7, count=count)
    for bill in Bill.objects.filter(contract__in=contracts, state=BillState.ISSUED):
        yield Obstacle("账单{number}尚未收款", Clause.N_7, number=bill.number)
    receipts = Receipt.objects.filter(bill__contract__in=contracts, distribution=None)
    if count := receipts.count():
        yield Obstacle("还有{count}笔收款没有分配", Clause.G_10, count=count)
