"""The node believes nobody: what it accepts, refuses, keeps secret and keeps track of."""

import json
import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shuce.node import (
    Node,
    NodeAway,
    NodeRefused,
    Receipt,
    SignedJob,
    is_receipt_genuine,
    sign_job,
)
from tests.node.worlds import NOT_ASKED, NOW, REGISTER, TOTAL, job, rule_of


@pytest.mark.clause("G-8")
def test_a_signed_job_is_answered_with_a_receipt_that_proves_it(node: Any) -> None:
    receipt = node.answer(
        job("SELECT gender, count(*) AS n, avg(age) AS mean FROM persons GROUP BY gender"), now=NOW
    )
    assert receipt.verdict == "released"
    assert sorted(receipt.rows) == [("女", 100, 45.0), ("男", 100, 44.0)]
    assert is_receipt_genuine(receipt, node.public_key)
    assert not is_receipt_genuine(replace(receipt, rows=(("女", 101, 45.0),)), node.public_key)
    assert not is_receipt_genuine(replace(receipt, verdict="refused"), node.public_key)
    assert "rows" not in receipt.as_json()


@pytest.mark.clause("G-8")
def test_the_node_judges_the_question_itself(node: Any) -> None:
    receipt = node.answer(job("SELECT phone FROM persons"), now=NOW)
    assert (receipt.verdict, receipt.rows) == ("refused", ())
    assert receipt.rule
    assert receipt.reason


def changed(**fields: Any) -> SignedJob:
    return replace(job(), **fields)


@pytest.mark.parametrize(
    "forged",
    [
        changed(sql="SELECT gender, count(*) FROM persons GROUP BY gender"),
        changed(grant_id="G2"),
        changed(actor="M2"),
        changed(nonce="another"),
        changed(issued_at=NOW + timedelta(seconds=1)),
        changed(signature=b""),
        changed(signature=b"x" * 64),
        sign_job(
            Ed25519PrivateKey.generate(),
            job_id="J1",
            grant_id="G1",
            actor="M1",
            sql=TOTAL,
            issued_at=NOW,
        ),
    ],
)
def test_a_forged_job_is_refused(node: Any, forged: SignedJob) -> None:
    # Of a grant that the node never accepted, the register asks nothing.
    elsewhere = forged.grant_id == "G2" and not isinstance(node, Node)
    assert rule_of(node, forged) == (NOT_ASKED if elsewhere else "SIGNATURE")


def test_a_stale_or_repeated_job_is_refused(node: Any) -> None:
    assert node.answer(job(at=NOW - timedelta(minutes=6)), now=NOW).rule == "STALE"
    assert node.answer(job(at=NOW + timedelta(minutes=6)), now=NOW).rule == "STALE"
    once = job()
    assert node.answer(once, now=NOW).verdict == "released"
    assert node.answer(once, now=NOW).rule == "REPLAY"
    assert node.answer(job(), now=NOW).verdict == "released"


def test_a_node_without_enrolment_answers_nobody(tmp_path: Path) -> None:
    node = Node(tmp_path / "other")
    assert node.answer(job(), now=NOW).rule == "SIGNATURE"


def test_another_register_key_cannot_push_itself_in(node: Any) -> None:
    node.enrol(REGISTER.public_key().public_bytes_raw())
    with pytest.raises(NodeRefused):
        node.enrol(Ed25519PrivateKey.generate().public_key().public_bytes_raw())


@pytest.mark.clause("N-4")
def test_a_withdrawn_grant_stops_at_once_and_for_good(node: Any, tmp_path: Path) -> None:
    assert node.answer(job(), now=NOW).verdict == "released"
    assert list((tmp_path / "node" / "snapshots").glob("*/*.parquet"))
    node.withdraw_grant("G1")
    assert rule_of(node, job()) in ("GRANT", NOT_ASKED)
    assert not list((tmp_path / "node" / "snapshots").glob("*/*.parquet"))
    with pytest.raises(NodeRefused):
        node.resume_grant("G1")


@pytest.mark.clause("N-4")
def test_a_suspended_grant_stops_until_it_is_resumed(node: Any) -> None:
    node.suspend_grant("G1")
    assert rule_of(node, job()) in ("GRANT", NOT_ASKED)
    node.resume_grant("G1")
    assert node.answer(job(), now=NOW).verdict == "released"


@pytest.mark.clause("N-4")
def test_a_grant_is_answered_only_from_its_first_day_to_its_last(node: Any) -> None:
    for day, verdict in [
        (datetime(2025, 12, 31, tzinfo=UTC), "refused"),
        (datetime(2026, 1, 1, tzinfo=UTC), "released"),
        (datetime(2027, 1, 1, tzinfo=UTC), "refused"),
    ]:
        assert node.answer(job(at=day), now=day).verdict == verdict


def test_an_unknown_grant_is_refused(node: Any) -> None:
    assert rule_of(node, job(grant="G9")) in ("GRANT", NOT_ASKED)
    with pytest.raises(NodeRefused):
        node.suspend_grant("G9")


def test_a_grant_is_pinned_as_it_was_accepted(node: Any, policy: dict[str, Any]) -> None:
    bindings = {"persons": ("S1", "persons")}
    node.accept_grant("G1", policy, bindings)
    wider = json.loads(json.dumps(policy))
    wider["minimum_group"] = 1
    with pytest.raises(NodeRefused):
        node.accept_grant("G1", wider, bindings)
    with pytest.raises(NodeRefused):
        node.accept_grant("G2", {**policy, "minimum_group": 0}, bindings)
    with pytest.raises(NodeRefused):
        node.accept_grant("G2", policy, {})


def test_a_policy_changed_behind_the_nodes_back_is_noticed(node: Any, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "node" / "node.sqlite")) as store:
        store.execute(
            "UPDATE granted SET policy = replace(policy, '\"minimum_group\": 10', "
            "'\"minimum_group\": 1')"
        )
        store.commit()
    assert node.answer(job(), now=NOW).rule == "GRANT"


@pytest.mark.clause("N-9")
def test_credentials_and_forbidden_columns_stand_nowhere_in_clear(
    node: Any, tmp_path: Path
) -> None:
    node.connect("S2", "postgresql://clerk:s3cret-word@10.0.0.9/office")
    node.answer(job(), now=NOW)
    node.close()
    home = tmp_path / "node"
    files = [file for file in home.rglob("*") if file.is_file()]
    content = b"".join(file.read_bytes() for file in files)
    assert b"s3cret-word" not in content
    assert b"13900000" not in content
    for file in [home / "node.key", home / "node.sqlite", *home.glob("snapshots/*/*.parquet")]:
        assert file.stat().st_mode & 0o077 == 0
    (snapshot,) = home.glob("snapshots/*/*.parquet")
    with duckdb.connect() as engine:
        columns = engine.execute(f"DESCRIBE FROM '{snapshot}'").fetchall()
    assert "phone" not in {name for name, *_ in columns}


def test_a_sealed_address_does_not_open_for_another_source(node: Any, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "node" / "node.sqlite")) as store:
        store.execute("INSERT INTO source SELECT 'S9', sealed_url FROM source WHERE id = 'S1'")
        store.commit()
    with pytest.raises(NodeRefused):
        node.discover("S9")


def test_every_job_is_logged_without_figures(node: Any) -> None:
    node.answer(job(), now=NOW)
    node.answer(job("SELECT phone FROM persons"), now=NOW)
    logged = node.jobs("G1")
    assert [each["verdict"] for each in logged] == ["released", "refused"]
    assert logged[0]["sql"] == TOTAL
    assert len(logged[0]["digest"]) == 64


@pytest.mark.clause("G-8")
def test_what_one_operator_was_told_counts_for_the_next(node: Any) -> None:
    first = "SELECT count(*) FROM persons WHERE age < 60"
    second = "SELECT count(*) FROM persons WHERE age < 60 AND NOT (age = 33 AND gender = '女')"
    assert node.answer(job(first), now=NOW).verdict == "released"
    node.close()  # and over a restart
    assert node.answer(job(second), now=NOW).rule == "DIFFERENCING"


def test_a_budget_is_not_overspent_by_many_at_once(node: Any, policy: dict[str, Any]) -> None:
    noisy = {**policy, "privacy": {**policy["privacy"], "mode": "dp"}}
    node.accept_grant("G2", noisy, {"persons": ("S1", "persons")})
    receipts: list[Receipt] = []

    def ask(age: int) -> None:
        sql = f"SELECT count(*) FROM persons WHERE age > {age}"
        with suppress(NodeAway):  # a register lets only so many wait for a node elsewhere at once
            receipts.append(node.answer(job(sql, grant="G2"), now=NOW))

    threads = [threading.Thread(target=ask, args=(20 + i,)) for i in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.verdict for r in receipts].count("released") == 2
    assert {r.rule for r in receipts} == {"", "BUDGET"}
    assert node.budget_of("G2") == (1.0, 1.0)


def test_a_source_that_is_forgotten_answers_no_more(node: Any) -> None:
    assert [table.name for table in node.discover("S1")] == ["persons"]
    node.answer(job(), now=NOW)
    node.forget("S1")
    with pytest.raises(NodeRefused):
        node.discover("S1")
    assert node.answer(job(), now=NOW).rule == "SOURCE"


def test_a_scan_runs_where_the_data_is(node: Any) -> None:
    result = node.scan("S1", sample=100)
    assert [table.name for table in result.tables] == ["persons"]


@pytest.mark.clause("N-6")
def test_an_erased_table_is_gone_from_source_and_node(
    node: Any, source: Path, tmp_path: Path
) -> None:
    node.answer(job(), now=NOW)
    steps: list[str] = []
    proof = node.erase("S1", "persons", "ssd/drop_table", steps.append)
    assert proof.holds
    assert steps
    assert b"13900000" not in source.read_bytes()
    assert not list((tmp_path / "node" / "snapshots").glob("*/*.parquet"))
    assert node.answer(job(), now=NOW).rule == "SOURCE"


@pytest.mark.parametrize("method", ["ssd/magic", "magic", "object/overwrite"])
def test_an_unsuitable_destruction_touches_nothing(node: Any, source: Path, method: str) -> None:
    from shuce.kernel.refusals import Refused

    with pytest.raises(Refused):
        node.erase("S1", "persons", method)
    assert b"13900000" in source.read_bytes()
