"""The protocol against a plain join, and what a dishonest side meets."""

import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuce.engines.fusion import Dishonest, Measure, Parcel, TooSmall, counting, holding, masks
from shuce.engines.fusion.blinding import Key
from shuce.engines.fusion.protecting import rest_protected
from tests.engines.fusion.runs import Person, crossing, fused, plain, side


def people(first: int, last: int, groups: str, values: tuple[int, ...] = ()) -> list[Person]:
    return [
        (f"{number:06}", groups[number % len(groups)], tuple(one + number % 7 for one in values))
        for number in range(first, last)
    ]


def found(left, right) -> dict:
    return {(row[0][0], row[1][0]): row[4] for row in fused(left, right).rows}


@pytest.mark.clause("G-8")
def test_counts_and_sums_equal_a_plain_join():
    left, right = people(0, 300, "abc", (10,)), people(100, 400, "xy", (-5, 3))
    mine = (Measure("age", 0, 120),)
    theirs = (Measure("change", -20, 20), Measure("visits", 0, 9))
    got = found(side(left, 5, mine), side(right, 5, theirs))
    assert got == plain(left, right, 5)
    assert len(got) == 6


def test_points_are_the_same_in_portions_and_in_either_order():
    ids = [f"id:{number}" for number in range(5_000)]
    mine, theirs = Key.new(), Key.new()
    both = theirs.raised(mine.blind(ids))
    assert both == mine.raised(theirs.blind(ids))
    assert theirs.inverse.raised(both) == mine.blind(ids)
    assert set(mine.blind(ids[:10])) < set(mine.blind(ids))


@pytest.mark.clause("G-8")
def test_a_group_under_either_sides_minimum_is_not_shown():
    left = people(0, 60, "a") + [(f"{n:06}", "b", ()) for n in range(60, 67)]
    right = people(0, 100, "x")
    assert found(side(left, 5), side(right, 5)) == {("a", "x"): [60], ("b", "x"): [7]}
    assert found(side(left, 5), side(right, 10)) == {("a", "x"): [60]}
    assert found(side(left, 10), side(right, 5)) == {("a", "x"): [60]}


@pytest.mark.clause("G-8")
def test_a_side_of_one_person_cannot_even_ask():
    right = side(people(0, 100, "x"), 5)
    alone = side([("000001", "a", ())], 1)
    told = holding.terms(right)
    with pytest.raises(TooSmall):
        counting.request(alone, told, b"s" * 32)
    with pytest.raises(TooSmall):
        holding.terms(side([], 5))


@pytest.mark.clause("G-8")
def test_a_set_below_the_minimum_is_refused_by_the_other_side_whatever_the_asker_says():
    right = side(people(0, 100, "x"), 5)
    told = holding.terms(right)
    secret = secrets.token_bytes(32)
    # A forger tells itself that the minimum is 1, and sends a set of one without padding.
    forged = Parcel({**told.head, "demands": {**told.head["demands"], "minimum": 1}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masks, "padding_ids", lambda count: [])
        _, asked = counting.request(side([("000001", "a", ())], 1), forged, secret)
    with pytest.raises(Dishonest):
        holding.respond(right, asked, secret)


@pytest.mark.clause("G-8")
def test_what_is_left_of_a_group_is_not_few():
    # 98 of 100 people of x are in both: that two are not would be told by subtraction.
    left, right = people(0, 98, "a"), people(0, 100, "x")
    assert found(side(left, 5), side(right, 5)) == {}
    assert found(side(right, 5), side(left, 5)) == {}
    assert found(side(people(0, 100, "a"), 5), side(right, 5)) == {("a", "x"): [100]}
    assert rest_protected({(0, 0): [50], (0, 1): [40]}, {0: 93}, 5, axis=0) == {(0, 0): [50]}


@pytest.mark.clause("G-8")
def test_noise_is_added_by_both_and_sums_stay_near():
    left, right = people(0, 400, "a", (20,)), people(0, 500, "x")
    mine = (Measure("age", 0, 120),)
    noisy = {"is_noisy": True, "epsilon": 2.0}
    exact = plain(left, right, 5)["a", "x"]
    seen = {tuple(found(side(left, 5, mine, **noisy), side(right, 5))["a", "x"]) for _ in range(4)}
    assert len(seen) > 1
    for people_told, total in seen:
        assert abs(people_told - exact[0]) < 40
        assert abs(total - exact[1]) < 120 * 40


def test_nothing_of_an_id_or_a_label_is_in_what_crosses():
    left, right = people(0, 50, "甲乙"), people(0, 50, "丙丁")
    secret = secrets.token_bytes(32)
    told = holding.terms(side(right, 5))
    mine, asked = counting.request(side(left, 5), told, secret)
    _, answer = holding.respond(side(right, 5), asked, secret)
    mine, compared = counting.count(mine, answer)
    for parcel in (told, asked, answer, compared):
        sent = parcel.as_bytes()
        assert not any(text.encode() in sent for text in ("甲", "乙", "丙", "丁"))
        assert not any(one[0].encode() in sent for one in left)
        # Every blob is points and nothing else.
        assert all(len(blob) % 33 == 0 and {*blob[::33]} <= {2, 3} for blob in parcel.blobs)


def test_the_counting_side_sees_no_exact_count():
    left, right = people(0, 30, "a"), people(0, 30, "x")
    seen = set()
    for _ in range(6):
        secret = secrets.token_bytes(32)
        mine, asked = counting.request(side(left, 5), holding.terms(side(right, 5)), secret)
        _, answer = holding.respond(side(right, 5), asked, secret)
        mine, _ = counting.count(mine, answer)
        seen.add(mine["masked_people"][0][0])
    assert all(30 <= one <= 78 for one in seen)
    assert len(seen) > 1


@pytest.mark.parametrize("harm", ["cut", "swap", "repeat", "head", "point"])
def test_a_damaged_parcel_is_refused(harm):
    secret = secrets.token_bytes(32)
    right = side(people(0, 40, "x"), 5)
    _, asked = counting.request(side(people(0, 40, "a"), 5), holding.terms(right), secret)
    blob = asked.blobs[0]
    harmed = {
        "cut": Parcel(asked.head, (blob[:-33],)),
        "swap": Parcel(asked.head, (b"\x07" + blob[1:],)),
        "repeat": Parcel(asked.head, (blob[:33] + blob[:33] + blob[66:],)),
        "head": Parcel({**asked.head, "groups": "many"}, asked.blobs),
        "point": Parcel(asked.head, (b"\x02" + b"\xff" * 32 + blob[33:],)),
    }[harm]
    with pytest.raises(Dishonest):
        holding.respond(right, crossing(harmed), secret)


def test_a_group_that_was_not_let_through_cannot_be_proposed():
    left, right = people(0, 60, "a") + people(60, 67, "b"), people(0, 100, "x")
    secret = secrets.token_bytes(32)
    mine, asked = counting.request(side(left, 5), holding.terms(side(right, 10)), secret)
    theirs, answer = holding.respond(side(right, 10), asked, secret)
    mine, compared = counting.count(mine, answer)
    theirs, revealed = holding.reveal(theirs, compared)
    _, proposed = counting.candidates(mine, revealed)
    row = proposed.rows[0]
    for forged in ((*row[:3], 7, row[4]), (*row[:4], [3]), (row[0], ("y",), *row[2:])):
        with pytest.raises(Dishonest):
            holding.settle(theirs, type(proposed)([forged]))
    mine = {**mine, "candidates": proposed.as_json()}
    with pytest.raises(Dishonest):
        counting.agree(mine, type(proposed)([(*row[:4], [61])]))


_SETS = st.dictionaries(
    st.integers(0, 40), st.tuples(st.sampled_from("ab"), st.integers(-3, 20)), max_size=25
)


@pytest.mark.clause("G-8")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(_SETS, _SETS, st.integers(1, 4))
def test_whatever_the_tables_figures_are_those_of_a_join_or_kept_back(first, second, minimum):
    left = [(str(one), group, (value,)) for one, (group, value) in first.items()]
    right = [(str(one), group, (value,)) for one, (group, value) in second.items()]
    measure = (Measure("m", -3, 20),)
    try:
        got = found(side(left, minimum, measure), side(right, minimum, measure))
    except TooSmall:
        return
    exact = plain(left, right, minimum)
    sizes = [
        {name: sum(one[1] == name for one in members) for name in "ab"} for members in (left, right)
    ]
    for axis, known in enumerate(sizes):
        exact = rest_protected(exact, known, minimum, axis=axis)
    assert got == exact
