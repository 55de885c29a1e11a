"""What a person says of a source to be connected."""

from typing import Any

from django import forms

from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import ChoiceField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.lifecycle.sources.models import DataNode
from shuce.lifecycle.sources.queries import nodes_for, places_for
from shuce.lifecycle.sources.rules import Address, SourceKind


class ConnectForm(OfficeForm):
    fieldsets = (
        ("基本信息", ("organization", "name", "kind", "description")),
        ("位置", ("node", "url")),
    )

    organization = RowField(Organization.objects.none(), label="单位")
    name = forms.CharField(label="名称", max_length=100)
    kind = ChoiceField(SourceKind, label="类型")
    description = TextField(label="说明", required=False, rows=2, max_length=500)
    node = RowField(
        DataNode.objects.none(),
        label="节点",
        required=False,
        empty_label=say_later("本系统内置的节点"),
        help_text="在单位自己的节点上的，不要在这里填写地址：登记后由数据所有者在节点上接通。",
    )
    url = forms.CharField(
        label="地址",
        max_length=1000,
        help_text=(
            "只交给数据所在的节点加密保管，本系统不保存，接入后也不再显示。数据库写连接地址，"
            "如 postgresql://用户:口令@主机/库；文件写节点上的路径，如 /data/health。"
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places_for(member, Permission.SOURCE_MANAGE)
        if field.queryset.count() == 1:
            field.initial = field.queryset.first()
        nodes = nodes_for(member)
        if nodes.exists():
            at = self.fields["node"]
            assert isinstance(at, forms.ModelChoiceField)
            at.queryset = nodes
            self.fields["url"].required = False
        else:
            del self.fields["node"]

    @property
    def chosen_node(self) -> DataNode | None:
        """The body's own node that was chosen, if one was."""
        chosen: DataNode | None = self.cleaned_data.get("node")
        return chosen

    def address(self) -> Address:
        given = self.cleaned_data
        return Address(given["name"], given["kind"], given["url"], given["description"])


class NodeForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="单位")
    name = forms.CharField(
        label="名称", max_length=100, help_text="如“信息中心机房节点”，便于与其他节点区分。"
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places_for(member, Permission.NODE_MANAGE)
        if field.queryset.count() == 1:
            field.initial = field.queryset.first()


class ReasonForm(OfficeForm):
    reason = TextField(label="原因", rows=3, max_length=300)
