"""The export: one folder or .zip that holds the log, its proof and how to check both.

README.txt            how to check it, with our verifier or any other
log.vkey              the log's public keys, one a line
checkpoint            the newest signed checkpoint
checkpoints.jsonl     every checkpoint handed in, oldest first: {"note": "…"} a line
tile/<level>/…        the tree (C2SP tlog-tiles)
tile/entries/…        the entries, each after its length in two bytes (the same)
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from shuce.engines.transparency.bodies import MOST_BODY_BYTES
from shuce.engines.transparency.checkpoints import read_checkpoint
from shuce.engines.transparency.folders import DiskFolder, NotReadable, ZipFolder, new_folder
from shuce.engines.transparency.hashing import HASH_BYTES
from shuce.engines.transparency.notes import split_note
from shuce.engines.transparency.readme import README
from shuce.engines.transparency.tiles import TILE_WIDTH, Tiles, tile_path, width_at

KEYS = "log.vkey"
CHECKPOINT = "checkpoint"
HISTORY = "checkpoints.jsonl"
MOST_BUNDLE_BYTES = 4 * TILE_WIDTH * (MOST_BODY_BYTES + 2)


def write_bundle(
    path: Path,
    entries: Iterable[tuple[int, bytes]],
    checkpoints: Sequence[str],
    vkeys: Sequence[str],
    tiles: Tiles,
) -> None:
    """Write the log up to the last of `checkpoints` (oldest first) to a new folder or .zip.

    `entries` are (index, body), in the order of their index. They are written as they are, also
    when one is missing or altered: it is the verifier who finds that. ValueError without a
    checkpoint or for a body over 65,535 bytes; FileExistsError when there is something at `path`.
    """
    if not checkpoints:
        raise ValueError("an export without a signed checkpoint proves nothing")
    size = read_checkpoint(split_note(checkpoints[-1])[0]).size
    with new_folder(path) as folder:
        folder.write("README.txt", README.encode())
        folder.write(KEYS, "".join(f"{vkey}\n" for vkey in vkeys).encode())
        folder.write(CHECKPOINT, checkpoints[-1].encode())
        lines = [json.dumps({"note": note}, ensure_ascii=False) for note in checkpoints]
        folder.write(HISTORY, "".join(f"{line}\n" for line in lines).encode())
        _write_tiles(folder, size, tiles)
        for number, group in groupby(entries, key=lambda entry: entry[0] // TILE_WIDTH):
            packed = [_packed(index, body) for index, body in group]
            # Past the signed size there is no right width: such an entry is named by its count.
            width = width_at(size, 0, number) or min(len(packed), TILE_WIDTH - 1)
            folder.write(tile_path("entries", number, width), b"".join(packed))


def unpack(data: bytes) -> Iterator[bytes]:
    """Yield the bodies of an entry bundle. Raises NotReadable where a length does not fit."""
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data):
            raise NotReadable("an entry is longer than its bundle")
        yield data[start:at]


def _packed(index: int, body: bytes) -> bytes:
    if len(body) > MOST_BODY_BYTES:
        raise ValueError(f"entry {index} has {len(body)} bytes, at most {MOST_BODY_BYTES} fit")
    return len(body).to_bytes(2, "big") + body


def _write_tiles(folder: DiskFolder | ZipFolder, size: int, tiles: Tiles) -> None:
    level = 0
    while count := size >> 8 * level:
        for index in range(-(-count // TILE_WIDTH)):
            width = width_at(size, level, index)
            # What the store lacks is left out, for the verifier to find.
            if hashes := tiles.read(level, index)[: width * HASH_BYTES]:
                folder.write(tile_path(level, index, width), hashes)
        level += 1
