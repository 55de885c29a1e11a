"""A log to test with: entries, tiles, a key and the checkpoints signed on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shuce.engines.transparency import (
    Checkpoint,
    Ed25519Signer,
    MemoryTiles,
    append,
    canonical,
    leaf_hash,
    sign_checkpoint,
    write_bundle,
)

ORIGIN = "shuce.example/log"


@dataclass
class Log:
    """A log that signs a checkpoint each time it grows."""

    key: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(ORIGIN, b"k" * 32))
    tiles: MemoryTiles = field(default_factory=MemoryTiles)
    bodies: list[bytes] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def grow(self, bodies: Sequence[bytes]) -> None:
        root = append(self.tiles, len(self.bodies), [leaf_hash(body) for body in bodies])
        self.bodies += bodies
        checkpoint = Checkpoint(ORIGIN, len(self.bodies), root)
        self.notes.append(sign_checkpoint(checkpoint, [self.key]))

    def export(self, path: Path, **other: object) -> Path:
        """Write the export, with `entries`, `notes`, `tiles` in place of the log's own."""
        given = {"entries": enumerate(self.bodies), "notes": self.notes, "tiles": self.tiles}
        given |= other
        write_bundle(path, given["entries"], given["notes"], [self.key.vkey], given["tiles"])
        return path


def body_of(number: int, word: str = "") -> bytes:
    return canonical({"kind": "rights.granted", "subject_id": f"G{number}{word}", "n": number})


def log_of(*sizes: int, word: str = "") -> Log:
    """Return a log that was signed at each of `sizes`."""
    log = Log()
    for size in sizes:
        log.grow([body_of(number, word) for number in range(len(log.bodies), size)])
    return log


@pytest.fixture(scope="session")
def new_log():
    return log_of
