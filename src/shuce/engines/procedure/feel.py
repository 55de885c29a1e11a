"""Conditions and cells in FEEL, the expression language of BPMN and DMN modellers: our part of it.

A condition is a comparison of a name with a constant, `in (…)`, `and`, `or`, `not(…)`; a cell is a
unary test: `-`, constants, `< 5`, `[1..5)`. Everything else is refused. Values are those of TOML.
"""

import json
import re
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+)(?![\w.]*\w)|(?P<name>[^\W\d][\w\-]*)"""
    r"""|(?P<sign><=|>=|!=|=|<|>|\(|\)|,))"""
)
_NAME = re.compile(r"[^\W\d][\w\-]*")
_RESERVED = frozenset({"and", "or", "not", "in", "true", "false"})
_SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_RANGE = re.compile(r"([\[(\]])\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*([\])\[])")
_OPEN_RANGE = re.compile(r"(<=|>=|<|>)\s*(-?\d+)")


class NotOurFeel(ValueError):
    """An expression outside our part of FEEL."""


def write_condition(condition: dict[str, Any]) -> str:
    """Return a condition, as TOML holds it, in FEEL."""
    for word, joint in (("all", " and "), ("any", " or ")):
        if word in condition:
            parts = condition[word]
            return joint.join(map(_bracketed, parts)) if len(parts) > 1 else _bracketed(parts[0])
    if "not" in condition:
        inside = write_condition(condition["not"])
        # `not(x in …)` is the comparison `not in`; brackets tell the two apart.
        return f"not(({inside}))" if condition["not"].get("is") == "in" else f"not({inside})"
    name, sign, value = condition["fact"], condition["is"], condition["value"]
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise NotOurFeel(name)
    if isinstance(value, list):
        among = f"{name} in ({', '.join(map(constant, value))})"
        return among if sign == "in" else f"not({among})"
    return f"{name} {'=' if sign == '==' else sign} {constant(value)}"


def read_condition(text: str) -> dict[str, Any]:
    """Return a FEEL condition as TOML holds it; raise `NotOurFeel`."""
    return _Reader(text).whole()


def write_cell(cell: Any) -> str:
    """Return a table's cell, as TOML holds it, as a unary test."""
    if isinstance(cell, dict):
        start, below = cell.get("from"), cell.get("below")
        if start is not None and below is not None:
            return f"[{start}..{below})"
        return "-" if start is below else f">= {start}" if below is None else f"< {below}"
    return ", ".join(map(constant, cell if isinstance(cell, list) else [cell]))


def read_cell(text: str) -> Any:
    """Return a unary test as TOML holds the cell, None for one that always holds."""
    text = text.strip()
    if text in ("", "-"):
        return None
    if found := _RANGE.fullmatch(text):
        opens, start, end, closes = found.groups()
        return {"from": int(start) + (opens != "["), "below": int(end) + (closes == "]")}
    if found := _OPEN_RANGE.fullmatch(text):
        sign, number = found[1], int(found[2])
        if sign[0] == "<":
            return {"below": number + (sign == "<=")}
        return {"from": number + (sign == ">")}
    values = _Reader(text).constants()
    return values[0] if len(values) == 1 else values


def constant(value: Any) -> str:
    """Return a text, whole number or truth in FEEL."""
    return json.dumps(value, ensure_ascii=False)


def _bracketed(condition: dict[str, Any]) -> str:
    words = write_condition(condition)
    return f"({words})" if "all" in condition or "any" in condition else words


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            if not (found := _TOKEN.match(text, at)):
                raise NotOurFeel(text)
            kind = found.lastgroup or ""
            self.tokens.append((kind, found[kind]))
            at = found.end()
        self.at = 0

    def whole(self) -> dict[str, Any]:
        found = self._either()
        if self.at != len(self.tokens):
            raise NotOurFeel(self.text)
        return found

    def constants(self) -> list[Any]:
        found = [self._constant()]
        while self._take(","):
            found.append(self._constant())
        if self.at != len(self.tokens):
            raise NotOurFeel(self.text)
        return found

    def _either(self) -> dict[str, Any]:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else {"any": parts}

    def _both(self) -> dict[str, Any]:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else {"all": parts}

    def _one(self) -> dict[str, Any]:
        if self._take("("):
            found = self._either()
            self._expect(")")
            return found
        if self._take("not"):
            self._expect("(")
            bracketed = self._peek() == "("
            found = self._either()
            self._expect(")")
            if found.get("is") == "in" and not bracketed:
                return found | {"is": "not in"}
            return {"not": found}
        return self._comparison()

    def _comparison(self) -> dict[str, Any]:
        kind, name = self._next()
        if kind != "name" or name in _RESERVED:
            raise NotOurFeel(self.text)
        _, sign = self._next()
        if sign == "in":
            self._expect("(")
            values = [self._constant()]
            while self._take(","):
                values.append(self._constant())
            self._expect(")")
            return {"fact": name, "is": "in", "value": values}
        if sign not in _SIGNS:
            raise NotOurFeel(self.text)
        return {"fact": name, "is": _SIGNS[sign], "value": self._constant()}

    def _constant(self) -> Any:
        kind, word = self._next()
        if kind in ("text", "number") or word in ("true", "false"):
            return json.loads(word)
        raise NotOurFeel(self.text)

    def _peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise NotOurFeel(self.text)
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, word: str) -> bool:
        # A text such as "and" keeps its quotes, so it is never taken for the word.
        if self._peek() != word:
            return False
        self.at += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise NotOurFeel(self.text)
