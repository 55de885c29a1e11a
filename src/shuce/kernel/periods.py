"""Stretches of days, and the months and years that offices count in."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts_on` up to, but not including, `ends_on`; without an end, for ever."""

    starts_on: date
    ends_on: date | None = None

    def __post_init__(self) -> None:
        assert self.ends_on is None or self.starts_on < self.ends_on

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def overlaps(self, other: Self) -> bool:
        return (other.ends_on is None or self.starts_on < other.ends_on) and (
            self.ends_on is None or other.starts_on < self.ends_on
        )

    def covers(self, other: Self) -> bool:
        """Say whether every day of `other` is a day of this period."""
        return self.starts_on <= other.starts_on and (
            self.ends_on is None or (other.ends_on is not None and other.ends_on <= self.ends_on)
        )


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
