"""Planning a succession: who succeeds whom, and, in a division, what goes to whom."""

from collections.abc import Collection, Sequence

from shuce.foundation.approvals.commands import open_case
from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.commands import managed_with
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.succession import events, queries, rules
from shuce.foundation.succession.models import Part, Succession
from shuce.foundation.succession.rules import Manner, Side, SuccessionState
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle, Refused, refuse_if
from shuce.kernel.words import say


@command
def draft_succession(
    manner: Manner,
    formers: Sequence[Organization],
    heirs: Sequence[Organization],
    *,
    ground: str,
    note: str = "",
    continues: bool = False,
    by: Signature,
) -> Succession:
    """Plan that `heirs` succeed `formers` (G-12); the first heir gets what nobody is assigned.

    Nothing passes before the plan is approved.
    """
    for former in formers:
        by.require(Permission.SUCCESSION_PROPOSE, within=managed_with(former, by))
    bodies = [queries.body_of(one) for one in formers], [queries.body_of(one) for one in heirs]
    refuse_if(rules.obstacles_to_succession(manner, *bodies, continues, ground))
    refuse_if(queries.obstacles_of_others([*formers, *heirs]))
    plan = Succession.objects.create(
        number=next_number(f"CJ-{by.today.year}-"),
        manner=manner,
        ground=ground,
        note=note,
        continues=continues,
        place=managed_with(formers[0], by),
        drafted_by=by.member,
        drafted_at=by.at,
    )
    for side, parts in ((Side.FORMER, formers), (Side.HEIR, heirs)):
        for place, organization in enumerate(parts):
            Part.objects.create(succession=plan, organization=organization, side=side, place=place)
    record(
        events.SuccessionDrafted(
            plan.id,
            plan.number,
            manner,
            ground,
            tuple(one.id for one in formers),
            tuple(one.id for one in heirs),
            continues,
            organization_id=plan.place_id,
        ),
        by,
    )
    return plan


@command
def assign_things(
    plan: Succession, estate: str, thing_ids: Collection[str], heir: str, *, by: Signature
) -> Succession:
    """Assign things of one kind to one heir of a division; an empty `heir` takes that back."""
    plan = _locked(plan, by)
    if plan.manner != Manner.SPLIT:
        raise Refused(Obstacle("只有分立需要分配；其余方式全部由承继主体承继", Clause.G_12))
    if heir and heir not in {one.id for one in plan.heirs}:
        raise Refused(Obstacle("请选择本方案的承继主体", Clause.G_12, field="heir"))
    known = {thing.id for thing in queries.things_of(plan, estate)}
    if not thing_ids or not known.issuperset(thing_ids):
        raise Refused(Obstacle("请选择原主体现有的事项", Clause.G_12, field="things"))
    for thing_id in thing_ids:
        if heir:
            plan.assigned[thing_id] = heir
        else:
            plan.assigned.pop(thing_id, None)
    plan.save(update_fields=["assigned"])
    ids = sorted(thing_ids)
    for start in range(0, len(ids), events_at_once):
        record(
            events.SuccessionAssigned(
                plan.id,
                estate,
                heir,
                tuple(ids[start : start + events_at_once]),
                organization_id=plan.place_id,
            ),
            by,
        )
    return plan


@command
def submit_succession(plan: Succession, *, by: Signature) -> Case:
    """Put a plan to approval; everything that would keep it from passing is told now."""
    plan = _locked(plan, by)
    refuse_if(queries.obstacles_to_pass(plan))
    things = queries.count_of(plan)
    plan.state = SuccessionState.IN_APPROVAL
    plan.save(update_fields=["state"])
    case = open_case(
        Matter.SUCCESSION,
        subject_id=plan.id,
        title=say(
            "{manner}：{former}由{heir}承继",
            former=say("、").join(one.name for one in plan.formers)[:80],
            manner=plan.manner.label,
            heir=say("、").join(one.name for one in plan.heirs)[:80],
        ),
        organization=plan.place,
        facts={},
        subject_url=f"/succession/{plan.id}/",
        summary=[
            ("方式", plan.manner.chinese),
            ("原主体", "、".join(one.name for one in plan.formers)),
            ("承继主体", "、".join(one.name for one in plan.heirs)),
            ("批准文号", plan.ground),
            ("承继事项", str(things)),
        ],
        by=by,
    )
    record(events.SuccessionSubmitted(plan.id, case.id, things, organization_id=plan.place_id), by)
    return case


@command
def abandon_succession(plan: Succession, *, by: Signature) -> Succession:
    """Give a plan up before anything passed."""
    plan = _locked(plan, by)
    plan.state = SuccessionState.ABANDONED
    plan.save(update_fields=["state"])
    record(events.SuccessionAbandoned(plan.id, organization_id=plan.place_id), by)
    return plan


# As many ids as fit well into one entry of the log.
events_at_once = 1_000


def _locked(plan: Succession, by: Signature) -> Succession:
    """Return a plan that this signer may still change."""
    found = (
        Succession.objects.select_for_update(of=("self",))
        .select_related("place")
        .filter(id=plan.id)
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这份承继方案，或您无权查看"))
    by.require(Permission.SUCCESSION_PROPOSE, within=found.place)
    refuse_if(rules.obstacles_to_change(SuccessionState(found.state)))
    return found
