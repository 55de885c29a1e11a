"""Read a TOML text key by key, and gather every fault with its place instead of stopping at one."""

import tomllib
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeVar

from shuce.engines.procedure.faults import Fault
from shuce.kernel.choices import Choice

C = TypeVar("C", bound=Choice)
T = TypeVar("T")
_WORDS: dict[type, str] = {str: "文字", int: "整数", bool: "是或否", list: "列表", dict: "表"}


def parse(text: str, faults: list[Fault]) -> "Entry":
    """Return the text's top level; a text that is no TOML is one fault and an empty entry."""
    try:
        return Entry(tomllib.loads(text), "", faults)
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault("", "不是有效的 TOML 文本：{error}", {"error": str(error)}))
        return Entry({}, "", faults)


class Entry:
    """One TOML table being read. `done` complains of every key that nobody asked for."""

    def __init__(self, values: dict[str, Any], place: str, faults: list[Fault]) -> None:
        self.values = values
        self.place = place
        self._faults = faults
        self._asked: set[str] = set()

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def fault(self, key: str, sentence: str, /, **facts: object) -> None:
        self._faults.append(Fault(self.at(key) if key else self.place, sentence, facts))

    def raw(self, key: str) -> Any:
        self._asked.add(key)
        return self.values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        return self._typed(key, str, default, "")

    def whole(self, key: str, default: int | None = None) -> int:
        return self._typed(key, int, default, 0)

    def choice(self, key: str, kind: type[C], default: C | None = None) -> C:
        """Read one of a closed list of codes, in capitals or not."""
        code = self.text(key, None if default is None else default.value)
        for member in kind:
            if code in (member.value, member.value.lower()):
                return member
        if code:
            allowed = "、".join(member.value for member in kind)
            self.fault(key, "“{code}”不在允许的取值之中：{allowed}", code=code, allowed=allowed)
        return default or next(iter(kind))

    def texts(self, key: str, default: Collection[str] | None = None) -> tuple[str, ...]:
        found = self._typed(key, list, None if default is None else list(default), [])
        if not all(isinstance(item, str) for item in found):
            self.fault(key, "列表中应当都是文字")
            return ()
        return tuple(found)

    def entries(self, key: str) -> Iterator["Entry"]:
        """Yield each table of a list of tables."""
        items = self._typed(key, list, None, [])
        if key in self.values and not items:
            self.fault(key, "不能为空")
        for number, item in enumerate(items):
            place = f"{self.at(key)}[{number}]"
            if isinstance(item, dict):
                yield Entry(item, place, self._faults)
            else:
                self._faults.append(Fault(place, "应当是{kind}", {"kind": _WORDS[dict]}))

    def entry(self, key: str) -> "Entry":
        return Entry(self._typed(key, dict, {}, {}), self.at(key), self._faults)

    def named(self, key: str) -> Iterator[tuple[str, "Entry"]]:
        """Yield name and table of each `[key.name]`."""
        inside = self.entry(key)
        for name, item in inside.values.items():
            if isinstance(item, dict):
                yield name, Entry(item, inside.at(name), self._faults)
            else:
                inside.fault(name, "应当是{kind}", kind=_WORDS[dict])

    def done(self) -> None:
        for key in self.values.keys() - self._asked:
            self.fault(key, "没有“{key}”这一项", key=key)

    def _typed(self, key: str, kind: type[T], default: T | None, fallback: T) -> T:
        value = self.raw(key)
        if value is None:
            if default is None:
                self.fault(key, "缺少“{key}”", key=key)
                return fallback
            return default
        # True is an int to Python, but not to a person who writes a number of days.
        if type(value) is not kind:
            self.fault(key, "应当是{kind}", kind=_WORDS[kind])
            return fallback
        found: T = value
        return found


def raise_if(faults: list[Fault], error: Callable[[list[Fault]], Exception]) -> None:
    if faults:
        raise error(faults)
