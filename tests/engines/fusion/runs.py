"""Both sides of a fusion in one process, and what plain counting says."""

import secrets
from collections import defaultdict

from shuce.engines.fusion import Group, Measure, Requirements, Side, counting, holding
from shuce.engines.fusion.parcels import Parcel
from shuce.engines.fusion.protecting import Candidates

Person = tuple[str, str | None, tuple[int, ...]]


def side(
    people: list[Person], minimum: int = 1, measures: tuple[Measure, ...] = (), **demands: object
) -> Side:
    """People as (id, group, values)."""
    grouped: dict[str | None, list[Person]] = defaultdict(list)
    for one in people:
        grouped[one[1]].append(one)
    groups = [
        Group(
            (label,),
            ["id:" + one[0] for one in members],
            tuple(
                [one[2][place] - measure.zero for one in members]
                for place, measure in enumerate(measures)
            ),
        )
        for label, members in grouped.items()
        if len(members) >= minimum
    ]
    return Side(groups, measures, Requirements(minimum, **demands))  # type: ignore[arg-type]


def crossing(parcel: Parcel) -> Parcel:
    """A parcel as it arrives."""
    return Parcel.from_bytes(parcel.as_bytes())


def fused(left: Side, right: Side) -> Candidates:
    """Run every step."""
    secret = secrets.token_bytes(32)
    told = crossing(holding.terms(right))
    mine, asked = counting.request(left, told, secret)
    theirs, answer = holding.respond(right, crossing(asked), secret)
    mine, compared = counting.count(mine, crossing(answer))
    theirs, revealed = holding.reveal(theirs, crossing(compared))
    mine, proposed = counting.candidates(mine, crossing(revealed))
    settled = holding.settle(theirs, Candidates.from_json(proposed.as_json()))
    return counting.agree(mine, settled)


def plain(
    left: list[Person], right: list[Person], minimum: int
) -> dict[tuple[str | None, str | None], list[int]]:
    """The same by a plain join."""
    found: dict[tuple[str | None, str | None], list[int]] = {}
    there = {one[0]: one for one in right}
    for one in left:
        other = there.get(one[0])
        if other is None:
            continue
        values = [1, *one[2], *other[2]]
        known = found.setdefault((one[1], other[1]), [0] * len(values))
        for place, value in enumerate(values):
            known[place] += value
    return {cell: figures for cell, figures in found.items() if figures[0] >= minimum}
