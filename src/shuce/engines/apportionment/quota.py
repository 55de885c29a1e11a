"""Many events: the cumulative quota rule, under one fen from the exact share at every moment.

After each event a party holds at least the whole fen of its cumulative share; left-over fen go to
whoever's next whole fen falls due first, and nobody gets a fen its share has not begun. This is
the quota method of Balinski and Young (1975) for events of any size: their rank weight/(fen + 1)
is the reciprocal of when the next fen falls due, and "has begun" is their test of eligibility.

Why it holds: let each fen of each party be a job that may be done from when its share begins it
and must be done by when its share completes it. The exact shares themselves are a fractional
timetable for all jobs, so a whole one exists (flows have whole solutions), and "earliest due
first" finds it (Tijdeman 1980 proves the same of mixes that change). It needs to know when fen
fall due, so it needs the mix ahead: a schedule with its tiers, or a list of events, is known
ahead. An agreement *amended* midway is not: three parties stay under one fen whatever comes, but
with four or more no rule that takes nothing back can promise it (the tests hold the example).
Then the parties furthest behind are served first, and `worst_deviation` tells. Whoever needs the
promise across an amendment opens a new account with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from shuce.engines.apportionment.reading import BadCase, Rational
from shuce.engines.apportionment.schedule import Piece, Schedule
from shuce.engines.apportionment.steps import Lines, share_all
from shuce.kernel.words import say


@dataclass(frozen=True, slots=True)
class RunningShares:
    """Where an agreement stands: what came in, and what each party was given, in fen."""

    schedule: Schedule
    total: int
    given: Lines

    @classmethod
    def opened(cls, schedule: Schedule) -> Self:
        return cls(schedule, 0, (0,) * schedule.width)

    def after(self, amount: int) -> tuple[Self, Lines]:
        """Share `amount` fen; return the new standing and this event's lines, which sum to it."""
        after, (lines,) = self.after_all([amount])
        return after, lines

    def after_all(self, amounts: Iterable[int]) -> tuple[Self, list[Lines]]:
        """Share many amounts in order; the same as one by one, and faster."""
        given = list(self.given)
        arriving = _checked(self.schedule, self.total, amounts)
        lines = share_all(self.schedule, self.total, given, arriving)
        return type(self)(self.schedule, self.total + sum(arriving), tuple(given)), lines

    def amended(self, weights: Sequence[Rational]) -> Self:
        """Share by `weights` from here on; what was earned before stands."""
        kept = [p for p in self.schedule.pieces if p.start < self.total]
        pieces = [*kept, Piece(self.total, tuple(weights))]
        return type(self)(Schedule(pieces), self.total, self.given)

    def exact(self) -> list[Fraction]:
        """Return each party's exact cumulative share."""
        return self.schedule.exact(self.total)

    def worst_deviation(self) -> Fraction:
        """Return the largest distance of any party from its exact cumulative share, in fen."""
        return max(abs(g - x) for g, x in zip(self.given, self.exact(), strict=True))

    def to_json(self) -> dict[str, Any]:
        limit = self.schedule.limit
        return {
            "schedule": self.schedule.to_json(),
            "limit": None if limit is None else str(limit),
            "total": self.total,
            "given": list(self.given),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        schedule = Schedule.from_json(kept["schedule"], kept["limit"])
        return cls(schedule, kept["total"], tuple(kept["given"]))


def share_known_events(events: Sequence[tuple[int, Sequence[Rational]]]) -> list[Lines]:
    """Share a whole list of events, whose mixes may change, under one fen at every moment.

    `events` are (amount in fen, weights). Each fen's true due moment is known, so the bound holds
    for any number of parties and any mixes.
    """
    if not events:
        return []
    running = RunningShares.opened(Schedule.of_events(events))
    return running.after_all([amount for amount, _ in events])[1]


def _checked(schedule: Schedule, total: int, amounts: Iterable[int]) -> list[int]:
    arriving = list(amounts)
    if min(arriving, default=0) >= 0 and schedule.limit is None:
        return arriving
    for number, amount in enumerate(arriving):
        total += amount
        if amount < 0:
            raise BadCase(say("第 {number} 笔金额为负；退款应先冲减下一笔收入", number=number + 1))
        if schedule.limit is not None and total > schedule.limit:
            raise BadCase(say("第 {number} 笔超出各方封顶之和，余额无人可得", number=number + 1))
    return arriving
