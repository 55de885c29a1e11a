"""Files of cards: read, judged, shown before anything happens, taken in, and undone.

Each part of a file is one command that takes its rows in and marks them, so a job that stops or
crashes goes on where it was and no row works twice.
"""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.jobs.commands import OnProgress, Stopped, ask, does
from shuce.foundation.jobs.models import Job
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.inventory.rules import (
    Criterion,
    RecognitionAnswers,
    RecognitionOutcome,
    ResourceState,
    obstacles_to_recognize,
    outcome_of,
)
from shuce.lifecycle.register import exchanging, spreadsheets
from shuce.lifecycle.register import intake_events as events
from shuce.lifecycle.register.bulk import BulkRow, enter_cards_in_bulk
from shuce.lifecycle.register.history import facts_from
from shuce.lifecycle.register.intake_queries import totals_of
from shuce.lifecycle.register.judging import judge_lines
from shuce.lifecycle.register.models import Batch, Card, Intake, IntakeLine, ValueEntry
from shuce.lifecycle.register.queries import added_to
from shuce.lifecycle.register.revising import restore_version, revise_card
from shuce.lifecycle.register.rules import MOST_CARDS_OF_A_BATCH
from shuce.lifecycle.register.words import CardState, IntakeState, RowVerdict

_CHANGES_OF_A_PART = 200
_SHEETS = ("xlsx", "xls", "ods")


@command
def read_file(
    holder: Organization, title: str, name: str, content: bytes, *, by: Signature
) -> Intake:
    """Read a file of cards (Excel, or the exchange layout in JSON or XML) and let it be judged."""
    by.require(Permission.CARD_ENTER, within=holder)
    if not title.strip():
        raise Refused(Obstacle("请填写名称", Clause.N_8, field="title"))
    kind = name.rpartition(".")[2].lower()
    claimed: Mapping[str, int] = {}
    rows: Sequence[object]
    titles: list[str] = []
    mapping: list[list[object]] = []
    if kind in _SHEETS:
        titles, *rows = spreadsheets.read(name, content)
        mapping = _mapping_for(holder, titles)
    elif kind in ("json", "xml"):
        document = exchanging.read(name, content)
        claimed = document.claimed
        rows = [{"key": one.key, "number": one.number, **one.facts} for one in document.cards]
    else:
        raise Refused(Obstacle("请上传 Excel、JSON 或 XML 文件", Clause.N_8, field="file"))
    digest = hashlib.sha256(content).hexdigest()
    intake = Intake.objects.create(
        holder=holder,
        title=title.strip(),
        file_name=name[-200:],
        digest=digest,
        headings=titles,
        mapping=mapping,
        claimed=dict(claimed),
        member=by.member,
        read_at=by.at,
    )
    # A row's number is that of its sheet, where the heading is the first.
    IntakeLine.objects.bulk_create(
        (
            IntakeLine(intake=intake, place=place, cells=cells)
            for place, cells in enumerate(rows, start=2)
            if not isinstance(cells, list) or any(cells)
        ),
        batch_size=1_000,
    )
    record(events.IntakeRead(intake.id, digest, len(rows), organization_id=holder.id), by)
    _ask("register.judge", say("核对“{title}”", title=intake.title), intake, by)
    return intake


@command
def map_columns(intake: Intake, mapping: Mapping[int, str], *, by: Signature) -> Intake:
    """Say which column holds which field, and let the file be judged again. It is remembered."""
    intake = _locked(intake)
    by.require(Permission.CARD_ENTER, within=intake.holder)
    _require_state(intake, IntakeState.PREVIEWED)
    keys = list(mapping.values())
    known = {key for key, _ in spreadsheets.headings(added_to(intake.holder))}
    if len(set(keys)) != len(keys):
        raise Refused(Obstacle("一个字段只能对应一列", Clause.N_8))
    if set(keys) - known or any(not 0 <= place < len(intake.headings) for place in mapping):
        raise Refused(Obstacle("对应关系里有不存在的列或字段", Clause.N_8))
    intake.mapping = [[place, key] for place, key in sorted(mapping.items())]
    intake.state = IntakeState.READING
    intake.save(update_fields=["mapping", "state"])
    record(
        events.IntakeRead(
            intake.id, intake.digest, intake.lines.count(), organization_id=intake.holder_id
        ),
        by,
    )
    _ask("register.judge", say("核对“{title}”", title=intake.title), intake, by)
    return intake


@command
def take_in(intake: Intake, answers: RecognitionAnswers, *, by: Signature) -> Job:
    """Take the good rows of a judged file in, in the background (G-4, N-8).

    `answers` is the recognition test of all new rows.
    """
    intake = _locked(intake)
    by.require(Permission.CARD_ENTER, within=intake.holder)
    _require_state(intake, IntakeState.PREVIEWED)
    if intake.lines.filter(verdict=RowVerdict.NEW).exists():
        by.require(Permission.ASSET_RECOGNIZE, within=intake.holder)
        refuse_if(obstacles_to_recognize(answers, ResourceState.FOUND))
        if outcome_of(answers) is not RecognitionOutcome.CARD:
            raise Refused(Obstacle("该资源未满足全部确认条件，只能列入备查簿", Clause.G_4))
    if not intake.lines.filter(verdict__in=(RowVerdict.NEW, RowVerdict.CHANGED)).exists():
        raise Refused(Obstacle("没有可以导入的行", Clause.N_8))
    intake.answers = dataclasses.asdict(answers)
    intake.state = IntakeState.RUNNING
    intake.save(update_fields=["answers", "state"])
    record(events.IntakeAsked(intake.id, intake.title, organization_id=intake.holder_id), by)
    return _ask("register.intake", say("导入“{title}”", title=intake.title), intake, by)


@command
def resume(intake: Intake, *, by: Signature) -> Job:
    """Go on with an import that was stopped or broke off; rows taken in are not taken twice."""
    intake = _locked(intake)
    by.require(Permission.CARD_ENTER, within=intake.holder)
    _require_state(intake, IntakeState.RUNNING)
    record(events.IntakeAsked(intake.id, intake.title, organization_id=intake.holder_id), by)
    return _ask("register.intake", say("导入“{title}”", title=intake.title), intake, by)


@command
def discard(intake: Intake, *, by: Signature) -> Intake:
    """Put a file aside before anything of it was taken in."""
    intake = _locked(intake)
    by.require(Permission.CARD_ENTER, within=intake.holder)
    _require_state(intake, IntakeState.PREVIEWED)
    intake.state, intake.ended_at = IntakeState.DISCARDED, by.at
    intake.save(update_fields=["state", "ended_at"])
    record(events.IntakeDiscarded(intake.id, organization_id=intake.holder_id), by)
    return intake


@command
def undo(intake: Intake, reason: str, *, by: Signature) -> dict[str, int]:
    """Undo an import: drafts it made go, changes it made are taken back.

    A card on which anybody went on working since stays as it is, and is counted as kept.
    """
    intake = _locked(intake)
    by.require(Permission.CARD_ENTER, within=intake.holder)
    _require_state(intake, IntakeState.DONE)
    if not reason.strip():
        raise Refused(Obstacle("请写明撤销原因", Clause.N_8, field="reason"))
    counts = {"removed": 0, "restored": 0, "kept": 0}
    for line in intake.lines.filter(done=True, undone=False).exclude(card_id=""):
        outcome = _undo_line(line, intake, reason, by)
        counts[outcome] += 1
        if outcome != "kept":
            IntakeLine.objects.filter(id=line.id).update(undone=True)
    Batch.objects.filter(holder=intake.holder, title=intake.title, cards=None).delete()
    intake.state, intake.ended_at = IntakeState.UNDONE, by.at
    intake.save(update_fields=["state", "ended_at"])
    record(
        events.IntakeUndone(
            intake.id,
            counts["removed"],
            counts["restored"],
            counts["kept"],
            reason,
            organization_id=intake.holder_id,
        ),
        by,
    )
    return counts


@does("register.judge")
def _judge_job(job: Job, by: Signature, on_progress: OnProgress) -> str:
    intake = Intake.objects.select_related("holder").get(id=job.subject_id)
    lines = list(intake.lines.all())

    def go_on(done: int) -> None:
        if not on_progress(done, len(lines)):
            raise Stopped

    judged = judge_lines(intake, lines, by.today, go_on)
    for line, one in zip(lines, judged, strict=True):
        line.key, line.facts, line.verdict = one.key[:100], one.facts, one.verdict
        line.reasons = [str(obstacle) for obstacle in one.obstacles]
        line.card_id = one.card.id if one.card else ""
    counts = _file_judgement(intake, lines, by=by)
    on_progress(len(lines), len(lines))
    return say("新增 {new}，变更 {changed}，无变化 {unchanged}，有误 {bad}", **counts)


@command
def _file_judgement(
    intake: Intake, lines: Sequence[IntakeLine], *, by: Signature
) -> dict[str, int]:
    intake = _locked(intake)
    _require_state(intake, IntakeState.READING)
    IntakeLine.objects.bulk_update(
        lines, ["key", "facts", "verdict", "reasons", "card_id"], batch_size=200
    )
    intake.state = IntakeState.PREVIEWED
    intake.save(update_fields=["state"])
    counts = {one.value.lower(): sum(line.verdict == one for line in lines) for one in RowVerdict}
    record(events.IntakeJudged(intake.id, **counts, organization_id=intake.holder_id), by)
    return counts


@does("register.intake")
def _intake_job(job: Job, by: Signature, on_progress: OnProgress) -> str:
    intake = Intake.objects.select_related("holder").get(id=job.subject_id)
    to_do = intake.lines.filter(verdict__in=(RowVerdict.NEW, RowVerdict.CHANGED))
    total = to_do.count()
    while part := _next_part(intake):
        if not on_progress(to_do.filter(done=True).count(), total):
            raise Stopped
        _take_part(intake, part, by=by)
    taken = _finish(intake, by=by)
    on_progress(total, total)
    return say("导入 {count} 行，未导入 {rejected} 行", **taken)


def _next_part(intake: Intake) -> list[IntakeLine]:
    """Return the next rows to be taken in together: new ones as one batch, then the changed."""
    left = intake.lines.filter(done=False)
    return list(
        left.filter(verdict=RowVerdict.NEW)[:MOST_CARDS_OF_A_BATCH]
        or left.filter(verdict=RowVerdict.CHANGED)[:_CHANGES_OF_A_PART]
    )


@command
def _take_part(intake: Intake, part: Sequence[IntakeLine], *, by: Signature) -> None:
    """Take some rows in and mark them, in one act."""
    new = [line for line in part if line.verdict == RowVerdict.NEW]
    refused = _draft(intake, new, by) if new else 0
    for line in part:
        if line.verdict == RowVerdict.CHANGED:
            refused += _change(intake, line, by)
        line.done = True
    IntakeLine.objects.bulk_update(
        part,
        ["verdict", "reasons", "card_id", "version_before", "version_after", "done"],
        batch_size=200,
    )
    record(
        events.IntakePartTaken(
            intake.id, part[0].place, part[-1].place, refused, organization_id=intake.holder_id
        ),
        by,
    )


def _draft(intake: Intake, lines: Sequence[IntakeLine], by: Signature) -> int:
    answers = RecognitionAnswers(
        **{name: Criterion(**answer) for name, answer in intake.answers.items()}
    )
    outcome = enter_cards_in_bulk(
        intake.holder,
        [BulkRow(line.key, facts_from(line.facts)) for line in lines],
        answers,
        title=intake.title,
        by=by,
    )
    for place, line in enumerate(lines):
        if place in outcome.refused:
            line.verdict = RowVerdict.BAD
            line.reasons = [str(obstacle) for obstacle in outcome.refused[place]]
        elif place in outcome.drafted:
            line.card_id, line.version_after = outcome.drafted[place].id, 1
        else:
            # Somebody entered this very number since the file was judged.
            line.verdict = RowVerdict.UNCHANGED
    return len(outcome.refused)


def _change(intake: Intake, line: IntakeLine, by: Signature) -> int:
    card = Card.objects.select_related("holder").get(id=line.card_id)
    line.version_before = card.version
    try:
        with transaction.atomic():
            revised = revise_card(card, line.facts, say("导入：{title}", title=intake.title), by=by)
    except Refused as refusal:
        line.verdict = RowVerdict.BAD
        line.reasons = [str(obstacle) for obstacle in refusal.obstacles]
        return 1
    line.version_after = revised.card.version
    if revised.proposal:
        line.reasons = [say("变更已提交审批，通过后生效，现行卡片不变")]
    return 0


@command
def _finish(intake: Intake, *, by: Signature) -> dict[str, Any]:
    """Compare what the file held with what was taken, and close the import with its receipt."""
    intake = _locked(intake)
    held = totals_of(intake.lines.all())
    taken = totals_of(intake.lines.exclude(verdict=RowVerdict.BAD))
    balanced = held == taken and all(held[name] == one for name, one in intake.claimed.items())
    rejected = held["count"] - taken["count"]
    intake.taken = {"held": held, "taken": taken, "rejected": rejected, "balanced": balanced}
    intake.state, intake.ended_at = IntakeState.DONE, by.at
    intake.save(update_fields=["taken", "state", "ended_at"])
    record(
        events.IntakeDone(
            intake.id, taken["count"], taken["cost_fen"], rejected, balanced,
            organization_id=intake.holder_id,
        ),
        by,
    )  # fmt: skip
    return {"count": taken["count"], "rejected": rejected}


def _undo_line(line: IntakeLine, intake: Intake, reason: str, by: Signature) -> str:
    card = Card.objects.select_for_update(of=("self",)).filter(id=line.card_id).first()
    if card is None or card.version != line.version_after:
        return "kept"
    if line.verdict == RowVerdict.CHANGED:
        if line.version_after == line.version_before:
            return "kept"
        assert line.version_before is not None
        try:
            with transaction.atomic():
                back = restore_version(card, line.version_before, reason, by=by)
        except Refused:
            return "kept"
        return "kept" if back.proposal else "restored"
    untouched = card.state == CardState.DRAFT and card.grade is None and not card.uses
    return "removed" if untouched and _remove(card, intake, by) else "kept"


def _remove(card: Card, intake: Intake, by: Signature) -> bool:
    card_id = card.id
    try:
        with transaction.atomic():
            ValueEntry.objects.filter(card=card).delete()
            card.delete()
    except ProtectedError:
        # Something else holds on to the card already: lineage, an appraisal, a reader.
        return False
    record(
        events.DraftWithdrawn(
            card_id, intake.id, card.name, asset_id=card_id, organization_id=intake.holder_id
        ),
        by,
    )
    return True


def _mapping_for(holder: Organization, titles: Sequence[str]) -> list[list[object]]:
    """Return the mapping that was last said for such a file, or the one the headings suggest."""
    last = Intake.objects.filter(holder=holder, headings=list(titles)).order_by("-id").first()
    if last and last.mapping:
        return list(last.mapping)
    found = spreadsheets.matched(titles, added_to(holder))
    return [[place, key] for place, key in sorted(found.items())]


def _ask(kind: str, title: str, intake: Intake, by: Signature) -> Job:
    return ask(kind, title, intake.id, intake.holder, by=by)


def _require_state(intake: Intake, state: IntakeState) -> None:
    if intake.state != state:
        raise Conflict(
            Obstacle(
                "这次导入“{state}”，不能这样办理", Clause.N_8, state=IntakeState(intake.state).label
            )
        )


def _locked(intake: Intake) -> Intake:
    return Intake.objects.select_for_update(of=("self",)).select_related("holder").get(id=intake.id)
