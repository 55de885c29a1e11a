"""The forms and functions a question may be made of. Whatever is not listed is refused.

Two lists: what may stand anywhere (what runs over released figures runs in an engine that holds
nothing else), and the much shorter one for what touches private rows, in `scalars`.
"""

from sqlglot import exp

# The shape of a query.
_FORMS: tuple[type[exp.Expression], ...] = (
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered,
    exp.Limit, exp.Offset, exp.Qualify, exp.With, exp.CTE, exp.Subquery, exp.Table, exp.TableAlias,
    exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Literal, exp.Null, exp.Boolean, exp.Paren,
    exp.Tuple, exp.Distinct, exp.Union, exp.Intersect, exp.Except, exp.Rollup, exp.Cube,
    exp.GroupingSets, exp.Window, exp.WindowSpec, exp.Filter, exp.In, exp.Exists, exp.Between,
    exp.Is, exp.Not, exp.And, exp.Or, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Like, exp.ILike, exp.Case, exp.If, exp.Cast, exp.TryCast,
    exp.DataType, exp.DataTypeParam, exp.Interval, exp.Var, exp.Neg, exp.Add, exp.Sub, exp.Mul,
    exp.Div, exp.IntDiv, exp.Mod, exp.DPipe, exp.SimilarTo, exp.Values, exp.PropertyEQ,
    exp.All, exp.Any, exp.Glob,
)  # fmt: skip

# Functions of one row. None reads a file, the clock or chance, sleeps, or makes much from little.
_FUNCTIONS: tuple[type[exp.Expression], ...] = (
    exp.Abs, exp.Ceil, exp.Floor, exp.Round, exp.Trunc, exp.Sign, exp.Sqrt, exp.Ln, exp.Log,
    exp.Exp, exp.Pow, exp.Greatest, exp.Least, exp.Coalesce, exp.Nullif, exp.Concat, exp.ConcatWs,
    exp.Upper, exp.Lower, exp.Trim, exp.Length, exp.Left, exp.Right, exp.Substring, exp.StartsWith,
    exp.Contains, exp.StrPosition, exp.Year, exp.Month, exp.Quarter, exp.Week, exp.Day,
    exp.DayOfMonth, exp.DayOfWeek, exp.DayOfYear, exp.TimestampTrunc, exp.DateTrunc, exp.Extract,
    exp.TimeToStr, exp.DateDiff, exp.DateAdd, exp.DateSub, exp.DateFromParts, exp.LastDay,
    exp.Monthname, exp.Dayname, exp.Replace, exp.RegexpLike, exp.EndsWith, exp.DayOfWeekIso,
    exp.WeekOfYear, exp.DateBin, exp.Pad, exp.Format, exp.Struct, exp.Array, exp.Cbrt, exp.Pi,
    exp.SplitPart, exp.RegexpReplace, exp.RegexpExtract, exp.Translate, exp.Reverse,
    exp.TimeToUnix, exp.Bracket, exp.Slice,
    exp.RegexpFullMatch, exp.IsNan, exp.IsInf,
)  # fmt: skip

_AGGREGATES: tuple[type[exp.Expression], ...] = (
    exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.ApproxDistinct, exp.Stddev, exp.StddevPop,
    exp.StddevSamp, exp.Variance, exp.VariancePop, exp.Corr, exp.CovarPop, exp.CovarSamp,
    exp.Min, exp.Max, exp.Median, exp.Quantile, exp.PercentileCont, exp.PercentileDisc, exp.Mode,
    exp.Grouping, exp.GroupConcat, exp.AnyValue, exp.IgnoreNulls, exp.RegrSlope, exp.RegrIntercept,
    exp.ArrayAgg, exp.ArgMax, exp.ArgMin, exp.RegrCount, exp.RegrR2, exp.RegrAvgx, exp.RegrAvgy,
    exp.RegrSxx, exp.RegrSxy, exp.RegrSyy, exp.First, exp.Last, exp.LogicalAnd, exp.LogicalOr,
    exp.WithinGroup, exp.Skewness, exp.Kurtosis, exp.ApproxQuantile,
)  # fmt: skip

_WINDOWS: tuple[type[exp.Expression], ...] = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile, exp.Lag,
    exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip

ALLOWED = frozenset([*_FORMS, *_FUNCTIONS, *_AGGREGATES, *_WINDOWS])
# Functions the parser knows by name only.
ALLOWED_OF_DATES = frozenset(["date_part", "weekday", "isodow", "yearweek", "isoyear", "decade"])
# Aggregates of this kind are taken of released figures only: `_visit` knows them for no aggregate.
_NAMED = ["mad", "entropy", "histogram", "product", "kurtosis_pop", "geomean", "isfinite"]
ALLOWED_NAMES = frozenset(["date_part", "count_star", "bar", "printf", *_NAMED, *ALLOWED_OF_DATES])

# Aggregates that may be taken of private rows; the others of ALLOWED only of released figures.
PROTECTED = (
    exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.ApproxDistinct, exp.Stddev, exp.StddevPop,
    exp.StddevSamp, exp.Variance, exp.VariancePop, exp.Corr, exp.CovarPop, exp.CovarSamp,
    exp.RegrSlope, exp.RegrIntercept, exp.RegrCount, exp.RegrR2, exp.RegrAvgx, exp.RegrAvgy,
    exp.RegrSxx, exp.RegrSxy, exp.RegrSyy,
)  # fmt: skip

# Types that values may be cast to.
CASTS = frozenset(
    t
    for name in [
        "TINYINT",
        "SMALLINT",
        "INT",
        "BIGINT",
        "INT128",
        "FLOAT",
        "DOUBLE",
        "DECIMAL",
        "TEXT",
        "VARCHAR",
        "DATE",
        "TIMESTAMP",
        "TIMESTAMPNTZ",
        "BOOLEAN",
    ]
    if (t := getattr(exp.DataType.Type, name, None)) is not None
)

# What may hang on each form; anything else there (samples, pivots, locks, hints) is refused.
PARTS: dict[type[exp.Expression], frozenset[str]] = {
    exp.Select: frozenset(
        [
            "expressions",
            "from_",
            "joins",
            "where",
            "group",
            "having",
            "qualify",
            "order",
            "limit",
            "offset",
            "with_",
            "distinct",
        ]
    ),
    exp.Table: frozenset(["this", "alias"]),
    exp.Join: frozenset(["this", "on", "using", "side", "kind"]),
    exp.Subquery: frozenset(["this", "alias", "with_"]),
    exp.With: frozenset(["expressions"]),
    exp.CTE: frozenset(["this", "alias", "materialized"]),
    exp.Group: frozenset(["expressions", "rollup", "cube", "grouping_sets", "all"]),
    exp.Union: frozenset(
        ["this", "expression", "distinct", "with_", "order", "limit", "offset", "by_name"]
    ),
    exp.Intersect: frozenset(
        ["this", "expression", "distinct", "with_", "order", "limit", "offset"]
    ),
    exp.Except: frozenset(["this", "expression", "distinct", "with_", "order", "limit", "offset"]),
    exp.Limit: frozenset(["expression"]),
    exp.Distinct: frozenset(["expressions", "on"]),
    exp.Star: frozenset(["except_", "replace", "rename"]),
}
JOIN_KINDS = frozenset(["", "INNER", "OUTER", "CROSS"])
JOIN_SIDES = frozenset(["", "LEFT", "RIGHT", "FULL"])
