"""Walk the arrows: what hangs on a column, and how far each thing stands from where one looks.

Circles end where they began; nothing is counted twice.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shuce.engines.lineage.shapes import Certainty, How


@dataclass(frozen=True)
class Flow:
    """One column that bears on another; an empty `downstream` is the whole table."""

    upstream: str
    downstream: str
    how: How = How.DIRECT


@dataclass(frozen=True)
class Arrow:
    """Data of one thing goes into another; `flows` is empty where only that much is known."""

    upstream: str
    downstream: str
    flows: tuple[Flow, ...] = ()


@dataclass(frozen=True)
class Impact:
    """Something downstream: which column (none: the whole), how surely, over how many steps."""

    key: str
    column: str
    certainty: Certainty
    steps: int


def impact_of(arrows: Iterable[Arrow], start: str, column: str = "") -> list[Impact]:
    """Return all that hangs on `column` of `start`, or on any of it; nearest first."""
    leaving: dict[str, list[Arrow]] = {}
    for arrow in arrows:
        leaving.setdefault(arrow.upstream, []).append(arrow)
    best: dict[tuple[str, str], Impact] = {}
    waiting = deque([Impact(start, column.casefold(), Certainty.DIRECT, 0)])
    while waiting:
        here = waiting.popleft()
        for arrow in leaving.get(here.key, ()):
            for name, certainty in _felt(arrow, here.column):
                worst = max(certainty, here.certainty, key=lambda one: one.rank)
                found = Impact(arrow.downstream, name, worst, here.steps + 1)
                place = (found.key, found.column.casefold())
                known = best.get(place)
                if found.key == start or (known and known.certainty.rank <= worst.rank):
                    continue
                best[place] = found
                waiting.append(Impact(found.key, name.casefold(), worst, found.steps))
    return sorted(best.values(), key=lambda one: (one.steps, one.key, one.column))


def _felt(arrow: Arrow, column: str) -> Iterable[tuple[str, Certainty]]:
    """Yield what of the downstream thing feels a change of `column`, and how surely."""
    if not arrow.flows:
        yield "", Certainty.WHOLE
        return
    for flow in arrow.flows:
        if column and flow.upstream.casefold() != column:
            continue
        direct = flow.how is How.DIRECT and flow.downstream
        yield flow.downstream, Certainty.DIRECT if direct else Certainty.CONDITION


def layers_of(start: str, arrows: Sequence[Arrow], *, most: int = 1_000) -> Mapping[str, int]:
    """Return how many steps each thing stands from `start`: upstream below zero."""
    layers = {start: 0}
    for step, ends in ((-1, _by_downstream(arrows)), (1, _by_upstream(arrows))):
        # In a circle a thing stands on both sides; it keeps the side it was first found on.
        steps = {start: 0}
        waiting = deque([start])
        while waiting and len(steps) < most:
            here = waiting.popleft()
            for there in ends.get(here, ()):
                if there not in steps:
                    steps[there] = steps[here] + step
                    waiting.append(there)
        layers = {**steps, **layers}
    return layers


def _by_upstream(arrows: Sequence[Arrow]) -> dict[str, list[str]]:
    ends: dict[str, list[str]] = {}
    for arrow in arrows:
        ends.setdefault(arrow.upstream, []).append(arrow.downstream)
    return ends


def _by_downstream(arrows: Sequence[Arrow]) -> dict[str, list[str]]:
    ends: dict[str, list[str]] = {}
    for arrow in arrows:
        ends.setdefault(arrow.downstream, []).append(arrow.upstream)
    return ends
