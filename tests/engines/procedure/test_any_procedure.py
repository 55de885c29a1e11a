"""Whatever procedure the checker lets through, and whatever people lawfully do with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shuce.engines.procedure import (
    START,
    Ballot,
    Collective,
    FactKind,
    FactSpec,
    Mode,
    NotNow,
    Outcome,
    Parallel,
    Procedure,
    Review,
    State,
    Status,
    Task,
    TaskKind,
    Verdict,
    What,
    WorkCalendar,
    check,
    decide,
    delegate,
    draw,
    minute,
    resubmit,
    start,
    state_from_json,
    to_json,
    vote,
    waiting,
)
from shuce.engines.procedure.conditions import Compare, Condition, Operator
from shuce.engines.procedure.model import Branch, Maker, Share, Step, TableStep, walk
from shuce.engines.procedure.tables import DecisionTable, load_table
from shuce.kernel.clauses import Clause
from tests.engines.procedure.office import MONDAY, PLACES, ROLES

MAKER = "maker"
HALF = Share(Fraction(1, 2), over=True)
MODES = st.sampled_from(Mode)
TABLE = load_table("""
key = "levels"
title = "分级表"
clause = "N-4"
basis = "示例"
[inputs]
size = { type = "int" }
[outputs]
level = { type = "text", values = ["LOW", "HIGH"] }
[[rows]]
when = { size = { below = 5 } }
then = { level = "LOW" }
basis = "示例"
confidence = "proposed"
[[rows]]
when = { size = { from = 5 } }
then = { level = "HIGH" }
basis = "示例"
confidence = "proposed"
""")


@dataclass
class Architect:
    """Draws steps with fresh keys; `tabled` once the table has been asked for sure."""

    draw: st.DrawFn
    trunk: list[str] = field(default_factory=list)
    keys: int = 0
    tabled: bool = False

    def key(self) -> str:
        self.keys += 1
        return f"s{self.keys}"

    def condition(self) -> Condition | None:
        if self.tabled and self.draw(st.booleans()):
            answer = self.draw(st.sampled_from(["LOW", "HIGH"]))
            return Compare("level", Operator.IS, (answer,))
        if self.draw(st.integers(0, 2)) == 0:
            operator = self.draw(st.sampled_from([Operator.OVER, Operator.UP_TO]))
            return Compare("size", operator, (self.draw(st.integers(0, 9)),))
        return None

    def targets(self, *more: str) -> tuple[str, ...]:
        targets = [START, *self.trunk, *more]
        return tuple(self.draw(st.lists(st.sampled_from(targets), unique=True, max_size=3)))

    def manned(self, *more: str) -> Step:
        key, when, targets = self.key(), self.condition(), self.targets(*more)
        post = {"key": key, "title": key, "role": "UNIT_HEAD", "place": "holder"}
        if self.draw(st.integers(0, 3)) == 0:
            return Collective(
                **post, when=when, may_return_to=targets, attendance=HALF, majority=HALF
            )
        mode = self.draw(MODES)
        quorum = 2 if mode is Mode.QUORUM else 1
        return Review(**post, when=when, may_return_to=targets, mode=mode, quorum=quorum)

    def parallel(self, top: str, deep: int) -> Step:
        branches = []
        for _ in range(self.draw(st.integers(2, 3))):
            steps = [self.manned(top)]
            if self.draw(st.booleans()):
                nests = deep and self.draw(st.integers(0, 2)) == 0
                steps.append(self.parallel(top, deep - 1) if nests else self.manned(top))
            branches.append(Branch("分支", tuple(steps)))
        key = self.key() if deep == 0 else top
        if any(step.key == key for branch in branches for step in walk(branch.steps)):
            key = self.key()
        return Parallel(key=key, title=key, when=self.condition(), branches=tuple(branches))

    def steps(self) -> Iterator[Step]:
        for _ in range(self.draw(st.integers(1, 4))):
            match self.draw(st.integers(0, 3)):
                case 0 if not self.tabled:
                    yield TableStep(key="ask", title="ask", table="levels")
                    self.tabled = True
                case 0 | 1:
                    step = self.parallel(self.key(), 1)
                    yield step
                    self.trunk.append(step.key)
                case _:
                    step = self.manned()
                    yield step
                    self.trunk.append(step.key)


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    tables: dict[str, DecisionTable] = {"levels": TABLE}
    found = Procedure(
        key="any",
        title="任意",
        clause=Clause.N_4,
        description="",
        makers=(Maker("ASSET_KEEPER", "holder"),),
        facts={"size": FactSpec("size", "规模", FactKind.INT)},
        steps=tuple(Architect(draw).steps()),
        tables=tables,
        calendar=WorkCalendar(),
    )
    assume(check(found, roles=ROLES, places=PLACES) == [])
    return found


class Office:
    """People who do lawful things at random, and unlawful ones that must be refused."""

    def __init__(self, found: Procedure, data: st.DataObject) -> None:
        self.found = found
        self.pick = lambda options: data.draw(st.sampled_from(options))
        self.at = MONDAY

    def act(self, state: State) -> State:
        self.at += timedelta(hours=7)
        task = self.pick(list(waiting(self.found, state)))
        voters = [f"{task.step}-{letter}" for letter in "abc"]
        self._maker_is_refused(state, task, [*voters, MAKER])
        if task.kind is TaskKind.ANSWER:
            facts = {"size": self.pick(range(10))}
            return resubmit(self.found, state, actor=MAKER, at=self.at, facts=facts)
        left = [name for name in voters if name not in task.decided_by]
        # Seldom anything but approval, or no case would ever come to its end.
        if self.pick(range(8)) == 0 and task.may_return_to and left:
            return self._judge(state, task, left[0], Verdict.RETURN, voters)
        if task.kind is TaskKind.MINUTES and (not left or self.pick([True, False])):
            return self._minute(state, task)
        if task.kind is not TaskKind.REVIEW:
            ballot = self.pick([Ballot.FOR] * 6 + [Ballot.AGAINST, Ballot.ABSTAIN])
            return vote(
                self.found,
                state,
                step=task.step,
                actor=left[0],
                ballot=ballot,
                at=self.at,
                voters=voters,
            )
        verdict = Verdict.REJECT if self.pick(range(12)) == 0 else Verdict.APPROVE
        actor = left[0]
        if self.pick(range(6)) == 0 and not task.delegates:
            deputy = f"{actor}-deputy"
            state = delegate(self.found, state, step=task.step, actor=actor, to=deputy, at=self.at)
            actor = deputy
        return self._judge(state, task, actor, verdict, voters)

    def _judge(
        self, state: State, task: Task, actor: str, verdict: Verdict, voters: list[str]
    ) -> State:
        return decide(
            self.found,
            state,
            step=task.step,
            actor=actor,
            verdict=verdict,
            at=self.at,
            opinion_given=True,
            return_to=self.pick(task.may_return_to) if verdict is Verdict.RETURN else None,
            voters=voters,
        )

    def _minute(self, state: State, task: Task) -> State:
        return minute(
            self.found,
            state,
            step=task.step,
            actor="clerk",
            number="1",
            held_on=self.at.date(),
            digest="ab",
            at=self.at,
        )

    def _maker_is_refused(self, state: State, task: Task, voters: list[str]) -> None:
        if task.kind is TaskKind.ANSWER:
            return
        for verdict in Verdict:
            try:
                self._judge(state, task, MAKER, verdict, voters) if (
                    verdict is not Verdict.RETURN or task.may_return_to
                ) else None
            except NotNow:
                continue
            assert verdict is Verdict.RETURN
            assert not task.may_return_to


def last_target(state: State) -> str | None:
    """Return where the case went back to last, read from the history alone."""
    targets = [h.step for h in state.history if h.what is What.RESUBMITTED]
    return targets[-1] if targets else None


def assert_nobody_was_passed_over(found: Procedure, state: State) -> None:
    """Judge an approval from the history, without the records that the engine keeps."""
    trunk = [step.key for step in found.steps]
    target = last_target(state)
    anew = trunk.index(target) if target in trunk else 0
    for position, top in enumerate(found.steps):
        for step in walk((top,)):
            visits = [h for h in state.history if h.step == step.key]
            skipped = [h.round for h in visits if h.what is What.SKIPPED]
            record = state.records.get(step.key)
            if record is None:
                # Inside a part that was itself skipped, and nowhere else.
                assert state.records[top.key].status is Status.SKIPPED or any(
                    state.records[outer.key].status is Status.SKIPPED
                    for outer in walk((top,))
                    if isinstance(outer, Parallel)
                    and outer.key in state.records
                    and step in walk((outer,))
                )
                continue
            if position >= anew:
                assert record.round == state.round, "what follows a return is reviewed anew"
            if record.status is Status.SKIPPED:
                assert record.round in skipped
                continue
            assert record.status is Status.PASSED
            here = [h for h in visits if h.round == record.round]
            approvals = {h.to or h.actor for h in here if h.what is What.APPROVED}
            if isinstance(step, Review):
                needed = {Mode.ALL: 3, Mode.QUORUM: 2}.get(step.mode, 1)
                assert len(approvals) >= needed
            elif isinstance(step, Collective):
                assert sum(h.what is What.VOTED_FOR for h in here) * 2 > 3
                assert any(h.what is What.MINUTED for h in here)
            elif isinstance(step, Parallel):
                inside = [s for s in walk((step,)) if s.key in state.records]
                assert {state.records[s.key].round for s in inside} == {record.round}


def assert_sound(found: Procedure, state: State) -> None:
    tasks = waiting(found, state)
    assert bool(tasks) is (state.outcome is Outcome.OPEN)
    assert all(happened.actor != MAKER for happened in state.history if happened.what.is_decision)
    assert state_from_json(to_json(state)) == state
    # Nothing on the trunk is reached while something before it still waits.
    reached = [top for top in found.steps if top.key in state.records]
    assert reached == list(found.steps[: len(reached)])
    for top in reached[:-1]:
        assert state.records[top.key].status is not Status.OPEN
    if state.outcome is Outcome.APPROVED:
        assert_nobody_was_passed_over(found, state)


@settings(max_examples=300, deadline=None)
@given(procedures(), st.data())
def test_a_case_always_waits_for_somebody_or_ends_and_never_passes_with_a_step_undone(
    found: Procedure, data: st.DataObject
) -> None:
    office = Office(found, data)
    state = start(found, {"size": data.draw(st.integers(0, 9))}, maker=MAKER, at=MONDAY)
    assert_sound(found, state)
    for _ in range(60):
        if state.outcome is not Outcome.OPEN:
            break
        state = office.act(state)
        assert_sound(found, state)
    assert draw(found, state).endswith("</svg>")


@settings(max_examples=200, deadline=None)
@given(procedures(), st.integers(0, 9))
def test_if_everybody_approves_the_case_passes_in_one_round(found: Procedure, size: int) -> None:
    class Approving(Office):
        def __init__(self) -> None:
            self.found, self.at = found, MONDAY
            self.pick = lambda options: list(options)[-1 if isinstance(options, range) else 0]

    office = Approving()
    state = start(found, {"size": size}, maker=MAKER, at=MONDAY)
    while state.outcome is Outcome.OPEN:
        state = office.act(state)
    assert state.outcome is Outcome.APPROVED
    assert state.round == 1
