"""Measure rules by SQL: how many values were assessed, how many meet the rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from shuce.engines.quality.rules import QualityRule, RuleKind
from shuce.engines.scan.sources.base import literal, quoted
from shuce.engines.scan.types import SemanticType
from shuce.engines.scan.verify import VERIFIABLE, cleaned_sql, verify_columns_of
from shuce.kernel.words import say


@dataclass(frozen=True)
class Measured:
    """What became of one rule; `problem` if it could not be measured."""

    rule: QualityRule
    assessed: int
    meeting: int
    problem: str = ""

    @property
    def share(self) -> float | None:
        """The share that meets the rule, 0 to 1; None where there was nothing to assess."""
        return self.meeting / self.assessed if self.assessed else None

    @property
    def fails(self) -> bool:
        """Whether fewer values meet the rule than it asks for."""
        return self.meeting * 100 < Decimal(str(self.rule.passes_from)) * self.assessed


def measure(
    engine: duckdb.DuckDBPyConnection,
    relation: str,
    rules: Sequence[QualityRule],
    *,
    today: date,
    others: Mapping[str, str] | None = None,
) -> tuple[Measured, ...]:
    """Measure every rule on `relation` (what follows FROM), in two statements at most.

    `others`: the relation of each table that a referential rule names.
    """
    described = engine.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    columns = {row[0] for row in described}
    problems = [_problem(engine, rule, columns, others or {}) for rule in rules]
    sound = [rule for rule, problem in zip(rules, problems, strict=True) if not problem]
    plain = [rule for rule in sound if rule.kind is not RuleKind.CHECK_DIGIT]
    counted = _count(engine, relation, plain, today, others or {})
    checked = verify_columns_of(
        engine,
        relation,
        [
            (rule.column, SemanticType(rule.params["type"]))
            for rule in sound
            if rule.kind is RuleKind.CHECK_DIGIT
        ],
        today,
    )
    results: list[Measured] = []
    for rule, problem in zip(rules, problems, strict=True):
        if problem:
            results.append(Measured(rule, 0, 0, problem))
        elif rule.kind is RuleKind.CHECK_DIGIT:
            found = checked.pop(0)
            results.append(Measured(rule, found.filled, found.valid))
        else:
            results.append(Measured(rule, *counted.pop(0)))
    return tuple(results)


def _count(
    engine: duckdb.DuckDBPyConnection,
    relation: str,
    rules: Sequence[QualityRule],
    today: date,
    others: Mapping[str, str],
) -> list[tuple[int, int]]:
    if not rules:
        return []
    parts = [sql for rule in rules for sql in _counts_sql(rule, relation, today, others)]
    row = engine.execute(f"SELECT {', '.join(parts)} FROM {relation}").fetchone()
    numbers = [int(n or 0) for n in row or ()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _counts_sql(
    rule: QualityRule, relation: str, today: date, others: Mapping[str, str]
) -> tuple[str, str]:
    """Return SQL for (assessed, meeting)."""
    if rule.kind is RuleKind.NO_DUPLICATES:
        return "count(*)", f"(SELECT count(*) FROM (SELECT DISTINCT * FROM {relation}))"
    text = f"CAST({quoted(rule.column)} AS VARCHAR)"
    filled = f"({text} IS NOT NULL AND trim({text}) <> '')"
    if rule.kind is RuleKind.NOT_NULL:
        return "count(*)", f"count_if({filled})"
    if rule.kind is RuleKind.UNIQUE:
        return f"count_if({filled})", f"count(DISTINCT CASE WHEN {filled} THEN {text} END)"
    meets = _CONDITIONS[rule.kind](rule, text, today, others)
    return f"count_if({filled})", f"count_if({filled} AND coalesce({meets}, false))"


def _pattern(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    value = cleaned_sql(quoted(rule.column)) if rule.params.get("compact") else f"trim({text})"
    regex = f"(?i){rule.params['regex']}" if rule.params.get("compact") else rule.params["regex"]
    return f"regexp_full_match({value}, {literal(str(regex))})"


def _range(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    ends = {name: rule.params[name] for name in ("min", "max") if name in rule.params}
    ends = {name: today.isoformat() if end == "today" else end for name, end in ends.items()}
    days = any(isinstance(end, str) for end in ends.values())
    value = day_sql(text) if days else f"TRY_CAST(replace({text}, ',', '') AS DOUBLE)"
    shown = {
        name: f"DATE {literal(str(end))}" if days else repr(float(end))
        for name, end in ends.items()
    }
    tests = [f"{value} >= {shown['min']}"] if "min" in shown else []
    tests += [f"{value} <= {shown['max']}"] if "max" in shown else []
    return "(" + " AND ".join(tests) + ")"


def _in_list(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    values = ", ".join(literal(str(value)) for value in rule.params["values"])
    return f"trim({text}) IN ({values})" if values else "false"


def _referential(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    other, column = others[rule.params["table"]], quoted(str(rule.params["column"]))
    return f"{text} IN (SELECT CAST({column} AS VARCHAR) FROM {other} WHERE {column} IS NOT NULL)"


def _freshness(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    oldest = today - timedelta(days=int(rule.params["max_age_days"]))
    return f"{day_sql(text)} BETWEEN DATE '{oldest}' AND DATE '{today}'"


def _no_garbage(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    return (
        f"NOT regexp_matches({text}, '[\\x{{FFFD}}\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]|锟斤拷|烫烫')"
    )


def _type(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    plain = f"replace(trim({text}), ',', '')"
    match rule.params["as"]:
        case "day":
            return f"{day_sql(text)} IS NOT NULL"
        case "whole":
            return f"regexp_full_match({plain}, '[+-]?[0-9]+')"
    return f"TRY_CAST({plain} AS DOUBLE) IS NOT NULL"


def _length(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    tests = [
        f"length(trim({text})) {sign} {int(rule.params[name])}"
        for name, sign in (("min", ">="), ("max", "<="))
        if name in rule.params
    ]
    return "(" + " AND ".join(tests) + ")"


def _equal(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    return f"trim({text}) = trim({_other(rule)})"


def _order(rule: QualityRule, text: str, today: date, others: Mapping[str, str]) -> str:
    """Days are compared as days, numbers as numbers; a value that is neither does not meet it."""
    other = _other(rule)
    numbers = [f"TRY_CAST(replace({one}, ',', '') AS DOUBLE)" for one in (text, other)]
    # A compact day is a number too, and is compared alike either way.
    days = f"{day_sql(text)} <= {day_sql(other)}"
    return f"coalesce({numbers[0]} <= {numbers[1]}, {days}, {_blank(other)})"


def _other(rule: QualityRule) -> str:
    return f"CAST({quoted(str(rule.params['other']))} AS VARCHAR)"


def _blank(text: str) -> str:
    """Nothing to compare with is no breach of an order."""
    return f"({text} IS NULL OR trim({text}) = '')"


Condition = Callable[[QualityRule, str, date, Mapping[str, str]], str]
_CONDITIONS: dict[RuleKind, Condition] = {
    RuleKind.PATTERN: _pattern,
    RuleKind.RANGE: _range,
    RuleKind.IN_LIST: _in_list,
    RuleKind.REFERENTIAL: _referential,
    RuleKind.FRESHNESS: _freshness,
    RuleKind.NO_GARBAGE: _no_garbage,
    RuleKind.TYPE: _type,
    RuleKind.LENGTH: _length,
    RuleKind.EQUAL: _equal,
    RuleKind.ORDER: _order,
}


def day_sql(text: str) -> str:
    """Return SQL for the day a text names: ISO, with slashes or dots, compact, or 2026年1月2日."""
    plain = f"regexp_replace(regexp_replace(trim({text}), '[年月/.]', '-', 'g'), '日.*$', '')"
    return (
        f"coalesce(CAST(TRY_CAST({plain} AS TIMESTAMP) AS DATE), "
        f"CAST(try_strptime(trim({text}), '%Y%m%d') AS DATE), "
        f"CAST(try_strptime({plain}, '%Y-%m-%d') AS DATE))"
    )


def _problem(
    engine: duckdb.DuckDBPyConnection,
    rule: QualityRule,
    columns: set[str],
    others: Mapping[str, str],
) -> str:
    """Return why a rule cannot be measured here, or ''."""
    if rule.column and rule.column not in columns:
        return say("没有列 {column}", column=rule.column)
    if "other" in rule.params and rule.params["other"] not in columns:
        return say("没有列 {column}", column=rule.params["other"])
    if rule.kind is RuleKind.REFERENTIAL and rule.params["table"] not in others:
        return say("没有表 {table}", table=rule.params["table"])
    if rule.kind is RuleKind.CHECK_DIGIT and rule.params["type"] not in VERIFIABLE:
        return say("{type} 没有校验码", type=rule.params["type"])
    if rule.kind is RuleKind.PATTERN:
        try:
            engine.execute("SELECT regexp_full_match('', ?)", [str(rule.params["regex"])])
        except duckdb.Error:
            return say("正则表达式有误")
    return ""
