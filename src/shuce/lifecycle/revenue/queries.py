"""Bills, shares, the ledger and what the detectors found, seen from where the reader stands."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, CharField, Q, QuerySet, Sum, Value, When

from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.foundation.organizations.rules import HOLDERS
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.market.models import Contract
from shuce.lifecycle.revenue.models import (
    Bill,
    BreachFinding,
    Distribution,
    JournalEntry,
    JournalLine,
    OutsideRecord,
    Receipt,
    ShareLine,
)
from shuce.lifecycle.revenue.rules import Account, LineState, Standing


def bills_seen_by(member: Member) -> QuerySet[Bill]:
    """Bills over assets in reach, and those of which the reader's own body is a party."""
    reach = within_reach(
        member, Permission.REVENUE_VIEW, path="contract__product__inputs__card__holder__path"
    )
    own = Q(contract__seller_id=member.organization_id) | Q(
        contract__buyer_id=member.organization_id
    )
    found = Bill.objects.filter(reach | own).values("id")
    return Bill.objects.filter(id__in=found).select_related(
        "contract__product", "contract__seller", "contract__buyer"
    )


def bill_seen(bill_id: str, by: Member) -> Bill:
    found = bills_seen_by(by).filter(id=bill_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这份账单，或您无权查看"))
    return found


def receipt_of(bill: Bill) -> Receipt | None:
    return Receipt.objects.filter(bill=bill).first()


def receipt_booked(bill: Bill) -> Receipt:
    """The bill's receipt, or that there is none yet."""
    found = receipt_of(bill)
    if found is None:
        raise NotFound(Obstacle("账单尚未登记收款"))
    return found


def distribution_of(bill: Bill) -> Distribution | None:
    return Distribution.objects.filter(receipt__bill=bill).first()


def share_lines_of(bill: Bill) -> QuerySet[ShareLine]:
    return ShareLine.objects.filter(distribution__receipt__bill=bill).select_related("party")


def share_lines_seen_by(member: Member) -> QuerySet[ShareLine]:
    """Shares of parties in reach, and of receipts of which the reader's own body is a party.

    A buyer pays, but who shares the money is not its matter.
    """
    reach = within_reach(member, Permission.REVENUE_VIEW, path="party__path")
    own = Q(party_id=member.organization_id) | Q(
        distribution__receipt__bill__contract__seller_id=member.organization_id
    )
    return ShareLine.objects.filter(reach | own).select_related(
        "party", "distribution__receipt__bill__contract__product"
    )


def share_line_seen(line_id: str, by: Member) -> ShareLine:
    found = share_lines_seen_by(by).filter(id=line_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这笔分成，或您无权查看"))
    return found


def remittances_seen_by(member: Member, today: date) -> QuerySet[ShareLine]:
    """Shares that belong to the treasury, and where each stands today: the overdue first."""
    standing = Case(
        When(state=LineState.REMITTED, then=Value(Standing.REMITTED.value)),
        When(remit_by__lt=today, then=Value(Standing.OVERDUE.value)),
        default=Value(Standing.DUE.value),
        output_field=CharField(),
    )
    return (
        share_lines_seen_by(member)
        .exclude(state=LineState.KEPT)
        .annotate(standing=standing)
        .order_by("remitted_on", "remit_by", "id")
    )


def overdue_for_remittance(today: date) -> QuerySet[ShareLine]:
    """Every share not remitted by its day, for the watch."""
    return ShareLine.objects.filter(state=LineState.DUE, remit_by__lt=today).select_related(
        "party", "distribution__receipt__bill__contract__product"
    )


def entries_seen_by(member: Member) -> QuerySet[JournalEntry]:
    """Entries with a line of a party in reach, or of the reader's own body."""
    reach = within_reach(member, Permission.REVENUE_VIEW, path="party__path")
    lines = JournalLine.objects.filter(reach | Q(party_id=member.organization_id))
    return JournalEntry.objects.filter(id__in=lines.values("entry_id")).prefetch_related(
        "lines__party"
    )


def entry_seen(entry_id: str, by: Member) -> JournalEntry:
    found = entries_seen_by(by).filter(id=entry_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这张凭证，或您无权查看"))
    return found


def balances(organization: Organization) -> dict[Account, Money]:
    """What stands on each account of a body: debit positive, credit negative."""
    rows = (
        JournalLine.objects.filter(party=organization)
        .values_list("account")
        .annotate(total=Sum("amount"))
        .order_by("account")
    )
    found = {Account(account): _money(total) for account, total in rows}
    return {account: found[account] for account in Account if account in found}


def findings_seen_by(member: Member) -> QuerySet[BreachFinding]:
    """What was found in ledgers in reach. A body outside sees only what is found in its own."""
    reach = within_reach(member, Permission.REVENUE_VIEW, path="organization__path")
    return BreachFinding.objects.filter(reach).select_related("organization")


def finding_seen(finding_id: str, by: Member) -> BreachFinding:
    found = findings_seen_by(by).filter(id=finding_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这条线索，或您无权查看"))
    return found


def bodies_to_inspect(member: Member) -> QuerySet[Organization]:
    """The bodies of which the reader may note what was learned from outside."""
    reach = within_reach(member, Permission.INSPECTION_RUN)
    return Organization.objects.filter(reach, kind__in=HOLDERS, closed_on=None).order_by("path")


def body_to_inspect(organization_id: str, by: Member) -> Organization:
    found = bodies_to_inspect(by).filter(id=organization_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个单位，或您无权检查"))
    return found


def outside_records_seen_by(member: Member) -> QuerySet[OutsideRecord]:
    """What inspectors noted of the bodies they inspect: the bodies themselves do not see it."""
    reach = within_reach(member, Permission.INSPECTION_RUN, path="organization__path")
    return OutsideRecord.objects.filter(reach).select_related("organization")


def bodies_to_scan(member: Member) -> QuerySet[Organization]:
    """The bodies whose ledgers the reader may scan."""
    reach = within_reach(member, Permission.INSPECTION_RUN, Permission.REVENUE_SPLIT)
    return Organization.objects.filter(reach, kind__in=HOLDERS, closed_on=None).order_by("path")


def body_to_scan(organization_id: str, by: Member) -> Organization:
    found = bodies_to_scan(by).filter(id=organization_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个单位，或您无权检查"))
    return found


def bodies_with_ledger(member: Member) -> QuerySet[Organization]:
    """The bodies whose balances the reader may see, and that have any."""
    reach = within_reach(member, Permission.REVENUE_VIEW)
    with_lines = JournalLine.objects.values("party_id")
    return Organization.objects.filter(
        reach | Q(id=member.organization_id), id__in=with_lines
    ).order_by("path")


def body_with_ledger(organization_id: str, by: Member) -> Organization:
    found = bodies_with_ledger(by).filter(id=organization_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个单位的账，或您无权查看"))
    return found


def named_in(refs: Iterable[str], by: Member) -> list[tuple[str, Bill | Contract | None]]:
    """The records a finding rests on: each number, with the bill or contract it leads to."""
    wanted = [ref.rstrip("#").removesuffix("/*") for ref in refs]
    bills = bills_seen_by(by).select_related("contract")
    found: dict[str, Bill | Contract] = {}
    for bill in bills.filter(
        Q(number__in=wanted)
        | Q(receipt__serial__in=wanted)
        | Q(receipt__distribution__lines__slip_number__in=wanted)
        | Q(contract__number__in=wanted)
    ).distinct():
        found[bill.number] = bill
        found[bill.contract.number] = bill.contract
        receipt = receipt_of(bill)
        if receipt is not None:
            found[receipt.serial] = bill
    return [(one, found.get(one)) for one in dict.fromkeys(wanted)]


def _money(total: object) -> Money:
    return total if isinstance(total, Money) else Money(int(str(total or 0)))
