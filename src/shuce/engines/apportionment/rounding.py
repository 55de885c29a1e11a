"""One event: exact shares to whole fen by the largest remainder (Hare quota; Hamilton's method)."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from shuce.engines.apportionment.reading import Rational


def as_integers(weights: Sequence[Rational]) -> list[int]:
    """Return whole numbers in the same proportion as `weights`."""
    scale = lcm(*(Fraction(weight).denominator for weight in weights))
    return [int(weight * scale) for weight in weights]


def largest_remainder(total: int, weights: Sequence[Rational]) -> list[int]:
    """Divide `total` fen in proportion to `weights`; they sum to it exactly.

    Left-over fen go one each to the largest remainders, the lowest index on ties. A negative
    total (a reversal) is divided as its opposite, so that it mirrors what it takes back.

    Raises ValueError for weights that are negative or all zero.
    """
    if not any(weights) or any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative, nor all zero")
    if total < 0:
        return [-share for share in largest_remainder(-total, weights)]
    integers = as_integers(weights)
    whole = sum(integers)
    return _top_up([divmod(total * weight, whole) for weight in integers], total)


def round_shares(exact: Sequence[Fraction], total: int) -> list[int]:
    """Round exact shares that sum to `total` to whole fen that sum to it, each within one fen.

    Whole bounds that the exact shares keep, the rounded ones keep too: a share is only ever
    rounded up when it has a fraction.
    """
    assert sum(exact) == total, "exact shares must sum to the total"
    parts = [(share // 1, share % 1) for share in exact]
    return _top_up([(int(floor), remainder) for floor, remainder in parts], total)


def _top_up(parts: Sequence[tuple[int, Rational]], total: int) -> list[int]:
    shares = [floor for floor, _ in parts]
    largest_first = sorted(range(len(parts)), key=lambda i: -parts[i][1])
    for i in largest_first[: total - sum(shares)]:
        shares[i] += 1
    return shares
