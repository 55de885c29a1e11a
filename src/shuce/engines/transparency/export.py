"""An export as it is read: nothing in it is believed yet."""

import json
import re
from dataclasses import dataclass

from shuce.engines.transparency.bundle import (
    CHECKPOINT,
    HISTORY,
    KEYS,
    MOST_BUNDLE_BYTES,
    unpack,
)
from shuce.engines.transparency.faults import Fault, FaultKind
from shuce.engines.transparency.folders import Folder, NotReadable
from shuce.engines.transparency.hashing import HASH_BYTES, leaf_hash
from shuce.engines.transparency.notes import MOST_NOTE_CHARACTERS
from shuce.engines.transparency.tiles import TILE_BYTES, TILE_WIDTH, tile_path

_MOST_HISTORY_BYTES = 2**31
_ENTRIES = re.compile(r"tile/entries/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True)
class Bundle:
    """The bodies of one entry bundle and their leaf hashes, end to end."""

    bodies: list[bytes]
    leaves: bytes


_NOTHING = Bundle([], b"")


class Export:
    """The files of an export. Faults of form are collected in `faults`, none is raised.

    Raises NotReadable when there is not even a checkpoint.
    """

    def __init__(self, folder: Folder) -> None:
        self.faults: list[Fault] = []
        self._folder = folder
        self._bundles: dict[int, list[tuple[int, str]]] = {}
        names = folder.names()
        self.file_count = len(names)
        for name in names:
            if match := _ENTRIES.fullmatch(name):
                number = int(match[1].replace("x", "").replace("/", ""))
                self._bundles.setdefault(number, []).append((int(match[2] or TILE_WIDTH), name))
        self._last: tuple[int, Bundle] = -1, _NOTHING
        self._failed: set[str] = set()
        data = folder.read(CHECKPOINT, MOST_NOTE_CHARACTERS)
        if data is None:
            raise NotReadable(CHECKPOINT)
        # What is no UTF-8 becomes characters that no signature covers.
        self.checkpoint = data.decode(errors="replace")
        self.vkeys = self._text(KEYS).split("\n")

    @property
    def numbers(self) -> list[int]:
        """The numbers of the entry bundles there are."""
        return sorted(self._bundles)

    def history(self) -> list[str]:
        """Return the notes of the checkpoints handed over, oldest first."""
        notes = []
        for number, line in enumerate(self._text(HISTORY).split("\n"), 1):
            if not line:
                continue
            try:
                note = json.loads(line)["note"]
            except (ValueError, KeyError, TypeError, RecursionError):
                note = None
            if isinstance(note, str):
                notes.append(note)
            else:
                self._malformed("{file} 第 {number} 行无法解读", file=HISTORY, number=number)
        return notes

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes that the file of a tile gives; b"" when it has none."""
        for name in dict.fromkeys((tile_path(level, index, width), tile_path(level, index))):
            data = self._read(name, TILE_BYTES)
            if data is not None:
                return data[: width * HASH_BYTES]
        return b""

    def leaves(self, index: int) -> bytes:
        """Return the leaf hashes of the entries of bundle `index`, hashed from their bodies."""
        return self.bundle(index).leaves

    def bundle(self, number: int) -> Bundle:
        """Return the entries of bundle `number`, as far as they can be read."""
        if self._last[0] != number:
            bodies: list[bytes] = []
            for _, name in sorted(self._bundles.get(number, []))[-1:]:
                data = self._read(name, MOST_BUNDLE_BYTES)
                try:
                    bodies.extend(unpack(data or b""))
                except NotReadable:
                    self._fail(name)
            leaves = b"".join([leaf_hash(body) for body in bodies])
            self._last = number, Bundle(bodies, leaves)
        return self._last[1]

    def _text(self, name: str) -> str:
        return (self._read(name, _MOST_HISTORY_BYTES) or b"").decode(errors="replace")

    def _read(self, name: str, most: int) -> bytes | None:
        try:
            return self._folder.read(name, most)
        except NotReadable:
            self._fail(name)
            return None

    def _fail(self, name: str) -> None:
        if name not in self._failed:
            self._failed.add(name)
            self._malformed("{file} 无法解读", file=name)

    def _malformed(self, sentence: str, **facts: object) -> None:
        self.faults.append(Fault(FaultKind.MALFORMED, sentence, tuple(facts.items())))
