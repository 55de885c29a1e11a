"""Scenarios of our own, as short as they can be told: each breach beside its lawful twin.

`SCENARIOS` maps a sentence to the books, what must be found in them (fen by code), and the
warnings. A scenario with nothing to find guards against a false finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]
AS_OF = "2026-06-30"
YEAR = 12_000_000
"""The price of one year of the data set, in fen."""

ACCOUNTS = [
    {"id": "gk", "kind": "国库", "owner": "财政局", "registered": True, "authorised": True},
    {"id": "hj", "kind": "非税汇缴", "owner": "财政局", "registered": True, "authorised": True},
    {"id": "jb", "kind": "单位基本户", "owner": "U1", "registered": True, "authorised": True},
    {"id": "zh", "kind": "单位专用户", "owner": "U1", "registered": True, "authorised": True},
    {"id": "gd", "kind": "过渡户", "owner": "U1", "registered": True, "authorised": False},
    {"id": "xj", "kind": "小金库", "owner": "U1", "registered": False, "authorised": False},
    {"id": "gr", "kind": "个人卡", "owner": "P01", "registered": True, "authorised": False},
    {"id": "gl", "kind": "一般户", "owner": "R1", "registered": True, "authorised": True},
    {"id": "op", "kind": "运营方代收户", "owner": "O1", "registered": True, "authorised": False},
]
FREE = ["公共治理", "公益事业"]
PRICES = [
    {"item": "DS-07", "list_fen": YEAR, "min_fen": 10_000_000, "max_fen": 15_000_000,
     "free_purposes": FREE, "from": "2026-01-01", "to": "2026-12-31"},
    {"item": "API-01", "list_fen": 50, "min_fen": 40, "max_fen": 60,
     "free_purposes": FREE, "from": "2026-01-01", "to": "2026-12-31"},
]  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    data: Mapping[str, Any]
    breaches: Mapping[str, int] = field(default_factory=dict)
    warnings: frozenset[str] = frozenset()
    ref: str = ""
    as_of: str = AS_OF


def books(*parts: Tables, **tables: list[Row]) -> dict[str, Any]:
    """Put tables together; a table given by name replaces the default one."""
    data: dict[str, Any] = {
        "unit": {"id": "U1", "type": "行政单位"}, "accounts": ACCOUNTS, "prices": PRICES,
        "related_parties": ["R1"], "staff": [f"P{n:02}" for n in range(1, 7)],
    }  # fmt: skip
    for part in parts:
        for table, rows in part.items():
            data[table] = [*data.get(table, []), *rows]
    data.update(tables)
    return data


def contract(fen: int = YEAR, *, n: int = 1, purpose: str = "产业发展", **more: Any) -> Tables:
    row = {"id": f"K{n}", "item": "DS-07", "purpose": purpose, "unit_price_fen": fen, "buyer": "B1",
           "obligations": [{"id": f"o{n}", "due": "2026-03-31", "amount_fen": fen}]}  # fmt: skip
    return {"contracts": [row | more]}


def bill(fen: int = YEAR, *, n: int = 1, of: int | None = None, **more: Any) -> Tables:
    k = of or n
    row = {"id": f"i{n}", "contract": f"K{k}", "obligation": f"o{k}", "item": "DS-07", "qty": 1,
           "unit_price_fen": fen, "amount_fen": fen, "date": "2026-03-20", "due": "2026-03-20",
           "voided": False}  # fmt: skip
    return {"invoices": [row | more]}


def receipt(fen: int = YEAR, account: str = "jb", *, n: int = 1, **more: Any) -> Tables:
    row = {"id": f"r{n}", "amount_fen": fen, "date": "2026-03-25", "account": account,
           "remit_by": "2026-04-10", "invoice": "i1", "contract": "K1", "nature": "使用收入",
           "fiscal_bp": 10000, "payer": "B1", "booked": "应缴财政款"}  # fmt: skip
    return {"receipts": [row | more]}


def remitted(fen: int = YEAR, *, n: int = 1, of: str = "r1", **more: Any) -> Tables:
    row = {"id": f"m{n}", "date": "2026-04-08", "to": "gk",
           "items": [{"receipt": of, "amount_fen": fen}]}  # fmt: skip
    return {"remittances": [row | more]}


def paid(fen: int, *, n: int = 1, **more: Any) -> Tables:
    row = {"id": f"e{n}", "amount_fen": fen, "date": "2026-03-28", "account": "jb",
           "payee": "供应商A", "payee_kind": "supplier", "purpose": "服务器租赁",
           "purpose_class": "单位支出", "funding": "收入", "budget_item": None,
           "approved": False}  # fmt: skip
    return {"expenditures": [row | more]}


def bonus(fen: int, who: int, day: str = "2026-03-28", **more: Any) -> Tables:
    row: Row = {"date": day, "payee": f"P{who:02}", "payee_kind": "staff", "purpose": "奖金",
                "purpose_class": "人员支出"}  # fmt: skip
    return paid(fen, n=who, **(row | more))


def outside(fen: int, **more: Any) -> Tables:
    return {"external": [{"id": "x1", "source": "数据交易所成交", "amount_fen": fen,
                          "date": "2026-03-01", "payer": "B6"} | more]}  # fmt: skip


def moved(fen: int, source: str, target: str, day: str = "2026-03-28", n: int = 1) -> Tables:
    return {"transfers": [{"id": f"t{n}", "from": source, "to": target, "amount_fen": fen,
                           "date": day}]}  # fmt: skip


def waiver(authority: str, fen: int = YEAR, **more: Any) -> Tables:
    return {"waivers": [{"id": "w1", "obligation": "o1", "amount_fen": fen, "authority": authority,
                         "doc": "财非〔2026〕3号"} | more]}  # fmt: skip


def deposit(fen: int = 2_000_000, account: str = "jb", **more: Any) -> Tables:
    row = {"nature": "押金", "booked": "其他应付款", "invoice": None} | more
    return receipt(fen, account, n=9, **row)


SALE = (contract(), bill())
SOLD = (*SALE, receipt())
CLEAN = (*SOLD, remitted())
DIRECT = (*SALE, receipt(account="gk"))


def metered(qty: object, price: int = 50, **more: Any) -> list[Tables]:
    return [
        {"contracts": [{"id": "K2", "item": "API-01", "purpose": "产业发展", "buyer": "B2",
                        "unit_price_fen": price, "obligations": []}]},
        {"usage": [{"id": "u1", "contract": "K2", "item": "API-01", "user": "B2", "qty": qty,
                    "period_end": "2026-03-31", "purpose": "产业发展"} | more]},
    ]  # fmt: skip


def metered_bill(fen: int, qty: object = 1000, **more: Any) -> list[Tables]:
    """A bill for metered use, paid straight to the treasury."""
    row: Row = {"contract": "K2", "obligation": None, "item": "API-01", "qty": qty,
                "unit_price_fen": 50} | more  # fmt: skip
    return [bill(fen, n=2, **row), receipt(fen, "gk", n=2, invoice="i2", contract="K2")]


def _with_price_change() -> list[Row]:
    until_june = {**PRICES[0], "to": "2026-02-28", "max_fen": 18_000_000, "min_fen": 5_000_000}
    return [until_june, {**PRICES[0], "from": "2026-03-01"}]


def _payment_to(payee: str, kind: str, fen: int = 2_000_000, **more: Any) -> Tables:
    return paid(fen, payee=payee, payee_kind=kind, **more)


def _gift(party: str, proceeds: int = 0, approved: bool = False) -> Tables:
    return {"dispositions": [{"id": "d1", "asset": "A1", "method": "无偿划转", "approved": approved,
                              "doc": None, "appraisal_fen": 8_000_000, "proceeds_fen": proceeds,
                              "counterparty": party, "receipt": None}]}  # fmt: skip


def _returned_money(purpose: str, item: Row | None = None, **more: Any) -> list[Tables]:
    row = {"id": "b1", "purpose": "数据治理", "amount_fen": 9_000_000} | (item or {})
    return [
        {"budget_items": [row]},
        paid(4_000_000, purpose=purpose, funding="返还资金", budget_item="b1", **more),
    ]


S = Scenario
SCENARIOS: dict[str, Scenario] = {
    # Nothing wrong.
    "a sale remitted in full and in time": S(books(*CLEAN)),
    "a sale paid straight to the treasury": S(books(*DIRECT)),
    "empty books": S(books()),
    "a remittance to the collection account": S(books(*SOLD, remitted(to="hj"))),
    "the last lawful day is not late": S(books(*SOLD), as_of="2026-04-10"),
    "rows after the day do not count": S(
        books(*CLEAN, paid(1_000_000, date="2026-07-02"), receipt(5_000, n=2, date="2026-07-01"))
    ),
    # V01
    "V01 unit price above the cap": S(
        books(contract(16_000_000), bill(16_000_000), receipt(16_000_000, "gk")),
        {"V01": 1_000_000}, ref="i1",
    ),
    "V01 unit price at the cap is lawful": S(
        books(contract(15_000_000), bill(15_000_000), receipt(15_000_000, "gk"))
    ),
    "V01 a charge for public governance": S(
        books(contract(purpose="公共治理"), bill(), receipt(account="gk")), {"V01": YEAR}, ref="i1"
    ),
    "V01 money taken without a bill for public welfare": S(
        books(contract(purpose="公益事业", obligations=[]), receipt(500, "gk", invoice=None)),
        {"V01": 500}, ref="r1",
    ),
    "V01 no schedule in force on the day of the bill": S(
        books(*DIRECT, prices=[{**PRICES[0], "from": "2026-04-01"}]), {"V01": YEAR}, ref="i1"
    ),
    "V01 the sale of an asset needs no schedule": S(
        books(*SALE, receipt(account="gk", nature="处置收入"), prices=[])
    ),
    "V01 a price lawful under the version then in force": S(
        books(contract(17_000_000), bill(17_000_000, date="2026-02-20"),
              receipt(17_000_000, "gk"), prices=_with_price_change())
    ),
    "V01 the old price after the change": S(
        books(contract(17_000_000), bill(17_000_000), receipt(17_000_000, "gk"),
              prices=_with_price_change()),
        {"V01": 2_000_000}, ref="i1",
    ),
    "V01 an overpayment kept": S(
        books(*SALE, receipt(12_500_000, "gk")), {"V01": 500_000}, ref="i1"
    ),
    "V01 an overpayment still in the days for refund": S(
        books(*SALE, receipt(12_500_000, "gk", date="2026-06-10"))
    ),
    "V01 an overpayment given back by the unit": S(
        books(*SALE, receipt(12_500_000), remitted(),
              refunds=[{"receipt": "r1", "amount_fen": 500_000, "date": "2026-04-02", "doc": "T1"}])
    ),
    "V01 an overpayment given back after the rest was remitted": S(
        books(*SALE, receipt(12_500_000), remitted(),
              refunds=[{"receipt": "r1", "amount_fen": 500_000, "date": "2026-04-20", "doc": "T1"}])
    ),
    "V01 a bill voided and issued again": S(
        books(contract(), bill(16_000_000, voided=True), bill(n=2, of=1), receipt(account="gk"))
    ),
    "V01 money kept on a voided bill": S(
        books(contract(obligations=[]), bill(voided=True), receipt(account="gk")),
        {"V01": YEAR}, ref="r1",
    ),
    "V01 one bank serial imported twice": S(
        books(*SALE, receipt(account="gk", bank_serial="S1"),
              receipt(account="gk", n=2, bank_serial="S1"))
    ),
    "V01 one trade number imported twice": S(
        books(*SALE, receipt(account="gk", trade_no="T1"),
              receipt(account="gk", n=2, trade_no="T1"))
    ),
    "V01 two payments with serials of their own": S(
        books(*SALE, receipt(account="gk", bank_serial="S1"),
              receipt(account="gk", n=2, bank_serial="S2")),
        {"V01": YEAR}, ref="i1",
    ),
    "V01 two bills of one contract paid at once": S(
        books(contract(obligations=[{"id": "o1", "due": "2026-03-31", "amount_fen": YEAR},
                                    {"id": "o9", "due": "2026-04-15", "amount_fen": YEAR}]),
              bill(), bill(n=2, of=1, obligation="o9"), receipt(2 * YEAR, "gk"))
    ),
    # V02
    "V02 billed less than is due": S(
        books(contract(), bill(11_000_000), receipt(11_000_000, "gk")), {"V02": 1_000_000}, ref="o1"
    ),
    "V02 the gap was waived by the finance department": S(
        books(contract(), bill(11_000_000), receipt(11_000_000, "gk"),
              waiver("财政部门", 1_000_000))
    ),
    "V02 a waiver by the unit's head is none": S(
        books(contract(), bill(11_000_000), receipt(11_000_000, "gk"),
              waiver("单位负责人", 1_000_000)),
        {"V02": 1_000_000}, ref="w1",
    ),
    "V02 a waiver without a document is none": S(
        books(contract(), bill(11_000_000), receipt(11_000_000, "gk"),
              waiver("财政部门", 1_000_000, doc=None)),
        {"V02": 1_000_000}, ref="o1",
    ),
    "V02 received less than billed, nobody asks": S(
        books(*SALE, receipt(9_000_000, "gk")), {"V02": 3_000_000}, ref="i1"
    ),
    "V02 received less than billed, and dunned": S(
        books(*SALE, receipt(9_000_000, "gk"),
              collection_actions=[{"id": "c1", "invoice": "i1", "date": "2026-05-06"}]),
        warnings=frozenset({"W03"}),
    ),
    "V02 the unpaid rest was waived": S(
        books(*SALE, receipt(9_000_000, "gk"), waiver("财政部门", 3_000_000))
    ),
    "V02 price under the floor": S(
        books(contract(9_000_000), bill(9_000_000), receipt(9_000_000, "gk")),
        {"V02": 1_000_000}, ref="i1",
    ),
    "V02 price under the floor, approved": S(
        books(contract(9_000_000, price_approval="财非〔2026〕9号"), bill(9_000_000),
              receipt(9_000_000, "gk"))
    ),
    "V02 metered use billed short": S(
        books(*metered(1000), *metered_bill(40_000)), {"V02": 10_000}, ref="u1"
    ),
    "V02 metered use a fen apart": S(books(*metered(1000), *metered_bill(49_999))),
    "V02 what lies above the cap need not be paid": S(
        books(contract(16_000_000), bill(16_000_000), receipt(15_000_000, "gk")),
        {"V01": 1_000_000}, ref="i1",
    ),
    # V03
    "V03 nothing billed": S(books(contract()), {"V03": YEAR}, ref="o1"),
    "V03 the grace is not over": S(books(contract()), as_of="2026-04-30"),
    "V03 the day after the grace": S(books(contract()), {"V03": YEAR}, as_of="2026-05-01"),
    "V03 waived in whole by the finance department": S(books(contract(), waiver("财政部门"))),
    "V03 waived in whole by the unit itself": S(
        books(contract(), waiver("本单位")), {"V03": YEAR}, ref="w1"
    ),
    "V03 billed, nothing received, nobody asks": S(books(*SALE), {"V03": YEAR}, ref="i1"),
    "V03 billed, nothing received, taken to court": S(
        books(*SALE, collection_actions=[{"id": "c1", "invoice": "i1", "date": "2026-06-01"}]),
        warnings=frozenset({"W03"}),
    ),
    "V03 paid in services is not unpaid, but V12": S(
        books(contract(), bill(offset_fen=YEAR)), {"V12": YEAR}, ref="i1"
    ),
    "V03 metered use never billed": S(books(*metered(1000)), {"V03": 50_000}, ref="u1"),
    "V03 metered use for public welfare": S(books(*metered(1000, purpose="公益事业"))),
    "V03 paid use under no contract": S(
        books(usage=[{"id": "u1", "contract": None, "item": "API-01", "user": "B9", "qty": 200,
                      "period_end": "2026-03-31", "purpose": "产业发展"}]),
        {"V03": 10_000}, ref="u1",
    ),
    "V03 free use under no contract": S(
        books(usage=[{"id": "u1", "contract": None, "item": "API-01", "user": "B9", "qty": 200,
                      "period_end": "2026-03-31", "purpose": "公共治理"}])
    ),
    "V03 paid use under a contract for free purposes": S(
        books({"contracts": [{"id": "K2", "item": "API-01", "purpose": "公益事业", "buyer": "B2",
                              "unit_price_fen": 0, "obligations": []}]},
              usage=[{"id": "u1", "contract": "K2", "item": "API-01", "user": "B2", "qty": 200,
                      "period_end": "2026-03-31", "purpose": "产业发展"}]),
        {"V03": 10_000}, ref="u1",
    ),
    # V04 and V05
    "V04 less than the share remitted": S(
        books(*SOLD, remitted(9_000_000)), {"V04": 3_000_000}, ref="r1"
    ),
    "V04 a share, not the whole, is due": S(
        books(*SALE, receipt(fiscal_bp=6000), remitted(7_200_000))
    ),
    "V04 less than the share of a share contract": S(
        books(*SALE, receipt(fiscal_bp=6000), remitted(7_000_000)), {"V04": 200_000}, ref="m1"
    ),
    "V04 a fen of rounding": S(books(*SOLD, remitted(YEAR - 1))),
    "V04 two fen are no rounding": S(books(*SOLD, remitted(YEAR - 2)), {"V04": 2}, ref="r1"),
    "V04 in two remittances": S(
        books(*SOLD, remitted(5_000_000), remitted(7_000_000, n=2))
    ),
    "V04 refunded by the treasury, remitted in full": S(
        books(*CLEAN, refunds=[{"receipt": "r1", "amount_fen": 2_000_000, "date": "2026-05-10",
                                "doc": "财政退付书2号"}])
    ),
    "V04 a treasury refund does not lower what is due": S(
        books(*SOLD, remitted(10_000_000),
              refunds=[{"receipt": "r1", "amount_fen": 2_000_000, "date": "2026-05-10",
                        "doc": "国库退付书2号"}]),
        {"V04": 2_000_000}, ref="r1",
    ),
    "V05 nothing remitted": S(books(*SOLD), {"V05": YEAR}, ref="r1"),
    "V05 the whole kept with approval": S(books(*SALE, receipt(fiscal_bp=0))),
    "V05 a deposit is not revenue": S(books(*CLEAN, deposit())),
    "V05 a forfeited deposit is": S(
        books(*CLEAN, deposit(booked="应缴财政款", contract=None, forfeited_on="2026-03-26")),
        {"V05": 2_000_000}, ref="r9",
    ),
    "V05 moved between two lawful accounts": S(
        books(*SOLD, moved(YEAR, "jb", "zh")), {"V05": YEAR}, ref="r1"
    ),
    "V05 moved between two lawful accounts and remitted": S(
        books(*CLEAN, moved(YEAR, "jb", "zh"))
    ),
    "V05 what was remitted to no treasury is not remitted": S(
        books(*SOLD, remitted(to="zh")), {"V05": YEAR}, ref="r1"
    ),
    # V06
    "V06 received in a personal account": S(
        books(*SALE, receipt(account="gr")), {"V06": YEAR}, ref="gr"
    ),
    "V06 received in a related party's account": S(
        books(*SALE, receipt(account="gl")), {"V06": YEAR}, ref="r1"
    ),
    "V06 paid to a person": S(
        books(*SOLD, remitted(10_000_000), _payment_to("王某", "person")),
        {"V06": 2_000_000}, ref="e1",
    ),
    "V06 paid to a related party": S(
        books(*SOLD, remitted(10_000_000), _payment_to("R1", "unit")),
        {"V06": 2_000_000}, ref="e1",
    ),
    "V06 paid to two staff": S(
        books(*SOLD, remitted(11_000_000), bonus(500_000, 1), bonus(500_000, 2)),
        {"V06": 1_000_000}, ref="e1",
    ),
    "V06 a salary from the budget": S(books(*CLEAN, bonus(500_000, 1, funding="预算拨款"))),
    "V06 an asset given to a related party": S(books(_gift("R1")), {"V06": 8_000_000}, ref="d1"),
    "V06 an asset given with approval": S(books(_gift("R1", approved=True))),
    "V06 a related party buys at the right price": S(books(_gift("R1", 8_000_000))),
    "V06 an asset given to a stranger is another matter": S(books(_gift("B7"))),
    # V07
    "V07 three staff within a week": S(
        books(*SOLD, remitted(10_500_000), bonus(500_000, 1), bonus(500_000, 2, "2026-03-30"),
              bonus(500_000, 3, "2026-04-03")),
        {"V07": 1_500_000}, ref="e2",
    ),
    "V07 three staff over a month are V06": S(
        books(*SOLD, remitted(10_500_000), bonus(500_000, 1), bonus(500_000, 2, "2026-04-06"),
              bonus(500_000, 3, "2026-04-15")),
        {"V06": 1_500_000}, ref="e1",
    ),
    "V07 one of staff three times is V06": S(
        books(*SOLD, remitted(10_500_000), *(bonus(500_000, 1, id=f"e{n}") for n in (1, 2, 3))),
        {"V06": 1_500_000}, ref="e1",
    ),
    "V07 payroll from the budget in the same week": S(
        books(*CLEAN, *(bonus(500_000, n, funding="预算拨款") for n in (1, 2, 3, 4)))
    ),
    "V07 an approved pay item out of revenue is V12": S(
        books(*SOLD, remitted(10_500_000), *(bonus(500_000, n, approved=True) for n in (1, 2, 3))),
        {"V12": 1_500_000}, ref="e1",
    ),
    # V08
    "V08 received in an unauthorised account": S(
        books(*SALE, receipt(account="gd")), {"V08": YEAR}, ref="gd"
    ),
    "V08 moved to an unauthorised account": S(
        books(*SOLD, moved(5_000_000, "jb", "gd"), remitted(7_000_000)),
        {"V08": 5_000_000}, ref="t1",
    ),
    "V08 withheld in a remittance": S(
        books(*SOLD, remitted(9_000_000, withheld=[{"receipt": "r1", "amount_fen": 3_000_000}])),
        {"V08": 3_000_000}, ref="m1",
    ),
    "V08 withheld, then remitted after all": S(
        books(*SOLD, remitted(9_000_000, withheld=[{"receipt": "r1", "amount_fen": 3_000_000}]),
              remitted(3_000_000, n=2, date="2026-05-04")),
        warnings=frozenset({"W01"}),
    ),
    "V08 an operator collects within its days": S(
        books(*SALE, receipt(account="op", remit_by="2026-07-15"))
    ),
    "V08 an operator keeps it past its days": S(
        books(*SALE, receipt(account="op")), {"V08": YEAR}, ref="op"
    ),
    "V08 other money moved to that account": S(
        books(*CLEAN, moved(5_000_000, "jb", "gd", "2026-05-02"))
    ),
    "V08 spent from the unauthorised account": S(
        books(*SALE, receipt(account="gd"), paid(3_000_000, account="gd")),
        {"V08": 9_000_000, "V12": 3_000_000}, ref="e1",
    ),
    "V08 shared out from there to four staff": S(
        books(*SALE, receipt(account="gd"), *(bonus(1_000_000, n, account="gd")
                                              for n in (1, 2, 3, 4))),
        {"V08": 8_000_000, "V07": 4_000_000}, ref="e1",
    ),
    "V08 transferred out to a unit below": S(
        books(*SOLD, remitted(8_000_000), paid(4_000_000, purpose_class="转出", payee="下属单位",
                                               payee_kind="unit")),
        {"V08": 4_000_000}, ref="e1",
    ),
    # V09
    "V09 lent and not repaid": S(
        books(*SOLD, remitted(9_000_000), paid(3_000_000, purpose_class="借用", payee_kind="unit")),
        {"V09": 3_000_000}, ref="e1",
    ),
    "V09 lent, repaid, remitted in full": S(
        books(*CLEAN, paid(3_000_000, purpose_class="借用", payee_kind="unit",
                           repaid=[{"date": "2026-04-02", "amount_fen": 3_000_000}])),
        {"V09": 3_000_000}, ref="e1",
    ),
    "V09 lent, repaid, and then nothing remitted": S(
        books(*SOLD, paid(3_000_000, purpose_class="借用", payee_kind="unit",
                          repaid=[{"date": "2026-04-02", "amount_fen": 3_000_000}])),
        {"V09": 3_000_000, "V05": YEAR}, ref="r1",
    ),
    "V09 lent and the rest not remitted": S(
        books(*SOLD, paid(3_000_000, purpose_class="借用", payee_kind="unit")),
        {"V09": 3_000_000, "V05": 9_000_000}, ref="e1",
    ),
    "V09 an advance from the budget": S(
        books(*CLEAN, paid(3_000_000, purpose_class="借用", funding="预算拨款"))
    ),
    # V10
    "V10 returned money for another purpose": S(
        books(*_returned_money("购置公务车")), {"V10": 4_000_000}, ref="e1"
    ),
    "V10 returned money for its purpose": S(books(*_returned_money("数据治理"))),
    "V10 adjusted before it was spent": S(
        books(*_returned_money("购置公务车", {"adjusted_to": ["购置公务车"], "adjust_doc": "1号",
                                              "adjust_date": "2026-03-01"}))
    ),
    "V10 adjusted after it was spent": S(
        books(*_returned_money("购置公务车", {"adjusted_to": ["购置公务车"], "adjust_doc": "1号",
                                              "adjust_date": "2026-05-01"})),
        {"V10": 4_000_000}, ref="b1",
    ),
    "V10 adjusted to something else": S(
        books(*_returned_money("购置公务车", {"adjusted_to": ["机房改造"], "adjust_doc": "1号",
                                              "adjust_date": "2026-03-01"})),
        {"V10": 4_000_000}, ref="e1",
    ),
    "V10 revenue invested": S(
        books(*SOLD, remitted(7_000_000), paid(5_000_000, purpose_class="投资", purpose="理财",
                                               payee_kind="unit")),
        {"V10": 5_000_000}, ref="e1",
    ),
    # V11
    "V11 a trade with no record": S(
        books(*CLEAN, outside(9_000_000, trade_no="T9")), {"V11": 9_000_000}, ref="x1"
    ),
    "V11 a trade that the books show": S(
        books(*SALE, receipt(account="gk", trade_no="T9"), outside(YEAR, trade_no="T9"))
    ),
    "V11 a bank line that the books show": S(
        books(*SALE, receipt(account="gk", bank_serial="S9"), outside(YEAR, bank_serial="S9"))
    ),
    "V11 a trade of the last days may still be entered": S(
        books(*CLEAN, outside(9_000_000, trade_no="T9", date="2026-06-25"))
    ),
    "V11 one trade reported twice": S(
        books(*CLEAN, {"external": [
            {"id": f"x{n}", "source": "成交", "amount_fen": 9_000_000, "date": "2026-03-01",
             "trade_no": "T9"} for n in (1, 2)]}),
        {"V11": 9_000_000}, ref="x1",
    ),
    "V11 the operator's total is higher": S(
        books(*CLEAN, outside(20_000_000, contract="K1", scope="contract_total")),
        {"V11": 8_000_000}, ref="x1",
    ),
    "V11 the operator's total is the same": S(
        books(*CLEAN, outside(YEAR, contract="K1", scope="contract_total"))
    ),
    "V11 an unnumbered receipt of the same payer and amount": S(
        books(*CLEAN, outside(YEAR, trade_no="T9", payer="B1", date="2026-03-24"))
    ),
    "V11 an unregistered account, whatever follows": S(
        books(*SALE, receipt(account="xj"), remitted(), paid(3_000_000, account="xj")),
        {"V11": YEAR}, ref="xj",
    ),
    "V11 an account that no register lists": S(
        books(*SALE, receipt(account="??")), {"V11": YEAR}, ref="r1"
    ),
    "V11 money that came back to an unregistered account counts once": S(
        books(
            *SALE,
            receipt(account="xj"),
            moved(YEAR, "xj", "jb"),
            moved(YEAR, "jb", "xj", "2026-03-30", n=2),
        ),
        {"V11": YEAR},
        ref="xj",
    ),
    "V11 a deposit in an unregistered account": S(
        books(*CLEAN, deposit(account="xj")), {"V11": 2_000_000}, ref="xj"
    ),
    "V11 booked as owed to others and kept": S(
        books(*SALE, receipt(booked="其他应付款")), {"V11": YEAR}, ref="r1"
    ),
    "V11 booked as owed to others, but remitted": S(
        books(*SALE, receipt(booked="其他应付款"), remitted()), warnings=frozenset({"W02"})
    ),
    "V11 booked as owed to others, its day not past": S(
        books(*SALE, receipt(booked="其他应付款")), as_of="2026-04-10"
    ),
    # V12
    "V12 a cost paid first": S(
        books(*SOLD, paid(3_000_000), remitted(9_000_000)), {"V12": 3_000_000}, ref="e1"
    ),
    "V12 made good, and remitted in full": S(
        books(*CLEAN, paid(3_000_000, repaid=[{"date": "2026-04-02", "amount_fen": 3_000_000}])),
        {"V12": 3_000_000}, ref="e1",
    ),
    "V12 made good, then short again": S(
        books(*SOLD, paid(3_000_000, repaid=[{"date": "2026-04-02", "amount_fen": 3_000_000}]),
              remitted(9_000_000)),
        {"V12": 3_000_000, "V04": 3_000_000}, ref="e1",
    ),
    "V12 a cost and a gap": S(
        books(*SOLD, paid(3_000_000), remitted(5_000_000)),
        {"V12": 3_000_000, "V04": 4_000_000}, ref="m1",
    ),
    "V12 a budget cost from the same account": S(
        books(*CLEAN, paid(3_000_000, funding="预算拨款"))
    ),
    "V12 a cost before any revenue came": S(books(*CLEAN, paid(3_000_000, date="2026-03-01"))),
    "V12 a cost after all was remitted": S(books(*CLEAN, paid(3_000_000, date="2026-05-01"))),
    "V12 a remittance net of cost": S(
        books(*SOLD, remitted(9_000_000, net_of_cost=[{"receipt": "r1", "amount_fen": 3_000_000}])),
        {"V12": 3_000_000}, ref="m1",
    ),
    "V12 net of a cost that is recorded too": S(
        books(*SOLD, paid(3_000_000),
              remitted(9_000_000, net_of_cost=[{"receipt": "r1", "amount_fen": 3_000_000}])),
        {"V12": 3_000_000}, ref="e1",
    ),
    "V12 the unit's own share is spent first": S(
        books(*SALE, receipt(fiscal_bp=6000), paid(4_800_000), remitted(7_200_000))
    ),
    "V12 beyond the unit's own share": S(
        books(*SALE, receipt(fiscal_bp=6000), paid(5_000_000), remitted(7_000_000)),
        {"V12": 200_000}, ref="e1",
    ),
    "V12 an approved share goes out to a partner": S(
        books(*SALE, receipt(fiscal_bp=6000), remitted(7_200_000),
              paid(4_800_000, purpose_class="转出", payee_kind="unit", approved=True))
    ),
    "V12 first in, first out over two receipts": S(
        books(*SALE, contract(n=2), bill(n=2), receipt(date="2026-03-21"),
              receipt(n=2, invoice="i2", contract="K2"), paid(13_000_000),
              remitted(11_000_000, of="r2")),
        {"V12": 13_000_000}, ref="r2",
    ),
    # Warnings, and several at once
    "W01 late but complete": S(
        books(*SOLD, remitted(date="2026-04-20")), warnings=frozenset({"W01"})
    ),
    "W01 the last part came late": S(
        books(*SOLD, remitted(9_000_000), remitted(3_000_000, n=2, date="2026-05-20")),
        warnings=frozenset({"W01"}),
    ),
    "W02 booked as other income, remitted": S(
        books(*SALE, receipt(booked="其他收入"), remitted()), warnings=frozenset({"W02"})
    ),
    "X a price too high and nothing remitted": S(
        books(contract(16_000_000), bill(16_000_000), receipt(16_000_000)),
        {"V01": 1_000_000, "V05": 16_000_000}, ref="r1",
    ),
    "X hidden trade, bonus, loan and a gap": S(
        books(*SOLD, outside(700, trade_no="T7"), *(bonus(100_000, n) for n in (1, 2, 3)),
              paid(1_000_000, n=8, purpose_class="借用", payee_kind="unit"), remitted(5_000_000)),
        {"V11": 700, "V07": 300_000, "V09": 1_000_000, "V04": 5_700_000}, ref="e8",
    ),
}  # fmt: skip
