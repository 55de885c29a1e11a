"""How a value looks: money, days, choices and nothing, the same on every page and in every file."""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language

from shuce.kernel.choices import Choice
from shuce.kernel.money import Money
from shuce.kernel.words import say

NOTHING = "—"

# The colour of a state follows from the words of its code; the first line that fits decides.
_TONES = (
    (
        "red",
        "REFUSED REJECTED REVOKED FAILED FROZEN BREACH BREACHED DANGER CRITICAL SEVERE HIGH BAD "
        "OVERDUE BROKEN LEAK TAMPERING DAMAGE LOSS DENIED INVALID ERROR ALARM CORE RED FORBIDDEN",
    ),
    (
        "yellow",
        "PENDING WAITING REQUESTED APPLIED SUBMITTED REVIEW REVIEWING RUNNING STARTED PROPOSED "
        "SUSPENDED PAUSED HANDLING RETURNED DUE MEDIUM IMPORTANT WARNING OFFERED ORDERED QUEUED "
        "SCHEDULED RECTIFYING PROCESSING PARTLY PARTIAL YELLOW ORANGE ISSUED UNPAID",
    ),
    (
        "green",
        "FORCE APPROVED ACTIVE DONE OK OPEN PASSED PAID REGISTERED ENTERED PUBLISHED CONFIRMED "
        "COMPLETE COMPLETED VALID SETTLED REMITTED RECEIVED SIGNED AGREED HELD KEPT LOW FINISHED "
        "SUCCEEDED SUCCESSFUL HEALTHY NORMAL GREEN AWARDED RELEASED RECTIFIED",
    ),
    (
        "secondary",
        "CLOSED ENDED EXPIRED WITHDRAWN CANCELLED CANCELED DRAFT OUT WRITTEN DISPOSED DESTROYED "
        "STOPPED RETIRED LAPSED REPLACED DISMISSED UNUSED ARCHIVED",
    ),
)


@cache
def tone(code: str) -> str:
    """Return the colour for a state's code: red, yellow, green, secondary, or blue."""
    words = frozenset(code.upper().replace("-", "_").split("_"))
    if words & {"NOT", "NO", "UN"}:
        return "secondary"
    return next((colour for colour, known in _TONES if words & set(known.split())), "blue")


def badge(value: object, colour: str = "") -> SafeString:
    """Show a `Choice` (or any short word) as a coloured badge."""
    if value is None or value == "":
        return mark_safe(f'<span class="text-secondary">{NOTHING}</span>')
    label = value.label if isinstance(value, Choice) else str(value)
    colour = colour or (tone(value.value) if isinstance(value, Choice) else "blue")
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, label)


def day(value: date | datetime | None) -> str:
    """Return the day as offices write it: 2026年3月5日, or 5 March 2026."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = _local(value).date()
    if (get_language() or "zh").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return formats.date_format(value, "j F Y")


def moment(value: datetime | date | None) -> str:
    """Return the day and the minute: 2026年3月5日 14:30."""
    if isinstance(value, datetime):
        return f"{day(value)} {_local(value):%H:%M}"
    return day(value)


def show(value: object) -> str:
    """Show any value of the house: the one place that decides how a type looks."""
    match value:
        case None | "":
            return mark_safe(f'<span class="text-secondary">{NOTHING}</span>')
        case SafeString():
            return value
        case Choice():
            return badge(value)
        case bool():
            return say("是") if value else say("否")
        case Money():
            return format_html('<span class="money">{}</span>', value)
        case datetime():
            return moment(value)
        case date():
            return day(value)
        case int():
            return f"{value:,}"
        case float() | Decimal():
            return f"{value:,}"
        case list() | tuple() | set() | frozenset():
            return say("、").join(plain(one) for one in value) or NOTHING
        case _:
            return str(value)


def plain(value: object) -> str:
    """Show any value without mark-up: for titles, messages and documents."""
    if isinstance(value, Choice):
        return value.label
    if value is None or value == "":
        return NOTHING
    return str(value) if isinstance(value, Money) else str(show(value))


def icon(name: str, extra: str = "") -> SafeString:
    """Return an icon as inline SVG, hidden from screen readers: the words beside it speak."""
    if not name:
        return SafeString("")
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none"'
        ' stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        extra,
        mark_safe(_icons()[name]),
    )


@cache
def _icons() -> dict[str, str]:
    shapes: dict[str, str] = json.loads((Path(__file__).parent / "icons.json").read_text())
    return shapes


def _local(value: datetime) -> datetime:
    return localtime(value) if is_aware(value) else value
