"""`./shuce engine value --cases IN --out OUT`: answer a file of worked cases.

Exit status 0 when every case was answered, whatever the answer; 2, with one line on standard
error, when the input cannot be read at all or the answers cannot be written.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

from shuce.engines.valuation.cases import KINDS, Kind, answer
from shuce.kernel.words import say

_OTHER_ENGINES = ("shuce.engines.auction.cases", "shuce.engines.apportionment.cases")
"""Engines with cases of their own, asked by name when the command runs: engines stay apart."""


def run(cases: Path, out: Path) -> int:
    """Answer the cases in `cases`, write the results to `out`, and return the exit status."""
    try:
        read = json.loads(cases.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        return _unreadable(say("无法读取算例文件 {path}：{fault}", path=cases, fault=fault))
    if not isinstance(read, list):
        return _unreadable(say("算例文件 {path} 应当是一个列表", path=cases))
    results = json.dumps(answer(read, _kinds()), ensure_ascii=False, indent=1)
    try:
        out.write_text(results + "\n", encoding="utf-8")
    except OSError as fault:
        return _unreadable(say("无法写入结果文件 {path}：{fault}", path=out, fault=fault))
    return 0


def _kinds() -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for module in _OTHER_ENGINES:
        kinds |= import_module(module).KINDS
    return kinds | KINDS


def _unreadable(message: str) -> int:
    print(" ".join(message.split()), file=sys.stderr)
    return 2
