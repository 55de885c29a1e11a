"""Which destruction an address and a table call for."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from shuce.engines.erasure import Medium, Method, Proof, Target, erase
from shuce.kernel.refusals import Obstacle
from shuce.node.refusals import NodeRefused

_SQLITE = {".db", ".sqlite", ".sqlite3"}


def erase_table(
    url: str, table: str, method: str, on_step: Callable[[str], None] | None = None
) -> Proof:
    """Destroy `table` of the source at `url`; `method` is "medium/method", such as "ssd/overwrite".

    Only files can be destroyed from here: SQLite tables, and files of a folder, where the table's
    name is the file's. What a database server keeps can only be destroyed by its keeper.
    """
    medium, _, way = method.partition("/")
    try:
        chosen = Medium(medium), Method(way)
    except ValueError:
        raise NodeRefused(Obstacle("没有这种销毁方式：{method}", method=method)) from None
    return erase(_target(url, table), *chosen, on_step)


def _target(url: str, table: str) -> Target:
    path = _path_of(url)
    if path.is_dir():
        found = [file for file in sorted(path.iterdir()) if table in (file.name, file.stem)]
        if len(found) != 1:
            raise NodeRefused(Obstacle("文件夹里没有唯一的表 {table}", table=table))
        return Target(found[0])
    if path.suffix.lower() in _SQLITE:
        return Target(path, table)
    return Target(path)


def _path_of(url: str) -> Path:
    if "://" not in url:
        return Path(url)
    if url.startswith("file://"):
        return Path(url.removeprefix("file://"))
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise NodeRefused(Obstacle("不认识的数据库地址")) from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise NodeRefused(Obstacle("数据库服务器上的数据应当由其管理者销毁，节点不能保证无法恢复"))
    return Path(parsed.database)
