"""What a holder orders, and what an appraiser fills in for each method."""

from typing import Any

from django import forms

from shuce.engines.valuation import IncomeMethod, Timing
from shuce.foundation.office.forms import ChoiceField, DayField, MoneyField, OfficeForm, TextField
from shuce.kernel.words import say
from shuce.lifecycle.valuation.rules import COST_COMPONENTS, Method


class OrderForm(OfficeForm):
    purpose = forms.CharField(
        label="评估目的", max_length=200, help_text="如：授权运营定价参考、作价出资、入账"
    )
    scene = TextField(
        label="应用场景",
        rows=3,
        max_length=500,
        help_text="同一资产在不同场景下价值不同，请写明谁用、用来做什么",
    )
    base_date = DayField(label="评估基准日")


class MethodForm(OfficeForm):
    """The base of the methods' forms: `inputs` is what the method is worked out from."""

    def inputs(self) -> dict[str, Any]:
        raise NotImplementedError


class CostForm(MethodForm):
    """The cost approach: P = C × δ."""

    fieldsets = (
        ("投入成本", tuple(f"component_{at}" for at in range(len(COST_COMPONENTS)))),
        ("价值调整", ("delta", "remaining_life", "total_life")),
    )

    delta = forms.DecimalField(
        label="价值调整系数",
        min_value=0,
        max_digits=8,
        decimal_places=4,
        initial=1,
        help_text="实际质量与预期质量之比，1 表示与预期相同",
    )
    remaining_life = forms.DecimalField(
        label="剩余寿命（年）", min_value=0, max_digits=6, decimal_places=2, required=False
    )
    total_life = forms.DecimalField(
        label="总寿命（年）", min_value=0, max_digits=6, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for at, name in enumerate(COST_COMPONENTS):
            self.fields[f"component_{at}"] = MoneyField(label=say(name), initial=0)

    def inputs(self) -> dict[str, Any]:
        typed = self.cleaned_data
        components = {
            name: str(typed[f"component_{at}"].yuan) for at, name in enumerate(COST_COMPONENTS)
        }
        return {"components": components} | _given(typed, "delta", "remaining_life", "total_life")


class IncomeForm(MethodForm):
    """The income approach: yearly benefits, discounted."""

    method = ChoiceField(
        IncomeMethod,
        label="收益口径",
        ask=False,
        only=(IncomeMethod.DIRECT, IncomeMethod.SPLIT, IncomeMethod.INCREMENTAL),
    )
    benefit = TextField(label="各年收益（元）", rows=5, help_text="每行一年，按先后填写")
    rate = forms.DecimalField(label="折现率（%）", min_value=0, max_digits=6, decimal_places=3)
    timing = ChoiceField(Timing, label="收益时点", ask=False)
    split = TextField(
        label="收益分成率（%）",
        rows=2,
        required=False,
        help_text="仅分成口径填写：一个，或每行一年",
    )
    without = TextField(
        label="不使用该数据时的各年收益（元）",
        rows=3,
        required=False,
        help_text="仅增量口径填写：每行一年",
    )
    cost = MoneyField(label="投入成本", required=False, help_text="用于检查溢价是否过高")

    def inputs(self) -> dict[str, Any]:
        typed = self.cleaned_data
        found = {
            "method": typed["method"].value,
            "timing": typed["timing"].value,
            "benefit": _lines(typed["benefit"]),
            "rate": f"{typed['rate']}%",
            "split": [f"{line}%" for line in _lines(typed["split"])],
            "without": _lines(typed["without"]),
        }
        return found | ({"cost": str(typed["cost"].yuan)} if typed["cost"] else {})


class MarketForm(MethodForm):
    """The market approach: comparable deals and their adjustments."""

    comparables = TextField(
        label="可比案例",
        rows=6,
        help_text="每行一例：成交价（元）在前，其后为质量、供求、期日、容量、其他调整系数，用空格隔开",
    )
    cost = MoneyField(label="投入成本", required=False, help_text="用于检查溢价是否过高")

    def inputs(self) -> dict[str, Any]:
        typed = self.cleaned_data
        found: dict[str, Any] = {
            "comparables": [
                {"price": price, "adjustments": adjustments}
                for price, *adjustments in (
                    line.split() for line in typed["comparables"].splitlines() if line.strip()
                )
            ]
        }
        return found | ({"cost": str(typed["cost"].yuan)} if typed["cost"] else {})


FORM_OF: dict[Method, type[MethodForm]] = {
    Method.COST: CostForm,
    Method.INCOME: IncomeForm,
    Method.MARKET: MarketForm,
}


class ReportForm(OfficeForm):
    """One value out of the methods used: a weight for each, and the reasons."""

    reconciliation = TextField(
        label="结论说明", rows=5, max_length=1000, help_text="说明各方法结果的差异和取权重的理由"
    )
    single_reason = TextField(label="仅用一种方法的理由", rows=3, max_length=500, required=False)

    def __init__(self, *args: Any, methods: list[Method], **options: Any) -> None:
        super().__init__(*args, **options)
        self.methods = methods
        for method in methods:
            self.fields[f"weight_{method}"] = forms.IntegerField(
                label=say("{method}权重", method=method.label),
                min_value=0,
                max_value=100,
                initial=round(100 / len(methods)),
            )
        if len(methods) > 1:
            del self.fields["single_reason"]
        self.order_fields([f"weight_{method}" for method in methods])

    def weights(self) -> dict[Method, int]:
        return {method: self.cleaned_data[f"weight_{method}"] for method in self.methods}


def _lines(text: str) -> list[str]:
    """Return the figures of a text, one a line; commas within a figure are people's."""
    return [line.replace(",", "").replace("，", "").strip() for line in text.split() if line]


def _given(typed: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: str(typed[name]) for name in names if typed.get(name) is not None}
