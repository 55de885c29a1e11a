"""What a register may ask of a node, wherever the node is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from shuce.engines.erasure import Proof
from shuce.kernel.refusals import Refused
from shuce.node.fusions import FusionSide, SignedFusion, StepDone
from shuce.node.jobs import SignedJob
from shuce.node.receipts import Receipt
from shuce.node.refusals import NodeRefused

if TYPE_CHECKING:
    from shuce.engines.guard.foresight import Foresight
    from shuce.engines.quality import Measured, QualityRule
    from shuce.engines.scan.shapes import ScanResult, Table

Bindings = Mapping[str, tuple[str, str]]


class NodeAway(NodeRefused):
    """The node cannot be asked now. Nothing was done."""

    http_status: ClassVar[int] = 503


class NodeSilent(Refused):
    """The node was asked and did not say what came of it. It may have been done."""

    http_status: ClassVar[int] = 504


class Progress(Protocol):
    """Called as a scan goes on; what the scan engine hands over is handed on."""

    def __call__(self, *args: Any) -> Any: ...


class AnyNode(Protocol):
    """A node in this process, or one that is reached by letters.

    Raises NodeRefused for what a node will not do (NodeAway: because it is not there), NodeSilent
    where nobody knows what it did, and ValueError or OSError where a source cannot be read.
    """

    def forget(self, source_id: str) -> None: ...

    def discover(self, source_id: str) -> "tuple[Table, ...]": ...

    def scan(
        self,
        source_id: str,
        tables: Sequence[str] | None = None,
        sample: int | None = None,
        on_progress: Progress | None = None,
    ) -> "ScanResult": ...

    def measure_quality(
        self, source_id: str, table: str, rules: "Sequence[QualityRule]", *, today: date
    ) -> "tuple[Measured, ...]": ...

    def erase(
        self,
        source_id: str,
        table: str,
        method: str,
        on_step: Callable[[str], None] | None = None,
    ) -> Proof: ...

    def accept_grant(self, grant_id: str, policy: Mapping[str, Any], bindings: Bindings) -> str:
        """Have a grant accepted: at once in this process, by its owner at a node elsewhere."""

    def suspend_grant(self, grant_id: str) -> None: ...

    def resume_grant(self, grant_id: str) -> None: ...

    def withdraw_grant(self, grant_id: str) -> None: ...

    def budget_of(self, grant_id: str) -> tuple[float, float]: ...

    def answer(self, job: SignedJob, *, now: datetime) -> Receipt: ...

    @property
    def public_key(self) -> bytes: ...

    def fuse(
        self, job: SignedFusion, side: FusionSide, step: int, message: bytes, *, now: datetime
    ) -> StepDone:
        """Have one step of a fusion done; `message` is what the other node's last step left."""

    def foresee(self, job: SignedJob, *, now: datetime) -> "Foresight": ...
