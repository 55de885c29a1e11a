"""Worlds built once through commands, and put back row for row and file for file.

A world costs up to two seconds to build and is the same every time; most tests of the lifecycle
begin from one of a few. The first test that takes a world builds it; those after it get the rows
and files that the building left, inside their own transaction and in the same folder.
"""

import pickle
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from shuce.foundation.evidence.models import Entry
from shuce.foundation.search import tables as search
from shuce.foundation.search.models import Text
from shuce.lifecycle.sources import nodes

Made = TypeVar("Made")
Rows = dict[str, set[tuple[Any, ...]]]
# Kept by the index of words alone, which has more than rows.
_APART = {Text._meta.db_table}


@dataclass
class Kept:
    """What building a world changed: the objects, the rows, the texts, the files."""

    made: bytes
    began: int  # entries of the log before it; it is put back on the same ground only
    gone: Rows = field(default_factory=dict)
    new: Rows = field(default_factory=dict)
    texts: list[Sequence[search.Row]] = field(default_factory=list)
    files: Path | None = None


class Shelf:
    """The worlds of one test process, by name."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._kept: dict[str, Kept] = {}

    def take(self, name: str, build: Callable[[], Made], home: Path | None = None) -> Made:
        """Return the world that `build` makes, from the shelf if it was made before.

        A name stands for one builder on one ground: the worlds taken before it are the same each
        time. `home` is the folder it writes its files to, the same for every test.
        """
        if name not in self._kept:
            return self._build(name, build, home)
        kept = self._kept[name]
        if kept.began != Entry.objects.count():
            raise AssertionError(f"{name} was built on other ground than it is put on now")
        _put_rows(kept)
        if home and kept.files:
            shutil.copytree(kept.files, home, dirs_exist_ok=True)
        made: Made = pickle.loads(kept.made)
        return made

    def _build(self, name: str, build: Callable[[], Made], home: Path | None) -> Made:
        began, before = Entry.objects.count(), _rows()
        with _heard() as texts:
            made = build()
        kept = Kept(pickle.dumps(made), began, texts=texts)
        for table, rows in _rows().items():
            if gone := before[table] - rows:
                kept.gone[table] = gone
            if new := rows - before[table]:
                kept.new[table] = new
        if home:
            close_node(home)
            kept.files = shutil.copytree(home, self._folder / name)
        self._kept[name] = kept
        return made


def close_node(home: Path) -> None:
    """Let go of the node of this home, so that its files may be copied or go."""
    if (home / "node").exists():
        nodes.node_here().close()
    nodes._node_at.cache_clear()


@contextmanager
def _heard() -> Iterator[list[Sequence[search.Row]]]:
    """Hear every text that is given to the index."""
    texts: list[Sequence[search.Row]] = []
    keep = search.keep

    def hear(rows: Sequence[search.Row]) -> None:
        texts.append(rows)
        keep(rows)

    search.keep = hear
    try:
        yield texts
    finally:
        search.keep = keep


def _rows() -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            if table not in _APART:
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = {tuple(map(_plain, row)) for row in cursor.fetchall()}
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _put_rows(kept: Kept) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in kept.gone.items():
            key = connection.introspection.get_primary_key_column(cursor, table)
            cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
            place = [column[0] for column in cursor.description].index(key)
            keys = [(row[place],) for row in rows]
            cursor.executemany(f'DELETE FROM "{table}" WHERE "{key}" = %s', keys)
        for table, rows in kept.new.items():
            marks = ", ".join(["%s"] * len(next(iter(rows))))
            # In the order of their keys, as they were made.
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', sorted(rows, key=_first))
        models = [one for one in apps.get_models() if one._meta.db_table in kept.new]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    for texts in kept.texts:
        search.keep(texts)


def _first(row: tuple[Any, ...]) -> str:
    return str(row[0]).rjust(40)
