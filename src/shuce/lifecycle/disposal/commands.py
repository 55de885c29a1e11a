"""Every change to a disposal. The destruction itself: `destroying.py`."""

from dataclasses import asdict

from shuce.foundation.approvals.commands import concludes, open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.commands import require_duty
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Link
from shuce.kernel.refusals import Obstacle, Refused, refuse_if
from shuce.lifecycle.disposal import events, queries, rules
from shuce.lifecycle.disposal.destroying import attend_destruction, destroy
from shuce.lifecycle.disposal.locking import about, locked
from shuce.lifecycle.disposal.models import Copy, Disposal
from shuce.lifecycle.disposal.rules import (
    CopyKind,
    DisposalKind,
    DisposalState,
    Treatment,
    Worthlessness,
)
from shuce.lifecycle.register.commands import begin_disposal, close_card, return_to_force
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.rights.commands import withdraw_grant
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import LIVE

__all__ = [
    "abandon_disposal",
    "attend_destruction",
    "carry_out",
    "count_copies",
    "deal_with_copy",
    "destroy",
    "list_copy",
    "propose_disposal",
]


@command
def propose_disposal(
    card: Card,
    kind: DisposalKind,
    reason: str,
    *,
    worthless: Worthlessness | None = None,
    recipient: str = "",
    by: Signature,
) -> Disposal:
    """Propose the end of an asset, list its copies, and put it to collective decision (N-6)."""
    card = (
        Card.objects.select_for_update(of=("self",))
        .select_related("holder", "resource__source")
        .get(id=card.id)
    )
    by.require(Permission.DISPOSAL_APPLY, within=card.holder)
    require_duty(card.holder, Link.DISPOSAL)
    refuse_if(
        rules.obstacles_to_propose(kind, reason, queries.standing_of(card), worthless, by.today)
    )
    book_value = queries.book_value_of(card)
    disposal = Disposal.objects.create(
        number=next_number(f"CZ-{by.today.year}-"),
        card=card,
        kind=kind,
        reason=reason,
        recipient=recipient,
        book_value=book_value.fen,
        recognition=asdict(worthless) if worthless else {},
        proposed_by=by.member,
        proposed_at=by.at,
    )
    copies = _list_new(disposal)
    begin_disposal(card, disposal.id, by=by)
    open_case(
        Matter.DISPOSAL,
        subject_id=disposal.id,
        asset_id=card.id,
        title=f"{card.name} {kind.chinese}",
        organization=card.holder,
        facts={"kind": str(kind), "value_fen": book_value.fen},
        subject_url=f"/disposal/disposals/{disposal.id}/",
        summary=[
            ("处置编号", disposal.number),
            ("数据资产", str(card)),
            ("处置方式", kind.chinese),
            ("账面价值", str(book_value)),
            ("处置理由", reason),
            ("已知副本和授权", str(copies)),
            *([("接收方", recipient)] if recipient else []),
            *([("认定依据", worthless.grounds)] if worthless else []),
        ],
        by=by,
    )
    record(
        events.DisposalProposed(
            disposal.id,
            disposal.number,
            kind,
            book_value.fen,
            copies,
            **about(disposal),
        ),
        by,
    )
    return disposal


@concludes(Matter.DISPOSAL)
@command
def conclude_disposal(case: Case, *, by: Signature) -> None:
    """Give an approved disposal its official reply, or put the card back in force."""
    disposal = locked(case.subject_id)
    disposal.state = {
        Outcome.APPROVED: DisposalState.APPROVED,
        Outcome.WITHDRAWN: DisposalState.WITHDRAWN,
    }.get(Outcome(case.outcome), DisposalState.REFUSED)
    if disposal.state == DisposalState.APPROVED:
        disposal.reply_number = next_number(f"PF-{by.today.year}-")
        disposal.replied_at = by.at
    else:
        disposal.done_at = by.at
        return_to_force(disposal.card, disposal.id, by=by)
    disposal.save(update_fields=["state", "reply_number", "replied_at", "done_at"])
    record(
        events.DisposalConcluded(
            disposal.id, disposal.state, disposal.reply_number or "", **about(disposal)
        ),
        by,
    )


@command
def count_copies(disposal: Disposal, *, by: Signature) -> int:
    """Look for copies again; list those that are new, and return how many."""
    disposal = locked(disposal.id)
    by.require(Permission.DISPOSAL_APPLY, within=disposal.card.holder)
    refuse_if(rules.obstacles_to_list_copy(DisposalState(disposal.state), "-", "-"))
    listed = _list_new(disposal)
    record(events.CopiesListed(disposal.id, disposal.copies.count(), listed, **about(disposal)), by)
    return listed


@command
def list_copy(
    disposal: Disposal, what: str, where: str, kind: CopyKind = CopyKind.OTHER, *, by: Signature
) -> Copy:
    """Add a copy that only people know of."""
    disposal = locked(disposal.id)
    by.require(Permission.DISPOSAL_APPLY, within=disposal.card.holder)
    refuse_if(rules.obstacles_to_list_copy(DisposalState(disposal.state), what, where))
    if kind not in (CopyKind.OTHER, CopyKind.BACKUP):
        raise Refused(Obstacle("授权和产品由系统清点，只能补充登记备份和其他副本", field="kind"))
    copy = Copy.objects.create(disposal=disposal, kind=kind, what=what, where=where)
    record(events.CopiesListed(disposal.id, disposal.copies.count(), 1, **about(disposal)), by)
    return copy


@command
def deal_with_copy(copy: Copy, how: Treatment, note: str, *, by: Signature) -> Copy:
    """Deal with one copy. A grant is withdrawn here and now, at the node too."""
    disposal = locked(copy.disposal_id)
    by.require(Permission.DISPOSAL_APPLY, within=disposal.card.holder)
    copy = Copy.objects.select_for_update().get(id=copy.id)
    refuse_if(
        rules.obstacles_to_treat(
            DisposalKind(disposal.kind),
            DisposalState(disposal.state),
            CopyKind(copy.kind),
            copy.is_dealt_with,
            how,
            note,
        )
    )
    if copy.kind == CopyKind.PRODUCT:
        product = queries.product_standing(copy.cause_id)
        refuse_if(rules.obstacles_to_drop_product(product.listed, product.contracts_running))
    if copy.kind == CopyKind.GRANT:
        # A sub-grant may already have gone with the grant it came from.
        for grant in Grant.objects.filter(id=copy.cause_id, state__in=LIVE):
            withdraw_grant(grant, note, by=by)
    copy.how, copy.note = how, note
    copy.dealt_with_by, copy.dealt_with_at = by.member, by.at
    copy.save(update_fields=["how", "note", "dealt_with_by", "dealt_with_at"])
    record(
        events.CopyDealtWith(
            disposal.id, copy.id, copy.kind, how, copy.cause_id, **about(disposal)
        ),
        by,
    )
    return copy


@command
def carry_out(disposal: Disposal, outcome: str = "", *, by: Signature) -> Disposal:
    """Carry out a disposal as its reply says, and close the card. Destruction: `destroy`."""
    disposal = locked(disposal.id)
    by.require(Permission.DISPOSAL_APPLY, within=disposal.card.holder)
    refuse_if(rules.obstacles_to_carry_out(queries.readiness_of(disposal)))
    disposal.state = DisposalState.DONE
    disposal.outcome = outcome
    disposal.done_at = by.at
    disposal.save(update_fields=["state", "outcome", "done_at"])
    record(
        events.DisposalCarriedOut(
            disposal.id,
            disposal.number,
            disposal.reply_number or "",
            disposal.kind,
            **about(disposal),
        ),
        by,
    )
    close_card(disposal.card, disposal.id, by=by)
    return disposal


@command
def abandon_disposal(disposal: Disposal, reason: str, *, by: Signature) -> Disposal:
    """Give up an approved disposal that cannot be carried out. The card is in force again."""
    disposal = locked(disposal.id)
    by.require(Permission.DISPOSAL_APPLY, within=disposal.card.holder)
    refuse_if(rules.obstacles_to_abandon(DisposalState(disposal.state), reason))
    disposal.state = DisposalState.WITHDRAWN
    disposal.outcome = reason
    disposal.done_at = by.at
    disposal.save(update_fields=["state", "outcome", "done_at"])
    record(events.DisposalAbandoned(disposal.id, disposal.number, reason, **about(disposal)), by)
    return_to_force(disposal.card, disposal.id, by=by)
    return disposal


def _list_new(disposal: Disposal) -> int:
    found = queries.unlisted_copies(disposal)
    for one in found:
        Copy.objects.create(
            disposal=disposal,
            kind=one.kind,
            what=one.what,
            where=one.where,
            cause_id=one.cause_id,
        )
    return len(found)
