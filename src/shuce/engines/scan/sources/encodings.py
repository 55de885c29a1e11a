"""Find the encoding of a text file and decode its beginning."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from shuce.engines.scan.shapes import RejectedLine
from shuce.kernel.words import say

_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Decoded:
    """The beginning of a file, or all of it; `clean` if every byte of the file can be decoded."""

    text: str
    encoding: str
    whole: bool
    size: int
    clean: bool
    bad: tuple[RejectedLine, ...]


def decode(path: Path, most: int) -> Decoded:
    """Decode the first `most` bytes of a file, up to a whole line."""
    with path.open("rb") as file:
        head = file.read(most)
        whole = not file.read(1)
    encoding, clean = _encoding_of(path, head)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head, final=whole)
    text = text.removeprefix("\ufeff")
    if not whole and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    return Decoded(text, encoding, whole, len(head), clean, undecodable(text, encoding))


def undecodable(text: str, encoding: str) -> tuple[RejectedLine, ...]:
    """Return the lines that hold a mark for bytes no character has."""
    if "\ufffd" not in text:
        return ()
    why = say("含无法按 {encoding} 解码的字节", encoding=encoding)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(RejectedLine(n, why) for n, line in enumerate(lines, 1) if "\ufffd" in line)


def _encoding_of(path: Path, head: bytes) -> tuple[str, bool]:
    """Return (encoding, whether the whole file decodes in it)."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, _decodes_as(path, encoding)
    if b"\x00" in head[:4096] and max(
        head[0:4096:2].count(0), head[1:4096:2].count(0)
    ) > 0.05 * min(len(head), 4096):
        # Text of mostly ASCII in UTF-16 has its zero bytes on one side.
        little = head[1:4096:2].count(0) > head[0:4096:2].count(0)
        encoding = "utf-16-le" if little else "utf-16-be"
        return encoding, _decodes_as(path, encoding)
    for encoding in ("utf-8", "gb18030"):
        if _decodes_as(path, encoding):
            return encoding, True
    if _western(head):
        return "cp1252", False
    mostly = {e: head.decode(e, "replace").count("\ufffd") for e in ("utf-8", "gb18030")}
    return min(mostly, key=lambda e: mostly[e]), False


def _western(head: bytes) -> bool:
    """Say whether the few bytes that are not ASCII stand alone, as accents and £ do."""
    high = [at for at, byte in enumerate(head) if byte >= 0x80]
    alone = sum(
        (at == 0 or head[at - 1] < 0x80) and (at + 1 == len(head) or head[at + 1] < 0x80)
        for at in high
    )
    return bool(high) and alone > 0.7 * len(high)


def _decodes_as(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
