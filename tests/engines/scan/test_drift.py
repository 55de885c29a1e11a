"""How a table differs from what an earlier scan saw."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.scan.drift import DriftKind, Seen, day_range, drifts, newest_day, psi, shift_of


def column(name, rows=100, sql_type="VARCHAR", **profile):
    told = {"rows": rows, "nulls": 0, "blanks": 0, "distinct": 2, "min": "a", "max": "b"}
    return {"name": name, "sql_type": sql_type, "profile": told | profile}


def sizes(before, after):
    return {(one.kind, one.column): one.size for one in drifts(before, after)}


@pytest.mark.clause("G-7")
def test_rows_gaps_distinct_values_and_structure_are_compared():
    before = Seen(100, [column("a", nulls=2), column("b"), column("c", sql_type="INTEGER")])
    after = Seen(
        150,
        [
            column("a", rows=150, nulls=30, distinct=3),
            column("c", rows=150, sql_type="VARCHAR"),
            column("d", rows=150),
        ],
    )
    assert sizes(before, after) == {
        (DriftKind.ROWS, ""): 50,
        (DriftKind.NULLS, "a"): 18,
        (DriftKind.DISTINCT, "a"): 50,
        (DriftKind.GONE, "b"): 100,
        (DriftKind.NEW, "d"): 100,
        (DriftKind.RETYPED, "c"): 100,
    }
    # What changes the structure is told first.
    assert {one.kind for one in drifts(before, after)[:3]} == {
        DriftKind.GONE,
        DriftKind.NEW,
        DriftKind.RETYPED,
    }
    assert drifts(before, before) == ()


def test_the_index_is_that_of_its_formula():
    # (0.6 - 0.5) ln(0.6/0.5) + (0.4 - 0.5) ln(0.4/0.5)
    assert psi([50, 50], [60, 40]) == pytest.approx(0.1 * math.log(1.2) - 0.1 * math.log(0.8))
    assert psi([10, 0], [0, 0]) == 0


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=8).filter(any))
def test_the_same_distribution_has_not_moved_and_none_moves_back(counts):
    assert psi(counts, counts) == pytest.approx(0)
    assert psi(counts, [2 * one for one in counts]) == pytest.approx(0)
    assert psi(counts, counts[::-1]) >= 0


def test_values_shapes_and_numbers_each_tell_of_a_shift():
    sexes = column("s", top=[["男", 50], ["女", 50]])
    more = column("s", top=[["男", 90], ["女", 10]])
    assert shift_of(sexes, more) == pytest.approx(0.4 * math.log(1.8) - 0.4 * math.log(0.2))
    # A value that was not there at all counts, where the list of values is whole.
    other = column("s", top=[["男", 50], ["不详", 50]])
    assert shift_of(sexes, other) > 1
    many = {"distinct": 90, "top": [["x", 2]]}
    shaped = column("n", patterns=[["9999", 100]], **many)
    assert shift_of(shaped, column("n", patterns=[["A999", 100]], **many)) > 1
    assert shift_of(shaped, column("n", patterns=[["9999", 80]], **many)) == 0
    numbers = {"mean": 0, "quantiles": [5, 25, 50, 75, 95], "minimum": 0, "maximum": 100}
    doubled = {"mean": 0, "quantiles": [10, 50, 100, 150, 190], "minimum": 0, "maximum": 200}
    same = column("m", numbers=numbers)
    assert shift_of(same, same) == pytest.approx(0, abs=1e-9)
    assert shift_of(same, column("m", numbers=doubled)) > 0.25
    constant = {"mean": 3, "quantiles": [3] * 5, "minimum": 3, "maximum": 3}
    assert shift_of(column("m", numbers=constant), same) is not None
    assert shift_of(column("e", nulls=100), sexes) is None
    assert shift_of(column("p"), column("p")) is None


def test_values_cut_off_from_a_list_are_not_taken_for_gone():
    first = column("c", distinct=40, top=[[f"v{i}", 9] for i in range(10)])
    later = column("c", distinct=40, top=[[f"v{i}", 9] for i in range(1, 11)])
    assert shift_of(first, later) < 0.05


@pytest.mark.parametrize(
    ("low", "high", "newest"),
    [
        ("2020-01-01", "2026-03-05 12:00:00", date(2026, 3, 5)),
        ("2020年1月1日", "2026/3/5", date(2026, 3, 5)),
        (20200101, 20260305, date(2026, 3, 5)),
        ("20200101", "20260305", date(2026, 3, 5)),
        ("2020-01-01", "2031-01-01", None),  # a day to come, such as an end of validity
        ("200001", "201111", None),  # postcodes
        (20200.5, 20260305.5, None),
        ("2020-13-01", "2026-13-05", None),
        ("1**", "2**", None),
        (None, None, None),
    ],
)
def test_days_are_read_as_offices_write_them(low, high, newest):
    found = newest_day([column("x", min=low, max=high)], date(2026, 3, 20))
    assert found == (("x", newest) if newest else None)


def test_the_newest_of_several_columns_is_named():
    columns = [
        column("born", min="1950-01-01", max="2001-01-01"),
        column("came", min="2024-01-01", max="2026-03-01"),
    ]
    assert newest_day(columns, date(2026, 3, 20)) == ("came", date(2026, 3, 1))
    assert day_range(columns[1]) == (date(2024, 1, 1), date(2026, 3, 1))
