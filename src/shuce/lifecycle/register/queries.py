"""What the register shows, from where the reader stands."""

import dataclasses
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import holders_in_reach, within_reach
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.inventory import queries as inventory
from shuce.lifecycle.inventory.models import Recognition
from shuce.lifecycle.register import rules
from shuce.lifecycle.register.history import Revision, revisions_of
from shuce.lifecycle.register.models import (
    Batch,
    Card,
    CardReader,
    CardVersion,
    Mark,
    Quality,
    ValueEntry,
)
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.words import CardState, Grade, Opening, Sharing
from shuce.lifecycle.sources.rules import SourceState


def cards_seen_by(member: Member) -> QuerySet[Card]:
    """Cards of places in reach, and cards that the reader's own body was let read."""
    cards = Card.objects.select_related("holder", "resource__source")
    places = holders_in_reach(member, Permission.CARD_VIEW)
    if places is None:
        return cards
    admitted = CardReader.objects.filter(organization_id=member.organization_id)
    return cards.filter(
        Q(holder__in=places) | Q(id__in=list(admitted.values_list("card_id", flat=True)))
    )


def card_seen(card_id: str, by: Member) -> Card:
    """Return the card, or say that nothing is here."""
    card = cards_seen_by(by).filter(id=card_id).first()
    if card is None:
        raise NotFound(Obstacle("没有这张资产卡片，或您无权查看"))
    return card


def card_seen_inside(card_id: str, by: Member) -> Card:
    """Return the card to its holder and supervisors; for others nothing is here."""
    card = card_seen(card_id, by)
    if not by.may(Permission.CARD_VIEW, card.holder):
        raise NotFound(Obstacle("没有这张资产卡片，或您无权查看"))
    return card


def batches_seen_by(member: Member) -> QuerySet[Batch]:
    reach = within_reach(member, Permission.CARD_VIEW, path="holder__path")
    return Batch.objects.filter(reach).select_related("holder", "member")


def batch_seen(batch_id: str, by: Member) -> Batch:
    batch = batches_seen_by(by).filter(id=batch_id).first()
    if batch is None:
        raise NotFound(Obstacle("没有这个批次，或您无权查看"))
    return batch


def cards_of_batch(batch: Batch) -> QuerySet[Card]:
    return Card.objects.filter(batch=batch).select_related("holder")


def obstacles_to_submit_batch(batch: Batch) -> list[Obstacle]:
    drafts = Card.objects.filter(batch=batch, state=CardState.DRAFT).count()
    return list(rules.obstacles_to_submit_batch(CardState(batch.state), drafts))


def cards_offered() -> QuerySet[Card]:
    """Cards over which an operator may ask for a right: in force, graded, not kept back."""
    return (
        Card.objects.filter(state=CardState.IN_FORCE, grade__isnull=False)
        .exclude(grade__in=[Grade.SECRET, Grade.CORE])
        .exclude(opening=Opening.NONE, sharing=Sharing.NONE)
        .select_related("holder")
    )


def card_offered(card_id: str) -> Card:
    card = cards_offered().filter(id=card_id).first()
    if card is None:
        raise NotFound(Obstacle("没有这项可申请的数据资产"))
    return card


def columns_of(card: Card) -> list[dict[str, Any]]:
    """The columns that the last scan found, with their types and grades."""
    return list(card.resource.columns) if card.resource else []


def qualities_of(card: Card) -> QuerySet[Quality]:
    return Quality.objects.filter(card=card).order_by("-id")


def marks_of(card: Card) -> QuerySet[Mark]:
    return Mark.objects.filter(card=card)


def versions_of(card: Card) -> QuerySet[CardVersion]:
    return CardVersion.objects.filter(card=card).select_related("member")


def values_of(card: Card) -> QuerySet[ValueEntry]:
    return ValueEntry.objects.filter(card=card)


def overdue_for_update(day: date) -> QuerySet[Card]:
    """Cards in force whose data should have been updated by `day` (G-7)."""
    return Card.objects.filter(state=CardState.IN_FORCE, update_due_on__lt=day)


def revisions_shown(card: Card) -> list[Revision]:
    """Every revision of a card with what it changed, newest first."""
    return revisions_of(card, list(versions_of(card)))


def revisions_seen(card_id: str, by: Member) -> list[Revision]:
    return revisions_shown(card_seen_inside(card_id, by))


def qualities_seen(card_id: str, by: Member) -> QuerySet[Quality]:
    return qualities_of(card_seen_inside(card_id, by))


def columns_shown(card: Card, *, with_profile: bool) -> list[dict[str, Any]]:
    """The columns as people read them; without profiles for readers from outside."""
    if card.resource is None:
        return []
    return inventory.columns_shown(card.resource, with_profile=with_profile)


def facts_of(card: Card) -> CardFacts:
    """Return what the card says, as the facts that a person gave."""
    names = [field.name for field in dataclasses.fields(CardFacts)]
    return CardFacts(**{name: getattr(card, name) for name in names})


def facts_as_given(card: Card) -> dict[str, Any]:
    """The facts under the names of the form."""
    return dataclasses.asdict(facts_of(card)) | {"cost": card.cost}


def first_facts(recognition: Recognition) -> dict[str, Any]:
    """What a new card's form can already say, from the scan and the recognition test."""
    resource = recognition.resource
    personal = any(column.get("grade", "L1") >= "L3" for column in resource.columns)
    return {
        "name": resource.comment or resource.table_name,
        "region_code": resource.organization.region_code,
        "lawful_basis": recognition.answers["lawful_source"]["evidence"],
        "personal_data": personal,
    }


def proposed_grade(card: Card) -> Grade:
    """The grade that the last scan proposes; without a scan, the strictest general level."""
    if card.resource is None:
        return Grade.L4
    proposed = card.resource.proposed_grade
    return {"L5": Grade.IMPORTANT, "L6": Grade.CORE}.get(proposed) or Grade(proposed)


def reasons_for_grade(card: Card) -> list[dict[str, Any]]:
    """The columns that make the proposal what it is, with their evidence."""
    if card.resource is None:
        return []
    strictest = card.resource.proposed_grade
    return [
        column
        for column in inventory.columns_shown(card.resource)
        if column["grade"].value == strictest
    ][:12]


def obstacles_to_draft(recognition: Recognition) -> list[Obstacle]:
    return inventory.obstacles_to_draft(recognition.resource, recognition)


def obstacles_to_submit(card: Card) -> list[Obstacle]:
    grade = Grade(card.grade) if card.grade else None
    return list(rules.obstacles_to_submit(CardState(card.state), grade))


def obstacles_to_revise(card: Card) -> list[Obstacle]:
    return list(rules.obstacles_to_revise(CardState(card.state)))


def obstacles_to_grade(card: Card) -> list[Obstacle]:
    return list(rules.obstacles_to_grade_at_all(CardState(card.state)))


def obstacles_to_measure(card: Card) -> list[Obstacle]:
    connected = bool(card.resource and card.resource.source.state == SourceState.CONNECTED)
    return list(
        rules.obstacles_to_measure(CardState(card.state), card.resource is not None, connected)
    )


def obstacles_to_note_update(card: Card) -> list[Obstacle]:
    return list(rules.obstacles_to_note_update(CardState(card.state)))


def dimensions_of(quality: Quality) -> list[dict[str, Any]]:
    """The dimensions of one measurement, named in the reader's language."""
    return [one | {"name": say(one["name"])} for one in quality.dimensions]
