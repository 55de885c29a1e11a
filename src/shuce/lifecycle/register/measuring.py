"""Measure the quality of a card's data, at its node; only the figures come back."""

from decimal import Decimal

from shuce.engines.quality import score, scoring
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.jobs.commands import OnProgress, ask, does
from shuce.foundation.jobs.models import Job
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.register import events
from shuce.lifecycle.register.models import Card, Quality
from shuce.lifecycle.register.quality import rules_for
from shuce.lifecycle.register.queries import obstacles_to_measure
from shuce.lifecycle.sources.nodes import node_of


@command
def ask_quality(card: Card, *, by: Signature) -> Job:
    """Ask for a measurement of a card's data in the background."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    refuse_if(obstacles_to_measure(card))
    return ask(
        "register.quality",
        say("测量“{card}”的数据质量", card=card.name),
        card.id,
        card.holder,
        by=by,
    )


@does("register.quality")
def _quality_job(job: Job, by: Signature, on_progress: OnProgress) -> str:
    card = Card.objects.select_related("holder", "resource__source").get(id=job.subject_id)
    on_progress(0, 1)
    quality = measure_quality(card, by=by)
    on_progress(1, 1)
    return say("得分 {score}，{count} 项问题", score=quality.score, count=len(quality.issues))


def measure_quality(card: Card, *, by: Signature) -> Quality:
    """Measure the quality of a card's data, at its node; only the figures come back."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    refuse_if(obstacles_to_measure(card))
    resource = card.resource
    assert resource is not None, "an obstacle says so"
    wanted = rules_for(resource.table_name, resource.rows, resource.columns)
    # The long part runs outside any transaction, so that nobody waits for a measurement.
    try:
        measured = node_of(resource.source).measure_quality(
            resource.source_id, resource.table_name, wanted, today=by.today
        )
    except (OSError, ValueError) as fault:
        # The engine's own words may hold the address, so the reason stays ours.
        raise Refused(Obstacle("节点读不了这张表，请核对数据源", Clause.G_7)) from fault
    return file_quality(card, score(measured), by=by)


@command
def file_quality(card: Card, found: scoring.Quality, *, by: Signature) -> Quality:
    """File what a measurement of a card's data found."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    if found.score is None:
        raise Refused(Obstacle("这张表没有可以检验的质量规则", Clause.G_7))
    quality = Quality.objects.create(
        card=card,
        score=Decimal(str(found.score)).quantize(Decimal("0.01")),
        dimensions=[
            {"code": one.code, "name": one.name, "score": one.score} for one in found.dimensions
        ],
        issues=[
            {
                "column": issue.measured.rule.column,
                "kind": issue.measured.rule.kind.value,
                "assessed": issue.measured.assessed,
                "failing": issue.failing,
                "sentence": issue.sentence,
            }
            for issue in found.issues
        ],
        measured_at=by.at,
    )
    record(
        events.QualityMeasured(
            card.id,
            int(quality.score * 100),
            len(quality.issues),
            asset_id=card.id,
            organization_id=card.holder_id,
        ),
        by,
    )
    return quality
