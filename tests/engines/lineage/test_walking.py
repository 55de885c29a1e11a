"""What hangs on a column is found once, surely or perhaps, and circles end."""

from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.lineage import Arrow, Box, Certainty, Flow, How, draw, impact_of, layers_of

ARROWS = [
    Arrow("a", "b", (Flow("x", "y"), Flow("z", "", How.CONDITION))),
    Arrow("b", "c", (Flow("y", "w"), Flow("v", "u"))),
    Arrow("c", "d"),
    Arrow("d", "a"),
]


def test_a_column_reaches_what_is_made_of_it_and_nothing_else():
    found = {
        (one.key, one.column): (one.certainty, one.steps) for one in impact_of(ARROWS, "a", "X")
    }
    assert found == {
        ("b", "y"): (Certainty.DIRECT, 1),
        ("c", "w"): (Certainty.DIRECT, 2),
        ("d", ""): (Certainty.WHOLE, 3),
    }
    assert [one.column for one in impact_of(ARROWS, "a", "nothing")] == []


def test_a_column_of_a_condition_reaches_every_column_further_on():
    found = {(one.key, one.column): one.certainty for one in impact_of(ARROWS, "a", "z")}
    assert found[("b", "")] is Certainty.CONDITION
    assert found[("c", "u")] is Certainty.CONDITION


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=20))
def test_any_tangle_is_walked_and_drawn(pairs):
    arrows = [Arrow(one, other) for one, other in pairs]
    layers = layers_of("a", arrows)
    reached = {one.key for one in impact_of(arrows, "a")}
    assert reached <= set(layers)
    assert "a" not in reached
    boxes = [Box(key, f"<{key}>", "", "CARD", layer, "/") for key, layer in layers.items()]
    svg = draw(boxes, arrows, "t")
    assert svg.count("<rect") == len(layers)
    assert "<a>" not in svg


def test_layers_are_steps_to_either_side():
    assert layers_of("b", ARROWS[:3]) == {"b": 0, "a": -1, "c": 1, "d": 2}
