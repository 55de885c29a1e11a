"""Scan, judge, count: every change to what is known of a body's data."""

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

from shuce.engines.scan.shapes import ColumnScan, ScanResult
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.jobs.commands import OnProgress, Stopped, ask, does
from shuce.foundation.jobs.models import Job
from shuce.foundation.organizations.commands import require_duty
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Link
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.inventory import events, rules
from shuce.lifecycle.inventory.history import keep_snapshots, seen_of
from shuce.lifecycle.inventory.models import (
    MemoEntry,
    Recognition,
    Resource,
    Scan,
)
from shuce.lifecycle.inventory.queries import open_memo_of
from shuce.lifecycle.inventory.rules import (
    RecognitionAnswers,
    RecognitionOutcome,
    ResourceState,
)
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.nodes import node_of
from shuce.lifecycle.sources.rules import SourceState

SAMPLE_ROWS = 20_000
REVIEW_AFTER = timedelta(days=365)


@command
def ask_scan(source: Source, *, by: Signature) -> Job:
    """Ask for a scan of a source in the background."""
    by.require(Permission.SCAN_RUN, within=source.organization)
    refuse_if(rules.obstacles_to_scan(source.state == SourceState.CONNECTED))
    return ask(
        "inventory.scan",
        say("扫描数据源“{source}”", source=source.name),
        source.id,
        source.organization,
        by=by,
    )


@does("inventory.scan")
def _scan_job(job: Job, by: Signature, on_progress: OnProgress) -> str:
    source = Source.objects.select_related("organization").get(id=job.subject_id)
    scan = scan_source(source, on_progress, by=by)
    return say("发现 {tables} 张表，共 {rows} 行", tables=scan.tables, rows=scan.rows)


def scan_source(
    source: Source, on_progress: OnProgress = lambda done, total: True, *, by: Signature
) -> Scan:
    """Scan a source at its node and file what was found. The node keeps every row."""
    by.require(Permission.SCAN_RUN, within=source.organization)
    refuse_if(rules.obstacles_to_scan(source.state == SourceState.CONNECTED))
    # The long part runs outside any transaction, so that nobody waits for a scan.
    try:
        node = node_of(source)
        comments = {table.name: table.comment for table in node.discover(source.id)}
        found = node.scan(source.id, None, SAMPLE_ROWS, on_progress)
    except (OSError, ValueError) as fault:
        # The engine's own words may hold the address, so the reason stays ours.
        raise Refused(
            Obstacle("节点读不了这个数据源，请核对其地址、账号和文件", Clause.N_8)
        ) from fault
    if found.stopped:
        raise Stopped
    return file_scan(source, found, comments, by=by)


@command
def file_scan(
    source: Source, found: ScanResult, comments: Mapping[str, str], *, by: Signature
) -> Scan:
    """File the tables that a scan found as resources, and note those no longer there.

    A table that could not be read stays as it was known, and is named on the scan.
    """
    by.require(Permission.SCAN_RUN, within=source.organization)
    read = [table for table in found.tables if not table.problem]
    unread = [table.name for table in found.tables if table.problem]
    scan = Scan.objects.create(
        source=source,
        member=by.member,
        tables=len(read),
        rows=sum(table.rows for table in read),
        sampled=any(table.scanned_rows < table.rows for table in read),
        unread=unread,
        scanned_at=by.at,
    )
    new = 0
    known = {one.table_name: one for one in Resource.objects.filter(source=source)}
    before = {one.id: seen_of(one) for one in known.values()}
    filed: list[Resource] = []
    for table in read:
        seen = {
            "comment": comments.get(table.name, "")[:500],
            "rows": table.rows,
            "columns": [_column_filed(column) for column in table.columns],
            "is_view": table.is_view,
            "keys": list(table.keys),
            "references": [_whole(asdict(one)) for one in table.references],
            "proposed_grade": table.grade.value,
            "last_seen_at": by.at,
            "missing_since": None,
        }
        resource, created = Resource.objects.update_or_create(
            source=source,
            table_name=table.name,
            defaults=seen,
            create_defaults={
                **seen,
                "organization": source.organization,
                "first_seen_at": by.at,
            },
        )
        new += created
        filed.append(resource)
    keep_snapshots(scan, filed, before, by)
    missing = (
        Resource.objects.filter(source=source, missing_since=None)
        .exclude(table_name__in=[table.name for table in found.tables])
        .update(missing_since=by.at)
    )
    record(
        events.SourceScanned(
            source.id, scan.id, len(read), new, missing, organization_id=source.organization_id
        ),
        by,
    )
    return scan


def _column_filed(column: ColumnScan) -> dict[str, Any]:
    """Return a column as it is kept: codes as texts, numbers that JSON can hold."""
    kept: dict[str, Any] = _whole(asdict(column))
    return kept


def _whole(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return None
        case str():
            return str(value)
        case dict():
            return {key: _whole(one) for key, one in value.items()}
        case list() | tuple():
            return [_whole(one) for one in value]
    return value


@command
def recognize(resource: Resource, answers: RecognitionAnswers, *, by: Signature) -> Recognition:
    """Judge whether a resource is an asset (G-4); what is not yet, goes to the memorandum."""
    resource = _locked(resource)
    by.require(Permission.ASSET_RECOGNIZE, within=resource.organization)
    require_duty(resource.organization, Link.CONFIRMATION)
    refuse_if(rules.obstacles_to_recognize(answers, ResourceState(resource.state)))
    outcome = rules.outcome_of(answers)
    recognition = Recognition.objects.create(
        resource=resource,
        answers=asdict(answers),
        outcome=outcome,
        member=by.member,
        judged_at=by.at,
    )
    unmet = tuple(f.name for f in fields(answers) if not getattr(answers, f.name).met)
    record(
        events.ResourceJudged(
            resource.id, recognition.id, outcome, unmet, organization_id=resource.organization_id
        ),
        by,
    )
    _follow(resource, outcome, unmet, by)
    return recognition


def _follow(
    resource: Resource, outcome: RecognitionOutcome, unmet: tuple[str, ...], by: Signature
) -> None:
    memo = open_memo_of(resource)
    match outcome:
        case RecognitionOutcome.MEMORANDUM if memo is None:
            memo = MemoEntry.objects.create(
                resource=resource,
                organization=resource.organization,
                reasons="；".join(rules.CRITERIA[name] for name in unmet),
                entered_on=by.today,
                next_review_on=by.today + REVIEW_AFTER,
            )
            record(
                events.MemoEntered(
                    resource.id,
                    memo.id,
                    memo.next_review_on.isoformat(),
                    organization_id=resource.organization_id,
                ),
                by,
            )
            resource.state = ResourceState.MEMORANDUM
        case RecognitionOutcome.MEMORANDUM:
            assert memo is not None
            memo.next_review_on = by.today + REVIEW_AFTER
            memo.save(update_fields=["next_review_on"])
        case RecognitionOutcome.NEITHER:
            if memo:
                memo.dismissed_on = by.today
                memo.save(update_fields=["dismissed_on"])
            resource.state = ResourceState.DISMISSED
    resource.save(update_fields=["state"])


@command
def mark_registered(resource: Resource, card_id: str, *, by: Signature) -> Resource:
    """Note that a resource has its card; an open memorandum entry is promoted."""
    resource = _locked(resource)
    resource.state, resource.card_id = ResourceState.REGISTERED, card_id
    resource.save(update_fields=["state", "card_id"])
    about = {"asset_id": card_id, "organization_id": resource.organization_id}
    memo = open_memo_of(resource)
    if memo:
        memo.promoted_on = by.today
        memo.save(update_fields=["promoted_on"])
        record(events.MemoPromoted(resource.id, memo.id, **about), by)
    record(events.ResourceRegistered(resource.id, card_id, **about), by)
    return resource


def _locked(resource: Resource) -> Resource:
    return (
        Resource.objects.select_for_update(of=("self",))
        .select_related("organization", "source")
        .get(id=resource.id)
    )
