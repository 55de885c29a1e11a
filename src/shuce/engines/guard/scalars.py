"""Expressions over private rows: which may filter, group and band, and how they are written.

Nothing that reaches the engine here can fail on a value: casts are TRY_CAST, whole numbers are
widened before arithmetic, constants are small. An engine error would tell about the data.
"""

import re
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from shuce.engines.guard.kinds import check_kinds
from shuce.engines.guard.policy import ColumnRule
from shuce.engines.guard.relations import Where
from shuce.engines.guard.verdicts import Rule, Stopped
from shuce.engines.guard.vocabulary import ALLOWED_OF_DATES

COMPARISONS = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between,
    exp.In, exp.Like, exp.ILike, exp.Is, exp.StartsWith, exp.Contains, exp.EndsWith, exp.SimilarTo,
    exp.RegexpLike, exp.RegexpFullMatch, exp.Glob,
)  # fmt: skip
_ORDER = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg)
_PLAIN = (
    exp.Paren, exp.Coalesce, exp.Nullif, exp.Floor, exp.Ceil, exp.Round, exp.Trunc, exp.Abs,
    exp.Year, exp.Month, exp.Quarter, exp.Week, exp.Day, exp.DayOfMonth, exp.DayOfWeek,
    exp.TimestampTrunc, exp.DateTrunc, exp.Extract, exp.TimeToStr, exp.Left, exp.Right,
    exp.Substring, exp.Upper, exp.Lower, exp.Trim, exp.Length, exp.DateDiff, exp.DateAdd,
    exp.DateSub, exp.Concat, exp.DPipe, exp.LastDay, exp.Monthname,
    exp.Dayname, exp.Replace, exp.DayOfWeekIso, exp.WeekOfYear, exp.DateBin, exp.Least,
    exp.Greatest, exp.StrPosition, exp.SplitPart, exp.RegexpReplace, exp.RegexpExtract,
    exp.Translate, exp.Reverse, exp.TimeToUnix, exp.DayOfYear,
    exp.Pad,
)  # fmt: skip
_WHOLE = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
_LARGEST = Decimal(10) ** 9
_LARGEST_PRODUCT = Decimal(10) ** 18
_FURTHEST_DAYS = 100_000
_SMALL = re.compile(r"-?\d{1,5}")


def check_condition(condition: exp.Expression, where: Where) -> None:
    """Raise Stopped unless `condition` may choose among private rows."""
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.And | exp.Or):
            waiting += [node.this, node.expression]
        elif isinstance(node, exp.Not | exp.Paren):
            waiting.append(node.this)
        elif isinstance(node, exp.Boolean | exp.Null):
            continue
        elif isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean):
            waiting.append(node.this)
        elif isinstance(node, COMPARISONS):
            _check_comparison(node, where)
        elif isinstance(node, exp.Column | exp.Case | exp.If | exp.Coalesce):
            check_value(node, where, "filter")
        else:
            raise Stopped(Rule.FILTER, "筛选条件里不允许这种写法")


def check_value(expression: exp.Expression, where: Where, use: str) -> None:
    """Raise Stopped unless `expression` may be computed of private rows to `use` them."""
    _check_constants(expression)
    check_kinds(expression, where)
    private: set[tuple[str, str]] = set()
    mixes = False
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Column):
            _need(node, where, use)
            if not where.is_public(node):
                private.add((node.table, node.name))
        elif isinstance(node, exp.Case | exp.If):
            waiting += _check_case(node, where)
        elif isinstance(node, exp.Cast):
            waiting.append(node.this)
        elif isinstance(node, (*COMPARISONS, exp.And, exp.Or, exp.Not)):
            check_condition(node, where)
        elif isinstance(node, exp.Anonymous) and node.name.lower() in ALLOWED_OF_DATES:
            if node.name.lower() == "date_part" and not _is_word(node.expressions[0]):
                raise Stopped(Rule.FUNCTION, "不认识的时间单位")
            waiting += list(node.expressions)
        elif isinstance(node, exp.DateFromParts):
            waiting += _check_day(node)
        elif isinstance(node, _PLAIN + _ARITHMETIC):
            _check_settings(node)
            if isinstance(node, (*_ARITHMETIC, exp.Least, exp.Greatest)):
                mixes = True
                _check_dates(node, where)
            waiting += list(node.iter_expressions())
        elif not isinstance(node, exp.Literal | exp.Null | exp.Boolean | exp.Var | exp.Interval):
            raise Stopped(Rule.FUNCTION, "这种计算不能用在逐行数据上")
    if mixes and len(private) > 1:
        raise Stopped(Rule.GROUP_TOO_FINE, "不能把几列拼算成一个值；请分别按各列分组或筛选")


# What must be a constant in each function: taken from data, a wrong one is an error, which tells.
_SETTINGS: dict[type[exp.Expression], tuple[str, ...]] = {
    exp.Left: ("expression",), exp.Right: ("expression",), exp.Substring: ("start", "length"),
    exp.SplitPart: ("delimiter", "part_index"), exp.Round: ("decimals",), exp.Trunc: ("decimals",),
    exp.RegexpExtract: ("group",), exp.TimeToStr: ("format",), exp.DateTrunc: ("unit",),
    exp.TimestampTrunc: ("unit",), exp.DateDiff: ("unit",), exp.Extract: ("this",),
    exp.DateBin: ("this",), exp.StrPosition: ("position", "occurrence"), exp.Trim: ("expression",),
    exp.Replace: ("expression", "replacement"), exp.Translate: ("from_", "to"),
}  # fmt: skip
_LONGEST_GROWTH = 10_000


def _check_settings(node: exp.Expression) -> None:
    if isinstance(node, exp.TimeToStr) and _is_word(node.this):
        return  # strftime takes its format first, too
    for name in _SETTINGS.get(type(node), ()):
        given = node.args.get(name)
        if isinstance(given, exp.Expression) and given.find(exp.Column, exp.Case, exp.If):
            raise Stopped(Rule.FUNCTION, "这种计算不能用在逐行数据上")
    if isinstance(node, exp.SplitPart) and not _number(node.args["part_index"]):
        raise Stopped(Rule.FUNCTION, "这种计算不能用在逐行数据上")
    if isinstance(node, exp.Pad) and not _is_word(node.args.get("fill_pattern"), filled=True):
        raise Stopped(
            Rule.FUNCTION, "这种计算不能用在逐行数据上"
        )  # nothing to pad with is an error
    if isinstance(node, exp.DateBin) and len([v for v in node.args.values() if v]) > 2:
        raise Stopped(Rule.FUNCTION, "这种计算不能用在逐行数据上")
    if isinstance(node, exp.Replace | exp.RegexpReplace):
        # Each replacement inside another multiplies the length of what it makes.
        growth = 1
        for inner in node.find_all(exp.Replace, exp.RegexpReplace):
            replacement = inner.args.get("replacement")
            growth *= max(1, len(replacement.name) if replacement is not None else 1)
        if growth > _LONGEST_GROWTH:
            raise Stopped(Rule.FUNCTION, "常数太大")


def _is_word(node: object, *, filled: bool = False) -> bool:
    return isinstance(node, exp.Literal) and node.is_string and (bool(node.name) or not filled)


def _check_day(node: exp.DateFromParts) -> list[exp.Expression]:
    """Check that make_date makes a day whatever it is made of, and return its parts."""
    year, month, day = (node.args.get(part) for part in ("year", "month", "day"))
    for part, kind, most in ((year, exp.Year, 9999), (month, exp.Month, 12), (day, None, 28)):
        number = _number(part) if part is not None else None
        if number is None and kind is not None and isinstance(part, kind):
            continue
        if number is None or not 1 <= number <= most:
            raise Stopped(Rule.FUNCTION, "make_date 只能用某日的年、月和 1 至 28 的常数")
    return [part for part in (year, month, day) if part is not None]


def _check_case(node: exp.Expression, where: Where) -> list[exp.Expression]:
    """Check the conditions of a CASE or IF, and return its results, to be checked."""
    if isinstance(node, exp.If):
        check_condition(node.this, where)
        results = [node.args.get("true"), node.args.get("false")]
        return [result for result in results if result is not None]
    subject, results = node.this, [node.args.get("default")]
    for branch in node.args["ifs"]:
        condition = equal(subject, branch.this) if subject else branch.this
        check_condition(condition, where)
        results.append(branch.args.get("true"))
    return [result for result in results if result is not None]


def _check_comparison(node: exp.Expression, where: Where) -> None:
    if node.find(exp.Select):
        raise Stopped(Rule.FILTER, "逐行数据的筛选条件里不能有子查询")
    columns = list(node.find_all(exp.Column))
    fenced = [c for c in columns if not _may(c, where, "filter")]
    if fenced:
        _check_fenced(node, fenced[0], where)
        return
    check_kinds(node, where)
    if len({(c.table, c.name) for c in columns if not where.is_public(c)}) > 1:
        raise Stopped(Rule.FILTER, "一个条件里只能比较一列；请把各列的条件分开写")
    for child in node.iter_expressions():
        for part in child.expressions if isinstance(child, exp.Tuple) else [child]:
            check_value(part, where, "filter")


def _check_fenced(node: exp.Expression, column: exp.Column, where: Where) -> None:
    """Let a column that may not filter be compared with its cut points or NULL, and no more."""
    rule = where.rule_of(column)
    if not rule.cut_points:
        _need(column, where, "filter")
    if isinstance(node, exp.Is) and node.this == column and isinstance(node.expression, exp.Null):
        return
    others: list[exp.Expression] = []
    if isinstance(node, exp.Between) and node.this == column:
        others = [node.args["low"], node.args["high"]]
    elif isinstance(node, _ORDER) and node.this == column:
        others = [node.expression]
    elif isinstance(node, _ORDER) and node.expression == column:
        others = [node.this]
    if not others or any(_number(other) not in _numbers(rule) for other in others):
        raise Stopped(
            Rule.CUT_POINT,
            "列 {column} 只能用 <、<=、>、>= 与这些分界值比较：{cuts}",
            column=column.name,
            cuts="、".join(str(cut) for cut in rule.cut_points),
        )


def _numbers(rule: ColumnRule) -> set[Decimal | None]:
    return {Decimal(str(cut)) for cut in rule.cut_points}


def _number(node: exp.Expression) -> Decimal | None:
    sign = 1
    while isinstance(node, exp.Paren | exp.Neg):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    try:
        return sign * Decimal(node.name)
    except InvalidOperation:
        return None


def equal(left: exp.Expression, right: exp.Expression) -> exp.EQ:
    """Return `left = right`, in parentheses where the two are more than a name or a constant."""
    ends = [
        end.copy() if isinstance(end, exp.Column | exp.Literal) else exp.paren(end)
        for end in (left, right)
    ]
    return exp.EQ(this=ends[0], expression=ends[1])


def number_of(node: exp.Expression) -> Decimal | None:
    """Return the number that a literal stands for, or None."""
    return _number(node)


def _may(column: exp.Column, where: Where, use: str) -> bool:
    rule = where.rule_of(column)
    if where.is_public(column):
        return bool(rule.uses)
    return rule.may(use)


def _need(column: exp.Column, where: Where, use: str) -> None:
    if _may(column, where, use):
        return
    rule = where.rule_of(column)
    words = {"filter": "筛选", "group": "分组", "aggregate": "汇总"}
    allowed = [words[each] for each in ("group", "filter", "aggregate") if each in rule.uses]
    if allowed:
        raise Stopped(
            Rule.COLUMN,
            "列 {column} 不能用于{use}；只能用于{allowed}",
            column=column.name,
            use=words[use],
            allowed="、".join(allowed),
        )
    raise Stopped(Rule.COLUMN, "列 {column} 不能用于{use}", column=column.name, use=words[use])


def _check_constants(expression: exp.Expression) -> None:
    product = Decimal(1)
    for literal in expression.find_all(exp.Literal):
        if literal.is_string:
            continue
        value = _number(literal)
        if value is None or abs(value) > _LARGEST:
            raise Stopped(Rule.FUNCTION, "常数太大")
        product *= max(abs(value), Decimal(1))
    if product > _LARGEST_PRODUCT and expression.find(exp.Mul):
        raise Stopped(Rule.FUNCTION, "常数太大")
    for interval in expression.find_all(exp.Interval):
        if not isinstance(interval.this, exp.Literal) or not _SMALL.fullmatch(interval.this.name):
            raise Stopped(Rule.FUNCTION, "常数太大")


def _check_dates(node: exp.Expression, where: Where) -> None:
    """A day may be moved by a few years at most: where a calendar ends is a comparison too."""
    if any(
        where.type_of(c).upper().startswith(("DATE", "TIME")) for c in node.find_all(exp.Column)
    ):
        moved = [
            _number(each) or Decimal(0) for each in node.find_all(exp.Literal) if not each.is_string
        ]
        if sum(map(abs, moved), Decimal(0)) > _FURTHEST_DAYS:
            raise Stopped(Rule.FUNCTION, "常数太大")


def harden(expression: exp.Expression, where: Where) -> exp.Expression:
    """Return `expression` so written that no value of the data can make the engine fail."""

    def rewrite(node: exp.Expression) -> exp.Expression:
        if type(node) is exp.Cast:
            return exp.TryCast(this=node.this, to=node.to)
        if isinstance(node, exp.IntDiv | exp.Mod) and number_of(node.expression) in (None, 0):
            zero = exp.Literal.number(0)
            node.set("expression", exp.Nullif(this=exp.paren(node.expression), expression=zero))
        if isinstance(node, exp.Column) and isinstance(
            _operator_above(node), (*_ARITHMETIC, exp.Abs)
        ):
            kind = where.type_of(node).upper()
            if kind.startswith(_WHOLE):
                return exp.cast(node, "INT128", copy=False)
            if kind.startswith("DECIMAL"):
                return exp.cast(node, "DOUBLE", copy=False)
        return node

    return expression.copy().transform(rewrite, copy=False)


def _operator_above(node: exp.Expression) -> exp.Expression | None:
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    return above
