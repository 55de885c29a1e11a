"""Inside the worker: noise for a unit's cells, and a threshold that hides who is there at all.

Every figure is a whole number that one person moves by a known amount. The unit's epsilon is
shared evenly by its figures, by the number of people of each cell, and by the number of cells
kept back. A cell leaves only where its noisy number of people clears the minimum by so much that a
cell one person short of it would almost never (probability delta) leave too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shuce.engines.privacy import LaplaceNoise


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
    figures = spec["figures"]
    parts = 2 + sum(each["kind"] == "avg" for each in figures)
    parts += sum(each["kind"] != "people" for each in figures)
    share = spec["epsilon"] / parts
    each_row = int(spec["rows"]) * int(spec["sets"])
    people_noise = LaplaceNoise(each_row, share)
    least = minimum + people_noise.tail(spec["delta"] / each_row)
    people = people_noise.noised([row[0] for row in numbers])
    kept = [place for place, n in enumerate(people) if n >= least]
    first = len(rows[0]) - len(figures) if rows else 0
    out: list[list[str | None]] = [list(rows[place][:first]) for place in kept]
    errors: dict[str, float] = {}
    smallest = max(1, min((people[place] for place in kept), default=1))
    for column, figure in enumerate(figures):
        exact = [int(rows[place][first + column] or 0) for place in kept]
        told, error = _figure(figure, exact, kept, people, numbers, each_row, share, smallest)
        errors[f"a{column}"] = error
        for row, value in zip(out, told, strict=True):
            row.append(value)
    if "people" in [each["kind"] for each in figures]:
        for column, figure in enumerate(figures):
            if figure["kind"] == "people":
                errors[f"a{column}"] = people_noise.half_width()
    hidden = people_noise.noised([withheld + len(rows) - len(kept)])[0]
    return out, max(0, hidden), errors


def _figure(
    figure: Mapping[str, Any],
    exact: list[int],
    kept: list[int],
    people: list[int],
    numbers: Sequence[Sequence[int]],
    each_row: int,
    share: float,
    smallest: int,
) -> tuple[list[str], float]:
    if figure["kind"] == "people":
        return [str(people[place]) for place in kept], 0.0
    noise = LaplaceNoise(max(1, each_row * int(figure["sensitivity"])), share)
    told = noise.noised(exact)
    scale = int(figure["scale"])
    if figure["kind"] == "count":
        return [str(max(0, value)) for value in told], noise.half_width()
    if figure["kind"] == "sum":
        error = noise.half_width() / scale
        return [str(value) if scale == 1 else repr(value / scale) for value in told], error
    counting = LaplaceNoise(each_row, share)
    counts = counting.noised([int(numbers[place][figure["count"] + 1]) for place in kept])
    low, high = figure["bounds"]
    means = [
        min(high, max(low, value / scale / max(1, n)))
        for value, n in zip(told, counts, strict=True)
    ]
    widest = max(abs(low), abs(high))
    error = (noise.half_width() / scale + widest * counting.half_width()) / smallest
    return [repr(float(mean)) for mean in means], error
