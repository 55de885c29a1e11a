"""What each party has earned, exactly, when so much has come in: a piecewise straight line."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Self

from shuce.engines.apportionment.reading import Rational


@dataclass(frozen=True, slots=True)
class Piece:
    """From `start` fen of cumulative revenue on, each further fen is shared by `weights`."""

    start: Rational
    weights: tuple[Rational, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One piece ready for whole-number work: share_i(total) = (level_i + total × rate_i) / unit."""

    unit: int
    levels: tuple[int, ...]
    rates: tuple[int, ...]


class Schedule:
    """Exact cumulative shares as a function of cumulative revenue, non-decreasing, summing to it.

    One piece is a plain agreement by ratio; cost recovery, tiers, floors and caps add pieces.
    `limit` is where the agreement stops saying whose the next fen is, or None.
    """

    __slots__ = ("_at", "_columns", "_lines", "_rates", "_starts", "limit", "pieces")

    def __init__(self, pieces: Iterable[Piece], *, limit: Rational | None = None) -> None:
        self.pieces = tuple(pieces)
        self.limit = limit
        if not self.pieces or self.pieces[0].start != 0:
            raise ValueError("a schedule starts at zero")
        width = len(self.pieces[0].weights)
        at = [Fraction(0)] * width
        self._starts: list[Rational] = []
        self._at: list[list[Fraction]] = []
        self._rates: list[list[Fraction]] = []
        for piece in self.pieces:
            whole = Fraction(sum(piece.weights))
            if len(piece.weights) != width or whole <= 0 or any(w < 0 for w in piece.weights):
                raise ValueError("each piece needs one weight a party, none negative, not all zero")
            if self._starts:
                span = piece.start - self._starts[-1]
                if span <= 0:
                    raise ValueError("pieces must start one after the other")
                at = [a + span * r for a, r in zip(at, self._rates[-1], strict=True)]
            self._starts.append(piece.start)
            self._at.append(at)
            self._rates.append([Fraction(w) / whole for w in piece.weights])
        self._columns: list[tuple[Fraction, ...]] = list(zip(*self._at, strict=True))
        self._lines: dict[int, Line] = {}

    @classmethod
    def constant(cls, weights: Sequence[Rational]) -> Self:
        """Share every fen in the same proportion."""
        return cls([Piece(0, tuple(weights))])

    @classmethod
    def of_events(cls, events: Iterable[tuple[int, Sequence[Rational]]]) -> Self:
        """Line up events whose amounts and mixes are all known, each its own piece.

        Neighbours of one mix make one piece, and events of nothing none.
        """
        pieces: list[Piece] = []
        total = 0
        last: tuple[Rational, ...] = ()
        for amount, weights in events:
            last = tuple(weights)
            if amount and (not pieces or pieces[-1].weights != last):
                pieces.append(Piece(total, last))
            total += amount
        return cls(pieces or [Piece(0, last)])

    @property
    def width(self) -> int:
        return len(self.pieces[0].weights)

    def piece_at(self, total: int) -> int:
        """Return the index of the piece that `total` stands in."""
        return max(0, bisect_right(self._starts, total) - 1)

    def start_of(self, piece: int) -> Rational:
        return self._starts[piece]

    def exact(self, total: int) -> list[Fraction]:
        """Return each party's exact share of the first `total` fen."""
        k = self.piece_at(total)
        span = total - self._starts[k]
        return [a + span * r for a, r in zip(self._at[k], self._rates[k], strict=True)]

    def line(self, piece: int) -> Line:
        """Return a piece over one common denominator."""
        if (found := self._lines.get(piece)) is None:
            rates = self._rates[piece]
            start = self._starts[piece]
            levels = [a - start * r for a, r in zip(self._at[piece], rates, strict=True)]
            unit = lcm(*(x.denominator for x in [*rates, *levels]))
            found = Line(
                unit, tuple(int(x * unit) for x in levels), tuple(int(x * unit) for x in rates)
            )
            self._lines[piece] = found
        return found

    def due(self, party: int, fen: int) -> Fraction | None:
        """Return the revenue at which the party's share reaches `fen`; None if it never does."""
        k = bisect_left(self._columns[party], fen) - 1
        if k < 0:
            return Fraction(0)
        rate = self._rates[k][party]
        return self._starts[k] + (fen - self._at[k][party]) / rate if rate else None

    def to_json(self) -> list[list[Any]]:
        return [[str(p.start), [str(w) for w in p.weights]] for p in self.pieces]

    @classmethod
    def from_json(cls, pieces: Iterable[Sequence[Any]], limit: str | None = None) -> Self:
        read = [Piece(Fraction(start), tuple(Fraction(w) for w in ws)) for start, ws in pieces]
        return cls(read, limit=None if limit is None else Fraction(limit))
