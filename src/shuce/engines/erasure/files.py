"""Destroying files: by overwriting them, or by destroying the only key that opens them."""

import os
import secrets
from pathlib import Path

from shuce.engines.erasure.proof import CannotErase, count_found, digests_of
from shuce.engines.erasure.target import Note, Outcome, Target
from shuce.kernel.words import say

_BLOCK = 1 << 20
_SAMPLES = 32
_SAMPLE_BYTES = 16


def overwrite(target: Target, note: Note) -> Outcome:
    """Overwrite the file with random bytes, look for what stood in it, then remove it."""
    file = _plain_file(target.path)
    before = digests_of(file)
    note(say("记录原文件的摘要"), say("SM3 {sm3}，{size} 字节", sm3=before.sm3, size=before.size))
    samples = samples_of(file)
    wipe(file)
    note(say("以随机数覆写并写入介质"), say("{size} 字节", size=before.size))
    after = digests_of(file)
    found = count_found(samples, file)
    note(
        say("回读全部字节，查找原有内容"),
        say("抽样 {count} 处，查到 {found} 处", count=len(samples), found=found),
    )
    remove(file)
    note(say("删除文件"), say("已删除"))
    return Outcome(before, after, len(samples), found)


def destroy_key(target: Target, note: Note) -> Outcome:
    """Overwrite and remove the data key. The ciphertext stays, and nothing opens it any more."""
    if target.key is None:
        raise CannotErase("没有指明数据密钥")
    cipher, key = _plain_file(target.path), _plain_file(target.key)
    note(say("记录密文的摘要"), say("SM3 {sm3}", sm3=digests_of(cipher).sm3))
    before = digests_of(key)
    samples = samples_of(key)
    wipe(key)
    note(say("覆写数据密钥并写入介质"), say("{size} 字节", size=before.size))
    after = digests_of(key)
    found = count_found(samples, key)
    note(
        say("回读密钥所在位置，查找原密钥"),
        say("抽样 {count} 处，查到 {found} 处", count=len(samples), found=found),
    )
    remove(key)
    note(say("删除密钥文件"), say("已删除"))
    return Outcome(before, after, len(samples), found)


def samples_of(file: Path) -> tuple[bytes, ...]:
    """Take up to 32 stretches of 16 bytes, spread over the file, that say something.

    A stretch of one repeated byte says nothing: it may well stand there again by itself.
    """
    size = file.stat().st_size
    width = min(_SAMPLE_BYTES, size)
    taken = []
    with file.open("rb") as source:
        for place in range(_SAMPLES):
            source.seek((size - width) * place // max(_SAMPLES - 1, 1))
            stretch = source.read(width)
            if len(set(stretch)) > 3:
                taken.append(stretch)
    return tuple(dict.fromkeys(taken))


def wipe(file: Path) -> None:
    """Overwrite every byte in place with random ones, down to the medium."""
    left = file.stat().st_size
    with file.open("r+b", buffering=0) as target:
        while left > 0:
            left -= target.write(secrets.token_bytes(min(left, _BLOCK)))
        os.fsync(target.fileno())


def remove(file: Path) -> None:
    """Unlink the file under a name that says nothing, and write the folder to the medium."""
    nameless = file.with_name(secrets.token_hex(8))
    file.rename(nameless)
    nameless.unlink()
    folder = os.open(nameless.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _plain_file(path: Path) -> Path:
    # A link or a second name would leave the content standing elsewhere.
    if path.is_symlink() or not path.is_file():
        raise CannotErase("要销毁的文件不存在，或者只是一个链接")
    if path.stat().st_nlink > 1:
        raise CannotErase("这个文件还有其他名称（硬链接），应当先处理")
    return path
