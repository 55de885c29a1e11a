"""A body's books as the detectors read them (`engines/breaches`), built from this room's rows.

Rows go by the numbers people know (contract, bill, bank serial, payment slip), so that what is
found can be read and looked up. The money of one receipt is told in two parts: the body's own
share, due to the treasury by its day, and what belongs to the others.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from shuce.engines.apportionment import RunningShares, Schedule
from shuce.engines.breaches import DEFAULTS
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.rules import Kind
from shuce.lifecycle.market.models import Contract, Price, Product
from shuce.lifecycle.market.rules import PriceState
from shuce.lifecycle.revenue.models import Bill, Receipt, ShareLine, Usage
from shuce.lifecycle.revenue.rules import REMIT_WITHIN, BillState, LineState, goes_to_treasury
from shuce.lifecycle.rights.rules import PurposeKind

Rows = list[dict[str, Any]]

# The words of the detectors for what a contract serves, and for where money goes.
_PURPOSES = {PurposeKind.PUBLIC: "公共治理", PurposeKind.INDUSTRY: "产业发展"}
_TREASURY = "国库"
_SUBJECT = "应缴财政款"
_NATURE = "使用收入"
_WHOLE_BP = 10_000


def books_of(organization: Organization, as_of: date) -> dict[str, Any]:
    """Return the books of a body up to `as_of`, in the tables of `revenue-scenarios/1`."""
    contracts = list(contracts_over(organization))
    bills = list(
        Bill.objects.filter(contract__in=contracts, issued_on__lte=as_of)
        .select_related("contract__product")
        .order_by("id")
    )
    receipts = list(
        Receipt.objects.filter(bill__in=bills, received_on__lte=as_of)
        .select_related("bill__contract__buyer", "bill__contract__seller", "distribution")
        .order_by("received_on", "id")
    )
    own = _own_lines(organization, receipts)
    return {
        "unit": {"id": organization.id, "type": Kind(organization.kind).chinese},
        "accounts": list(_accounts(receipts)),
        "prices": list(_prices({contract.product_id for contract in contracts})),
        "contracts": [_contract(contract) for contract in contracts],
        "usage": [*_billed_usage(bills), *_unbilled_usage(contracts, as_of)],
        "invoices": [_invoice(bill) for bill in bills],
        "receipts": list(_receipts(organization, receipts, own)),
        "remittances": list(_remittances(own, as_of)),
    }


def contracts_over(organization: Organization) -> QuerySet[Contract]:
    """The contracts whose revenue a body shares: over its assets, or sold by itself."""
    shares = Q(product__inputs__card__holder=organization) | Q(seller=organization)
    found = Contract.objects.filter(shares).values("id")
    return Contract.objects.filter(id__in=found).select_related("product").order_by("id")


def _own_lines(organization: Organization, receipts: list[Receipt]) -> dict[str, ShareLine]:
    """The body's share line of each receipt that was shared out, by the receipt's id."""
    lines = ShareLine.objects.filter(
        party=organization, distribution__receipt__in=receipts
    ).select_related("distribution__receipt")
    return {line.distribution.receipt_id: line for line in lines}


def _accounts(receipts: list[Receipt]) -> Iterator[dict[str, Any]]:
    yield {"id": _TREASURY, "kind": _TREASURY, "registered": True, "authorised": True}
    owners = {one.account: one.bill.contract.seller.name for one in receipts}
    telling = (*DEFAULTS.personal_words, *DEFAULTS.treasury_kinds)
    for account, owner in owners.items():
        if account != _TREASURY:
            # The register keeps no list of bank accounts: an account's name tells what it is,
            # and money booked to a person's account is noticed by it.
            yield {
                "id": account,
                "kind": account if any(word in account for word in telling) else "",
                "owner": owner,
                "registered": True,
                "authorised": True,
            }


def _prices(product_ids: set[str]) -> Iterator[dict[str, Any]]:
    """The price schedule: each price from its day until the day before the next."""
    for product in Product.objects.filter(id__in=product_ids):
        prices = list(
            Price.objects.filter(
                product=product, state__in=[PriceState.IN_FORCE, PriceState.REPLACED]
            )
            .exclude(in_force_on=None)
            .order_by("in_force_on", "id")
        )
        for price, following in zip(prices, [*prices[1:], None], strict=True):
            starts_on = price.in_force_on
            assert starts_on is not None
            ends_on = None
            if following is not None and following.in_force_on is not None:
                ends_on = max(starts_on, following.in_force_on - timedelta(days=1))
            yield {
                "item": product.number,
                "list_fen": price.unit_price.fen,
                "max_fen": None if price.cap is None else price.cap.fen,
                "free_purposes": [_PURPOSES[PurposeKind.PUBLIC]],
                "from": starts_on.isoformat(),
                "to": ends_on and ends_on.isoformat(),
            }


def _contract(contract: Contract) -> dict[str, Any]:
    return {
        "id": contract.number,
        "item": contract.product.number,
        "purpose": _purpose(contract),
        "unit_price_fen": contract.unit_price.fen,
        "buyer": contract.buyer_id,
        "obligations": [],
    }


def _billed_usage(bills: list[Bill]) -> Rows:
    """Use that was billed, one row a bill: what the bill counts is what it is for."""
    return [
        {
            "id": _usage_of(bill),
            "contract": bill.contract.number,
            "item": bill.contract.product.number,
            "qty": bill.quantity,
            "period_end": bill.issued_on.isoformat(),
            "purpose": _purpose(bill.contract),
        }
        for bill in bills
    ]


def _unbilled_usage(contracts: list[Contract], as_of: date) -> Rows:
    by_id = {contract.id: contract for contract in contracts}
    unbilled = Usage.objects.filter(contract__in=contracts, used_on__lte=as_of).filter(
        Q(bill=None) | Q(bill__issued_on__gt=as_of)
    )
    return [
        {
            "id": f"{by_id[use.contract_id].number}/{use.serial}",
            "contract": by_id[use.contract_id].number,
            "item": by_id[use.contract_id].product.number,
            "qty": use.quantity,
            "period_end": use.used_on.isoformat(),
            "purpose": _purpose(by_id[use.contract_id]),
        }
        for use in unbilled.order_by("id")
    ]


def _invoice(bill: Bill) -> dict[str, Any]:
    return {
        "id": bill.number,
        "contract": bill.contract.number,
        "usage": _usage_of(bill),
        "item": bill.contract.product.number,
        "purpose": _purpose(bill.contract),
        "qty": bill.quantity,
        "unit_price_fen": bill.contract.unit_price.fen,
        "amount_fen": bill.amount.fen,
        "date": bill.issued_on.isoformat(),
        "due": bill.due_on.isoformat(),
        "voided": bill.state == BillState.VOIDED,
    }


def _receipts(
    organization: Organization, receipts: list[Receipt], own: dict[str, ShareLine]
) -> Iterator[dict[str, Any]]:
    expected = _expected_shares(organization, receipts, own)
    for receipt in receipts:
        line = own.get(receipt.id)
        if line is not None:
            share, due, remit_by = line.amount.fen, line.state != LineState.KEPT, line.remit_by
        else:
            # Not shared out yet, but the days of the treasury's part run from its receipt.
            share = expected.get(receipt.id, 0)
            due = goes_to_treasury(Kind(organization.kind))
            remit_by = receipt.received_on + REMIT_WITHIN
        common = {
            "date": receipt.received_on.isoformat(),
            "account": receipt.account,
            "invoice": receipt.bill.number,
            "contract": receipt.bill.contract.number,
            "nature": _NATURE,
            "payer": receipt.bill.contract.buyer.name,
        }
        yield common | {
            "id": receipt.serial,
            "amount_fen": share,
            "fiscal_bp": _WHOLE_BP if due else 0,
            "remit_by": remit_by.isoformat() if due and remit_by else None,
            "booked": _SUBJECT if due else None,
        }
        if rest := receipt.amount.fen - share:
            yield common | {"id": f"{receipt.serial}#", "amount_fen": rest, "fiscal_bp": 0}


def _expected_shares(
    organization: Organization, receipts: list[Receipt], own: dict[str, ShareLine]
) -> dict[str, int]:
    """What of each receipt not shared out yet will be the body's, by the receipt's id."""
    found: dict[str, int] = {}
    by_contract: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        by_contract.setdefault(receipt.bill.contract_id, []).append(receipt)
    for ours in by_contract.values():
        shares = ours[0].bill.contract.shares
        parties = [share["organization_id"] for share in shares]
        if organization.id not in parties:
            continue
        place = parties.index(organization.id)
        # Those shared out come first: the running quota went on from them.
        in_order = [r for r in ours if hasattr(r, "distribution")]
        in_order.sort(key=lambda receipt: receipt.distribution.id)
        waiting = [r for r in ours if not hasattr(r, "distribution")]
        _, lines = RunningShares.opened(
            Schedule.constant([share["weight"] for share in shares])
        ).after_all([receipt.amount.fen for receipt in (*in_order, *waiting)])
        for receipt, amounts in zip(waiting, lines[len(in_order) :], strict=True):
            found[receipt.id] = int(amounts[place])
    return found


def _remittances(own: dict[str, ShareLine], as_of: date) -> Iterator[dict[str, Any]]:
    for line in own.values():
        if line.remitted_on is not None and line.remitted_on <= as_of:
            serial = line.distribution.receipt.serial
            yield {
                "id": line.slip_number,
                "date": line.remitted_on.isoformat(),
                "to": _TREASURY,
                "items": [{"receipt": serial, "amount_fen": line.amount.fen}],
            }


def _usage_of(bill: Bill) -> str:
    return f"{bill.number}/*"


def _purpose(contract: Contract) -> str:
    return _PURPOSES[PurposeKind(contract.purpose_kind)]
