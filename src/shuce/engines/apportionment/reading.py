"""Reading the numbers of a case: JSON numbers, decimals in text, exact fractions in text."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from shuce.kernel.words import say

Rational = int | Fraction

_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?")


class BadCase(ValueError):
    """A case that cannot be answered; its text names the field at fault."""


def exact(value: object, field: str) -> Fraction:
    """Read `value` exactly: 0.1 is one tenth, "1/3" one third, "0.08/12" a quotient."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    text = str(value).strip() if isinstance(value, float | str) else ""
    parts = text.split("/")
    if len(parts) <= 2 and all(_NUMBER.fullmatch(part.strip()) for part in parts):
        top, bottom = Fraction(parts[0].strip()), Fraction(parts[-1].strip())
        if len(parts) == 1:
            return top
        if bottom:
            return top / bottom
    raise BadCase(say("{field} 应为数字，收到 {value}", field=field, value=repr(value)[:60]))


def whole(value: object, field: str) -> int:
    """Read a whole number that is not negative."""
    number = exact(value, field)
    if number.denominator != 1 or number < 0:
        raise BadCase(
            say("{field} 应为不小于 0 的整数，收到 {value}", field=field, value=repr(value)[:60])
        )
    return int(number)


def weights_of(value: object, field: str) -> list[Fraction]:
    """Read a list of weights: none negative, not all zero."""
    weights = [exact(w, f"{field}[{i}]") for i, w in enumerate(sequence(value, field))]
    for i, weight in enumerate(weights):
        if weight < 0:
            raise BadCase(say("{field}[{i}] 不得为负", field=field, i=i))
    if not any(weights):
        raise BadCase(say("{field} 不得全为 0", field=field))
    return weights


def sequence(value: object, field: str) -> Sequence[object]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return value
    raise BadCase(say("{field} 应为列表", field=field))


def mapping(value: object, field: str) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    raise BadCase(say("{field} 应为对象", field=field))


def required(inputs: Mapping[str, object], field: str) -> object:
    """Return the named input, or say that it is missing."""
    if not isinstance(inputs, Mapping):
        raise BadCase(say("inputs 应为对象"))
    if inputs.get(field) is None:
        raise BadCase(say("缺少 {field}", field=field))
    return inputs[field]


def one_of(value: object, field: str, known: Sequence[str]) -> str:
    """Read a word out of a closed list."""
    if isinstance(value, str) and value in known:
        return value
    raise BadCase(
        say(
            "{field} 应为 {known} 之一，收到 {value}",
            field=field,
            known="、".join(known),
            value=repr(value)[:60],
        )
    )


def plain(number: Rational) -> int | float:
    """Return the JSON number nearest to an exact one; whole numbers stay whole."""
    return int(number) if Fraction(number).denominator == 1 else float(number)


def written(number: Rational) -> int | str:
    """Return an exact number as JSON without losing anything: 3, or "1/3"."""
    return int(number) if Fraction(number).denominator == 1 else str(number)
