"""Meter, bill, receive, share and remit: every fen on its way (G-10, N-7)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from shuce.engines.apportionment import RunningShares, Schedule
from shuce.engines.breaches import Finding, find, settings_on
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.commands import require_duty
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Kind, Link
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import Period
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.market.models import Call, Contract, Edition
from shuce.lifecycle.market.rules import ContractState
from shuce.lifecycle.revenue import events, rules
from shuce.lifecycle.revenue.ledger import post
from shuce.lifecycle.revenue.models import (
    Bill,
    BreachFinding,
    Distribution,
    JournalEntry,
    Receipt,
    ShareLine,
    Usage,
)
from shuce.lifecycle.revenue.rules import Account, BillState, LineState, Posting
from shuce.lifecycle.revenue.scanning import books_of
from shuce.lifecycle.rights.history import obstacles_on
from shuce.lifecycle.rights.queries import obstacles_in_chain


@command
def meter_usage(
    contract: Contract, quantity: int, used_on: date, serial: str, *, by: Signature
) -> Usage:
    """Meter so much use under a contract, once for each serial."""
    by.require(Permission.USAGE_METER, within=contract.seller)
    return _meter(contract, quantity, used_on, serial, by)


@command
def meter_call(call: Call, *, by: Signature) -> Usage:
    """Meter one answered call of a product: the caller's own key stands for the permission."""
    contract = Contract.objects.select_related("seller", "product").get(id=call.key.contract_id)
    return _meter(contract, 1, by.today, call.id, by)


@command
def meter_edition(contract: Contract, edition: Edition, *, by: Signature) -> Usage:
    """Meter one report that a buyer took under its contract."""
    contract = Contract.objects.select_related("seller", "product").get(id=contract.id)
    return _meter(contract, 1, by.today, edition.id, by)


def _meter(contract: Contract, quantity: int, used_on: date, serial: str, by: Signature) -> Usage:
    known = Usage.objects.filter(contract=contract, serial=serial).exists()
    term = Period(contract.starts_on, contract.ends_on)
    running = Contract.objects.filter(id=contract.id, state=ContractState.IN_FORCE).exists()
    refuse_if(rules.obstacles_to_meter(quantity, used_on, term, known, running=running))
    if used_on > by.today:
        raise Refused(Obstacle("使用日期不能晚于今天", Clause.N_7, field="used_on"))
    refuse_if(_obstacles_in_rights(contract, used_on, by))
    usage = Usage.objects.create(
        contract=contract, quantity=quantity, used_on=used_on, serial=serial
    )
    record(events.UsageMetered(usage.id, contract.id, quantity, serial, **_about(contract)), by)
    return usage


@command
def issue_bill(contract: Contract, *, by: Signature) -> Bill:
    """Bill all use of a contract that is not billed yet, at the contract's price."""
    contract = _locked_contract(contract.id)
    by.require(Permission.USAGE_METER, within=contract.seller)
    unbilled = list(Usage.objects.select_for_update().filter(contract=contract, bill=None))
    quantity = sum(usage.quantity for usage in unbilled)
    refuse_if(rules.obstacles_to_bill(quantity, contract.unit_price))
    amount = Money(contract.unit_price.fen * quantity)
    bill = Bill.objects.create(
        number=next_number(f"ZD-{by.today.year}-"),
        contract=contract,
        quantity=quantity,
        amount=amount,
        issued_on=by.today,
        due_on=by.today + rules.BILL_DUE,
    )
    Usage.objects.filter(id__in=[usage.id for usage in unbilled]).update(bill=bill)
    post(
        say("开具账单 {number}", number=bill.number),
        (
            Posting(Account.RECEIVABLE, contract.seller_id, amount),
            Posting(Account.UNSHARED, contract.seller_id, -amount),
        ),
        bill.id,
        by=by,
    )
    record(
        events.BillIssued(
            bill.id, bill.number, contract.id, quantity, amount.fen, **_about(contract)
        ),
        by,
    )
    return bill


@command
def book_receipt(
    bill: Bill, amount: Money, account: str, serial: str, received_on: date, *, by: Signature
) -> Receipt:
    """Book the money that came in for a bill: exactly what was billed, once."""
    bill = (
        Bill.objects.select_for_update(of=("self",))
        .select_related("contract__seller", "contract__product")
        .get(id=bill.id)
    )
    by.require(Permission.USAGE_METER, within=bill.contract.seller)
    known = Receipt.objects.filter(serial=serial).exists()
    refuse_if(rules.obstacles_to_book(BillState(bill.state), amount, bill.amount, known))
    if received_on > by.today:
        raise Refused(Obstacle("收款日期不能晚于今天", Clause.N_7, field="received_on"))
    receipt = Receipt.objects.create(
        bill=bill, amount=amount, account=account, serial=serial, received_on=received_on
    )
    bill.state = BillState.PAID
    bill.save(update_fields=["state"])
    seller = bill.contract.seller_id
    post(
        say("收到账单 {number} 款项", number=bill.number),
        (Posting(Account.BANK, seller, amount), Posting(Account.RECEIVABLE, seller, -amount)),
        receipt.id,
        by=by,
    )
    record(
        events.ReceiptBooked(receipt.id, bill.id, amount.fen, serial, **_about(bill.contract)), by
    )
    return receipt


@command
def distribute(receipt: Receipt, *, by: Signature) -> Distribution:
    """Split a receipt by its contract's shares, so that all receipts together stay under a fen.

    The cumulative quota rule: after each receipt every party has its exact share so far, rounded
    to a neighbouring fen, and no line is negative (`engines/apportionment`).
    """
    receipt = (
        Receipt.objects.select_for_update(of=("self",))
        .select_related("bill__contract__seller", "bill__contract__product")
        .get(id=receipt.id)
    )
    contract = _locked_contract(receipt.bill.contract_id)
    by.require(Permission.USAGE_METER, within=contract.seller)
    if Distribution.objects.filter(receipt=receipt).exists():
        raise Conflict(Obstacle("这笔收款已经分配", Clause.G_10))
    weights = [share["weight"] for share in contract.shares]
    earlier = Receipt.objects.filter(bill__contract=contract, distribution__isnull=False).order_by(
        "distribution__id"
    )
    _, lines = RunningShares.opened(Schedule.constant(weights)).after_all(
        [*(one.amount.fen for one in earlier), receipt.amount.fen]
    )
    amounts = lines[-1]
    distribution = Distribution.objects.create(receipt=receipt, distributed_at=by.at)
    postings = [Posting(Account.UNSHARED, contract.seller_id, receipt.amount)]
    for share, fen in zip(contract.shares, amounts, strict=True):
        line = _share_line(distribution, share, Money(fen), receipt.received_on)
        account = Account.TREASURY_DUE if line.state is LineState.DUE else Account.INCOME
        postings.append(Posting(account, line.party_id, -line.amount))
    post(say("分配收款 {serial}", serial=receipt.serial), tuple(postings), distribution.id, by=by)
    record(
        events.RevenueDistributed(
            distribution.id,
            receipt.id,
            tuple(share["organization_id"] for share in contract.shares),
            tuple(int(fen) for fen in amounts),
            **_about(contract),
        ),
        by,
    )
    return distribution


@command
def remit(line: ShareLine, slip_number: str, *, by: Signature) -> ShareLine:
    """Remit a share to the treasury in full, under its payment slip (N-7)."""
    line = (
        ShareLine.objects.select_for_update(of=("self",))
        .select_related("party", "distribution__receipt__bill__contract__product")
        .get(id=line.id)
    )
    by.require(Permission.REMITTANCE_MAKE, within=line.party)
    require_duty(line.party, Link.REVENUE)
    known = bool(slip_number) and ShareLine.objects.filter(slip_number=slip_number).exists()
    refuse_if(rules.obstacles_to_remit(LineState(line.state), slip_number, known))
    line.state, line.remitted_on, line.slip_number = LineState.REMITTED, by.today, slip_number
    line.save(update_fields=["state", "remitted_on", "slip_number"])
    contract = line.distribution.receipt.bill.contract
    post(
        say("上缴国库 {slip}", slip=slip_number),
        (
            Posting(Account.TREASURY_DUE, line.party_id, line.amount),
            Posting(Account.BANK, contract.seller_id, -line.amount),
        ),
        line.id,
        by=by,
    )
    about = _about(contract) | {"organization_id": line.party_id}
    record(events.ShareRemitted(line.id, line.party_id, line.amount.fen, slip_number, **about), by)
    return line


@command
def reverse_entry(entry: JournalEntry, reason: str, *, by: Signature) -> JournalEntry:
    """Reverse a journal entry by its mirror image; the mistake stays readable."""
    entry = JournalEntry.objects.select_for_update(of=("self",)).get(id=entry.id)
    lines = list(entry.lines.select_related("party"))
    by.require(Permission.USAGE_METER, within=lines[0].party)
    if not reason.strip():
        raise Refused(Obstacle("请写明冲销原因", Clause.N_7, field="reason"))
    if JournalEntry.objects.filter(reverses=entry).exists():
        raise Conflict(Obstacle("该凭证已经冲销", Clause.N_7))
    mirror = tuple(Posting(Account(line.account), line.party_id, -line.amount) for line in lines)
    reversal = post(
        say("冲销 {number}", number=entry.number), mirror, entry.cause_id, by=by, reverses=entry
    )
    record(events.EntryReversed(reversal.id, entry.id, reason), by)
    return reversal


@command
def scan_breaches(organization: Organization, *, by: Signature) -> list[BreachFinding]:
    """Run the detectors of N-7 over a body's ledger; keep what they find until it is handled.

    Supervisors scan those below them; a unit's finance officer scans its own ledger.
    """
    if not by.member.may(Permission.REVENUE_SPLIT, organization):
        by.require(Permission.INSPECTION_RUN, within=organization)
    found = [
        finding
        for finding in find(
            books_of(organization, by.today), as_of=by.today, settings=settings_on(by.today)
        )
        if finding.code.is_breach
    ]
    kept = [_keep_finding(organization, finding, by) for finding in found]
    record(
        events.LedgerScanned(
            organization.id,
            tuple(finding.code.value for finding in found),
            organization_id=organization.id,
        ),
        by,
    )
    return kept


@command
def conclude_finding(finding: BreachFinding, conclusion: str, *, by: Signature) -> BreachFinding:
    """Write down how a breach finding was handled."""
    finding = (
        BreachFinding.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(id=finding.id)
    )
    by.require(Permission.INSPECTION_RUN, within=finding.organization)
    if finding.handled_at is not None:
        raise Conflict(Obstacle("该线索已经处理", Clause.N_10))
    if not conclusion.strip():
        raise Refused(Obstacle("请填写处理结论", Clause.N_10, field="conclusion"))
    finding.conclusion, finding.handled_at = conclusion, by.at
    finding.save(update_fields=["conclusion", "handled_at"])
    record(
        events.FindingConcluded(
            finding.id, finding.code, conclusion, organization_id=finding.organization_id
        ),
        by,
    )
    return finding


def _keep_finding(organization: Organization, finding: Finding, by: Signature) -> BreachFinding:
    """Keep a finding once while it waits; a later scan brings its amount and words up to date."""
    digest = hashlib.sha256(json.dumps([finding.code.value, *finding.refs]).encode()).hexdigest()
    told: dict[str, Any] = {"amount": Money(finding.amount_fen), "why": finding.why[:500]}
    first: dict[str, Any] = {
        "title": finding.code.chinese,
        "refs": list(finding.refs),
        "found_at": by.at,
    }
    kept, _ = BreachFinding.objects.update_or_create(
        organization=organization,
        code=finding.code.value,
        digest=digest,
        handled_at=None,
        defaults=told,
        create_defaults={**told, **first},
    )
    return kept


def _share_line(
    distribution: Distribution, share: dict[str, Any], amount: Money, received_on: date
) -> ShareLine:
    party = Organization.objects.get(id=share["organization_id"])
    due = rules.goes_to_treasury(Kind(party.kind)) and amount > Money(0)
    return ShareLine.objects.create(
        distribution=distribution,
        party=party,
        weight=share["weight"],
        amount=amount,
        state=LineState.DUE if due else LineState.KEPT,
        remit_by=received_on + rules.REMIT_WITHIN if due else None,
    )


def _obstacles_in_rights(contract: Contract, used_on: date, by: Signature) -> Iterator[Obstacle]:
    """Yield why the rights that the contract's product rests on were not in force on the day."""
    for put_in in contract.product.inputs.select_related("grant__card"):
        if used_on == by.today:
            yield from obstacles_in_chain(put_in.grant, used_on)
        else:
            yield from obstacles_on(put_in.grant, used_on)


def _locked_contract(contract_id: str) -> Contract:
    return (
        Contract.objects.select_for_update(of=("self",))
        .select_related("seller", "buyer", "product")
        .get(id=contract_id)
    )


def _about(contract: Contract) -> dict[str, str]:
    """The asset and its holder: the first input of the contract's product."""
    card = contract.product.inputs.select_related("card").order_by("id").first()
    if card is None:
        return {}
    return {"asset_id": card.card_id, "organization_id": card.card.holder_id}
