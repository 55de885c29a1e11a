"""The usual terms on which a purchased asset is taken into the books."""

from datetime import date

from shuce.kernel.money import Money
from shuce.lifecycle.books.rules import Terms
from shuce.lifecycle.books.words import Carrying, CostBasis, LifeGround, Spread

TODAY = date(2026, 3, 20)
COST = Money.from_yuan(120_000)
TERMS = Terms(
    treatment=Carrying.GOVERNMENT,
    basis=CostBasis.COST,
    cost=COST,
    spread=Spread.STRAIGHT_LINE,
    life_ground=LifeGround.CONTRACT,
    life_note="",
    account_code="1701 无形资产",
    voucher_number="记-2026-0312",
    booked_on=TODAY,
    months=60,
)
