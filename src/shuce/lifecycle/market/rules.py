"""Products, prices and contracts, decided from plain values (G-8, G-10, N-4, N-5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from math import lcm

from shuce.engines.apportionment import Basis
from shuce.engines.valuation.contribution.games import shapley, worth_of_table
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import Period
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.lifecycle.rights.rules import PurposeKind

# The combinations of ten parties fit into one entry of the log, and their Shapley values, whole
# multiples of 1/2520 (the least common multiple of 1 to 10), into what JSON holds exactly, 2^53.
MOST_MEASURED = 10
MOST_WORTH = 10**12
MOST_WEIGHT = 2**53


class ProductKind(Choice):
    API = "API", "数据接口"
    REPORT = "REPORT", "数据报告"
    MODEL = "MODEL", "模型"
    DATASET = "DATASET", "去标识化数据集"


class ProductState(Choice):
    REGISTERED = "REGISTERED", "已登记"
    LISTED = "LISTED", "已上架"
    WITHDRAWN = "WITHDRAWN", "已下架"


class PriceMethod(Choice):
    GUIDED = "GUIDED", "政府指导价"
    APPRAISED = "APPRAISED", "评估定价"
    AUCTION = "AUCTION", "拍卖竞价"


class PriceState(Choice):
    PROPOSED = "PROPOSED", "审批中"
    IN_FORCE = "IN_FORCE", "执行中"
    REFUSED = "REFUSED", "未批准"
    REPLACED = "REPLACED", "已替换"


class ContractState(Choice):
    IN_FORCE = "IN_FORCE", "履行中"
    ENDED = "ENDED", "已终止"


class AuctionState(Choice):
    OPEN = "OPEN", "报价中"
    CLOSED = "CLOSED", "已成交"
    FAILED = "FAILED", "流拍"


# Nobody alone may open the bids of an auction: a safeguard of ours, not of the law.
LEAST_CUSTODIANS = 2


@dataclass(frozen=True)
class Input:
    """One grant a product would be made from, as it stands on the day."""

    number: str
    in_force: bool
    own: bool


@dataclass(frozen=True)
class GuidedCosts:
    """What the operator's maximum allowed revenue is made of (发改价格〔2025〕65号), a year."""

    cost: Money
    subsidy: Money
    tax: Money
    profit_basis_points: int
    expected_quantity: int


@dataclass(frozen=True)
class Share:
    """One party's weight in the revenue of a contract: a ratio, an investment, a contribution."""

    organization_id: str
    weight: int


@dataclass(frozen=True)
class Coalition:
    """What a product is worth, in whole units, when only these parties' data go into it."""

    organization_ids: frozenset[str]
    worth: int


@dataclass(frozen=True)
class Deal:
    """A contract to be signed."""

    purpose: str
    purpose_kind: PurposeKind
    starts_on: date
    ends_on: date
    unit_price: Money
    shares: tuple[Share, ...]
    share_basis: Basis = Basis.RATIO
    share_evidence: str = ""
    # What each combination of the parties is worth: the contributions are measured from it.
    coalitions: tuple[Coalition, ...] = ()


def obstacles_to_register(name: str, inputs: Sequence[Input]) -> Iterator[Obstacle]:
    """Yield every reason a product may not be registered: each input needs its right."""
    if not name.strip():
        yield Obstacle("请填写产品名称", field="name")
    if not inputs:
        yield Obstacle("请选择产品所用的授权，产品须写明来源", Clause.G_12, field="grants")
    for grant in inputs:
        if not grant.own:
            yield Obstacle("只能使用本单位获得的授权", Clause.G_8, field="grants")
        elif not grant.in_force:
            yield Obstacle(
                "授权{number}当前无效，不能用于产品",
                Clause.G_8,
                field="grants",
                number=grant.number,
            )


def obstacles_to_price(
    costs: GuidedCosts, unit_price: Money, cap: Money | None
) -> Iterator[Obstacle]:
    """Yield every reason a guided price may not be proposed under `cap`, if there is one."""
    if costs.expected_quantity < 1:
        yield Obstacle("预计数量须大于零", Clause.G_8, field="expected_quantity")
    if costs.subsidy > costs.cost:
        yield Obstacle("财政补助不能超过成本", Clause.G_10, field="subsidy")
    if costs.profit_basis_points < 0:
        yield Obstacle("准许利润率不能为负", Clause.G_8, field="profit")
    for field, amount in (("cost", costs.cost), ("subsidy", costs.subsidy), ("tax", costs.tax)):
        if amount < Money(0):
            yield Obstacle("成本、补助和税金不能为负数", Clause.G_10, field=field)
    if cap is not None and unit_price > cap:
        yield Obstacle(
            "单价{price}超过上限收费标准{cap}",
            Clause.G_10,
            field="unit_price",
            price=unit_price,
            cap=cap,
        )
    if unit_price < Money(0):
        yield Obstacle("单价不能为负数", Clause.G_10, field="unit_price")


def obstacles_to_sign(
    deal: Deal,
    *,
    product_listed: bool,
    price_in_force: Money | None,
    cap: Money | None,
    grants: Sequence[Period],
    provider_ids: frozenset[str],
    parties_related: bool,
    public_only: bool = False,
) -> Iterator[Obstacle]:
    """Yield every reason a contract may not be signed."""
    if not product_listed:
        yield Obstacle("产品没有登记或已下架", Clause.G_8)
    if deal.starts_on >= deal.ends_on:
        yield Obstacle("合同终止日须晚于起始日", field="ends_on")
    else:
        term = Period(deal.starts_on, deal.ends_on)
        if not all(grant.covers(term) for grant in grants):
            yield Obstacle("合同期限超出产品所用授权的期限", Clause.N_4, field="ends_on")
    if not deal.purpose.strip():
        yield Obstacle("请写明用途，授权使用范围须明确", Clause.N_5, field="purpose")
    if public_only and deal.purpose_kind is not PurposeKind.PUBLIC:
        yield Obstacle(
            "产品所用授权仅限公共治理、公益事业，不能用于其他用途", Clause.N_5, field="purpose_kind"
        )
    yield from _obstacles_in_price(deal, price_in_force, cap)
    if parties_related:
        yield Obstacle("不能与本单位自己签订合同", Clause.N_4, field="buyer")
    yield from _obstacles_in_shares(deal.shares, provider_ids)
    if deal.share_basis is not Basis.RATIO and not deal.share_evidence.strip():
        yield Obstacle(
            "按投入或按贡献分成的，须写明核定或测算的依据", Clause.G_10, field="share_evidence"
        )


def with_measured_shares(deal: Deal) -> Deal:
    """Return the deal, its shares measured where it tells what the combinations are worth."""
    if not deal.coalitions:
        return deal
    refuse_if(_obstacles_to_measure(deal))
    return replace(deal, shares=measured_shares(deal.coalitions))


def _obstacles_to_measure(deal: Deal) -> Iterator[Obstacle]:
    if deal.share_basis is not Basis.CONTRIBUTION:
        yield Obstacle("只有按贡献分成的，才测算各种组合的价值", Clause.G_10, field="worths")
    if deal.shares:
        yield Obstacle("份额由测算得出，不能同时填写", Clause.G_10, field="shares")


def table_of(coalitions: Sequence[Coalition], parties: Sequence[str]) -> tuple[int, ...]:
    """Return each combination's worth in the order of its number: bit i stands for party i."""
    worth = {one.organization_ids: one.worth for one in coalitions}
    return (
        tuple(
            worth[frozenset(party for i, party in enumerate(parties) if number >> i & 1)]
            for number in range(1, 1 << len(parties))
        )
        if worth
        else ()
    )


def measured_shares(coalitions: Sequence[Coalition]) -> tuple[Share, ...]:
    """Return each party's contribution: its exact Shapley value, as whole weights (G-10).

    Every coalition of the parties must be given once. Raises Refused when one is missing or told
    twice, and above `MOST_MEASURED` parties; a harmful party's weight comes back negative.
    """
    parties = sorted(frozenset[str]().union(*(one.organization_ids for one in coalitions)))
    refuse_if(_obstacles_in_coalitions(coalitions, len(parties)))
    table = {one.organization_ids: Fraction(one.worth) for one in coalitions}
    values = shapley(len(parties), worth_of_table(parties, table))
    whole = lcm(*(value.denominator for value in values))
    return tuple(
        Share(party, int(value * whole)) for party, value in zip(parties, values, strict=True)
    )


def _obstacles_in_coalitions(coalitions: Sequence[Coalition], parties: int) -> Iterator[Obstacle]:
    if parties > MOST_MEASURED:
        yield Obstacle("最多测算{most}方的贡献", Clause.G_10, field="worths", most=MOST_MEASURED)
        return
    if any(abs(one.worth) > MOST_WORTH for one in coalitions):
        yield Obstacle("组合的价值不得超过{most}", Clause.G_10, field="worths", most=MOST_WORTH)
    told = {one.organization_ids for one in coalitions if one.organization_ids}
    if not parties or len(coalitions) != len(told) or len(told) != 2**parties - 1:
        yield Obstacle(
            "请给出各方每一种组合的价值，每种一次，共{count}种",
            Clause.G_10,
            field="worths",
            count=2**parties - 1,
        )


def _obstacles_in_price(
    deal: Deal, price_in_force: Money | None, cap: Money | None
) -> Iterator[Obstacle]:
    if deal.purpose_kind is PurposeKind.PUBLIC:
        if deal.unit_price:
            yield Obstacle(
                "用于公共治理、公益事业的，应当有条件无偿使用", Clause.N_5, field="unit_price"
            )
    elif price_in_force is None:
        yield Obstacle("产品尚无执行中的价格，请先定价", Clause.G_8, field="unit_price")
    elif cap is not None and deal.unit_price > cap:
        yield Obstacle("合同单价超过上限收费标准{cap}", Clause.G_10, field="unit_price", cap=cap)
    elif deal.unit_price < Money(0):
        yield Obstacle("单价不能为负数", Clause.G_10, field="unit_price")


def _obstacles_in_shares(
    shares: Sequence[Share], provider_ids: frozenset[str]
) -> Iterator[Obstacle]:
    if any(share.weight < 0 for share in shares) or sum(share.weight for share in shares) <= 0:
        yield Obstacle("分成比例须为正数", Clause.G_10, field="shares")
    if any(share.weight > MOST_WEIGHT for share in shares):
        yield Obstacle("分成份额不得超过{most}", Clause.G_10, field="shares", most=MOST_WEIGHT)
    named = [share.organization_id for share in shares]
    if len(set(named)) != len(named):
        yield Obstacle("同一单位只能有一项分成", Clause.G_10, field="shares")
    sharing = {share.organization_id for share in shares if share.weight > 0}
    if not provider_ids <= sharing:
        yield Obstacle("数据提供方须享有收益分成", Clause.G_10, field="shares")


def obstacles_to_open(
    *,
    closes_at: datetime,
    at: datetime,
    custodian_ids: Sequence[str],
    needed: int,
    seller_id: str,
    another_open: bool,
) -> Iterator[Obstacle]:
    """Yield every reason an auction may not be opened: nobody alone can open its bids."""
    if another_open:
        yield Obstacle("该产品已有竞价在进行", Clause.G_8)
    if closes_at <= at:
        yield Obstacle("截止时间须晚于现在", Clause.G_8, field="closes_at")
    if len(set(custodian_ids)) != len(custodian_ids):
        yield Obstacle("每家保管人只能列一次", Clause.G_8, field="custodians")
    if not LEAST_CUSTODIANS <= needed <= len(set(custodian_ids)):
        yield Obstacle(
            "开启报价至少需要{least}家保管人，且不超过保管人总数",
            Clause.G_8,
            field="needed",
            least=LEAST_CUSTODIANS,
        )
    if seller_id in custodian_ids:
        yield Obstacle("卖方不能保管报价", Clause.G_8, field="custodians")


def obstacles_to_bid(
    state: AuctionState, closes_at: datetime, at: datetime, already: bool
) -> Iterator[Obstacle]:
    """Yield every reason a bid is not taken: late means after the closing moment."""
    if state is not AuctionState.OPEN or at >= closes_at:
        yield Obstacle("竞价已截止", Clause.G_8)
    if already:
        yield Obstacle("每家单位只能报价一次", Clause.G_8)


def obstacles_to_close(
    state: AuctionState, closes_at: datetime, at: datetime
) -> Iterator[Obstacle]:
    if state is not AuctionState.OPEN:
        yield Obstacle("竞价已经结束", Clause.G_8)
    elif at < closes_at:
        yield Obstacle("未到截止时间，报价不能开启", Clause.G_8)


def obstacles_to_open_bids(released: int, needed: int) -> Iterator[Obstacle]:
    """Yield why the bids cannot be opened yet: too few custodians have released their shares."""
    if released < needed:
        yield Obstacle(
            "已有{count}家保管人开启，需要{needed}家", Clause.G_8, count=released, needed=needed
        )
