"""Install and change what the watching goes by: rules, tables and response plans."""

import tomllib
from importlib.resources import files
from typing import Any

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import refuse_if
from shuce.kernel.words import say
from shuce.supervision.watch import events, rules
from shuce.supervision.watch.models import (
    ReportClock,
    ResponsePlan,
    SeverityThreshold,
    WatchRule,
)
from shuce.supervision.watch.words import AlertGrade, IncidentKind, RuleCode, Severity


@command
def install_rules(*, by: Signature) -> list[WatchRule]:
    """Install the rules, tables and plans we ship that are not there yet. Changed ones stay."""
    assert by.member.organization is not None
    by.require(Permission.SETTING_MANAGE, within=by.member.organization)
    seeds = _seeds()
    installed = [
        rule
        for rule, new in (
            WatchRule.objects.get_or_create(code=seed["code"], defaults=seed)
            for seed in seeds["rules"]
        )
        if new
    ]
    for seed in seeds["severities"]:
        SeverityThreshold.objects.get_or_create(
            indicator=seed["indicator"], severity=seed["severity"], defaults=seed
        )
    for seed in seeds["clocks"]:
        ReportClock.objects.get_or_create(
            unit_kind=seed["unit_kind"], duty_from=seed["duty_from"], defaults=seed
        )
    plans = sum(
        _install_plan(seed, severity, by) for seed in seeds["plans"] for severity in Severity
    )
    body = by.member.organization.id
    record(events.RulesInstalled(body, len(installed), plans, organization_id=body), by)
    return installed


@command
def tune_rule(
    rule: WatchRule,
    *,
    grade: AlertGrade,
    due_hours: int,
    thresholds: dict[str, int],
    enabled: bool,
    by: Signature,
) -> WatchRule:
    """Change how a rule watches. Its code and its ground stay."""
    assert by.member.organization is not None
    by.require(Permission.SETTING_MANAGE, within=by.member.organization)
    rule = WatchRule.objects.select_for_update().get(id=rule.id)
    refuse_if(rules.obstacles_to_tune(due_hours, thresholds, rule.thresholds))
    rule.grade, rule.due_hours = grade, due_hours
    rule.thresholds, rule.enabled = thresholds, enabled
    rule.save(update_fields=["grade", "due_hours", "thresholds", "enabled"])
    told = tuple(f"{name}={value}" for name, value in sorted(thresholds.items()))
    record(events.RuleTuned(rule.id, rule.code, grade, enabled, due_hours, told), by)
    return rule


@command
def set_plan(
    organization: Organization,
    kind: IncidentKind,
    severity: Severity,
    title: str,
    steps: list[str],
    *,
    by: Signature,
) -> ResponsePlan:
    """Set a body's own plan for incidents of a kind and severity, instead of the common one."""
    by.require(Permission.PLAN_MANAGE, within=organization)
    refuse_if(rules.obstacles_to_plan(title, steps))
    kept = [step.strip() for step in steps if step.strip()]
    plan, new = ResponsePlan.objects.select_for_update().get_or_create(
        organization=organization,
        kind=kind,
        severity=severity,
        defaults={"title": title, "steps": kept, "set_at": by.at},
    )
    if not new:
        plan.title, plan.steps, plan.set_at = title, kept, by.at
        plan.version += 1
        plan.save(update_fields=["title", "steps", "set_at", "version"])
    record(
        events.PlanSet(
            plan.id, kind, severity, plan.version, len(kept), organization_id=organization.id
        ),
        by,
    )
    return plan


def _install_plan(seed: dict[str, Any], severity: Severity, by: Signature) -> bool:
    kind = IncidentKind(seed["kind"])
    graver = seed["graver"] if severity is not Severity.GENERAL else []
    _, new = ResponsePlan.objects.get_or_create(
        organization=None,
        kind=kind,
        severity=severity,
        defaults={
            "title": say(
                "{kind}事件应急预案（{severity}）", kind=kind.chinese, severity=severity.chinese
            ),
            # What must happen by the clock comes before the rest.
            "steps": [seed["steps"][0], *graver, *seed["steps"][1:]],
            "set_at": by.at,
        },
    )
    return new


def _seeds() -> dict[str, list[dict[str, Any]]]:
    """Read what we ship; every code is checked against its closed list."""
    shipped = tomllib.loads(
        files("shuce.supervision.watch").joinpath("seeds.toml").read_text("utf-8")
    )
    for rule in shipped["rules"]:
        RuleCode(rule["code"])
    return shipped
