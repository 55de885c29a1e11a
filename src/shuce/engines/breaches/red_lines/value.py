"""R09 to R12: values too far from the books, from each other, or always by the same hand."""

from collections.abc import Iterator
from datetime import date

from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.red_lines.rows import Appraised, Dealings
from shuce.engines.breaches.settings import Settings
from shuce.kernel.clauses import Clause
from shuce.kernel.periods import add_months
from shuce.kernel.words import say

WHOLE_BP = 10_000


def find_premiums(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R09: |appraisal - book| / book above the limit, either way."""
    for appraisal in dealings.appraisals.values():
        book = appraisal.book_fen
        if appraisal.day > as_of or not book or book < 0:
            continue
        apart = abs(appraisal.value_fen - book)
        if apart * WHOLE_BP > book * settings.premium_bp:
            why = say(
                "资产 {asset} 评估值 {value} 与账面 {book} 相差 {amount}，超过账面的 {limit}%。",
                asset=appraisal.asset, value=yuan(appraisal.value_fen), book=yuan(book),
                amount=yuan(apart), limit=settings.premium_bp // 100,
            )  # fmt: skip
            refs = refs_of(appraisal.id, appraisal.asset)
            yield Finding(Code.HIGH_PREMIUM, apart, refs, why, Clause.G_15)


def find_appraisals_apart(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R10: two appraisals of one asset within the months differ by more than the limit.

    The difference is measured against the earlier one; of several, each against the farthest
    of those that went before it within the months.
    """
    for appraisals in _by_asset(dealings, as_of).values():
        for place, later in enumerate(appraisals):
            near = [
                earlier
                for earlier in appraisals[:place]
                if later.day <= add_months(earlier.day, settings.appraisals_apart_months)
                and _differ(earlier, later, settings)
            ]
            if not near:
                continue
            earlier = max(near, key=lambda a: abs(a.value_fen - later.value_fen))
            apart = abs(earlier.value_fen - later.value_fen)
            why = say(
                "资产 {asset} 于 {first} 和 {second} 两次评估为 {one} 与 {other}，相差 {amount}，"
                "超过 {limit}%。",
                asset=later.asset, first=earlier.day, second=later.day,
                one=yuan(earlier.value_fen), other=yuan(later.value_fen), amount=yuan(apart),
                limit=settings.appraisals_differ_bp // 100,
            )  # fmt: skip
            refs = refs_of(later.id, earlier.id, later.asset)
            yield Finding(Code.APPRAISALS_DIFFER, apart, refs, why, Clause.G_15)


def find_same_appraiser(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R11: one appraiser valued an asset more often in a row than allowed; one finding a row."""
    for appraisals in _by_asset(dealings, as_of).values():
        run: list[Appraised] = []
        for appraisal in [*appraisals, None]:
            if appraisal is not None and run and appraisal.appraiser == run[0].appraiser:
                run.append(appraisal)
                continue
            if len(run) > settings.same_appraiser_times and run[0].appraiser:
                why = say(
                    "资产 {asset} 自 {first} 起连续 {times} 次由 {appraiser} 评估。",
                    asset=run[0].asset, first=run[0].day, times=len(run),
                    appraiser=run[0].appraiser,
                )  # fmt: skip
                refs = refs_of(*(a.id for a in run), run[0].asset, run[0].appraiser)
                yield Finding(Code.SAME_APPRAISER, run[-1].value_fen, refs, why, Clause.G_9)
            run = [appraisal] if appraisal is not None else []


def find_impairments(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R12: more than the allowed share of an asset's book value was written down."""
    for impairment in dealings.impairments.values():
        if impairment.day > as_of or impairment.book_fen <= 0:
            continue
        if impairment.impairment_fen * WHOLE_BP > impairment.book_fen * settings.impairment_bp:
            why = say(
                "资产 {asset} 账面 {book}，计提减值 {amount}，超过 {limit}%。",
                asset=impairment.asset, book=yuan(impairment.book_fen),
                amount=yuan(impairment.impairment_fen), limit=settings.impairment_bp // 100,
            )  # fmt: skip
            refs = refs_of(impairment.id, impairment.asset)
            yield Finding(Code.HIGH_IMPAIRMENT, impairment.impairment_fen, refs, why, Clause.G_15)


def _by_asset(dealings: Dealings, as_of: date) -> dict[str, list[Appraised]]:
    found: dict[str, list[Appraised]] = {}
    for appraisal in sorted(dealings.appraisals.values(), key=lambda appraisal: appraisal.day):
        if appraisal.day <= as_of:
            found.setdefault(appraisal.asset, []).append(appraisal)
    return found


def _differ(earlier: Appraised, later: Appraised, settings: Settings) -> bool:
    apart = abs(earlier.value_fen - later.value_fen)
    return apart * WHOLE_BP > abs(earlier.value_fen) * settings.appraisals_differ_bp
