"""The red lines of D4, D5 and F5: what a grant, a value or a disposal may never be.

A separate question from the twelve breaches: `red_lines` answers it, `find` never does.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding
from shuce.engines.breaches.red_lines.acts import find_no_reply, find_public_charged
from shuce.engines.breaches.red_lines.debt import (
    find_guarantees,
    find_hidden_debt,
    find_loan_funded,
)
from shuce.engines.breaches.red_lines.revenue import (
    find_above_appraisal,
    find_december,
    find_lump_sums,
    find_round_trips,
    find_unused,
)
from shuce.engines.breaches.red_lines.rows import Dealings, read_dealings
from shuce.engines.breaches.red_lines.value import (
    find_appraisals_apart,
    find_impairments,
    find_premiums,
    find_same_appraiser,
)
from shuce.engines.breaches.settings import DEFAULTS, Settings

RedLine = Callable[[Dealings, date, Settings], Iterator[Finding]]

RED_LINES: Final[dict[Code, RedLine]] = {
    Code.GUARANTEE: find_guarantees,
    Code.HIDDEN_DEBT: find_hidden_debt,
    Code.ROUND_TRIP: find_round_trips,
    Code.LUMP_SUM: find_lump_sums,
    Code.NO_USAGE: find_unused,
    Code.ABOVE_APPRAISAL: find_above_appraisal,
    Code.DECEMBER: find_december,
    Code.LOAN_FUNDED: find_loan_funded,
    Code.HIGH_PREMIUM: find_premiums,
    Code.APPRAISALS_DIFFER: find_appraisals_apart,
    Code.SAME_APPRAISER: find_same_appraiser,
    Code.HIGH_IMPAIRMENT: find_impairments,
    Code.NO_OFFICIAL_REPLY: find_no_reply,
    Code.PUBLIC_CHARGED: find_public_charged,
}


def red_lines(
    dealings_data: Mapping[str, object], *, as_of: date, settings: Settings = DEFAULTS
) -> tuple[Finding, ...]:
    """Return where a unit's dealings cross a red line as of a day, by code.

    `dealings_data` has the tables `unit parties pledges contracts receipts fiscal_payments usage
    appraisals impairments disposals products`; each may be missing. Rows that cannot be read are
    left out; `read_dealings` names them.
    """
    dealings = read_dealings(dealings_data)
    return tuple(
        finding for line in RED_LINES.values() for finding in line(dealings, as_of, settings)
    )


__all__ = ["RED_LINES", "Dealings", "read_dealings", "red_lines"]
