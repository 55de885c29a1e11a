"""Each red line: crossed, and the lawful case just beside it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from shuce.engines.breaches import Code, find, red_lines
from shuce.engines.breaches.red_lines import RED_LINES, read_dealings

DAY = date(2026, 12, 31)
Data = dict[str, Any]


def unit(kind: str = "事业单位", **tables: list[Data]) -> Data:
    parties = [{"id": "C1", "kind": "城投公司（融资平台）"}, {"id": "B1", "kind": "企业"}]
    return {"unit": {"id": "U1", "type": kind}, "parties": parties, **tables}


def deal(**more: Any) -> list[Data]:
    row = {"id": "K1", "asset": "A1", "grantee": "B1", "starts_on": "2026-01-01",
           "ends_on": "2028-12-31", "fee_fen": 1200}  # fmt: skip
    return [row | more]


def income(*pairs: tuple[str, int], **more: Any) -> list[Data]:
    return [
        {"id": f"r{n}", "contract": "K1", "payer": "B1", "amount_fen": fen, "date": day} | more
        for n, (day, fen) in enumerate(pairs, 1)
    ]


def appraised(*rows: tuple[str, int, str], **more: Any) -> list[Data]:
    return [
        {"id": f"p{n}", "asset": "A1", "date": day, "value_fen": fen, "appraiser": who} | more
        for n, (day, fen, who) in enumerate(rows, 1)
    ]


def pledge(**more: Any) -> list[Data]:
    row = {"id": "g1", "asset": "A1", "kind": "质押", "amount_fen": 900, "date": "2026-05-01"}
    return [row | more]


def public(fen: int, **more: Any) -> list[Data]:
    return [{"id": "d1", "purpose": "公益事业", "audience": "社会公众", "price_fen": fen} | more]


def disposal(reply: str) -> list[Data]:
    row = {"id": "z1", "asset": "A1", "method": "报废", "amount_fen": 700, "date": "2026-03-01"}
    return [row | {"reply": reply}]


def impaired(fen: int) -> list[Data]:
    return [{"id": "j1", "asset": "A1", "book_fen": 100, "impairment_fen": fen,
             "date": "2026-03-01"}]  # fmt: skip


SUBSIDY = [{"id": "f1", "payee": "B1", "amount_fen": 500, "date": "2026-01-10"}]
TEN = {"ends_on": "2035-12-31"}
FOUR = [("2020-01-01", 100, "甲"), ("2021-06-01", 100, "甲"), ("2022-12-01", 100, "甲"),
        ("2024-06-01", 100, "甲")]  # fmt: skip
USED = [{"id": "u1", "contract": "K1", "period_end": "2026-09-30"}]

CROSSED: dict[str, tuple[Data, dict[str, int]]] = {
    "R01 pledged by a public institution": (unit(pledges=pledge()), {"R01": 900}),
    "R01 a company may where the pilot allows": (unit("国有企业", pledges=pledge()), {}),
    "R01 a pledge of next year": (unit(pledges=pledge(date="2027-01-01")), {}),
    "R02 with a promise to buy back": (unit(contracts=deal(buy_back=True)), {"R02": 1200}),
    "R02 to a financing platform with a loan tied": (
        unit(contracts=deal(grantee="C1", loan="L1")), {"R02": 1200}),
    "R02 to a financing platform without a loan": (unit(contracts=deal(grantee="C1")), {}),
    "R02 to a company with a loan of its own": (unit(contracts=deal(loan="L1")), {}),
    "R03 money back within the days": (
        unit(fiscal_payments=SUBSIDY, receipts=income(("2026-07-09", 800)), usage=USED),
        {"R03": 500}),
    "R03 a day later": (
        unit(fiscal_payments=SUBSIDY, receipts=income(("2026-07-10", 800)), usage=USED), {}),
    "R03 paid before the fiscal money came": (
        unit(fiscal_payments=SUBSIDY, receipts=income(("2026-01-09", 800)), usage=USED), {}),
    "R03 a fen goes round once": (
        unit(fiscal_payments=SUBSIDY, usage=USED,
             receipts=income(("2026-02-01", 300), ("2026-03-01", 300))), {"R03": 500}),
    "R04 ten years booked in one": (
        unit(contracts=deal(**TEN), receipts=income(("2026-07-10", 1200))), {"R04": 1200}),
    "R04 ten years booked over two": (
        unit(contracts=deal(**TEN), usage=USED,
             receipts=income(("2026-07-10", 600), ("2025-07-10", 600))), {}),
    "R04 nine years booked in one": (
        unit(contracts=deal(ends_on="2035-12-30"), receipts=income(("2026-07-10", 1200))), {}),
    "R05 a fee and no use": (
        unit(contracts=deal(), receipts=income(("2026-03-01", 1200))), {"R05": 1200}),
    "R05 a fee and use": (
        unit(contracts=deal(), receipts=income(("2026-03-01", 1200)), usage=USED), {}),
    "R05 a fee of the last months": (
        unit(contracts=deal(), receipts=income(("2026-07-10", 1200))), {}),
    "R05 use before the fee is no use of it": (
        unit(contracts=deal(), receipts=income(("2026-03-01", 1200)),
             usage=[{"id": "u1", "contract": "K1", "period_end": "2026-02-01"}]), {"R05": 1200}),
    "R05 a grant that has only begun": (
        unit(contracts=deal(starts_on="2026-08-01"), receipts=income(("2026-03-01", 1200))), {}),
    "R06 above 1.2 appraisals": (unit(contracts=deal(appraisal_fen=999)), {"R06": 2}),
    "R06 exactly 1.2 appraisals": (unit(contracts=deal(appraisal_fen=1000)), {}),
    "R07 most of the year in December": (
        unit(receipts=income(("2025-12-30", 51), ("2025-06-01", 49)), usage=USED), {"R07": 51}),
    "R07 half of the year in December": (
        unit(receipts=income(("2025-12-30", 50), ("2025-06-01", 50)), usage=USED), {}),
    "R08 a platform pays with a loan": (
        unit(receipts=income(("2026-08-01", 70), payer="C1", funding="银行贷款")), {"R08": 70}),
    "R08 a platform pays with its own money": (
        unit(receipts=income(("2026-08-01", 70), payer="C1", funding="自有资金")), {}),
    "R08 a company pays with a loan": (
        unit(receipts=income(("2026-08-01", 70), funding="银行贷款")), {}),
    "R09 more than twice the book": (
        unit(appraisals=appraised(("2026-01-01", 201, "甲"), book_fen=100)), {"R09": 101}),
    "R09 twice the book": (
        unit(appraisals=appraised(("2026-01-01", 200, "甲"), book_fen=100)), {}),
    "R10 a third apart within a year": (
        unit(appraisals=appraised(("2025-01-01", 100, "甲"), ("2026-01-01", 131, "乙"))),
        {"R10": 31}),
    "R10 down counts as up": (
        unit(appraisals=appraised(("2025-01-01", 100, "甲"), ("2026-01-01", 69, "乙"))),
        {"R10": 31}),
    "R10 30 % apart": (
        unit(appraisals=appraised(("2025-01-01", 100, "甲"), ("2026-01-01", 130, "乙"))), {}),
    "R10 more than a year apart": (
        unit(appraisals=appraised(("2025-01-01", 100, "甲"), ("2026-01-02", 900, "乙"))), {}),
    "R11 four times in a row": (unit(appraisals=appraised(*FOUR)), {"R11": 100}),
    "R11 three times in a row": (unit(appraisals=appraised(*FOUR[:3])), {}),
    "R11 another between": (
        unit(appraisals=appraised(*FOUR[:3], ("2023-12-31", 100, "乙"), FOUR[3])), {}),
    "R12 more than half": (unit(impairments=impaired(51)), {"R12": 51}),
    "R12 half": (unit(impairments=impaired(50)), {}),
    "R13 no reply": (unit(disposals=disposal(" ")), {"R13": 700}),
    "R13 with a reply": (unit(disposals=disposal("财资函〔2026〕8号")), {}),
    "R14 the public pays": (unit(products=public(1)), {"R14": 1}),
    "R14 the public does not pay": (unit(products=public(0)), {}),
    "R14 a company pays": (unit(products=public(9, audience="企业")), {}),
    "R14 for business": (unit(products=public(9, purpose="产业发展")), {}),
    "nothing at all": (unit(), {}),
}  # fmt: skip


def crossed(data: Data) -> dict[str, int]:
    totals: dict[str, int] = {}
    for finding in red_lines(data, as_of=DAY):
        totals[finding.code.value] = totals.get(finding.code.value, 0) + finding.amount_fen
    return totals


@pytest.mark.clause("N-4", "G-15", "N-6")
@pytest.mark.parametrize(("data", "expected"), CROSSED.values(), ids=CROSSED)
def test_a_red_line_is_seen_when_crossed_and_only_then(
    data: Data, expected: dict[str, int]
) -> None:
    assert read_dealings(data).problems == ()
    assert crossed(data) == expected
    for finding in red_lines(data, as_of=DAY):
        assert finding.refs
        assert finding.why.endswith("。")
        assert "{" not in finding.why


@pytest.mark.parametrize("code", RED_LINES, ids=lambda code: code.value)
def test_a_blind_red_line_is_noticed(code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: object) -> Iterator[object]:
        return iter(())

    monkeypatch.setitem(RED_LINES, code, blind)
    assert [name for name, (data, expected) in CROSSED.items() if crossed(data) != expected]


@pytest.mark.parametrize("data", [data for data, _ in CROSSED.values()], ids=CROSSED)
def test_the_twelve_never_answer_with_a_red_line(data: Data) -> None:
    assert not [f for f in find(data, as_of=DAY) if f.code.value.startswith("R")]


def test_a_bad_row_is_named_and_the_good_rows_still_speak() -> None:
    data = unit(pledges=[*pledge(), {"id": "g2", "asset": "A2", "date": "soon"}])
    (problem,) = read_dealings(data).problems
    assert problem.place == "pledges[1] g2"
    assert "date" in problem.reason
    assert crossed(data) == {"R01": 900}
