"""Destroying a table inside a SQLite file: overwritten by the engine, dropped, file rewritten."""

import sqlite3
from contextlib import closing
from pathlib import Path

from shuce.engines.erasure.proof import CannotErase, count_found, digests_of
from shuce.engines.erasure.target import Note, Outcome, Target
from shuce.kernel.words import say

_SAMPLE_ROWS = 64
_SHORTEST = 6  # bytes: a shorter value may well stand elsewhere in the file by itself


def drop(target: Target, note: Note) -> Outcome:
    """Drop the table with secure_delete, empty the journal, rewrite the file, then look for it."""
    if target.path.is_symlink() or not target.path.is_file():
        raise CannotErase("要销毁的文件不存在，或者只是一个链接")
    try:
        with closing(sqlite3.connect(target.path, timeout=30, isolation_level=None)) as engine:
            return _drop(engine, target, note)
    except sqlite3.DatabaseError as fault:
        raise CannotErase("数据库文件不能改写：{why}", why=type(fault).__name__) from None


def _drop(engine: sqlite3.Connection, target: Target, note: Note) -> Outcome:
    known = engine.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?", (target.table,)
    ).fetchone()
    if known is None or target.table.lower().startswith("sqlite_"):
        raise CannotErase("数据库里没有表 {table}", table=target.table)
    table = '"' + target.table.replace('"', '""') + '"'
    before = digests_of(*_files(target.path))
    note(
        say("记录数据库文件的摘要"), say("SM3 {sm3}，{size} 字节", sm3=before.sm3, size=before.size)
    )
    values = _values_of(engine, table)
    engine.execute("PRAGMA secure_delete = ON")
    rows = engine.execute(f"DELETE FROM {table}").rowcount
    note(say("以零覆写并删除全部行"), say("{rows} 行", rows=rows))
    engine.execute(f"DROP TABLE {table}")
    note(say("删除表"), say("已删除"))
    engine.execute("VACUUM")
    engine.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    note(say("整理数据库文件并清空日志"), say("已完成"))
    # A value that other tables hold too is theirs, and will rightly stand there afterwards.
    samples = tuple(value for value in values if not _is_held_elsewhere(engine, value))
    encoded = tuple(value.encode() for value in samples)
    found = count_found(encoded, *_files(target.path))
    note(
        say("回读数据库文件的全部字节，查找原有内容"),
        say("抽样 {count} 个值，查到 {found} 个", count=len(samples), found=found),
    )
    return Outcome(before, digests_of(*_files(target.path)), len(samples), found)


def _files(path: Path) -> tuple[Path, ...]:
    return (path, *(path.with_name(path.name + end) for end in ("-wal", "-journal")))


def _values_of(engine: sqlite3.Connection, table: str) -> tuple[str, ...]:
    rows = engine.execute(f"SELECT * FROM {table} LIMIT {_SAMPLE_ROWS}").fetchall()
    texts = (value for row in rows for value in row if isinstance(value, str))
    return tuple(dict.fromkeys(text for text in texts if len(text.encode()) >= _SHORTEST))


def _is_held_elsewhere(engine: sqlite3.Connection, value: str) -> bool:
    tables = engine.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in tables:
        table = '"' + name.replace('"', '""') + '"'
        columns = [row[1] for row in engine.execute(f"PRAGMA table_info({table})")]
        test = " OR ".join(
            f'instr(CAST("{column.replace(chr(34), chr(34) * 2)}" AS TEXT), ?) > 0'
            for column in columns
        )
        if (
            test
            and engine.execute(
                f"SELECT 1 FROM {table} WHERE {test} LIMIT 1", [value] * len(columns)
            ).fetchone()
        ):
            return True
    schema = engine.execute("SELECT 1 FROM sqlite_master WHERE instr(sql, ?) > 0", (value,))
    return schema.fetchone() is not None
