"""The part of a list that a program asks for: one way for every room's API."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from ninja import Field, Schema


class Window(Schema):
    """At most `limit` rows after the first `offset`; taken from the query string."""

    offset: int = Field(0, ge=0, le=1_000_000_000)
    limit: int = Field(50, ge=1, le=200)

    def of(self, rows: QuerySet[Any] | Sequence[Any]) -> Any:
        return rows[self.offset : self.offset + self.limit]
