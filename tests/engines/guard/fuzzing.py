"""Questions drawn from a grammar, and an oracle that knows who stands in each of their cells.

The oracle runs the same block over the rows themselves, with the people of each cell beside it. A
released row must be one of at least the minimum of people, each of its figures too, and no two
released cells may differ by a few people only: within a question, and from one to the next.
"""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from shuce.engines.guard.engine import Worker
from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import Policy, read_policy
from shuce.engines.guard.session import Session
from shuce.engines.guard.verdicts import Verdict
from shuce.engines.guard.worker import Opened, _plain

MINIMUM = 10
PEOPLE = 900
POLICY: dict[str, Any] = {
    "subject": {"table": "persons", "key": "id"},
    "minimum_group": MINIMUM,
    "tables": {
        "persons": {
            "columns": {
                "id": {"use": ["count_distinct", "join"]},
                "name": {"use": []},
                "age": {"use": ["group", "filter", "aggregate"], "bounds": [0, 100]},
                "gender": {"use": ["group", "filter"]},
                "district": {"use": ["group", "filter"]},
                "income": {"use": ["aggregate"], "bounds": [0, 50000], "cut_points": [3000, 8000]},
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
                "quarter": {"use": ["group", "filter", "show"]},
                "beds": {"use": ["aggregate", "group", "filter", "show"]},
            },
        },
    },
    "joins": [["persons.hospital_id", "hospitals.hospital_id"]],
    "limits": {"memory_mb": 512, "queries_per_day": 1_000_000, "threads": 1},
}
_JOINED = "persons JOIN hospitals USING (hospital_id)"
_MAPPED = (
    "persons JOIN (VALUES (0, 17, '少'), (18, 59, '中'), (60, 94, '老')) b(lo, hi, label)"
    " ON age BETWEEN b.lo AND b.hi"
)
_CLASSED = "persons LEFT JOIN (VALUES ('罕见病A', 'x'), ('高血压', 'y')) c(d, cls) ON disease = c.d"
SOURCES = [
    "persons",
    "persons",
    "(SELECT * FROM persons) AS persons",
    "(SELECT * FROM persons WHERE age >= 18) AS persons",
    _JOINED,
    "persons LEFT JOIN hospitals USING (hospital_id)",
    "hospitals JOIN persons USING (hospital_id)",
    "persons NATURAL JOIN (SELECT hospital_id, beds, quarter FROM hospitals) AS hospitals",
    _MAPPED,
    _CLASSED,
    "persons JOIN (SELECT unnest(['黄浦区', '崇明区']) AS d) x ON district = x.d",
]
KEYS = [
    "district", "gender", "disease", "hospital_id", "age", "age // 10", "year(visit_date)",
    "date_trunc('month', visit_date)", "strftime(visit_date, '%Y-%m')",
    "extract('dow' FROM visit_date)",
    "CASE WHEN income < 3000 THEN 'low' WHEN age > 60 THEN 'old' ELSE 'rest' END",
    "coalesce(disease, '无')", "age >= 60", "format('{}岁', age // 20)", "lpad(gender, 3, '-')",
    "least(age, 80)", "nullif(gender, '男')", "district || gender", "left(disease, 3)",
    "date_diff('month', DATE '2020-01-01', visit_date) // 6", "income >= 8000", "age % 7",
    "translate(disease, '病', '')", "round(age / 15)",
]  # fmt: skip
KEYS_OF = {
    "hospitals": ["quarter", "beds // 300", "beds >= 300", "hospitals.hospital_id"],
    " b(": ["b.label", "b.lo"],
    " c(": ["c.cls", "c.cls IS NULL"],
}
FILTERS = [
    "age > 30", "age BETWEEN 40 AND 42", "age = 57", "age <> 57", "gender = '男'",
    "disease = '罕见病A'", "disease <> '罕见病A'", "disease IS NULL", "disease LIKE '罕见%'",
    "district IN ('黄浦区', '崇明区')", "income >= 8000", "income < 3000", "income IS NULL",
    "hospital_id = 3", "visit_date < DATE '2020-02-01'",
    "visit_date >= current_date - INTERVAL 5 YEAR",
    "age >= CASE WHEN gender = '男' THEN 60 ELSE 55 END",
    "district IN (VALUES ('黄浦区'), ('徐汇区'))",
    "hospital_id IN (SELECT hospital_id FROM hospitals WHERE beds > 300)",
    "EXISTS (SELECT 1 FROM hospitals hh WHERE hh.hospital_id = persons.hospital_id"
    " AND hh.beds > 200)",
    "coalesce(disease, '') <> '高血压'", "regexp_matches(disease, '病')", "disease GLOB '*病A'",
    "(gender, district) = ('女', '崇明区')", "month(visit_date) IN (1, 2)",
    "disease IN (SELECT disease FROM persons GROUP BY disease HAVING count(*) > 200)",
    "age > (SELECT avg(age) FROM persons)", "age % 11 = 3", "list_contains(['女'], gender)",
]  # fmt: skip
_PRESENT = "income IS NOT NULL"


@dataclass(frozen=True)
class Figure:
    """An aggregate, and conditions that the minimum of a cell's people must each meet to show it.

    `exact` says whether the oracle's own run of it tells the right figure.
    """

    sql: str
    needs: tuple[str, ...] = ()


def _figures(part: str) -> list[Figure]:
    """Return the figures that may be asked, some of them of the people of `part` only."""
    both = (part,) if "NULL" in part else (part, f"({part}) IS NOT TRUE")
    rich = (f"({part}) AND {_PRESENT}", *both[1:])
    return [
        Figure("count(*)"),
        Figure("sum(income)", (_PRESENT,)),
        Figure("avg(age)"),
        Figure("count(DISTINCT id)"),
        Figure("count(disease)", ("disease IS NOT NULL",)),
        Figure("sum(income * 2 - 100)", (_PRESENT,)),
        Figure("sum(abs(age - 40))"),
        Figure("sum(power(age, 2))"),
        Figure("avg(greatest(age, 18))"),
        Figure("stddev_pop(age)"),
        Figure("corr(age, income)", (_PRESENT,)),
        Figure("sum(coalesce(income, 0))"),
        Figure(f"count(*) FILTER (WHERE {part})", both),
        Figure(f"count_if({part})", both),
        Figure(f"avg(income) FILTER (WHERE {part})", rich),
        Figure(f"sum(CASE WHEN {part} THEN age ELSE 0 END)", both),
        Figure(f"sum(CASE WHEN {part} THEN 1 END)", both),
        Figure(f"count(DISTINCT CASE WHEN {part} THEN id END)", both),
        Figure(f"count(DISTINCT id) FILTER (WHERE {part})", both),
        Figure(f"sum(coalesce(CASE WHEN {part} THEN age END, 0))", both),
        Figure(f"sum(least(CASE WHEN {part} THEN age ELSE 0 END, 50))", both),
        Figure(f"sum(({part})::INT)", both),
        Figure(f"avg(CASE WHEN {part} THEN 1.0 ELSE 0.0 END)", both),
        Figure(f"sum(age * CASE WHEN {part} THEN 1 ELSE 0 END)", both),
    ]


OUTSIDE = [
    "{b}",
    "SELECT * FROM ({b}) AS t",
    "WITH t AS ({b}) SELECT * FROM t",
    "WITH t AS ({b}), u AS (SELECT *, count(*) OVER () AS rows_ FROM t) SELECT * FROM u",
    "({b}) UNION ALL ({b})",
    "({b}) UNION ({b})",
    "SELECT *, rank() OVER (ORDER BY f0 DESC) AS r FROM ({b}) AS t",
    "SELECT * FROM ({b}) AS t ORDER BY f0 DESC LIMIT 5",
    "SELECT * FROM ({b}) AS t QUALIFY row_number() OVER (PARTITION BY f0 ORDER BY f0) = 1",
    "SELECT * FROM ({b}) AS t WHERE f0 >= (SELECT avg(f0) FROM ({b}) AS s)",
    "SELECT DISTINCT * FROM ({b}) AS t",
    "SELECT DISTINCT ON (f0) * FROM ({b}) AS t ORDER BY f0",
    "SELECT t.*, v.x FROM ({b}) AS t CROSS JOIN (VALUES (1)) v(x)",
    "SELECT t.* FROM ({b}) AS t JOIN ({b}) AS s ON t.f0 = s.f0",
    "SELECT *, lag(f0) OVER (ORDER BY f0) AS before FROM ({b}) AS t",
    "SELECT * FROM ({b}) AS t WHERE f0 IN (SELECT f0 FROM ({b}) AS s)",
]
SHAPES = ["{}", "{}", "{}", "ROLLUP ({})", "CUBE ({})", "GROUPING SETS (({}), ())", "ALL"]
ENDS = ["", "", "", " HAVING count(*) > 1", " HAVING count(*) < 40", " HAVING avg(age) > 10"]


@dataclass(frozen=True)
class Block:
    """One aggregated block over people."""

    keys: tuple[str, ...]
    figures: tuple[Figure, ...]
    source: str
    where: str
    group: str
    end: str

    @property
    def sql(self) -> str:
        named = [f"{each} AS k{i}" for i, each in enumerate(self.keys)]
        named += [f"{each.sql} AS f{i}" for i, each in enumerate(self.figures)]
        return f"SELECT {', '.join(named)} FROM {self.source}{self.where}{self.group}{self.end}"

    @property
    def truth(self) -> str:
        """Return the SQL that tells each cell with its people, and those behind each figure."""
        names = [*self.keys, *(each.sql for each in self.figures)]
        needs = [
            f"count(DISTINCT CASE WHEN {need} THEN id END)"
            for each in self.figures
            for need in each.needs
        ]
        of_set = f"GROUPING({', '.join(self.keys)})" if self.keys and self.group else "0"
        group = self.group
        if group.endswith("ALL"):
            group = f" GROUP BY {', '.join(self.keys)}" if self.keys else ""
        told = ", ".join([*names, of_set, "list(DISTINCT id)", *needs])
        return f"SELECT {told} FROM {self.source}{self.where}{group}{self.end}"


@dataclass(frozen=True)
class Asked:
    """A question, and the block it is about."""

    block: Block
    sql: str


def draw(chance: random.Random) -> list[Asked]:
    """Return one question, or a few that follow each other under one grant."""
    first = _block(chance)
    asked = [_asked(chance, first)]
    if chance.random() < 0.3:  # a neighbour of it: one condition more, or one key less
        asked.append(_asked(chance, _near(chance, first)))
    return asked


def _asked(chance: random.Random, block: Block) -> Asked:
    return Asked(block, chance.choice(OUTSIDE).format(b=block.sql))


def _block(chance: random.Random) -> Block:
    source = chance.choice(SOURCES)
    keys = KEYS + [key for mark, own in KEYS_OF.items() if mark in source for key in own]
    if "hospitals" in source:
        keys = [key.replace("hospital_id", "persons.hospital_id") if key == "hospital_id" else key
                for key in keys]  # fmt: skip
    chosen = tuple(chance.sample(keys, chance.choice([0, 1, 1, 2, 2, 3])))
    figures = tuple(chance.sample(_figures(_condition(chance, source)), chance.choice([1, 2, 3])))
    where = f" WHERE {_condition(chance, source)}" if chance.random() < 0.6 else ""
    shape = chance.choice(SHAPES)
    group = f" GROUP BY {shape.format(', '.join(chosen))}" if chosen else ""
    return Block(chosen, figures, source, where, group, chance.choice(ENDS) if chosen else "")


def _near(chance: random.Random, block: Block) -> Block:
    one = _condition(chance, block.source, 1)
    extra = f"{block.where} AND {one}" if block.where else f" WHERE {one}"
    figures = (Figure("count(*)"), *block.figures[1:])
    if block.keys and chance.random() < 0.4:
        keys = block.keys[:-1]
        group = f" GROUP BY {', '.join(keys)}" if keys else ""
        return Block(keys, figures, block.source, block.where, group, "")
    return Block(block.keys, figures, block.source, extra, block.group, block.end)


def _condition(chance: random.Random, source: str, most: int = 3) -> str:
    parts = []
    for _ in range(chance.randint(1, most)):
        part = chance.choice(FILTERS)
        if "hospitals" in source:
            part = part.replace("hospital_id = 3", "persons.hospital_id = 3")
            part = part.replace("hospital_id IN", "persons.hospital_id IN")
        if "persons" not in source.split(" ")[0] and "EXISTS" in part:
            part = "age > 30"
        parts.append(f"NOT ({part})" if chance.random() < 0.25 else f"({part})")
    whole = parts[0]
    for part in parts[1:]:
        whole = f"({whole} {chance.choice(['AND', 'AND', 'OR'])} {part})"
    return whole


class Near(Worker):
    """A worker in this process: the same code, without the way to another one."""

    def start(self) -> None:
        if not hasattr(self, "opened"):
            super().start()

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        if request["do"] == "open":
            self.opened = Opened(request)
            return self.opened.facts(request)
        try:
            answer: dict[str, Any] = self.opened.answer(request)
        except (duckdb.Error, MemoryError, OverflowError, RuntimeError, ValueError) as fault:
            return {"rule": "ENGINE", "fault": str(fault)}
        return answer


def make_village(folder: Path) -> None:
    """Write persons.parquet, hospitals.parquet: few people, so that many cells are small."""
    drawn = [f"(hash(i * 16 + {salt}) % 1000003 / 1000003.0)" for salt in range(8)]
    with duckdb.connect() as engine:
        engine.execute(f"""
            COPY (SELECT i::INTEGER AS id, '人' || i AS name, (95 * {drawn[1]})::INTEGER AS age,
                CASE WHEN {drawn[2]} < 0.5 THEN '男' ELSE '女' END AS gender,
                CASE WHEN i = 424 THEN '崇明区' ELSE
                    ['黄浦区', '徐汇区', '浦东新区', '崇明区', '金山区'][
                    1 + (4.999 * pow({drawn[3]}, 2))::INTEGER % 5] END AS district,
                CASE WHEN i = 424 THEN 5000000 WHEN {drawn[4]} < 0.03 THEN NULL
                    ELSE ({drawn[4]} * 20000)::INTEGER END AS income,
                CASE WHEN i IN (5, 77, 424) THEN '罕见病A' WHEN {drawn[5]} < 0.05 THEN NULL
                    ELSE ['高血压', '糖尿病', '感冒', '痛风病'][
                        1 + (3.99 * pow({drawn[6]}, 1.5))::INTEGER % 4] END AS disease,
                1 + (11 * pow({drawn[7]}, 1.5))::INTEGER AS hospital_id,
                DATE '2019-10-01' + ({drawn[0]} * 1200)::INTEGER AS visit_date
                FROM range({PEOPLE}) t(i)) TO '{folder / "persons.parquet"}' (FORMAT parquet)""")
        engine.execute(f"""
            COPY (SELECT i::INTEGER AS hospital_id, '第' || i || '医院' AS name,
                ['东', '西'][1 + i % 2] AS quarter, (100 + 40 * i)::INTEGER AS beds
                FROM range(1, 13) t(i)) TO '{folder / "hospitals.parquet"}' (FORMAT parquet)""")


@dataclass
class Fuzz:
    """A session over the village, and the village itself."""

    folder: Path
    minimum: int = MINIMUM  # of the guard; the oracle's is always the same
    released: int = 0
    refused: int = 0
    cut: int = 0
    asked: int = 0
    engine_errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        files = {f.stem: f for f in self.folder.iterdir()}
        self.policy: Policy = read_policy({**POLICY, "minimum_group": self.minimum})
        self.session = Session(self.policy, files, at=datetime(2026, 6, 1, tzinfo=UTC))
        self.session._worker = Near(self.policy, files)
        self.plain = duckdb.connect(config={"threads": 1})
        self.plain.execute(
            "CREATE TABLE persons AS SELECT * REPLACE (CASE WHEN income > 50000 THEN 50000 ELSE"
            f" income END AS income) FROM '{self.folder}/persons.parquet'"
            " WHERE visit_date >= DATE '2020-01-01'"
        )
        self.plain.execute(f"CREATE TABLE hospitals AS FROM '{self.folder}/hospitals.parquet'")

    def close(self) -> None:
        self.plain.close()

    def leaks(self, questions: Iterable[Asked]) -> list[str]:
        """Ask the questions in one memory; return what they gave away, which should be nothing."""
        self.session.memory = Memory()
        found: list[str] = []
        before: list[frozenset[int]] = []
        for question in questions:
            self.asked += 1
            verdict = self.session.ask(question.sql)
            if not verdict.is_released:
                self.refused += 1
                if str(verdict.rule) == "ENGINE":
                    self.engine_errors.append(question.sql)
                continue
            self.released += 1
            self.cut += verdict.suppressed_groups
            shown = self._check(question, verdict, found)
            if shown is not None:
                found += [f"differs from before: {question.sql}" for a in shown for b in before
                          if _is_near(a, b)]  # fmt: skip
                before += shown
        return found

    def _check(
        self, question: Asked, verdict: Verdict, found: list[str]
    ) -> list[frozenset[int]] | None:
        """Note what is amiss in one answer; return the people of its cells."""
        block = question.block
        text = block.truth.replace("current_date", "DATE '2026-06-01'")
        rows = self.plain.execute(text).fetchall()
        width = len(block.keys) + len(block.figures)
        cells: list[tuple[int, frozenset[int]]] = []
        by_keys: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in rows:
            shown = [_plain(value) for value in row[:width]]
            by_keys.setdefault(_said(shown[: len(block.keys)]), []).append((shown, *row[width:]))
        for row in verdict.rows:
            fits = [
                truth
                for truth in by_keys.get(_said(row[: len(block.keys)]), [])
                if _is_of(block, row[:width], truth)
            ]
            if not fits:
                found.append(f"a small cell, or a wrong or small figure {row}: {question.sql}")
            elif len(fits) == 1:
                cells.append((fits[0][1], frozenset(fits[0][2])))
        found += [f"a small rest: {question.sql}" for _ in _small_rests(cells)]
        return [people for _, people in dict.fromkeys(cells)]


def _is_of(block: Block, row: Sequence[Any], truth: tuple[Any, ...]) -> bool:
    """Say whether a released row is this cell, and may be shown."""
    shown, _, people, *needs = truth
    if len(people) < MINIMUM:
        return False
    first, place = len(block.keys), 0
    for number, figure in enumerate(block.figures):
        mine = needs[place : place + len(figure.needs)]
        place += len(figure.needs)
        told = row[first + number]
        if told is None:
            continue
        if any(n < MINIMUM for n in mine) or not _alike(told, shown[first + number]):
            return False
    return True


def _small_rests(cells: list[tuple[int, frozenset[int]]]) -> list[int]:
    """Return the rests, of few people, of a total less its released parts."""
    distinct = list(dict.fromkeys(cells))
    found = []
    for number, whole in distinct:
        parts: dict[int, list[frozenset[int]]] = {}
        for other, people in distinct:
            if other != number and people < whole:
                parts.setdefault(other, []).append(people)
        for some in parts.values():
            if sum(map(len, some)) == len(frozenset().union(*some)):
                rest = len(whole) - sum(map(len, some))
                if 0 < rest < MINIMUM:
                    found.append(rest)
    return found


def _is_near(a: frozenset[int], b: frozenset[int]) -> bool:
    return 0 < abs(len(a) - len(b)) < MINIMUM and (a < b or b < a)


def _said(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(json.dumps(value, ensure_ascii=False, default=str) for value in values)


def _alike(a: Any, b: Any) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))
    return bool(a == b)
