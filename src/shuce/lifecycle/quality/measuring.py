"""Measure the quality of a card's data, at its node; only the figures come back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from shuce.engines import quality as engine
from shuce.engines.quality import QualityRule
from shuce.engines.quality.scoring import Quality
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.jobs.commands import OnProgress, ask, does
from shuce.foundation.jobs.models import Job
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.quality import events
from shuce.lifecycle.quality.following import follow_issues
from shuce.lifecycle.quality.models import Assessment
from shuce.lifecycle.quality.queries import (
    has_chosen,
    obstacles_to_measure,
    rules_of,
    weights_of,
)
from shuce.lifecycle.quality.rules import key_of
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.sources.nodes import node_of


@command
def ask_quality(card: Card, *, by: Signature) -> Job:
    """Ask for a measurement of a card's data in the background."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    refuse_if(obstacles_to_measure(card))
    return ask(
        "quality.measure",
        say("测量“{card}”的数据质量", card=card.name),
        card.id,
        card.holder,
        by=by,
    )


@does("quality.measure")
def _quality_job(job: Job, by: Signature, on_progress: OnProgress) -> str:
    card = Card.objects.select_related("holder", "resource__source__node").get(id=job.subject_id)
    on_progress(0, 1)
    found = measure_quality(card, by=by)
    on_progress(1, 1)
    return say("得分 {score}，{count} 项问题", score=found.score, count=len(found.issues))


def measure_quality(card: Card, *, by: Signature) -> Assessment:
    """Measure the quality of a card's data, at its node; only the figures come back."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    refuse_if(obstacles_to_measure(card))
    resource = card.resource
    assert resource is not None, "an obstacle says so"
    wanted = rules_of(card)
    # The long part runs outside any transaction, so that nobody waits for a measurement.
    try:
        measured = node_of(resource.source).measure_quality(
            resource.source_id, resource.table_name, wanted, today=by.today
        )
    except (OSError, ValueError) as fault:
        # The engine's own words may hold the address, so the reason stays ours.
        raise Refused(Obstacle("节点读不了这张表，请核对数据源", Clause.G_7)) from fault
    return file_quality(card, measured, by=by)


@command
def file_quality(card: Card, measured: Sequence[engine.Measured], *, by: Signature) -> Assessment:
    """File what a measurement found; open an issue for what is not passed, or open it again."""
    by.require(Permission.QUALITY_MEASURE, within=card.holder)
    # Two measurements at once would open an issue twice.
    card = Card.objects.select_for_update(of=("self",)).select_related("holder").get(id=card.id)
    weights = weights_of(card)
    found = engine.score(measured, weights)
    if found.score is None:
        raise Refused(Obstacle("这张表没有可以检验的质量规则", Clause.G_7))
    results = [_result(one) for one in measured]
    assessment = Assessment.objects.create(
        card=card,
        score=Decimal(str(found.score)).quantize(Decimal("0.01")),
        dimensions=[
            {"code": one.code, "name": one.name, "score": one.score} for one in found.dimensions
        ],
        issues=_sentences(found),
        indicators=engine.indicator_values(measured),
        results=results,
        weights=weights,
        chosen=has_chosen(card),
        failing=sum(one["fails"] for one in results),
        member=by.member,
        measured_at=by.at,
    )
    opened, reopened = follow_issues(assessment, by=by)
    record(
        events.Measured(
            card.id,
            assessment.id,
            int(assessment.score * 100),
            len(results),
            assessment.failing,
            opened,
            reopened,
            asset_id=card.id,
            organization_id=card.holder_id,
        ),
        by,
    )
    return assessment


def _result(measured: engine.Measured) -> dict[str, Any]:
    rule: QualityRule = measured.rule
    return {
        "key": key_of(rule),
        **rule.as_data(),
        "indicator": rule.feeds,
        "least": rule.passes_from,
        "assessed": measured.assessed,
        "meeting": measured.meeting,
        "share": measured.share,
        "problem": measured.problem,
        "fails": bool(measured.problem) or measured.fails,
    }


def _sentences(found: Quality) -> list[dict[str, Any]]:
    return [
        {
            "column": issue.measured.rule.column,
            "kind": issue.measured.rule.kind.value,
            "assessed": issue.measured.assessed,
            "failing": issue.failing,
            "sentence": issue.sentence,
        }
        for issue in found.issues
    ]
