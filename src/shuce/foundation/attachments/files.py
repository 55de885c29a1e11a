"""Where attached files lie: in the home, under their own ids, for the register alone to read.

They are part of a backup like everything in the home. On disk they have neither name nor ending.
"""

import hashlib
import os
from collections.abc import Iterable
from io import BufferedReader
from pathlib import Path

from django.conf import settings

from shuce.engines.erasure import Digests, digests_of
from shuce.foundation.attachments import rules
from shuce.kernel.refusals import Conflict, Obstacle, refuse_if


def path_of(attachment_id: str) -> Path:
    return Path(settings.HOME) / "files" / "attachments" / attachment_id[-2:] / attachment_id


def keep(attachment_id: str, name: str, pieces: Iterable[bytes]) -> Digests:
    """Write a file, whole or not at all; refuse one too long, or not what it is called."""
    path = path_of(attachment_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    size, start = 0, b""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            for piece in pieces:
                size += len(piece)
                start = start or piece[:512]
                if size > rules.MOST_BYTES:
                    break
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        refuse_if(rules.obstacles_to_content(name, start, size))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return digests_of(path)


def opened(attachment_id: str, sha256: str) -> BufferedReader:
    """Return a file to be read, after making sure that it is what was attached."""
    try:
        file = path_of(attachment_id).open("rb")
    except FileNotFoundError:
        raise Conflict(Obstacle("附件的文件不在了，请从备份恢复")) from None
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        raise Conflict(Obstacle("附件的文件与登记时的摘要不符，请从备份恢复"))
    file.seek(0)
    return file


def destroy(attachment_id: str) -> None:
    path_of(attachment_id).unlink(missing_ok=True)
