"""Value: cost, income and market approaches, their parameters, uncertainty and sensitivity (G-9),
guards against inflated value (G-15), and who contributed how much (`contribution`, G-10).

Pure: values in, values out. Amounts are exact fractions in the unit of the inputs; statistics are
floats. `cases` answers files of worked cases, `command` is `./shuce engine value`.
"""

from shuce.engines.valuation.ahp import AhpMethod, AhpResult, ahp
from shuce.engines.valuation.assumptions import CloneGuard, Limits
from shuce.engines.valuation.conclusion import concluded
from shuce.engines.valuation.cost import CostInputs, value_by_cost
from shuce.engines.valuation.flows import Timing
from shuce.engines.valuation.forecast import Forecast, forecast
from shuce.engines.valuation.income import IncomeInputs, IncomeMethod, TaxBasis, value_by_income
from shuce.engines.valuation.market import (
    Adjustment,
    Aggregate,
    Comparable,
    MarketInputs,
    value_by_market,
)
from shuce.engines.valuation.monte_carlo import Spread, monte_carlo
from shuce.engines.valuation.numbers import exact
from shuce.engines.valuation.outcome import Flag, FlagKind, Step, Surroundings, Valuation, flagged
from shuce.engines.valuation.rates import Terms
from shuce.engines.valuation.sensitivity import Bar, SobolIndices, sobol, tornado

__all__ = [
    "Adjustment",
    "Aggregate",
    "AhpMethod",
    "AhpResult",
    "Bar",
    "CloneGuard",
    "Comparable",
    "CostInputs",
    "Flag",
    "FlagKind",
    "Forecast",
    "IncomeInputs",
    "IncomeMethod",
    "Limits",
    "MarketInputs",
    "SobolIndices",
    "Spread",
    "Step",
    "Surroundings",
    "TaxBasis",
    "Terms",
    "Timing",
    "Valuation",
    "ahp",
    "concluded",
    "exact",
    "flagged",
    "forecast",
    "monte_carlo",
    "sobol",
    "tornado",
    "value_by_cost",
    "value_by_income",
    "value_by_market",
]
