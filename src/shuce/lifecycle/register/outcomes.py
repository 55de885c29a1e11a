"""What the API answers with about a card, wherever it is asked."""

from datetime import date
from typing import Any

from ninja import Schema

from shuce.lifecycle.register.words import (
    Acquisition,
    CardState,
    Grade,
    Industry,
    Opening,
    Sharing,
    UseState,
    ValueBasis,
)


class CardOut(Schema):
    """A card in a list. `cost_fen` and `value_fen` are fen; no value is null."""

    id: str
    number: str | None
    name: str
    holder_id: str
    industry: Industry
    acquisition: Acquisition
    region_code: str
    grade: Grade | None
    personal_data: bool
    rows: int
    use_state: UseState
    sharing: Sharing
    opening: Opening
    cost_fen: int
    value_fen: int | None
    value_basis: ValueBasis
    state: CardState
    version: int
    entered_on: date | None

    @staticmethod
    def resolve_cost_fen(card: Any) -> int:
        return int(card.cost.fen)

    @staticmethod
    def resolve_value_fen(card: Any) -> int | None:
        return None if card.value is None else int(card.value.fen)
