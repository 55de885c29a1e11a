"""The values drawn from one column, cleaned once, and what is peculiar about them as a set."""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from shuce.engines.scan.rulebook import patterns, words

_SEPARATORS = re.compile(r"[\s\u200b\ufeff\-–—·•]+")
_POINT_ZERO = re.compile(r"^(\d+)\.0+$")


def clean(value: str) -> str:
    """Return the value as meant: NFKC, trimmed, without `.0` after a whole number."""
    value = unicodedata.normalize("NFKC", value).strip().strip("'\u200b\ufeff")
    whole = _POINT_ZERO.match(value)
    return whole[1] if whole else value


def compact(value: str) -> str:
    """Return a cleaned value without spaces and hyphens, in upper case, as numbers are compared."""
    return _SEPARATORS.sub("", value).upper()


@dataclass(frozen=True)
class SampledColumn:
    """Values in the order of the rows, cleaned, placeholders left out."""

    values: tuple[str, ...]
    is_number: bool = False

    @classmethod
    def of(cls, raw: Iterable[str | None], *, is_number: bool = False) -> "SampledColumn":
        placeholders = words().placeholders
        cleaned = (clean(value) for value in raw if value is not None)
        return cls(tuple(v for v in cleaned if v.lower() not in placeholders), is_number)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def compacted(self) -> tuple[str, ...]:
        return tuple(compact(value) for value in self.values)

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(self.values)

    @cached_property
    def distinct_share(self) -> float:
        return len(self.counts) / len(self.values) if self.values else 0.0

    def share(self, test: re.Pattern[str], *, compacted: bool = False) -> float:
        """Return the share of values that match from the start."""
        values = self.compacted if compacted else self.values
        return sum(1 for v in values if test.match(v)) / len(values) if values else 0.0

    def share_found(self, test: re.Pattern[str]) -> float:
        """Return the share of values that contain a match."""
        if not self.values:
            return 0.0
        return sum(1 for v in self.values if test.search(v)) / len(self.values)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The values that are plain decimal numbers."""
        found = []
        for value in self.values:
            try:
                found.append(float(patterns()["money_mark"].sub("", value)))
            except ValueError:
                continue
        return tuple(found)

    @cached_property
    def numeric_share(self) -> float:
        return len(self.numbers) / len(self.values) if self.values else 0.0

    @cached_property
    def is_running(self) -> bool:
        """Say whether the values count up in small steps, as running numbers do."""
        digits = [int(v) for v in self.compacted if v.isascii() and v.isdigit() and len(v) <= 30]
        if len(digits) < max(8, 0.8 * len(self.values)):
            return False
        steps = [b - a for a, b in itertools.pairwise(digits)]
        return sum(1 for step in steps if 0 < step <= 20) >= 0.7 * len(steps)

    @cached_property
    def is_sorted(self) -> bool:
        digits = [v for v in self.compacted if v.isdigit()]
        if len(digits) < 20:
            return False
        rising = sum(1 for a, b in itertools.pairwise(digits) if a <= b)
        return rising >= 0.98 * (len(digits) - 1)

    @cached_property
    def lossy_share(self) -> float:
        """The share of long numbers a spreadsheet has rounded, like 1.38E+10."""
        return self.share(patterns()["lossy_number"])

    @cached_property
    def mean_length(self) -> float:
        return sum(map(len, self.values)) / len(self.values) if self.values else 0.0
