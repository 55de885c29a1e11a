"""One asset's whole life, step by step, through commands only.

Each step is a function that takes the life so far and adds to it; the demo shows them one by one,
and the journey test asserts what each left behind.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from shuce.demo.approving import approve
from shuce.demo.bodies import City
from shuce.engines.auction import Form
from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.cleanroom.commands import ask_question
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.inventory.commands import recognize, scan_source
from shuce.lifecycle.inventory.models import Recognition, Resource
from shuce.lifecycle.inventory.rules import Criterion, RecognitionAnswers
from shuce.lifecycle.market import auctions
from shuce.lifecycle.market import commands as market
from shuce.lifecycle.market.models import Auction, Contract, Price, Product
from shuce.lifecycle.market.rules import Deal, GuidedCosts, ProductKind, Share
from shuce.lifecycle.quality.measuring import measure_quality
from shuce.lifecycle.register import commands as register
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.revenue import commands as revenue
from shuce.lifecycle.revenue.models import Bill, Distribution, Receipt
from shuce.lifecycle.revenue.rules import LineState
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.rights.impact import Ground, Impact
from shuce.lifecycle.rights.impact_commands import assess_impact
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.questionnaire import questions_for
from shuce.lifecycle.rights.rules import (
    Answer,
    FeeBasis,
    PurposeKind,
    Right,
    Terms,
)
from shuce.lifecycle.sources.commands import connect_source
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import Address
from shuce.lifecycle.valuation import commands as valuation
from shuce.lifecycle.valuation.models import Appraisal
from shuce.lifecycle.valuation.rules import Method


@dataclass
class Life:
    """One asset's life so far. `at` is the moment it has reached."""

    city: City
    holder: str
    operator: str
    at: datetime
    address: Address
    table: str
    facts: CardFacts
    grade: Grade
    columns: tuple[str, ...] = ()
    grade_reason: str = ""
    seen: dict[str, Any] = field(default_factory=dict)
    source: Source | None = None
    resource: Resource | None = None
    recognition: Recognition | None = None
    card: Card | None = None
    grant: Grant | None = None
    product: Product | None = None
    contract: Contract | None = None
    appraisal: Appraisal | None = None

    def sign(self, role: Role, body: str | None = None) -> Signature:
        """Sign as the one who holds `role`, at the holder unless another body is named."""
        self.city.at = self.at
        return self.city.sign(body or self.holder, role)

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)

    def pass_approval(self, matter: Matter, subject_id: str, *, until: str = "") -> Case:
        """Let the approval of a matter run to its end, or to a step."""
        case = last_case_about(matter, subject_id)
        assert case is not None, f"no approval of {matter}"
        self.at = approve(case, self.at, until=until)
        return Case.objects.get(id=case.id)

    @property
    def the_card(self) -> Card:
        assert self.card is not None
        return Card.objects.select_related("holder", "resource__source").get(id=self.card.id)

    @property
    def the_grant(self) -> Grant:
        assert self.grant is not None
        return Grant.objects.select_related("card__holder", "operator").get(id=self.grant.id)


def connect(life: Life) -> None:
    """Connect the source at its node."""
    life.source = connect_source(
        life.city[life.holder], life.address, by=life.sign(Role.DATA_STEWARD)
    )


def scan(life: Life) -> None:
    """Scan the source; what it holds is filed as resources."""
    assert life.source is not None
    life.later(hours=2)
    scan_source(life.source, by=life.sign(Role.DATA_STEWARD))
    life.resource = Resource.objects.get(source=life.source, table_name=life.table)


def judge(life: Life, *, measurable: bool = True) -> None:
    """Judge whether the resource is an asset; without a measure, into the memorandum register."""
    assert life.resource is not None
    life.later(days=1)

    def answer(text: str, met: bool = True) -> Criterion:
        return Criterion(met, text)

    life.recognition = recognize(
        life.resource,
        RecognitionAnswers(
            lawful_source=answer(life.facts.lawful_basis),
            held_or_controlled=answer("由本单位业务系统采集并保管"),
            expected_benefit=answer("支撑公共管理，并可授权运营形成产品"),
            measurable=answer("归集成本有台账" if measurable else "成本尚未归集", measurable),
            not_barred_by_secrecy=answer("经保密审查，不涉密"),
        ),
        by=life.sign(Role.ASSET_KEEPER),
    )


def register_card(life: Life) -> None:
    """Draft the card, let it be approved, and see it numbered."""
    assert life.recognition is not None
    life.later(days=1)
    keeper = life.sign(Role.ASSET_KEEPER)
    life.card = register.draft_card(life.recognition, life.facts, by=keeper)
    register.submit_card(life.card, by=keeper)
    life.pass_approval(Matter.CARD_ENTRY, life.card.id)


def grade(life: Life) -> None:
    """Confirm the grade: as proposed, stricter, or milder with the reason written down."""
    life.later(days=1)
    register.confirm_grade(
        life.the_card, life.grade, life.grade_reason, by=life.sign(Role.SECURITY_OFFICER)
    )


def measure(life: Life) -> None:
    """Measure the quality at the node."""
    life.later(hours=3)
    life.seen["quality"] = measure_quality(life.the_card, by=life.sign(Role.DATA_STEWARD))


def assess(life: Life) -> None:
    """Assess the risks of granting."""
    life.later(days=2)
    by, card = life.sign(Role.SECURITY_OFFICER), life.the_card
    answers = {
        one.key: Answer(True, "经现场核查，符合要求", "评估报告附件" if one.evidence else "")
        for one in questions_for(Grade(card.grade), by.today)
    }
    rights.assess_security(card, answers, by=by)
    if card.personal_data:
        assess_impact(
            card,
            Impact(
                Ground.STATUTORY,
                card.lawful_basis,
                necessity="只提供汇总统计，字段按用途逐项核定",
                risks="小样本可能识别个人",
                measures="净室查询，按人数设阈值，结果出域前审核",
                acceptable=True,
            ),
            by=by,
        )


def ask_for_right(life: Life, *, months: int = 24, blending: bool = False) -> None:
    """The operator asks for the processing right over chosen columns."""
    life.later(days=2)
    by = life.sign(Role.OPERATOR_AGENT, life.operator)
    life.grant = rights.request_grant(
        life.the_card,
        Terms(
            right=Right.PROCESSING,
            purpose="开发面向行业的统计分析服务，只使用汇总结果",
            purpose_kind=PurposeKind.INDUSTRY,
            fee_basis=FeeBasis.FREE,
            columns=life.columns,
            starts_on=by.today,
            ends_on=by.today + timedelta(days=30 * months),
            blending=blending,
        ),
        by=by,
    )


def approve_right(life: Life) -> None:
    """Security and finance review, the unit decides, department and bureau as the table says."""
    assert life.grant is not None
    life.seen["grant_case"] = life.pass_approval(Matter.GRANT_RIGHT, life.grant.id)


def ask(life: Life, sql: str) -> Question:
    """The operator's analyst asks one question in the clean room."""
    life.later(hours=1)
    return ask_question(life.the_grant, sql, by=life.sign(Role.OPERATOR_ANALYST, life.operator))


def register_product(life: Life, name: str, kind: ProductKind = ProductKind.API) -> None:
    """Register a product with its inputs."""
    life.later(days=5)
    life.product = market.register_product(
        name, kind, [life.the_grant], by=life.sign(Role.OPERATOR_AGENT, life.operator)
    )


def cost_of_guidance() -> GuidedCosts:
    """A year's costs of serving a product, from which its price cap follows."""
    return GuidedCosts(
        cost=Money.from_yuan(1_200_000),
        subsidy=Money.from_yuan(200_000),
        tax=Money.from_yuan(65_000),
        profit_basis_points=600,
        expected_quantity=1_000_000,
    )


def price_by_guidance(life: Life, unit_price: Money = Money(80)) -> Price:
    """Propose a guided price under its cap and let it be approved."""
    assert life.product is not None
    life.later(days=3)
    price = market.propose_guided_price(
        life.product,
        cost_of_guidance(),
        unit_price,
        by=life.sign(Role.OPERATOR_AGENT, life.operator),
    )
    life.pass_approval(Matter.PRICE, price.id)
    return price


def price_by_auction(life: Life, bids: dict[str, Money]) -> Auction:
    """Hold a small sealed second-price auction among clients, and let its rules decide."""
    assert life.product is not None
    life.later(days=4)
    closes_at = life.at + timedelta(days=2)
    agent = life.sign(Role.OPERATOR_AGENT, life.operator)
    custodians = {"sjjy": Role.EXCHANGE_OFFICER, "sfj": Role.BUREAU_REVIEWER, "ssjj": Role.AUDITOR}
    auction = auctions.open_auction(
        life.product,
        form=Form.SECOND_PRICE,
        reserve=Money(60),
        closes_at=closes_at,
        custodians=[life.city[key] for key in custodians],
        needed=2,
        by=agent,
    )
    for client, amount in bids.items():
        life.later(hours=3)
        auctions.place_bid(auction, amount, by=life.sign(Role.CLIENT_AGENT, client))
    life.at = closes_at + timedelta(hours=1)
    for custodian in ("sjjy", "sfj"):
        auctions.release_shares(auction, by=life.sign(custodians[custodian], custodian))
    return auctions.conclude_auction(auction, by=life.sign(Role.OPERATOR_AGENT, life.operator))


def contract(life: Life, buyer: str, unit_price: Money) -> None:
    """Sign a contract whose revenue is shared 30 : 70 between holder and operator."""
    assert life.product is not None
    life.later(days=3)
    by = life.sign(Role.OPERATOR_AGENT, life.operator)
    life.contract = market.sign_contract(
        life.product,
        life.city[buyer],
        Deal(
            purpose="保险产品精算与理赔核验的统计参考",
            purpose_kind=PurposeKind.INDUSTRY,
            starts_on=by.today,
            ends_on=by.today + timedelta(days=365),
            unit_price=unit_price,
            shares=(
                Share(life.city[life.holder].id, 30),
                Share(life.city[life.operator].id, 70),
            ),
        ),
        by=by,
    )


def use(life: Life, quantity: int, serial: str) -> None:
    """Meter a use under the contract."""
    assert life.contract is not None
    life.later(days=7)
    by = life.sign(Role.OPERATOR_AGENT, life.operator)
    revenue.meter_usage(life.contract, quantity, by.today, serial, by=by)


def bill_and_receive(life: Life, serial: str) -> tuple[Bill, Receipt]:
    """Bill what was used and book what came in."""
    assert life.contract is not None
    life.later(days=1)
    bill = revenue.issue_bill(life.contract, by=life.sign(Role.OPERATOR_AGENT, life.operator))
    life.later(days=6)
    by = life.sign(Role.OPERATOR_AGENT, life.operator)
    receipt = revenue.book_receipt(bill, bill.amount, "运营收入专户", serial, by.today, by=by)
    return bill, receipt


def share_and_remit(life: Life, receipt: Receipt, slip_number: str) -> Distribution:
    """Split the receipt to the fen, and remit the holder's part to the treasury."""
    life.later(days=1)
    distribution = revenue.distribute(receipt, by=life.sign(Role.OPERATOR_AGENT, life.operator))
    life.later(days=2)
    for number, line in enumerate(distribution.lines.filter(state=LineState.DUE), 1):
        revenue.remit(line, f"{slip_number}-{number:02d}", by=life.sign(Role.FINANCE_OFFICER))
    return distribution


def settle(life: Life) -> Distribution:
    """Bill the use, receive the money, split it to the fen, remit the holder's part."""
    _, receipt = bill_and_receive(life, f"GSYH-{life.holder}-{life.at:%Y%m%d}")
    return share_and_remit(life, receipt, f"FSSR-{life.at:%Y%m%d}")


def appraise(life: Life, cost_yuan: int = 1_500_000) -> None:
    """Order an appraisal, give two methods' opinions, report and adopt."""
    life.later(days=10)
    keeper = life.sign(Role.ASSET_KEEPER)
    appraisal = valuation.order_appraisal(
        life.the_card,
        purpose="授权运营定价参考",
        scene="面向行业的统计分析服务",
        base_date=keeper.today,
        by=keeper,
    )
    appraiser = next(key for key in ("szpg", "hhpg") if life.city[key].id == appraisal.appraiser_id)
    life.later(days=12)
    expert = life.sign(Role.APPRAISER, appraiser)
    valuation.give_opinion(appraisal, Method.COST, _cost_inputs(cost_yuan), by=expert)
    valuation.give_opinion(appraisal, Method.INCOME, _income_inputs(cost_yuan), by=expert)
    valuation.report(
        appraisal,
        {Method.COST: 40, Method.INCOME: 60},
        "成本法反映重置投入，收益法反映授权运营预期；考虑已有合同支撑，收益法权重较高。",
        by=expert,
    )
    life.later(days=3)
    life.appraisal = valuation.adopt(
        Appraisal.objects.get(id=appraisal.id), by=life.sign(Role.ASSET_KEEPER)
    )


def _cost_inputs(yuan: int) -> dict[str, Any]:
    return {
        "components": {
            "前期费用": yuan * 10 // 100,
            "直接成本": yuan * 60 // 100,
            "间接成本": yuan * 20 // 100,
            "机会成本": yuan * 6 // 100,
            "相关税费": yuan * 4 // 100,
        },
        "delta": "0.892",
    }


def _income_inputs(yuan: int) -> dict[str, Any]:
    yearly = [yuan * percent // 100 for percent in (30, 36, 42, 44, 40)]
    return {"method": "direct", "benefit": yearly, "rate": "0.138", "timing": "end"}


Step = Callable[[Life], object]
UP_TO_CARD: tuple[Step, ...] = (connect, scan, judge, register_card)
UP_TO_GRANT: tuple[Step, ...] = (*UP_TO_CARD, grade, measure, assess, ask_for_right, approve_right)


def day(year: int, month: int, day_: int) -> date:
    return date(year, month, day_)
