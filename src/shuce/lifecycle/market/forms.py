"""What is filled in to register, price, auction and sell a product."""

from decimal import Decimal
from typing import Any

from django import forms

from shuce.engines.apportionment import Basis
from shuce.engines.auction import Form
from shuce.foundation.office.forms import (
    ChoiceField,
    DayField,
    MomentField,
    MoneyField,
    OfficeForm,
    RowField,
    TextField,
)
from shuce.foundation.office.showing import moment
from shuce.foundation.organizations.models import Organization
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.market import queries
from shuce.lifecycle.market.models import Product
from shuce.lifecycle.market.publishing import Listing
from shuce.lifecycle.market.rules import Deal, GuidedCosts, ProductKind, Share
from shuce.lifecycle.market.serving_rules import Limits, Platform
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import PurposeKind

_WEIGHT_OF_HOLDER, _WEIGHT_OF_OPERATOR = 30, 70
_MOST_WEIGHT = 10**12


class GrantsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several grants, each named by its number and asset."""

    def label_from_instance(self, obj: Grant) -> str:
        return f"{obj.number} {obj.card.name}"


class ProductForm(OfficeForm):
    name = forms.CharField(label="产品名称", max_length=200)
    kind = ChoiceField(ProductKind, label="形态")
    unit = forms.CharField(
        label="计量单位", max_length=20, initial="次", help_text="如：次、份、条、月"
    )
    grants = GrantsField(
        Grant.objects.none(),
        label="所用授权",
        widget=forms.CheckboxSelectMultiple,
        help_text="产品由哪些授权的数据加工而成，须全部列出",
    )
    description = TextField(label="说明", rows=3, max_length=1000, required=False)

    def __init__(self, *args: Any, grants: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["grants"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = grants


class CostsForm(OfficeForm):
    """A year's costs, out of which the cap is made."""

    cost = MoneyField(label="运营成本")
    subsidy = MoneyField(label="财政补助", initial=0, help_text="从成本中扣除")
    tax = MoneyField(label="税金", initial=0)
    profit = forms.DecimalField(
        label="准许利润率（%）", min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    expected_quantity = forms.IntegerField(label="预计年使用量", min_value=1)

    def costs(self) -> GuidedCosts:
        typed = self.cleaned_data
        return GuidedCosts(
            cost=typed["cost"],
            subsidy=typed["subsidy"],
            tax=typed["tax"],
            profit_basis_points=int(typed["profit"] * Decimal(100)),
            expected_quantity=typed["expected_quantity"],
        )


class PriceForm(CostsForm):
    """The costs, and the price asked under the cap they give."""

    fieldsets = (
        ("年度成本", ("cost", "subsidy", "tax", "profit", "expected_quantity")),
        ("定价", ("unit_price",)),
    )

    unit_price = MoneyField(label="单价")


class AuctionForm(OfficeForm):
    form = ChoiceField(
        Form, label="成交规则", only=(Form.SECOND_PRICE, Form.FIRST_PRICE), ask=False
    )
    reserve = MoneyField(label="保留价", help_text="公开的最低成交价，低于此价的报价无效")
    closes_at = MomentField(label="截止时间")
    custodians = forms.ModelMultipleChoiceField(
        Organization.objects.none(),
        label="报价保管人",
        widget=forms.CheckboxSelectMultiple,
        help_text="报价加密后由保管人分持密钥，截止前谁也读不到",
    )
    needed = forms.IntegerField(label="开启所需保管人数", min_value=2, initial=2)

    def __init__(self, *args: Any, product: Product, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["custodians"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = queries.custodians_for(product)


class BidForm(OfficeForm):
    amount = MoneyField(label="报价", help_text="提交后即密封，不能查看或更改")


class ContractForm(OfficeForm):
    """A deal: who buys for what, and how the revenue is shared."""

    buyer = RowField(Organization.objects.none(), label="使用方")
    purpose = TextField(label="用途", rows=3, max_length=500)
    purpose_kind = ChoiceField(PurposeKind, label="用途类别")
    unit_price = MoneyField(
        label="单价", help_text="用于公共治理、公益事业的，应当有条件无偿使用，填 0"
    )
    starts_on = DayField(label="起始日")
    ends_on = DayField(label="终止日", help_text="合同自该日起不再有效")
    share_basis = ChoiceField(
        Basis,
        label="分成方式",
        help_text="各方的份额：按约定填比例，按投入填投入金额（元），按贡献填测算的贡献值",
    )
    share_evidence = TextField(
        label="分成依据",
        rows=2,
        max_length=500,
        required=False,
        help_text="按投入或按贡献分成的必填，如投入核定表、贡献测算报告及其误差",
    )

    def __init__(self, *args: Any, product: Product, **options: Any) -> None:
        super().__init__(*args, **options)
        buyer = self.fields["buyer"]
        assert isinstance(buyer, forms.ModelChoiceField)
        buyer.queryset = queries.buyers_for(product)
        self.sharers = queries.sharers_of(product)
        for body in self.sharers:
            holds = body.id != product.operator_id
            self.fields[_share_of(body)] = forms.IntegerField(
                label=say("{body}的分成份额", body=body.name),
                min_value=1 if holds else 0,
                max_value=_MOST_WEIGHT,
                initial=_WEIGHT_OF_HOLDER if holds else _WEIGHT_OF_OPERATOR,
                help_text=say("数据提供方必须享有分成") if holds else say("运营主体"),
            )
        self.fieldsets = (  # type: ignore[misc]  # the parties are those of this product
            ("用途与期限", ("buyer", "purpose", "purpose_kind", "starts_on", "ends_on")),
            (
                "价格与分成",
                ("unit_price", "share_basis", "share_evidence", *map(_share_of, self.sharers)),
            ),
        )

    def deal(self) -> Deal:
        typed = self.cleaned_data
        return Deal(
            purpose=typed["purpose"],
            purpose_kind=typed["purpose_kind"],
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            unit_price=typed["unit_price"],
            shares=tuple(Share(body.id, typed[_share_of(body)]) for body in self.sharers),
            share_basis=typed["share_basis"],
            share_evidence=typed["share_evidence"],
        )


class ReasonForm(OfficeForm):
    reason = TextField(label="原因", rows=3, max_length=500)


def price_asked(price: Money | None) -> dict[str, Money]:
    """The contract form begins with the price in force."""
    return {"unit_price": price} if price is not None else {}


def _share_of(body: Organization) -> str:
    return f"share_{body.id}"


class ServiceForm(OfficeForm):
    """Which saved query a product's interface answers, and how often a key may call."""

    query = RowField(Organization.objects.none(), label="所用查询")
    per_minute = forms.IntegerField(label="每把密钥每分钟次数", min_value=1, initial=60)
    per_day = forms.IntegerField(label="每把密钥每天次数", min_value=1, initial=1_000)

    def __init__(self, *args: Any, queries: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["query"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queries

    def limits(self) -> Limits:
        return Limits(self.cleaned_data["per_minute"], self.cleaned_data["per_day"])


class KeyForm(OfficeForm):
    """A key for the buyer's programs."""

    name = forms.CharField(label="用途", max_length=100)
    expires_on = DayField(label="到期日")


class ResultField(RowField):
    """A released result, named by when it was asked and what was asked."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{moment(obj.asked_at)} {obj.sql[:80]}"


class EditionForm(OfficeForm):
    """A released result to be issued as an edition of a report."""

    title = forms.CharField(label="报告标题", max_length=200)
    question = ResultField(Organization.objects.none(), label="查询结果")

    def __init__(self, *args: Any, results: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["question"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = results


class PublicationForm(OfficeForm):
    """Where a product is published, and for which use."""

    platform = ChoiceField(Platform, label="平台类别")
    platform_name = forms.CharField(label="平台名称", max_length=100)
    reference = forms.CharField(label="平台编号", max_length=100, required=False)
    region_code = forms.CharField(
        label="供应地域（行政区划代码）", max_length=6, help_text="不能超出产品所用授权的适用地域"
    )
    purpose_kind = ChoiceField(PurposeKind, label="用途类别")

    def listing(self) -> Listing:
        return Listing(**self.cleaned_data)
