"""Propose a level from what a scan found and what people know, with every reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shuce.engines.grading.levels import ImpactDegree, ImpactObject, Level, highest
from shuce.engines.grading.rules import GradingRules, default_rules
from shuce.kernel.words import say

_DECLARED = (Level.L5, Level.L6)


class ScannedColumn(Protocol):
    """What grading needs to know of a column."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...


class ScannedTable(Protocol):
    """What grading needs to know of a scanned table."""

    @property
    def name(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> Sequence[ScannedColumn]: ...


@dataclass(frozen=True)
class Impact:
    """One pair a person judged: whom it would hit, and how badly."""

    about: ImpactObject
    degree: ImpactDegree


@dataclass(frozen=True)
class Context:
    """What people know beyond the scan.

    `persons`: how many people the data is about, if known (else the rows are taken, where a column
    names people); `confirmed`: the level a person confirmed before; `catalogued`: the level a
    catalogue of important or core data gives it; `derived_from`: levels of the data it was made of.
    """

    impacts: tuple[Impact, ...] = ()
    persons: int | None = None
    has_minors: bool = False
    confirmed: Level | None = None
    catalogued: Level | None = None
    derived_from: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why the level is at least `level`: a sentence, and the text it rests on."""

    level: Level
    sentence: str
    basis: str


@dataclass(frozen=True)
class Proposal:
    """A level for a person to confirm. `must_confirm`: no gate may act on it before that."""

    level: Level
    reasons: tuple[Reason, ...]
    must_confirm: bool = False
    duties: tuple[str, ...] = field(default=())


def level_of_impact(impact: Impact, rules: GradingRules | None = None) -> Level:
    """Return the matrix's level for one impact; no harm is L1 (GB/T 43697, 6.5)."""
    if impact.degree is ImpactDegree.NONE:
        return Level.L1
    return (rules or default_rules()).matrix[(impact.about, impact.degree)]


def propose(
    table: ScannedTable, context: Context | None = None, rules: GradingRules | None = None
) -> Proposal:
    """Propose the level of a table: the highest of floors, volume, impacts and catalogues.

    L5 and L6 come only from what people judged or a catalogue says, and once there they are never
    lowered by a scan. Data derived from other data is graded anew from its own columns; the levels
    of its sources are named for the person who confirms, and only L5 and L6 carry over.
    """
    rules = rules or default_rules()
    context = context or Context()
    reasons = [
        *_from_columns(table, rules),
        *_from_volume(table, context, rules),
        *_from_impacts(context.impacts, rules),
        *_from_people(context, rules),
        *_from_sources(context, rules),
    ]
    level = highest(*(reason.level for reason in reasons))
    reasons.sort(key=lambda reason: -reason.level.rank)
    lowered = context.confirmed is not None and context.confirmed.rank > level.rank
    return Proposal(
        level,
        tuple(reasons),
        must_confirm=level.needs_a_person or lowered or bool(context.derived_from),
        duties=_duties(table, context, rules),
    )


def _from_columns(table: ScannedTable, rules: GradingRules) -> Iterable[Reason]:
    for column in table.columns:
        floor = rules.floor_of(column.type)
        if floor.rank > 1:
            yield Reason(
                floor,
                say(
                    "列 {column} 的内容为 {type}，不低于{level}",
                    column=column.name,
                    type=column.type,
                    level=floor.label,
                ),
                rules.basis["floors"],
            )


def _persons(table: ScannedTable, context: Context, rules: GradingRules) -> int:
    if context.persons is not None:
        return context.persons
    about_people = any(rules.floor_of(column.type).rank >= 3 for column in table.columns)
    return table.rows if about_people else 0


def _from_volume(table: ScannedTable, context: Context, rules: GradingRules) -> Iterable[Reason]:
    persons = _persons(table, context, rules)
    own = highest(*(rules.floor_of(column.type) for column in table.columns))
    if persons >= rules.large_persons and rules.large_from.rank <= own.rank:
        raised = Level(f"L{min(own.rank + 1, rules.large_ceiling.rank)}")
        if raised.rank > own.rank:
            yield Reason(
                raised,
                say(
                    "涉及约 {persons} 人，规模较大，由{was}升为{level}",
                    persons=persons,
                    was=own.label,
                    level=raised.label,
                ),
                rules.basis["volume"],
            )
    if context.has_minors:
        yield Reason(
            rules.minors_level,
            say("含不满{age}周岁未成年人的个人信息", age=rules.minors_below),
            rules.basis["minors"],
        )


def _from_impacts(impacts: Sequence[Impact], rules: GradingRules) -> Iterable[Reason]:
    for impact in impacts:
        level = level_of_impact(impact, rules)
        yield Reason(
            level,
            say(
                "影响对象为{about}，影响程度为{degree}，对应{level}",
                about=impact.about.label,
                degree=impact.degree.label,
                level=level.label,
            ),
            rules.basis["matrix"],
        )


def _from_people(context: Context, rules: GradingRules) -> Iterable[Reason]:
    if context.catalogued in _DECLARED:
        yield Reason(
            context.catalogued,
            say("已列入{level}目录", level=context.catalogued.label),
            rules.basis["matrix"],
        )
    if context.confirmed in _DECLARED:
        yield Reason(
            context.confirmed,
            say("此前已由人工确认为{level}，机器不得降低", level=context.confirmed.label),
            rules.basis["matrix"],
        )


def _from_sources(context: Context, rules: GradingRules) -> Iterable[Reason]:
    if not context.derived_from:
        return
    source = highest(*context.derived_from)
    yield Reason(
        source if source in _DECLARED else Level.L1,
        say("由{level}数据衍生，按自身内容重新定级，须人工确认（附录I）", level=source.label),
        rules.basis["matrix"],
    )


def _duties(table: ScannedTable, context: Context, rules: GradingRules) -> tuple[str, ...]:
    persons = _persons(table, context, rules)
    if persons < rules.duty_persons:
        return ()
    return (
        say(
            "涉及 {persons} 人个人信息，须履行重要数据处理者的安全负责人和机构、年度风险评估等义务",
            persons=persons,
        ),
    )
