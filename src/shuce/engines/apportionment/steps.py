"""The cumulative quota rule's work on whole numbers: one event, and many at once."""

from collections.abc import Sequence
from fractions import Fraction
from math import inf, lcm

import numpy as np

from shuce.engines.apportionment.schedule import Line, Schedule

Lines = tuple[int, ...]

_FEW = 64
_SAFE = 1 << 62  # what a 64-bit integer holds with room to spare


def share_all(
    schedule: Schedule, total: int, given: list[int], amounts: Sequence[int]
) -> list[Lines]:
    """Return the lines of each of `amounts` after `total`, changing `given` as it goes."""
    lines: list[Lines] = []
    last = len(schedule.pieces) - 1
    piece = -1
    for number, amount in enumerate(amounts):
        total += amount
        if piece < last and (piece < 0 or total >= schedule.start_of(piece + 1)):
            piece = schedule.piece_at(total)
            line = schedule.line(piece)
            haste = _haste(line)
            if piece == last:
                start, rest = total - amount, amounts[number:]
                bulk = _share_in_bulk(schedule, line, haste, start, given, rest)
                if bulk is not None:
                    return lines + bulk
        held = _share_one(schedule, line, haste if piece == last else None, total, given)
        lines.append(tuple([now - before for now, before in zip(held, given, strict=True)]))
        given[:] = held
    return lines


def _share_one(
    schedule: Schedule, line: Line, haste: list[int | float] | None, total: int, given: list[int]
) -> list[int]:
    """Return what each party holds once `total` came in; `haste` only within the last piece."""
    unit, levels, rates = line.unit, line.levels, line.rates
    left = total
    held = []
    waiting: list[tuple[int | float | Fraction, int]] = []
    for i, had in enumerate(given):
        floor, rest = divmod(levels[i] + total * rates[i], unit)
        if floor >= had:
            held.append(floor)
            left -= floor
            if rest:
                waiting.append((unit - rest, i))
        else:
            held.append(had)
            left -= had
    if left < 0:
        _give_back(held, given, -left, line, total)
    elif left:
        if left < len(waiting):
            # Within the last piece the due moments need no fractions to be put in order.
            waiting = (
                sorted([(missing * haste[i], i) for missing, i in waiting])
                if haste
                else sorted([(_due(schedule, i, held[i] + 1), i) for _, i in waiting])
            )
        for _, i in waiting[:left]:
            held[i] += 1
    return held


def _share_in_bulk(
    schedule: Schedule,
    line: Line,
    haste: list[int | float],
    total: int,
    given: list[int],
    amounts: Sequence[int],
) -> list[Lines] | None:
    """Do all of `amounts` in arrays, or return None where one by one is as good.

    An event in which every party's whole fen pass all it can hold before does not depend on what
    happened before it, so that such events are done side by side; the few others in order after.
    """
    end = total + sum(amounts)
    slowest = max((h for h in haste if h != inf), default=1)
    size = (end + 1) * line.unit + max(map(abs, line.levels))
    if len(amounts) < _FEW or size >= _SAFE or line.unit * slowest >= _SAFE:
        return None
    unit = line.unit
    levels = np.array(line.levels, dtype=np.int64)
    totals = total + np.cumsum(np.array(amounts, dtype=np.int64))
    floors, rests = np.divmod(levels + totals[:, None] * np.array(line.rates, np.int64), unit)
    before = np.vstack([np.array(given, np.int64)[None, :], (floors + (rests > 0))[:-1]])
    dependent = np.flatnonzero((floors < before).any(axis=1))
    if len(dependent) * 4 > len(amounts):
        return None
    waits = np.array([0 if h == inf else h for h in haste], np.int64)
    ranks = np.where(waits > 0, (unit - rests) * waits, _SAFE)
    ranks[rests == 0] = 2 * _SAFE - 1
    order = np.argsort(ranks, axis=1, kind="stable")
    served = np.arange(len(given)) < (totals - floors.sum(axis=1))[:, None]
    held = floors
    np.put_along_axis(held, order, np.take_along_axis(held, order, axis=1) + served, axis=1)
    for t in dependent.tolist():
        had = held[t - 1].tolist() if t else given
        held[t] = _share_one(schedule, line, haste, int(totals[t]), had)
    lines = np.diff(held, axis=0, prepend=np.array(given, np.int64)[None, :])
    given[:] = held[-1].tolist()
    # By party and then together: a list for each event in between would cost more than the rest.
    return list(zip(*(column.tolist() for column in lines.T), strict=True))


def _give_back(held: list[int], given: Sequence[int], excess: int, line: Line, total: int) -> None:
    """Lower `held` by `excess` fen where the whole fen due are more than there are.

    Only after an amendment. Each fen is taken from whoever is then least behind, and never one
    that was given before, so no line is negative.
    """
    for _ in range(excess):
        at_hand = [i for i in range(len(held)) if held[i] > given[i]]
        least = min(
            at_hand,
            key=lambda i: line.levels[i] + total * line.rates[i] - held[i] * line.unit,
        )
        held[least] -= 1


def _haste(line: Line) -> list[int | float]:
    """Return how long each party waits for a fen, in whole proportion; without end at rate zero."""
    slowest = lcm(*(rate for rate in line.rates if rate))
    return [slowest // rate if rate else inf for rate in line.rates]


def _due(schedule: Schedule, party: int, fen: int) -> Fraction | float:
    due = schedule.due(party, fen)
    return inf if due is None else due
