"""Read the statements of a SQL text: each that makes a table of others, in any dialect we offer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from shuce.engines.lineage.columns import Query, name_of
from shuce.engines.lineage.shapes import ColumnFlow, Dialect, Gap, Statement, StatementKind

ColumnsOf = Callable[[str], Sequence[str]]
# Deeper than people nest, and shallower than the interpreter's own limit.
_UNREADABLE = (SqlglotError, RecursionError)


def read_sql(
    text: str, dialect: Dialect, columns_of: ColumnsOf = lambda table: ()
) -> list[Statement]:
    """Return every statement of `text`, those that could not be read named as such.

    `columns_of` gives the known columns of a table by its name as written, or none; with them
    stars are expanded and bare columns find their table. Temporary tables are seen through.
    """
    found: list[Statement] = []
    temporary: dict[str, Statement] = {}
    made: dict[str, tuple[str, ...]] = {}

    def known(table: str) -> Sequence[str]:
        return made.get(table.casefold()) or columns_of(table)

    for statement in _statements(text, dialect, known):
        seen = _through(statement, temporary)
        if seen.target and seen.columns and not any(Gap.STAR in one.gaps for one in seen.columns):
            made[seen.target.casefold()] = tuple(one.column for one in seen.columns)
        if seen.temporary:
            temporary[seen.target.casefold()] = seen
        found.append(seen)
    return found


def _statements(text: str, dialect: Dialect, known: ColumnsOf) -> Iterator[Statement]:
    speaking = sqlglot.Dialect.get_or_raise(dialect.value)
    try:
        tokens = speaking.tokenize(text)
    except _UNREADABLE:
        yield Statement(1, StatementKind.UNREAD)
        return
    for chunk in _chunks(tokens):
        line = chunk[0].line  # type: ignore[attr-defined]
        try:
            trees = speaking.parser().parse(chunk, text)
        except _UNREADABLE:
            yield Statement(line, StatementKind.UNREAD)
            continue
        for tree in trees:
            if tree is not None:
                yield _read(tree, line, dialect, known)


def _chunks(tokens: Sequence[object]) -> Iterator[list[object]]:
    """Yield the tokens statement by statement, so that one bad statement spoils no other."""
    chunk: list[object] = []
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:  # type: ignore[attr-defined]
            if chunk:
                yield chunk
            chunk = []
        else:
            chunk.append(token)
    if chunk:
        yield chunk


def _read(tree: exp.Expression, line: int, dialect: Dialect, known: ColumnsOf) -> Statement:
    nothing = Statement(line, StatementKind.NO_FLOW)
    match tree:
        case exp.Insert():
            return _made(StatementKind.INSERT, tree, line, dialect, known) or nothing
        case exp.Create() if tree.kind in ("TABLE", "VIEW"):
            kind = StatementKind.VIEW if tree.kind == "VIEW" else StatementKind.TABLE
            return _made(kind, tree, line, dialect, known) or nothing
        case exp.Select() if tree.args.get("into"):
            return _selected_into(tree, line, dialect, known)
        case exp.Merge():
            return _at_table_level(StatementKind.MERGE, tree, line)
        case exp.Update():
            found = _at_table_level(StatementKind.UPDATE, tree, line)
            return found if found.inputs else nothing
        case exp.Command() | exp.Condition() | exp.Alias():
            return Statement(line, StatementKind.UNREAD)
    return nothing


def _made(
    kind: StatementKind, tree: exp.Expression, line: int, dialect: Dialect, known: ColumnsOf
) -> Statement | None:
    query = tree.args.get("expression")
    if not isinstance(query, exp.Query) or isinstance(query, exp.Values):
        return None
    query = query.copy()
    for key, value in tree.args.items():
        # `WITH … INSERT` hangs its common tables on the insert; the query is read by itself.
        if isinstance(value, exp.With) and not query.args.get(key):
            query.set(key, value.copy())
    target = tree.this
    named: list[str] = []
    if isinstance(target, exp.Schema):
        named = [one.name for one in target.expressions if one.name]
        target = target.this
    table = name_of(target)
    if not named and kind is StatementKind.INSERT:
        named = list(known(table))
    return _of_query(kind, table, named, query, line, dialect, known, _is_temporary(tree))


def _selected_into(tree: exp.Select, line: int, dialect: Dialect, known: ColumnsOf) -> Statement:
    query = tree.copy()
    into = query.args["into"]
    query.set("into", None)
    table = name_of(into.this)
    kept_short = bool(into.args.get("temporary")) or table.startswith("#")
    return _of_query(StatementKind.TABLE, table, [], query, line, dialect, known, kept_short)


def _of_query(
    kind: StatementKind,
    table: str,
    named: list[str],
    query: exp.Query,
    line: int,
    dialect: Dialect,
    known: ColumnsOf,
    temporary: bool,
) -> Statement:
    read = Query(query, dialect.value, known)
    flows = read.flows()
    if named and len(named) == len(flows):
        flows = [replace(flow, column=name) for flow, name in zip(flows, named, strict=True)]
    else:
        flows = [
            replace(flow, gaps=(*flow.gaps, Gap.UNNAMED)) if named or not flow.column else flow
            for flow in flows
        ]
    inputs = tuple(dict.fromkeys(read.tables))
    return Statement(
        line, kind, table, inputs, tuple(flows), tuple(read.conditions()), temporary=temporary
    )


def _at_table_level(kind: StatementKind, tree: exp.Expression, line: int) -> Statement:
    target = name_of(tree.this)
    common = {one.alias_or_name.casefold() for one in tree.find_all(exp.CTE)}
    inputs = dict.fromkeys(
        name
        for name in (name_of(one) for one in tree.find_all(exp.Table) if one is not tree.this)
        if name and name.casefold() not in common and name != target
    )
    return Statement(line, kind, target, tuple(inputs), (ColumnFlow("", (), (Gap.TABLE_ONLY,)),))


def _is_temporary(tree: exp.Expression) -> bool:
    properties = tree.args.get("properties")
    marked = properties is not None and properties.find(exp.TemporaryProperty) is not None
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    return marked or name_of(target).startswith("#")


def _through(statement: Statement, temporary: dict[str, Statement]) -> Statement:
    """Return the statement with what its temporary inputs were themselves made from."""
    if not any(name.casefold() in temporary for name in statement.inputs):
        return statement
    inputs: dict[str, None] = {}
    behind: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    conditions: dict[tuple[str, str], None] = {}
    for name in statement.inputs:
        passed = temporary.get(name.casefold())
        if passed is None:
            inputs[name] = None
            continue
        inputs |= dict.fromkeys(passed.inputs)
        conditions |= dict.fromkeys(passed.conditions)
        for flow in passed.columns:
            behind[(name.casefold(), flow.column.casefold())] = flow.inputs

    def traced(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], None]:
        traced: dict[tuple[str, str], None] = {}
        for table, column in pairs:
            if table.casefold() in temporary:
                traced |= dict.fromkeys(behind.get((table.casefold(), column.casefold()), ()))
            else:
                traced[(table, column)] = None
        return traced

    return replace(
        statement,
        inputs=tuple(inputs),
        columns=tuple(replace(one, inputs=tuple(traced(one.inputs))) for one in statement.columns),
        conditions=tuple({**traced(statement.conditions), **conditions}),
    )
