"""From text to a tree that is known through and through: parsed, bounded, listed, qualified."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.tokens import TokenType

from shuce.engines.guard.policy import Policy
from shuce.engines.guard.relations import MOST_NODES
from shuce.engines.guard.tidying import tidy
from shuce.engines.guard.verdicts import Rule, Stopped
from shuce.engines.guard.vocabulary import (
    ALLOWED,
    ALLOWED_NAMES,
    CASTS,
    JOIN_KINDS,
    JOIN_SIDES,
    PARTS,
)

_LONGEST_TEXT = 20_000  # characters
_MOST_TOKENS = 4_000
_DEEPEST = 120  # levels of the tree
_DEEPEST_PARENTHESES = 40
# The parser would write questions it cannot read to the log; they are the asker's business.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
_PATTERNS = (
    exp.RegexpLike, exp.SimilarTo, exp.Format, exp.RegexpReplace, exp.RegexpExtract,
    exp.RegexpFullMatch, exp.Glob,
)  # fmt: skip
_WIDE = re.compile(r"\d{4}|\*|\{[^}]*\{")  # a width of thousands, or one taken from an argument
_UNIT = re.compile(r"[A-Za-z_]{1,20}")


@dataclass(frozen=True)
class Question:
    """A question read: its qualified tree, and the column names its asker will recognise."""

    tree: exp.Query
    names: tuple[str, ...]


def read_question(sql: str, policy: Policy, at: datetime | None = None) -> Question:
    """Return the question that `sql` asks; raise Stopped where it is not one that may be asked.

    `at` is the moment of asking; without it, questions about today are refused.
    """
    tree = tidy(_parse(sql), policy, at)
    if not isinstance(tree, exp.Query):
        raise Stopped(Rule.STATEMENT, "只允许 SELECT 查询")
    for node in _walk(tree):
        # A comment would be written out again, into SQL of ours.
        node.comments, node._meta = None, None
        _check(node)
    _check_tables(tree, policy)
    names = _names_of(tree)
    _check_aliases(tree)
    try:
        qualified = qualify(
            tree,
            dialect="duckdb",
            schema={
                name: dict.fromkeys(rule.columns, "UNKNOWN") for name, rule in policy.tables.items()
            },
            quote_identifiers=True,
            identify=True,
        )
    except (SqlglotError, RecursionError):
        raise Stopped(Rule.COLUMN, "查询里有授权范围以外的列，或者列名不明确") from None
    for node in _walk(qualified):
        _check(node)
    assert isinstance(qualified, exp.Query)
    final = tuple(qualified.named_selects)
    # A star was spread out: the names are those of the columns it stands for.
    return Question(qualified, names if len(names) == len(final) and "*" not in names else final)


def _parse(sql: str) -> exp.Expression:
    if len(sql) > _LONGEST_TEXT or "\0" in sql:
        raise Stopped(Rule.SYNTAX, "查询太长")
    try:
        tokens = sqlglot.tokenize(sql, read="duckdb")
        _check_tokens(tokens)
        parsed = [tree for tree in sqlglot.parse(sql, read="duckdb") if tree is not None]
    except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, IndexError):
        raise Stopped(Rule.SYNTAX, "查询的语法读不懂") from None
    if len(parsed) != 1:
        raise Stopped(Rule.STATEMENT, "一次只能提交一条查询")
    tree = parsed[0]
    while isinstance(tree, exp.Subquery) and not tree.args.get("alias"):
        tree = tree.this
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Pivot):
        raise Stopped(Rule.STATEMENT, "只允许 SELECT 查询")
    return tree.copy() if tree.parent else tree


def _check_tokens(tokens: list[sqlglot.tokens.Token]) -> None:
    depth = 0
    if len(tokens) > _MOST_TOKENS:
        raise Stopped(Rule.SYNTAX, "查询太长")
    for token in tokens:
        if token.token_type in (TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.CASE):
            depth += 1
        elif token.token_type in (TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.END):
            depth -= 1
        if depth > _DEEPEST_PARENTHESES:
            raise Stopped(Rule.SYNTAX, "查询嵌套太深")


def _walk(tree: exp.Expression) -> Iterator[exp.Expression]:
    """Yield every node, without recursion; stop where the tree is too deep."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEEPEST:
            raise Stopped(Rule.SYNTAX, "查询嵌套太深")
        yield node
        waiting.extend((child, depth + 1) for child in node.iter_expressions())


def _check(node: exp.Expression) -> None:
    kind = type(node)
    if isinstance(node, exp.Anonymous):
        if str(node.name).lower() not in ALLOWED_NAMES:
            raise Stopped(Rule.FUNCTION, "函数 {name} 不在允许之列", name=_shown(node.name))
        if node.name.lower() == "printf":
            _check_layout(node.expressions[0] if node.expressions else None)
        return
    if kind not in ALLOWED:
        if isinstance(node, exp.Func):
            name = node.sql_name() if kind is not exp.AnonymousAggFunc else node.name
            raise Stopped(Rule.FUNCTION, "函数 {name} 不在允许之列", name=_shown(name))
        raise Stopped(Rule.STATEMENT, "不允许这种写法：{form}", form=kind.__name__)
    parts = PARTS.get(kind)
    if parts is not None:
        for name, value in node.args.items():
            if value and name not in parts:
                raise Stopped(
                    Rule.STATEMENT, "不允许这种写法：{form}", form=f"{kind.__name__} {name}"
                )
    if isinstance(node, exp.Join):
        _check_join(node)
    elif isinstance(node, exp.Table):
        if not isinstance(node.this, exp.Identifier):
            raise Stopped(Rule.TABLE, "只能查询授权的表，不能使用表函数或文件")
    elif isinstance(node, exp.Cast) and node.to.this not in CASTS:
        raise Stopped(Rule.FUNCTION, "不允许转换为这种类型")
    elif isinstance(node, exp.Var) and not _UNIT.fullmatch(node.name):
        # Written out bare: date_trunc's unit comes from a string, which may hold anything.
        raise Stopped(Rule.FUNCTION, "不认识的时间单位")
    elif isinstance(node, _PATTERNS):
        _check_pattern(node)
    elif isinstance(node, exp.Pad):
        width = node.expression
        if not isinstance(width, exp.Literal) or not re.fullmatch(r"\d{1,3}", width.name):
            raise Stopped(Rule.FUNCTION, "常数太大")
    elif isinstance(node, exp.With) and node.args.get("recursive"):
        raise Stopped(Rule.STATEMENT, "不允许递归查询")
    elif isinstance(node, exp.Column) and (node.args.get("db") or node.args.get("catalog")):
        raise Stopped(Rule.COLUMN, "列名只能写作 表.列")


def _check_pattern(node: exp.Expression) -> None:
    """A pattern is a short constant, and so is what takes its place."""
    if isinstance(node, exp.Format):
        _check_layout(node.this)
        return
    for part in (node.expression, node.args.get("replacement"), node.args.get("modifiers")):
        if part is not None and not _is_short(part):
            raise Stopped(Rule.FUNCTION, "格式和模式只能是较短的常数文字")


def _is_short(node: exp.Expression) -> bool:
    return isinstance(node, exp.Literal) and node.is_string and len(node.name) <= 200


def _check_layout(pattern: exp.Expression | None) -> None:
    """Raise Stopped unless this formats without a width that fills the memory."""
    if pattern is None or not _is_short(pattern) or _WIDE.search(pattern.name):
        raise Stopped(Rule.FUNCTION, "格式和模式只能是较短的常数文字")


def _check_join(join: exp.Join) -> None:
    if str(join.kind).upper() not in JOIN_KINDS or str(join.side).upper() not in JOIN_SIDES:
        raise Stopped(Rule.JOIN, "不允许这种关联方式")


def _check_tables(tree: exp.Expression, policy: Policy) -> None:
    ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        name = table.name.lower()
        if name not in policy.tables and name not in ctes:
            raise Stopped(Rule.TABLE, "表 {table} 不在授权范围内", table=_shown(table.name))
        if name in policy.tables and name in ctes:
            raise Stopped(Rule.TABLE, "临时名称不能与表 {table} 同名", table=_shown(table.name))


def _check_aliases(tree: exp.Expression) -> None:
    """Raise Stopped where names of a SELECT list, written out one in another, grow too long."""
    for select in tree.find_all(exp.Select):
        sizes: dict[str, int] = {}
        for item in select.expressions:
            size = 0
            for node in item.walk():
                is_name = isinstance(node, exp.Column) and not node.table
                size += sizes.get(node.name.lower(), 1) if is_name else 1
            if size > MOST_NODES:
                raise Stopped(Rule.SYNTAX, "查询太长")
            if isinstance(item, exp.Alias):
                sizes[item.alias.lower()] = size


def _names_of(tree: exp.Query) -> tuple[str, ...]:
    first: exp.Expression = tree
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    assert isinstance(first, exp.Select)
    return tuple(
        "*" if item.is_star else item.alias or _own_name(item) for item in first.expressions
    )


def _own_name(item: exp.Expression) -> str:
    return str(item.name if isinstance(item, exp.Column) else item.sql("duckdb").lower())


def _shown(name: str) -> str:
    """Return a name of the asker's own text, cut short and plain, fit to stand in a reason."""
    return "".join(c for c in str(name)[:40] if c.isprintable())
