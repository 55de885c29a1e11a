"""What the page of a succession shows to its reader."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.requests import SignedRequest
from shuce.foundation.succession import queries
from shuce.foundation.succession.models import Succession
from shuce.foundation.succession.rules import Manner, SuccessionState
from shuce.kernel.words import say


def page_of(plan: Succession, request: SignedRequest) -> dict[str, Any]:
    """Everything that the page of one plan shows."""
    is_done = plan.state == SuccessionState.DONE
    open_ = plan.state in (SuccessionState.DRAFT, SuccessionState.IN_APPROVAL)
    return {
        "title": say(
            "{manner}：{former}",
            former=say("、").join(one.name for one in plan.formers),
            manner=plan.manner.label,
        ),
        "state": plan.state,
        "subtitle": plan.number,
        "crumbs": [Crumb(say("主体承继"), reverse("succession:plans")), Crumb(plan.number)],
        "actions": list(_actions(plan, request)),
        "plan": plan,
        "facts": _facts(plan),
        "summary": queries.passed_summary_of(plan) if is_done else queries.summary_of(plan),
        "may_assign": plan.manner == Manner.SPLIT and not _barred(plan, request),
        "obstacles": list(queries.obstacles_to_pass(plan)) if open_ else [],
        "case": queries.case_of(plan),
        "is_done": is_done,
    }


def _facts(plan: Succession) -> list[tuple[str, object]]:
    return [
        ("方式", plan.manner),
        ("原主体", [one.name for one in plan.formers]),
        ("承继主体", [one.name for one in plan.heirs]),
        ("原主体存续", plan.continues),
        ("批准文号", plan.ground),
        ("说明", plan.note),
        ("拟订人", plan.drafted_by.name),
        ("拟订时间", plan.drafted_at),
        ("完成时间", plan.done_at),
    ]


def _actions(plan: Succession, request: SignedRequest) -> Iterator[Action]:
    yield Action(
        say("承继事项清单"), reverse("succession:things", args=[plan.id]), icon="list-check"
    )
    if plan.state != SuccessionState.DRAFT:
        return
    barred = _barred(plan, request)
    yield Action(
        say("放弃"),
        reverse("succession:abandon", args=[plan.id]),
        post=True,
        danger=True,
        confirm=say("放弃后方案不能恢复，确定放弃吗？"),
        obstacles=barred,
    )
    yield Action(
        say("提交审批"),
        reverse("succession:submit", args=[plan.id]),
        icon="send",
        primary=True,
        post=True,
        obstacles=[*barred, *queries.obstacles_to_pass(plan)],
    )


def _barred(plan: Succession, request: SignedRequest) -> list[Any]:
    return list(queries.obstacles_to_change(plan, request.user))
