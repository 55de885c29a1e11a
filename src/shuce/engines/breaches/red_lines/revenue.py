"""R03 to R07: revenue that looks made up, to be stopped for review."""

from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta

from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.red_lines.rows import Dealings, Income, Outlay
from shuce.engines.breaches.settings import Settings
from shuce.kernel.clauses import Clause
from shuce.kernel.periods import add_months
from shuce.kernel.words import say

WHOLE_BP = 10_000


def find_round_trips(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R03: fiscal money went to a payer that paid it back as revenue within the days.

    Each fen of fiscal money explains one fen of revenue, oldest first.
    """
    events: list[tuple[date, int, Outlay | Income]] = [
        *((outlay.day, 0, outlay) for outlay in dealings.outlays.values()),
        *((income.day, 1, income) for income in dealings.income.values() if income.payer),
    ]
    span = timedelta(days=settings.round_trip_days)
    left: dict[str, int] = {outlay.id: outlay.amount_fen for outlay in dealings.outlays.values()}
    queues: dict[str, deque[Outlay]] = {}
    for day, _, event in sorted(events, key=lambda event: event[:2]):
        if day > as_of:
            break
        if isinstance(event, Outlay):
            queues.setdefault(event.payee, deque()).append(event)
            continue
        queue = queues.get(event.payer or "", deque())
        back, sources = 0, []
        while queue and back < event.amount_fen:
            outlay = queue[0]
            part = 0 if day - outlay.day > span else min(left[outlay.id], event.amount_fen - back)
            if part:
                back += part
                left[outlay.id] -= part
                sources.append(outlay.id)
            if part == 0 or left[outlay.id] == 0:
                queue.popleft()
        if back > settings.tolerance_fen:
            why = say(
                "{payer} 在取得财政资金后 {days} 日内付来 {amount} 作为收入（收款 {income}），"
                "疑为资金循环。",
                payer=event.payer, days=settings.round_trip_days, amount=yuan(back),
                income=event.id,
            )  # fmt: skip
            refs = refs_of(event.id, *sources, event.payer, event.contract)
            yield Finding(Code.ROUND_TRIP, back, refs, why, Clause.N_4)


def find_lump_sums(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R04: the whole fee of a term of ten years or more was booked in one calendar year."""
    by_year: dict[str, dict[int, int]] = {}
    for income in dealings.income.values():
        if income.contract and income.day <= as_of:
            years = by_year.setdefault(income.contract, {})
            years[income.day.year] = years.get(income.day.year, 0) + income.amount_fen
    for named, years in by_year.items():
        deal = dealings.deals.get(named)
        if deal is None or deal.ends_on is None or deal.fee_fen <= 0:
            continue
        # A term through 31 December is as long as one up to 1 January.
        ends_after = deal.ends_on + timedelta(days=1)
        if ends_after < add_months(deal.starts_on, 12 * settings.lump_sum_years):
            continue
        year, most = max(years.items(), key=lambda entry: entry[1])
        if most + settings.tolerance_fen >= deal.fee_fen:
            why = say(
                "合同 {deal} 期限自 {start} 至 {end}，全部收入 {amount} 却在 {year} 年一次入账。",
                deal=named, start=deal.starts_on, end=deal.ends_on, amount=yuan(most), year=year,
            )  # fmt: skip
            yield Finding(Code.LUMP_SUM, most, refs_of(named, deal.asset), why, Clause.N_4)


def find_unused(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R05: a fee was paid, and for the days after it nobody used anything under the contract."""
    used: dict[str, date] = {}
    for use in dealings.usage.values():
        if use.contract and use.period_end <= as_of:
            used[use.contract] = max(used.get(use.contract, use.period_end), use.period_end)
    paid: dict[str, list[Income]] = {}
    for income in dealings.income.values():
        if income.contract and income.day <= as_of:
            paid.setdefault(income.contract, []).append(income)
    for named, receipts in paid.items():
        first = min(receipt.day for receipt in receipts)
        deal = dealings.deals.get(named)
        # Nobody can use what has not begun.
        since = max(first, deal.starts_on) if deal else first
        if as_of <= since + timedelta(days=settings.silent_days):
            continue
        if named in used and used[named] >= first:
            continue
        amount = sum(receipt.amount_fen for receipt in receipts)
        why = say(
            "合同 {deal} 自 {day} 收费 {amount}，至 {as_of} 没有任何使用记录。",
            deal=named, day=first, amount=yuan(amount), as_of=as_of,
        )  # fmt: skip
        refs = refs_of(named, *(receipt.id for receipt in receipts))
        yield Finding(Code.NO_USAGE, amount, refs, why, Clause.N_4)


def find_above_appraisal(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R06: the fee is above the appraisal times the allowed ratio; the amount is the excess."""
    for deal in dealings.deals.values():
        if deal.starts_on > as_of or not deal.appraisal_fen:
            continue
        limit = deal.appraisal_fen * settings.fee_over_appraisal_bp
        if deal.fee_fen * WHOLE_BP > limit:
            excess = deal.fee_fen - limit // WHOLE_BP
            why = say(
                "合同 {deal} 收费 {fee}，高于评估值 {appraisal} 的 {ratio}%，超出 {amount}。",
                deal=deal.id, fee=yuan(deal.fee_fen), appraisal=yuan(deal.appraisal_fen),
                ratio=settings.fee_over_appraisal_bp // 100, amount=yuan(excess),
            )  # fmt: skip
            refs = refs_of(deal.id, deal.asset)
            yield Finding(Code.ABOVE_APPRAISAL, excess, refs, why, Clause.N_4)


def find_december(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R07: more than the allowed share of a whole year's revenue came in December."""
    by_year: dict[int, list[Income]] = {}
    for income in dealings.income.values():
        if income.day <= as_of:
            by_year.setdefault(income.day.year, []).append(income)
    for year, receipts in sorted(by_year.items()):
        december = [receipt for receipt in receipts if receipt.day.month == 12]
        late = sum(receipt.amount_fen for receipt in december)
        whole = sum(receipt.amount_fen for receipt in receipts)
        if late * WHOLE_BP > whole * settings.december_bp and late > settings.tolerance_fen:
            why = say(
                "{year} 年收入 {whole}，其中十二月 {amount}，占比超过 {share}%。",
                year=year, whole=yuan(whole), amount=yuan(late),
                share=settings.december_bp // 100,
            )  # fmt: skip
            refs = refs_of(*(receipt.id for receipt in december))
            yield Finding(Code.DECEMBER, late, refs, why, Clause.N_4)
