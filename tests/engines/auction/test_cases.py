"""The kinds of the command line, with worked cases of textbooks and of our own."""

import pytest

from shuce.engines.apportionment.reading import BadCase
from shuce.engines.auction.cases import KINDS

pytestmark = pytest.mark.clause("G-8")

BILLS = [
    ["A", 40, 11.7],
    ["B", 14, 11.5],
    ["C", 18, 10.8],
    ["D", 15, 10.5],
    ["E", 18, 9.9],
    ["F", 17, 9.6],
]
PRO_RATA = [["A", 50, 9], ["B", 60, 8], ["C", 30, 8], ["D", 40, 5]]
STEPS = [["A", 2, 9], ["B", 2, 7], ["C", 2, 4]]
APPLES = [["A", [[1, 5]]], ["B", [[1, 2]]], ["C", [[2, 6]]]]
SNIPED = [["A", 100, 5], ["B", 80, 95], ["B", 90, 116]]

ANSWERED = [
    (
        "second_price",
        {"bids": {"Alice": 10, "Bob": 20}, "reserve": 0},
        {"winner": "Bob", "price": 10},
    ),
    ("second_price", {"bids": {"A": 5, "B": 5}}, {"winner": "A", "price": 5}),
    ("second_price", {"bids": {"A": 9}, "reserve": 4}, {"winner": "A", "price": 4}),
    ("second_price", {"bids": {"A": 3}, "reserve": 4}, {"winner": None, "price": None}),
    ("second_price", {"bids": [["A", 9], ["A", 8], ["B", 0.5]]}, {"winner": "A", "price": 0.5}),
    (
        "second_price",
        {
            "bids": [
                {"bidder": "A", "amount": 9, "index": 7, "hash": "0b"},
                {"bidder": "B", "amount": 9, "index": 7, "hash": "0a"},
            ]
        },
        {"winner": "B", "price": 9},
    ),
    ("second_price", {"bids": {"A": 9, "B": 5}, "budgets": {"A": 8}}, {"winner": "B", "price": 0}),
    ("first_price", {"bids": {"A": 70, "B": 65}, "reserve": 50}, {"winner": "A", "price": 70}),
    ("first_price", {"bids": {}}, {"winner": None, "price": None}),
    (
        "english_proxy",
        {"maxima": [["A", 100], ["B", 80]], "increment": 5, "start": 10},
        {"winner": "A", "price": 85},
    ),
    (
        "english",
        {
            "bids": SNIPED,
            "closes_at": 100,
            "window": 10,
            "extension": 20,
            "start": 10,
            "increment": 5,
        },
        {"winner": "A", "price": 85, "closed_at": 115, "late": [2]},
    ),
    (
        "english",
        {
            "bids": [
                ["A", 10, "2026-03-02T12:00:00+08:00"],
                ["B", 20, "2026-03-02T05:00:00+00:00"],
            ],
            "closes_at": "2026-03-02T13:00:00+08:00",
        },
        {"winner": "A", "late": [1]},
    ),
    (
        "uniform_price",
        {"units": 100, "bids": PRO_RATA},
        {"clearing": 8, "awards": {"A": 50, "B": 33, "C": 17, "D": 0}},
    ),
    (
        "uniform_price",
        {"units": 4, "bids": STEPS, "price_rule": "first rejected"},
        {"clearing": 4, "revenue": 16},
    ),
    ("uniform_price", {"units": 4, "bids": STEPS, "price_rule": "lowest_winner"}, {"clearing": 7}),
    (
        "uniform_price",
        {"units": 9, "bids": STEPS, "reserve": 5},
        {"clearing": 7, "awards": {"A": 2, "B": 2, "C": 0}},
    ),
    (
        "uniform_price",
        {"units": 100, "bids": PRO_RATA, "margin_rule": "earliest"},
        {"awards": {"A": 50, "B": 50, "C": 0, "D": 0}},
    ),
    ("uniform_price", {"units": 1, "bids": []}, {"clearing": None, "awards": {}}),
    (
        "pay_as_bid",
        {"units": 3, "bids": STEPS},
        {"payments": {"A": 18, "B": 7, "C": 0}, "revenue": 25},
    ),
    (
        "uniform_yield",
        {"offered": 100, "noncompetitive": 55, "competitive": BILLS},
        {"clearing": 10.5, "awards": {"F": 17, "E": 18, "D": 10}},
    ),
    (
        "uniform_yield",
        {"offered": 50, "noncompetitive": 55, "competitive": BILLS},
        {"clearing": None, "awards": {}},
    ),
    (
        "uniform_yield",
        {"offered": 50, "competitive": BILLS, "max_yield": 9.7},
        {"clearing": 9.6, "awards": {"F": 17}},
    ),
    (
        "vcg",
        {"units": 2, "bids": APPLES},
        {"winners": {"A": 1, "B": 1}, "payments": {"A": 4, "B": 1}},
    ),
    ("vcg", {"units": 1, "bids": [["A", 1, 5], ["B", 1, 3]], "reserve": 4}, {"payments": {"A": 4}}),
    (
        "vcg",
        {"items": ["x", "y"], "bids": {"A": {"x": 10}, "B": {"y": 7}, "C": [[["x", "y"], 13]]}},
        {"winners": {"A": ["x"], "B": ["y"]}, "payments": {"A": 6, "B": 3}},
    ),
    (
        "guided_price_cycles",
        {
            "profit_rule": {"base": "cost", "rate": 0.06},
            "cycles": [
                {"cost": 1200, "subsidy": 200, "tax": 65, "actual_revenue": 1180},
                {"cost": 1200, "subsidy": 200, "tax": 65},
            ],
        },
        {"max_revenue": [1125, 1070], "excess": [55, 0], "deducted": [0, 55]},
    ),
]


@pytest.mark.parametrize(("kind", "inputs", "expected"), ANSWERED)
def test_a_case_is_answered(kind, inputs, expected):
    answer = KINDS[kind](inputs)
    assert {name: answer[name] for name in expected} == expected


REFUSED = [
    ("second_price", {}, "bids"),
    ("second_price", {"bids": {"A": -1}}, "A"),
    ("second_price", {"bids": {"A": "many"}}, "A"),
    ("second_price", {"bids": [["A"]]}, r"bids\[0\]"),
    ("second_price", {"bids": 5}, "bids"),
    ("second_price", {"bids": {"A": 1}, "reserve": "x"}, "reserve"),
    ("uniform_price", {"units": 1, "bids": [["A", 1.5, 2]]}, "quantity"),
    ("uniform_price", {"units": 1, "bids": [], "price_rule": "mine"}, "mine"),
    ("uniform_price", {"units": 1, "bids": [], "margin_rule": "mine"}, "mine"),
    ("uniform_price", {"bids": []}, "units"),
    ("vcg", {"units": 1, "bids": [["A"]]}, r"bids\[0\]"),
    ("vcg", {"units": 1, "bids": [["A", [[0, 5]]]]}, "A"),
    ("vcg", {"units": 1, "bids": [["A", [[1, 5, 6]]]]}, r"bids\[0\]"),
    ("vcg", {"items": ["x"], "bids": [["A", [["z", 5]]]]}, "A"),
    ("english", {"bids": [], "closes_at": "noon"}, "closes_at"),
    ("english", {"bids": [], "closes_at": "2026-03-02T12:00:00"}, "closes_at"),
    ("english", {"bids": [["A", 1, 9], ["B", 5, 3]], "closes_at": 10}, "早于"),
    ("guided_price_cycles", {"profit_rule": {"base": "x", "rate": 1}, "cycles": []}, "base"),
    ("guided_price_cycles", {"profit_rule": {"rate": 1}, "cycles": [{}]}, "cost"),
]


@pytest.mark.parametrize(("kind", "inputs", "words"), REFUSED)
def test_a_bad_case_is_refused_by_the_name_of_its_field(kind, inputs, words):
    with pytest.raises(BadCase, match=words):
        KINDS[kind](inputs)
