"""Conditions as data: comparisons of one fact with constants, under all, any and not. No eval."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from shuce.engines.procedure.facts import Fact, FactKind, FactSpec
from shuce.engines.procedure.reading import Entry
from shuce.kernel.choices import Choice
from shuce.kernel.words import say

# Conditions that look at more combinations than this are not searched exhaustively.
SEARCH_LIMIT = 100_000


class Operator(Choice):
    """How a fact is compared; the label is the comparison as a sentence."""

    IS = "==", "{fact}为{value}"
    IS_NOT = "!=", "{fact}不为{value}"
    UNDER = "<", "{fact}低于{value}"
    UP_TO = "<=", "{fact}不超过{value}"
    OVER = ">", "{fact}超过{value}"
    AT_LEAST = ">=", "{fact}不低于{value}"
    IN = "in", "{fact}为{value}"
    NOT_IN = "not in", "{fact}不为{value}"

    @property
    def orders(self) -> bool:
        return self.value[0] in "<>"

    @property
    def lists(self) -> bool:
        return self.value.endswith("in")


@dataclass(frozen=True, slots=True)
class Compare:
    """One fact against a constant, or against a list of them for `in` and `not in`."""

    fact: str
    operator: Operator
    values: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


Condition = Compare | AllOf | AnyOf | Not


def holds(condition: Condition, facts: Mapping[str, Fact]) -> bool:
    """Say whether `condition` is true of `facts`, which must hold every fact it names."""
    match condition:
        case AllOf(parts):
            return all(holds(part, facts) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts) for part in parts)
        case Not(part):
            return not holds(part, facts)
        case Compare(fact, operator, values):
            return _compares(facts[fact], operator, values)


def comparisons_in(condition: Condition) -> Iterator[Compare]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons_in(part)
        case Not(part):
            yield from comparisons_in(part)
        case Compare():
            yield condition


def in_words(condition: Condition, specs: Mapping[str, FactSpec]) -> str:
    """Return the condition as an official would write it."""
    match condition:
        case AllOf(parts):
            return say("，且").join(_bracketed(part, specs) for part in parts)
        case AnyOf(parts):
            return say("，或").join(_bracketed(part, specs) for part in parts)
        case Not(part):
            return say("并非（{condition}）", condition=in_words(part, specs))
        case Compare(fact, operator, values):
            spec = specs.get(fact, FactSpec(fact, fact, FactKind.TEXT))
            title = say(spec.title)
            if spec.kind is FactKind.BOOL and len(values) == 1:
                is_so = values[0] == (operator in (Operator.IS, Operator.IN))
                return title if is_so else say("并非{fact}", fact=title)
            return say(operator.chinese, fact=title, value=say("或").join(map(spec.spoken, values)))


def representative_worlds(
    conditions: Iterable[Condition], specs: Mapping[str, FactSpec]
) -> list[dict[str, Fact]] | None:
    """Return facts that between them make `conditions` come out in every way they can.

    A comparison changes its answer only at its constants, so one value on each side of every
    constant stands for all others. None when there are more than `SEARCH_LIMIT` combinations.
    """
    constants: dict[str, set[Fact]] = {}
    for condition in conditions:
        for comparison in comparisons_in(condition):
            constants.setdefault(comparison.fact, set()).update(comparison.values)
    choices = {key: _domain(specs[key], found) for key, found in constants.items()}
    if prod(map(len, choices.values())) > SEARCH_LIMIT:
        return None
    return [dict(zip(choices, world, strict=True)) for world in product(*choices.values())]


def read_condition(entry: Entry) -> Condition:
    """Read `{fact, is, value}`, `{all = […]}`, `{any = […]}` or `{not = {…}}`."""
    words = entry.values.keys() & {"all", "any", "not", "fact"}
    if len(words) != 1:
        entry.fault("", "条件应当恰好写明 all、any、not、fact 之一")
        return AllOf(())
    found: Condition
    match words.pop():
        case "all":
            found = AllOf(tuple(map(read_condition, entry.entries("all"))))
        case "any":
            found = AnyOf(tuple(map(read_condition, entry.entries("any"))))
        case "not":
            found = Not(read_condition(entry.entry("not")))
        case _:
            found = _read_comparison(entry)
    entry.done()
    return found


def _read_comparison(entry: Entry) -> Compare:
    operator = entry.choice("is", Operator)
    value = entry.raw("value")
    values = value if isinstance(value, list) else [value]
    if value is None:
        entry.fault("value", "缺少“{key}”", key="value")
    elif not values or not all(isinstance(item, Fact) for item in values):
        entry.fault("value", "应当是文字、整数、是或否")
    if operator.lists != isinstance(value, list):
        entry.fault("value", "in 与 not in 比较一个列表，其他运算只比较一个值")
    return Compare(entry.text("fact"), operator, tuple(values))


def _compares(actual: Fact, operator: Operator, values: tuple[Fact, ...]) -> bool:
    match operator:
        case Operator.IS | Operator.IN:
            return actual in values
        case Operator.IS_NOT | Operator.NOT_IN:
            return actual not in values
    limit = values[0]
    assert isinstance(actual, int), "the checker lets only numbers be ordered"
    assert isinstance(limit, int), "the checker lets only numbers be ordered"
    match operator:
        case Operator.UNDER:
            return actual < limit
        case Operator.UP_TO:
            return actual <= limit
        case Operator.OVER:
            return actual > limit
        case _:
            return actual >= limit


def _domain(spec: FactSpec, constants: set[Fact]) -> list[Fact]:
    if spec.kind is FactKind.BOOL:
        return [True, False]
    if spec.values:
        return list(spec.values)
    if spec.is_ordered:
        numbers = {n for n in constants if isinstance(n, int)}
        return sorted({n + d for n in numbers for d in (-1, 0, 1)})
    # Longer than every constant, so it is equal to none of them.
    other = "".join(map(str, constants)) + "?"
    return [*sorted(map(str, constants)), other]


def _bracketed(part: Condition, specs: Mapping[str, FactSpec]) -> str:
    words = in_words(part, specs)
    return words if isinstance(part, Compare | Not) else say("（{condition}）", condition=words)
