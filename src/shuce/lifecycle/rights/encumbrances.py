"""Put a pledge or share contribution on an asset where a pilot allows it, and end it (G-5, N-4)."""

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.lifecycle.register.commands import end_mark, mark_card
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.rights import encumbrance_rules as rules
from shuce.lifecycle.rights import events
from shuce.lifecycle.rights.encumbrance_rules import Burden, Burdened
from shuce.lifecycle.rights.models import Encumbrance
from shuce.lifecycle.valuation.queries import last_value_of


@command
def encumber(card: Card, burden: Burden, *, by: Signature) -> Encumbrance:
    """Register that an asset stands as security or capital, and mark its card."""
    card = Card.objects.select_for_update(of=("self",)).select_related("holder").get(id=card.id)
    by.require(Permission.GRANT_MANAGE, within=card.holder)
    asset, pilots = burdened(card), rules.pilots()
    refuse_if(rules.obstacles_to_encumber(burden, asset, pilots, by.today))
    pilot = rules.pilot_for(burden, asset, pilots, by.today)
    assert pilot is not None, "an obstacle says so"
    made = Encumbrance.objects.create(
        card=card, pilot=pilot.key, member=by.member, since=by.today, **vars(burden)
    )
    record(
        events.AssetEncumbered(
            made.id, burden.kind, burden.party, burden.amount.fen, burden.decision, pilot.key,
            **_about(card),
        ),
        by,
    )  # fmt: skip
    mark_card(card, text=f"{burden.kind.chinese} → {burden.party}", cause_id=made.id, by=by)
    return made


@command
def release(made: Encumbrance, reason: str, *, by: Signature) -> Encumbrance:
    """End a pledge or contribution; the card's mark ends with it."""
    made = (
        Encumbrance.objects.select_for_update(of=("self",))
        .select_related("card__holder")
        .get(id=made.id)
    )
    by.require(Permission.GRANT_MANAGE, within=made.card.holder)
    if made.ended_on:
        raise Conflict(Obstacle("该事项已经解除", Clause.G_5))
    if not reason.strip():
        raise Refused(Obstacle("请写明原因", Clause.G_5, field="reason"))
    made.ended_on = by.today
    made.save(update_fields=["ended_on"])
    record(events.EncumbranceReleased(made.id, reason, **_about(made.card)), by)
    end_mark(made.id, by=by)
    return made


def burdened(card: Card) -> Burdened:
    """Return what the rules need to know of a card."""
    value = last_value_of(card)
    standing = card.encumbrances.filter(ended_on=None).values_list("amount", flat=True)
    return Burdened(
        CardState(card.state),
        Grade(card.grade) if card.grade else None,
        Kind(card.holder.kind),
        card.holder.region_code,
        value,
        Money.total(standing),
    )


def _about(card: Card) -> dict[str, str]:
    return {"asset_id": card.id, "organization_id": card.holder_id}
