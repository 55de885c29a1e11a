"""What is done to figures before they leave: noise, and groups whose rest would be too small."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from shuce.engines.fusion.shapes import Dishonest, Label, Measure, Requirements, label_from_json
from shuce.engines.privacy import LaplaceNoise

K = TypeVar("K")
Row = tuple[Label, Label, int, int, list[int]]


@dataclass(frozen=True)
class Candidates:
    """Joint groups that may be shown: both labels, both sides' places, people and sums."""

    rows: list[Row]

    def as_json(self) -> list[Any]:
        return [[list(left), list(right), *rest] for left, right, *rest in self.rows]

    @classmethod
    def from_json(cls, value: Any) -> "Candidates":
        if not isinstance(value, list):
            raise Dishonest("rows")
        return cls([_row(one) for one in value])

    @property
    def plain(self) -> list[tuple[Any, ...]]:
        """Return the rows as they are released."""
        return [(*left, *right, *figures) for left, right, _, _, figures in self.rows]


def noises(demands: Requirements, measures: Sequence[Measure]) -> list[int]:
    """Return one side's noise for the figures of one group: people, then each sum."""
    if not demands.is_noisy:
        return [0] * (1 + len(measures))
    share = demands.share(1 + len(measures))
    reaches = [1, *(max(1, one.span) for one in measures)]
    return [LaplaceNoise(reach, share).noised([0])[0] for reach in reaches]


def bar_of(demands: Requirements, measures: int) -> int:
    """Return the masked count a group must reach to be shown.

    Under noise it is higher by what the noise exceeds with a chance of `delta` only, so that a
    group below the minimum is shown with no larger chance.
    """
    if not demands.is_noisy:
        return demands.minimum
    noise = LaplaceNoise(1, demands.share(1 + measures))
    return demands.minimum + int(noise.tail(demands.delta)) + 1


def rest_protected(
    rows: Mapping[tuple[K, K], list[int]], people: Mapping[K, int], minimum: int, *, axis: int
) -> dict[tuple[K, K], list[int]]:
    """Keep back the smallest groups while too few of one side's own group stay unshown.

    A side's group is often known by itself: what is shown of it, taken off, would tell how many
    few are left.
    """
    kept = dict(rows)
    for place, known in people.items():
        of_it = sorted((key for key in kept if key[axis] == place), key=lambda key: kept[key][0])
        while of_it and 0 < known - sum(kept[key][0] for key in of_it) < minimum:
            del kept[of_it.pop(0)]
    return kept


def checked(rows: Iterable[Row], shown: Mapping[tuple[int, int], Label], figures: int) -> None:
    """Refuse rows of groups that were not let through, or of another shape."""
    seen = set()
    for _, label, mine, other, told in rows:
        place = (mine, other)
        if place in seen or shown.get(place) != label or len(told) != figures:
            raise Dishonest("rows")
        seen.add(place)


def _row(value: Any) -> Row:
    match value:
        case [left, right, int(mine), int(other), list(figures)] if all(
            type(one) is int for one in figures
        ):
            return label_from_json(left), label_from_json(right), mine, other, figures
    raise Dishonest("rows")
