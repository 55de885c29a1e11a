"""Which resource of the register a reported name stands for, as far as that can be told."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from shuce.engines.lineage import Named
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.refusals import refuse_if
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.lineage.models import Dataset
from shuce.lifecycle.lineage.rules import last_part, obstacles_to_name
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import SourceState


def dataset_of(
    named: Named,
    organization: Organization,
    *,
    columns: Sequence[str] = (),
    aliases: Iterable[Named] = (),
    source: Source | None = None,
    by: Signature,
) -> Dataset:
    """Return the dataset a body calls so, made if new; bound where exactly one resource fits."""
    refuse_if(obstacles_to_name(named.namespace))
    dataset, new = Dataset.objects.get_or_create(
        organization=organization,
        namespace=named.namespace,
        name=named.name,
        defaults={"columns": list(columns), "seen_at": by.at},
    )
    if not new:
        dataset.seen_at = by.at
        dataset.columns = list(columns) or dataset.columns
    if not dataset.is_bound and not dataset.is_outside:
        dataset.resource = _resource_called([named, *aliases], by.member, source)
    dataset.save()
    return dataset


def resources_for(name: str, member: Member, source: Source | None = None) -> list[Resource]:
    """Return the resources in the reader's reach whose table has this name, at most ten."""
    table = last_part(name)
    if not table:
        return []
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    sources = Source.objects.filter(reach, state=SourceState.CONNECTED)
    if source:
        sources = sources.filter(id=source.id)
    # A table may be known with its schema before it, or without.
    spelled = {table, table.lower(), table.upper(), name, name.lower()}
    tails = Q(table_name__in=spelled)
    return list(
        Resource.objects.filter(tails, source__in=sources)
        .select_related("source")
        .order_by("id")[:10]
    )


def columns_known(name: str, member: Member, source: Source | None = None) -> list[str]:
    """Return the columns of the one table that `name` can stand for, or none."""
    found = resources_for(name, member, source)
    return [column["name"] for column in found[0].columns] if len(found) == 1 else []


def live_cards(resource_ids: Iterable[str]) -> dict[str, Card]:
    """Return the card of each resource that has one not closed, by the resource's id."""
    cards = Card.objects.filter(resource_id__in=set(resource_ids)).exclude(state=CardState.CLOSED)
    return {str(card.resource_id): card for card in cards.select_related("holder")}


def _resource_called(
    names: Iterable[Named], member: Member, source: Source | None
) -> Resource | None:
    for named in names:
        found = resources_for(named.name, member, source)
        if len(found) > 1:
            words = f"{named.namespace}/{named.name}".casefold()
            found = [one for one in found if one.source.name.casefold() in words]
        if len(found) == 1:
            return found[0]
    return None
