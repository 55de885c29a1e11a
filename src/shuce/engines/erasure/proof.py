"""What an erasure leaves behind: the steps, digests before and after, and the read-back."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes

from shuce.engines.erasure.methods import Level, Medium, Method
from shuce.kernel.refusals import Obstacle, Refused

_BLOCK = 1 << 20


class CannotErase(Refused):
    """The target is not there, or the method does not suit it. Nothing was destroyed."""

    def __init__(self, sentence: str, **facts: str) -> None:
        super().__init__(Obstacle(sentence, None, field="", **facts))


@dataclass(frozen=True)
class Digests:
    """SM3 (GB/T 32905) and SHA-256 of the same bytes, in hex, and how many bytes they were."""

    sm3: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Step:
    """One thing done, in Chinese, and what came of it."""

    what: str
    outcome: str


@dataclass(frozen=True)
class Proof:
    """The record of an erasure.

    `samples` values were taken before and searched for afterwards in every byte that can still be
    read at the same place; `found_again` counts those that were found: the erasure holds if none.
    """

    medium: Medium
    method: Method
    level: Level
    limits: str
    before: Digests
    after: Digests
    samples: int
    found_again: int
    steps: tuple[Step, ...]

    @property
    def holds(self) -> bool:
        return self.found_again == 0 and self.after.sha256 != self.before.sha256

    def as_json(self) -> dict[str, Any]:
        """Return the proof as plain values, for the certificate and the evidence."""
        return {**asdict(self), "holds": self.holds}


def digests_of(*files: Path) -> Digests:
    """Return the digests of the files' bytes in order; a file that is gone counts as empty."""
    sm3, sha256, size = hashes.Hash(hashes.SM3()), hashlib.sha256(), 0
    for file in files:
        for block in blocks_of(file):
            sm3.update(block)
            sha256.update(block)
            size += len(block)
    return Digests(sm3.finalize().hex(), sha256.hexdigest(), size)


def blocks_of(file: Path) -> Iterator[bytes]:
    """Yield the file's bytes; nothing if it is gone."""
    if not file.exists():
        return
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block


def count_found(samples: tuple[bytes, ...], *files: Path) -> int:
    """Count the samples that still stand somewhere in the files."""
    longest = max((len(sample) for sample in samples), default=1)
    found: set[bytes] = set()
    for file in files:
        tail = b""
        for block in blocks_of(file):
            window = tail + block
            found.update(sample for sample in samples if sample in window)
            tail = window[-(longest - 1) :] if longest > 1 else b""
    return len(found)
