"""The demo city's data: real files on disk, from open data and from a generator.

Everything is made by DuckDB and the standard library; generated rows follow from their number, so
that two demos hold the same data. No resident exists: names, id numbers (with right check
digits), phones and addresses are made up.
"""

import csv
import gzip
import io
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import airportsdata
import duckdb

from shuce.demo import doctors
from shuce.demo.servers import put_into_mariadb, put_into_postgresql
from shuce.kernel.identifiers import resident_check_character

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文慧建国红梅志鹏欣怡浩然子涵雨桐"
_DISTRICTS = [
    "310101",
    "310104",
    "310105",
    "310106",
    "310107",
    "310109",
    "310110",
    "310112",
    "310113",
    "310114",
    "310115",
    "310116",
    "310117",
    "310118",
    "310120",
    "310151",
]
_DISEASES = [
    "高血压",
    "糖尿病",
    "冠心病",
    "哮喘",
    "流行性感冒",
    "骨折",
    "肺炎",
    "慢性胃炎",
    "抑郁症",
    "白内障",
    "肾结石",
    "痛风",
    "脑卒中",
    "健康体检",
]
_LINES = [f"{number}路" for number in (20, 37, 42, 49, 71, 104, 123, 146, 183, 933, 955)]
RESIDENTS = 12_000
VISITS = 40_000


def _pick(row: int, salt: int, size: int) -> int:
    """Return a number below `size` that follows from the row: spread evenly, always the same."""
    return (row * 2_654_435_761 + salt * 40_503 + (row ^ salt) * 69_069) % 4_294_967_291 % size


def _name(row: int) -> str:
    given = _GIVEN[_pick(row, 2, len(_GIVEN))]
    if _pick(row, 3, 10) < 7:
        given += _GIVEN[_pick(row, 4, len(_GIVEN))]
    return _SURNAMES[_pick(row, 1, len(_SURNAMES))] + given


def _resident_id(row: int, born: date) -> str:
    first_17 = f"{_DISTRICTS[_pick(row, 5, 16)]}{born:%Y%m%d}{_pick(row, 6, 999) + 1:03d}"
    return first_17 + resident_check_character(first_17)


def _phone(row: int) -> str:
    head = ("138", "139", "150", "159", "186", "187", "189", "199")[_pick(row, 7, 8)]
    return f"{head}{_pick(row, 8, 100_000_000):08d}"


def residents() -> Iterator[tuple[Any, ...]]:
    """Rows of (id number, name, sex, birth date, phone, address, district code)."""
    streets = [row["name"] for row in open_data("shanghai_streets")]
    for row in range(RESIDENTS):
        born = date(1936, 1, 1) + timedelta(days=_pick(row, 9, 31_000))
        number = _resident_id(row, born)
        sex = "男" if int(number[16]) % 2 else "女"
        street = streets[_pick(row, 10, len(streets))]
        address = f"{street}{_pick(row, 11, 900) + 1}弄{_pick(row, 12, 60) + 1}号"
        yield number, _name(row), sex, born, _phone(row), address, _DISTRICTS[_pick(row, 13, 16)]


def visits() -> Iterator[tuple[Any, ...]]:
    """Rows of (visit number, id number, name, age, sex, district, diagnosis, fee, visited on)."""
    people = list(residents())
    for row in range(VISITS):
        number, name, sex, born, _, _, district = people[_pick(row, 21, RESIDENTS)]
        visited = date(2025, 1, 1) + timedelta(days=_pick(row, 22, 540))
        age = (visited - born).days // 365
        # Older people come more often for the first, chronic diseases of the list.
        reach = 6 if age > 60 and _pick(row, 23, 3) else len(_DISEASES)
        disease = _DISEASES[_pick(row, 24, reach)]
        fee = 4_000 + _pick(row, 25, 90_000) + age * 350
        # As in any real system: some ids were typed wrongly, some fees never came.
        slip = _pick(row, 26, 1_000)
        yield (
            f"MZ2025{row:08d}",
            number[:16] + "0" + number[17] if slip < 4 else number,
            name,
            age,
            sex,
            district,
            disease,
            None if slip > 984 else fee / 100,
            visited,
        )


def rides() -> Iterator[tuple[Any, ...]]:
    """Rows of (day, line, hour, boardings, transfers)."""
    for day_number in range(180):
        day = date(2026, 1, 1) + timedelta(days=day_number)
        for place, line in enumerate(_LINES):
            for hour in range(5, 23):
                peak = 3 if hour in (7, 8, 17, 18) else 1
                row = day_number * 1_000 + place * 30 + hour
                boardings = 60 * peak + _pick(row, 31, 140 * peak)
                yield day, line, hour, boardings, boardings * _pick(row, 32, 40) // 100


def open_data(name: str) -> Iterator[dict[str, str]]:
    """Rows of one of our vendored tables of open data."""
    packed = files("shuce.demo").joinpath("data", f"{name}.csv.gz").read_bytes()
    yield from csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8")))


def write_sources(folder: Path) -> dict[str, str]:
    """Write every source of the demo city under `folder`; return each one's address by name."""
    folder.mkdir(parents=True, exist_ok=True)
    health = _sqlite(
        folder / "health.sqlite",
        "mz_jzjl",
        [
            "visit_no",
            "id_card",
            "name",
            "age",
            "gender",
            "district_code",
            "disease",
            "fee",
            "visit_date",
        ],
        visits(),
    )
    made = {
        "health": health,
        # Other bodies hold copies of their own: what one destroys, the others keep.
        "health_pd": Path(shutil.copy(health, folder / "health_pd.sqlite")),
        "health_monitor": Path(shutil.copy(health, folder / "health_monitor.sqlite")),
        "residents": _sqlite(
            folder / "residents.sqlite",
            "rk_jbxx",
            ["sfzh", "xm", "xb", "csrq", "lxdh", "jzdz", "qh_dm"],
            residents(),
        ),
        "doctors": _sqlite(
            folder / "doctors.sqlite",
            doctors.TABLE,
            doctors.COLUMNS,
            doctors.contracts(list(residents())),
        ),
        "transport": _parquet(
            folder / "transport",
            "bus_rides",
            ["ride_date", "line", "hour", "boardings", "transfers"],
            rides(),
        ),
        "divisions": _csv(folder / "divisions", "gb18030"),
        "airports": _airports(folder / "airports"),
        "villages": _villages(folder / "villages.sqlite"),
    }
    found = {name: str(path) for name, path in made.items()}
    ride_columns = ["ride_date", "line", "hour", "boardings", "transfers"]
    found["rides_server"] = (
        put_into_postgresql("bus_rides", ride_columns, rides()) or found["transport"]
    )
    villages = open_data("shanghai_villages")
    codes = ((row["code"], row["name"], row["street_code"]) for row in villages)
    found["villages_server"] = (
        put_into_mariadb("jcw_dm", ["code", "name", "street_code"], codes) or found["villages"]
    )
    return found


def _sqlite(
    file: Path, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> Path:
    file.unlink(missing_ok=True)
    with sqlite3.connect(file) as base:
        kinds = {"age": "INTEGER", "fee": "REAL", "qy_ys": "INTEGER"}
        spec = ", ".join(f"{name} {kinds.get(name, 'TEXT')}" for name in columns)
        base.execute(f"CREATE TABLE {table} ({spec})")
        marks = ", ".join("?" for _ in columns)
        base.executemany(
            f"INSERT INTO {table} VALUES ({marks})",
            (tuple(str(v) if isinstance(v, date) else v for v in row) for row in rows),
        )
    base.close()
    return file


def _parquet(
    folder: Path, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> Path:
    folder.mkdir(exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    draft = folder / f"{table}.csv.draft"
    draft.write_text(text.getvalue(), "utf-8")
    target = folder / f"{table}.parquet"
    with duckdb.connect() as base:
        base.execute(
            "COPY (SELECT * FROM read_csv(?, header = true)) TO '"
            + str(target).replace("'", "''")
            + "' (FORMAT parquet)",
            [str(draft)],
        )
    draft.unlink()
    return folder


def _csv(folder: Path, encoding: str) -> Path:
    """Write the division changes as an office would send them: CSV in GB18030."""
    folder.mkdir(exist_ok=True)
    heads = {
        "year": "年份",
        "type": "变更类型",
        "level": "层级",
        "old_code": "原区划代码",
        "old_name": "原名称",
        "new_code": "新区划代码",
        "new_name": "新名称",
        "document": "批复文号",
    }
    with (folder / "xzqh_bg.csv").open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(heads.values())
        writer.writerows([row[key] for key in heads] for row in open_data("division_changes"))
    with (folder / "xzqh_dm.csv").open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["区划代码", "名称", "地市代码", "省级代码"])
        writer.writerows(row.values() for row in open_data("districts"))
    with (folder / "jz_dm.csv").open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["街镇代码", "街镇名称", "区代码", "区名称"])
        writer.writerows(row.values() for row in open_data("shanghai_streets"))
    return folder


def _airports(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    heads = ("iata", "icao", "name", "city", "country", "elevation", "tz")
    with (folder / "airports.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(heads)
        for airport in airportsdata.load("IATA").values():
            writer.writerow([airport[head] for head in heads])
    return folder


def _villages(file: Path) -> Path:
    rows = ((r["code"], r["name"], r["street_code"]) for r in open_data("shanghai_villages"))
    return _sqlite(file, "jcw_dm", ["code", "name", "street_code"], rows)
