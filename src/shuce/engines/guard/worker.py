"""The process that touches private rows: `python -m shuce.engines.guard.worker`.

One JSON object a line comes in, one goes out. It can be killed at any moment: it keeps nothing but
opened files. What the engine says when it fails never leaves, since it may quote a value.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from shuce.engines.guard.auditing import Audit
from shuce.engines.guard.fromlist import quoted
from shuce.engines.guard.protecting import Cells, Sizes, protect

Message = dict[str, Any]
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "U",
    "DOUBLE",
    "FLOAT",
    "DECIMAL",
)
_LARGEST_PUBLIC = 1_000_000


class Opened:
    """The private engine: views over the allowed files, and no way out to anything else."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._settings = {
            "memory_limit": f"{request['memory_mb']}MB",
            "threads": request["threads"],
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": "",
        }
        self._engine = duckdb.connect(config=self._settings)
        self._audit: Audit | None = None
        self._wholes: dict[str, int] = {}
        self._empty: duckdb.DuckDBPyConnection | None = None
        self._loaded: set[str] = set()
        files = request["files"]
        for table, file in files.items():
            place = "'" + file.replace("'", "''") + "'"
            if file.lower().endswith(".parquet"):
                made = f"CREATE VIEW {quoted(table)} AS SELECT * FROM read_parquet({place})"
            else:
                made = f"CREATE TABLE {quoted(table)} AS FROM read_csv({place}, sample_size = -1)"
            self._engine.execute(made)
        paths = ", ".join("'" + file.replace("'", "''") + "'" for file in files.values())
        self._engine.execute(f"SET allowed_paths = [{paths}]")
        _lock(self._engine)

    def facts(self, request: Mapping[str, Any]) -> Message:
        """Describe the tables: types, NULLs, unique keys, values within bounds, rows all chosen."""
        types: dict[str, dict[str, str]] = {}
        unique: list[list[str]] = []
        filled: list[list[str]] = []
        within: list[list[str]] = []
        whole: list[str] = []
        for table, columns in request["columns"].items():
            described = self._engine.execute(f"DESCRIBE {quoted(table)}").fetchall()
            held = {name.lower(): kind for name, kind, *_ in described}
            missing = [column for column in columns if column not in held]
            if missing:
                return {"missing": [table, missing[0]]}
            types[table] = {column: held[column] for column in columns}
            keys = [key for key in request["keys"].get(table, []) if key in held]
            limits = [
                (column, end, f"coalesce({most}({quoted(column)}) {beyond} {bounds[place]}, false)")
                for column, bounds in request["bounds"].get(table, {}).items()
                if column in held and held[column].startswith(_NUMBERS)
                for place, end, most, beyond in ((0, "low", "min", "<"), (1, "high", "max", ">"))
            ]
            chosen = request["filters"].get(table, "TRUE")
            counts = [f"count({quoted(column)})" for column in columns]
            counts += [f"count(DISTINCT {quoted(key)})" for key in keys]
            counts += [text for _, _, text in limits]
            counts.append(f"count_if(NOT coalesce(({chosen}), false)) = 0")
            row = self._engine.execute(
                f"SELECT count(*), {', '.join(counts)} FROM {quoted(table)}"
            ).fetchone()
            assert row is not None
            full = {c for c, n in zip(columns, row[1:], strict=False) if n == row[0]}
            filled += [[table, column] for column in sorted(full)]
            rest = row[1 + len(columns) :]
            singles = zip(keys, rest, strict=False)
            unique += [[table, key] for key, n in singles if n == row[0] and key in full]
            ends = zip(limits, rest[len(keys) :], strict=False)
            within += [[table, column, end] for (column, end, _), out in ends if not out]
            whole += [table] if rest[-1] else []
        told = {"types": types, "unique": unique, "filled": filled}
        return {**told, "within": within, "whole": whole, "apart": self._apart(request, types)}

    def _apart(self, request: Mapping[str, Any], types: Mapping[str, Any]) -> list[list[str]]:
        """Name the columns of public tables that have no value twice, and none missing."""
        found = []
        for table in request.get("public", []):
            names = list(types.get(table, {}))
            counts = ", ".join(f"count(DISTINCT {quoted(name)})" for name in names)
            row = self._engine.execute(
                f"SELECT count(*){', ' if counts else ''}{counts} FROM {quoted(table)}"
            ).fetchone()
            assert row is not None
            if 0 < row[0] <= _LARGEST_PUBLIC:
                found += [[table, n] for n, m in zip(names, row[1:], strict=True) if m == row[0]]
        return found

    def answer(self, request: Mapping[str, Any]) -> Message:
        """Compute the units, protect them, and run what is left over what they released."""
        made: dict[str, Cells] = {}
        reports = []
        families = sum(len(unit.get("audits", [])) for unit in request["units"])
        audit = None
        # Cells of one family stand apart; alone, they say nothing of one another.
        if request["history"] or families > 1:
            audit = self._audit = self._audit or Audit(self._engine)
            ahead = [each[:-1] for unit in request["units"] for each in unit.get("audits", [])]
            audit.begin(request["history"], ahead)
        sizes = Sizes(self._wholes)
        for unit in request["units"]:
            cells = protect(self._engine, unit, audit, sizes)
            made[unit["name"]] = cells
            reports.append(cells.report)
            if isinstance(cells.report.get("rule"), str):
                return {"rule": cells.report["rule"]}
        suppressed = sum(cells.suppressed for cells in made.values())
        if made and all(cells.is_empty for cells in made.values()):
            differs = any(report.get("differencing") for report in reports)
            return {"rule": "DIFFERENCING" if differs else "GROUP_TOO_FINE"}
        result = self._after(request, made)
        return {**result, "suppressed": suppressed, "units": reports}

    def _after(self, request: Mapping[str, Any], made: Mapping[str, Cells]) -> Message:
        engine = self._empty_engine()
        try:
            for table in sorted(set(request["public"]) - self._loaded):
                columns = ", ".join(quoted(column) for column in request["shown"][table])
                found = self._engine.cursor().sql(f"SELECT {columns} FROM {quoted(table)}")
                rows = found.to_arrow_table()
                engine.register("arriving", rows)
                engine.execute(f"CREATE TABLE {quoted(table)} AS FROM arriving")
                engine.unregister("arriving")
                self._loaded.add(table)
            for name, cells in made.items():
                cells.put_into(engine, name)
            found = engine.execute(request["sql"])
            rows = found.fetchmany(request["most_rows"] + 1)
            answer: Message = {"rule": "ROWS"}
            if len(rows) <= request["most_rows"]:
                answer = {"rows": [[_plain(value) for value in row] for row in rows]}
            for name in made:
                engine.execute(f"DROP TABLE {quoted(name)}")
            return answer
        except BaseException:
            # Whatever it holds now, the next question starts from nothing.
            self._forget_empty()
            raise

    def _empty_engine(self) -> duckdb.DuckDBPyConnection:
        """Return the engine that holds public tables only; opening one costs as much as a scan."""
        if self._empty is None:
            self._empty = duckdb.connect(config=self._settings)
            _lock(self._empty)
        return self._empty

    def _forget_empty(self) -> None:
        if self._empty is not None:
            self._empty.close()
        self._empty, self._loaded = None, set()


def _lock(engine: duckdb.DuckDBPyConnection) -> None:
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    return str(value)


def serve() -> None:
    """Answer requests until the input ends."""
    # Nothing else may write where answers go, and this process may write no file at all.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    opened: Opened | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "open":
                opened = Opened(request)
                answer = opened.facts(request)
            else:
                assert opened is not None
                answer = opened.answer(request)
        except duckdb.OutOfMemoryException:
            answer = {"rule": "LIMIT"}
        except (duckdb.Error, MemoryError, OverflowError, RuntimeError, ValueError):
            answer = {"rule": "ENGINE"}
        out.write(json.dumps(answer, ensure_ascii=True) + "\n")
        out.flush()


if __name__ == "__main__":
    serve()
