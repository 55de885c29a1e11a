"""The counting side: it asks with its own people, and counts matches it cannot tell apart.

The steps, in the order of the protocol; `holding.py` has those between. A state is plain JSON, kept
by whoever runs the step, and holds this side's secrets.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from shuce.engines.fusion import comparing, masks
from shuce.engines.fusion.blinding import Key, joined, parted
from shuce.engines.fusion.costing import best_base
from shuce.engines.fusion.parcels import Parcel
from shuce.engines.fusion.protecting import (
    Candidates,
    noises,
    rest_protected,
)
from shuce.engines.fusion.shapes import (
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
NAME, OTHER = "left", "right"


def request(side: Side, told: Parcel, secret: bytes) -> tuple[State, Parcel]:
    """Blind this side's people, in groups nobody else can name, for the holding side to raise.

    `told` is what the holding side told of itself (`holding.terms`); `secret` is known to both
    sides and to nobody else.
    """
    theirs = [Measure.from_json(one) for one in told.head.get("measures", [])]
    demands = side.demands.stricter(Requirements.from_json(told.head.get("demands")))
    others = number_in(told.head, "groups", MOST_CELLS)
    # A group smaller than either side's minimum can never be shown, so it is not even asked about.
    side = side.large_enough(demands.minimum)
    if not side.groups:
        raise TooSmall
    if others * len(side.groups) > MOST_CELLS:
        raise TooLarge
    people = [len(group.people) for group in side.groups]
    base = best_base(sum(people), (len(people), others), (side.measures, theirs))
    passes = passes_of(side.measures, tuple(theirs), base)
    _refuse_too_large(side, passes, others)
    keys, sizes, blobs = [], [], []
    for number, one in enumerate(passes):
        key = Key.new()
        buckets = [
            key.blind(bucket + _unborne(secret, number, place, others * one.split(OTHER)))
            for place, bucket in enumerate(buckets_of(side, NAME, one))
        ]
        keys.append(key.secret.hex())
        sizes.append([len(bucket) for bucket in buckets])
        blobs.append(b"".join(map(joined, buckets)))
    state = {
        "keys": keys,
        "sizes": sizes,
        "labels": [list(group.label) for group in side.groups],
        "people": people,
        "base": base,
        "dropped": side.dropped,
        "mine": [one.as_json() for one in side.measures],
        "theirs": [one.as_json() for one in theirs],
        "others": others,
        "demands": demands.as_json(),
    }
    head = {
        "groups": len(side.groups),
        "base": base,
        "measures": state["mine"],
        "demands": side.demands.as_json(),
        "sizes": sizes,
    }
    return state, Parcel(head, tuple(blobs))


def count(state: State, answer: Parcel) -> tuple[State, Parcel]:
    """Count the matches of each joint group, masked, and prepare their comparison.

    What is counted is each figure plus a number that only the holding side knows.
    """
    passes = _passes(state)
    groups, others = len(state["labels"]), state["others"]
    theirs = answer.head.get("sizes")
    if not isinstance(theirs, list) or len(theirs) != len(passes):
        raise Dishonest("sizes")
    if len(answer.blobs) != 2 * len(passes) + 1:
        raise Dishonest("passes")
    counts = [[0] * others for _ in range(groups)]
    sums = [[[0] * others for _ in range(groups)] for _ in _measures(state)]
    for number, one in enumerate(passes):
        setup = parted(answer.blobs[2 * number], _whole(theirs[number], others * one.split(OTHER)))
        raised = parted(answer.blobs[2 * number + 1], state["sizes"][number])
        found = _matches(Key(bytes.fromhex(state["keys"][number])), setup, raised)
        target = counts if not one.side else sums[_position(state, one)]
        for mine, other in product(range(len(raised)), range(len(setup))):
            weight = one.weights[(mine % one.split(NAME)) or (other % one.split(OTHER))]
            target[mine // one.split(NAME)][other // one.split(OTHER)] += (
                weight * found[mine][other]
            )
    bits = max(state["sizes"][0]).bit_length()
    asked = parted(answer.blobs[-1], [bits] * (groups * others))
    key = Key.new()
    mine_blob, their_blob = [], []
    for cell, (mine, other) in enumerate(product(range(groups), range(others))):
        mine_blob.append(joined(key.blind(comparing.ones(cell, counts[mine][other], bits))))
        their_blob.append(joined(key.raised(asked[cell])))
    kept = state | {"masked_people": counts, "masked_sums": sums, "keys": []}
    return kept, Parcel({"bits": bits}, (b"".join(mine_blob), b"".join(their_blob)))


def candidates(state: State, told: Parcel) -> tuple[State, Candidates]:
    """Take the masks off the groups that may be shown; keep back those whose rest is too small.

    The figures carry the holding side's noise where there is any, and this side's own on top.
    """
    demands = Requirements.from_json(state["demands"])
    measures = _measures(state)
    # What is taken off each value so that none is negative: agreed ranges, never the data.
    zeros = [one.zero for one in measures]
    cells = told.head.get("cells")
    if not isinstance(cells, list) or len(cells) > len(state["labels"]) * state["others"]:
        raise Dishonest("cells")
    rows: dict[tuple[int, int], list[int]] = {}
    labels: dict[int, Any] = {}
    for cell in cells:
        mine, other, label, masks_told = _cell(cell, state, len(measures))
        if (mine, other) in rows:
            raise Dishonest("cells")
        labels[other] = label_from_json(label)
        own = noises(demands, measures)
        people = state["masked_people"][mine][other] - masks_told[0]
        if not demands.is_noisy and people < demands.minimum:
            raise Dishonest("minimum")
        figures = [people + own[0]]
        for place, zero in enumerate(zeros):
            whole = state["masked_sums"][place][mine][other] - masks_told[1 + place]
            figures.append(whole + own[1 + place] + zero * figures[0])
        rows[mine, other] = figures
    if not demands.is_noisy:
        rows = rest_protected(rows, dict(enumerate(state["people"])), demands.minimum, axis=0)
    found = Candidates(
        [
            (tuple(state["labels"][mine]), labels[other], mine, other, figures)
            for (mine, other), figures in sorted(rows.items())
        ]
    )
    return state | {"candidates": found.as_json()}, found


def agree(state: State, settled: Candidates) -> Candidates:
    """Check that what the holding side settled is among what this side proposed."""
    proposed = {(row[2], row[3]): row for row in Candidates.from_json(state["candidates"]).rows}
    if any(proposed.get((row[2], row[3])) != row for row in settled.rows):
        raise Dishonest("settled")
    return settled


def _unborne(secret: bytes, number: int, place: int, others: int) -> list[str]:
    found = masks.padding_ids(masks.draws(1)[0])
    for other in range(others):
        found += masks.masking_ids(secret, number, place, other, MOST_MASKS)
    return found


def _refuse_too_large(side: Side, passes: list[Pass], others: int) -> None:
    people = sum(len(group.people) for group in side.groups)
    for one in passes:
        buckets = len(side.groups) * one.split(NAME)
        if people + buckets * MOST_MASKS * (1 + others * one.split(OTHER)) > MOST_POINTS:
            raise TooLarge


def _matches(key: Key, setup: list[list[bytes]], raised: list[list[bytes]]) -> list[list[int]]:
    """Return how many points each bucket shares with each of the other side's."""
    where: dict[bytes, list[int]] = {}
    for place, bucket in enumerate(setup):
        for point in bucket:
            where.setdefault(point, []).append(place)
    off, found = key.inverse, []
    for bucket in raised:
        shared: Counter[int] = Counter()
        for point in off.raised(bucket):
            shared.update(where.get(point, ()))
        found.append([shared[place] for place in range(len(setup))])
    return found


def _passes(state: State) -> list[Pass]:
    mine = tuple(Measure.from_json(one) for one in state["mine"])
    theirs = tuple(Measure.from_json(one) for one in state["theirs"])
    return passes_of(mine, theirs, state["base"])


def _measures(state: State) -> list[Measure]:
    return [Measure.from_json(one) for one in (*state["mine"], *state["theirs"])]


def _position(state: State, one: Pass) -> int:
    return one.measure + (len(state["mine"]) if one.side == OTHER else 0)


def _whole(value: Any, count: int) -> Sequence[int]:
    """Return the sizes of `count` buckets as the other side told them."""
    if not isinstance(value, list) or len(value) != count:
        raise Dishonest("sizes")
    if not all(type(one) is int and 0 <= one <= MOST_POINTS for one in value):
        raise Dishonest("sizes")
    return value


def _cell(value: Any, state: Mapping[str, Any], measures: int) -> tuple[int, int, Any, list[int]]:
    match value:
        case [int(mine), int(other), label, list(masked)] if (
            0 <= mine < len(state["labels"])
            and 0 <= other < state["others"]
            and len(masked) == 1 + measures
            and all(type(one) is int for one in masked)
        ):
            return mine, other, label, masked
    raise Dishonest("cells")
