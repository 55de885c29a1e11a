"""`./shuce verify EXPORT`: check an export, and say what was found to whoever asked."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from shuce.engines.transparency.audit import verify_bundle
from shuce.engines.transparency.faults import Report
from shuce.engines.transparency.folders import NotReadable
from shuce.engines.transparency.notes import BadNote
from shuce.kernel.words import say

MOST_LINES = 200


def verify(path: str, vkeys: list[str], out: TextIO, kept: Sequence[str] = ()) -> int:
    """Check the export at `path` with `vkeys` and write the findings to `out`.

    A key is given as its text or as a file that holds keys, one a line; `kept` are files of
    checkpoints kept from before. Returns 0 when every entry is proved and nothing is wrong, 1 when
    something is, 2 (and one line on standard error) when there is nothing that can be read.
    """
    try:
        keys = [key for given in vkeys for key in _keys(given)]
        notes = [Path(name).read_text("utf-8") for name in kept]
        report = verify_bundle(Path(path), vkeys=keys or None, kept=notes)
    except NotReadable as error:
        return _unreadable(say("无法读取导出：{error}", error=error))
    except BadNote as error:
        return _unreadable(say("公钥无法解读：{error}", error=error))
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(say("无法读取：{error}", error=error))
    for line in _lines(report):
        print(line, file=out)
    return 0 if report.is_sound else 1


def _lines(report: Report) -> list[str]:
    lines = [
        say("日志：{origin}", origin=report.origin or "—"),
        say(
            "条目：共 {size} 条，已证明 {proved} 条；检查点 {count} 个",
            size=report.size,
            proved=report.proved,
            count=report.checkpoints,
        ),
    ]
    if not report.keys_given:
        lines.append(
            say(
                "注意：没有给出公钥，用的是导出自带的公钥，只能说明导出前后一致，不能说明出自何人。"
            )
        )
    lines += [f"✗ {fault}" for fault in report.faults[:MOST_LINES]]
    if len(report.faults) > MOST_LINES:
        lines.append(say("另有 {more} 处问题未列出", more=len(report.faults) - MOST_LINES))
    if report.is_sound:
        lines.append(say("✓ 全部条目与签名的日志一致，未发现改动。"))
    else:
        lines.append(say("✗ 核验未通过：发现 {count} 处问题。", count=len(report.faults)))
    return lines


def _keys(given: str) -> list[str]:
    """Return the keys in the file `given`, or `given` itself when it is a key."""
    if given.count("+") >= 2:
        return [given]
    return [line for line in Path(given).read_text("utf-8").splitlines() if line.strip()]


def _unreadable(line: str) -> int:
    print(" ".join(line.split()), file=sys.stderr)
    return 2
