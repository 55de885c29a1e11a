"""What passes when a body is succeeded: each room says which of its things belong to a body.

A room's `estates.py` names them with `passes_on`; it is read when the register starts.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from shuce.foundation.organizations.models import Organization, Signature
from shuce.kernel.words import say


@dataclass(frozen=True)
class Thing:
    """One thing that a body has, and another thing's id that it goes along with."""

    estate: "Estate"
    id: str
    text: str
    anchor_id: str
    former: Organization

    @property
    def kind(self) -> str:
        return say(self.estate.label)


@dataclass(frozen=True)
class Estate:
    """One kind of thing that a body may have: rows of `model` whose `owner` names the body.

    `live` are the rows that pass; all others stay with the former body, as history. In a
    division, what is not assigned itself goes where its `anchor` goes (the look-up of another
    thing's id: a card's, say). `alike` are the fields of which a body may have one live row:
    where the heir has its like already, nothing can pass.
    """

    key: str
    label: str
    model: type[Model]
    owner: str
    live: Q = field(default_factory=Q)
    anchor: str = ""
    alike: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    def rows_of(self, body: Organization) -> "QuerySet[Any]":
        """The live rows of a body, in a stable order."""
        rows: QuerySet[Any] = self.model._default_manager.filter(self.live, **{self.owner: body})
        return rows.select_related(*self.related).order_by("pk")

    def things_of(self, body: Organization) -> list[Thing]:
        """The same, as they are shown."""
        rows = self.rows_of(body)
        if self.anchor:
            rows = rows.annotate(anchor_id=F(self.anchor))
        return [
            Thing(self, str(row.pk), str(row), str(getattr(row, "anchor_id", "") or ""), body)
            for row in rows
        ]

    def pass_on(
        self, ids: Collection[str], former: Organization, heir: Organization, *, by: Signature
    ) -> None:
        """Pass the things of these ids to the heir. Called by the succession's command alone."""
        self.rows_of(former).filter(pk__in=ids).order_by().update(**{self.owner: heir})


_estates: dict[str, Estate] = {}


def passes_on(*estates: Estate) -> None:
    """Let these things pass to whoever succeeds the body that has them."""
    for estate in estates:
        assert estate.key not in _estates, f"two estates are called {estate.key}"
        _estates[estate.key] = estate


def all_estates() -> Iterable[Estate]:
    """Every kind of thing, in the order in which rooms told of them: an asset's life."""
    return _estates.values()


def estate_called(key: str) -> Estate | None:
    return _estates.get(key)
