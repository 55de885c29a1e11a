"""Every change to rights over assets."""

import dataclasses
from datetime import datetime

from django.db import IntegrityError, transaction

from shuce.foundation.approvals.commands import concludes, open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.commands import clockwork, require_duty
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Kind, Link
from shuce.kernel.clauses import Clause
from shuce.kernel.periods import add_months
from shuce.kernel.refusals import Conflict, NotPermitted, Obstacle, Refused, refuse_if
from shuce.lifecycle.register.commands import admit_reader, dismiss_reader, end_mark, mark_card
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.standing import follows
from shuce.lifecycle.rights import events, queries, rules
from shuce.lifecycle.rights.models import Grant, SecurityAssessment
from shuce.lifecycle.rights.policies import policy_of
from shuce.lifecycle.rights.rules import Answer, GrantState, Terms
from shuce.lifecycle.rights.telling import tell_operators
from shuce.lifecycle.sources.nodes import node_of
from shuce.node import AnyNode


@command
def assess_security(card: Card, answers: dict[str, Answer], *, by: Signature) -> SecurityAssessment:
    """Assess the risks of granting a card, question by question (G-8). It lasts a year."""
    by.require(Permission.ASSESSMENT_MAKE, within=card.holder)
    require_duty(card.holder, Link.SECURITY)
    if card.grade is None:
        raise Refused(Obstacle("资产尚未定级，请先确认数据级别", Clause.G_2))
    refuse_if(rules.obstacles_to_assess(answers))
    findings = rules.findings_of(answers)
    assessment = SecurityAssessment.objects.create(
        card=card,
        answers={key: dataclasses.asdict(answer) for key, answer in answers.items()},
        findings=list(findings),
        grade_then=card.grade,
        passed=not findings,
        assessed_on=by.today,
        valid_until=add_months(by.today, rules.ASSESSMENT_VALID_MONTHS),
        member=by.member,
    )
    record(
        events.SecurityAssessed(
            assessment.id,
            assessment.passed,
            findings,
            assessment.valid_until.isoformat(),
            asset_id=card.id,
            organization_id=card.holder_id,
        ),
        by,
    )
    return assessment


@command
def request_grant(
    card: Card, terms: Terms, *, source_grant: Grant | None = None, by: Signature
) -> Grant:
    """Ask for a right over `card`, for the signer's own body, and open its approval (N-4)."""
    operator = by.member.organization
    if operator is None or operator.kind != Kind.OPERATOR:
        raise NotPermitted(Obstacle("只有运营主体可以申请授权", Clause.N_4))
    by.require(Permission.GRANT_APPLY, within=operator)
    card = (
        Card.objects.select_for_update(of=("self",))
        .select_related("holder", "resource")
        .get(id=card.id)
    )
    if source_grant:
        source_grant = queries.require_in_force(source_grant, by.today)
    refuse_if(_obstacles_to_grant(card, terms, source_grant, operator.id, by))
    grant = _ask_once(card, terms, source_grant, by)
    open_case(
        Matter.GRANT_RIGHT,
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
            ("期限", f"{terms.starts_on} — {terms.ends_on}"),
            *([("原授权", str(source_grant))] if source_grant else []),
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
            asset_id=card.id,
            organization_id=card.holder_id,
        ),
        by,
    )
    return grant


@concludes(Matter.GRANT_RIGHT)
@command
def conclude_grant(case: Case, *, by: Signature) -> None:
    """Bring an approved grant into force: card marked, node told. Otherwise close the request."""
    grant = _locked(case.subject_id)
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
    record(events.GrantConcluded(grant.id, grant.number or "", grant.state, **_about(grant)), by)
    if not approved:
        return
    mark_card(grant.card, text=_mark_text(grant), cause_id=grant.id, by=by)
    admit_reader(grant.card, grant.operator, grant.id, by=by)
    policy, bindings = policy_of(grant)
    _node_of(grant).accept_grant(grant.id, policy, bindings)


@command
def suspend_grant(grant: Grant, reason: str, *, by: Signature) -> Grant:
    """Stop everything under a grant, in this second and everywhere, until it is resumed."""
    grant = _locked(grant.id)
    by.require(Permission.GRANT_SUSPEND, within=grant.card.holder)
    refuse_if(rules.obstacles_to_suspend(GrantState(grant.state)))
    _need(reason)
    grant.state = GrantState.SUSPENDED
    grant.save(update_fields=["state"])
    record(events.GrantSuspended(grant.id, reason, **_about(grant)), by)
    stopped = [grant, *queries.all_below(grant)]
    for one in stopped:
        _node_of(one).suspend_grant(one.id)
    tell_operators(stopped, GrantState.SUSPENDED, by=by)
    return grant


@command
def resume_grant(grant: Grant, reason: str, *, by: Signature) -> Grant:
    """Put a suspended grant back in force."""
    grant = _locked(grant.id)
    by.require(Permission.GRANT_SUSPEND, within=grant.card.holder)
    refuse_if(rules.obstacles_to_resume(GrantState(grant.state)))
    _need(reason)
    grant.state = GrantState.IN_FORCE
    grant.save(update_fields=["state"])
    record(events.GrantResumed(grant.id, reason, **_about(grant)), by)
    resumed = [
        one for one in [grant, *queries.all_below(grant)] if one.state == GrantState.IN_FORCE
    ]
    for one in resumed:
        if not queries.is_held_back(one):
            _node_of(one).resume_grant(one.id)
    tell_operators(resumed, GrantState.IN_FORCE, by=by)
    return grant


@command
def withdraw_grant(grant: Grant, reason: str, *, by: Signature) -> Grant:
    """Take a grant back for good, with every sub-grant given out of it."""
    grant = _locked(grant.id)
    by.require(Permission.GRANT_MANAGE, within=grant.card.holder)
    refuse_if(rules.obstacles_to_withdraw(GrantState(grant.state)))
    _need(reason)
    record(events.GrantWithdrawn(grant.id, reason, **_about(grant)), by)
    _end(grant, GrantState.WITHDRAWN, by)
    tell_operators([grant], GrantState.WITHDRAWN, by=by)
    for sub_grant in grant.sub_grants.filter(state__in=queries.LIVE):
        withdraw_grant(sub_grant, reason, by=by)
    return grant


def expire_due_grants(at: datetime) -> int:
    """End every grant whose term is over. Uses after the last day are refused even before this."""
    by = clockwork(at)
    due = Grant.objects.filter(state__in=queries.LIVE, ends_on__lte=by.today)
    ids = list(due.values_list("id", flat=True))
    for grant_id in ids:
        expire_grant(grant_id, by=by)
    return len(ids)


@command
def expire_grant(grant_id: str, *, by: Signature) -> Grant:
    """End one grant whose term is over."""
    grant = _locked(grant_id)
    if grant.ends_on > by.today or grant.state not in queries.LIVE:
        raise Conflict(Obstacle("该授权尚未到期或已经终止"))
    record(events.GrantExpired(grant.id, grant.ends_on.isoformat(), **_about(grant)), by)
    _end(grant, GrantState.EXPIRED, by)
    tell_operators([grant], GrantState.EXPIRED, by=by)
    return grant


@follows
def hold_back(card: Card) -> None:
    """Let the node stop every grant over a card that may not be used now, and go on with others.

    The register refuses by itself; the node is told so that it need not believe the register.
    """
    live = Grant.objects.filter(card=card, state=GrantState.IN_FORCE)
    for grant in live.select_related("card__resource__source__node"):
        if queries.is_held_back(grant):
            _node_of(grant).suspend_grant(grant.id)
        else:
            _node_of(grant).resume_grant(grant.id)


def _refuse_if_no_longer_lawful(grant: Grant, by: Signature) -> None:
    """Judge a request once more as it is approved: what held when it was asked may have changed."""
    # Locked, so that two exclusive grants of one card cannot be approved side by side.
    card = (
        Card.objects.select_for_update(of=("self",))
        .select_related("holder", "resource")
        .get(id=grant.card_id)
    )
    source = grant.source_grant
    if source:
        source = queries.require_in_force(source, by.today)
    found = _obstacles_to_grant(card, terms_of(grant), source, grant.operator_id, by)
    if found:
        raise Conflict(*found)


def _obstacles_to_grant(
    card: Card, terms: Terms, source: Grant | None, operator_id: str, by: Signature
) -> list[Obstacle]:
    standing = queries.standing_of(card, source_grant=source)
    obstacles = list(rules.obstacles_to_grant(terms, standing, by.today))
    if source:
        obstacles += rules.obstacles_to_sub_grant(
            terms,
            rules.SourceRight(
                rules.Right(source.right),
                frozenset(source.columns),
                source.period,
                source.sub_granting,
                same_asset=source.card_id == card.id,
                same_operator=source.operator_id == operator_id,
                purpose_kind=rules.PurposeKind(source.purpose_kind),
                fee_basis=rules.FeeBasis(source.fee_basis),
                region_code=source.region_code,
            ),
        )
    return obstacles


def terms_of(grant: Grant) -> Terms:
    """Return what a grant gives, as the terms that were asked for."""
    names = [field.name for field in dataclasses.fields(Terms) if field.name != "columns"]
    return Terms(columns=tuple(grant.columns), **{name: getattr(grant, name) for name in names})


def _ask_once(card: Card, terms: Terms, source_grant: Grant | None, by: Signature) -> Grant:
    try:
        with transaction.atomic():
            return Grant.objects.create(
                card=card,
                source_grant=source_grant,
                operator_id=by.organization_id,
                requested_by=by.member,
                requested_at=by.at,
                **{
                    field.name: getattr(terms, field.name)
                    for field in dataclasses.fields(terms)
                    if field.name != "columns"
                },
                columns=list(terms.columns),
            )
    except IntegrityError as clash:
        # The database decides between two requests at once: one winner.
        raise Conflict(
            Obstacle("本单位对该资产已有同类授权或申请，不能重复申请", Clause.N_4)
        ) from clash


def _end(grant: Grant, state: GrantState, by: Signature) -> None:
    grant.state = state
    grant.save(update_fields=["state"])
    end_mark(grant.id, by=by)
    dismiss_reader(grant.id, by=by)
    _node_of(grant).withdraw_grant(grant.id)


def _node_of(grant: Grant) -> AnyNode:
    resource = grant.card.resource
    assert resource is not None, "only an asset with data can be granted"
    return node_of(resource.source)


def _need(reason: str) -> None:
    if not reason.strip():
        raise Refused(Obstacle("请写明原因", Clause.N_4, field="reason"))


def _mark_text(grant: Grant) -> str:
    return f"{rules.Right(grant.right).chinese} → {grant.operator}（{grant.number}）"


def _about(grant: Grant) -> dict[str, str]:
    return {"asset_id": grant.card_id, "organization_id": grant.card.holder_id}


def _locked(grant_id: str) -> Grant:
    return (
        Grant.objects.select_for_update(of=("self",))
        .select_related("card__holder", "card__resource__source__node", "operator")
        .get(id=grant_id)
    )
