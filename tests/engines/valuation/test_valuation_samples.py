"""The published worked cases, each to its own tolerance."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from shuce.engines.valuation.cases import KINDS, answer

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "valuation_sample.json"
CASES = [case for case in json.loads(SAMPLE.read_text(encoding="utf-8")) if case["kind"] in KINDS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_published_case_is_answered_within_its_tolerance(case):
    result = answer([case])[case["id"]]
    for name, expected in case["expected"].items():
        assert _near(expected, result[name], case["tolerance"].get(name, 0)), (name, result)


def test_every_kind_that_is_not_of_price_or_shares_is_among_them():
    assert len(CASES) == 32


def _near(expected, given, tolerance) -> bool:
    if isinstance(expected, dict):
        pairs = [(expected[key], given[key]) for key in expected]
        return set(expected) == set(given) and all(_near(e, g, tolerance) for e, g in pairs)
    if isinstance(expected, list):
        pairs = list(zip(expected, given, strict=True))
        return all(_near(e, g, tolerance) for e, g in pairs)
    if isinstance(expected, bool):
        return given is expected
    return abs(Fraction(expected) - Fraction(given)) <= Fraction(tolerance)
