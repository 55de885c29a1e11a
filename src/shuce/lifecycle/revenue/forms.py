"""What is filled in on the way from use to treasury."""

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
from shuce.kernel.money import Money
from shuce.lifecycle.revenue.outside import Outside
from shuce.lifecycle.revenue.rules import OutsideKind


class MeterForm(OfficeForm):
    quantity = forms.IntegerField(label="使用量", min_value=1)
    used_on = DayField(label="使用日期")
    serial = forms.CharField(
        label="流水号", max_length=60, help_text="同一流水号只计量一次，重复导入不会多计"
    )


class ReceiptForm(OfficeForm):
    amount = MoneyField(label="收款金额")
    account = forms.CharField(label="收款账户", max_length=60)
    serial = forms.CharField(label="银行流水号", max_length=60)
    received_on = DayField(label="收款日期")


class RemitForm(OfficeForm):
    slip_number = forms.CharField(label="缴款书编号", max_length=40)


class ReverseForm(OfficeForm):
    reason = TextField(label="冲销原因", rows=3, max_length=500)


class ScanForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="单位")

    def __init__(self, *args: Any, bodies: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies


class OutsideForm(ScanForm):
    """What was learned from outside about a body's deals."""

    kind = ChoiceField(OutsideKind, label="类别")
    about = forms.CharField(
        label="关于", max_length=60, required=False, help_text="合同编号、银行流水号或资产编号"
    )
    party = forms.CharField(label="对方单位", max_length=200, required=False)
    amount = MoneyField(label="金额", required=False)
    happened_on = DayField(label="发生日期")
    source = forms.CharField(label="来源文件编号", max_length=100)
    text = forms.CharField(
        label="内容",
        max_length=200,
        required=False,
        help_text="记录内容，如“质押”“银行贷款”",
    )

    def outside(self) -> Outside:
        given = {name: value for name, value in self.cleaned_data.items() if name != "organization"}
        return Outside(**given | {"amount": given["amount"] or Money(0)})


class ConcludeForm(OfficeForm):
    conclusion = TextField(label="处理结论", rows=4, max_length=500)
