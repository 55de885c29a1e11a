"""Cases of the three approaches, of weights, of guided prices and of choosing an appraiser."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from shuce.engines.valuation.ahp import AhpMethod, ahp
from shuce.engines.valuation.assumptions import DEFAULT_RANDOM_INDICES, Limits
from shuce.engines.valuation.cases.finance import TIMINGS
from shuce.engines.valuation.cases.reader import (
    Answer,
    Inputs,
    flags_of,
    labelled,
    pair,
    refused,
    shown,
    shown_all,
)
from shuce.engines.valuation.conclusion import concluded
from shuce.engines.valuation.cost import CostInputs, replacement_costs, value_by_cost
from shuce.engines.valuation.flows import Timing, refuse_length
from shuce.engines.valuation.guided import check_caps, guided_revenue
from shuce.engines.valuation.income import IncomeInputs, IncomeMethod, TaxBasis, value_by_income
from shuce.engines.valuation.market import (
    Adjustment,
    Aggregate,
    Comparable,
    MarketInputs,
    value_by_market,
)
from shuce.engines.valuation.numbers import exact, growing
from shuce.engines.valuation.outcome import FlagKind, Valuation, flag, plain
from shuce.engines.valuation.rates import Terms, fee_scores, weighted_score

_ZERO, _ONE = Fraction(0), Fraction(1)
_BASES = {
    **dict.fromkeys(("pre", "pre_tax", "pretax", "before_tax", "税前"), TaxBasis.PRE_TAX),
    **dict.fromkeys(("post", "post_tax", "posttax", "after_tax", "税后"), TaxBasis.POST_TAX),
}
_LISTS = ("benefit", "benefits", "revenue", "revenues", "income", "ebit", "flows", "r_t")
_FIRSTS = ("first_year_benefit", "first_year_revenue", "first_year_income", "first_year")
_SPLITS = ("split", "splits", "split_rate", "split_rates", "royalty", "k", "k_t", "K", "K_t")
_METHODS = {
    **dict.fromkeys(("principal_eigenvector", "eigenvector", "eigen"), AhpMethod.EIGENVECTOR),
    **dict.fromkeys(
        ("geometric_mean", "row_geometric_mean", "geometric", "llsm"), AhpMethod.GEOMETRIC_MEAN
    ),
    **dict.fromkeys(
        ("column_mean", "normalised_columns", "normalized_columns", "arithmetic_mean",
         "column_normalised_mean", "column_normalized_mean", "sum"),
        AhpMethod.COLUMN_MEAN,
    ),
}  # fmt: skip
_AGGREGATES = {
    **{aggregate.value: aggregate for aggregate in Aggregate},
    **dict.fromkeys(("average", "arithmetic_mean"), Aggregate.MEAN),
    **dict.fromkeys(("weighted", "weighted_average"), Aggregate.WEIGHTED_MEAN),
    **dict.fromkeys(("geometric",), Aggregate.GEOMETRIC_MEAN),
}
_ADJUSTMENTS = {adjustment.value: adjustment for adjustment in Adjustment}


def _ahp(case: Inputs) -> Answer:
    rows = [
        [_judgement(entry, f"matrix[{i}][{j}]") for j, entry in enumerate(row)]
        for i, row in enumerate(_table(case.items("matrix"), "matrix"))
    ]
    result = ahp(
        rows,
        case.word("method", _METHODS, AhpMethod.EIGENVECTOR),
        ri=case.real("ri") if "ri" in case else None,
        ri_table=case.text("ri_table", default=DEFAULT_RANDOM_INDICES),
    )
    return {
        "weights": list(result.weights),
        "lambda_max": result.lambda_max,
        "ci": result.ci,
        "cr": result.cr,
        "acceptable": result.acceptable,
        "ri": result.ri,
        "ri_table": result.ri_table,
        "missing": result.missing,
        "doubtful": result.doubtful,
        "flags": flags_of(result.flags),
    }


def _judgement(entry: object, field: str) -> Fraction | None:
    return None if entry in (None, "", "?", "*") else exact(entry, field)


def _table(rows: Sequence[object], field: str) -> list[list[object]]:
    table = [list(row) for row in rows if isinstance(row, Sequence) and not isinstance(row, str)]
    if len(table) != len(rows):
        raise refused("“{name}”应当是表格", field)
    return table


def _benefit(case: Inputs) -> tuple[Fraction, ...]:
    """Return the yearly benefit: as listed, or growing over the years the shortest term allows."""
    if case.name_of(*_LISTS):
        return case.numbers(*_LISTS)
    first = case.number(*_FIRSTS)
    years = case.maybe_number("years", "n")
    if years is None:
        years = _terms(case).shortest
    if years is None or years.denominator != 1:
        raise refused("“{name}”应当是整数", "years")
    refuse_length(int(years))
    return growing(first, case.number("growth", "g", default=_ZERO), int(years))


def _terms(case: Inputs) -> Terms:
    names = ("legal_years", "contract_years", "timeliness_years", "product_years")
    return Terms(*(case.maybe_number(name) for name in names))


def _income(method: IncomeMethod, outputs: str = "flows") -> Callable[[Inputs], Answer]:
    """Answer a case of the income approach, its F_t under the name `outputs`."""

    def answer(case: Inputs) -> Answer:
        incremental = method is IncomeMethod.INCREMENTAL
        contributions: dict[str, tuple[Fraction, ...]] = {}
        if method is IncomeMethod.EXCESS:
            others = case.get("contributions")
            if isinstance(others, list):  # one list of all contributions for each year
                columns = zip(*_table(others, "contributions"), strict=True)
                others = {f"C{i}": list(column) for i, column in enumerate(columns, start=1)}
            inside = Inputs(others, "contributions")
            contributions = {name: inside.numbers(name) for name in inside.names()}
        valuation = value_by_income(
            IncomeInputs(
                method,
                case.numbers("with", "ry") if incremental else _benefit(case),
                case.number("rate", "r"),
                case.word("timing", TIMINGS, Timing.END),
                split=_split(case) if method is IncomeMethod.SPLIT else (),
                contributions=contributions,
                without=case.numbers("without", "rn") if incremental else (),
                tax=case.number("tax", default=_ZERO),
                flow_basis=_basis(case, "flow_basis", "flow_tax_basis", "flows_tax_basis"),
                rate_basis=_basis(case, "rate_basis", "rate_tax_basis"),
                terms=_terms(case),
                cost=case.maybe_number("cost"),
                last_value=case.maybe_number("last_value", "last_appraisal"),
            )
        )
        flows = shown_all(valuation.figures("flow"))
        return {outputs: flows, "flows": flows} | _valued(valuation)

    return answer


def _split(case: Inputs) -> tuple[Fraction, ...]:
    given = case.get(*_SPLITS)
    return case.numbers(*_SPLITS) if isinstance(given, list) else (case.number(*_SPLITS),)


def _basis(case: Inputs, *names: str) -> TaxBasis | None:
    name = case.name_of(*names)
    return case.word(name, _BASES) if name else None


def _valued(valuation: Valuation) -> Answer:
    return {"value": shown(valuation.value), "flags": flags_of(valuation.flags)}


def _cost_inputs(case: Inputs, components: dict[str, Fraction]) -> CostInputs:
    delta = case.number("delta", default=_ONE)
    if "quality" in case:
        quality = case.get("quality")
        delta *= (
            _score(Inputs(quality, "quality"))
            if isinstance(quality, dict)
            else case.number("quality")
        )
    return CostInputs(
        components,
        delta,
        case.maybe_number("remaining_life"),
        case.maybe_number("total_life"),
        case.maybe_number("last_value", "last_appraisal"),
    )


def _score(case: Inputs) -> Fraction:
    _, scores = labelled(case.get("scores"), "scores")
    _, weights = labelled(case.get("weights"), "weights")
    return weighted_score(scores, weights)


def _cost(case: Inputs) -> Answer:
    given = case.get("components")
    names, amounts = labelled(given, "components")
    labels = names or [str(place) for place in range(1, len(amounts) + 1)]
    valuation = value_by_cost(_cost_inputs(case, dict(zip(labels, amounts, strict=True))))
    total, delta = valuation.figures("total_cost")[0], valuation.figures("delta")[0]
    return {"total_cost": shown(total), "delta": shown(delta)} | _valued(valuation)


def _cost_indexed(case: Inputs) -> Answer:
    historic = []
    for place, item in enumerate(case.items("historic")):
        year, amount = pair(item, f"historic[{place}]")
        historic.append((str(year), exact(amount, f"historic[{place}]")))
    index = case.inside("index").all_numbers()
    costs = replacement_costs(historic, index, str(case.get("valuation_year")))
    # A year may have several outlays: number them, so that none hides another.
    components = {f"{historic[n][0]}#{n + 1}": cost for n, cost in enumerate(costs)}
    valuation = value_by_cost(_cost_inputs(case, components))
    total = valuation.figures("total_cost")[0]
    return {"replacement_cost": shown(total)} | _valued(valuation)


def _market_sum(case: Inputs) -> Answer:
    sets = [Inputs(item, f"sets[{i}]") for i, item in enumerate(case.items("sets"))]
    comparables = [Comparable(s.number("q", "price"), s.numbers("x", "adj")) for s in sets]
    valuation = value_by_market(MarketInputs(comparables, Aggregate.SUM))
    return {"parts": shown_all(valuation.figures("adjusted"))} | _valued(valuation)


def _market_comparables(case: Inputs) -> Answer:
    cases = [Inputs(item, f"cases[{i}]") for i, item in enumerate(case.items("cases"))]
    weights = case.numbers("weights") if "weights" in case else ()
    if weights and len(weights) != len(cases):
        raise refused("“{name}”应当与案例一一对应", "weights")
    comparables = [
        Comparable(
            c.number("price", "q"),
            c.numbers("adj", "x") if c.name_of("adj", "x") else (),
            weights[i] if weights else c.number("weight", default=_ONE),
        )
        for i, c in enumerate(cases)
    ]
    valuation = value_by_market(
        MarketInputs(
            comparables,
            case.word("aggregate", _AGGREGATES, Aggregate.MEAN),
            case.word("adjustment", _ADJUSTMENTS, Adjustment.MULTIPLICATIVE),
            case.maybe_number("cost"),
            case.maybe_number("last_value", "last_appraisal"),
        )
    )
    return {"adjusted": shown_all(valuation.figures("adjusted"))} | _valued(valuation)


def _conclusion(case: Inputs) -> Answer:
    results = {n: Valuation(v) for n, v in case.inside("results").all_numbers().items()}
    weights = case.inside("weights").all_numbers()
    return _valued(concluded(results, weights, reason_for_one=case.text("reason", default="")))


def _guided_price(case: Inputs) -> Answer:
    cost, subsidy = case.number("cost"), case.number("subsidy", default=_ZERO)
    if case.name_of("profit"):
        profit = case.number("profit")
    elif case.name_of("asset_base", "assets"):
        base = case.number("asset_base", "assets")
        profit = base * case.number("profit_rate_on_assets", "profit_rate_on_asset_base")
    else:
        profit = (cost - subsidy) * case.number("profit_rate_on_net_cost", "profit_rate")
    carried = case.number("carried_excess", "carry_over", "prior_excess", default=_ZERO)
    actual = case.maybe_number("actual_revenue")
    tax = case.number("tax", default=_ZERO)
    cycle = guided_revenue(cost, subsidy, tax, profit, actual=actual, carried=carried)
    answer: Answer = {
        "net_cost": shown(cycle.net_cost),
        "profit": shown(cycle.profit),
        "max_revenue": shown(cycle.max_revenue),
    }
    if actual is not None:
        answer |= {
            "excess": shown(cycle.excess),
            "shortfall": shown(cycle.shortfall),
            "deducted_next_cycle": shown(cycle.excess),
            "next_cycle_max_revenue": shown(cycle.max_revenue + carried - cycle.excess),
        }
    return answer


def _guided_price_cap(case: Inputs) -> Answer:
    invoices = []
    for place, item in enumerate(case.items("invoices")):
        line = Inputs(item, f"invoices[{place}]")
        invoices.append((line.text("item"), line.number("unit_price", "price")))
    free = case.get("public_interest_items") if "public_interest_items" in case else []
    if not isinstance(free, list):
        raise refused("“{name}”应当是列表", "public_interest_items")
    checked = check_caps(case.inside("caps").all_numbers(), invoices, frozenset(map(str, free)))
    return {"breaches": list(checked.breaches), "without_cap": list(checked.without_cap)}


def _fee_score(case: Inputs) -> Answer:
    names, bids = labelled(case.get("bids"), "bids")
    weight = case.number("weight")
    result = fee_scores(bids, weight, case.maybe_number("base"))
    scores, raw = shown_all(result.scores), shown_all(result.raw)
    most = Limits().highest_fee_weight
    # A weight of 0.15 and one of 15 both say fifteen of a hundred.
    heavy = weight > (most if weight > 1 else most / 100)
    doubts = [flag(FlagKind.FEE_WEIGHT, "费用权重超过 {most}%", most=plain(most))] if heavy else []
    return {
        "base": shown(result.base),
        "scores": dict(zip(names, scores, strict=True)) if names else scores,
        "raw": dict(zip(names, raw, strict=True)) if names else raw,
        "flags": flags_of(doubts),
    }


def _quality(case: Inputs) -> Answer:
    return {"score": shown(_score(case))}


APPRAISAL: dict[str, Callable[[Inputs], Answer]] = {
    "ahp": _ahp,
    "income_direct": _income(IncomeMethod.DIRECT),
    "income_split": _income(IncomeMethod.SPLIT),
    "income_royalty": _income(IncomeMethod.SPLIT),
    "income_excess": _income(IncomeMethod.EXCESS, "excess"),
    "income_incremental": _income(IncomeMethod.INCREMENTAL, "increment"),
    "cost": _cost,
    "cost_indexed": _cost_indexed,
    "market_sum": _market_sum,
    "market_comparables": _market_comparables,
    "conclusion": _conclusion,
    "guided_price": _guided_price,
    "guided_price_cap": _guided_price_cap,
    "fee_score": _fee_score,
    "quality_score": _quality,
}
