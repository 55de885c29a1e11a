"""The files of a thing, for programs."""

from datetime import datetime

from django.http import FileResponse
from ninja import File, Form, Router, Schema, UploadedFile

from shuce.foundation.attachments import commands, files, queries
from shuce.foundation.organizations.requests import SignedRequest

router = Router(tags=["attachments"])


class AttachmentOut(Schema):
    """A file that hangs, or hung, on a thing of the register."""

    id: str
    kind: str
    subject_id: str
    name: str
    note: str
    size: int
    sha256: str
    sm3: str
    added_at: datetime
    removed_at: datetime | None
    removed_for: str


class RemovalIn(Schema):
    reason: str


@router.get("/{kind}/{subject_id}", response=list[AttachmentOut])
def attachments(request: SignedRequest, kind: str, subject_id: str) -> object:
    """The files of a thing that the signer sees, newest first; at most 200."""
    return queries.files_of(kind, subject_id, request.user)[1][:200]


@router.post("/{kind}/{subject_id}", response={201: AttachmentOut})
def attach(
    request: SignedRequest,
    kind: str,
    subject_id: str,
    file: File[UploadedFile],
    note: Form[str] = "",
) -> object:
    """Hang a file on a thing: `card`, for one, with the card's id."""
    return 201, commands.attach(
        kind, subject_id, file.name or "", file.chunks(), note, by=request.signature
    )


@router.get("/files/{attachment_id}/content")
def content(request: SignedRequest, attachment_id: str) -> FileResponse:
    """The file, checked against its digest."""
    found = queries.attachment_to_take(attachment_id, request.user)
    return FileResponse(
        files.opened(found.id, found.sha256),
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
    )


@router.post("/files/{attachment_id}/remove", response=AttachmentOut)
def remove(request: SignedRequest, attachment_id: str, body: RemovalIn) -> object:
    """Take a file off; its record stays."""
    found = queries.attachment_seen(attachment_id, request.user)
    return commands.remove(found, body.reason, by=request.signature)
