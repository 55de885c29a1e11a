"""One box that finds cards, from every page and for programs."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.register.outcomes import CardOut
from shuce.lifecycle.register.search import MOST, Hits, Narrowed, search, suggest

router = Router(tags=["search"])
_OF_A_PAGE = 20
_MOST_CHOICES = 12
# The facets in the order in which they are shown.
_FACETS = {
    "department": "主管部门",
    "grade": "数据级别",
    "state": "登记状态",
    "industry": "行业",
    "sharing": "共享属性",
}


@login_required
def show(request: SignedRequest) -> HttpResponse:
    """What answers the words in the address, narrowed as the address says."""
    typed = request.GET.get("q", "").strip()[:100]
    chosen = {name: request.GET.get(name, "") for name in _FACETS}
    hits = search(typed, Narrowed(**chosen), request.user)
    pages = Paginator(hits.ids, _OF_A_PAGE)
    asked = request.GET.get("page", "")
    page = pages.get_page(asked if asked.isascii() and asked.isdigit() else 1)
    context = {
        "title": say("搜索资产"),
        "typed": typed,
        "hits": hits,
        "most": MOST,
        "page": page,
        "cards": hits.page(page.start_index() - 1, _OF_A_PAGE) if hits.count else [],
        "facets": _shown(request, hits, chosen),
        "unnarrowed": f"?{urlencode({'q': typed})}",
        "narrowed": any(chosen.values()),
    }
    return render(request, "desk/search.html", context)


@login_required
def suggestions(request: SignedRequest) -> HttpResponse:
    """A few names for what is being typed, as a list to choose from."""
    names = suggest(request.GET.get("q", ""), request.user)
    return render(request, "desk/_suggestions.html", {"names": names})


@dataclass(frozen=True)
class Choice:
    """A value of a facet, with the address that narrows to it, or widens again if chosen."""

    label: str
    count: int
    href: str
    chosen: bool


def _shown(
    request: SignedRequest, hits: Hits, chosen: dict[str, str]
) -> list[tuple[str, list[Choice]]]:
    shown = []
    for name, title in _FACETS.items():
        choices = [
            Choice(
                one.label,
                one.count,
                _address(request, name, "" if one.value == chosen[name] else one.value),
                one.value == chosen[name],
            )
            for one in hits.facets
            if one.name == name
        ]
        if choices:
            shown.append((say(title), choices[:_MOST_CHOICES]))
    return shown


def _address(request: SignedRequest, name: str, value: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query[name] = value
    kept = {key: one for key, one in query.items() if one}
    return f"?{urlencode(kept)}"


class FacetOut(Schema):
    """A value by which hits can be narrowed, and how many of the counted hits have it."""

    name: str
    value: str
    label: str
    count: int


class HitsOut(Schema):
    """The hits of a window, best first. `capped`: more than `count` answer, the newest counted."""

    count: int
    capped: bool
    facets: list[FacetOut]
    cards: list[CardOut]


class NarrowedIn(Schema):
    department: str = ""
    grade: str = ""
    state: str = ""
    industry: str = ""
    sharing: str = ""


@router.get("", response=HitsOut)
def find(
    request: SignedRequest, q: str, narrowed: Query[NarrowedIn], window: Query[Window]
) -> object:
    """Find cards by words in Chinese, pinyin (whole or initials), or parts of codes."""
    hits = search(q, Narrowed(**narrowed.dict()), request.user)
    return {
        "count": hits.count,
        "capped": hits.capped,
        "facets": hits.facets,
        "cards": hits.page(window.offset, window.limit),
    }


@router.get("/suggest", response=list[str])
def names(request: SignedRequest, q: str) -> object:
    """Names of a few cards that answer what was typed so far."""
    return suggest(q, request.user)
