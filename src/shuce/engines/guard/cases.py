"""Statements as anyone may write them, one JSON object a line, judged under one policy."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from shuce.engines.guard.policy import Policy, PolicyError, read_policy
from shuce.engines.guard.session import Session
from shuce.engines.guard.verdicts import Verdict
from shuce.kernel.words import say


class InputUnreadable(ValueError):
    """The input as a whole cannot be read; the text says why."""


def run(policy: Path, data: Path, statements: Path, out: Path, at: datetime | None = None) -> int:
    """Judge every statement and write its verdict; return 0, or 2 for unreadable input.

    `at` is what statements mean by today and now.
    """
    try:
        rules = _policy(policy)
        files = _files(rules, data)
        lines = _lines(statements)
        with out.open("w", encoding="utf-8") as target:
            for answer in judge(rules, files, lines, at):
                target.write(json.dumps(answer, ensure_ascii=False) + "\n")
    except InputUnreadable as fault:
        print(fault, file=sys.stderr)
        return 2
    except OSError as fault:
        print(say("文件无法读写：{file}", file=fault.filename), file=sys.stderr)
        return 2
    return 0


def judge(
    policy: Policy, files: dict[str, Path], lines: list[str], at: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the answer to each line, in order, as one session; `fresh` starts a new one."""
    session = Session(policy, files, at=at)
    try:
        for place, line in enumerate(lines, start=1):
            try:
                case = json.loads(line)
            except ValueError:
                case = None
            if not isinstance(case, dict) or not isinstance(case.get("sql"), str):
                number = case.get("id", f"#{place}") if isinstance(case, dict) else f"#{place}"
                yield {"id": number, "error": say("这一行应当有 id 与 sql")}
                continue
            if case.get("fresh") is True:
                session.memory = type(session.memory)()
            yield {"id": case.get("id", f"#{place}"), **verdict_json(session.ask(case["sql"]))}
    finally:
        session.close()


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict in the shape of verdicts.jsonl."""
    if not verdict.is_released:
        return {
            "verdict": "refused",
            "rule": str(verdict.rule),
            "reason": verdict.reason,
            "suppressed_groups": 0,
            "epsilon": verdict.epsilon,
        }
    return {
        "verdict": "released",
        "rule": "",
        "reason": "",
        "columns": list(verdict.columns),
        "rows": [list(row) for row in verdict.rows],
        "suppressed_groups": verdict.suppressed_groups,
        "epsilon": verdict.epsilon,
        "errors": dict(verdict.errors),
    }


def _policy(file: Path) -> Policy:
    try:
        return read_policy(json.loads(file.read_text(encoding="utf-8")))
    except (PolicyError, ValueError) as fault:
        raise InputUnreadable(say("策略读不懂：{why}", why=str(fault))) from None


def _files(policy: Policy, folder: Path) -> dict[str, Path]:
    """Return each table's file; a table without one is known to the policy, but not here."""
    if not folder.is_dir():
        raise InputUnreadable(say("数据文件夹不存在：{folder}", folder=folder))
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        name = file.stem.lower()
        suffix = file.suffix.lower()
        # Parquet knows its types; a CSV beside it is the same table again.
        fits = suffix == ".parquet" or (suffix == ".csv" and name not in found)
        if fits and name in policy.tables:
            found[name] = file
    missing = sorted(set(policy.tables) - set(found))
    if missing:
        raise InputUnreadable(say("数据文件夹里没有表 {table}", table=missing[0]))
    return found


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputUnreadable(say("不是 UTF-8 文本：{file}", file=file)) from None
    return [line for line in text.split("\n") if line.strip()]
