"""Rewrite a block over private rows into one over the figures of its release unit."""

from collections.abc import Iterator

from sqlglot import exp

from shuce.engines.guard.aggregates import Aggregate, read_aggregate
from shuce.engines.guard.grouping import Keys
from shuce.engines.guard.relations import Rows, Where, substitute
from shuce.engines.guard.tidying import outer_columns
from shuce.engines.guard.verdicts import Rule, Stopped

_ONE_OF = (exp.AnyValue, exp.First, exp.Last, exp.Max, exp.Min, exp.Mode)
ROW_LEVEL = "只能输出汇总结果，不能输出逐行数据；请用 count、sum、avg 等汇总"


class Rewriter:
    """Turns a block over private rows into one over its unit's figures."""

    def __init__(self, unit: str, keys: Keys, sources: dict[str, Rows], where: Where) -> None:
        self._unit = unit
        self._keys = keys
        self._sources = sources
        self._where = where
        self.aggregates: list[Aggregate] = []

    def block(self, select: exp.Select) -> None:
        named = {
            item.alias: item.this.copy()
            for item in select.expressions
            if isinstance(item, exp.Alias)
        }
        for item in list(select.expressions):
            name = item.alias_or_name
            tree = self.rewrite(unaliased(item))
            item.replace(exp.alias_(tree, name, quoted=True) if name else tree)
        having = select.args.get("having")
        condition = exp.Where(this=self.rewrite(having.this)) if having else None
        qualify = select.args.get("qualify")
        if qualify:
            qualify.set("this", self.rewrite(qualify.this))
        order = select.args.get("order")
        for ordered in order.expressions if order else []:
            inner = ordered.this
            if not (isinstance(inner, exp.Column) and not inner.table and inner.name in named):
                ordered.set("this", self.rewrite(_meant(inner, named)))
        for part in ("limit", "offset"):
            if select.args.get(part) and select.args[part].find(exp.Column, exp.Select):
                raise Stopped(Rule.STATEMENT, "LIMIT 只能是数字")
        table = exp.to_table(self._unit, quoted=True)
        select.set("from_", exp.From(this=table))
        for part in ("joins", "group", "having"):
            select.set(part, None)
        select.set("where", condition)

    def rewrite(self, node: exp.Expression) -> exp.Expression:
        """Return `node` over the unit's columns."""
        return self._visit(node.copy())

    def _visit(self, node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Query):
            # Planned on its own: it reads released figures, and perhaps keys of this block.
            for column in outer_columns(node):
                replaced = self._visit(column)
                column.replace(replaced)
            return node
        if isinstance(node, exp.Grouping):
            return self._grouping(node)
        if isinstance(node, exp.Window):
            return self._window(node)
        if isinstance(node, exp.Filter | exp.AggFunc) or is_named_aggregate(node):
            return self._aggregate(node)
        place = self._place_of(node)
        if place is not None:
            return self._column(f"k{place}")
        if isinstance(node, exp.Column):
            raise Stopped(
                Rule.ROW_LEVEL,
                "列 {column} 既没有分组也没有汇总，会输出逐行数据",
                column=node.name,
            )
        return self._children(node)

    def _place_of(self, node: exp.Expression) -> int | None:
        if node.find(exp.Query):
            return None
        return self._keys.place_of(substitute(node, self._sources))

    def _children(self, node: exp.Expression) -> exp.Expression:
        for child in list(node.iter_expressions()):
            replaced = self._visit(child)
            if replaced is not child:
                child.replace(replaced)
        return node

    def _window(self, node: exp.Window) -> exp.Expression:
        function = node.this
        is_filtered = isinstance(function, exp.Filter)
        for part in (function.this, function.expression) if is_filtered else (function,):
            self._children(part)
        for name, value in list(node.args.items()):
            if name == "this":
                continue
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, exp.Expression):
                    replaced = self._visit(part)
                    if replaced is not part:
                        part.replace(replaced)
        return node

    def _aggregate(self, node: exp.Expression) -> exp.Expression:
        if isinstance(node, _ONE_OF) and node.this and len(self._keys.sets) == 1:
            place = self._place_of(node.this)
            if place is not None:  # all people of a group have the same key
                return self._column(f"k{place}")
            columns = list(node.this.find_all(exp.Column))
            if columns and all(self._place_of(column) is not None for column in columns):
                return exp.paren(self._visit(node.this.copy()), copy=False)
        if any(inner is not node for inner in node.find_all(exp.Window, exp.Select)):
            raise Stopped(Rule.ROW_LEVEL, ROW_LEVEL)
        meant = substitute(node, self._sources)
        read = read_aggregate(meant, self._where)
        for place, known in enumerate(self.aggregates):
            if known.tree == read.tree:
                return self._column(f"a{place}")
        self.aggregates.append(read)
        return self._column(f"a{len(self.aggregates) - 1}")

    def _grouping(self, node: exp.Grouping) -> exp.Expression:
        """GROUPING(a, b): one bit for each key that was rolled up, first the highest."""
        total: exp.Expression | None = None
        arguments = list(node.expressions)
        for position, argument in enumerate(arguments):
            place = self._keys.place_of(substitute(argument, self._sources))
            if place is None:
                raise Stopped(Rule.STATEMENT, "GROUPING 的参数应当是分组的列")
            if len(self._keys.sets) == 1:
                continue
            power = 1 << (len(self._keys.expressions) - 1 - place)
            bit = exp.Mod(
                this=exp.IntDiv(this=self._column("gs"), expression=exp.Literal.number(power)),
                expression=exp.Literal.number(2),
            )
            weighted = exp.Mul(
                this=exp.paren(bit, copy=False),
                expression=exp.Literal.number(1 << (len(arguments) - 1 - position)),
            )
            total = weighted if total is None else exp.Add(this=total, expression=weighted)
        return exp.paren(total, copy=False) if total is not None else exp.Literal.number(0)

    def _column(self, name: str) -> exp.Expression:
        return exp.column(name, table=self._unit, quoted=True)


def _meant(node: exp.Expression, named: dict[str, exp.Expression]) -> exp.Expression:
    """Return an expression of ORDER BY with the names of the SELECT list written out in it."""

    def swap(inner: exp.Expression) -> exp.Expression:
        is_name = isinstance(inner, exp.Column) and not inner.table and inner.name in named
        return exp.paren(named[inner.name]) if is_name else inner

    return node.copy().transform(swap, copy=False)


def queries_in(node: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the queries that stand inside the expressions of a block, outermost first."""
    waiting: list[exp.Expression] = []
    for name, value in node.args.items():
        if name in ("with_", "from_", "this", "expression"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Join):
                on = part.args.get("on")
                waiting += [on] if on is not None else []
            elif isinstance(part, exp.Expression):
                waiting.append(part)
    for part in waiting:
        yield from outermost_queries(part)


def outermost_queries(node: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the queries inside an expression, not those inside these."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, exp.Select | exp.SetOperation):
            yield inner
        else:
            waiting += list(inner.iter_expressions())


def is_named_aggregate(node: exp.Expression) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == "count_star"


def unaliased(item: exp.Expression) -> exp.Expression:
    return item.this if isinstance(item, exp.Alias) else item
