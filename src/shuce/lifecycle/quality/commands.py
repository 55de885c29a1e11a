"""Every change to an asset's quality rules, its weights, and its issues but for assessments."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from shuce.engines.quality import QualityRule, RuleKind
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.notices.commands import tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.models import Member, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.quality import events, rules
from shuce.lifecycle.quality.following import add_step, number_of_next, owner_for
from shuce.lifecycle.quality.models import AssetRule, Issue, Weighting
from shuce.lifecycle.quality.queries import (
    columns_of,
    keys_of,
    obstacles_to_choose,
    owners_of,
    page_of,
)
from shuce.lifecycle.quality.words import (
    Gravity,
    IssueKind,
    IssueOrigin,
    IssueState,
    RuleOrigin,
    StepKind,
)
from shuce.lifecycle.register.models import Card


@command
def take_rules(
    card: Card, wanted: Sequence[QualityRule], origin: RuleOrigin, *, by: Signature
) -> list[AssetRule]:
    """Take rules for an asset. From the first on, only what its holder took is measured."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    card = Card.objects.select_for_update(of=("self",)).select_related("holder").get(id=card.id)
    if not wanted:
        raise Refused(Obstacle("请至少选择一条规则", Clause.G_7))
    columns = columns_of(card)
    known = keys_of(card)
    taken: list[AssetRule] = []
    refuse_if(obstacles_to_choose(card))
    for rule in wanted:
        refuse_if(rules.obstacles_to_take(rule, columns, known))
        known |= {rules.key_of(rule)}
        taken.append(
            AssetRule.objects.create(
                card=card,
                key=rules.key_of(rule),
                kind=rule.kind,
                column=rule.column,
                params=dict(rule.params),
                weight=rule.weight,
                indicator=rule.feeds,
                least=Decimal(str(rule.passes_from)),
                origin=origin,
                member=by.member,
                taken_at=by.at,
            )
        )
    told = tuple(f"{one.column} {RuleKind(one.kind).value}".strip() for one in taken)
    record(events.RulesTaken(card.id, told, origin, **_about(card)), by)
    return taken


@command
def weigh_rule(rule: AssetRule, weight: int, least: Decimal, *, by: Signature) -> AssetRule:
    """Change how much a rule counts, and from which share on it is passed."""
    rule = _locked_rule(rule)
    by.require(Permission.QUALITY_MEASURE, within=rule.card.holder)
    refuse_if([Obstacle("该规则已经停用", Clause.G_7)] if rule.dropped_at else [])
    refuse_if(rules.obstacles_to_weigh(weight, float(least)))
    rule.weight, rule.least = weight, least
    rule.save(update_fields=["weight", "least"])
    record(events.RuleWeighed(rule.card_id, rule.id, weight, f"{least:f}", **_about(rule.card)), by)
    return rule


@command
def drop_rule(rule: AssetRule, reason: str, *, by: Signature) -> AssetRule:
    """Drop a rule; it is not suggested for this asset again."""
    rule = _locked_rule(rule)
    by.require(Permission.QUALITY_MEASURE, within=rule.card.holder)
    refuse_if(rules.obstacles_to_drop(rule.dropped_at is not None, reason))
    rule.dropped_at, rule.drop_reason = by.at, reason
    rule.save(update_fields=["dropped_at", "drop_reason"])
    record(events.RuleDropped(rule.card_id, rule.id, reason, **_about(rule.card)), by)
    return rule


@command
def weigh_dimensions(card: Card, weights: Mapping[str, int], *, by: Signature) -> Weighting:
    """Set how much each of the six dimensions counts in the score of an asset."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    refuse_if(rules.obstacles_to_weights(weights))
    found, _ = Weighting.objects.update_or_create(
        card=card, defaults={"weights": dict(weights), "member": by.member, "set_at": by.at}
    )
    told = tuple(f"{code}={weight}" for code, weight in sorted(weights.items()))
    record(events.DimensionsWeighed(card.id, told, **_about(card)), by)
    return found


@command
def open_issue(
    card: Card,
    *,
    column: str,
    kind: IssueKind,
    severity: Gravity,
    sentence: str,
    owner: Member | None = None,
    due_on: date | None = None,
    by: Signature,
) -> Issue:
    """Open an issue that a person saw. Without a day it is due by its severity."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    card = Card.objects.select_for_update(of=("self",)).select_related("holder").get(id=card.id)
    about = {"card": card, "column": column, "kind": kind}
    known = Issue.objects.filter(**about, state=IssueState.OPEN).exists()
    refuse_if(rules.obstacles_to_open(sentence, known))
    if column and column not in columns_of(card):
        raise Refused(
            Obstacle("数据中没有字段“{column}”", Clause.G_7, field="column", column=column)
        )
    latest = rules.due_on(severity, by.today)
    if due_on and not by.today <= due_on <= latest:
        raise Refused(
            Obstacle(
                "整改期限应在今天和{latest}之间", Clause.G_7, field="due_on", latest=f"{latest}"
            )
        )
    _require_owner(card, owner)
    issue = Issue.objects.create(
        **about,
        number=number_of_next(by),
        severity=severity,
        origin=IssueOrigin.HAND,
        sentence=sentence,
        owner=owner or owner_for(card.holder),
        opened_at=by.at,
        due_on=due_on or latest,
    )
    add_step(issue, StepKind.OPENED, sentence, by)
    record(
        events.IssueOpened(
            issue.id,
            issue.number,
            severity,
            issue.due_on.isoformat(),
            issue.origin,
            **_about(card),
        ),
        by,
    )
    _tell_owner(issue, by)
    return issue


@command
def assign_issue(issue: Issue, owner: Member, *, by: Signature) -> Issue:
    """Name the person who puts an issue right."""
    issue = _locked(issue)
    by.require(Permission.QUALITY_MEASURE, within=issue.card.holder)
    refuse_if(rules.obstacles_to_work_on(IssueState(issue.state)))
    _require_owner(issue.card, owner)
    issue.owner = owner
    issue.save(update_fields=["owner"])
    add_step(issue, StepKind.ASSIGNED, str(owner), by)
    record(events.IssueAssigned(issue.id, issue.number, str(owner.pk), **_about(issue.card)), by)
    _tell_owner(issue, by)
    return issue


@command
def note_progress(issue: Issue, text: str, *, by: Signature) -> Issue:
    """Write down how far an issue has been put right; its owner may, too."""
    issue = _locked(issue)
    _require_hand(issue, by)
    refuse_if(rules.obstacles_to_work_on(IssueState(issue.state)))
    if not text.strip():
        raise Refused(Obstacle("请填写整改进展", Clause.G_7, field="text"))
    add_step(issue, StepKind.NOTED, text, by)
    record(events.IssueNoted(issue.id, issue.number, text, **_about(issue.card)), by)
    return issue


@command
def close_issue(issue: Issue, *, cause: str, measure: str, by: Signature) -> Issue:
    """Close an issue with its cause and what was done; the next failing assessment reopens it."""
    issue = _locked(issue)
    by.require(Permission.QUALITY_MEASURE, within=issue.card.holder)
    refuse_if(rules.obstacles_to_close(IssueState(issue.state), cause, measure))
    issue.state, issue.cause, issue.measure = IssueState.CLOSED, cause, measure
    issue.closed_by, issue.closed_at = by.member, by.at
    issue.save(update_fields=["state", "cause", "measure", "closed_by", "closed_at"])
    told = say("原因：{cause}；措施：{measure}", cause=cause, measure=measure)
    add_step(issue, StepKind.CLOSED, told, by)
    late = by.today > issue.due_on
    record(
        events.IssueClosed(issue.id, issue.number, cause, measure, late, **_about(issue.card)), by
    )
    return issue


def _require_hand(issue: Issue, by: Signature) -> None:
    if str(issue.owner_id) != by.member_id:
        by.require(Permission.QUALITY_MEASURE, within=issue.card.holder)


def _require_owner(card: Card, owner: Member | None) -> None:
    if owner is not None and not owners_of(card).filter(pk=owner.pk).exists():
        raise Refused(Obstacle("责任人应为持有单位的在职人员", Clause.G_7, field="owner"))


def _tell_owner(issue: Issue, by: Signature) -> None:
    if issue.owner:
        tell(
            NoticeKind.QUALITY,
            [issue.owner],
            title=say("质量问题 {number}：{text}", number=issue.number, text=issue.sentence),
            url=page_of(issue),
            subject_id=issue.id,
            by=by,
        )


def _about(card: Card) -> dict[str, str]:
    return {"asset_id": card.id, "organization_id": card.holder_id}


def _locked(issue: Issue) -> Issue:
    return (
        Issue.objects.select_for_update(of=("self",))
        .select_related("card__holder", "owner")
        .get(id=issue.id)
    )


def _locked_rule(rule: AssetRule) -> AssetRule:
    return (
        AssetRule.objects.select_for_update(of=("self",))
        .select_related("card__holder")
        .get(id=rule.id)
    )
