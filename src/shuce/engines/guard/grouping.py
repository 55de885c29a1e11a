"""The keys of GROUP BY, and the sets that ROLLUP, CUBE and GROUPING SETS stand for."""

from dataclasses import dataclass, field
from itertools import combinations, product

from sqlglot import exp

from shuce.engines.guard.relations import Rows, substitute
from shuce.engines.guard.verdicts import Rule, Stopped

_MOST_SETS = 32
Places = tuple[int, ...]


@dataclass
class Keys:
    """Grouping keys in base columns, and the grouping sets as places in them."""

    expressions: list[exp.Expression] = field(default_factory=list)
    sets: tuple[Places, ...] = ((),)

    def place_of(self, expression: exp.Expression) -> int | None:
        """Return which key an expression is, or None."""
        wanted = _bare(expression)
        for place, key in enumerate(self.expressions):
            if _bare(key) == wanted:
                return place
        return None

    def add(self, expression: exp.Expression) -> Places:
        """Take a key, once; a constant is no key."""
        if not expression.find(exp.Column):
            return ()
        place = self.place_of(expression)
        if place is None:
            self.expressions.append(expression)
            place = len(self.expressions) - 1
        return (place,)


def read_keys(select: exp.Select, sources: dict[str, Rows]) -> Keys:
    """Return the keys of an aggregated block; those of SELECT DISTINCT are all its columns."""
    keys = Keys()
    group = select.args.get("group")
    if group is None and select.args.get("distinct") and not _has_aggregate(select):
        keys.sets = (_all(keys, list(select.expressions), sources),)
        return keys
    if group is None:
        return keys
    factors: list[list[Places]] = []
    if group.args.get("all"):
        rest = [
            item
            for item in select.expressions
            if not item.find(exp.AggFunc, exp.Filter)
            and not isinstance(_unaliased(item), exp.Subquery)
        ]
        factors.append([_all(keys, rest, sources)])
    plain: list[exp.Expression] = []
    clauses: list[exp.Expression] = []
    for item in group.expressions:
        (clauses if isinstance(item, exp.Rollup | exp.Cube | exp.GroupingSets) else plain).append(
            item
        )
    for kind in ("rollup", "cube", "grouping_sets"):
        clauses += group.args.get(kind) or []
    factors.append([tuple(place for item in plain for place in _key(keys, item, select, sources))])
    for clause in clauses:
        if isinstance(clause, exp.GroupingSets):
            nested = [_one_set(keys, each, select, sources) for each in clause.expressions]
            factors.append([each for some in nested for each in some])
        else:
            factors += [_one_set(keys, clause, select, sources)]
    sets = [
        tuple(sorted({place for part in parts for place in part})) for parts in product(*factors)
    ]
    if len(sets) > _MOST_SETS or len(set(sets)) != len(sets):
        raise Stopped(Rule.STATEMENT, "分组的组合太多或重复")
    keys.sets = tuple(sets)
    return keys


def _one_set(
    keys: Keys, each: exp.Expression, select: exp.Select, sources: dict[str, Rows]
) -> list[Places]:
    if isinstance(each, exp.Rollup | exp.Cube):
        parts = [_parts(keys, item, select, sources) for item in each.expressions]
        return _rollup(parts) if isinstance(each, exp.Rollup) else _cube(parts)
    return [_parts(keys, each, select, sources)]


def _parts(
    keys: Keys, item: exp.Expression, select: exp.Select, sources: dict[str, Rows]
) -> Places:
    items = item.expressions if isinstance(item, exp.Tuple) else [item]
    return tuple(place for each in items for place in _key(keys, each, select, sources))


def _key(keys: Keys, item: exp.Expression, select: exp.Select, sources: dict[str, Rows]) -> Places:
    """Take one key, written out, as a place in the SELECT list, or as an alias of it."""
    item = _bare(item)
    if isinstance(item, exp.Literal) and not item.is_string:
        if not item.name.isdigit() or not 1 <= int(item.name) <= len(select.expressions):
            raise Stopped(Rule.SYNTAX, "分组的序号超出范围")
        item = _unaliased(select.expressions[int(item.name) - 1])
    elif isinstance(item, exp.Column) and not item.table:
        named = [each for each in select.expressions if each.alias_or_name == item.name]
        if len(named) != 1:
            raise Stopped(Rule.COLUMN, "分组的列 {column} 不明确", column=item.name)
        item = _unaliased(named[0])
    elif isinstance(item, exp.Tuple):
        return tuple(
            place for each in item.expressions for place in _key(keys, each, select, sources)
        )
    return _add(keys, item, sources)


def _add(keys: Keys, item: exp.Expression, sources: dict[str, Rows]) -> Places:
    if item.find(exp.AggFunc, exp.Window, exp.Select):
        raise Stopped(Rule.STATEMENT, "分组里不能有汇总、窗口或子查询")
    return keys.add(substitute(item, sources))


def _all(keys: Keys, items: list[exp.Expression], sources: dict[str, Rows]) -> Places:
    places = [place for item in items for place in _add(keys, _unaliased(item), sources)]
    return tuple(sorted(set(places)))


def _rollup(parts: list[Places]) -> list[Places]:
    return [
        tuple(place for part in parts[:length] for place in part)
        for length in range(len(parts), -1, -1)
    ]


def _cube(parts: list[Places]) -> list[Places]:
    if len(parts) > 5:
        raise Stopped(Rule.STATEMENT, "分组的组合太多或重复")
    return [
        tuple(place for part in chosen for place in part)
        for length in range(len(parts), -1, -1)
        for chosen in combinations(parts, length)
    ]


def _has_aggregate(select: exp.Select) -> bool:
    return any(item.find(exp.AggFunc) for item in select.expressions)


def _bare(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _unaliased(item: exp.Expression) -> exp.Expression:
    return item.this if isinstance(item, exp.Alias) else item
