"""The steps of a procedure as a grid that people edit in Excel: one row a step, in order.

A step inside a parallel part names the part and its branch. What the grid has no column for (facts,
makers, who may complete what) stays as it is in the procedure, step by step.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shuce.engines.procedure.faults import BadProcedure, Fault
from shuce.engines.procedure.feel import NotOurFeel, read_condition, write_condition
from shuce.engines.procedure.grid_words import (
    A_DEADLINE,
    A_SHARE,
    APPLICANT,
    AT_LEAST,
    ATTENDANCE,
    BACK,
    BETWEEN_VALUES,
    BRANCH,
    CALENDAR,
    CALENDAR_DAYS,
    DEADLINE,
    KEY,
    KIND,
    LIST_JOINT,
    MAJORITY,
    MEMBERS,
    MODE,
    OF_PRESENT,
    PART,
    PLACE,
    QUORUM,
    ROLE,
    TABLE,
    TITLE,
    WHEN,
    WHO,
    WORKING,
)
from shuce.engines.procedure.loading import StepKind, load_values
from shuce.engines.procedure.model import START, Mode, Procedure
from shuce.engines.procedure.writing import write_procedure
from shuce.kernel.words import say

HEADINGS = [
    *(KEY, TITLE, KIND, PART, BRANCH, PLACE, ROLE, WHO, DEADLINE, BACK),
    *(MODE, QUORUM, MEMBERS, ATTENDANCE, MAJORITY, TABLE, WHEN),
]
_KINDS = {kind.value: kind.chinese for kind in StepKind}
_MODES = {mode.value: mode.chinese for mode in Mode}
# What stands in the grid, under the names of the text; the rest of a step is carried over.
_IN_GRID = frozenset(
    {"key", "title", "kind", "place", "role", "who", "deadline_days", "deadline_kind"}
    | {"may_return_to", "mode", "quorum", "members", "attendance", "majority"}
    | {"table", "when", "branches"}
)


def to_step_grid(procedure: Procedure, names: Mapping[str, str]) -> list[list[str]]:
    """Return headings and one row a step. `names` turns codes of roles and places into words."""
    values = tomllib.loads(write_procedure(procedure))
    titles = _titles(values["steps"])
    lines = _lines(values["steps"], "", "")
    rows = (_written(step, part, branch, names, titles) for step, part, branch in lines)
    return [list(HEADINGS), *([row.get(heading, "") for heading in HEADINGS] for row in rows)]


def from_step_grid(
    procedure: Procedure, grid: Sequence[Sequence[str]], names: Mapping[str, str]
) -> Procedure:
    """Return `procedure` with the steps of `grid`; raise `BadProcedure` with each cell at fault."""
    lines = [[str(cell).strip() for cell in line] for line in grid]
    found = [cell for cell in lines[0] if cell] if lines else []
    if found != HEADINGS:
        facts = {"headings": LIST_JOINT.join(HEADINGS)}
        raise BadProcedure([Fault("", "第一行应当是这些栏目，次序不变：{headings}", facts)])
    values = tomllib.loads(write_procedure(procedure))
    reader = _Reader(values["steps"], names)
    for number, line in enumerate(lines[1:], 2):
        if any(line):
            cells = line + [""] * (len(HEADINGS) - len(line))
            reader.row(number, dict(zip(HEADINGS, cells, strict=False)))
    values["steps"] = reader.steps()
    if reader.faults:
        raise BadProcedure(reader.faults)
    return load_values(values, procedure.tables, procedure.calendar)


def _lines(
    steps: list[dict[str, Any]], part: str, branch: str
) -> Iterator[tuple[dict[str, Any], str, str]]:
    for step in steps:
        yield step, part, branch
        branches = step.get("branches", ())
        titles = [one["title"] for one in branches]
        for number, inside in enumerate(branches, 1):
            # Rows find their branch by its title, so two of one part never share one.
            title = inside["title"] if titles.count(inside["title"]) == 1 else ""
            yield from _lines(inside["steps"], step["key"], title or f"{inside['title']}{number}")


def _titles(steps: list[dict[str, Any]]) -> dict[str, str]:
    """Return key → title where the title names one step only; others go by their keys."""
    found = {step["key"]: step["title"] for step, _, _ in _lines(steps, "", "")}
    said = [APPLICANT, *found.values()]
    return {START: APPLICANT} | {
        key: title
        for key, title in found.items()
        if said.count(title) == 1 and title not in found and not BETWEEN_VALUES.search(title)
    }


def _written(
    step: dict[str, Any],
    part: str,
    branch: str,
    names: Mapping[str, str],
    titles: Mapping[str, str],
) -> dict[str, str]:
    row = {KEY: step["key"], TITLE: step["title"], PART: part, BRANCH: branch}
    row[KIND] = _KINDS[step["kind"]]
    row[PLACE] = names.get(step.get("place", ""), step.get("place", ""))
    row[ROLE] = names.get(step.get("role", ""), step.get("role", ""))
    row[WHO] = step.get("who", "")
    if "deadline_days" in step:
        unit = CALENDAR if step.get("deadline_kind") == "calendar" else WORKING
        row[DEADLINE] = f"{step['deadline_days']}{unit}"
    row[BACK] = LIST_JOINT.join(titles.get(key, key) for key in step.get("may_return_to", ()))
    if step["kind"] == "review":
        row[MODE] = _MODES[step.get("mode", "one")]
    row[QUORUM] = str(step.get("quorum", ""))
    row[MEMBERS] = str(step.get("members", ""))
    for heading, name in ((ATTENDANCE, "attendance"), (MAJORITY, "majority")):
        if name in step:
            row[heading] = _share(step[name])
    row[TABLE] = step.get("table", "")
    row[WHEN] = write_condition(step["when"]) if "when" in step else ""
    return row


def _share(share: dict[str, str]) -> str:
    sign = f">{share['over']}" if "over" in share else f"≥{share['at_least']}"
    return sign + (OF_PRESENT if share.get("of") == "present" else "")


class _Reader:
    """Reads rows one by one, and puts them into the parts and branches that they name."""

    def __init__(self, before: list[dict[str, Any]], names: Mapping[str, str]) -> None:
        self.faults: list[Fault] = []
        self.codes = {word: code for code, word in names.items()}
        self.before = {step["key"]: step for step, _, _ in _lines(before, "", "")}
        self.trunk: list[dict[str, Any]] = []
        self.by_key: dict[str, dict[str, Any]] = {}
        self.backs: list[tuple[str, dict[str, Any], list[str]]] = []

    def row(self, number: int, cells: dict[str, str]) -> None:
        step = self._step(number, cells)
        self.by_key[step["key"]] = step
        part, branch = cells[PART], cells[BRANCH]
        if not part:
            self.trunk.append(step)
            return
        holder = self.by_key.get(part)
        if holder is None or "branches" not in holder:
            self._fault(number, PART, "前面没有并行部分“{part}”", part=part)
            return
        branches = holder["branches"]
        found = next((one for one in branches if one["title"] == branch), None)
        if found is None:
            found = {"title": branch, "steps": []}
            branches.append(found)
        found["steps"].append(step)

    def steps(self) -> list[dict[str, Any]]:
        """Return the tree, once every row is read: only then is every title known."""
        keys = {title: key for key, title in _titles(self.trunk).items()}
        for place, step, words in self.backs:
            step["may_return_to"] = [keys.get(word, word) for word in words]
            for key in step["may_return_to"]:
                if key != START and key not in self.by_key:
                    self.faults.append(Fault(place, "没有环节“{key}”", {"key": key}))
        return self.trunk

    def _step(self, number: int, cells: dict[str, str]) -> dict[str, Any]:
        key = cells[KEY]
        if not key:
            self._fault(number, KEY, "请填写环节代码")
        elif key in self.by_key:
            self._fault(number, KEY, "环节代码“{key}”出现了{count}次", key=key, count=2)
        kind = self._one_of(number, KIND, cells[KIND], _KINDS) or "review"
        step: dict[str, Any] = {"key": key, "kind": kind, "title": cells[TITLE]}
        same = self.before.get(key, {})
        if same.get("kind") == kind:
            step |= {name: value for name, value in same.items() if name not in _IN_GRID}
        if kind == "parallel":
            step["branches"] = []
        if kind == "table":
            step["table"] = cells[TABLE]
        if kind in ("review", "collective"):
            self._manned(number, cells, step)
        if cells[WHEN]:
            try:
                step["when"] = read_condition(cells[WHEN])
            except NotOurFeel:
                self._fault(number, WHEN, "条件“{text}”不能识别", text=cells[WHEN])
        return step

    def _manned(self, number: int, cells: dict[str, str], step: dict[str, Any]) -> None:
        step["place"] = self.codes.get(cells[PLACE], cells[PLACE])
        step["role"] = self.codes.get(cells[ROLE], cells[ROLE])
        if cells[WHO]:
            step["who"] = cells[WHO]
        if cells[DEADLINE]:
            if found := A_DEADLINE.fullmatch(cells[DEADLINE]):
                step["deadline_days"] = int(found[1])
                if found[2] in CALENDAR_DAYS:
                    step["deadline_kind"] = "calendar"
            else:
                self._unclear(number, DEADLINE, cells)
        if cells[BACK]:
            words = [word.strip() for word in BETWEEN_VALUES.split(cells[BACK]) if word.strip()]
            self.backs.append((_place(number, BACK), step, words))
        if step["kind"] == "review":
            step["mode"] = self._one_of(number, MODE, cells[MODE], _MODES) or "one"
            self._whole(number, QUORUM, cells, step, "quorum")
            return
        self._whole(number, MEMBERS, cells, step, "members")
        for heading, name in ((ATTENDANCE, "attendance"), (MAJORITY, "majority")):
            if found := A_SHARE.fullmatch(cells[heading]):
                step[name] = {"at_least" if found[1] in AT_LEAST else "over": found[2]}
                step[name] |= {"of": "present"} if found[3] else {}
            else:
                self._unclear(number, heading, cells)
                step[name] = {"over": "1/2"}

    def _whole(
        self, number: int, heading: str, cells: dict[str, str], step: dict[str, Any], name: str
    ) -> None:
        if cells[heading].isdecimal():
            step[name] = int(cells[heading])
        elif cells[heading]:
            self._unclear(number, heading, cells)

    def _one_of(self, number: int, heading: str, word: str, words: Mapping[str, str]) -> str | None:
        if not word:
            return None
        for code, said in words.items():
            if word in (code, said):
                return code
        allowed = LIST_JOINT.join(words.values())
        self._fault(number, heading, "应当是其中之一：{allowed}", allowed=allowed)
        return None

    def _unclear(self, number: int, heading: str, cells: dict[str, str]) -> None:
        self._fault(number, heading, "“{text}”不能识别", text=cells[heading])

    def _fault(self, number: int, heading: str, sentence: str, **facts: object) -> None:
        self.faults.append(Fault(_place(number, heading), sentence, facts))


def _place(number: int, heading: str) -> str:
    return say("第{number}行“{heading}”", number=number, heading=heading)
