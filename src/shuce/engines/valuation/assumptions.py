"""The figures that practice, not arithmetic, decides: one dated table, each with its ground.

Nothing here is law unless it says so. A bureau that decides otherwise passes its own `Limits`.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class Limits:
    """When a value asks for a second look (G-15). Defaults: our design decision unless noted."""

    as_of: date = date(2025, 1, 1)
    lowest_rate: Fraction = Fraction(8, 100)
    highest_rate: Fraction = Fraction(30, 100)
    """Published cases mostly discount at 10 to 25 %; outside 8 to 30 % a reviewer must explain."""
    most_over_cost: Fraction = Fraction(3)
    most_over_last: Fraction = Fraction(2)
    fewest_comparables: int = 3
    widest_comparables: Fraction = Fraction(2)
    """Highest over lowest adjusted price of the comparables."""
    widest_methods: Fraction = Fraction(2)
    """Highest over lowest result of the methods behind one conclusion."""
    highest_fee_weight: Fraction = Fraction(15)
    """国资发产权规〔2024〕8号: the fee counts for at most 15 of 100 (binding on central SOEs)."""


@dataclass(frozen=True)
class CloneGuard:
    """How near a row must lie to an earlier provider's row to count as a copy of it.

    Distances are parts of the typical distance between that provider's own neighbouring rows.
    A row within `nearness` is a copy. Where at least `clone_part` of all rows of a holding lie
    within `clone_nearness` of one earlier provider's (of rows drawn honestly from the same people
    less than a third do), the holding is a disturbed clone and all of those are copies.
    """

    as_of: date = date(2025, 1, 1)
    nearness: float = 0.1
    clone_nearness: float = 0.5
    clone_part: float = 0.5


AHP_TOLERATED_RATIO = Fraction(1, 10)
"""Saaty 1980: a consistency ratio below 0.10 is acceptable."""

RANDOM_INDICES: dict[str, tuple[float, ...]] = {
    # Orders 1, 2, 3 …: the mean consistency index of random reciprocal matrices. Tables differ by
    # scale and sample, so that a ratio means something only beside the name of its table.
    "saaty-1980": (
        0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
    ),
    "alonso-lamata-2006": (
        0, 0, 0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854, 1.5141, 1.5365,
        1.5551, 1.5713, 1.5838,
    ),
}  # fmt: skip
DEFAULT_RANDOM_INDICES = "saaty-1980"

NOMINAL_VALUE_FEN = 100
"""名义金额: one yuan, for what is held lawfully without cost or appraisal (政府会计准则第4号)."""
