"""The offline check of an export, by someone who trusts nothing but a key."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from shuce.engines.transparency.checkpoints import Checkpoint, open_checkpoint, read_checkpoint
from shuce.engines.transparency.comparison import Comparison, Stray
from shuce.engines.transparency.export import Export
from shuce.engines.transparency.faults import Fault, FaultKind, Report
from shuce.engines.transparency.folders import open_folder
from shuce.engines.transparency.growth import root_at
from shuce.engines.transparency.hashing import HASH_BYTES, Frontier
from shuce.engines.transparency.keys import Ed25519Verifier, verifier_of
from shuce.engines.transparency.notes import BadNote, Verifier, split_note
from shuce.engines.transparency.tiles import TILE_WIDTH, TileCorrupt, width_at
from shuce.engines.transparency.trust import Trust
from shuce.kernel.words import say

# A whole export has a file for 128 entries; so few files as this are no log of that size.
_MOST_ENTRIES_A_FILE = 65_536


def verify_bundle(
    path: Path,
    *,
    vkeys: Sequence[str] | None = None,
    kept: Sequence[str] = (),
    needed: int = 1,
) -> Report:
    """Hash every body in the export at `path` again and hold it against the signed tree.

    `vkeys` are the keys the reader trusts; without them the export's own are used and the report
    says so. `kept` are checkpoints (signed notes) that the reader kept from before: the one thing
    that shows a log rewritten as a whole by whoever holds its key. `needed` keys must have signed
    each checkpoint. Raises NotReadable when there is no export at `path`, BadNote when one of the
    given `vkeys` is malformed. Older checkpoints are checked with the Ed25519 keys alone where
    there are any, since an SM2 signature takes some 30 ms and the head's covers them.
    """
    trusted = [verifier_of(vkey) for vkey in vkeys or ()]
    with open_folder(path) as folder:
        export = Export(folder)
        verifiers = list(dict.fromkeys(trusted)) or _own_keys(export)
        audit = _Audit(export, verifiers, needed)
        audit.read_checkpoints(kept)
        if audit.is_plausible():
            audit.find_trust()
            audit.compare_entries()
        audit.compare_history()
        return Report(
            audit.head.checkpoint.origin if audit.head else "",
            audit.size,
            audit.proved,
            tuple(export.faults + audit.faults),
            bool(vkeys),
            len(audit.signed),
        )


@dataclass(frozen=True)
class _Dated:
    """A checkpoint and where it was found: its line in the history, from 1; 0 for the head."""

    checkpoint: Checkpoint
    line: int
    is_kept: bool = False


class _Audit:
    def __init__(self, export: Export, verifiers: list[Verifier], needed: int) -> None:
        self.export = export
        self.verifiers = verifiers
        self.needed = needed
        self.faults: list[Fault] = []
        self.head: _Dated | None = None
        self.signed: list[_Dated] = []
        self.trust: Trust | None = None
        self.size = 0
        self.proved = 0

    def read_checkpoints(self, kept: Sequence[str]) -> None:
        """Open every checkpoint there is; those not signed as they must be are faults."""
        head = self._opened(self.export.checkpoint, self.verifiers, 0)
        if head:
            self.head = head
            self.size = head.checkpoint.size
        else:
            self._take_unsigned_size()
        quick: list[Verifier] = [key for key in self.verifiers if isinstance(key, Ed25519Verifier)]
        if len(quick) < self.needed:
            quick = self.verifiers
        for line, note in enumerate(self.export.history(), 1):
            if note != self.export.checkpoint and (older := self._opened(note, quick, line)):
                self.signed.append(older)
            elif head and note == self.export.checkpoint:
                self.signed.append(_Dated(head.checkpoint, line))
        for older, newer in pairwise(self.signed):
            if newer.checkpoint.size < older.checkpoint.size:
                self._add(
                    FaultKind.ROLLBACK,
                    "检查点记录第 {line} 行的条目数 {size} 小于前一行的 {before}",
                    line=newer.line,
                    size=newer.checkpoint.size,
                    before=older.checkpoint.size,
                )
        if head and all(one.checkpoint != head.checkpoint for one in self.signed):
            self.signed.append(head)
        for line, note in enumerate(kept, 1):
            if one := self._opened(note, self.verifiers, line, is_kept=True):
                self.signed.append(one)

    def is_plausible(self) -> bool:
        """Say whether the files could hold the log; if not, all of it is unproved.

        Whoever brings a key of his own may sign any size: it must not keep us busy for ever.
        """
        if self.size <= self.export.file_count * _MOST_ENTRIES_A_FILE:
            return True
        self._unproved(0, self.size - 1)
        return False

    def find_trust(self) -> None:
        """Start from the head or, when the tree does not give its root, the newest that holds."""
        if self.head and self._reaches(self.head.checkpoint):
            return
        if self.head:
            self._add(
                FaultKind.ROOT, "默克尔树算不出检查点签名的根哈希（{size} 条）", size=self.size
            )
        older = {(one.checkpoint.size, one.checkpoint.root): one for one in self.signed}
        for (size, _), one in sorted(older.items(), reverse=True):
            if size <= self.size and one is not self.head and self._reaches(one.checkpoint):
                return

    def compare_entries(self) -> None:
        """Hold every body against the leaf that was signed for its place."""
        trust = self.trust
        comparison = Comparison()
        if trust:
            trust.descend()
            self._tell_of_tiles(trust)
        covered = trust.size if trust else 0
        sm3 = self._sm3_frontier()
        unproved: list[tuple[int, int]] = []
        last = -(-self.size // TILE_WIDTH)
        for number in sorted({*range(last), *self.export.numbers}):
            bundle = self.export.bundle(number)
            start = number * TILE_WIDTH
            signed = trust.leaves(number) if trust else b""
            if sm3:
                for body in bundle.bodies:
                    sm3.add(body)
            here = max(0, min(start + TILE_WIDTH, covered) - start)
            if here and not signed:
                unproved.append((start, start + here - 1))
                continue
            rest = width_at(self.size, 0, number) - here
            if rest > 0:
                # Beyond what any checkpoint vouches for, nothing can be said about an entry.
                unproved.append((start + here, start + here + rest - 1))
                comparison.lay(
                    start,
                    signed,
                    bundle.leaves[: here * HASH_BYTES],
                    bundle.bodies[:here],
                )
            else:
                comparison.lay(start, signed, bundle.leaves, bundle.bodies)
        self.proved = comparison.proved
        self._tell_of_entries(comparison)
        for first, until in _joined(unproved):
            self._unproved(first, until)
        if sm3 and self.head and sm3.root() != self.head.checkpoint.sm3_root:
            self._add(FaultKind.SM3, "全部条目用 SM3 算得的根与检查点所载不符")

    def compare_history(self) -> None:
        """Check that each older checkpoint is a prefix of the log, and none is newer."""
        roots: dict[int, bytes] = {}
        for one in self.signed:
            size, root = one.checkpoint.size, one.checkpoint.root
            if one.checkpoint.origin != (self.head or one).checkpoint.origin:
                self._add(
                    FaultKind.FORK,
                    "{where}属于另一日志 {origin}",
                    where=_where(one),
                    origin=one.checkpoint.origin,
                )
            elif size > self.size:
                self._add(
                    FaultKind.ROLLBACK,
                    "{where}已有 {size} 条，本导出只有 {now} 条",
                    where=_where(one),
                    size=size,
                    now=self.size,
                )
            elif roots.setdefault(size, root) != root:
                self._add(
                    FaultKind.FORK,
                    "{where}与另一检查点同为 {size} 条而根哈希不同",
                    where=_where(one),
                    size=size,
                )
            elif self._root_now(size) not in (root, None):
                self._add(
                    FaultKind.FORK,
                    "{where}（{size} 条）不是本日志的前缀",
                    where=_where(one),
                    size=size,
                )

    def _root_now(self, size: int) -> bytes | None:
        if not self.trust or size > self.trust.size:
            return None
        try:
            return root_at(self.trust.tiles, size)
        except TileCorrupt:
            return None

    def _opened(
        self, note: str, verifiers: list[Verifier], line: int, *, is_kept: bool = False
    ) -> _Dated | None:
        try:
            checkpoint = open_checkpoint(note, verifiers, needed=self.needed)
            return _Dated(checkpoint, line, is_kept)
        except BadNote as error:
            place = _Dated(Checkpoint("-", 0, bytes(HASH_BYTES)), line, is_kept)
            self._add(
                FaultKind.SIGNATURE,
                "{where}没有可信公钥的有效签名（{error}）",
                where=_where(place),
                error=error,
            )
            return None

    def _take_unsigned_size(self) -> None:
        """Count the entries by the unsigned head: what it says is missing still gets named."""
        try:
            self.size = read_checkpoint(split_note(self.export.checkpoint)[0]).size
        except BadNote:
            self.size = 0
        most = (max(self.export.numbers, default=-1) + 1) * TILE_WIDTH
        self.size = min(self.size, most)

    def _reaches(self, checkpoint: Checkpoint) -> bool:
        trust = Trust(self.export, checkpoint.size)
        if not trust.reach(checkpoint.root):
            return False
        self.trust = trust
        return True

    def _sm3_frontier(self) -> Frontier | None:
        if not self.head:
            return None
        try:
            return Frontier() if self.head.checkpoint.sm3_root is not None else None
        except BadNote:
            self._add(FaultKind.SM3, "检查点的 SM3 行无法解读")
            return None

    def _tell_of_tiles(self, trust: Trust) -> None:
        for level, index in trust.damaged:
            self._add(
                FaultKind.TILE,
                "第 {level} 层第 {number} 块与签名的根不符或缺失",
                level=level,
                number=index,
            )

    def _tell_of_entries(self, comparison: Comparison) -> None:
        moved, altered, inserted, missing = comparison.settle()
        found: list[Fault] = []
        for index, stray in altered:
            found.append(
                _about(stray, FaultKind.ALTERED, "第 {index} 条的内容不是当初签名的", index)
            )
        for index, stray in moved:
            found.append(
                _about(
                    stray,
                    FaultKind.MOVED,
                    "第 {index} 条现在排在第 {place} 位",
                    index,
                    place=stray.place,
                )
            )
        for stray in inserted:
            found.append(
                _about(
                    stray, FaultKind.INSERTED, "第 {index} 位的条目不在签名的日志中", stray.place
                )
            )
        for index in missing:
            found.append(Fault(FaultKind.MISSING, "第 {index} 条缺失", (("index", index),), index))
        self.faults += sorted(found, key=lambda one: one.index or 0)

    def _unproved(self, first: int, until: int) -> None:
        facts = (("first", first), ("until", until))
        sentence = "第 {first} 至第 {until} 条没有可信的签名根可以证明"
        self.faults.append(Fault(FaultKind.UNPROVED, sentence, facts, first, until))

    def _add(self, kind: FaultKind, sentence: str, **facts: object) -> None:
        self.faults.append(Fault(kind, sentence, tuple(facts.items())))


def _own_keys(export: Export) -> list[Verifier]:
    """Return the keys the export brings itself; a line that is none is a fault."""
    keys = []
    for line in filter(None, export.vkeys):
        try:
            keys.append(verifier_of(line))
        except BadNote:
            export.faults.append(Fault(FaultKind.MALFORMED, "导出所附公钥无法解读"))
    return list(dict.fromkeys(keys))


def _about(stray: Stray, kind: FaultKind, sentence: str, index: int, **facts: object) -> Fault:
    """Return a fault of an entry, with what its body says it is about."""
    event = subject = ""
    try:
        body = json.loads(stray.body)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        event = str(body.get("kind", ""))
        subject = str(body.get("subject_id", body.get("subject", "")))
    pairs = (("index", index), *facts.items())
    return Fault(kind, sentence, pairs, index, None, event, subject)


def _joined(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield ranges, those that touch as one."""
    first = until = -1
    for start, end in ranges:
        if first >= 0 and start == until + 1:
            until = end
            continue
        if first >= 0:
            yield first, until
        first, until = start, end
    if first >= 0:
        yield first, until


def _where(one: _Dated) -> str:
    if one.is_kept:
        return say("您保存的第 {line} 个检查点", line=one.line)
    return say("检查点记录第 {line} 行", line=one.line) if one.line else say("检查点")
