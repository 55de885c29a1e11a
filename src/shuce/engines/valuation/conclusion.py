"""The appraiser's conclusion from several methods (资产评估法 art. 26: two, or a reason)."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from shuce.engines.valuation.assumptions import Limits
from shuce.engines.valuation.outcome import Flag, FlagKind, Step, Valuation, flag, plain
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, refuse_if


def concluded(
    results: Mapping[str, Valuation],
    weights: Mapping[str, Fraction],
    *,
    reason_for_one: str = "",
    limits: Limits | None = None,
) -> Valuation:
    """Weigh the methods' results into one value; one method alone needs a written reason."""
    refuse_if(_obstacles(results, weights, reason_for_one))
    value = sum((results[name].value * weights[name] for name in results), Fraction(0))
    steps = [
        Step("method", "{name}：{weight}%", result.value, {"name": name, "weight": percent})
        for name, result in results.items()
        for percent in [plain(weights[name] * 100)]
    ]
    inherited = tuple(flag for result in results.values() for flag in result.flags)
    apart = tuple(_apart(results, limits or Limits()))
    return Valuation(value, (*steps, Step("value", "评估结论", value)), (*inherited, *apart))


def _obstacles(
    results: Mapping[str, Valuation], weights: Mapping[str, Fraction], reason_for_one: str
) -> Iterator[Obstacle]:
    if len(results) < 2 and not reason_for_one.strip():
        yield Obstacle("应当采用两种以上评估方法；只用一种的，须写明理由", Clause.G_9)
    if set(results) != set(weights):
        yield Obstacle("每种评估方法都应当有权重", Clause.G_9, field="weights")
    elif any(w < 0 for w in weights.values()) or sum(weights.values()) != 1:
        yield Obstacle("权重不得为负，且合计应当为 1", Clause.G_9, field="weights")


def _apart(results: Mapping[str, Valuation], limits: Limits) -> Iterator[Flag]:
    values = [result.value for result in results.values()]
    if min(values) > 0 and max(values) > min(values) * limits.widest_methods:
        yield flag(
            FlagKind.METHODS_APART,
            "各方法结果相差超过 {most} 倍，须说明差异原因",
            most=plain(limits.widest_methods),
        )
