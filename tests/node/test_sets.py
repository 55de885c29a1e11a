"""De-identified sets at a node, here and over HTTPS: only what may leave, only when told so."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shuce.engines.deidentify import Part, PartRole, Recipe, Technique
from shuce.kernel.identifiers import new_id
from shuce.node import Receipt, SignedJob, is_receipt_genuine, sign_job
from shuce.node.sets import SetOrder, SetWork
from tests.node.worlds import NOW, REGISTER, job, rule_of

pytestmark = pytest.mark.clause("G-8")
GENDER, AGE = Part("gender", Technique.KEEP), Part("age", Technique.BAND, width=50)
RECIPE = Recipe((Part("id", Technique.PSEUDONYM, PartRole.SUBJECT), GENDER, AGE), k=10)


def asked(
    work: SetWork, set_id: str, recipe: Recipe | None = None, digest: str = "", of_set: bool = True
) -> SignedJob:
    order = SetOrder(work, set_id, recipe.as_json() if recipe else None, digest)
    return sign_job(
        REGISTER,
        job_id="J1",
        grant_id="G1",
        actor="M1",
        sql=order.text,
        issued_at=NOW,
        of_set=of_set,
    )


def make(node: Any, recipe: Recipe = RECIPE, set_id: str = "") -> tuple[str, Receipt]:
    set_id = set_id or new_id()
    return set_id, node.answer(asked(SetWork.MAKE, set_id, recipe), now=NOW)


def made(node: Any, recipe: Recipe = RECIPE) -> tuple[str, dict[str, Any]]:
    set_id, receipt = make(node, recipe)
    assert receipt.verdict == "released", receipt.reason
    [[told]] = receipt.rows
    return set_id, json.loads(told)


def hand_over(node: Any, set_id: str, digest: str) -> Receipt:
    return node.answer(asked(SetWork.HAND_OVER, set_id, digest=digest), now=NOW)


def files(folder: Path) -> list[Path]:
    return list((folder / "node" / "sets").glob("*/*.parquet"))


def test_a_set_is_made_and_only_its_report_comes_back(node: Any, tmp_path: Path) -> None:
    set_id, told = made(node)
    assert told["report"]["people"] == 200
    assert told["report"]["smallest_group"] >= 10
    assert "1390" not in json.dumps(told)
    receipt = hand_over(node, set_id, told["digest"])
    assert receipt.columns == ("id", "gender", "age")
    assert len(receipt.rows) == 200
    assert {tuple(row[1:]) for row in receipt.rows} == {
        (gender, band) for gender in "男女" for band in ("0–49", "50–99")
    }
    assert all(str(row[0]).startswith("P") for row in receipt.rows)
    assert receipt.digest == told["digest"]
    assert is_receipt_genuine(receipt, node.public_key)
    assert hand_over(node, set_id, told["digest"]).rows == receipt.rows
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("recipe", "rule"),
    [
        (Recipe((Part("phone", Technique.MASK, keep=3), GENDER), k=10), "COLUMN_FORBIDDEN"),
        (Recipe((Part("id", Technique.KEEP), GENDER), k=10), "COLUMN_FORBIDDEN"),
        (Recipe((Part("id", Technique.MASK, keep=1), GENDER), k=10), "COLUMN_FORBIDDEN"),
        (
            Recipe((Part("gender", Technique.PSEUDONYM, PartRole.SUBJECT), AGE), k=10),
            "COLUMN_FORBIDDEN",
        ),
        (Recipe((Part("name", Technique.KEEP), GENDER), k=10), "COLUMN_FORBIDDEN"),
        (Recipe((GENDER,), k=9), "GROUP_TOO_FINE"),
        (Recipe((Part("age", Technique.KEEP),), k=10), "RECIPE"),
        (Recipe((Part("age", Technique.BAND),), k=10), "RECIPE"),
    ],
)
def test_what_the_grant_does_not_let_leave_is_not_made(
    node: Any, tmp_path: Path, recipe: Recipe, rule: str
) -> None:
    _, receipt = make(node, recipe)
    assert (receipt.verdict, receipt.rule) == ("refused", rule)
    assert receipt.reason
    assert not files(tmp_path)


def test_a_question_is_never_taken_for_an_order(node: Any) -> None:
    """An analyst may type what an order says: it is signed as a question, and read as one."""
    set_id, told = made(node)
    order = asked(SetWork.HAND_OVER, set_id, digest=told["digest"], of_set=False)
    receipt = node.answer(order, now=NOW)
    assert (receipt.verdict, receipt.rows) == ("refused", ())
    assert rule_of(node, replace(order, of_set=True)) == "SIGNATURE"
    assert rule_of(node, replace(job(), of_set=True)) == "SIGNATURE"


def test_a_set_is_handed_over_only_as_it_was_reviewed(node: Any, tmp_path: Path) -> None:
    set_id, told = made(node)
    other, _ = made(node)
    assert hand_over(node, set_id, "0" * 64).rule == "GRANT"
    assert hand_over(node, "none", told["digest"]).rule == "GRANT"
    mine, theirs = sorted(files(tmp_path), key=lambda file: file.stat().st_mtime_ns)
    mine.write_bytes(theirs.read_bytes())
    assert {
        hand_over(node, set_id, told["digest"]).rule,
        hand_over(node, other, told["digest"]).rule,
    } == {"GRANT"}


def test_a_second_cut_of_the_same_data_stays(node: Any) -> None:
    set_id, told = made(node)
    early, early_told = made(node, Recipe((GENDER,), k=10))
    assert hand_over(node, set_id, told["digest"]).verdict == "released"
    assert make(node, Recipe((AGE,), k=10))[1].rule == "DIFFERENCING"
    assert hand_over(node, early, early_told["digest"]).rule == "DIFFERENCING"
    again, again_told = made(node)
    assert hand_over(node, again, again_told["digest"]).verdict == "released"


def test_a_set_goes_with_its_grant(node: Any, tmp_path: Path) -> None:
    set_id, told = made(node)
    node.suspend_grant("G1")
    waits = asked(SetWork.HAND_OVER, set_id, digest=told["digest"])
    assert rule_of(node, waits) in ("GRANT", "NOT ASKED")
    node.resume_grant("G1")
    assert hand_over(node, set_id, told["digest"]).verdict == "released"
    node.withdraw_grant("G1")
    assert not files(tmp_path)
    later = asked(SetWork.HAND_OVER, set_id, digest=told["digest"])
    assert rule_of(node, later) in ("GRANT", "NOT ASKED")


def test_a_discarded_set_is_gone(node: Any, tmp_path: Path) -> None:
    set_id, told = made(node)
    assert node.answer(asked(SetWork.DISCARD, set_id), now=NOW).verdict == "released"
    assert not files(tmp_path)
    assert hand_over(node, set_id, told["digest"]).rule == "GRANT"
    assert make(node, set_id=set_id)[1].rule == "REPLAY"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"work": "make_set"}', '{"work": "x"}', "\x00"])
def test_an_order_that_cannot_be_read_is_refused(node: Any, text: str) -> None:
    order = sign_job(
        REGISTER, job_id="J1", grant_id="G1", actor="M1", sql=text, issued_at=NOW, of_set=True
    )
    assert node.answer(order, now=NOW).rule == "SYNTAX"
