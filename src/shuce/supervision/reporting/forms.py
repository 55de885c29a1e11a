from typing import Any

from django import forms

from shuce.foundation.office.forms import OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member, Organization
from shuce.lifecycle.register.choosing import CardField
from shuce.lifecycle.register.models import Card
from shuce.supervision.reporting.queries import bodies_to_report, cards_to_disclose


class PrepareForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="编报单位")
    year = forms.IntegerField(label="报告年度")

    def __init__(self, *args: Any, member: Member, year: int, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies_to_report(member)
        field.initial = member.organization_id
        self.fields["year"].initial = year


class WriteForm(OfficeForm):
    text = TextField(label="填报说明", rows=14, max_length=20_000, required=False)


class ReturnForm(OfficeForm):
    reason = TextField(label="退回原因", rows=4, max_length=500)


class DisclosureForm(OfficeForm):
    card = CardField(Card.objects.none(), label="数据资产")
    title = forms.CharField(label="披露标题", max_length=200)
    summary = TextField(label="内容简介", rows=4, max_length=1000, required=False)
    terms = TextField(
        label="取得和使用条件",
        rows=4,
        max_length=1000,
        help_text="谁可以申请、用于什么、是否收费、有哪些限制",
    )
    contact = TextField(
        label="申请方式和联系部门",
        rows=2,
        max_length=500,
        help_text="只写部门和公开电话，不写个人信息",
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["card"]
        assert isinstance(field, CardField)
        field.offer(cards_to_disclose(member))


class WithdrawForm(OfficeForm):
    reason = TextField(label="撤回原因", rows=4, max_length=500)
