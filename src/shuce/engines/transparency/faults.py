"""What a check of an export finds, in words that can stand in an auditor's report."""

from dataclasses import dataclass

from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class FaultKind(Choice):
    """What is wrong with an export."""

    ALTERED = "altered", "条目内容被改"
    MISSING = "missing", "条目缺失"
    INSERTED = "inserted", "多出条目"
    MOVED = "moved", "条目移位"
    UNPROVED = "unproved", "条目无法证明"
    MALFORMED = "malformed", "文件无法解读"
    TILE = "tile", "默克尔树文件被改或缺失"
    SIGNATURE = "signature", "签名不可信"
    ROOT = "root", "根哈希不符"
    FORK = "fork", "日志分叉"
    ROLLBACK = "rollback", "日志倒退"
    SM3 = "sm3", "SM3 根不符"


@dataclass(frozen=True)
class Fault:
    """One thing wrong. `index` is the entry's place (0-based), `until` the last of a range.

    `event` and `subject` are what the entry's own body says it is about, where it can be read.
    `sentence` is Chinese with `{facts}`; `why` gives it in the reader's language.
    """

    kind: FaultKind
    sentence: str
    facts: tuple[tuple[str, object], ...] = ()
    index: int | None = None
    until: int | None = None
    event: str = ""
    subject: str = ""

    @property
    def why(self) -> str:
        return say(self.sentence, **dict(self.facts))

    def __str__(self) -> str:
        about = " ".join(word for word in (self.event, self.subject) if word)
        return f"{self.kind.label}: {self.why}" + (f" [{about}]" if about else "")


@dataclass(frozen=True)
class Report:
    """What a check found: `proved` of `size` entries are in the signed log as they stand here.

    `keys_given`: the reader brought the keys. If not, the export's own were used, and the check
    says only that the export agrees with itself.
    """

    origin: str
    size: int
    proved: int
    faults: tuple[Fault, ...]
    keys_given: bool
    checkpoints: int

    @property
    def is_sound(self) -> bool:
        return not self.faults and self.proved == self.size
