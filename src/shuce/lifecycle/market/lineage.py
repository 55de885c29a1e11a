"""What the market adds to the picture of lineage: the products made from an asset (G-12)."""

from collections.abc import Collection

from django.urls import reverse

from shuce.foundation.organizations.models import Member
from shuce.lifecycle.lineage.neighbours import Neighbour, goes_on
from shuce.lifecycle.market.models import ProductInput
from shuce.lifecycle.market.queries import products_seen_by


@goes_on
def products_made_of(card_ids: Collection[str], member: Member) -> list[Neighbour]:
    """Return the products made from these cards; of those out of the reader's sight, that only."""
    inputs = list(
        ProductInput.objects.filter(card_id__in=card_ids)
        .select_related("product__operator", "grant")
        .order_by("id")[:500]
    )
    seen = set(
        products_seen_by(member)
        .filter(id__in={one.product_id for one in inputs})
        .values_list("id", flat=True)
    )
    return [
        Neighbour(
            one.card_id,
            f"product:{one.product_id}",
            one.product.name,
            one.product.operator.name,
            reverse("market:product", args=[one.product_id]),
            one.product_id in seen,
            one.grant.number or "" if one.product_id in seen else "",
        )
        for one in inputs
    ]
