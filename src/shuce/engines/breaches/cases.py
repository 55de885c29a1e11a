"""The engine on the command line: scenarios in, findings out."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from shuce.engines.breaches.finding import find_in
from shuce.engines.breaches.ledger import read_ledger
from shuce.engines.breaches.reading import BadField, day
from shuce.engines.breaches.settings import Settings, settings_on
from shuce.kernel.words import say


def run(scenarios: Path, out: Path) -> int:
    """Answer every scenario of a file; 0 when all were answered, 2 if the file is unreadable.

    A scenario that cannot be read answers `{"error": …}`. One with bad rows answers the same,
    with what the good rows show beside it, since a row that is missing may be the one that clears.
    """
    try:
        given = json.loads(scenarios.read_bytes())
        cases = _cases_of(given)
    except (OSError, ValueError, RecursionError) as error:
        sys.stderr.write(_one_line(say("无法读取 {file}：{why}", file=scenarios, why=error)))
        return 2
    defaults = given.get("defaults") if isinstance(given, Mapping) else None
    defaults = defaults if isinstance(defaults, Mapping) else {}
    answers = {name: _answer(name, case, defaults) for name, case in cases}
    written = json.dumps(answers, ensure_ascii=False, indent=1) + "\n"
    try:
        out.write_text(written, encoding="utf-8")
    except OSError as error:
        sys.stderr.write(_one_line(say("无法写入 {file}：{why}", file=out, why=error)))
        return 2
    return 0


def _cases_of(given: object) -> list[tuple[str, object]]:
    """Return (id, scenario); a scenario without an id goes by its place."""
    cases = given.get("scenarios") if isinstance(given, Mapping) else given
    if not isinstance(cases, list):
        raise BadField(say("没有 scenarios 列表"))
    return list(_named(cases))


def _named(cases: list[object]) -> Iterator[tuple[str, object]]:
    seen: set[str] = set()
    for number, case in enumerate(cases):
        named = case.get("id") if isinstance(case, Mapping) else None
        name = str(named) if isinstance(named, str | int) and named != "" else f"#{number + 1}"
        while name in seen:
            name += f"#{number + 1}"
        seen.add(name)
        yield name, case


def _answer(name: str, case: object, defaults: Mapping[str, object]) -> object:
    if not isinstance(case, Mapping):
        return {"id": name, "error": say("场景应为对象")}
    data = case.get("data")
    if not isinstance(data, Mapping):
        return {"id": name, "error": say("场景没有 data 对象")}
    try:
        as_of = _as_of(case, defaults)
    except BadField as error:
        return {"id": name, "error": str(error)}
    settings = _settings(as_of, defaults)
    ledger = read_ledger(data)
    found = [finding.as_answer() for finding in find_in(ledger, as_of=as_of, settings=settings)]
    if ledger.problems:
        problems = "；".join(str(problem) for problem in ledger.problems)
        return {"id": name, "error": problems, "findings": found}
    return found


def _as_of(case: Mapping[str, object], defaults: Mapping[str, object]) -> date:
    return day(case if case.get("as_of") else defaults, "as_of")


def _settings(as_of: date, defaults: Mapping[str, object]) -> Settings:
    return settings_on(as_of).adjusted(defaults)


def _one_line(message: str) -> str:
    return " ".join(message.split()) + "\n"
