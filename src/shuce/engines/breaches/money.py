"""The trail of revenue: every receipt followed, first in first out, to where it ended.

A receipt is cut into *quanta*: pieces of money that share one fate. Detectors claim quanta in
order of precedence, so a quantum gets one code and no fen is counted twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from shuce.engines.breaches.events import Event, in_order
from shuce.engines.breaches.ledger import Ledger
from shuce.engines.breaches.payments import PaymentKind
from shuce.engines.breaches.quanta import Fate, Pool, Quantum
from shuce.engines.breaches.refunds import refunded_by_the_unit
from shuce.engines.breaches.rows import (
    Deduction,
    Expenditure,
    Receipt,
    Remittance,
    Transfer,
)
from shuce.engines.breaches.settings import Settings
from shuce.engines.breaches.standing import Accounts, Standing
from shuce.engines.breaches.straight import due_of, straight_receipts

_NOT_LAWFUL = (
    Standing.UNREGISTERED, Standing.PERSONAL, Standing.AGENT, Standing.UNAUTHORISED,
)  # fmt: skip


class Money:
    """The trail of all revenue of a unit, up to and including `as_of`."""

    def __init__(
        self,
        ledger: Ledger,
        receipts: Mapping[str, Receipt],
        same_as: Mapping[str, str],
        kinds: Mapping[str, PaymentKind],
        accounts: Accounts,
        settings: Settings,
        as_of: date,
    ) -> None:
        self.receipts: dict[str, Receipt] = {}
        """Revenue that came in, by id: without deposits, and without repeated imports."""
        self.due_fen: dict[str, int] = {}
        """What the unit owes the treasury of each receipt in `receipts`."""
        self.quanta: list[Quantum] = []
        self.spent: dict[str, list[Quantum]] = {}
        self.untraced: dict[str, int] = {}
        """By expenditure: the part that no receipt of its account explains."""
        self.netted: dict[str, tuple[list[Quantum], int]] = {}
        """By remittance: what was left out for costs, and the part no receipt explains."""
        self.kept_back: dict[str, tuple[list[Quantum], int]] = {}
        """By remittance: what it says was withheld, and the part no receipt explains."""
        self.remitted: dict[str, list[tuple[str, date, int]]] = {}
        """By receipt: remittance (or transfer) id, day, fen."""

        self._accounts = accounts
        self._ledger = ledger
        self._kinds = kinds
        self._same_as = same_as
        self._pools: dict[str | None, Pool] = {}
        self._of_receipt: dict[str, list[Quantum]] = {}
        self._returned = refunded_by_the_unit(
            [r._replace(receipt=same_as.get(r.receipt, r.receipt))
             for r in ledger.refunds if r.date <= as_of],
            receipts, _remitted_by_day(ledger, same_as, accounts, as_of), accounts, settings,
        )  # fmt: skip
        self.straight = straight_receipts(
            ledger, receipts, same_as, kinds, accounts, self._returned, settings, as_of
        )
        """By receipt: the fen due, of receipts that went whole to the treasury untouched."""
        for named, (due, slip) in self.straight.items():
            self.receipts[named] = receipts[named]
            self.due_fen[named] = due
            self.remitted[named] = [slip]
        self._follow(in_order(ledger, receipts, kinds, as_of, done=self.straight), settings)
        self.strayed = [quantum for quantum in self.quanta if quantum.stays]
        """Quanta that ever lay in an account where they must not."""
        self._held = [q for q in self.quanta if q.fate is Fate.HELD and q.due]

    def _follow(self, events: Iterable[tuple[date, Event]], settings: Settings) -> None:
        """Let everything happen that moved revenue, in order."""
        for day, event in events:
            if isinstance(event, Receipt):
                self._receive(event, day, settings)
            elif isinstance(event, Remittance):
                self._remit(event)
            elif isinstance(event, Expenditure):
                self._pay(event)
            elif isinstance(event, Transfer):
                self._transfer(event)
            else:
                self._put_back(event.payment, event.fen)

    # What detectors ask

    def claim(self, quanta: Iterable[Quantum], *, due_only: bool = False) -> list[Quantum]:
        """Take those quanta that nobody claimed yet; they will not be counted again."""
        taken = []
        for quantum in quanta:
            if not quantum.claimed and (quantum.due or not due_only):
                quantum.claimed = True  # at once: money may have lain in one account twice
                taken.append(quantum)
        return taken

    def stayed(self, standing: Standing) -> dict[str, list[Quantum]]:
        """Return, by account of that standing, the quanta that ever lay there."""
        found: dict[str, list[Quantum]] = {}
        for quantum in self.strayed:
            for account, _ in quantum.stays:
                if self._accounts.standing(account) is standing:
                    found.setdefault(account, []).append(quantum)
        return found

    def still_held(self) -> dict[str, list[Quantum]]:
        """Return, by receipt, what is due and lies unremitted and unclaimed."""
        found: dict[str, list[Quantum]] = {}
        for quantum in self._held:
            if not quantum.claimed:
                found.setdefault(quantum.receipt.id, []).append(quantum)
        return found

    # What happened, one event each

    def _receive(self, receipt: Receipt, day: date, settings: Settings) -> None:
        standing = self._accounts.standing(receipt.account)
        if receipt.nature in settings.deposit_natures and receipt.forfeited_on != day:
            if standing in (Standing.UNREGISTERED, Standing.PERSONAL):
                self._add(receipt, receipt.amount_fen, False, ((receipt.account or "", ""),))
            return
        self.receipts[receipt.id] = receipt
        net = receipt.amount_fen - self._returned.get(receipt.id, 0)
        due = due_of(net, receipt.fiscal_bp)
        if standing is Standing.TREASURY:
            self.due_fen[receipt.id] = 0
            return
        self.due_fen[receipt.id] = due
        stays = ((receipt.account or "", ""),) if standing in _NOT_LAWFUL else ()
        pool = self._pool(receipt.account)
        if due > 0:
            pool.due.append(self._add(receipt, due, True, stays))
        if net > due:
            pool.own.append(self._add(receipt, net - due, False, stays))

    def _add(
        self, receipt: Receipt, fen: int, due: bool, stays: tuple[tuple[str, str], ...]
    ) -> Quantum:
        quantum = Quantum(receipt, fen, due, receipt.account)
        if stays:
            quantum.stays = stays
        self.quanta.append(quantum)
        if due:
            self._of_receipt[receipt.id] = [quantum]
        return quantum

    def _remit(self, remittance: Remittance) -> None:
        if self._accounts.standing(remittance.to) is not Standing.TREASURY:
            for named, fen in remittance.items:
                for quantum in self._from_receipt(self._same_as.get(named, named), fen):
                    self._move(quantum, remittance.to, remittance.id)
            return
        by, done = remittance.id, Fate.REMITTED
        for named, fen in remittance.items:
            receipt = self._same_as.get(named, named) if self._same_as else named
            if fen <= 0 or receipt in self.straight or receipt not in self.receipts:
                continue
            slips = self.remitted.get(receipt)
            if slips is None:
                self.remitted[receipt] = [(by, remittance.date, fen)]
            else:
                slips.append((by, remittance.date, fen))
            for quantum in self._from_receipt(receipt, fen):
                quantum.fate = done
                quantum.by = by
        if not (remittance.net_of_cost or remittance.withheld):
            return
        for deductions, fate, kept in (
            (remittance.net_of_cost, Fate.NETTED, self.netted),
            (remittance.withheld, Fate.WITHHELD, self.kept_back),
        ):
            if deductions:
                kept[remittance.id] = self._deduct(remittance, deductions, fate)

    def _deduct(
        self, remittance: Remittance, deductions: tuple[Deduction, ...], fate: Fate
    ) -> tuple[list[Quantum], int]:
        """Mark what a remittance left out. Cost already traced to a payment is not counted."""
        found: list[Quantum] = []
        untraced = 0
        for deduction in deductions:
            fen, receipts = self._read(deduction, remittance)
            for receipt in receipts:
                for quantum in self._from_receipt(receipt, fen):
                    quantum.fate = fate
                    quantum.by = remittance.id
                    found.append(quantum)
                    fen -= quantum.fen
            explained = sum(
                q.fen
                for receipt in receipts
                for q in self._of_receipt.get(receipt, ())
                if q.fate is Fate.SPENT
            )
            untraced += max(0, fen - explained)
        return found, untraced

    def _read(self, deduction: Deduction, remittance: Remittance) -> tuple[int, list[str]]:
        """Return the fen left out, and the receipts they may come from."""
        fen, named = deduction.amount_fen, deduction.receipt
        cost = self._ledger.expenditures.get(deduction.expenditure or "")
        if cost is None and deduction.expenditure in self.receipts:
            named = named or deduction.expenditure
        if fen is None and cost is not None:
            fen = cost.amount_fen
        if named is not None:
            receipts = [self._same_as.get(named, named)]
        else:
            receipts = [self._same_as.get(r, r) for r, _ in remittance.items]
        if fen is None:
            held = (q for r in receipts for q in self._of_receipt.get(r, ()) if q.is_in(q.account))
            fen = sum(q.fen for q in held)
        return fen, list(dict.fromkeys(receipts))

    def _pay(self, payment: Expenditure) -> None:
        kind = self._kinds[payment.id]
        if kind is PaymentKind.MOVED_OUT and payment.payee in self._ledger.accounts:
            source, target = payment.account or "", payment.payee
            move = Transfer(payment.id, payment.amount_fen, payment.date, source, target, None)
            self._transfer(move)
            return
        taken = list(
            self._take(payment.account, payment.amount_fen, own_only=kind is PaymentKind.SHARED_OUT)
        )
        for quantum in taken:
            quantum.fate = Fate.SPENT
            quantum.by = payment.id
        self.spent[payment.id] = taken
        self.untraced[payment.id] = payment.amount_fen - sum(q.fen for q in taken)

    def _put_back(self, payment: Expenditure, fen: int) -> None:
        """Return what was lent or spent; it can be remitted, or misused, once more."""
        for quantum in self.spent.get(payment.id, ()):
            back = min(fen, quantum.fen - quantum.put_back)
            if back <= 0:
                continue
            fen -= back
            quantum.put_back += back
            again = Quantum(quantum.receipt, back, quantum.due, quantum.account)
            if quantum.stays:
                # It lay where it must not: one code covers it already, whatever happens next.
                again.stays, again.claimed = quantum.stays, True
            self.quanta.append(again)
            if again.due:
                self._of_receipt.setdefault(again.receipt.id, []).append(again)
            pool = self._pool(again.account)
            (pool.due if again.due else pool.own).append(again)

    def _transfer(self, transfer: Transfer) -> None:
        for quantum in list(self._take(transfer.source, transfer.amount_fen)):
            self._move(quantum, transfer.target, transfer.id)
            if self._accounts.standing(transfer.target) is Standing.TREASURY:
                quantum.fate = Fate.REMITTED
                quantum.by = transfer.id
                if quantum.due:
                    self.remitted.setdefault(quantum.receipt.id, []).append(
                        (transfer.id, transfer.date, quantum.fen)
                    )

    def _move(self, quantum: Quantum, target: str, by: str) -> None:
        quantum.account = target
        if self._accounts.standing(target) in _NOT_LAWFUL:
            quantum.stays = (*quantum.stays, (target, by))
        pool = self._pool(target)
        (pool.due if quantum.due else pool.own).append(quantum)

    # How money is taken

    def _take(self, account: str | None, fen: int, *, own_only: bool = False) -> Iterator[Quantum]:
        """Yield quanta of an account worth up to `fen`, oldest first, the unit's own part first.

        A payment of no known account is taken from all of them.
        """
        for place in [account] if account is not None else list(self._pools):
            pool = self._pools.get(place)
            if pool is None:
                continue
            while fen > 0 and pool.own_head < len(pool.own):
                quantum = pool.own[pool.own_head]
                if not quantum.is_in(place):
                    pool.own_head += 1
                    continue
                part = self._cut(quantum, fen)
                fen -= part.fen
                yield part
                pool.own_head += part is quantum
            while not own_only and fen > 0 and pool.due_head < len(pool.due):
                quantum = pool.due[pool.due_head]
                if not quantum.is_in(place):
                    pool.due_head += 1
                    continue
                part = self._cut(quantum, fen)
                fen -= part.fen
                yield part
                pool.due_head += part is quantum

    def _from_receipt(self, receipt: str, fen: int) -> list[Quantum]:
        """Return what is still here of one receipt's due part, up to `fen`: free money first."""
        quanta = self._of_receipt.get(receipt)
        if quanta is None:
            return []
        if len(quanta) == 1 and quanta[0].fen <= fen and quanta[0].fate is Fate.HELD:
            return quanta  # the usual case: one payment, remitted whole
        found: list[Quantum] = []
        for fate in (Fate.HELD, Fate.WITHHELD):
            for quantum in quanta[:]:
                if fen > 0 and quantum.fate is fate:
                    part = self._cut(quantum, fen)
                    fen -= part.fen
                    found.append(part)
        return found

    def _cut(self, quantum: Quantum, fen: int) -> Quantum:
        """Return a quantum of at most `fen`, cut off where the quantum is larger."""
        if quantum.fen <= fen:
            return quantum
        quantum.fen -= fen
        part = Quantum(quantum.receipt, fen, quantum.due, quantum.account)
        part.fate, part.by, part.stays = quantum.fate, quantum.by, quantum.stays
        part.claimed = quantum.claimed
        self.quanta.append(part)
        if part.due:
            self._of_receipt[part.receipt.id].append(part)
        return part

    def _pool(self, account: str | None) -> Pool:
        pool = self._pools.get(account)
        if pool is None:
            pool = self._pools[account] = Pool()
        return pool


def _remitted_by_day(
    ledger: Ledger, same_as: Mapping[str, str], accounts: Accounts, as_of: date
) -> dict[str, list[tuple[date, int]]]:
    if not ledger.refunds:
        return {}
    wanted = {same_as.get(refund.receipt, refund.receipt) for refund in ledger.refunds}
    found: dict[str, list[tuple[date, int]]] = {}
    for remittance in ledger.remittances.values():
        if remittance.date <= as_of and accounts.standing(remittance.to) is Standing.TREASURY:
            for named, fen in remittance.items:
                receipt = same_as.get(named, named)
                if receipt in wanted:
                    found.setdefault(receipt, []).append((remittance.date, fen))
    return found
