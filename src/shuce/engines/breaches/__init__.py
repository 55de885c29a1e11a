"""The twelve forbidden ways of handling revenue (N-7), and the red lines of N-4 and G-15.

Pure: a unit's books in, findings out. `find` answers the twelve and the warnings; `red_lines`
is a separate question. Nothing here is law: every threshold is dated configuration.
"""

from shuce.engines.breaches.changes import Change, Watch, find_all, find_changed
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.finding import DETECTORS, find, find_in
from shuce.engines.breaches.findings import Finding
from shuce.engines.breaches.ledger import Ledger, read_ledger
from shuce.engines.breaches.red_lines import red_lines
from shuce.engines.breaches.settings import DEFAULTS, TABLE, Settings, settings_on
from shuce.engines.breaches.tables import RowProblem

__all__ = [
    "DEFAULTS",
    "DETECTORS",
    "TABLE",
    "Change",
    "Code",
    "Finding",
    "Ledger",
    "RowProblem",
    "Settings",
    "Watch",
    "find",
    "find_all",
    "find_changed",
    "find_in",
    "read_ledger",
    "red_lines",
    "settings_on",
]
