"""Usage, bills, receipts, shares and the way to the treasury (G-10, N-7), from plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shuce.foundation.organizations.rules import Kind
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import Period
from shuce.kernel.refusals import Obstacle


class OutsideKind(Choice):
    """What a record from outside tells of: the matters of the red lines R01, R02, R03 and R08."""

    PLEDGE = "PLEDGE", "质押、担保"
    BUY_BACK = "BUY_BACK", "承诺回购"
    LOAN_TIE = "LOAN_TIE", "与贷款挂钩"
    FUNDING = "FUNDING", "收款资金来源"
    FISCAL = "FISCAL", "拨付财政资金"


class BillState(Choice):
    ISSUED = "ISSUED", "待收款"
    PAID = "PAID", "已收款"
    VOIDED = "VOIDED", "已作废"


class LineState(Choice):
    DUE = "DUE", "待上缴"
    REMITTED = "REMITTED", "已上缴"
    KEPT = "KEPT", "归本单位"


class Standing(Choice):
    """Where a share that belongs to the treasury stands on a day."""

    OVERDUE = "OVERDUE", "逾期未缴"
    DUE = "DUE", "待上缴"
    REMITTED = "REMITTED", "已上缴"


class Account(Choice):
    """The accounts of the ledger. Codes in brackets follow the government accounting system."""

    RECEIVABLE = "RECEIVABLE", "应收账款"
    BANK = "BANK", "银行存款"
    UNSHARED = "UNSHARED", "待分配收益"
    TREASURY_DUE = "TREASURY_DUE", "应缴财政款"
    SHARE_DUE = "SHARE_DUE", "应付分成款"
    INCOME = "INCOME", "经营收入"


# Bills fall due so many days after they are issued; money due to the treasury must be remitted
# so many days after it came in (domain practice, confidence M: dated configuration).
BILL_DUE = timedelta(days=30)
REMIT_WITHIN = timedelta(days=10)


@dataclass(frozen=True)
class Posting:
    """One line of a journal entry: debit positive, credit negative, of one party's account."""

    account: Account
    party_id: str
    amount: Money


def obstacles_to_meter(
    quantity: int, day: date, term: Period, known: bool, *, running: bool = True
) -> Iterator[Obstacle]:
    """Yield every reason a use may not be metered under a contract."""
    if not running:
        yield Obstacle("合同已经终止，不能再使用", Clause.N_4)
    if quantity < 1:
        yield Obstacle("使用量须为正整数", field="quantity")
    if day not in term:
        yield Obstacle("使用日期不在合同期限内", Clause.N_4, field="used_on")
    if known:
        yield Obstacle("该流水号已经计量，不能重复", Clause.N_7, field="serial")


def obstacles_to_bill(quantity: int, unit_price: Money) -> Iterator[Obstacle]:
    if quantity < 1:
        yield Obstacle("没有尚未开单的使用量", Clause.N_7)
    if unit_price == Money(0):
        yield Obstacle("无偿使用不开具账单", Clause.N_5)


def obstacles_to_book(
    state: BillState, amount: Money, due: Money, known: bool
) -> Iterator[Obstacle]:
    """Yield every reason a receipt may not be booked: exactly what was billed, and once."""
    if state is not BillState.ISSUED:
        yield Obstacle("账单不在待收款状态", Clause.N_7)
    if amount > due:
        yield Obstacle("收款超过账单金额，属于多收，请核对", Clause.N_7, field="amount")
    if amount < due:
        yield Obstacle("收款少于账单金额，请按账单全额收取", Clause.N_7, field="amount")
    if known:
        yield Obstacle("该银行流水已经登记", Clause.N_7, field="serial")


def goes_to_treasury(kind: Kind) -> bool:
    """Say whether a party's share is non-tax revenue for the treasury (N-7, N-2 by kind).

    Administrative units always; public institutions by the bureau's rule, which by default
    remits; enterprises and operators keep their share and pay tax.
    """
    return kind.is_public_budget


def obstacles_to_remit(state: LineState, slip_number: str, known: bool) -> Iterator[Obstacle]:
    """Yield every reason a remittance may not be booked: due, in full, with its own slip."""
    if state is not LineState.DUE:
        yield Obstacle("该款项无须上缴或已经上缴", Clause.N_7)
    if not slip_number.strip():
        yield Obstacle("请填写非税收入一般缴款书编号", Clause.N_7, field="slip_number")
    if known:
        yield Obstacle("该缴款书编号已经使用", Clause.N_7, field="slip_number")


def obstacles_to_distribute(booked: bool, distributed: bool) -> Iterator[Obstacle]:
    """Yield why a bill's money cannot be shared out now."""
    if not booked:
        yield Obstacle("尚未登记收款", Clause.G_10)
    if distributed:
        yield Obstacle("这笔收款已经分配", Clause.G_10)


def balanced(postings: tuple[Posting, ...]) -> bool:
    """Say whether the debits equal the credits, to the fen."""
    return Money.total(posting.amount for posting in postings) == Money(0)
