"""When a confirmed grade is put up for review (GB/T 43697-2024, annex J)."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from shuce.foundation.organizations.models import Signature
from shuce.kernel.words import say
from shuce.lifecycle.lineage.models import Link
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState, Grade
from shuce.supervision.watch.models import Incident
from shuce.supervision.watch.rules import Sighting

# The sources told of by name; of more their number.
_NAMED = 3


def grade_review(thresholds: dict[str, int], by: Signature) -> Iterator[Sighting]:
    """Cards whose grade was confirmed before their data, or what these are made from, changed."""
    grown = F("rows") * (100 + thresholds["grown_percent"]) / 100
    stricter = Q(pk__in=[])
    for grade in Grade:
        above = [other.value for other in Grade if other.strictness > grade.strictness]
        stricter |= Q(grade=grade, resource__proposed_grade__in=above)
    cards = Card.objects.filter(state=CardState.IN_FORCE, grade__isnull=False).annotate(
        harmed=Exists(
            Incident.objects.filter(
                card=OuterRef("pk"),
                is_drill=False,
                opened_at__date__gt=OuterRef("grade_confirmed_on"),
            )
        ),
        joined=Exists(_into(OuterRef("pk")).filter(recorded_at__gt=_confirmed())),
        raised=Exists(_into(OuterRef("pk")).filter(_raised_after(_confirmed()))),
    )
    changed = Q(rows__gt=0, resource__rows__gte=grown)
    found = cards.filter(stricter | changed | Q(harmed=True) | Q(joined=True) | Q(raised=True))
    for card in found.select_related("resource"):
        reasons = list(_reasons(card, thresholds["grown_percent"]))
        if reasons:
            facts = {"number": card.number or card.name, "reason": "；".join(reasons)}
            yield Sighting(card.id, card.holder_id, card.id, facts)


def _reasons(card: Card, grown_percent: int) -> Iterator[str]:
    found = card.resource
    assert card.grade, "only graded cards are looked at"
    grade = Grade(card.grade)
    if found:
        proposed = Grade(found.proposed_grade)
        if proposed.strictness > grade.strictness:
            yield say("最近一次扫描建议{grade}", grade=proposed.label)
        if card.rows and found.rows * 100 >= card.rows * (100 + grown_percent):
            yield say("数据规模由{was}条增至{now}条", was=card.rows, now=found.rows)
    if card.incidents.filter(is_drill=False, opened_at__date__gt=card.grade_confirmed_on).exists():
        yield say("定级后发生过安全事件")
    if card.grade_confirmed_at is None:
        return
    links = _into(card.pk).select_related("upstream__card", "upstream__resource").order_by("id")
    if new := [str(one.upstream) for one in links.filter(recorded_at__gt=card.grade_confirmed_at)]:
        yield say("定级后有新的数据汇入：{sources}", sources=_listed(new))
    raised = [
        one.number or one.name
        for one in _sources(links.filter(_raised_after(card.grade_confirmed_at)))
        if one.grade and Grade(one.grade).strictness > grade.strictness
    ]
    if raised:
        yield say("所用数据的级别已调高：{sources}", sources=_listed(raised))


def _into(card: object) -> QuerySet[Link]:
    """The links in force by which data of others goes into a card, however its data is named."""
    to = Q(downstream__card=card) | Q(downstream__resource__cards=card)
    return Link.objects.filter(to, ended_at=None)


def _raised_after(moment: object) -> Q:
    return Q(upstream__card__grade_raised_at__gt=moment) | Q(
        upstream__resource__cards__grade_raised_at__gt=moment
    )


def _confirmed() -> OuterRef:
    return OuterRef("grade_confirmed_at")


def _sources(links: QuerySet[Link]) -> list[Card]:
    """The cards, not closed, that these links come from."""
    upstream = links.order_by().values("upstream")
    named = Q(lineage_datasets__in=upstream) | Q(resource__lineage_datasets__in=upstream)
    cards = Card.objects.filter(named).exclude(state=CardState.CLOSED)
    return list(cards.distinct().order_by("id"))


def _listed(names: list[str]) -> str:
    several = list(dict.fromkeys(names))
    told = "、".join(several[:_NAMED])
    if len(several) <= _NAMED:
        return told
    return say("{names}等{count}项", names=told, count=len(several))
