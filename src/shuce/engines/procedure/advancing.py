"""The one walk over the tree that moves a case on: open, skip, ask, join, conclude."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from shuce.engines.procedure.conditions import holds
from shuce.engines.procedure.facts import Fact
from shuce.engines.procedure.model import Parallel, Procedure, Step, TableStep, walk
from shuce.engines.procedure.refusing import NotNow
from shuce.engines.procedure.state import Happened, Outcome, Record, State, Status, What
from shuce.engines.procedure.tables import NoAnswer
from shuce.kernel.refusals import Obstacle


def advance(procedure: Procedure, state: State, at: datetime) -> State:
    """Open whatever is due now; when nothing is left to do, the case is approved.

    There are no tokens to lose or to count twice: what has been done is looked up, step by step,
    each time. A parallel part is over exactly when each of its branches is found over.
    """
    return _Walk(procedure, state, at).result()


def forget_from(procedure: Procedure, state: State, target: str) -> Mapping[str, Record]:
    """Return the records without those of `target` and all that follows it on the trunk."""
    keys = [step.key for step in procedure.steps]
    first = keys.index(target) if target in keys else 0
    gone = {step.key for step in walk(procedure.steps[first:])}
    return {key: record for key, record in state.records.items() if key not in gone}


class _Walk:
    def __init__(self, procedure: Procedure, state: State, at: datetime) -> None:
        self.procedure = procedure
        self.state = state
        self.at = at
        self.records = dict(state.records)
        self.history = list(state.history)
        self.facts = state.facts

    def result(self) -> State:
        over = self._all_over(self.procedure.steps)
        return replace(
            self.state,
            records=self.records,
            history=tuple(self.history),
            outcome=Outcome.APPROVED if over else self.state.outcome,
        )

    def _all_over(self, steps: tuple[Step, ...]) -> bool:
        # `all` stops at the first step that is not over: later steps are not reached yet.
        return all(self._is_over(step) for step in steps)

    def _is_over(self, step: Step) -> bool:
        record = self.records.get(step.key) or self._reach(step)
        if isinstance(step, Parallel) and record.status is Status.OPEN:
            # Walk every branch before judging any, so that every branch opens.
            over = [self._all_over(branch.steps) for branch in step.branches]
            if all(over):
                inside = walk(tuple(s for branch in step.branches for s in branch.steps))
                # A nested part that was skipped left no records of what it holds.
                found = (self.records[s.key] for s in inside if s.key in self.records)
                assert all(one.round == record.round for one in found)
                self.records[step.key] = replace(record, status=Status.PASSED)
                return True
            return False
        return record.status is not Status.OPEN

    def _reach(self, step: Step) -> Record:
        record = Record(Status.OPEN, self.state.round, self.at)
        if step.when is not None and not holds(step.when, self.facts):
            record = replace(record, status=Status.SKIPPED)
            self._happened(What.SKIPPED, step)
        elif isinstance(step, TableStep):
            record = replace(record, status=Status.PASSED, facts=self._ask(step))
            self.facts.update(record.facts)
            self._happened(What.ANSWERED, step)
        self.records[step.key] = record
        return record

    def _ask(self, step: TableStep) -> Mapping[str, Fact]:
        table = self.procedure.tables[step.table]
        try:
            return table.decide(self.facts)
        except NoAnswer as error:
            raise NotNow(
                Obstacle("决策表“{table}”没有给出结论，请先修订", table.clause, table=table.title)
            ) from error

    def _happened(self, what: What, step: Step) -> None:
        self.history.append(Happened(what, step.key, self.state.round, "", self.at))
