"""Follow each column of a query to the tables it comes from, through joins, CTEs and unions."""

from collections.abc import Callable, Iterator, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify_columns import qualify_columns
from sqlglot.optimizer.qualify_tables import qualify_tables
from sqlglot.optimizer.scope import Scope, build_scope, traverse_scope
from sqlglot.schema import MappingSchema

from shuce.engines.lineage.shapes import ColumnFlow, Gap

Pairs = dict[tuple[str, str], None]
_CONDITIONS = ("where", "having", "qualify")


def name_of(table: exp.Expression | None) -> str:
    """Return a table's name as it is written, its schema before it."""
    if isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier | exp.Dot):
        return ".".join(part.name for part in table.parts)
    return ""


class Query:
    """One query, its tables known by numbers inside, so that names of any depth are told apart."""

    def __init__(
        self, query: exp.Query, dialect: str, columns_of: Callable[[str], Sequence[str]]
    ) -> None:
        self._dialect = dialect
        self._names: dict[str, str] = {}
        self._spelling: dict[tuple[str, str], str] = {}
        self._gaps: dict[Gap, None] = {}
        self._walking: set[tuple[int, int]] = set()
        schema = self._number(query, columns_of)
        self.tables = list(self._names.values())
        self._root = self._qualified(query, schema)
        self._scopes = (
            {id(scope.expression): scope for scope in self._root.traverse()} if self._root else {}
        )

    def flows(self) -> list[ColumnFlow]:
        """Return the columns of the query in order, each with what it comes from."""
        if self._root is None:
            return [ColumnFlow("", (), (Gap.TABLE_ONLY,))]
        flows = []
        selected = self._root.expression.selects
        for place, column in enumerate(selected):
            self._gaps = {}
            inputs = self._of_place(self._root, place)
            name = "" if _is_star(column) else column.alias_or_name
            flows.append(ColumnFlow(self._plain(name), tuple(inputs), tuple(self._gaps)))
        return flows

    def conditions(self) -> Iterator[tuple[str, str]]:
        """Yield the columns that filters and joins anywhere in the query look at."""
        if self._root is None:
            return
        found: Pairs = {}
        for scope in self._root.traverse():
            if not isinstance(scope.expression, exp.Select):
                continue
            parts = [scope.expression.args.get(key) for key in _CONDITIONS]
            parts += [join.args.get("on") for join in scope.expression.args.get("joins") or ()]
            for part in parts:
                if isinstance(part, exp.Expression):
                    found |= self._in(scope, part)
        yield from found

    def _number(
        self, query: exp.Query, columns_of: Callable[[str], Sequence[str]]
    ) -> dict[str, dict[str, str]]:
        """Name every table of the database by a number; return the columns known of them."""
        schema: dict[str, dict[str, str]] = {}
        done: set[int] = set()
        for scope in traverse_scope(query):
            for source in scope.sources.values():
                name = name_of(source) if isinstance(source, exp.Table) else ""
                if not name or id(source) in done:
                    continue
                done.add(id(source))
                key = f"shuce_{len(self._names)}"
                self._names[key] = name
                if not source.alias:
                    source.set("alias", exp.TableAlias(this=source.this.copy()))
                source.set("this", exp.to_identifier(key, quoted=True))
                source.set("db", None)
                source.set("catalog", None)
                columns = columns_of(name)
                for column in columns:
                    self._spelling[(key, column.casefold())] = column
                if columns:
                    schema[key] = {self._as_here(column): "text" for column in columns}
        return schema

    def _as_here(self, column: str) -> str:
        return str(normalize_identifiers(exp.to_identifier(column), dialect=self._dialect).name)

    def _qualified(self, query: exp.Query, schema: dict[str, dict[str, str]]) -> Scope | None:
        # What contradicts the known columns is read again by the text alone; where the optimizer
        # gives up on a rare form, the tables are all we know.
        for known in (schema, {}, None):
            try:
                ready = normalize_identifiers(query.copy(), dialect=self._dialect)
                ready = qualify_tables(ready, dialect=self._dialect)
                if known is not None:
                    columns = MappingSchema(known, dialect=self._dialect, normalize=False)
                    ready = qualify_columns(
                        ready, columns, allow_partial_qualification=known is not schema
                    )
                return build_scope(ready)
            except (SqlglotError, RecursionError, KeyError, AttributeError):
                continue
        return None

    def _of_place(self, scope: Scope, place: int) -> Pairs:
        """Return what the column at `place` of a query comes from; a circle ends where it began."""
        step = (id(scope), place)
        if step in self._walking:
            return {}
        self._walking.add(step)
        try:
            expression = scope.expression
            if isinstance(expression, exp.SetOperation):
                found: Pairs = {}
                for part in scope.set_operation_scopes:
                    found |= self._of_place(part, place)
                return found
            if not isinstance(expression, exp.Select):
                # A table function: made from whatever is put into it.
                return self._in(scope.parent or scope, expression)
            if place >= len(expression.selects):
                self._gaps[Gap.OUTSIDE] = None
                return {}
            return self._in(scope, expression.selects[place])
        finally:
            self._walking.discard(step)

    def _in(self, scope: Scope, node: exp.Expression) -> Pairs:
        found: Pairs = {}
        for inner in node.walk(prune=lambda one: isinstance(one, exp.Query) and one is not node):
            if isinstance(inner, exp.Query) and inner is not node:
                nested = self._scopes.get(id(inner.unnest()))
                if nested:
                    found |= self._of_place(nested, 0)
            elif isinstance(inner, exp.Column):
                found |= self._of_column(scope, inner)
            elif isinstance(inner, exp.Star) and not isinstance(inner.parent, exp.Count):
                self._gaps[Gap.STAR] = None
        return found

    def _of_column(self, scope: Scope, column: exp.Column) -> Pairs:
        if isinstance(column.this, exp.Star):
            self._gaps[Gap.STAR] = None
            return {}
        source = (
            self._source(scope, column.table) if column.table else self._only(scope, column.name)
        )
        if source is None:
            self._gaps[Gap.AMBIGUOUS if not column.table else Gap.OUTSIDE] = None
            return {}
        if isinstance(source, exp.Table):
            key = source.name
            if key not in self._names:
                self._gaps[Gap.OUTSIDE] = None
                return {}
            name = self._spelling.get((key, column.name.casefold()), column.name)
            return {(self._names[key], name): None}
        return self._of_source(source, column.name)

    def _of_source(self, source: Scope, name: str) -> Pairs:
        expression = source.expression
        if not isinstance(expression, exp.Query):
            return self._in(source.parent or source, expression)
        for place, column in enumerate(expression.selects):
            if column.alias_or_name == name and not _is_star(column):
                return self._of_place(source, place)
        stars = any(_is_star(column) for column in expression.selects)
        self._gaps[Gap.STAR if stars else Gap.OUTSIDE] = None
        return {}

    def _source(self, scope: Scope | None, alias: str) -> Scope | exp.Table | None:
        """Return what `alias` stands for here, or in the query around it."""
        while scope is not None:
            found = scope.sources.get(alias)
            if isinstance(found, Scope | exp.Table):
                return found
            scope = scope.parent
        return None

    def _only(self, scope: Scope, name: str) -> Scope | exp.Table | None:
        """Return the one source a bare column can belong to: the rest are known not to have it."""
        sources = [source for _, source in scope.selected_sources.values()]
        if len(sources) > 1:
            naming = [s for s in sources if isinstance(s, Scope) and name in _results_of(s)]
            known = {key for key, _ in self._spelling}
            open_ones = [s for s in sources if isinstance(s, exp.Table) and s.name not in known]
            sources = naming or open_ones
        return sources[0] if len(sources) == 1 else None

    def _plain(self, name: str) -> str:
        """Return a result's name as the known columns spell it; a made-up name is none."""
        if name.startswith("_col_"):
            return ""
        spelled = {
            column for (_, folded), column in self._spelling.items() if folded == name.casefold()
        }
        return spelled.pop() if len(spelled) == 1 else name


def _results_of(scope: Scope) -> list[str]:
    expression = scope.expression
    if isinstance(expression, exp.Query):
        return list(expression.named_selects)
    alias = expression.args.get("alias")
    return [column.name for column in alias.columns] if alias else []


def _is_star(column: exp.Expression) -> bool:
    return isinstance(column, exp.Star) or (
        isinstance(column, exp.Column) and isinstance(column.this, exp.Star)
    )
