"""A small office for the tests: roles, places, a clock, and procedures from short texts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import shuce
from shuce.engines.procedure import (
    Ballot,
    Fault,
    Procedure,
    State,
    Verdict,
    check,
    decide,
    load,
    minute,
    vote,
    waiting,
)
from shuce.engines.procedure.tables import DecisionTable, load_table

ROLES = (
    "ASSET_KEEPER",
    "DATA_STEWARD",
    "FINANCE_OFFICER",
    "SECURITY_OFFICER",
    "UNIT_HEAD",
    "DECISION_MEMBER",
    "DEPARTMENT_REVIEWER",
    "BUREAU_REVIEWER",
    "APPRAISER",
    "OPERATOR_AGENT",
    "OPERATOR_ANALYST",
)
PLACES = ("holder", "department", "bureau", "operator")
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SHIPPED = Path(shuce.__file__).parent / "procedures"
HEAD = """
key = "example"
title = "示例审批"
clause = "N-6"
description = "示例。"
[[makers]]
role = "ASSET_KEEPER"
place = "holder"
"""


def later(days: int = 0, hours: int = 0) -> datetime:
    return MONDAY + timedelta(days=days, hours=hours)


def review(key: str, more: str = "", role: str = "UNIT_HEAD", table: str = "steps") -> str:
    return f"""
[[{table}]]
key = "{key}"
kind = "review"
title = "{key}审查"
role = "{role}"
place = "holder"
{more}
"""


def parallel(key: str, *branches: str) -> str:
    """Write a parallel part; each branch is the text of its steps, under `steps.branches.steps`."""
    text = f'[[steps]]\nkey = "{key}"\nkind = "parallel"\ntitle = "{key}并行"\n'
    for number, branch in enumerate(branches):
        text += f'[[steps.branches]]\ntitle = "分支{number}"\n{branch}'
    return text


def inside(key: str, more: str = 'may_return_to = ["start"]') -> str:
    return review(key, more, table="steps.branches.steps")


def procedure(
    *steps: str, facts: str = "", tables: dict[str, DecisionTable] | None = None
) -> Procedure:
    return load(HEAD + (f"[facts]\n{facts}\n" if facts else "") + "".join(steps), tables)


def faults(found: Procedure) -> list[Fault]:
    return check(found, roles=ROLES, places=PLACES)


def reasons(found: Procedure) -> str:
    return "\n".join(map(str, faults(found)))


def names(found: Procedure, state: State) -> list[str]:
    return [task.step for task in waiting(found, state)]


def approve(found: Procedure, state: State, step: str, actor: str = "", **more: object) -> State:
    return decide(
        found,
        state,
        step=step,
        actor=actor or f"{step}-officer",
        verdict=Verdict.APPROVE,
        at=later(1),
        **more,  # type: ignore[arg-type]
    )


def send_back(found: Procedure, state: State, step: str, to: str) -> State:
    return decide(
        found,
        state,
        step=step,
        actor=f"{step}-officer",
        verdict=Verdict.RETURN,
        at=later(1),
        return_to=to,
        opinion_given=True,
    )


def hold_meeting(found: Procedure, state: State, step: str, ballots: dict[str, Ballot]) -> State:
    for member, ballot in ballots.items():
        state = vote(
            found, state, step=step, actor=member, ballot=ballot, at=later(2), voters=list(ballots)
        )
    return minute(
        found,
        state,
        step=step,
        actor="clerk",
        number="会议纪要〔2026〕7号",
        held_on=later(2).date(),
        digest="ab" * 32,
        at=later(3),
    )


def shipped_tables() -> dict[str, DecisionTable]:
    return {
        file.stem: load_table(file.read_text("utf-8"))
        for file in (SHIPPED / "tables").glob("*.toml")
    }


def shipped(key: str) -> Procedure:
    return load((SHIPPED / f"{key}.toml").read_text("utf-8"), shipped_tables())
