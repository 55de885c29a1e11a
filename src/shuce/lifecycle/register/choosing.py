"""Choosing one card in a form: from a list while there are few, by words among many."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy

from shuce.foundation.office.forms import RowField
from shuce.lifecycle.register.models import Card

# A list of more is no list that anybody reads, and a page of megabytes.
MOST_LISTED = 200


class CardInput(forms.TextInput):
    """A box in which part of a name or number finds cards; their numbers are what it holds."""

    template_name = "register/_card_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        given = context["widget"]["attrs"]
        given["list"] = f"{given.get('id', name)}-cards"
        given |= {"autocomplete": "off", "hx-get": reverse_lazy("register:card_choices")}
        return context


class CardField(RowField):
    """One card of those offered: typed by its number where there are too many for a list."""

    def offer(self, cards: QuerySet[Card]) -> None:
        """Let the reader choose among `cards`."""
        if cards.order_by()[: MOST_LISTED + 1].count() > MOST_LISTED:
            self.widget = CardInput()
            self.widget.is_required = self.required
        self.queryset = cards

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(self.widget, CardInput):
            return super().prepare_value(value)
        card = value if isinstance(value, Card) else self._found(value)
        return (card.number or card.id) if card else value

    def to_python(self, value: Any) -> Any:
        if not isinstance(self.widget, CardInput) or value in self.empty_values:
            return super().to_python(value)
        card = self._found(str(value).strip())
        if card is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return card

    def _found(self, value: Any) -> Card | None:
        if not value or self.queryset is None:
            return None
        found: Card | None = self.queryset.filter(Q(number=value) | Q(id=value)).first()
        return found
