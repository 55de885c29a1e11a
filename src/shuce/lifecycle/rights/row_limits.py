"""Which rows a grant reaches: chosen column by column, never typed as SQL (N-5)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle

MOST_LIMITS = 5
MOST_VALUES = 50
_NUMBERS = ("INT", "BIGINT", "DOUBLE", "DECIMAL", "FLOAT", "REAL", "NUMERIC", "HUGEINT")


class RowTest(Choice):
    IS = "IS", "是其中之一"
    IS_NOT = "IS_NOT", "不是其中任何一个"
    FROM = "FROM", "不小于"
    BELOW = "BELOW", "小于"


@dataclass(frozen=True)
class RowLimit:
    """Only rows whose `column` passes `test` against `values`."""

    column: str
    test: RowTest
    values: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"{self.column} {self.test.label} {'、'.join(self.values)}"


def as_data(limits: Iterable[RowLimit]) -> list[dict[str, Any]]:
    return [
        {"column": one.column, "test": one.test.value, "values": list(one.values)} for one in limits
    ]


def from_data(kept: Iterable[Mapping[str, Any]]) -> tuple[RowLimit, ...]:
    return tuple(
        RowLimit(one["column"], RowTest(one["test"]), tuple(one["values"])) for one in kept
    )


def obstacles_in_rows(limits: Iterable[RowLimit], types: Mapping[str, str]) -> Iterator[Obstacle]:
    """Yield what is wrong with limits over an asset whose columns have these SQL types."""
    limits = tuple(limits)
    if len(limits) > MOST_LIMITS:
        yield Obstacle("行范围最多{most}个条件", Clause.N_5, field="rows", most=MOST_LIMITS)
    for limit in limits:
        if limit.column not in types:
            yield Obstacle(
                "资产中没有这些字段：{columns}", Clause.N_5, field="rows", columns=limit.column
            )
            continue
        single = limit.test in (RowTest.FROM, RowTest.BELOW)
        if not limit.values or len(limit.values) > (1 if single else MOST_VALUES):
            yield Obstacle(
                "请为“{column}”填写取值（“不小于”“小于”只填一个）",
                Clause.N_5,
                field="rows",
                column=limit.column,
            )
        if is_number(types[limit.column]) and any(_number(v) is None for v in limit.values):
            yield Obstacle(
                "“{column}”的取值须为数字", Clause.N_5, field="rows", column=limit.column
            )


def filter_text(limits: Iterable[RowLimit], types: Mapping[str, str]) -> str:
    """Return the condition as the policy of a node reads it; nothing limited is ''.

    Written here from checked choices: names and values are quoted, numbers are numbers.
    """
    return " AND ".join(_condition(one, is_number(types[one.column])) for one in limits)


def is_number(sql_type: str) -> bool:
    return sql_type.upper().startswith(_NUMBERS)


def _condition(limit: RowLimit, number: bool) -> str:
    column = '"' + limit.column.replace('"', '""') + '"'
    values = [_literal(value, number) for value in limit.values]
    match limit.test:
        case RowTest.IS:
            return f"{column} IN ({', '.join(values)})"
        case RowTest.IS_NOT:
            return f"{column} NOT IN ({', '.join(values)})"
        case RowTest.FROM:
            return f"{column} >= {values[0]}"
        case RowTest.BELOW:
            return f"{column} < {values[0]}"


def _literal(value: str, number: bool) -> str:
    if number and (read := _number(value)) is not None:
        return f"{read:f}"
    return "'" + value.replace("'", "''") + "'"


def _number(value: str) -> Decimal | None:
    try:
        read = Decimal(value.strip())
    except InvalidOperation:
        return None
    return read if read.is_finite() else None
