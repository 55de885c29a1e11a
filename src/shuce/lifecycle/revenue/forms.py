"""What is filled in on the way from use to treasury."""

from typing import Any

from django import forms

from shuce.foundation.office.forms import DayField, MoneyField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Organization


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


class ConcludeForm(OfficeForm):
    conclusion = TextField(label="处理结论", rows=4, max_length=500)
