"""What should have been billed or paid by now, and was not: the ground of V02, V03 and W03."""

from collections.abc import Iterator
from dataclasses import dataclass

from shuce.engines.breaches.bills import Bills
from shuce.engines.breaches.findings import refs_of
from shuce.engines.breaches.rows import Contract, Usage


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something owed, past due and grace, less what was done about it."""

    what: str
    owed_fen: int
    done_fen: int
    refs: tuple[str, ...]
    is_chased: bool = False

    @property
    def missing_fen(self) -> int:
        return self.owed_fen - self.done_fen


@dataclass(frozen=True, slots=True)
class Receivables:
    """All shortfalls of a unit, worked out once for the detectors that ask."""

    obligations: tuple[Shortfall, ...]
    uses: tuple[Shortfall, ...]
    uses_without_contract: tuple[Shortfall, ...]
    bills: tuple[Shortfall, ...]

    @property
    def unbilled(self) -> tuple[Shortfall, ...]:
        return (*self.obligations, *self.uses)


def receivables_of(bills: Bills) -> Receivables:
    """Work out every shortfall as of the day of `bills`."""
    return Receivables(
        tuple(_unbilled_obligations(bills)),
        tuple(_unbilled_uses(bills)),
        tuple(_uses_without_contract(bills)),
        tuple(_unpaid_bills(bills)),
    )


def _unbilled_obligations(bills: Bills) -> Iterator[Shortfall]:
    """Yield obligations past due and grace that were billed for less than due minus waivers."""
    tolerance = bills.settings.tolerance_fen
    for contract in bills.ledger.contracts.values():
        short = [
            obligation
            for obligation in contract.obligations
            if obligation.amount_fen - bills.billed_fen(contract, obligation) > tolerance
        ]
        loose = _loose_money(bills, contract) if short else 0
        for obligation in short:
            own = bills.billed_on(contract, obligation)
            done = bills.billed_fen(contract, obligation)
            owed = obligation.amount_fen - bills.waived_on(contract, obligation)
            helped = min(loose, max(0, owed - done))
            loose -= helped
            done += helped
            if owed - done <= tolerance or not bills.is_overdue(obligation.due):
                continue
            price = bills.schedule.price_of(contract.item, obligation.due)
            if bills.is_free(contract.purpose, price):
                continue
            invalid = bills.invalid_waivers(obligation.id, contract.id)
            refs = refs_of(obligation.id, contract.id, *(b.invoice.id for b in own), *invalid)
            yield Shortfall(obligation.id, owed, done, refs)


def _loose_money(bills: Bills, contract: Contract) -> int:
    """Bills of the contract that name no obligation, and money that came with no bill."""
    known = {obligation.id for obligation in contract.obligations}
    billed = sum(
        bill.amount_fen
        for bill in bills.of_contract.get(contract.id, ())
        if bill.invoice.obligation not in known
    )
    return billed + sum(r.amount_fen for r in bills.unbilled.get(contract.id, ()))


def _unbilled_uses(bills: Bills) -> Iterator[Shortfall]:
    """Yield metered uses, past their grace, that were billed for less than quantity x price.

    Under a contract that owes fixed sums, use is not paid for on top.
    """
    by_contract: dict[str, list[Usage]] = {}
    for use in bills.ledger.usage.values():
        contract = _contract_of_use(bills, use)
        if contract is None or contract.obligations or use.period_end > bills.as_of:
            continue
        if not _is_free_use(bills, use, contract):
            by_contract.setdefault(contract.id, []).append(use)
    for named, uses in by_contract.items():
        contract = bills.ledger.contracts[named]
        billed = bills.billed_uses(contract, sorted(uses, key=lambda use: use.period_end))
        for use in uses:
            if contract.unit_price_fen > 0:
                owed = int(use.qty * contract.unit_price_fen)
            else:
                owed = _at_list_price(bills, use)
            owed -= bills.waived_fen(named, owed)
            done = billed[use.id]
            is_short = owed - done > bills.settings.tolerance_fen
            if is_short and bills.is_overdue(use.period_end):
                yield Shortfall(use.id, owed, done, refs_of(use.id, named))


def _uses_without_contract(bills: Bills) -> Iterator[Shortfall]:
    """Yield use for a paid purpose under no contract, or under one for a free purpose only."""
    billed = {b.invoice.usage: b.amount_fen for b in bills.live.values() if b.invoice.usage}
    for use in bills.ledger.usage.values():
        if use.period_end > bills.as_of:
            continue
        contract = _contract_of_use(bills, use)
        price = bills.schedule.price_of(use.item, use.period_end)
        if bills.is_free(use.purpose, price):
            continue
        if contract is not None and not (use.purpose and bills.is_free(contract.purpose, price)):
            continue
        owed = _at_list_price(bills, use) - billed.get(use.id, 0)
        if owed > bills.settings.tolerance_fen:
            yield Shortfall(use.id, owed, 0, refs_of(use.id, contract.id if contract else None))


def _contract_of_use(bills: Bills, use: Usage) -> Contract | None:
    """Return the contract a use stands under: the one it names, or the user's for that item."""
    if use.contract:
        return bills.ledger.contracts.get(use.contract)
    if not use.user:
        return None
    # Built once a run would be faster, but use that names no contract is rare.
    return next(
        (
            contract
            for contract in bills.ledger.contracts.values()
            if contract.buyer == use.user and contract.item == use.item
        ),
        None,
    )


def _is_free_use(bills: Bills, use: Usage, contract: Contract) -> bool:
    price = bills.schedule.price_of(use.item or contract.item, use.period_end)
    return bills.is_free(use.purpose, price) or bills.is_free(contract.purpose, price)


def _at_list_price(bills: Bills, use: Usage) -> int:
    price = bills.schedule.price_of(use.item, use.period_end)
    return int(use.qty * price.list_fen) if price and price.list_fen else 0


def _unpaid_bills(bills: Bills) -> Iterator[Shortfall]:
    """Yield bills past due and grace that were paid for less than billed minus waivers.

    What lies above the cap, or had no price at all, need not be paid.
    """
    tolerance = bills.settings.tolerance_fen
    for bill in bills.live.values():
        if bill.amount_fen - bill.received_fen <= tolerance or bill.is_free:
            continue
        if bill.price is None and bill.invoice.item is not None and not bill.for_disposal:
            continue
        over_cap = 0 if bill.for_disposal else bill.over_cap_fen
        owed = bill.amount_fen - over_cap - bills.waived_of_bill(bill)
        if owed - bill.received_fen <= tolerance:
            continue
        if not bills.is_overdue(bills.due_day(bill)):
            continue
        invoice = bill.invoice
        invalid = bills.invalid_waivers(invoice.id, invoice.obligation)
        refs = refs_of(invoice.id, invoice.contract, *(r.id for r in bill.receipts), *invalid)
        chased = bills.is_chased(bill)
        yield Shortfall(invoice.id, owed, bill.received_fen, refs, chased)
