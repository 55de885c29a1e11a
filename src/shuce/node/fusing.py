"""One step of a fusion at one node: judged again each time, done once, and stopped with its grant.

Both nodes are handed the same signed job, and each judges it against the grant it accepted itself.
What a step hands to the other node is sealed; what it keeps for its next step is sealed at rest.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shuce.engines.fusion import Dishonest, Parcel, Requirements, counting, holding
from shuce.engines.fusion.protecting import Candidates
from shuce.engines.fusion.running import Killed
from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import Policy, read_policy
from shuce.engines.guard.verdicts import Rule, Stopped, Verdict
from shuce.engines.privacy import BudgetExhausted, Ledger
from shuce.node import fusion_memory, fusion_rules
from shuce.node.enrolling import fingerprint
from shuce.node.fusion_work import done_by_worker, side_of
from shuce.node.fusions import FusionSide, SignedFusion, StepDone, is_fusion_signed_by
from shuce.node.hosting import Host
from shuce.node.jobs import SignedJob
from shuce.node.receipts import without_figures
from shuce.node.refusals import NodeRefused
from shuce.node.sealing import Shared, hello, shared
from shuce.node.store import AcceptedGrant
from shuce.node.wording import canonical

# A job whose other side does not come back for this long is forgotten, with its secrets.
LASTS = timedelta(hours=6)
State = dict[str, Any]


class Fusing:
    """One job at one node, for the length of a step."""

    def __init__(self, node: Host, job: SignedFusion, side: FusionSide, now: datetime) -> None:
        self._node, self._job, self._side, self._now = node, job, side, now
        self._part, self._other = job.part(side), job.part(side.other)

    def do(self, step: int, message: bytes) -> StepDone:
        """Do a step; whatever is refused is an answer too, and is logged."""
        try:
            return self._judged(step, message)
        except Stopped as stopped:
            verdict = stopped.verdict
        except Killed:
            verdict = Stopped(Rule.LIMIT, "融合超过了时间限制，或执行中被停止").verdict
        except Dishonest:
            verdict = Stopped(Rule.PARTNER, "另一方节点没有按规程操作，或消息在途中损坏").verdict
        except NodeRefused as refused:
            verdict = Stopped(Rule.SOURCE, str(refused)).verdict
        return StepDone(receipt=self._log(verdict))

    def _judged(self, step: int, message: bytes) -> StepDone:
        if FusionSide.of_step(step) is not self._side or not 0 <= step <= 8:
            raise Stopped(Rule.REPLAY, "任务的步骤不对")
        grant, policy = self._in_force()
        if step < 2:
            state: State = self._begin(policy)
        else:
            state = self._take(step)
        done, state = self._steps(step, message, state, grant, policy)
        # Suspended or withdrawn while it ran: nothing leaves.
        self._in_force()
        if done.receipt is None:
            self._keep(step, state)
        return done

    def _steps(
        self, step: int, message: bytes, state: State, grant: AcceptedGrant, policy: Policy
    ) -> tuple[StepDone, State]:
        if step == 0:
            fresh = X25519PrivateKey.generate()
            state["fresh"] = fresh.private_bytes_raw().hex()
            return StepDone(self._hello(fresh)), state
        if step == 1:
            fresh = X25519PrivateKey.generate()
            state["secrets"] = self._shared(message, fresh)
            made, _ = self._work("terms", state, policy, side=True)
            sealed = self._seal(step, made, state)
            return StepDone(Parcel({}, (self._hello(fresh), sealed)).as_bytes()), state
        if step == 2:
            told = Parcel.from_bytes(message)
            if len(told.blobs) != 2:
                raise Dishonest("hello")
            fresh = X25519PrivateKey.from_private_bytes(bytes.fromhex(state.pop("fresh")))
            state["secrets"] = self._shared(told.blobs[0], fresh)
            arrived = self._open(step - 1, told.blobs[1], state)
            if known := self._memory(policy).answer:
                # Asked and answered before: the same figures again, at no cost.
                state["again"] = known.digest
                return self._send(step, Parcel({"again": known.digest}), state)
            made, state["protocol"] = self._work("request", state, policy, arrived, side=True)
            return self._send(step, made, state)
        arrived = self._open(step - 1, message, state)
        if step == 3:
            if "again" in arrived.head:
                return self._answer_again(arrived, state, policy)
            made, state["protocol"] = self._work("respond", state, policy, arrived, side=True)
            return self._send(step, made, state)
        if step == 4:
            if "again" in state:
                return self._take_again(arrived, state, policy)
            made, state["protocol"] = self._work("count", state, policy, arrived)
            return self._send(step, made, state)
        if step == 5:
            made, state["protocol"] = self._work("reveal", state, policy, arrived)
            # What is taken off already tells the other node noisy figures.
            state["cost"] = self._spend(grant, state["protocol"])
            return self._send(step, made, state)
        if step == 6:
            state["protocol"], proposed = counting.candidates(state["protocol"], arrived)
            state["cost"] = self._spend(grant, state["protocol"])
            return self._send(step, Parcel({"rows": proposed.as_json()}), state)
        if step == 7:
            proposed = Candidates.from_json(arrived.head.get("rows"))
            settled = holding.settle(state["protocol"], proposed)
            verdict = self._settled(settled, state, policy)
            receipt = without_figures(self._log(verdict))
            sealed = self._seal(step, Parcel({"rows": settled.as_json()}), state)
            return StepDone(sealed, receipt), state
        settled = counting.agree(state["protocol"], Candidates.from_json(arrived.head.get("rows")))
        return StepDone(receipt=self._log(self._settled(settled, state, policy))), state

    # Judging

    def _in_force(self) -> tuple[AcceptedGrant, Policy]:
        grant = self._node.store.grant(self._part.grant_id)
        if grant is None:
            raise Stopped(Rule.GRANT, "节点没有接受过这份授权")
        policy = read_policy(grant.policy)
        if grant.state != "in_force" or not policy.is_in_force(self._now.date()):
            raise Stopped(Rule.GRANT, "授权今天不在有效状态")
        if grant.held:
            raise Stopped(Rule.GRANT, "数据所有者在节点上停下了这份授权，须由其重新接受")
        return grant, policy

    def _may_go_on(self) -> bool:
        try:
            self._in_force()
        except Stopped:
            return False
        return True

    def _begin(self, policy: Policy) -> State:
        stopped = self._node.refuse_envelope(
            self._job, is_fusion_signed_by, self._now, part=f"/{self._side}"
        )
        if stopped:
            assert stopped.rule is not None
            raise Stopped(stopped.rule, stopped.reason)
        if self._part.node != self._node.public_key.hex():
            raise Stopped(Rule.PARTNER, "任务是给另一个节点的")
        if not self._trusts(self._other.node):
            raise Stopped(
                Rule.PARTNER, "本节点的所有者还没有信任另一方节点，请其在节点上核对指纹后信任"
            )
        asked = self._node.store.one(
            "SELECT count(*) FROM job WHERE grant_id = ? AND substr(answered_at, 1, 10) = ?"
            " AND verdict = 'released'",
            self._part.grant_id,
            self._now.isoformat()[:10],
        )
        if asked and asked[0] >= policy.limits.queries_per_day:
            raise Stopped(Rule.BUDGET, "今天的查询次数已经用完")
        fusion_rules.refuse_forbidden(self._job, self._side, policy)
        known = self._memory(policy)
        if not known.answer:
            self._refuse_overspent(policy)
        with self._node.store.change() as store:
            old = (self._now - LASTS).isoformat()
            store.execute("DELETE FROM fusion WHERE began_at < ?", (old,))
        return {}

    def _trusts(self, key: str) -> bool:
        if key == self._node.public_key.hex():
            return True
        try:
            mark = fingerprint(bytes.fromhex(key))
        except ValueError:
            return False
        return self._node.store.one("SELECT 1 FROM partner WHERE mark = ?", mark) is not None

    def _memory(self, policy: Policy) -> fusion_memory.Known:
        grant = self._node.store.grant(self._part.grant_id)
        assert grant is not None
        source = grant.bindings[self._part.table]
        return fusion_memory.known_of(self._node, self._job, self._side, source)

    def _refuse_overspent(self, policy: Policy) -> None:
        if policy.privacy.mode != "dp":
            return
        spent = self._node.budget_of(self._part.grant_id)[0]
        try:
            Ledger(policy.privacy.epsilon_total, spent).spend(policy.privacy.epsilon_per_query)
        except BudgetExhausted:
            raise Stopped(Rule.BUDGET, "隐私预算不够这次融合") from None

    def _spend(self, grant: AcceptedGrant, protocol: Mapping[str, Any]) -> float:
        """Spend what the figures cost, on disk, before anything of them leaves."""
        demands = Requirements.from_json(protocol["demands"])
        if not demands.is_noisy:
            return 0.0
        total = read_policy(grant.policy).privacy.epsilon_total
        with self._node.one_at_a_time(grant.id):
            now = self._node.store.grant(grant.id)
            assert now is not None
            memory = Memory.from_json(now.memory)
            if read_policy(grant.policy).privacy.mode == "dp":
                try:
                    memory.spent = Ledger(total, memory.spent).spend(demands.epsilon).spent
                except BudgetExhausted:
                    raise Stopped(Rule.BUDGET, "隐私预算不够这次融合") from None
            with self._node.store.change() as store:
                store.execute(
                    "UPDATE granted SET memory = ?, spent = ? WHERE id = ?",
                    (json.dumps(memory.as_json()), memory.spent, grant.id),
                )
        return demands.epsilon

    # Answers

    def _settled(self, settled: Candidates, state: State, policy: Policy) -> Verdict:
        """Return the verdict over what both sides let through, and remember it."""
        protocol = state["protocol"]
        groups = len(protocol["labels"]) * protocol["others"]
        hidden = groups - len(settled.rows)
        noisy = Requirements.from_json(protocol["demands"]).is_noisy
        whole = hidden == 0 and protocol["dropped"] == 0
        if not settled.rows:
            raise Stopped(
                Rule.GROUP_TOO_FINE,
                "没有一个组在双方数据中都达到 {n} 人",
                n=protocol["demands"]["minimum"],
            )
        verdict = Verdict(
            columns=fusion_rules.columns_of(self._job),
            rows=tuple(settled.plain),
            suppressed_groups=hidden,
            epsilon=state["cost"],
        )
        known = self._memory(policy)
        # Judged against and written as one: two questions at once are one after the other.
        with self._node.one_at_a_time(known.pair):
            if known.would_tell_by_subtraction(is_whole=whole, is_noisy=noisy):
                raise Stopped(
                    Rule.DIFFERENCING,
                    "同样两份数据以前按别的分组放行过，两次相减会露出没有放行的小组",
                )
            known.remember(verdict, is_whole=whole, is_noisy=noisy)
        return verdict

    def _answer_again(
        self, arrived: Parcel, state: State, policy: Policy
    ) -> tuple[StepDone, State]:
        known = self._memory(policy).answer
        if known is None or known.digest != arrived.head["again"]:
            raise Stopped(Rule.PARTNER, "本节点没有保存上次的结果，不能再次放行")
        receipt = without_figures(self._log(known.verdict))
        return StepDone(self._seal(3, Parcel({"again": known.digest}), state), receipt), state

    def _take_again(self, arrived: Parcel, state: State, policy: Policy) -> tuple[StepDone, State]:
        known = self._memory(policy).answer
        if known is None or arrived.head.get("again") != known.digest:
            raise Dishonest("again")
        return StepDone(receipt=self._log(known.verdict)), state

    def _log(self, verdict: Verdict) -> Any:
        job, part = self._job, self._part
        text = canonical({"fusion": job.question, "side": self._side.value}).decode()
        as_job = SignedJob(job.job_id, part.grant_id, job.actor, text, job.issued_at, job.nonce)
        return self._node.log_answer(as_job, verdict, self._now)

    # Work, and what passes between steps

    def _work(
        self,
        what: str,
        state: State,
        policy: Policy,
        arrived: Parcel | None = None,
        *,
        side: bool = False,
    ) -> tuple[Parcel, State]:
        """Have a worker do a heavy step; it is killed as soon as the grant is stopped."""
        head: dict[str, Any] = {"do": what, "state": state.get("protocol", {})}
        head["secret"] = state["secrets"]["masking"]
        if side:
            head["side"] = side_of(self._node, self._part, policy)
        return done_by_worker(head, arrived, policy.minimum_group, self._may_go_on)

    def _hello(self, fresh: X25519PrivateKey) -> bytes:
        return hello(self._node.keys.signing, fresh, job=self._job.digest, side=self._side.value)

    def _shared(self, told: bytes, fresh: X25519PrivateKey) -> dict[str, str]:
        other = bytes.fromhex(self._other.node)
        made = shared(told, other, fresh, job=self._job.digest, side=self._side.other.value)
        return {"sealing": made.sealing.hex(), "masking": made.masking.hex()}

    def _send(self, step: int, parcel: Parcel, state: State) -> tuple[StepDone, State]:
        return StepDone(self._seal(step, parcel, state)), state

    def _seal(self, step: int, parcel: Parcel, state: State) -> bytes:
        return _secrets(state).seal(parcel.as_bytes(), job=self._job.digest, step=step)

    def _open(self, step: int, message: bytes, state: State) -> Parcel:
        return Parcel.from_bytes(_secrets(state).open(message, job=self._job.digest, step=step))

    def _keep(self, step: int, state: State) -> None:
        sealed = self._node.keys.seal(json.dumps(state), about=self._about)
        with self._node.store.change() as store:
            store.execute(
                "INSERT OR REPLACE INTO fusion VALUES (?, ?, ?, ?, ?, ?)",
                (
                    self._job.job_id,
                    self._side.value,
                    self._job.digest,
                    step,
                    sealed,
                    self._now.isoformat(),
                ),
            )

    def _take(self, step: int) -> State:
        """Return what the last step kept, and see that no step takes it again."""
        with self._node.store.change() as store:
            row = store.execute(
                "SELECT state FROM fusion"
                " WHERE job_id = ? AND side = ? AND digest = ? AND step = ? AND began_at >= ?",
                (
                    self._job.job_id,
                    self._side.value,
                    self._job.digest,
                    step - 2,
                    (self._now - LASTS).isoformat(),
                ),
            ).fetchone()
            if row is None:
                raise Stopped(Rule.REPLAY, "这个任务没有等待这一步，或者这一步已经做过")
            store.execute(
                "DELETE FROM fusion WHERE job_id = ? AND side = ?",
                (self._job.job_id, self._side.value),
            )
        state: State = json.loads(self._node.keys.open(row[0], about=self._about))
        return state

    @property
    def _about(self) -> str:
        return f"fusion/{self._job.digest}/{self._side}"


def _secrets(state: Mapping[str, Any]) -> Shared:
    told = state["secrets"]
    return Shared(bytes.fromhex(told["sealing"]), bytes.fromhex(told["masking"]))
