"""What a question would cost and how exact its figures would be, told before it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from shuce.engines.guard.scalars import number_of
from shuce.engines.guard.splitting import Plan
from shuce.engines.guard.verdicts import Rule

# Half-widths of a unit's figures by name: a part that stands, and one to divide by the people.
Widths = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class ExpectedError:
    """How far a column's figures will be from the true ones, in 95 % of cases.

    `fixed` is the same whatever the group; `shared` is divided by the people of the group, as the
    error of an average is.
    """

    column: str
    fixed: float = 0.0
    shared: float = 0.0

    def at(self, people: int) -> float:
        """Return the half-width for a group of so many people."""
        return self.fixed + self.shared / max(1, people)


@dataclass(frozen=True)
class Foresight:
    """What would happen to a question, as far as can be told without the data.

    `rule` and `reason` are those of a refusal that reading it alone brings, or of a budget that
    does not reach. `epsilon` is what the answer would cost, `epsilon_left` what there is now; both
    are 0 where figures are exact. `is_known` says that it was answered before and is free.
    `minimum` is the fewest people a group may have to be shown. `asked_first` counts the queries
    in its conditions that are answered, and paid for, before it. `errors` are missing for columns
    that are no figures, or too far from one.
    """

    rule: Rule | None = None
    reason: str = ""
    columns: tuple[str, ...] = ()
    is_noisy: bool = False
    is_known: bool = False
    epsilon: float = 0.0
    epsilon_left: float = 0.0
    minimum: int = 0
    asked_first: int = 0
    errors: tuple[ExpectedError, ...] = ()

    @property
    def may_be_asked(self) -> bool:
        return self.rule is None


def errors_of(plan: Plan, widths: Mapping[str, Widths]) -> tuple[ExpectedError, ...]:
    """Return the error of each column that shows figures of units, or sums of them.

    `widths` holds the half-widths of each unit's figures. Errors of sums are added up, which is
    more than they come to together.
    """
    select = plan.tree
    while isinstance(select, exp.SetOperation):
        select = select.this
    if not isinstance(select, exp.Select):
        return ()
    found = []
    for name, item in zip(plan.names, select.expressions, strict=False):
        width = _width(item, _sources(select, {}), widths)
        if width is not None and any(width):
            found.append(ExpectedError(name, *width))
    return tuple(found)


Sources = dict[str, exp.Expression | str]


def _sources(select: exp.Select, known: Sources) -> Sources:
    """Return what each alias of a block stands for: a query, or the name of a table or unit."""
    clause = select.args.get("with_")
    known = dict(known)
    for cte in clause.expressions if clause else []:
        known[cte.alias] = cte.this
    found: Sources = {**known}
    start = select.args.get("from_")
    items = [start.this] if start else []
    for item in [*items, *(join.this for join in select.args.get("joins") or [])]:
        if isinstance(item, exp.Subquery):
            found[item.alias] = item.this
        elif isinstance(item, exp.Table):
            found[item.alias_or_name] = known.get(item.name, item.name)
    return found


def _width(
    node: exp.Expression, sources: Sources, widths: Mapping[str, Widths]
) -> tuple[float, float] | None:
    """Return the half-width of an expression: nothing for constants and keys, None if unknown."""
    while isinstance(node, exp.Alias | exp.Paren):
        node = node.this
    if isinstance(node, exp.Literal | exp.Null | exp.Boolean):
        return 0.0, 0.0
    if isinstance(node, exp.Column):
        return _width_of_column(node, sources, widths)
    if isinstance(node, exp.Neg | exp.Coalesce | exp.Cast | exp.Floor | exp.Ceil | exp.Round):
        inner = _width(node.this, sources, widths)
        return inner and (inner[0] + _rounding(node, inner), inner[1])
    if isinstance(node, exp.Add | exp.Sub):
        left, right = (_width(side, sources, widths) for side in (node.this, node.expression))
        return (left[0] + right[0], left[1] + right[1]) if left and right else None
    if isinstance(node, exp.Mul | exp.Div):
        return _scaled(node, sources, widths)
    return None


def _width_of_column(
    column: exp.Column, sources: Sources, widths: Mapping[str, Widths]
) -> tuple[float, float] | None:
    source = sources.get(column.table)
    if isinstance(source, str):
        return widths[source].get(column.name, (0.0, 0.0)) if source in widths else (0.0, 0.0)
    while isinstance(source, exp.Subquery):
        source = source.this
    if not isinstance(source, exp.Select):
        return None
    items = [each for each in source.expressions if each.alias_or_name == column.name]
    return _width(items[0], _sources(source, sources), widths) if len(items) == 1 else None


def _rounding(node: exp.Expression, inner: tuple[float, float]) -> float:
    """Return what rounding a noised figure adds."""
    if not any(inner):
        return 0.0
    if isinstance(node, exp.Floor | exp.Ceil):
        return 1.0
    if isinstance(node, exp.Round):
        places = number_of(node.args["decimals"]) if node.args.get("decimals") else Decimal(0)
        return 0.5 * float(10 ** -(places or Decimal(0)))
    if isinstance(node, exp.Cast) and node.to.sql("duckdb").upper().endswith(("INT", "INTEGER")):
        return 0.5
    return 0.0


def _scaled(
    node: exp.Expression, sources: Sources, widths: Mapping[str, Widths]
) -> tuple[float, float] | None:
    for side, other in ((node.this, node.expression), (node.expression, node.this)):
        number = number_of(other)
        if number is not None and number and (side is node.this or isinstance(node, exp.Mul)):
            inner = _width(side, sources, widths)
            factor = abs(float(number))
            factor = 1 / factor if isinstance(node, exp.Div) else factor
            return inner and (inner[0] * factor, inner[1] * factor)
    return None
