"""What pages show of an appraisal: acts, inputs as an office reads them, the draw done again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from shuce.engines.valuation import IncomeMethod, Timing
from shuce.foundation.office.parts import Action
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.valuation import queries, rules
from shuce.lifecycle.valuation.models import Appraisal, Opinion
from shuce.lifecycle.valuation.rules import AppraisalState, Method


@dataclass(frozen=True)
class Lot:
    """One candidate's lot in a draw; the lowest wins."""

    organization: Organization
    digest: str
    chosen: bool


def actions_on(request: SignedRequest, found: Appraisal) -> list[Action]:
    """Return what the reader may do with an appraisal now."""
    may, here = request.user.may, [found.id]
    actions = []
    if may(Permission.APPRAISAL_MAKE, found.appraiser) and found.state == AppraisalState.ORDERED:
        methods = [Method(one.method) for one in queries.opinions_of(found)]
        actions += [
            Action(
                method.label,
                reverse("valuation:opinion", args=[found.id, method]),
                icon="calculator",
            )
            for method in Method
        ]
        actions.append(
            Action(
                say("出具报告"),
                reverse("valuation:report", args=here),
                icon="certificate",
                primary=True,
                obstacles=tuple(rules.obstacles_to_report(methods, "…")),
            )
        )
    if may(Permission.APPRAISAL_ORDER, found.card.holder):
        obstacles = tuple(rules.obstacles_to_adopt(AppraisalState(found.state)))
        if found.state in (AppraisalState.ORDERED, AppraisalState.REPORTED):
            actions.append(
                Action(
                    say("采用结果"),
                    reverse("valuation:adopt", args=here),
                    icon="check",
                    primary=True,
                    post=True,
                    confirm=say("采用后将更新资产卡片的价值，确定采用吗？"),
                    obstacles=obstacles,
                )
            )
    return actions


def lots_of(appraisal: Appraisal) -> list[Lot]:
    """Draw again from the record: every candidate's lot, lowest first."""
    drawn = appraisal.draw
    names = Organization.objects.in_bulk(drawn["candidates"])
    return [
        Lot(names[candidate], digest, candidate == drawn["chosen"])
        for digest, candidate in rules.lots(drawn["candidates"], drawn["seed"])
    ]


def shown_inputs(opinion: Opinion) -> list[tuple[str, object]]:
    """Return what an opinion was made from, as (label, value)."""
    shown = {Method.COST: _cost, Method.INCOME: _income, Method.MARKET: _market}
    return list(shown[Method(opinion.method)](opinion.inputs))


def _cost(inputs: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for name, amount in inputs["components"].items():
        yield say(name), _yuan(amount)
    yield say("价值调整系数"), inputs.get("delta", "1")
    if inputs.get("total_life"):
        yield say("剩余寿命／总寿命（年）"), f"{inputs['remaining_life']} / {inputs['total_life']}"


def _income(inputs: dict[str, Any]) -> Iterator[tuple[str, object]]:
    yield say("收益口径"), _label(IncomeMethod, inputs.get("method", "direct"))
    for year, amount in enumerate(inputs["benefit"], 1):
        yield say("第{year}年收益", year=year), _yuan(amount)
    yield say("折现率"), inputs["rate"]
    yield say("收益时点"), _label(Timing, inputs.get("timing", "end"))
    if inputs.get("split"):
        yield say("收益分成率"), inputs["split"]
    if inputs.get("without"):
        yield say("不使用该数据时的收益"), [_yuan(one) for one in inputs["without"]]
    if inputs.get("cost"):
        yield say("投入成本"), _yuan(inputs["cost"])


def _market(inputs: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for number, one in enumerate(inputs["comparables"], 1):
        factors = " × ".join([str(_yuan(one["price"])), *map(str, one["adjustments"])])
        yield say("案例{number}", number=number), factors
    if inputs.get("cost"):
        yield say("投入成本"), _yuan(inputs["cost"])


def _yuan(amount: object) -> object:
    """Return an amount given in yuan; one written as a fraction is shown as it was given."""
    try:
        return Money.from_yuan(str(amount))
    except ArithmeticError:
        return str(amount)


def _label(choice: type[Choice], code: str) -> str:
    return choice(code).label
