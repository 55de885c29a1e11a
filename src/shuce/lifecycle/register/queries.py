"""What the register shows, from where the reader stands."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import (
    holders_in_reach,
    organization_seen,
    within_reach,
)
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.inventory import queries as inventory
from shuce.lifecycle.inventory.models import Recognition
from shuce.lifecycle.register import rules
from shuce.lifecycle.register.catalogue import (
    ADDED,
    Field,
    Sheet,
    by_key,
    named,
    options,
)
from shuce.lifecycle.register.history import (
    Change,
    Revision,
    facts_of,
    revisions_of,
    sheet_at,
    sheet_of,
    shown,
)
from shuce.lifecycle.register.models import (
    AddedField,
    Batch,
    Card,
    CardReader,
    CardVersion,
    Mark,
    Proposal,
    ValueEntry,
)
from shuce.lifecycle.register.words import CardState, Grade, Opening, ProposalState, Sharing


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
    return revisions_of(card, versions_of(card), added_to(card.holder))


def version_seen(card_id: str, version: int, by: Member) -> Sheet:
    """The facts of a card as they stood in one version; for its holder and supervisors."""
    card = card_seen_inside(card_id, by)
    if not 1 <= version <= card.version:
        raise NotFound(Obstacle("卡片没有这个版本"))
    return sheet_at(card, versions_of(card), version)


def differences_seen(card_id: str, older: int, newer: int, by: Member) -> tuple[Change, ...]:
    """What differs between two versions of a card, as people read it."""
    card = card_seen_inside(card_id, by)
    before, after = version_seen(card_id, older, by), version_seen(card_id, newer, by)
    return shown(before, after, added_to(card.holder))


def proposals_of(card: Card) -> QuerySet[Proposal]:
    return Proposal.objects.filter(card=card).select_related("member")


def proposal_seen(proposal_id: str, by: Member) -> Proposal:
    """Return a proposed change to its card's holder and supervisors."""
    found = Proposal.objects.filter(id=proposal_id).select_related("member", "card").first()
    if found is None:
        raise NotFound(Obstacle("没有这项变更，或您无权查看"))
    found.card = card_seen_inside(found.card_id, by)
    return found


def changes_proposed(proposal: Proposal) -> tuple[Change, ...]:
    """What a proposal changes, against the version that it was made from."""
    card = proposal.card
    before = sheet_at(card, versions_of(card), proposal.base_version)
    then = {key: before.get(key) for key in proposal.facts}
    return shown(then, proposal.facts, added_to(card.holder))


def waiting_proposal(card: Card) -> Proposal | None:
    return proposals_of(card).filter(state=ProposalState.WAITING).first()


def obstacles_to_change(card: Card) -> list[Obstacle]:
    """Every reason a card cannot be changed just now, a change in approval included."""
    waits = waiting_proposal(card) if card.state == CardState.IN_FORCE else None
    return [
        *obstacles_to_revise(card),
        *([Obstacle("该卡片已有一项变更在审批中", Clause.N_8)] if waits else []),
    ]


def revisions_seen(card_id: str, by: Member) -> list[Revision]:
    return revisions_shown(card_seen_inside(card_id, by))


def columns_shown(card: Card, *, with_profile: bool) -> list[dict[str, Any]]:
    """The columns as people read them; without profiles for readers from outside."""
    if card.resource is None:
        return []
    return inventory.columns_shown(card.resource, with_profile=with_profile)


def known_to(organization: Organization) -> dict[str, Field]:
    """Return every field the cards of a body may hold: the catalogue's, and those added above it.

    A retired field is still known, for the cards that hold it; nothing new is asked for it.
    """
    return by_key() | {field.key: field for field in added_to(organization)}


def added_to(organization: Organization) -> list[Field]:
    """The fields that a body and those above it added to the cards of the body."""
    above = organization.path.strip("/").split("/")
    return [_field_of(one) for one in AddedField.objects.filter(organization_id__in=above)]


def added_seen_by(member: Member) -> list[Field]:
    """The fields that may stand on the cards a reader sees, for lists and their filters."""
    return [_field_of(one) for one in added_rows_seen_by(member)]


def added_rows_seen_by(member: Member) -> QuerySet[AddedField]:
    """Fields added by the reader's own body, by those above it, and by those in reach."""
    above = member.organization.path.strip("/").split("/") if member.organization else []
    seen = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return AddedField.objects.filter(seen | Q(organization_id__in=above)).select_related(
        "organization"
    )


def _field_of(added: AddedField) -> Field:
    # No catalogue of ours holds the words of a bureau, so it gives their English itself.
    english = added.english and (get_language() or "").startswith("en")
    return Field(
        key=added.key,
        label=added.english if english else added.label,
        kind=added.kind,
        group=added.group,
        section=ADDED,
        required=added.required and added.retired_at is None,
        hint=added.hint,
        choices={one: one for one in added.choices} or None,
        source=str(added.organization_id),
        retired=added.retired_at is not None,
    )


def added_row_seen(key: str, by: Member) -> AddedField:
    found = added_rows_seen_by(by).filter(key=key).first()
    if found is None:
        raise NotFound(Obstacle("没有这个自定义字段，或您无权查看"))
    return found


def fields_shown(organization_id: str, by: Member) -> list[dict[str, Any]]:
    """Every field of the cards of a body in the reader's language; their own unless named."""
    body = organization_seen(organization_id, by) if organization_id else by.organization
    known = known_to(body) if body else by_key()
    return [
        {
            **vars(field),
            "label": named(field, whole=True),
            "group": say(field.group),
            "section": say(field.section),
            "hint": say(field.hint) if field.hint else "",
            "parts": [say(part) for part in field.parts],
            "options": [{"code": code, "label": say(words)} for code, words in options(field)],
        }
        for field in known.values()
    ]


def facts_as_given(card: Card) -> dict[str, Any]:
    """The facts by their keys, as they are kept: what the form starts with."""
    return sheet_of(facts_of(card))


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


def obstacles_to_note_update(card: Card) -> list[Obstacle]:
    return list(rules.obstacles_to_note_update(CardState(card.state)))
