"""Cases of contribution: games given by table or by rule, and rows valued by nearest neighbours."""

from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import Any

from shuce.engines.valuation.cases.reader import (
    Answer,
    Inputs,
    fractions,
    labelled,
    refused,
)
from shuce.engines.valuation.contribution.games import (
    Worth,
    banzhaf,
    banzhaf_voting,
    shapley,
    shapley_airport,
    shapley_bankruptcy,
    shapley_voting,
    worth_of_table,
)
from shuce.engines.valuation.contribution.knn import knn_shapley, knn_shapley_ordered
from shuce.engines.valuation.contribution.sampled import shapley_sampled
from shuce.engines.valuation.numbers import exact

_SEED, _ORDERS = 20240101, 20_000
_MOST_ARRIVALS = 1_000_000
"""Players times orders of arrival in one case: some seconds of work."""


def _game(case: Inputs) -> tuple[list[str], Worth]:
    """Read players and the worth of coalitions, written "A,B"; those not written are worth 0."""
    players = [str(player).strip() for player in case.items("players")]
    if len(set(players)) != len(players):
        raise refused("“{name}”有重复", "players")
    table: dict[frozenset[str], Fraction] = {}
    raw = case.get("v")
    if not isinstance(raw, dict):
        raise refused("“{name}”应当是一组字段", "v")
    for key, value in raw.items():
        coalition = frozenset(part.strip() for part in str(key).split(",") if part.strip())
        if not coalition <= set(players) or coalition in table:
            raise refused("联盟“{name}”重复或含有未列出的参与方", str(key))
        table[coalition] = exact(value, str(key))
    return players, worth_of_table(players, table)


def _shapley(case: Inputs) -> Answer:
    players, worth = _game(case)
    return {"phi": fractions(players, shapley(len(players), worth))}


def _banzhaf(case: Inputs) -> Answer:
    players, worth = _game(case)
    values = banzhaf(len(players), worth)
    return {"beta": fractions(players, values)} | _normalised(players, values)


def _normalised(names: list[str] | None, values: tuple[Fraction, ...]) -> Answer:
    whole = sum(values, Fraction(0))
    if not whole:
        raise refused("“{name}”合计为零，无法归一", "v")
    return {"beta_normalised": fractions(names, [value / whole for value in values])}


def _airport(case: Inputs) -> Answer:
    names, costs = labelled(case.get("costs"), "costs")
    return {"phi": fractions(names, shapley_airport(costs))}


def _voting(case: Inputs) -> Answer:
    names, weights = labelled(case.get("weights"), "weights")
    return {"phi": fractions(names, shapley_voting(weights, case.number("quota")))}


def _banzhaf_voting(case: Inputs) -> Answer:
    names, weights = labelled(case.get("weights"), "weights")
    swings = banzhaf_voting(weights, case.number("quota"))
    absolute = tuple(Fraction(count, 2 ** (len(swings) - 1)) for count in swings)
    answer: Answer = {"swings": list(swings), "beta_absolute": fractions(names, absolute)}
    return answer | _normalised(names, absolute)


def _bankruptcy(case: Inputs) -> Answer:
    names, claims = labelled(case.get("claims"), "claims")
    return {"phi": fractions(names, shapley_bankruptcy(claims, case.number("estate")))}


def _sampled(case: Inputs) -> Answer:
    names, count, worth = _any_game(case)
    orders = case.whole("samples", "permutations", default=min(_ORDERS, _MOST_ARRIVALS // count))
    if orders * count > _MOST_ARRIVALS:
        raise refused("“{name}”过大", "samples")
    result = shapley_sampled(
        count,
        lambda coalition: float(worth(coalition)),
        orders=orders,
        seed=case.whole("seed", default=_SEED),
        error_wanted=case.real("standard_error") if "standard_error" in case else None,
    )
    values, errors = list(result.values), list(result.standard_errors)
    return {
        "phi": dict(zip(names, values, strict=True)) if names else values,
        "standard_error": dict(zip(names, errors, strict=True)) if names else errors,
        "permutations": result.orders,
        "seed": result.seed,
    }


def _any_game(case: Inputs) -> tuple[list[str] | None, int, Worth]:
    """Read a game given by voting weights, by costs of an airport, or by table."""
    name = case.name_of("weights", "costs")
    if name is None:
        players, worth = _game(case)
        return players, len(players), worth
    names, numbers = labelled(case.get(name), name)
    quota = case.number("quota") if name == "weights" else None
    # The same game in whole numbers, which add up faster than fractions.
    scale = lcm(*(number.denominator for number in numbers))
    units = [int(number * scale) for number in numbers]

    def worth_by_rule(coalition: int) -> Fraction:
        members = [unit for i, unit in enumerate(units) if coalition >> i & 1]
        if quota is None:
            return Fraction(max(members, default=0), scale)
        return Fraction(sum(members) >= quota * scale)

    return names, len(numbers), worth_by_rule


def _knn(case: Inputs) -> Answer:
    k = case.whole("k")
    if "labels_by_distance" in case:
        wanted = case.get("test_label")
        right = [label == wanted for label in case.items("labels_by_distance")]
        return {"phi": fractions(None, knn_shapley_ordered(right, k))}
    rows, test = _rows(case, "train"), _rows(case, "test")
    labels = [str(label) for label in case.items("labels", "train_labels")]
    wanted_labels = [str(label) for label in case.items("test_labels")]
    return {"phi": knn_shapley(rows, labels, test, wanted_labels, k).tolist()}


def _rows(case: Inputs, name: str) -> list[list[float]]:
    rows: list[list[float]] = []
    for place, item in enumerate(case.items(name)):
        row: Any = item if isinstance(item, list) else [item]
        rows.append([float(exact(cell, f"{name}[{place}]")) for cell in row])
    if len({len(row) for row in rows}) > 1:
        raise refused("“{name}”各行的列数应当相同", name)
    return rows


CONTRIBUTION: dict[str, Callable[[Inputs], Answer]] = {
    "shapley": _shapley,
    "shapley_airport": _airport,
    "shapley_weighted_voting": _voting,
    "shapley_bankruptcy": _bankruptcy,
    "shapley_sampled": _sampled,
    "banzhaf": _banzhaf,
    "banzhaf_weighted_voting": _banzhaf_voting,
    "knn_shapley": _knn,
}
