"""Which files may hang on a thing of the register. Values only."""

from collections.abc import Iterator

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle

MOST_MB = 50
MOST_BYTES = MOST_MB * 1024 * 1024
MOST_OF_A_THING = 100
_LONGEST_NAME = 200
_ZIP, _OLE, _TEXT = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0",), ()
# What offices attach, and how such files begin; a text begins as it likes.
_TYPES: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF",),
    **dict.fromkeys(("ofd", "docx", "xlsx", "pptx", "odt", "ods", "odp", "zip"), _ZIP),
    **dict.fromkeys(("doc", "xls", "ppt", "wps", "et", "dps"), _OLE),
    "png": (b"\x89PNG",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "tif": (b"II*\x00", b"MM\x00*"),
    "tiff": (b"II*\x00", b"MM\x00*"),
    **dict.fromkeys(("txt", "csv", "json", "xml", "md", "eml", "bpmn", "sql"), _TEXT),
}
KNOWN = tuple(_TYPES)


def obstacles_to_name(name: str) -> Iterator[Obstacle]:
    """Yield why a file may not hang under `name`."""
    if not name or len(name) > _LONGEST_NAME:
        yield Obstacle("文件名应为1至{most}个字", field="file", most=_LONGEST_NAME)
    if ending(name) not in _TYPES:
        yield Obstacle("不能附这种文件，可附：{known}", field="file", known="、".join(KNOWN))


def obstacles_to_content(name: str, start: bytes, size: int) -> Iterator[Obstacle]:
    """Yield why a file of this beginning and size may not hang on anything."""
    if size == 0:
        yield Obstacle("文件是空的", field="file")
        return
    if size > MOST_BYTES:
        yield Obstacle("文件超过 {most} MB", field="file", most=MOST_MB)
    beginnings = _TYPES.get(ending(name), ())
    if beginnings and not start.startswith(beginnings):
        yield Obstacle("文件内容与其扩展名不符", Clause.N_9, field="file")
    if not beginnings and b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield Obstacle("文件内容与其扩展名不符", Clause.N_9, field="file")


def obstacles_to_add(is_there: bool, count: int) -> Iterator[Obstacle]:
    """Yield why a thing takes no further file, or not this one."""
    if is_there:
        yield Obstacle("同样内容的文件已经附在这里", field="file")
    if count >= MOST_OF_A_THING:
        yield Obstacle("最多附{most}个文件", field="file", most=MOST_OF_A_THING)


def obstacles_to_remove(is_removed: bool, reason: str) -> Iterator[Obstacle]:
    """Yield why a file may not be removed."""
    if is_removed:
        yield Obstacle("附件已经移除")
    if not reason.strip():
        yield Obstacle("请写明移除原因", field="reason")


def ending(name: str) -> str:
    """Return a name's extension in small letters, without the dot; nothing without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def plain_name(name: str) -> str:
    """Return a file's own name, without folders and without what is not written."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip(" .")
