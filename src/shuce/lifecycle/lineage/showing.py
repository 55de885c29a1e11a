"""How the lineage of an asset looks: the drawing, and the tables that say the same."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from shuce.engines.lineage import Box, How, draw
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.words import say
from shuce.lifecycle.lineage import queries
from shuce.lifecycle.lineage.graphs import Edge, Graph, Node, graph_of
from shuce.lifecycle.register.models import Card


@dataclass(frozen=True)
class Row:
    """One edge of the picture in words."""

    upstream: Node
    downstream: Node
    origins: str
    grounds: str
    columns: tuple[str, ...]


def view_of(card: Card, member: Member, column: str = "") -> dict[str, Any]:
    """Return all that the page of an asset's lineage shows."""
    graph = graph_of(card, member)
    names = queries.column_names(card)
    chosen = column if column in names else ""
    owed = queries.grade_owed(card, graph)
    return {
        "drawing": drawn(graph, card),
        "rows": [_row(graph, edge) for edge in graph.edges if _whole(graph, edge)],
        "has_lineage": len(graph.nodes) > 1,
        "more": graph.more,
        "names": names,
        "column": chosen,
        "impact": graph.impact(chosen),
        "upstream_count": len(graph.upstream()),
        "downstream_count": len(graph.downstream()),
        "owed": owed,
        "grade_href": reverse("register:grade", args=[card.id]) if owed else "",
        "enter_href": reverse("lineage:enter", args=[card.id])
        if member.may(Permission.LINEAGE_ENTER, card.holder)
        else "",
    }


def drawn(graph: Graph, card: Card) -> SafeString:
    """Return the picture as SVG; every text in it is escaped by the engine that draws it."""
    boxes = [
        Box(
            node.key,
            node.name,
            node.place or node.kind.label,
            "DATASET" if node.kind.value == "EXTERNAL" else node.kind.value,
            node.layer,
            "" if node.layer == 0 else node.href,
        )
        for node in graph.nodes.values()
    ]
    title = say("“{card}”的血缘关系图：左侧为来源，右侧为去向，详见下面的表", card=card.name)
    return mark_safe(draw(boxes, graph.arrows, title))


def as_data(graph: Graph) -> dict[str, Any]:
    """Return the picture as data; nodes are numbered, so that a hidden one gives no key away."""
    number = {key: place for place, key in enumerate(graph.nodes)}
    return {
        "start": number[graph.start],
        "more": graph.more,
        "nodes": [
            {
                "id": number[node.key],
                "key": "" if node.is_hidden else node.key,
                "kind": node.kind.value,
                "name": node.name,
                "place": node.place,
                "grade": node.grade.value if node.grade else None,
                "layer": node.layer,
            }
            for node in graph.nodes.values()
        ],
        "edges": [
            {
                "upstream": number[edge.upstream],
                "downstream": number[edge.downstream],
                "origins": [one.value for one in edge.origins],
                "columns": [
                    {"from": one.upstream, "to": one.downstream, "how": one.how.value}
                    for one in edge.flows
                ],
            }
            for edge in graph.edges
            if _whole(graph, edge)
        ],
    }


def _whole(graph: Graph, edge: Edge) -> bool:
    return edge.upstream in graph.nodes and edge.downstream in graph.nodes


def _row(graph: Graph, edge: Edge) -> Row:
    return Row(
        graph.nodes[edge.upstream],
        graph.nodes[edge.downstream],
        say("、").join(one.label for one in edge.origins),
        "；".join(edge.grounds),
        tuple(
            f"{one.upstream} → {one.downstream or say('整表')}"
            + (f"（{How.CONDITION.label}）" if one.how is How.CONDITION else "")
            for one in edge.flows
        ),
    )
