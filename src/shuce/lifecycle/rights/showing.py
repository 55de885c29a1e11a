"""What the pages of this room show: grants and assessments in the words of the office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from shuce.foundation.office.parts import Action, Crumb, Moment
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.rights import queries, rules
from shuce.lifecycle.rights.forms import label_of
from shuce.lifecycle.rights.models import Exit, Grant, SecurityAssessment
from shuce.lifecycle.rights.questionnaire import text_of
from shuce.lifecycle.rights.rules import GrantState


@dataclass(frozen=True)
class Assessed:
    """One assessment, ready to be shown: each question with its answer."""

    assessment: SecurityAssessment
    is_valid: bool
    answers: list[tuple[str, bool, str]]


def assessments(made: Iterable[SecurityAssessment], today: date) -> list[Assessed]:
    return [
        Assessed(
            one,
            one.passed and one.valid_until >= today and one.grade_then == one.card.grade,
            [
                (say(text_of(key)), answer["met"], _noted(answer))
                for key, answer in one.answers.items()
            ],
        )
        for one in made
    ]


def _noted(answer: dict[str, Any]) -> str:
    evidence = answer.get("evidence")
    if not evidence:
        return str(answer["note"])
    return say("{note}（证明材料：{evidence}）", note=answer["note"], evidence=evidence)


def facts_of_card(card: Card) -> list[tuple[Any, ...]]:
    return [
        ("资产名称", card.name),
        ("持有单位", card.holder),
        ("级别", card.grade),
        ("摘要", card.summary),
        ("开放属性", card.opening),
        ("涉及个人信息", card.personal_data),
        ("数据规模（条）", card.rows),
        ("最近更新日", card.updated_on),
    ]


def actions_of_list(member: Member) -> list[Action]:
    applies = Permission.GRANT_APPLY in member.permissions
    label = say("申请授权") if applies else say("可申请授权的数据资产")
    return [
        Action(say("权利图谱"), reverse("rights:map"), icon="sitemap"),
        Action(say("授权退出"), reverse("rights:exits"), icon="logout"),
        Action(label, reverse("rights:offers"), icon="plus", primary=applies),
    ]


def page_of(grant: Grant, request: SignedRequest) -> dict[str, Any]:
    """Everything that the page of one grant shows to this reader."""
    member, today = request.user, request.signature.today
    case = queries.case_of(grant, member)
    chain = queries.chain_of(grant)
    seen = queries.grants_seen_by(member).filter(id__in=[one.id for one in chain])
    return {
        "title": say("{right}：{card}", right=grant.right.label, card=grant.card.name),
        "state": grant.state,
        "subtitle": grant.number or say("审批通过后编号"),
        "crumbs": [Crumb(say("授权运营"), reverse("rights:grants")), Crumb(grant.number or "—")],
        "actions": list(_actions(grant, member, today)),
        "grant": grant,
        "facts": _facts(grant),
        "columns": [label_of(c) for c in columns_of(grant.card) if c["name"] in grant.columns],
        "chain": [(one, one in seen) for one in chain],
        "sub_grants": queries.sub_grants_of(grant, member),
        "marks": queries.marks_of(grant),
        "moments": _moments(grant),
        "case": case,
        "obstacles": queries.obstacles_in_chain(grant, today)
        if grant.state in queries.LIVE
        else [],
        "own": grant.operator_id == member.organization_id,
        "oversees": member.may(Permission.CLEANROOM_OVERSEE, grant.card.holder),
        "today": today,
    }


def _facts(grant: Grant) -> list[tuple[Any, ...]]:
    return [
        ("数据资产", grant.card, reverse("register:card", args=[grant.card_id])),
        ("持有单位", grant.card.holder),
        ("运营主体", grant.operator),
        ("权利", grant.right.label),
        ("用途类别", grant.purpose_kind),
        ("用途", grant.purpose),
        ("使用方式", grant.fee_basis),
        ("费用", grant.fee),
        ("起始日", grant.starts_on),
        ("终止日（不含）", grant.ends_on),
        ("行范围", "；".join(one.sentence for one in grant.row_limits) or say("不限")),
        ("适用地域", grant.region_code),
        ("可再授权", grant.sub_granting),
        ("独占", grant.exclusive),
        ("可融合加工", grant.blending),
        ("申请人", grant.requested_by),
        ("申请时间", grant.requested_at),
        ("决定时间", grant.decided_at),
        *(
            (
                (
                    (
                        "续期的授权",
                        grant.renews.number,
                        reverse("rights:grant", args=[grant.renews.id]),
                    ),
                )
            )
            if grant.renews
            else ()
        ),
        *(
            ("续期后的授权", one.number or one.state.label, reverse("rights:grant", args=[one.id]))
            for one in grant.renewals.all()
        ),
    ]


def _moments(grant: Grant) -> list[Moment]:
    told = queries.story_of(grant)
    people = queries.people_of_story(told)
    return [
        Moment(
            one.at,
            one.label,
            text=str(one.facts.get("reason", "")),
            by=people.get(one.member_id, ""),
            state=GrantState(one.facts["state"]) if one.facts.get("state") else None,
        )
        for one in told
    ]


def _actions(grant: Grant, member: Member, today: date) -> Iterable[Action]:
    state = GrantState(grant.state)
    holder = grant.card.holder

    def at(name: str) -> str:
        return reverse(f"rights:{name}", args=[grant.id])

    if grant.operator_id == member.organization_id and state is GrantState.IN_FORCE:
        room = reverse("cleanroom:ask", args=[grant.id])
        yield Action(say("进入数据净室"), room, icon="microscope", primary=True)
    elif member.may(Permission.CLEANROOM_OVERSEE, holder) and grant.number:
        room = f"{reverse('cleanroom:studio')}?grant={grant.id}"
        yield Action(say("净室使用情况"), room, icon="eye")
    yield Action(say("权利图谱"), reverse("rights:card_map", args=[grant.card_id]), icon="sitemap")
    yield Action(say("下载 ODRL"), at("odrl"), icon="download")
    if grant.operator_id == member.organization_id and member.may(
        Permission.GRANT_APPLY, grant.operator
    ):
        if not queries.obstacles_to_renew(grant, today):
            yield Action(say("申请续期"), at("renew"), icon="refresh")
        if not list(rules.obstacles_to_withdraw(state)):
            yield Action(say("主动退出"), at("relinquish"), icon="logout")
    if ended := Exit.objects.filter(grant=grant).first():
        yield Action(say("退出事项"), reverse("rights:exit", args=[ended.id]), icon="list-check")
    if member.may(Permission.GRANT_SUSPEND, holder):
        if state is GrantState.SUSPENDED:
            yield Action(say("恢复"), at("resume"), icon="player-play")
        elif state is GrantState.IN_FORCE:
            yield Action(say("暂停"), at("suspend"), icon="player-pause")
    if member.may(Permission.GRANT_MANAGE, holder) and not list(rules.obstacles_to_withdraw(state)):
        yield Action(say("收回"), at("withdraw"), icon="ban", danger=True)
