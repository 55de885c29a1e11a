"""Carrying an approved succession out: everything passes in one act, or nothing does."""

from itertools import groupby

from shuce.foundation.approvals.commands import concludes
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.passing import close_body, take_over_duties
from shuce.foundation.succession import events, queries
from shuce.foundation.succession.commands import events_at_once
from shuce.foundation.succession.heritage import Estate, Thing
from shuce.foundation.succession.models import Passing, Succession
from shuce.foundation.succession.rules import SuccessionState
from shuce.kernel.refusals import refuse_if


@concludes(Matter.SUCCESSION)
@command
def conclude_succession(case: Case, *, by: Signature) -> None:
    """Pass everything on once it is approved, or make the plan a draft again."""
    plan = Succession.objects.select_for_update().get(id=case.subject_id)
    if case.outcome != Outcome.APPROVED:
        plan.state = SuccessionState.DRAFT
        plan.save(update_fields=["state"])
        record(events.SuccessionSentBack(plan.id, case.outcome, organization_id=plan.place_id), by)
        return
    # Looked at again: weeks may lie between the plan and its approval.
    refuse_if(queries.obstacles_to_pass(plan))
    passed = 0
    for heir, things in _by_heir(queries.passing_of(plan)):
        for estate, alike in groupby(things, key=lambda thing: thing.estate):
            passed += _pass(plan, estate, list(alike), heir, by)
    main = plan.heirs[0]
    for former in plan.formers if not plan.continues else ():
        for heir in plan.heirs:
            take_over_duties(former, heir, by=by)
        close_body(former, main, by=by)
    plan.state = SuccessionState.DONE
    plan.done_at = by.at
    plan.save(update_fields=["state", "done_at"])
    record(events.SuccessionDone(plan.id, plan.number, passed, organization_id=main.id), by)


def _by_heir(
    passing: list[tuple[Thing, Organization]],
) -> list[tuple[Organization, list[Thing]]]:
    heirs = {heir.id: heir for _, heir in passing}
    return [
        (heir, [thing for thing, whose in passing if whose.id == heir.id])
        for heir in heirs.values()
    ]


def _pass(
    plan: Succession, estate: Estate, things: list[Thing], heir: Organization, by: Signature
) -> int:
    """Pass things of one kind to one heir, and keep who had them before."""
    for former_id, part in groupby(things, key=lambda thing: thing.former.id):
        mine = list(part)
        for start in range(0, len(mine), events_at_once):
            some = mine[start : start + events_at_once]
            ids = tuple(thing.id for thing in some)
            estate.pass_on(ids, some[0].former, heir, by=by)
            record(
                events.ThingsPassed(
                    plan.id, estate.key, former_id, heir.id, ids, organization_id=heir.id
                ),
                by,
            )
        Passing.objects.bulk_create(
            Passing(
                succession=plan,
                estate=estate.key,
                thing_id=thing.id,
                text=thing.text[:300],
                former=thing.former,
                heir=heir,
            )
            for thing in mine
        )
    return len(things)
