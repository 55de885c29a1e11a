"""The way of one share, from contract and use to the treasury's slip, each step with its page."""

from django.urls import reverse

from shuce.foundation.office.parts import Moment
from shuce.kernel.words import say
from shuce.lifecycle.revenue.models import JournalEntry, ShareLine


def trail_of(line: ShareLine) -> list[Moment]:
    """Return every step that led to a share, from the contract on; each leads to its page."""
    receipt = line.distribution.receipt
    bill = receipt.bill
    contract = bill.contract
    at_contract = reverse("market:contract", args=[contract.id])
    at_bill = reverse("revenue:bill", args=[bill.id])
    steps = [
        Moment(contract.signed_at, say("合同 {number}", number=contract.number), href=at_contract)
    ]
    steps += [
        Moment(
            use.used_on,
            say("使用 {serial}", serial=use.serial),
            say("使用量 {quantity}", quantity=use.quantity),
            href=at_contract,
        )
        for use in bill.usages.order_by("used_on", "id")
    ]
    steps += [
        Moment(
            bill.issued_on,
            say("账单 {number}", number=bill.number),
            say(
                "{quantity} × {price} ＝ {amount}",
                quantity=bill.quantity,
                price=contract.unit_price,
                amount=bill.amount,
            ),
            href=at_bill,
        ),
        Moment(
            receipt.received_on,
            say("收款 {serial}", serial=receipt.serial),
            say("{amount}，{account}", amount=receipt.amount, account=receipt.account),
            href=at_bill,
        ),
        Moment(
            line.distribution.distributed_at,
            say("分配"),
            say(
                "{party}占{weight}／{whole}",
                party=line.party,
                weight=line.weight,
                whole=sum(share["weight"] for share in contract.shares),
            ),
            href=at_bill,
        ),
        Moment(
            line.remit_by,
            say("分成 {amount}", amount=line.amount),
            say("上缴期限") if line.remit_by else say("归本单位"),
            href=reverse("revenue:line", args=[line.id]),
            state=line.state,
        ),
    ]
    if line.remitted_on is not None:
        steps.append(
            Moment(
                line.remitted_on,
                say("缴款书 {number}", number=line.slip_number),
                say("上缴国库"),
                href=reverse("revenue:line", args=[line.id]),
            )
        )
    return steps


def entries_about(line: ShareLine) -> list[JournalEntry]:
    """The journal entries of the bill, the receipt, the distribution and the remittance."""
    receipt = line.distribution.receipt
    causes = [receipt.bill_id, receipt.id, line.distribution_id, line.id]
    return list(JournalEntry.objects.filter(cause_id__in=causes).order_by("id"))
