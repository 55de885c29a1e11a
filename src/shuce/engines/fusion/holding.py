"""The holding side: it raises what it is sent, masks every count, and unmasks only what may leave.

Its steps stand between those of `counting.py`.
"""

from itertools import product
from typing import Any

from shuce.engines.fusion import comparing, masks
from shuce.engines.fusion.blinding import Key, joined, parted
from shuce.engines.fusion.parcels import Parcel
from shuce.engines.fusion.protecting import (
    Candidates,
    bar_of,
    checked,
    noises,
    rest_protected,
)
from shuce.engines.fusion.shapes import (
    MOST_BASE,
    MOST_CELLS,
    MOST_MASKS,
    MOST_POINTS,
    Dishonest,
    Measure,
    Pass,
    Requirements,
    Side,
    TooLarge,
    TooSmall,
    buckets_of,
    label_from_json,
    number_in,
    passes_of,
)

State = dict[str, Any]
NAME, OTHER = "right", "left"


def terms(side: Side) -> Parcel:
    """Tell how many groups there are, what is measured, and what is demanded; nothing else."""
    if not side.groups:
        raise TooSmall
    if len(side.groups) > MOST_CELLS:
        raise TooLarge
    return Parcel(
        {
            "groups": len(side.groups),
            "measures": [one.as_json() for one in side.measures],
            "demands": side.demands.as_json(),
        }
    )


def respond(side: Side, asked: Parcel, secret: bytes) -> tuple[State, Parcel]:
    """Raise the counting side's points; send this side's own, and half of a comparison."""
    others = number_in(asked.head, "groups", MOST_CELLS)
    groups = len(side.groups)
    if others * groups > MOST_CELLS:
        raise TooLarge
    theirs = [Measure.from_json(one) for one in asked.head.get("measures", [])]
    demands = side.demands.stricter(Requirements.from_json(asked.head.get("demands")))
    measures = [*theirs, *side.measures]
    base = number_in(asked.head, "base", MOST_BASE)
    if base < 2:
        raise Dishonest("base")
    passes = passes_of(tuple(theirs), side.measures, base)
    sizes = _sizes(asked, passes, others, groups, demands.minimum)
    masked_people = [[0] * groups for _ in range(others)]
    masked_sums = [[[0] * groups for _ in range(others)] for _ in measures]
    told, blobs = [], []
    for number, one in enumerate(passes):
        theirs_split, mine_split = one.split(OTHER), one.split(NAME)
        buckets = buckets_of(side, NAME, one)
        hidden = masks.draws(len(sizes[number]) * len(buckets))
        key, own = Key.new(), []
        for place, bucket in enumerate(buckets):
            ids = bucket + masks.padding_ids(masks.draws(1)[0])
            for other in range(len(sizes[number])):
                amount = hidden[other * len(buckets) + place]
                ids += masks.masking_ids(secret, number, other, place, amount)
                target = masked_people
                if one.side:
                    target = masked_sums[one.measure + (len(theirs) if one.side == NAME else 0)]
                weight = one.weights[(other % theirs_split) or (place % mine_split)]
                target[other // theirs_split][place // mine_split] += weight * amount
            own.append(key.blind(ids))
        told.append([len(bucket) for bucket in own])
        blobs.append(b"".join(map(joined, own)))
        raised = [key.raised(bucket) for bucket in parted(asked.blobs[number], sizes[number])]
        blobs.append(b"".join(map(joined, raised)))
    bits = max(sizes[0]).bit_length()
    # A figure's own noise goes into what is taken off, so that nobody sees it without.
    off = {}
    bar, key, comparison = bar_of(demands, len(measures)), Key.new(), []
    for cell, (other, mine) in enumerate(product(range(others), range(groups))):
        noise = noises(demands, measures)
        off[other, mine] = [masked_people[other][mine] - noise[0]] + [
            masked_sums[place][other][mine] - noise[1 + place] for place in range(len(measures))
        ]
        least = min(max(off[other, mine][0] + bar - 1, 0), (1 << bits) - 1)
        comparison.append(joined(key.blind(comparing.zeros(cell, least, bits))))
    state = {
        "key": key.secret.hex(),
        "bits": bits,
        "others": others,
        "labels": [list(group.label) for group in side.groups],
        "people": [len(group.people) for group in side.groups],
        "dropped": side.dropped,
        "figures": 1 + len(measures),
        "off": [[*place, amounts] for place, amounts in off.items()],
        "demands": demands.as_json(),
    }
    return state, Parcel({"sizes": told}, (*blobs, b"".join(comparison)))


def reveal(state: State, compared: Parcel) -> tuple[State, Parcel]:
    """Learn which joint groups are large enough, and tell what to take off these, and no others."""
    cells = [(other, mine, amounts) for other, mine, amounts in state["off"]]
    if compared.head.get("bits") != state["bits"] or len(compared.blobs) != 2:
        raise Dishonest("bits")
    sizes = [state["bits"]] * len(cells)
    theirs, mine_raised = (parted(blob, sizes) for blob in compared.blobs)
    off, shown = Key(bytes.fromhex(state["key"])).inverse, []
    for place, (other, mine, amounts) in enumerate(cells):
        shared = set(theirs[place]) & set(off.raised(mine_raised[place]))
        if len(shared) > 1:
            raise Dishonest("comparison")
        if shared:
            shown.append([other, mine, state["labels"][mine], amounts])
    kept = state | {"off": [], "key": "", "shown": [[one[0], one[1]] for one in shown]}
    return kept, Parcel({"cells": shown})


def settle(state: State, proposed: Candidates) -> Candidates:
    """Keep back groups whose rest on this side would be too small, and settle what is released."""
    shown = {
        (other, mine): label_from_json(state["labels"][mine]) for other, mine in state["shown"]
    }
    checked(proposed.rows, shown, state["figures"])
    demands = Requirements.from_json(state["demands"])
    if demands.is_noisy:
        return proposed
    if any(row[4][0] < demands.minimum for row in proposed.rows):
        raise Dishonest("minimum")
    figures = {(row[2], row[3]): row[4] for row in proposed.rows}
    kept = rest_protected(figures, dict(enumerate(state["people"])), demands.minimum, axis=1)
    return Candidates([row for row in proposed.rows if (row[2], row[3]) in kept])


def _sizes(
    asked: Parcel, passes: list[Pass], others: int, groups: int, minimum: int
) -> list[list[int]]:
    """Return the sizes of what was sent. Nobody may ask with a group below the minimum."""
    sizes = asked.head.get("sizes")
    if not isinstance(sizes, list) or len(sizes) != len(passes):
        raise Dishonest("passes")
    for told, one in zip(sizes, passes, strict=True):
        hidden = MOST_MASKS * groups * one.split(NAME)
        least = hidden + (minimum if not one.side else 0)
        if not isinstance(told, list) or len(told) != others * one.split(OTHER):
            raise Dishonest("sizes")
        if not all(type(size) is int and least <= size for size in told):
            raise Dishonest("sizes")
        if sum(told) > MOST_POINTS:
            raise TooLarge
    if len(asked.blobs) != len(passes):
        raise Dishonest("passes")
    return sizes
