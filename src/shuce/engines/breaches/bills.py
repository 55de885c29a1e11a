"""Bills with what was received and given back on each, as of a day."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from shuce.engines.breaches.ledger import Ledger
from shuce.engines.breaches.prices import Schedule
from shuce.engines.breaches.rows import (
    Contract,
    Invoice,
    Obligation,
    Price,
    Receipt,
    Usage,
    Waiver,
)
from shuce.engines.breaches.settings import Settings


class Bill:
    """One invoice, its price in force, and the payments that belong to it."""

    __slots__ = (
        "contract", "for_disposal", "invoice", "is_free", "price", "receipts", "received_fen",
        "refunded_fen",
    )  # fmt: skip

    def __init__(
        self, invoice: Invoice, contract: Contract | None, price: Price | None, is_free: bool
    ) -> None:
        self.invoice = invoice
        self.contract = contract
        self.price = price
        self.is_free = is_free
        """Whether its purpose is one that nobody may be charged for."""
        self.receipts: list[Receipt] = []
        self.received_fen = invoice.offset_fen
        """Received or settled in kind. What was given back later was received all the same."""
        self.refunded_fen = 0
        self.for_disposal = False
        """Whether it sells an asset, to which no price schedule applies."""

    @property
    def amount_fen(self) -> int:
        return 0 if self.invoice.voided else self.invoice.amount_fen

    @property
    def spare_fen(self) -> int:
        """What was paid beyond the bill and not given back; negative while it is unpaid."""
        return self.received_fen - self.refunded_fen - self.amount_fen

    @property
    def over_cap_fen(self) -> int:
        """How far the bill lies above the cap in force; 0 without one."""
        cap = self.price.max_fen if self.price else None
        if cap is None:
            return 0
        invoice = self.invoice
        billed = max(invoice.amount_fen, int((invoice.unit_price_fen or 0) * invoice.qty))
        return max(0, billed - int(cap * invoice.qty))


class Bills:
    """All live bills, and who owes what under them."""

    def __init__(
        self,
        ledger: Ledger,
        receipts: Mapping[str, Receipt],
        same_as: Mapping[str, str],
        schedule: Schedule,
        settings: Settings,
        as_of: date,
    ) -> None:
        self.ledger = ledger
        self.settings = settings
        self.as_of = as_of
        self.schedule = schedule
        self._judged: dict[tuple[str | None, date, str], tuple[Price | None, bool]] = {}
        """By item, day and purpose: the price in force, and whether it is free."""
        self.live: dict[str, Bill] = {}
        self.voided: dict[str, Bill] = {}
        self.of_contract: dict[str, list[Bill]] = {}
        self.of_obligation: dict[tuple[str, str], list[Bill]] = {}
        self.unbilled: dict[str, list[Receipt]] = {}
        """By contract: receipts that no bill asked for."""
        for invoice in ledger.invoices.values():
            if invoice.date <= as_of:
                self._add(invoice)
        self._place_receipts(receipts)
        self._place_refunds(same_as)
        self._spill()
        self._waivers, self._invalid_waivers = _by_target(ledger.waivers, settings, as_of)
        self._chased = {
            action.invoice or action.obligation or action.contract
            for action in ledger.collection_actions
            if action.date is None or action.date <= as_of
        }

    # What detectors ask

    def is_free(self, purpose: str, price: Price | None) -> bool:
        """Say whether nobody may be charged for `purpose`."""
        if purpose in self.settings.free_purposes:
            return True
        return price is not None and purpose in price.free_purposes

    def is_overdue(self, due: date) -> bool:
        """Say whether the grace after `due` is over."""
        return self.as_of > due + timedelta(days=self.settings.grace_days)

    def due_day(self, bill: Bill) -> date:
        """Return the day a bill had to be paid by: its own, its obligation's, or its date."""
        if bill.invoice.due is not None:
            return bill.invoice.due
        for obligation in bill.contract.obligations if bill.contract else ():
            if obligation.id == bill.invoice.obligation:
                return obligation.due
        return bill.invoice.date

    def is_chased(self, bill: Bill) -> bool:
        """Say whether dunning or a court action runs for the bill."""
        invoice = bill.invoice
        return any(t in self._chased for t in (invoice.id, invoice.obligation, invoice.contract))

    def waived_fen(self, target: str | None, whole_fen: int) -> int:
        """Return what the finance department validly waived of something worth `whole_fen`."""
        return sum(
            whole_fen if waiver.amount_fen is None else waiver.amount_fen
            for waiver in self._waivers.get(target or "", ())
        )

    def invalid_waivers(self, *targets: str | None) -> list[str]:
        """Return the ids of waivers of those targets that carry no weight, to be shown."""
        return [w.id for target in targets for w in self._invalid_waivers.get(target or "", ())]

    def billed_on(self, contract: Contract, obligation: Obligation) -> list[Bill]:
        return self.of_obligation.get((contract.id, obligation.id), [])

    def billed_fen(self, contract: Contract, obligation: Obligation) -> int:
        total = 0
        for bill in self.of_obligation.get((contract.id, obligation.id), ()):
            total += bill.invoice.amount_fen
        return total

    def waived_on(self, contract: Contract, obligation: Obligation) -> int:
        """Return what is validly waived of one obligation, by its id or its whole contract's."""
        waived = self.waived_fen(obligation.id, obligation.amount_fen)
        if contract.id in self._waivers and (
            len(contract.obligations) == 1
            or all(w.amount_fen is None for w in self._waivers[contract.id])
        ):
            waived += self.waived_fen(contract.id, obligation.amount_fen)
        return waived

    def waived_of_bill(self, bill: Bill) -> int:
        """Return what is waived of a bill, beyond what was left unbilled for a waiver already."""
        invoice, contract = bill.invoice, bill.contract
        if not self._waivers:
            return 0
        waived = self.waived_fen(invoice.id, invoice.amount_fen)
        for obligation in contract.obligations if contract else ():
            if contract and obligation.id == invoice.obligation:
                billed = self.billed_fen(contract, obligation)
                unbilled = max(0, obligation.amount_fen - billed)
                waived += max(0, self.waived_on(contract, obligation) - unbilled)
        return waived

    def billed_uses(self, contract: Contract, uses: list[Usage]) -> dict[str, int]:
        """Return, by use, what was billed for it: named by the bill, of equal quantity, or FIFO."""
        bills = [b for b in self.of_contract.get(contract.id, ()) if not b.invoice.obligation]
        found = dict.fromkeys((use.id for use in uses), 0)
        left: list[Bill] = []
        for bill in bills:
            if bill.invoice.usage in found:
                found[bill.invoice.usage] += bill.amount_fen
            else:
                left.append(bill)
        loose = 0
        by_qty: dict[Fraction, list[str]] = {}
        for use in reversed(uses):
            if not found[use.id]:
                by_qty.setdefault(use.qty, []).append(use.id)
        for bill in left:
            same = by_qty.get(bill.invoice.qty)
            if same:
                found[same.pop()] = bill.amount_fen
            else:
                loose += bill.amount_fen
        for use_row in uses:
            owed = int(use_row.qty * contract.unit_price_fen)
            share = min(loose, max(0, owed - found[use_row.id]))
            found[use_row.id] += share
            loose -= share
        return found

    # How bills are put together

    def _add(self, invoice: Invoice) -> None:
        contract = self.ledger.contracts.get(invoice.contract or "")
        purpose = invoice.purpose or (contract.purpose if contract else "")
        charged = (invoice.item, invoice.date, purpose)
        judged = self._judged.get(charged)
        if judged is None:
            price = self.schedule.price_of(invoice.item, invoice.date)
            judged = self._judged[charged] = price, self.is_free(purpose, price)
        bill = Bill(invoice, contract, *judged)
        if invoice.voided:
            self.voided[invoice.id] = bill
            return
        self.live[invoice.id] = bill
        if invoice.contract:
            self.of_contract.setdefault(invoice.contract, []).append(bill)
            if invoice.obligation:
                key = (invoice.contract, invoice.obligation)
                self.of_obligation.setdefault(key, []).append(bill)

    def _place_receipts(self, receipts: Mapping[str, Receipt]) -> None:
        deposits = self.settings.deposit_natures
        self._bill_of: dict[str, Bill] = {}
        self._paid_up: dict[tuple[str, str], int] = {}
        for receipt in receipts.values():
            if receipt.date > self.as_of:
                continue
            if receipt.nature in deposits and (
                receipt.forfeited_on is None or receipt.forfeited_on > self.as_of
            ):
                continue
            bill = self._bill_for(receipt)
            if bill is not None:
                bill.receipts.append(receipt)
                bill.received_fen += receipt.amount_fen
                if receipt.nature in self.settings.disposal_natures:
                    bill.for_disposal = True
                self._bill_of[receipt.id] = bill
            elif receipt.contract:
                self.unbilled.setdefault(receipt.contract, []).append(receipt)

    def _bill_for(self, receipt: Receipt) -> Bill | None:
        """Find the bill a receipt pays; money paid on a voided bill goes to the one reissued."""
        named = receipt.invoice
        if named in self.live:
            return self.live[named]
        if named in self.voided:
            void = self.voided[named]
            contract, obligation = void.invoice.contract or "", void.invoice.obligation
            if obligation:
                key = (contract, obligation)
                return self._first_unpaid(key, self.of_obligation.get(key, [])) or void
            reissued = self.of_contract.get(contract, [])
            return self._first_unpaid((contract, ""), reissued) or void
        if named is None and receipt.contract:
            bills = self.of_contract.get(receipt.contract, [])
            return self._first_unpaid((receipt.contract, ""), bills)
        return None

    def _place_refunds(self, same_as: Mapping[str, str]) -> None:
        for refund in self.ledger.refunds:
            bill = self._bill_of.get(same_as.get(refund.receipt, refund.receipt))
            if bill is not None and refund.date <= self.as_of:
                bill.refunded_fen += refund.amount_fen

    def _first_unpaid(self, key: tuple[str, str], bills: list[Bill]) -> Bill | None:
        """Return the first bill that still awaits money, else the last, else none."""
        at = self._paid_up.get(key, 0)
        while at < len(bills) - 1 and bills[at].received_fen >= bills[at].amount_fen:
            at += 1
        self._paid_up[key] = at
        return bills[at] if bills else None

    def _spill(self) -> None:
        """Count what was paid too much on one bill for the unpaid bills of the same contract."""
        for bills in self.of_contract.values():
            payers = [bill for bill in bills if bill.spare_fen > 0] if len(bills) > 1 else []
            if not payers:
                continue
            owing = [bill for bill in bills if bill.received_fen < bill.amount_fen]
            for payer in payers:
                while owing and payer.spare_fen > 0:
                    moved = min(payer.spare_fen, owing[0].amount_fen - owing[0].received_fen)
                    owing[0].received_fen += moved
                    payer.received_fen -= moved
                    if owing[0].received_fen == owing[0].amount_fen:
                        del owing[0]


def _by_target(
    waivers: Iterable[Waiver], settings: Settings, as_of: date
) -> tuple[dict[str, list[Waiver]], dict[str, list[Waiver]]]:
    """Sort valid and invalid waivers by what they waive: obligation, bill, else contract."""
    valid: dict[str, list[Waiver]] = {}
    invalid: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        target = waiver.obligation or waiver.invoice or waiver.contract
        if target and (waiver.date is None or waiver.date <= as_of):
            stands = settings.waiver_authority in waiver.authority and bool(waiver.doc)
            (valid if stands else invalid).setdefault(target, []).append(waiver)
    return valid, invalid
