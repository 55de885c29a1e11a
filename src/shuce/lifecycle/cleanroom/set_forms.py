"""The recipe of a de-identified set as people fill it in: a row for each column."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from shuce.engines.deidentify import LEAST_DIVERSITY, Part, PartRole, Recipe, Technique
from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import DayField, OfficeForm, TextField
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom.set_rules import Making

_LEFT_OUT = ""
_SUBJECT = PartRole.SUBJECT
# How many numbers stand in a way's parameter, and the fields of a part that they fill.
_PARAMETERS: Mapping[Technique, tuple[str, ...]] = {
    Technique.BAND: ("width", "low", "high"),
    Technique.CLIP: ("low", "high"),
    Technique.MASK: ("keep",),
}


class DatasetForm(OfficeForm):
    """What a set is for, and what becomes of each column that may leave."""

    title = forms.CharField(label="名称", max_length=100)
    purpose = TextField(label="用途", rows=2, max_length=500)
    valid_until = DayField(label="交付截止日", help_text="从这一天起不能再下载，不晚于授权终止日")
    k = forms.IntegerField(
        label="每组最少人数（K）", help_text="准标识符取值相同的人不足这个数的，整组隐去"
    )
    diversity = forms.IntegerField(
        label="敏感属性最少取值数（L）",
        initial=LEAST_DIVERSITY,
        help_text="同一组里敏感属性少于这么多种取值的，整组隐去",
    )

    def __init__(
        self,
        *args: Any,
        columns: Sequence[dict[str, Any]],
        subject: str,
        least: int,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._columns = [*columns]
        self._subject = subject
        self.fields["k"].initial = least
        ways = [(_LEFT_OUT, say_later("不保留"))]
        ways += [
            (way.value, say_later(way.chinese))
            for way in Technique
            if way is not Technique.PSEUDONYM
        ]
        roles = [(r.value, say_later(r.chinese)) for r in PartRole if r is not _SUBJECT]
        if subject:
            self.fields["subject"] = forms.BooleanField(
                label=say_later("保留主体假名，同一主体的各行可以对上"),
                required=False,
                help_text=say_later("每个数据集用新的密钥，用后即弃，不能与别的数据集对上"),
            )
        for place, column in enumerate(self._columns):
            way, parameter = _suggested(column)
            of = {"column": column["name"]}
            self.fields[f"way{place}"] = forms.ChoiceField(
                label=say_later("{column} 的处理方式", **of),
                choices=ways,
                initial=way.value if way else _LEFT_OUT,
                required=False,
            )
            self.fields[f"role{place}"] = forms.ChoiceField(
                label=say_later("{column} 的性质", **of),
                choices=roles,
                initial=PartRole.QUASI.value,
            )
            self.fields[f"parameter{place}"] = forms.CharField(
                label=say_later("{column} 的参数", **of),
                max_length=60,
                required=False,
                initial=parameter,
            )

    def rows(self) -> list[tuple[dict[str, Any], Any, Any, Any]]:
        """Each column with its three inputs, for the page's table."""
        return [
            (column, self[f"way{place}"], self[f"role{place}"], self[f"parameter{place}"])
            for place, column in enumerate(self._columns)
        ]

    def main(self) -> list[Any]:
        """The inputs that are not of one column."""
        names = ("title", "purpose", "valid_until", "k", "diversity", "subject")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for place in range(len(self._columns)):
            if given.get(f"way{place}"):
                try:
                    _numbers(Technique(given[f"way{place}"]), given.get(f"parameter{place}", ""))
                except ValueError:
                    self.add_error(
                        f"parameter{place}", say("参数应为数字：分段写宽度，可加下限和上限")
                    )
        return given

    def making(self) -> Making:
        given = self.cleaned_data
        return Making(given["title"], given["purpose"], given["valid_until"])

    def recipe(self) -> Recipe:
        given = self.cleaned_data
        parts = []
        if given.get("subject"):
            parts.append(Part(self._subject, Technique.PSEUDONYM, _SUBJECT))
        for place, column in enumerate(self._columns):
            if chosen := given[f"way{place}"]:
                way = Technique(chosen)
                numbers = _numbers(way, given[f"parameter{place}"])
                parts.append(Part(column["name"], way, PartRole(given[f"role{place}"]), **numbers))
        return Recipe(tuple(parts), given["k"], given["diversity"])


class ReasonForm(OfficeForm):
    reason = TextField(label="原因", rows=4, max_length=500)


def parameter_of(part: Part) -> str:
    """Return a part's numbers as they are typed."""
    held = [getattr(part, name) for name in _PARAMETERS.get(part.way, ())]
    return "; ".join("" if one is None else f"{one:g}" for one in held).rstrip("; ")


def _numbers(way: Technique, typed: str) -> dict[str, Any]:
    names = _PARAMETERS.get(way, ())
    texts = [one.strip() for one in typed.replace("；", ";").split(";")] if typed.strip() else []
    if len(texts) > len(names):
        if not names:
            return {}
        raise ValueError(typed)
    read = {name: float(text) for name, text in zip(names, texts, strict=False) if text}
    if any(abs(number) > 1e12 for number in read.values()):
        raise ValueError(typed)
    whole = {name: int(value) if value == int(value) else value for name, value in read.items()}
    if isinstance(whole.get("keep"), float):
        raise ValueError(typed)
    return whole


def _suggested(column: dict[str, Any]) -> tuple[Technique | None, str]:
    """A first treatment of a column: coarse, so that most of its rows may stay."""
    kind = str(column.get("sql_type") or "").upper()
    distinct = (column.get("profile") or {}).get("distinct") or 0
    if kind.startswith(("DATE", "TIMESTAMP")):
        return Technique.MONTH, ""
    if column.get("type") == "region":
        return Technique.MASK, "4"
    if kind.startswith(("INT", "BIGINT", "DOUBLE", "REAL", "FLOAT", "DECIMAL", "NUMERIC")):
        return Technique.BAND, "10"
    return (Technique.KEEP, "") if 0 < distinct <= 20 else (None, "")
