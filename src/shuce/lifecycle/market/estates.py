from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.market.models import Contract, Product
from shuce.lifecycle.market.rules import ContractState, ProductState

_RUNNING = Q(state=ContractState.IN_FORCE.value)


class Shares(Estate):
    """A body's part in the revenue of other bodies' contracts."""

    def rows_of(self, body: Organization) -> "QuerySet[Any]":
        # Shares are kept inside the contract; an id stands nowhere else in that text.
        return Contract.objects.filter(self.live, shares__icontains=body.id).order_by("pk")

    def pass_on(
        self, ids: Collection[str], former: Organization, heir: Organization, *, by: Signature
    ) -> None:
        for contract in self.rows_of(former).filter(pk__in=ids):
            contract.shares = _with_heir(contract.shares, former.id, heir.id)
            # Measured for parties that are no longer the same ones.
            contract.share_worths = []
            contract.save(update_fields=["shares", "share_worths"])


def _with_heir(shares: list[dict[str, Any]], former: str, heir: str) -> list[dict[str, Any]]:
    """Put the heir in the former's place; where it shares already, the two weights are one."""
    merged: dict[str, dict[str, Any]] = {}
    for share in shares:
        whose = heir if share["organization_id"] == former else share["organization_id"]
        weight = share["weight"] + (merged[whose]["weight"] if whose in merged else 0)
        merged[whose] = {**share, "organization_id": whose, "weight": weight}
    return list(merged.values())


passes_on(
    Estate(
        "market.products",
        "数据产品",
        Product,
        "operator",
        ~Q(state=ProductState.WITHDRAWN.value),
    ),
    Estate(
        "market.sold", "履行中的合同（提供方）", Contract, "seller", _RUNNING, anchor="product_id"
    ),
    Estate("market.bought", "履行中的合同（使用方）", Contract, "buyer", _RUNNING),
    Shares("market.shares", "合同中的收益分成", Contract, "shares", _RUNNING),
)
