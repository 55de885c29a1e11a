"""One million ledger lines scanned for the twelve breaches, in one process.

    PYTHONPATH=src python bench/breaches.py [LINES] [UNITS]

Makes the books of one unit, and of UNITS units, with LINES rows in all (four rows a sale:
obligation, invoice, receipt, remittance; and ordinary costs among them), then times reading the
plain data, finding, and for the many units finding again after one row of one of them changed.
The breaches planted are counted, so that speed is never bought with blindness.
"""

import gc
import json
import sys
import time
from collections import Counter
from datetime import date, timedelta

from shuce.engines.breaches import Change, find_all, find_changed, find_in, read_ledger

AS_OF = date(2026, 6, 30)
ACCOUNTS = [
    {"id": "gk", "kind": "国库", "owner": "财政局", "registered": True, "authorised": True},
    {"id": "jb", "kind": "单位基本户", "owner": "U", "registered": True, "authorised": True},
    {"id": "gd", "kind": "过渡户", "owner": "U", "registered": True, "authorised": False},
]
PRICE = {
    "item": "DS", "unit": "年", "list_fen": 1200, "min_fen": 1000, "max_fen": 1500,
    "free_purposes": ["公共治理"], "from": "2026-01-01", "to": "2026-12-31",
}  # fmt: skip


def books_of(unit: int, lines: int) -> tuple[dict[str, object], Counter[str]]:
    """Return the books of one unit with about `lines` rows, and the breaches planted in them."""
    planted: Counter[str] = Counter()
    contracts, invoices, receipts, remittances, costs = [], [], [], [], []
    for n in range(lines // 4):
        day = date(2026, 1, 5) + timedelta(days=n % 120)
        paid, remitted = day + timedelta(days=5), day + timedelta(days=12)
        price, fen = (1700 if n % 997 == 5 else 1200), 1200
        account = "gd" if n % 991 == 7 else "jb"
        planted["V01"] += price > 1500
        planted["V08"] += account == "gd"
        contracts.append({
            "id": f"K{n}", "item": "DS", "purpose": "产业发展", "unit_price_fen": price,
            "buyer": f"B{n % 5000}",
            "obligations": [{"id": f"o{n}", "due": day.isoformat(), "amount_fen": price}],
        })  # fmt: skip
        invoices.append({
            "id": f"i{n}", "contract": f"K{n}", "obligation": f"o{n}", "item": "DS", "qty": 1,
            "unit_price_fen": price, "amount_fen": price, "date": day.isoformat(),
            "due": day.isoformat(), "voided": False,
        })  # fmt: skip
        receipts.append({
            "id": f"r{n}", "amount_fen": price, "date": paid.isoformat(), "account": account,
            "remit_by": (paid + timedelta(days=15)).isoformat(), "invoice": f"i{n}",
            "contract": f"K{n}", "nature": "使用收入", "fiscal_bp": 10000,
            "payer": f"B{n % 5000}", "booked": "应缴财政款", "bank_serial": f"S{n}",
        })  # fmt: skip
        if n % 983 == 3 and account == "jb":
            planted["V05"] += 1
        else:
            remittances.append({
                "id": f"m{n}", "date": remitted.isoformat(), "to": "gk",
                "items": [{"receipt": f"r{n}", "amount_fen": price}],
            })  # fmt: skip
        if n % 50 == 0:  # an ordinary cost of the budget, from the same account
            costs.append(_cost(f"e{n}", fen, paid, "预算拨款"))
    return {
        "unit": {"id": f"U{unit}", "type": "行政单位"}, "accounts": ACCOUNTS, "prices": [PRICE],
        "contracts": contracts, "invoices": invoices, "receipts": receipts,
        "remittances": remittances, "expenditures": costs,
    }, planted  # fmt: skip


def _cost(named: str, fen: int, day: date, funding: str) -> dict[str, object]:
    return {
        "id": named, "amount_fen": fen, "date": day.isoformat(), "account": "jb", "payee": "A",
        "payee_kind": "supplier", "purpose": "服务器租赁", "purpose_class": "单位支出",
        "funding": funding, "budget_item": None, "approved": True,
    }  # fmt: skip


def main(lines: int, units: int) -> None:
    made = [books_of(unit, lines // units) for unit in range(units)]
    data = {f"U{number}": books for number, (books, _) in enumerate(made)}
    planted = sum((count for _, count in made), Counter())
    gc.collect()

    cpu, began = time.process_time(), time.perf_counter()
    ledgers = [read_ledger(books) for books in data.values()]
    read = time.perf_counter()
    found = [finding for ledger in ledgers for finding in find_in(ledger, as_of=AS_OF)]
    done, cpu = time.perf_counter(), time.process_time() - cpu
    amounts: Counter[str] = Counter()
    for finding in found:
        # One finding an account: count its receipts.
        several = sum(ref.startswith("r") for ref in finding.refs) if finding.code == "V08" else 1
        amounts[finding.code.value] += several
    assert amounts == planted, (amounts, planted)
    rows = sum(ledger.lines for ledger in ledgers)
    del ledgers

    told: dict[str, object] = {
        "lines": rows,
        "units": units,
        "read_s": round(read - began, 2),
        "find_s": round(done - read, 2),
        "read_and_find_s": round(done - began, 2),
        "cpu_s": round(cpu, 2),
        "lines_per_s": round(rows / (done - began)),
        "findings": dict(amounts),
    }
    if units > 1:
        told["one_row_changed_s"] = round(_one_row_changed(data), 4)
    print(json.dumps(told))


def _one_row_changed(data: dict[str, dict[str, object]]) -> float:
    watch = find_all(data, as_of=AS_OF)
    again = time.perf_counter()
    change = Change("U0", "expenditures", "eX", _cost("eX", 500, date(2026, 5, 9), "收入"))
    changed, touched = find_changed(watch, [change])
    taken = time.perf_counter() - again
    assert touched == ("U0",)
    assert len(changed.findings["U0"]) > len(watch.findings["U0"])
    return taken


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    lines, units = given + [1_000_000, 200][len(given) :]
    for number in dict.fromkeys((1, units)):
        main(lines, number)
