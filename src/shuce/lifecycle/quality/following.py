"""What an assessment does to the issues of an asset. Called inside the command that files it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from shuce.engines.quality import RuleKind
from shuce.foundation.evidence.recording import in_command, record
from shuce.foundation.notices.commands import tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.queries import holders_of_role
from shuce.kernel.words import say
from shuce.lifecycle.quality import events, rules
from shuce.lifecycle.quality.models import Assessment, Issue, IssueStep
from shuce.lifecycle.quality.words import (
    Gravity,
    IssueKind,
    IssueOrigin,
    IssueState,
    StepKind,
)
from shuce.lifecycle.register.models import Card

_About = tuple[str, IssueKind]


def follow_issues(assessment: Assessment, *, by: Signature) -> tuple[int, int]:
    """Open an issue for each column and kind that failed, or open it again; note what passed.

    Return how many were opened and how many opened again.
    """
    assert in_command(), "issues are opened by the command that files an assessment"
    card = assessment.card
    worst = _worst(assessment.results)
    open_ones = {
        (issue.column, IssueKind(issue.kind)): issue
        for issue in Issue.objects.filter(card=card, state=IssueState.OPEN)
    }
    opened: list[Issue] = []
    reopened: list[Issue] = []
    for about, failed in worst.items():
        if known := open_ones.get(about):
            _see_again(known, failed, assessment, by)
        elif closed := _last_closed(card, about):
            reopened.append(_open_again(closed, failed, assessment, by))
        else:
            opened.append(_open(about, failed, assessment, by))
    measured = {_about(one) for one in assessment.results}
    for about, issue in open_ones.items():
        if about in measured and about not in worst and issue.passed_at is None:
            issue.passed_at = by.at
            issue.save(update_fields=["passed_at"])
            add_step(issue, StepKind.PASSED, _met(assessment.results, about), by)
    _tell_owners(card, [*opened, *reopened], by)
    return len(opened), len(reopened)


def owner_for(holder: Organization) -> Member | None:
    """The person who answers for an issue first: the data steward, else the head."""
    stewards = holders_of_role(Role.DATA_STEWARD, holder)
    return stewards.order_by("id").first() or holders_of_role(Role.UNIT_HEAD, holder).first()


def number_of_next(by: Signature) -> str:
    return next_number(f"ZL-{by.today.year}-")


def add_step(issue: Issue, kind: StepKind, text: str, by: Signature) -> None:
    IssueStep.objects.create(issue=issue, kind=kind, text=text, member=by.member, at=by.at)


def _worst(results: Iterable[dict[str, Any]]) -> dict[_About, dict[str, Any]]:
    """Return what failed by column and kind; of several rules, the gravest."""
    found: dict[_About, dict[str, Any]] = {}
    for one in results:
        about = _about(one)
        if one["fails"] and (
            about not in found or _severity(one).rank > _severity(found[about]).rank
        ):
            found[about] = one
    return found


def _about(result: dict[str, Any]) -> _About:
    return str(result["column"]), IssueKind(result["kind"])


def _severity(result: dict[str, Any]) -> Gravity:
    share = None if result["problem"] else result["share"]
    return rules.severity_of(share, result["least"], result["weight"])


def _open(about: _About, failed: dict[str, Any], assessment: Assessment, by: Signature) -> Issue:
    column, kind = about
    severity = _severity(failed)
    card = assessment.card
    issue = Issue.objects.create(
        number=number_of_next(by),
        card=card,
        column=column,
        kind=kind,
        severity=severity,
        origin=IssueOrigin.ASSESSMENT,
        sentence=_sentence(failed),
        owner=owner_for(card.holder),
        assessment=assessment,
        opened_at=by.at,
        due_on=rules.due_on(severity, by.today),
    )
    add_step(issue, StepKind.OPENED, issue.sentence, by)
    record(
        events.IssueOpened(
            issue.id,
            issue.number,
            severity,
            issue.due_on.isoformat(),
            issue.origin,
            asset_id=card.id,
            organization_id=card.holder_id,
        ),
        by,
    )
    return issue


def _open_again(
    issue: Issue, failed: dict[str, Any], assessment: Assessment, by: Signature
) -> Issue:
    card = assessment.card
    issue.state, issue.severity = IssueState.OPEN, _severity(failed)
    issue.sentence, issue.assessment = _sentence(failed), assessment
    issue.due_on = rules.due_on(issue.severity, by.today)
    issue.reopened += 1
    issue.passed_at = issue.closed_at = issue.closed_by = None
    issue.save()
    add_step(issue, StepKind.REOPENED, issue.sentence, by)
    record(
        events.IssueReopened(
            issue.id,
            issue.number,
            issue.severity,
            issue.due_on.isoformat(),
            issue.reopened,
            asset_id=card.id,
            organization_id=card.holder_id,
        ),
        by,
    )
    return issue


def _see_again(issue: Issue, failed: dict[str, Any], assessment: Assessment, by: Signature) -> None:
    """Note that it is still so. A graver one is due sooner; the time given is never lengthened."""
    sentence, severity = _sentence(failed), _severity(failed)
    if issue.sentence != sentence or issue.passed_at:
        add_step(issue, StepKind.SEEN, sentence, by)
    if severity.rank > Gravity(issue.severity).rank:
        issue.due_on = min(issue.due_on, rules.due_on(severity, by.today))
    issue.sentence, issue.severity = sentence, severity
    issue.assessment, issue.passed_at = assessment, None
    issue.save(update_fields=["sentence", "severity", "due_on", "assessment", "passed_at"])


def _last_closed(card: Card, about: _About) -> Issue | None:
    column, kind = about
    closed = Issue.objects.filter(card=card, column=column, kind=kind, state=IssueState.CLOSED)
    return closed.order_by("-closed_at").first()


def _sentence(result: dict[str, Any]) -> str:
    about = result["column"] or say("整行")
    kind = RuleKind(result["kind"]).label
    if result["problem"]:
        return say(
            "{column}：{kind}规则无法检验，{why}", column=about, kind=kind, why=result["problem"]
        )
    return say(
        "{column}：“{kind}”规则达标 {share}，要求 {least}（{failing}/{total} 不符合）",
        column=about,
        kind=kind,
        share=f"{100 * result['share']:.2f}%",
        least=f"{result['least']:g}%",
        failing=result["assessed"] - result["meeting"],
        total=result["assessed"],
    )


def _met(results: Iterable[dict[str, Any]], about: _About) -> str:
    shares = [one["share"] for one in results if _about(one) == about and one["share"] is not None]
    return say("达标 {share}", share=f"{100 * min(shares):.2f}%") if shares else ""


def _tell_owners(card: Card, issues: list[Issue], by: Signature) -> None:
    owners = {issue.owner for issue in issues if issue.owner}
    if owners:
        tell(
            NoticeKind.QUALITY,
            owners,
            title=say("“{card}”质量评价发现 {count} 项问题", card=card.name, count=len(issues)),
            url=reverse("quality:card", args=[card.id]),
            subject_id=card.id,
            by=by,
        )
