"""Fusions between nodes: one node for both sides, two here, and two elsewhere over HTTPS."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shuce.engines.fusion import Parcel
from shuce.kernel.refusals import Refused
from shuce.lifecycle.sources import mailbox, wire
from shuce.node import FusionSide, Node, Part, Receipt, is_receipt_genuine, sign_fusion
from shuce.node.enrolling import fingerprint
from shuce.node.fusions import STEPS, SignedFusion
from shuce.node.receipts import with_figures_of
from shuce.node.sealing import hello
from tests.node.far import Clock, Far, Register
from tests.node.worlds import NOW, REGISTER

JOBS = iter(range(1_000_000))


def policy(
    table: str, columns: dict[str, Any], minimum: int = 10, **privacy: Any
) -> dict[str, Any]:
    return {
        "starts_on": "2026-01-01",
        "ends_on": "2027-01-01",
        "subject": {"table": table, "key": "id"},
        "minimum_group": minimum,
        "tables": {table: {"columns": {"id": {"use": ["count_distinct", "join"]}, **columns}}},
        "privacy": privacy or {"mode": "threshold"},
    }


PEOPLE = policy(
    "people",
    {
        "district": {"use": ["group"]},
        "gender": {"use": ["group"]},
        "age": {"use": ["aggregate"], "bounds": [0, 120]},
        "phone": {"use": []},
    },
)
VISITS = policy(
    "visits",
    {"illness": {"use": ["group"]}, "fee": {"use": ["aggregate"], "bounds": [-10, 50]}},
    minimum=20,
)


def person(row: int) -> tuple[str, str, str, int, str]:
    # The one office writes the last letter small and with a blank, the other does not.
    return f" 31010119{row:08}x", "东西"[row % 2], "男女"[row % 3 % 2], 20 + row % 60, "139"


def visit(row: int) -> tuple[str, str, int]:
    # Twelve people have the third illness: enough for the one office, too few for the other.
    return f"31010119{row:08}X", "丙" if row < 112 else "甲乙"[row % 2], row % 50 - 5


def tables(folder: Path) -> Path:
    file = folder / "both.db"
    with closing(sqlite3.connect(file)) as base:
        base.execute(
            "CREATE TABLE people (id TEXT, district TEXT, gender TEXT, age INTEGER, phone TEXT)"
        )
        base.execute("CREATE TABLE visits (id TEXT, illness TEXT, fee INTEGER)")
        base.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", map(person, range(400)))
        base.executemany("INSERT INTO visits VALUES (?, ?, ?)", map(visit, range(100, 500)))
        base.commit()
    return file


class Pair:
    """Two nodes, and what passes between them; every byte that the register carries is kept."""

    def __init__(self, left: Any, right: Any) -> None:
        self.left, self.right = left, right
        self.carried: list[bytes] = []

    def part(self, node: Any, grant: str, table: str, *groups: str, **more: Any) -> Part:
        return Part(grant, node.public_key.hex(), table, more.get("key", "id"), groups,
                    tuple(more.get("measures", ())))  # fmt: skip

    def job(self, **changes: Any) -> SignedFusion:
        told: dict[str, Any] = {
            "job_id": f"J{next(JOBS)}",
            "actor": "M1",
            "left": self.part(self.left, "G1", "people", "district"),
            "right": self.part(self.right, "G2", "visits", "illness"),
            "issued_at": NOW,
        }
        signer = changes.pop("signer", REGISTER)
        return sign_fusion(signer, **{**told, **changes})

    def step(self, job: SignedFusion, step: int, message: bytes) -> Any:
        side = FusionSide.of_step(step)
        node = self.left if side is FusionSide.LEFT else self.right
        done = node.fuse(job, side, step, message, now=NOW)
        self.carried.append(done.message)
        return done

    def receipts(self, job: SignedFusion, until: int = STEPS) -> list[Receipt]:
        """Carry messages until a node is done with a refusal, or both are."""
        message, found = b"", []
        for step in range(until):
            done = self.step(job, step, message)
            message = done.message
            if done.receipt:
                found.append(done.receipt)
                if done.receipt.verdict == "refused" or len(found) == 2:
                    break
        return found

    def rule(self, job: SignedFusion) -> str:
        try:
            return self.receipts(job)[-1].rule
        except Refused:
            return "NOT ASKED"


def accept_both(pair: Pair, file: Path, first: Any = PEOPLE, second: Any = VISITS) -> Pair:
    pair.left.connect("S1", f"sqlite:///{file}")
    pair.right.connect("S2", f"sqlite:///{file}")
    pair.left.accept_grant("G1", first, {"people": ("S1", "people")})
    pair.right.accept_grant("G2", second, {"visits": ("S2", "visits")})
    return pair


def trusting(*nodes: Any) -> None:
    for node in nodes:
        for other in nodes:
            node.trust(other.public_key, now=NOW)


def enrolled(home: Path) -> Node:
    node = Node(home)
    node.enrol(REGISTER.public_key().public_bytes_raw())
    return node


@pytest.fixture
def two(tmp_path: Path) -> Pair:
    """Two nodes here."""
    pair = Pair(enrolled(tmp_path / "left"), enrolled(tmp_path / "right"))
    trusting(pair.left, pair.right)
    return accept_both(pair, tables(tmp_path))


@pytest.fixture
def one(tmp_path: Path) -> Pair:
    """One node that has both sides' data, as in the default set-up."""
    node = enrolled(tmp_path / "node")
    return accept_both(Pair(node, node), tables(tmp_path))


@pytest.fixture
def far_pair(register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """Two nodes elsewhere."""
    clock = Clock(NOW)
    monkeypatch.setattr(mailbox, "now", clock)
    monkeypatch.setattr(wire, "now", clock)
    # A node is invited by the name of its folder.
    homes = [tmp_path / f"{tmp_path.name}-{name}" / "node" for name in "ab"]
    for home in homes:
        home.parent.mkdir()
    pair = Pair(*(Far(register, home, clock) for home in homes))
    pair.left.owner.trust(fingerprint(pair.right.public_key))
    pair.right.owner.trust(fingerprint(pair.left.public_key))
    yield accept_both(pair, tables(tmp_path))
    for far in (pair.left, pair.right):
        far.stop()
        far.leave()


@pytest.fixture(params=["one", "two", "far_pair"])
def pair(request: pytest.FixtureRequest, db: None) -> Any:
    """Any of them: what holds of one holds of all."""
    return request.getfixturevalue(request.param)


def joined() -> dict[tuple[str, str], list[int]]:
    """What a plain join gives, of groups of 20 and more."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    there = {f"{row:08}": visit(row) for row in range(100, 500)}
    for row in range(400):
        other = there.get(f"{row:08}")
        if other:
            _, district, _, age, _ = person(row)
            for place, value in enumerate((1, age, other[2])):
                found[district, other[1]][place] += value
    return {cell: figures for cell, figures in found.items() if figures[0] >= 20}


@pytest.mark.clause("G-8")
def test_both_nodes_sign_the_figures_of_a_join(pair: Pair) -> None:
    second, first = pair.receipts(
        pair.job(
            left=pair.part(pair.left, "G1", "people", "district", measures=["age"]),
            right=pair.part(pair.right, "G2", "visits", "illness", measures=["fee"]),
        )
    )
    assert [first.verdict, second.verdict] == ["released", "released"], (first, second)
    assert first.columns == ("district", "illness", "persons", "sum_age", "sum_fee")
    assert {(row[0], row[1]): list(row[2:]) for row in first.rows} == joined()
    assert first.digest == second.digest
    assert (first.grant_id, second.grant_id) == ("G1", "G2")
    assert is_receipt_genuine(first, pair.left.public_key)
    assert second.rows == ()
    assert is_receipt_genuine(with_figures_of(second, first), pair.right.public_key)
    # Two districts and three illnesses, of which one is too rare.
    assert first.suppressed == 2


@pytest.mark.clause("G-8")
def test_nothing_that_passes_says_who_or_what(pair: Pair) -> None:
    pair.receipts(pair.job())
    assert len([one for one in pair.carried if one]) == 8
    for sent in pair.carried:
        for word in ("东", "西", "甲", "乙", "丙", "310101", "district", "rows", "groups"):
            assert word.encode() not in sent
        if len(sent) > 2_000:
            # Sealed: no byte is much more frequent than another.
            most = Counter(sent).most_common(1)[0][1]
            assert most < len(sent) / 256 * 2 + 30


@pytest.mark.clause("G-8")
def test_the_same_question_has_the_same_answer_and_nothing_crosses_again(pair: Pair) -> None:
    first = pair.receipts(pair.job())[-1]
    crossed = sum(map(len, pair.carried))
    again = pair.receipts(pair.job())[-1]
    assert (again.verdict, again.digest, again.rows) == ("released", first.digest, first.rows)
    assert sum(map(len, pair.carried)) - crossed < 2_000


@pytest.mark.clause("N-4")
def test_a_stopped_grant_of_either_side_refuses_at_once(pair: Pair) -> None:
    for node, grant in ((pair.left, "G1"), (pair.right, "G2")):
        node.suspend_grant(grant)
        assert pair.rule(pair.job()) in ("GRANT", "NOT ASKED")
        node.resume_grant(grant)
    assert pair.rule(pair.job()) == ""
    pair.right.withdraw_grant("G2")
    assert pair.rule(pair.job()) in ("GRANT", "NOT ASKED")


@pytest.mark.clause("N-4")
@pytest.mark.parametrize("step", [2, 5, 7, 8])
def test_a_grant_stopped_between_two_steps_lets_nothing_out(two: Pair, step: int) -> None:
    job, message = two.job(), b""
    for before in range(step):
        message = two.step(job, before, message).message
    node, grant = (two.right, "G2") if step % 2 else (two.left, "G1")
    node.suspend_grant(grant)
    done = two.step(job, step, message)
    assert (done.receipt.rule, done.receipt.rows, done.message) == ("GRANT", (), b"")


@pytest.mark.clause("N-4")
def test_a_step_under_way_is_killed_with_its_grant(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shuce.engines.fusion import running

    job, message = two.job(), b""
    for before in range(2):
        message = two.step(job, before, message).message
    monkeypatch.setattr(running, "_LOOK_EVERY", 0.01)
    began = running.subprocess.Popen

    def begun(*words: Any, **more: Any) -> Any:
        two.left.suspend_grant("G1")
        return began([*words[0][:1], "-c", "import time; time.sleep(60)"], **more)

    monkeypatch.setattr(running.subprocess, "Popen", begun)
    assert two.step(job, 2, message).receipt.rule == "LIMIT"


@pytest.mark.clause("G-8")
def test_each_step_is_done_once_and_in_order(two: Pair) -> None:
    job = two.job()
    hello = two.step(job, 0, b"").message
    assert two.step(job, 0, b"").receipt.rule == "REPLAY"
    terms = two.step(job, 1, hello).message
    assert two.step(job, 1, hello).receipt.rule == "REPLAY"
    assert two.step(job, 4, terms).receipt.rule == "REPLAY"
    asked = two.step(job, 2, terms)
    assert asked.receipt is None
    assert two.step(job, 2, terms).receipt.rule == "REPLAY"
    # A replay spoils nothing that runs.
    assert two.step(job, 3, asked.message).receipt is None


@pytest.mark.clause("G-8")
def test_a_forged_old_or_altered_job_is_refused(two: Pair) -> None:
    thief = Ed25519PrivateKey.generate()
    assert two.rule(two.job(signer=thief)) == "SIGNATURE"
    assert two.rule(replace(two.job(), actor="M2")) == "SIGNATURE"
    assert two.rule(two.job(issued_at=NOW - timedelta(minutes=6))) == "STALE"
    # A job changed in the middle is another job, which waits for nothing.
    job, message = two.job(), b""
    for step in range(2):
        message = two.step(job, step, message).message
    other = replace(job, left=replace(job.left, groups=()))
    assert two.step(other, 2, message).receipt.rule == "REPLAY"


@pytest.mark.clause("G-8")
def test_a_message_altered_or_from_another_job_is_refused(two: Pair) -> None:
    job, message = two.job(), b""
    for step in range(3):
        message = two.step(job, step, message).message
    altered = message[:-1] + bytes([message[-1] ^ 1])
    assert two.step(job, 3, altered).receipt.rule == "PARTNER"
    other, sent = two.job(), b""
    for step in range(3):
        sent = two.step(other, step, sent).message
    assert two.step(other, 3, message).receipt.rule == "PARTNER"


@pytest.mark.clause("G-8")
def test_a_register_cannot_put_itself_between_two_nodes(two: Pair, tmp_path: Path) -> None:
    # It makes a node of its own, and tells the left one that this is the right one.
    impostor = enrolled(tmp_path / "impostor")
    right = replace(two.job().right, node=impostor.public_key.hex())
    assert two.rule(two.job(right=right)) == "PARTNER"
    # Or it names the right node's key, and answers the hello itself.
    job = two.job()
    two.step(job, 0, b"")
    fresh = X25519PrivateKey.generate()
    said = hello(impostor.keys.signing, fresh, job=job.digest, side="right")
    assert two.step(job, 2, Parcel({}, (said, b"")).as_bytes()).receipt.rule == "PARTNER"


@pytest.mark.clause("G-8", "N-5")
def test_columns_do_what_their_grant_allows_and_nothing_else(two: Pair) -> None:
    def rule(**part: Any) -> str:
        job = two.job()
        return two.rule(two.job(left=replace(job.left, **part)))

    assert rule(key="phone") == "JOIN"
    assert rule(groups=("phone",)) == "COLUMN_FORBIDDEN"
    assert rule(groups=("nothing",)) == "COLUMN_FORBIDDEN"
    assert rule(groups=("age",)) == "COLUMN_FORBIDDEN"
    assert rule(measures=("gender",)) == "COLUMN_FORBIDDEN"
    assert rule(groups=("id",)) == "COLUMN_FORBIDDEN"
    assert rule(table="visits") == "TABLE"


@pytest.mark.clause("G-8", "N-4")
def test_a_key_that_the_grant_does_not_let_join_is_refused(tmp_path: Path) -> None:
    shut = json.loads(json.dumps(VISITS))
    shut["tables"]["visits"]["columns"]["id"]["use"] = ["count_distinct"]
    pair = Pair(enrolled(tmp_path / "left"), enrolled(tmp_path / "right"))
    trusting(pair.left, pair.right)
    accept_both(pair, tables(tmp_path), second=shut)
    assert pair.rule(pair.job()) == "JOIN"


@pytest.mark.clause("G-8")
def test_a_set_of_one_person_learns_nothing(tmp_path: Path) -> None:
    """The membership attack: one holder puts one person into its table and asks."""
    pair = Pair(enrolled(tmp_path / "left"), enrolled(tmp_path / "right"))
    trusting(pair.left, pair.right)
    file = tables(tmp_path)
    with closing(sqlite3.connect(file)) as base:
        base.execute("DELETE FROM people WHERE id <> ?", (person(150)[0],))
        base.commit()
    # Even where its own owner set its minimum to one.
    accept_both(pair, file, first={**PEOPLE, "minimum_group": 1})
    assert pair.rule(pair.job()) == "GROUP_TOO_FINE"


@pytest.mark.clause("G-8")
def test_other_groups_are_refused_where_subtraction_would_show_a_small_one(two: Pair) -> None:
    assert two.rule(two.job()) == ""
    coarser = two.part(two.left, "G1", "people")
    assert two.rule(two.job(left=coarser)) == "DIFFERENCING"
    # Other measures of the same groups tell nothing more about who is in them.
    same = two.part(two.left, "G1", "people", "district", measures=["age"])
    assert two.rule(two.job(left=same)) == ""


@pytest.mark.clause("G-8")
def test_other_groups_are_answered_where_nothing_was_kept_back(two: Pair) -> None:
    whole = two.part(two.right, "G2", "visits")
    assert two.rule(two.job(right=whole)) == ""
    gender = two.part(two.left, "G1", "people", "gender")
    assert two.rule(two.job(left=gender, right=whole)) == ""
    # The third illness would be kept back.
    assert two.rule(two.job()) == "DIFFERENCING"


@pytest.mark.clause("G-8")
def test_noise_is_paid_for_on_both_sides_and_ends_with_the_budget(tmp_path: Path) -> None:
    noisy = {"mode": "dp", "epsilon_total": 1.0, "epsilon_per_query": 0.5}
    pair = Pair(enrolled(tmp_path / "left"), enrolled(tmp_path / "right"))
    trusting(pair.left, pair.right)
    first, second = ({**one, "privacy": noisy} for one in (PEOPLE, VISITS))
    accept_both(pair, tables(tmp_path), first, second)
    alone = {
        "left": pair.part(pair.left, "G1", "people"),
        "right": pair.part(pair.right, "G2", "visits"),
    }
    answered = pair.receipts(pair.job(**alone))[-1]
    assert (answered.verdict, answered.epsilon) == ("released", 0.5)
    assert abs(answered.rows[0][0] - 300) < 60
    assert pair.left.budget_of("G1")[0] == pair.right.budget_of("G2")[0] == 0.5
    # Asked again it is the same figure, and costs nothing.
    assert pair.receipts(pair.job(**alone))[-1].rows == answered.rows
    assert pair.left.budget_of("G1")[0] == 0.5
    grouped = pair.part(pair.left, "G1", "people", "gender")
    assert pair.rule(pair.job(**{**alone, "left": grouped})) in ("", "GROUP_TOO_FINE")
    assert pair.left.budget_of("G1")[0] == pair.right.budget_of("G2")[0] == 1.0
    other = pair.part(pair.left, "G1", "people", "district")
    assert pair.rule(pair.job(**{**alone, "left": other})) == "BUDGET"


def test_what_a_node_keeps_between_steps_is_sealed(two: Pair) -> None:
    job, message = two.job(), b""
    for step in range(4):
        message = two.step(job, step, message).message
    for node in (two.left, two.right):
        kept = [row[0] for row in node.store.rows("SELECT state FROM fusion")]
        assert kept
        assert not any(b"labels" in one or "东".encode() in one for one in kept)
