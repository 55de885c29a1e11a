"""What a person fills in at a step."""

from typing import Any

from django import forms

from shuce.engines.procedure import Ballot, Procedure, Verdict
from shuce.foundation.approvals.bulk import VERDICTS
from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import ChoiceField, DayField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.queries import people_of
from shuce.kernel.words import say


class DecideForm(OfficeForm):
    """Approve, reject, or return to one of the steps that allow it."""

    verdict = ChoiceField(
        Verdict, label="办理结果", ask=False, widget=forms.RadioSelect, initial=Verdict.APPROVE
    )
    return_to = forms.ChoiceField(label="退回至", required=False)
    opinion = TextField(label="意见", required=False, rows=3, max_length=1000)

    def __init__(self, *args: Any, procedure: Procedure, targets: tuple[str, ...], **options: Any):
        super().__init__(*args, **options)
        if targets:
            field = self.fields["return_to"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(key, say_later(_title(procedure, key))) for key in targets]
        else:
            del self.fields["return_to"]
            verdict = self.fields["verdict"]
            assert isinstance(verdict, forms.ChoiceField)
            verdict.choices = [pair for pair in Verdict.pairs() if pair[0] != Verdict.RETURN]


class BulkForm(OfficeForm):
    """One verdict and one opinion for several steps."""

    verdict = ChoiceField(
        Verdict, only=VERDICTS, label="办理结果", ask=False, widget=forms.RadioSelect
    )
    opinion = TextField(label="意见", required=False, rows=3, max_length=1000)


class VoteForm(OfficeForm):
    ballot = ChoiceField(Ballot, label="表决", ask=False, widget=forms.RadioSelect)
    opinion = TextField(label="意见", required=False, rows=3, max_length=1000)


class MinutesForm(OfficeForm):
    number = forms.CharField(label="会议纪要文号", max_length=60)
    held_on = DayField(label="会议日期")
    text = TextField(label="纪要内容", rows=5, max_length=5000)


class DelegateForm(OfficeForm):
    to = RowField(Member.objects.none(), label="委托给")

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        assert member.organization is not None
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people_of(member.organization).exclude(pk=member.pk)


class ResubmitForm(OfficeForm):
    remark = TextField(label="补正说明", rows=4, max_length=1000)


class ChangeForm(OfficeForm):
    """A changed procedure or table: typed, or as a file, which then takes the text's place."""

    file = forms.FileField(label="上传文件", required=False)
    text = TextField(label="流程文本", required=False, rows=24, strip=False, max_length=300_000)

    def __init__(self, *args: Any, kinds: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = say(
            "支持 {kinds}，不超过 300 KB；上传后先核对再生效", kinds=kinds
        )
        self.fields["text"].widget.attrs |= {"class": "font-monospace", "spellcheck": "false"}


def _title(procedure: Procedure, key: str) -> str:
    step = procedure.step(key) if key != "start" else None
    return step.title if step else "申请人"
