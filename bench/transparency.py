"""How fast the evidence log grows, proves and replays, beside bare hashlib in the same run.

    python bench/transparency.py [--size 1000000] [--mutations 0]

Each figure is a ratio to `floor`: the same number of leaf and node hashes with nothing but hashlib
in a loop. `--mutations N` hands N altered proofs and notes to our checks and, where Go is there, to
golang.org/x/mod/sumdb, and counts what was wrongly accepted.
"""

import argparse
import base64
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import quantiles

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from shuce.engines.transparency import (
    BadNote,
    CachedTiles,
    Checkpoint,
    DirectoryTiles,
    Ed25519Signer,
    MemoryTiles,
    Place,
    ProofWrong,
    Tiles,
    append,
    canonical,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    open_checkpoint,
    root_at,
    sign_checkpoint,
    verify_bundle,
    verify_consistency,
    verify_inclusion,
    write_bundle,
)

GO = Path(__file__).resolve().parents[1] / "tests/engines/transparency/go/main.go"
BATCH = 10_000


class SqliteTiles:
    """Tiles in one SQLite table, WAL with full sync, committed by the caller."""

    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path)
        self.database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS tile "
            "(level INT, n INT, hashes BLOB, PRIMARY KEY (level, n)) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS entry (n INTEGER PRIMARY KEY, body BLOB);"
        )

    def read(self, level: int, index: int) -> bytes:
        found = self.database.execute(
            "SELECT hashes FROM tile WHERE level = ? AND n = ?", (level, index)
        ).fetchone()
        return found[0] if found else b""

    def read_many(self, places: Sequence[Place]) -> dict[tuple[int, int], bytes]:
        found = self.database.execute(
            "SELECT level, n, hashes FROM tile WHERE "
            + " OR ".join(["level = ? AND n = ?"] * len(places)),
            [number for level, index, _ in places for number in (level, index)],
        )
        return {(level, index): hashes for level, index, hashes in found}

    def write(self, level: int, index: int, hashes: bytes) -> None:
        self.database.execute(
            "INSERT OR REPLACE INTO tile VALUES (?, ?, ?)", (level, index, hashes)
        )


def body(number: int) -> bytes:
    return canonical(
        {
            "at": f"2025-03-01T08:{number % 60:02d}:00+08:00",
            "by": f"01JNV6{number:020d}",
            "clause": "N-4",
            "kind": "rights.granted",
            "subject_id": f"01JNV7{number:020d}",
            "what": sha256(number.to_bytes(8, "big")).hexdigest(),
        }
    )


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def floor(bodies: list[bytes]) -> None:
    """Hash leaves and nodes once each, keeping nothing else."""
    row = [sha256(b"\0" + body).digest() for body in bodies]
    while len(row) > 1:
        row = [sha256(b"\1" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]


def grow(tiles: Tiles, leaves: list[bytes], commit: Callable[[], object]) -> None:
    for size in range(0, len(leaves), BATCH):
        append(tiles, size, leaves[size : size + BATCH])
        commit()


def proof_times(tiles: Tiles, size: int, count: int) -> Iterator[float]:
    draw = random.Random(7)
    for _ in range(count):
        index = draw.randrange(size)
        yield timed(lambda at=index: inclusion_proof(tiles, at, size))


def store_at(path: Path) -> Tiles:
    return DirectoryTiles(path) if path.is_dir() else SqliteTiles(path)


def first_proofs(path: Path, size: int, count: int) -> list[float]:
    """Time the first proof of `count` fresh processes each."""
    return [
        float(
            subprocess.run(
                [sys.executable, __file__, "--first", path, f"--size={size}", f"--seed={at}"],
                check=True, capture_output=True,
            ).stdout
        )
        for at in range(count)
    ]  # fmt: skip


def tell(what: str, value: str, ratio: float | None = None) -> None:
    print(f"{what:<58}{value:>22}" + (f"{ratio:>9.2f} ×" if ratio else ""), flush=True)


def rate(size: int, seconds: float) -> str:
    return f"{size / seconds:,.0f} /s"


def proofs_of(name: str, path: Path, size: int) -> None:
    tiles = CachedTiles(store_at(path), most=1 + size // 250)
    for index in range(0, size, 256):
        inclusion_proof(tiles, index, size)
    cuts = quantiles(proof_times(tiles, size, 50_000), n=100)
    tell(f"proof, warm, {name}: p50 | p99", f"{cuts[49] * 1e6:.1f} | {cuts[98] * 1e6:.1f} µs")
    first = sorted(first_proofs(path, size, 30))
    tell(f"proof, first of a process, {name}: median | worst of 30",
         f"{first[15] * 1e3:.2f} | {first[-1] * 1e3:.2f} ms")  # fmt: skip
    plain = quantiles(proof_times(store_at(path), size, 2000), n=100)
    tell(f"proof, no cache, {name}: p50 | p99", f"{plain[49] * 1e6:.0f} | {plain[98] * 1e6:.0f} µs")


def replay(path: Path, root: bytes) -> None:
    """Read every body back, hash it and build the tree anew."""
    database = sqlite3.connect(path)
    rows = database.execute("SELECT body FROM entry ORDER BY n")
    tiles, size, made = MemoryTiles(), 0, b""
    while batch := rows.fetchmany(65_536):
        made = append(tiles, size, [leaf_hash(body) for (body,) in batch])
        size += len(batch)
    assert made == root


def speed(size: int, folder: Path) -> None:
    bodies = [body(number) for number in range(size)]
    leaves = [leaf_hash(one) for one in bodies]
    base = timed(lambda: floor(bodies))
    tell(f"floor: leaf and node hashes of {size:,} entries, hashlib", rate(size, base))
    memory = MemoryTiles()
    spent = timed(lambda: append(memory, 0, leaves))
    tell("append, one batch, memory (leaves hashed)", rate(size, spent), spent / base)
    lite = SqliteTiles(folder / "log.db")
    spent = timed(lambda: grow(lite, leaves, lite.database.commit))
    tell(f"append, batches of {BATCH:,}, SQLite WAL FULL", rate(size, spent), spent / base)
    spent = timed(lambda: grow(DirectoryTiles(folder / "files"), leaves, int))
    tell(f"append, batches of {BATCH:,}, files with fsync", rate(size, spent), spent / base)
    lite.database.executemany("INSERT INTO entry VALUES (?, ?)", enumerate(bodies))
    lite.database.commit()
    root = root_at(memory, size)
    assert root == root_at(lite, size)
    spent = timed(lambda: replay(folder / "log.db", root))
    tell("replay: SQLite rows to root", rate(size, spent), spent / base)
    proofs_of("SQLite", folder / "log.db", size)
    proofs_of("files", folder / "files", size)
    key = Ed25519Signer("bench.example/log", b"b" * 32)
    note = sign_checkpoint(Checkpoint(key.name, size, root), [key])
    export = folder / "export"
    spent = timed(lambda: write_bundle(export, enumerate(bodies), [note], [key.vkey], memory))
    tell("export written to a folder", rate(size, spent), spent / base)
    spent = timed(lambda: verify_bundle(export, vkeys=[key.vkey]))
    tell("export verified offline", rate(size, spent), spent / base)


def cases(count: int) -> Iterator[dict[str, object]]:
    """Yield altered proofs and notes, each wrong."""
    draw = random.Random(100_000)
    tiles = CachedTiles(MemoryTiles())
    leaves = [leaf_hash(body(number)) for number in range(5000)]
    append(tiles, 0, leaves)
    key = Ed25519Signer("bench.example/log", b"b" * 32)
    for _ in range(count):
        size = draw.randrange(2, len(leaves) + 1)
        place = draw.randrange(1, size)
        root, old = root_at(tiles, size), root_at(tiles, place)
        way = draw.randrange(3)
        if way == 2:
            note = sign_checkpoint(Checkpoint(key.name, size, root), [key])
            # The text, or the signature up to where base64 has spare bits.
            at = draw.randrange(len(note) - 4)
            fresh = note[:at] + chr(draw.randrange(0x20, 0x7F)) + note[at + 1 :]
            if fresh == note:
                fresh = note[1:]
            yield {"kind": "note", "note": fresh, "vkey": key.vkey}
            continue
        proof = (inclusion_proof if way else consistency_proof)(tiles, place, size)
        hashes = [root, leaves[place] if way else old, *proof]
        change = draw.randrange(4)
        at = draw.randrange(len(hashes))
        if change == 0 and len(hashes) > 2:
            del hashes[draw.randrange(2, len(hashes))]
        elif change == 1:
            hashes.insert(draw.randrange(2, len(hashes) + 1), draw.randbytes(32))
        else:
            hashes[at] = (int.from_bytes(hashes[at], "big") ^ 1 << draw.randrange(256)).to_bytes(
                32, "big"
            )
        first, second, *path = [base64.b64encode(one).decode() for one in hashes]
        which = (
            {"kind": "inclusion", "index": place, "leaf": second}
            if way
            else {"kind": "tree", "old_size": place, "old_root": second}
        )
        yield which | {"size": size, "root": first, "proof": path}


def accepts(case: dict[str, object]) -> bool:
    """Say whether our own check accepts `case`."""
    try:
        if case["kind"] == "note":
            key = Ed25519Signer("bench.example/log", b"b" * 32)
            open_checkpoint(str(case["note"]), [key.verifier])
            return True
        root, *proof = map(base64.b64decode, [case["root"], *case["proof"]])
        size = case["size"]
        if case["kind"] == "inclusion":
            verify_inclusion(base64.b64decode(case["leaf"]), case["index"], size, proof, root)
        else:
            old = base64.b64decode(case["old_root"])
            verify_consistency(case["old_size"], old, size, root, proof)
    except (BadNote, ProofWrong):
        return False
    return True


def mutations(count: int, folder: Path) -> None:
    wrong = list(cases(count))
    tell(f"{count:,} altered proofs and notes: accepted by us", str(sum(map(accepts, wrong))))
    if not shutil.which("go"):
        tell("accepted by golang.org/x/mod/sumdb", "no Go here")
        return
    program = folder / "check"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
    subprocess.run(["go", "build", "-o", str(program), str(GO)], check=True, env=environment)
    lines = "".join(f"{json.dumps(case)}\n" for case in wrong).encode()
    done = subprocess.run([program, "cases"], input=lines, capture_output=True, check=True)
    answers = done.stdout.splitlines()
    assert len(answers) == count
    refused = sum(answer.startswith(b"refused") for answer in answers)
    tell("accepted by golang.org/x/mod/sumdb", str(count - refused))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--mutations", type=int, default=0)
    parser.add_argument("--first", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.first:
        index = random.Random(given.seed).randrange(given.size)
        tiles = CachedTiles(store_at(given.first))
        print(timed(lambda: inclusion_proof(tiles, index, given.size)))
        return
    with tempfile.TemporaryDirectory() as folder:
        if given.mutations:
            mutations(given.mutations, Path(folder))
        else:
            speed(given.size, Path(folder))


if __name__ == "__main__":
    main()
