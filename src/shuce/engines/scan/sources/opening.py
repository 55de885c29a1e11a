"""Tell from an address or path which kind of source it is.

A kind's module is imported when one of its kind is opened: half the start of a scan of a file would
else go into libraries for databases and workbooks that it never meets.
"""

from pathlib import Path

from shuce.engines.scan.shapes import SourceUnreadable
from shuce.engines.scan.sources.base import Source
from shuce.kernel.words import say

TEXT = {".csv", ".tsv", ".txt", ".dat", ".psv"}
EXCEL = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}
DATABASE = {".db", ".sqlite", ".sqlite3", ".duckdb", ".ddb"}
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}


def open_source(address: str) -> Source:
    """Open a file, a folder or a database URL; raise SourceUnreadable if it is none of these."""
    if address.startswith("spark:"):
        from shuce.engines.scan.sources.spark import SparkSource

        return SparkSource(address.removeprefix("spark:"))
    if "://" in address:
        return _open_url(address)
    path = Path(address)
    if path.is_dir():
        from shuce.engines.scan.sources.folder import FolderSource

        return FolderSource(path, open_file, is_readable)
    if not path.exists():
        raise SourceUnreadable(say("找不到文件或文件夹：{path}", path=address))
    return open_file(path)


def is_readable(path: Path) -> bool:
    """Say whether a file's ending is one that a scan reads."""
    return path.suffix.lower() in TEXT | EXCEL | DATABASE | {".parquet"}


def open_file(path: Path) -> Source:
    """Open one file by what it begins with, or by its ending."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise SourceUnreadable(
            say("文件无法打开：{path}（{why}）", path=path, why=error.strerror)
        ) from error
    suffix = path.suffix.lower()
    if head.startswith(b"SQLite format 3"):
        from shuce.engines.scan.sources.databases import DatabaseSource

        return DatabaseSource(
            f"sqlite:///file:{path.resolve()}?mode=ro&uri=true", shown_as=str(path)
        )
    if head[8:12] == b"DUCK":
        from shuce.engines.scan.sources.duckdb_file import DuckDbSource

        return DuckDbSource(path)
    if head.startswith(b"PAR1"):
        from shuce.engines.scan.sources.parquet import ParquetSource

        return ParquetSource(path)
    if suffix in EXCEL:
        from shuce.engines.scan.sources.excel import ExcelSource

        return ExcelSource(path)
    if suffix in TEXT:
        from shuce.engines.scan.sources.text import TextSource

        return TextSource(path)
    raise SourceUnreadable(say("不支持的文件类型：{path}", path=path))


def _open_url(url: str) -> Source:
    scheme, rest = url.split("://", 1)
    base = scheme.split("+")[0]
    if base == "duckdb":
        from shuce.engines.scan.sources.duckdb_file import DuckDbSource

        return DuckDbSource(Path(rest.removeprefix("/")))  # as SQLAlchemy: ///rel, ////abs
    if base == "sqlite":
        return open_source(rest.removeprefix("/"))
    if base == "file":
        return open_source(rest)
    from shuce.engines.scan.sources.databases import DatabaseSource

    driver = scheme if "+" in scheme else _DRIVERS.get(base, scheme)
    return DatabaseSource(f"{driver}://{rest}")
