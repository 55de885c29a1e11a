"""What people fill in to assess, to ask for a right, and to stop one."""

import re
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
from shuce.lifecycle.rights.encumbrance_rules import Burden, EncumbranceKind
from shuce.lifecycle.rights.impact import Ground, Impact
from shuce.lifecycle.rights.questionnaire import Question
from shuce.lifecycle.rights.row_limits import RowLimit, RowTest
from shuce.lifecycle.rights.rules import Answer, FeeBasis, PurposeKind, Right, Terms

YES, NO = "yes", "no"
# Conditions on rows that the form has room for; programs may send more.
ROW_LIMITS = 3
_ROW_FIELDS = tuple(
    f"row_{part}_{place}" for place in range(ROW_LIMITS) for part in ("column", "test", "values")
)


class AssessForm(OfficeForm):
    """Every question of the security assessment: met or not, and what was found."""

    def __init__(self, *args: Any, questions: Sequence[Question], **options: Any) -> None:
        super().__init__(*args, **options)
        self._questions = questions
        # One heading for each question, from the list for the grade.
        self.fieldsets = tuple(  # type: ignore[misc]  # of this form alone, by its grade
            (one.text, (f"met_{one.key}", one.key, f"evidence_{one.key}")) for one in questions
        )
        for question in questions:
            key = question.key
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
            self.fields[f"evidence_{key}"] = forms.CharField(
                label=say_later("证明材料编号"), max_length=200, required=False
            )

    def answers(self) -> dict[str, Answer]:
        given = self.cleaned_data
        return {
            key: Answer(given[f"met_{key}"] == YES, given[key], given[f"evidence_{key}"])
            for key in (question.key for question in self._questions)
        }


class ImpactForm(OfficeForm):
    """What is found of the bearing on people."""

    ground = ChoiceField(Ground, label="处理依据")
    reference = forms.CharField(
        label="依据条文或编号", max_length=300, help_text="法律条文、合同编号或同意书编号"
    )
    separate_consent = forms.CharField(
        label="单独同意", max_length=300, required=False, help_text="取得单独同意的方式和编号"
    )
    necessity = TextField(label="目的和最小必要范围", rows=3, max_length=1000)
    risks = TextField(label="影响和风险", rows=3, max_length=1000)
    measures = TextField(label="保护措施", rows=3, max_length=1000)
    acceptable = forms.BooleanField(label="采取措施后风险可接受", required=False)

    def impact(self) -> Impact:
        return Impact(**self.cleaned_data)


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
    blending = forms.BooleanField(
        label="申请融合加工",
        required=False,
        help_text="允许与另一份授权的数据按人求交后汇总，原始数据不离开双方节点",
    )
    fee_basis = ChoiceField(FeeBasis, label="使用方式")
    fee = MoneyField(label="费用", required=False, help_text="无偿使用不填")
    fieldsets = (
        ("权利和用途", ("right", "source_number", "purpose_kind", "purpose")),
        ("字段和行", ("columns", *_ROW_FIELDS)),
        ("地域和期限", ("region_code", "starts_on", "ends_on", "sub_granting", "exclusive")),
        ("融合加工", ("blending",)),
        ("费用", ("fee_basis", "fee")),
    )

    def __init__(self, *args: Any, columns: Sequence[dict[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["columns"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(column["name"], label_of(column)) for column in columns]
        named = [("", say_later("不限")), *field.choices]
        tests = [("", "—"), *((one.value, say_later(one.chinese)) for one in RowTest)]
        for place in range(ROW_LIMITS):
            of = {"place": place + 1}
            self.fields[f"row_column_{place}"] = forms.ChoiceField(
                label=say_later("条件{place}：字段", **of), choices=named, required=False
            )
            self.fields[f"row_test_{place}"] = forms.ChoiceField(
                label=say_later("条件{place}：比较", **of), choices=tests, required=False
            )
            self.fields[f"row_values_{place}"] = forms.CharField(
                label=say_later("条件{place}：取值", **of),
                max_length=500,
                required=False,
                help_text=say_later("多个取值用顿号或逗号分开"),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for all three parts of a condition, or none."""
        filled = super().clean() or {}
        for place in range(ROW_LIMITS):
            parts = [filled.get(f"row_{part}_{place}") for part in ("column", "test", "values")]
            if any(parts) and not all(parts):
                self.add_error(f"row_column_{place}", say("请填齐这个条件的字段、比较和取值"))
        return filled

    def terms(self) -> Terms:
        """Return what was typed, as the terms that the command judges."""
        typed = {**self.cleaned_data, "columns": tuple(self.cleaned_data["columns"])}
        typed.pop("source_number")
        typed["rows"] = tuple(
            RowLimit(
                column,
                RowTest(typed[f"row_test_{place}"]),
                tuple(part for part in re.split("[、,，]\\s*", values) if part),
            )
            for place in range(ROW_LIMITS)
            if (column := typed[f"row_column_{place}"])
            and (values := typed[f"row_values_{place}"].strip())
        )
        for name in _ROW_FIELDS:
            typed.pop(name)
        return Terms(**{**typed, "fee": typed["fee"] or Money(0)})


class RenewForm(OfficeForm):
    """Until when a right is to go on, and for how much."""

    ends_on = DayField(label="续期至", help_text="从这一天起不再有效；自原终止日起最长五年")
    fee = MoneyField(label="费用", required=False, help_text="无偿使用不填")


class ExitStepForm(OfficeForm):
    """How one thing of an exit was done."""

    note = TextField(label="办理情况", rows=4, max_length=1000)
    evidence = forms.CharField(
        label="证明材料编号",
        max_length=200,
        required=False,
        help_text="数据副本清除和清除证明必须填写，可注明文件摘要值",
    )


class BurdenForm(OfficeForm):
    """What an asset is to stand for."""

    kind = ChoiceField(EncumbranceKind, label="类别")
    party = forms.CharField(label="对方单位", max_length=200)
    amount = MoneyField(label="金额")
    purpose = TextField(label="用途", rows=3, max_length=500)
    decision = forms.CharField(label="集体决策文号", max_length=100)

    def burden(self) -> Burden:
        return Burden(**self.cleaned_data)


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
