"""Changes to a card: at once, or as a proposed version that waits beside the one in force.

Which facts change at once is a decision table (`procedures/tables/card_change.toml`), so that a
bureau may draw the line elsewhere. Nothing a card ever said is lost: each change keeps what was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shuce.foundation.approvals.commands import concludes, open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.approvals.procedures import table_in_force
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.lifecycle.register import events, rules
from shuce.lifecycle.register.catalogue import Field, Sheet
from shuce.lifecycle.register.commands import record_value
from shuce.lifecycle.register.history import (
    FACTS,
    changed,
    differences,
    facts_of,
    sheet_at,
    sheet_of,
    shown,
)
from shuce.lifecycle.register.models import Card, CardVersion, Proposal
from shuce.lifecycle.register.queries import known_to, versions_of
from shuce.lifecycle.register.texts import say_anew
from shuce.lifecycle.register.values import obstacles_to_more, taken_all
from shuce.lifecycle.register.words import CardState, ProposalState, ValueBasis

# Longer than this, the approval's summary names what changes without what it was.
_SUMMARY_LINES = 20
_SUMMARY_WORDS = 200


@dataclass(frozen=True)
class Revised:
    """What became of a change: the card as it is now, and the proposal if it has to wait."""

    card: Card
    proposal: Proposal | None = None


@command
def revise_card(card: Card, changes: Mapping[str, Any], reason: str, *, by: Signature) -> Revised:
    """Change facts of a card; keep how it read before, and why it changed.

    A draft is changed at once. A card in force is changed at once only in facts of which the
    decision table says so; otherwise the change waits as a proposed version for its approval.
    """
    card = _locked(card)
    by.require(Permission.CARD_ENTER, within=card.holder)
    refuse_if(rules.obstacles_to_revise(CardState(card.state)))
    if not reason.strip():
        raise Refused(Obstacle("请写明变更原因", Clause.N_8, field="reason"))
    known = known_to(card.holder)
    before = sheet_of(facts_of(card))
    given, wrong = taken_all(changes, {key: one for key, one in known.items() if one.typed})
    refuse_if(wrong)
    after = sheet_of(changed(facts_of(card), given))
    keys = differences(before, after)
    if not keys:
        raise Refused(Obstacle("没有任何变更"))
    wanted = {key: after.get(key) for key in keys}
    _check(card, wanted, known, by)
    if card.state == CardState.DRAFT or not _needs_approval(keys):
        return Revised(_adopt(card, wanted, reason, by))
    return Revised(card, _propose(card, wanted, reason, known, by))


@command
def restore_version(card: Card, version: int, reason: str, *, by: Signature) -> Revised:
    """Make a card read again as it did in an earlier version: a new version, nothing undone."""
    by.require(Permission.CARD_ENTER, within=card.holder)
    if not 1 <= version < card.version:
        raise Refused(Obstacle("只能恢复到此前的版本", Clause.N_8, field="version"))
    then, now = sheet_at(card, versions_of(card), version), sheet_of(facts_of(card))
    known = known_to(card.holder)
    back = {
        key: then.get(key)
        for key in differences(now, then)
        if key in known and not known[key].retired
    }
    if not back:
        raise Refused(Obstacle("该版本与现行内容没有差别", Clause.N_8))
    return revise_card(card, back, reason, by=by)


@concludes(Matter.CARD_CHANGE)
@command
def conclude_change(case: Case, *, by: Signature) -> None:
    """Put an approved change into the card, or set it aside; the card was untouched meanwhile."""
    proposal = Proposal.objects.select_for_update().get(id=case.subject_id)
    card = _locked(proposal.card)
    proposal.ended_at = by.at
    approved = case.outcome == Outcome.APPROVED
    proposal.state = ProposalState.ADOPTED if approved else ProposalState.DECLINED
    proposal.save(update_fields=["state", "ended_at"])
    if not approved:
        record(events.ChangeDeclined(card.id, proposal.id, case.outcome, **_about(card)), by)
        return
    refuse_if(rules.obstacles_to_revise(CardState(card.state)))
    _check(card, proposal.facts, known_to(card.holder), by)
    _adopt(card, proposal.facts, proposal.reason, by)


def _propose(
    card: Card, wanted: Sheet, reason: str, known: Mapping[str, Field], by: Signature
) -> Proposal:
    if Proposal.objects.filter(card=card, state=ProposalState.WAITING).exists():
        raise Conflict(Obstacle("该卡片已有一项变更在审批中", Clause.N_8))
    proposal = Proposal.objects.create(
        card=card,
        base_version=card.version,
        facts=wanted,
        reason=reason,
        member=by.member,
        proposed_at=by.at,
    )
    before = {key: sheet_of(facts_of(card)).get(key) for key in wanted}
    lines = shown(before, wanted, known.values())
    case = open_case(
        Matter.CARD_CHANGE,
        subject_id=proposal.id,
        asset_id=card.id,
        title=card.name,
        organization=card.holder,
        facts={},
        subject_url=f"/register/proposals/{proposal.id}/",
        summary=[
            ("变更原因", reason),
            *(
                (line.label, f"{line.before} → {line.after}"[:_SUMMARY_WORDS])
                for line in lines[:_SUMMARY_LINES]
            ),
        ],
        by=by,
    )
    record(
        events.ChangeProposed(
            card.id, proposal.id, case.id, card.version, tuple(wanted), reason, **_about(card)
        ),
        by,
    )
    return proposal


def _adopt(card: Card, wanted: Sheet, reason: str, by: Signature) -> Card:
    """Write a change into a card, and keep how it read before."""
    before = sheet_of(facts_of(card))
    after = changed(facts_of(card), wanted)
    version = CardVersion.objects.create(
        card=card,
        version=card.version,
        facts={key: before.get(key) for key in wanted},
        reason=reason,
        member=by.member,
        changed_at=by.at,
    )
    own = [key for key in wanted if key in FACTS]
    for name in own:
        setattr(card, name, getattr(after, name))
    card.more = dict(after.more)
    card.version += 1
    card.save(update_fields=[*own, "more", "version"])
    record(events.CardRevised(card.id, card.version, tuple(wanted), reason, **_about(card)), by)
    say_anew(card.id, by=by)
    # A card carried at cost goes on being carried at its cost; an appraised one is not touched.
    if "cost" in wanted and card.value_basis in (ValueBasis.COST, ValueBasis.UNPRICED):
        return record_value(card, card.cost, ValueBasis.COST, version.id, by=by)
    return card


def _check(card: Card, wanted: Sheet, known: Mapping[str, Field], by: Signature) -> None:
    after = changed(facts_of(card), wanted)
    # Facts asked for by a body that the card was once below stay, and are asked no more.
    more = {key: one for key, one in after.more.items() if key in known or key in wanted}
    refuse_if(
        (
            *rules.obstacles_to_draft(after, by.today),
            *obstacles_to_more(more, known),
        )
    )


def _needs_approval(keys: list[str]) -> bool:
    table = table_in_force("card_change")
    return table is None or any(table.decide({"field": key})["way"] != "DIRECT" for key in keys)


def _about(card: Card) -> dict[str, str]:
    return {"asset_id": card.id, "organization_id": card.holder_id}


def _locked(card: Card) -> Card:
    return (
        Card.objects.select_for_update(of=("self",))
        .select_related("holder", "resource__source")
        .get(id=card.id)
    )
