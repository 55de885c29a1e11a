"""What a person says of an asset's quality rules, their weights, and its issues."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from shuce.engines.quality import TYPES, QualityRule, RuleKind, Template, catalogue
from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import ChoiceField, DayField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member
from shuce.kernel.words import say
from shuce.lifecycle.quality import queries
from shuce.lifecycle.quality.rules import MOST_WEIGHT
from shuce.lifecycle.quality.words import Gravity, IssueKind
from shuce.lifecycle.register.models import Card

_TYPE_WORDS = {"number": "数值", "whole": "整数", "day": "日期"}


class WeighForm(OfficeForm):
    """How much a rule counts, and from which share on it is passed."""

    weight = forms.IntegerField(
        label="权重",
        min_value=1,
        max_value=MOST_WEIGHT,
        initial=1,
        help_text="同一指标的规则按权重平均；权重 3 以上的，未达标时严重程度提高一级",
    )
    least = forms.DecimalField(
        label="合格比例（%）",
        min_value=Decimal("0.01"),
        max_value=100,
        decimal_places=2,
        help_text="符合规则的比例达到这个数为合格，低于它的列为问题",
    )


class RuleForm(WeighForm):
    """A rule made of one of the library: its column, and what its kind asks for."""

    def __init__(self, *args: Any, card: Card, template: Template, **options: Any) -> None:
        self._template = template
        limits = {"least": Decimal(str(catalogue().least[template.kind]))}
        options["initial"] = limits | _first(template.params) | (options.get("initial") or {})
        super().__init__(*args, **options)
        columns = queries.column_choices(card)
        asked: dict[str, forms.Field] = {}
        if template.kind is not RuleKind.NO_DUPLICATES:
            asked["column"] = forms.ChoiceField(
                label="字段", choices=[("", say_later("请选择")), *columns]
            )
        self.fields = {**asked, **_inputs(template, columns), **self.fields}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        try:
            given["rule"] = QualityRule(
                self._template.kind,
                given.get("column", ""),
                self._params(given),
                given["weight"],
                "",
                float(given["least"]),
            )
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault
        return given

    def rule(self) -> QualityRule:
        made: QualityRule = self.cleaned_data["rule"]
        return made

    def _params(self, given: Mapping[str, Any]) -> dict[str, Any]:
        kept = dict(self._template.params)
        for name in ("regex", "table", "ref_column", "other", "as", "max_age_days"):
            if name in given:
                kept["column" if name == "ref_column" else name] = given[name]
        if "values" in given:
            kept["values"] = [one.strip() for one in given["values"].splitlines() if one.strip()]
        for name in ("min", "max"):
            if name in self.fields:
                kept.pop(name, None)
                if given.get(name) not in (None, ""):
                    kept[name] = given[name]
        return kept


class DropForm(OfficeForm):
    reason = TextField(label="停用原因", rows=2, max_length=500)


class WeightsForm(OfficeForm):
    """How much each of the six dimensions counts."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, name in catalogue().dimensions.items():
            self.fields[code] = forms.IntegerField(
                label=say_later(name), min_value=0, max_value=MOST_WEIGHT
            )


class OpenForm(OfficeForm):
    """An issue that a person saw."""

    kind = ChoiceField(IssueKind, label="类别", ask=False, initial=IssueKind.OTHER.value)
    severity = ChoiceField(Gravity, label="严重程度")
    sentence = TextField(label="问题情况", rows=3, max_length=500)
    due_on = DayField(
        label="整改期限",
        required=False,
        help_text="不填的按严重程度：重大 7 天，严重 15 天，一般 30 天，轻微 60 天；只能提前",
    )

    def __init__(self, *args: Any, card: Card, **options: Any) -> None:
        super().__init__(*args, **options)
        columns = [("", say_later("整张表")), *queries.column_choices(card)]
        self.fields = {
            "column": forms.ChoiceField(label="字段", choices=columns, required=False),
            **self.fields,
            "owner": RowField(
                queries.owners_of(card),
                label="责任人",
                required=False,
                help_text="不选的由持有单位的数据管理员负责",
            ),
        }


class AssignForm(OfficeForm):
    def __init__(self, *args: Any, card: Card, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = RowField(queries.owners_of(card), label="责任人")

    def owner(self) -> Member:
        chosen: Member = self.cleaned_data["owner"]
        return chosen


class ProgressForm(OfficeForm):
    text = TextField(label="整改进展", rows=3, max_length=1000)


class CloseForm(OfficeForm):
    cause = TextField(label="问题原因", rows=3, max_length=500)
    measure = TextField(label="整改措施", rows=3, max_length=500)


def _first(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the inputs show first of a template's own parameters."""
    shown = {name: value for name, value in params.items() if name != "column"}
    if "values" in shown:
        shown["values"] = "\n".join(str(value) for value in shown["values"])
    return shown


def _inputs(template: Template, columns: list[tuple[str, str]]) -> dict[str, forms.Field]:
    match template.kind:
        case RuleKind.PATTERN:
            hint = "正则表达式，整个值都要符合，如 [0-9]{6}"
            return {"regex": forms.CharField(label="格式", max_length=500, help_text=hint)}
        case RuleKind.IN_LIST:
            return {"values": TextField(label="允许的值", rows=6, help_text="每行一个")}
        case RuleKind.RANGE if isinstance(template.params.get("min"), str):
            hint = "日期如 1900-01-01，今天写 today"
            return {
                "min": forms.CharField(
                    label="最早", required=False, validators=[_is_day], help_text=hint
                ),
                "max": forms.CharField(label="最晚", required=False, validators=[_is_day]),
            }
        case RuleKind.RANGE:
            return {
                "min": forms.FloatField(label="最小", required=False),
                "max": forms.FloatField(label="最大", required=False),
            }
        case RuleKind.LENGTH:
            return {
                "min": forms.IntegerField(label="最少字数", required=False, min_value=0),
                "max": forms.IntegerField(label="最多字数", required=False, min_value=1),
            }
        case RuleKind.REFERENTIAL:
            return {
                "table": forms.CharField(label="被引用的表", max_length=200),
                "ref_column": forms.CharField(label="被引用的字段", max_length=200),
            }
        case RuleKind.EQUAL | RuleKind.ORDER:
            pairs = [("", say_later("请选择")), *columns]
            return {"other": forms.ChoiceField(label="对照字段", choices=pairs)}
        case RuleKind.TYPE:
            pairs = [(code, say_later(_TYPE_WORDS[code])) for code in TYPES]
            return {"as": forms.ChoiceField(label="数据类型", choices=pairs)}
        case RuleKind.FRESHNESS:
            return {"max_age_days": forms.IntegerField(label="天数", min_value=1)}
    return {}


def _is_day(text: str) -> None:
    if text != "today":
        try:
            forms.DateField(input_formats=["%Y-%m-%d"]).clean(text)
        except ValidationError:
            raise ValidationError(say("请写成 2026-01-31 这样的日期，或 today")) from None
