"""How every command of this room takes hold of a disposal, and what its events are about."""

from shuce.lifecycle.disposal.models import Disposal


def about(disposal: Disposal) -> dict[str, str]:
    """The card whose life an event belongs to, and the body whose matter it is."""
    return {"asset_id": disposal.card_id, "organization_id": disposal.card.holder_id}


def locked(disposal_id: str) -> Disposal:
    """Return the disposal as it stands now, held until the command ends."""
    return (
        Disposal.objects.select_for_update(of=("self",))
        .select_related("card__holder", "card__resource__source", "attending")
        .get(id=disposal_id)
    )
