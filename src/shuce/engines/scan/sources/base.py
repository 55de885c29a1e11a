"""What every source offers."""

from typing import Protocol

import duckdb

from shuce.engines.scan.shapes import Loaded, Table


class Source(Protocol):
    """A set of tables. Nothing is ever written to it."""

    @property
    def shown_as(self) -> str:
        """Return the path or address without any password."""
        ...

    def tables(self) -> tuple[Table, ...]:
        """Return its tables from its catalogue, without reading rows where that can be helped."""
        ...

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        """Make the table readable for `engine`, with at most about `sample` rows if given."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def quoted(identifier: str) -> str:
    """Return an SQL identifier in double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
