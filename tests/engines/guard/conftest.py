"""A small city with people of every kind, one of them rare and rich."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

PEOPLE = 6000
_DRAW = "(hash(i * 10 + {salt}) % 1000000 / 1000000.0)"


def draw(salt: int) -> str:
    return _DRAW.format(salt=salt)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with persons.parquet (one row a person) and hospitals.csv."""
    folder = tmp_path_factory.mktemp("city")
    with duckdb.connect() as engine:
        engine.execute(f"""
            CREATE TABLE persons AS SELECT
                i::INTEGER AS id,
                CASE WHEN i = 4242 THEN '王特殊' ELSE '人' || i END AS name,
                '310101' || lpad(i::VARCHAR, 12, '0') AS id_card,
                '138' || lpad(i::VARCHAR, 8, '0') AS phone,
                ({draw(1)} * 95)::INTEGER AS age,
                CASE WHEN {draw(2)} < 0.5 THEN '男' ELSE '女' END AS gender,
                CASE WHEN i = 4242 THEN '崇明区' ELSE
                    ['黄浦区', '徐汇区', '浦东新区', '崇明区'][1 + ({draw(3)} * 3.99)::INTEGER % 4]
                END AS district,
                CASE WHEN i = 4242 THEN 5000000 ELSE ({draw(4)} * 20000)::INTEGER END AS income,
                CASE WHEN i IN (5, 77, 901, 4242) THEN '罕见病A' WHEN {draw(5)} < 0.05 THEN NULL
                    ELSE ['高血压', '糖尿病', '感冒'][1 + ({draw(6)} * 2.99)::INTEGER % 3]
                END AS disease,
                1 + ({draw(7)} * 9)::INTEGER AS hospital_id,
                DATE '2019-07-01' + ({draw(8)} * 1800)::INTEGER AS visit_date
            FROM range({PEOPLE}) t(i)""")
        engine.execute(f"COPY persons TO '{folder / 'persons.parquet'}' (FORMAT parquet)")
        engine.execute(f"""
            COPY (SELECT i AS hospital_id, '第' || i || '医院' AS name,
                ['黄浦区', '徐汇区'][1 + i % 2] AS district, 100 + 40 * i AS beds
                FROM range(1, 11) t(i))
            TO '{folder / "hospitals.csv"}' (HEADER)""")
    return folder


@pytest.fixture(scope="session")
def plain(city: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same tables without a guard: row filter and clamping as the policy says."""
    with duckdb.connect() as engine:
        engine.execute(f"""
            CREATE VIEW persons AS SELECT * REPLACE (
                CASE WHEN income > 50000 THEN 50000 ELSE income END AS income)
            FROM read_parquet('{city / "persons.parquet"}')
            WHERE visit_date >= DATE '2020-01-01'""")
        engine.execute(f"CREATE VIEW hospitals AS FROM read_csv('{city / 'hospitals.csv'}')")
        yield engine


@pytest.fixture(scope="session")
def policy() -> dict[str, Any]:
    """The policy of a health grant."""
    return {
        "starts_on": "2026-01-01",
        "ends_on": "2027-01-01",
        "subject": {"table": "persons", "key": "id"},
        "minimum_group": 10,
        "tables": {
            "persons": {
                "columns": {
                    "id": {"use": ["count_distinct", "join"]},
                    "name": {"use": []},
                    "id_card": {"use": []},
                    "phone": {"use": []},
                    "age": {"use": ["group", "filter", "aggregate"], "bounds": [0, 100]},
                    "gender": {"use": ["group", "filter"]},
                    "district": {"use": ["group", "filter"]},
                    "income": {
                        "use": ["aggregate"],
                        "bounds": [0, 50000],
                        "cut_points": [3000, 8000],
                    },
                    "disease": {"use": ["group", "filter"]},
                    "hospital_id": {"use": ["join", "group", "filter"]},
                    "visit_date": {"use": ["group", "filter"]},
                },
                "row_filter": "visit_date >= DATE '2020-01-01'",
            },
            "hospitals": {
                "public": True,
                "columns": {
                    "hospital_id": {"use": ["join", "group", "filter"]},
                    "name": {"use": ["group", "filter", "show"]},
                    "district": {"use": ["group", "filter", "show"]},
                    "beds": {"use": ["aggregate", "group", "filter", "show"]},
                },
            },
        },
        "joins": [["persons.hospital_id", "hospitals.hospital_id"]],
        "privacy": {
            "mode": "threshold",
            "epsilon_total": 2.0,
            "epsilon_per_query": 0.5,
            "delta": 1e-8,
        },
        "limits": {"seconds": 20, "memory_mb": 512, "result_rows": 1000, "queries_per_day": 500},
    }


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 people of 16 districts and 400 hospitals, three of them with a rare disease."""
    folder = tmp_path_factory.mktemp("town")
    districts = [
        "黄浦",
        "徐汇",
        "长宁",
        "静安",
        "普陀",
        "虹口",
        "杨浦",
        "闵行",
        "宝山",
        "嘉定",
        "浦东新",
        "金山",
        "松江",
        "青浦",
        "奉贤",
        "崇明",
    ]
    diseases = [
        "高血压",
        "糖尿病",
        "冠心病",
        "哮喘",
        "流感",
        "骨折",
        "肺炎",
        "胃炎",
        "抑郁症",
        "慢阻肺",
        "白内障",
        "肾结石",
    ]
    with duckdb.connect() as engine:
        engine.execute(f"""
            CREATE TABLE hospitals AS SELECT (1000 + i)::INTEGER AS hospital_id,
                '第' || i || '医院' AS name, {districts}[1 + (i * 7) % 16] || '区' AS district,
                (100 + (i * 37) % 1900)::INTEGER AS beds FROM range(400) t(i)""")
        engine.execute(f"""
            CREATE TABLE persons AS SELECT (i + 1)::BIGINT AS id, '张' || (i % 5000) AS name,
                '3101' || lpad((i * 7919)::VARCHAR, 14, '0') AS id_card,
                '13' || lpad((i * 7919)::VARCHAR, 9, '0') AS phone,
                CASE WHEN i = 4241 THEN 57 ELSE (100 * pow({draw(1)}, 1.3))::INTEGER END AS age,
                CASE WHEN i <> 4241 AND {draw(2)} < 0.505 THEN '男' ELSE '女' END AS gender,
                CASE WHEN i = 4241 THEN '崇明区' ELSE
                    {districts}[1 + (15.99 * pow({draw(3)}, 1.2))::INTEGER % 16] || '区'
                END AS district,
                CASE WHEN i = 4241 THEN 98765432.1 WHEN {draw(4)} < 0.03 THEN NULL
                    ELSE round(exp(8 + 1.5 * {draw(5)}), 2) END AS income,
                CASE WHEN i IN (5, 77, 4241) THEN '罕见病A'
                    ELSE {diseases}[1 + (11.99 * pow({draw(6)}, 1.5))::INTEGER % 12] END AS disease,
                (1000 + floor({draw(7)} * 400))::INTEGER AS hospital_id,
                (DATE '2023-01-01' + floor({draw(8)} * 730)::INTEGER)::DATE AS visit_date
            FROM range(20000) t(i)""")
        for table in ("persons", "hospitals"):
            engine.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
    return folder
