"""Value made anew from an asset shares back along its lineage, so that providers get their part."""

from collections.abc import Mapping
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from shuce.engines.apportionment.reading import BadCase, Rational
from shuce.kernel.words import say

Lineage = Mapping[str, Mapping[str, Rational]]


def shares_along_lineage(product: str, lineage: Lineage) -> dict[str, Fraction]:
    """Return what part of the product's revenue each asset in its lineage keeps; they sum to one.

    `lineage` gives for an asset the part of its revenue owed to each source it was made from;
    the rest it keeps. Sources that several paths reach get the sum. Circles are refused.
    """
    for asset, owed in lineage.items():
        if any(part < 0 for part in owed.values()) or sum(owed.values()) > 1:
            raise BadCase(say("{asset} 向来源分享的比例应不为负且合计不超过 1", asset=asset))
    try:
        sources_first = TopologicalSorter({a: set(owed) for a, owed in lineage.items()})
        order = list(sources_first.static_order())
    except CycleError as error:
        circle = " → ".join(map(str, error.args[1]))
        raise BadCase(say("来源关系成环：{circle}", circle=circle)) from error
    flowing = dict.fromkeys([product, *order], Fraction(0))
    flowing[product] = Fraction(1)
    kept: dict[str, Fraction] = {}
    for asset in [product] if product not in order else reversed(order):
        owed = lineage.get(asset, {})
        for source, part in owed.items():
            flowing[source] += flowing[asset] * part
        if keeps := flowing[asset] * (1 - Fraction(sum(owed.values()))):
            kept[asset] = keeps
    return kept
