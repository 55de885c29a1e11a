"""Stocktakes: open, compare, conclude, sign off (N-8). What differs is found in `comparing.py`."""

from collections import Counter
from datetime import date

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.inventory import events, rules
from shuce.lifecycle.inventory.comparing import find_differences
from shuce.lifecycle.inventory.models import Stocktake, StocktakeLine
from shuce.lifecycle.inventory.rules import Difference, StocktakeState


@command
def open_stocktake(
    organization: Organization, name: str, due_on: date, *, by: Signature
) -> Stocktake:
    """Open a stocktake for a body (N-8)."""
    by.require(Permission.STOCKTAKE_RUN, within=organization)
    if not name.strip():
        raise Refused(Obstacle("请填写盘点名称", Clause.N_8, field="name"))
    if due_on < by.today:
        raise Refused(Obstacle("截止日期不能早于今天", Clause.N_8, field="due_on"))
    stocktake = Stocktake.objects.create(
        organization=organization, name=name, due_on=due_on, opened_at=by.at
    )
    record(
        events.StocktakeOpened(
            stocktake.id, name, due_on.isoformat(), organization_id=organization.id
        ),
        by,
    )
    return stocktake


@command
def compare(stocktake: Stocktake, *, by: Signature) -> Stocktake:
    """Compare what the last scans found with the register, and list every difference.

    A difference that waited and is no more is concluded as such; a concluded one stays.
    """
    stocktake = (
        Stocktake.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(id=stocktake.id)
    )
    by.require(Permission.STOCKTAKE_RUN, within=stocktake.organization)
    if stocktake.state != StocktakeState.OPEN:
        raise Conflict(Obstacle("本次盘点已经办结", Clause.N_8))
    found = find_differences(stocktake)
    counts = Counter(difference for _, difference in found)
    for (resource_id, difference), note in found.items():
        # What was concluded stays as it was concluded; what waits is told as it is now.
        line, new = StocktakeLine.objects.get_or_create(
            stocktake=stocktake,
            resource_id=resource_id,
            difference=difference,
            defaults={"note": note[:500]},
        )
        if not new and not line.conclusion and line.note != note[:500]:
            line.note = note[:500]
            line.save(update_fields=["note"])
    for line in stocktake.lines.filter(conclusion=""):
        if (line.resource_id, Difference(line.difference)) not in found:
            _conclude(line, stocktake, say("再次比对时差异已消除"), by)
    record(
        events.StocktakeCompared(
            stocktake.id,
            counts[Difference.SURPLUS],
            counts[Difference.SHORTAGE],
            counts[Difference.CHANGED],
            organization_id=stocktake.organization_id,
        ),
        by,
    )
    return stocktake


@command
def conclude_difference(line: StocktakeLine, conclusion: str, *, by: Signature) -> StocktakeLine:
    """Write down how a difference was handled."""
    line = (
        StocktakeLine.objects.select_for_update(of=("self",))
        .select_related("stocktake__organization")
        .get(id=line.id)
    )
    by.require(Permission.STOCKTAKE_RUN, within=line.stocktake.organization)
    if line.stocktake.state != StocktakeState.OPEN:
        raise Conflict(Obstacle("本次盘点已经办结", Clause.N_8))
    if not conclusion.strip():
        raise Refused(Obstacle("请填写处理结论", Clause.N_8, field="conclusion"))
    _conclude(line, line.stocktake, conclusion, by)
    return line


@command
def sign_off(stocktake: Stocktake, *, by: Signature) -> Stocktake:
    """Sign off a stocktake in which every difference has its conclusion."""
    stocktake = (
        Stocktake.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(id=stocktake.id)
    )
    by.require(Permission.STOCKTAKE_RUN, within=stocktake.organization)
    waiting = stocktake.lines.filter(conclusion="").count()
    refuse_if(rules.obstacles_to_sign_off(waiting, stocktake.state == StocktakeState.OPEN))
    stocktake.state, stocktake.signed_off_at = StocktakeState.SIGNED_OFF, by.at
    stocktake.save(update_fields=["state", "signed_off_at"])
    record(
        events.StocktakeSignedOff(
            stocktake.id, stocktake.lines.count(), organization_id=stocktake.organization_id
        ),
        by,
    )
    return stocktake


def _conclude(line: StocktakeLine, stocktake: Stocktake, conclusion: str, by: Signature) -> None:
    line.conclusion = conclusion
    line.save(update_fields=["conclusion"])
    record(
        events.DifferenceConcluded(
            stocktake.id,
            line.id,
            line.difference,
            conclusion,
            organization_id=stocktake.organization_id,
        ),
        by,
    )
