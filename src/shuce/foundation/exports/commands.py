"""Ask for a list as a file, and keep what was made of it."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils.translation import get_language

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.exports import events, files
from shuce.foundation.exports.models import Export
from shuce.foundation.jobs.commands import ask
from shuce.foundation.jobs.models import Job, JobState
from shuce.foundation.office.exporting import Format
from shuce.foundation.organizations.models import Signature
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.kernel.words import say

KIND = "exports.make"
DAYS_KEPT = timedelta(days=7)
MOST_AT_A_TIME = 3
_LONGEST_ADDRESS = 2_000


@command
def ask_export(address: str, kind: Format, *, by: Signature) -> Job:
    """Ask for the list at `address` as a file, written in the background as the signer sees it."""
    refuse_if(_obstacles(address, kind, by))
    export = Export.objects.create(
        member=by.member,
        address=address,
        format=kind,
        language=get_language() or "",
        asked_at=by.at,
    )
    organization = by.member.organization
    assert organization, "everybody who signs works somewhere"
    record(
        events.ExportAsked(export.id, address, kind, organization_id=organization.id),
        by,
    )
    return ask(KIND, say("导出清单（{format}）", format=kind.label), export.id, organization, by=by)


def _obstacles(address: str, kind: Format, by: Signature) -> list[Obstacle]:
    if len(address) > _LONGEST_ADDRESS or not _is_ours(address):
        return [Obstacle("这个地址不是可以导出的清单", field="of")]
    mine = Export.objects.filter(member=by.member)
    open_jobs = Job.objects.filter(
        kind=KIND,
        member=by.member,
        state__in=(JobState.WAITING, JobState.RUNNING),
    ).values("subject_id")
    under_way = mine.filter(id__in=open_jobs)
    if under_way.filter(Q(address=address) & Q(format=kind)).exists():
        return [Obstacle("同样的导出正在进行，请等待其结束")]
    if under_way.count() >= MOST_AT_A_TIME:
        return [Obstacle("最多同时进行{most}项导出，请等待其结束", most=MOST_AT_A_TIME)]
    return []


def _is_ours(address: str) -> bool:
    path = address.split("?", 1)[0]
    if not path.startswith("/") or path.startswith(("//", "/api/", "/accounts/")):
        return False
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@command
def keep_export(
    export: Export, title: str, rows: int, size: int, digest: str, *, by: Signature
) -> Export:
    """Note what was written for an export, and until when the file is kept."""
    export.title, export.rows, export.size, export.digest = title[:200], rows, size, digest
    export.kept_until = by.at + DAYS_KEPT
    export.save(update_fields=["title", "rows", "size", "digest", "kept_until"])
    record(
        events.ExportMade(
            export.id, export.title, rows, size, digest, organization_id=by.organization_id
        ),
        by,
    )
    return export


def drop_old_files(at: datetime) -> None:
    """Remove the files whose time is over, and those that nobody knows. A regular duty."""
    for file in files.all_files():
        kept = Export.objects.filter(id=file.stem).first()
        if kept is None or (kept.kept_until or kept.asked_at + DAYS_KEPT) < at:
            file.unlink(missing_ok=True)
