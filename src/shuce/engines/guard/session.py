"""One operator's session, or all work under one grant: a policy, its files, and a memory."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from shuce.engines.guard.engine import DataUnfit, Worker, WorkerStopped
from shuce.engines.guard.foresight import Foresight, Widths, errors_of
from shuce.engines.guard.fromlist import quoted
from shuce.engines.guard.memory import (
    Counts,
    Memory,
    compact_of,
    comparable,
    comparison,
    size_of,
    vectors_of,
    whole_of,
)
from shuce.engines.guard.policy import Policy
from shuce.engines.guard.reading import read_question
from shuce.engines.guard.splitting import Plan, split
from shuce.engines.guard.units import Family, ReleaseUnit, families_of, noise_request, unit_request
from shuce.engines.guard.verdicts import Rule, Stopped, Verdict, refusal
from shuce.engines.privacy.ledger import BudgetExhausted, Ledger

# A family of a question, with the place of its grouping set and the condition of its part.
Own = tuple[int, str, Family]
_USED_UP = Rule.BUDGET, "查询次数已经用完"
_WORDS: dict[str, tuple[Rule, str]] = {
    "GROUP_TOO_FINE": (
        Rule.GROUP_TOO_FINE,
        "符合条件的人数不足最小人数；请放宽条件，或用更粗的分组",
    ),
    "DIFFERENCING": (
        Rule.DIFFERENCING,
        "与以前的结果相减会露出少数人；请使用与以前相同的条件",
    ),
    "ROWS": (Rule.LIMIT, "结果的行数太多；请用 LIMIT 或更粗的分组"),
    "CELLS": (Rule.GROUP_TOO_FINE, "分组太多；请用更粗的分组"),
    "LIMIT": (Rule.LIMIT, "查询超过了时间或内存的限制"),
    "ENGINE": (Rule.ENGINE, "查询不能执行；请检查各列的类型与运算"),
}


class Session:
    """Judges and answers questions one after another. Not for use from two threads at once."""

    def __init__(
        self,
        policy: Policy,
        files: Mapping[str, Path],
        memory: Memory | None = None,
        at: datetime | None = None,
    ) -> None:
        self.policy = policy
        # When the next question is asked: what `current_date` means in it.
        self.at = at
        self.memory = memory or Memory()
        self._worker = Worker(
            policy, {name: files[name] for name in policy.tables if name in files}
        )

    def ask(self, sql: str) -> Verdict:
        """Judge `sql` and, where it may be, answer it. Never raises for what a question says."""
        before = self.memory.spent
        verdict = self._ask(sql)
        return replace(verdict, epsilon=self.memory.spent - before)

    def _ask(self, sql: str) -> Verdict:
        try:
            question = read_question(sql, self.policy, self.at)
            self._worker.start()
            plan = split(question, self.policy, self._worker.facts, self._settle)
            return self._run(plan)
        except Stopped as stopped:
            return stopped.verdict
        except WorkerStopped:
            return Stopped(*_WORDS["LIMIT"]).verdict
        except DataUnfit as unfit:
            return Stopped(Rule.SOURCE, "数据与授权不符：{what}", what=str(unfit)).verdict
        except RecursionError:
            return Stopped(Rule.SYNTAX, "查询嵌套太深").verdict

    def foresee(self, sql: str) -> Foresight:
        """Tell what `sql` would cost and how exact its figures would be; spend and release nothing.

        Reads the question and the policy, not the data: whether groups are large enough, and
        whether earlier answers stand in the way, is found only by asking.
        """
        first: list[float] = []

        def settle(plan: Plan) -> list[list[Any]]:
            asked = self._noisy(plan)[0] if self._is_noisy else []
            first.append(self._cost(asked, sum(first)))
            return [[1] * len(plan.names)]  # any constant: what stands there is not read again

        try:
            question = read_question(sql, self.policy, self.at)
            self._worker.start()
            plan = split(question, self.policy, self._worker.facts, settle)
            if self.memory.asked >= self.policy.limits.queries_per_day:
                raise Stopped(*_USED_UP)
            requests = self._noisy(plan)[0] if self._is_noisy else []
            cost = self._cost(requests, sum(first))
        except Stopped as stopped:
            refused = stopped.verdict
            return Foresight(refused.rule, refused.reason, is_noisy=self._is_noisy)
        except (WorkerStopped, DataUnfit, RecursionError):
            return Foresight(Rule.ENGINE, refusal(*_WORDS["ENGINE"]).reason)
        return Foresight(
            columns=plan.names,
            is_noisy=self._is_noisy,
            is_known=bool(requests) and all("stuck" in request for request in requests),
            epsilon=cost + sum(first),
            epsilon_left=Ledger(self.policy.privacy.epsilon_total, self.memory.spent).left
            if self._is_noisy
            else 0.0,
            minimum=max((unit.minimum for unit in plan.units), default=0),
            asked_first=len(first),
            errors=errors_of(plan, _widths(requests)),
        )

    @property
    def _is_noisy(self) -> bool:
        return self.policy.privacy.mode == "dp"

    def close(self) -> None:
        """End the worker."""
        self._worker.stop()

    def _settle(self, plan: Plan) -> list[list[Any]]:
        """Answer a query that stands inside a condition: a question like any other."""
        rows: list[list[Any]] = self._compute(plan)["rows"]
        return rows

    def _run(self, plan: Plan) -> Verdict:
        told = self._compute(plan)
        self.memory.asked += 1
        return Verdict(
            columns=plan.names,
            rows=tuple(tuple(row) for row in told["rows"]),
            suppressed_groups=int(told["suppressed"]),
            errors=_errors(plan, told["units"]),
        )

    def _compute(self, plan: Plan) -> dict[str, Any]:
        """Have the worker answer a plan, pay for it, and remember what it released."""
        if self.memory.asked >= self.policy.limits.queries_per_day:
            raise Stopped(*_USED_UP)
        noisy = self._is_noisy
        requests, families = self._noisy(plan) if noisy else self._exact(plan)
        cost = self._cost(requests) if noisy else 0.0
        told = self._worker.ask(
            {
                "do": "answer",
                "units": requests,
                "public": list(plan.public),
                "shown": {t: list(self.policy.tables[t].columns_kept) for t in plan.public},
                "sql": plan.tree.sql("duckdb"),
                "most_rows": self.policy.limits.result_rows,
                "history": [] if noisy else self._history(),
            },
            self.policy.limits.seconds,
        )
        # Even a refusal from here on says something about the data: it costs the same.
        self.memory.spent += cost
        if "rows" not in told:
            raise Stopped(*_WORDS.get(str(told.get("rule")), _WORDS["ENGINE"]))
        for request, report in zip(requests, told["units"], strict=True):
            if "stuck" in report:
                self.memory.stuck[request["question"]] = report["stuck"]
        counts = [sizes for report in told["units"] for sizes in report.get("counts", [])]
        hidden = [names for report in told["units"] for names in report.get("hidden", [])]
        if not noisy:
            kept = zip(families, counts, hidden, strict=True)
            self.memory.remember((family, sizes, names) for (_, _, family), sizes, names in kept)
        return told

    def _exact(self, plan: Plan) -> tuple[list[dict[str, Any]], list[Own]]:
        requests: list[dict[str, Any]] = []
        families: list[Own] = []
        for unit in plan.units:
            request = unit_request(unit, self.policy, self._worker.facts)
            own = families_of(unit, self.policy)
            request.update(
                most_cells=self.policy.limits.cells,
                most_suppressed=self.policy.limits.suppressed_share,
                checks=self._checks(unit, request, own, families),
                audits=[
                    [*self._vectors(family), self.policy.minimum_group, unit.minimum]
                    for _, _, family in own
                ],
                parts=[
                    [place, request["leaves"].get(leaf, -1) if leaf else -1, leaf != ""]
                    for place, leaf, _ in own
                ],
            )
            if any(first < 0 for first, *_ in request["pairs"]):
                raise Stopped(Rule.LIMIT, "一个查询里带条件的汇总太多")
            requests.append(request)
            families += own
        return requests, families

    def _noisy(self, plan: Plan) -> tuple[list[dict[str, Any]], list[Own]]:
        requests = []
        for unit in plan.units:
            request = noise_request(unit, self.policy, self._worker.facts)
            request["question"] = question = json.dumps([request["sql"], request["noise"]])
            request["most_cells"] = self.policy.limits.cells
            if question in self.memory.stuck:
                request["stuck"] = self.memory.stuck[question]
            requests.append(request)
        return requests, []

    def _cost(self, requests: list[dict[str, Any]], promised: float = 0.0) -> float:
        """Share the question's epsilon among its new units, and return what it comes to.

        `promised` is what will be spent before it.
        """
        new = [request for request in requests if "stuck" not in request]
        if not new:
            return 0.0
        each = self.policy.privacy.epsilon_per_query
        try:
            Ledger(self.policy.privacy.epsilon_total, self.memory.spent + promised).spend(each)
        except BudgetExhausted:
            raise Stopped(Rule.BUDGET, "隐私预算已经用完；以前问过的问题仍可再问") from None
        for request in new:
            request["noise"]["epsilon"] = each / len(new)
        return each

    def _history(self) -> list[list[Any]]:
        """Return the families released so far, for the audit of combinations."""
        least = self.policy.minimum_group
        return [[*self._vectors(f), least, names] for f, names in self.memory.hidden.items()]

    def _vectors(self, family: Family) -> tuple[str, str, bool, list[Any]]:
        """Return how the worker reads the people of a family, all of them or by atoms."""
        is_unique = self.policy.subject in self._worker.facts.unique
        is_of_people = is_unique and " JOIN " not in family.private
        alone = is_of_people and not family.public
        joined = is_of_people and all(self._joins_one(each) for each in family.public)
        compact = compact_of(family, self.policy.subject) if joined else []
        return *vectors_of(family, is_rows=alone), compact

    def _joins_one(self, joined: tuple[str, str]) -> bool:
        """Say whether a public table of a family is joined by a key of its own."""
        table, on = joined
        return any(
            f"{quoted(table)}.{quoted(column)}" in on
            for name, column in self._worker.facts.unique
            if name == table
        )

    def _checks(
        self,
        unit: ReleaseUnit,
        request: dict[str, Any],
        own: list[Own],
        before: list[Own],
    ) -> list[dict[str, Any]]:
        """Return the comparisons of a unit's families with everything released earlier.

        `counts` lets the worker pass over a comparison in which no two cells are of near size; or
        `before`, the place of a family that this very question releases, or `size`, the SQL that
        counts everyone.
        """
        earlier: dict[Family, Counts] = {family: None for _, _, family in before}
        places = {family: place for place, (_, _, family) in enumerate(before)}
        earlier.update(self.memory.families)
        is_rows = request["additive"]
        checks = []
        for part, (place, _, family) in enumerate(own):
            whole = whole_of(family)
            for old, counts in {whole: None, **earlier}.items():
                if not comparable(family, old):
                    continue
                if old == whole and old not in earlier and not family.where and family.is_plain:
                    continue  # the plain parts of everyone, where everyone was never told
                check: dict[str, Any] = {"set": place, "part": part, "counts": counts}
                if counts is None and old == whole:
                    check["size"] = size_of(old, is_rows=is_rows)
                elif counts is None and old in places:
                    check["before"] = places[old]
                checks.append(
                    {**check, "sql": comparison(family, old, unit.minimum, is_rows=is_rows)}
                )
        return checks


def _errors(plan: Plan, reports: list[dict[str, Any]]) -> tuple[tuple[str, float], ...]:
    """Return the error of each column that shows a unit's figures, or sums of them."""
    told: dict[str, Widths] = {
        unit.name: {name: (error, 0.0) for name, error in report.get("errors", {}).items()}
        for unit, report in zip(plan.units, reports, strict=True)
    }
    return tuple((each.column, each.fixed) for each in errors_of(plan, told))


def _widths(requests: list[dict[str, Any]]) -> dict[str, Widths]:
    """Return the half-widths of the figures of units that are, or will be, noised."""
    if not requests:
        return {}
    # Here, not above: only noised questions pay for loading the noise.
    from shuce.engines.guard.noising import Noises

    return {
        request["name"]: {name: (error, 0.0) for name, error in request["stuck"]["errors"].items()}
        if "stuck" in request
        else Noises(request["noise"], request["minimum"]).widths()
        for request in requests
    }
