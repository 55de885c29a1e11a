"""Parquet, ORC or CSV read and counted by Spark: `spark:PATH`, a file, or a folder of such tables.

Spark is an extra (requirements/spark.lock, Java 17). Only the rows drawn for detection, or those of
a sampled scan, come over; the rest is counted there.
"""

from pathlib import Path
from typing import Any

import duckdb

from shuce.engines.scan.rulebook import settings
from shuce.engines.scan.shapes import Column, Elsewhere, Loaded, SourceUnreadable, Table
from shuce.kernel.words import say

_READERS = {".parquet": "parquet", ".orc": "orc", ".csv": "csv"}
_WITHIN_PARTITION = (1 << 33) - 1  # monotonically_increasing_id() keeps the partition above these


class SparkSource:
    """The tables below a path, by the name of their file or folder."""

    def __init__(self, path: str, session: Any = None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise SourceUnreadable(say("没有安装 Spark（requirements/spark.lock）")) from error
        self.shown_as = f"spark:{path}"
        found = [Path(path)] if Path(path).suffix in _READERS else sorted(Path(path).glob("*"))
        self._files = {file.stem: file for file in found if file.suffix in _READERS}
        if not self._files or not all(file.exists() for file in self._files.values()):
            raise SourceUnreadable(say("找不到文件或文件夹：{path}", path=path))
        self._given = session is not None
        self._spark: Any = session or (
            SparkSession.builder.master("local[*]")
            .appName("shuce-scan")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.ansi.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
        self._spark.sparkContext.setLogLevel("ERROR")

    def tables(self) -> tuple[Table, ...]:
        return tuple(Table(name, self._columns(self._frame(name))) for name in self._files)

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        from pyspark.sql import functions

        frame = self._frame(table)
        rows = frame.count()
        wanted = settings().sample_rows if sample is None else sample
        stretch = max(1, wanted // max(1, frame.rdd.getNumPartitions()))
        drawn = frame
        if wanted < rows:
            # The first rows of every partition: stretches spread over the table, in their order.
            place = functions.monotonically_increasing_id().bitwiseAND(_WITHIN_PARTITION)
            drawn = frame.where(place < stretch)
        arrow = drawn.toArrow()
        engine.register("_arrow", arrow)
        engine.execute("CREATE OR REPLACE TEMP TABLE _loaded AS FROM _arrow")
        engine.unregister("_arrow")
        columns = self._columns(frame)
        if sample is not None or arrow.num_rows >= rows:
            return Loaded("_loaded", "rowid", arrow.num_rows, rows, columns)
        frame.createOrReplaceTempView("_scanned")
        elsewhere = Elsewhere(
            "spark", "_scanned", rows, lambda sql: tuple(self._spark.sql(sql).first())
        )
        return Loaded("_loaded", "rowid", arrow.num_rows, rows, columns, elsewhere=elsewhere)

    def close(self) -> None:
        if not self._given:
            self._spark.stop()

    def _frame(self, table: str) -> Any:
        file = self._files[table]
        reader = self._spark.read.format(_READERS[file.suffix])
        return reader.option("header", "true").load(str(file.resolve()))

    def _columns(self, frame: Any) -> tuple[Column, ...]:
        return tuple(
            Column(field.name, field.dataType.simpleString(), field.metadata.get("comment", ""))
            for field in frame.schema.fields
        )
