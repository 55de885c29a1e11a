"""Pages that do something: show a form, call one command, say how it went.

A refusal is shown where it belongs: beside the input it names, or above the form, with its clause.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from shuce.kernel.refusals import NotFound, Obstacle, Refused
from shuce.kernel.words import say

F = TypeVar("F", bound=forms.BaseForm)
T = TypeVar("T")


def act(
    request: HttpRequest,
    form: Callable[..., F],
    do: Callable[[F], T],
    *,
    title: str,
    then: str | Callable[[T], str],
    done: str | Callable[[T], str],
    template: str = "office/form.html",
    submit: str = "",
    intro: str = "",
    back: str = "",
    confirm: str = "",
    obstacles: Iterable[Obstacle] = (),
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show `form`, and when it is sent rightly, `do` it.

    `form` is the form's class, or a `partial` of it: it is called with the data and the files
    that were sent, or with nothing. `do` gets the valid form and calls one command. Then the
    reader goes to `then` (a URL name, an address, or made from the result) and reads `done`.
    What is wrong with the input, or what the command refuses, comes back on the same page with
    everything typed kept: status 422, or the refusal's own. `obstacles` known beforehand grey the
    button; they are also checked by the command itself.
    """
    known = tuple(obstacles)
    page = {
        "title": title,
        "submit": submit or title,
        "intro": intro,
        "back": back,
        "confirm": confirm,
        "obstacles": known,
        **(context or {}),
    }
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    if request.method != "POST":
        return render(request, template, page | {"form": form()})
    filled = form(request.POST, request.FILES)
    if not filled.is_valid():
        return render(request, template, page | {"form": filled}, status=422)
    try:
        result = do(filled)
    except NotFound:
        raise
    except Refused as refusal:
        about_all = _pin_to_fields(filled, refusal.obstacles)
        page |= {"form": filled, "refused": about_all}
        return render(request, template, page, status=refusal.http_status)
    return _go(request, result, then, done)


def press(
    request: HttpRequest,
    do: Callable[[], T],
    *,
    then: str | Callable[[T], str],
    done: str | Callable[[T], str],
) -> HttpResponse:
    """Answer a one-button POST: `do` it and go to `then`; anything but POST is 405.

    A refusal takes the reader back to the page of the button, which shows every obstacle; htmx
    gets the obstacles alone, with the refusal's status.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        result = do()
    except NotFound:
        raise
    except Refused as refusal:
        if _is_htmx(request):
            return refusal_fragment(request, refusal)
        for obstacle in refusal.obstacles:
            messages.error(request, _with_source(obstacle), extra_tags="refused")
        return redirect(_page_of_the_button(request))
    return _go(request, result, then, done)


def refusal_fragment(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Return the obstacles alone, to be put where the page shows its messages."""
    response = render(
        request,
        "office/_refused.html",
        {"obstacles": refusal.obstacles},
        status=refusal.http_status,
    )
    response["HX-Retarget"] = "#messages"
    response["HX-Reswap"] = "innerHTML show:window:top"
    return response


def _go(
    request: HttpRequest,
    result: T,
    then: str | Callable[[T], str],
    done: str | Callable[[T], str],
) -> HttpResponse:
    text = done(result) if callable(done) else done
    if text:
        messages.success(request, text)
    address = resolve_url(then(result) if callable(then) else then)
    if _is_htmx(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def _pin_to_fields(form: forms.BaseForm, obstacles: Iterable[Obstacle]) -> list[Obstacle]:
    """Put each obstacle on the input it names; return those that name none."""
    about_all = []
    for obstacle in obstacles:
        if obstacle.field in form.fields:
            form.add_error(obstacle.field, _with_source(obstacle))
        else:
            about_all.append(obstacle)
    return about_all


def _with_source(obstacle: Obstacle) -> str:
    if obstacle.clause is None:
        return obstacle.reason
    return say("{reason}（{source}）", reason=obstacle.reason, source=obstacle.clause.citation)


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _page_of_the_button(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if ours else "/"
