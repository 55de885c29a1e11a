"""What a person fills in about data found."""

from typing import Any

from django import forms

from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import DayField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.lifecycle.inventory.rules import CRITERIA, Criterion, RecognitionAnswers
from shuce.lifecycle.sources.queries import places_for


class RecognizeForm(OfficeForm):
    """The five criteria: met or not, and what each answer rests on."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, sentence in CRITERIA.items():
            self.fields[f"{name}_met"] = forms.TypedChoiceField(
                label=say_later(sentence),
                choices=[("yes", say_later("符合")), ("no", say_later("不符合"))],
                coerce=lambda answer: answer == "yes",
                widget=forms.RadioSelect,
            )
            # Named as the criterion, so that an obstacle about it is shown beside it.
            self.fields[name] = TextField(
                label=say_later("依据"),
                rows=2,
                max_length=500,
                help_text=say_later("写明文件、合同、职责规定或核算资料；不要写入个人信息。"),
            )

    def answers(self) -> RecognitionAnswers:
        given = self.cleaned_data
        return RecognitionAnswers(
            **{name: Criterion(given[f"{name}_met"], given[name]) for name in CRITERIA}
        )


class StocktakeForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="单位")
    name = forms.CharField(label="名称", max_length=100)
    due_on = DayField(label="截止日期")

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places_for(member, Permission.STOCKTAKE_RUN)
        field.initial = field.queryset.first()


class ConclusionForm(OfficeForm):
    conclusion = TextField(label="处理结论", rows=3, max_length=500)
