from django.db.models import QuerySet

from shuce.foundation.attachments.models import Attachment
from shuce.foundation.attachments.pegs import Peg, peg_seen
from shuce.foundation.organizations.models import Member
from shuce.kernel.refusals import NotFound, Obstacle


def files_of(kind: str, subject_id: str, by: Member) -> tuple[Peg, QuerySet[Attachment]]:
    """Return a thing and its files, the removed with them, to whoever sees the thing."""
    peg = peg_seen(kind, subject_id, by)
    found = Attachment.objects.filter(kind=kind, subject_id=subject_id)
    return peg, found.select_related("member", "removed_by")


def attachment_seen(attachment_id: str, by: Member) -> Attachment:
    """Return a file's record to whoever sees the thing it hangs on."""
    found = Attachment.objects.filter(id=attachment_id).select_related("member").first()
    if found is None:
        raise NotFound(Obstacle("没有这个附件，或您无权查看"))
    peg_seen(found.kind, found.subject_id, by)
    return found


def attachment_to_take(attachment_id: str, by: Member) -> Attachment:
    """Return a record whose file has not been removed."""
    found = attachment_seen(attachment_id, by)
    if found.removed_at:
        raise NotFound(Obstacle("附件已经移除"))
    return found
