"""The page of one asset: its card, and everything that later rooms know of it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from shuce.foundation.evidence.queries import Told, life_of, tell
from shuce.foundation.office.parts import Action, Crumb, Figure, Moment, Tab
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.foundation.succession.queries import former_holders_of
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.books.queries import account_of
from shuce.lifecycle.cleanroom.queries import questions_seen_by
from shuce.lifecycle.inventory.tables import ColumnTable
from shuce.lifecycle.lineage.showing import view_of as lineage_of
from shuce.lifecycle.market.queries import products_seen_by
from shuce.lifecycle.quality import queries as quality_queries
from shuce.lifecycle.quality.reporting import bars_of, trend_of
from shuce.lifecycle.register import printing, queries
from shuce.lifecycle.register import rules as register_rules
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.rights.queries import assessments_of, grants_seen_by
from shuce.lifecycle.rights.rules import GrantState, Right
from shuce.lifecycle.valuation.queries import appraisals_seen_by, obstacles_to_order
from shuce.supervision.oversight.queries import names_of
from shuce.web.asset_drawing import Box, drawn

_P = Permission
# Long lists are told by their newest part; each room's own list holds the whole.
_NEWEST = 100
_NEWEST_EVENTS = 300
# The facts of an event that people read; the others are ids.
_TOLD = ("number", "name", "text", "reason", "conclusion", "purpose")


@login_required
def show(request: SignedRequest, card_id: str) -> HttpResponse:
    """One asset, one view of it at a time."""
    card = queries.card_seen(card_id, request.user)
    # A body outside the tree reads the card; what is inside stays with holder and supervisors.
    inside = request.user.may(_P.CARD_VIEW, card.holder)
    views = {key: view for key, view in _VIEWS.items() if inside or key not in _INSIDE_ONLY}
    key = request.GET.get("tab", "overview")
    if key not in views:
        raise NotFound(Obstacle("没有这个页面，或您无权查看"))
    here = _page_of(card)
    _, template, more = views[key]
    return render(
        request,
        f"asset/{template}.html",
        {
            "card": card,
            "title": card.name,
            "state": card.state,
            "crumbs": [
                Crumb(say("资产登记簿"), reverse("register:cards")),
                Crumb(card.number or say("尚未编号")),
            ],
            "actions": list(_actions(request, card)),
            "tabs": [
                Tab(say(name), here if one == "overview" else f"{here}?tab={one}", one == key)
                for one, (name, _, _) in views.items()
            ],
            "inside": inside,
            **more(request, card, inside),
        },
    )


def _overview(request: SignedRequest, card: Card, inside: bool) -> dict[str, Any]:
    quality = quality_queries.qualities_of(card).first() if inside else None
    grants = grants_seen_by(request.user).filter(card=card, state=GrantState.IN_FORCE).count()
    here = _page_of(card)
    figures = [
        Figure(
            say("价值"), card.value, f"{here}?tab=value", icon="coin", note=card.value_basis.label
        ),
        Figure(say("有效授权"), grants, f"{here}?tab=rights", icon="certificate"),
        Figure(say("使用次数"), card.uses, icon="chart-bar"),
    ]
    if inside:
        score = quality.score if quality else None
        figures.insert(
            1, Figure(say("数据质量"), score, f"{here}?tab=quality", icon="clipboard-check")
        )
    late = card.state == CardState.IN_FORCE and card.update_due_on < request.signature.today
    return {
        "figures": figures,
        "groups": printing.groups_of(card, queries.added_to(card.holder)),
        "gaps": printing.gaps_of(card) if inside else [],
        "proposal": queries.waiting_proposal(card) if inside else None,
        "marks": queries.marks_of(card),
        "update_due": card.update_due_on if late else None,
        "resource": card.resource if inside else None,
    }


def _columns(request: SignedRequest, card: Card, inside: bool) -> dict[str, Any]:
    rows = queries.columns_shown(card, with_profile=inside)
    hidden = () if inside else ("filled", "profile", "evidence")
    return {"columns": ColumnTable(rows, request=request, exclude=hidden), "count": len(rows)}


def _lineage(request: SignedRequest, card: Card, inside: bool) -> dict[str, Any]:
    return lineage_of(card, request.user, request.GET.get("column", ""))


def _rights(request: SignedRequest, card: Card, inside: bool) -> dict[str, Any]:
    seen = grants_seen_by(request.user).filter(card=card).select_related("operator")
    grants = list(seen.order_by("-id")[:_NEWEST])
    ids = [grant.id for grant in grants]
    questions = questions_seen_by(request.user).filter(grant_id__in=ids)[:_NEWEST]
    return {
        "drawing": drawn(_holder_with(card, grants)),
        "former_holders": former_holders_of(card.id) if inside else [],
        "grants": [(grant, _link("rights:grant", grant.id)) for grant in grants],
        "assessments": assessments_of(card) if inside else [],
        "questions": [(one, _link("cleanroom:question", one.id)) for one in questions],
        "marks": queries.marks_of(card),
    }


def _quality(request: SignedRequest, card: Card, inside: bool) -> dict[str, Any]:
    measured = list(quality_queries.qualities_of(card)[:24])
    last = measured[0] if measured else None
    return {
        "last": last,
        "dimensions": quality_queries.dimensions_of(last) if last else [],
        "radar": bars_of(last) if last else None,
        "trend": trend_of(measured[::-1]) if len(measured) > 1 else None,
        "issues": list(quality_queries.open_issues_of(card)[:_NEWEST]),
        "today": request.signature.today,
    }


def _value(request: SignedRequest, card: Card, inside: bool) -> dict[str, Any]:
    values = list(queries.values_of(card)[:_NEWEST]) if inside else []
    appraisals = appraisals_seen_by(request.user).filter(card=card)[:_NEWEST]
    products = products_seen_by(request.user).filter(inputs__card=card).distinct()[:_NEWEST]
    return {
        "values": values,
        "steps": _steps_of(values) if len(values) > 1 else None,
        "appraisals": [(one, _link("valuation:appraisal", one.id)) for one in appraisals],
        "products": [(one, _link("market:product", one.id)) for one in products],
    }


def _versions(request: SignedRequest, card: Card, inside: bool) -> dict[str, Any]:
    may = request.user.may(_P.CARD_ENTER, card.holder) and not queries.obstacles_to_change(card)
    return {
        "revisions": queries.revisions_shown(card),
        "proposals": queries.proposals_of(card)[:_NEWEST],
        "may_restore": may,
    }


def _life(request: SignedRequest, card: Card, inside: bool) -> dict[str, Any]:
    life = life_of(card.id)
    told = [tell(entry) for entry in life.order_by("-id")[:_NEWEST_EVENTS]]
    names = names_of([one.member_id for one in told])
    return {
        "moments": [
            Moment(
                one.at,
                one.label,
                _told_of(one),
                names.get(one.member_id, ""),
                _link("oversight:entry", one.entry_id),
            )
            for one in told
        ],
        "count": life.count(),
    }


_View = tuple[str, str, Callable[[SignedRequest, Card, bool], dict[str, Any]]]
_VIEWS: dict[str, _View] = {
    "overview": ("概览", "overview", _overview),
    "columns": ("字段", "columns", _columns),
    "lineage": ("血缘", "lineage", _lineage),
    "rights": ("权利", "rights", _rights),
    "quality": ("质量", "quality", _quality),
    "value": ("价值", "value", _value),
    "files": ("附件", "files", lambda request, card, inside: {}),
    "versions": ("历史版本", "versions", _versions),
    "life": ("生命历程", "life", _life),
}
_INSIDE_ONLY = frozenset({"lineage", "quality", "files", "versions", "life"})


def _actions(request: SignedRequest, card: Card) -> Iterator[Action]:
    """Yield what the reader's posts let them do with this asset; the rules grey what may not be."""
    may, holder, ids = request.user.may, card.holder, [card.id]
    usable = list(
        register_rules.obstacles_to_use(
            CardState(card.state), Grade(card.grade) if card.grade else None
        )
    )
    if may(_P.CARD_ENTER, holder):
        if card.state in (CardState.DRAFT, CardState.IN_APPROVAL):
            yield Action(
                say("提交审批"), reverse("register:submit", args=ids), icon="send",
                primary=True, post=True, obstacles=queries.obstacles_to_submit(card),
            )  # fmt: skip
        yield Action(
            say("变更"), reverse("register:revise", args=ids), icon="edit",
            obstacles=queries.obstacles_to_change(card),
        )  # fmt: skip
        if card.state == CardState.IN_FORCE:
            yield Action(say("登记更新"), reverse("register:update", args=ids), icon="refresh")
    if may(_P.GRADE_CONFIRM, holder):
        yield Action(
            say("确认级别"), reverse("register:grade", args=ids), icon="shield-check",
            primary=card.grade is None, obstacles=queries.obstacles_to_grade(card),
        )  # fmt: skip
    if may(_P.QUALITY_MEASURE, holder):
        yield Action(
            say("测量质量"), reverse("quality:measure", args=ids), icon="clipboard-check",
            post=True, obstacles=quality_queries.obstacles_to_measure(card),
        )  # fmt: skip
    if may(_P.ASSESSMENT_MAKE, holder) and (href := _link("rights:assess", card.id)):
        yield Action(say("安全评估"), href, icon="shield-lock", obstacles=usable)
    own = request.user.organization
    if own and may(_P.GRANT_APPLY, own) and (href := _link("rights:request", card.id)):
        yield Action(say("申请授权"), href, icon="certificate", primary=True, obstacles=usable)
    if may(_P.APPRAISAL_ORDER, holder) and (href := _link("valuation:order", card.id)):
        yield Action(say("委托评估"), href, icon="scale", obstacles=obstacles_to_order(card))
    if may(_P.BOOKS_KEEP, holder):
        kept = account_of(card)
        where = ("books:account", kept.id) if kept else ("books:book", card.id)
        yield Action(say("资产台账") if kept else say("入账"), _link(*where), icon="notebook")
    if may(_P.DISPOSAL_APPLY, holder) and (href := _link("disposal:propose", card.id)):
        in_force = card.state == CardState.IN_FORCE
        why = [] if in_force else [Obstacle("只有在册的资产可以申请处置")]
        yield Action(say("申请处置"), href, icon="trash", obstacles=why)
    yield Action(say("打印"), reverse("register:pdf", args=ids), icon="printer")


def _holder_with(card: Card, grants: Iterable[Any]) -> Box:
    shown = [
        one
        for one in grants
        if one.state in (GrantState.IN_FORCE, GrantState.SUSPENDED, GrantState.REQUESTED)
    ]
    known = {one.id for one in shown}

    def box(grant: Any) -> Box:
        return Box(
            grant.operator.name,
            (
                f"{grant.starts_on:%Y-%m-%d} — {grant.ends_on:%Y-%m-%d}",
                f"{grant.state.label} · {grant.fee_basis.label}",
            ),
            grant.state.value,
            Right(grant.right).label.removeprefix("数据"),
            _link("rights:grant", grant.id),
            tuple(box(one) for one in shown if one.source_grant_id == grant.id),
        )

    roots = [one for one in shown if one.source_grant_id not in known]
    lines = (Right.HOLDING.label, card.number or say("尚未编号"))
    return Box(card.holder.name, lines, "HOLDER", below=tuple(box(one) for one in roots))


def _steps_of(values: list[Any]) -> dict[str, Any]:
    oldest_first = values[::-1]
    return {
        "xAxis": {
            "type": "category",
            "data": [f"{one.recorded_at:%Y-%m-%d}" for one in oldest_first],
        },
        "yAxis": {"type": "value"},
        "series": [
            {"type": "line", "step": "end", "data": [float(one.value.yuan) for one in oldest_first]}
        ],
    }


def _told_of(one: Told) -> str:
    words = [str(one.facts[name]) for name in _TOLD if one.facts.get(name)]
    return " · ".join([*words, f"{one.clause.citation} {one.clause.label}"])


def _page_of(card: Card) -> str:
    return reverse("register:card", args=[card.id])


def _link(name: str, subject: object) -> str:
    """Return the address of a room's page about `subject`, or nothing where there is none.

    A page that takes the card as a choice of its form gets it in the query.
    """
    try:
        return reverse(name, args=[subject])
    except NoReverseMatch:
        pass
    try:
        return f"{reverse(name)}?card={subject}"
    except NoReverseMatch:
        return ""
