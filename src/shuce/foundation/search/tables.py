"""The tables of tokens: one way on SQLite, another on PostgreSQL, the same answers from both.

SQLite: an FTS5 table without content, of which only the lists of rows are kept. It hands out rows
newest first and stops when it has enough, so a common word costs no more than a rare one.

PostgreSQL: the tokens as an array under a GIN index. That index hands out every row at once, so a
common word would cost a bitmap of the whole register. Each row also has the tokens of the windows
its id lies in; asking window by window, newest and smallest first, bounds what is looked at.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from shuce.engines.search import Question, label
from shuce.foundation.search.models import Text

_TEXTS = Text._meta.db_table
_TOKENS = f"{_TEXTS}_tokens"
# Windows hold 4,096 ids, then four times as many, and so on, as powers of two.
_WINDOWS = (12, 14, 16, 18, 20, 22)


@dataclass(frozen=True)
class Row:
    """A text ready to be kept."""

    subject_id: str
    text: str
    tokens: Sequence[int]
    at: datetime


def create() -> Iterator[str]:
    """Yield the statements that make the tokens' table."""
    if connection.vendor == "sqlite":
        yield (
            f"CREATE VIRTUAL TABLE {_TOKENS} USING fts5"
            "(tokens, content='', detail=none, columnsize=0, tokenize='ascii')"
        )
        return
    yield f"ALTER TABLE {_TEXTS} ADD COLUMN tokens int4[] NOT NULL DEFAULT '{{}}'"
    # Tokens are as good as random: they do not compress, and the index alone reads them.
    yield f"ALTER TABLE {_TEXTS} ALTER COLUMN tokens SET STORAGE EXTERNAL"
    # The planner shall think every token rare; the windows see to the common ones.
    yield f"ALTER TABLE {_TEXTS} ALTER COLUMN tokens SET STATISTICS 0"
    yield (
        f"CREATE INDEX {_TOKENS} ON {_TEXTS} USING gin (tokens)"
        # A short list of what is not in the tree yet: every search reads it from end to end.
        " WITH (fastupdate = on, gin_pending_list_limit = 1024)"
    )


def drop() -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield f"DROP TABLE {_TOKENS}"
    else:
        yield f"ALTER TABLE {_TEXTS} DROP COLUMN tokens"


def keep(rows: Sequence[Row]) -> None:
    """Keep the rows, in place of what their subjects had before."""
    write = _keep_postgresql if connection.vendor == "postgresql" else _keep_sqlite
    with connection.cursor() as cursor:
        write(cursor, list(zip(_new_ids(cursor, len(rows)), rows, strict=True)))


def _keep_sqlite(cursor: Any, rows: Sequence[tuple[int, Row]]) -> None:
    # Replaced, not updated: only so does the table remember which ids it has given.
    cursor.executemany(
        f"INSERT OR REPLACE INTO {_TEXTS} (id, subject_id, text, indexed_at)"
        " VALUES (%s, %s, %s, %s)",
        [(n, row.subject_id, row.text, _moment(row)) for n, row in rows],
    )
    cursor.executemany(
        f"INSERT INTO {_TOKENS} (rowid, tokens) VALUES (%s, %s)",
        [(n, " ".join(map(_word, row.tokens))) for n, row in rows],
    )


def _keep_postgresql(cursor: Any, rows: Sequence[tuple[int, Row]]) -> None:
    cursor.executemany(
        f"INSERT INTO {_TEXTS} (id, subject_id, text, indexed_at, tokens)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (subject_id) DO UPDATE SET id = excluded.id,"
        " text = excluded.text, indexed_at = excluded.indexed_at, tokens = excluded.tokens",
        [
            (n, row.subject_id, row.text, _moment(row), [*row.tokens, *_windows(n)])
            for n, row in rows
        ],
    )


def clear() -> None:
    """Drop every text and token, to make them anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TEXTS}")
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {_TOKENS}({_TOKENS}) VALUES ('delete-all')")


def find(
    question: Question, all_of: Collection[int], any_of: Collection[int], most: int
) -> list[tuple[int, str]]:
    """Return (id, subject) of at most `most` texts that answer, newest first.

    Each has every label of `all_of` and one of `any_of`; a label is a token, so whoever must not
    see a subject by mistake is asked again by the room that owns it.
    """
    if not question or not any_of:
        return []
    look = _find_sqlite if connection.vendor == "sqlite" else _find_postgresql
    found: dict[int, str] = {}
    for tokens in _ways(question):
        found.update(look(question, [*tokens, *all_of], list(any_of), most))
    return sorted(found.items(), reverse=True)[:most]


def every_answer(
    question: Question, all_of: Collection[int], any_of: Collection[int]
) -> Iterator[tuple[str, list[Any]]]:
    """Yield queries (with their parameters) for the subjects that answer, however many there are.

    For whoever reads all of them, once; a page of hits is found by `find`, which stops when it has
    enough.
    """
    if not question or not any_of:
        return
    for tokens in _ways(question):
        ours = [*tokens, *all_of]
        if connection.vendor == "sqlite":
            terms = " AND ".join(f'"{_word(one)}"' for one in ours)
            places = " OR ".join(f'"{_word(one)}"' for one in any_of)
            stands, needles = _stands("instr(t.text, %s) > 0", question)
            yield (
                f"SELECT t.subject_id FROM {_TOKENS} f JOIN {_TEXTS} t ON t.id = f.rowid"
                f" WHERE f.{_TOKENS} MATCH %s AND {stands}",
                [f"{terms} AND ({places})", *needles],
            )
        else:
            stands, needles = _stands("position(%s in text) > 0", question)
            yield (
                f"SELECT subject_id FROM {_TEXTS}"
                f" WHERE tokens @> %s::int4[] AND tokens && %s::int4[] AND {stands}",
                [ours, list(any_of), *needles],
            )


def _ways(question: Question) -> list[frozenset[int]]:
    """Return the sets of tokens that lead to every answer between them.

    A word with several needles needs one way for each; of such words the longest leads, and the
    others are looked for in the text only.
    """
    single = [needles[0].tokens for needles in question.words if len(needles) == 1]
    shared = frozenset().union(*single)
    several = [needles for needles in question.words if len(needles) > 1]
    if not several:
        return [shared]
    leading = max(several, key=lambda needles: len(needles[0].text))
    return [shared | needle.tokens for needle in leading]


def _find_sqlite(
    question: Question, all_of: Sequence[int], any_of: Sequence[int], most: int
) -> list[tuple[int, str]]:
    terms = " AND ".join(f'"{_word(one)}"' for one in all_of)
    places = " OR ".join(f'"{_word(one)}"' for one in any_of)
    stands, needles = _stands("instr(t.text, %s) > 0", question)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id, t.subject_id FROM {_TOKENS} f CROSS JOIN {_TEXTS} t ON t.id = f.rowid"
            f" WHERE f.{_TOKENS} MATCH %s AND {stands} ORDER BY f.rowid DESC LIMIT {int(most)}",
            [f"{terms} AND ({places})", *needles],
        )
        found: list[tuple[int, str]] = cursor.fetchall()
        return found


def _find_postgresql(
    question: Question, all_of: Sequence[int], any_of: Sequence[int], most: int
) -> list[tuple[int, str]]:
    stands, needles = _stands("position(%s in text) > 0", question)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {_TEXTS}")
        [last] = cursor.fetchone()
        found: list[tuple[int, str]] = []
        for windows in _stretches(last or 0):
            inside = " AND tokens && %s::int4[]" if windows else ""
            cursor.execute(
                # Materialised, so that the index is used whatever the limit promises.
                f"WITH found AS MATERIALIZED (SELECT id, subject_id FROM {_TEXTS}"
                f" WHERE tokens @> %s::int4[] AND tokens && %s::int4[]{inside} AND {stands})"
                f" SELECT id, subject_id FROM found ORDER BY id DESC LIMIT {int(most)}",
                [list(all_of), list(any_of), *([windows] if windows else []), *needles],
            )
            found = cursor.fetchall()
            if len(found) >= most:
                break
        return found


def _stretches(last: int) -> Iterator[list[int]]:
    """Yield the tokens of the newest two windows of each size; in the end none, for all ids."""
    for size in _WINDOWS:
        if last >> size < 2:
            break
        yield [_window(size, last >> size), _window(size, (last >> size) - 1)]
    yield []


def _windows(number: int) -> list[int]:
    return [_window(size, number >> size) for size in _WINDOWS]


def _window(size: int, number: int) -> int:
    return label(f"window:{size}:{number}")


def _stands(condition: str, question: Question) -> tuple[str, list[str]]:
    words = [f"({' OR '.join([condition] * len(needles))})" for needles in question.words]
    return " AND ".join(words), [n.text for needles in question.words for n in needles]


def _new_ids(cursor: Any, count: int) -> Sequence[int]:
    """Return ids above every other; on SQLite a writer is alone with the table."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [_TEXTS, count],
        )
        return [int(one) for (one,) in cursor.fetchall()]
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [_TEXTS])
    row = cursor.fetchone()
    last = row[0] if row else 0
    return range(last + 1, last + 1 + count)


def _moment(row: Row) -> Any:
    return connection.ops.adapt_datetimefield_value(row.at)


def _word(token: int) -> str:
    return format(token & 0xFFFFFFFF, "x")
