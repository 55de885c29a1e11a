"""What the steps of a fusion pass around at one side: its people in groups, and what it demands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Label = tuple[str | None, ...]
# Joint groups that one question may have.
MOST_CELLS = 400
# Points of one parcel, and the bytes of one.
MOST_POINTS = 4_000_000
POINT_SIZE = 33
# Ids that nobody bears, put in to hide counts (`masks.py`): at most so many for a joint bucket.
SHIFT = 24
MOST_MASKS = 2 * SHIFT
# Values are written in digits of a base up to this.
MOST_BASE = 16


class Dishonest(ValueError):
    """The other side did not keep to the protocol, or its parcel was damaged."""


class TooSmall(ValueError):
    """No group on this side has enough people to be asked about at all."""


class TooLarge(ValueError):
    """More joint groups or more work than one question may cause."""


@dataclass(frozen=True)
class Measure:
    """A whole-number measure and the range each person's value is clamped to."""

    column: str
    low: int
    high: int

    @property
    def zero(self) -> int:
        """What is taken off each value so that none is negative; somebody without one adds 0."""
        return min(self.low, 0)

    @property
    def span(self) -> int:
        return max(self.high, 0) - self.zero

    def digits(self, base: int) -> int:
        """Return in how many digits values from 0 to `span` are written."""
        count = 1
        while base**count <= self.span:
            count += 1
        return count

    def as_json(self) -> list[Any]:
        return [self.column, self.low, self.high]

    @classmethod
    def from_json(cls, value: Any) -> "Measure":
        match value:
            case [str(column), int(low), int(high)] if low <= high and max(-low, high) < 1 << 40:
                return cls(column, low, high)
        raise Dishonest("measure")


@dataclass(frozen=True)
class Requirements:
    """What one side demands of what leaves; both sides keep to the stricter of the two."""

    minimum: int
    is_noisy: bool = False
    epsilon: float = 0.0
    delta: float = 1e-8

    def stricter(self, other: "Requirements") -> "Requirements":
        noisy = [one for one in (self, other) if one.is_noisy]
        return Requirements(
            max(self.minimum, other.minimum),
            bool(noisy),
            min((one.epsilon for one in noisy), default=0.0),
            min((one.delta for one in noisy), default=1e-8),
        )

    def share(self, figures: int) -> float:
        """Return the epsilon of each of a group's figures."""
        return self.epsilon / figures

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_json(cls, value: Any) -> "Requirements":
        try:
            read = cls(
                int(value["minimum"]),
                value["is_noisy"] is True,
                float(value["epsilon"]),
                float(value["delta"]),
            )
        except (KeyError, TypeError, ValueError):
            raise Dishonest("requirements") from None
        if read.minimum < 1 or (read.is_noisy and not (read.epsilon > 0 and 0 < read.delta < 1)):
            raise Dishonest("requirements")
        return read


@dataclass(frozen=True)
class Group:
    """The people of one group: their normalised ids, and per measure each one's value from 0."""

    label: Label
    people: list[str]
    values: tuple[list[int], ...] = ()


@dataclass(frozen=True)
class Side:
    """One side as it goes into a fusion. Groups below the side's own minimum are not in it."""

    groups: list[Group]
    measures: tuple[Measure, ...]
    demands: Requirements
    # Groups left out because too few people stand in them.
    dropped: int = 0

    def large_enough(self, minimum: int) -> "Side":
        """Return this side without groups below `minimum`."""
        kept = [group for group in self.groups if len(group.people) >= minimum]
        return replace(self, groups=kept, dropped=self.dropped + len(self.groups) - len(kept))

    def bucket(self, group: int, one: "Pass") -> list[list[str]]:
        """Return the people of a group by the digit of their value that `one` is about, from 1."""
        found: list[list[str]] = [[] for _ in range(one.base - 1)]
        weight = one.base**one.place
        chosen = self.groups[group]
        for person, value in zip(chosen.people, chosen.values[one.measure], strict=True):
            digit = value // weight % one.base
            if digit:
                found[digit - 1].append(person)
        return found


@dataclass(frozen=True)
class Pass:
    """One intersection of all groups: of people (`side` is empty), or of one side's digits."""

    side: str
    measure: int
    place: int
    base: int

    @property
    def weights(self) -> list[int]:
        """What a person in each bucket of a group adds; one bucket of 1 where people count."""
        if not self.side:
            return [1]
        return [digit * self.base**self.place for digit in range(1, self.base)]

    def split(self, side: str) -> int:
        """Return into how many buckets this pass parts each group of `side`."""
        return len(self.weights) if side == self.side else 1


def passes_of(left: tuple[Measure, ...], right: tuple[Measure, ...], base: int) -> list[Pass]:
    """Return the intersections that a question takes, the one of people first."""
    found = [Pass("", 0, 0, 2)]
    for side, measures in (("left", left), ("right", right)):
        for number, measure in enumerate(measures):
            found += [Pass(side, number, place, base) for place in range(measure.digits(base))]
    return found


def buckets_of(side: Side, name: str, one: Pass) -> list[list[str]]:
    """Return the people of a side as a pass parts them, group by group."""
    if one.side != name:
        return [group.people for group in side.groups]
    found = [side.bucket(group, one) for group in range(len(side.groups))]
    return [bucket for buckets in found for bucket in buckets]


def label_from_json(value: Any) -> Label:
    if not isinstance(value, list) or not all(x is None or isinstance(x, str) for x in value):
        raise Dishonest("label")
    return tuple(value)


def number_in(head: Mapping[str, Any], name: str, most: int) -> int:
    """Return the whole number that a parcel's head names, from 1 to `most`."""
    value = head.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise Dishonest(name)
    return value
