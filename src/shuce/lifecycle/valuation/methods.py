"""From the inputs of a form or an API call to the engine's value, in fen, with every step kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shuce.engines import valuation as engine
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, Refused
from shuce.lifecycle.valuation.rules import Method

# A database column of whole fen holds no more; no asset of a city is worth as much.
LARGEST = Money.from_yuan(10**15)


@dataclass(frozen=True)
class Worked:
    """A value with the figures it came through and the flags it bears."""

    value: Money
    steps: list[dict[str, str]]
    flags: list[dict[str, str]]


def work_out(method: Method, inputs: Mapping[str, Any], last: Money | None) -> Worked:
    """Work out a value in yuan by `method`. Raises `Refused` for inputs that make no sense."""
    try:
        found = _ENGINES[method](inputs, Fraction(last.fen, 100) if last else None)
    except (KeyError, ValueError, TypeError, AttributeError, ZeroDivisionError) as fault:
        raise Refused(
            Obstacle("评估参数有误，请核对：{fault}", Clause.G_9, field="inputs", fault=fault)
        ) from fault
    value = Money.from_yuan(found.rounded())
    if abs(value.fen) > LARGEST.fen:
        raise Refused(Obstacle("评估值超出可以记录的范围", Clause.G_9, field="inputs"))
    return Worked(
        value=value,
        steps=[
            {"name": step.name, "text": step.label, "value": f"{float(step.value):,.4f}"}
            for step in found.steps
        ],
        flags=[{"kind": str(flag.kind), "reason": flag.obstacle.reason} for flag in found.flags],
    )


def _cost(inputs: Mapping[str, Any], last: Fraction | None) -> engine.Valuation:
    return engine.value_by_cost(
        engine.CostInputs(
            components={name: engine.exact(v) for name, v in inputs["components"].items()},
            delta=engine.exact(inputs.get("delta", 1)),
            remaining_life=_maybe(inputs, "remaining_life"),
            total_life=_maybe(inputs, "total_life"),
            last_value=last,
        )
    )


def _income(inputs: Mapping[str, Any], last: Fraction | None) -> engine.Valuation:
    return engine.value_by_income(
        engine.IncomeInputs(
            method=engine.IncomeMethod(inputs.get("method", "direct")),
            benefit=[engine.exact(v) for v in inputs["benefit"]],
            rate=engine.exact(inputs["rate"]),
            timing=engine.Timing(inputs.get("timing", "end")),
            split=[engine.exact(v) for v in inputs.get("split", ())],
            without=[engine.exact(v) for v in inputs.get("without", ())],
            cost=_maybe(inputs, "cost"),
            last_value=last,
        )
    )


def _market(inputs: Mapping[str, Any], last: Fraction | None) -> engine.Valuation:
    return engine.value_by_market(
        engine.MarketInputs(
            comparables=[
                engine.Comparable(
                    engine.exact(one["price"]), [engine.exact(x) for x in one["adjustments"]]
                )
                for one in inputs["comparables"]
            ],
            cost=_maybe(inputs, "cost"),
            last_value=last,
        )
    )


def _maybe(inputs: Mapping[str, Any], name: str) -> Fraction | None:
    value = inputs.get(name)
    return None if value in (None, "") else engine.exact(value)


_ENGINES: dict[Method, Callable[[Mapping[str, Any], Fraction | None], engine.Valuation]] = {
    Method.COST: _cost,
    Method.INCOME: _income,
    Method.MARKET: _market,
}
