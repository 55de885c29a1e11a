"""All detectors over one unit's books, in the order in which they claim money."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from shuce.engines.breaches.books import Books, open_books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.collector import rows_need_no_collecting
from shuce.engines.breaches.concealed import find_concealed
from shuce.engines.breaches.divided import find_divided
from shuce.engines.breaches.embezzled import find_embezzled
from shuce.engines.breaches.findings import Finding
from shuce.engines.breaches.ledger import Ledger, read_ledger
from shuce.engines.breaches.misused import find_misused
from shuce.engines.breaches.not_collected import find_not_collected
from shuce.engines.breaches.occupied import find_occupied
from shuce.engines.breaches.over_collected import find_over_collected
from shuce.engines.breaches.settings import DEFAULTS, Settings
from shuce.engines.breaches.spent import find_spent
from shuce.engines.breaches.under_collected import find_under_collected
from shuce.engines.breaches.unremitted import find_not_remitted, find_under_remitted
from shuce.engines.breaches.warnings import (
    find_being_collected,
    find_remitted_late,
    find_wrong_subject,
)
from shuce.engines.breaches.withheld import find_withheld

Detector = Callable[[Books], Iterator[Finding]]

DETECTORS: Final[dict[Code, Detector]] = {
    # On money: a quantum goes to the first that claims it, so this order is the precedence.
    Code.CONCEALED: find_concealed,
    Code.DIVIDED: find_divided,
    Code.EMBEZZLED: find_embezzled,
    Code.MISUSED: find_misused,
    Code.OCCUPIED: find_occupied,
    Code.SPENT: find_spent,
    Code.WITHHELD: find_withheld,
    Code.NOT_REMITTED: find_not_remitted,
    Code.UNDER_REMITTED: find_under_remitted,
    # On bills: independent of the trail of money.
    Code.OVER_COLLECTED: find_over_collected,
    Code.UNDER_COLLECTED: find_under_collected,
    Code.NOT_COLLECTED: find_not_collected,
    # Warnings look at what the others left.
    Code.REMITTED_LATE: find_remitted_late,
    Code.WRONG_SUBJECT: find_wrong_subject,
    Code.BEING_COLLECTED: find_being_collected,
}
"""One detector a code, in order of precedence."""


def find(
    scenario_data: Mapping[str, object], *, as_of: date, settings: Settings = DEFAULTS
) -> tuple[Finding, ...]:
    """Return the breaches and warnings in a unit's books as of a day, by code.

    `scenario_data` has the tables of `revenue-scenarios/1`. Rows that cannot be read are left
    out; `read_ledger` names them. An empty answer means that nothing was found in what was read.
    """
    return find_in(read_ledger(scenario_data), as_of=as_of, settings=settings)


def find_in(ledger: Ledger, *, as_of: date, settings: Settings = DEFAULTS) -> tuple[Finding, ...]:
    """Return the breaches and warnings in books that were read already, by code."""
    with rows_need_no_collecting():
        books = open_books(ledger, as_of, settings)
        found = [finding for detector in DETECTORS.values() for finding in detector(books)]
    return tuple(sorted(found, key=lambda finding: (not finding.code.is_breach, finding.code)))
