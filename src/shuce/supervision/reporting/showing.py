"""What the page of a report offers: the acts of its reader, and the figures at its head."""

from collections.abc import Sequence

from django.urls import reverse

from shuce.foundation.office.parts import Action, Figure, Tab
from shuce.foundation.organizations.models import Signature
from shuce.kernel.words import say
from shuce.supervision.reporting.figures import FIGURES, shown
from shuce.supervision.reporting.models import Report
from shuce.supervision.reporting.queries import ShownTable, allowed
from shuce.supervision.reporting.words import ReportState

_HEADS = (
    ("1.total.count", "资产个数", "books"),
    ("1.total.value", "账面价值", "coin"),
    ("5.received.amount", "本年实收", "cash"),
    ("7.total.count", "安全事件", "shield-check"),
)


def heads_of(report: Report) -> list[Figure]:
    """Return the figures at the head of a report; each leads to what lies behind it."""
    return [
        Figure(
            say(title),
            shown(report.figures.get(code, 0), FIGURES[code].unit),
            reverse("reporting:figure", args=[report.id, code]),
            icon=icon,
        )
        for code, title, icon in _HEADS
    ]


def tabs_of(tables: Sequence[ShownTable], wanted: str) -> list[Tab]:
    """Return the views of a report: what it says, and each of its tables."""
    known = {table.code for table in tables}
    return [
        Tab(say("报告"), "?", current=wanted not in known),
        *(
            Tab(table.short_title, f"?table={table.code}", current=table.code == wanted)
            for table in tables
        ),
    ]


def acts_on(report: Report, by: Signature) -> list[Action]:
    """Return the buttons of a report for this reader: files for everyone, acts for whose turn."""

    def to(name: str) -> str:
        return reverse(f"reporting:{name}", args=[report.id])

    may = allowed(report, by)
    acts = [
        Action("Excel", to("excel"), icon="download"),
        Action("Word", to("word"), icon="download"),
        Action("PDF", to("pdf"), icon="download"),
    ]
    if may.change is not None and report.state == ReportState.DRAFT:
        acts += [
            Action(say("填报说明"), to("write"), icon="edit"),
            Action(say("重新取数"), to("refresh"), icon="refresh", post=True),
            Action(
                say("报送"),
                to("submit"),
                icon="send",
                primary=True,
                post=True,
                confirm=say("报送后不能再更改，确定报送？"),
                obstacles=may.submit or (),
            ),
        ]
    if may.decide is not None and report.state == ReportState.SUBMITTED:
        acts += [
            Action(say("退回"), to("return"), icon="arrow-left", obstacles=may.decide),
            Action(
                say("审核通过"),
                to("confirm"),
                icon="check",
                primary=True,
                post=True,
                obstacles=may.decide,
            ),
        ]
    return acts
