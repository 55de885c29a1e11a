import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.transparency import MOST_BODY_BYTES, canonical

TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_one_meaning_has_one_form_and_reads_back(body):
    data = canonical(body)
    assert json.loads(data) == body
    assert canonical(dict(reversed(body.items()))) == data


def test_keys_are_sorted_and_nothing_is_spaced_or_escaped():
    assert canonical({"b": [1, {"d": None, "c": True}], "a": "数册"}) == (
        '{"a":"数册","b":[1,{"c":true,"d":null}]}'.encode()
    )


@pytest.mark.parametrize("value", [1.0, float("nan"), b"x", {1}, {1: "a"}, [[0.5]]])
def test_what_has_no_one_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"a": value})


def test_a_body_that_no_bundle_could_hold_is_refused():
    assert len(canonical({"a": "x" * (MOST_BODY_BYTES - 8)})) == MOST_BODY_BYTES
    with pytest.raises(ValueError, match="65535"):
        canonical({"a": "x" * (MOST_BODY_BYTES - 7)})
