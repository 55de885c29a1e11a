"""Reports as products: a released result issued as an edition, which buyers take as a file.

Everything is judged again when it is taken: the link to an edition is worth no more than the
contract and the grants behind it are at that moment. `revenue.serving` meters what is taken.
"""

from django.urls import reverse

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.notices.commands import tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.foundation.organizations.queries import holders_of_role
from shuce.kernel.periods import Period
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom.deliveries import Content, Taken, hand_over
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import FileForm, Verdict, What
from shuce.lifecycle.market import events, queries
from shuce.lifecycle.market import serving_rules as rules
from shuce.lifecycle.market.commands import about
from shuce.lifecycle.market.models import Contract, Edition, Product
from shuce.lifecycle.market.rules import ContractState, ProductKind, ProductState
from shuce.lifecycle.rights.queries import require_in_force


@command
def issue_edition(product: Product, question: Question, title: str, *, by: Signature) -> Edition:
    """Issue a released result as an edition of a report, and tell the agents of its buyers."""
    product = Product.objects.select_related("operator").get(id=product.id)
    by.require(Permission.PRODUCT_REGISTER, within=product.operator)
    refuse_if(
        rules.obstacles_to_issue(
            title,
            ProductKind(product.kind),
            ProductState(product.state),
            released=question.verdict == Verdict.RELEASED,
            of_product=product.inputs.filter(grant_id=question.grant_id).exists(),
        )
    )
    _require_grants(product, by)
    edition = Edition.objects.create(
        number=next_number(f"BG-{by.today.year}-"),
        product=product,
        question=question,
        title=title.strip(),
        member=by.member,
        issued_at=by.at,
    )
    record(
        events.EditionIssued(
            edition.id, edition.number, product.id, question.id, question.digest, **about(product)
        ),
        by,
    )
    contracts = queries.contracts_running(product, by.today).select_related("buyer")
    tell(
        NoticeKind.REPORT,
        [m for one in contracts for m in holders_of_role(Role.CLIENT_AGENT, one.buyer)],
        title=say("报告“{title}”已发布", title=edition.title),
        url=reverse("market:edition", args=[edition.id]),
        subject_id=edition.id,
        by=by,
    )
    return edition


@command
def withdraw_edition(edition: Edition, reason: str, *, by: Signature) -> Edition:
    """Withdraw an edition: nobody takes it from then on."""
    edition = (
        Edition.objects.select_for_update(of=("self",))
        .select_related("product__operator")
        .get(id=edition.id)
    )
    by.require(Permission.PRODUCT_REGISTER, within=edition.product.operator)
    if edition.withdrawn_at:
        raise Conflict(Obstacle("这份报告已经撤回"))
    if not reason.strip():
        raise Refused(Obstacle("请写明原因", field="reason"))
    edition.withdrawn_at = by.at
    edition.save(update_fields=["withdrawn_at"])
    record(events.EditionWithdrawn(edition.id, reason, **about(edition.product)), by)
    return edition


@command
def take_edition(edition: Edition, contract: Contract, form: FileForm, *, by: Signature) -> Taken:
    """Take an edition as a file under a contract, if all that it rests on holds this moment."""
    contract = Contract.objects.select_related("buyer", "product").get(id=contract.id)
    edition = Edition.objects.select_related("product", "question__grant").get(id=edition.id)
    by.require(Permission.CONTRACT_SIGN, within=contract.buyer)
    refuse_if(obstacles_to_take(edition, contract, by))
    question = edition.question
    taken = hand_over(
        What.REPORT,
        question.grant,
        Content(question.columns, question.rows, question.digest),
        form,
        receiver=contract.buyer,
        question=question,
        by=by,
    )
    record(
        events.EditionTaken(
            edition.id, contract.id, taken.delivery.number, **about(edition.product)
        ),
        by,
    )
    return taken


def obstacles_to_take(edition: Edition, contract: Contract, by: Signature) -> list[Obstacle]:
    """Why an edition cannot be taken under a contract just now."""
    found = list(
        rules.obstacles_to_take(
            withdrawn=edition.withdrawn_at is not None,
            of_contract=contract.product_id == edition.product_id,
            contract=ContractState(contract.state),
            term=Period(contract.starts_on, contract.ends_on),
            product=ProductState(edition.product.state),
            today=by.today,
        )
    )
    try:
        _require_grants(edition.product, by)
    except Refused as refusal:
        found += refusal.obstacles
    return found


def _require_grants(product: Product, by: Signature) -> None:
    for one in product.inputs.select_related("grant"):
        require_in_force(one.grant, by.today)
