"""Many cards in one act, by the rules of one: drafted, graded, put to one approval, entered.

Each row meets the same rules as the form; good rows are kept, the others come back with their
reasons, and a row sent again is known by its key. Every card has its own events in the log.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection

from shuce.foundation.approvals.commands import open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import Event, command, record, record_all
from shuce.foundation.fields import obstacles_in_columns
from shuce.foundation.organizations.commands import require_duty
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Link
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.inventory.commands import mark_registered
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.inventory.rules import (
    RecognitionAnswers,
    RecognitionOutcome,
    ResourceState,
    obstacles_to_recognize,
    outcome_of,
)
from shuce.lifecycle.register import events, rules
from shuce.lifecycle.register.models import Batch, Card, ValueEntry
from shuce.lifecycle.register.numbering import give_numbers
from shuce.lifecycle.register.queries import known_to, proposed_grade
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.standing import follow_through
from shuce.lifecycle.register.values import obstacles_to_more
from shuce.lifecycle.register.words import CardState, Grade, ValueBasis

Obstacles = tuple[Obstacle, ...]


@dataclass(frozen=True)
class BulkRow:
    """One card to be drafted. `key` names it in its source (a number of the old ledger, say)."""

    key: str
    facts: CardFacts
    resource: Resource | None = None


@dataclass
class BulkOutcome:
    """What came of each row, by its place among those given. No batch where nothing was new."""

    batch: Batch | None = None
    drafted: dict[int, Card] = field(default_factory=dict)
    known: dict[int, str] = field(default_factory=dict)
    refused: dict[int, Obstacles] = field(default_factory=dict)


@command
def enter_cards_in_bulk(
    holder: Organization,
    rows: Sequence[BulkRow],
    answers: RecognitionAnswers,
    *,
    title: str,
    by: Signature,
) -> BulkOutcome:
    """Draft a card for every row that the rules allow, as one batch of `holder` (G-4, N-8).

    `answers` is the recognition test of all rows. The outcome names, by the place of each row,
    the card drafted, the id of the card that was there already under the row's key, or the
    obstacles. Sending the same rows again drafts nothing.
    """
    by.require(Permission.CARD_ENTER, within=holder)
    by.require(Permission.ASSET_RECOGNIZE, within=holder)
    require_duty(holder, Link.CONFIRMATION)
    refuse_if(obstacles_to_recognize(answers, ResourceState.FOUND))
    if outcome_of(answers) is not RecognitionOutcome.CARD:
        raise Refused(Obstacle("该资源未满足全部确认条件，只能列入备查簿", Clause.G_4))
    refuse_if(rules.obstacles_to_batch(len(rows), title))
    outcome = BulkOutcome()
    batch = Batch(
        holder=holder,
        title=title,
        answers=dataclasses.asdict(answers),
        count=0,
        member=by.member,
        drafted_at=by.at,
    )
    _sort_rows(holder, rows, batch, outcome, by)
    batch.count = len(outcome.drafted)
    if outcome.drafted:
        batch.save()
        outcome.batch = batch
        _draft(list(outcome.drafted.values()), by)
    record(
        events.BatchDrafted(
            batch.id,
            title,
            len(outcome.drafted),
            len(outcome.known),
            len(outcome.refused),
            organization_id=holder.id,
        ),
        by,
    )
    return outcome


def _sort_rows(
    holder: Organization,
    rows: Sequence[BulkRow],
    batch: Batch,
    outcome: BulkOutcome,
    by: Signature,
) -> None:
    """Put every row among the drafted, the known or the refused."""
    there = dict(
        Card.objects.filter(
            holder=holder, key_in_source__in={row.key.strip() for row in rows}
        ).values_list("key_in_source", "id")
    )
    taken: dict[str, int] = {}
    known = known_to(holder)
    taken_resources = _resources_with_cards(rows)
    for place, row in enumerate(rows):
        key = row.key.strip()
        if key in there:
            outcome.known[place] = there[key]
            continue
        card = _card_of(row, holder, batch, by)
        obstacles = (
            *rules.obstacles_to_key(key, taken.get(key)),
            *rules.obstacles_to_draft(row.facts, by.today),
            *obstacles_to_more(row.facts.more, known),
            *_obstacles_to_resource(row.resource, holder, taken_resources),
            *obstacles_in_columns(card),
        )
        if obstacles:
            outcome.refused[place] = obstacles
            continue
        taken[key] = place
        if row.resource:
            taken_resources.add(row.resource.id)
        outcome.drafted[place] = card


def _card_of(row: BulkRow, holder: Organization, batch: Batch, by: Signature) -> Card:
    facts = {one.name: getattr(row.facts, one.name) for one in dataclasses.fields(row.facts)}
    cost = row.facts.cost
    return Card(
        holder=holder,
        resource=row.resource,
        rows=row.resource.rows if row.resource else 0,
        updated_on=by.today,
        # Django's validators need a day within the calendar; the rule has refused the rest.
        update_due_on=by.today + timedelta(days=min(row.facts.update_cycle_days, 36_500)),
        drafted_at=by.at,
        batch=batch,
        key_in_source=row.key.strip(),
        value=cost if cost else None,
        value_basis=ValueBasis.COST if cost else ValueBasis.UNPRICED,
        **facts,
    )


def _resources_with_cards(rows: Sequence[BulkRow]) -> set[str]:
    asked = [row.resource.id for row in rows if row.resource]
    open_cards = Card.objects.filter(resource__in=asked).exclude(state=CardState.CLOSED)
    return {str(one) for one in open_cards.values_list("resource_id", flat=True)}


def _obstacles_to_resource(
    resource: Resource | None, holder: Organization, taken: set[str]
) -> Iterator[Obstacle]:
    if resource is None:
        return
    if resource.organization_id != holder.id:
        yield Obstacle("数据资源不属于该单位", Clause.G_4)
    if resource.id in taken:
        yield Obstacle("该数据资源已有资产卡片", Clause.N_8)


def _draft(drafted: Sequence[Card], by: Signature) -> None:
    # Ids of one moment have no order of their own; cards keep that of their rows.
    for card, in_order in zip(drafted, sorted(card.id for card in drafted), strict=True):
        card.id = in_order
    Card.objects.bulk_create(drafted)
    ValueEntry.objects.bulk_create(
        ValueEntry(
            card=card,
            value=card.value,
            basis=ValueBasis.COST,
            cause_id=str(card.batch_id),
            recorded_at=by.at,
        )
        for card in drafted
        if card.value is not None
    )
    record_all((event for card in drafted for event in _drafted(card)), by)
    for card in drafted:
        if card.resource:
            mark_registered(card.resource, card.id, by=by)


def _drafted(card: Card) -> Iterator[Event]:
    about = _about(card)
    yield events.CardDrafted(
        card.id, card.name, card.resource_id or "", card.acquisition, card.cost.fen, **about
    )
    if card.value is not None:
        yield events.ValueRecorded(
            card.id, card.value.fen, ValueBasis.COST, card.batch_id or "", **about
        )


@command
def confirm_grades_in_bulk(
    batch: Batch, grades: Mapping[str, Grade], reason: str = "", *, by: Signature
) -> dict[str, Obstacles]:
    """Confirm the grades of a batch's cards, by id (G-2); return the refused with their reasons."""
    by.require(Permission.GRADE_CONFIRM, within=batch.holder)
    require_duty(batch.holder, Link.SECURITY)
    # Locked in one order everywhere, so that two who lock many never wait for each other.
    cards = (
        Card.objects.select_for_update(of=("self",))
        .filter(batch=batch, id__in=grades)
        .select_related("resource")
        .order_by("id")
    )
    graded: dict[Grade, list[str]] = {}
    told: list[Event] = []
    refused: dict[str, Obstacles] = {}
    for card in cards:
        grade, proposed = Grade(grades[card.id]), proposed_grade(card)
        current = Grade(card.grade) if card.grade else None
        state = CardState(card.state)
        obstacles = tuple(rules.obstacles_to_grade(state, grade, current, proposed, reason))
        if obstacles:
            refused[card.id] = obstacles
            continue
        graded.setdefault(grade, []).append(card.id)
        card.grade = grade
        told.append(events.GradeConfirmed(card.id, grade, proposed, reason, **_about(card)))
    for one in grades.keys() - {card.id for card in cards}:
        refused[one] = (Obstacle("这张卡片不在本批次中", Clause.N_8),)
    for grade, ids in graded.items():
        lower = [one for one in Grade if one.strictness < grade.strictness]
        Card.objects.filter(id__in=ids, grade__in=lower).update(grade_raised_at=by.at)
        Card.objects.filter(id__in=ids).update(
            grade=grade, grade_confirmed_on=by.today, grade_confirmed_at=by.at
        )
    record_all(told, by)
    for card in cards:
        # Before it is in force nothing hangs on a card yet.
        if card.state == CardState.IN_FORCE and card.id not in refused:
            follow_through(card)
    record(
        events.BatchGraded(batch.id, len(told), len(refused), organization_id=batch.holder_id), by
    )
    return refused


@command
def submit_batch(batch: Batch, *, by: Signature) -> Case:
    """Put the drafts of a batch to one approval; its procedure is that of a single card."""
    batch = _locked(batch)
    by.require(Permission.CARD_ENTER, within=batch.holder)
    drafts = Card.objects.filter(batch=batch, state=CardState.DRAFT).order_by("id")
    cards = list(drafts.select_for_update())
    refuse_if(rules.obstacles_to_submit_batch(CardState(batch.state), len(cards)))
    refuse_if({o for grade in {c.grade for c in cards} for o in _obstacles_to_submit(grade)})
    _move(batch, cards, CardState.IN_APPROVAL)
    cost = sum((card.cost for card in cards), Money(0))
    case = open_case(
        Matter.CARD_ENTRY,
        subject_id=batch.id,
        title=say("{title}（{count}张卡片）", title=batch.title, count=len(cards)),
        organization=batch.holder,
        facts={
            "cost_fen": max(card.cost.fen for card in cards),
            "personal_data": any(card.personal_data for card in cards),
        },
        subject_url=f"/register/batches/{batch.id}/",
        summary=[
            ("卡片数", str(len(cards))),
            ("原值合计", str(cost)),
            ("涉及个人信息", str(sum(card.personal_data for card in cards))),
            ("资产名称", "、".join(card.name for card in cards[:5])),
        ],
        by=by,
    )
    record_all((events.CardSubmitted(card.id, case.id, **_about(card)) for card in cards), by)
    record(
        events.BatchSubmitted(batch.id, case.id, len(cards), organization_id=batch.holder_id), by
    )
    return case


@command
def conclude_batch(batch: Batch, case: Case, *, by: Signature) -> None:
    """Enter the cards of an approved batch under their numbers, or make them drafts again."""
    batch = _locked(batch)
    cards = list(
        Card.objects.select_for_update(of=("self",))
        .filter(batch=batch, state=CardState.IN_APPROVAL)
        .select_related("holder")
        .order_by("id")
    )
    told: list[Event] = []
    if case.outcome == Outcome.APPROVED:
        for card, number in zip(cards, give_numbers(cards, by.today.year), strict=True):
            card.number = number
            told.append(events.CardEntered(card.id, number, **_about(card)))
        _number(cards, by)
        _move(batch, cards, CardState.IN_FORCE)
    else:
        told += [events.CardSentBack(card.id, case.outcome, **_about(card)) for card in cards]
        _move(batch, cards, CardState.DRAFT)
    record_all(told, by)
    record(
        events.BatchConcluded(batch.id, case.outcome, len(cards), organization_id=batch.holder_id),
        by,
    )


def _number(cards: Sequence[Card], by: Signature) -> None:
    # One plain statement, sent many times: an update of five thousand cases takes seconds.
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Card._meta.db_table} SET number = %s, entered_on = %s WHERE id = %s",
            [
                (card.number, connection.ops.adapt_datefield_value(by.today), card.id)
                for card in cards
            ],
        )


def _move(batch: Batch, cards: Sequence[Card], state: CardState) -> None:
    Card.objects.filter(id__in=[card.id for card in cards]).update(state=state)
    batch.state = state
    batch.save(update_fields=["state"])


def _obstacles_to_submit(grade: object) -> Iterator[Obstacle]:
    return rules.obstacles_to_submit(CardState.DRAFT, Grade(str(grade)) if grade else None)


def _about(card: Card) -> dict[str, str]:
    return {"asset_id": card.id, "organization_id": card.holder_id}


def _locked(batch: Batch) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).select_related("holder").get(id=batch.id)
