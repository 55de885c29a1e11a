"""The last answer: a refusal becomes its page; a bug becomes a page with a number."""

import logging
import secrets
from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string

from shuce.foundation.office.acts import refusal_fragment
from shuce.kernel.refusals import Refused
from shuce.kernel.words import say

log = logging.getLogger("shuce.incidents")

# Django answers these itself, with our 400, 403 and 404 pages.
_DJANGOS_OWN = (Http404, PermissionDenied, SuspiciousOperation, BadRequest, MultiPartParserError)


class _Refusals:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if isinstance(fault, Refused):
            return answer_refusal(request, fault)
        if isinstance(fault, _DJANGOS_OWN):
            return None
        return answer_incident(request, fault)


def refusals(answer: Callable[[HttpRequest], HttpResponse]) -> _Refusals:
    """Turn what pages raise into answers that people, or programs, can read."""
    return _Refusals(answer)


def answer_refusal(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """List every obstacle with its clause: a page, a fragment for htmx, JSON for the API."""
    if _for_programs(request):
        obstacles = [
            {"reason": o.reason, "clause": o.clause and str(o.clause), "field": o.field}
            for o in refusal.obstacles
        ]
        return JsonResponse({"obstacles": obstacles}, status=refusal.http_status)
    if request.headers.get("HX-Request") == "true":
        return refusal_fragment(request, refusal)
    status = refusal.http_status
    return render(
        request,
        "office/refused.html",
        {"obstacles": refusal.obstacles, "status": status, "title": _heading(status)},
        status=status,
    )


def answer_incident(request: HttpRequest, fault: Exception) -> HttpResponse:
    """Log a bug under a number, and show the number and nothing else."""
    number = secrets.token_hex(4).upper()
    log.error("incident %s at %s %s", number, request.method, request.path, exc_info=fault)
    # The signal lets tests and monitors see the fault as they would without us.
    got_request_exception.send(sender=None, request=request)
    if _for_programs(request):
        return JsonResponse({"incident": number}, status=500)
    # Without context processors: whatever broke may break them too.
    return HttpResponse(render_to_string("500.html", {"incident": number}), status=500)


def _for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _heading(status: int) -> str:
    return {
        403: say("没有办理权限"),
        404: say("没有找到"),
        409: say("内容已被他人更改"),
    }.get(status, say("现在不能办理"))
