"""Long lists as files, for programs: ask, look how far it is at the job, take the file."""

from datetime import datetime

from django.http import FileResponse
from ninja import Router, Schema

from shuce.foundation.exports import commands, files, queries
from shuce.foundation.jobs.api import JobOut
from shuce.foundation.office.exporting import Format
from shuce.foundation.organizations.requests import SignedRequest

router = Router(tags=["exports"])


class ExportIn(Schema):
    """`address` is that of the list's page, with its filters: /register/cards/?state=IN_FORCE."""

    address: str
    format: Format = Format.XLSX


class ExportOut(Schema):
    """An export; `digest` is the SHA-256 of its file, which is kept until `kept_until`."""

    id: str
    title: str
    address: str
    format: Format
    asked_at: datetime
    rows: int
    size: int
    digest: str
    kept_until: datetime | None


@router.post("", response={202: JobOut})
def ask(request: SignedRequest, body: ExportIn) -> object:
    """Ask for a list as a file; the job's `subject_id` is the export's id."""
    return 202, commands.ask_export(body.address, body.format, by=request.signature)


@router.get("/{export_id}", response=ExportOut)
def export(request: SignedRequest, export_id: str) -> object:
    return queries.export_of(export_id, request.user)


@router.get("/{export_id}/file")
def file(request: SignedRequest, export_id: str) -> FileResponse:
    """The file, while it is kept."""
    found = queries.export_to_take(export_id, request.user, request.signature.at)
    kind = Format(found.format)
    return FileResponse(
        files.file_of(found.id).open("rb"),
        as_attachment=True,
        filename=f"export-{found.id}.{kind.value}",
        content_type=kind.media_type,
    )
