"""Pages of appraisals: ordered by the holder, worked by the appraiser, adopted with care."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Crumb, Moment
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.register.queries import card_seen
from shuce.lifecycle.valuation import commands, queries, rules
from shuce.lifecycle.valuation.forms import FORM_OF, OrderForm, ReportForm
from shuce.lifecycle.valuation.rules import AppraisalState, Method
from shuce.lifecycle.valuation.showing import actions_on, lots_of, shown_inputs
from shuce.lifecycle.valuation.tables import AppraisalFilters, AppraisalTable


@login_required
def appraisals(request: SignedRequest) -> HttpResponse:
    """Every appraisal the reader may see."""
    return list_page(
        request,
        rows=queries.appraisals_seen_by(request.user),
        table=AppraisalTable,
        filters=AppraisalFilters,
        title=say("价值评估"),
        empty=say("还没有评估。请从资产卡片页面委托评估。"),
    )


@login_required
def order(request: SignedRequest, card_id: str) -> HttpResponse:
    """Order an appraisal of a card; the appraiser is drawn."""
    card = card_seen(card_id, request.user)
    request.signature.require(Permission.APPRAISAL_ORDER, within=card.holder)
    return act(
        request,
        OrderForm,
        lambda form: commands.order_appraisal(card, **form.cleaned_data, by=request.signature),
        title=say("委托价值评估"),
        intro=say(
            "{card}：评估机构由系统按存证日志的最新根值随机抽取，任何人都可以复核。", card=card.name
        ),
        obstacles=queries.obstacles_to_order(card),
        done=lambda made: say("已委托{appraiser}评估", appraiser=made.appraiser),
        then=lambda made: reverse("valuation:appraisal", args=[made.id]),
        back=reverse("valuation:appraisals"),
    )


@login_required
def appraisal(request: SignedRequest, appraisal_id: str) -> HttpResponse:
    """One appraisal: the draw, every opinion with its steps, and the doubts to be looked at."""
    found = queries.appraisal_seen(appraisal_id, request.user)
    lots = lots_of(found)
    return render(
        request,
        "valuation/appraisal.html",
        {
            "title": found.number,
            "state": found.state,
            "appraisal": found,
            "crumbs": [
                Crumb(say("价值评估"), reverse("valuation:appraisals")),
                Crumb(found.number),
            ],
            "actions": actions_on(request, found),
            "facts": [
                ("数据资产", found.card),
                ("持有单位", found.card.holder),
                ("评估机构", found.appraiser),
                ("评估目的", found.purpose),
                ("应用场景", found.scene),
                ("评估基准日", found.base_date),
                ("评估值", found.value),
                ("结论说明", found.reconciliation),
            ],
            "opinions": [(one, shown_inputs(one)) for one in queries.opinions_of(found)],
            "lots": lots,
            "draw_holds": bool(lots) and lots[0].chosen,
            "moments": [
                Moment(found.ordered_at, say("委托评估")),
                *([Moment(found.reported_at, say("出具报告"))] if found.reported_at else []),
                *([Moment(found.adopted_on, say("采用"))] if found.adopted_on else []),
            ],
        },
    )


@login_required
def opinion(request: SignedRequest, appraisal_id: str, method: str) -> HttpResponse:
    """Give one method's value; its steps are worked out and kept."""
    found = queries.appraisal_seen(appraisal_id, request.user)
    chosen = queries.method_named(method)
    request.signature.require(Permission.APPRAISAL_MAKE, within=found.appraiser)
    return act(
        request,
        FORM_OF[chosen],
        lambda form: commands.give_opinion(found, chosen, form.inputs(), by=request.signature),
        title=say("{method}评估意见", method=chosen.label),
        done=lambda made: say("{method}评估值 {value}", method=chosen.label, value=made.value),
        then=reverse("valuation:appraisal", args=[found.id]),
        back=reverse("valuation:appraisal", args=[found.id]),
        submit=say("计算并保存"),
    )


@login_required
def report(request: SignedRequest, appraisal_id: str) -> HttpResponse:
    """Report one value out of the opinions given."""
    found = queries.appraisal_seen(appraisal_id, request.user)
    request.signature.require(Permission.APPRAISAL_MAKE, within=found.appraiser)
    methods = [Method(one.method) for one in queries.opinions_of(found)]
    return act(
        request,
        partial(ReportForm, methods=methods),
        lambda form: commands.report(
            found,
            form.weights(),
            form.cleaned_data["reconciliation"],
            form.cleaned_data.get("single_reason", ""),
            by=request.signature,
        ),
        title=say("出具评估报告"),
        obstacles=rules.obstacles_to_report(methods, "…"),
        done=lambda made: say("评估值 {value}", value=made.value),
        then=reverse("valuation:appraisal", args=[found.id]),
        back=reverse("valuation:appraisal", args=[found.id]),
    )


@login_required
def adopt(request: SignedRequest, appraisal_id: str) -> HttpResponse:
    """Adopt the reported value, or put it to approval where it bears flags."""
    found = queries.appraisal_seen(appraisal_id, request.user)
    return press(
        request,
        lambda: commands.adopt(found, by=request.signature),
        then=reverse("valuation:appraisal", args=[found.id]),
        done=lambda made: (
            say("已采用，资产卡片的价值已更新")
            if made.state == AppraisalState.ADOPTED
            else say("评估结果有风险提示，已提交审批")
        ),
    )
