"""The map of rights: who may do what, over one asset or for one body, on a day of one's choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from shuce.engines.lineage import Arrow, Box, draw
from shuce.foundation.office.parts import Crumb
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.queries import organization_seen, organizations_seen_by
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.regions import full_name
from shuce.kernel.words import say
from shuce.lifecycle.register.queries import card_seen
from shuce.lifecycle.rights.history import Held, rights_of, rights_on
from shuce.lifecycle.rights.rules import Right

# How each right looks in the drawing, in the colours that drawings of the house share.
_LOOK = {Right.HOLDING: "SELF", Right.PROCESSING: "CARD", Right.OPERATING: "PRODUCT"}


# A longer list is no help to choose from: the rest are reached from their own pages.
_MOST_BODIES = 300


@dataclass(frozen=True)
class Line:
    """One right in words, for the table beside the drawing."""

    held: Held
    source: str
    href: str
    region: str


@login_required
def card_map(request: SignedRequest, card_id: str) -> HttpResponse:
    """Who had, has or will have which right over one asset."""
    card = card_seen(card_id, request.user)
    day = day_asked(request)
    return render(
        request,
        "rights/map.html",
        {
            "title": say("权利图谱：{card}", card=card.name),
            "crumbs": [
                Crumb(say("资产登记簿"), reverse("register:cards")),
                Crumb(card.number or "—", reverse("register:card", args=[card.id])),
                Crumb(say("权利图谱")),
            ],
            **_shown(rights_on([card], day, request.user), day, request),
        },
    )


@login_required
def body_map(request: SignedRequest) -> HttpResponse:
    """What one body holds, was given and gave, over every asset."""
    day = day_asked(request)
    body = body_asked(request)
    seen = organizations_seen_by(request.user)
    return render(
        request,
        "rights/map.html",
        {
            "title": say("权利图谱：{card}", card=body.name),
            "crumbs": [
                Crumb(say("授权运营"), reverse("rights:grants")),
                Crumb(say("权利图谱")),
            ],
            "bodies": seen[:_MOST_BODIES],
            "body": body,
            **_shown(rights_of(body, day, request.user), day, request),
        },
    )


def day_asked(request: SignedRequest) -> date:
    """Return the day of `?on=`, or today where none, or none that is a day, was given."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.signature.today


def body_asked(request: SignedRequest) -> Organization:
    """Return the body of `?organization=`, or the reader's own."""
    if asked := request.GET.get("organization", ""):
        return organization_seen(asked, request.user)
    if request.user.organization is None:
        raise NotFound(Obstacle("您没有所属单位"))
    return request.user.organization


def _shown(rights: Sequence[Held], day: date, request: SignedRequest) -> dict[str, Any]:
    by_key = {one.key: one for one in rights}
    return {
        "day": day,
        "today": request.signature.today,
        "drawing": _drawn(rights, day),
        "lines": [
            Line(
                one,
                by_key[one.source].body if one.source in by_key else "",
                reverse("rights:grant", args=[one.grant_id]) if one.grant_id else "",
                full_name(one.region_code),
            )
            for one in rights
        ],
    }


def _drawn(rights: Sequence[Held], day: date) -> SafeString:
    """Return the map as SVG; every text in it is escaped by the engine that draws it."""
    boxes = [
        Box(
            one.key,
            one.body or say("不可见"),
            _note(one),
            _LOOK[one.right] if one.right and one.is_usable else "HIDDEN",
            one.layer,
            reverse("rights:grant", args=[one.grant_id]) if one.grant_id else "",
        )
        for one in rights
    ]
    arrows = [Arrow(one.source, one.key) for one in rights if one.source]
    title = say("{day}的权利图谱：由左侧单位授予右侧单位，详见下面的表", day=day)
    return mark_safe(draw(boxes, arrows, title))


def _note(one: Held) -> str:
    if one.right is None:
        return say("另有权利")
    if one.right is Right.HOLDING:
        return say("持有 {card}", card=one.card)
    return one.right.label if one.is_usable else say("{right}（不能使用）", right=one.right.label)
