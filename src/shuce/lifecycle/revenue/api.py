"""Use, bills, shares, the ledger and its breaches for programs. Amounts are whole fen."""

from datetime import date, datetime
from typing import Any

from django.http import FileResponse
from ninja import Field, Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.lifecycle.cleanroom.rules import FileForm
from shuce.lifecycle.cleanroom.showing import as_file
from shuce.lifecycle.market.queries import contract_seen, edition_seen
from shuce.lifecycle.revenue import commands, queries
from shuce.lifecycle.revenue.outside import Outside, note_outside_record
from shuce.lifecycle.revenue.rules import OutsideKind
from shuce.lifecycle.revenue.serving import take
from shuce.lifecycle.revenue.trails import trail_of

router = Router(tags=["revenue"])


class UsageIn(Schema):
    quantity: int
    used_on: date
    serial: str


class UsageOut(Schema):
    id: str
    contract_id: str
    quantity: int
    used_on: date
    serial: str
    bill_id: str | None


class BillOut(Schema):
    id: str
    number: str
    contract_id: str
    quantity: int
    amount_fen: int
    issued_on: date
    due_on: date
    state: str

    @staticmethod
    def resolve_amount_fen(row: Any) -> int:
        return int(row.amount.fen)


class ReceiptIn(Schema):
    amount_fen: int
    account: str
    serial: str
    received_on: date


class ReceiptOut(Schema):
    id: str
    bill_id: str
    amount_fen: int
    account: str
    serial: str
    received_on: date

    @staticmethod
    def resolve_amount_fen(row: Any) -> int:
        return int(row.amount.fen)


class ShareLineOut(Schema):
    id: str
    party_id: str
    weight: int
    amount_fen: int
    state: str
    remit_by: date | None
    remitted_on: date | None
    slip_number: str

    @staticmethod
    def resolve_amount_fen(row: Any) -> int:
        return int(row.amount.fen)


class DistributionOut(Schema):
    id: str
    receipt_id: str
    distributed_at: datetime
    lines: list[ShareLineOut]


class SlipIn(Schema):
    slip_number: str


class TrailStepOut(Schema):
    """One step of a share's trail, and the page it is on."""

    at: datetime | date | None
    label: str
    text: str
    href: str


class JournalLineOut(Schema):
    account: str
    party_id: str
    amount_fen: int

    @staticmethod
    def resolve_amount_fen(row: Any) -> int:
        return int(row.amount.fen)


class JournalEntryOut(Schema):
    id: str
    number: str
    text: str
    posted_on: date
    reverses_id: str | None
    lines: list[JournalLineOut]


class BalanceOut(Schema):
    account: str
    amount_fen: int


class ReversalIn(Schema):
    reason: str


class BreachFindingOut(Schema):
    id: str
    organization_id: str
    code: str
    title: str
    amount_fen: int
    refs: list[str]
    why: str
    found_at: datetime
    handled_at: datetime | None
    conclusion: str

    @staticmethod
    def resolve_amount_fen(row: Any) -> int:
        return int(row.amount.fen)


class OutsideIn(Schema):
    """`about` is the number of the asset (PLEDGE), contract (BUY_BACK, LOAN_TIE) or serial."""

    kind: OutsideKind
    happened_on: date
    source: str = Field(max_length=100)
    text: str = Field("", max_length=200)
    about: str = Field("", max_length=60)
    party: str = Field("", max_length=200)
    amount_fen: int = 0


class OutsideOut(Schema):
    id: str
    organization_id: str
    kind: str
    about: str
    party: str
    amount_fen: int = Field(alias="amount.fen")
    happened_on: date
    source: str
    text: str


class BreachConclusionIn(Schema):
    conclusion: str


@router.post("/editions/{edition_id}/take")
def take_edition(
    request: SignedRequest, edition_id: str, form: FileForm = FileForm.EXCEL
) -> FileResponse:
    """Take an edition of a report as a marked file; the first taking is metered."""
    found = edition_seen(edition_id, request.user)
    return as_file(take(found, form, by=request.signature))


@router.post("/contracts/{contract_id}/usages", response=UsageOut)
def meter_usage(request: SignedRequest, contract_id: str, body: UsageIn) -> object:
    """Meter a use, once for each serial."""
    found = contract_seen(contract_id, request.user)
    return commands.meter_usage(found, **body.dict(), by=request.signature)


@router.post("/contracts/{contract_id}/bills", response=BillOut)
def issue_bill(request: SignedRequest, contract_id: str) -> object:
    """Bill all use of a contract that is not billed yet."""
    found = contract_seen(contract_id, request.user)
    return commands.issue_bill(found, by=request.signature)


@router.get("/bills", response=list[BillOut])
def bills(request: SignedRequest, window: Query[Window]) -> object:
    """The bills the signer may see, newest first."""
    return window.of(queries.bills_seen_by(request.user))


@router.get("/bills/{bill_id}", response=BillOut)
def bill(request: SignedRequest, bill_id: str) -> object:
    return queries.bill_seen(bill_id, request.user)


@router.post("/bills/{bill_id}/receipt", response=ReceiptOut)
def book_receipt(request: SignedRequest, bill_id: str, body: ReceiptIn) -> object:
    """Book the money that came in for a bill, in full and once."""
    return commands.book_receipt(
        queries.bill_seen(bill_id, request.user),
        Money(body.amount_fen),
        body.account,
        body.serial,
        body.received_on,
        by=request.signature,
    )


@router.post("/bills/{bill_id}/distribution", response=DistributionOut)
def distribute(request: SignedRequest, bill_id: str) -> object:
    """Share out a bill's receipt among the parties of its contract, to the fen."""
    found = queries.bill_seen(bill_id, request.user)
    return commands.distribute(queries.receipt_booked(found), by=request.signature)


@router.get("/remittances", response=list[ShareLineOut])
def remittances(request: SignedRequest, window: Query[Window]) -> object:
    """The shares that belong to the treasury, those still due first."""
    rows = queries.remittances_seen_by(request.user, request.signature.today)
    return window.of(rows)


@router.post("/shares/{line_id}/remit", response=ShareLineOut)
def remit(request: SignedRequest, line_id: str, body: SlipIn) -> object:
    """Remit a share to the treasury in full, under its payment slip."""
    found = queries.share_line_seen(line_id, request.user)
    return commands.remit(found, body.slip_number, by=request.signature)


@router.get("/shares/{line_id}/trail", response=list[TrailStepOut])
def trail(request: SignedRequest, line_id: str) -> object:
    """The way of a share: contract, use, bill, receipt, distribution, slip."""
    return trail_of(queries.share_line_seen(line_id, request.user))


@router.get("/ledger", response=list[JournalEntryOut])
def ledger(request: SignedRequest, window: Query[Window]) -> object:
    """The journal, newest first."""
    return window.of(queries.entries_seen_by(request.user))


@router.post("/ledger/{entry_id}/reverse", response=JournalEntryOut)
def reverse_entry(request: SignedRequest, entry_id: str, body: ReversalIn) -> object:
    """Reverse an entry by its mirror image."""
    found = queries.entry_seen(entry_id, request.user)
    return commands.reverse_entry(found, body.reason, by=request.signature)


@router.get("/organizations/{organization_id}/balances", response=list[BalanceOut])
def balances(request: SignedRequest, organization_id: str) -> object:
    """What stands on each account of a body: debit positive, credit negative."""
    found = queries.body_with_ledger(organization_id, request.user)
    return [
        {"account": account.value, "amount_fen": amount.fen}
        for account, amount in queries.balances(found).items()
    ]


@router.post("/organizations/{organization_id}/scan", response=list[BreachFindingOut])
def scan_breaches(request: SignedRequest, organization_id: str) -> object:
    """Run the detectors of N-7 over a body's ledger."""
    found = queries.body_to_scan(organization_id, request.user)
    return commands.scan_breaches(found, by=request.signature)


@router.get("/breaches", response=list[BreachFindingOut])
def breaches(request: SignedRequest, window: Query[Window]) -> object:
    """What the detectors found, newest first."""
    return window.of(queries.findings_seen_by(request.user))


@router.post("/breaches/{finding_id}/conclude", response=BreachFindingOut)
def conclude_finding(request: SignedRequest, finding_id: str, body: BreachConclusionIn) -> object:
    """Write down how a finding was handled."""
    found = queries.finding_seen(finding_id, request.user)
    return commands.conclude_finding(found, body.conclusion, by=request.signature)


@router.get("/outside", response=list[OutsideOut])
def outside(request: SignedRequest, window: Query[Window]) -> object:
    """What inspectors learned from outside about bodies' deals, newest first."""
    return window.of(queries.outside_records_seen_by(request.user))


@router.post("/organizations/{organization_id}/outside", response={201: OutsideOut})
def note_outside(request: SignedRequest, organization_id: str, body: OutsideIn) -> object:
    """Note what was learned from outside about a body's deals."""
    found = queries.body_to_inspect(organization_id, request.user)
    given = body.dict(exclude={"amount_fen"})
    said = Outside(**given, amount=Money(body.amount_fen))
    return 201, note_outside_record(found, said, by=request.signature)
