"""Original value, useful life, charges and impairment, from plain values.

政府会计准则第4号 arts 15–18 for administrative units and public institutions; 财会〔2023〕11号
with enterprise standards no. 1, 6 and 8 for enterprises. Both stand behind G-15 and N-8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shuce.engines.valuation.amortisation import by_units, straight_line
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import add_months
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.books.words import Carrying, CostBasis, LifeGround, Spread
from shuce.lifecycle.register.words import Acquisition, CardState

NOMINAL = Money.from_yuan(1)
LONGEST_MONTHS = 1_200

# What the original value may rest on, by how the data was obtained. An appraisal is no cost:
# it counts only where there was no price (第4号 arts 8–14).
BASES: dict[Acquisition, tuple[CostBasis, ...]] = {
    Acquisition.PURCHASED: (CostBasis.COST,),
    Acquisition.COLLECTED: (CostBasis.COST, CostBasis.NOMINAL),
    Acquisition.PRODUCED: (CostBasis.COST, CostBasis.NOMINAL),
    Acquisition.TRANSFERRED: (CostBasis.CARRYING, CostBasis.NOMINAL),
    Acquisition.DONATED: (CostBasis.COST, CostBasis.APPRAISED, CostBasis.MARKET, CostBasis.NOMINAL),
    Acquisition.EXCHANGED: (CostBasis.APPRAISED,),
    Acquisition.SURPLUS: (CostBasis.COST, CostBasis.APPRAISED, CostBasis.MARKET, CostBasis.NOMINAL),
}


@dataclass(frozen=True)
class Terms:
    """How an asset is taken into the books. The form and the API both fill in exactly this."""

    treatment: Carrying
    basis: CostBasis
    cost: Money
    spread: Spread
    life_ground: LifeGround
    life_note: str
    account_code: str
    voucher_number: str
    booked_on: date
    months: int = 0
    total_units: int = 0
    unit: str = ""
    decision_number: str = ""


@dataclass(frozen=True)
class Asset:
    """What the rules need to know of the card."""

    state: CardState
    acquisition: Acquisition
    cost: Money
    obtained_on: date
    holder_kind: Kind
    is_booked: bool = False


@dataclass(frozen=True)
class Plan:
    """A cost that is spread: from which month, how much, over how long. Changed estimates begin
    a new plan with what is left."""

    begins_on: date
    base: Money
    spread: Spread
    months: int = 0
    total_units: int = 0


def treatments_of(kind: Kind) -> tuple[Carrying, ...]:
    """Return the treatments that a holder of this kind may choose from."""
    if kind is Kind.ENTERPRISE:
        return (Carrying.INTANGIBLE, Carrying.INVENTORY)
    return (Carrying.GOVERNMENT,)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def obstacles_to_book_at_all(asset: Asset) -> Iterator[Obstacle]:
    """Yield why an asset cannot be taken into the books now, whatever the terms."""
    if asset.is_booked:
        yield Obstacle("该资产已经入账", Clause.N_8)
    if asset.state is not CardState.IN_FORCE:
        yield Obstacle("只有在册的资产可以入账", Clause.N_8)


def obstacles_to_book(asset: Asset, terms: Terms, today: date) -> Iterator[Obstacle]:
    """Yield every reason why an asset may not be taken into the books on these terms."""
    yield from obstacles_to_book_at_all(asset)
    if terms.treatment not in treatments_of(asset.holder_kind):
        yield Obstacle(
            "{kind}不适用“{treatment}”",
            Clause.G_15,
            field="treatment",
            kind=asset.holder_kind.label,
            treatment=terms.treatment.label,
        )
    yield from _obstacles_in_cost(asset, terms)
    yield from _obstacles_in_life(terms)
    if not terms.account_code.strip():
        yield Obstacle("请填写会计科目", Clause.N_8, field="account_code")
    if not terms.voucher_number.strip():
        yield Obstacle("请填写会计凭证号", Clause.N_8, field="voucher_number")
    if not asset.obtained_on <= terms.booked_on <= today:
        yield Obstacle("入账日期须在取得日期与今天之间", Clause.N_8, field="booked_on")


def _obstacles_in_cost(asset: Asset, terms: Terms) -> Iterator[Obstacle]:
    if terms.basis not in BASES[asset.acquisition]:
        yield Obstacle(
            "{way}取得的资产，原值不能按{basis}确定",
            Clause.G_15,
            field="basis",
            way=asset.acquisition.label,
            basis=terms.basis.label,
        )
    if terms.basis is CostBasis.NOMINAL:
        if terms.cost != NOMINAL:
            yield Obstacle("名义金额为人民币1元", Clause.G_15, field="cost")
        if asset.holder_kind is Kind.ENTERPRISE:
            yield Obstacle("企业不能按名义金额入账", Clause.G_15, field="basis")
        if not terms.decision_number.strip():
            yield Obstacle("按名义金额入账须有决定文号", Clause.G_15, field="decision_number")
        if asset.cost > NOMINAL:
            yield Obstacle("卡片上有可靠的原值，不能按名义金额入账", Clause.G_15, field="basis")
    elif terms.cost <= Money(0):
        yield Obstacle("原值须大于零；没有可靠成本的应列入备查簿", Clause.G_4, field="cost")
    elif terms.cost != asset.cost:
        yield Obstacle(
            "入账原值须与卡片原值{cost}一致；卡片有误的请先变更卡片",
            Clause.N_8,
            field="cost",
            cost=asset.cost,
        )


def _obstacles_in_life(terms: Terms) -> Iterator[Obstacle]:
    never = (
        terms.basis is CostBasis.NOMINAL
        or terms.treatment is Carrying.INVENTORY
        or terms.life_ground is LifeGround.INDEFINITE
    )
    if never and terms.spread is not Spread.NONE:
        yield Obstacle("名义金额、存货和使用寿命不确定的资产不摊销", Clause.G_15, field="spread")
    if not never and terms.spread is Spread.NONE:
        yield Obstacle("使用寿命有限的资产应当摊销", Clause.G_15, field="spread")
    if terms.life_ground in (LifeGround.INDEFINITE, LifeGround.ESTIMATE) and not (
        terms.life_note.strip()
    ):
        yield Obstacle("请写明预计年限或使用寿命不确定的理由", Clause.G_15, field="life_note")
    if terms.spread is Spread.STRAIGHT_LINE and not 1 <= terms.months <= LONGEST_MONTHS:
        yield Obstacle(
            "摊销期限须为1至{most}个月", Clause.G_15, field="months", most=LONGEST_MONTHS
        )
    if terms.spread is Spread.UNITS and terms.total_units < 1:
        yield Obstacle("请填写预计总工作量", Clause.G_15, field="total_units")
    if terms.spread is Spread.UNITS and not terms.unit.strip():
        yield Obstacle("请填写工作量的单位", Clause.G_15, field="unit")


def charge_of(plan: Plan, month: date, worked: tuple[int, ...] = ()) -> Money:
    """Return what one month is charged under a plan, in whole fen.

    Straight-line: the month's part of the whole, the last month taking the rest. By units: what
    the work of all months of the plan so far comes to, less what it came to before; `worked` are
    the units of each month from the plan's first to `month`.
    """
    if month < plan.begins_on:
        return Money(0)
    if plan.spread is Spread.STRAIGHT_LINE:
        place = (month.year - plan.begins_on.year) * 12 + month.month - plan.begins_on.month
        charges = straight_line(plan.base.fen, plan.months)
        return Money(charges[place] if place < plan.months else 0)
    if plan.spread is Spread.UNITS and worked:
        charges = by_units(
            plan.base.fen, Fraction(plan.total_units), [Fraction(units) for units in worked]
        )
        return Money(charges[-1])
    return Money(0)


def months_due(begins_on: date, through: date, gone_on: date | None) -> list[date]:
    """Return the months to be charged: that of acquisition counts, that of disposal does not."""
    month, found = first_of_month(begins_on), []
    while month <= first_of_month(through):
        if gone_on is not None and month >= first_of_month(gone_on):
            break
        found.append(month)
        month = add_months(month, 1)
    return found


def obstacles_to_charge(through: date, today: date) -> Iterator[Obstacle]:
    """Yield why a month cannot be charged yet: only months that have begun."""
    if first_of_month(through) > first_of_month(today):
        yield Obstacle("不能计提以后月份的摊销", Clause.G_15, field="month")


def obstacles_to_impair(
    treatment: Carrying, amount: Money, carried: Money, reason: str
) -> Iterator[Obstacle]:
    """Yield every reason against an impairment. Government accounting knows none."""
    if treatment is Carrying.GOVERNMENT:
        yield Obstacle("行政事业单位的无形资产不计提减值准备", Clause.G_15)
    if not Money(0) < amount <= carried:
        yield Obstacle(
            "减值金额须大于零，且不超过账面价值{carried}",
            Clause.G_15,
            field="amount",
            carried=carried,
        )
    if not reason.strip():
        yield Obstacle("请写明减值的原因和依据", Clause.G_15, field="reason")


def obstacles_to_change_life(
    spread: Spread, left: Money, months: int, total_units: int, reason: str
) -> Iterator[Obstacle]:
    """Yield every reason against a changed estimate: it holds for what is left, from now on."""
    if spread is Spread.NONE:
        yield Obstacle("该资产不摊销，没有可以变更的年限", Clause.G_15)
    if left <= Money(0):
        yield Obstacle("该资产已经摊销完毕", Clause.G_15)
    if spread is Spread.STRAIGHT_LINE and not 1 <= months <= LONGEST_MONTHS:
        yield Obstacle(
            "摊销期限须为1至{most}个月", Clause.G_15, field="months", most=LONGEST_MONTHS
        )
    if spread is Spread.UNITS and total_units < 1:
        yield Obstacle("请填写预计总工作量", Clause.G_15, field="total_units")
    if not reason.strip():
        yield Obstacle("请写明变更的原因", Clause.G_15, field="reason")
