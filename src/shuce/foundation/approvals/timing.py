"""Where cases stand and how long steps take, as notes in the drawing of a procedure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count

from shuce.engines import procedure as engine
from shuce.engines.procedure.pacing import Pace, pace_of_steps
from shuce.foundation.approvals.models import Outcome, ProcedureVersion, Task
from shuce.foundation.approvals.queries import cases_seen_by
from shuce.foundation.organizations.models import Member
from shuce.kernel.words import say

# Enough for a 90th percentile; old habits say little about how long a step takes now.
_CASES_MEASURED = 500
_YEARS_MEASURED = timedelta(days=730)


def pace_of(version: ProcedureVersion, reader: Member, at: datetime) -> dict[str, Pace]:
    """Return how long each step took in the cases of this matter that the reader may see.

    Of the last two years before `at`, the newest 500 at most, open or closed.
    """
    cases = cases_seen_by(reader).filter(
        matter=version.key, opened_at__gt=at - _YEARS_MEASURED, opened_at__lte=at
    )
    return pace_of_steps(_runs(cases[:_CASES_MEASURED]))


def standing_at(version: ProcedureVersion, reader: Member) -> dict[str, int]:
    """Return how many open cases of this matter wait at each step, of those the reader may see."""
    cases = cases_seen_by(reader).filter(matter=version.key, outcome=Outcome.OPEN)
    waiting = Task.objects.filter(case__in=cases.order_by().values("id"))
    counted = waiting.order_by().values("step").annotate(n=Count("case", distinct=True))
    return {row["step"]: row["n"] for row in counted}


def notes_of(version: ProcedureVersion, reader: Member, at: datetime) -> dict[str, str]:
    """Return the note of each step: how many stand there, and how many days it took."""
    if version.is_table:
        return {}
    paces, standing = pace_of(version, reader, at), standing_at(version, reader)
    return {
        step.key: "\n".join(_lines(standing.get(step.key, 0), paces.get(step.key)))
        for step in version.procedure.all_steps()
        if isinstance(step, engine.Review | engine.Collective)
    }


def _lines(standing: int, pace: Pace | None) -> Iterator[str]:
    yield say("在办 {n} 件", n=standing) if standing else say("无在办")
    if pace:
        yield say("中位{median}天 九成{p90}天", median=_days(pace.median), p90=_days(pace.p90))


def _days(days: float) -> str:
    return f"{days:.0f}" if days >= 10 or days == int(days) else f"{days:.1f}"


def _runs(cases: object) -> Iterator[tuple[engine.Procedure, engine.State]]:
    """Yield procedure and state of each case; each version is read once."""
    procedures: dict[str, engine.Procedure] = {}
    for case in cases:  # type: ignore[attr-defined]  # a slice of a query
        if case.version_id not in procedures:
            procedures[case.version_id] = case.procedure
        yield procedures[case.version_id], case.standing
