"""What the administrators fill in."""

from typing import Any

from django import forms

from shuce.foundation.office.forms import ChoiceField, OfficeForm, RowField
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.queries import organizations_seen_by, people_of
from shuce.foundation.organizations.rules import Entering, Kind, Level


class OrganizationForm(OfficeForm):
    name = forms.CharField(label="名称", max_length=200)
    kind = ChoiceField(Kind, label="类别")
    level = ChoiceField(Level, label="层级")
    uscc = forms.CharField(label="统一社会信用代码", max_length=18)
    region_code = forms.CharField(label="行政区划代码", max_length=6)
    parent = RowField(Organization.objects.none(), label="上级单位", required=False)

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["parent"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = organizations_seen_by(member)

    def entering(self) -> Entering:
        facts = dict(self.cleaned_data)
        del facts["parent"]
        return Entering(**facts)


class MemberForm(OfficeForm):
    username = forms.CharField(label="登录名", max_length=50)
    name = forms.CharField(label="姓名", max_length=50)
    password = forms.CharField(
        label="初始密码", widget=forms.PasswordInput, help_text="请通知本人登录后修改"
    )


class PasswordForm(OfficeForm):
    password = forms.CharField(
        label="新口令", widget=forms.PasswordInput, help_text="请当面告知本人，登录后自行修改"
    )


class AppointForm(OfficeForm):
    member = RowField(Member.objects.none(), label="人员")
    role = ChoiceField(Role, label="岗位")

    def __init__(self, *args: Any, organization: Organization, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["member"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people_of(organization).filter(is_active=True)


class DutyForm(OfficeForm):
    responsible = RowField(Member.objects.none(), label="责任人")
    rule = forms.CharField(label="内部制度", max_length=200)

    def __init__(self, *args: Any, organization: Organization, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["responsible"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people_of(organization).filter(is_active=True)
