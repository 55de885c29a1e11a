"""Kinds of values: where text and numbers or days meet, the engine would convert text, and fail.

An error that some rows bring and others do not would tell about the data. So a text that stands
beside a number or a day must be one that can be read as such.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from shuce.engines.guard.relations import Where
from shuce.engines.guard.verdicts import Rule, Stopped

_TEXT, _NUMBER, _DAY, _TRUTH = "text", "number", "day", "truth"
_NUMBERS = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DOUBLE|FLOAT|DECIMAL|INT|REAL")
_MAKE_TEXT = (
    exp.Concat, exp.DPipe, exp.Upper, exp.Lower, exp.Trim, exp.Left, exp.Right, exp.Substring,
    exp.Replace, exp.RegexpReplace, exp.RegexpExtract, exp.Translate, exp.Reverse, exp.SplitPart,
    exp.TimeToStr, exp.Monthname, exp.Dayname, exp.Pad,
)  # fmt: skip
_MAKE_NUMBERS = (
    exp.Year, exp.Month, exp.Quarter, exp.Week, exp.Day, exp.DayOfMonth, exp.DayOfWeek,
    exp.DayOfYear, exp.DayOfWeekIso, exp.WeekOfYear, exp.Extract, exp.Length, exp.DateDiff,
    exp.StrPosition, exp.TimeToUnix, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Floor,
    exp.Ceil, exp.Round, exp.Trunc, exp.Abs, exp.Anonymous,
)  # fmt: skip
_MAKE_DAYS = (
    exp.DateTrunc, exp.TimestampTrunc, exp.LastDay, exp.DateBin, exp.DateFromParts, exp.DateAdd,
    exp.DateSub,
)  # fmt: skip
_MIXING = (
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest, exp.EQ, exp.NEQ, exp.GT,
    exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.NullSafeEQ, exp.NullSafeNEQ,
)  # fmt: skip


def check_kinds(expression: exp.Expression, where: Where) -> None:
    """Raise Stopped where values of different kinds meet that only some rows would make fail."""
    for node in expression.find_all(*_MIXING):
        parts = _meeting(node)
        kinds = {kind for part in parts if (kind := _kind_of(part, where)) is not None}
        if len(kinds) < 2:
            continue
        others = kinds - {_TEXT}
        texts = [part for part in parts if _kind_of(part, where) == _TEXT]
        if len(others) > 1 or not all(_reads_as(text, others) for text in texts):
            raise Stopped(Rule.FUNCTION, "不能把文字与数值或日期混在一起比较或输出")


def _meeting(node: exp.Expression) -> list[exp.Expression]:
    if isinstance(node, exp.If):
        return [each for each in (node.args.get("true"), node.args.get("false")) if each]
    if isinstance(node, exp.Case):
        results = [branch.args["true"] for branch in node.args["ifs"]]
        return [*results, *([node.args["default"]] if node.args.get("default") else [])]
    return [part for part in node.iter_expressions() if not isinstance(part, exp.Query)]


def _kind_of(node: exp.Expression, where: Where) -> str | None:
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Column):
        return _kind_of_type(where.type_of(node))
    if isinstance(node, exp.Literal):
        return _TEXT if node.is_string else _NUMBER
    if isinstance(node, exp.Cast):
        return _kind_of_type(node.to.sql("duckdb"))
    if isinstance(node, exp.Add | exp.Sub):
        kinds = [_kind_of(side, where) for side in (node.this, node.expression)]
        if kinds == [_DAY, _DAY]:
            return _NUMBER
        return _DAY if _DAY in kinds else _NUMBER
    if isinstance(node, exp.Case | exp.If | exp.Coalesce | exp.Nullif | exp.Least | exp.Greatest):
        kinds = [_kind_of(part, where) for part in _meeting(node)]
        known = [kind for kind in kinds if kind is not None]
        return next((kind for kind in known if kind != _TEXT), known[0] if known else None)
    for kind, makers in ((_TEXT, _MAKE_TEXT), (_NUMBER, _MAKE_NUMBERS), (_DAY, _MAKE_DAYS)):
        if isinstance(node, makers):
            return kind
    return (
        _TRUTH if isinstance(node, (exp.Boolean, exp.Predicate, exp.Connector, exp.Not)) else None
    )


def _kind_of_type(name: str) -> str | None:
    name = name.upper()
    if _NUMBERS.match(name):
        return _NUMBER
    if name.startswith(("DATE", "TIME")):
        return _DAY
    if name.startswith(("VARCHAR", "TEXT", "CHAR", "ENUM")):
        return _TEXT
    return _TRUTH if name.startswith("BOOL") else None


def _reads_as(text: exp.Expression, kinds: set[str]) -> bool:
    """Say whether a text is a constant that can be read as the other kind."""
    text = text.unnest()
    if not isinstance(text, exp.Literal):
        return False
    if kinds == {_NUMBER}:
        try:
            return abs(Decimal(text.name)) < Decimal(10) ** 9
        except InvalidOperation:
            return False
    if kinds == {_DAY}:
        for read in (date.fromisoformat, datetime.fromisoformat):
            try:
                read(text.name)
            except ValueError:
                continue
            return bool(re.match(r"\d{4}-\d\d-\d\d", text.name))
    return False
