"""What a step of a fusion needs of the node it runs at."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from shuce.engines.guard.verdicts import Verdict
from shuce.node.fusions import SignedFusion
from shuce.node.jobs import SignedJob
from shuce.node.keys import Keys
from shuce.node.receipts import Receipt
from shuce.node.store import Store


class Host(Protocol):
    """A node: its keys and store, where its snapshots are, and its log."""

    keys: Keys
    store: Store

    @property
    def public_key(self) -> bytes: ...

    def refuse_envelope(
        self,
        job: SignedFusion,
        is_signed: Callable[[SignedFusion, bytes], bool],
        now: datetime,
        *,
        part: str = "",
    ) -> Verdict | None: ...

    def budget_of(self, grant_id: str) -> tuple[float, float]: ...

    def log_answer(self, job: SignedJob, verdict: Verdict, now: datetime) -> Receipt: ...

    def url_of(self, source_id: str) -> str: ...

    def folder_of(self, grant_id: str) -> Path: ...

    def one_at_a_time(self, about: str) -> AbstractContextManager[None]: ...
