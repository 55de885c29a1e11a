"""The whole home in one file, and back: the register, the node, keys and files.

A copy is a ZIP with `manifest.json`: every file's path, length and SHA-256. SQLite files are copied
by SQLite's own online backup (sqlite.org/backup.html), so that it can be made while people work.
The register goes first and the node after it: a restored node has never spent less of a budget, nor
forgotten a question, than its register knows of.
"""

import json
import os
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, TextIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from shuce.kernel.words import say
from shuce.node.store import hold_every_grant

REGISTER = "register.sqlite3"
NODE = "node/node.sqlite"
MANIFEST = "manifest.json"
_FORMAT = 1
_PIECE = 1 << 20
# What reading a ZIP that somebody has tampered with can end in.
_UNREADABLE = (OSError, EOFError, BadZipFile, RuntimeError, zlib.error)
_MADE_ANEW = ("static", "node/locks", "files/exports")
_BESIDE_SQLITE = ("-wal", "-shm", "-journal")


class NotWhole(Exception):
    """A copy that is no copy of a register, or not as it was made."""


def back_up(home: Path, file: Path, out: TextIO) -> int:
    """Write a copy of `home` to the new `file`, readable by its owner only; return the status."""
    if _elsewhere(out):
        return 2
    if not (home / REGISTER).is_file():
        print(say("{home} 里没有登记簿", home=home), file=out)
        return 2
    if file.exists() or home.resolve() in file.resolve().parents:
        print(say("{file} 已经存在，或在数据目录之内，请换一个", file=file), file=out)
        return 2
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.touch(0o600, exist_ok=False)
        count = _write(home, part)
        part.replace(file)
    except (OSError, sqlite3.Error) as fault:
        print(say("备份没有完成：{fault}", fault=fault), file=out)
        return 1
    finally:
        part.unlink(missing_ok=True)
    print(say("已备份 {count} 个文件到 {file}", count=count, file=file), file=out)
    print(say("备份里有签名密钥和数据源凭据，请加密保管，并与登记簿分开存放"), file=out)
    return 0


def restore(file: Path, home: Path, out: TextIO) -> int:
    """Put a copy back as the new `home`, whole or not at all; return the status."""
    if _elsewhere(out):
        return 2
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        print(say("{home} 不是空目录，恢复不会覆盖已有数据", home=home), file=out)
        return 2
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home.parent) as scratch:
        part = Path(scratch) / "home"
        part.mkdir()
        try:
            count = _read(file, part)
        except NotWhole as fault:
            print(fault, file=out)
            return 1
        except _UNREADABLE as fault:
            print(say("读不出备份 {file}：{fault}", file=file, fault=fault), file=out)
            return 1
        held = hold_every_grant(part / NODE) if (part / NODE).is_file() else 0
        if home.exists():
            home.rmdir()
        part.replace(home)
    print(say("已恢复 {count} 个文件到 {home}", count=count, home=home), file=out)
    if held:
        _tell_what_is_held(held, home, out)
    return 0


def _tell_what_is_held(count: int, home: Path, out: TextIO) -> None:
    # The log in the copy is as old as the node in it, so it cannot say what was spent since.
    print(
        say(
            "节点上的 {count} 份授权已停下：备份以后放出的结果和用掉的隐私预算，恢复的节点都不知道",
            count=count,
        ),
        file=out,
    )
    print(
        say(
            "请数据所有者核对后逐份重新接受：./shuce node accept 授权编号 --home {home}",
            home=home / "node",
        ),
        file=out,
    )


def _elsewhere(out: TextIO) -> bool:
    """Say so and return True where the register lies in a server, which has its own tools."""
    if os.environ.get("SHUCE_DATABASE"):
        print(
            say("登记簿在 PostgreSQL 上，请用 pg_dump 备份、pg_restore 恢复，并另存数据目录"),
            file=out,
        )
        return True
    return False


def _write(home: Path, file: Path) -> int:
    rows: list[dict[str, Any]] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as copy, tempfile.TemporaryDirectory() as scratch:
        for name in _names(home):
            path = home / name
            if _is_sqlite(path):
                path = _copied_online(path, Path(scratch) / "copy.sqlite")
            with path.open("rb") as read, copy.open(name, "w", force_zip64=True) as write:
                rows.append({"path": name, **_copied(read, write)})
        copy.writestr(MANIFEST, json.dumps({"format": _FORMAT, "files": rows}, indent=1))
    return len(rows)


def _names(home: Path) -> Iterator[str]:
    """Yield what belongs in a copy, the register first and the node last."""
    found = (path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())
    kept = (
        name
        for name in found
        if not name.startswith(tuple(f"{folder}/" for folder in _MADE_ANEW))
        and not name.endswith(_BESIDE_SQLITE)
    )
    return iter(sorted(kept, key=lambda name: (name != REGISTER, name.startswith("node/"), name)))


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(16) == b"SQLite format 3\0"


def _copied_online(path: Path, to: Path) -> Path:
    to.unlink(missing_ok=True)
    address = f"{path.resolve().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as source,
        closing(sqlite3.connect(to)) as made,
    ):
        source.backup(made)
        made.execute("PRAGMA journal_mode=DELETE")
    return to


def _copied(read: IO[bytes], write: IO[bytes]) -> dict[str, Any]:
    """Copy piece by piece; return the length and digest of what was copied, as it was then."""
    digest, length = sha256(), 0
    while piece := read.read(_PIECE):
        write.write(piece)
        digest.update(piece)
        length += len(piece)
    return {"bytes": length, "sha256": digest.hexdigest()}


def _read(file: Path, home: Path) -> int:
    """Lay the files of a copy out under `home`, each as the manifest says; raise NotWhole."""
    with ZipFile(file) as copy:
        rows = _manifest(copy)
        for row in rows:
            path = home / row["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(0o600, exist_ok=False)
            with copy.open(row["path"]) as read, path.open("wb") as write:
                found = _copied(read, write)
            if {"path": row["path"], **found} != row:
                raise NotWhole(say("备份中的 {name} 与清单不符", name=row["path"]))
    return len(rows)


def _manifest(copy: ZipFile) -> list[dict[str, Any]]:
    try:
        manifest = json.loads(copy.read(MANIFEST))
        known, rows = manifest["format"] == _FORMAT, manifest["files"]
        names = [str(row["path"]) for row in rows]
    except (KeyError, TypeError, ValueError):
        raise NotWhole(say("这不是数册的备份")) from None
    if not known or REGISTER not in names:
        raise NotWhole(say("这不是数册的备份"))
    if sorted([MANIFEST, *names]) != sorted(copy.namelist()) or not all(map(_inside, names)):
        raise NotWhole(say("备份中的文件与清单不符"))
    return list(rows)


def _inside(name: str) -> bool:
    parts = PurePosixPath(name)
    return "\\" not in name and not parts.is_absolute() and ".." not in parts.parts
