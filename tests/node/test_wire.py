"""The door for nodes: who is let in, what is believed, and that everything happens once."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.models import Signature
from shuce.kernel.refusals import Refused
from shuce.lifecycle.sources import mailbox, node_commands, wire
from shuce.lifecycle.sources.models import DataNode, NodeOrder
from shuce.lifecycle.sources.node_rules import NodeState
from shuce.node import Node, NodeRefused
from shuce.node.enrolling import fingerprint, make_code
from shuce.node.executing import Outcome
from shuce.node.letters import Direction, Letter, MessageKind, OrderKind, write_letter
from shuce.node.owning import Owner
from shuce.node.wire import TurnedAway, sign_request
from tests.node.far import Clock, Far, Register
from tests.node.worlds import NOW, REGISTER, job


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(NOW)
    monkeypatch.setattr(mailbox, "now", clock)
    monkeypatch.setattr(wire, "now", clock)
    return clock


@pytest.mark.clause("G-8")
def test_a_code_lets_one_node_in_for_an_hour(
    register: Register, clock: Clock, tmp_path: Any
) -> None:
    by = Signature(register.steward.member, NOW)
    row, code = node_commands.invite_node(register.city.unit, "一小时", by=by)
    assert code not in str(DataNode.objects.filter(id=row.id).values())
    with pytest.raises(TurnedAway):
        Owner(tmp_path / "a", clock).enrol(register.line, make_code(b"another register"))
    clock.at = NOW + timedelta(hours=1)
    with pytest.raises(TurnedAway, match="过期"):
        Owner(tmp_path / "b", clock).enrol(register.line, code)
    clock.at = NOW + timedelta(minutes=59)
    # The register answers, and yet is not the one whose fingerprint the code carries.
    elsewhere = f"{code.partition('-')[0]}-{fingerprint(b'somebody in between')}"
    with pytest.raises(NodeRefused):
        Owner(tmp_path / "c", clock).enrol(register.line, elsewhere)
    Owner(tmp_path / "d", clock).enrol(register.line, code)
    with pytest.raises(TurnedAway):
        Owner(tmp_path / "e", clock).enrol(register.line, code)
    assert DataNode.objects.get(id=row.id).state == NodeState.ACTIVE


def test_only_a_fresh_request_of_a_node_in_use_is_served_and_only_once(
    register: Register, far: Far
) -> None:
    body = json.dumps({"protocol": 1, "wait": 0}).encode()
    key = far.inner.keys.signing

    def call(headers: dict[str, str], path: str = "poll", sent: bytes = body) -> int:
        try:
            register.line.post(path, sent, headers, 30)
        except TurnedAway as refusal:
            return refusal.status
        return 200

    headers = sign_request(key, far.row.id, "poll", body, NOW)
    assert call({}) == 401
    assert call(headers, sent=body + b" ") == 401
    assert call(headers, path="tell") == 401
    assert call(sign_request(REGISTER, far.row.id, "poll", body, NOW)) == 401
    assert call(sign_request(key, far.row.id, "poll", body, NOW - timedelta(hours=1))) == 422
    assert call(headers) == 200
    assert call(headers) == 422
    far.stop()
    by = Signature(register.steward.member, NOW)
    node_commands.revoke_node(far.row, "机器丢失", by=by)
    assert call(sign_request(key, far.row.id, "poll", body, NOW)) == 401


def test_a_node_of_an_older_protocol_is_told_so(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    far.stop()
    monkeypatch.setattr(wire, "OLDEST", 2)
    with pytest.raises(TurnedAway, match="升级") as refused:
        far.runner.step()
    assert refused.value.status == 426


@pytest.mark.clause("G-8")
def test_what_comes_twice_is_done_once_and_recorded_once(far: Far) -> None:
    receipt = far.answer(job(), now=NOW)
    assert receipt.verdict == "released"
    far.stop()
    order = NodeOrder.objects.filter(node=far.row, kind=OrderKind.ANSWER).get()
    told = Entry.objects.filter(kind="sources.node_answered", subject_id=order.id)
    assert (told.count(), order.result, order.letter) == (1, "", "")
    # Delivered again after a crash of the node, which cannot say how far it came.
    letter = write_letter(
        REGISTER,
        Direction.ORDER,
        letter_id=order.id,
        node_id=far.row.id,
        kind=OrderKind.ANSWER,
        body={},
        at=NOW,
    )
    before = len(far.inner.jobs("G1"))
    far.runner._take(letter)
    assert len(far.inner.jobs("G1")) == before
    assert told.count() == 1


def test_a_late_letter_does_not_undo_a_later_one(far: Far) -> None:
    far.suspend_grant("G1")
    far.stop()
    late = write_letter(
        REGISTER,
        Direction.ORDER,
        letter_id="LATE",
        node_id=far.row.id,
        kind=OrderKind.RESUME,
        body={"grant_id": "G1"},
        at=NOW - timedelta(days=1),
    )
    with pytest.raises(TurnedAway):  # the register knows no such order
        far.runner._post("tell", {"letter": late.as_json()}, 30)
    far.runner._take(late)
    grant = far.inner.store.grant("G1")
    assert grant is not None
    assert grant.state == "suspended"


def test_a_message_of_another_or_about_another_is_not_taken(far: Far) -> None:
    far.stop()
    forged = write_letter(
        REGISTER,
        Direction.MESSAGE,
        letter_id="M1",
        node_id=far.row.id,
        kind=MessageKind.ACCEPTED,
        body={"grant_id": "G1", "pin": "x"},
        at=NOW,
    )
    with pytest.raises(TurnedAway, match="签名"):
        far.runner._post("tell", {"letter": forged.as_json()}, 30)
    genuine = Letter(**{**forged.as_json(), "kind": "NONSENSE"})
    with pytest.raises(Refused):
        node_commands.take_message(far.row, genuine, NOW)


def test_a_replacement_gets_what_stands_and_what_was_spent(
    register: Register, far: Far, tmp_path: Any, policy: dict[str, Any]
) -> None:
    noisy = {**policy, "privacy": {**policy["privacy"], "mode": "dp"}}
    far.accept_grant("G2", noisy, {"persons": ("S1", "persons")})
    assert far.answer(job(grant="G2"), now=NOW).epsilon == 0.5
    assert far.budget_of("G2") == (0.5, 1.0)
    far.stop()
    by = Signature(register.steward.member, NOW)
    row, code = node_commands.replace_node(far.row, by=by)
    with pytest.raises(TurnedAway):
        far.runner.step()
    second = Owner(tmp_path / "second", far.clock)
    second.enrol(register.line, code)
    enrolment = second.enrolment()
    assert enrolment is not None
    runner = type(far.runner)(second.node, enrolment, far.clock, wait=0)
    runner.step()
    assert {(one.grant_id, one.spent) for one in second.offers()} == {("G1", 0.0), ("G2", 0.5)}
    second.accept("G2")
    assert second.node.budget_of("G2") == (0.5, 1.0)
    assert Outcome.DONE in set(
        NodeOrder.objects.filter(node=row, kind=OrderKind.OFFER).values_list("outcome", flat=True)
    )


def test_a_held_grant_is_answered_again_once_its_owner_says_what_was_spent(
    here: Node, tmp_path: Any, policy: dict[str, Any]
) -> None:
    noisy = {**policy, "privacy": {**policy["privacy"], "mode": "dp"}}
    here.accept_grant("G2", noisy, {"persons": ("S1", "persons")})
    owner = Owner(tmp_path / "node", lambda: NOW)
    for grant in ("G1", "G2"):
        owner.hold(grant)
        assert here.answer(job(grant=grant), now=NOW).rule == "GRANT"
    owner.accept("G1")
    assert here.answer(job(), now=NOW).verdict == "released"
    with pytest.raises(NodeRefused, match="--spent"):
        owner.accept("G2")
    owner.accept("G2", spent=0.8)
    assert here.answer(job(grant="G2"), now=NOW).rule == "BUDGET"
