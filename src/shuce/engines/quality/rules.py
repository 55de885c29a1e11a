"""Quality rules as data: what must hold of a column, and which indicator it feeds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Self

from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class RuleKind(Choice):
    """What a rule asks of the values. Empty values are left to NOT_NULL."""

    NOT_NULL = "not_null", "必填"
    UNIQUE = "unique", "唯一"
    PATTERN = "pattern", "格式"
    RANGE = "range", "取值范围"
    IN_LIST = "in_list", "值在代码表内"
    REFERENTIAL = "referential", "引用存在"
    FRESHNESS = "freshness", "时效"
    CHECK_DIGIT = "check_digit", "校验码"
    NO_DUPLICATES = "no_duplicates", "无重复记录"
    NO_GARBAGE = "no_garbage", "无乱码"
    TYPE = "type", "数据类型"
    LENGTH = "length", "长度"
    EQUAL = "equal", "两字段一致"
    ORDER = "order", "先后次序"


# What each kind needs in `params`, beside the column.
_NEEDED = {
    RuleKind.PATTERN: ("regex",),
    RuleKind.IN_LIST: ("values",),
    RuleKind.REFERENTIAL: ("table", "column"),
    RuleKind.FRESHNESS: ("max_age_days",),
    RuleKind.CHECK_DIGIT: ("type",),
    RuleKind.TYPE: ("as",),
    RuleKind.EQUAL: ("other",),
    RuleKind.ORDER: ("other",),
}
TYPES = ("number", "whole", "day")
_BOUNDED = (RuleKind.RANGE, RuleKind.LENGTH)


@dataclass(frozen=True)
class QualityRule:
    """One rule.

    `params`: regex | min, max | values | table, column | max_age_days | type | as | other.

    Ends of `range` are numbers or ISO days, those of `length` numbers of characters; `as` is one of
    `TYPES`. `column` is empty for rules about whole rows. `least` is the share, in per cent, from
    which on the rule is passed; None stands for what is usual for its kind.
    """

    kind: RuleKind
    column: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    weight: int = 1
    indicator: str = ""
    least: float | None = None

    def __post_init__(self) -> None:
        missing = [
            name for name in _NEEDED.get(self.kind, ()) if self.params.get(name) in (None, "", [])
        ]
        if self.kind in _BOUNDED and not {"min", "max"} & set(self.params):
            missing.append("min")
        if not self.column and self.kind is not RuleKind.NO_DUPLICATES:
            missing.append("column")
        if missing:
            raise ValueError(
                say("规则 {kind} 缺少 {missing}", kind=self.kind.label, missing="、".join(missing))
            )
        if self.kind is RuleKind.TYPE and self.params["as"] not in TYPES:
            raise ValueError(say("没有数据类型 {name}", name=self.params["as"]))
        if self.feeds not in catalogue().indicators:
            raise ValueError(say("没有指标 {code}", code=self.feeds))
        if self.weight < 0:
            raise ValueError(say("权重不能为负"))
        if not 0 <= self.passes_from <= 100:
            raise ValueError(say("合格比例应在 0 到 100 之间"))

    @property
    def feeds(self) -> str:
        """The code of the DB31/T 1523 indicator this rule is measured for."""
        return self.indicator or catalogue().default_indicators[self.kind]

    @property
    def passes_from(self) -> float:
        """The share, in per cent, from which on the rule is passed."""
        return catalogue().least[self.kind] if self.least is None else self.least

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read a rule from data as `as_data` writes it; raise ValueError if it is not one."""
        return cls(
            RuleKind(data["kind"]),
            str(data.get("column", "")),
            dict(data.get("params", {})),
            int(data.get("weight", 1)),
            str(data.get("indicator", "")),
            None if data.get("least") is None else float(data["least"]),
        )

    def as_data(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "column": self.column,
            "params": dict(self.params),
            "weight": self.weight,
            "indicator": self.indicator,
            **({} if self.least is None else {"least": self.least}),
        }


@dataclass(frozen=True)
class Indicator:
    """An indicator of DB31/T 1523. `inverse`: its formula counts what is bad.

    `within` is the code of the indicator that is the mean of this one and its like.
    """

    code: str
    name: str
    dimension: str
    inverse: bool = False
    within: str = ""


@dataclass(frozen=True)
class Template:
    """A rule of the library: what a holder chooses, with its usual parameters and its ground."""

    code: str
    name: str
    kind: RuleKind
    basis: str
    params: Mapping[str, Any] = field(default_factory=dict)
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """Dimensions, indicators, default weights and thresholds, dated in indicators.toml."""

    dimensions: dict[str, str]
    indicators: dict[str, Indicator]
    weights: dict[str, int]
    default_indicators: dict[str, str]
    least: dict[str, float]
    complete_from: float
    unique_from: float
    list_up_to: int
    fresh_within_days: int


@cache
def catalogue() -> Catalogue:
    """Return the catalogue this release comes with."""
    path = files("shuce.engines.quality") / "indicators.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Catalogue(
        dimensions=raw["dimensions"],
        indicators={code: Indicator(code, **fields) for code, fields in raw["indicators"].items()},
        weights=raw["weights"],
        default_indicators=raw["rules"],
        least=raw["least"],
        **raw["suggestions"],
    )


@cache
def library() -> dict[str, Template]:
    """Return the rules that a holder chooses from, by their codes."""
    path = files("shuce.engines.quality") / "library.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        one["code"]: Template(
            **{**one, "kind": RuleKind(one["kind"]), "types": tuple(one.get("types", ()))}
        )
        for one in raw["rules"]
    }
