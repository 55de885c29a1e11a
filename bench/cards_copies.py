"""Many more cards than the rules have made in this run: each is copied as a row, with its text.

For measuring what a reader waits for, not how cards are made. Words are as common among the copies
as among the originals.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from django.db import connection, transaction

from shuce.engines.search import text_of, tokens_of
from shuce.foundation.search import tables
from shuce.foundation.search.models import Text
from shuce.foundation.search.tables import Row
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.texts import _said

_AT_A_TIME = 500
_CARDS = Card._meta.db_table
_INDEX = f"{Text._meta.db_table}_tokens"


def copy(times: int) -> None:
    """Copy every card that there is `times` times."""
    originals = list(Card.objects.order_by("id").values_list("id", flat=True))
    with _without_index():
        for texts in _texts(originals):
            for number in range(times):
                with transaction.atomic():
                    tables.keep(
                        [replace(one, subject_id=_named(one.subject_id, number)) for one in texts]
                    )
    _copy_cards(times)


def _copy_cards(times: int) -> None:
    changed = {"id", "number", "key_in_source"}
    same = [f.column for f in Card._meta.concrete_fields if f.column not in changed]
    columns = ", ".join(f'"{name}"' for name in same)
    for number in range(times):
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_CARDS} (id, number, key_in_source, {columns})"
                f" SELECT substr(id, 1, 23) || %s, number || %s, key_in_source || %s, {columns}"
                f" FROM {_CARDS} WHERE number IS NULL OR length(number) < 37",
                [_ending(number), f"-{number}", f"-{number}"],
            )


def _named(card_id: str, number: int) -> str:
    return card_id[:23] + _ending(number)


def _ending(number: int) -> str:
    # Ids keep to an alphabet without U: these are nobody else's.
    return f"U{number:02d}"


def _texts(ids: list[str]) -> Iterator[list[Row]]:
    at = Text.objects.latest("id").indexed_at
    left = iter(ids)
    while some := list(islice(left, _AT_A_TIME)):
        rows = []
        for said in _said(dict.fromkeys(some, at)):
            text = text_of(said.parts)
            rows.append(Row(said.subject_id, text, tokens_of(text, said.labels), at))
        yield rows


@contextmanager
def _without_index() -> Iterator[None]:
    """On PostgreSQL the index is made once, at the end: filling it row by row takes an hour."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {_INDEX}")
        try:
            yield
        finally:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(
                f"CREATE INDEX {_INDEX} ON {Text._meta.db_table} USING gin (tokens)"
                " WITH (fastupdate = on, gin_pending_list_limit = 1024)"
            )
