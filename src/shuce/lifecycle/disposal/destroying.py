"""Destroy an asset's data at its node, prove it, and certify it (G-11)."""

from dataclasses import asdict

from shuce.engines.erasure import CannotErase, Medium, Proof
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Member, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused, refuse_if
from shuce.lifecycle.disposal import events, queries, rules
from shuce.lifecycle.disposal.locking import about, locked
from shuce.lifecycle.disposal.models import Destruction, Disposal
from shuce.lifecycle.disposal.rules import METHODS, DisposalKind, DisposalState
from shuce.lifecycle.register.commands import close_card
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.sources.nodes import node_of
from shuce.lifecycle.sources.rules import SourceKind
from shuce.node import NodeRefused


@command
def attend_destruction(disposal: Disposal, *, by: Signature) -> Disposal:
    """Sign that one watches a destruction: the second person, with their own sign-in (监销)."""
    disposal = locked(disposal.id)
    by.require_sight(Permission.CARD_VIEW, within=[disposal.card.holder])
    refuse_if(rules.obstacles_to_attend(DisposalState(disposal.state), DisposalKind(disposal.kind)))
    disposal.attending, disposal.attended_at = by.member, by.at
    disposal.save(update_fields=["attending", "attended_at"])
    record(events.WitnessAttended(disposal.id, disposal.number, **about(disposal)), by)
    return disposal


def destroy(
    disposal: Disposal,
    *,
    witness: Member,
    contractor: str | None = None,
    confidentiality_contract: str = "",
    medium: Medium = Medium.SSD,
    by: Signature,
) -> Destruction:
    """Destroy the asset's data at its node, prove it, certify it and close the card (G-11).

    What cannot be undone is not done inside a transaction: the beginning is kept first, then the
    node erases, then the proof is kept. A node that refuses has destroyed nothing, and the
    disposal stands as before. A proof that does not hold gives no certificate.
    """
    asked = Disposal.objects.select_related(
        "card__holder", "card__resource__source__node", "attending"
    ).get(id=disposal.id)
    by.require(Permission.DESTRUCTION_RUN, within=asked.card.holder)
    hands = _hands(asked, witness, contractor or "", confidentiality_contract, by)
    refuse_if(rules.obstacles_to_destroy(queries.readiness_of(asked), hands))
    # Asked outside any transaction: a node elsewhere answers in its own time.
    place = _place_of(asked.card)
    destruction = _begin_destruction(
        disposal, witness, contractor or "", confidentiality_contract, medium, place, by=by
    )
    resource = destruction.disposal.card.resource
    assert resource is not None
    way = f"{destruction.medium.value}/{destruction.method.value}"
    try:
        proof = node_of(resource.source).erase(resource.source_id, resource.table_name, way)
    except (CannotErase, NodeRefused):
        _undo_beginning(destruction, by=by)
        raise
    return _finish_destruction(destruction, proof, by=by)


@command
def _begin_destruction(
    disposal: Disposal,
    witness: Member,
    contractor: str,
    confidentiality_contract: str,
    medium: Medium,
    place: rules.Place,
    *,
    by: Signature,
) -> Destruction:
    disposal = locked(disposal.id)
    by.require(Permission.DESTRUCTION_RUN, within=disposal.card.holder)
    hands = _hands(disposal, witness, contractor, confidentiality_contract, by)
    refuse_if(rules.obstacles_to_destroy(queries.readiness_of(disposal), hands))
    refuse_if(rules.obstacles_to_erase(place, medium))
    resource = disposal.card.resource
    assert resource is not None
    destruction = Destruction.objects.create(
        disposal=disposal,
        executor=by.member,
        witness=witness,
        contractor=contractor,
        confidentiality_contract=confidentiality_contract,
        medium=medium,
        method=METHODS[place.source_kind],
        table=resource.table_name,
        source_name=resource.source.name,
        rows=resource.rows,
        began_at=by.at,
    )
    disposal.state = DisposalState.DESTROYING
    disposal.save(update_fields=["state"])
    record(
        events.DestructionBegun(
            disposal.id,
            destruction.id,
            disposal.reply_number or "",
            hands.witness_id,
            destruction.medium,
            destruction.method,
            bool(contractor),
            confidentiality_contract,
            **about(disposal),
        ),
        by,
    )
    return destruction


@command
def _undo_beginning(destruction: Destruction, *, by: Signature) -> None:
    disposal = locked(destruction.disposal_id)
    destruction.delete()
    disposal.state = DisposalState.APPROVED
    disposal.save(update_fields=["state"])
    record(
        events.DestructionFailed(disposal.id, disposal.reply_number or "", **about(disposal)), by
    )


@command
def _finish_destruction(destruction: Destruction, proof: Proof, *, by: Signature) -> Destruction:
    disposal = locked(destruction.disposal_id)
    destruction.steps = [asdict(step) for step in proof.steps]
    destruction.proof = proof.as_json()
    destruction.holds = proof.holds
    destruction.ended_at = by.at
    if proof.holds:
        destruction.certificate_number = next_number(f"XH-{by.today.year}-")
    destruction.save()
    disposal.state = DisposalState.DONE if proof.holds else DisposalState.UNPROVEN
    disposal.done_at = by.at if proof.holds else None
    disposal.save(update_fields=["state", "done_at"])
    record(
        events.DataDestroyed(
            disposal.id,
            destruction.id,
            destruction.certificate_number or "",
            proof.holds,
            proof.samples,
            proof.found_again,
            proof.before.sm3,
            proof.after.sm3,
            **about(disposal),
        ),
        by,
    )
    if proof.holds:
        close_card(disposal.card, disposal.id, by=by)
    destruction.disposal = disposal
    return destruction


def _hands(
    disposal: Disposal,
    witness: Member,
    contractor: str,
    confidentiality_contract: str,
    by: Signature,
) -> rules.Hands:
    return rules.Hands(
        by.member_id,
        str(witness.pk),
        disposal.attending_id or "",
        contractor,
        confidentiality_contract,
    )


def _place_of(card: Card) -> rules.Place:
    """Where the data is, asked of the node now: a scan of last month proves nothing."""
    if card.resource is None:
        raise Refused(
            Obstacle("该资产没有关联的数据资源，没有可销毁的数据；请按损失核销办理", Clause.G_11)
        )
    try:
        tables = node_of(card.resource.source).discover(card.resource.source_id)
    except (OSError, ValueError) as fault:
        raise Refused(
            Obstacle(
                "节点现在读不到数据源“{source}”，不能销毁",
                Clause.G_11,
                source=card.resource.source,
            )
        ) from fault
    return rules.Place(
        SourceKind(card.resource.source.kind),
        card.resource.table_name,
        frozenset(table.name for table in tables),
    )
