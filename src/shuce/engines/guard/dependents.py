"""Columns of a public table that are the same for a whole group, since its row is known."""

from sqlglot import exp

from shuce.engines.guard.fromlist import Facts
from shuce.engines.guard.grouping import Keys
from shuce.engines.guard.relations import BaseTable, Rows, substitute

ONE_OF = (exp.AnyValue, exp.First, exp.Last, exp.Max, exp.Min)


def take_dependents(
    select: exp.Select,
    sources: dict[str, Rows],
    keys: Keys,
    tables: tuple[BaseTable, ...],
    facts: Facts,
) -> None:
    """Make keys of `max(h.beds)` and its like where the group already tells the row of `h`.

    Safe whatever the data: where the facts were wrong, groups would only be finer.
    """
    if len(keys.sets) != 1 or not keys.expressions:
        return
    known = _tables_known(keys, tables, facts)
    names = {base.alias: base.table for base in tables}
    for node in list(select.find_all(*ONE_OF)):
        if node.parent_select is not select or isinstance(node.parent, exp.Window):
            continue
        inner = node.this
        if not isinstance(inner, exp.Column) or inner.table not in sources:
            continue
        meant = substitute(inner, sources)
        if isinstance(meant, exp.Column) and meant.table in known and meant.table in names:
            (place,) = keys.add(meant)
            keys.sets = (tuple(sorted({*keys.sets[0], place})),)


def _tables_known(keys: Keys, tables: tuple[BaseTable, ...], facts: Facts) -> set[str]:
    """Return the aliases of tables of which a group has one row."""
    plain = {(key.table, key.name) for key in keys.expressions if isinstance(key, exp.Column)}
    # A joined key is the same value on both sides; on an outer join, or it is missing.
    for base in tables:
        for on in base.on:
            if isinstance(on, exp.EQ) and all(
                isinstance(end, exp.Column) for end in (on.this, on.expression)
            ):
                ends = [(end.table, end.name) for end in (on.this, on.expression)]
                if plain.intersection(ends):
                    plain.update(ends)
    return {
        base.alias
        for base in tables
        if any((base.table, name) in facts.apart for alias, name in plain if alias == base.alias)
    }
