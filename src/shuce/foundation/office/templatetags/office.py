"""What templates say: `{% load office %}`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from shuce.foundation.office import showing
from shuce.foundation.office.forms import groups_of
from shuce.foundation.office.parts import Action, Figure, Moment
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.identifiers import new_id
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle
from shuce.kernel.words import say as say_in_readers_language

register = template.Library()

_Context = dict[str, Any]


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """`{% icon "search" %}`: an inline SVG; names are those of `icons.json`."""
    return showing.icon(name, extra)


@register.simple_tag
def badge(value: object, colour: str = "") -> SafeString:
    """`{% badge grant.state %}`: a `Choice` in its colour."""
    return showing.badge(value, colour)


@register.simple_tag
def money(value: Money | int | None) -> str:
    """`{% money bill.amount %}`: an amount; a plain number is fen."""
    return showing.show(Money(value) if isinstance(value, int) else value)


@register.filter(name="money")
def money_filter(value: Money | int | None) -> str:
    return money(value)


@register.filter
def day(value: date | datetime | None) -> str:
    """`{{ card.entered_on|day }}`: 2026年3月5日."""
    return showing.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    """`{{ entry.at|moment }}`: 2026年3月5日 14:30."""
    return showing.moment(value)


@register.filter
def show(value: object) -> str:
    """`{{ anything|show }}`: as the house shows values of that type."""
    return showing.show(value)


@register.filter
def say(value: object) -> str:
    """`{{ chinese|say }}`: a Chinese word that came as data, in the reader's language."""
    return say_in_readers_language(str(value)) if value else ""


@register.filter
def label(value: object) -> str:
    """`{{ grant.state|label }}`: the words of a `Choice`, without a badge."""
    return value.label if isinstance(value, Choice) else showing.plain(value)


@register.filter
def citation(value: Clause | None) -> str:
    return value.citation if value else ""


@register.inclusion_tag("office/_obstacles.html")
def obstacles(found: Iterable[Obstacle], heading: str = "") -> dict[str, object]:
    """`{% obstacles list %}`: every reason with the clause it rests on."""
    return {"obstacles": list(found or ()), "heading": heading}


@register.inclusion_tag("office/_act_button.html", takes_context=True)
def act_button(
    context: RequestContext,
    label: str,
    href: str,
    obstacles: Iterable[Obstacle] = (),
    icon: str = "",
    style: str = "",
    confirm: str = "",
    post: bool = True,
    **sent: object,
) -> dict[str, object]:
    """`{% act_button label href obstacles=… icon="check" style="primary" confirm=… %}`.

    A POST at once, or (`post=False`) a link to a form. With obstacles it is greyed, and says why
    on hovering and to screen readers. Further names are sent along as hidden inputs.
    """
    found = list(obstacles or ())
    return {
        "label": label,
        "href": href,
        "reason": "；".join(str(obstacle) for obstacle in found),
        "icon": icon,
        "style": style or "outline-primary",
        "confirm": confirm,
        "post": post,
        "sent": sent.items(),
        "reason_id": f"why-{new_id()}" if found else "",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("office/_act_button.html", takes_context=True)
def action(context: RequestContext, what: Action) -> dict[str, object]:
    """`{% action one %}`: the button of an `Action`."""
    style = "danger" if what.danger else "primary" if what.primary else ""
    return act_button(
        context,
        what.label,
        what.href,
        what.obstacles,
        what.icon,
        style,
        what.confirm,
        what.post,
    )


@register.inclusion_tag("office/_timeline.html")
def timeline(moments: Iterable[Moment | Sequence[Any]]) -> dict[str, object]:
    """`{% timeline moments %}`: `Moment`s, or tuples (at, label, text, by, href), as given."""
    return {"moments": [one if isinstance(one, Moment) else Moment(*one) for one in moments]}


@register.inclusion_tag("office/_facts.html")
def facts(
    pairs: Mapping[str, object] | Iterable[Sequence[Any]], columns: int = 2
) -> dict[str, object]:
    """`{% facts pairs %}`: (Chinese label, value) or (label, value, link) as a definition list.

    A pair is shown as its type is shown; one whose label is empty is left out.
    """
    rows = pairs.items() if isinstance(pairs, Mapping) else pairs
    shown = [
        (say(row[0]), showing.show(row[1]), row[2] if len(row) > 2 else "")
        for row in (tuple(row) for row in rows)
        if row[0]
    ]
    return {"facts": shown, "columns": columns}


@register.inclusion_tag("office/_chart.html")
def chart(option: Mapping[str, object], title: str = "", height: int = 260) -> dict[str, object]:
    """`{% chart option title=… %}`: an ECharts option drawn in the house's colours.

    `title` is read to those who do not see the chart. Amounts come in as yuan, not `Money`.
    """
    return {"option": option, "id": f"chart-{new_id()}", "title": title, "height": height}


@register.inclusion_tag("office/_form_fields.html")
def form_fields(form: forms.BaseForm, help_too: bool = True) -> dict[str, object]:
    """`{% form_fields form %}`: every input of any form with label, help and errors."""
    return {"form": form, "groups": list(groups_of(form)) if form else [], "help_too": help_too}


@register.inclusion_tag("office/_field.html")
def form_field(
    bound: forms.BoundField, bare: bool = False, help_too: bool = True
) -> dict[str, object]:
    """`{% form_field form.name %}`: one input; `bare` leaves help out and hides the label."""
    widget = bound.field.widget
    ticks = isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect)
    kind = "ticks" if ticks else "tick" if isinstance(widget, forms.CheckboxInput) else "input"
    return {
        "field": bound,
        "bare": bare,
        "help_too": help_too and not bare,
        "kind": kind,
        "label": capfirst(say(bound.label)),
        "unit": widget.attrs.get("data-unit", ""),
        "input": "" if ticks else dressed(bound, bare),
        "ticks": _ticks(bound) if ticks else [],
    }


@register.simple_tag(takes_context=True)
def query_replace(context: RequestContext, **changes: object) -> str:
    """`{% query_replace page=2 %}`: this address's query with some values put in or (None) out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def as_json(value: object) -> str:
    """`{{ data|as_json }}`: readable JSON, for showing what was recorded."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


@register.inclusion_tag("office/_figures.html")
def figures(shown: Iterable[Figure]) -> dict[str, object]:
    """`{% figures list %}`: a row of `Figure`s, each leading to what lies behind it."""
    return {"figures": list(shown)}


@register.inclusion_tag("office/_navigation.html", takes_context=True)
def navigation(context: RequestContext, sections: Iterable[Any], inbox_count: int) -> _Context:
    """Show the menu. Current is the entry with the longest address that this page's begins with."""
    sections = list(sections or ())
    path = context["request"].path if "request" in context else ""
    addresses = [item.href for section in sections for item in section.items]
    here = [a for a in addresses if path == a or (a != "/" and path.startswith(a))]
    return {
        "sections": sections,
        "current": max(here, key=len, default=""),
        "inbox_count": inbox_count,
    }


@register.simple_tag
def share(part: float, whole: float) -> SafeString:
    """`{% share done total %}`: a progress bar with its percentage."""
    percent = round(100 * part / whole) if whole else 0
    return format_html(
        '<div class="d-flex align-items-center gap-2"><progress class="progress progress-sm"'
        ' value="{}" max="100" aria-label="{}%"></progress><span class="small">{}%</span></div>',
        percent,
        percent,
        percent,
    )


def dressed(bound: forms.BoundField, bare: bool = False) -> SafeString:
    """Return the input with the classes of the house."""
    widget = bound.field.widget
    match widget:
        case forms.CheckboxInput():
            css = "form-check-input"
        case forms.Select():
            css = "form-select"
        case _:
            css = "form-control"
    css = f"{widget.attrs.get('class', '')} {css}".strip()
    attrs: dict[str, Any] = {"class": f"{css} is-invalid" if bound.errors else css}
    if bare:
        attrs["aria-label"] = str(bound.label)
    return bound.as_widget(attrs=attrs)


def _ticks(bound: forms.BoundField) -> list[forms.boundfield.BoundWidget]:
    """Return the boxes of a choice of several, each to be shown with its own label."""
    widget = bound.field.widget
    attrs = bound.build_widget_attrs({"class": "form-check-input", "id": bound.auto_id})
    boxes = widget.subwidgets(bound.html_name, bound.value(), attrs=attrs)
    return [forms.boundfield.BoundWidget(widget, box, bound.form.renderer) for box in boxes]
