"""What is known of the quality of data, from where the reader stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.urls import reverse

from shuce.engines.quality import QualityRule, RuleKind, Template, catalogue, library
from shuce.foundation.office.parts import Moment
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.quality import rules
from shuce.lifecycle.quality.models import Assessment, AssetRule, Issue, Weighting
from shuce.lifecycle.quality.suggesting import suggested_for
from shuce.lifecycle.quality.words import IssueState, StepKind
from shuce.lifecycle.register import rules as register_rules
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import card_seen_inside, cards_seen_by
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.sources.rules import SourceState

# What pages hand about without knowing tables.
Measurable = Card
Workable = Issue
# What a trend shows: the newest so many assessments.
_OF_A_TREND = 24


def rules_taken_of(card: Card) -> QuerySet[AssetRule]:
    """The rules in use, as the holder took them."""
    return AssetRule.objects.filter(card=card, dropped_at=None).select_related("member")


def rules_dropped_of(card: Card) -> QuerySet[AssetRule]:
    return AssetRule.objects.filter(card=card).exclude(dropped_at=None).select_related("member")


def has_chosen(card: Card) -> bool:
    return AssetRule.objects.filter(card=card, dropped_at=None).exists()


def rules_of(card: Card) -> tuple[QualityRule, ...]:
    """The rules an asset is measured by: those its holder took, else those its scan speaks for."""
    taken = tuple(as_rule(one) for one in rules_taken_of(card))
    return taken or suggestions_for(card)


def as_rule(taken: AssetRule) -> QualityRule:
    return QualityRule(
        RuleKind(taken.kind),
        taken.column,
        taken.params,
        taken.weight,
        taken.indicator,
        float(taken.least),
    )


def suggestions_for(card: Card) -> tuple[QualityRule, ...]:
    """What the last scan speaks for and the holder has neither taken nor dropped."""
    if card.resource is None:
        return ()
    known = set(AssetRule.objects.filter(card=card).values_list("key", flat=True))
    resource = card.resource
    found = suggested_for(resource.table_name, resource.rows, resource.columns)
    return tuple(rule for rule in found if rules.key_of(rule) not in known)


def columns_of(card: Card) -> frozenset[str]:
    columns = card.resource.columns if card.resource else []
    return frozenset(str(column["name"]) for column in columns)


def column_choices(card: Card) -> list[tuple[str, str]]:
    """The columns by name, with their comments, in the order of the table."""
    columns = card.resource.columns if card.resource else []
    return [
        (one["name"], f"{one['name']}（{one['comment']}）" if one.get("comment") else one["name"])
        for one in columns
    ]


def keys_of(card: Card) -> frozenset[str]:
    return frozenset(rules_taken_of(card).values_list("key", flat=True))


def weights_of(card: Card) -> dict[str, int]:
    """How much each dimension counts for this asset."""
    found = Weighting.objects.filter(card=card).first()
    return dict(found.weights) if found else dict(catalogue().weights)


def owners_of(card: Card) -> QuerySet[Member]:
    """Who may answer for an issue of this asset: the people of its holder."""
    return Member.objects.filter(organization_id=card.holder_id, is_active=True).order_by("pk")


def owner_seen(card: Card, member_id: str) -> Member:
    found = owners_of(card).filter(pk=member_id).first()
    if found is None:
        raise NotFound(Obstacle("持有单位没有这个在职人员"))
    return found


def qualities_of(card: Card) -> QuerySet[Assessment]:
    return Assessment.objects.filter(card=card).select_related("member").order_by("-id")


def qualities_seen(card_id: str, by: Member) -> QuerySet[Assessment]:
    return qualities_of(card_seen_inside(card_id, by))


def assessments_seen_by(member: Member) -> QuerySet[Assessment]:
    """Assessments of cards in reach. What is inside a card stays with holder and supervisors."""
    reach = within_reach(member, Permission.CARD_VIEW, path="card__holder__path")
    return Assessment.objects.filter(reach).select_related("card__holder", "member")


def assessment_seen(assessment_id: str, by: Member) -> Assessment:
    found = (
        assessments_seen_by(by)
        .filter(id=assessment_id)
        .select_related("card__holder", "card__resource__source", "member")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这次质量评价，或您无权查看"))
    return found


def trend_until(assessment: Assessment) -> list[Assessment]:
    """This assessment and those before it, oldest first."""
    earlier = qualities_of(assessment.card).filter(id__lte=assessment.id)
    return list(earlier[:_OF_A_TREND])[::-1]


def dimensions_of(assessment: Assessment) -> list[dict[str, Any]]:
    """The dimensions of one assessment, named in the reader's language, with their weights."""
    weights = assessment.weights or catalogue().weights
    return [
        one | {"name": say(one["name"]), "weight": weights.get(one["code"], 0)}
        for one in assessment.dimensions
    ]


def issues_seen_by(member: Member) -> QuerySet[Issue]:
    reach = within_reach(member, Permission.CARD_VIEW, path="card__holder__path")
    return Issue.objects.filter(reach).select_related("card__holder", "owner", "closed_by")


def issues_standing(member: Member, today: date) -> QuerySet[Issue]:
    """The issues seen, those open first and of these the one due soonest."""
    order = Case(When(state=IssueState.OPEN, then=Value(0)), default=Value(1))
    return issues_seen_by(member).annotate(order=order).order_by("order", "due_on", "-id")


def issue_seen(issue_id: str, by: Member) -> Issue:
    found = (
        issues_seen_by(by)
        .filter(id=issue_id)
        .select_related("card__holder", "card__resource", "owner", "closed_by", "assessment")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这项质量问题，或您无权查看"))
    return found


def issues_of(card: Card) -> QuerySet[Issue]:
    return Issue.objects.filter(card=card).select_related("owner", "card")


def open_issues_of(card: Card) -> QuerySet[Issue]:
    return issues_of(card).filter(state=IssueState.OPEN).order_by("due_on", "id")


def overdue_issues(day: date) -> QuerySet[Issue]:
    """Issues that should have been put right before `day` (G-7)."""
    return Issue.objects.filter(state=IssueState.OPEN, due_on__lt=day).select_related("card")


def moments_of(issue: Issue) -> list[Moment]:
    return [
        Moment(step.at, StepKind(step.kind).label, step.text, step.member)
        for step in issue.steps.select_related("member")
    ]


def card_to_manage(card_id: str, by: Member) -> Card:
    """Return a card to its holder and supervisors, with what its rules are chosen from."""
    card_seen_inside(card_id, by)
    return Card.objects.select_related("holder", "resource__source__node").get(id=card_id)


def cards_to_choose(member: Member) -> QuerySet[Card]:
    """Cards about whose data the reader may open an issue."""
    reach = within_reach(member, Permission.QUALITY_MEASURE, path="holder__path")
    return cards_seen_by(member).filter(reach).exclude(state=CardState.CLOSED)


def rule_seen(rule_id: str, by: Member) -> AssetRule:
    found = AssetRule.objects.filter(id=rule_id).select_related("card__holder").first()
    if found is None:
        raise NotFound(Obstacle("没有这条质量规则，或您无权查看"))
    card_seen_inside(found.card_id, by)
    return found


def dimension_names() -> dict[str, str]:
    return catalogue().dimensions


def template_called(code: str) -> Template:
    found = library().get(code)
    if found is None:
        raise NotFound(Obstacle("规则库中没有这条规则"))
    return found


def library_shown() -> list[dict[str, str]]:
    """The library of rules as people read it."""
    return [
        {
            "code": one.code,
            "name": say(one.name),
            "kind": one.kind.label,
            "basis": say(one.basis),
            "indicator": indicator_named(catalogue().default_indicators[one.kind]),
        }
        for one in library().values()
    ]


def indicator_named(code: str) -> str:
    return f"{code} {say(catalogue().indicators[code].name)}"


@dataclass(frozen=True)
class RuleShown:
    """A rule with what became of it last, as a table shows it."""

    id: str
    key: str
    column: str
    kind: RuleKind
    asked: str
    weight: int
    least: Decimal
    indicator: str
    share: float | None
    fails: bool | None
    problem: str

    @property
    def least_shown(self) -> str:
        return f"{self.least.normalize():f}%"

    @property
    def share_shown(self) -> str:
        if self.problem:
            return say("无法检验")
        return "—" if self.share is None else f"{100 * self.share:.2f}%"


def rules_shown(card: Card) -> list[RuleShown]:
    """The rules taken, each with its result in the last assessment."""
    last = qualities_of(card).first()
    results = {one["key"]: one for one in last.results} if last else {}
    return [
        _shown(str(one.id), one.key, as_rule(one), results.get(one.key))
        for one in rules_taken_of(card)
    ]


def suggestions_shown(card: Card) -> list[RuleShown]:
    last = qualities_of(card).first()
    results = {one["key"]: one for one in last.results} if last else {}
    return [
        _shown("", key, rule, results.get(key))
        for key, rule in ((rules.key_of(one), one) for one in suggestions_for(card))
    ]


def results_shown(assessment: Assessment) -> list[RuleShown]:
    """Every rule of an assessment, those that failed first."""
    found = [_shown("", one["key"], QualityRule.from_data(one), one) for one in assessment.results]
    return sorted(
        found, key=lambda one: (not one.fails, one.share if one.share is not None else -1)
    )


def _shown(row_id: str, key: str, rule: QualityRule, result: dict[str, Any] | None) -> RuleShown:
    return RuleShown(
        id=row_id,
        key=key,
        column=rule.column or say("整行"),
        kind=rule.kind,
        asked="，".join(params_in_words(rule)),
        weight=rule.weight,
        least=Decimal(str(rule.passes_from)),
        indicator=indicator_named(rule.feeds),
        share=result["share"] if result else None,
        fails=result["fails"] if result else None,
        problem=result["problem"] if result else "",
    )


def params_in_words(rule: QualityRule) -> Iterator[str]:
    """Yield what a rule asks, as people read it."""
    params = rule.params
    if "regex" in params:
        yield str(params["regex"])
    if "min" in params:
        yield say("不小于 {value}", value=_end(params["min"]))
    if "max" in params:
        yield say("不大于 {value}", value=_end(params["max"]))
    if values := params.get("values"):
        yield "、".join(str(value) for value in values[:8]) + ("…" if len(values) > 8 else "")
    if "table" in params:
        yield say("见表 {table} 的 {column}", table=params["table"], column=params["column"])
    if "max_age_days" in params:
        yield say("{days} 天之内", days=params["max_age_days"])
    if "other" in params:
        yield say("对照字段 {column}", column=params["other"])
    if "as" in params:
        yield {"number": say("数值"), "whole": say("整数"), "day": say("日期")}[params["as"]]


def _end(value: object) -> str:
    return say("今天") if value == "today" else str(value)


@dataclass(frozen=True)
class IndicatorShown:
    code: str
    name: str
    dimension: str
    inverse: bool
    within: str
    value: float | None


def indicators_shown(assessment: Assessment) -> list[IndicatorShown]:
    """All thirty, each with its X by DB31/T 1523; those nothing was measured for have none."""
    return [
        IndicatorShown(
            code,
            say(one.name),
            say(catalogue().dimensions[one.dimension]),
            one.inverse,
            one.within,
            assessment.indicators.get(code),
        )
        for code, one in catalogue().indicators.items()
    ]


def obstacles_to_measure(card: Card) -> list[Obstacle]:
    connected = bool(card.resource and card.resource.source.state == SourceState.CONNECTED)
    return list(
        register_rules.obstacles_to_measure(
            CardState(card.state), card.resource is not None, connected
        )
    )


def obstacles_to_choose(card: Card) -> list[Obstacle]:
    """Yield why no rule can be chosen for a card."""
    if card.state == CardState.CLOSED:
        return [Obstacle("已注销的资产不再管理质量规则", Clause.G_7)]
    if card.resource is None:
        return [Obstacle("该资产没有关联的数据资源，不能设定规则", Clause.G_7)]
    return []


def obstacles_to_close(issue: Issue) -> list[Obstacle]:
    """Yield why an issue cannot be closed, before anything is written."""
    return list(rules.obstacles_to_close(IssueState(issue.state), "-", "-"))


def obstacles_to_work_on(issue: Issue) -> list[Obstacle]:
    return list(rules.obstacles_to_work_on(IssueState(issue.state)))


def obstacles_to_take_suggested(card: Card) -> list[Obstacle]:
    return [] if suggestions_for(card) else [Obstacle("没有新的建议规则", Clause.G_7)]


def page_of(issue: Issue) -> str:
    return reverse("quality:issue", args=[issue.id])
