"""Checkpoints: what a log signs to say "so far, and this" (C2SP tlog-checkpoint)."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from shuce.engines.transparency.hashing import HASH_BYTES
from shuce.engines.transparency.notes import (
    BadNote,
    Signer,
    Verifier,
    decode_base64,
    open_note,
    sign_note,
)

MOST_SIZE = 2**63 - 1
_SM3 = "sm3 "


@dataclass(frozen=True)
class Checkpoint:
    """The size and root of the log called `origin`, with lines of extensions beneath."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if any(not line or "\n" in line for line in lines):
            raise ValueError("the origin and each extension are one line, not empty")
        if not 0 <= self.size <= MOST_SIZE or len(self.root) != HASH_BYTES:
            raise ValueError(f"a size from 0, a root of {HASH_BYTES} bytes")

    @property
    def text(self) -> str:
        lines = (self.origin, str(self.size), _base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @property
    def sm3_root(self) -> bytes | None:
        """The root of the same entries hashed with SM3, if the checkpoint gives it."""
        for line in self.extensions:
            if line.startswith(_SM3):
                return decode_base64(line.removeprefix(_SM3))
        return None


def sm3_line(root: bytes) -> str:
    """Return the extension line that gives an SM3 `root` (see `Frontier`)."""
    return _SM3 + _base64(root)


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> str:
    """Return the signed note that publishes `checkpoint`."""
    return sign_note(checkpoint.text, signers)


def open_checkpoint(note: str, verifiers: Sequence[Verifier], *, needed: int = 1) -> Checkpoint:
    """Return the checkpoint in `note`, signed by at least `needed` known keys. Raises BadNote."""
    return read_checkpoint(open_note(note, verifiers, needed=needed))


def read_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that `text`, a note's text, writes. Raises BadNote when it is none."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise BadNote("a checkpoint has three lines or more, none empty")
    origin, size, root, *extensions = lines
    if not (size.isascii() and size.isdigit()) or len(size) > 19 or size != str(int(size)):
        raise BadNote("the size is no plain number")
    try:
        return Checkpoint(origin, int(size), decode_base64(root), tuple(extensions))
    except ValueError as error:
        raise BadNote(str(error)) from error


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
