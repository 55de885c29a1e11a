"""Pages of assessments and of an asset's rules. Issues: `issue_pages.py`."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office import documents
from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb, Tab
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.quality import commands, measuring, queries, reporting
from shuce.lifecycle.quality.forms import DropForm, RuleForm, WeighForm, WeightsForm
from shuce.lifecycle.quality.tables import (
    AssessmentFilters,
    AssessmentTable,
    LibraryTable,
    RuleTable,
)
from shuce.lifecycle.quality.words import RuleOrigin

_LISTS = (("质量评价", "quality:assessments"), ("质量问题", "quality:issues"))


def tabs(here: str) -> dict[str, object]:
    return {"tabs": [Tab(say(name), reverse(to), to == here) for name, to in _LISTS]}


@login_required
def assessments(request: SignedRequest) -> HttpResponse:
    """The assessments of places in reach, newest first."""
    return list_page(
        request,
        rows=queries.assessments_seen_by(request.user),
        table=AssessmentTable,
        filters=AssessmentFilters,
        title=say("数据质量"),
        template="quality/list.html",
        empty=say("还没有质量评价。在资产的“质量”页选定规则并测量，数据不离开节点。"),
        context=tabs("quality:assessments"),
    )


@login_required
def card(request: SignedRequest, card_id: str) -> HttpResponse:
    """The rules of one asset, what the scan suggests besides, and how dimensions are weighed."""
    found = queries.card_to_manage(card_id, request.user)
    may = request.user.may(Permission.QUALITY_MEASURE, found.holder)
    return render(
        request,
        "quality/card.html",
        {
            "title": say("质量规则"),
            "subtitle": str(found),
            "crumbs": _crumbs(found.id, found.name),
            "actions": _card_actions(found) if may else [],
            "card": found,
            "may": may,
            "rules": queries.rules_shown(found),
            "suggestions": RuleTable(queries.suggestions_shown(found), request=request),
            "dropped": queries.rules_dropped_of(found),
            "weights": [
                (say(name), queries.weights_of(found)[code])
                for code, name in queries.dimension_names().items()
            ],
            "issues": queries.open_issues_of(found)[:100],
            "today": request.signature.today,
        },
    )


def _card_actions(card: queries.Measurable) -> list[Action]:
    ids, why = [card.id], queries.obstacles_to_choose(card)
    return [
        Action(
            say("测量质量"),
            reverse("quality:measure", args=ids),
            icon="clipboard-check",
            primary=True,
            post=True,
            obstacles=queries.obstacles_to_measure(card),
        ),
        Action(
            say("采用全部建议规则"),
            reverse("quality:take_suggested", args=ids),
            icon="check",
            post=True,
            obstacles=[*why, *queries.obstacles_to_take_suggested(card)],
        ),
        Action(
            say("从规则库选用"), reverse("quality:choose", args=ids), icon="plus", obstacles=why
        ),
        Action(say("维度权重"), reverse("quality:weights", args=ids), icon="scale"),
        Action(
            say("登记问题"), reverse("quality:open_issue", args=ids), icon="flag", obstacles=why
        ),
    ]


@login_required
def measure(request: SignedRequest, card_id: str) -> HttpResponse:
    """Ask for a measurement of quality; its job's page shows how far it is."""
    found = queries.card_to_manage(card_id, request.user)
    return press(
        request,
        lambda: measuring.ask_quality(found, by=request.signature),
        then=lambda job: reverse("jobs:job", args=[job.id]),
        done=say("已开始测量数据质量"),
    )


@login_required
def take_suggested(request: SignedRequest, card_id: str) -> HttpResponse:
    """Take every rule that the scan suggests."""
    found = queries.card_to_manage(card_id, request.user)
    return press(
        request,
        lambda: commands.take_rules(
            found, queries.suggestions_for(found), RuleOrigin.SUGGESTED, by=request.signature
        ),
        then=_page(found.id),
        done=lambda taken: say("已采用 {count} 条规则", count=len(taken)),
    )


@login_required
def choose(request: SignedRequest, card_id: str) -> HttpResponse:
    """Choose a rule of the library, then say what it asks: `?rule=` names it."""
    found = queries.card_to_manage(card_id, request.user)
    code = request.GET.get("rule", "")
    if not code:
        return render(
            request,
            "quality/library.html",
            {
                "title": say("从规则库选用"),
                "subtitle": str(found),
                "crumbs": [*_crumbs(found.id, found.name), _rules_crumb(found.id)],
                "library": LibraryTable(queries.library_shown(), request=request),
            },
        )
    template = queries.template_called(code)
    return act(
        request,
        partial(RuleForm, card=found, template=template),
        lambda form: commands.take_rules(
            found, [form.rule()], RuleOrigin.LIBRARY, by=request.signature
        ),
        title=say(template.name),
        submit=say("采用"),
        intro=say("{card}。依据：{basis}", card=found.name, basis=say(template.basis)),
        then=_page(found.id),
        done=say("规则已采用，下次测量起生效"),
        back=reverse("quality:choose", args=[found.id]),
        obstacles=queries.obstacles_to_choose(found),
    )


@login_required
def weigh(request: SignedRequest, rule_id: str) -> HttpResponse:
    """Change a rule's weight and the share from which it is passed."""
    rule = queries.rule_seen(rule_id, request.user)
    return act(
        request,
        partial(WeighForm, initial={"weight": rule.weight, "least": rule.least}),
        lambda form: commands.weigh_rule(rule, **form.cleaned_data, by=request.signature),
        title=say("调整规则"),
        submit=say("保存"),
        intro=f"{rule.column} {rule.kind.label}",
        then=_page(rule.card_id),
        done=say("已调整，下次测量起生效"),
        back=_page(rule.card_id),
    )


@login_required
def drop(request: SignedRequest, rule_id: str) -> HttpResponse:
    """Drop a rule, and say why."""
    rule = queries.rule_seen(rule_id, request.user)
    return act(
        request,
        DropForm,
        lambda form: commands.drop_rule(rule, form.cleaned_data["reason"], by=request.signature),
        title=say("停用规则"),
        submit=say("停用"),
        intro=f"{rule.column} {rule.kind.label}",
        then=_page(rule.card_id),
        done=say("规则已停用"),
        back=_page(rule.card_id),
    )


@login_required
def weights(request: SignedRequest, card_id: str) -> HttpResponse:
    """Set how much each dimension counts."""
    found = queries.card_to_manage(card_id, request.user)
    return act(
        request,
        partial(WeightsForm, initial=queries.weights_of(found)),
        lambda form: commands.weigh_dimensions(found, form.cleaned_data, by=request.signature),
        title=say("维度权重"),
        submit=say("保存"),
        intro=say("总分是各维度得分按权重的平均；没有测量的维度不计入。"),
        then=_page(found.id),
        done=say("权重已设定，下次测量起生效"),
        back=_page(found.id),
    )


@login_required
def assessment(request: SignedRequest, assessment_id: str) -> HttpResponse:
    """One assessment as a report: scores, indicators, trend, rules, issues."""
    found = queries.assessment_seen(assessment_id, request.user)
    trend = queries.trend_until(found)
    return render(
        request,
        "quality/assessment.html",
        {
            "title": say("数据质量评价"),
            "subtitle": str(found.card),
            "crumbs": _crumbs(found.card_id, found.card.name),
            "actions": [
                Action(
                    say("评价报告"),
                    reverse("quality:report", args=[found.id]),
                    icon="printer",
                    primary=True,
                )
            ],
            "facts": reporting.facts_of(found),
            "assessment": found,
            "dimensions": queries.dimensions_of(found),
            "bars": reporting.bars_of(found),
            "trend": reporting.trend_of(trend) if len(trend) > 1 else None,
            "rules": RuleTable(queries.results_shown(found), request=request),
            "indicators": queries.indicators_shown(found),
            "issues": queries.open_issues_of(found.card)[:100],
            "today": request.signature.today,
        },
    )


@login_required
def report(request: SignedRequest, assessment_id: str) -> HttpResponse:
    """The assessment as a document to be signed."""
    found = queries.assessment_seen(assessment_id, request.user)
    # A document is dated to the second.
    at = request.signature.at.replace(microsecond=0)
    made = documents.pdf("quality/report.typ", reporting.printed(found, at=at), at=at)
    answer = HttpResponse(made, content_type="application/pdf")
    name = found.card.number or found.card_id
    answer["Content-Disposition"] = f'inline; filename="quality-{name}.pdf"'
    return answer


def _crumbs(card_id: str, name: str) -> list[Crumb]:
    return [
        Crumb(say("数据质量"), reverse("quality:assessments")),
        Crumb(name, f"{reverse('register:card', args=[card_id])}?tab=quality"),
    ]


def _rules_crumb(card_id: str) -> Crumb:
    return Crumb(say("质量规则"), _page(card_id))


def _page(card_id: str) -> str:
    return reverse("quality:card", args=[card_id])
