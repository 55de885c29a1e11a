"""What a person says of where data came from."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from shuce.engines.lineage import Dialect
from shuce.foundation.office.forms import ChoiceField, OfficeForm, RowField, TextField
from shuce.foundation.organizations.models import Member
from shuce.kernel.words import say
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.lineage import queries
from shuce.lifecycle.lineage.rules import MOST_SQL, FlowGiven, flows_given
from shuce.lifecycle.register.models import Card


class LinkForm(OfficeForm):
    """Where an asset's data came from: another asset, or a source outside the register."""

    upstream = forms.CharField(
        label="上游资产",
        required=False,
        max_length=200,
        help_text="填写资产编号或完整的资产名称",
    )
    outside = forms.CharField(
        label="外部来源",
        required=False,
        max_length=500,
        help_text="来源不在登记簿内的写在这里，如“国家卫生统计信息网络直报系统”",
    )
    note = TextField(label="加工说明", rows=2, max_length=500)
    flows = TextField(
        label="字段关系",
        required=False,
        rows=4,
        max_length=20_000,
        help_text="每行一条：来源字段 -> 去向字段；只知道表级关系的留空",
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self._member = member

    def clean_upstream(self) -> Card | None:
        return _card_called(self.cleaned_data["upstream"], self._member)

    def clean_flows(self) -> list[FlowGiven]:
        found: list[FlowGiven] = []
        for one in flows_given(self.cleaned_data["flows"]):
            if isinstance(one, str):
                raise ValidationError(say("这一行看不懂：{line}", line=one[:80]))
            found.append(one)
        return found


class ScriptForm(OfficeForm):
    """A SQL text, and where its tables lie."""

    title = forms.CharField(label="名称", max_length=200)
    dialect = ChoiceField(Dialect, label="SQL 方言", ask=False)
    text = TextField(
        label="SQL 文本",
        rows=14,
        max_length=MOST_SQL,
        help_text="可以有多条语句：INSERT … SELECT、CREATE TABLE … AS、CREATE VIEW 等",
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields = {
            "organization": RowField(queries.bodies_to_choose(member), label="单位"),
            "source": RowField(
                queries.sources_to_choose(member),
                label="数据源",
                required=False,
                help_text="表在哪个数据源；不选的，在可见的全部数据源中按表名对应",
            ),
            **self.fields,
        }


class BindForm(OfficeForm):
    """What a reported name stands for: a card, or a resource that has no card yet."""

    card = forms.CharField(
        label="资产卡片",
        required=False,
        max_length=200,
        help_text="填写资产编号或完整的资产名称",
    )
    resource = forms.CharField(
        label="数据资源",
        required=False,
        max_length=300,
        help_text="还没有卡片的，填写表名；同名的在前面加上数据源名称，如“门诊库/visits”",
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self._member = member

    def clean_card(self) -> Card | None:
        return _card_called(self.cleaned_data["card"], self._member)

    def clean_resource(self) -> Resource | None:
        text = self.cleaned_data["resource"].strip()
        found = queries.resource_called(text, self._member) if text else None
        if text and found is None:
            raise ValidationError(say("没有唯一对应的数据资源：{text}", text=text))
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("card")) == bool(given.get("resource")):
            raise ValidationError(say("请选择一张资产卡片或一项数据资源"))
        return given

    def chosen(self) -> Card | Resource:
        found: Card | Resource = self.cleaned_data["card"] or self.cleaned_data["resource"]
        return found


def _card_called(text: str, member: Member) -> Card | None:
    text = text.strip()
    found = queries.card_called(text, member) if text else None
    if text and found is None:
        raise ValidationError(say("没有唯一对应的资产卡片：{text}", text=text))
    return found


class ReasonForm(OfficeForm):
    reason = TextField(label="原因", rows=2, max_length=500)
