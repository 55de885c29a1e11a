"""What is filled in for asset schedules."""

from typing import Any

from django import forms

from shuce.foundation.office.forms import ChoiceField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Organization
from shuce.lifecycle.directory.words import Ruling


class CompileForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="单位")

    def __init__(self, *args: Any, bodies: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies


class AnswerForm(OfficeForm):
    verdict = ChoiceField(Ruling, label="答复")
    reason = TextField(label="意见", max_length=500, required=False, help_text="退回的必须写明原因")
