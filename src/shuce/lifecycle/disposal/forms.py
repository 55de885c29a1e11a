"""What people fill in about a disposal."""

from typing import Any

from django import forms

from shuce.engines.erasure import Medium
from shuce.foundation.office.forms import ChoiceField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member
from shuce.lifecycle.disposal.models import Copy, Disposal
from shuce.lifecycle.disposal.queries import cards_to_dispose, witnesses_for
from shuce.lifecycle.disposal.rules import (
    PASSES_ON,
    TREATMENTS,
    CopyKind,
    DisposalKind,
    Treatment,
    Worthlessness,
    media_for,
)
from shuce.lifecycle.register.choosing import CardField
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.sources.rules import SourceKind


class ProposeForm(OfficeForm):
    fieldsets = (
        ("处置事项", ("card", "kind", "reason", "recipient")),
        ("销毁认定（仅彻底销毁填写）", ("no_value", "no_retention_duty", "grounds")),
    )

    card = CardField(Card.objects.none(), label="数据资产")
    kind = ChoiceField(DisposalKind, label="处置方式")
    reason = TextField(label="处置理由", rows=3, max_length=1000)
    recipient = forms.CharField(
        label="接收方",
        max_length=200,
        required=False,
        help_text="无偿划转、转让、置换、对外捐赠时填写",
    )
    no_value = forms.BooleanField(label="已认定失去价值", required=False)
    no_retention_duty = forms.BooleanField(label="已认定没有保存要求", required=False)
    grounds = TextField(
        label="认定依据", rows=2, max_length=500, required=False, help_text="认定文件的名称和文号"
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["card"]
        assert isinstance(field, CardField)
        field.offer(cards_to_dispose(member))

    def worthless(self) -> Worthlessness | None:
        """What was recognised; nothing where the form says nothing of it."""
        given = self.cleaned_data
        found = Worthlessness(given["no_value"], given["no_retention_duty"], given["grounds"])
        return found if given["kind"] is DisposalKind.DESTRUCTION else None


class CopyForm(OfficeForm):
    kind = ChoiceField(CopyKind, only=(CopyKind.BACKUP, CopyKind.OTHER), label="类别", ask=False)
    what = forms.CharField(label="副本", max_length=300, help_text="如 2025年离线备份磁带")
    where = forms.CharField(label="所在", max_length=300)


class TreatForm(OfficeForm):
    how = ChoiceField(Treatment, label="清理方式")
    note = TextField(label="清理情况", rows=3, max_length=500)

    def __init__(self, *args: Any, copy: Copy, **options: Any) -> None:
        super().__init__(*args, **options)
        allowed = TREATMENTS[CopyKind(copy.kind)]
        if DisposalKind(copy.disposal.kind) not in PASSES_ON:
            allowed -= {Treatment.HANDED_OVER}
        field = self.fields["how"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.value, one.label) for one in Treatment if one in allowed]


class CarryOutForm(OfficeForm):
    outcome = TextField(
        label="办理结果", rows=3, max_length=1000, help_text="交接清单、成交记录等的名称和文号"
    )


class ReasonForm(OfficeForm):
    reason = TextField(label="原因", rows=3, max_length=1000)


class DestroyForm(OfficeForm):
    fieldsets = (
        ("监销", ("witness",)),
        ("方式", ("medium",)),
        ("委托销毁（自行销毁不填）", ("contractor", "confidentiality_contract")),
    )

    witness = RowField(Member.objects.none(), label="监销人", help_text="须已用本人账号签到")
    medium = ChoiceField(Medium, label="数据所在介质", ask=False)
    contractor = forms.CharField(label="受托单位", max_length=200, required=False)
    confidentiality_contract = forms.CharField(
        label="安全保密合同编号", max_length=100, required=False
    )

    def __init__(self, *args: Any, disposal: Disposal, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        people = self.fields["witness"]
        assert isinstance(people, forms.ModelChoiceField)
        people.queryset = witnesses_for(disposal, member)
        people.initial = people.queryset.first()
        resource = disposal.card.resource
        if resource:
            media = media_for(SourceKind(resource.source.kind))
            field = self.fields["medium"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(one.value, one.label) for one in media]
