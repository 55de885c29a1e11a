"""Files that hang on a card: for its holder and supervisors."""

from django.urls import reverse

from shuce.foundation.attachments.pegs import Peg, hangs_on
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.lifecycle.register.queries import card_seen_inside
from shuce.lifecycle.register.words import CardState


@hangs_on("card")
def _card(card_id: str, member: Member) -> Peg:
    card = card_seen_inside(card_id, member)
    may = member.may(Permission.CARD_ENTER, card.holder)
    return Peg(
        title=str(card),
        organization=card.holder,
        url=f"{reverse('register:card', args=[card.id])}?tab=files",
        may_change=may and card.state != CardState.CLOSED,
        asset_id=card.id,
    )
