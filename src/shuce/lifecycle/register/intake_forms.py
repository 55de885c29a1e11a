"""What a person says of a file of cards."""

from collections.abc import Sequence
from typing import Any

from django import forms

from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import ChoiceField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.lifecycle.inventory.rules import CRITERIA, Criterion, RecognitionAnswers
from shuce.lifecycle.register.sending import Layout


class _OfBody(OfficeForm):
    """A form about one body in the reader's reach."""

    body = "holder"
    permission = Permission.CARD_ENTER

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields[self.body]
        assert isinstance(field, forms.ModelChoiceField)
        reach = within_reach(member, self.permission)
        field.queryset = Organization.objects.filter(reach, closed_on=None).order_by("path")
        field.initial = field.queryset.first()


class UploadForm(_OfBody):
    holder = RowField(Organization.objects.none(), label="持有单位")
    title = forms.CharField(
        label="名称", max_length=200, help_text="如 2026年清查台账；导入的卡片以此作为批次名称"
    )
    file = forms.FileField(
        label="文件", help_text="Excel（xlsx、xls、ods），或交换格式的 JSON、XML；最多两万行"
    )


class SendForm(_OfBody):
    body = "organization"
    permission = Permission.CARD_VIEW

    organization = RowField(Organization.objects.none(), label="单位")
    layout = ChoiceField(Layout, label="格式", ask=False, initial=Layout.XML)


class TakeForm(OfficeForm):
    """The recognition test of all new rows: each criterion with what it rests on."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, sentence in CRITERIA.items():
            self.fields[name] = TextField(
                label=say_later(sentence),
                rows=2,
                max_length=500,
                help_text=say_later("写明这些资产符合这一条的依据"),
            )

    def answers(self) -> RecognitionAnswers:
        return RecognitionAnswers(
            **{name: Criterion(True, self.cleaned_data[name]) for name in CRITERIA}
        )


class MappingForm(OfficeForm):
    """Each heading of a file, and the field it stands for."""

    def __init__(
        self,
        *args: Any,
        columns: Sequence[tuple[int, str, str]],
        choices: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        pairs = [("", say_later("不导入")), *choices]
        for place, title, key in columns:
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=title or f"{place + 1}", choices=pairs, initial=key, required=False
            )

    def mapping(self) -> dict[int, str]:
        return {
            int(name.removeprefix("column_")): key for name, key in self.cleaned_data.items() if key
        }


class UndoForm(OfficeForm):
    reason = TextField(label="撤销原因", rows=3, max_length=500)
