"""The facts that conditions and tables look at: a closed, typed list with Chinese titles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shuce.engines.procedure.reading import Entry
from shuce.kernel.choices import Choice
from shuce.kernel.words import say

Fact = str | int | bool


class FactKind(Choice):
    TEXT = "text", "文字"
    INT = "int", "整数"
    FEN = "fen", "金额（分）"
    BOOL = "bool", "是或否"

    @property
    def python(self) -> type[Fact]:
        return {"text": str, "bool": bool}.get(self.value, int)


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact: what it is called, its type, and, for closed lists, its codes with their titles."""

    key: str
    title: str
    kind: FactKind
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    default: Fact | None = None

    @property
    def is_ordered(self) -> bool:
        return self.kind in (FactKind.INT, FactKind.FEN)

    def accepts(self, value: object) -> bool:
        """Say whether `value` has this fact's type and, in a closed list, one of its codes."""
        return type(value) is self.kind.python and (not self.values or value in self.values)

    def spoken(self, value: Fact) -> str:
        """Return `value` as an official would write it: an amount in yuan, a code by its title."""
        if self.kind is FactKind.BOOL:
            return say("是") if value else say("否")
        if self.kind is FactKind.FEN and isinstance(value, int):
            return _yuan(value)
        return say(self.values.get(str(value), str(value)))


def read_facts(entry: Entry, key: str) -> dict[str, FactSpec]:
    """Read `[key]`: each fact as `{type, title, values?, default?}`."""
    found = {}
    for name, item in entry.named(key):
        kind = item.choice("type", FactKind)
        spec = FactSpec(name, item.text("title", name), kind, dict(_values(item)))
        default = item.raw("default")
        if default is not None:
            if spec.accepts(default):
                spec = FactSpec(name, spec.title, kind, spec.values, default)
            else:
                item.fault("default", "“{value}”与“{title}”的类型不符", value=default, title=name)
        if spec.values and kind is not FactKind.TEXT:
            item.fault("values", "只有文字类型可以列出取值")
        item.done()
        found[name] = spec
    return found


def _values(item: Entry) -> Iterator[tuple[str, str]]:
    """Read `values` as a list of codes or as a table of code and title."""
    if isinstance(item.values.get("values"), dict):
        inside = item.entry("values")
        for code in inside.values:
            yield code, inside.text(code)
    else:
        yield from ((code, code) for code in item.texts("values", ()))


def _yuan(fen: int) -> str:
    yuan, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    if rest:
        return say("{yuan}元", yuan=f"{sign}{yuan:,}.{rest:02}")
    if yuan and yuan % 10_000 == 0:
        return say("{wan}万元", wan=f"{sign}{yuan // 10_000:,}")
    return say("{yuan}元", yuan=f"{sign}{yuan:,}")
