"""The verifier agrees with the engine on drawn auctions, and finds what was tampered with."""

import ast
import copy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from bench.auction import drawn_record
from shuce.engines.auction import Form, verifier

pytestmark = pytest.mark.clause("G-8")

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@cache
def drawn_records():
    return [drawn_record(seed) for seed in range(1500)]


def test_it_agrees_with_the_engine_on_drawn_auctions_of_every_form():
    records = drawn_records()
    for record in records:
        assert [str(fault) for fault in verifier.verify(record)] == [], record
    sold = {record["rules"]["form"] for record in records if record["outcome"]["awards"]}
    assert sold == {form.value for form in Form}
    refused = {row[2] for record in records for row in record["outcome"]["refused"]}
    assert refused == {
        "late", "unproven", "beyond_limit", "beyond_budget", "too_many", "too_low"
    }  # fmt: skip


def raise_the_price(record):
    record["outcome"]["awards"][0][2] += "0" if record["outcome"]["awards"][0][2] != "0" else "1"


def change_the_winner(record):
    record["outcome"]["awards"][0][0] += "某"


def change_the_quantity(record):
    record["outcome"]["awards"][0][1] += 1


def drop_an_award(record):
    record["outcome"]["awards"].pop()


def drop_the_winning_bids(record):
    winner = record["outcome"]["awards"][0][0]
    record["bids"] = [bid for bid in record["bids"] if bid["bidder"] != winner]


def raise_a_bid(record):
    record["bids"][0]["offers"][0][1] += "1"


def give_a_bid_to_another(record):
    record["bids"][0]["bidder"] += "某"


def double_a_bid(record):
    record["bids"].append(record["bids"][0])


def change_the_rules_afterwards(record):
    record["rules"]["increment"] = "77"


def close_earlier(record):
    record["closing"]["size"] = 0


def move_the_end(record):
    record["outcome"]["closed_at"] = (NOON + timedelta(days=1)).isoformat()


def take_another_s_closing(record):
    record["closing"]["auction"] += "某"


def refuse_a_good_bid(record):
    record["outcome"]["refused"].append([98, "00", "late"])


def invent_a_clearing_price(record):
    record["outcome"]["clearing"] = "999"


def tell_another_reserve(record):
    record["reserve"] = {"amount": "1", "salt": "00"}


TAMPERINGS = [
    raise_the_price, change_the_winner, change_the_quantity, drop_an_award, drop_the_winning_bids,
    raise_a_bid, give_a_bid_to_another, double_a_bid, change_the_rules_afterwards, close_earlier,
    move_the_end, take_another_s_closing, refuse_a_good_bid, invent_a_clearing_price,
    tell_another_reserve,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_tampering_is_found_in_every_sold_auction(tamper):
    clean = [
        r for r in drawn_records()[:400] if r["outcome"]["awards"] and not r["outcome"]["refused"]
    ]
    assert len(clean) > 50
    for record in clean:
        changed = copy.deepcopy(record)
        tamper(changed)
        assert verifier.verify(changed), (tamper, record)


@pytest.mark.parametrize("record", [{}, {"rules": 5}, {"rules": {}, "bids": 3}, [], None])
def test_what_cannot_be_read_is_a_fault_and_no_traceback(record):
    assert [fault.code for fault in verifier.verify(record)] == ["unreadable"]


def test_it_shares_no_code_with_the_engine():
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module for module in imported if module.startswith("shuce")} == {"shuce.kernel.words"}
