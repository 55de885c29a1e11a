from collections.abc import Sequence
from typing import Any

from django import forms

from shuce.engines.guard.binding import Parameter, ParameterKind, parameters_in
from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import ChoiceField, DayInput, OfficeForm, TextField
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom.blend_rules import BlendSide, BlendSpec, SideSpec
from shuce.lifecycle.cleanroom.models import QueryVersion, SavedQuery
from shuce.lifecycle.cleanroom.rules import LONGEST_QUESTION, Every
from shuce.lifecycle.cleanroom.saving import Kept
from shuce.lifecycle.rights.models import Grant


class ColumnsField(forms.MultipleChoiceField):
    """Any number of columns, ticked."""

    def __init__(self, *, label: str, help_text: str = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


class AskForm(OfficeForm):
    """One question, in SQL."""

    sql = forms.CharField(
        label="查询语句（SQL）",
        max_length=LONGEST_QUESTION,
        required=False,  # the rules say it, with the node's other reasons
        strip=True,
        help_text="按 Ctrl+Enter 提交。只放行汇总结果，人数不足的组会隐去。",
        widget=forms.Textarea(
            attrs={
                "rows": 8,
                "class": "font-monospace",
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
                "data-ask": "",
            }
        ),
    )


class PairForm(OfficeForm):
    """Two grants of one's own body."""

    left = forms.ChoiceField(label="第一方", help_text="负责计数；选人数较少的一方更快")
    right = forms.ChoiceField(label="第二方")

    def __init__(self, *args: Any, grants: Sequence[Grant], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [
            (one.id, f"{one.card.name}（{one.card.holder}，{one.number}）") for one in grants
        ]
        for name in ("left", "right"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "—"), *choices]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("left") and given.get("left") == given.get("right"):
            self.add_error("right", say_later("融合须用两份不同的授权"))
        return given


class BlendForm(OfficeForm):
    """What a fusion is grouped by on each side, and what is added up."""

    left_groups = ColumnsField(label="第一方：按列分组")
    left_measures = ColumnsField(label="第一方：合计", help_text="按整数计，取值截到授权约定的范围")
    right_groups = ColumnsField(label="第二方：按列分组")
    right_measures = ColumnsField(
        label="第二方：合计", help_text="按整数计，取值截到授权约定的范围"
    )
    fieldsets = (
        ("第一方", ("left_groups", "left_measures")),
        ("第二方", ("right_groups", "right_measures")),
    )

    def __init__(self, *args: Any, sides: tuple[BlendSide, BlendSide], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, side in zip(("left", "right"), sides, strict=True):
            for what, columns in (("groups", side.groups), ("measures", side.measures)):
                field = self.fields[f"{name}_{what}"]
                assert isinstance(field, forms.MultipleChoiceField)
                field.choices = [(one, one) for one in sorted(columns)]

    def spec(self) -> BlendSpec:
        """Return what was ticked."""
        told = {name: tuple(value) for name, value in self.cleaned_data.items()}
        return BlendSpec(
            SideSpec(told["left_groups"], told["left_measures"]),
            SideSpec(told["right_groups"], told["right_measures"]),
        )


class TraceForm(OfficeForm):
    """A file, or what was copied out of one."""

    file = forms.FileField(label="文件", required=False, help_text="Excel 或 CSV，最大 20 MB")
    text = TextField(
        label="或粘贴内容",
        required=False,
        rows=6,
        max_length=1_000_000,
        help_text="一部分也可以。CSV 请连同引号粘贴，暗记在其中。",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("file") and not given.get("text"):
            self.add_error("file", say_later("请上传文件，或粘贴其中的内容"))
        return given

    def content(self) -> bytes:
        """Return what is to be traced: the file if there is one, else the text."""
        file = self.cleaned_data["file"]
        held: bytes = file.read() if file else self.cleaned_data["text"].encode()
        return held


class SaveForm(OfficeForm):
    """A query to be kept; below it, a row for each parameter that its text holds."""

    name = forms.CharField(label="名称", max_length=100)
    description = TextField(label="说明", required=False, rows=2, max_length=500)
    sql = forms.CharField(
        label="查询语句（SQL）",
        max_length=LONGEST_QUESTION,
        help_text="需要每次填写的值写成 $名称，如 WHERE age >= $最低年龄；多个文字写成 IN $区。",
        widget=forms.Textarea(attrs={"rows": 8, "class": "font-monospace", "spellcheck": "false"}),
    )
    shared = forms.BooleanField(label="本单位分析师共用", required=False)

    def __init__(self, *args: Any, known: Sequence[Parameter] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        before = {parameter.name: parameter for parameter in known}
        sql = self.data.get("sql", "") if self.is_bound else self.initial.get("sql", "")
        self.names = parameters_in(str(sql))[:20]
        for place, name in enumerate(self.names):
            self._add_rows(place, before.get(name, Parameter(name)))

    def _add_rows(self, place: int, parameter: Parameter) -> None:
        name = parameter.name
        self.fields[f"kind{place}"] = ChoiceField(
            ParameterKind,
            label=say("参数 {name} 的类型", name=name),
            initial=parameter.kind,
            ask=False,
            # A parameter just typed in has no row yet; then it is a text.
            required=False,
        )
        self.fields[f"label{place}"] = forms.CharField(
            label=say("参数 {name} 的名称", name=name),
            required=False,
            max_length=40,
            initial=parameter.label or name,
        )
        self.fields[f"default{place}"] = forms.CharField(
            label=say("参数 {name} 的默认值", name=name),
            required=False,
            max_length=200,
            initial=parameter.default,
        )
        self.fields[f"choices{place}"] = forms.CharField(
            label=say("参数 {name} 的可选值", name=name),
            required=False,
            max_length=2000,
            initial="、".join(parameter.choices),
            help_text=say_later("用顿号分开；不填则可填任何值"),
        )

    @property
    def shows_every_parameter(self) -> bool:
        """Say whether each parameter of the text had its rows when this was sent."""
        return all(f"kind{place}" in self.data for place in range(len(self.names)))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.shows_every_parameter:
            self.add_error("sql", say_later("查询中有新的参数，请在下面说明其类型"))
        return given

    def kept(self) -> Kept:
        given = self.cleaned_data
        return Kept(
            given["name"],
            given["sql"],
            tuple(self._parameter(place, name) for place, name in enumerate(self.names)),
            given["description"],
            given["shared"],
        )

    def _parameter(self, place: int, name: str) -> Parameter:
        given = self.cleaned_data
        choices = given[f"choices{place}"].replace(",", "、").replace("，", "、").split("、")
        return Parameter(
            name,
            given[f"label{place}"].strip(),
            given[f"kind{place}"] or ParameterKind.TEXT,
            given[f"default{place}"].strip(),
            tuple(choice.strip() for choice in choices if choice.strip()),
        )


class ValuesForm(OfficeForm):
    """Values for the parameters of a saved query, each as its kind is typed.

    The inputs' names bear a hyphen, which no parameter's does, so that neither hides the other.
    """

    def __init__(self, *args: Any, version: QueryVersion, **options: Any) -> None:
        super().__init__(*args, **options)
        self.declared = version.declared
        for parameter in self.declared:
            self.fields[f"value-{parameter.name}"] = _field_of(parameter)

    def values(self) -> dict[str, str]:
        names = [parameter.name for parameter in self.declared]
        return {name: str(self.cleaned_data.get(f"value-{name}") or "") for name in names}


def _field_of(parameter: Parameter) -> forms.Field:
    label = parameter.label or parameter.name
    plain: dict[str, Any] = {"label": label, "initial": parameter.default, "required": False}
    if parameter.choices and parameter.kind is not ParameterKind.TEXTS:
        pairs = [("", "—"), *((choice, choice) for choice in parameter.choices)]
        return forms.ChoiceField(choices=pairs, **plain)
    if parameter.kind is ParameterKind.DATE:
        return forms.CharField(widget=DayInput(), **plain)
    if parameter.kind is ParameterKind.TEXTS:
        hint = say("可选：{choices}", choices="、".join(parameter.choices))
        plain["help_text"] = hint if parameter.choices else say("用顿号分开")
    return forms.CharField(max_length=2000, **plain)


class ScheduleForm(ValuesForm):
    """When a saved query is asked by itself, and with which values."""

    every = ChoiceField(Every, label="周期", ask=False)
    day = forms.IntegerField(
        label="日",
        min_value=0,
        max_value=31,
        initial=1,
        help_text="每周的星期几（1–7），或每月几号；当月没有这一天的，在最后一天运行",
    )
    hour = forms.IntegerField(label="时", min_value=0, max_value=23, initial=8)


def begun_from(query: SavedQuery) -> dict[str, Any]:
    """What the form of a change begins with."""
    return {
        "name": query.name,
        "description": query.description,
        "sql": query.latest.sql,
        "shared": query.shared,
    }
