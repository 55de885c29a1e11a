"""Reports, the cards behind their figures, and what the public may know."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.foundation.organizations.queries import within_reach
from shuce.foundation.organizations.rules import HOLDERS
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.regions import full_name
from shuce.kernel.words import say
from shuce.lifecycle.inventory.models import MemoEntry
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.register.words import CardState, Grade, Opening
from shuce.supervision.reporting import rules
from shuce.supervision.reporting.counting import scope_of
from shuce.supervision.reporting.figures import FIGURES, TABLES, Figure, Table, shown
from shuce.supervision.reporting.figures.parts import Column, Line
from shuce.supervision.reporting.models import Disclosure, Report
from shuce.supervision.reporting.words import ReportState, Unit


def reports_seen_by(member: Member) -> QuerySet[Report]:
    """Reports of places in reach; the people's congress reads what was confirmed."""
    everything, confirmed = Q(pk__in=[]), Q(pk__in=[])
    for post in member.posts_held:
        if Permission.REPORT_READ in Role(post.role).permissions:
            below = Q(organization__path__startswith=post.organization.path)
            if post.role == Role.CONGRESS_READER:
                confirmed |= below
            else:
                everything |= below
    return Report.objects.filter(
        everything | confirmed & Q(state=ReportState.CONFIRMED)
    ).select_related("organization__parent", "prepared_by", "submitted_by", "confirmed_by")


def report_seen(report_id: str, by: Member) -> Report:
    found = reports_seen_by(by).filter(id=report_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这份报告，或您无权查看"))
    return found


def bodies_to_report(member: Member) -> QuerySet[Organization]:
    reach = within_reach(member, Permission.REPORT_PREPARE)
    return Organization.objects.filter(reach, kind__in=HOLDERS, closed_on=None)


@dataclass(frozen=True)
class Cell:
    """A figure as the page shows it. `value` is None where the table has no such figure."""

    heading: str
    code: str = ""
    value: int | Money | None = None


@dataclass(frozen=True)
class ShownTable:
    """A table of a report with its figures filled in, titles in the reader's language."""

    code: str
    title: str
    short_title: str
    note: str
    headings: list[str]
    lines: list[tuple[str, list[Cell]]]

    @property
    def rows(self) -> list[list[object]]:
        """The lines without codes, for files."""
        return [[title, *(cell.value for cell in cells)] for title, cells in self.lines]


def tables_of(report: Report) -> list[ShownTable]:
    return [_shown_table(table, report.figures) for table in TABLES]


def _shown_table(table: Table, figures: dict[str, int]) -> ShownTable:
    def heading(column: Column) -> str:
        return say("{name}（{unit}）", name=say(column.title), unit=column.unit.label)

    def cell(line: Line, column: Column) -> Cell:
        code = f"{table.code}.{line.key}.{column.key}"
        # A definition added since the report was counted has no figure in it.
        if code not in FIGURES or code not in figures:
            return Cell(heading(column))
        return Cell(heading(column), code, shown(figures[code], column.unit))

    return ShownTable(
        table.code,
        say(table.title),
        say(table.short_title),
        say(table.note),
        [heading(column) for column in table.columns],
        [
            (say(line.title), [cell(line, column) for column in table.columns])
            for line in table.lines
        ],
    )


@dataclass(frozen=True)
class CheckShown:
    """One agreement between figures, and whether it holds."""

    title: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        return self.left == self.right


def checks_of(report: Report) -> list[CheckShown]:
    return [CheckShown(say(one.title), *one.sides(report.figures)) for one in rules.CHECKS]


def cards_behind(report: Report, figure: Figure, member: Member) -> QuerySet[Card]:
    """The cards behind a figure that the reader may see, as the register stands now."""
    behind = figure.cards(scope_of(report))
    return behind.filter(id__in=cards_seen_by(member).values("id")).order_by("-id")


def cards_hidden(report: Report, figure: Figure, member: Member) -> int:
    """How many cards behind a figure the reader may not see one by one."""
    behind = figure.cards(scope_of(report))
    return behind.exclude(id__in=cards_seen_by(member).values("id")).count()


def memo_behind(report: Report, figure: Figure, member: Member) -> QuerySet[MemoEntry]:
    """The memorandum entries behind a figure, where the reader may look into inventories."""
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    rows = figure.rows(scope_of(report))
    return MemoEntry.objects.filter(reach, id__in=rows.values("id")).select_related(
        "resource", "organization"
    )


def figure_today(report: Report, figure: Figure) -> int:
    """Count a figure of a report again, as the register stands now."""
    return figure.compute(scope_of(report))


@dataclass(frozen=True)
class FigureTold:
    """A figure as reported and as it counts today, with some of the cards behind it."""

    code: str
    unit: Unit
    reported: int | None
    today: int
    hidden: int
    cards: list[Card]


def figure_told(
    report: Report, figure: Figure, member: Member, start: int, limit: int
) -> FigureTold:
    """Tell a figure, with `limit` of its cards from the `start`-th on."""
    return FigureTold(
        figure.code,
        figure.unit,
        report.figures.get(figure.code),
        figure_today(report, figure),
        cards_hidden(report, figure, member),
        list(cards_behind(report, figure, member)[start : start + limit]),
    )


@dataclass(frozen=True)
class Below:
    """One body directly below, and how far its report of the year has come."""

    organization: Organization
    report: Report | None


def reports_below(report: Report, member: Member) -> list[Below]:
    """The bodies directly below a report's body, with their reports as far as the reader sees."""
    bodies = Organization.objects.filter(
        parent=report.organization, kind__in=HOLDERS, closed_on=None
    ).order_by("name")
    made = {
        one.organization_id: one
        for one in reports_seen_by(member).filter(
            year=report.year, organization__parent=report.organization
        )
    }
    return [Below(body, made.get(body.id)) for body in bodies]


@dataclass(frozen=True)
class Allowed:
    """What the reader may do with a report now; None where it is not theirs at all."""

    change: list[Obstacle] | None
    submit: list[Obstacle] | None
    decide: list[Obstacle] | None


def allowed(report: Report, by: Signature) -> Allowed:
    member, body = by.member, report.organization
    above = body.parent or body
    state = ReportState(report.state)
    makes = member.may(Permission.REPORT_PREPARE, body)
    decides = member.may(Permission.REPORT_PREPARE, above) and member.may(
        Permission.INSPECTION_RUN, above
    )
    maker = member.pk in (report.prepared_by_id, report.submitted_by_id)
    return Allowed(
        change=list(rules.obstacles_to_change(state)) if makes else None,
        submit=list(rules.obstacles_to_submit(state, report.figures)) if makes else None,
        decide=list(rules.obstacles_to_decide(state, maker)) if decides else None,
    )


# Disclosures


def disclosures_open() -> QuerySet[Disclosure]:
    """What the public may read today: published, and the card still may be told of."""
    return (
        Disclosure.objects.filter(
            withdrawn_at=None, card__state=CardState.IN_FORCE, card__grade__isnull=False
        )
        .exclude(card__grade__in=[Grade.SECRET, Grade.CORE])
        .exclude(card__opening=Opening.NONE)
        .exclude(card__grade=Grade.IMPORTANT, card__opening=Opening.UNCONDITIONAL)
        .select_related("card__holder")
        .order_by("-published_at", "-id")
    )


def disclosure_open(disclosure_id: str) -> Disclosure:
    found = disclosures_open().filter(id=disclosure_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这条披露信息，或已经撤回"))
    return found


def disclosures_managed_by(member: Member) -> QuerySet[Disclosure]:
    """Every disclosure, withdrawn ones too, of places where the reader publishes."""
    reach = within_reach(
        member,
        Permission.DISCLOSURE_PUBLISH,
        Permission.OPENING_MANAGE,
        path="card__holder__path",
    )
    return Disclosure.objects.filter(reach).select_related("card__holder", "published_by")


def disclosure_managed(disclosure_id: str, by: Member) -> Disclosure:
    found = disclosures_managed_by(by).filter(id=disclosure_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这条披露信息，或您无权管理"))
    return found


def cards_to_disclose(member: Member) -> QuerySet[Card]:
    """Cards of places where the reader publishes, that may be told of and are not yet."""
    reach = within_reach(
        member, Permission.DISCLOSURE_PUBLISH, Permission.OPENING_MANAGE, path="holder__path"
    )
    return (
        Card.objects.filter(reach, state=CardState.IN_FORCE, grade__isnull=False)
        .exclude(grade__in=[Grade.SECRET, Grade.CORE])
        .exclude(opening=Opening.NONE)
        .exclude(disclosures__in=Disclosure.objects.filter(withdrawn_at=None))
        .select_related("holder")
        .order_by("name")
    )


def card_to_disclose(card_id: str, by: Member) -> Card:
    """Return a card the reader publishes for, whatever stands against telling of it."""
    reach = within_reach(
        by, Permission.DISCLOSURE_PUBLISH, Permission.OPENING_MANAGE, path="holder__path"
    )
    found = Card.objects.filter(reach, id=card_id).select_related("holder").first()
    if found is None:
        raise NotFound(Obstacle("没有这张资产卡片，或您无权披露"))
    return found


def first_words(card: Card) -> dict[str, Any]:
    """What a new disclosure's form can already say."""
    return {"card": card.id, "title": card.name, "summary": card.summary}


def obstacles_to_withdraw(disclosure: Disclosure) -> list[Obstacle]:
    """Return what stands against taking a disclosure back, whatever the reason given."""
    return list(rules.obstacles_to_take_back(disclosure.withdrawn_at is not None))


def facts_told(disclosure: Disclosure) -> list[tuple[str, object]]:
    """Return what the public may read of the card itself."""
    card = disclosure.card
    return [
        ("资产编号", card.number),
        ("持有单位", card.holder.name),
        ("行业", card.industry.label),
        ("覆盖地域", full_name(card.region_code)),
        ("数据规模（条）", card.rows),
        ("更新周期", say("{days}天", days=card.update_cycle_days)),
        ("最近更新", card.updated_on),
        ("开放属性", card.opening.label),
        ("共享属性", card.sharing.label),
        ("披露时间", disclosure.published_at),
    ]
