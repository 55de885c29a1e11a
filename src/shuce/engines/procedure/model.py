"""A procedure as a value: steps in order, some of them parallel, and nothing that runs.

The shape is a tree, not a graph. A parallel part holds its branches, so it cannot be joined by
something it did not open, and the only way back is a return, which names a step of the trunk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from shuce.engines.procedure.conditions import Condition
from shuce.engines.procedure.days import Deadline, WorkCalendar
from shuce.engines.procedure.facts import FactSpec
from shuce.engines.procedure.tables import DecisionTable
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause

# The application itself, before the first step: a return to it reviews everything anew.
START = "start"


class Mode(Choice):
    """How many of those who hold the role must approve."""

    ONE = "one", "一人办理"
    ALL = "all", "全体会签"
    ANY = "any", "任一人同意"
    QUORUM = "quorum", "达到规定人数同意"


class OpinionRule(Choice):
    AGAINST = "against", "不同意或退回时须写明意见"
    ALWAYS = "always", "均须写明意见"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a body: over one half, or at least two thirds, of its members or those present."""

    part: Fraction
    over: bool
    of_members: bool = True

    def is_reached(self, count: int, *, members: int, present: int) -> bool:
        whole = self.part * (members if self.of_members else present)
        return count > whole if self.over else count >= whole

    def is_possible(self) -> bool:
        return 0 < self.part < 1 or (self.part == 1 and not self.over)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    key: str
    title: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manned(_Step):
    """A step that waits for people: who (role and place, and in words), by when, and back where."""

    role: str
    place: str
    who: str = ""
    deadline: Deadline | None = None
    may_return_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(_Manned):
    """One, all, any or a number of those who hold a role at a place look at the case."""

    mode: Mode = Mode.ONE
    quorum: int = 1
    voters: int | None = None
    opinion: OpinionRule = OpinionRule.AGAINST
    sets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collective(_Manned):
    """A body decides by vote (集体决策): enough present, enough in favour, and minutes recorded."""

    members: int = 3
    attendance: Share
    majority: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStep(_Step):
    """A decision table is asked, and its answers become facts of the case."""

    table: str


@dataclass(frozen=True, slots=True)
class Branch:
    title: str
    steps: tuple["Step", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel(_Step):
    """Branches reviewed at the same time; over when every branch is, in one and the same round."""

    branches: tuple[Branch, ...]


Manned = Review | Collective
Step = Review | Collective | TableStep | Parallel


@dataclass(frozen=True, slots=True)
class Maker:
    """Who may start a case: a role at a place."""

    role: str
    place: str


@dataclass(frozen=True, slots=True)
class Procedure:
    key: str
    title: str
    clause: Clause
    description: str
    makers: tuple[Maker, ...]
    facts: Mapping[str, FactSpec]
    steps: tuple[Step, ...]
    tables: Mapping[str, DecisionTable]
    calendar: WorkCalendar
    answer_by: Deadline | None = None
    _by_key: Mapping[str, Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {step.key: step for step in walk(self.steps)})

    def step(self, key: str) -> Step | None:
        return self._by_key.get(key)

    def all_steps(self) -> Iterator[Step]:
        """Yield every step, parts before what they hold, in the order of the text."""
        yield from walk(self.steps)

    def title_of(self, key: str) -> str:
        """Return the title of a step or of the application, for choosing where to return to."""
        step = self.step(key)
        return step.title if step else "申请人"


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        if isinstance(step, Parallel):
            for branch in step.branches:
                yield from walk(branch.steps)
