"""The kinds of the command line, with worked cases (Wikipedia's Hare quota among them)."""

import pytest

from shuce.engines.apportionment.cases import KINDS
from shuce.engines.apportionment.reading import BadCase

pytestmark = pytest.mark.clause("G-10")

THIRDS = {"events": [1, 1, 1, 1], "weights": [1, 1, 1]}
HARE = {"total": 10, "weights": [47000, 16000, 15900, 12000, 6000, 3100]}

ANSWERED = [
    ("largest_remainder", HARE, {"alloc": [5, 2, 1, 1, 1, 0]}),
    (
        "largest_remainder",
        {"total": 100, "weights": ["1/3", "1/3", "1/3"]},
        {"alloc": [34, 33, 33]},
    ),
    (
        "largest_remainder",
        {"total": 1, "weights": [1, 1], "tie": "highest index"},
        {"alloc": [0, 1]},
    ),
    (
        "cumulative_quota",
        THIRDS,
        {
            "totals_after_each": [[1, 0, 0], [1, 1, 0], [1, 1, 1], [2, 1, 1]],
            "max_abs_deviation_lt": 1,
        },
    ),
    (
        "cumulative_quota",
        {"events": [1, 1, 1], "weights": [[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1]]},
        {"max_abs_deviation_lt": 1},
    ),
    (
        "cumulative_quota",
        {"events": [6, 4], "tiers": [{"up_to": 5, "weights": [1, 0]}, {"weights": [0, 1]}]},
        {"totals_after_each": [[5, 1], [5, 5]]},
    ),
    (
        "apportion",
        {"amount": 1400, "parties": ["甲", "乙"], "weights": [0.7, 0.3], "costs": {"乙": 400}},
        {"alloc": {"甲": 700, "乙": 700}, "costs": {"甲": 0, "乙": 400}},
    ),
    (
        "apportion",
        {"amount": 1000, "weights": [6, 3, 1], "floors": [0, 0, 280], "caps": [450, None, None]},
        {"alloc": {"0": 450, "1": 270, "2": 280}},
    ),
    (
        "share_by_ratio",
        {"total": 10, "ratios": {"a": "1/3", "b": "2/3"}},
        {"alloc": {"a": 3, "b": 7}},
    ),
    (
        "share_by_investment",
        {"total": 9, "investments": {"a": 1, "b": 2}},
        {"alloc": {"a": 3, "b": 6}},
    ),
    (
        "share_by_investment",
        {"total": 9, "investments": [["a", 10, 30], {"party": "b", "fen": 20, "days": 30}]},
        {"alloc": {"a": 3, "b": 6}},
    ),
    (
        "share_by_contribution",
        {"total": 100, "contributions": {"L": "2/3", "R1": "1/6", "R2": "1/6"}},
        {"alloc": {"L": 67, "R1": 17, "R2": 16}},
    ),
    (
        "lineage_shares",
        {"product": "p", "lineage": {"p": {"a": "1/4"}}, "total": 101},
        {"shares": {"p": "3/4", "a": "1/4"}, "alloc": {"p": 76, "a": 25}},
    ),
]


@pytest.mark.parametrize(("kind", "inputs", "expected"), ANSWERED)
def test_a_case_is_answered(kind, inputs, expected):
    answer = KINDS[kind](inputs)
    assert {name: answer[name] for name in expected} == expected


REFUSED = [
    ("largest_remainder", {"weights": [1]}, "total"),
    ("largest_remainder", {"total": 1.5, "weights": [1]}, "total"),
    ("largest_remainder", {"total": 1, "weights": [1, "x"]}, r"weights\[1\]"),
    ("largest_remainder", {"total": 1, "weights": [0, 0]}, "weights"),
    ("largest_remainder", {"total": 1, "weights": "12"}, "weights"),
    ("largest_remainder", {"total": True, "weights": [1]}, "total"),
    ("largest_remainder", {"total": float("nan"), "weights": [1]}, "total"),
    ("largest_remainder", {"total": "1/0", "weights": [1]}, "total"),
    ("cumulative_quota", {"events": [1, -1], "weights": [1]}, r"events\[1\]"),
    ("cumulative_quota", {"events": [1, 1], "weights": [[1]]}, "行数"),
    ("cumulative_quota", {"events": [1, 1], "weights": [[1], [1, 1]]}, "方数"),
    ("cumulative_quota", {"events": [1]}, "weights"),
    ("apportion", {"amount": 1, "weights": [1], "parties": ["a"], "caps": {"b": 1}}, "b"),
    ("apportion", {"amount": 1, "tiers": []}, "各档|方"),
    ("apportion", {"amount": 1, "tiers": [5]}, "tiers"),
    ("share_by_investment", {"total": 1, "investments": []}, "无从分配"),
    ("lineage_shares", {"product": "p", "lineage": {"p": {"p": 1}}}, "成环"),
]


@pytest.mark.parametrize(("kind", "inputs", "words"), REFUSED)
def test_a_bad_case_is_refused_by_the_name_of_its_field(kind, inputs, words):
    with pytest.raises(BadCase, match=words):
        KINDS[kind](inputs)
