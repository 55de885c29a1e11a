"""Noise for a unit's cells, and a threshold that hides who is there at all.

Every figure is a whole number that one person moves by a known amount. The unit's epsilon is
shared by its figures, by the number of people of each cell, and by the number of cells kept back.
A cell leaves only where its noisy number of people clears the minimum by so much that a cell one
person short of it would almost never (probability delta) leave too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shuce.engines.privacy import LaplaceNoise

# How many cells were kept back is told roughly: it gets a quarter of what a figure gets.
_OF_HIDDEN = 0.25
_BY_PEOPLE = -1  # an average's place among the counts, where the number of people is its count


class Noises:
    """The noise of each part of a unit's answer; known before any data is read."""

    def __init__(self, spec: Mapping[str, Any], minimum: int) -> None:
        self.figures: list[Mapping[str, Any]] = list(spec["figures"])
        # One row moves a figure in each grouping set.
        self._each_row = int(spec["rows"]) * int(spec["sets"])
        parts = 1 + _OF_HIDDEN + sum(map(_parts, self.figures))
        self._share = float(spec["epsilon"]) / parts
        self.people = LaplaceNoise(self._each_row, self._share)
        self.hidden = LaplaceNoise(self._each_row, self._share * _OF_HIDDEN)
        self.least = minimum + self.people.tail(float(spec["delta"]) / self._each_row)

    def of(self, figure: Mapping[str, Any]) -> LaplaceNoise:
        """Return the noise of a figure; of an average, that of the sum it is made from."""
        if figure["kind"] == "people":
            return self.people
        return LaplaceNoise(max(1, self._each_row * int(figure["sensitivity"])), self._share)

    @property
    def counting(self) -> LaplaceNoise:
        """Return the noise of a count, such as an average is divided by."""
        return LaplaceNoise(self._each_row, self._share)

    def widths(self) -> dict[str, tuple[float, float]]:
        """Return each figure's half-width: what stands, and what is divided by the people."""
        return {f"a{place}": self._width(figure) for place, figure in enumerate(self.figures)}

    def _width(self, figure: Mapping[str, Any]) -> tuple[float, float]:
        width = self.of(figure).half_width() / int(figure["scale"])
        if figure["kind"] != "avg":
            return width, 0.0
        low, high = figure["bounds"]
        return 0.0, width + (high - low) / 2 * self.counting.half_width()


def noised_cells(
    spec: Mapping[str, Any],
    minimum: int,
    rows: Sequence[Sequence[str | None]],
    numbers: Sequence[Sequence[int]],
    withheld: int,
) -> tuple[list[list[str | None]], int, dict[str, float]]:
    """Return the cells that leave, how many (about) do not, and each figure's error.

    `rows` hold keys and gs as text and then whole-number figures; `numbers` the people and the
    counts that averages divide by.
    """
    noises = Noises(spec, minimum)
    people = noises.people.noised([row[0] for row in numbers])
    kept = [place for place, n in enumerate(people) if n >= noises.least]
    first = len(rows[0]) - len(noises.figures) if rows else 0
    out: list[list[str | None]] = [list(rows[place][:first]) for place in kept]
    for column, figure in enumerate(noises.figures):
        exact = [int(rows[place][first + column] or 0) for place in kept]
        if figure["kind"] == "people":
            told = [str(people[place]) for place in kept]
        elif figure["kind"] == "avg":
            told = _means(
                noises, figure, exact, [numbers[p] for p in kept], [people[p] for p in kept]
            )
        else:
            told = _totals(noises, figure, exact)
        for row, value in zip(out, told, strict=True):
            row.append(value)
    smallest = max(1, min((people[place] for place in kept), default=1))
    errors = {name: fixed + shared / smallest for name, (fixed, shared) in noises.widths().items()}
    hidden = noises.hidden.noised([withheld + len(rows) - len(kept)])[0]
    return out, max(0, hidden), errors


def _parts(figure: Mapping[str, Any]) -> int:
    """Return how many shares a figure takes: an average those of its sum and of its count."""
    if figure["kind"] == "people":
        return 0
    return 2 if figure["kind"] == "avg" and figure["count"] != _BY_PEOPLE else 1


def _totals(noises: Noises, figure: Mapping[str, Any], exact: Sequence[int]) -> list[str]:
    told, scale = noises.of(figure).noised(exact), int(figure["scale"])
    if figure["kind"] == "count":
        return [str(max(0, value)) for value in told]
    return [str(value) if scale == 1 else repr(value / scale) for value in told]


def _means(
    noises: Noises,
    figure: Mapping[str, Any],
    sums: Sequence[int],
    numbers: Sequence[Sequence[int]],
    people: Sequence[int],
) -> list[str]:
    """Return averages: the middle of the bounds, and a noised sum of distances from it.

    A person moves a sum of distances by half the bounds' width, and the sum itself by their end.
    """
    scale, middle, place = int(figure["scale"]), int(figure["middle"]), int(figure["count"])
    counts = [row[0 if place == _BY_PEOPLE else place + 1] for row in numbers]
    told = noises.of(figure).noised([s - middle * n for s, n in zip(sums, counts, strict=True)])
    noisy = people if place == _BY_PEOPLE else noises.counting.noised(counts)
    low, high = figure["bounds"]
    means = [(middle + value / max(1, n)) / scale for value, n in zip(told, noisy, strict=True)]
    return [repr(float(min(high, max(low, mean)))) for mean in means]
