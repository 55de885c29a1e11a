"""Take an edition of a report: handed over by the market, metered here."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseNotAllowed

from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.cleanroom.rules import FileForm
from shuce.lifecycle.cleanroom.showing import as_file
from shuce.lifecycle.market.queries import edition_seen
from shuce.lifecycle.revenue.serving import take


@login_required
def take_edition(request: SignedRequest, edition_id: str, form: str) -> HttpResponse:
    """Download an edition as a marked file, everything judged again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = edition_seen(edition_id, request.user)
    return cast(HttpResponse, as_file(take(found, FileForm(form), by=request.signature)))
