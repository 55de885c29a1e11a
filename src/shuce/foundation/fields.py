"""Columns that every room uses."""

from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import lazy

from shuce.kernel.choices import Choice
from shuce.kernel.identifiers import new_id
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.kernel.words import say

# The same as `say`, at the moment the text is shown: for labels that are made at import.
say_later = lazy(say, str)


class ChoiceField(models.CharField):  # type: ignore[type-arg]
    """One code out of a closed list. Migrations record the column, never the list."""

    def __init__(self, *args: Any, choice: type[Choice] | None = None, **options: Any) -> None:
        self.choice = choice
        options.setdefault("max_length", 30)
        if choice:
            options["choices"] = [(c.value, say_later(c.chinese)) for c in choice]
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, options = super().deconstruct()
        options.pop("choices", None)
        return name, "django.db.models.CharField", list(args), options

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return self.choice(value) if self.choice and value else value

    def to_python(self, value: Any) -> Any:
        return self.choice(value) if self.choice and value else super().to_python(value)


class MoneyField(models.BigIntegerField):  # type: ignore[type-arg]
    """An amount of money, kept in whole fen."""

    # What the type checker should take a column of money for.
    _pyi_private_set_type: Money | int | None  # type: ignore[assignment]  # the stubs say int
    _pyi_private_get_type: Money  # type: ignore[assignment]  # the stubs say int

    def from_db_value(self, value: int | None, *_: Any) -> Money | None:
        return None if value is None else Money(value)

    def get_prep_value(self, value: Any) -> Any:
        return value.fen if isinstance(value, Money) else super().get_prep_value(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Money) or value is None else Money(int(value))

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)))


class Row(models.Model):
    """A row with a ULID: unique across bodies, sortable by the time it was made."""

    id = models.CharField(primary_key=True, max_length=26, default=new_id, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Save the row; raise Refused for what its columns cannot hold, alike on every database.

        SQLite takes a text of any length, and PostgreSQL fails at it: neither is an answer.
        """
        refuse_if(obstacles_in_columns(self, options.get("update_fields")))
        super().save(*args, **options)


def obstacles_in_columns(row: Row, names: Collection[str] | None = None) -> Iterator[Obstacle]:
    """Yield what the row's columns cannot hold; `bulk_create` does not ask by itself."""
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        if hasattr(value, "resolve_expression") or (names is not None and column.name not in names):
            continue
        held = column.get_prep_value(value)
        if isinstance(held, str) and column.max_length and len(held) > column.max_length:
            yield Obstacle(
                "“{label}”最多{most}个字",
                field=column.name,
                label=_label(column),
                most=column.max_length,
            )
        elif isinstance(held, int) and not _fits(column, held):
            yield Obstacle(
                "“{label}”超出可以登记的数值范围", field=column.name, label=_label(column)
            )


def _label(column: "models.Field[Any, Any]") -> str:
    # Looked up for what is refused alone: of a million rows it would take a third of the time.
    return say(str(column.verbose_name))


def _fits(column: "models.Field[Any, Any]", number: int) -> bool:
    """Return whether a whole number lies within its column's range, by Django's own validators."""
    try:
        column.run_validators(number)
    except ValidationError:
        return False
    return True
