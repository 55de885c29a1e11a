"""Cases of plain discounting, of rates, and of schedules in whole fen."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from shuce.engines.valuation.amortisation import Rounding, by_units, straight_line
from shuce.engines.valuation.assumptions import NOMINAL_VALUE_FEN
from shuce.engines.valuation.cases.reader import (
    Answer,
    Inputs,
    day,
    pair,
    refused,
    shown,
    shown_all,
)
from shuce.engines.valuation.flows import (
    Timing,
    annuity,
    dated_internal_rates,
    dated_npv,
    internal_rates,
    nearest,
    npv,
    npv_from_now,
)
from shuce.engines.valuation.numbers import exact
from shuce.engines.valuation.rates import (
    built_up,
    capm,
    post_tax_rate,
    pre_tax_rate,
    split_rate,
    wacc,
)

TIMINGS = {
    **dict.fromkeys(("end", "end_year", "year_end", "期末"), Timing.END),
    **dict.fromkeys(("mid", "middle", "mid_year", "midyear", "mid_period", "期中"), Timing.MID),
    **dict.fromkeys(("start", "begin", "beginning", "due", "期初"), Timing.START),
}
_FLOWS = ("flows_t1", "flows_t0", "flows")
_GUESS = 0.1


def _npv(timing: Timing) -> Callable[[Inputs], Answer]:
    def answer(case: Inputs) -> Answer:
        chosen = case.word("timing", TIMINGS, timing)
        return {"npv": shown(npv(case.number("rate"), case.numbers(*_FLOWS), chosen))}

    return answer


def _npv_t0(case: Inputs) -> Answer:
    return {"npv": shown(npv_from_now(case.number("rate"), case.numbers("flows_t0", "flows")))}


def _irr(case: Inputs) -> Answer:
    return _rates(internal_rates(case.numbers("flows_t0", "flows")), case)


def _xnpv(case: Inputs) -> Answer:
    return {"npv": shown(dated_npv(case.number("rate"), _dated(case)))}


def _xirr(case: Inputs) -> Answer:
    return _rates(dated_internal_rates(_dated(case)), case)


def _rates(rates: Sequence[float], case: Inputs) -> Answer:
    answer: Answer = {"irr": nearest(rates, case.real("guess", default=_GUESS))}
    return answer | {"all_rates": list(rates)} if len(rates) > 1 else answer


def _dated(case: Inputs) -> list[tuple[date, Fraction]]:
    flows = []
    for place, item in enumerate(case.items("flows")):
        field = f"flows[{place}]"
        when, amount = pair(item, field)
        flows.append((day(when, field), exact(amount, field)))
    return flows


def _pv_annuity(case: Inputs) -> Answer:
    present = annuity(
        case.number("rate_per_period", "rate"),
        case.whole("periods", "n"),
        case.number("payment"),
        case.word("timing", TIMINGS, Timing.END),
        case.number("final", "future_value", "fv", default=Fraction(0)),
    )
    return {"pv": shown(present)}


def _split_rate(case: Inputs) -> Answer:
    low, high = case.number("low", "m"), case.number("high", "n")
    return {"k": shown(split_rate(low, high, case.number("lambda")))}


def _effective_life(case: Inputs) -> Answer:
    terms = {
        name: case.number(name) for name in case.names() if name.endswith("_years") and name in case
    }
    if not terms:
        raise refused("缺少“{name}”", "legal_years")
    for name, years in terms.items():
        if years < 0:
            raise refused("“{name}”不得为负", name)
    shortest = min(terms, key=terms.__getitem__)
    return {"years": shown(terms[shortest]), "binding": shortest}


def _rate_capm(case: Inputs) -> Answer:
    premiums = [case.number(n, default=Fraction(0)) for n in ("specific", "size", "intangible")]
    rate = capm(
        case.number("rf"),
        case.number("beta"),
        case.number("erp", "market_premium"),
        sum(premiums, Fraction(0)),
    )
    return {"rate": shown(rate)}


def _rate_wacc(case: Inputs) -> Answer:
    equity = case.maybe_number("e_share")
    debt = case.maybe_number("d_share")
    if equity is None and debt is None:
        worth_equity, worth_debt = case.number("equity", "e"), case.number("debt", "d")
        if worth_equity < 0 or worth_debt < 0 or not worth_equity + worth_debt:
            raise refused("“{name}”不得为负，且不得与债务同时为零", "equity")
        equity = worth_equity / (worth_equity + worth_debt)
    elif equity is None:
        equity = 1 - (debt or Fraction(0))
    elif debt is not None and equity + debt != 1:
        raise refused("“{name}”与股权比例合计应当为 1", "d_share")
    re, rd = case.number("re"), case.number("rd")
    rate = wacc(equity, re, rd, case.number("tax", default=Fraction(0)))
    return {"rate": shown(rate + case.number("specific", "premium", default=Fraction(0)))}


def _rate_buildup(case: Inputs) -> Answer:
    premiums: dict[str, Fraction] = {}
    for name in case.names():
        value = case.get(name)
        if name == "rf":
            continue
        if isinstance(value, dict):
            premiums |= Inputs(value, name).all_numbers()
        elif isinstance(value, list):
            premiums |= {f"{name}[{i}]": exact(v, f"{name}[{i}]") for i, v in enumerate(value)}
        else:
            premiums[name] = exact(value, name)
    return {"rate": shown(built_up(case.number("rf"), premiums))}


def _rate_gross_up(case: Inputs) -> Answer:
    return {
        "pre_tax_rate_simple": shown(pre_tax_rate(case.number("post_tax_rate"), case.number("tax")))
    }


def _rate_net_down(case: Inputs) -> Answer:
    return {
        "post_tax_rate_simple": shown(
            post_tax_rate(case.number("pre_tax_rate"), case.number("tax"))
        )
    }


def _straight_line(case: Inputs) -> Answer:
    charges = straight_line(
        case.whole("cost_fen"),
        case.whole("months"),
        _rule(case.text("rule", default="floor")),
        case.whole("residual_fen", default=0),
    )
    answer: Answer = {
        "first_month_fen": charges[0],
        "last_month_fen": charges[-1],
        "sum_fen": sum(charges),
        "schedule_fen": list(charges),
    }
    if "months_elapsed" in case:
        elapsed = min(max(case.whole("months_elapsed"), 0), len(charges))
        done = sum(charges[:elapsed])
        answer |= {"accumulated_fen": done, "net_fen": case.whole("cost_fen") - done}
    return answer


def _rule(text: str) -> Rounding:
    """Read a rule from its first words, the rest being explanation."""
    spoken = text.strip().lower().replace("-", " ").replace("_", " ")
    for opening, rule in (
        ("floor", Rounding.FLOOR),
        ("half up", Rounding.HALF_UP),
        ("round", Rounding.HALF_UP),
        ("cumulative", Rounding.CUMULATIVE),
    ):
        if spoken.startswith(opening):
            return rule
    raise refused("“{name}”的取值不认识", "rule")


def _by_units(case: Inputs) -> Answer:
    used = case.numbers("units", "used")
    cost = case.whole("cost_fen")
    charges = by_units(cost, case.number("total_units"), used)
    return {
        "charges_fen": list(charges),
        "sum_fen": sum(charges),
        "net_fen": cost - sum(charges),
        "units": shown_all(used),
    }


def _nominal(case: Inputs) -> Answer:
    return {"value_fen": NOMINAL_VALUE_FEN, "amortised": False}


FINANCE: dict[str, Callable[[Inputs], Answer]] = {
    "npv_end": _npv(Timing.END),
    "npv_mid": _npv(Timing.MID),
    "npv_t0": _npv_t0,
    "irr": _irr,
    "xnpv": _xnpv,
    "xirr": _xirr,
    "pv_annuity": _pv_annuity,
    "split_rate": _split_rate,
    "effective_life": _effective_life,
    "rate_capm": _rate_capm,
    "rate_wacc": _rate_wacc,
    "rate_buildup": _rate_buildup,
    "rate_gross_up": _rate_gross_up,
    "rate_net_down": _rate_net_down,
    "amortisation_straight_line_fen": _straight_line,
    "amortisation_units_fen": _by_units,
    "nominal_value": _nominal,
}
