"""Keep what is searched, and find it. A room says what its subjects say and who may find them.

keep([Said(card.id, parts, labels, by.at)])             # in the command that changes the card
find(ask("不动产 bdc"), all_of=["grade:L3"], any_of=["place:…"], most=1001)
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from shuce.engines.search import Part, Question, label, text_of, tokens_of
from shuce.foundation.search import tables
from shuce.foundation.search.models import Text


@dataclass(frozen=True)
class Said:
    """What a subject says of itself, and the labels by which it is narrowed and seen."""

    subject_id: str
    parts: tuple[Part, ...]
    labels: frozenset[str]
    at: datetime


def keep(said: Iterable[Said]) -> int:
    """Let these subjects be found by what they say now; return how many there are.

    Part of the transaction around it: a change and its text are there together or not at all.
    """
    rows = []
    for one in said:
        text = text_of(one.parts)
        rows.append(tables.Row(one.subject_id, text, tokens_of(text, one.labels), one.at))
    if rows:
        tables.keep(rows)
    return len(rows)


def find(
    question: Question, *, all_of: Collection[str], any_of: Collection[str], most: int
) -> list[str]:
    """Return the subjects that answer, at most `most`, those that changed last first."""
    found = tables.find(
        question, [label(one) for one in all_of], [label(one) for one in any_of], most
    )
    return [subject for _, subject in found]


def these(subjects: Collection[str]) -> Any:
    """Return these subjects as what `id__in` takes: one value, however many there are.

    With a placeholder for each, PostgreSQL's driver takes longer to read the question than its
    server to answer it.
    """
    if connection.vendor != "postgresql":
        return list(subjects)
    return RawSQL("SELECT unnest(%s::text[])", [list(subjects)])


def answers_to(
    question: Question, *, all_of: Collection[str], any_of: Collection[str], key: str = "id"
) -> Q:
    """Return the condition that a row's `key` is a subject that answers, without any limit."""
    ways = tables.every_answer(
        question, [label(one) for one in all_of], [label(one) for one in any_of]
    )
    found = [Q(**{f"{key}__in": RawSQL(sql, params)}) for sql, params in ways]
    return reduce(or_, found) if found else Q(pk__in=[])


def stale(told: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return those subjects that were not said by the change of the moment told of each."""
    said = dict(Text.objects.filter(subject_id__in=told).values_list("subject_id", "indexed_at"))
    return {one: at for one, at in told.items() if said.get(one) != at}


def clear() -> None:
    """Forget every text; the room that owns the subjects says them again."""
    tables.clear()


def tidy() -> None:
    """Let the database put its index in order, after much was kept at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            name = f"{Text._meta.db_table}_tokens"
            cursor.execute(f"INSERT INTO {name}({name}) VALUES ('optimize')")
        else:
            cursor.execute("SELECT gin_clean_pending_list(%s)", [f"{Text._meta.db_table}_tokens"])
