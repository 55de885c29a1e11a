"""What is to become of each column; a column that is not named is left out."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shuce.kernel.choices import Choice

# GB/T 42460 with the house's figures: a set that goes to a named receiver.
LEAST_GROUP, LEAST_DIVERSITY = 5, 2
_MOST_GROUP = 10_000
_MOST_COLUMNS = 40
# Each is judged by itself; together, more of them would tell people apart after all.
_MOST_SENSITIVE = 2


class Technique(Choice):
    """How a column is treated (GB/T 37964 Annex A)."""

    KEEP = "KEEP", "保留原值"
    BAND = "BAND", "数值分段"
    CLIP = "CLIP", "顶底编码"
    MONTH = "MONTH", "日期到月"
    YEAR = "YEAR", "日期到年"
    MASK = "MASK", "保留前几位"
    PSEUDONYM = "PSEUDONYM", "假名（密钥散列）"


class PartRole(Choice):
    """What a column that leaves could be used for."""

    QUASI = "QUASI", "准标识符"
    SENSITIVE = "SENSITIVE", "敏感属性"
    SUBJECT = "SUBJECT", "主体假名"


class RecipeFault(ValueError):
    """The recipe cannot be read as one."""


@dataclass(frozen=True)
class Part:
    """One column. `width` is a band's, `keep` the characters a mask leaves, the rest are bounds."""

    column: str
    way: Technique
    role: PartRole = PartRole.QUASI
    width: float | None = None
    low: float | None = None
    high: float | None = None
    keep: int | None = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"column": self.column, "way": self.way, "role": self.role}
        numbers = ("width", "low", "high", "keep")
        told |= {name: value for name in numbers if (value := getattr(self, name)) is not None}
        return {name: str(one) if isinstance(one, Choice) else one for name, one in told.items()}


@dataclass(frozen=True)
class Recipe:
    """The treatment of a table: `k` people at least behind each combination, `l` values beside."""

    parts: tuple[Part, ...]
    k: int = LEAST_GROUP
    diversity: int = LEAST_DIVERSITY

    def of_role(self, role: PartRole) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.role is role)

    def as_json(self) -> dict[str, Any]:
        return {
            "k": self.k,
            "diversity": self.diversity,
            "parts": [part.as_json() for part in self.parts],
        }

    @classmethod
    def from_json(cls, value: Any) -> "Recipe":
        """Return the recipe in `value`; RecipeFault for what is none."""
        try:
            parts = tuple(_part(one) for one in value["parts"])
            return cls(parts, _whole(value["k"]), _whole(value["diversity"]))
        except (KeyError, TypeError, ValueError):
            raise RecipeFault("not a recipe") from None


@dataclass(frozen=True)
class Fault:
    """What is wrong with a recipe, as a sentence with the facts it names."""

    sentence: str
    facts: Mapping[str, object]


def faults_in(recipe: Recipe) -> Iterator[Fault]:
    """Yield what is wrong with a recipe, whatever the table."""
    names = [part.column.lower() for part in recipe.parts]
    if not [part for part in recipe.parts if part.role is not PartRole.SUBJECT]:
        yield _fault("请至少保留一个字段")
    if len(recipe.parts) > _MOST_COLUMNS:
        yield _fault("最多保留 {most} 个字段", most=_MOST_COLUMNS)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _fault("字段 {column} 写了两次", column=name)
    if not LEAST_GROUP <= recipe.k <= _MOST_GROUP:
        yield _fault("每组人数须在 {least} 到 {most} 之间", least=LEAST_GROUP, most=_MOST_GROUP)
    if not LEAST_DIVERSITY <= recipe.diversity <= _MOST_GROUP:
        yield _fault("敏感属性取值数不得少于 {least}", least=LEAST_DIVERSITY)
    if len(recipe.of_role(PartRole.SUBJECT)) > 1:
        yield _fault("主体假名只能有一个")
    if len(recipe.of_role(PartRole.SENSITIVE)) > _MOST_SENSITIVE:
        yield _fault("敏感属性最多 {most} 个，其余请作为准标识符处理", most=_MOST_SENSITIVE)
    for part in recipe.parts:
        yield from _faults_in_part(part)


def _faults_in_part(part: Part) -> Iterator[Fault]:
    if (part.way is Technique.PSEUDONYM) is not (part.role is PartRole.SUBJECT):
        yield _fault("字段 {column}：假名只用于主体标识，主体标识只能用假名", column=part.column)
    ends = [end for end in (part.low, part.high) if end is not None]
    if part.way is Technique.BAND and not (part.width is not None and part.width > 0):
        yield _fault("字段 {column}：请填写大于零的分段宽度", column=part.column)
    if part.way is Technique.MASK and not (part.keep is not None and 1 <= part.keep <= 50):
        yield _fault("字段 {column}：请填写保留的位数（1 到 50）", column=part.column)
    if part.way is Technique.CLIP and not ends:
        yield _fault("字段 {column}：请填写下限或上限", column=part.column)
    if len(ends) == 2 and ends[0] >= ends[1]:
        yield _fault("字段 {column}：下限须小于上限", column=part.column)


def _fault(sentence: str, **facts: object) -> Fault:
    return Fault(sentence, facts)


def _part(value: Mapping[str, Any]) -> Part:
    column = value["column"]
    if not isinstance(column, str) or not column.strip():
        raise RecipeFault("column")
    keep = value.get("keep")
    return Part(
        column,
        Technique(value["way"]),
        PartRole(value["role"]),
        width=_number(value.get("width")),
        low=_number(value.get("low")),
        high=_number(value.get("high")),
        keep=None if keep is None else _whole(keep),
    )


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RecipeFault("number")
    if abs(value) > 1e12:
        raise RecipeFault("number")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RecipeFault("whole")
    return value
