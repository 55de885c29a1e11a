from typing import Any

from django import forms

from shuce.foundation.office.forms import ChoiceField, DayField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member, Organization
from shuce.kernel.clauses import Clause
from shuce.supervision.oversight.queries import bodies_to_inspect
from shuce.supervision.oversight.rules import InspectionKind, Phase


class InspectionForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="被检查单位")
    title = forms.CharField(label="检查名称", max_length=200)
    kind = ChoiceField(InspectionKind, label="类型")
    phase = ChoiceField(Phase, label="阶段")
    due_on = DayField(label="截止日期")

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies_to_inspect(member)


class FindingForm(OfficeForm):
    text = TextField(label="发现的问题", rows=4, max_length=1000)
    clause = ChoiceField(Clause, label="涉及条款")
    rectify_by = DayField(label="整改期限")


class RectifyForm(OfficeForm):
    rectification = TextField(label="整改情况", rows=5, max_length=1000)
