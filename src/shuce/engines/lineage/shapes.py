"""What a SQL text says of tables and columns, and what it leaves unsaid."""

from dataclasses import dataclass

from shuce.kernel.choices import Choice


class Dialect(Choice):
    """How the SQL is written. The code is the name that sqlglot knows the dialect by."""

    POSTGRESQL = "postgres", "PostgreSQL（人大金仓、openGauss、瀚高）"
    MYSQL = "mysql", "MySQL、MariaDB（OceanBase、TiDB）"
    ORACLE = "oracle", "Oracle（达梦）"
    SQL_SERVER = "tsql", "SQL Server"
    HIVE = "hive", "Hive"
    SPARK = "spark", "Spark SQL"
    DORIS = "doris", "Doris、StarRocks"
    CLICKHOUSE = "clickhouse", "ClickHouse"
    DUCKDB = "duckdb", "DuckDB"
    SQLITE = "sqlite", "SQLite"


class StatementKind(Choice):
    INSERT = "INSERT", "插入"
    TABLE = "TABLE", "建表"
    VIEW = "VIEW", "建视图"
    MERGE = "MERGE", "合并"
    UPDATE = "UPDATE", "更新"
    UNREAD = "UNREAD", "未能识别"
    NO_FLOW = "NO_FLOW", "不产生数据流向"


class Gap(Choice):
    """Why the inputs of a column are not, or not all, known."""

    STAR = "STAR", "星号未能展开，不知道来源表有哪些字段"
    AMBIGUOUS = "AMBIGUOUS", "来源不止一张表，未写明字段属于哪一张"
    OUTSIDE = "OUTSIDE", "字段不在所写的来源里"
    TABLE_ONLY = "TABLE_ONLY", "这类语句只识别到表"
    UNNAMED = "UNNAMED", "目标字段名不能确定，按位置对应"


class How(Choice):
    """How a column bears on another: its values go in, or it decides which rows do."""

    DIRECT = "DIRECT", "取值"
    CONDITION = "CONDITION", "筛选或关联"


class Certainty(Choice):
    """How surely a change of one column is felt by another."""

    DIRECT = "DIRECT", "取值来自该字段"
    CONDITION = "CONDITION", "取数范围受该字段影响"
    WHOLE = "WHOLE", "只知道表级关系，可能受影响"

    @property
    def rank(self) -> int:
        return list(Certainty).index(self)


@dataclass(frozen=True)
class ColumnFlow:
    """One column of the target and the columns, as (table, column), that its values come from."""

    column: str
    inputs: tuple[tuple[str, str], ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One statement of a text: what it makes, from what, and what could not be told.

    `conditions` are the columns of filters and joins: they decide which rows the target holds.
    """

    line: int
    kind: StatementKind
    target: str = ""
    inputs: tuple[str, ...] = ()
    columns: tuple[ColumnFlow, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    temporary: bool = False
