"""What may be connected, from plain values."""

from collections.abc import Iterator
from dataclasses import dataclass

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle


class SourceKind(Choice):
    SQLITE = "SQLITE", "SQLite 数据库"
    DUCKDB = "DUCKDB", "DuckDB 数据库"
    FILES = "FILES", "文件或文件夹（Parquet、CSV、Excel）"
    POSTGRESQL = "POSTGRESQL", "PostgreSQL 数据库"
    MYSQL = "MYSQL", "MySQL/MariaDB 数据库"


class SourceState(Choice):
    WAITING = "WAITING", "待节点接通"
    CONNECTED = "CONNECTED", "已接入"
    CLOSED = "CLOSED", "已停用"


SCHEMES = {
    SourceKind.POSTGRESQL: ("postgresql://", "postgresql+psycopg://"),
    SourceKind.MYSQL: ("mysql://", "mysql+pymysql://", "mariadb+pymysql://"),
}


@dataclass(frozen=True)
class Address:
    """Where a source is. Goes to the node and nowhere else; empty for a body's own node."""

    name: str
    kind: SourceKind
    url: str
    description: str = ""


def obstacles_to_connect(
    address: Address, name_taken: bool, elsewhere: bool = False
) -> Iterator[Obstacle]:
    """Yield every reason the source may not be connected; `elsewhere`: at a body's own node."""
    if not address.name.strip():
        yield Obstacle("请填写数据源名称", field="name")
    if name_taken:
        yield Obstacle("本单位已有同名数据源", field="name")
    if elsewhere:
        if address.url.strip():
            yield Obstacle("地址只在单位自己的节点上填写，不要填在这里", Clause.G_8, field="url")
    elif not address.url.strip():
        yield Obstacle("请填写数据源地址", field="url")
    elif schemes := SCHEMES.get(address.kind):
        if not address.url.startswith(schemes):
            yield Obstacle(
                "{kind}的地址应以 {scheme} 开头",
                Clause.N_8,
                field="url",
                kind=address.kind.label,
                scheme=schemes[0],
            )
    elif "://" in address.url and not address.url.startswith(("sqlite://", "duckdb://")):
        yield Obstacle("这类数据源请填写节点上的文件或文件夹路径", Clause.N_8, field="url")


def obstacles_to_close(state: SourceState) -> Iterator[Obstacle]:
    """Yield every reason a source may not be closed."""
    if state is SourceState.CLOSED:
        yield Obstacle("该数据源已经停用", Clause.N_8)
