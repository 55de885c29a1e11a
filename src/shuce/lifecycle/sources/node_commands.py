"""Let a body's node in, replace it, shut it out; and take up what it says."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.commands import clockwork, require_duty
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Link
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, NotFound, Obstacle, Refused, refuse_if
from shuce.lifecycle.sources import events, mailbox
from shuce.lifecycle.sources import node_rules as rules
from shuce.lifecycle.sources.keys import register_public_key
from shuce.lifecycle.sources.models import DataNode, NodeGrant, NodeOrder, NodePulse, Source
from shuce.lifecycle.sources.node_rules import GrantAtNode, NodeState, OrderState
from shuce.lifecycle.sources.remote import RemoteNode
from shuce.lifecycle.sources.rules import SourceState
from shuce.node.enrolling import digest_of_code, make_code
from shuce.node.executing import Outcome
from shuce.node.letters import Letter, MessageKind, OrderKind
from shuce.node.wording import digest


@command
def invite_node(organization: Organization, name: str, *, by: Signature) -> tuple[DataNode, str]:
    """Enter a node of a body; return it with the code that lets it in, which is shown this once."""
    by.require(Permission.NODE_MANAGE, within=organization)
    require_duty(organization, Link.ACQUISITION)
    living = DataNode.objects.filter(organization=organization).exclude(state=NodeState.REVOKED)
    refuse_if(rules.obstacles_to_invite(name, living.filter(name=name).exists()))
    node = DataNode.objects.create(name=name, organization=organization, made_at=by.at)
    return node, _fresh_code(node, replaces=False, by=by)


@command
def replace_node(node: DataNode, *, by: Signature) -> tuple[DataNode, str]:
    """Shut a node out and return a fresh code for the one that takes its place.

    What waited for the old one is taken back; its sources and grants are sent to the new one, whose
    owner connects and accepts them again.
    """
    node = _locked(node.id)
    by.require(Permission.NODE_MANAGE, within=node.organization)
    refuse_if(rules.obstacles_to_revoke(NodeState(node.state)))
    node.state, node.public_key = NodeState.INVITED, ""
    node.save(update_fields=["state", "public_key"])
    mailbox.cancel_all(node, by.at)
    return node, _fresh_code(node, replaces=True, by=by)


@command
def revoke_node(node: DataNode, reason: str, *, by: Signature) -> DataNode:
    """Believe a node no more, from this second."""
    node = _locked(node.id)
    by.require(Permission.NODE_MANAGE, within=node.organization)
    refuse_if(rules.obstacles_to_revoke(NodeState(node.state)))
    if not reason.strip():
        raise Refused(Obstacle("请写明原因", Clause.G_8, field="reason"))
    node.state, node.public_key, node.code_digest = NodeState.REVOKED, "", ""
    node.save(update_fields=["state", "public_key", "code_digest"])
    mailbox.cancel_all(node, by.at)
    record(events.NodeRevoked(node.id, node.name, reason, **_about(node)), by)
    return node


@command
def enrol_node(
    code: str, public_key: str, *, protocol: int, version: str, at: datetime
) -> DataNode:
    """Let the node in that brings a good code, and pin its key. The code is used up."""
    found = DataNode.objects.filter(code_digest=digest_of_code(code)).first()
    if found is None:
        raise NotFound(Obstacle("登记码无效或已过期，请在登记簿上重新签发"))
    node = _locked(found.id)
    known = node.code_digest == digest_of_code(code)
    refuse_if(
        rules.obstacles_to_enrol(NodeState(node.state), node.code_expires_at if known else None, at)
    )
    node.state, node.public_key, node.enrolled_at = NodeState.ACTIVE, public_key, at
    node.code_digest, node.code_expires_at = "", None
    node.save()
    record(
        events.NodeEnrolled(node.id, node.name, public_key, protocol, version, **_about(node)),
        clockwork(at),
    )
    _send_what_stands(node)
    return node


def _send_what_stands(node: DataNode) -> None:
    """Tell a node that came anew of every source and every grant that it is to serve."""
    remote = RemoteNode(node)
    living = Source.objects.filter(node=node).exclude(state=SourceState.CLOSED)
    for source in living:
        remote.announce(source.id, source.name, source.kind)
    living.update(state=SourceState.WAITING)
    over = (GrantAtNode.DECLINED, GrantAtNode.WITHDRAWN)
    grants = NodeGrant.objects.filter(node=node).exclude(state__in=over)
    for grant in grants:
        remote.offer(grant)
        if grant.suspended:
            remote.suspend_grant(grant.grant_id)
    grants.update(state=GrantAtNode.OFFERED, decided_at=None)
    NodePulse.objects.filter(node=node).delete()


# What a node says. Each is recorded once, however often it comes.


def take_message(node: DataNode, letter: Letter, at: datetime) -> None:
    """Take up a genuine message of `node`; one that was taken before changes nothing."""
    by = clockwork(at)
    match letter.kind:
        case MessageKind.RESULT.value:
            _take_result(node, letter, by)
        case MessageKind.CONNECTED.value:
            _note_connected(node, letter.body, by=by)
        case MessageKind.ACCEPTED.value:
            grant = _grant_of(node, str(letter.body.get("grant_id")))
            if grant.state in (GrantAtNode.OFFERED, GrantAtNode.DECLINED):
                _note_accepted(grant, str(letter.body.get("pin")), by=by)
        case MessageKind.DECLINED.value:
            grant = _grant_of(node, str(letter.body.get("grant_id")))
            if grant.state == GrantAtNode.OFFERED:
                _note_declined(grant, by=by)
        case _:
            raise Refused(Obstacle("登记簿不认识这种消息"))


def _take_result(node: DataNode, letter: Letter, by: Signature) -> None:
    order = NodeOrder.objects.filter(id=letter.id, node=node).first()
    if order is None:
        raise NotFound(Obstacle("没有这个任务"))
    if order.outcome:
        return
    try:
        outcome = Outcome(str(letter.body.get("outcome")))
    except ValueError:
        raise Refused(Obstacle("登记簿不认识这种结果")) from None
    result = letter.body.get("result")
    result = result if isinstance(result, dict) else {}
    order = _keep_result(order, letter, outcome, result, by=by)
    if order.kind == OrderKind.OFFER:
        grant = _grant_of(node, order.about_id)
        if outcome is Outcome.DONE and result.get("pin") and grant.state == GrantAtNode.OFFERED:
            _note_accepted(grant, str(result["pin"]), by=by)
        elif outcome is Outcome.REFUSED and grant.state == GrantAtNode.OFFERED:
            _note_declined(grant, by=by)


@command
def _keep_result(
    order: NodeOrder,
    letter: Letter,
    outcome: Outcome,
    result: Mapping[str, Any],
    *,
    by: Signature,
) -> NodeOrder:
    order = NodeOrder.objects.select_for_update().get(id=order.id)
    if order.outcome:
        raise Conflict(Obstacle("这个任务的结果已经收到"))
    order.outcome, order.ended_at, order.letter = outcome, by.at, ""
    if order.state != OrderState.CANCELLED:
        order.state = OrderState.ANSWERED
        # Where nobody waits any more, the evidence alone keeps what the node said.
        order.result = "" if order.abandoned else json.dumps(result)
    order.save()
    record(
        events.NodeAnswered(
            order.id,
            order.node_id,
            order.kind,
            order.about_id,
            outcome,
            letter.written_at,
            digest(letter.body),
            letter.signature,
            organization_id=order.node.organization_id,
        ),
        by,
    )
    return order


@command
def _note_connected(node: DataNode, told: Mapping[str, Any], *, by: Signature) -> Source:
    source = (
        Source.objects.select_for_update(of=("self",))
        .filter(id=str(told.get("source_id")), node=node)
        .exclude(state=SourceState.CLOSED)
        .first()
    )
    tables = told.get("tables")
    if source is None or not isinstance(tables, int) or not 0 <= tables < 1_000_000:
        raise NotFound(Obstacle("没有这个数据源"))
    source.state, source.tables, source.connected_at = SourceState.CONNECTED, tables, by.at
    source.save(update_fields=["state", "tables", "connected_at"])
    record(
        events.SourceConnected(
            source.id, source.name, source.kind, tables, organization_id=source.organization_id
        ),
        by,
    )
    return source


@command
def _note_accepted(grant: NodeGrant, pin: str, *, by: Signature) -> None:
    if pin != grant.pin:
        raise Refused(Obstacle("节点接受的不是送交的那份授权", Clause.G_8))
    grant.state, grant.decided_at = GrantAtNode.ACCEPTED, by.at
    grant.save(update_fields=["state", "decided_at"])
    record(
        events.GrantAccepted(grant.grant_id, grant.node_id, pin, **_about(grant.node)),
        by,
    )


@command
def _note_declined(grant: NodeGrant, *, by: Signature) -> None:
    grant.state, grant.decided_at = GrantAtNode.DECLINED, by.at
    grant.save(update_fields=["state", "decided_at"])
    record(events.GrantDeclined(grant.grant_id, grant.node_id, **_about(grant.node)), by)


def _grant_of(node: DataNode, grant_id: str) -> NodeGrant:
    grant = NodeGrant.objects.filter(node=node, grant_id=grant_id).select_related("node").first()
    if grant is None:
        raise NotFound(Obstacle("没有送交过这份授权"))
    return grant


def _fresh_code(node: DataNode, *, replaces: bool, by: Signature) -> str:
    code = make_code(register_public_key())
    node.code_digest = digest_of_code(code)
    node.code_expires_at = by.at + rules.CODE_GOOD_FOR
    node.save(update_fields=["code_digest", "code_expires_at"])
    record(
        events.NodeInvited(
            node.id, node.name, node.code_expires_at.isoformat(), replaces, **_about(node)
        ),
        by,
    )
    return code


def _locked(node_id: str) -> DataNode:
    return (
        DataNode.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(id=node_id)
    )


def _about(node: DataNode) -> dict[str, str]:
    return {"organization_id": node.organization_id}
