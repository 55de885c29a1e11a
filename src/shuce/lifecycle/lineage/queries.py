"""What is known of lineage, seen from where the reader stands. The picture: `graphs.py`."""

from django.db.models import Case, Count, Q, QuerySet, Value, When

from shuce.engines.lineage import Gap, StatementKind
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.inventory.queries import resources_seen_by
from shuce.lifecycle.lineage import rules
from shuce.lifecycle.lineage.graphs import Graph
from shuce.lifecycle.lineage.models import Dataset, Link, Process, Run, Script
from shuce.lifecycle.lineage.rules import CARD, EXTERNAL, Binding
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import cards_seen_by, columns_of
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.queries import places_for, sources_seen_by


def links_seen_by(member: Member) -> QuerySet[Link]:
    """The links that bodies in reach entered or reported; ended ones come last."""
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return (
        Link.objects.filter(reach)
        .select_related(
            "upstream__card",
            "upstream__resource",
            "downstream__card",
            "downstream__resource",
            "organization",
            "process",
            "script",
            "member",
        )
        .annotate(column_count=Count("columns"))
        .order_by("-id")
    )


def link_seen(link_id: str, by: Member) -> Link:
    found = links_seen_by(by).filter(id=link_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这条血缘关系，或您无权查看"))
    return found


def datasets_seen_by(member: Member) -> QuerySet[Dataset]:
    """The names that bodies in reach reported, each with its `binding`; unbound ones first."""
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    unbound = Q(card=None, resource=None)
    return (
        Dataset.objects.filter(reach)
        .exclude(namespace__in=[CARD, EXTERNAL])
        .select_related("organization", "card", "resource__source")
        .annotate(
            binding=Case(
                When(unbound, then=Value(Binding.UNBOUND.value)),
                default=Value(Binding.BOUND.value),
            )
        )
        .order_by("-binding", "-id")
    )


def datasets_that_are(binding: Binding | None, member: Member) -> QuerySet[Dataset]:
    """The names of one binding, or all."""
    unbound = Q(card=None, resource=None)
    match binding:
        case Binding.UNBOUND:
            return datasets_seen_by(member).filter(unbound)
        case Binding.BOUND:
            return datasets_seen_by(member).exclude(unbound)
    return datasets_seen_by(member)


def dataset_seen(dataset_id: str, by: Member) -> Dataset:
    found = datasets_seen_by(by).filter(id=dataset_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个数据集，或您无权查看"))
    return found


def links_of(dataset: Dataset, member: Member) -> QuerySet[Link]:
    return links_seen_by(member).filter(Q(upstream=dataset) | Q(downstream=dataset))


def processes_seen_by(member: Member) -> QuerySet[Process]:
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return (
        Process.objects.filter(reach)
        .select_related("organization")
        .annotate(run_count=Count("runs"))
        .order_by("-seen_at", "-id")
    )


def process_seen(process_id: str, by: Member) -> Process:
    found = processes_seen_by(by).filter(id=process_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个加工任务，或您无权查看"))
    return found


def runs_of(process: Process) -> QuerySet[Run]:
    return Run.objects.filter(process=process).order_by("-id")


def links_by(process: Process, member: Member) -> QuerySet[Link]:
    return links_seen_by(member).filter(process=process, ended_at=None)


def scripts_seen_by(member: Member) -> QuerySet[Script]:
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return Script.objects.filter(reach).select_related("organization", "source", "member")


def script_seen(script_id: str, by: Member) -> Script:
    found = scripts_seen_by(by).filter(id=script_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这段 SQL，或您无权查看"))
    return found


def statements_of(script: Script) -> list[dict[str, object]]:
    """The statements of a script as people read them: kinds and gaps in words."""
    return [
        one
        | {
            "kind": StatementKind(one["kind"]),
            "columns": [
                flow
                | {
                    "gaps": [Gap(gap).label for gap in flow["gaps"]],
                    "inputs": [".".join(pair) for pair in flow["inputs"]],
                }
                for flow in one["columns"]
            ],
            "conditions": [".".join(pair) for pair in one["conditions"]],
        }
        for one in script.statements
    ]


def cards_to_choose(member: Member) -> QuerySet[Card]:
    """The cards that a person may name as where data came from, or as what a name stands for."""
    return cards_seen_by(member).exclude(state=CardState.CLOSED).order_by("name", "id")


def card_called(text: str, member: Member) -> Card | None:
    """Return the one card in sight with this number or whole name, or none."""
    named = Q(number=text) | Q(name=text) | Q(id=text)
    found = list(cards_to_choose(member).filter(named)[:2])
    return found[0] if len(found) == 1 else None


def resource_called(text: str, member: Member) -> Resource | None:
    """Return the one resource in sight with this table name, its source's before it if need be."""
    source, _, table = text.rpartition("/")
    found = resources_seen_by(member).filter(table_name=table)
    found = found.filter(source__name=source) if source else found
    both = list(found.order_by("id")[:2])
    return both[0] if len(both) == 1 else None


def bodies_to_choose(member: Member) -> QuerySet[Organization]:
    return places_for(member, Permission.LINEAGE_ENTER)


def sources_to_choose(member: Member) -> QuerySet[Source]:
    return sources_seen_by(member).order_by("name")


def card_to_name(card_id: str, by: Member) -> Card:
    found = cards_to_choose(by).filter(id=card_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这张资产卡片，或您无权查看"))
    return found


def column_names(card: Card) -> list[str]:
    return [str(one["name"]) for one in columns_of(card)]


def grade_owed(card: Card, graph: Graph) -> Grade | None:
    """The grade that the card owes to what it is made from, where it is graded below that."""
    grade = Grade(card.grade) if card.grade else None
    return rules.grade_owed(grade, [node.grade for node in graph.inputs() if node.grade])


def obstacles_to_end(link: Link) -> list[Obstacle]:
    return list(rules.obstacles_to_end(link.ended_at is not None, "-"))


def obstacles_to_bind(dataset: Dataset) -> list[Obstacle]:
    return list(rules.obstacles_to_bind(dataset.is_outside))
