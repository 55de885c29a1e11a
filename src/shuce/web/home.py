"""Home for each role: what waits, what is overdue, and the figures of one's scope."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime

from shuce.foundation.approvals.queries import cases_seen_by, tasks_for
from shuce.foundation.approvals.tables import TaskFilters, TaskTable
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Figure
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.register.figures import (
    Counted,
    counted_by_grade_and_industry,
    overdue_seen_by,
)
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.register.words import CardState, Grade, Industry
from shuce.lifecycle.rights.queries import grants_seen_by
from shuce.lifecycle.rights.rules import GrantState
from shuce.supervision.reporting.queries import reports_seen_by

_SEE_CARDS = {Permission.CARD_VIEW, Permission.GRANT_APPLY}


@login_required
def show(request: SignedRequest) -> HttpResponse:
    """The reader's desk."""
    member = request.user
    cards = cards_seen_by(member)
    held = cards.filter(state=CardState.IN_FORCE)
    counted = counted_by_grade_and_industry(held)
    tasks = tasks_for(member)
    late = [task for task in tasks[:200] if task.due_at and task.due_at < request.signature.at]
    return render(
        request,
        "desk/home.html",
        {
            "title": say("{name}，您好", name=member.name or member.username),
            "today": localtime(request.signature.at),
            "tasks": tasks[:8],
            "under_way": _under_way(request, tasks),
            "late": late,
            "figures": list(_figures(request, counted, len(late))),
            "by_grade": _pie(_summed(counted, "grade"), Grade),
            "by_industry": _bars(_summed(counted, "industry"), Industry),
            "newest": held.order_by("-entered_on", "-id")[:6],
            "has_cards": bool(counted),
            "sees_cards": bool(member.permissions & _SEE_CARDS),
            "reports": reports_seen_by(member).order_by("-year", "-id")[:6],
        },
    )


@login_required
def inbox(request: SignedRequest) -> HttpResponse:
    """Everything that waits for the reader."""
    return list_page(
        request,
        rows=tasks_for(request.user),
        table=TaskTable,
        filters=TaskFilters,
        template="desk/inbox.html",
        title=say("待办"),
        empty=say("没有待办事项。新的审批到达后会显示在这里。"),
    )


def _figures(request: SignedRequest, counted: Sequence[Counted], late: int) -> Iterable[Figure]:
    member = request.user
    waiting = tasks_for(member).count()
    yield Figure(say("待办"), waiting, reverse("inbox"), icon="inbox")
    if late:
        yield Figure(say("已超时限"), late, reverse("inbox"), tone="red", icon="clock")
    if not member.permissions & _SEE_CARDS:
        return
    grants = grants_seen_by(member).filter(state=GrantState.IN_FORCE)
    books = reverse("register:cards")
    yield Figure(
        say("在册资产"), sum(one.cards for one in counted), f"{books}?state=IN_FORCE", icon="books"
    )
    value = sum((one.value for one in counted), Money(0))
    yield Figure(say("账面价值"), value, books, icon="coin")
    yield Figure(say("有效授权"), grants.count(), reverse("rights:grants"), icon="certificate")
    overdue = overdue_seen_by(member, request.signature.today).count()
    if overdue:
        yield Figure(say("逾期未更新"), overdue, books, tone="yellow", icon="alert-triangle")


def _under_way(request: SignedRequest, tasks: Any) -> Any:
    """The newest open cases the reader sees which wait for somebody else, with their tasks."""
    cases = cases_seen_by(request.user).filter(closed_at=None)
    return cases.exclude(id__in=tasks.values("case_id")).prefetch_related("tasks")[:6]


def _summed(counted: Sequence[Counted], by: str) -> list[tuple[str, int]]:
    """Return the cards for each value of `by`, fewest first."""
    found: Counter[str] = Counter()
    for one in counted:
        if value := getattr(one, by):
            found[value] += one.cards
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def _pie(counted: Sequence[tuple[str, int]], choice: Any) -> dict[str, Any]:
    return {
        "tooltip": {"trigger": "item", "renderMode": "richText"},
        "legend": {"bottom": 0},
        "series": [
            {
                "type": "pie",
                "radius": ["42%", "68%"],
                "center": ["50%", "44%"],
                "label": {"formatter": "{c}"},
                "data": [{"name": choice(code).label, "value": n} for code, n in sorted(counted)],
            }
        ],
    }


def _bars(counted: Sequence[tuple[str, int]], choice: Any) -> dict[str, Any]:
    return {
        "tooltip": {"renderMode": "richText"},
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [choice(code).label for code, _ in counted]},
        "series": [{"type": "bar", "data": [n for _, n in counted], "barMaxWidth": 18}],
    }
