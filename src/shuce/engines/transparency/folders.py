"""A folder of files, on disk or in a .zip, read and written by name. Nothing is ever unpacked."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol


class NotReadable(Exception):
    """There is no export at this place that could be read at all."""


class Folder(Protocol):
    """Files by name, with `/` between the parts."""

    def names(self) -> list[str]: ...
    def read(self, name: str, most: int) -> bytes | None:
        """Return the file, None when there is none. Raises NotReadable over `most` bytes."""
        ...


class DiskFolder:
    """A folder of the file system."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return [
            file.relative_to(self._path).as_posix()
            for file in self._path.rglob("*")
            if file.is_file()
        ]

    def read(self, name: str, most: int) -> bytes | None:
        file = self._path / name
        if not file.is_file():
            return None
        try:
            with file.open("rb") as stream:
                data = stream.read(most + 1)
        except OSError as error:
            raise NotReadable(f"{name}: {error.strerror}") from error
        return _within(name, data, most)

    def write(self, name: str, data: bytes) -> None:
        file = self._path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


class ZipFolder:
    """A .zip archive, its files at the top or in one folder."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        tops = {name.partition("/")[0] for name in names}
        inner = len(tops) == 1 and all("/" in name for name in names)
        self._top = f"{tops.pop()}/" if inner else ""
        self._names = [name.removeprefix(self._top) for name in names]
        self._known = set(self._names)

    def names(self) -> list[str]:
        return self._names

    def read(self, name: str, most: int) -> bytes | None:
        if name not in self._known:
            return None
        try:
            # Reading with a limit keeps a small archive from becoming a large memory.
            with self._archive.open(self._top + name) as stream:
                data = stream.read(most + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise NotReadable(f"{name}: {error}") from error
        return _within(name, data, most)

    def write(self, name: str, data: bytes) -> None:
        # One fixed date: the same log gives the same archive, byte for byte.
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._archive.writestr(info, data)
        self._names.append(name)
        self._known.add(name)


@contextmanager
def open_folder(path: Path) -> Iterator[DiskFolder | ZipFolder]:
    """Open what stands at `path` to read. Raises NotReadable when it is no folder and no .zip."""
    if path.is_dir():
        yield DiskFolder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise NotReadable(f"{path}: {error}") from error
    with archive:
        yield ZipFolder(archive)


@contextmanager
def new_folder(path: Path) -> Iterator[DiskFolder | ZipFolder]:
    """Make a folder or, when the name ends in .zip, an archive. FileExistsError if there."""
    if path.suffix != ".zip":
        path.mkdir(parents=True)
        yield DiskFolder(path)
        return
    with zipfile.ZipFile(path, "x") as archive:
        yield ZipFolder(archive)


def _within(name: str, data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise NotReadable(f"{name}: more than {most} bytes")
    return data
