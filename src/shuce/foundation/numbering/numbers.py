"""The numbers that people see: given in order, without gaps, never twice."""

from django.db import connection

from shuce.foundation.evidence.recording import in_command
from shuce.foundation.numbering.models import Series


def next_number(prefix: str, *, width: int = 5) -> str:
    """Return the next number of a series, such as SP-2026-00042.

    The series is locked until the command ends, so a command that is rolled back gives its
    number back and leaves no gap.
    """
    [number] = next_numbers(prefix, 1, width=width)
    return number


def next_numbers(prefix: str, count: int, *, width: int = 5) -> list[str]:
    """Return the next `count` numbers of a series, in order."""
    assert in_command(), "numbers are given by commands"
    table = Series._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (prefix, last) VALUES (%s, %s) "
            f"ON CONFLICT (prefix) DO UPDATE SET last = {table}.last + %s RETURNING last",
            [prefix, count, count],
        )
        [last] = cursor.fetchone()
    return [f"{prefix}{number:0{width}d}" for number in range(last - count + 1, last + 1)]
