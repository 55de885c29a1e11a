"""Every change to rights over assets."""

import dataclasses
from datetime import date, datetime

from shuce.foundation.approvals.commands import concludes
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.commands import clockwork, require_duty
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Kind, Link
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import add_months
from shuce.kernel.refusals import Conflict, NotPermitted, Obstacle, Refused, refuse_if
from shuce.lifecycle.register.commands import dismiss_reader, end_mark
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.standing import follows
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights import events, queries, rules
from shuce.lifecycle.rights.exit_rules import ExitReason
from shuce.lifecycle.rights.exits import open_exit
from shuce.lifecycle.rights.models import Grant, SecurityAssessment
from shuce.lifecycle.rights.questionnaire import questions_for
from shuce.lifecycle.rights.requesting import conclude_request, open_request, terms_of
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
    questions = questions_for(Grade(card.grade), by.today)
    refuse_if(rules.obstacles_to_assess(answers, questions))
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
    if source_grant:
        source_grant = queries.require_in_force(source_grant, by.today)
    return open_request(card, terms, source_grant=source_grant, by=by)


@concludes(Matter.GRANT_RIGHT)
@command
def conclude_grant(case: Case, *, by: Signature) -> None:
    """Bring an approved grant into force: card marked, node told. Otherwise close the request."""
    conclude_request(locked(case.subject_id), case, by=by)


@command
def request_renewal(grant: Grant, ends_on: date, fee: Money, *, by: Signature) -> Grant:
    """Ask to go on with a right from the day it ends, on the same terms until `ends_on` (N-4)."""
    grant = locked(grant.id)
    by.require(Permission.GRANT_APPLY, within=grant.operator)
    refuse_if(queries.obstacles_to_renew(grant, by.today))
    terms = dataclasses.replace(terms_of(grant), starts_on=grant.ends_on, ends_on=ends_on, fee=fee)
    source = grant.source_grant and queries.as_renewed(grant.source_grant, grant.ends_on)
    return open_request(grant.card, terms, source_grant=source, renews=grant, by=by)


@concludes(Matter.GRANT_RENEWAL)
@command
def conclude_renewal(case: Case, *, by: Signature) -> None:
    """Let an approved renewal follow on; the grant it renews runs to its end as before."""
    renewal = locked(case.subject_id)
    assert renewal.renews is not None, "a renewal renews something"
    if case.outcome == Outcome.APPROVED and renewal.renews.state not in queries.LIVE:
        raise Conflict(Obstacle("原授权已经终止，不能续期", Clause.N_4))
    conclude_request(renewal, case, by=by)


@command
def suspend_grant(grant: Grant, reason: str, *, by: Signature) -> Grant:
    """Stop everything under a grant, in this second and everywhere, until it is resumed."""
    grant = locked(grant.id)
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
    # What renews it would otherwise begin as if nothing had happened.
    for renewal in grant.renewals.filter(state=GrantState.IN_FORCE):
        suspend_grant(renewal, reason, by=by)
    return grant


@command
def resume_grant(grant: Grant, reason: str, *, by: Signature) -> Grant:
    """Put a suspended grant back in force."""
    grant = locked(grant.id)
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
    for renewal in grant.renewals.filter(state=GrantState.SUSPENDED):
        resume_grant(renewal, reason, by=by)
    return grant


@command
def withdraw_grant(grant: Grant, reason: str, *, by: Signature) -> Grant:
    """Take a grant back for good, with every sub-grant given out of it."""
    grant = locked(grant.id)
    by.require(Permission.GRANT_MANAGE, within=grant.card.holder)
    refuse_if(rules.obstacles_to_withdraw(GrantState(grant.state)))
    _need(reason)
    record(events.GrantWithdrawn(grant.id, reason, **_about(grant)), by)
    _end_all(grant, reason, ExitReason.WITHDRAWN, by)
    return grant


@command
def relinquish_grant(grant: Grant, reason: str, *, by: Signature) -> Grant:
    """Give a right up before its time, for the operator; its exit opens at once."""
    grant = locked(grant.id)
    by.require(Permission.GRANT_APPLY, within=grant.operator)
    refuse_if(rules.obstacles_to_withdraw(GrantState(grant.state)))
    _need(reason)
    record(events.GrantRelinquished(grant.id, reason, **_about(grant)), by)
    _end_all(grant, reason, ExitReason.RELINQUISHED, by)
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
    grant = locked(grant_id)
    if grant.ends_on > by.today or grant.state not in queries.LIVE:
        raise Conflict(Obstacle("该授权尚未到期或已经终止"))
    record(events.GrantExpired(grant.id, grant.ends_on.isoformat(), **_about(grant)), by)
    _end(grant, GrantState.EXPIRED, by)
    if not grant.renewals.filter(state__in=queries.LIVE).exists():
        open_exit(grant, ExitReason.EXPIRED, by=by)
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


def _end_all(grant: Grant, reason: str, why: ExitReason, by: Signature) -> None:
    """End a right with all that was given out of it or was to go on from it; open the exits."""
    _end(grant, GrantState.WITHDRAWN, by)
    open_exit(grant, why, by=by)
    tell_operators([grant], GrantState.WITHDRAWN, by=by)
    below = (*grant.sub_grants.filter(state__in=queries.LIVE),)
    after = (*grant.renewals.filter(state__in=queries.LIVE),)
    for one in (*below, *after):
        one = locked(one.id)
        record(events.GrantWithdrawn(one.id, reason, **_about(one)), by)
        _end_all(one, reason, ExitReason.WITHDRAWN, by)


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


def _about(grant: Grant) -> dict[str, str]:
    return {"asset_id": grant.card_id, "organization_id": grant.card.holder_id}


def locked(grant_id: str) -> Grant:
    """Return a grant, held until the command is over."""
    return (
        Grant.objects.select_for_update(of=("self",))
        .select_related("card__holder", "card__resource__source__node", "operator")
        .get(id=grant_id)
    )
