"""What every request for a right has in common, first or renewed: judged, asked once, concluded."""

import dataclasses

from django.db import IntegrityError, transaction

from shuce.foundation.approvals.commands import open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Signature
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.register.commands import admit_reader, mark_card
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.rights import events, queries, rules
from shuce.lifecycle.rights.exit_rules import obstacles_from_exits
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.policies import policy_of
from shuce.lifecycle.rights.row_limits import as_data
from shuce.lifecycle.rights.rules import GrantState, Terms
from shuce.lifecycle.sources.nodes import node_of

# Terms that are kept as lists.
_LISTED = ("columns", "rows")


def open_request(
    card: Card,
    terms: Terms,
    *,
    source_grant: Grant | None = None,
    renews: Grant | None = None,
    by: Signature,
) -> Grant:
    """Ask for a right for the signer's own body and open its approval; part of a command."""
    operator = by.member.organization
    assert operator is not None, "the command asked for a permission within it"
    card = _locked_card(card.id)
    refuse_if(obstacles_from_exits(queries.overdue_exits(operator, by.today)))
    refuse_if(_obstacles(card, terms, source_grant, operator.id, by))
    grant = _ask_once(card, terms, source_grant, renews, by)
    open_case(
        Matter.GRANT_RENEWAL if renews else Matter.GRANT_RIGHT,
        subject_id=grant.id,
        asset_id=card.id,
        title=f"{card.name}：{terms.right.chinese}",
        organization=card.holder,
        facts={
            "fee_fen": terms.fee.fen,
            "grade": str(card.grade),
            "personal_data": card.personal_data,
            "purpose_kind": str(terms.purpose_kind),
        },
        subject_url=f"/rights/grants/{grant.id}/",
        summary=[
            ("数据资产", str(card)),
            ("申请单位", operator.name),
            ("权利", terms.right.chinese),
            ("用途", terms.purpose),
            ("使用方式", terms.fee_basis.chinese),
            ("费用", str(terms.fee)),
            ("字段范围", "、".join(terms.columns)),
            *([("行范围", "；".join(one.sentence for one in terms.rows))] if terms.rows else []),
            ("期限", f"{terms.starts_on} — {terms.ends_on}"),
            *([("融合加工", say("允许"))] if terms.blending else []),
            *([("原授权", str(source_grant))] if source_grant else []),
            *([("续期的授权", renews.number or "")] if renews else []),
        ],
        by=by,
    )
    record(
        events.GrantRequested(
            grant.id,
            terms.right,
            operator.id,
            terms.purpose,
            terms.purpose_kind,
            terms.fee.fen,
            terms.starts_on.isoformat(),
            terms.ends_on.isoformat(),
            terms.columns,
            tuple(one.sentence for one in terms.rows),
            renews.id if renews else "",
            asset_id=card.id,
            organization_id=card.holder_id,
        ),
        by,
    )
    return grant


def conclude_request(grant: Grant, case: Case, *, by: Signature) -> None:
    """Bring an approved right into force: card marked, node told. Otherwise close the request."""
    approved = case.outcome == Outcome.APPROVED
    if approved:
        _refuse_if_no_longer_lawful(grant, by)
    grant.state = GrantState.IN_FORCE if approved else GrantState.REFUSED
    if case.outcome == Outcome.WITHDRAWN:
        grant.state = GrantState.WITHDRAWN
    grant.decided_at = by.at
    if approved:
        grant.number = next_number(f"SQ-{by.today.year}-")
    grant.save(update_fields=["state", "decided_at", "number"])
    about = {"asset_id": grant.card_id, "organization_id": grant.card.holder_id}
    record(events.GrantConcluded(grant.id, grant.number or "", grant.state, **about), by)
    if not approved:
        return
    mark = f"{rules.Right(grant.right).chinese} → {grant.operator}（{grant.number}）"
    mark_card(grant.card, text=mark, cause_id=grant.id, by=by)
    admit_reader(grant.card, grant.operator, grant.id, by=by)
    policy, bindings = policy_of(grant)
    assert grant.card.resource is not None, "only an asset with data can be granted"
    node_of(grant.card.resource.source).accept_grant(grant.id, policy, bindings)


def terms_of(grant: Grant) -> Terms:
    """Return what a grant gives, as the terms that were asked for."""
    names = [field.name for field in dataclasses.fields(Terms) if field.name not in _LISTED]
    return Terms(
        columns=tuple(grant.columns),
        rows=grant.row_limits,
        **{name: getattr(grant, name) for name in names},
    )


def source_for(grant: Grant) -> Grant | None:
    """Return what a sub-grant comes out of on its first day: its source, or that one renewed."""
    return queries.as_renewed(grant.source_grant, grant.starts_on) if grant.source_grant else None


def _refuse_if_no_longer_lawful(grant: Grant, by: Signature) -> None:
    """Judge a request once more as it is approved: what held when it was asked may have changed."""
    # Locked, so that two exclusive grants of one card cannot be approved side by side.
    card = _locked_card(grant.card_id)
    source = source_for(grant)
    if source and not grant.renews_id:
        source = queries.require_in_force(source, by.today)
    found = _obstacles(card, terms_of(grant), source, grant.operator_id, by)
    if found:
        raise Conflict(*found)


def _obstacles(
    card: Card, terms: Terms, source: Grant | None, operator_id: str, by: Signature
) -> list[Obstacle]:
    standing = queries.standing_of(card, source_grant=source)
    found = list(rules.obstacles_to_grant(terms, standing, by.today))
    if source:
        found += rules.obstacles_to_sub_grant(terms, _right_of(source, card, operator_id))
    return found


def _right_of(source: Grant, card: Card, operator_id: str) -> rules.SourceRight:
    return rules.SourceRight(
        rules.Right(source.right),
        frozenset(source.columns),
        source.period,
        source.sub_granting,
        same_asset=source.card_id == card.id,
        same_operator=source.operator_id == operator_id,
        purpose_kind=rules.PurposeKind(source.purpose_kind),
        fee_basis=rules.FeeBasis(source.fee_basis),
        region_code=source.region_code,
        blending=source.blending,
    )


def _ask_once(
    card: Card, terms: Terms, source_grant: Grant | None, renews: Grant | None, by: Signature
) -> Grant:
    try:
        with transaction.atomic():
            return Grant.objects.create(
                card=card,
                source_grant=source_grant,
                renews=renews,
                operator_id=by.organization_id,
                requested_by=by.member,
                requested_at=by.at,
                **{
                    field.name: getattr(terms, field.name)
                    for field in dataclasses.fields(terms)
                    if field.name not in _LISTED
                },
                columns=list(terms.columns),
                rows=as_data(terms.rows),
            )
    except IntegrityError as clash:
        # The database decides between two requests at once: one winner.
        raise Conflict(
            Obstacle("本单位对该资产已有同类授权或申请，不能重复申请", Clause.N_4)
        ) from clash


def _locked_card(card_id: str) -> Card:
    return (
        Card.objects.select_for_update(of=("self",))
        .select_related("holder", "resource")
        .get(id=card_id)
    )
