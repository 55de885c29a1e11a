"""Number the entries, grow the tree, sign its head. The only writer of indexes, tiles and heads."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from shuce.engines import transparency
from shuce.foundation.evidence.models import Checkpoint, Entry, Head, Tile

BATCH = 20_000
ORIGIN = "shuce.evidence"


class DatabaseTiles:
    """Tiles in the register's database."""

    def read(self, level: int, index: int) -> bytes:
        found = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True)
        return bytes(found[0]) if found else b""

    def read_many(self, places: Sequence[transparency.Place]) -> dict[tuple[int, int], bytes]:
        """Return all of them with one question: the first proof after a start asks for five."""
        name = connection.ops.quote_name
        at = f"{name('level')} = %s AND {name('index')} = %s"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {name('level')}, {name('index')}, hashes FROM {Tile._meta.db_table} WHERE "
                + " OR ".join([at] * len(places)),
                [number for level, index, _ in places for number in (level, index)],
            )
            return {(level, index): bytes(hashes) for level, index, hashes in cursor.fetchall()}

    def write(self, level: int, index: int, hashes: bytes) -> None:
        Tile.objects.update_or_create(level=level, index=index, defaults={"hashes": hashes})


def number_entries(at: datetime, *, batch: int = BATCH) -> int:
    """Give every committed entry its index, in the order they began; return how many.

    Writers never wait for this: it locks only the head. An entry whose transaction is still
    open is numbered by a later call.
    """
    numbered = 0
    while count := _number_batch(at, batch):
        numbered += count
    return numbered


@transaction.atomic
def _number_batch(at: datetime, batch: int) -> int:
    Head.objects.get_or_create(id=1, defaults={"root": transparency.EMPTY_ROOT})
    head = Head.objects.select_for_update().get(id=1)
    rows = _claim(head.size, batch)
    if not rows:
        return 0
    leaves = []
    for index, (position, body, leaf) in enumerate(rows, head.size):
        assert position == index, "the numbers of a batch follow each other"
        if transparency.leaf_hash(bytes(body)) != bytes(leaf):
            raise EntryAltered(f"entry {index} was altered before it was numbered")
        leaves.append(bytes(leaf))
    root = transparency.append(DatabaseTiles(), head.size, leaves, root=bytes(head.root))
    # Compare and swap: two sequencers that read the same head cannot both move it.
    moved = Head.objects.filter(id=1, size=head.size).update(
        size=head.size + len(leaves), root=root
    )
    assert moved == 1, "the head moved under the sequencer"
    note = sign(head.size + len(leaves), root)
    Checkpoint.objects.create(size=head.size + len(leaves), root=root, note=note, signed_at=at)
    transaction.on_commit(lambda: _keep_outside(note))
    return len(leaves)


def _claim(size: int, batch: int) -> list[tuple[int, bytes, bytes]]:
    table = Entry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} SET position = n.position FROM (
                  SELECT id, %s + row_number() OVER (ORDER BY id) - 1 AS position FROM (
                    SELECT id FROM {table} WHERE position IS NULL ORDER BY id LIMIT %s) AS waiting
                ) AS n WHERE {table}.id = n.id
                RETURNING {table}.position, {table}.body, {table}.leaf_hash""",
            [size, batch],
        )
        return sorted(cursor.fetchall(), key=lambda row: row[0])


class EntryAltered(Exception):
    """An entry's body no longer has the hash it was recorded with."""


def sign(size: int, root: bytes) -> str:
    checkpoint = transparency.Checkpoint(ORIGIN, size, root)
    return transparency.sign_checkpoint(checkpoint, [signer()])


def signer() -> transparency.Ed25519Signer:
    """Return the log's signing key, made at first use and kept outside the database."""
    file = Path(settings.HOME) / "keys" / "evidence"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = transparency.new_key(ORIGIN)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(key.skey)
        file.with_suffix(".vkey").write_text(key.vkey + "\n")
    return transparency.Ed25519Signer.from_skey(file.read_text())


def verifier_key() -> str:
    """Return the public key, as the line that anyone needs to check the log."""
    return signer().vkey


def _keep_outside(note: str) -> None:
    # A head outside the database, so that rolling the database back is noticed.
    folder = Path(settings.HOME) / "checkpoints"
    folder.mkdir(exist_ok=True)
    fresh = folder / "latest.new"
    fresh.write_text(note)
    fresh.replace(folder / "latest")
