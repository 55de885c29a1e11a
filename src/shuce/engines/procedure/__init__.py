"""Approval procedures as data: read, checked, run and drawn. Pure: values in, values out.

procedure = load(text, tables)          what the office wrote
check(procedure, roles=…, places=…)     what is wrong with it, before anybody relies on it
state = start(procedure, facts, …)      a case
waiting(procedure, state)               whom it waits for
state = decide(procedure, state, …)     what somebody did
draw(procedure, state)                  the diagram, with where the case stands
"""

from shuce.engines.procedure.acts import (
    decide,
    delegate,
    obstacles_to_decide,
    obstacles_to_delegate,
    obstacles_to_resubmit,
    obstacles_to_withdraw,
    recount,
    resubmit,
    start,
    withdraw,
)
from shuce.engines.procedure.checking import check
from shuce.engines.procedure.conditions import in_words
from shuce.engines.procedure.days import Deadline, WorkCalendar
from shuce.engines.procedure.drawing import draw
from shuce.engines.procedure.facts import Fact, FactKind, FactSpec
from shuce.engines.procedure.faults import BadProcedure, BadTable, Fault
from shuce.engines.procedure.loading import load
from shuce.engines.procedure.meeting import (
    minute,
    obstacles_to_minute,
    obstacles_to_vote,
    vote,
)
from shuce.engines.procedure.model import START, Collective, Mode, Parallel, Procedure, Review
from shuce.engines.procedure.refusing import NotNow
from shuce.engines.procedure.state import (
    Ballot,
    Happened,
    Minutes,
    Outcome,
    Record,
    State,
    Status,
    Verdict,
    What,
    state_from_json,
    to_json,
)
from shuce.engines.procedure.waiting import Task, TaskKind, overdue, waiting

__all__ = [
    "START",
    "BadProcedure",
    "BadTable",
    "Ballot",
    "Collective",
    "Deadline",
    "Fact",
    "FactKind",
    "FactSpec",
    "Fault",
    "Happened",
    "Minutes",
    "Mode",
    "NotNow",
    "Outcome",
    "Parallel",
    "Procedure",
    "Record",
    "Review",
    "State",
    "Status",
    "Task",
    "TaskKind",
    "Verdict",
    "What",
    "WorkCalendar",
    "check",
    "decide",
    "delegate",
    "draw",
    "in_words",
    "load",
    "minute",
    "obstacles_to_decide",
    "obstacles_to_delegate",
    "obstacles_to_minute",
    "obstacles_to_resubmit",
    "obstacles_to_vote",
    "obstacles_to_withdraw",
    "overdue",
    "recount",
    "resubmit",
    "start",
    "state_from_json",
    "to_json",
    "vote",
    "waiting",
    "withdraw",
]
