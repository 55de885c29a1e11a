"""What finance officers fill in."""

from datetime import date
from typing import Any

from django import forms

from shuce.foundation.office.forms import (
    ChoiceField,
    DayField,
    MoneyField,
    OfficeForm,
    RowField,
    TextField,
)
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.rules import Kind
from shuce.lifecycle.books.rules import BASES, LONGEST_MONTHS, Terms, treatments_of
from shuce.lifecycle.books.words import Carrying, CostBasis, LifeGround, Spread
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Acquisition


class MonthField(forms.DateField):
    """A month, kept as its first day."""

    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    input_formats = ["%Y-%m", "%Y-%m-%d"]  # noqa: RUF012  Django's own way


class BookForm(OfficeForm):
    fieldsets = (
        ("初始计量", ("treatment", "basis", "cost", "decision_number")),
        ("使用寿命和摊销", ("life_ground", "life_note", "spread", "months", "total_units", "unit")),
        ("记账", ("account_code", "voucher_number", "booked_on")),
    )

    treatment = ChoiceField(Carrying, label="会计处理")
    basis = forms.ChoiceField(label="计量依据")
    cost = MoneyField(label="原值")
    decision_number = forms.CharField(
        label="决定文号", max_length=100, required=False, help_text="按名义金额入账的必须填写"
    )
    life_ground = ChoiceField(LifeGround, label="年限依据")
    life_note = TextField(
        label="年限说明", max_length=500, required=False, rows=2,
        help_text="预计年限考虑业务模式、权利限制、更新频率和时效性等；寿命不确定的写明理由",
    )  # fmt: skip
    spread = ChoiceField(Spread, label="摊销方法")
    months = forms.IntegerField(
        label="摊销月数", min_value=0, max_value=LONGEST_MONTHS, required=False
    )
    total_units = forms.IntegerField(
        label="预计总工作量", min_value=0, max_value=2**53, required=False,
        help_text="按工作量法摊销的填写，如预计调用总次数",
    )  # fmt: skip
    unit = forms.CharField(label="工作量单位", max_length=20, required=False)
    account_code = forms.CharField(label="会计科目", max_length=60)
    voucher_number = forms.CharField(label="会计凭证号", max_length=60)
    booked_on = DayField(label="入账日期")

    def __init__(self, *args: Any, card: Card, **options: Any) -> None:
        super().__init__(*args, **options)
        allowed = treatments_of(Kind(card.holder.kind))
        self.fields["treatment"] = ChoiceField(
            Carrying, only=allowed, ask=len(allowed) > 1, label="会计处理"
        )
        basis = self.fields["basis"]
        assert isinstance(basis, forms.ChoiceField)
        bases = BASES[Acquisition(card.acquisition)]
        basis.choices = [(one.value, one.label) for one in bases]

    def terms(self) -> Terms:
        facts = dict(self.cleaned_data)
        return Terms(
            **facts
            | {
                "basis": CostBasis(facts["basis"]),
                "months": facts["months"] or 0,
                "total_units": facts["total_units"] or 0,
            }
        )


class AmortiseForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="单位")

    def __init__(self, *args: Any, bodies: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies


class UnitsForm(OfficeForm):
    month = MonthField(label="月份")
    units = forms.IntegerField(label="工作量", min_value=0, max_value=2**53)


class LifeForm(OfficeForm):
    months = forms.IntegerField(
        label="尚可使用月数", min_value=0, max_value=LONGEST_MONTHS, required=False
    )
    total_units = forms.IntegerField(
        label="尚可完成工作量", min_value=0, max_value=2**53, required=False
    )
    reason = TextField(label="变更原因", max_length=500)

    def change(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        return facts | {name: facts[name] or 0 for name in ("months", "total_units")}


class ImpairForm(OfficeForm):
    amount = MoneyField(label="减值金额")
    reason = TextField(label="原因和依据", max_length=500)


class CompareForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="单位")
    as_of = DayField(label="核对日期")
    file = forms.FileField(
        label="总账明细",
        help_text="Excel 或 CSV，第一行为列名：资产编号、原值、累计摊销（单位：元）",
    )

    def __init__(self, *args: Any, bodies: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies


class ConcludeForm(OfficeForm):
    conclusion = TextField(label="处理结论", max_length=500)


def year_asked(text: str, today: date) -> int:
    """Return the year in an address, or this year where none is asked for."""
    is_year = text.isascii() and text.isdigit() and len(text) == 4 and int(text) >= 2000
    return int(text) if is_year else today.year
