"""The catalogue of a card's facts: `fields.toml`, and the fields that bureaus add (`adding.py`)."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from shuce.kernel.choices import Choice
from shuce.kernel.standards import asset_classes, industries
from shuce.kernel.words import say
from shuce.lifecycle.register import words

Sheet = dict[str, Any]
GROUPS = ("基本信息", "权利信息", "使用信息", "管理信息")
# The section of the fields that bureaus added.
ADDED = "自定义内容"
_LONGEST_TEXT = 2_000


class FieldKind(Choice):
    """What kind of fact a field holds. The first five are those a bureau may choose from."""

    TEXT = "text", "文字"
    NUMBER = "number", "数字"
    DAY = "day", "日期"
    CHOICE = "choice", "选项"
    FLAG = "flag", "是/否"
    LONG = "long", "长文字"
    WHOLE = "whole", "整数"
    MONEY = "money", "金额"
    REGION = "region", "行政区划"
    CLASS_CODE = "class_code", "国标分类"
    INDUSTRY = "industry", "行业门类"
    DIVISION = "division", "行业大类代码"
    DAYS = "days", "天数"
    LEVEL = "level", "等级"
    ROWS = "rows", "明细"
    ORGANIZATION = "organization", "单位"
    MOMENT = "moment", "时间"


CUSTOM_KINDS = (FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DAY, FieldKind.CHOICE, FieldKind.FLAG)
LEVELS = ("第一级", "第二级", "第三级", "第四级", "第五级")


@dataclass(frozen=True)
class Field:
    """One fact that a card may hold. `label` is Chinese, translated when shown."""

    key: str
    label: str
    kind: FieldKind
    group: str
    section: str
    held: str = "more"
    required: bool = False
    expected: bool = False
    most: int = _LONGEST_TEXT
    hint: str = ""
    choices: Mapping[str, str] | None = None
    parts: Sequence[str] = ()
    source: str = ""
    sure: str = "D"
    retired: bool = False
    # What other systems' sheets call it.
    also: Sequence[str] = ()

    @property
    def typed(self) -> bool:
        """Whether people say this fact, rather than the register."""
        return self.held != "made"

    @property
    def heading(self) -> str:
        """The field's name where its section is not in sight; unique within the catalogue."""
        return f"{self.section}·{self.label}" if self.key in _repeated() else self.label


@cache
def fields() -> tuple[Field, ...]:
    """Return the fields every card has, in the order in which cards are read."""
    return tuple(_read(_text()["sections"]))


def names_of_key() -> tuple[str, ...]:
    """Return what other systems' sheets call a card's number in its source."""
    return tuple(_text()["names_of_key"])


@cache
def _text() -> dict[str, Any]:
    file = files("shuce.lifecycle.register").joinpath("fields.toml")
    return tomllib.loads(file.read_text("utf-8"))


@cache
def by_key() -> dict[str, Field]:
    return {field.key: field for field in fields()}


def typed_fields(added: Iterable[Field] = ()) -> list[Field]:
    """Return the fields people fill in: the card's own, then those a bureau added."""
    return [field for field in (*fields(), *added) if field.typed and not field.retired]


def missing(sheet: Mapping[str, Any]) -> list[Field]:
    """Return the fields that a complete card says and this one does not."""
    return [one for one in fields() if one.expected and sheet.get(one.key) in (None, "", [])]


def named(field: Field, *, whole: bool = False) -> str:
    """Return the field's name in the reader's language; `whole` where its section is not seen."""
    own = say(field.label)
    return f"{say(field.section)}·{own}" if whole and field.key in _repeated() else own


def options(field: Field) -> list[tuple[str, str]]:
    """Return (code, Chinese words) of everything a field with a closed list may say."""
    match field.kind:
        case FieldKind.CLASS_CODE:
            return [(c.code, c.name) for c in asset_classes().values() if c.code[:5] == "A0806"]
        case FieldKind.DIVISION:
            return [(c.code, c.name) for c in industries().values() if c.above]
        case FieldKind.LEVEL:
            return [(str(number), name) for number, name in enumerate(LEVELS, start=1)]
        case FieldKind.FLAG:
            return [("true", "是"), ("false", "否")]
    return list((field.choices or {}).items())


@cache
def _repeated() -> frozenset[str]:
    """Return the keys of fields that stand in several sections under the same name."""
    labels: dict[str, list[str]] = {}
    for field in fields():
        labels.setdefault(field.label, []).append(field.key)
    return frozenset(key for keys in labels.values() if len(keys) > 1 for key in keys)


def _read(sections: Sequence[Mapping[str, Any]]) -> Iterator[Field]:
    for section in sections:
        for prefix, title in section.get("repeat", {"": section.get("title", "")}).items():
            for told in section["fields"]:
                yield _field(told, section["group"], title, prefix)


def _field(told: Mapping[str, Any], group: str, section: str, prefix: str) -> Field:
    facts = {key: value for key, value in told.items() if key not in ("from", "choice")}
    choice = told.get("choice")
    if isinstance(choice, str):
        choice = {one.value: one.chinese for one in getattr(words, choice)}
    facts["key"] = f"{prefix}_{told['key']}" if prefix else told["key"]
    facts["kind"] = FieldKind(told["kind"])
    return Field(group=group, section=section, choices=choice, source=told.get("from", ""), **facts)
