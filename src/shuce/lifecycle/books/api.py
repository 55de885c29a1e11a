"""The books of data assets for programs."""

from datetime import date, datetime
from typing import Any

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.lifecycle.books import commands, queries
from shuce.lifecycle.books.comparing import LedgerLine
from shuce.lifecycle.books.rules import Terms
from shuce.lifecycle.books.statements import Way, statements_of
from shuce.lifecycle.books.words import (
    Carrying,
    ChargeKind,
    CostBasis,
    DifferenceKind,
    LifeGround,
    Spread,
)
from shuce.lifecycle.register.queries import card_seen_inside

router = Router(tags=["books"])
_MOST_FEN = 10**17


class BookingIn(Schema):
    treatment: Carrying
    basis: CostBasis
    cost_fen: int
    spread: Spread
    life_ground: LifeGround
    life_note: str = ""
    account_code: str
    voucher_number: str
    booked_on: date
    months: int = 0
    total_units: int = 0
    unit: str = ""
    decision_number: str = ""


class AccountOut(Schema):
    id: str
    card_id: str
    treatment: Carrying
    basis: CostBasis
    cost_fen: int
    amortised_fen: int
    impaired_fen: int
    carried_fen: int
    spread: Spread
    months: int
    total_units: int
    begins_on: date
    charged_through: date | None
    voucher_number: str
    booked_on: date

    @staticmethod
    def resolve_cost_fen(account: Any) -> int:
        return int(account.cost.fen)

    @staticmethod
    def resolve_amortised_fen(account: Any) -> int:
        return int(account.amortised.fen)

    @staticmethod
    def resolve_impaired_fen(account: Any) -> int:
        return int(account.impaired.fen)

    @staticmethod
    def resolve_carried_fen(account: Any) -> int:
        return int(account.carried.fen)


class ChargeOut(Schema):
    month: date
    kind: ChargeKind
    amount_fen: int
    units: int | None
    reason: str


class AmortiseIn(Schema):
    organization_id: str


class JobRef(Schema):
    id: str


class UnitsIn(Schema):
    month: date
    units: int


class LifeIn(Schema):
    months: int = 0
    total_units: int = 0
    reason: str


class ImpairIn(Schema):
    amount_fen: int
    reason: str


class LedgerLineIn(Schema):
    number: str
    cost_fen: int
    charged_fen: int


class LedgerCheckIn(Schema):
    organization_id: str
    as_of: date
    lines: list[LedgerLineIn]


class LedgerCheckOut(Schema):
    id: str
    organization_id: str
    as_of: date
    cards: int
    agreed: int
    checked_at: datetime


class DifferenceOut(Schema):
    id: str
    number: str
    name: str
    kind: DifferenceKind
    on_card_fen: int | None
    in_ledger_fen: int | None
    conclusion: str


class ConcludeIn(Schema):
    conclusion: str


class StatementLineOut(Schema):
    label: str
    purchased_fen: int | None
    own_fen: int | None
    other_fen: int | None


class StatementOut(Schema):
    treatment: Carrying
    year: int
    lines: list[StatementLineOut]


@router.get("", response=list[AccountOut])
def accounts(request: SignedRequest, window: Query[Window]) -> object:
    """The assets in the books that the signer may see, newest first."""
    return window.of(queries.accounts_seen_by(request.user))


@router.post("/cards/{card_id}", response={201: AccountOut})
def book(request: SignedRequest, card_id: str, body: BookingIn) -> object:
    """Take an asset into the books."""
    card = card_seen_inside(card_id, request.user)
    facts = body.dict()
    terms = Terms(cost=_money(facts.pop("cost_fen"), "cost_fen"), **facts)
    return 201, commands.book_asset(card, terms, by=request.signature)


@router.post("/amortise", response={202: JobRef})
def amortise(request: SignedRequest, body: AmortiseIn) -> object:
    """Charge the months of a body's assets up to this one, in the background."""
    organization = queries.body_to_read(body.organization_id, request.user)
    return 202, commands.ask_to_amortise(organization, by=request.signature)


@router.get("/statements/{organization_id}", response=list[StatementOut])
def statement(request: SignedRequest, organization_id: str, year: int = 0) -> object:
    """The table accounts disclose for a year, this one unless told, in fen; headings have none."""
    body = queries.body_to_read(organization_id, request.user)
    year = year or request.signature.today.year
    refuse_if([] if 2000 <= year <= 2999 else [Obstacle("请填写正确的年度", field="year")])
    return [
        {
            "treatment": one.treatment,
            "year": year,
            "lines": [
                {
                    "label": line.label,
                    **{
                        f"{way.value.lower()}_fen": line.figures[way].fen if line.figures else None
                        for way in Way
                    },
                }
                for line in one.lines
            ],
        }
        for one in statements_of(body, year)
    ]


@router.get("/checks", response=list[LedgerCheckOut])
def checks(request: SignedRequest, window: Query[Window]) -> object:
    """Comparisons of cards with the ledger, newest first."""
    return window.of(queries.checks_seen_by(request.user))


@router.post("/checks", response={201: LedgerCheckOut})
def compare(request: SignedRequest, body: LedgerCheckIn) -> object:
    """Compare a body's cards with its general ledger."""
    organization = queries.body_to_read(body.organization_id, request.user)
    lines = [
        LedgerLine(line.number, _money(line.cost_fen, "lines"), _money(line.charged_fen, "lines"))
        for line in body.lines
    ]
    return 201, commands.check_ledger(organization, body.as_of, lines, by=request.signature)


@router.get("/checks/{check_id}/differences", response=list[DifferenceOut])
def differences(request: SignedRequest, check_id: str, window: Query[Window]) -> object:
    """Every difference of a comparison."""
    found = queries.check_seen(check_id, request.user)
    return [
        {
            "id": one.id,
            "number": one.number,
            "name": one.name,
            "kind": one.kind,
            "on_card_fen": one.on_card.fen if one.on_card is not None else None,
            "in_ledger_fen": one.in_ledger.fen if one.in_ledger is not None else None,
            "conclusion": one.conclusion,
        }
        for one in window.of(queries.differences_of(found))
    ]


@router.post("/differences/{unlike_id}/conclude", response={204: None})
def conclude(request: SignedRequest, unlike_id: str, body: ConcludeIn) -> object:
    """Say how a difference was settled."""
    found = queries.unlike_seen(unlike_id, request.user)
    commands.conclude_difference(found, body.conclusion, by=request.signature)
    return 204, None


@router.get("/{account_id}", response=AccountOut)
def account(request: SignedRequest, account_id: str) -> object:
    return queries.account_seen(account_id, request.user)


@router.get("/{account_id}/charges", response=list[ChargeOut])
def charges(request: SignedRequest, account_id: str, window: Query[Window]) -> object:
    """An account's charges, newest month first."""
    found = queries.account_seen(account_id, request.user)
    return [
        {
            "month": one.month,
            "kind": one.kind,
            "amount_fen": one.amount.fen,
            "units": one.units,
            "reason": one.reason,
        }
        for one in window.of(queries.charges_of(found))
    ]


@router.post("/{account_id}/units", response=AccountOut)
def units(request: SignedRequest, account_id: str, body: UnitsIn) -> object:
    """Note the work of a month, from which its charge follows."""
    found = queries.account_seen(account_id, request.user)
    commands.note_units(found, body.month, body.units, by=request.signature)
    return queries.account_seen(account_id, request.user)


@router.post("/{account_id}/life", response=AccountOut)
def life(request: SignedRequest, account_id: str, body: LifeIn) -> object:
    """Change the estimate of an asset's life, for what is left."""
    found = queries.account_seen(account_id, request.user)
    return commands.change_life(found, **body.dict(), by=request.signature)


@router.post("/{account_id}/impair", response=AccountOut)
def impair(request: SignedRequest, account_id: str, body: ImpairIn) -> object:
    """Write an enterprise's asset down."""
    found = queries.account_seen(account_id, request.user)
    amount = _money(body.amount_fen, "amount_fen")
    return commands.impair(found, amount, body.reason, by=request.signature)


def _money(fen: int, field: str) -> Money:
    refuse_if([] if abs(fen) < _MOST_FEN else [Obstacle("金额超出范围", field=field)])
    return Money(fen)
