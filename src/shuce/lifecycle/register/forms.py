"""What a person says of an asset, and of its grade."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import (
    ChoiceField,
    DayField,
    MoneyField,
    OfficeForm,
    TextField,
)
from shuce.kernel.money import Money
from shuce.kernel.regions import full_name, is_region
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.words import Acquisition, Grade, Industry, Opening, Sharing


class CardForm(OfficeForm):
    """The facts of a card, in the four groups in which cards are read."""

    fieldsets: ClassVar[Sequence[tuple[str, Sequence[str]]]] = (
        (
            "基本信息",
            (
                "name",
                "summary",
                "class_code",
                "industry",
                "subject_area",
                "region_code",
                "acquisition",
                "source_note",
                "obtained_on",
                "cost",
                "budget_item",
                "procurement_number",
            ),
        ),
        ("权利信息", ("lawful_basis", "personal_data", "personal_basis")),
        ("使用信息", ("sharing", "opening", "scene")),
        ("管理信息", ("mlps_level", "update_cycle_days", "retain_until")),
    )

    name = forms.CharField(label="资产名称", max_length=200)
    summary = TextField(label="摘要", required=False, rows=2, max_length=1000)
    class_code = forms.CharField(
        label="国标分类代码",
        max_length=9,
        initial="A08060200",
        help_text="GB/T 14885-2022：A0806 开头的9位代码",
    )
    industry = ChoiceField(Industry, label="行业")
    subject_area = forms.CharField(label="主题", required=False, max_length=100)
    region_code = forms.CharField(
        label="覆盖地域", max_length=6, help_text="六位行政区划代码，如 310000 上海市"
    )
    acquisition = ChoiceField(Acquisition, label="配置方式")
    source_note = TextField(label="数据来源", rows=2, max_length=500)
    obtained_on = DayField(label="取得日期")
    cost = MoneyField(label="原值", required=False, help_text="没有可靠成本的填0或留空")
    budget_item = forms.CharField(
        label="预算项目", required=False, max_length=100, help_text="购置的必须填写"
    )
    procurement_number = forms.CharField(label="采购文号", required=False, max_length=100)
    lawful_basis = TextField(label="合法性依据", rows=2, max_length=500)
    personal_data = forms.BooleanField(label="涉及个人信息", required=False)
    personal_basis = TextField(
        label="个人信息处理依据",
        required=False,
        rows=2,
        max_length=500,
        help_text="涉及个人信息的必须填写处理依据和必要范围",
    )
    sharing = ChoiceField(Sharing, label="共享属性", ask=False, initial=Sharing.CONDITIONAL)
    opening = ChoiceField(Opening, label="开放属性", ask=False, initial=Opening.NONE)
    scene = TextField(label="应用场景", required=False, rows=2, max_length=500)
    mlps_level = forms.TypedChoiceField(
        label="网络安全等级",
        coerce=int,
        choices=[
            (level, say_later(name))
            for level, name in enumerate(
                ("第一级", "第二级", "第三级", "第四级", "第五级"), start=1
            )
        ],
        initial=2,
    )
    update_cycle_days = forms.IntegerField(
        label="更新周期（天）", min_value=1, max_value=36500, initial=365
    )
    retain_until = DayField(label="保存期限", required=False)

    def clean_region_code(self) -> str:
        code = str(self.cleaned_data["region_code"]).strip()
        if is_region(code):
            self.fields["region_code"].help_text = full_name(code)
        return code

    def facts(self) -> CardFacts:
        given: dict[str, Any] = {
            name: self.cleaned_data[name] for name in CardFacts.__dataclass_fields__
        }
        given["cost"] = given["cost"] or Money(0)
        return CardFacts(**given)


class ReviseForm(CardForm):
    """The facts as they are, to be changed, and why."""

    fieldsets = (*CardForm.fieldsets, ("变更", ("reason",)))

    reason = TextField(label="变更原因", rows=2, max_length=500)

    def changes(self) -> dict[str, Any]:
        """What the command is to change: every fact as it stands in the form."""
        facts = self.facts()
        return {name: getattr(facts, name) for name in CardFacts.__dataclass_fields__}


class UpdateForm(OfficeForm):
    updated_on = DayField(label="更新日期")


class GradeForm(OfficeForm):
    grade = ChoiceField(Grade, label="数据级别", ask=False, widget=forms.RadioSelect)
    reason = TextField(
        label="理由",
        required=False,
        rows=3,
        max_length=500,
        help_text="低于系统建议级别或现有级别的，必须写明理由（就高从严）",
    )
