"""What each rule looks at. A detector reads, and yields what it saw; it changes nothing."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256

from django.db.models import Count, Max, Q, QuerySet

from shuce.engines import transparency
from shuce.engines.breaches import red_lines, settings_on
from shuce.foundation.evidence import queries as evidence
from shuce.foundation.evidence import sequencer
from shuce.foundation.evidence.models import Checkpoint, Entry
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.queries import duties_of
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.inventory.comparing import open_until
from shuce.lifecycle.inventory.models import Snapshot
from shuce.lifecycle.inventory.queries import drifted
from shuce.lifecycle.market.models import ProductInput
from shuce.lifecycle.market.rules import ContractState, ProductState
from shuce.lifecycle.quality.queries import overdue_issues
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import overdue_for_update
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.revenue.models import ShareLine
from shuce.lifecycle.revenue.rules import LineState
from shuce.lifecycle.rights.models import Grant, SecurityAssessment
from shuce.lifecycle.rights.queries import LIVE
from shuce.lifecycle.rights.rules import GrantState
from shuce.lifecycle.sources.nodes import node_of
from shuce.node import NodeRefused
from shuce.supervision.watch.dealings import bodies_dealing, dealings_of
from shuce.supervision.watch.regrading import grade_review
from shuce.supervision.watch.rules import Sighting
from shuce.supervision.watch.words import RuleCode

Thresholds = dict[str, int]
Detector = Callable[[Thresholds, Signature], Iterator[Sighting]]


def unusual_access(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Grants under which many questions were refused within the last day."""
    refused = (
        Question.objects.filter(
            verdict=Verdict.REFUSED,
            asked_at__gt=by.at - timedelta(days=1),
            asked_at__lte=by.at,
        )
        .values("grant_id")
        .annotate(refused=Count("id"))
        .filter(refused__gte=thresholds["refused_in_a_day"])
    )
    counts = {row["grant_id"]: row["refused"] for row in refused}
    for grant in _grants().filter(id__in=counts):
        yield _about(grant, number=grant.number or "", refused=counts[grant.id])


def budget_low(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Grants whose privacy budget at the node is nearly spent."""
    for grant in _grants().filter(state=GrantState.IN_FORCE):
        try:
            resource = grant.card.resource
            assert resource is not None, "only an asset with data can be granted"
            spent, total = node_of(resource.source).budget_of(grant.id)
        except NodeRefused:
            # Not accepted by this node: nothing is spent here.
            continue
        percent = int(100 * spent / total) if total else 100
        if percent >= thresholds["used_percent"]:
            yield _about(grant, number=grant.number or "", percent=percent)


def overdue_update(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Cards past their update cycle."""
    day = by.today - timedelta(days=thresholds["days_late"] - 1)
    # In a large register these are thousands, so only what is told of them is read.
    told = overdue_for_update(day).order_by("holder_id", "id")
    for card_id, holder_id, number, name, due in told.values_list(
        "id", "holder_id", "number", "name", "update_due_on"
    ):
        yield Sighting(
            card_id, holder_id, card_id, {"number": number or name, "due": due.isoformat()}
        )


def assessment_expiring(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Cards under live grants whose last security assessment runs out."""
    until = by.today + timedelta(days=thresholds["days_before"])
    last = (
        SecurityAssessment.objects.filter(card__grants__state__in=LIVE)
        .values("card_id")
        .annotate(last_id=Max("id"))
        .values("last_id")
    )
    for found in SecurityAssessment.objects.filter(
        id__in=last, valid_until__lte=until
    ).select_related("card"):
        card = found.card
        facts = {"number": card.number or card.name, "until": found.valid_until.isoformat()}
        yield Sighting(card.id, card.holder_id, card.id, facts)


def grant_expired_in_use(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Grants no longer in force, from which a product is still sold or served."""
    over = Grant.objects.filter(state__in=[GrantState.EXPIRED, GrantState.WITHDRAWN]) | (
        Grant.objects.filter(state__in=LIVE, ends_on__lte=by.today)
    )
    inputs = ProductInput.objects.filter(grant__in=over).select_related("product", "grant__card")
    listed = inputs.exclude(product__state=ProductState.WITHDRAWN)
    running = inputs.filter(
        product__contracts__state=ContractState.IN_FORCE,
        product__contracts__ends_on__gt=by.today,
    )
    for one in (listed | running).distinct():
        yield _about(one.grant, number=one.grant.number or "", product=one.product.number)


def remittance_overdue(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Shares due to the treasury that are late."""
    day = by.today - timedelta(days=thresholds["days_late"])
    for line in ShareLine.objects.filter(state=LineState.DUE, remit_by__lte=day).select_related(
        "distribution__receipt__bill__contract__product"
    ):
        contract = line.distribution.receipt.bill.contract
        made_from = contract.product.inputs.filter(card__holder_id=line.party_id).first()
        facts = {
            "number": contract.number,
            "amount": str(line.amount),
            "due": line.remit_by.isoformat() if line.remit_by else "",
        }
        card_id = made_from.card_id if made_from else None
        yield Sighting(line.id, line.party_id, card_id, facts)


def integrity_failed(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Signs that the evidence was altered: entries, the signed heads, the head kept outside."""
    body = by.organization_id
    for entry in Entry.objects.order_by("-id")[: thresholds["entries_checked"]]:
        if transparency.leaf_hash(bytes(entry.body)) != bytes(entry.leaf_hash):
            reason = say("第{index}号凭证的内容与其摘要不符", index=entry.index)
            yield Sighting(f"entry-{entry.id}", body, None, {"reason": reason})
    verifier = transparency.verifier_of(sequencer.verifier_key())
    last = evidence.last_checkpoint()
    notes = [last.note] if last else []
    for note in [*notes, *evidence.kept_outside()]:
        if fault := _fault_of(note, verifier):
            yield Sighting("checkpoint", body, None, {"reason": fault})
            return


def _fault_of(note: str, verifier: transparency.Verifier) -> str:
    """Return what is wrong with a signed head against the log as it stands, or nothing."""
    try:
        head = transparency.open_checkpoint(note, [verifier])
    except transparency.BadNote:
        return say("检查点不是本登记簿签署的")
    known = Checkpoint.objects.filter(size=head.size).first()
    if known is None:
        return say("库外保存的检查点（{size}条）在库中不存在，存证可能被回退", size=head.size)
    if bytes(known.root) != head.root:
        return say("检查点（{size}条）的根与签署的不一致", size=head.size)
    try:
        root = transparency.root_at(sequencer.DatabaseTiles(), head.size)
    except transparency.TileCorrupt:
        return say("存证树（{size}条）读不出来", size=head.size)
    return "" if root == head.root else say("存证树与检查点（{size}条）不符", size=head.size)


def duty_hole(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Bodies that hold assets in force and left key links of management to nobody."""
    holders = Organization.objects.filter(
        cards__state=CardState.IN_FORCE, closed_on=None
    ).distinct()
    for body in holders:
        holes = [link for link, duty in duties_of(body).items() if duty is None]
        if holes:
            links = "、".join(link.label for link in holes)
            yield Sighting(body.id, body.id, None, {"count": len(holes), "links": links})


def red_line(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Bodies whose dealings cross a red line of N-4, G-9, G-10, G-15 or N-6."""
    for body in bodies_dealing():
        dealings = dealings_of(body, by.today)
        for found in red_lines(dealings, as_of=by.today, settings=settings_on(by.today)):
            # What was crossed and the record it is about: more records do not make it another.
            about = "\n".join((body.id, found.code.value, found.refs[0]))
            yield Sighting(
                sha256(about.encode()).hexdigest()[:26],
                body.id,
                _card_among(body, found.refs),
                {
                    "code": found.code.value,
                    "amount": str(Money(found.amount_fen)),
                    "clause": found.clause.value,
                    "records": "、".join(found.refs),
                    "reason": found.why,
                },
            )


def quality_overdue(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Quality issues that should have been put right by now."""
    day = by.today - timedelta(days=thresholds["days_late"] - 1)
    for issue in overdue_issues(day):
        card = issue.card
        facts = {
            "number": card.number or card.name,
            "issue": issue.number,
            "due": issue.due_on.isoformat(),
            "reason": issue.sentence,
        }
        yield Sighting(issue.id, card.holder_id, card.id, facts)


def profile_drift(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Resources that the last scan found changed beyond the limits, or with other columns."""
    limits = {name: size for name, size in thresholds.items() if name != "quiet_days"}
    for one in drifted(**limits):
        resource = one.resource
        facts = {"name": str(resource), "reason": "；".join(_changes(one, limits))}
        yield Sighting(one.id, resource.organization_id, resource.card_id or None, facts)


def _changes(snapshot: Snapshot, limits: Thresholds) -> Iterator[str]:
    if snapshot.restructured:
        yield say("字段有增减或类型变化")
    if snapshot.rows_percent >= limits["rows_percent"]:
        yield say("行数变化{percent}%", percent=snapshot.rows_percent)
    if snapshot.nulls_points >= limits["nulls_points"]:
        yield say("空值比例变化{points}个百分点", points=snapshot.nulls_points)
    if snapshot.distinct_percent >= limits["distinct_percent"]:
        yield say("不同值个数变化{percent}%", percent=snapshot.distinct_percent)
    if snapshot.psi_hundredths >= limits["psi_hundredths"]:
        yield say("取值分布变化 PSI {psi}", psi=f"{snapshot.psi_hundredths / 100:.2f}")


def data_stale(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Cards in force whose data, by their own days, are older than they are updated."""
    cards = Card.objects.filter(state=CardState.IN_FORCE, resource__snapshots__is_newest=True)
    late = Q(pk__in=[])
    # Few cycles occur; each is compared as a day, alike on every database.
    for days in cards.order_by().values_list("update_cycle_days", flat=True).distinct():
        oldest = by.today - timedelta(days=days + thresholds["days_late"])
        late |= Q(update_cycle_days=days, resource__snapshots__newest_on__lt=oldest)
    found = cards.filter(late).values_list(
        "id",
        "holder_id",
        "number",
        "name",
        "resource__snapshots__newest_on",
        "resource__snapshots__newest_in",
    )
    for card_id, holder_id, number, name, newest, column in found:
        facts = {"number": number or name, "newest": str(newest), "column": column}
        yield Sighting(card_id, holder_id, card_id, facts)


def stocktake_due(thresholds: Thresholds, by: Signature) -> Iterator[Sighting]:
    """Stocktakes that are due soon, or overdue, and not signed off."""
    until = by.today + timedelta(days=thresholds["days_before"])
    waiting = Count("lines", filter=Q(lines__conclusion=""))
    for one in open_until(until).annotate(waiting=waiting):
        facts: dict[str, str | int] = {
            "name": one.name,
            "due": one.due_on.isoformat(),
            "waiting": one.waiting,
        }
        yield Sighting(one.id, one.organization_id, None, facts)


DETECTORS: dict[RuleCode, Detector] = {
    RuleCode.UNUSUAL_ACCESS: unusual_access,
    RuleCode.BUDGET_LOW: budget_low,
    RuleCode.OVERDUE_UPDATE: overdue_update,
    RuleCode.ASSESSMENT_EXPIRING: assessment_expiring,
    RuleCode.GRANT_EXPIRED_IN_USE: grant_expired_in_use,
    RuleCode.REMITTANCE_OVERDUE: remittance_overdue,
    RuleCode.INTEGRITY_FAILED: integrity_failed,
    RuleCode.DUTY_HOLE: duty_hole,
    RuleCode.RED_LINE: red_line,
    RuleCode.GRADE_REVIEW: grade_review,
    RuleCode.QUALITY_OVERDUE: quality_overdue,
    RuleCode.PROFILE_DRIFT: profile_drift,
    RuleCode.DATA_STALE: data_stale,
    RuleCode.STOCKTAKE_DUE: stocktake_due,
}


def _grants() -> QuerySet[Grant]:
    return Grant.objects.select_related("card__resource__source__node")


def _about(grant: Grant, **facts: str | int) -> Sighting:
    return Sighting(grant.id, grant.card.holder_id, grant.card_id, facts)


def _card_among(body: Organization, refs: tuple[str, ...]) -> str | None:
    """Return the card that the records of a finding are about, if it is one."""
    by_contract = Q(products__product__contracts__number__in=refs)
    cards = body.cards.filter(Q(number__in=refs) | by_contract).distinct()
    return next(iter(cards.order_by("id").values_list("id", flat=True)), None)
