"""Reading a case's inputs: each field by name, refused by name where it is missing or malformed."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeVar

from shuce.engines.valuation.numbers import exact, not_a_number
from shuce.engines.valuation.outcome import Flag
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

T = TypeVar("T")
Answer = dict[str, object]

MOST_ITEMS = 100_000


class Inputs:
    """The `inputs` of a case. Where several names are given, the first that is present counts."""

    def __init__(self, raw: object, where: str = "inputs") -> None:
        if not isinstance(raw, Mapping):
            raise refused("“{name}”应当是一组字段", where)
        self._raw = raw
        self._where = where

    def __contains__(self, name: str) -> bool:
        return self._raw.get(name) is not None

    def name_of(self, *names: str) -> str | None:
        return next((name for name in names if name in self), None)

    def names(self) -> list[str]:
        return [name for name in self._raw if isinstance(name, str)]

    def get(self, *names: str) -> object:
        """Return the field's value as it came; refuse if it is missing."""
        name = self.name_of(*names)
        if name is None:
            raise refused("缺少“{name}”", names[0])
        return self._raw[name]

    def number(self, *names: str, default: Fraction | None = None) -> Fraction:
        if default is not None and self.name_of(*names) is None:
            return default
        return exact(self.get(*names), self.name_of(*names) or names[0])

    def maybe_number(self, *names: str) -> Fraction | None:
        return self.number(*names) if self.name_of(*names) else None

    def real(self, *names: str, default: float | None = None) -> float:
        return float(self.number(*names, default=None if default is None else Fraction(default)))

    def whole(self, *names: str, default: int | None = None) -> int:
        number = self.number(*names, default=None if default is None else Fraction(default))
        if number.denominator != 1:
            raise refused("“{name}”应当是整数", names[0])
        return int(number)

    def numbers(self, *names: str) -> tuple[Fraction, ...]:
        name = self.name_of(*names) or names[0]
        return tuple(
            exact(item, f"{name}[{place}]") for place, item in enumerate(self.items(*names))
        )

    def items(self, *names: str) -> Sequence[object]:
        value = self.get(*names)
        if isinstance(value, str) or not isinstance(value, Sequence) or not value:
            raise refused("“{name}”应当是列表，且不为空", self.name_of(*names) or names[0])
        if len(value) > MOST_ITEMS:
            raise refused("“{name}”过长", self.name_of(*names) or names[0])
        return value

    def inside(self, *names: str) -> "Inputs":
        return Inputs(self.get(*names), self.name_of(*names) or names[0])

    def all_numbers(self) -> dict[str, Fraction]:
        """Return every field, all of which must be numbers."""
        return {str(name): exact(value, str(name)) for name, value in self._raw.items()}

    def text(self, *names: str, default: str | None = None) -> str:
        if default is not None and self.name_of(*names) is None:
            return default
        value = self.get(*names)
        if not isinstance(value, str):
            raise refused("“{name}”应当是文字", names[0])
        return value

    def word(self, names: str, words: Mapping[str, T], default: T | None = None) -> T:
        """Return what the field's word stands for; spelling of case, spaces and hyphens is free."""
        if default is not None and names not in self:
            return default
        spoken = self.text(names).strip().lower().replace("-", "_").replace(" ", "_")
        if spoken not in words:
            raise refused("“{name}”的取值不认识", names)
        return words[spoken]


def day(value: object, field: str) -> date:
    if not isinstance(value, str):
        raise refused("“{name}”应当是日期", field)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise refused("“{name}”应当是日期", field) from None


def pair(value: object, field: str) -> tuple[object, object]:
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 2:
        raise refused("“{name}”应当是一对", field)
    return value[0], value[1]


def labelled(value: object, field: str) -> tuple[list[str] | None, tuple[Fraction, ...]]:
    """Read numbers given as a list or by name; the names are None for a list."""
    if isinstance(value, Mapping):
        numbers = Inputs(value, field).all_numbers()
        if not numbers:
            raise not_a_number(field)
        return list(numbers), tuple(numbers.values())
    return None, Inputs({field: value}).numbers(field)


def shown(number: Fraction) -> int | float:
    """Return a number as JSON shows it: whole where it is whole."""
    return int(number) if number.denominator == 1 else float(number)


def shown_all(numbers: Sequence[Fraction]) -> list[int | float]:
    return [shown(number) for number in numbers]


def fractions(names: Sequence[str] | None, values: Sequence[Fraction]) -> object:
    """Return exact values as text ("2/3"), by name where there are names."""
    texts = [str(value) for value in values]
    return texts if names is None else dict(zip(names, texts, strict=True))


def flags_of(flags: Sequence[Flag]) -> list[dict[str, str]]:
    return [{"kind": f.kind.value, "reason": f.reason, "clause": f.clause.value} for f in flags]


def refused(sentence: str, name: str) -> Refused:
    return Refused(Obstacle(sentence, Clause.G_9, field=name, name=name))
