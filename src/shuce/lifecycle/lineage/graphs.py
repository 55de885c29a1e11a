"""The picture around an asset: what it is made from and what of it, as far as the reader may see.

What lies at a place where the reader may not look is shown as hidden, without its name, and the
walk does not go on behind it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse

from shuce.engines.lineage import Arrow, Flow, Impact, impact_of, layers_of
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.words import say
from shuce.lifecycle.inventory.queries import resources_seen_by
from shuce.lifecycle.lineage.models import Dataset, Link
from shuce.lifecycle.lineage.naming import live_cards
from shuce.lifecycle.lineage.neighbours import made_of
from shuce.lifecycle.lineage.rules import EXTERNAL, NodeKind, Origin
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.register.words import Grade

# How far the picture goes, and how much it holds; more is said, and found from the next asset on.
MOST_STEPS = 8
MOST_NODES = 120


@dataclass(frozen=True)
class Node:
    """One thing in the picture. Of a hidden one only that there is something."""

    key: str
    kind: NodeKind
    name: str
    place: str = ""
    href: str = ""
    grade: Grade | None = None
    layer: int = 0

    @property
    def is_hidden(self) -> bool:
        return self.kind is NodeKind.HIDDEN


@dataclass(frozen=True)
class Edge:
    """Data of one node goes into another: how that is known, and which columns."""

    upstream: str
    downstream: str
    origins: tuple[Origin, ...]
    grounds: tuple[str, ...]
    flows: tuple[Flow, ...]


@dataclass
class Graph:
    """What lies around `start`. `more` says that it goes on beyond what is shown."""

    start: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    more: bool = False

    @property
    def arrows(self) -> list[Arrow]:
        return [Arrow(one.upstream, one.downstream, one.flows) for one in self.edges]

    def upstream(self) -> list[Node]:
        return sorted((n for n in self.nodes.values() if n.layer < 0), key=_near)

    def downstream(self) -> list[Node]:
        return sorted((n for n in self.nodes.values() if n.layer > 0), key=_near)

    def impact(self, column: str = "") -> list[tuple[Node, Impact]]:
        """Return what hangs on a column of the start, or on any of it, nearest first."""
        found = impact_of(self.arrows, self.start, column)
        return [(self.nodes[one.key], one) for one in found if one.key in self.nodes]

    def inputs(self) -> list[Node]:
        """Return what goes straight into the start."""
        keys = {one.upstream for one in self.edges if one.downstream == self.start}
        return [self.nodes[key] for key in keys if key != self.start]


def graph_of(card: Card, member: Member, *, steps: int = MOST_STEPS) -> Graph:
    """Return the picture around a card that `member` may see."""
    walk = _Walk(card, member)
    for toward in ("upstream", "downstream"):
        walk.go(toward, steps)
    walk.go_on()
    return walk.finished()


class _Walk:
    def __init__(self, card: Card, member: Member) -> None:
        self._member = member
        self._start = f"card:{card.id}"
        self._graph = Graph(self._start)
        self._nodes = self._graph.nodes
        self._nodes[self._start] = _card_node(card, NodeKind.SELF)
        self._links: dict[str, Link] = {}
        self._key_of: dict[str, str] = {}

    def go(self, toward: str, steps: int) -> None:
        """Follow the links one way, layer by layer."""
        frontier = {self._start}
        done: set[str] = set()
        for step in range(steps + 1):
            done |= frontier
            links = self._links_at(frontier, toward)
            if step == steps:
                self._graph.more |= any(link.id not in self._links for link in links)
                return
            self._name([end for link in links for end in (link.upstream, link.downstream)])
            frontier = set()
            for link in links:
                far = self._key_of[getattr(link, f"{toward}_id")]
                if far not in self._nodes:
                    self._graph.more = True
                    continue
                self._links[link.id] = link
                if far not in done and not self._nodes[far].is_hidden:
                    frontier.add(far)
            if not frontier:
                return

    def go_on(self) -> None:
        """Add what later rooms made of the cards in the picture."""
        cards = {
            key.removeprefix("card:")
            for key, node in self._nodes.items()
            if node.kind in (NodeKind.SELF, NodeKind.CARD)
        }
        for one in made_of(cards, self._member):
            if len(self._nodes) >= MOST_NODES:
                self._graph.more = True
                return
            node = Node(one.key, NodeKind.PRODUCT, one.name, one.place, one.href)
            self._nodes[one.key] = node if one.seen else _hidden(one.key)
            self._graph.edges.append(
                Edge(f"card:{one.card_id}", one.key, (), (one.since,) if one.since else (), ())
            )

    def finished(self) -> Graph:
        """Return the picture: links between the same two things as one edge, layers counted."""
        together: dict[tuple[str, str], list[Link]] = {}
        for link in self._links.values():
            ends = self._key_of[link.upstream_id], self._key_of[link.downstream_id]
            together.setdefault(ends, []).append(link)
        for (upstream, downstream), links in together.items():
            self._graph.edges.append(self._edge(upstream, downstream, links))
        layers = layers_of(self._start, self._graph.arrows)
        for key, node in list(self._nodes.items()):
            if key not in layers:
                del self._nodes[key]
                continue
            self._nodes[key] = Node(
                key, node.kind, node.name, node.place, node.href, node.grade, layers[key]
            )
        return self._graph

    def _edge(self, upstream: str, downstream: str, links: Collection[Link]) -> Edge:
        hidden = self._nodes[upstream].is_hidden or self._nodes[downstream].is_hidden
        if hidden:
            # Neither columns nor jobs of what may not be seen.
            return Edge(upstream, downstream, (), (), ())
        flows = dict.fromkeys(
            Flow(one.from_column, one.to_column, one.how)
            for link in links
            for one in link.columns.all()
        )
        origins = dict.fromkeys(Origin(link.origin) for link in links)
        grounds = dict.fromkeys(link.ground for link in links)
        return Edge(upstream, downstream, tuple(origins), tuple(grounds), tuple(flows))

    def _links_at(self, keys: Collection[str], toward: str) -> list[Link]:
        """Return the links in force that lead from these things `toward` their other end."""
        near = "downstream" if toward == "upstream" else "upstream"
        found = Link.objects.filter(
            **{f"{near}__in": self._datasets_of(keys)}, ended_at=None
        ).select_related(
            "upstream__card__holder",
            "upstream__resource__organization",
            "upstream__organization",
            "downstream__card__holder",
            "downstream__resource__organization",
            "downstream__organization",
            "process",
            "script",
        )
        return list(found.prefetch_related("columns").order_by("id")[:1_000])

    def _datasets_of(self, keys: Collection[str]) -> list[str]:
        ids: dict[str, list[str]] = {"card": [], "resource": [], "dataset": []}
        for key in keys:
            kind, _, one = key.partition(":")
            ids[kind].append(one)
        resources = Card.objects.filter(id__in=ids["card"], resource__isnull=False)
        here = (
            Q(card_id__in=ids["card"])
            | Q(
                resource_id__in=[*ids["resource"], *resources.values_list("resource_id", flat=True)]
            )
            | Q(id__in=ids["dataset"])
        )
        found = list(Dataset.objects.filter(here).values_list("id", "resource_id", "card_id"))
        return [one for one, _, _ in found]

    def _name(self, datasets: Iterable[Dataset]) -> None:
        """Find out what each dataset is, and put what is new into the picture."""
        new = {one.id: one for one in datasets if one.id not in self._key_of}
        cards = live_cards(one.resource_id for one in new.values() if one.resource_id)
        whole: dict[str, tuple[Dataset, Card | None]] = {}
        for one in new.values():
            card = one.card or cards.get(str(one.resource_id))
            if card:
                key = f"card:{card.id}"
            else:
                key = f"resource:{one.resource_id}" if one.resource_id else f"dataset:{one.id}"
            self._key_of[one.id] = key
            if key not in self._nodes:
                whole[key] = (one, card)
        seen = self._seen(whole)
        for key, (dataset, card) in whole.items():
            if len(self._nodes) >= MOST_NODES:
                return
            self._nodes[key] = _node(key, dataset, card) if key in seen else _hidden(key)

    def _seen(self, whole: dict[str, tuple[Dataset, Card | None]]) -> set[str]:
        """Return the keys of what the reader may see."""
        cards = [card.id for _, card in whole.values() if card]
        seen = {f"card:{one}" for one in cards_seen_by(self._member).filter(id__in=cards)
                .values_list("id", flat=True)}  # fmt: skip
        resources = [one.resource_id for one, card in whole.values() if not card]
        seen |= {
            f"resource:{one}"
            for one in resources_seen_by(self._member)
            .filter(id__in=[r for r in resources if r])
            .values_list("id", flat=True)
        }
        loose = [one.id for one, card in whole.values() if not card and not one.resource_id]
        reach = within_reach(self._member, Permission.CARD_VIEW, path="organization__path")
        found = Dataset.objects.filter(reach, id__in=loose).values_list("id", flat=True)
        return seen | {f"dataset:{one}" for one in found}


def _node(key: str, dataset: Dataset, card: Card | None) -> Node:
    if card:
        return _card_node(card, NodeKind.CARD)
    if dataset.resource:
        resource = dataset.resource
        href = reverse("inventory:resource", args=[resource.id])
        return Node(key, NodeKind.RESOURCE, str(resource), str(resource.organization), href)
    if dataset.namespace == EXTERNAL:
        return Node(key, NodeKind.EXTERNAL, dataset.name, say("登记簿之外"))
    href = reverse("lineage:dataset", args=[dataset.id])
    return Node(key, NodeKind.DATASET, dataset.name, dataset.namespace, href)


def _card_node(card: Card, kind: NodeKind) -> Node:
    href = f"{reverse('register:card', args=[card.id])}?tab=lineage"
    grade = Grade(card.grade) if card.grade else None
    return Node(f"card:{card.id}", kind, card.name, str(card.holder), href, grade)


def _hidden(key: str) -> Node:
    return Node(key, NodeKind.HIDDEN, NodeKind.HIDDEN.label)


def _near(node: Node) -> tuple[int, str]:
    return abs(node.layer), node.name
