"""The public portal: no sign-in. What exists, on what terms, and how to ask (G-14)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.lists import list_page
from shuce.kernel.words import say
from shuce.supervision.reporting import dcat, queries
from shuce.supervision.reporting.tables import DisclosureFilters, DisclosureTable

_ENTRIES_OF_A_PAGE = 500


def index(request: HttpRequest) -> HttpResponse:
    """The list of what may be known."""
    return list_page(
        request,
        rows=queries.disclosures_open(),
        table=DisclosureTable,
        filters=DisclosureFilters,
        title=say("公共数据资产信息披露"),
        template="reporting/portal.html",
        empty=say("目前没有披露的数据资产。"),
    )


def one(request: HttpRequest, disclosure_id: str) -> HttpResponse:
    """One asset as the public may know it, with its terms."""
    found = queries.disclosure_open(disclosure_id)
    return render(
        request,
        "reporting/disclosure.html",
        {"title": found.title, "disclosure": found, "facts": queries.facts_told(found)},
    )


def catalog(request: HttpRequest) -> HttpResponse:
    """The same for programs: DCAT in JSON-LD, page by page."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    start = (max(number, 1) - 1) * _ENTRIES_OF_A_PAGE
    found = list(queries.disclosures_open()[start : start + _ENTRIES_OF_A_PAGE + 1])
    here = request.build_absolute_uri(reverse("reporting:catalog"))
    more = len(found) > _ENTRIES_OF_A_PAGE
    answer = JsonResponse(
        dcat.catalogue(
            found[:_ENTRIES_OF_A_PAGE],
            address=here,
            next_address=f"{here}?page={max(number, 1) + 1}" if more else "",
            page_of=lambda told: request.build_absolute_uri(
                reverse("reporting:disclosure", args=[told.id])
            ),
        ),
        json_dumps_params={"ensure_ascii": False},
        content_type="application/ld+json",
    )
    # Open data is for everyone's programs, in a browser too.
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
