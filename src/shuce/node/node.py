"""The node itself: everything a register may ask of it, and what it answers."""

import fcntl
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from shuce.engines.erasure import Proof
from shuce.engines.guard.foresight import Foresight
from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import Policy, read_policy
from shuce.engines.guard.session import Session
from shuce.engines.guard.verdicts import Rule, Verdict, refusal
from shuce.kernel.refusals import Obstacle
from shuce.node import erasing, sources
from shuce.node.enrolling import fingerprint
from shuce.node.fusing import Fusing
from shuce.node.fusions import FusionSide, SignedFusion, StepDone
from shuce.node.interface import Bindings, Progress
from shuce.node.jobs import SignedJob, is_signed_by
from shuce.node.keys import keys_in
from shuce.node.pins import pin_of
from shuce.node.receipts import Receipt, make_receipt
from shuce.node.refusals import NodeRefused
from shuce.node.sets import Bench, do_order, forget_sets, set_order_in
from shuce.node.snapshots import forget_snapshots, snapshot_of
from shuce.node.store import AcceptedGrant, Store
from shuce.node.wording import digest

if TYPE_CHECKING:
    from shuce.engines.quality import Measured, QualityRule
    from shuce.engines.scan.shapes import ScanResult, Table

FRESH_FOR = timedelta(minutes=5)
Job = TypeVar("Job", SignedJob, SignedFusion)
_CHINA = timezone(timedelta(hours=8))


class Node:
    """A node in `home`. Any number of processes may open the same home."""

    def __init__(self, home: Path) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home = home
        self.keys = keys_in(home)
        self.store = Store(home / "node.sqlite")
        self._sessions: dict[str, tuple[str, Session]] = {}
        self._lock = threading.RLock()

    @property
    def public_key(self) -> bytes:
        """Return the raw Ed25519 key that signs this node's receipts."""
        return self.keys.signing.public_key().public_bytes_raw()

    def close(self) -> None:
        """End the warm workers."""
        with self._lock:
            for _, session in self._sessions.values():
                session.close()
            self._sessions.clear()

    # Enrolment and sources

    def enrol(self, register_key: bytes) -> None:
        """Believe jobs signed by this raw Ed25519 key. Once enrolled, no other key is taken."""
        with self.store.change() as store:
            known = store.execute("SELECT key FROM register").fetchone()
            if known is None:
                store.execute("INSERT INTO register (place, key) VALUES (1, ?)", (register_key,))
            elif known[0] != register_key:
                raise NodeRefused(Obstacle("节点已经登记了另一把登记簿公钥"))

    def announce(self, source_id: str, name: str, kind: str) -> None:
        """Note that the register knows a source by this name, which the owner is to connect."""
        with self.store.change() as store:
            store.execute(
                "INSERT OR REPLACE INTO announced VALUES (?, ?, ?)", (source_id, name, kind)
            )

    def connect(self, source_id: str, url: str) -> None:
        """Keep the address of a source, with its credentials, sealed."""
        sealed = self.keys.seal(url, about=source_id)
        with self.store.change() as store:
            store.execute("INSERT OR REPLACE INTO source VALUES (?, ?)", (source_id, sealed))

    def forget(self, source_id: str) -> None:
        """Forget a source's address, and the snapshots of grants bound to it."""
        with self.store.change() as store:
            store.execute("DELETE FROM source WHERE id = ?", (source_id,))
            store.execute("DELETE FROM announced WHERE id = ?", (source_id,))
        for number, bindings in self.store.rows("SELECT id, bindings FROM granted"):
            if any(bound[0] == source_id for bound in json.loads(bindings).values()):
                self._drop(number)

    def discover(self, source_id: str) -> "tuple[Table, ...]":
        """Return the source's tables from its catalogue."""
        return sources.discover(self.url_of(source_id))

    def scan(
        self,
        source_id: str,
        tables: Sequence[str] | None = None,
        sample: int | None = None,
        on_progress: Progress | None = None,
    ) -> "ScanResult":
        """Scan a source where it is; only the findings, masked, come back."""
        return sources.scan(self.url_of(source_id), tables, sample, on_progress)

    def measure_quality(
        self, source_id: str, table: str, rules: "Sequence[QualityRule]", *, today: date
    ) -> "tuple[Measured, ...]":
        """Measure quality rules on a table where it is; only counts come back."""
        return sources.measure_quality(self.url_of(source_id), table, rules, today=today)

    def erase(
        self,
        source_id: str,
        table: str,
        method: str,
        on_step: Callable[[str], None] | None = None,
    ) -> Proof:
        """Destroy a table of a source by `method` and prove that it cannot be read back."""
        proof = erasing.erase_table(self.url_of(source_id), table, method, on_step)
        for number, bindings in self.store.rows("SELECT id, bindings FROM granted"):
            if (source_id, table) in {tuple(pair) for pair in json.loads(bindings).values()}:
                self._drop(number)
        return proof

    # Grants

    def accept_grant(
        self,
        grant_id: str,
        policy: Mapping[str, Any],
        bindings: Bindings,
        *,
        held: bool = False,
    ) -> str:
        """Pin a grant: its policy and which source table stands behind each policy table.

        `held`: nothing is answered yet. Returns the pin. The same grant can be accepted again; a
        different one under its id cannot.
        """
        pin = pin_of(policy, bindings)
        bound = {table.lower(): list(pair) for table, pair in bindings.items()}
        with self.store.change() as store:
            known = store.execute("SELECT pin FROM granted WHERE id = ?", (grant_id,)).fetchone()
            if known and known[0] != pin:
                raise NodeRefused(Obstacle("节点已经接受了同一编号的另一份授权"))
            if not known:
                store.execute(
                    "INSERT INTO granted (id, policy, bindings, pin, state, held)"
                    " VALUES (?, ?, ?, ?, 'in_force', ?)",
                    (grant_id, json.dumps(policy), json.dumps(bound), pin, held),
                )
        return pin

    def suspend_grant(self, grant_id: str) -> None:
        """Stop work under a grant at once, until it is resumed."""
        self._move(grant_id, "suspended", {"in_force", "suspended"})

    def resume_grant(self, grant_id: str) -> None:
        """Let work under a suspended grant go on."""
        self._move(grant_id, "in_force", {"in_force", "suspended"})

    def withdraw_grant(self, grant_id: str) -> None:
        """End a grant for good, at once: running work is killed, its snapshots are removed."""
        self._move(grant_id, "withdrawn", {"in_force", "suspended", "withdrawn"})
        forget_snapshots(self.folder_of(grant_id))
        forget_sets(self.store, self.folder_of(grant_id, "sets"), grant_id)

    def budget_of(self, grant_id: str) -> tuple[float, float]:
        """Return the epsilon spent and the epsilon granted."""
        grant = self.store.grant(grant_id)
        if grant is None:
            raise NodeRefused(Obstacle("节点没有接受过这份授权"))
        row = self.store.one("SELECT spent FROM granted WHERE id = ?", grant_id)
        return float(row[0]) if row else 0.0, read_policy(grant.policy).privacy.epsilon_total

    # Jobs

    def answer(self, job: SignedJob, *, now: datetime) -> Receipt:
        """Judge a job and answer it. Whatever is refused is an answer too, and is logged."""
        verdict = self.refuse_envelope(job, is_signed_by, now)
        if verdict is None:
            with self.one_at_a_time(job.grant_id):
                verdict = self._judge(job, now)
                # Suspended or withdrawn while it ran: nothing leaves.
                state = self.state_of(job.grant_id)
                if verdict.is_released and state != "in_force":
                    verdict = _not_in_force()
                return self.log_answer(job, verdict, now)
        return self.log_answer(job, verdict, now)

    def foresee(self, job: SignedJob, *, now: datetime) -> Foresight:
        """Tell what a job's question would cost and how exact it would be; nothing is released.

        The data is not looked at, nothing is spent, and nothing goes into the log of answers.
        """
        grant = self.store.grant(job.grant_id)
        stopped = self.refuse_envelope(job, is_signed_by, now)
        if stopped:
            return Foresight(stopped.rule, stopped.reason)
        in_force = grant is not None and grant.state == "in_force" and not grant.held
        if grant is None or not in_force or not read_policy(grant.policy).is_in_force(_day(now)):
            return Foresight(_not_in_force().rule, _not_in_force().reason)
        with self.one_at_a_time(job.grant_id):
            try:
                session = self._session(grant)
            except NodeRefused as refused:
                return Foresight(Rule.SOURCE, str(refused))
            session.memory, session.at = Memory.from_json(grant.memory), _here(now)
            return session.foresee(job.sql)

    def fuse(
        self, job: SignedFusion, side: FusionSide, step: int, message: bytes, *, now: datetime
    ) -> StepDone:
        """Do one step of a fusion with another node; `message` came from the one before."""
        return Fusing(self, job, side, now).do(step, message)

    def trust(self, public_key: bytes, *, now: datetime) -> None:
        """Let the node of this raw Ed25519 key be the other side of a fusion."""
        with self.store.change() as store:
            store.execute(
                "INSERT OR IGNORE INTO partner VALUES (?, ?)",
                (fingerprint(public_key), now.isoformat()),
            )

    def jobs(self, grant_id: str) -> list[dict[str, Any]]:
        """Return the log of a grant's jobs, oldest first: text, verdict, digest; no figures."""
        return self.store.jobs(grant_id)

    def refuse_envelope(
        self, job: Job, is_signed: Callable[[Job, bytes], bool], now: datetime, *, part: str = ""
    ) -> Verdict | None:
        """Return why a job is not believed: forged, old, or handed in before.

        `part`: which of its parts this node takes, where one job is for two.
        """
        known = self.store.one("SELECT key FROM register")
        if known is None or not is_signed(job, known[0]):
            return refusal(Rule.SIGNATURE, "任务没有登记簿的有效签名")
        if abs(now - job.issued_at) > FRESH_FOR:
            return refusal(Rule.STALE, "任务不是刚刚签发的，请重新提交")
        with self.store.change() as store:
            store.execute(
                "DELETE FROM nonce WHERE seen_at < ?", ((now - 4 * FRESH_FOR).isoformat(),)
            )
            taken = store.execute(
                "INSERT OR IGNORE INTO nonce VALUES (?, ?)", (job.nonce + part, now.isoformat())
            )
            if taken.rowcount == 0:
                return refusal(Rule.REPLAY, "这个任务已经提交过")
        return None

    def _judge(self, job: SignedJob, now: datetime) -> Verdict:
        grant = self.store.grant(job.grant_id)
        if grant is None:
            return refusal(Rule.GRANT, "节点没有接受过这份授权")
        if grant.pin != digest({"policy": grant.policy, "bindings": _lists(grant.bindings)}):
            return refusal(Rule.GRANT, "授权与接受时不一致")
        policy = read_policy(grant.policy)
        if grant.state != "in_force" or not policy.is_in_force(_day(now)):
            return _not_in_force()
        if grant.held:
            return _held()
        asked = self.store.one(
            "SELECT count(*) FROM job WHERE grant_id = ? AND substr(answered_at, 1, 10) = ?"
            " AND verdict = 'released'",
            job.grant_id,
            now.isoformat()[:10],
        )
        if asked and asked[0] >= policy.limits.queries_per_day:
            return refusal(Rule.BUDGET, "今天的查询次数已经用完")
        if job.of_set:
            bench = Bench(self.store, self.folder_of(grant.id, "sets"), grant, policy)
            return do_order(bench, set_order_in(job.sql), partial(self._snapshot, grant), now)
        try:
            session = self._session(grant)
        except NodeRefused as refused:
            return refusal(Rule.SOURCE, str(refused))
        session.memory, session.at = Memory.from_json(grant.memory), _here(now)
        verdict = session.ask(job.sql)
        # Spent and remembered on disk before the figures leave: a crash wastes, never gives twice.
        with self.store.change() as store:
            store.execute(
                "UPDATE granted SET memory = ?, spent = ? WHERE id = ?",
                (json.dumps(session.memory.as_json()), session.memory.spent, grant.id),
            )
        return verdict

    def log_answer(self, job: SignedJob, verdict: Verdict, now: datetime) -> Receipt:
        receipt = make_receipt(
            verdict,
            job_id=job.job_id,
            grant_id=job.grant_id,
            answered_at=now.isoformat(),
            key=self.keys.signing,
        )
        text = job.sql.encode("utf-8", "replace").decode()
        with self.store.change() as store:
            store.execute(
                "INSERT INTO job (job_id, grant_id, actor, sql, answered_at, verdict, rule,"
                " epsilon, suppressed, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (job.job_id, job.grant_id, job.actor, text, receipt.answered_at, receipt.verdict,
                 receipt.rule, receipt.epsilon, receipt.suppressed, receipt.digest),
            )  # fmt: skip
        return receipt

    # Helpers

    def _session(self, grant: AcceptedGrant) -> Session:
        with self._lock:
            held = self._sessions.get(grant.id)
            if held and held[0] == grant.pin:
                return held[1]
            policy = read_policy(grant.policy)
            files = {
                table: self._snapshot(grant, policy, table)
                for table in grant.bindings
                if table in policy.tables
            }
            session = Session(policy, files)
            self._sessions[grant.id] = (grant.pin, session)
            return session

    def _snapshot(self, grant: AcceptedGrant, policy: Policy, table: str) -> Path:
        source, name = grant.bindings[table]
        return snapshot_of(policy, table, self.url_of(source), name, self.folder_of(grant.id))

    def _drop(self, grant_id: str) -> None:
        with self._lock:
            held = self._sessions.pop(grant_id, None)
        if held:
            held[1].close()
        forget_snapshots(self.folder_of(grant_id))
        forget_sets(self.store, self.folder_of(grant_id, "sets"), grant_id)

    def _move(self, grant_id: str, state: str, allowed: set[str]) -> None:
        now = self.state_of(grant_id)
        if now is None:
            raise NodeRefused(Obstacle("节点没有接受过这份授权"))
        if now not in allowed:
            raise NodeRefused(Obstacle("授权已经撤回，不能恢复"))
        with self.store.change() as store:
            store.execute("UPDATE granted SET state = ? WHERE id = ?", (state, grant_id))
        if state != "in_force":
            with self._lock:
                held = self._sessions.pop(grant_id, None)
            if held:
                held[1].close()

    def state_of(self, grant_id: str) -> str | None:
        row = self.store.one("SELECT state FROM granted WHERE id = ?", grant_id)
        return str(row[0]) if row else None

    def url_of(self, source_id: str) -> str:
        row = self.store.one("SELECT sealed_url FROM source WHERE id = ?", source_id)
        if row is None:
            raise NodeRefused(Obstacle("节点没有这个数据源"))
        return self.keys.open(row[0], about=source_id)

    def folder_of(self, grant_id: str, what: str = "snapshots") -> Path:
        return self._home / what / digest({"grant": grant_id})[:32]

    @contextmanager
    def one_at_a_time(self, about: str) -> Iterator[None]:
        # One question of a grant at a time, over all processes: the budget and the memory of what
        # was released are read, judged against and written as one.
        locks = self._home / "locks"
        locks.mkdir(mode=0o700, exist_ok=True)
        with (locks / digest({"grant": about})[:32]).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _not_in_force() -> Verdict:
    return refusal(Rule.GRANT, "授权今天不在有效状态")


def _held() -> Verdict:
    return refusal(Rule.GRANT, "数据所有者在节点上停下了这份授权，须由其重新接受")


def _lists(bindings: Bindings) -> dict[str, list[str]]:
    return {table: list(pair) for table, pair in bindings.items()}


def _day(moment: datetime) -> date:
    return _here(moment).date()


def _here(moment: datetime) -> datetime:
    """Return a moment as Chinese clocks show it, which days of grants and questions go by."""
    return moment.astimezone(_CHINA)
