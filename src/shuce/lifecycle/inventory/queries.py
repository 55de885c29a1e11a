"""What was found, what waits in the memorandum register, and what stocktakes show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When

from shuce.engines.scan.types import Outcome, SemanticType
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.inventory import rules
from shuce.lifecycle.inventory.models import (
    MemoEntry,
    Recognition,
    Resource,
    Scan,
    Snapshot,
    Stocktake,
    StocktakeLine,
)
from shuce.lifecycle.inventory.rules import (
    MemoStanding,
    ProposedGrade,
    ResourceState,
    StocktakeState,
)
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import SourceState


def resources_seen_by(member: Member) -> QuerySet[Resource]:
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return Resource.objects.filter(reach).select_related("source", "organization")


def resource_seen(resource_id: str, by: Member) -> Resource:
    found = resources_seen_by(by).filter(id=resource_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这项数据资源，或您无权查看"))
    return found


def last_recognition_of(resource: Resource) -> Recognition | None:
    return Recognition.objects.filter(resource=resource).order_by("-id").first()


def recognition_seen(recognition_id: str, by: Member) -> Recognition:
    found = (
        Recognition.objects.filter(id=recognition_id, resource__in=resources_seen_by(by))
        .select_related("resource__organization", "resource__source")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这项确认记录，或您无权查看"))
    return found


def scans_of(source: Source) -> QuerySet[Scan]:
    return Scan.objects.filter(source=source).select_related("member")


def last_scan_of(source: Source) -> Scan | None:
    return scans_of(source).first()


def resources_of(source: Source) -> QuerySet[Resource]:
    return Resource.objects.filter(source=source).select_related("organization", "source")


@dataclass(frozen=True)
class ReferenceShown:
    """A foreign key as people read it; `resource_id` of the table it leads to, if that is known."""

    columns: str
    to: str
    resource_id: str
    declared: bool
    confidence: str
    evidence: str


def references_shown(resource: Resource) -> list[ReferenceShown]:
    """What a table's columns refer to, declared first, then the likeliest."""
    found = sorted(
        resource.references, key=lambda one: (one["share"] is not None, -one["confidence"])
    )
    tables = dict(
        Resource.objects.filter(
            source_id=resource.source_id, table_name__in=[one["table"] for one in found]
        ).values_list("table_name", "id")
    )
    return [
        ReferenceShown(
            columns="、".join(one["columns"]),
            to=f"{one['table']}（{'、'.join(one['to_columns'])}）",
            resource_id=tables.get(one["table"], ""),
            declared=one["share"] is None,
            confidence=_percent(one["confidence"]) if one["share"] is not None else "",
            evidence=one["evidence"],
        )
        for one in found
    ]


def snapshots_of(resource: Resource) -> QuerySet[Snapshot]:
    """What each scan saw of a resource, newest first."""
    return Snapshot.objects.filter(resource=resource)


def drifted(
    rows_percent: int, nulls_points: int, distinct_percent: int, psi_hundredths: int
) -> QuerySet[Snapshot]:
    """The newest snapshots that differ from those before by more than these limits."""
    beyond = (
        Q(rows_percent__gte=rows_percent)
        | Q(nulls_points__gte=nulls_points)
        | Q(distinct_percent__gte=distinct_percent)
        | Q(psi_hundredths__gte=psi_hundredths)
        | Q(restructured=True)
    )
    return Snapshot.objects.filter(beyond, is_newest=True).select_related("resource")


def recognitions_of(resource: Resource) -> QuerySet[Recognition]:
    return Recognition.objects.filter(resource=resource).select_related("member")


def memo_entries_seen_by(member: Member) -> QuerySet[MemoEntry]:
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return MemoEntry.objects.filter(reach).select_related("resource__source", "organization")


def memo_entries_standing(member: Member, today: date) -> QuerySet[MemoEntry]:
    """The entries seen, each with its `standing` on `today`; what is overdue comes first."""
    standing = Case(
        When(promoted_on__isnull=False, then=Value(MemoStanding.PROMOTED.value)),
        When(dismissed_on__isnull=False, then=Value(MemoStanding.DISMISSED.value)),
        When(next_review_on__lt=today, then=Value(MemoStanding.REVIEW_DUE.value)),
        default=Value(MemoStanding.KEPT.value),
    )
    return (
        memo_entries_seen_by(member)
        .annotate(standing=standing)
        .order_by("promoted_on", "dismissed_on", "next_review_on", "-id")
    )


def open_memo_of(resource: Resource) -> MemoEntry | None:
    return resource.memo_entries.filter(promoted_on=None, dismissed_on=None).first()


def stocktakes_seen_by(member: Member) -> QuerySet[Stocktake]:
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return (
        Stocktake.objects.filter(reach)
        .select_related("organization")
        .annotate(
            differences=Count("lines"), waiting=Count("lines", filter=Q(lines__conclusion=""))
        )
    )


def stocktake_seen(stocktake_id: str, by: Member) -> Stocktake:
    found = stocktakes_seen_by(by).filter(id=stocktake_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这次盘点，或您无权查看"))
    return found


def lines_of(stocktake: Stocktake) -> QuerySet[StocktakeLine]:
    return stocktake.lines.select_related("resource__source")


def line_seen(line_id: str, by: Member) -> StocktakeLine:
    found = (
        StocktakeLine.objects.filter(id=line_id, stocktake__in=stocktakes_seen_by(by).values("id"))
        .select_related("stocktake__organization", "resource")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这项盘点差异，或您无权查看"))
    return found


def obstacles_to_scan(source: Source) -> list[Obstacle]:
    return list(rules.obstacles_to_scan(source.state == SourceState.CONNECTED))


def obstacles_to_judge(resource: Resource) -> list[Obstacle]:
    return list(rules.obstacles_to_judge(ResourceState(resource.state)))


def obstacles_to_draft(resource: Resource, recognition: Recognition | None) -> list[Obstacle]:
    """Yield why no card can be drafted of a resource just now."""
    outcome = rules.RecognitionOutcome(recognition.outcome) if recognition else None
    return list(rules.obstacles_to_draft(ResourceState(resource.state), outcome))


def obstacles_to_sign_off(stocktake: Stocktake) -> list[Obstacle]:
    waiting = stocktake.lines.filter(conclusion="").count()
    return list(rules.obstacles_to_sign_off(waiting, stocktake.state == StocktakeState.OPEN))


def obstacles_to_compare(stocktake: Stocktake) -> list[Obstacle]:
    return list(rules.obstacles_to_compare(stocktake.state == StocktakeState.OPEN))


def answers_shown(recognition: Recognition) -> list[tuple[str, bool, str]]:
    """Each criterion in words, whether it was met, and what the answer rests on."""
    return [
        (
            say(sentence),
            bool(recognition.answers[name]["met"]),
            str(recognition.answers[name]["evidence"]),
        )
        for name, sentence in rules.CRITERIA.items()
    ]


def columns_shown(resource: Resource, *, with_profile: bool = True) -> list[dict[str, Any]]:
    """The columns of a table as people read them: types in words, the profile masked.

    Without the profile for readers from outside, who learn what there is and not what it holds.
    """
    return [_column_shown(column, resource.rows, with_profile) for column in resource.columns]


def _column_shown(column: dict[str, Any], rows: int, with_profile: bool) -> dict[str, Any]:
    kind = SemanticType(column.get("type") or SemanticType.NONE)
    profile = column.get("profile") or {}
    confidence = column.get("confidence")
    outcome = column.get("outcome") or Outcome.DECIDED
    empty = (profile.get("nulls") or 0) + (profile.get("blanks") or 0)
    whole = profile.get("rows") or rows
    return {
        "name": column["name"],
        "comment": column.get("comment") or "",
        "sql_type": column.get("sql_type") or "",
        "type": kind.label if kind is not SemanticType.NONE else "",
        "confidence": _percent(confidence) if kind is not SemanticType.NONE else "",
        "review": "" if outcome == Outcome.DECIDED else Outcome(outcome).label,
        "grade": ProposedGrade(column["grade"]),
        "filled": _percent(1 - empty / whole) if whole and with_profile else "",
        "profile": "；".join(_profile_words(profile)) if with_profile else "",
        "evidence": list(column.get("evidence") or ()) if with_profile else [],
    }


def _profile_words(profile: dict[str, Any]) -> Iterator[str]:
    if profile.get("distinct") is not None:
        yield say("{count} 种取值", count=f"{profile['distinct']:,}")
    if profile.get("min") not in (None, ""):
        yield say("{low} 至 {high}", low=profile["min"], high=profile.get("max"))
    if top := profile.get("top"):
        yield say("常见：{values}", values="、".join(str(pair[0]) for pair in top[:3]))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
