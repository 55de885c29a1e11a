"""A folder is a source: every file in it that a scan can read."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from shuce.engines.scan.shapes import Loaded, SourceUnreadable, Table
from shuce.engines.scan.sources.base import Source
from shuce.kernel.words import say


class FolderSource:
    """Tables are named as in their files; where two files share a name, by path."""

    def __init__(
        self, path: Path, open_file: Callable[[Path], Source], is_readable: Callable[[Path], bool]
    ) -> None:
        self._path = path
        self.shown_as = str(path)
        self._open_file = open_file
        self._files = sorted(
            file
            for file in path.rglob("*")
            if file.is_file() and is_readable(file) and not file.name.startswith((".", "~$"))
        )
        if not self._files:
            raise SourceUnreadable(say("文件夹里没有可读的表：{path}", path=path))
        self._opened: dict[str, tuple[Source, str]] = {}
        self._broken: dict[str, str] = {}

    def tables(self) -> tuple[Table, ...]:
        """Return the tables of all files; one that cannot be read has no columns."""
        found: list[Table] = []
        for file in self._files:
            try:
                source = self._open_file(file)
                inside = source.tables()
            except SourceUnreadable as error:
                name = self._free_name(file.stem, file)
                self._broken[name] = str(error)
                found.append(Table(name, (), None))
                continue
            for table in inside:
                name = self._free_name(table.name, file)
                self._opened[name] = (source, table.name)
                found.append(Table(name, table.columns, table.rows_estimate, table.comment))
        return tuple(found)

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        if not self._opened and not self._broken:
            self.tables()
        if table in self._broken:
            raise SourceUnreadable(self._broken[table])
        source, name = self._opened[table]
        engine.execute("DETACH DATABASE IF EXISTS scanned")
        return source.load(name, engine, sample)

    def close(self) -> None:
        for source, _ in self._opened.values():
            source.close()

    def _free_name(self, name: str, file: Path) -> str:
        taken = self._opened.keys() | self._broken.keys()
        if name not in taken:
            return name
        longer = str(file.relative_to(self._path)).replace("\\", "/")
        return longer if longer not in taken else f"{longer}#{name}"
