"""Pages of alerts, rules and plans. Incidents: `incident_pages.py`."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.supervision.watch import commands, queries, showing
from shuce.supervision.watch.forms import HandleForm, PlanForm, RuleForm
from shuce.supervision.watch.tables import (
    AlertFilters,
    AlertTable,
    PlanFilters,
    PlanTable,
    RuleFilters,
    RuleTable,
)


@login_required
def alerts(request: SignedRequest) -> HttpResponse:
    """The alerts of places in reach."""
    return list_page(
        request,
        rows=queries.alerts_seen_by(request.user),
        table=AlertTable,
        filters=AlertFilters,
        title=say("监测预警"),
        empty=say("还没有预警。监测规则定时运行，发现异常会列在这里。"),
        actions=[
            Action(say("监测规则"), reverse("watch:rules"), icon="adjustments"),
            Action(say("应急预案"), reverse("watch:plans"), icon="book-2"),
        ],
    )


@login_required
def alert(request: SignedRequest, alert_id: str) -> HttpResponse:
    """One alert: what was seen, whose matter it is, and what came of it."""
    found = queries.alert_seen(alert_id, request.user)
    return render(
        request,
        "office/detail.html",
        {
            "title": found.text,
            "state": found.grade,
            "crumbs": [Crumb(say("监测预警"), reverse("watch:alerts"))],
            "facts": showing.alert_facts(found),
            "actions": showing.alert_actions(found, request.user),
        },
    )


@login_required
def handle(request: SignedRequest, alert_id: str) -> HttpResponse:
    """Handle an alert."""
    found = queries.alert_seen(alert_id, request.user)
    return act(
        request,
        HandleForm,
        lambda form: commands.handle_alert(
            found, form.cleaned_data["conclusion"], by=request.signature
        ),
        title=say("处理预警"),
        intro=found.text,
        then=reverse("watch:alert", args=[found.id]),
        done=say("预警已处理"),
        back=reverse("watch:alert", args=[found.id]),
    )


@login_required
def rules(request: SignedRequest) -> HttpResponse:
    """The rules, what they go by, and when they last ran."""
    install = Action(
        say("安装预置规则"), reverse("watch:install"), icon="download", primary=True, post=True
    )
    may_set = Permission.SETTING_MANAGE in request.user.permissions
    return list_page(
        request,
        rows=queries.rules_seen_by(request.user),
        table=RuleTable,
        filters=RuleFilters,
        title=say("监测规则"),
        empty=say("还没有监测规则。"),
        actions=[install] if may_set else [],
    )


@login_required
def install(request: SignedRequest) -> HttpResponse:
    """Install the shipped rules, tables and plans that are missing."""
    return press(
        request,
        lambda: commands.install_rules(by=request.signature),
        then=reverse("watch:rules"),
        done=lambda installed: say("已安装{count}条规则", count=len(installed)),
    )


@login_required
def rule(request: SignedRequest, rule_id: str) -> HttpResponse:
    """One rule, to be tuned."""
    found = queries.rule_seen(rule_id, request.user)
    return act(
        request,
        partial(RuleForm, rule=found),
        lambda form: commands.tune_rule(
            found,
            grade=form.cleaned_data["grade"],
            due_hours=form.cleaned_data["due_hours"],
            thresholds=form.thresholds(),
            enabled=form.cleaned_data["enabled"],
            by=request.signature,
        ),
        title=str(found),
        intro=found.basis,
        submit=say("保存"),
        then=reverse("watch:rules"),
        done=say("规则已保存"),
        back=reverse("watch:rules"),
    )


@login_required
def plans(request: SignedRequest) -> HttpResponse:
    """The response plans, common and own."""
    own = Action(say("制定预案"), reverse("watch:set_plan"), icon="plus", primary=True)
    return list_page(
        request,
        rows=queries.plans_seen_by(request.user),
        table=PlanTable,
        filters=PlanFilters,
        title=say("应急预案"),
        empty=say("还没有应急预案。"),
        actions=[own] if Permission.PLAN_MANAGE in request.user.permissions else [],
        context={"clocks": queries.clock_table(), "severities": queries.severity_table()},
        template="watch/plans.html",
    )


@login_required
def plan(request: SignedRequest, plan_id: str) -> HttpResponse:
    """One plan, step by step."""
    found = queries.plan_seen(plan_id, request.user)
    return render(
        request,
        "watch/plan.html",
        {
            "title": found.title,
            "state": found.severity,
            "crumbs": [Crumb(say("应急预案"), reverse("watch:plans"))],
            "plan": found,
        },
    )


@login_required
def set_plan(request: SignedRequest) -> HttpResponse:
    """Set a body's own plan."""
    return act(
        request,
        partial(PlanForm, member=request.user),
        lambda form: commands.set_plan(**form.cleaned_data, by=request.signature),
        title=say("制定预案"),
        submit=say("保存"),
        then=lambda made: reverse("watch:plan", args=[made.id]),
        done=say("预案已保存"),
        back=reverse("watch:plans"),
    )
