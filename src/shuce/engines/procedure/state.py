"""A case under way, as a small value: where every step stands, and what happened, in order.

Who decided what is kept once, in the history; a step and a round name one visit to that step.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shuce.engines.procedure.facts import Fact
from shuce.kernel.choices import Choice


class Outcome(Choice):
    OPEN = "OPEN", "办理中"
    APPROVED = "APPROVED", "已通过"
    REJECTED = "REJECTED", "未通过"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class What(Choice):
    """What may happen to a case."""

    STARTED = "started", "提出申请"
    SKIPPED = "skipped", "不适用，跳过"
    ANSWERED = "answered", "按决策表确定"
    APPROVED = "approved", "同意"
    REJECTED = "rejected", "不同意"
    RETURNED = "returned", "退回"
    VOTED_FOR = "for", "赞成"
    VOTED_AGAINST = "against", "反对"
    ABSTAINED = "abstained", "弃权"
    MINUTED = "minuted", "登记会议纪要"
    DELEGATED = "delegated", "委托办理"
    RESUBMITTED = "resubmitted", "重新提交"
    WITHDRAWN = "withdrawn", "撤回"

    @property
    def is_ballot(self) -> bool:
        return self in (What.VOTED_FOR, What.VOTED_AGAINST, What.ABSTAINED)

    @property
    def is_decision(self) -> bool:
        """Say whether this judges the case, which its maker may never do."""
        return self.is_ballot or self in (
            What.APPROVED,
            What.REJECTED,
            What.RETURNED,
            What.MINUTED,
        )


class Verdict(Choice):
    APPROVE = "APPROVE", "同意"
    REJECT = "REJECT", "不同意"
    RETURN = "RETURN", "退回"

    @property
    def happening(self) -> What:
        return {
            Verdict.APPROVE: What.APPROVED,
            Verdict.REJECT: What.REJECTED,
            Verdict.RETURN: What.RETURNED,
        }[self]


class Ballot(Choice):
    FOR = "FOR", "赞成"
    AGAINST = "AGAINST", "反对"
    ABSTAIN = "ABSTAIN", "弃权"

    @property
    def happening(self) -> What:
        return {
            Ballot.FOR: What.VOTED_FOR,
            Ballot.AGAINST: What.VOTED_AGAINST,
            Ballot.ABSTAIN: What.ABSTAINED,
        }[self]


class Status(Choice):
    """Where a step stands in the present round. A step not reached has no record at all."""

    OPEN = "open", "办理中"
    PASSED = "passed", "已通过"
    SKIPPED = "skipped", "不适用"
    REJECTED = "rejected", "未通过"


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened. `to` is where a case was returned, to whom work was delegated, or,
    for a delegate's decision, on whose behalf it was made."""

    what: What
    step: str
    round: int
    actor: str
    at: datetime
    to: str = ""


@dataclass(frozen=True, slots=True)
class Minutes:
    """The record of a meeting: its number, its day, and the digest of the signed document."""

    number: str
    held_on: date
    digest: str


@dataclass(frozen=True, slots=True)
class Record:
    """One visit to a step: since when, in which round, what it found, who may vote."""

    status: Status
    round: int
    opened_at: datetime
    facts: Mapping[str, Fact] = field(default_factory=dict)
    roll: tuple[str, ...] = ()
    minutes: Minutes | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """A case sent back, until its maker answers."""

    step: str
    to: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    procedure: str
    maker: str
    round: int
    outcome: Outcome
    given: Mapping[str, Fact]
    records: Mapping[str, Record]
    history: tuple[Happened, ...]
    returned: Return | None = None

    @property
    def facts(self) -> dict[str, Fact]:
        """Return what is known now: given by the maker, found by steps, answered by tables."""
        known = dict(self.given)
        for record in self.records.values():
            known.update(record.facts)
        return known

    def this_visit(self, step: str) -> Iterator[Happened]:
        """Yield what happened at `step` since it opened for the present round."""
        if record := self.records.get(step):
            for happened in self.history:
                if happened.step == step and happened.round == record.round:
                    yield happened

    def deciders(self, step: str) -> dict[str, What]:
        """Return whose judgement on `step` counts in this round, and what it was.

        A delegate's judgement counts as that of the person who delegated it.
        """
        return {
            happened.to or happened.actor: happened.what
            for happened in self.this_visit(step)
            if happened.what in (What.APPROVED, What.REJECTED) or happened.what.is_ballot
        }

    def delegations(self, step: str) -> dict[str, str]:
        """Return delegate → the person whose work it is, for the present round of `step`."""
        latest = {
            happened.actor: happened.to
            for happened in self.this_visit(step)
            if happened.what is What.DELEGATED
        }
        return {to: actor for actor, to in latest.items()}


def to_json(state: State) -> str:
    """Return the state as compact JSON, which `state_from_json` turns back into an equal state."""
    written: dict[str, Any] = {
        "procedure": state.procedure,
        "maker": state.maker,
        "round": state.round,
        "outcome": state.outcome.value,
        "given": dict(state.given),
        "steps": {key: _write_record(record) for key, record in state.records.items()},
        "history": [
            [h.what.value, h.step, h.round, h.actor, h.at.isoformat(), *([h.to] if h.to else [])]
            for h in state.history
        ],
    }
    if back := state.returned:
        written["returned"] = [back.step, back.to, back.by, back.at.isoformat()]
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


def state_from_json(text: str) -> State:
    """Read what `to_json` wrote."""
    read = json.loads(text)
    back = read.get("returned")
    return State(
        procedure=read["procedure"],
        maker=read["maker"],
        round=read["round"],
        outcome=Outcome(read["outcome"]),
        given=read["given"],
        records={key: _read_record(*record) for key, record in read["steps"].items()},
        history=tuple(_read_happened(*happened) for happened in read["history"]),
        returned=_read_return(*back) if back else None,
    )


def _write_record(record: Record) -> list[Any]:
    rest: dict[str, Any] = {}
    if record.facts:
        rest["facts"] = dict(record.facts)
    if record.roll:
        rest["roll"] = list(record.roll)
    if held := record.minutes:
        rest["minutes"] = [held.number, held.held_on.isoformat(), held.digest]
    return [
        record.status.value,
        record.round,
        record.opened_at.isoformat(),
        *([rest] if rest else []),
    ]


def _read_record(
    status: str, round_: int, opened_at: str, rest: Mapping[str, Any] | None = None
) -> Record:
    more = rest or {}
    held = more.get("minutes")
    return Record(
        Status(status),
        round_,
        datetime.fromisoformat(opened_at),
        more.get("facts", {}),
        tuple(more.get("roll", ())),
        Minutes(held[0], date.fromisoformat(held[1]), held[2]) if held else None,
    )


def _read_return(step: str, to: str, by: str, at: str) -> Return:
    return Return(step, to, by, datetime.fromisoformat(at))


def _read_happened(
    what: str, step: str, round_: int, actor: str, at: str, to: str = ""
) -> Happened:
    return Happened(What(what), step, round_, actor, datetime.fromisoformat(at), to)
