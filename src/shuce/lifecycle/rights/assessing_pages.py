"""Pages of what is assessed before a grant: the security of it, and its bearing on people."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.register.queries import card_seen, columns_of
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights import commands, impact_commands, queries, showing
from shuce.lifecycle.rights.forms import AssessForm, ImpactForm, ReasonForm
from shuce.lifecycle.rights.impact import is_sensitive, obstacles_to_discard
from shuce.lifecycle.rights.questionnaire import questions_for


@login_required
def assess(request: SignedRequest, card_id: str) -> HttpResponse:
    """Assess the risks of granting a card, question by question; earlier assessments beside it."""
    card = card_seen(card_id, request.user)
    grade = Grade(card.grade) if card.grade else None
    return act(
        request,
        partial(AssessForm, questions=questions_for(grade, request.signature.today)),
        lambda form: commands.assess_security(card, form.answers(), by=request.signature),
        title=say("授权前安全评估：{card}", card=card.name),
        submit=say("提交评估"),
        then=reverse("rights:assess", args=[card.id]),
        done=lambda made: (
            say("评估已完成，结论为通过")
            if made.passed
            else say("评估已完成，有待整改事项，暂不能授权")
        ),
        obstacles=queries.obstacles_to_assess(card, request.user),
        template="rights/assess.html",
        context={
            "card": card,
            "history": showing.assessments(queries.assessments_of(card), request.signature.today),
            "standing": queries.standing_of(card),
        },
    )


@login_required
def assess_impact(request: SignedRequest, card_id: str) -> HttpResponse:
    """Assess what handling a card's personal data does to people; earlier assessments below."""
    card = card_seen(card_id, request.user)
    may_read = request.user.may(Permission.CARD_VIEW, card.holder)
    return act(
        request,
        ImpactForm,
        lambda form: impact_commands.assess_impact(card, form.impact(), by=request.signature),
        title=say("个人信息保护影响评估：{card}", card=card.name),
        submit=say("提交评估"),
        then=reverse("rights:impact", args=[card.id]),
        done=say("评估已完成，保存三年"),
        back=reverse("rights:assess", args=[card.id]),
        obstacles=queries.obstacles_to_assess_impact(card, request.user),
        template="rights/impact.html",
        context={
            "card": card,
            "today": request.signature.today,
            "sensitive": is_sensitive(str(one.get("type")) for one in columns_of(card)),
            "history": queries.impacts_of(card) if may_read else [],
        },
    )


@login_required
def discard_impact(request: SignedRequest, impact_id: str) -> HttpResponse:
    """Remove an assessment that need not be kept any longer."""
    found = queries.impact_seen(impact_id, request.user)
    back = reverse("rights:impact", args=[found.card_id])
    return act(
        request,
        ReasonForm,
        lambda form: impact_commands.discard_impact(
            found, **form.cleaned_data, by=request.signature
        ),
        title=say("清理影响评估"),
        intro=say(
            "评估日期 {day}，须保存至 {until}。", day=found.assessed_on, until=found.keep_until
        ),
        obstacles=obstacles_to_discard(found.keep_until, request.signature.today),
        then=back,
        done=say("评估已清理"),
        back=back,
    )
