"""What kind of payment an expenditure is, as far as revenue is concerned."""

from enum import Enum

from shuce.engines.breaches.ledger import Ledger
from shuce.engines.breaches.rows import Expenditure

FROM_REVENUE = "收入"
FROM_RETURNED = "返还资金"
FROM_BUDGET = "预算拨款"


class PaymentKind(Enum):
    NOT_REVENUE = "not revenue"
    """Funded by the budget or by returned money: takes nothing from revenue."""
    LOAN = "loan"
    INVESTMENT = "investment"
    TO_STAFF = "to staff"
    """To a member of staff, with no approved pay item."""
    TO_OUTSIDER = "to outsider"
    """To a person or a related party, with no basis."""
    MOVED_OUT = "moved out"
    SHARED_OUT = "shared out"
    """Moved out by an approved share contract: of the part that is not the treasury's."""
    COST = "cost"


def kind_of_payment(payment: Expenditure, ledger: Ledger) -> PaymentKind:
    """Judge one expenditure. What the money was for goes before whom it was paid to."""
    if payment.funding != FROM_REVENUE:
        return PaymentKind.NOT_REVENUE
    if payment.purpose_class == "借用":
        return PaymentKind.LOAN
    if payment.purpose_class == "投资":
        return PaymentKind.INVESTMENT
    if not payment.approved:
        if payment.payee in ledger.related_parties or payment.payee_kind in ("related", "person"):
            return PaymentKind.TO_OUTSIDER
        if payment.payee in ledger.staff or payment.payee_kind == "staff":
            return PaymentKind.TO_STAFF
    if payment.purpose_class == "转出":
        return PaymentKind.SHARED_OUT if payment.approved else PaymentKind.MOVED_OUT
    return PaymentKind.COST
