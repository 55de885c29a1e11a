"""What the log tells: entries as people read them, and their proofs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from shuce.engines import transparency
from shuce.foundation.evidence import sequencer
from shuce.foundation.evidence.models import Checkpoint, Entry
from shuce.foundation.evidence.recording import EVENTS
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say


@dataclass(frozen=True)
class Told:
    """One entry, ready to be shown."""

    entry_id: int
    index: int | None
    at: datetime
    kind: str
    label: str
    clause: Clause
    member_id: str
    subject_id: str
    asset_id: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Proof:
    """That one entry stands in the log under a signed head, for anyone to check again."""

    index: int
    body: str
    leaf_hash: str
    path: tuple[str, ...]
    size: int
    root: str
    checkpoint: str
    verifier_key: str


def tell(entry: Entry) -> Told:
    body = json.loads(bytes(entry.body))
    event = EVENTS[entry.kind]
    common = {"kind", "clause", "at", "by", "by_organization", "organization_id"}
    return Told(
        entry_id=entry.id,
        index=entry.index,
        at=entry.at,
        kind=entry.kind,
        label=say(event.label),
        clause=Clause(body["clause"]),
        member_id=entry.member_id,
        subject_id=entry.subject_id,
        asset_id=entry.asset_id,
        facts={key: value for key, value in body.items() if key not in common},
    )


def life_of(asset_id: str) -> QuerySet[Entry]:
    """Every event of one asset's life, oldest first."""
    return Entry.objects.filter(asset_id=asset_id).order_by("id")


def entries() -> QuerySet[Entry]:
    return Entry.objects.order_by("-id")


def entry_numbered(entry_id: int) -> Entry:
    entry = Entry.objects.filter(id=entry_id).first()
    if entry is None:
        raise NotFound(Obstacle("没有这条凭证"))
    return entry


def last_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def is_proved(entry: Entry) -> bool:
    """Say whether the entry is numbered and under a signed head already."""
    head = last_checkpoint()
    return entry.index is not None and head is not None and entry.index < head.size


def proof_of(entry: Entry) -> Proof:
    """Return the inclusion proof of `entry` under the last signed head."""
    head = last_checkpoint()
    if entry.index is None or head is None or entry.index >= head.size:
        raise NotFound(Obstacle("这条凭证还没有编号，请稍候再看"))
    path = transparency.inclusion_proof(_tiles_under(bytes(head.root)), entry.index, head.size)
    transparency.verify_inclusion(
        bytes(entry.leaf_hash), entry.index, head.size, path, bytes(head.root)
    )
    return Proof(
        index=entry.index,
        body=bytes(entry.body).decode(),
        leaf_hash=bytes(entry.leaf_hash).hex(),
        path=tuple(node.hex() for node in path),
        size=head.size,
        root=bytes(head.root).hex(),
        checkpoint=head.note,
        verifier_key=sequencer.verifier_key(),
    )


def export(folder: Path) -> None:
    """Write the whole log so that it can be checked without us (`shuce verify FOLDER`)."""
    transparency.write_bundle(
        folder,
        _bodies(),
        _notes(),
        [sequencer.verifier_key()],
        sequencer.DatabaseTiles(),
    )


def _bodies() -> Iterator[tuple[int, bytes]]:
    rows = Entry.objects.exclude(index=None).order_by("index").values_list("index", "body")
    for index, body in rows.iterator(chunk_size=5_000):
        yield int(index or 0), bytes(body)


def _notes() -> list[str]:
    return list(Checkpoint.objects.order_by("size").values_list("note", flat=True))


def kept_outside() -> list[str]:
    """The file of the head kept outside the database, so that a rolled-back one is noticed."""
    kept = Path(settings.HOME) / "checkpoints" / "latest"
    return [str(kept)] if kept.exists() else []


@lru_cache(maxsize=2)
def _tiles_under(root: bytes) -> transparency.CachedTiles:
    """Keep the hashes under one head; `root` names the tree, so another tree shares nothing."""
    return transparency.CachedTiles(sequencer.DatabaseTiles(), most=4096)
