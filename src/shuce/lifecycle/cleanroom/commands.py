"""Ask a question of granted data. The node judges; only what passes comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime

from shuce.engines.guard.foresight import Foresight
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import NotPermitted, Obstacle, refuse_if
from shuce.lifecycle.cleanroom import events, rules
from shuce.lifecycle.cleanroom.models import QueryVersion, Question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.register.commands import note_use
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import require_in_force
from shuce.lifecycle.sources.nodes import node_of, register_key
from shuce.node import AnyNode, Receipt, SignedJob, sign_job


@dataclass(frozen=True)
class Origin:
    """The saved query a question is asked from, with its parameters' values, and what had it asked.

    One cause has one question: asked again after a crash, it finds the one that was kept.
    """

    version: QueryVersion
    values: Mapping[str, str]
    cause_id: str = ""


def ask_question(
    grant: Grant, sql: str, *, origin: Origin | None = None, by: Signature
) -> Question:
    """Put one question to the node under `grant`. A refusal is an answer too, and is kept.

    The node works outside any transaction, so that nobody waits for a long question; the answer is
    kept only if the grant is still in force when it comes.
    """
    if by.member.organization is None:
        raise NotPermitted(Obstacle("您没有所属单位"))
    by.require(Permission.CLEANROOM_ASK, within=by.member.organization)
    refuse_if(rules.obstacles_to_ask(sql, grant.operator_id == by.organization_id))
    return keep_answer(grant, sql, put_to_node(grant, sql, by=by), origin=origin, by=by)


def put_to_node(grant: Grant, sql: str, *, by: Signature) -> Receipt:
    """Have the node judge and answer a question, if the grant is in force; keep nothing yet."""
    grant = require_in_force(grant, by.today)
    job, now = _job(grant, sql, by)
    return _node_of(grant).answer(job, now=now)


def foresee_question(grant: Grant, sql: str, *, by: Signature) -> Foresight:
    """Have the node say what a question would cost and how exact it would be; nothing changes."""
    if by.member.organization is None:
        raise NotPermitted(Obstacle("您没有所属单位"))
    by.require(Permission.CLEANROOM_ASK, within=by.member.organization)
    refuse_if(rules.obstacles_to_ask(sql, grant.operator_id == by.organization_id))
    grant = require_in_force(grant, by.today)
    job, now = _job(grant, sql, by)
    return _node_of(grant).foresee(job, now=now)


def _node_of(grant: Grant) -> AnyNode:
    resource = grant.card.resource
    assert resource is not None, "only an asset with data can be granted"
    return node_of(resource.source)


def _job(grant: Grant, sql: str, by: Signature) -> tuple[SignedJob, datetime]:
    # The node counts days as China does.
    now = localtime(by.at)
    job = sign_job(
        register_key(),
        job_id=new_id(),
        grant_id=grant.id,
        actor=by.member_id,
        sql=sql,
        issued_at=now,
    )
    return job, now


@command
def keep_answer(
    grant: Grant, sql: str, receipt: Receipt, *, origin: Origin | None = None, by: Signature
) -> Question:
    """Keep what the node answered, unless the grant was stopped meanwhile."""
    grant = require_in_force(grant, by.today)
    question = Question.objects.create(
        grant=grant,
        member=by.member,
        sql=sql,
        verdict=Verdict(receipt.verdict),
        rule=receipt.rule,
        reason=receipt.reason[:500],
        columns=list(receipt.columns),
        rows=[list(row) for row in receipt.rows],
        suppressed=receipt.suppressed,
        receipt=receipt.as_json(),
        version=origin.version if origin else None,
        values=dict(origin.values) if origin else {},
        cause_id=origin.cause_id if origin else "",
        asked_at=by.at,
    )
    about = {"asset_id": grant.card_id, "organization_id": grant.card.holder_id}
    if question.verdict == Verdict.REFUSED:
        record(events.QuestionRefused(question.id, grant.id, question.rule, **about), by)
        return question
    record(
        events.QuestionAnswered(
            question.id,
            grant.id,
            len(question.rows),
            question.suppressed,
            receipt.digest,
            **about,
        ),
        by,
    )
    note_use(grant.card, question.id, by=by)
    return question
