"""Whether a procedure makes sense before any case is let into it: nobody waits in vain, nothing
is passed by nobody, and whoever makes the request is never the one who has to check it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from shuce.engines.procedure.conditions import (
    AllOf,
    Condition,
    Not,
    comparisons_in,
    holds,
    representative_worlds,
)
from shuce.engines.procedure.facts import FactSpec
from shuce.engines.procedure.faults import Fault
from shuce.engines.procedure.model import (
    START,
    Collective,
    Maker,
    Manned,
    Mode,
    Parallel,
    Procedure,
    Review,
    Step,
    TableStep,
    walk,
)
from shuce.engines.procedure.tables import OneOf, check_table


def check(procedure: Procedure, *, roles: Collection[str], places: Collection[str]) -> list[Fault]:
    """Return everything wrong with the procedure's sense; empty when cases may be started."""
    faults = [
        *_faults_of_keys(procedure),
        *_faults_of_people(procedure, set(roles), set(places)),
        *_faults_of_returns(procedure),
        *_faults_of_parallels(procedure),
        *_faults_of_tables(procedure),
        *_faults_of_facts(procedure),
    ]
    # Which steps can be reached is asked only of conditions known to be sound.
    return faults or [*_faults_of_paths(procedure)]


def _faults_of_keys(procedure: Procedure) -> Iterator[Fault]:
    counted = Counter(step.key for step in procedure.all_steps())
    for key, count in counted.items():
        if count > 1:
            yield Fault(key, "环节代码“{key}”出现了{count}次", {"key": key, "count": count})
        if key in ("", START):
            yield Fault(key, "环节代码“{key}”为系统保留", {"key": key})


def _faults_of_people(procedure: Procedure, roles: set[str], places: set[str]) -> Iterator[Fault]:
    if not procedure.makers:
        yield Fault("makers", "没有写明谁可以提出申请")
    for maker in procedure.makers:
        yield from _faults_of_post("makers", maker.role, maker.place, roles, places)
    for step in procedure.all_steps():
        if not isinstance(step, Manned):
            continue
        yield from _faults_of_post(step.key, step.role, step.place, roles, places)
        if Maker(step.role, step.place) in procedure.makers:
            yield Fault(step.key, "只有申请人一方可以办理这一环节，申请人将审批自己的申请")
        yield from _faults_of_numbers(step)


def _faults_of_post(
    step: str, role: str, place: str, roles: set[str], places: set[str]
) -> Iterator[Fault]:
    if role not in roles:
        yield Fault(step, "没有角色“{role}”", {"role": role})
    if place not in places:
        yield Fault(step, "没有办理层级“{place}”", {"place": place})


def _faults_of_numbers(step: Manned) -> Iterator[Fault]:
    if isinstance(step, Collective):
        if step.members < 2:
            yield Fault(step.key, "集体决策成员至少二人")
        if not (step.attendance.is_possible() and step.majority.is_possible()):
            yield Fault(step.key, "到会或赞成的比例永远达不到，或没有要求")
        return
    if step.quorum < 1:
        yield Fault(step.key, "同意人数至少一人")
    if step.voters is not None and step.mode is Mode.QUORUM and step.quorum > step.voters:
        facts = {"quorum": step.quorum, "voters": step.voters}
        yield Fault(step.key, "须{quorum}人同意，而办理人只有{voters}人，永远达不到", facts)


def _faults_of_returns(procedure: Procedure) -> Iterator[Fault]:
    trunk = [step.key for step in procedure.steps]
    for position, top in enumerate(procedure.steps):
        for step in walk((top,)):
            for target in step.may_return_to if isinstance(step, Manned) else ():
                facts = {"target": target}
                if target == START:
                    continue
                if procedure.step(target) is None:
                    yield Fault(step.key, "退回的环节“{target}”不存在", facts)
                elif target not in trunk:
                    yield Fault(
                        step.key, "“{target}”在并行部分之内，请退回到整个并行部分，以免漏审", facts
                    )
                elif isinstance(procedure.step(target), TableStep):
                    yield Fault(step.key, "“{target}”不由人办理，不能退回到那里", facts)
                # A branch may send its whole parallel part back; that reviews its siblings anew.
                elif trunk.index(target) >= position + (step is not top):
                    yield Fault(step.key, "退回的环节“{target}”不在本环节之前", facts)


def _faults_of_parallels(procedure: Procedure) -> Iterator[Fault]:
    for step in procedure.all_steps():
        if not isinstance(step, Parallel):
            continue
        if len(step.branches) < 2:
            yield Fault(step.key, "并行部分至少有两个分支")
        for branch in step.branches:
            if not any(isinstance(inside, Manned) for inside in walk(branch.steps)):
                facts = {"branch": branch.title}
                yield Fault(step.key, "分支“{branch}”没有人办理", facts)


def _faults_of_tables(procedure: Procedure) -> Iterator[Fault]:
    asked = {step.table: step for step in procedure.all_steps() if isinstance(step, TableStep)}
    for name, step in asked.items():
        table = procedure.tables[name]
        for fault in check_table(table):
            facts = {"table": table.title, "place": fault.step, "reason": fault.reason}
            yield Fault(step.key, "决策表“{table}” {place}：{reason}", facts)


@dataclass(frozen=True, slots=True)
class _Known:
    """What may be relied on at a point of the tree: facts, and those whose value is settled."""

    specs: Mapping[str, FactSpec]
    still_open: frozenset[str]


def _faults_of_facts(procedure: Procedure) -> Iterator[Fault]:
    setters = [s for s in procedure.all_steps() if isinstance(s, Review) and s.sets]
    still_open = frozenset(name for step in setters for name in step.sets)
    for step in setters:
        for name in step.sets:
            if name not in procedure.facts:
                yield Fault(step.key, "没有事实“{fact}”", {"fact": name})
    faults: list[Fault] = []
    _walk_facts(procedure, procedure.steps, _Known(procedure.facts, still_open), faults)
    yield from faults


def _walk_facts(
    procedure: Procedure, steps: tuple[Step, ...], known: _Known, faults: list[Fault]
) -> _Known:
    for step in steps:
        if step.when is not None:
            faults.extend(_faults_of_condition(step.key, step.when, known))
        after = known
        match step:
            case TableStep():
                after = _ask_table(procedure, step, known, faults)
            case Review():
                after = replace(known, still_open=known.still_open.difference(step.sets))
            case Parallel():
                after = _walk_branches(procedure, step, known, faults)
        # A fact that a skipped step did not find is not there for anybody to look at.
        known = after if step.when is None else replace(known, still_open=after.still_open)
    return known


def _walk_branches(
    procedure: Procedure, step: Parallel, known: _Known, faults: list[Fault]
) -> _Known:
    specs, still_open = dict(known.specs), set(known.still_open)
    for branch in step.branches:
        # Each branch begins from what was known before: what a sibling finds may come later.
        found = _walk_facts(procedure, branch.steps, known, faults)
        specs |= found.specs
        still_open &= found.still_open
    return _Known(specs, frozenset(still_open))


def _ask_table(procedure: Procedure, step: TableStep, known: _Known, faults: list[Fault]) -> _Known:
    table = procedure.tables[step.table]
    for name, spec in table.inputs.items():
        faults.extend(_faults_of_use(step.key, name, known))
        given = known.specs.get(name)
        if given and given.kind.python is not spec.kind.python:
            faults.append(Fault(step.key, "“{fact}”的类型与决策表不符", {"fact": name}))
        elif (
            given
            and spec.values
            and not (given.values and given.values.keys() <= spec.values.keys())
        ):
            faults.append(Fault(step.key, "“{fact}”可能取决策表不认识的值", {"fact": name}))
    for name in table.outputs:
        owner = procedure.facts.get(name) or (name in known.specs)
        if owner:
            faults.append(Fault(step.key, "“{fact}”已另有来源，决策表不能再定", {"fact": name}))
    return replace(known, specs={**known.specs, **_answers(procedure, step)})


def _faults_of_condition(step: str, condition: Condition, known: _Known) -> Iterator[Fault]:
    for comparison in comparisons_in(condition):
        yield from _faults_of_use(step, comparison.fact, known)
        spec = known.specs.get(comparison.fact)
        if spec is None:
            continue
        if comparison.operator.orders and not spec.is_ordered:
            yield Fault(step, "“{fact}”不是数值，不能比较大小", {"fact": spec.key})
        for value in comparison.values:
            # A table's answers are narrowed below to those it gives; others are idle, not wrong.
            if type(value) is not spec.kind.python:
                facts = {"fact": spec.key, "value": value}
                yield Fault(step, "“{fact}”不能与“{value}”比较，类型不符", facts)
            elif spec.values and value not in spec.values:
                facts = {"fact": spec.key, "value": value}
                yield Fault(step, "“{fact}”不会取值“{value}”", facts)


def _faults_of_use(step: str, fact: str, known: _Known) -> Iterator[Fault]:
    if fact not in known.specs:
        yield Fault(step, "到这一环节时还没有事实“{fact}”", {"fact": fact})
    elif fact in known.still_open:
        yield Fault(step, "“{fact}”在这一环节之后或同时还会改动，不能据以判断", {"fact": fact})


def _faults_of_paths(procedure: Procedure) -> Iterator[Fault]:
    specs = dict(procedure.facts)
    for step in procedure.all_steps():
        if isinstance(step, TableStep):
            specs |= _answers(procedure, step)
    manned: list[Condition] = []
    for step, path in _paths(procedure.steps, ()):
        worlds = representative_worlds(path, specs)
        if worlds is not None and not any(_all_hold(path, world) for world in worlds):
            yield Fault(step.key, "条件永远不成立，走不到这一环节")
        elif isinstance(step, Manned):
            manned.append(AllOf(path))
    worlds = representative_worlds(manned, specs)
    if worlds is None:
        asleep = AllOf(()) not in manned
    else:
        asleep = any(_all_hold([Not(path) for path in manned], world) for world in worlds)
    if asleep:
        yield Fault("", "可能所有环节都被跳过，未经任何人审批就通过")


def _paths(
    steps: tuple[Step, ...], above: tuple[Condition, ...]
) -> Iterator[tuple[Step, tuple[Condition, ...]]]:
    """Yield each step with every condition that must hold for it to be reached."""
    for step in steps:
        path = above if step.when is None else (*above, step.when)
        yield step, path
        if isinstance(step, Parallel):
            for branch in step.branches:
                yield from _paths(branch.steps, path)


def _all_hold(conditions: Collection[Condition], world: Mapping[str, str | int | bool]) -> bool:
    return all(holds(condition, world) for condition in conditions)


def _answers(procedure: Procedure, step: TableStep) -> dict[str, FactSpec]:
    """Return the facts a table finds; a text is one of the answers that some row gives."""
    table = procedure.tables[step.table]
    found = {}
    for name, spec in table.outputs.items():
        given = OneOf(tuple(row.then[name] for row in table.rows if name in row.then)).values
        if spec.kind.python is str:
            spec = replace(spec, values={str(v): spec.spoken(v) for v in given})
        found[name] = spec
    return found
