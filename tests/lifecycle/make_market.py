"""A granted asset brought to market, made step by step through commands."""

from dataclasses import dataclass
from datetime import timedelta

from shuce.engines.auction import Form
from shuce.foundation.approvals.models import Matter
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.market import auctions, commands
from shuce.lifecycle.market.models import Auction, Contract, Price, Product
from shuce.lifecycle.market.rules import Deal, GuidedCosts, ProductKind, Share
from shuce.lifecycle.revenue import commands as revenue
from shuce.lifecycle.revenue.models import Receipt
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import PurposeKind
from tests.lifecycle import granted
from tests.lifecycle.granted import World
from tests.make import NOON, City

TODAY = NOON.date()
# Days within which an approval has run to its end.
DECIDED_AFTER = 5.0
COSTS = GuidedCosts(
    cost=Money.from_yuan(1_000_000),
    subsidy=Money.from_yuan(200_000),
    tax=Money.from_yuan(52_000),
    profit_basis_points=600,
    expected_quantity=1_000_000,
)
# Net cost 800,000 + profit 48,000 + tax 52,000 = 900,000 yuan over a million uses.
CAP = Money(90)


@dataclass
class Market:
    """The city, its asset with a grant in force, and the operator's product.

    Days count from the world's noon, or from when the price was approved: `began`.
    """

    world: World
    grant: Grant
    product: Product
    began: float = 0

    @property
    def city(self) -> City:
        return self.world.city

    def agent(self, days: float = 0) -> Signature:
        return self.world.sign(Role.OPERATOR_AGENT, self.city.operator, self.began + days)

    def client(self, days: float = 0) -> Signature:
        return self.world.sign(Role.CLIENT_AGENT, self.city.client, self.began + days)

    def finance(self, days: float = 0) -> Signature:
        return self.world.sign(Role.FINANCE_OFFICER, self.city.unit, self.began + days)

    def inspector(self, days: float = 0) -> Signature:
        return self.world.sign(Role.BUREAU_REVIEWER, self.city.bureau, self.began + days)


def opened(world: World) -> Market:
    grant = granted.granted(world)
    product = commands.register_product(
        "区域就诊统计接口", ProductKind.API, [grant], by=world.agent
    )
    return Market(world, grant, product)


def priced(market: Market, unit_price: Money = Money(80)) -> Price:
    price = commands.propose_guided_price(market.product, COSTS, unit_price, by=market.agent())
    granted.finish(Matter.PRICE, price.id)
    market.began = DECIDED_AFTER
    return Price.objects.get(id=price.id)


def deal(market: Market, **changes: object) -> Deal:
    terms = {
        "purpose": "理赔核验的统计参考",
        "purpose_kind": PurposeKind.INDUSTRY,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=300),
        "unit_price": Money(80),
        "shares": (Share(market.city.unit.id, 30), Share(market.city.operator.id, 70)),
    }
    return Deal(**(terms | changes))  # type: ignore[arg-type]


def signed(market: Market, **changes: object) -> Contract:
    return commands.sign_contract(
        market.product, market.city.client, deal(market, **changes), by=market.agent()
    )


def received(market: Market, contract: Contract, quantity: int, serial: str) -> Receipt:
    """Meter, bill and book one use, all on one day."""
    by = market.agent()
    revenue.meter_usage(contract, quantity, by.today, f"U-{serial}", by=by)
    bill = revenue.issue_bill(contract, by=by)
    return revenue.book_receipt(bill, bill.amount, "运营收入专户", serial, by.today, by=by)


def custodians(market: Market) -> list[Organization]:
    return [market.city.exchange, market.city.bureau, market.city.department]


def auctioned(market: Market, reserve: Money = Money(60), needed: int = 2) -> Auction:
    """Open an auction that closes in a day."""
    return auctions.open_auction(
        market.product,
        form=Form.SECOND_PRICE,
        reserve=reserve,
        closes_at=NOON + timedelta(days=market.began + 1),
        custodians=custodians(market),
        needed=needed,
        by=market.agent(),
    )


def keepers(market: Market, days: float) -> list[Signature]:
    """Sign as the custodians: the exchange, the bureau, the department."""
    city, sign, days = market.city, market.world.sign, market.began + days
    return [
        sign(Role.EXCHANGE_OFFICER, city.exchange, days),
        sign(Role.BUREAU_REVIEWER, city.bureau, days),
        sign(Role.DEPARTMENT_REVIEWER, city.department, days),
    ]
