"""Publish a product on a platform inside what its grants allow: a recorded act (G-8)."""

from dataclasses import dataclass

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import Conflict, Obstacle, refuse_if
from shuce.lifecycle.market import events
from shuce.lifecycle.market import serving_rules as rules
from shuce.lifecycle.market.commands import about
from shuce.lifecycle.market.models import Product, Publication
from shuce.lifecycle.market.rules import ProductState
from shuce.lifecycle.market.serving_rules import Platform
from shuce.lifecycle.rights.queries import require_in_force
from shuce.lifecycle.rights.rules import PurposeKind


@dataclass(frozen=True)
class Listing:
    """Where a product is published, and for which use it is offered there."""

    platform: Platform
    platform_name: str
    reference: str
    region_code: str
    purpose_kind: PurposeKind


@command
def publish_product(product: Product, listing: Listing, *, by: Signature) -> Publication:
    """Record that a product is published on a platform, for no wider use than every grant of it."""
    product = (
        Product.objects.select_for_update(of=("self",))
        .select_related("operator")
        .get(id=product.id)
    )
    by.require(Permission.PRODUCT_REGISTER, within=product.operator)
    grants = [
        require_in_force(one.grant, by.today) for one in product.inputs.select_related("grant")
    ]
    refuse_if(
        rules.obstacles_to_publish_on(
            listing.platform_name,
            listing.region_code,
            listing.purpose_kind,
            listed=product.state == ProductState.LISTED,
            already=product.publications.filter(
                platform=listing.platform,
                platform_name=listing.platform_name.strip(),
                recalled_at=None,
            ).exists(),
            granted_regions=[grant.region_code for grant in grants],
            public_only=any(grant.purpose_kind == PurposeKind.PUBLIC for grant in grants),
        )
    )
    made = Publication.objects.create(
        product=product,
        platform=listing.platform,
        platform_name=listing.platform_name.strip(),
        reference=listing.reference.strip(),
        region_code=listing.region_code,
        purpose_kind=listing.purpose_kind,
        member=by.member,
        published_at=by.at,
    )
    record(
        events.ProductPublished(
            made.id,
            product.id,
            made.platform,
            made.platform_name,
            made.reference,
            made.region_code,
            made.purpose_kind,
            **about(product),
        ),
        by,
    )
    return made


@command
def recall_publication(publication: Publication, *, by: Signature) -> Publication:
    """Record that a product was taken off a platform."""
    publication = (
        Publication.objects.select_for_update(of=("self",))
        .select_related("product__operator")
        .get(id=publication.id)
    )
    by.require(Permission.PRODUCT_REGISTER, within=publication.product.operator)
    if publication.recalled_at:
        raise Conflict(Obstacle("已经从该平台撤下"))
    publication.recalled_at = by.at
    publication.save(update_fields=["recalled_at"])
    record(events.PublicationRecalled(publication.id, **about(publication.product)), by)
    return publication
