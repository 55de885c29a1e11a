"""When a deadline falls: working days by a calendar given as data, or plain calendar days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from shuce.kernel.choices import Choice

# China has kept one time without summer time since 1992.
CHINA = timezone(timedelta(hours=8), "CST")


class DayKind(Choice):
    WORKING = "working", "个工作日"
    CALENDAR = "calendar", "日"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked: Monday to Friday but for holidays, and weekends worked instead."""

    holidays: frozenset[date] = frozenset()
    worked_weekends: frozenset[date] = frozenset()
    zone: tzinfo = CHINA

    def is_worked(self, day: date) -> bool:
        return day in self.worked_weekends or (day.weekday() < 5 and day not in self.holidays)


@dataclass(frozen=True, slots=True)
class Deadline:
    """So many days, the first of which is the day after the step opened."""

    days: int
    kind: DayKind = DayKind.WORKING

    def falls_at(self, opened_at: datetime, calendar: WorkCalendar) -> datetime:
        """Return the last second of the last day, in the calendar's zone."""
        day = opened_at.astimezone(calendar.zone).date()
        left = self.days
        while left:
            day += timedelta(days=1)
            left -= self.kind is DayKind.CALENDAR or calendar.is_worked(day)
        return datetime.combine(day, time(23, 59, 59), calendar.zone)

    def __str__(self) -> str:
        return f"{self.days}{self.kind.label}"
