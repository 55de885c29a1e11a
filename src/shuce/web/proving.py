"""Prove the register's own log, or hand it out for others to prove."""

import tempfile
from pathlib import Path
from typing import TextIO

from django.utils.timezone import now  # noqa: TID251  the sequencer signs heads by the clock

from shuce.engines.transparency import cases
from shuce.foundation.evidence import queries, sequencer
from shuce.kernel.words import say


def export_register(folder: Path, out: TextIO) -> int:
    """Write the whole log to `folder`; return the exit status."""
    sequencer.number_entries(now())
    try:
        queries.export(folder)
    except FileExistsError:
        print(say("{folder} 已经存在，请换一个文件夹", folder=folder), file=out)
        return 2
    print(say("存证已导出到 {folder}，可用 ./shuce verify 离线验证", folder=folder), file=out)
    return 0


def verify_register(out: TextIO) -> int:
    """Export the log and check the copy with nothing but the published key."""
    try:
        sequencer.number_entries(now())
    except sequencer.EntryAltered as fault:
        print(fault, file=out)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        queries.export(Path(folder) / "evidence")
        return cases.verify(
            str(Path(folder) / "evidence"),
            [sequencer.verifier_key()],
            out,
            queries.kept_outside(),
        )
