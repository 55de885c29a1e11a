"""What inspectors learn from outside about a body's deals: security given, loans, where money
came from. The red lines of D5 need it, and no room of the register could know it by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.lifecycle.market.models import Contract
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.revenue import events
from shuce.lifecycle.revenue.models import OutsideRecord, Receipt
from shuce.lifecycle.revenue.rules import OutsideKind
from shuce.lifecycle.revenue.scanning import contracts_over

# What each kind of record is about; a fiscal payment is about its payee alone.
_ABOUT = {
    OutsideKind.PLEDGE: "card",
    OutsideKind.BUY_BACK: "contract",
    OutsideKind.LOAN_TIE: "contract",
    OutsideKind.FUNDING: "receipt",
    OutsideKind.FISCAL: "",
}
_NAMES = {
    "card": "这类记录须写明资产编号",
    "contract": "这类记录须写明合同编号",
    "receipt": "这类记录须写明银行流水号",
}


@dataclass(frozen=True)
class Outside:
    """One record: `about` is the number of the asset, contract or bank serial it concerns."""

    kind: OutsideKind
    happened_on: date
    source: str
    text: str = ""
    about: str = ""
    party: str = ""
    amount: Money = Money(0)


def obstacles_to_note(said: Outside, today: date) -> Iterator[Obstacle]:
    """Yield what a record lacks."""
    if said.happened_on > today:
        yield Obstacle("发生日期不能晚于今天", Clause.N_10, field="happened_on")
    if not said.source.strip():
        yield Obstacle("请写明来源文件编号", Clause.N_10, field="source")
    about = _ABOUT[said.kind]
    if about and not said.about.strip():
        yield Obstacle(_NAMES[about], Clause.N_10, field="about")
    if said.kind in (OutsideKind.PLEDGE, OutsideKind.FISCAL):
        if not said.party.strip():
            yield Obstacle("请填写对方或担保对象", Clause.N_10, field="party")
        if said.amount <= Money(0):
            yield Obstacle("请填写金额", Clause.N_10, field="amount")


@command
def note_outside_record(
    organization: Organization, said: Outside, *, by: Signature
) -> OutsideRecord:
    """Note what an inspector learned from outside about a body's deals (N-10)."""
    by.require(Permission.INSPECTION_RUN, within=organization)
    refuse_if(obstacles_to_note(said, by.today))
    about = _ABOUT[said.kind]
    found = _found(about, said.about.strip(), organization) if about else None
    refuse_if(
        [Obstacle("没有这份合同、收款或资产，或不属于该单位", Clause.N_10, field="about")]
        if about and found is None
        else []
    )
    made = OutsideRecord.objects.create(
        organization=organization,
        kind=said.kind,
        about=said.about.strip(),
        party=said.party.strip(),
        amount=said.amount,
        happened_on=said.happened_on,
        source=said.source.strip(),
        text=said.text.strip(),
        member=by.member,
        noted_at=by.at,
    )
    record(
        events.OutsideRecordNoted(
            made.id, said.kind, made.about, made.amount.fen, made.source,
            organization_id=organization.id,
        ),
        by,
    )  # fmt: skip
    return made


def _found(about: str, number: str, organization: Organization) -> object | None:
    contracts = contracts_over(organization)
    match about:
        case "card":
            return Card.objects.filter(holder=organization, number=number).first()
        case "contract":
            return contracts.filter(number=number).first()
    of_contracts = Receipt.objects.filter(bill__contract__in=Contract.objects.filter(
        id__in=contracts.values("id")))  # fmt: skip
    return of_contracts.filter(serial=number).first()
