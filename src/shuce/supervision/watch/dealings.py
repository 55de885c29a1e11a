"""A body's dealings as the red lines read them (`engines/breaches/red_lines`), from all rooms.

Contracts, receipts, metered use, appraisals, changes of value, disposals and prices for the public
are the register's own; so are pledges under a pilot. Other security, promises to buy back, loans
behind a deal, the source of a payer's money and fiscal payments are what inspectors noted from
outside (`revenue/outside`): with them R01, R02, R03 and R08 have something to read.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, Sum

from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.money import Money
from shuce.lifecycle.disposal.models import Disposal
from shuce.lifecycle.disposal.rules import DisposalState
from shuce.lifecycle.market.models import Contract
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.revenue.models import OutsideRecord, Receipt, Usage
from shuce.lifecycle.revenue.rules import BillState, OutsideKind
from shuce.lifecycle.revenue.scanning import contracts_over
from shuce.lifecycle.rights.encumbrance_rules import EncumbranceKind
from shuce.lifecycle.rights.models import Encumbrance
from shuce.lifecycle.rights.rules import PurposeKind
from shuce.lifecycle.valuation.models import Appraisal
from shuce.lifecycle.valuation.rules import AppraisalState

Rows = list[dict[str, Any]]
Noted = Mapping[str, list[OutsideRecord]]

# 名义金额, at which what has no known cost is booked: one yuan.
_NOMINAL = Money.from_yuan(1)
_A_YEAR = timedelta(days=365)
_TO_THE_PUBLIC = "社会公众"
_FOR_THE_PUBLIC = "公共治理"


def bodies_dealing() -> Iterator[Organization]:
    """Bodies that hold, or held, an asset of which anything could cross a red line."""
    of_cards = (
        Q(cards__products__product__contracts__isnull=False)
        | Q(cards__appraisals__isnull=False)
        | Q(cards__disposals__isnull=False)
        | Q(cards__closed_on__isnull=False)
        | Q(cards__encumbrances__isnull=False)
        | Q(outsiderecord__isnull=False)
    )
    yield from Organization.objects.filter(of_cards).distinct().order_by("id")


def dealings_of(organization: Organization, as_of: date) -> dict[str, Any]:
    """Return a body's dealings up to `as_of`, in the tables of `red_lines`; amounts in fen."""
    contracts = list(contracts_over(organization).select_related("product", "buyer"))
    receipts = list(
        Receipt.objects.filter(bill__contract__in=contracts, received_on__lte=as_of)
        .select_related("bill__contract__buyer")
        .order_by("received_on", "id")
    )
    appraisals = list(
        Appraisal.objects.filter(card__holder=organization, base_date__lte=as_of)
        .exclude(value=None)
        .select_related("card", "appraiser")
        .order_by("base_date", "id")
    )
    noted: dict[str, list[OutsideRecord]] = {}
    for one in OutsideRecord.objects.filter(organization=organization, happened_on__lte=as_of):
        noted.setdefault(one.kind, []).append(one)
    return {
        "unit": {"id": organization.id, "type": Kind(organization.kind).chinese},
        "parties": list(_parties(contracts)),
        "pledges": list(_pledges(organization, noted, as_of)),
        "contracts": list(_contracts(contracts, receipts, appraisals, noted, as_of)),
        "receipts": [_receipt(receipt, noted) for receipt in receipts],
        "fiscal_payments": [_outlay(one) for one in noted.get(OutsideKind.FISCAL, ())],
        "usage": list(_usage(contracts, receipts, as_of)),
        "appraisals": [_appraisal(one) for one in appraisals],
        "impairments": list(_impairments(appraisals)),
        "disposals": list(_disposals(organization, as_of)),
        "products": [_offer(one) for one in contracts if one.purpose_kind == PurposeKind.PUBLIC],
    }


def _parties(contracts: list[Contract]) -> Iterator[dict[str, Any]]:
    for buyer in {contract.buyer_id: contract.buyer for contract in contracts}.values():
        # A financing platform is no kind of body here: its name tells it.
        yield {"id": buyer.name, "kind": f"{Kind(buyer.kind).chinese} {buyer.name}"}


def _contracts(
    contracts: list[Contract],
    receipts: list[Receipt],
    appraisals: list[Appraisal],
    noted: Noted,
    as_of: date,
) -> Iterator[dict[str, Any]]:
    bought_back = {one.about for one in noted.get(OutsideKind.BUY_BACK, ())}
    loans = {one.about: one.text or one.source for one in noted.get(OutsideKind.LOAN_TIE, ())}
    first: dict[str, date] = {}
    for receipt in receipts:
        first.setdefault(receipt.bill.contract_id, receipt.received_on)
    value_of = {
        one.card_id: one.value.fen
        for one in appraisals
        if one.state == AppraisalState.ADOPTED and one.value is not None
    }
    for contract in contracts:
        cards = {
            put_in.card_id: put_in.card for put_in in contract.product.inputs.select_related("card")
        }
        live = contract.bills.exclude(state=BillState.VOIDED).filter(issued_on__lte=as_of)
        billed = live.aggregate(all=Sum("amount"))["all"]
        is_valued = bool(cards) and all(card_id in value_of for card_id in cards)
        # Whether all of a long term's revenue fell into one year can be said once another year
        # could have brought some.
        is_told = contract.id in first and as_of > first[contract.id] + _A_YEAR
        yield {
            "id": contract.number,
            "asset": "、".join(card.number or card.name for card in cards.values()) or None,
            "grantee": contract.buyer.name,
            "starts_on": contract.starts_on.isoformat(),
            "ends_on": contract.ends_on.isoformat() if is_told else None,
            "fee_fen": billed.fen if billed else 0,
            "buy_back": contract.number in bought_back,
            "loan": loans.get(contract.number),
            "appraisal_fen": sum(value_of[card_id] for card_id in cards) if is_valued else None,
        }


def _pledges(organization: Organization, noted: Noted, as_of: date) -> Iterator[dict[str, Any]]:
    """Security registered under a pilot, and what was found beside it."""
    registered = Encumbrance.objects.filter(card__holder=organization, since__lte=as_of)
    secures = (EncumbranceKind.PLEDGE, EncumbranceKind.GUARANTEE)
    for made in registered.filter(kind__in=secures).select_related("card"):
        yield {
            "id": made.decision,
            "asset": made.card.number or made.card.name,
            "kind": made.kind.chinese,
            "amount_fen": made.amount.fen,
            "debtor": made.party,
            "date": made.since.isoformat(),
        }
    for one in noted.get(OutsideKind.PLEDGE, ()):
        yield {
            "id": one.source,
            "asset": one.about,
            "kind": one.text or OutsideKind.PLEDGE.chinese,
            "amount_fen": one.amount.fen,
            "debtor": one.party,
            "date": one.happened_on.isoformat(),
        }


def _outlay(one: OutsideRecord) -> dict[str, Any]:
    return {
        "id": one.source,
        "payee": one.party,
        "amount_fen": one.amount.fen,
        "date": one.happened_on.isoformat(),
    }


def _receipt(receipt: Receipt, noted: Noted) -> dict[str, Any]:
    funding = [
        one.text for one in noted.get(OutsideKind.FUNDING, ()) if one.about == receipt.serial
    ]
    return {
        "funding": "、".join(funding),
        "id": receipt.serial,
        "contract": receipt.bill.contract.number,
        "payer": receipt.bill.contract.buyer.name,
        "amount_fen": receipt.amount.fen,
        "date": receipt.received_on.isoformat(),
    }


def _usage(
    contracts: list[Contract], receipts: list[Receipt], as_of: date
) -> Iterator[dict[str, Any]]:
    """Metered use. Use that was billed is what its receipt is for, so it counts on that day."""
    paid_on = {receipt.bill_id: receipt.received_on for receipt in receipts}
    used = Usage.objects.filter(contract__in=contracts, used_on__lte=as_of)
    for use in used.select_related("contract").order_by("id"):
        counts_on = max(use.used_on, paid_on.get(use.bill_id or "", use.used_on))
        yield {
            "id": f"{use.contract.number}/{use.serial}",
            "contract": use.contract.number,
            "period_end": counts_on.isoformat(),
        }


def _appraisal(one: Appraisal) -> dict[str, Any]:
    assert one.value is not None
    return {
        "id": one.number,
        "asset": one.card.number or one.card.name,
        "value_fen": one.value.fen,
        # A nominal amount is no cost to measure a premium by.
        "book_fen": one.card.cost.fen if one.card.cost > _NOMINAL else None,
        "date": one.base_date.isoformat(),
        "appraiser": one.appraiser.name,
    }


def _impairments(appraisals: list[Appraisal]) -> Iterator[dict[str, Any]]:
    """A value adopted below the one adopted before it writes the asset down."""
    before: dict[str, int] = {}
    for one in appraisals:
        if one.state != AppraisalState.ADOPTED or one.value is None:
            continue
        book, now = before.get(one.card_id, 0), one.value.fen
        if book > now:
            yield {
                "id": one.number,
                "asset": one.card.number or one.card.name,
                "book_fen": book,
                "impairment_fen": book - now,
                "date": (one.adopted_on or one.base_date).isoformat(),
            }
        before[one.card_id] = now


def _disposals(organization: Organization, as_of: date) -> Iterator[dict[str, Any]]:
    """Disposals under way or done, and cards that were closed with no disposal at all."""
    begun = [DisposalState.DESTROYING, DisposalState.UNPROVEN, DisposalState.DONE]
    replied: set[str] = set()
    for disposal in Disposal.objects.filter(
        card__holder=organization, state__in=begun, proposed_at__date__lte=as_of
    ).select_related("card"):
        replied.add(disposal.card_id)
        yield {
            "id": disposal.number,
            "asset": disposal.card.number or disposal.card.name,
            "method": disposal.kind.chinese,
            "amount_fen": disposal.book_value.fen,
            "reply": disposal.reply_number or "",
            "date": disposal.proposed_at.date().isoformat(),
        }
    closed = Card.objects.filter(holder=organization, closed_on__lte=as_of).exclude(id__in=replied)
    for card in closed.order_by("id"):
        yield {
            "id": card.number or card.id,
            "asset": card.number or card.name,
            "method": "注销",
            "amount_fen": (card.value or card.cost).fen,
            "reply": "",
            "date": card.closed_on.isoformat() if card.closed_on else as_of.isoformat(),
        }


def _offer(contract: Contract) -> dict[str, Any]:
    return {
        "id": contract.number,
        "purpose": _FOR_THE_PUBLIC,
        "audience": _TO_THE_PUBLIC if contract.buyer.kind == Kind.CLIENT else "",
        "price_fen": contract.unit_price.fen,
    }
