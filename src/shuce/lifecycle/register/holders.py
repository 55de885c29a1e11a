"""Who holds an asset changes only where its holder is succeeded by another body."""

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.lifecycle.register import events
from shuce.lifecycle.register.models import Card


@command
def change_holder(card: Card, heir: Organization, *, by: Signature) -> Card:
    """Let a card pass to the body that succeeds its holder (G-12); its number stays.

    Called by an approved succession, which was permitted as a whole.
    """
    card = Card.objects.select_for_update(of=("self",)).get(id=card.id)
    former_id, card.holder = card.holder_id, heir
    card.save(update_fields=["holder"])
    record(
        events.HolderChanged(
            card.id, former_id, heir.id, asset_id=card.id, organization_id=heir.id
        ),
        by,
    )
    return card
