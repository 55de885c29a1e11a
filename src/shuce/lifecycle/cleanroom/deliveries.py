"""Let a file leave: everything is judged again at that moment, and the file says whose it is."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from shuce.engines.watermark import fresh_mark, marked_csv, marked_workbook
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.office.showing import moment
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotPermitted, Obstacle, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import events, rules
from shuce.lifecycle.cleanroom.models import Blend, Dataset, Delivery, Question
from shuce.lifecycle.cleanroom.rules import FileForm, Verdict, What
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import require_in_force


@dataclass(frozen=True)
class Content:
    """What a file holds, and the digest under which the node let it out."""

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    digest: str


@dataclass(frozen=True)
class Taken:
    """A delivery with its file, at its start."""

    delivery: Delivery
    file: IO[bytes]


@command
def deliver_result(question: Question, form: FileForm, *, by: Signature) -> Taken:
    """Take released figures out as a file: only while the grant is in force, and it is noted."""
    if question.grant.operator_id != by.organization_id or by.member.organization is None:
        raise NotPermitted(Obstacle("只能导出本单位的查询结果", Clause.N_4))
    by.require(Permission.CLEANROOM_ASK, within=by.member.organization)
    refuse_if(rules.obstacles_to_export(Verdict(question.verdict)))
    blend = Blend.objects.filter(question=question).first()
    if blend:  # what is stopped of either side's data is stopped here too
        require_in_force(blend.right, by.today)
    return hand_over(
        What.RESULT,
        question.grant,
        Content(question.columns, question.rows, question.digest),
        form,
        receiver=by.member.organization,
        question=question,
        by=by,
    )


@command
def hand_over(
    what: What,
    grant: Grant,
    content: Content,
    form: FileForm,
    *,
    receiver: Organization,
    question: Question | None = None,
    dataset: Dataset | None = None,
    by: Signature,
) -> Taken:
    """Write the file of a delivery with its marks, if the grant is in force, and keep whose it is.

    The caller has judged who may take it; that the grant still runs is judged here, for all.
    """
    grant = require_in_force(grant, by.today)
    delivery = Delivery(
        number=next_number(f"JF-{by.today.year}-"),
        what=what,
        grant=grant,
        question=question,
        dataset=dataset,
        receiver=receiver,
        member=by.member,
        form=form,
        digest=content.digest,
        mark=fresh_mark().hex(),
        delivered_at=by.at,
    )
    file = _written(delivery, content)
    delivery.file_digest = _digest(file)
    delivery.save(force_insert=True)
    record(
        events.ResultExported(
            question.id if question else delivery.id,
            grant.id,
            content.digest,
            delivery.number,
            receiver.id,
            delivery.file_digest,
            asset_id=grant.card_id,
            organization_id=grant.card.holder_id,
        ),
        by,
    )
    return Taken(delivery, file)


def note_on(delivery: Delivery) -> str:
    """The line that goes with a file wherever it goes: whose, when, under what."""
    return say(
        "交付 {delivery}　授权 {grant}　{person}（{organization}）　{at}　结果摘要 {digest}",
        delivery=delivery.number,
        grant=delivery.grant.number,
        person=delivery.member,
        organization=delivery.receiver,
        at=moment(delivery.delivered_at),
        digest=delivery.digest,
    )


def _written(delivery: Delivery, content: Content) -> IO[bytes]:
    mark, note = bytes.fromhex(delivery.mark), note_on(delivery)
    if delivery.form == FileForm.EXCEL:
        return marked_workbook(
            content.columns,
            content.rows,
            mark,
            note,
            sheet=What(delivery.what).label,
            number=delivery.number,
        )
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115  the answer streams it and closes it
    file.writelines(marked_csv(content.columns, content.rows, mark, note))
    file.seek(0)
    return file


def _digest(file: IO[bytes]) -> str:
    told = hashlib.sha256()
    for part in iter(lambda: file.read(1 << 20), b""):
        told.update(part)
    file.seek(0)
    return told.hexdigest()
