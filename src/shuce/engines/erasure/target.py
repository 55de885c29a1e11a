"""What is to be destroyed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shuce.engines.erasure.proof import Digests

Note = Callable[[str, str], None]


@dataclass(frozen=True)
class Target:
    """A file; or, with `table`, a table in the SQLite file; or, with `key`, what the key opens.

    With `key`, `path` is the ciphertext and `key` the file that holds its only data key.
    """

    path: Path
    table: str = ""
    key: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What was measured before and after."""

    before: Digests
    after: Digests
    samples: int
    found_again: int
