"""How long steps take: days from the moment a step's turn came to the moment it was settled.

Every visit counts, those that ended in a return too; a step's visit begins when the last step
before it was settled in that round, or when the round began. Found from the history alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from shuce.engines.procedure.model import Parallel, Procedure, Step
from shuce.engines.procedure.state import State, Status, What

_SECONDS_OF_A_DAY = 86_400
_ENDS = (What.APPROVED, What.REJECTED, What.RETURNED, What.MINUTED)
_BEGINS = (What.STARTED, What.RESUBMITTED)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many settled visits there were, and how long they took in days (of 24 hours)."""

    visits: int
    median: float
    p90: float


def pace_of_steps(runs: Iterable[tuple[Procedure, State]]) -> dict[str, Pace]:
    """Return the pace of every step that was settled in any of the `runs`, by the step's key."""
    took: dict[str, list[float]] = {}
    for procedure, state in runs:
        for step, days in visits(procedure, state):
            took.setdefault(step, []).append(days)
    return {step: _pace(sorted(days)) for step, days in took.items()}


def visits(procedure: Procedure, state: State) -> Iterator[tuple[str, float]]:
    """Yield the step and the days of every settled visit of one case."""
    before = dict(_before(procedure.steps, frozenset()))
    began = {h.round: h.at for h in state.history if h.what in _BEGINS}
    ended: dict[tuple[str, int], datetime] = {}
    for happened in state.history:
        if happened.what in _ENDS and happened.step in before:
            ended[happened.step, happened.round] = happened.at
    for (step, round_), at in ended.items():
        record = state.records.get(step)
        is_open = record and record.round == round_ and record.status is Status.OPEN
        if is_open and not (state.returned and state.returned.step == step):
            continue  # some have judged, others are still asked
        earlier = [end for (key, n), end in ended.items() if n == round_ and key in before[step]]
        since = max([began.get(round_, at), *earlier])
        yield step, (at - since).total_seconds() / _SECONDS_OF_A_DAY


def _before(
    steps: tuple[Step, ...], earlier: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each step with all that must be over before its turn: never its sibling branches."""
    for step in steps:
        yield step.key, earlier
        inside = {step.key}
        if isinstance(step, Parallel):
            for branch in step.branches:
                for key, known in _before(branch.steps, earlier):
                    inside.add(key)
                    yield key, known
        earlier = earlier | inside


def _pace(days: list[float]) -> Pace:
    """Median and nearest-rank 90th percentile of sorted `days`."""
    middle = len(days) // 2
    median = days[middle] if len(days) % 2 else (days[middle - 1] + days[middle]) / 2
    return Pace(len(days), median, days[ceil(0.9 * len(days)) - 1])
