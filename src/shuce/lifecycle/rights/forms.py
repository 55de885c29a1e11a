"""What people fill in to assess, to ask for a right, and to stop one."""

from collections.abc import Sequence
from typing import Any

from django import forms

from shuce.engines.scan.types import SemanticType
from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import (
    ChoiceField,
    DayField,
    MoneyField,
    OfficeForm,
    TextField,
)
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.rules import QUESTIONS, Answer, FeeBasis, PurposeKind, Right, Terms

YES, NO = "yes", "no"


class AssessForm(OfficeForm):
    """Every question of the security assessment: met or not, and what was found."""

    # One heading for each question, made from the rules' own list.
    fieldsets = tuple((text, (f"met_{key}", key)) for key, text in QUESTIONS.items())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key in QUESTIONS:
            self.fields[f"met_{key}"] = forms.ChoiceField(
                label=say_later("核查结论"),
                choices=[(YES, say_later("符合")), (NO, say_later("不符合"))],
                widget=forms.RadioSelect,
            )
            self.fields[key] = TextField(
                label=say_later("核查情况"),
                rows=2,
                max_length=1000,
                error_messages={"required": say_later("请写明核查情况")},
            )

    def answers(self) -> dict[str, Answer]:
        given = self.cleaned_data
        return {key: Answer(given[f"met_{key}"] == YES, given[key]) for key in QUESTIONS}


class GrantForm(OfficeForm):
    """The terms that an operator asks for."""

    right = ChoiceField(Right, only=[Right.PROCESSING, Right.OPERATING], label="申请的权利")
    source_number = forms.CharField(
        label="原授权编号",
        max_length=40,
        required=False,
        help_text="仅再授权时填写：由原被授权单位提供的授权编号",
    )
    purpose_kind = ChoiceField(PurposeKind, label="用途类别")
    purpose = TextField(
        label="用途", rows=3, max_length=500, help_text="写明用在什么场景、形成什么产品或服务"
    )
    columns = forms.MultipleChoiceField(
        label="字段范围", widget=forms.CheckboxSelectMultiple, required=False
    )
    region_code = forms.CharField(label="适用地域（行政区划代码）", max_length=6, initial="310000")
    starts_on = DayField(label="起始日")
    ends_on = DayField(label="终止日", help_text="从这一天起不再有效；最长五年")
    sub_granting = forms.BooleanField(label="申请可再授权", required=False)
    exclusive = forms.BooleanField(label="申请独占", required=False)
    fee_basis = ChoiceField(FeeBasis, label="使用方式")
    fee = MoneyField(label="费用", required=False, help_text="无偿使用不填")
    fieldsets = (
        ("权利和用途", ("right", "source_number", "purpose_kind", "purpose")),
        ("范围", ("columns", "region_code", "starts_on", "ends_on", "sub_granting", "exclusive")),
        ("费用", ("fee_basis", "fee")),
    )

    def __init__(self, *args: Any, columns: Sequence[dict[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["columns"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(column["name"], label_of(column)) for column in columns]

    def terms(self) -> Terms:
        """Return what was typed, as the terms that the command judges."""
        typed = {**self.cleaned_data, "columns": tuple(self.cleaned_data["columns"])}
        typed.pop("source_number")
        return Terms(**{**typed, "fee": typed["fee"] or Money(0)})


class ReasonForm(OfficeForm):
    reason = TextField(label="原因", rows=4, max_length=500)


def label_of(column: dict[str, Any]) -> str:
    """Return a column as people choose it: its name, comment, content and grade."""
    found = [str(column.get("comment") or "").strip()]
    kind = column.get("type")
    if kind in set(SemanticType) and kind != SemanticType.NONE:
        found.append(SemanticType(kind).label)
    grade = column.get("grade")
    if grade:
        grades = {"L5": Grade.IMPORTANT, "L6": Grade.CORE}
        found.append((grades.get(grade) or Grade(grade)).label)
    about = " · ".join(part for part in found if part)
    return say("{name}（{about}）", name=column["name"], about=about) if about else column["name"]
