"""Put values into a question's named parameters, as literals of its tree, never as text.

A parameter stands in the SQL as `$name`. What it takes is declared; a value of another kind, or a
parameter nobody declared, is an obstacle. The bound question is judged like any other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, refuse_if

_LONGEST_SQL = 20_000
_LONGEST_TEXT = 200
_MOST_TEXTS = 100
_MOST_WHOLE = 2**53
MOST_PARAMETERS = 20
_NAME = re.compile(r"[^\W\d]\w{0,39}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")


class ParameterKind(Choice):
    TEXT = "TEXT", "文字"
    WHOLE = "WHOLE", "整数"
    NUMBER = "NUMBER", "数值"
    DATE = "DATE", "日期"
    TEXTS = "TEXTS", "多个文字"


@dataclass(frozen=True)
class Parameter:
    """A named parameter: what it is called, what it takes, and what it is if nothing is given.

    With `choices` only those may be given. A default is typed as a value is.
    """

    name: str
    label: str = ""
    kind: ParameterKind = ParameterKind.TEXT
    default: str = ""
    choices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "label": self.label,
            "kind": str(self.kind),
            "default": self.default,
            "choices": list(self.choices),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "Parameter":
        choices = value.get("choices") or []
        assert isinstance(choices, list)
        return cls(
            str(value["name"]),
            str(value.get("label", "")),
            ParameterKind(str(value.get("kind", ParameterKind.TEXT))),
            str(value.get("default", "")),
            tuple(map(str, choices)),
        )

    def typed(self, values: Mapping[str, str]) -> str:
        """Return what was given for this parameter, or its default."""
        return values.get(self.name, "").strip() or self.default.strip()


def parameters_in(sql: str) -> tuple[str, ...]:
    """Return the names of the parameters in `sql`, each once, as they come; none if unreadable."""
    try:
        tree = _read(sql)
    except _Unreadable:
        return ()
    found = [node.name for node in tree.find_all(exp.Placeholder, bfs=False)]
    return tuple(dict.fromkeys(found))


def obstacles_to_declare(sql: str, parameters: Sequence[Parameter]) -> Iterator[Obstacle]:
    """Yield every reason these are not the parameters of `sql`."""
    try:
        tree = _read(sql)
    except _Unreadable:
        yield Obstacle("查询无法读懂", Clause.G_8, field="sql")
        return
    inside = {node.name for node in tree.find_all(exp.Placeholder)}
    declared = [parameter.name for parameter in parameters]
    if len(declared) > MOST_PARAMETERS:
        yield Obstacle("参数最多{most}个", field="sql", most=MOST_PARAMETERS)
    for name in sorted(inside):
        if not _NAME.fullmatch(name):
            yield Obstacle("参数须写作 $名称", field="sql")
        elif name not in declared:
            yield Obstacle("参数 {name} 没有说明类型", field="sql", name=name)
    for name in sorted({name for name in declared if declared.count(name) > 1}):
        yield Obstacle("参数 {name} 说明了两次", field="sql", name=name)
    for parameter in parameters:
        if parameter.name not in inside:
            yield Obstacle("查询中没有参数 {name}", field="sql", name=parameter.name)
        if parameter.default:
            yield from _obstacles_in_value(parameter, parameter.default)
        for choice in parameter.choices if parameter.kind is not ParameterKind.TEXTS else ():
            yield from _obstacles_in_value(parameter, choice)
    yield from _obstacles_in_places(tree, parameters)


def obstacles_to_bind(
    parameters: Sequence[Parameter], values: Mapping[str, str]
) -> Iterator[Obstacle]:
    """Yield what is wrong with each value given; names nobody declared are wrong as well."""
    names = {parameter.name for parameter in parameters}
    for name in sorted(set(values) - names):
        yield Obstacle("没有参数 {name}", Clause.G_8, field=name, name=name)
    for parameter in parameters:
        typed = parameter.typed(values)
        if not typed:
            yield Obstacle("请填写{label}", field=parameter.name, label=_said(parameter))
        else:
            yield from _obstacles_in_value(parameter, typed)


def bind(sql: str, parameters: Sequence[Parameter], values: Mapping[str, str]) -> str:
    """Return `sql` with every parameter put in as a literal of its kind; refuse what is amiss."""
    refuse_if(obstacles_to_declare(sql, parameters))
    refuse_if(obstacles_to_bind(parameters, values))
    tree = _read(sql)
    declared = {parameter.name: parameter for parameter in parameters}
    for node in list(tree.find_all(exp.Placeholder)):
        parameter = declared[node.name]
        literals = [
            _literal(parameter.kind, text) for text in _each(parameter, parameter.typed(values))
        ]
        if parameter.kind is ParameterKind.TEXTS:
            parent = node.parent
            assert isinstance(parent, exp.In)
            parent.set("field", None)
            parent.set("expressions", literals)
        else:
            node.replace(literals[0])
    return str(tree.sql("duckdb"))


class _Unreadable(Exception):
    pass


def _read(sql: str) -> exp.Expression:
    if len(sql) > _LONGEST_SQL or "\0" in sql:
        raise _Unreadable
    try:
        trees = [tree for tree in sqlglot.parse(sql, read="duckdb") if tree is not None]
    except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, IndexError):
        raise _Unreadable from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise _Unreadable
    return trees[0]


def _obstacles_in_places(
    tree: exp.Expression, parameters: Sequence[Parameter]
) -> Iterator[Obstacle]:
    several = {p.name for p in parameters if p.kind is ParameterKind.TEXTS}
    for node in tree.find_all(exp.Placeholder):
        alone_in_list = isinstance(node.parent, exp.In) and (
            node.arg_key == "field" or node.parent.expressions == [node]
        )
        if node.name in several and not alone_in_list:
            yield Obstacle("多个文字的参数 {name} 只能用在 IN 之后", field="sql", name=node.name)
        elif node.name not in several and node.arg_key == "field":
            yield Obstacle("IN 之后的参数 {name} 须是多个文字", field="sql", name=node.name)


def _obstacles_in_value(parameter: Parameter, typed: str) -> Iterator[Obstacle]:
    label, field = _said(parameter), parameter.name
    texts = _each(parameter, typed)
    if len(texts) > _MOST_TEXTS:
        yield Obstacle("{label}最多填{most}个", field=field, label=label, most=_MOST_TEXTS)
    for text in texts:
        if parameter.choices and text not in parameter.choices:
            yield Obstacle(
                "{label}只能是：{choices}",
                field=field,
                label=label,
                choices="、".join(parameter.choices),
            )
        elif not _fits(parameter.kind, text):
            yield Obstacle("{label}须是{kind}", field=field, label=label, kind=parameter.kind.label)


def _fits(kind: ParameterKind, text: str) -> bool:
    if kind is ParameterKind.WHOLE:
        return bool(re.fullmatch(r"[+-]?[0-9]{1,16}", text)) and abs(int(text)) <= _MOST_WHOLE
    if kind is ParameterKind.NUMBER:
        return bool(_NUMBER.fullmatch(text))
    if kind is ParameterKind.DATE:
        try:
            return date.fromisoformat(text).isoformat() == text
        except ValueError:
            return False
    return 0 < len(text) <= _LONGEST_TEXT and "\0" not in text


def _each(parameter: Parameter, typed: str) -> list[str]:
    if parameter.kind is not ParameterKind.TEXTS:
        return [typed]
    return list(dict.fromkeys(part for part in re.split(r"[,，、\s]+", typed) if part)) or [typed]


def _literal(kind: ParameterKind, text: str) -> exp.Expression:
    if kind in (ParameterKind.WHOLE, ParameterKind.NUMBER):
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise AssertionError("a number was let through that is none") from None
        size = exp.Literal.number(format(abs(number), "f"))
        return exp.Neg(this=size) if number < 0 else size
    if kind is ParameterKind.DATE:
        return exp.cast(exp.Literal.string(text), "DATE")
    return exp.Literal.string(text)


def _said(parameter: Parameter) -> str:
    return parameter.label or parameter.name
