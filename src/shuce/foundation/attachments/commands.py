"""Hang a file on a thing of the register, and take it off."""

from collections.abc import Iterable

from shuce.engines.erasure import Digests
from shuce.foundation.attachments import events, files, rules
from shuce.foundation.attachments.models import Attachment
from shuce.foundation.attachments.pegs import Peg, peg_seen
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Signature
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import NotPermitted, Obstacle, refuse_if


def attach(
    kind: str,
    subject_id: str,
    name: str,
    pieces: Iterable[bytes],
    note: str = "",
    *,
    by: Signature,
) -> Attachment:
    """Hang a file on a thing that the signer sees and may change (N-9)."""
    _changeable(kind, subject_id, by)
    name = rules.plain_name(name)
    refuse_if(rules.obstacles_to_name(name))
    # Written before the transaction: nobody waits for a slow upload, and no record lacks its file.
    made = new_id()
    kept = files.keep(made, name, pieces)
    try:
        return _hang(made, kind, subject_id, name, note, kept, by=by)
    except BaseException:
        files.destroy(made)
        raise


@command
def _hang(
    attachment_id: str,
    kind: str,
    subject_id: str,
    name: str,
    note: str,
    kept: Digests,
    *,
    by: Signature,
) -> Attachment:
    peg = _changeable(kind, subject_id, by)
    there = Attachment.objects.filter(kind=kind, subject_id=subject_id, removed_at=None)
    is_there = there.filter(sha256=kept.sha256).exists()
    refuse_if(rules.obstacles_to_add(is_there, there.count()))
    made = Attachment.objects.create(
        id=attachment_id,
        kind=kind,
        subject_id=subject_id,
        name=name,
        note=note.strip(),
        size=kept.size,
        sha256=kept.sha256,
        sm3=kept.sm3,
        member=by.member,
        added_at=by.at,
    )
    record(
        events.FileAttached(
            made.id,
            kind,
            subject_id,
            name,
            kept.size,
            kept.sha256,
            kept.sm3,
            asset_id=peg.asset_id,
            organization_id=peg.organization.id,
        ),
        by,
    )
    return made


def remove(attachment: Attachment, reason: str, *, by: Signature) -> Attachment:
    """Take a file off its thing and destroy it; who, when, what it was and why stay (N-9)."""
    removed = _unhang(attachment, reason, by=by)
    files.destroy(removed.id)
    return removed


@command
def _unhang(attachment: Attachment, reason: str, *, by: Signature) -> Attachment:
    attachment = Attachment.objects.select_for_update().get(id=attachment.id)
    peg = _changeable(attachment.kind, attachment.subject_id, by)
    refuse_if(rules.obstacles_to_remove(attachment.removed_at is not None, reason))
    attachment.removed_by, attachment.removed_at = by.member, by.at
    attachment.removed_for = reason.strip()
    attachment.save(update_fields=["removed_by", "removed_at", "removed_for"])
    record(
        events.AttachmentRemoved(
            attachment.id,
            attachment.kind,
            attachment.subject_id,
            attachment.sha256,
            attachment.removed_for,
            asset_id=peg.asset_id,
            organization_id=peg.organization.id,
        ),
        by,
    )
    return attachment


def _changeable(kind: str, subject_id: str, by: Signature) -> Peg:
    peg = peg_seen(kind, subject_id, by.member)
    if not peg.may_change:
        raise NotPermitted(Obstacle("您可以查看这里的附件，但不能增减"))
    return peg
