"""Numbers that can be trusted to the last digit: exact fractions, and powers to 40 digits.

Amounts, rates and weights are `Fraction`. What has no exact fraction worth carrying (a discount
factor, the half-year root) is computed in decimal to 60 digits and kept to 40, so that a value
that is 100 is 100 and not 99.999….
"""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from math import isfinite

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

LARGEST = Fraction(10) ** 30
"""No amount in an office is larger; beyond it, arithmetic would only be made to run long."""
SMALLEST = 1 / LARGEST
MOST_PERIODS = 1200
"""A hundred years of months: the longest schedule or stream of flows that is worked out."""

_WORKING = Context(prec=60, Emax=10_000_000, Emin=-10_000_000)
_KEPT = Context(prec=40, Emax=10_000_000, Emin=-10_000_000)
_DECIMAL = r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?"
_TEXT = re.compile(rf"\s*({_DECIMAL})\s*(%)?\s*(?:/\s*({_DECIMAL})\s*)?", re.ASCII)


def exact(value: object, field: str = "") -> Fraction:
    """Return `value` as a fraction: 3, 0.1, Decimal("0.1"), "1/3", "0.08/12" or "12%".

    A float means the decimal that it prints as: 0.1 is one tenth. Anything else is refused,
    naming `field`.
    """
    if isinstance(value, bool) or value is None:
        raise not_a_number(field)
    if isinstance(value, Fraction):
        number = value
    elif isinstance(value, int):
        number = Fraction(value)
    elif isinstance(value, float | Decimal) and isfinite(value):
        number = _from_text(repr(value) if isinstance(value, float) else str(value), field)
    elif isinstance(value, str):
        number = _from_text(value, field)
    else:
        raise not_a_number(field)
    if abs(number) > LARGEST or (number and abs(number) < SMALLEST):
        raise Refused(Obstacle("“{name}”超出可以计算的范围", Clause.G_9, field=field, name=field))
    return number


def not_a_number(field: str) -> Refused:
    return Refused(Obstacle("“{name}”应当是一个数", Clause.G_9, field=field, name=field))


def power(base: Fraction, exponent: Fraction) -> Decimal:
    """Return `base` to `exponent` to 60 digits; `base` must be above zero."""
    assert base > 0, "only positive numbers have real powers of every order"
    return _WORKING.power(in_decimal(base), in_decimal(exponent))


def in_decimal(number: Fraction) -> Decimal:
    return _WORKING.divide(Decimal(number.numerator), Decimal(number.denominator))


def kept(number: Decimal) -> Fraction:
    """Return `number` to 40 significant digits, as a fraction."""
    return Fraction(_KEPT.plus(number))


def weighted_sum(amounts: Sequence[Fraction], factors: Sequence[Decimal]) -> Fraction:
    """Add up amount times factor at 60 digits and keep 40."""
    with localcontext(_WORKING):
        terms = (in_decimal(a) * f for a, f in zip(amounts, factors, strict=True))
        return kept(sum(terms, Decimal(0)))


def growing(first: Fraction, growth: Fraction, periods: int) -> tuple[Fraction, ...]:
    """Return `periods` amounts, each (1 + growth) times the one before."""
    if growth <= -1:
        raise Refused(Obstacle("增长率必须大于 -100%", Clause.G_9, field="growth"))
    with localcontext(_WORKING):
        step, amount = in_decimal(1 + growth), in_decimal(first)
        amounts = []
        for _ in range(periods):
            amounts.append(kept(amount))
            amount *= step
    return tuple(amounts)


def mean(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)


def median(numbers: Sequence[Fraction]) -> Fraction:
    ordered, middle = sorted(numbers), len(numbers) // 2
    return ordered[middle] if len(numbers) % 2 else mean(ordered[middle - 1 : middle + 1])


def geometric_mean(numbers: Sequence[Fraction]) -> Fraction:
    """Return the n-th root of the product of n numbers, none of them negative, to 40 digits."""
    if not all(numbers):
        return Fraction(0)
    with localcontext(_WORKING):
        whole = Decimal(1)
        for number in numbers:
            whole *= in_decimal(number)
        return kept(whole ** (Decimal(1) / len(numbers)))


def product(numbers: Iterable[Fraction]) -> Fraction:
    result = Fraction(1)
    for number in numbers:
        result *= number
    return result


def rounded(number: Fraction, places: int = 2) -> Decimal:
    """Round half up (away from zero), as an office rounds amounts."""
    with localcontext(_WORKING):
        return in_decimal(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _from_text(text: str, field: str) -> Fraction:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise not_a_number(field)
    number = Fraction(found[1]) / (100 if found[2] else 1)
    if found[3] is None:
        return number
    divisor = Fraction(found[3])
    if divisor == 0:
        raise not_a_number(field)
    return number / divisor
