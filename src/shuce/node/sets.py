"""De-identified sets at the node: made from a grant's table, kept here, handed over when told.

The register orders them by jobs like any other, signed, fresh and once. What comes back of making
one is its report; its rows leave only by a job of their own. How the two reviews went the node
cannot know; that the rows are what was reviewed, it can: the job names their digest.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from shuce.engines.deidentify import (
    Bounds,
    Part,
    PartRole,
    Recipe,
    RecipeFault,
    Refusal,
    Technique,
    faults_in,
    make_set,
)
from shuce.engines.guard.policy import ColumnRule, Policy
from shuce.engines.guard.verdicts import Rule, Verdict, refusal
from shuce.kernel.choices import Choice
from shuce.node.refusals import NodeRefused
from shuce.node.store import AcceptedGrant, Store
from shuce.node.wording import digest

_SECONDS = 60.0
_LONGEST_NAME = 60


class SetWork(Choice):
    MAKE = "make_set", "制作去标识化数据集"
    HAND_OVER = "hand_over_set", "交出去标识化数据集"
    DISCARD = "discard_set", "删除去标识化数据集"


@dataclass(frozen=True)
class SetOrder:
    """What a job asks of a set, in the place where others have their SQL."""

    work: SetWork
    set_id: str
    recipe: Mapping[str, Any] | None = None
    digest: str = ""

    @property
    def text(self) -> str:
        told: dict[str, Any] = {"work": self.work.value, "set": self.set_id}
        if self.recipe is not None:
            told["recipe"] = dict(self.recipe)
        if self.digest:
            told["digest"] = self.digest
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


def set_order_in(text: str) -> SetOrder | None:
    """Return the order that a job's text is, or None."""
    try:
        told = json.loads(text)
        order = SetOrder(
            SetWork(told["work"]), told["set"], told.get("recipe"), told.get("digest", "")
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    named = isinstance(order.set_id, str) and 0 < len(order.set_id) <= _LONGEST_NAME
    return order if named and isinstance(order.digest, str) else None


@dataclass(frozen=True)
class Bench:
    """Where the sets of one grant are made and kept: the node's store, a folder, the snapshot."""

    store: Store
    folder: Path
    grant: AcceptedGrant
    policy: Policy

    def file_of(self, set_id: str) -> Path:
        return self.folder / f"{digest({'set': set_id})[:32]}.parquet"


def do_order(
    bench: Bench, order: SetOrder | None, snapshot: Callable[[Policy, str], Path], now: datetime
) -> Verdict:
    """Do what an order asks; `snapshot` gives the file of a table of the grant."""
    if order is None:
        return refusal(Rule.SYNTAX, "节点读不懂这个任务")
    match order.work:
        case SetWork.MAKE:
            try:
                file = snapshot(bench.policy, bench.policy.subject[0])
            except NodeRefused as refused:
                return refusal(Rule.SOURCE, str(refused))
            return _make(bench, order, file, now)
        case SetWork.HAND_OVER:
            return _hand_over(bench, order, now)
        case SetWork.DISCARD:
            return _discard(bench, order.set_id)


def forget_sets(store: Store, folder: Path, grant_id: str) -> None:
    """Remove every set of a grant."""
    for file in folder.glob("*"):
        file.unlink(missing_ok=True)
    with store.change() as change:
        change.execute("UPDATE made_set SET state = 'gone' WHERE grant_id = ?", (grant_id,))


def _make(bench: Bench, order: SetOrder, snapshot: Path, now: datetime) -> Verdict:
    try:
        recipe = Recipe.from_json(order.recipe)
    except RecipeFault:
        return refusal(Rule.SYNTAX, "去标识化方案读不懂")
    for fault in faults_in(recipe):
        return refusal(Rule.RECIPE, fault.sentence, **fault.facts)
    if stopped := _obstacle(bench, recipe, order.set_id):
        return stopped
    table, subject = bench.policy.subject
    row_filter = bench.policy.tables[table].row_filter
    limits = bench.policy.limits
    bench.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = bench.file_of(order.set_id)
    try:
        report = make_set(
            snapshot,
            file,
            recipe,
            subject,
            row_filter.sql("duckdb") if row_filter is not None else "",
            Bounds(limits.memory_mb, limits.threads, _SECONDS),
        )
    except Refusal as refused:
        file.unlink(missing_ok=True)
        return refusal(Rule.RECIPE, refused.sentence, **refused.facts)
    file.chmod(0o600)
    columns, rows = _read(file)
    made = digest({"columns": columns, "rows": rows})
    with bench.store.change() as change:
        change.execute(
            "INSERT INTO made_set (set_id, grant_id, recipe, digest, made_at, state)"
            " VALUES (?, ?, ?, ?, ?, 'made')",
            (order.set_id, bench.grant.id, _told(recipe), made, now.isoformat()),
        )
    told = json.dumps({"report": report.as_json(), "digest": made}, sort_keys=True)
    return Verdict(columns=("report",), rows=((told,),))


def _obstacle(bench: Bench, recipe: Recipe, set_id: str) -> Verdict | None:
    table, subject = bench.policy.subject
    least = bench.policy.minimum_for({table})
    if recipe.k < least:
        return refusal(Rule.GROUP_TOO_FINE, "授权要求每组至少 {least} 人", least=least)
    rules = bench.policy.tables[table].columns
    for part in recipe.parts:
        rule = rules.get(part.column.lower(), ColumnRule())
        if not _may_leave(part, rule, is_subject=part.column.lower() == subject):
            return refusal(
                Rule.COLUMN,
                "字段 {column} 按授权不能以“{way}”方式离开节点",
                column=part.column,
                way=part.way.label,
            )
    if bench.store.one("SELECT 1 FROM made_set WHERE set_id = ?", set_id):
        return refusal(Rule.REPLAY, "这个去标识化数据集已经制作过")
    handed = bench.store.rows(
        "SELECT recipe FROM made_set WHERE grant_id = ? AND handed_at <> ''", bench.grant.id
    )
    # Two cuts of one table, laid side by side, tell people apart whom either alone would hide.
    if any(text != _told(recipe) for (text,) in handed):
        return refusal(
            Rule.DIFFERENCING,
            "本授权已交付过另一种处理方式的数据集，两份相互比对可能识别出个人",
        )
    return None


def _may_leave(part: Part, rule: ColumnRule, *, is_subject: bool) -> bool:
    """What a column may do in questions says what may leave of it: an identifier never does."""
    if is_subject:
        return part.role is PartRole.SUBJECT and part.way is Technique.PSEUDONYM
    if part.role is PartRole.SUBJECT:
        return False
    if rule.may("show", "group"):
        return True
    return rule.may("aggregate") and part.way is Technique.BAND


def _hand_over(bench: Bench, order: SetOrder, now: datetime) -> Verdict:
    row = bench.store.one(
        "SELECT digest, state, recipe FROM made_set WHERE set_id = ? AND grant_id = ?",
        order.set_id,
        bench.grant.id,
    )
    file = bench.file_of(order.set_id)
    if row is None or row[1] != "made" or not file.exists():
        return refusal(Rule.GRANT, "节点上没有这个去标识化数据集，或已经删除")
    others = bench.store.rows(
        "SELECT recipe FROM made_set WHERE grant_id = ? AND handed_at <> ''", bench.grant.id
    )
    if any(text != row[2] for (text,) in others):
        return refusal(
            Rule.DIFFERENCING,
            "本授权已交付过另一种处理方式的数据集，两份相互比对可能识别出个人",
        )
    columns, rows = _read(file)
    if not order.digest == row[0] == digest({"columns": columns, "rows": rows}):
        return refusal(Rule.GRANT, "数据集与审查时不一致，没有交出")
    # Noted before it leaves: a crash wastes, and never lets a second cut out.
    with bench.store.change() as change:
        change.execute(
            "UPDATE made_set SET handed_at = ? WHERE set_id = ? AND handed_at = ''",
            (now.isoformat(), order.set_id),
        )
    return Verdict(columns=columns, rows=rows)


def _discard(bench: Bench, set_id: str) -> Verdict:
    bench.file_of(set_id).unlink(missing_ok=True)
    with bench.store.change() as change:
        change.execute(
            "UPDATE made_set SET state = 'gone' WHERE set_id = ? AND grant_id = ?",
            (set_id, bench.grant.id),
        )
    return Verdict(columns=("discarded",), rows=((True,),))


def _read(file: Path) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    engine = duckdb.connect()
    try:
        found = engine.execute("SELECT * FROM read_parquet(?)", [str(file)])
        columns = tuple(str(one[0]) for one in found.description)
        return columns, tuple(tuple(_json(cell) for cell in row) for row in found.fetchall())
    finally:
        engine.close()


def _json(cell: Any) -> Any:
    return str(cell) if isinstance(cell, Decimal) else cell


def _told(recipe: Recipe) -> str:
    return json.dumps(recipe.as_json(), ensure_ascii=False, sort_keys=True)
