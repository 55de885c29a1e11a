"""Every change to the cards of the register."""

from datetime import date

from shuce.foundation.approvals.commands import concludes, open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.commands import require_duty
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Link
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.lifecycle.inventory.commands import mark_registered
from shuce.lifecycle.inventory.models import Recognition
from shuce.lifecycle.inventory.rules import RecognitionOutcome
from shuce.lifecycle.register import events, rules
from shuce.lifecycle.register.bulk import conclude_batch
from shuce.lifecycle.register.history import FACTS
from shuce.lifecycle.register.models import (
    Batch,
    Card,
    CardReader,
    Mark,
    ValueEntry,
)
from shuce.lifecycle.register.numbering import give_numbers
from shuce.lifecycle.register.queries import known_to, proposed_grade
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.standing import follow_through
from shuce.lifecycle.register.texts import say_anew
from shuce.lifecycle.register.values import obstacles_to_more
from shuce.lifecycle.register.words import CardState, Grade, ValueBasis


@command
def draft_card(recognition: Recognition, facts: CardFacts, *, by: Signature) -> Card:
    """Draft the card of a resource that was recognised as an asset (G-4)."""
    resource = recognition.resource
    by.require(Permission.CARD_ENTER, within=resource.organization)
    require_duty(resource.organization, Link.CONFIRMATION)
    if recognition.outcome != RecognitionOutcome.CARD:
        raise Refused(Obstacle("该资源未满足全部确认条件，只能列入备查簿", Clause.G_4))
    refuse_if(
        (
            *rules.obstacles_to_draft(facts, by.today),
            *obstacles_to_more(facts.more, known_to(resource.organization)),
        )
    )
    if Card.objects.filter(resource=resource).exclude(state=CardState.CLOSED).exists():
        raise Conflict(Obstacle("该数据资源已有资产卡片", Clause.N_8))
    card = Card.objects.create(
        holder=resource.organization,
        resource=resource,
        rows=resource.rows,
        updated_on=by.today,
        drafted_at=by.at,
        more=dict(facts.more),
        **{name: getattr(facts, name) for name in FACTS},
    )
    record(
        events.CardDrafted(
            card.id, card.name, resource.id, card.acquisition, facts.cost.fen, **_about(card)
        ),
        by,
    )
    if facts.cost:
        record_value(card, facts.cost, ValueBasis.COST, recognition.id, by=by)
        card.refresh_from_db(fields=["value", "value_basis"])
    mark_registered(resource, card.id, by=by)
    say_anew(card.id, by=by)
    return card


@command
def submit_card(card: Card, *, by: Signature) -> Case:
    """Put a drafted card to approval."""
    card = _locked(card)
    by.require(Permission.CARD_ENTER, within=card.holder)
    refuse_if(rules.obstacles_to_submit(CardState(card.state), _grade(card)))
    card.state = CardState.IN_APPROVAL
    card.save(update_fields=["state"])
    case = open_case(
        Matter.CARD_ENTRY,
        subject_id=card.id,
        asset_id=card.id,
        title=card.name,
        organization=card.holder,
        facts={"cost_fen": card.cost.fen, "personal_data": card.personal_data},
        subject_url=f"/register/cards/{card.id}/",
        summary=[
            ("资产名称", card.name),
            ("配置方式", card.acquisition.chinese),
            ("数据来源", card.source_note),
            ("合法性依据", card.lawful_basis),
            ("原值", str(card.cost)),
        ],
        by=by,
    )
    record(events.CardSubmitted(card.id, case.id, **_about(card)), by)
    say_anew(card.id, by=by)
    return case


@concludes(Matter.CARD_ENTRY)
@command
def conclude_card_entry(case: Case, *, by: Signature) -> None:
    """Enter an approved card, or a batch of them, under numbers; or make them drafts again."""
    batch = Batch.objects.filter(id=case.subject_id).first()
    if batch:
        conclude_batch(batch, case, by=by)
        return
    card = (
        Card.objects.select_for_update(of=("self",))
        .select_related("holder")
        .get(id=case.subject_id)
    )
    if case.outcome != Outcome.APPROVED:
        card.state = CardState.DRAFT
        card.save(update_fields=["state"])
        record(events.CardSentBack(card.id, case.outcome, **_about(card)), by)
        say_anew(card.id, by=by)
        return
    [card.number] = give_numbers([card], by.today.year)
    card.state = CardState.IN_FORCE
    card.entered_on = by.today
    card.save(update_fields=["number", "state", "entered_on"])
    record(events.CardEntered(card.id, card.number, **_about(card)), by)
    say_anew(card.id, by=by)


@command
def note_update(card: Card, updated_on: date, *, by: Signature) -> Card:
    """Note that the data was brought up to date (G-7); its size is that of the last scan."""
    card = _locked(card)
    by.require(Permission.CARD_ENTER, within=card.holder)
    refuse_if(
        (
            *rules.obstacles_to_note_update(CardState(card.state)),
            *rules.obstacles_to_update_on(updated_on, card.updated_on, by.today),
        )
    )
    card.updated_on = updated_on
    if card.resource:
        card.rows = card.resource.rows
    card.save(update_fields=["updated_on", "rows"])
    record(events.UpdateNoted(card.id, updated_on.isoformat(), card.rows, **_about(card)), by)
    return card


@command
def confirm_grade(card: Card, grade: Grade, reason: str = "", *, by: Signature) -> Card:
    """Confirm the grade of a card's data (G-2): a person decides, every later gate obeys."""
    card = _locked(card)
    by.require(Permission.GRADE_CONFIRM, within=card.holder)
    require_duty(card.holder, Link.SECURITY)
    proposed = proposed_grade(card)
    refuse_if(
        rules.obstacles_to_grade(CardState(card.state), grade, _grade(card), proposed, reason)
    )
    if card.grade and grade.strictness > Grade(card.grade).strictness:
        card.grade_raised_at = by.at
    card.grade = grade
    card.grade_confirmed_on, card.grade_confirmed_at = by.today, by.at
    card.save(
        update_fields=["grade", "grade_confirmed_on", "grade_confirmed_at", "grade_raised_at"]
    )
    record(events.GradeConfirmed(card.id, grade, proposed, reason, **_about(card)), by)
    follow_through(card)
    say_anew(card.id, by=by)
    return card


@command
def mark_card(card: Card, *, text: str, cause_id: str, by: Signature) -> Mark:
    """Mark a right given on the card, which is neither reduced nor written off (G-6)."""
    record(events.CardMarked(card.id, text, cause_id, **_about(card)), by)
    return Mark.objects.create(card=card, text=text, cause_id=cause_id, marked_at=by.at)


@command
def end_mark(cause_id: str, *, by: Signature) -> None:
    """Close the mark of a right that ended."""
    mark = Mark.objects.select_related("card__holder").get(cause_id=cause_id, ended_at=None)
    mark.ended_at = by.at
    mark.save(update_fields=["ended_at"])
    record(events.MarkEnded(mark.card_id, mark.text, cause_id, **_about(mark.card)), by)


@command
def admit_reader(card: Card, organization: Organization, cause_id: str, *, by: Signature) -> None:
    """Let a body outside the tree read one card, because of `cause_id`."""
    CardReader.objects.get_or_create(card=card, organization=organization, cause_id=cause_id)
    record(events.ReaderAdmitted(card.id, organization.id, cause_id, **_about(card)), by)
    say_anew(card.id, by=by)


@command
def dismiss_reader(cause_id: str, *, by: Signature) -> None:
    """End the reading that `cause_id` allowed."""
    for reader in CardReader.objects.filter(cause_id=cause_id).select_related("card__holder"):
        record(
            events.ReaderDismissed(
                reader.card_id, reader.organization_id, cause_id, **_about(reader.card)
            ),
            by,
        )
        reader.delete()
        say_anew(reader.card_id, by=by)


@command
def note_use(card: Card, cause_id: str, *, by: Signature) -> Card:
    """Let a use flow back to the card (G-7)."""
    card = _locked(card)
    card.uses += 1
    card.last_used_on = by.today
    card.save(update_fields=["uses", "last_used_on"])
    record(events.UseNoted(card.id, card.uses, cause_id, **_about(card)), by)
    return card


@command
def record_value(
    card: Card, value: Money, basis: ValueBasis, cause_id: str, *, by: Signature
) -> Card:
    """Record what a card is worth now, on which basis, and what decided it (G-9)."""
    card = _locked(card)
    card.value, card.value_basis = value, basis
    card.save(update_fields=["value", "value_basis"])
    entry = ValueEntry(card=card, basis=basis, cause_id=cause_id, recorded_at=by.at)
    entry.value = value
    entry.save()
    record(events.ValueRecorded(card.id, value.fen, basis, cause_id, **_about(card)), by)
    return card


@command
def begin_disposal(card: Card, cause_id: str, *, by: Signature) -> Card:
    """Set a card aside: from now on no right over it can be given or used."""
    card = _locked(card)
    if card.state != CardState.IN_FORCE:
        raise Conflict(Obstacle("只有在册的资产可以申请处置", Clause.N_6))
    return _move(card, CardState.IN_DISPOSAL, events.DisposalBegun, cause_id, by)


@command
def return_to_force(card: Card, cause_id: str, *, by: Signature) -> Card:
    """Put a card back in force after a disposal that was not approved."""
    return _move(_locked(card), CardState.IN_FORCE, events.DisposalAbandoned, cause_id, by)


@command
def close_card(card: Card, cause_id: str, *, by: Signature) -> Card:
    """Close a card whose asset was disposed of. The card stays readable for ever."""
    card = _locked(card)
    assert card.state == CardState.IN_DISPOSAL, "only a disposal closes a card"
    card.closed_on = by.today
    card.save(update_fields=["closed_on"])
    return _move(card, CardState.CLOSED, events.CardClosed, cause_id, by)


def _move(
    card: Card,
    state: CardState,
    event: type[events.DisposalBegun | events.DisposalAbandoned | events.CardClosed],
    cause_id: str,
    by: Signature,
) -> Card:
    card.state = state
    card.save(update_fields=["state"])
    record(event(card.id, cause_id, **_about(card)), by)
    follow_through(card)
    say_anew(card.id, by=by)
    return card


def _about(card: Card) -> dict[str, str]:
    return {"asset_id": card.id, "organization_id": card.holder_id}


def _grade(card: Card) -> Grade | None:
    return Grade(card.grade) if card.grade else None


def _locked(card: Card) -> Card:
    return (
        Card.objects.select_for_update(of=("self",))
        .select_related("holder", "resource__source")
        .get(id=card.id)
    )
