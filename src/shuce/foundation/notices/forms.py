"""What a person chooses to be told, and what a webhook needs."""

from typing import Any

from django import forms

from shuce.foundation.notices.words import CHOSEN, Flavour, NoticeKind
from shuce.foundation.office.forms import ChoiceField, ChoicesField, OfficeForm, RowField
from shuce.foundation.organizations.models import Organization


class PreferencesForm(OfficeForm):
    in_app = ChoicesField(NoticeKind, only=CHOSEN, label="站内消息", required=False)
    by_mail = ChoicesField(NoticeKind, only=CHOSEN, label="电子邮件", required=False)
    email = forms.EmailField(label="邮箱", required=False, max_length=254)


class WebhookForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="单位")
    name = forms.CharField(label="名称", max_length=100)
    flavour = ChoiceField(Flavour, label="平台")
    url = forms.CharField(
        label="地址",
        max_length=1000,
        help_text="机器人的 Webhook 地址，保存后不再显示",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    secret = forms.CharField(
        label="签名密钥",
        required=False,
        max_length=200,
        help_text="企业微信不需要；保存后不再显示",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    kinds = ChoicesField(NoticeKind, only=CHOSEN, label="通知哪些事项", initial=list(CHOSEN))

    def __init__(self, *args: Any, bodies: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies
        if bodies.count() == 1:
            field.initial = bodies.first()
