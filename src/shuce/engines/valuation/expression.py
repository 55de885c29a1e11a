"""Formulas typed by an appraiser: `benefit * (1 - tax) / rate`, `exp(N(0, 0.5))`.

A small language read with Python's own parser and walked here, node by node; nothing else of Python
is reachable. Names are parameters; capital functions are fresh random draws.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from shuce.engines.valuation.distributions import (
    Beta,
    Distribution,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    pert,
)
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

Values: TypeAlias = NDArray[np.float64]
Sampler: TypeAlias = Callable[[Distribution], Values]

LONGEST = 500
_OPERATORS: dict[type[ast.operator], Callable[[Values, Values], Values]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Values]]] = {
    "exp": (1, np.exp),
    "log": (1, np.log),
    "ln": (1, np.log),
    "sqrt": (1, np.sqrt),
    "abs": (1, np.abs),
    "sin": (1, np.sin),
    "cos": (1, np.cos),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
}
DISTRIBUTIONS: dict[str, tuple[frozenset[int], Callable[..., Distribution]]] = {
    **dict.fromkeys(("N", "Normal"), (frozenset({2}), Normal)),
    **dict.fromkeys(("LN", "Lognormal", "LogNormal"), (frozenset({2}), Lognormal)),
    **dict.fromkeys(("U", "Uniform"), (frozenset({2}), Uniform)),
    **dict.fromkeys(("T", "Tri", "Triangular"), (frozenset({3}), Triangular)),
    **dict.fromkeys(("Beta",), (frozenset({2, 4}), Beta)),
    **dict.fromkeys(("Pert", "PERT"), (frozenset({3}), pert)),
}


@dataclass(frozen=True)
class Formula:
    """A formula that was read and found well-formed."""

    text: str
    tree: ast.expr

    @property
    def names(self) -> frozenset[str]:
        """The parameters it needs."""
        called = {id(n.func) for n in ast.walk(self.tree) if isinstance(n, ast.Call)}
        return frozenset(
            node.id
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and id(node) not in called and node.id not in _CONSTANTS
        )

    def __call__(self, values: Mapping[str, Values], sampler: Sampler | None = None) -> Values:
        """Work the formula out for whole arrays of parameters at once."""
        with np.errstate(all="ignore"):
            return _walk(self.tree, values, sampler)


def read_formula(text: str) -> Formula:
    """Read a formula, or refuse it saying what is not understood."""
    if len(text) > LONGEST:
        raise _refused("公式不得超过 {most} 个字符", most=LONGEST)
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError):
        raise _refused("公式“{text}”写法有误", text=text) from None
    for node in ast.walk(tree):
        if not isinstance(node, _UNDERSTOOD) or not _is_number(node):
            raise _refused("公式“{text}”含有不支持的写法", text=text)
    return Formula(text, tree)


_CONSTANTS = {"pi": np.pi, "e": np.e}
_UNDERSTOOD = (
    ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant, ast.Load, ast.USub, ast.UAdd,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow,
)  # fmt: skip


def _is_number(node: ast.AST) -> bool:
    return not isinstance(node, ast.Constant) or (
        isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and abs(node.value) < 1e300
    )


def _walk(node: ast.expr, values: Mapping[str, Values], sampler: Sampler | None) -> Values:
    match node:
        case ast.Constant(value=int() | float() as number):
            return np.asarray(float(number))
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Name(id=name) if name in _CONSTANTS:
            return np.asarray(_CONSTANTS[name])
        case ast.BinOp(left=left, op=operator, right=right):
            first = _walk(left, values, sampler)
            return _OPERATORS[type(operator)](first, _walk(right, values, sampler))
        case ast.UnaryOp(op=sign, operand=operand):
            value = _walk(operand, values, sampler)
            return -value if isinstance(sign, ast.USub) else value
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, [_walk(arg, values, sampler) for arg in args], sampler)
        case ast.Name(id=name):
            raise _refused("公式中的“{name}”没有取值", name=name)
    raise _refused("公式含有不支持的写法")


def _call(name: str, args: list[Values], sampler: Sampler | None) -> Values:
    if name in _FUNCTIONS and len(args) == _FUNCTIONS[name][0]:
        return _FUNCTIONS[name][1](*args)
    if sampler is not None and name in DISTRIBUTIONS and len(args) in DISTRIBUTIONS[name][0]:
        if any(arg.ndim for arg in args):
            raise _refused("分布“{name}”的参数应当是常数", name=name)
        return sampler(DISTRIBUTIONS[name][1](*map(float, args)))
    raise _refused("公式中的函数“{name}”不可用或参数个数有误", name=name)


def _refused(sentence: str, **facts: object) -> Refused:
    return Refused(Obstacle(sentence, Clause.G_9, field="model", **facts))
