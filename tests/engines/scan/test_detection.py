from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stdnum import luhn

from bench.scan_tables import Office, Tables, Truth, harsh_tables, office_tables
from shuce.engines.scan import ColumnScan, Outcome, ScanResult, scan

TODAY = date(2026, 11, 23)


def scanned(folder: Path, tables: Tables) -> ScanResult:
    for name, columns in tables.items():
        data = pa.table({c: pa.array(values, pa.string()) for c, values in columns.items()})
        pq.write_table(data, folder / f"{name}.parquet")
    return scan(str(folder), today=TODAY)


def column_of(folder: Path, name: str, values: list[str | None]) -> ColumnScan:
    return scanned(folder, {"t": {name: values}}).tables[0].columns[0]


def f1_and_precision(result: ScanResult, truth: dict[str, Truth]) -> tuple[float, float]:
    right, extra, missed = Counter[str](), Counter[str](), Counter[str]()
    for table in result.tables:
        for column in table.columns:
            said, meant = column.type.value, truth[table.name][column.name]
            if said == meant:
                right[said] += 1
            else:
                extra[said] += 1
                missed[meant] += 1
    kinds = (set(right) | set(missed)) - {"none"}
    f1 = [2 * right[k] / (2 * right[k] + extra[k] + missed[k]) for k in kinds]
    named = [k for k in set(right) | set(extra) if k != "none"]
    precision = sum(right[k] for k in named) / sum(right[k] + extra[k] for k in named)
    return sum(f1) / len(f1), precision


@pytest.mark.parametrize("seed", [1, 2])
def test_columns_as_offices_make_them_are_told_apart(tmp_path, seed):
    tables, truth = office_tables(200, seed)
    f1, _ = f1_and_precision(scanned(tmp_path, tables), truth)
    assert f1 >= 0.95


@pytest.mark.parametrize("seed", [1, 2])
def test_mistreated_columns_and_look_alikes_are_told_apart(tmp_path, seed):
    tables, truth = harsh_tables(200, seed)
    f1, precision = f1_and_precision(scanned(tmp_path, tables), truth)
    assert f1 >= 0.85
    assert precision >= 0.90


def test_a_name_yields_to_values_that_contradict_it(tmp_path):
    o = Office(1)
    column = column_of(tmp_path, "身份证号", [o.digits(18) for _ in range(100)])
    assert column.type == "none"
    assert "列名像公民身份号码" in column.evidence[0]


def test_a_name_without_values_is_only_proposed(tmp_path):
    column = column_of(tmp_path, "身份证号", [None] * 50)
    assert column.type == "id_card"
    assert column.outcome is Outcome.NAME_ONLY
    assert column.confidence < 0.6


def test_what_could_be_something_is_left_to_a_person_and_masked(tmp_path):
    o = Office(2)
    values: list[str | None] = [f"{121 + o.random.random():.6f}" for _ in range(80)]
    column = column_of(tmp_path, "x1", values)
    assert (column.type, column.outcome) == ("none", Outcome.UNDECIDABLE)
    assert column.candidates[0][0] == "gps"
    assert not set(values) & {value for value, _ in column.profile.top}


def test_birthdays_that_repeat_the_id_number_are_birthdays_whatever_their_name(tmp_path):
    o = Office(3)
    ids: list[str | None] = [o.id_card() for _ in range(60)]
    days: list[str | None] = [f"{i[6:10]}/{int(i[10:12])}/{int(i[12:14])}" for i in ids if i]
    tables = {"t": {"x": ids, "y": days}}
    assert [c.type for c in scanned(tmp_path, tables).tables[0].columns] == [
        "id_card",
        "birth_date",
    ]


def test_personal_columns_show_no_value_anywhere(tmp_path):
    tables, _ = office_tables(80, 5)
    result = scanned(tmp_path, tables)
    for table in result.tables:
        for column in table.columns:
            if column.grade.rank < 3:
                continue
            values = {v for v in tables[table.name][column.name] if v and len(v) > 1}
            profile = column.profile
            assert not values & {value for value, _ in profile.top}
            assert profile.min not in values
            assert profile.max not in values
            assert profile.numbers is None


def test_a_phone_in_a_harmless_column_is_masked_all_the_same(tmp_path):
    values: list[str | None] = ["普通说明文字没有别的"] * 999 + ["请拨打联系电话13800138000谢谢"]
    shown = str(column_of(tmp_path, "说明", values).profile)
    assert "13800138000" not in shown


def test_the_counts_of_a_profile_are_right(tmp_path):
    values: list[str | None] = ["甲"] * 5 + ["乙"] * 3 + [None] * 2 + [" "] + ["12.5"]
    profile = column_of(tmp_path, "类别", values).profile
    assert (profile.rows, profile.nulls, profile.blanks, profile.distinct) == (12, 2, 1, 4)
    assert profile.top[:2] == (("甲", 5), ("乙", 3))
    assert profile.patterns[0] == ("中", 8)
    assert profile.lengths is not None
    assert profile.lengths[0::2] == (1, 4)


def test_numbers_get_mean_and_quantiles(tmp_path):
    values: list[str | None] = [str(n) for n in range(101)]
    numbers = column_of(tmp_path, "数量", values).profile.numbers
    assert numbers is not None
    assert numbers.mean == 50
    assert numbers.quantiles == pytest.approx((5, 25, 50, 75, 95), abs=1)


def test_a_sample_reads_part_of_the_rows_and_says_so(tmp_path):
    o = Office(4)
    pq.write_table(pa.table({"手机号": [o.mobile() for _ in range(5000)]}), tmp_path / "t.parquet")
    table = scan(str(tmp_path), sample=1000, today=TODAY).tables[0]
    assert (table.rows, table.scanned_rows) == (5000, 1000)
    assert table.columns[0].type == "mobile"


def test_a_table_without_rows_is_scanned_by_its_names(tmp_path):
    empty = pa.table({"手机号": pa.array([], pa.string()), "金额": pa.array([], pa.float64())})
    pq.write_table(empty, tmp_path / "t.parquet")
    table = scan(str(tmp_path), today=TODAY).tables[0]
    assert [(c.type, c.outcome) for c in table.columns] == [
        ("mobile", Outcome.NAME_ONLY),
        ("none", Outcome.DECIDED),
    ]


KNOWN = ("622848", "622202", "621226", "621700")


@pytest.mark.parametrize("name", ["account_number", "order_no", "流水号", "cust_ref"])
def test_right_check_digits_behind_known_issuers_are_cards_whatever_the_name(tmp_path, name):
    cards = [with_luhn(KNOWN[k % 4] + f"{k * 7919 % 10**9:09d}") for k in range(200)]
    assert column_of(tmp_path, name, cards).type.value == "bank_card"


@pytest.mark.parametrize("prefixes", [("622848",), ("1001", "2044", "8817")])
def test_order_numbers_that_pass_the_check_by_rule_are_no_cards(tmp_path, prefixes):
    heads = [prefixes[k % len(prefixes)] for k in range(200)]
    orders = [with_luhn(f"{h}{k * 7919 % 10**9:09d}") for k, h in enumerate(heads)]
    assert column_of(tmp_path, "order_no", orders).type.value == "none"


def with_luhn(digits: str) -> str:
    return digits + luhn.calc_check_digit(digits)
