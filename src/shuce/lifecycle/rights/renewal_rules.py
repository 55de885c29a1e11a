"""When a right may be renewed: before its end, assessed anew, from the day it ends (N-4)."""

from collections.abc import Iterator
from datetime import date, timedelta

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.rights.rules import GrantState

# How early a renewal may be asked for: no rule says (registrations: 60 days, confidence M).
RENEWAL_OPENS = timedelta(days=180)


def obstacles_to_renew(
    state: GrantState,
    ends_on: date,
    decided_on: date | None,
    assessed_on: date | None,
    today: date,
) -> Iterator[Obstacle]:
    """Yield why a grant may not be renewed now, whatever is asked."""
    if state is not GrantState.IN_FORCE:
        yield Obstacle("只有有效的授权可以续期", Clause.N_4)
    if today >= ends_on:
        yield Obstacle("授权已经到期，请重新申请", Clause.N_4)
    elif today < ends_on - RENEWAL_OPENS:
        yield Obstacle("到期前{days}天内才能申请续期", Clause.N_4, days=RENEWAL_OPENS.days)
    if assessed_on is None or (decided_on is not None and assessed_on <= decided_on):
        yield Obstacle("续期前须重新开展安全评估", Clause.N_4)
