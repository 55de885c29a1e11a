"""What a changed procedure or decision table changes, step by step and row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from shuce.engines.procedure.conditions import Condition, in_words
from shuce.engines.procedure.days import Deadline
from shuce.engines.procedure.facts import FactSpec
from shuce.engines.procedure.model import (
    START,
    Collective,
    Maker,
    Manned,
    Parallel,
    Procedure,
    Review,
    Share,
    Step,
    TableStep,
    walk,
)
from shuce.engines.procedure.tables import DecisionTable, Row
from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class Mark(Choice):
    """How a step or a row differs. The code is the class a style sheet colours it by."""

    ADDED = "added", "＋ 新增"
    REMOVED = "removed", "－ 删除"
    CHANGED = "changed", "△ 修改"
    MOVED = "moved", "⇅ 移动"


@dataclass(frozen=True, slots=True)
class Difference:
    """One property before and after, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StepChange:
    """One step that differs; `key` is empty for what concerns the procedure as a whole."""

    key: str
    title: str
    mark: Mark
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of a table before and after; equal ones have no mark."""

    before: Row | None
    after: Row | None
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text: the same in both, or only in the old (`-`) or in the new one (`+`)."""

    sign: str
    words: str


def changes_of_procedure(
    old: Procedure, new: Procedure, names: Mapping[str, str] | None = None
) -> list[StepChange]:
    """Return the steps that differ, in the order of `new`, those gone last.

    `names` turns codes of roles and places into words.
    """
    words = _Words(old, new, names or {})
    before = {step.key: step for step in old.all_steps()}
    after = {step.key: step for step in new.all_steps()}
    moved = _moved(old, new)
    found = list(words.heads())
    for key, step in after.items():
        if key not in before:
            found.append(StepChange(key, step.title, Mark.ADDED))
        elif differences := tuple(words.differences(before[key], step)):
            found.append(StepChange(key, step.title, Mark.CHANGED, differences))
        elif key in moved:
            found.append(StepChange(key, step.title, Mark.MOVED))
    gone = (step for key, step in before.items() if key not in after)
    return found + [StepChange(step.key, step.title, Mark.REMOVED) for step in gone]


def changes_of_table(old: DecisionTable, new: DecisionTable) -> list[RowChange]:
    """Return every row of both tables in order; a replaced row stands beside the one before it."""
    found: list[RowChange] = []
    for tag, i, j, k, m in _matched([repr(r) for r in old.rows], [repr(r) for r in new.rows]):
        before, after = old.rows[i:j], new.rows[k:m]
        if tag == "equal":
            found += [RowChange(a, b, None) for a, b in zip(before, after, strict=True)]
            continue
        both = min(len(before), len(after))
        pairs = zip(before[:both], after[:both], strict=True)
        found += [RowChange(a, b, Mark.CHANGED) for a, b in pairs]
        found += [RowChange(row, None, Mark.REMOVED) for row in before[both:]]
        found += [RowChange(None, row, Mark.ADDED) for row in after[both:]]
    return found


def changed_lines(old: str, new: str, *, around: int = 3) -> list[Line]:
    """Return the lines that differ with `around` lines beside them; `…` stands for the rest."""
    one, other = old.splitlines(), new.splitlines()
    found: list[Line] = []
    groups = SequenceMatcher(a=one, b=other, autojunk=False).get_grouped_opcodes(around)
    for number, group in enumerate(groups):
        if number or group[0][1] > 0:
            found.append(Line("…", ""))
        for tag, i, j, k, m in group:
            if tag == "equal":
                found += [Line(" ", line) for line in one[i:j]]
            else:
                found += [Line("-", line) for line in one[i:j]]
                found += [Line("+", line) for line in other[k:m]]
    return found


def _matched(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()


def _moved(old: Procedure, new: Procedure) -> set[str]:
    """Return the steps of both that stand elsewhere: in another branch, or in another order."""
    before, after = list(_places(old.steps, "")), list(_places(new.steps, ""))
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    stayed = {
        after[block.b + n][1] for block in matcher.get_matching_blocks() for n in range(block.size)
    }
    return {key for _, key in after} - stayed


def _places(steps: tuple[Step, ...], inside: str) -> Iterator[tuple[str, str]]:
    for step in steps:
        yield inside, step.key
        if isinstance(step, Parallel):
            for branch in step.branches:
                yield from _places(branch.steps, f"{inside}/{step.key}/{branch.title}")


class _Words:
    """Says the properties of two procedures in words."""

    def __init__(self, old: Procedure, new: Procedure, names: Mapping[str, str]) -> None:
        self.old, self.new = old, new
        self.names = names
        self.specs: dict[str, FactSpec] = {}
        self.titles = {START: say("申请人")}
        for procedure in (old, new):
            self.specs |= procedure.facts
            for step in procedure.all_steps():
                self.titles[step.key] = say(step.title)
                if isinstance(step, TableStep):
                    self.specs |= procedure.tables[step.table].outputs

    def heads(self) -> Iterator[StepChange]:
        both = tuple(_differing(self._head(self.old), self._head(self.new)))
        if both:
            yield StepChange("", say(self.new.title), Mark.CHANGED, both)

    def differences(self, old: Step, new: Step) -> Iterator[Difference]:
        return _differing(self._said(old), self._said(new))

    def _head(self, procedure: Procedure) -> dict[str, str]:
        return {
            "标题": procedure.title,
            "依据条款": procedure.clause.citation,
            "说明": procedure.description,
            "申请人": self._listed(self._maker(maker) for maker in procedure.makers),
            "补正时限": self._deadline(procedure.answer_by),
            "事实": self._listed(_fact(spec) for spec in procedure.facts.values()),
        }

    def _said(self, step: Step) -> dict[str, str]:
        said = {"类型": say(_KINDS[type(step)]), "名称": step.title}
        said["条件"] = self._condition(step.when)
        if isinstance(step, Parallel):
            said["分支"] = self._listed(branch.title for branch in step.branches)
            said["并行环节"] = self._listed(
                self.titles[one.key] for b in step.branches for one in walk(b.steps)
            )
        if isinstance(step, TableStep):
            said["决策表"] = step.table
        if isinstance(step, Manned):
            said |= self._manned(step)
        return said

    def _manned(self, step: Manned) -> dict[str, str]:
        said = {
            "办理岗位": self._maker(Maker(step.role, step.place)),
            "办理人说明": step.who,
            "办理时限": self._deadline(step.deadline),
            "可退回至": self._listed(self.titles.get(key, key) for key in step.may_return_to),
        }
        if isinstance(step, Review):
            said["办理方式"] = step.mode.label
            said["同意人数"] = str(step.quorum)
            said["办理人数"] = "" if step.voters is None else str(step.voters)
            said["意见"] = step.opinion.label
            said["可补充"] = self._listed(step.sets)
        if isinstance(step, Collective):
            said["成员人数"] = str(step.members)
            said["到会"] = _share(step.attendance)
            said["赞成"] = _share(step.majority)
        return said

    def _maker(self, maker: Maker) -> str:
        place, role = (say(self.names.get(code, code)) for code in (maker.place, maker.role))
        return f"{place}·{role}"

    def _condition(self, condition: Condition | None) -> str:
        return in_words(condition, self.specs) if condition is not None else ""

    def _deadline(self, deadline: Deadline | None) -> str:
        return str(deadline) if deadline else ""

    def _listed(self, words: Iterator[str] | tuple[str, ...]) -> str:
        return say("、").join(words)


_KINDS: Mapping[type, str] = {
    Review: "审查",
    Collective: "集体决策",
    Parallel: "并行办理",
    TableStep: "按决策表确定",
}


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for name in {**old, **new}:
        before, after = old.get(name, ""), new.get(name, "")
        if before != after:
            yield Difference(say(name), before, after)


def _fact(spec: FactSpec) -> str:
    values = "/".join(spec.values.values())
    default = "" if spec.default is None else spec.spoken(spec.default)
    return " ".join(filter(None, (say(spec.title), spec.kind.label, values, default)))


def _share(share: Share) -> str:
    words = "超过{whole}的{part}" if share.over else "不少于{whole}的{part}"
    whole = say("全体成员") if share.of_members else say("到会成员")
    return say(words, whole=whole, part=share.part)
