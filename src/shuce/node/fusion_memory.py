"""What fusions of the same two tables released before: sticky answers, and no subtraction.

Kept by tables and not by grants, so that another grant, or another operator, is no way round it.
"""

import json
from dataclasses import dataclass
from typing import Any

from shuce.engines.guard.verdicts import Verdict
from shuce.node.fusions import FusionSide, SignedFusion
from shuce.node.hosting import Host
from shuce.node.wording import digest


@dataclass(frozen=True)
class Before:
    """What the very same question released."""

    verdict: Verdict
    digest: str


class Known:
    """What this node knows of one pair of tables."""

    def __init__(self, node: Host, pair: str, groups: str, question: str) -> None:
        self._node, self.pair, self._groups, self._question = node, pair, groups, question

    @property
    def answer(self) -> Before | None:
        row = self._node.store.one(
            "SELECT answer, digest FROM fused WHERE pair = ? AND question = ?"
            " ORDER BY place DESC LIMIT 1",
            self.pair,
            self._question,
        )
        if row is None:
            return None
        told = json.loads(self._node.keys.open(row[0], about=self._about))
        verdict = Verdict(
            columns=tuple(told["columns"]),
            rows=tuple(tuple(one) for one in told["rows"]),
            suppressed_groups=told["suppressed"],
        )
        return Before(verdict, row[1])

    def would_tell_by_subtraction(self, *, is_whole: bool, is_noisy: bool) -> bool:
        """Say whether exact figures by other groups were released, and groups are missing.

        Where nothing is kept back on either occasion, one only counts what the other counts coarser
        or finer, and every part of both reaches the minimum.
        """
        if is_noisy:
            return False
        rows = self._node.store.rows(
            "SELECT is_whole FROM fused WHERE pair = ? AND groups <> ? AND NOT is_noisy",
            self.pair,
            self._groups,
        )
        return bool(rows) and not (is_whole and all(row[0] for row in rows))

    def remember(self, verdict: Verdict, *, is_whole: bool, is_noisy: bool) -> None:
        told: dict[str, Any] = {
            "columns": list(verdict.columns),
            "rows": [list(row) for row in verdict.rows],
            "suppressed": verdict.suppressed_groups,
        }
        sealed = self._node.keys.seal(json.dumps(told), about=self._about)
        with self._node.store.change() as store:
            store.execute(
                "INSERT INTO fused (pair, groups, question, is_whole, is_noisy, digest, answer)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    self.pair,
                    self._groups,
                    self._question,
                    is_whole,
                    is_noisy,
                    digest({"columns": told["columns"], "rows": told["rows"]}),
                    sealed,
                ),
            )

    @property
    def _about(self) -> str:
        return f"fused/{self.pair}/{self._question}"


def known_of(node: Host, job: SignedFusion, side: FusionSide, source: tuple[str, str]) -> Known:
    """Return what the node knows of the two tables of `job`; `source` stands behind its own."""
    mine, other = job.part(side), job.part(side.other)
    pair = digest({"mine": list(source), "node": other.node, "table": other.table})
    groups = digest({"mine": sorted(mine.groups), "other": sorted(other.groups)})
    return Known(node, pair, groups, digest({"question": job.question}))
